//! The real gateway, as a process that a test may kill.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests; each of them uses a part")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use serde_json::Value;

use super::CLIENT_KEY;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_assisters-gateway");

/// A gateway with a process of its own, killed when this is dropped.
pub struct Process {
    child: Mutex<Child>,
    pub origin: String,
    pub client: reqwest::Client,
}

impl Process {
    /// Starts one and waits until it listens.
    pub fn start(store: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["--bind=127.0.0.1:0", "--client-key", CLIENT_KEY, "--local-delay-millis=0"])
            .args([
                "--client-key-tier=enterprise",
                "--visitor-rate=1000000/second",
                "--address-rate=1000000/second",
                "--demo=/nowhere",
                "--dist=/nowhere",
            ])
            .arg(format!("--store=redb:{}", store.display()))
            .args(arguments)
            // One line says where it listens; a line for every request would be a burden.
            .env("ASSISTERS_LOG", "assisters_gateway=info,assisters_gateway::routes=off")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let origin = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it stopped: {said}")).unwrap();
            said.push_str(&line);
            if let Some((_, origin)) = line.split_once("listening on ") {
                break origin.trim().trim_end_matches('/').to_owned();
            }
        };
        // Whoever writes into a pipe that nobody reads is stopped.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child: Mutex::new(child), origin, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// Kills it, at once and without a word.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().ok(); // it may be dead
        child.wait().unwrap();
    }

    /// What it answers; none when it is dead.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Option<(u16, Value)> {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.origin)).bearer_auth(CLIENT_KEY);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, serde_json::from_slice(&response.bytes().await.ok()?).ok()?))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
