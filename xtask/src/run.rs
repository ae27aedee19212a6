//! Runs other programs: shows their last line while they work, keeps all of it for when they fail.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fmt, fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::{progress, progress::Step};

/// How much of a failed program's output is shown. The cause is near the end, except for test runs, which show all.
const TAIL_LINES: usize = 60;

/// What a program finds in its environment beyond this program's own.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    path_first: Vec<PathBuf>,
    variables: BTreeMap<String, OsString>,
    removed: Vec<&'static str>,
}

impl Environment {
    /// Puts a folder before the folders of `PATH`, after those put there earlier.
    pub fn path_first(&mut self, dir: impl Into<PathBuf>) -> &mut Self {
        let dir = dir.into();
        if !self.path_first.contains(&dir) {
            self.path_first.push(dir);
        }
        self
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) -> &mut Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    /// Takes a variable away.
    pub fn remove(&mut self, name: &'static str) -> &mut Self {
        self.removed.push(name);
        self
    }

    /// The folders that come first in `PATH`.
    pub fn path_dirs(&self) -> &[PathBuf] {
        &self.path_first
    }

    /// The variables that are set.
    pub fn variables(&self) -> &BTreeMap<String, OsString> {
        &self.variables
    }

    /// Gives all of this to a command.
    pub fn apply(&self, command: &mut Command) {
        for name in &self.removed {
            command.env_remove(name);
        }
        command.envs(&self.variables);
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let dirs = self.path_first.iter().cloned().chain(std::env::split_paths(&inherited));
        if let Ok(path) = std::env::join_paths(dirs) {
            command.env("PATH", path);
        }
    }
}

/// How much of the output of a failed program is worth showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The end of it: where the cause is.
    Tail,
    /// All of it: test output.
    All,
}

/// A program to run as one step.
pub struct Program {
    label: String,
    command: Command,
    idle_limit: Option<Idle>,
    report: Report,
    log: Option<PathBuf>,
}

/// When a program counts as stuck.
struct Idle {
    limit: Duration,
    watched: Vec<PathBuf>,
}

/// Why a program did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// It ended with this status.
    Status(ExitStatus),
    /// It made no progress for this long and was stopped.
    Stuck(Duration),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Stuck(limit) => write!(f, "no progress for {}", progress::seconds(*limit)),
        }
    }
}

/// What a finished program leaves behind.
pub struct Outcome {
    /// Everything it wrote, both streams as they came.
    pub output: String,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

impl Program {
    /// A program and the label of its step.
    pub fn new(label: impl Into<String>, program: impl AsRef<OsStr>) -> Self {
        Self { label: label.into(), command: Command::new(program), idle_limit: None, report: Report::Tail, log: None }
    }

    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets the working folder.
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Sets one variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives an environment.
    pub fn environment(mut self, environment: &Environment) -> Self {
        environment.apply(&mut self.command);
        self
    }

    /// Shows all output on failure, not only its end.
    pub fn report(mut self, report: Report) -> Self {
        self.report = report;
        self
    }

    /// Keeps the output in a file too.
    pub fn log(mut self, file: PathBuf) -> Self {
        self.log = Some(file);
        self
    }

    /// Stops the program when for `limit` it neither writes a byte nor changes the size of a watched folder (a download without a progress line).
    pub fn stuck_after(mut self, limit: Duration, watched: Vec<PathBuf>) -> Self {
        self.idle_limit = Some(Idle { limit, watched });
        self
    }

    /// Runs it as a step; a failure is shown with the program's output.
    pub fn run(self) -> anyhow::Result<Outcome> {
        let (label, report) = (self.label.clone(), self.report);
        let outcome = self.run_to_end(Step::failed)?;
        let Some(failure) = &outcome.failure else { return Ok(outcome) };
        progress::note(match report {
            Report::Tail => tail(&outcome.output, TAIL_LINES),
            Report::All => &outcome.output,
        });
        bail!("{label}: {failure}")
    }

    /// Runs it as a step that may fail: nothing but the outcome is shown.
    pub fn attempt(self) -> anyhow::Result<Outcome> {
        self.run_to_end(Step::skipped)
    }

