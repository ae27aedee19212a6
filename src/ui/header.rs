//! The panel's header: who answers, and what can be done with the conversation as a whole.

use super::icon::{Icon, icon};
use super::view::{View, html};
use crate::config::{Phrase, Position};
use crate::session::Session;

/// The panel's header.
pub fn header(session: Session) -> View {
    let status = move || session.card().description.unwrap_or_else(|| session.phrase(Phrase::AiAssistant));
    let heading = html("div")
        .class("heading")
        .child(html("h2").piece("title").attr("id", "title").live_text(move || title(session)))
        .child(html("p").piece("status").slot(move || session.card().rating.map(rating)).child(html("span").live_text(status)));
    html("header")
        .piece("header")
        .child(html("span").piece("avatar").attr("aria-hidden", "true").slot(move || Some(avatar(session))))
        .child(heading)
        .child(
            button("clear", Phrase::StartOver, Icon::NewChat, session)
                .live_flag("hidden", move || session.is_empty())
                .on("click", move |_| session.clear()),
        )
        .child(
            button("close", Phrase::CloseChat, Icon::Minimise, session)
                .live_flag("hidden", move || session.config().is_some_and(|config| config.position == Position::Inline))
                .on("click", move |_| session.close()),
        )
}

fn title(session: Session) -> String {
    let title = session.config().and_then(|config| config.title.clone()).or_else(|| session.card().name);
    title.unwrap_or_else(|| session.phrase(Phrase::Title))
}

/// What the assistant's users think of it.
fn rating(rating: f64) -> View {
    let number: String = js_sys::Number::from(rating).to_fixed(1).map(String::from).unwrap_or_default();
    let label = [&number, " / 5"].concat();
    html("span").piece("rating").attr("role", "img").attr("aria-label", &label).text(&["★ ", &number].concat())
}

/// The picture of the owner's or the assistant's, else the title's first letter.
fn avatar(session: Session) -> View {
    match session.config().and_then(|config| config.avatar.clone()).or_else(|| session.card().avatar) {
        Some(address) => html("img").attr("src", &address).attr("alt", ""),
        None => html("span").text(&title(session).chars().take(1).collect::<String>()),
    }
}

fn button(part: &str, label: Phrase, shape: Icon, session: Session) -> View {
    html("button")
        .class("icon-button")
        .attr("part", part)
        .attr("type", "button")
        .phrase_attr("aria-label", session, label)
        .phrase_attr("title", session, label)
        .child(icon(shape, "icon"))
}
