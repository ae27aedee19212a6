//! A project's own server, started as its developer would.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::files::packaging;

/// A running server of a project. Dropped, it is killed.
pub struct DevServer {
    origin: String,
    _child: Child,
}

impl DevServer {
    /// Starts a tool of the workspace in a project's folder, and waits until it says where it listens.
    ///
    /// # Panics
    /// When it does not start; with what it printed.
    pub async fn start(project: &str, tool: &str, arguments: &[&str]) -> Self {
        let dir = packaging();
        let mut command = Command::new(dir.join("node_modules/.bin").join(tool));
        command.args(arguments).current_dir(dir.join(project)).kill_on_drop(true);
        command.env("NO_COLOR", "1").env("NEXT_TELEMETRY_DISABLED", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{tool} does not start: {error}"));
        let mut lines = BufReader::new(child.stdout.take().expect("the tool has an output")).lines();
        let mut printed = String::new();
        let listening = async {
            while let Some(line) = lines.next_line().await.expect("the tool's output is text") {
                printed.push_str(&line);
                printed.push('\n');
                if let Some((_, rest)) = line.split_once("Local:") {
                    return Some(rest.trim().trim_end_matches('/').to_owned());
                }
            }
            None
        };
        let origin = tokio::time::timeout(crate::wait::deadline(), listening).await.ok().flatten();
        let origin = origin.unwrap_or_else(|| panic!("{tool} of {project} does not listen: {printed}"));
        // A full pipe would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { origin, _child: child }
    }

    /// Returns the address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}
