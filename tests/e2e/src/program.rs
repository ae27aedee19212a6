//! The gateway as its own program, with everything that it prints.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::files::{dist, workspace};
use crate::wait::until;

/// A running gateway program. Dropped, it is killed.
pub struct GatewayProgram {
    origin: String,
    child: Child,
    printed: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl GatewayProgram {
    /// Starts the program with these variables of the environment, logging all it can, and waits until it listens.
    ///
    /// # Panics
    /// When it does not start; with what it printed.
    pub async fn start(variables: &[(&str, &str)]) -> Self {
        let mut command = Self::command().await;
        command.env("ASSISTERS_BIND", "127.0.0.1:0").env("ASSISTERS_LOG", "trace").env("ASSISTERS_DIST", dist());
        command.env("ASSISTERS_DEMO", workspace().join("www/demo")).envs(variables.iter().copied());
        let mut child = command.spawn().expect("the gateway's program starts");
        let printed = Arc::<Mutex<String>>::default();
        let streams: [Option<Box<dyn AsyncRead + Send + Unpin>>; 2] =
            [child.stdout.take().map(|stream| Box::new(stream) as _), child.stderr.take().map(|stream| Box::new(stream) as _)];
        let readers = streams.into_iter().flatten().map(|stream| tokio::spawn(keep(stream, Arc::clone(&printed)))).collect();
        let mut this = Self { origin: String::new(), child, printed, readers };
        this.origin = until("the gateway's program to listen", async || {
            let printed = this.printed();
            let rest = printed.split_once("listening on ").map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default());
            rest.map(|url| url.trim_end_matches('/').to_owned()).ok_or(printed)
        })
        .await;
        this
    }

    /// Returns the program's help, printed with these variables set.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn help(variables: &[(&str, &str)]) -> String {
        let output = Self::command()
            .await
            .arg("--help")
            .envs(variables.iter().copied())
            .output()
            .await
            .expect("the gateway's program starts");
        [output.stdout, output.stderr].iter().map(|printed| String::from_utf8_lossy(printed)).collect()
    }

    /// Returns the API's base address.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/v1", self.origin)
    }

    /// Asks the program to stop, waits until it has, and returns everything that it ever printed.
    ///
    /// # Panics
    /// When it fails, or does not stop.
    #[cfg(unix)]
    pub async fn stop(mut self) -> String {
        use nix::sys::signal::{Signal, kill};
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).expect("the program still runs");
        kill(nix::unistd::Pid::from_raw(id), Signal::SIGTERM).expect("the program takes a signal");
        let status =
            tokio::time::timeout(crate::wait::deadline(), self.child.wait()).await.expect("the program stops").expect("a status");
        for reader in self.readers.drain(..) {
            reader.await.expect("the output is read to its end");
        }
        let printed = self.printed();
        assert!(status.success(), "{status}: {printed}");
        printed
    }

    fn printed(&self) -> String {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn command() -> Command {
        let mut command = Command::new(binary().await);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }
}

async fn keep(stream: impl AsyncRead + Unpin, printed: Arc<Mutex<String>>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut printed = printed.lock().unwrap_or_else(PoisonError::into_inner);
        printed.push_str(&line);
        printed.push('\n');
    }
}

/// Returns the program: the one `ASSISTERS_TEST_GATEWAY` names, else one built now.
async fn binary() -> PathBuf {
    if let Some(named) = env::var_os("ASSISTERS_TEST_GATEWAY") {
        return named.into();
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--package", "assisters-gateway", "--message-format=json-render-diagnostics"]).current_dir(workspace());
    let output = build.stderr(Stdio::inherit()).output().await.expect("cargo runs");
    assert!(output.status.success(), "the gateway does not build");
    // Cargo says where it put the program; guessing would miss CARGO_TARGET_DIR and profiles.
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let program = messages.filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from)).next_back();
    program.expect("cargo names the program")
}
