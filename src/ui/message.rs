//! One message: the visitor's as they wrote it, the assistant's as rich text with its sources and its state.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::rich_text::RichText;
use super::scroller::Scroller;
use crate::browser::timer::FramePainter;
use crate::chat::{Message, MessageId, Status};
use crate::config::Phrase;
use crate::protocol::Source;
use crate::session::Session;

/// A message of the visitor's: plain text, line ends kept.
#[component]
pub fn QuestionMessage(
    /// The widget's session.
    session: Session,
    /// Which message.
    id: MessageId,
) -> impl IntoView {
    let text = session.message(id, |message| message.content.clone()).unwrap_or_default();
    html::article()
        .class("message message-user")
        .attr("part", "message message-user")
        .child(html::div().class("bubble").attr("dir", "auto").child(text))
}

/// An answer of the assistant's.
#[component]
pub fn AnswerMessage(
    /// The widget's session.
    session: Session,
    /// Told whenever the answer grew.
    scroller: Scroller,
    /// Which message.
    id: MessageId,
) -> impl IntoView {
    let changes = session.watch(id);
    let status = Memo::new({
        let changes = changes.clone(); // each memo listens by itself
        move |_| {
            changes.track();
            session.message(id, |message| message.status).unwrap_or(Status::Done)
        }
    });
    let is_awaited = Memo::new({
        let changes = changes.clone(); // each memo listens by itself
        move |_| {
            changes.track();
            session.message(id, Message::is_awaited).unwrap_or(false)
        }
    });
    let text = NodeRef::<html::Div>::new();
    follow_text(session, scroller, id, changes, text);
    html::article()
        .class("message message-assistant")
        .attr("part", "message message-assistant")
        .attr("data-status", move || status.get().as_str())
        .attr("aria-busy", move || if status.get() == Status::Streaming { "true" } else { "false" })
        .child((
            html::div().class("bubble").child((
                html::div().class("rich-text").node_ref(text),
                move || is_awaited.get().then(|| typing(session)),
            )),
            move || (status.get() != Status::Streaming).then(|| sources(session, id)),
            move || outcome(session, id, status.get()),
        ))
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
        if self.n_rewrites != message.n_rewrites {
            self.rich_text.reset();
            self.n_bytes = 0;
            self.n_rewrites = message.n_rewrites;
        }
        if message.status == Status::Streaming {
            self.is_finished = false;
        }
        if let Some(new) = message.content.get(self.n_bytes..) {
            self.rich_text.push(new);
            self.n_bytes = message.content.len();
        }
    }
}

/// Paints the answer's text as it comes: at most once per frame, and only what is new.
fn follow_text(session: Session, scroller: Scroller, id: MessageId, changes: ArcTrigger, text: NodeRef<html::Div>) {
    let painted: Rc<RefCell<Option<Painted>>> = Rc::default();
    let painter = FramePainter::new({
        let painted = Rc::clone(&painted);
        move || {
            if let Some(painted) = painted.borrow_mut().as_mut() {
                painted.rich_text.paint();
            }
            scroller.painted();
        }
    });
    Effect::new(move |_| {
        changes.track();
        let Some(element) = text.get() else { return };
        session.message(id, |message| {
            let mut painted = painted.borrow_mut();
            let policy = || session.config.with_untracked(|config| config.link_policy.clone());
            let is_first = painted.is_none();
            let painted = painted.get_or_insert_with(|| Painted {
                rich_text: RichText::new(element.into(), policy()),
                n_bytes: 0,
                n_rewrites: message.n_rewrites,
                is_finished: false,
            });
            painted.take(message);
            let is_over = message.status != Status::Streaming;
            if is_over && !painted.is_finished {
                painted.is_finished = true;
                painted.rich_text.finish();
            }
            if is_first && is_over {
                // A transcript that is restored is there at once, not a frame later.
                painted.rich_text.paint();
            } else {
                painter.request();
            }
        });
    });
}

fn typing(session: Session) -> impl IntoView {
    html::span()
        .class("typing")
        .attr("role", "img")
        .attr("aria-label", move || session.phrase(Phrase::Typing))
        .child((html::i(), html::i(), html::i()))
}

fn sources(session: Session, id: MessageId) -> impl IntoView {
    let sources = session.message(id, |message| message.sources.clone()).unwrap_or_default();
    (!sources.is_empty()).then(|| {
        let policy = session.config.with_untracked(|config| config.link_policy.clone());
        let entries = sources.into_iter().enumerate().map(|(idx, source)| {
            let href = source.url.clone().filter(|url| policy.allows_link(url));
            html::li().child(source_chip(idx + 1, source, href))
        });
        html::ul()
            .class("sources")
            .attr("part", "sources")
            .attr("aria-label", session.phrase(Phrase::Sources))
            .child(entries.collect_view())
    })
}

/// A source as a chip: a link where the policy allows its address, else just its title.
fn source_chip(number: usize, source: Source, href: Option<String>) -> impl IntoView {
    let label = (
        html::span().class("source-number").attr("aria-hidden", "true").child(number.to_string()),
        html::span().class("source-title").attr("dir", "auto").child(source.title.clone()),
    );
    match href {
        Some(href) => html::a()
            .class("source")
            .attr("part", "source")
            .attr("title", source.title)
            .attr("href", href)
            .attr("target", "_blank")
            .attr("rel", "noopener noreferrer nofollow")
            .child(label)
            .into_any(),
        None => html::span().class("source").attr("part", "source").attr("title", source.title).child(label).into_any(),
    }
}

/// What is said below an answer that did not end well, and what can be done about it.
fn outcome(session: Session, id: MessageId, status: Status) -> Option<AnyView> {
    let text = match status {
        Status::Streaming | Status::Done => return None,
        Status::Stopped => Phrase::Stopped,
        Status::Failed if crate::browser::http::is_offline() => Phrase::OfflineError,
        Status::Failed => session.message(id, |message| message.error.as_ref().map(|error| Phrase::of_error(error.kind))).flatten()?,
    };
    let is_failure = status == Status::Failed;
    let line = html::p()
        .class(if is_failure { "message-error" } else { "message-note" })
        .attr("part", if is_failure { "notice error" } else { "note" })
        .attr("role", is_failure.then_some("alert"))
        .child((
            html::span().child(session.phrase(text)),
            html::button()
                .class("retry")
                .attr("part", "retry")
                .attr("type", "button")
                .on(ev::click, move |_| session.retry(id))
                .child((icon(Icon::Retry, "icon"), session.phrase(Phrase::Retry))),
        ));
    Some(line.into_any())
}
