//! One message: the visitor's as they wrote it, the assistant's as rich text with its sources and its state. Plain nodes: what changes
//! them calls here, what is clicked in them is heard by the list.

use std::rc::Rc;

use web_sys::Element;

use super::activity;
use super::answer_text::{AnswerText, Painted};
use super::attached::{self, Allowed};
use super::plain::{outcome, question, typing};
use super::rich_text::Manner;
use super::sources::sources;
use super::view::{View, html};
use crate::browser::part::Part;
use crate::chat::{Message, MessageId, Status};
use crate::config::{Config, Phrase};
use crate::protocol::Role;
use crate::session::Session;

/// Makes a message's element as the message is now. The text of an answer that is arriving is left to who follows it.
pub fn make(session: Session, manner: &Rc<Manner>, id: MessageId) -> Option<Element> {
    let (article, role) = session.message(id, |message| match message.role {
        Role::User => (question(&message.content), Role::User),
        Role::Assistant => (answer(manner, message), Role::Assistant),
    })?;
    // Whoever does not see on which side it stands is told whose it is.
    let whose = manner.say(if role == Role::User { Phrase::MessageLabel } else { Phrase::AiAssistant });
    let article = article.attr("data-id", &id.get().to_string()).attr("aria-label", whose).element().clone();
    match role {
        Role::Assistant => show_state(session, manner, &article, id),
        Role::User => show_files(session, manner, &article, id),
    }
    Some(article)
}

/// Shows a question's files, as soon as the part is there that knows how.
fn show_files(session: Session, manner: &Rc<Manner>, article: &Element, id: MessageId) {
    if session.message(id, |message| message.files.is_empty()) != Some(false) {
        return;
    }
    let (manner, article) = (Rc::clone(manner), article.clone()); // the task outlives the call
    session.spawn(async move {
        if Part::Attachments.load().await {
            session.message(id, |message| {
                let allowed: Vec<Allowed> = attached::addresses(message).iter().map(|url| allowed(&manner.config, url)).collect();
                attached::show(message, &article, &allowed);
            });
        }
    });
}

/// Returns what the owner allows an address. A picture may come, too, from the server that the visitor has just given it to.
fn allowed(config: &Config, url: &str) -> Allowed {
    let policy = &config.link_policy;
    let is_upload = || url.strip_prefix(config.api_url.as_str()).is_some_and(|path| path.starts_with("/uploads/"));
    Allowed { link: policy.allows_link(url), image: policy.allows_image(url) || is_upload() }
}

/// An answer of the assistant's.
fn answer(manner: &Rc<Manner>, message: &Message) -> View {
    let view = html("article")
        .class("message message-assistant")
        .attr("part", "message message-assistant")
        .child(html("div").class("bubble").child(html("div").class("rich-text")));
    if message.status != Status::Streaming {
        let mut text = AnswerText::new(view.element(), Rc::clone(manner), message, Painted::Nothing);
        text.take(message);
        text.paint();
    }
    view
}

/// Makes all of an answer but its text and its actions as the message is now.
pub fn show_state(session: Session, manner: &Rc<Manner>, article: &Element, id: MessageId) {
    let Ok(Some(bubble)) = article.query_selector(":scope > .bubble") else { return };
    // Only what stands below the text: what is finished of that is never touched again.
    for name in [".typing", ".sources", ".outcome"] {
        if let Ok(Some(old)) = article.query_selector(name) {
            old.remove();
        }
    }
    let mut before: Element = bubble.clone();
    let mut add_below = |view: View| {
        before.after_with_node_1(view.element()).ok(); // refused only where there is no parent
        before = view.element().clone();
    };
    session.message(id, |message| {
        let is_streaming = message.status == Status::Streaming;
        for (name, value) in
            [("data-status", message.status.as_str()), ("aria-busy", if is_streaming { "true" } else { "false" })]
        {
            article.set_attribute(name, value).ok(); // the names are ones
        }
        if message.is_awaited() || message.is_paused() {
            bubble.append_child(typing(&manner.config).element()).ok(); // refused only for a node that contains its own parent
        }
        if !is_streaming && !message.sources.is_empty() {
            add_below(sources(manner, &message.sources));
        }
        if let Some(outcome) = outcome(&manner.config, message) {
            add_below(outcome);
        }
    });
    // Nobody thinks or calls before it is here; the session sees to that. What was kept of an earlier visit asks for it.
    if Part::Activity.is_here() {
        activity::show(session, manner, article, id);
    } else if session.message(id, |message| message.activity.is_empty()) == Some(false) {
        let (manner, article) = (Rc::clone(manner), article.clone()); // the task outlives the call
        session.spawn(async move {
            if Part::Activity.load().await {
                activity::show(session, &manner, &article, id);
            }
        });
    }
}

/// Shows what has come of an answer's thoughts.
pub fn show_thoughts(session: Session, article: &Element, id: MessageId) {
    let thinks = |message: &Message| message.status == Status::Streaming && !message.reasoning.is_empty();
    if session.message(id, thinks) == Some(true) && Part::Activity.is_here() {
        activity::show_thoughts(session, article, id);
    }
}
