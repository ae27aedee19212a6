//! Servers in processes of their own: the gateway, and the floor it is compared with.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::routing::post;

use crate::CLIENT_KEY;

/// What this program is called with to be the floor.
pub const FLOOR: &str = "--floor";

/// A server, stopped when this is dropped.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    pub fn gateway(arguments: &[String]) -> io::Result<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assisters-gateway"));
        command.args(["--bind=127.0.0.1:0", "--client-key", CLIENT_KEY, "--client-key-tier=enterprise"]);
        command.args(["--visitor-rate=1000000/second", "--address-rate=1000000/second", "--max-document-bytes=104857600"]);
        command.args(arguments).env("ASSISTERS_LOG", "assisters_gateway=info,assisters_gateway::routes=off");
        Self::start(command)
    }

    /// A handler that does nothing but read a body and answer as long as a chat does.
    pub fn floor() -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(FLOOR);
        Self::start(command)
    }

    fn start(mut command: Command) -> io::Result<Self> {
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?).lines();
        let mut said = String::new();
        loop {
            let line = lines.next().ok_or_else(|| io::Error::other(format!("it stopped: {said}")))??;
            if let Some((_, origin)) = line.split_once("listening on http://") {
                let address = origin.trim().trim_end_matches('/').to_owned();
                // Whoever writes into a pipe that nobody reads is stopped.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { child, address });
            }
            said.push_str(&line);
        }
    }

    /// Returns how much memory it has in use, in KiB.
    pub fn resident_kib(&self) -> io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok(); // it may have stopped by itself
        self.child.wait().ok();
    }
}

/// Serves the floor.
pub async fn serve_floor() -> io::Result<()> {
    let answer = format!("{{\"response\":\"{}\"}}", "word ".repeat(80));
    let handler = move |body: String| async move { if body.is_empty() { String::new() } else { answer } };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on http://{}/", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/v1/chat", post(handler))).await
}
