//! Keeps the newest line in sight, as long as the visitor is there.

use std::cell::Cell;
use std::rc::Rc;

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
    top_px: Rc<Cell<i32>>,
}

impl Scroller {
    /// Makes the scrolling element and its scroller.
    pub fn new() -> (Self, View) {
        let view = html("div");
        let scroller = Self { element: view.html_element(), is_at_end: Flag::new(true), top_px: Rc::default() };
        let (listening, resized) = (scroller.clone(), scroller.clone()); // the listeners' own handles
        keep(ResizeWatch::new(view.element(), move || resized.painted()));
        (scroller, view.on("scroll", move |_| listening.scrolled()))
    }

    /// Only going up is leaving: a scroll that was reported late, after more text came, is no wish of the visitor's.
    fn scrolled(&self) {
        let top_px = self.element.scroll_top();
        let went_up = top_px < self.top_px.replace(top_px);
        if distance_from_end(&self.element) < AT_END_PX {
            self.is_at_end.set(true);
        } else if went_up {
            self.is_at_end.set(false);
        }
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
