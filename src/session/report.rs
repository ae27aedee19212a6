//! What the page and its owner are told: `message`, `stream-…`, `error` and `unread` events, and the cause in the console.

use serde_json::{Value, json};

use super::Session;
use crate::browser::dom::format_time;
use crate::browser::console;
use crate::chat::{Message, MessageId, Status};
use crate::protocol::{ApiError, ErrorKind, Role, encode_sources};

/// Returns a message as the page sees it.
#[must_use]
pub fn message_detail(message: &Message) -> Value {
    let usage = message.usage.map(|usage| json!({"input": usage.input, "output": usage.output, "total": usage.total}));
    json!({
        "id": message.server_id.clone().unwrap_or_else(|| format!("local_{}", message.id.get())),
        "role": message.role.as_str(),
        "content": message.content,
        "status": message.status.as_str(),
        "sources": encode_sources(&message.sources),
        "usage": usage,
        "cost": message.cost,
        "createdAt": format_time(message.created_at_unix_secs),
    })
}

impl Session {
    /// Returns the whole transcript as the page sees it.
    pub fn transcript(self) -> Value {
        self.with(|core| core.conversation.messages().iter().map(message_detail).collect()).unwrap_or_default()
    }

    pub(super) fn dispatch_message(self, name: &str, id: MessageId) {
        if let Some(detail) = self.message(id, message_detail) {
            self.dispatch(name, &detail);
        }
    }

    /// Tells how an answer ended, and counts it when nobody was looking.
    pub(super) fn report_end(self, answer: MessageId) {
        let Some((status, role)) = self.message(answer, |message| (message.status, message.role)) else { return };
        self.dispatch_message("stream-end", answer);
        if status != Status::Done || role != Role::Assistant {
            return;
        }
        self.dispatch_message("message", answer);
        if !self.peek_is_open() {
            self.set_unread(|n_unread| n_unread + 1);
        }
    }

    /// Changes how many messages the visitor has not seen, and tells the page.
    pub(super) fn set_unread(self, change: fn(usize) -> usize) {
        let changed = self.with(|core| {
            let before = core.n_unread;
            core.n_unread = change(before);
            (core.n_unread != before).then_some(core.n_unread)
        });
        if let Some(count) = changed.flatten() {
            self.notify(|topics| &topics.unread);
            self.dispatch("unread", &json!({"count": count}));
        }
    }

    /// Tells the owner the cause and the fix. The visitor is told by the message itself.
    pub(super) fn report_error(self, error: &ApiError) {
        let fix = fix(error.kind);
        console::error(&format!("{error}{}{fix}", if fix.is_empty() { "" } else { ". " }));
        self.dispatch(
            "error",
            &json!({
                "kind": error.kind.as_str(),
                "code": error.code,
                "status": error.status,
                "message": error.message,
                "retryAfter": error.retry_after_secs,
            }),
        );
    }
}

fn fix(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unauthorized => "Check `getToken`, or that `apiUrl` points to a gateway that mints visitor tokens.",
        ErrorKind::Forbidden => "Add this page's origin to the gateway's ASSISTERS_ORIGINS, or to the key's allowed origins.",
        ErrorKind::Payment => "Add funds to the Assisters account.",
        ErrorKind::NotFound => "Check `assistant`, `apiUrl` and `dialect`.",
        ErrorKind::Network => "Check `apiUrl`, CORS, and the page's `connect-src` policy.",
        ErrorKind::Malformed => "Check that `dialect` is the one that the server speaks.",
        ErrorKind::RateLimited | ErrorKind::InvalidRequest | ErrorKind::Server | ErrorKind::Timeout => "",
    }
}
