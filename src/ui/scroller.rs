//! Keeps the newest line in sight, as long as the visitor is there.

use leptos::prelude::*;
use web_sys::HtmlElement;

use super::view::{View, html};
use crate::browser::dom::distance_from_end;

/// A visitor this close to the end, in CSS pixels, is at the end: fractions and rubber bands count as nothing.
const AT_END_PX: i32 = 32;

/// The transcript's scroll position. Scrolling up is never fought.
#[derive(Clone, Copy)]
pub struct Scroller {
    element: StoredValue<HtmlElement, LocalStorage>,
    is_at_end: RwSignal<bool>,
}

impl Scroller {
    /// Makes the scrolling element and its scroller.
    pub fn new() -> (Self, View) {
        let view = html("div");
        let scroller = Self { element: StoredValue::new_local(view.html_element()), is_at_end: RwSignal::new(true) };
        (scroller, view.on("scroll", move |_| scroller.scrolled()))
    }

    /// Whether the visitor is at the newest line; tracked.
    pub fn is_at_end(self) -> bool {
        self.is_at_end.try_get().unwrap_or(true)
    }

    /// Follows the text that was just painted, if the visitor is at the end.
    pub fn painted(self) {
        if self.is_at_end.try_get_untracked() == Some(true) {
            self.jump();
        }
    }

    /// Goes to the newest line and stays there.
    pub fn follow(self) {
        self.is_at_end.try_set(true);
        self.jump();
    }

    fn scrolled(self) {
        let Some(element) = self.element.try_get_value() else { return };
        let is_at_end = distance_from_end(&element) < AT_END_PX;
        if self.is_at_end.try_get_untracked() != Some(is_at_end) {
            self.is_at_end.try_set(is_at_end);
        }
    }

    fn jump(self) {
        if let Some(element) = self.element.try_get_value() {
            element.set_scroll_top(element.scroll_height());
        }
    }
}
