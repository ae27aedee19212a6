//! Says what is going on: a live line on a terminal, one line per finished step without one. Steps and notes go to standard error, so that standard
//! output holds only what a task was asked for.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const REDRAW_EVERY: Duration = Duration::from_millis(200);

/// One thing that takes time. Dropped without `done`, it counts as failed.
pub struct Step {
    label: String,
    started: Instant,
    is_finished: bool,
    live: Option<Live>,
}

struct Live {
    detail: Arc<Mutex<String>>,
    stop: Sender<()>,
    painter: JoinHandle<()>,
}

impl Step {
    /// Starts a step; `label` says what is done, not how: "install wasm-pack 0.15.1".
    pub fn start(label: impl Into<String>) -> Self {
        let label = label.into();
        let started = Instant::now();
        let live = io::stderr().is_terminal().then(|| Live::start(label.clone(), started));
        Self { label, started, is_finished: false, live }
    }

    /// Shows the latest output of the step; invisible without a terminal.
    pub fn detail(&self, text: &str) {
        if let Some(live) = &self.live {
            *live.detail.lock().unwrap_or_else(PoisonError::into_inner) = text.to_owned();
        }
    }

    /// Ends the step as done.
    pub fn done(mut self) {
        self.finish("done");
    }

    /// Ends the step as failed.
    pub fn failed(mut self) {
        self.finish("FAILED");
    }

    /// Ends the step as given up on purpose: another way will be tried.
    pub fn skipped(mut self) {
        self.finish("no");
    }

    fn finish(&mut self, outcome: &str) {
        self.is_finished = true;
        if let Some(live) = self.live.take() {
            live.stop();
        }
        note(&format!("{outcome:>6} {:>8}  {}", seconds(self.started.elapsed()), self.label));
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.is_finished {
            self.finish("FAILED");
        }
    }
}

impl Live {
    fn start(label: String, started: Instant) -> Self {
        let detail = Arc::new(Mutex::new(String::new()));
        let (stop, stopped) = mpsc::channel();
        let shown = Arc::clone(&detail);
        let painter = thread::spawn(move || {
            while stopped.recv_timeout(REDRAW_EVERY) == Err(RecvTimeoutError::Timeout) {
                let detail = shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let line = format!("     … {:>8}  {label}  {detail}", seconds(started.elapsed()));
                write_error(&format!("\r\x1b[2K{}", fit(&line, terminal_columns())));
            }
            write_error("\r\x1b[2K");
        });
        Self { detail, stop, painter }
    }

    fn stop(self) {
        drop(self.stop);
        self.painter.join().ok(); // a panic of the painter has nothing to say about the step
    }
}

/// Writes a line to standard error.
pub fn note(line: &str) {
    write_error(&format!("{line}\n"));
}

/// Writes a line to standard output: the result of a task.
pub fn print(line: &str) {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", line.trim_end_matches('\n')).and_then(|()| out.flush()).ok(); // a closed pipe: nobody is reading
}

fn write_error(text: &str) {
    let mut out = io::stderr().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).ok(); // a closed pipe: nobody is reading
}

/// A duration for people: `0.4 s`, `3 min 04 s`.
pub fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        total => format!("{} min {:02} s", total / 60, total % 60),
    }
}

/// A terminal without `COLUMNS` is taken to be narrow: a line too short reads better than one that wraps at every redraw.
fn terminal_columns() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(79)
}

/// The start of a line, without control characters, in at most `columns` characters.
fn fit(line: &str, columns: usize) -> String {
    line.chars().filter(|character| !character.is_control()).take(columns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (millis, expected) in
            [(40, "0.0 s"), (1_260, "1.3 s"), (59_900, "59.9 s"), (60_000, "1 min 00 s"), (184_000, "3 min 04 s")]
        {
            assert_eq!(seconds(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn a_line_never_wraps() {
        assert_eq!(fit("a\tb\u{1b}cdef", 4), "abcd");
        assert_eq!(fit("ééé", 2), "éé");
    }
}
