//! The visitor's storage. A browser that has none, or refuses it, is a widget without a memory, never a failure.

use web_sys::Storage;

use super::dom::window;
use crate::config::Persist;

/// Returns a stored text.
#[must_use]
pub fn read(persist: Persist, key: &str) -> Option<String> {
    area(persist)?.get_item(key).ok()?
}

/// Stores a text.
pub fn write(persist: Persist, key: &str, text: &str) {
    if let Some(area) = area(persist) {
        area.set_item(key, text).ok(); // full or refused: the conversation goes on without a memory
    }
}

/// Forgets a text.
pub fn remove(persist: Persist, key: &str) {
    if let Some(area) = area(persist) {
        area.remove_item(key).ok(); // refused: then nothing was stored either
    }
}

/// Merely reading `window.localStorage` throws where the page is not allowed any.
fn area(persist: Persist) -> Option<Storage> {
    match persist {
        Persist::Local => window().local_storage().ok()?,
        Persist::Session => window().session_storage().ok()?,
        Persist::None => None,
    }
}
