//! The round button that opens the panel.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::config::{ButtonIcon, Phrase};
use crate::session::Session;

/// The round button that opens and closes the panel. The shell's placeholder looks the same, so that nothing flickers when this one takes over.
#[component]
pub fn Launcher(
    /// The widget's session.
    session: Session,
    /// The button itself, for the focus.
    button: NodeRef<html::Button>,
) -> impl IntoView {
    let label = move || session.phrase(if session.is_open.get() { Phrase::CloseChat } else { Phrase::OpenChat });
    let picture = move || match session.config.get().button_icon.clone() {
        ButtonIcon::Chat => icon(Icon::Chat, "icon icon-chat").into_any(),
        ButtonIcon::Sparkle => icon(Icon::Sparkle, "icon icon-chat").into_any(),
        ButtonIcon::Url(address) => html::img().class("icon icon-chat icon-image").attr("src", address).attr("alt", "").into_any(),
    };
    html::button()
        .class("launcher")
        .attr("part", "launcher")
        .attr("type", "button")
        .attr("aria-label", label)
        .attr("aria-expanded", move || if session.is_open.get() { "true" } else { "false" })
        .attr("aria-controls", "panel")
        .node_ref(button)
        .on(ev::click, move |_| session.toggle())
        .child((picture, icon(Icon::Close, "icon icon-close"), badge(session)))
}

fn badge(session: Session) -> impl IntoView {
    html::span()
        .class("badge")
        .attr("part", "badge")
        .attr("hidden", move || session.unread.get() == 0)
        .child(move || session.unread.get().to_string())
}