    fn run_to_end(mut self, on_failure: fn(Step)) -> anyhow::Result<Outcome> {
        let step = Step::start(self.label.clone());
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if self.idle_limit.is_some() {
            // Only what may have to be stopped gets its own group: Ctrl-C must reach everything else.
            own_group(&mut self.command);
        }
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) => {
                step.failed();
                return Err(error).with_context(|| format!("cannot start {}", self.command.get_program().display()));
            }
        };
        let (output, is_stuck) = collect(&mut child, &step, self.idle_limit.as_ref());
        let status = child.wait()?;
        let failure = match (&self.idle_limit, is_stuck) {
            (Some(idle), true) => Some(Failure::Stuck(idle.limit)),
            _ if status.success() => None,
            _ => Some(Failure::Status(status)),
        };
        if failure.is_some() {
            on_failure(step);
        } else {
            step.done();
        }
        if let Some(log) = &self.log {
            fs::write(log, &output).with_context(|| format!("cannot write {}", log.display()))?;
        }
        Ok(Outcome { output, failure })
    }
}

/// Reads both streams to their end; `true` if the program was stopped for being stuck.
fn collect(child: &mut Child, step: &Step, idle: Option<&Idle>) -> (String, bool) {
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    let streams: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|stream| Box::new(stream) as _), child.stderr.take().map(|stream| Box::new(stream) as _)];
    for mut stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
    }
    drop(sender);

    let mut output = Vec::new();
    let mut last_progress = Instant::now();
    let mut last_size = idle.map_or(0, Idle::watched_bytes);
    loop {
        match receiver.recv_timeout(Duration::from_millis(500)) {
            Ok(bytes) => {
                output.extend_from_slice(&bytes);
                last_progress = Instant::now();
                step.detail(last_line(&String::from_utf8_lossy(&output[output.len().saturating_sub(400)..])));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return (String::from_utf8_lossy(&output).into_owned(), false),
        }
        let Some(idle) = idle else { continue };
        let size = idle.watched_bytes();
        if size != last_size {
            (last_size, last_progress) = (size, Instant::now());
        }
        if last_progress.elapsed() > idle.limit {
            stop_group(child);
            return (String::from_utf8_lossy(&output).into_owned(), true);
        }
    }
}

impl Idle {
    fn watched_bytes(&self) -> u64 {
        fn bytes(path: &Path) -> u64 {
            let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
            let Ok(entries) = fs::read_dir(path) else { return metadata.len() };
            entries.flatten().map(|entry| bytes(&entry.path())).sum()
        }
        self.watched.iter().map(|path| bytes(path)).sum()
    }
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Stops a child and its children.
fn stop_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok(); // already gone: nothing to stop
    }
    child.kill().ok(); // already gone: nothing to stop
}

/// Runs a program for its answer; `None` if it cannot be started or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The last `n` lines.
fn tail(text: &str, n: usize) -> &str {
    let text = text.trim_end();
    match text.rmatch_indices('\n').nth(n.saturating_sub(1)) {
        Some((at, _)) => &text[at + 1..],
        None => text,
    }
}

/// The last line with something on it; a carriage return starts a new one.
fn last_line(text: &str) -> &str {
    text.rsplit(['\n', '\r']).map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_end_of_an_output() {
        for (text, n, expected) in [("a\nb\nc\n", 2, "b\nc"), ("a", 2, "a"), ("a\nb", 2, "a\nb"), ("", 1, "")] {
            assert_eq!(tail(text, n), expected, "{text:?}");
        }
        for (text, expected) in [("a\nb", "b"), ("a\nb\n\n", "b"), ("10 %\r20 %", "20 %"), ("", "")] {
            assert_eq!(last_line(text), expected, "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_silent_program_is_stopped_with_its_children() {
        let (limit, started) = (Duration::from_millis(300), Instant::now());
        let silent =
            Program::new("silent", "sh").args(["-c", "sleep 60 & wait"]).stuck_after(limit, Vec::new()).attempt().unwrap();
        assert!(matches!(silent.failure, Some(Failure::Stuck(_))));
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_and_the_status_are_kept() {
        let outcome = Program::new("fail", "sh").args(["-c", "echo out; echo err >&2; exit 3"]).attempt().unwrap();
        assert!(outcome.output.contains("out") && outcome.output.contains("err"));
        let Some(Failure::Status(status)) = outcome.failure else { panic!("{:?}", outcome.failure) };
        assert_eq!(status.code(), Some(3));
    }
}
