//! Counters for `/metrics`, in the text format of Prometheus. Labels are routes and statuses, never anything a visitor wrote.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of the classes of waiting times, in seconds.
const WAIT_CLASSES_SECS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In full.
    Finished,
    /// With an error.
    Failed,
    /// The visitor left.
    Abandoned,
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    finished: AtomicU64,
    failed: AtomicU64,
    abandoned: AtomicU64,
    running: AtomicI64,
    tokens: AtomicU64,
    visitor_tokens: AtomicU64,
    waits: [AtomicU64; WAIT_CLASSES_SECS.len()],
    n_waits: AtomicU64,
    wait_millis: AtomicU64,
}

/// An answer that is being made, for as long as this lives.
#[derive(Debug)]
pub struct Running<'a>(&'a Metrics);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a response of a route.
    pub fn count_request(&self, route: &str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
    }

    /// Counts an answer for as long as the returned guard lives.
    pub fn start_answer(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(self)
    }

    /// Counts how an answer ended, and its tokens.
    pub fn count_answer(&self, outcome: Outcome, tokens: u64) {
        let counter = match outcome {
            Outcome::Finished => &self.finished,
            Outcome::Failed => &self.failed,
            Outcome::Abandoned => &self.abandoned,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.tokens.fetch_add(tokens, Ordering::Relaxed);
    }

    /// Counts how long a visitor waited for the first word.
    pub fn count_wait(&self, wait: Duration) {
        for (class, limit) in self.waits.iter().zip(WAIT_CLASSES_SECS) {
            if wait.as_secs_f64() <= limit {
                class.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.n_waits.fetch_add(1, Ordering::Relaxed);
        self.wait_millis.fetch_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Counts a visitor token.
    pub fn count_visitor_token(&self) {
        self.visitor_tokens.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns all counters as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).ok(); // writing to a string can not fail
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        writeln!(
            text,
            "# HELP assisters_requests_total Responses by route and status.\n# TYPE assisters_requests_total counter"
        )?;
        for ((route, status), count) in self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            writeln!(text, "assisters_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}")?;
        }
        writeln!(text, "# HELP assisters_answers_total Answers by how they ended.\n# TYPE assisters_answers_total counter")?;
        for (outcome, counter) in [("finished", &self.finished), ("failed", &self.failed), ("abandoned", &self.abandoned)] {
            writeln!(text, "assisters_answers_total{{outcome=\"{outcome}\"}} {}", load(counter))?;
        }
        writeln!(text, "# HELP assisters_answers_running Answers being made now.\n# TYPE assisters_answers_running gauge")?;
        writeln!(text, "assisters_answers_running {}", self.running.load(Ordering::Relaxed))?;
        writeln!(text, "# HELP assisters_tokens_total Tokens read and written.\n# TYPE assisters_tokens_total counter")?;
        writeln!(text, "assisters_tokens_total {}", load(&self.tokens))?;
        writeln!(
            text,
            "# HELP assisters_visitor_tokens_total Visitor tokens made.\n# TYPE assisters_visitor_tokens_total counter"
        )?;
        writeln!(text, "assisters_visitor_tokens_total {}", load(&self.visitor_tokens))?;
        writeln!(
            text,
            "# HELP assisters_first_word_seconds Time to the first word of an answer.\n# TYPE assisters_first_word_seconds histogram"
        )?;
        for (class, limit) in self.waits.iter().zip(WAIT_CLASSES_SECS) {
            writeln!(text, "assisters_first_word_seconds_bucket{{le=\"{limit}\"}} {}", load(class))?;
        }
        writeln!(text, "assisters_first_word_seconds_bucket{{le=\"+Inf\"}} {}", load(&self.n_waits))?;
        let sum = Duration::from_millis(load(&self.wait_millis)).as_secs_f64();
        writeln!(text, "assisters_first_word_seconds_sum {sum}\nassisters_first_word_seconds_count {}", load(&self.n_waits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_format() {
        let metrics = Metrics::default();
        metrics.count_request("/v1/chat", 200);
        metrics.count_request("/v1/chat", 200);
        metrics.count_answer(Outcome::Finished, 12);
        metrics.count_wait(Duration::from_millis(300));
        let running = metrics.start_answer();
        let text = metrics.text();
        for line in [
            "assisters_requests_total{route=\"/v1/chat\",status=\"200\"} 2",
            "assisters_answers_total{outcome=\"finished\"} 1",
            "assisters_answers_running 1",
            "assisters_tokens_total 12",
            "assisters_first_word_seconds_bucket{le=\"0.25\"} 0",
            "assisters_first_word_seconds_bucket{le=\"0.5\"} 1",
            "assisters_first_word_seconds_sum 0.3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        drop(running);
        assert!(metrics.text().contains("assisters_answers_running 0"));
    }
}
