//! The widget's events, as the page hears them: bubbling, composed `CustomEvent`s named `assisters:<name>`.

use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, EventTarget, HtmlElement};

use crate::protocol::json::{self, Value};

/// The host element, as the one who dispatches the widget's events.
#[derive(Clone)]
pub struct Host(EventTarget);

impl Host {
    /// Takes the host element.
    #[must_use]
    pub fn new(element: &HtmlElement) -> Self {
        Self(element.clone().into())
    }

    /// Dispatches an event with a JSON detail.
    pub fn dispatch(&self, name: &str, detail: &str) {
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_detail(&to_js(detail));
        if let Ok(event) = CustomEvent::new_with_event_init_dict(&["assisters:", name].concat(), &init) {
            // Throws only for an event that is already being dispatched; a listener of the page that throws is the page's own affair.
            self.0.dispatch_event(&event).ok();
        }
    }
}

/// Converts JSON text to a JavaScript value.
#[must_use]
pub fn to_js(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap_or(JsValue::NULL)
}

/// Converts a JavaScript value to JSON; functions are left out, as `JSON.stringify` does.
///
/// # Errors
/// What `JSON.stringify` throws, for instance for a value that contains itself.
pub fn from_js(value: &JsValue) -> Result<Value, JsValue> {
    let text: String = js_sys::JSON::stringify(value)?.into();
    Ok(json::parse(&text).unwrap_or_default())
}
