//! The notice area: what the widget as a whole has to say, for instance while it waits to try again.

use super::view::{View, html};
use crate::config::Phrase;
use crate::session::{Notice, Session};

/// The notice area. Hidden while there is nothing to say.
pub fn notice(session: Session) -> View {
    let text = move || match session.notice() {
        Some(Notice::Retrying { seconds_left }) => fill(&session.phrase(Phrase::RetryingIn), seconds_left as usize),
        Some(Notice::StillWorking) => session.phrase(Phrase::StillWorking),
        None => String::new(),
    };
    html("div")
        .piece("notice")
        .attr("role", "status")
        .attr("data-kind", "info")
        .live_flag("hidden", move || session.notice().is_none())
        .child(html("span").class("notice-text").live_text(text))
}

/// Puts a number in place of the braces and what is between them.
pub(super) fn fill(phrase: &str, number: usize) -> String {
    match (phrase.split_once('{'), phrase.split_once('}')) {
        (Some((before, _)), Some((_, after))) => [before, &number.to_string(), after].concat(),
        _ => phrase.to_owned(),
    }
}
