//! Keeps the newest line in sight, as long as the visitor is there.

use web_sys::HtmlElement;

use super::flag::Flag;
use super::view::{View, html, keep};
use crate::browser::dom::distance_from_end;
use crate::browser::resize::ResizeWatch;

/// A visitor this close to the end, in CSS pixels, is at the end: fractions and rubber bands count as nothing.
const AT_END_PX: i32 = 32;

/// The transcript's scroll position. Scrolling up is never fought.
#[derive(Clone)]
pub struct Scroller {
    element: HtmlElement,
    is_at_end: Flag,
}

impl Scroller {
    /// Makes the scrolling element and its scroller.
    pub fn new() -> (Self, View) {
        let view = html("div");
        let scroller = Self { element: view.html_element(), is_at_end: Flag::new(true) };
        let (listening, resized) = (scroller.clone(), scroller.clone()); // the listeners' own handles
        keep(ResizeWatch::new(view.element(), move || resized.painted()));
        (scroller, view.on("scroll", move |_| listening.is_at_end.set(distance_from_end(&listening.element) < AT_END_PX)))
    }

    /// Whether the visitor is at the newest line; tracked.
    pub fn is_at_end(&self) -> bool {
        self.is_at_end.get()
    }

    /// Follows the text that was just painted, if the visitor is at the end.
    pub fn painted(&self) {
        if self.is_at_end.peek() {
            self.element.set_scroll_top(self.element.scroll_height());
        }
    }

    /// Goes to the newest line and stays there.
    pub fn follow(&self) {
        self.is_at_end.set(true);
        self.painted();
    }
}
