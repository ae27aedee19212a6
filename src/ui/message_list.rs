//! The list: greeting, suggestions, messages, and the button that goes to the newest one.

use leptos::prelude::Owner;

use super::icon::{Icon, icon};
use super::notice::fill;
use super::plain::PlainMessages;
use super::scroller::Scroller;
use super::transcript;
use super::view::{View, effect, html};
use crate::config::Phrase;
use crate::session::{PartState, Session};

/// The list in its panel. Not a live region by itself: a streamed answer would be read out word by word.
pub fn message_list(session: Session, scroller: &Scroller, list: View, panel: View) -> View {
    let list = list
        .piece("messages")
        .attr("role", "log")
        .attr("aria-live", "off")
        .attr("tabindex", "0")
        .phrase_attr("aria-label", session, Phrase::Messages)
        .child(greeting(session))
        .slot(move || (session.is_loading() || awaits_part(session)).then(|| skeleton(session)))
        .slot(move || suggestions(session));
    show_messages(session, scroller.clone(), list.clone(), panel);
    list
}

/// Shows the messages in plain text until the part that shows them properly is there.
fn show_messages(session: Session, scroller: Scroller, list: View, panel: View) {
    // Weakly: the effect belongs to it.
    let parent = Owner::current().unwrap_or_default().downgrade();
    let mut plain = Some(PlainMessages::new(session, &list));
    effect(Box::new(move || {
        let part = session.conversation_part();
        let Some(messages) = &plain else { return };
        if part != PartState::Here {
            session.track_messages();
            session.take_changes();
            messages.show(session, part);
            scroller.painted();
            return;
        }
        plain = None;
        if let Some(owner) = parent.upgrade() {
            owner.with(|| transcript::show(session, &scroller, list.clone(), &panel));
        }
    }));
}

/// The button that goes to the newest line, shown while the visitor is elsewhere, with how many answers they have missed.
pub fn jump_button(session: Session, scroller: &Scroller) -> View {
    let [shown, named, clicked, is_counted, counted] = [(); 5].map(|()| scroller.clone());
    let missed = move |n_missed: usize| fill(&session.phrase_for(Phrase::NewMessages, n_missed), n_missed);
    html("button")
        .piece("jump")
        .attr("type", "button")
        .live_text_attr("aria-label", move || {
            let label = session.phrase(Phrase::JumpToLatest);
            match named.n_missed() {
                0 => label,
                n_missed => [&label, ", ", &missed(n_missed)].concat(),
            }
        })
        .live_flag("hidden", move || shown.is_at_end())
        .on("click", move |_| clicked.follow())
        .child(icon(Icon::ArrowDown, "icon"))
        .child(
            html("span")
                .class("jump-count")
                .attr("part", "jump-count")
                .live_flag("hidden", move || is_counted.n_missed() == 0)
                .live_text(move || missed(counted.n_missed())),
        )
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
    if !session.is_empty() || session.is_loading() {
        return None;
    }
    let offered = session.config()?.suggestions.clone().unwrap_or_else(|| session.card().suggestions);
    if offered.is_empty() {
        return None;
    }
    let buttons = offered.into_iter().map(|text| {
        let button = html("button").piece("suggestion").attr("type", "button").attr("dir", "auto").text(&text);
        button.on("click", move |_| session.send(&text, None, String::new()))
    });
    Some(buttons.fold(html("div").piece("suggestions"), View::child))
}

/// Whether there is an earlier conversation, and what shows it is on its way. Whoever has just asked sees their question meanwhile.
fn awaits_part(session: Session) -> bool {
    session.conversation_part() == PartState::Awaited && !session.is_empty() && !session.is_answering()
}

/// What stands in place of an earlier conversation that is on its way.
fn skeleton(session: Session) -> View {
    let bars = html("div").piece("skeleton").attr("role", "img").attr("aria-label", &session.phrase(Phrase::Loading));
    (0..5).fold(bars, |bars, _| bars.child(html("i")))
}
