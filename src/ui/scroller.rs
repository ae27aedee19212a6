//! Keeps the newest line in sight, as long as the visitor is there.

use leptos::html;
use leptos::prelude::*;

use crate::browser::dom::distance_from_end;

/// A visitor this close to the end, in CSS pixels, is at the end: fractions and rubber bands count as nothing.
const AT_END_PX: i32 = 32;

/// The transcript's scroll position. Scrolling up is never fought.
#[derive(Clone, Copy)]
pub struct Scroller {
    /// The scrolling element.
    pub element: NodeRef<html::Div>,
    /// Whether the visitor is at the newest line.
    pub is_at_end: RwSignal<bool>,
}

impl Scroller {
    /// Makes a scroller for an element that is still to come.
    pub fn new() -> Self {
        Self { element: NodeRef::new(), is_at_end: RwSignal::new(true) }
    }

    /// Notes where the visitor went.
    pub fn scrolled(self) {
        let Some(element) = self.element.get_untracked() else { return };
        let is_at_end = distance_from_end(&element) < AT_END_PX;
        if self.is_at_end.get_untracked() != is_at_end {
            self.is_at_end.set(is_at_end);
        }
    }

    /// Follows the text that was just painted, if the visitor is at the end.
    pub fn painted(self) {
        if self.is_at_end.try_get_untracked() == Some(true) {
            self.jump();
        }
    }

    /// Goes to the newest line and stays there.
    pub fn follow(self) {
        self.is_at_end.set(true);
        self.jump();
    }

    fn jump(self) {
        if let Some(element) = self.element.try_get_untracked().flatten() {
            element.set_scroll_top(element.scroll_height());
        }
    }
}
