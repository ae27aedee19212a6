//! A program beside the tests, a driver or a screen, that ends with everything it started.

use std::env;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::wait::until;

/// A running program. Dropped, it ends, and so does what it started.
pub struct Process {
    name: String,
    lines: Option<Lines<BufReader<ChildStdout>>>,
    #[cfg_attr(not(unix), expect(dead_code, reason = "kill_on_drop is all there is elsewhere"))]
    child: Child,
}

impl Process {
    /// Starts a program, the one that the variable names if it is set.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn start(variable: &str, name: &str, arguments: &[&str], environment: &[(&str, String)]) -> anyhow::Result<Self> {
        let program = env::var_os(variable).unwrap_or_else(|| name.into());
        let mut command = Command::new(&program);
        command.args(arguments).envs(environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let name = program.display().to_string();
        let mut child =
            command.spawn().with_context(|| format!("{name} does not start; install it, or name it in {variable}"))?;
        let output = child.stdout.take().context("the program has no output")?;
        Ok(Self { name, lines: Some(BufReader::new(output).lines()), child })
    }

    /// Returns what stands behind `mark` in the first line that has it, which a program prints once it is ready.
    ///
    /// # Errors
    /// When it ends before, or takes too long.
    pub async fn line_after(&mut self, mark: &str) -> anyhow::Result<String> {
        let name = &self.name;
        let mut lines = self.lines.take().with_context(|| format!("{name} was asked twice"))?;
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, rest)) = line.trim_end_matches('.').split_once(mark) {
                    return Ok(rest.to_owned());
                }
            }
            anyhow::bail!("{name} ended before it was ready")
        };
        let found =
            tokio::time::timeout(crate::wait::deadline(), ready).await.with_context(|| format!("{name} is not ready"))??;
        // A full pipe would stop the program.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(found)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The browser is a child of the driver's: after a failed test only their group finds it.
        #[cfg(unix)]
        if let Some(group) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            use nix::sys::signal::{Signal, killpg};
            killpg(nix::unistd::Pid::from_raw(group), Signal::SIGKILL).ok(); // nothing is left to end
        }
    }
}

/// Returns a port that nobody listens on, for programs that do not choose one themselves.
///
/// # Errors
/// When there is none.
pub fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// Waits until somebody listens on a port.
pub async fn until_listening(port: u16) {
    until(format!("somebody to listen on port {port}"), async || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.map(drop).map_err(|error| error.to_string())
    })
    .await;
}
