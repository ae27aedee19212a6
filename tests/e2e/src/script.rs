//! What a server is to answer, step by step. Nothing here waits for a time: a [`Gate`] is opened by the test.

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::dialect::Dialect;

/// Holds an answer back until the test opens it.
#[derive(Clone, Debug)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// Makes a closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Lets everything through from now on.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn passed(&self) {
        // The sender is `self`, so waiting can only end by the gate being open.
        self.0.subscribe().wait_for(|is_open| *is_open).await.ok();
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Bytes),
    Wait(Gate),
    /// The connection breaks: no end of the body is sent.
    Break,
}

/// One answer of a server.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) before_head: Vec<Gate>,
    /// `None`: the connection ends without an answer.
    pub(crate) reply: Option<Reply>,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) steps: Vec<Step>,
}

impl Answer {
    /// Makes an answer of one piece.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        let steps = if body.is_empty() { Vec::new() } else { vec![Step::Send(body)] };
        Self { before_head: Vec::new(), reply: Some(Reply { status, headers, steps }) }
    }

    /// Makes a JSON answer.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// Makes an error in the shape that the documents share.
    #[must_use]
    pub fn error(status: u16, code: &str) -> Self {
        Self::json(status, &json!({"error": {"code": code, "message": format!("scripted {code}"), "status": status}}))
    }

    /// Makes an end of the connection with no answer at all.
    #[must_use]
    pub fn dropped() -> Self {
        Self { before_head: Vec::new(), reply: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Some(reply) = &mut self.reply {
            reply.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Holds everything back, the head too, until the gate is open.
    #[must_use]
    pub fn behind(mut self, gate: &Gate) -> Self {
        self.before_head.push(gate.clone());
        self
    }
}

/// An event stream, written as the test tells it.
#[derive(Clone, Debug)]
pub struct Stream {
    dialect: Dialect,
    steps: Vec<Step>,
    line_end: &'static str,
    is_bytewise: bool,
}

impl Stream {
    /// Begins a stream of the dialect.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self::bare(dialect).start()
    }

    /// Begins a stream with nothing in it, not even the dialect's start frame.
    #[must_use]
    pub fn bare(dialect: Dialect) -> Self {
        Self { dialect, steps: Vec::new(), line_end: "\n", is_bytewise: false }
    }

    /// Sends the dialect's start frame.
    #[must_use]
    pub fn start(self) -> Self {
        let frame = self.dialect.start();
        self.raw(frame)
    }

    /// Ends lines with `\r` or `\r\n` from here on.
    #[must_use]
    pub fn line_end(mut self, line_end: &'static str) -> Self {
        self.line_end = line_end;
        self
    }

    /// Sends every byte by itself from here on.
    #[must_use]
    pub fn bytewise(mut self) -> Self {
        self.is_bytewise = true;
        self
    }

    /// Sends a piece of text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        let frame = self.dialect.delta(text);
        self.raw(frame)
    }

    /// Sends a text in one frame per word.
    #[must_use]
    pub fn words(mut self, text: &str) -> Self {
        for word in text.split_inclusive(' ') {
            self = self.text(word);
        }
        self
    }

    /// Sends the bytes as they are, but for the ends of lines.
    #[must_use]
    pub fn raw(self, bytes: impl AsRef<[u8]>) -> Self {
        let line_end = self.line_end.as_bytes();
        let bytes = bytes.as_ref().split(|byte| *byte == b'\n').collect::<Vec<_>>().join(line_end);
        self.exactly(&bytes)
    }

    fn exactly(mut self, bytes: &[u8]) -> Self {
        let size = if self.is_bytewise { 1 } else { bytes.len().max(1) };
        self.steps.extend(bytes.chunks(size).map(|chunk| Step::Send(Bytes::copy_from_slice(chunk))));
        self
    }

    /// Sends a frame with a JSON document.
    #[must_use]
    pub fn frame(self, body: &Value) -> Self {
        let frame = self.dialect.frame(body);
        self.raw(frame)
    }

    /// Waits until the test opens the gate.
    #[must_use]
    pub fn wait(mut self, gate: &Gate) -> Self {
        self.steps.push(Step::Wait(gate.clone()));
        self
    }

    /// Sends the end frame, with sources as `(title, url)`, and ends.
    #[must_use]
    pub fn end(self, sources: &[(&str, &str)]) -> Answer {
        let frame = self.dialect.end(sources);
        self.raw(frame).finish()
    }

    /// Ends the body with no end frame.
    #[must_use]
    pub fn finish(self) -> Answer {
        let headers = vec![("content-type".to_owned(), "text/event-stream".to_owned())];
        Answer { before_head: Vec::new(), reply: Some(Reply { status: 200, headers, steps: self.steps }) }
    }

    /// Breaks the connection.
    #[must_use]
    pub fn cut(mut self) -> Answer {
        self.steps.push(Step::Break);
        self.finish()
    }

    /// Sends only the first bytes of the frame with a piece of text.
    #[must_use]
    pub fn part_of(self, text: &str, n_bytes: usize) -> Self {
        let frame = self.dialect.delta(text);
        self.exactly(frame.as_bytes().get(..n_bytes).unwrap_or(frame.as_bytes()))
    }
}
