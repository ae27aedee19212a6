//! The last question, changed where it stands. Sending it replaces the exchange.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::actions::{Action, message_around};
use super::composer::{fit_height, is_send_key};
use super::rich_text::Manner;
use super::view::html;
use crate::browser::dom::{closest, focus};
use crate::chat::MessageId;
use crate::config::Phrase;
use crate::session::Session;

/// Puts an editor in the place of a question.
pub fn open(session: Session, manner: &Manner, article: &Element, id: MessageId) {
    let Some(bubble) = article.first_element_child() else { return };
    let Some(text) = session.message(id, |message| message.content.clone()) else { return };
    let input = html("textarea")
        .class("editor-input")
        .attr("part", "editor-input")
        .attr("rows", "1")
        .attr("dir", "auto")
        .attr("aria-label", manner.say(Phrase::Edit));
    let button = |action: Action| {
        html("button")
            .class("editor-button")
            .attr("part", &["editor-button ", action.as_str()].concat())
            .attr("type", "button")
            .attr("data-action", action.as_str())
            .text(manner.say(action.phrase()))
    };
    let field: HtmlTextAreaElement = input.element().clone().unchecked_into();
    field.set_value(&text);
    let buttons = html("div").class("editor-buttons").child(button(Action::Cancel)).child(button(Action::Resend));
    let editor = html("div").piece("editor").child(input).child(buttons);
    bubble.after_with_node_1(editor.element()).ok(); // refused only where there is no parent
    article.set_attribute("data-editing", "").ok(); // the name is one
    fit_height(&field);
    focus(&field);
    let end = field.value().encode_utf16().count().try_into().unwrap_or(u32::MAX);
    field.set_selection_range(end, end).ok(); // refused only for an input that has no text
}

/// Sends the changed question.
pub fn submit(session: Session, article: &Element, id: MessageId) {
    if let Some(text) = input(article).map(|input| input.value()).filter(|text| !text.trim().is_empty()) {
        session.resend(id, &text);
    }
}

/// Leaves the question as it was.
pub fn close(article: &Element) {
    if let Ok(Some(editor)) = article.query_selector(".editor") {
        editor.remove();
    }
    article.remove_attribute("data-editing").ok(); // the name is one
    if let Ok(Some(button)) = article.query_selector("[data-action=edit]") {
        focus(button.unchecked_ref::<HtmlElement>());
    }
}

/// Lets the editor grow with its text.
pub fn changed(event: &Event) {
    if let Some(input) = closest(event, ".editor-input") {
        fit_height(input.unchecked_ref());
    }
}

/// Takes the keys that are pressed in an editor: the page's shortcuts are not meant while somebody writes here, and Escape closes no panel.
pub fn key_pressed(session: Session, event: &Event) {
    let Some((article, id)) = closest(event, ".editor").and_then(|editor| message_around(session, &editor)) else { return };
    event.stop_propagation();
    let key: &KeyboardEvent = event.unchecked_ref();
    if key.key() == "Escape" && !key.is_composing() {
        close(&article);
    } else if is_send_key(key) && closest(event, ".editor-input").is_some() {
        event.prevent_default();
        submit(session, &article, id);
    }
}

fn input(article: &Element) -> Option<HtmlTextAreaElement> {
    article.query_selector(".editor-input").ok()??.dyn_into().ok()
}
