//! Copying text, also where the clipboard's own interface is missing: in a page without TLS, or in a frame that may not use it.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlDocument, HtmlTextAreaElement, ShadowRoot};

use super::dom::{document, focus, focused_in, window};

/// Copies a text and returns whether that went well. `place` is where a field may stand for a moment.
pub async fn copy(text: &str, place: &Element) -> bool {
    let clipboard = window().navigator().clipboard();
    // The type says that it is always there; pages without TLS know better.
    if !AsRef::<JsValue>::as_ref(&clipboard).is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok() {
        return true;
    }
    copy_selection(text, place).unwrap_or(false)
}

/// Copies as a visitor would who selects the text: from a field that nobody sees.
fn copy_selection(text: &str, place: &Element) -> Result<bool, JsValue> {
    let before = place.get_root_node().dyn_into::<ShadowRoot>().ok().and_then(|root| focused_in(&root));
    let field: HtmlTextAreaElement = document().create_element("textarea")?.unchecked_into();
    field.set_class_name("unseen");
    field.set_attribute("readonly", "")?;
    field.set_value(text);
    place.append_child(&field)?;
    focus(&field);
    field.select();
    let copied = document().unchecked_into::<HtmlDocument>().exec_command("copy");
    field.remove();
    if let Some(before) = before {
        focus(&before);
    }
    copied
}
