//! The transcript: greeting, messages, suggestions.

use leptos::prelude::Owner;
use web_sys::Element;

use super::icon::{Icon, icon};
use super::message::{answer, question};
use super::scroller::Scroller;
use super::view::{View, effect, html};
use crate::browser::timer::FramePainter;
use crate::chat::MessageId;
use crate::config::Phrase;
use crate::protocol::Role;
use crate::session::Session;

/// The transcript. Not a live region by itself: a streamed answer would be read out word by word.
pub fn message_list(session: Session, scroller: &Scroller, list: View) -> View {
    let list = list
        .piece("messages")
        .attr("role", "log")
        .attr("aria-live", "off")
        .attr("tabindex", "0")
        .phrase_attr("aria-label", session, Phrase::Messages)
        .child(greeting(session))
        .slot(move || suggestions(session));
    keep_messages(session, scroller.clone(), list.element().clone());
    list
}

/// The button that goes to the newest line, shown while the visitor is elsewhere.
pub fn jump_button(session: Session, scroller: &Scroller) -> View {
    let (shown, clicked) = (scroller.clone(), scroller.clone()); // one handle per closure
    html("button")
        .piece("jump")
        .attr("type", "button")
        .phrase_attr("aria-label", session, Phrase::JumpToLatest)
        .live_flag("hidden", move || shown.is_at_end())
        .on("click", move |_| clicked.follow())
        .child(icon(Icon::ArrowDown, "icon"))
}

/// One message's element and the owner of all that keeps it up to date.
struct Shown {
    id: MessageId,
    element: Element,
    owner: Owner,
}

/// Keeps one element per message. Messages are appended or all replaced, never reordered, so whatever is no longer the same from some
/// place on is made anew from there.
fn keep_messages(session: Session, scroller: Scroller, list: Element) {
    // Weakly: the effect belongs to it.
    let parent = Owner::current().unwrap_or_default().downgrade();
    let following = scroller.clone(); // the painter's own handle
    let painter = FramePainter::new(move || following.follow());
    let mut shown: Vec<Shown> = Vec::new();
    effect(Box::new(move || {
        let ids = session.messages();
        let n_same = shown.iter().zip(&ids).take_while(|(shown, id)| shown.id == **id).count();
        for gone in shown.drain(n_same..) {
            gone.element.remove();
            gone.owner.cleanup();
        }
        for id in ids.into_iter().skip(n_same) {
            let Some(owner) = parent.upgrade().map(|parent| parent.child()) else { return };
            let Some(view) = owner.with(|| message(session, &scroller, id)) else { continue };
            let element = view.element().clone();
            list.append_child(&element).ok(); // refused only for a node that contains its own parent
            shown.push(Shown { id, element, owner });
        }
        // What the visitor just sent is always brought into sight.
        painter.hurry();
    }));
}

fn message(session: Session, scroller: &Scroller, id: MessageId) -> Option<View> {
    match session.message(id, |message| message.role)? {
        Role::User => Some(question(session, id)),
        Role::Assistant => Some(answer(session, scroller, id)),
    }
}

fn greeting(session: Session) -> View {
    let text = move || {
        let greeting = session.config().and_then(|config| config.greeting.clone()).or_else(|| session.card().welcome);
        greeting.unwrap_or_else(|| session.phrase(Phrase::Greeting))
    };
    let bubble =
        html("div").class("bubble").child(html("div").class("rich-text").child(html("p").attr("dir", "auto").live_text(text)));
    html("div").class("message message-assistant greeting").attr("part", "message greeting").child(bubble)
}

/// Questions to start with, offered while nothing was said.
fn suggestions(session: Session) -> Option<View> {
    if !session.is_empty() {
        return None;
    }
    let offered = session.config()?.suggestions.clone().unwrap_or_else(|| session.card().suggestions);
    if offered.is_empty() {
        return None;
    }
    let buttons = offered.into_iter().map(|text| {
        let button = html("button").piece("suggestion").attr("type", "button").attr("dir", "auto").text(&text);
        button.on("click", move |_| session.send(&text, None))
    });
    Some(buttons.fold(html("div").piece("suggestions"), View::child))
}
