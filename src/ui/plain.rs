//! Messages as plain text, while the part that shows them properly is on its way or can not be had; and the pieces that both ways share.

use wasm_bindgen::JsCast as _;
use web_sys::Element;

use super::actions::message_around;
use super::icon::{Icon, icon};
use super::view::{View, html};
use crate::browser::dom::closest;
use crate::browser::http::is_offline;
use crate::chat::{Message, MessageId, Status};
use crate::config::{Config, Phrase};
use crate::protocol::Role;
use crate::session::{PartState, Session};

/// As many as can be read without the part.
const MOST: usize = 40;

/// As many as are shown while it is on its way, to who has just asked: all are there as soon as it is.
const EXCHANGE: usize = 2;

/// The newest messages, at the end of a list. Dropped, they are gone.
pub struct PlainMessages(Element);

impl PlainMessages {
    /// Makes the place for them.
    pub fn new(session: Session, list: &View) -> Self {
        let view = html("div").on("click", move |event| {
            if let Some((_, id)) = closest(event, "[data-action=retry]").and_then(|button| message_around(session, &button)) {
                session.retry(id);
            }
        });
        let element = view.element().clone();
        list.clone().child(view);
        Self(element)
    }

    /// Shows the messages as they are now.
    pub fn show(&self, session: Session, part: PartState) {
        self.0.set_text_content(None);
        let Some(config) = session.peek_config() else { return };
        let most = match part {
            PartState::Failed => MOST,
            _ if session.peek_is_answering() => EXCHANGE,
            _ => 0,
        };
        let ids: Vec<MessageId> = session.conversation(|conversation| conversation.ids_before(None, most));
        // An empty one would be taken for a conversation by the greeting's style.
        self.0.set_class_name(if ids.is_empty() { "" } else { "chunk" });
        for id in ids {
            let view = session.message(id, |message| match message.role {
                Role::User => question(&message.content),
                Role::Assistant => answer(&config, message, part),
            });
            if let Some(view) = view {
                let view = view.attr("data-id", &id.get().to_string());
                self.0.append_child(view.element().unchecked_ref()).ok(); // refused only for a node that contains its own parent
            }
        }
    }
}

impl Drop for PlainMessages {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// A message of the visitor's: plain text, line ends kept.
pub fn question(text: &str) -> View {
    html("article")
        .class("message message-user")
        .attr("part", "message message-user")
        .child(html("div").class("bubble").attr("dir", "auto").text(text))
}

/// An answer: its words as they were written, once it is known that nothing better comes.
fn answer(config: &Config, message: &Message, part: PartState) -> View {
    let bubble = html("div").class("bubble plain").attr("dir", "auto");
    let is_final = part == PartState::Failed && !message.is_awaited();
    let bubble = if is_final { bubble.text(&message.content) } else { bubble.child(typing(config)) };
    // Whoever waits for an answer to be done wants to read it.
    let status = if message.status == Status::Done && !is_final { Status::Streaming } else { message.status };
    let view = html("article")
        .class("message message-assistant")
        .attr("part", "message message-assistant")
        .attr("data-status", status.as_str())
        .child(bubble);
    match outcome(config, message) {
        Some(outcome) => view.child(outcome),
        None => view,
    }
}

/// The sign that an answer is on its way.
pub fn typing(config: &Config) -> View {
    html("span")
        .class("typing")
        .attr("role", "img")
        .attr("aria-label", config.strings.get(Phrase::Typing))
        .child(html("i"))
        .child(html("i"))
        .child(html("i"))
}

/// What is said below an answer that did not end well, and what can be done about it.
pub fn outcome(config: &Config, message: &Message) -> Option<View> {
    let (phrase, line) = match message.status {
        Status::Streaming | Status::Done => return None,
        Status::Stopped => (Phrase::Stopped, html("p").class("message-note outcome").attr("part", "note")),
        Status::Failed => {
            let kind = message.error.as_ref()?.kind;
            let phrase = if is_offline() { Phrase::OfflineError } else { Phrase::of_error(kind) };
            (phrase, html("p").class("message-error outcome").attr("part", "notice error").attr("role", "alert"))
        }
    };
    let retry = html("button")
        .piece("retry")
        .attr("type", "button")
        .attr("data-action", "retry")
        .child(icon(Icon::Retry, "icon"))
        .child(html("span").text(config.strings.get(Phrase::Retry)));
    Some(line.child(html("span").text(config.strings.get(phrase))).child(retry))
}
