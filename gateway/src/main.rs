//! The gateway as a program: options in, log lines out.

use std::error::Error;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use assisters_gateway::{Gateway, Options};
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// Keeps the secret key out of the page, serves the widget, and answers from an embedded assistant by default.
#[derive(Parser)]
#[command(name = "assisters-gateway", version, about, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    #[command(flatten)]
    options: Options,
}

/// What the program does instead of serving.
#[derive(Subcommand)]
enum Task {
    /// Write a copy of the store into a file, also while a gateway has it open
    Backup { file: PathBuf },
    /// Put a copy in the place of the store; what was there is kept beside it
    Restore { file: PathBuf },
    /// Read a document from the input and write it as Markdown; the gateway calls itself so
    #[command(name = assisters_gateway::READER_COMMAND, hide = true)]
    ReadDocument { media_type: String, address: Option<String> },
}

fn main() -> ExitCode {
    let Arguments { task, options } = Arguments::parse();
    match task {
        Some(Task::ReadDocument { media_type, address }) => assisters_gateway::read_document(&media_type, address.as_deref()),
        Some(Task::Backup { file }) => perform(back_up(options, file)),
        Some(Task::Restore { file }) => perform(restore(options, file)),
        None => perform(run(options)),
    }
}

#[tokio::main]
async fn perform(task: impl Future<Output = Result<(), Box<dyn Error>>>) -> ExitCode {
    let filter = EnvFilter::try_from_env("ASSISTERS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match task.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn back_up(options: Options, file: PathBuf) -> Result<(), Box<dyn Error>> {
    assisters_gateway::backup(&options.resolve()?, &file).await?;
    tracing::info!("everything is in {}", file.display());
    Ok(())
}

async fn restore(options: Options, file: PathBuf) -> Result<(), Box<dyn Error>> {
    let config = options.resolve()?;
    assisters_gateway::restore(&config, &file)?;
    tracing::info!("the store is as {} has it", file.display());
    Ok(())
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let config = options.resolve()?;
    let bind = config.bind;
    let gateway = Gateway::start(config).await?;
    let listener = TcpListener::bind(bind)
        .await
        .map_err(|error| format!("can not listen on {bind}: {error}; choose another with --bind"))?;
    tracing::info!("listening on http://{}/", listener.local_addr()?);
    gateway.serve(listener, stopped()).await?;
    Ok(())
}

/// Waits for Ctrl-C, or for the signal that service managers send.
async fn stopped() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C is not heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(error) => {
                    tracing::warn!(%error, "SIGTERM is not heard");
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! { () = interrupt => {}, () = terminate => {} }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
