//! What the page and the system prefer: dark or light. Reading is a snapshot; [`Watch`] tells of changes.

use js_sys::JsString;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MediaQueryList, MutationObserver, MutationObserverInit};

use super::dom::{document, window};
use crate::config::theme::Mode;

/// The attributes with which pages switch their own theme.
const SWITCHES: [&str; 4] = ["class", "data-theme", "data-bs-theme", "style"];

/// Returns the palette that goes with the page: its own switch first, then the system's.
#[must_use]
pub fn mode() -> Mode {
    let root = document().document_element();
    let body: Option<Element> = document().body().map(Into::into);
    root.iter().chain(body.iter()).find_map(page_mode).unwrap_or_else(system_mode)
}

fn page_mode(element: &Element) -> Option<Mode> {
    for attribute in ["data-theme", "data-bs-theme"] {
        match element.get_attribute(attribute).as_deref() {
            Some("dark") => return Some(Mode::Dark),
            Some("light") => return Some(Mode::Light),
            Some(_) | None => {}
        }
    }
    let classes = element.class_list();
    if classes.contains("dark") {
        return Some(Mode::Dark);
    }
    if classes.contains("light") {
        return Some(Mode::Light);
    }
    let scheme = window().get_computed_style(element).ok()??.get_property_value("color-scheme").ok()?;
    match scheme.as_str() {
        "dark" | "only dark" | "dark only" => Some(Mode::Dark),
        "light" | "only light" | "light only" => Some(Mode::Light),
        _ => None,
    }
}

fn system_mode() -> Mode {
    match dark_query().map(|query| query.matches()) {
        Some(true) => Mode::Dark,
        Some(false) | None => Mode::Light,
    }
}

fn dark_query() -> Option<MediaQueryList> {
    window().match_media("(prefers-color-scheme: dark)").ok()?
}

/// Calls a function whenever the page's or the system's preference may have changed.
pub struct Watch {
    query: Option<MediaQueryList>,
    observer: Option<MutationObserver>,
    on_change: Closure<dyn FnMut()>,
}

impl Watch {
    /// Begins to watch.
    pub fn new(on_change: impl FnMut() + 'static) -> Self {
        let on_change = Closure::<dyn FnMut()>::new(on_change);
        let query = dark_query();
        if let Some(query) = &query {
            query.add_event_listener_with_callback("change", on_change.as_ref().unchecked_ref()).ok(); // an old browser: no live switch
        }
        let observer = MutationObserver::new(on_change.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            let options = MutationObserverInit::new();
            options.set_attributes(true);
            options.set_attribute_filter(&SWITCHES.iter().map(|name| JsString::from(*name)).collect::<js_sys::Array<_>>());
            let body: Option<Element> = document().body().map(Into::into);
            for element in document().document_element().iter().chain(body.iter()) {
                observer.observe_with_options(element, &options).ok(); // throws only for options that name nothing
            }
        }
        Self { query, observer, on_change }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(query) = &self.query {
            query.remove_event_listener_with_callback("change", self.on_change.as_ref().unchecked_ref()).ok(); // was never added
        }
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
