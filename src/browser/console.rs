//! The owner's console. Visitors never see it; nothing secret is ever written there.

use wasm_bindgen::JsValue;

/// Tells the owner about a failure and its cause.
pub fn error(message: &str) {
    web_sys::console::error_1(&prefixed(message));
}

/// Tells the owner about something to mend.
pub fn warn(message: &str) {
    web_sys::console::warn_1(&prefixed(message));
}

fn prefixed(message: &str) -> JsValue {
    JsValue::from_str(&["[assisters] ", message].concat())
}
