//! The panel: header, transcript, notice, composer, and the line that names the maker.

use web_sys::HtmlTextAreaElement;

use super::composer::composer;
use super::header::header;
use super::message_list::{jump_button, message_list};
use super::notice::notice;
use super::scroller::Scroller;
use super::view::{View, html};
use crate::config::{Phrase, Position};
use crate::session::Session;

/// The panel and its input. It stays in the document while it is closed, and with it the draft and the scroll position.
pub fn panel(session: Session) -> (View, HtmlTextAreaElement) {
    let (scroller, list) = Scroller::new();
    let (composer, input) = composer(session, scroller.clone());
    let role = move || match session.config().map(|config| config.position) {
        Some(Position::Inline) => "region".to_owned(),
        _ => "dialog".to_owned(),
    };
    let panel = html("section");
    let panel = panel
        .clone()
        .piece("panel")
        .attr("id", "panel")
        .attr("aria-labelledby", "title")
        .live_text_attr("role", role)
        .live_flag("hidden", move || !session.is_open())
        .child(header(session))
        .child(message_list(session, &scroller, list, panel))
        .child(jump_button(session, &scroller))
        .child(notice(session))
        .child(composer)
        .slot(move || watermark(session));
    (panel, input)
}

fn watermark(session: Session) -> Option<View> {
    if session.config()?.hide_watermark {
        return None;
    }
    let link = html("a")
        .attr("href", "https://assisters.dev")
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .text("Assisters");
    Some(html("p").piece("watermark").text(&session.phrase(Phrase::PoweredBy)).text(" ").child(link))
}
