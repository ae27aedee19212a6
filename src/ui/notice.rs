//! The notice area: what the widget as a whole has to say, for instance while it waits to try again.

use leptos::html;
use leptos::prelude::*;

use crate::config::Phrase;
use crate::session::{Notice as Said, Session};

/// The notice area. Hidden while there is nothing to say.
#[component]
pub fn Notice(
    /// The widget's session.
    session: Session,
) -> impl IntoView {
    let text = move || match session.notice.get() {
        Some(Said::Retrying { seconds_left }) => session.phrase(Phrase::RetryingIn).replace("{seconds}", &seconds_left.to_string()),
        None => String::new(),
    };
    html::div()
        .class("notice")
        .attr("part", "notice")
        .attr("role", "status")
        .attr("data-kind", "info")
        .attr("hidden", move || session.notice.get().is_none())
        .child(html::span().class("notice-text").child(text))
}
