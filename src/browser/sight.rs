//! Noticing what comes into sight inside a scrolling element, and what leaves it.

use js_sys::Array;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Tells of elements that come near the visible part of a scrolling element or leave it, as long as this lives.
pub struct SightWatch {
    observer: Option<IntersectionObserver>,
    _on_change: Closure<dyn FnMut(Array)>,
}

impl SightWatch {
    /// Begins to watch; `margin` is how near counts as in sight.
    pub fn new(scroller: &Element, margin: &str, on_change: impl Fn(&Element, bool) + 'static) -> Self {
        let on_change = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            for entry in entries.iter() {
                let entry: IntersectionObserverEntry = entry.unchecked_into();
                on_change(&entry.target(), entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root(Some(scroller));
        options.set_root_margin(margin);
        let observer = IntersectionObserver::new_with_options(on_change.as_ref().unchecked_ref(), &options).ok();
        Self { observer, _on_change: on_change }
    }

    /// Tells of this element too, first how it is now.
    pub fn add(&self, element: &Element) {
        if let Some(observer) = &self.observer {
            observer.observe(element);
        }
    }

    /// Tells of this element no more.
    pub fn remove(&self, element: &Element) {
        if let Some(observer) = &self.observer {
            observer.unobserve(element);
        }
    }
}

impl Drop for SightWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
