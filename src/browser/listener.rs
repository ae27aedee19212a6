//! Listening: as long as the listener lives.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast as _;
use web_sys::{Event, EventTarget, PageTransitionEvent};

use super::dom::window;

/// Listens for one event. Dropped, it is taken off again.
pub struct Listener {
    _listener: EventListener,
}

impl Listener {
    /// Listens on a target; the listener may prevent the default.
    pub fn new(target: &EventTarget, event: &'static str, listen: Box<dyn FnMut(&Event)>) -> Self {
        let options = EventListenerOptions::enable_prevent_default();
        Self { _listener: EventListener::new_with_options(target, event, options, listen) }
    }

    /// Listens for the page being left, be it for the back/forward cache.
    pub fn on_leave(mut listen: impl FnMut() + 'static) -> Self {
        Self::new(&window(), "pagehide", Box::new(move |_| listen()))
    }

    /// Listens for the page being come back to, out of the back/forward cache.
    pub fn on_return(mut listen: impl FnMut() + 'static) -> Self {
        Self::new(
            &window(),
            "pageshow",
            Box::new(move |event| {
                let event: &PageTransitionEvent = event.unchecked_ref();
                // Any page is shown once at first.
                if event.persisted() {
                    listen();
                }
            }),
        )
    }
}
