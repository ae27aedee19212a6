//! The round button that opens the panel.

use super::icon::{Icon, icon};
use super::view::{View, html};
use crate::config::{ButtonIcon, Phrase};
use crate::session::Session;

/// The round button that opens and closes the panel. The shell's placeholder looks the same, so that nothing flickers when this one
/// takes over.
pub fn launcher(session: Session) -> View {
    html("button")
        .piece("launcher")
        .attr("type", "button")
        .attr("aria-controls", "panel")
        .live_text_attr("aria-label", move || {
            session.phrase(if session.is_open() { Phrase::CloseChat } else { Phrase::OpenChat })
        })
        .live_bool_attr("aria-expanded", move || session.is_open())
        .on("click", move |_| session.toggle())
        .slot(move || picture(session))
        .child(icon(Icon::Close, "icon icon-close"))
        .child(
            html("span")
                .piece("badge")
                .live_flag("hidden", move || session.n_unread() == 0)
                .live_text(move || session.n_unread().to_string()),
        )
}

fn picture(session: Session) -> Option<View> {
    let picture = match &session.config()?.button_icon {
        ButtonIcon::Chat => icon(Icon::Chat, "icon icon-chat"),
        ButtonIcon::Sparkle => icon(Icon::Sparkle, "icon icon-chat"),
        ButtonIcon::Url(address) => html("img").class("icon icon-chat icon-image").attr("src", address).attr("alt", ""),
    };
    Some(picture)
}
