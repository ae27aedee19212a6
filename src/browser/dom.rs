//! Small questions to the document and the clock.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element, Event, HtmlElement, ShadowRoot, Window};

/// Returns the window, which a page's program always has.
#[must_use]
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// Returns the page's document, or an empty one while the page is being torn down.
#[must_use]
pub fn document() -> Document {
    window().document().unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into())
}

/// Returns the path of the page's address, empty when the browser does not tell.
#[must_use]
pub fn page_path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Returns the seconds since 1970.
#[must_use]
pub fn now_unix_secs() -> f64 {
    js_sys::Date::now() / 1000.0
}

/// Formats a time as RFC 3339, for events.
#[must_use]
pub fn format_time(unix_secs: f64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(unix_secs * 1000.0));
    // An impossible time, for instance from a transcript somebody edited, has no ISO form.
    if date.get_time().is_nan() { String::new() } else { date.to_iso_string().into() }
}

/// Returns 32 random hexadecimal digits. Works without a secure context, where `crypto.randomUUID` is missing.
#[must_use]
pub fn random_hex() -> String {
    let mut bytes = [0_u8; 16];
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if filled.is_err() {
        for byte in &mut bytes {
            *byte = (js_sys::Math::random() * 256.0) as u8;
        }
    }
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Returns the element that has the focus inside a shadow root.
#[must_use]
pub fn focused_in(root: &ShadowRoot) -> Option<HtmlElement> {
    root.active_element()?.dyn_into().ok()
}

/// Moves the focus without scrolling the page to it.
pub fn focus(element: &HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    element.focus_with_options(&options).ok(); // a detached element can not have the focus: nothing to undo
}

/// Removes every element of a shadow root that matches a selector.
pub fn remove_all(root: &ShadowRoot, selector: &str) {
    while let Ok(Some(element)) = root.query_selector(selector) {
        element.remove();
    }
}

/// Returns the closest element around an event's target, itself included, that matches a selector.
#[must_use]
pub fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Whether the browser itself keeps what a visitor reads in place when something above it changes its height.
#[must_use]
pub fn anchors_scrolling(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    style.and_then(|style| style.get_property_value("overflow-anchor").ok()).is_some_and(|value| value == "auto")
}

/// Returns how far an element is scrolled from its end, in CSS pixels.
#[must_use]
pub fn distance_from_end(element: &Element) -> i32 {
    element.scroll_height() - element.scroll_top() - element.client_height()
}
