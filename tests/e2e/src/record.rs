//! What a server was asked, kept for the tests to look at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bytes::Bytes;
use serde_json::Value;

/// One request.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// When its head had arrived.
    pub at: Instant,
    client_left: Arc<AtomicBool>,
}

impl Recorded {
    pub(crate) fn new(method: String, path: String, headers: Vec<(String, String)>, body: Bytes) -> Self {
        Self { method, path, headers, body, at: Instant::now(), client_left: Arc::default() }
    }

    /// Returns a header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON, `Null` when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether the client ended the connection before the answer was complete.
    #[must_use]
    pub fn client_left(&self) -> bool {
        self.client_left.load(Ordering::SeqCst)
    }

    pub(crate) fn note_client_left(&self) {
        self.client_left.store(true, Ordering::SeqCst);
    }
}
