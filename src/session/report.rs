//! What the page and its owner are told: `message`, `stream-…`, `error` and `unread` events, and the cause in the console.

use super::Session;
use crate::browser::console;
use crate::browser::dom::format_time;
use crate::chat::{Message, MessageId, Rating, Status};
use crate::protocol::json::{Object, list};
use crate::protocol::{ApiError, ErrorKind, Role, write_sources};

/// Writes a message as the page sees it.
fn write_message(message: &Message) -> String {
    let usage = message.usage.unwrap_or_default();
    #[allow(clippy::cast_precision_loss, reason = "no answer has 2^53 tokens")]
    let count = |count: Option<u64>| count.map(|count| count as f64);
    let usage = Object::new()
        .number("input", count(usage.input))
        .number("output", count(usage.output))
        .number("total", count(usage.total));
    Object::new()
        .text("id", &public_id(message))
        .text("role", message.role.as_str())
        .text("content", &message.content)
        .text("status", message.status.as_str())
        .raw("sources", &write_sources(&message.sources))
        .maybe_raw("attachments", message.files())
        .raw("usage", &usage.finish())
        .number("cost", message.cost)
        .maybe_text("createdAt", message.created_at_unix_secs.map(format_time).as_deref())
        .finish()
}

/// Returns the id under which the page knows a message.
fn public_id(message: &Message) -> String {
    match &message.server_id {
        Some(id) => id.clone(),
        None => ["local_", &message.id.get().to_string()].concat(),
    }
}

impl Session {
    /// Writes the whole transcript as the page sees it.
    pub fn transcript(self) -> String {
        self.read_all_earlier();
        self.with(|core| list(core.conversation.messages().iter().map(write_message))).unwrap_or_default()
    }

    pub(super) fn dispatch_message(self, name: &str, id: MessageId) {
        if let Some(detail) = self.message(id, write_message) {
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

    /// Notes what the visitor thinks of an answer, and tells the page, and the server if it wants to know.
    pub fn rate(self, answer: MessageId, rating: Option<Rating>) {
        if self.with(|core| core.conversation.rate(answer, rating)) != Some(true) {
            return;
        }
        self.remember();
        let (id, is_known) =
            self.message(answer, |message| (public_id(message), message.server_id.is_some())).unwrap_or_default();
        let rating = rating.map_or_else(|| "null".to_owned(), |rating| ["\"", rating.as_str(), "\""].concat());
        self.dispatch("feedback", &Object::new().text("messageId", &id).raw("rating", &rating).finish());
        if is_known {
            self.tell_rating(&id, &rating);
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
            #[allow(clippy::cast_precision_loss, reason = "nobody has 2^53 unread messages")]
            self.dispatch("unread", &Object::new().number("count", Some(count as f64)).finish());
        }
    }

    /// Tells the owner the cause and the fix. The visitor is told by the message itself.
    pub(super) fn report_error(self, error: &ApiError) {
        let fix = fix(error.kind);
        console::error(&[error.describe().as_str(), fix].concat());
        let detail = Object::new()
            .text("kind", error.kind.as_str())
            .maybe_text("code", error.code.as_deref())
            .number("status", error.status.map(f64::from))
            .text("message", &error.message)
            .number("retryAfter", error.retry_after_secs);
        self.dispatch("error", &detail.finish());
    }
}

fn fix(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unauthorized => ". Check `getToken`, or that `apiUrl` points to a gateway that mints visitor tokens.",
        ErrorKind::Forbidden => ". Add this page's origin to the gateway's ASSISTERS_ORIGINS, or to the key's allowed origins.",
        ErrorKind::Payment => ". Add funds to the Assisters account.",
        ErrorKind::NotFound => ". Check `assistant`, `apiUrl` and `dialect`.",
        ErrorKind::Network => ". Check `apiUrl`, CORS, and the page's `connect-src` policy.",
        ErrorKind::Malformed => ". Check that `dialect` is the one that the server speaks.",
        ErrorKind::RateLimited | ErrorKind::InvalidRequest | ErrorKind::Server | ErrorKind::Timeout => "",
    }
}
