//! The panel: header, transcript, notice, composer, and the line that names the maker.

use leptos::html;
use leptos::prelude::*;

use super::composer::{Composer, ComposerProps};
use super::header::{Header, HeaderProps};
use super::message_list::{MessageList, MessageListProps};
use super::notice::{Notice, NoticeProps};
use super::scroller::Scroller;
use crate::config::{Phrase, Position};
use crate::session::Session;

/// The panel. It stays in the document while it is closed, and with it the draft and the scroll position.
#[component]
pub fn Panel(
    /// The widget's session.
    session: Session,
    /// The input, for the focus.
    input: NodeRef<html::Textarea>,
) -> impl IntoView {
    let scroller = Scroller::new();
    let role = move || if session.config.get().position == Position::Inline { "region" } else { "dialog" };
    html::section()
        .class("panel")
        .attr("part", "panel")
        .attr("id", "panel")
        .attr("role", role)
        .attr("aria-labelledby", "title")
        .attr("hidden", move || !session.is_open.get())
        .child((
            Header(HeaderProps { session }),
            MessageList(MessageListProps { session, scroller }),
            Notice(NoticeProps { session }),
            Composer(ComposerProps { session, scroller, input }),
            move || (!session.config.get().hide_watermark).then(|| watermark(session)),
        ))
}

fn watermark(session: Session) -> impl IntoView {
    let link = html::a()
        .attr("href", "https://assisters.dev")
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .child("Assisters");
    html::p().class("watermark").attr("part", "watermark").child((move || session.phrase(Phrase::PoweredBy), " ", link))
}
