//! Where the visitor writes.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::icon::{Icon, icon};
use super::scroller::Scroller;
use crate::config::Phrase;
use crate::session::Session;

/// The composer grows to this many lines of 24 pixels, then it scrolls.
const MAX_HEIGHT_PX: i32 = 6 * 24 + 22;

/// The composer. The draft stays in its element, which outlives the closed panel.
#[component]
pub fn Composer(
    /// The widget's session.
    session: Session,
    /// Told when the composer takes room from the transcript.
    scroller: Scroller,
    /// The input, for the focus.
    input: NodeRef<html::Textarea>,
) -> impl IntoView {
    let is_empty = RwSignal::new(true);
    let changed = move || {
        if let Some(input) = input.get_untracked() {
            is_empty.set(input.value().trim().is_empty());
            fit_height(&input);
            scroller.painted();
        }
    };
    let submit = move || {
        let Some(input) = input.get_untracked() else { return };
        // While an answer is arriving the draft waits: nothing is lost, nothing is sent twice.
        if session.answering.get_untracked().is_some() || input.value().trim().is_empty() {
            return;
        }
        let text = input.value();
        input.set_value("");
        changed();
        session.send(&text, None);
    };
    let is_answering = move || session.answering.get().is_some();
    html::form()
        .class("composer")
        .attr("part", "composer")
        .on(ev::submit, move |event| {
            event.prevent_default();
            submit();
        })
        .child((
            html::textarea()
                .class("input")
                .attr("part", "input")
                .attr("rows", "1")
                .attr("dir", "auto")
                .attr("enterkeyhint", "send")
                .attr("placeholder", move || session.config.get().placeholder.clone())
                .attr("aria-label", move || session.phrase(Phrase::MessageLabel))
                .node_ref(input)
                .on(ev::input, move |_| changed())
                .on(ev::keydown, move |event| {
                    if is_send_key(&event) {
                        event.prevent_default();
                        submit();
                    }
                    // The page's shortcuts are not meant while somebody writes here.
                    event.stop_propagation();
                }),
            html::button()
                .class("send")
                .attr("part", "send")
                .attr("type", "submit")
                .attr("aria-label", move || session.phrase(Phrase::Send))
                .attr("disabled", move || is_empty.get())
                .attr("hidden", is_answering)
                .child(icon(Icon::Send, "icon")),
            html::button()
                .class("stop")
                .attr("part", "stop")
                .attr("type", "button")
                .attr("aria-label", move || session.phrase(Phrase::Stop))
                .attr("hidden", move || !is_answering())
                .on(ev::click, move |_| {
                    session.stop();
                    if let Some(input) = input.get_untracked() {
                        crate::browser::dom::focus(&input);
                    }
                })
                .child(icon(Icon::Stop, "icon")),
        ))
}

/// Enter sends; with Shift it breaks the line; within an input method's composition it belongs to the input method.
fn is_send_key(event: &KeyboardEvent) -> bool {
    /// Safari ends the composition before it reports the key that ended it; only this old code tells.
    const COMPOSING_KEY_CODE: u32 = 229;
    event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != COMPOSING_KEY_CODE
}

fn fit_height(input: &HtmlTextAreaElement) {
    let style = HtmlElement::style(input);
    // Setting through the object model is no style attribute: no policy of the page forbids it.
    style.set_property("block-size", "auto").ok(); // a plain length can not be refused
    let height_px = input.scroll_height().min(MAX_HEIGHT_PX);
    style.set_property("block-size", &format!("{height_px}px")).ok(); // a plain length can not be refused
}
