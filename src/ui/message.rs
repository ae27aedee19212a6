//! One message: the visitor's as they wrote it, the assistant's as rich text with its sources and its state.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::Track as _;

use super::icon::{Icon, icon};
use super::rich_text::RichText;
use super::scroller::Scroller;
use super::view::{View, effect, html};
use crate::browser::http::is_offline;
use crate::browser::timer::FramePainter;
use crate::chat::{Message, MessageId, Status};
use crate::config::Phrase;
use crate::markdown::LinkPolicy;
use crate::protocol::Source;
use crate::session::Session;

/// A message of the visitor's: plain text, line ends kept.
pub fn question(session: Session, id: MessageId) -> View {
    let text = session.message(id, |message| message.content.clone()).unwrap_or_default();
    html("article")
        .class("message message-user")
        .attr("part", "message message-user")
        .child(html("div").class("bubble").attr("dir", "auto").text(&text))
}

/// An answer of the assistant's.
pub fn answer(session: Session, scroller: &Scroller, id: MessageId) -> View {
    let text = html("div").class("rich-text");
    follow_text(session, scroller.clone(), id, &text);
    let changes = session.watch(id).state;
    let status = move || {
        changes.track();
        session.message(id, |message| message.status).unwrap_or(Status::Done)
    };
    let is_awaited = {
        let status = status.clone(); // every closure listens by itself
        move || status() == Status::Streaming && session.message(id, Message::is_awaited) == Some(true)
    };
    let [of_attribute, of_busy, of_sources, of_outcome] = [(); 4].map(|()| status.clone());
    html("article")
        .class("message message-assistant")
        .attr("part", "message message-assistant")
        .live_text_attr("data-status", move || of_attribute().as_str().to_owned())
        .live_bool_attr("aria-busy", move || of_busy() == Status::Streaming)
        .child(html("div").class("bubble").child(text).slot(move || is_awaited().then(|| typing(session))))
        .slot(move || if of_sources() == Status::Streaming { None } else { sources(session, id) })
        .slot(move || outcome(session, id, of_outcome()))
}

/// What of an answer has been handed to its painter.
struct Painted {
    rich_text: RichText,
    n_bytes: usize,
    n_rewrites: u32,
    is_finished: bool,
}

impl Painted {
    /// Hands over what is new.
    fn take(&mut self, message: &Message) {
        let is_streaming = message.status == Status::Streaming;
        if self.n_rewrites != message.n_rewrites || (is_streaming && self.is_finished) {
            self.rich_text.reset();
            self.n_bytes = 0;
            self.n_rewrites = message.n_rewrites;
            self.is_finished = false;
        }
        if let Some(new) = message.content.get(self.n_bytes..) {
            self.rich_text.push(new);
            self.n_bytes = message.content.len();
        }
        if !is_streaming && !self.is_finished {
            self.rich_text.finish();
            self.is_finished = true;
        }
    }
}

/// Paints the answer's text as it comes: at most at every second frame, and only what is new.
fn follow_text(session: Session, scroller: Scroller, id: MessageId, view: &View) {
    let painted = Rc::new(RefCell::new(Painted {
        rich_text: RichText::new(view.element().clone(), policy(session)),
        n_bytes: 0,
        n_rewrites: 0,
        is_finished: false,
    }));
    let painter = FramePainter::new({
        let painted = Rc::clone(&painted);
        move || {
            painted.borrow_mut().rich_text.paint();
            scroller.painted();
        }
    });
    let changes = session.watch(id);
    effect(Box::new(move || {
        changes.text.track();
        changes.state.track();
        let is_over = session.message(id, |message| {
            painted.borrow_mut().take(message);
            message.status != Status::Streaming
        });
        if is_over == Some(true) {
            // At once: whoever sees that it is over reads all of it, also where there are no frames.
            painted.borrow_mut().rich_text.paint();
            // What stands below the text comes with the state, so the newest line is followed a frame later.
            painter.hurry();
        } else {
            painter.request();
        }
    }));
}

fn policy(session: Session) -> LinkPolicy {
    session.peek_config().map(|config| config.link_policy.clone()).unwrap_or_default()
}

fn typing(session: Session) -> View {
    html("span")
        .class("typing")
        .attr("role", "img")
        .attr("aria-label", &session.phrase(Phrase::Typing))
        .child(html("i"))
        .child(html("i"))
        .child(html("i"))
}

fn sources(session: Session, id: MessageId) -> Option<View> {
    let sources = session.message(id, |message| message.sources.clone()).filter(|sources| !sources.is_empty())?;
    let policy = policy(session);
    let list = html("ul").piece("sources").attr("aria-label", &session.phrase(Phrase::Sources));
    let chips = sources.iter().enumerate().map(|(idx, source)| html("li").child(source_chip(idx + 1, source, &policy)));
    Some(chips.fold(list, View::child))
}

/// A source as a chip: a link where the policy allows its address, else just its title.
fn source_chip(number: usize, source: &Source, policy: &LinkPolicy) -> View {
    let chip = match source.url.as_deref().filter(|url| policy.allows_link(url)) {
        Some(href) => html("a").attr("href", href).attr("target", "_blank").attr("rel", "noopener noreferrer nofollow"),
        None => html("span"),
    };
    chip.piece("source")
        .attr("title", &source.title)
        .child(html("span").class("source-number").attr("aria-hidden", "true").text(&number.to_string()))
        .child(html("span").class("source-title").attr("dir", "auto").text(&source.title))
}

/// What is said below an answer that did not end well, and what can be done about it.
fn outcome(session: Session, id: MessageId, status: Status) -> Option<View> {
    let (phrase, line) = match status {
        Status::Streaming | Status::Done => return None,
        Status::Stopped => (Phrase::Stopped, html("p").class("message-note").attr("part", "note")),
        Status::Failed => {
            let kind = session.message(id, |message| message.error.as_ref().map(|error| error.kind)).flatten()?;
            let phrase = if is_offline() { Phrase::OfflineError } else { Phrase::of_error(kind) };
            (phrase, html("p").class("message-error").attr("part", "notice error").attr("role", "alert"))
        }
    };
    let retry = html("button")
        .piece("retry")
        .attr("type", "button")
        .on("click", move |_| session.retry(id))
        .child(icon(Icon::Retry, "icon"))
        .child(html("span").text(&session.phrase(Phrase::Retry)));
    Some(line.child(html("span").text(&session.phrase(phrase))).child(retry))
}
