//! The transcript: greeting, messages, suggestions.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::message::{AnswerMessage, AnswerMessageProps, QuestionMessage, QuestionMessageProps};
use super::scroller::Scroller;
use crate::config::Phrase;
use crate::protocol::Role;
use crate::session::Session;

/// The transcript. Not a live region by itself: a streamed answer would be read out word by word.
#[component]
pub fn MessageList(
    /// The widget's session.
    session: Session,
    /// Its scroll position.
    scroller: Scroller,
) -> impl IntoView {
    let message = move |id| match session.message(id, |message| message.role) {
        Some(Role::User) => QuestionMessage(QuestionMessageProps { session, id }).into_any(),
        Some(Role::Assistant) => AnswerMessage(AnswerMessageProps { session, scroller, id }).into_any(),
        None => ().into_any(),
    };
    // What the visitor just sent is always brought into sight, once its element is there.
    Effect::new(move |_| {
        session.messages.track();
        request_animation_frame(move || scroller.follow());
    });
    let messages = For(ForProps::builder().each(move || session.messages.get()).key(|id| *id).children(message).build());
    (
        html::div()
            .class("messages")
            .attr("part", "messages")
            .attr("role", "log")
            .attr("aria-live", "off")
            .attr("aria-label", move || session.phrase(Phrase::Messages))
            .attr("tabindex", "0")
            .node_ref(scroller.element)
            .on(ev::scroll, move |_| scroller.scrolled())
            .child((greeting(session), messages, suggestions(session))),
        jump_button(session, scroller),
    )
}

fn greeting(session: Session) -> impl IntoView {
    let text = move || {
        let greeting = session.config.get().greeting.clone().or_else(|| session.card.get().welcome);
        greeting.unwrap_or_else(|| session.phrase(Phrase::Greeting))
    };
    html::div()
        .class("message message-assistant greeting")
        .attr("part", "message greeting")
        .child(html::div().class("bubble").attr("dir", "auto").child(html::div().class("rich-text").child(html::p().child(text))))
}

/// Questions to start with, offered while nothing was said.
fn suggestions(session: Session) -> impl IntoView {
    let offered = Memo::new(move |_| {
        if session.messages.with(Vec::is_empty) {
            session.config.get().suggestions.clone().unwrap_or_else(|| session.card.get().suggestions)
        } else {
            Vec::new()
        }
    });
    move || {
        (!offered.get().is_empty()).then(|| {
            let buttons = offered.get().into_iter().map(|text| suggestion(session, text)).collect_view();
            html::div().class("suggestions").attr("part", "suggestions").child(buttons)
        })
    }
}

fn suggestion(session: Session, text: String) -> impl IntoView {
    html::button()
        .class("suggestion")
        .attr("part", "suggestion")
        .attr("type", "button")
        .attr("dir", "auto")
        .on(ev::click, {
            let text = text.clone(); // one for the label, one to send
            move |_| session.send(&text, None)
        })
        .child(text)
}

fn jump_button(session: Session, scroller: Scroller) -> impl IntoView {
    html::button()
        .class("jump")
        .attr("part", "jump")
        .attr("type", "button")
        .attr("aria-label", move || session.phrase(Phrase::JumpToLatest))
        .attr("hidden", move || scroller.is_at_end.get())
        .on(ev::click, move |_| scroller.follow())
        .child(icon(Icon::ArrowDown, "icon"))
}
