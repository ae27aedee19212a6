//! Noticing that an element's size has changed.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// Calls a function whenever the size of one of its elements has changed, after layout and before anything is painted, as long as this lives.
pub struct ResizeWatch {
    observer: Option<ResizeObserver>,
    _on_resize: Closure<dyn FnMut()>,
}

impl ResizeWatch {
    /// Begins to watch.
    pub fn new(element: &Element, on_resize: impl FnMut() + 'static) -> Self {
        let on_resize = Closure::<dyn FnMut()>::new(on_resize);
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        let watch = Self { observer, _on_resize: on_resize };
        watch.add(element);
        watch
    }

    /// Watches another element too.
    pub fn add(&self, element: &Element) {
        if let Some(observer) = &self.observer {
            observer.observe(element);
        }
    }

    /// Watches an element no more.
    pub fn remove(&self, element: &Element) {
        if let Some(observer) = &self.observer {
            observer.unobserve(element);
        }
    }
}

impl Drop for ResizeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
