//! The panel's header: who answers, and what can be done with the conversation as a whole.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::config::{Phrase, Position};
use crate::session::Session;

/// The panel's header.
#[component]
pub fn Header(
    /// The widget's session.
    session: Session,
) -> impl IntoView {
    let title = Memo::new(move |_| title(session));
    let avatar = Memo::new(move |_| session.config.get().avatar.clone().or_else(|| session.card.get().avatar));
    let picture = move || match avatar.get() {
        Some(address) => html::img().attr("src", address).attr("alt", "").into_any(),
        None => title.get().chars().next().map(String::from).unwrap_or_default().into_any(),
    };
    let status = move || session.card.get().description.unwrap_or_else(|| session.phrase(Phrase::AiAssistant));
    let is_inline = move || session.config.get().position == Position::Inline;
    html::header().class("header").attr("part", "header").child((
        html::span().class("avatar").attr("part", "avatar").attr("aria-hidden", "true").child(picture),
        html::div().class("heading").child((
            html::h2().class("title").attr("part", "title").attr("id", "title").attr("dir", "auto").child(move || title.get()),
            html::p().class("status").attr("part", "status").attr("dir", "auto").child(status),
        )),
        button("clear", Phrase::StartOver, Icon::NewChat, session).on(ev::click, move |_| session.clear()).attr("hidden", move || {
            session.messages.with(Vec::is_empty)
        }),
        button("close", Phrase::CloseChat, Icon::Minimise, session).on(ev::click, move |_| session.close()).attr("hidden", is_inline),
    ))
}

fn title(session: Session) -> String {
    let title = session.config.get().title.clone().or_else(|| session.card.get().name);
    title.unwrap_or_else(|| session.phrase(Phrase::Title))
}

fn button(part: &'static str, label: Phrase, shape: Icon, session: Session) -> html::HtmlElement<html::Button, impl leptos::attr::Attribute, impl RenderHtml> {
    html::button()
        .class("icon-button")
        .attr("part", part)
        .attr("type", "button")
        .attr("aria-label", move || session.phrase(label))
        .attr("title", move || session.phrase(label))
        .child(icon(shape, "icon"))
}
