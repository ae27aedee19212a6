//! Where the visitor writes.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::flag::Flag;
use super::icon::{Icon, icon};
use super::scroller::Scroller;
use super::view::{View, html};
use super::widget::is_touch;
use crate::browser::dom::focus;
use crate::config::Phrase;
use crate::session::Session;

/// The composer and its input. The draft stays in the input, which outlives the closed panel.
pub fn composer(session: Session, scroller: Scroller) -> (View, HtmlTextAreaElement) {
    let is_empty = Flag::new(true);
    let view = html("textarea");
    let input: HtmlTextAreaElement = view.element().clone().unchecked_into();
    let changed = {
        let (input, is_empty) = (input.clone(), is_empty.clone()); // one handle per closure
        move || {
            is_empty.set(said(&input).is_empty());
            fit_height(&input);
            scroller.painted();
        }
    };
    let submit = {
        let (input, changed) = (input.clone(), changed.clone()); // one handle per closure
        move || {
            let text = said(&input);
            // While an answer is arriving the draft waits: nothing is lost, nothing is sent twice.
            if session.peek_is_answering() || text.is_empty() {
                return;
            }
            // Files that are still on their way hold the message back; it stays where it is.
            let Some(files) = session.take_files() else { return };
            input.set_value("");
            changed();
            session.send(&text, None, files);
        }
    };
    let view = view
        .piece("input")
        .attr("rows", "1")
        .attr("dir", "auto")
        .attr("enterkeyhint", "send")
        .live_attr("placeholder", move || session.config().map(|config| config.placeholder.clone()))
        .phrase_attr("aria-label", session, Phrase::MessageLabel)
        .on("input", move |_| {
            // Whoever writes will be answered.
            session.need_conversation();
            changed();
        })
        .on("keydown", {
            let submit = submit.clone(); // one handle per closure
            move |event| {
                let key: &KeyboardEvent = event.unchecked_ref();
                if is_send_key(key) {
                    event.prevent_default();
                    submit();
                }
                if key.key() != "Escape" {
                    // The page's shortcuts are not meant while somebody writes here.
                    event.stop_propagation();
                }
            }
        });
    let send = button("send", Phrase::Send, Icon::Send, session)
        .attr("type", "submit")
        .live_flag("disabled", move || is_empty.get())
        .live_flag("hidden", move || session.is_answering());
    let stop =
        button("stop", Phrase::Stop, Icon::Stop, session).live_flag("hidden", move || !session.is_answering()).on("click", {
            let input = input.clone(); // one handle per closure
            move |_| {
                session.stop();
                // The button goes away under the focus.
                if !is_touch() {
                    focus(&input);
                }
            }
        });
    let form = html("form")
        .piece("composer")
        .live_flag("data-no-files", move || session.card().refuses_attachments)
        .child(view)
        .child(send)
        .child(stop)
        .on("submit", move |event| {
            event.prevent_default();
            submit();
        });
    (form, input)
}

/// Returns what is to be said. Without a word that is the names of the files, which the part for them has left here: every dialect wants a text.
fn said(input: &HtmlTextAreaElement) -> String {
    let text = input.value();
    if !text.trim().is_empty() {
        return text;
    }
    let form = input.closest("[data-files]").ok().flatten();
    form.and_then(|form| form.get_attribute("data-files")).unwrap_or_default()
}

fn button(name: &str, label: Phrase, shape: Icon, session: Session) -> View {
    html("button").piece(name).attr("type", "button").phrase_attr("aria-label", session, label).child(icon(shape, "icon"))
}

/// Enter sends; with Shift it breaks the line; within an input method's composition it belongs to the input method.
pub(super) fn is_send_key(event: &KeyboardEvent) -> bool {
    /// Safari ends the composition before it reports the key that ended it; only this old code tells.
    const COMPOSING_KEY_CODE: u32 = 229;
    event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != COMPOSING_KEY_CODE
}

/// Grows with its lines; the style sheet says up to where. Browsers that size a field by its content need no help.
pub(super) fn fit_height(input: &HtmlTextAreaElement) {
    let style = HtmlElement::style(input);
    if js_sys::Reflect::has(&style, &"fieldSizing".into()).unwrap_or(false) {
        return;
    }
    // Setting through the object model is no style attribute: no policy of the page forbids it.
    style.set_property("block-size", "auto").ok(); // a plain length can not be refused
    let height = input.scroll_height().unsigned_abs().to_string() + "px";
    style.set_property("block-size", &height).ok(); // a plain length can not be refused
}
