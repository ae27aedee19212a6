//! The dialects as the documents under `seeds/` describe them: written again by hand, so that the product's encoder is not its own judge.

use serde_json::{Value, json};

use crate::record::Recorded;

/// A dialect of the API family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `POST /chat/stream`.
    Chat,
    /// `POST /conversations`, then `POST /conversations/{id}/messages/stream`.
    Conversations,
}

/// The folder of the conversation that the fault server begins.
pub const CONVERSATION_ID: &str = "conv_e2e";

impl Dialect {
    /// Every dialect that the suite runs in.
    pub const ALL: [Self; 2] = [Self::Chat, Self::Conversations];

    /// Returns the value of the option `dialect`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Conversations => "conversations",
        }
    }

    /// Returns the frame with a piece of text.
    #[must_use]
    pub fn delta(self, text: &str) -> String {
        self.frame(&match self {
            Self::Chat => json!({"type": "chunk", "content": text}),
            Self::Conversations => json!({"type": "delta", "content": text}),
        })
    }

    /// Returns the frame that ends an answer, with its sources as `(title, url)`.
    #[must_use]
    pub fn end(self, sources: &[(&str, &str)]) -> String {
        let sources: Vec<_> = sources.iter().map(|(title, url)| json!({"title": title, "url": url, "relevance": 0.9})).collect();
        self.frame(&match self {
            Self::Chat => json!({"type": "done", "id": "msg_e2e", "tokens": {"total": 150}, "sources": sources}),
            Self::Conversations => json!({
                "type": "end",
                "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
                "sources": sources,
            }),
        })
    }

    /// Returns what a stream begins with.
    #[must_use]
    pub fn start(self) -> String {
        match self {
            Self::Chat => String::new(),
            Self::Conversations => self.frame(&json!({"type": "start", "message_id": "msg_e2e"})),
        }
    }

    /// Returns a complete answer that is not streamed.
    #[must_use]
    pub fn plain(self, text: &str, sources: &[(&str, &str)]) -> Value {
        let sources: Vec<_> = sources.iter().map(|(title, url)| json!({"title": title, "url": url, "relevance": 0.9})).collect();
        match self {
            Self::Chat => json!({
                "id": "msg_e2e", "response": text, "session_id": "sess_e2e", "tokens": {"input": 100, "output": 50, "total": 150},
                "cost": 0.001, "created_at": "2026-01-28T14:30:00Z", "sources": sources,
            }),
            Self::Conversations => json!({
                "id": "msg_e2e", "role": "assistant", "content": text, "sources": sources,
                "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
            }),
        }
    }

    /// Returns a frame around a JSON document, as the dialect's document prints it.
    #[must_use]
    pub fn frame(self, body: &Value) -> String {
        match self {
            Self::Chat => format!("event: message\ndata: {body}\n\n"),
            Self::Conversations => format!("data: {body}\n\n"),
        }
    }

    /// Returns the folder of earlier conversations, with a slash on both sides.
    #[must_use]
    pub fn history_folder(self) -> &'static str {
        match self {
            Self::Chat => "/v1/sessions/",
            Self::Conversations => "/v1/conversations/",
        }
    }

    /// Returns what the visitor wrote, in a request that sends a message.
    #[must_use]
    pub fn text_of(self, request: &Recorded) -> String {
        let field = match self {
            Self::Chat => "message",
            Self::Conversations => "content",
        };
        request.json().get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// Returns the dialect of a request that sends a message, and `None` for any other request.
#[must_use]
pub fn of_message(method: &str, path: &str) -> Option<Dialect> {
    let path = path.split('?').next().unwrap_or_default();
    let segments: Vec<_> = path.trim_start_matches('/').split('/').collect();
    match (method, segments.as_slice()) {
        ("POST", ["v1", "chat"] | ["v1", "chat", "stream"]) => Some(Dialect::Chat),
        ("POST", ["v1", "conversations", _, "messages"] | ["v1", "conversations", _, "messages", "stream"]) => {
            Some(Dialect::Conversations)
        }
        _ => None,
    }
}
