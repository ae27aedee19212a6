//! The transcript's scroll position: at the newest line as long as the visitor is there, and else where they are.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, ShadowRoot};

use super::flag::Flag;
use super::view::{View, html};
use crate::browser::dom::{anchors_scrolling, distance_from_end, window};
use crate::browser::resize::ResizeWatch;

/// A visitor who comes this close to the end, in CSS pixels, is at the end.
const AT_END_PX: i32 = 32;

/// A visitor who goes up from the end has left it after this much: less are the fractions of pixels and the rubber bands.
const LEFT_END_PX: i32 = 4;

/// A visitor scrolled so lately is still scrolling.
const PAUSE_MILLIS: f64 = 150.0;

/// The transcript's scroll position. Scrolling up is never fought.
#[derive(Clone)]
pub struct Scroller(Rc<Inner>);

struct Inner {
    element: HtmlElement,
    is_at_end: Flag,
    top_px: Cell<i32>,
    /// How high the content was when its end was last gone to.
    followed_height_px: Cell<i32>,
    /// How high the list was when it was last laid out: to ask when something has changed would have it laid out at once. Nothing while the panel is
    /// closed; then the browser may forget how far it was scrolled.
    height_px: Cell<i32>,
    scrolled_at_millis: Cell<f64>,
    n_missed: Cell<usize>,
    missed: ArcTrigger,
    /// What the visitor reads and where it stands, in browsers that do not keep it in place by themselves.
    anchor: RefCell<Option<(Element, f64)>>,
    watch: RefCell<Option<ResizeWatch>>,
}

impl Scroller {
    /// Makes the scrolling element and its scroller.
    pub fn new() -> (Self, View) {
        let view = html("div");
        let scroller = Self(Rc::new(Inner {
            element: view.html_element(),
            is_at_end: Flag::new(true),
            top_px: Cell::default(),
            followed_height_px: Cell::default(),
            height_px: Cell::default(),
            scrolled_at_millis: Cell::default(),
            n_missed: Cell::default(),
            missed: ArcTrigger::new(),
            anchor: RefCell::default(),
            watch: RefCell::default(),
        }));
        // Weakly: the watch belongs to it.
        let resized = Rc::downgrade(&scroller.0);
        let watch = ResizeWatch::new(view.element(), move || {
            if let Some(inner) = Weak::upgrade(&resized) {
                Self(inner).resized();
            }
        });
        scroller.0.watch.replace(Some(watch));
        let listening = scroller.clone(); // the listener's own handle
        (scroller, view.on("scroll", move |_| listening.scrolled()))
    }

    /// Only going up is leaving: a scroll that was reported late, after more text came, is no wish of the visitor's. Nor is one after content
    /// that shrank and grew again: the browser's doing, which [`Scroller::resized`] is about to undo. But nothing shrinks by a window: then it is the
    /// height that changed on the way, as WebKit lays out what came in sight before it reports the scroll.
    fn scrolled(&self) {
        let Inner { element, top_px, is_at_end, .. } = &*self.0;
        if element.client_height() == 0 {
            return;
        }
        let new_top_px = element.scroll_top();
        let old_top_px = top_px.replace(new_top_px);
        let is_as_followed = element.scroll_height() == self.0.followed_height_px.get();
        let is_leap = old_top_px - new_top_px > element.client_height();
        let goes_up = new_top_px < old_top_px && (is_as_followed || is_leap || !is_at_end.peek());
        if distance_from_end(element) < if goes_up { LEFT_END_PX } else { AT_END_PX } {
            self.arrive();
        } else if goes_up {
            is_at_end.set(false);
        }
        // One of our own is no scrolling, and measuring anew after each would add their fractions of pixels up.
        if new_top_px != old_top_px && !is_at_end.peek() {
            self.0.scrolled_at_millis.set(js_sys::Date::now());
            self.drop_anchor();
        }
    }

    /// Something changed its size: what was in sight stays there. Before it is painted, so that nobody sees it jump.
    fn resized(&self) {
        let Inner { element, height_px, .. } = &*self.0;
        let was_hidden = height_px.replace(element.client_height()) == 0;
        if height_px.get() == 0 {
            return;
        }
        if self.0.is_at_end.peek() {
            self.painted();
        } else if was_hidden {
            // A browser that remembers does so to the fraction of a pixel, which the number has not.
            if element.scroll_top() != self.0.top_px.get() {
                element.set_scroll_top(self.0.top_px.get());
            }
        } else if let Some((anchor, top_px)) = &*self.0.anchor.borrow() {
            self.scroll_by(self.top_of(anchor) - top_px);
        }
    }

    /// Remembers what the visitor reads.
    fn drop_anchor(&self) {
        let element = &self.0.element;
        if anchors_scrolling(element) {
            return;
        }
        let place = element.get_bounding_client_rect();
        #[allow(clippy::cast_possible_truncation, reason = "pixels of a screen")]
        let (x, y) = ((place.left() + place.width() / 2.0) as f32, (place.top() + 8.0) as f32);
        let root = element.get_root_node().dyn_into::<ShadowRoot>().ok();
        let found = root.and_then(|root| root.element_from_point(x, y)).filter(|found| element.contains(Some(found)));
        self.0.anchor.replace(found.map(|found| (found.clone(), self.top_of(&found))));
    }

    /// Returns how far an element is from the upper edge, in CSS pixels: as laid out, whatever size a panel has that is still opening.
    fn top_of(&self, element: &Element) -> f64 {
        let place = self.0.element.get_bounding_client_rect();
        let scale = place.height() / f64::from(self.0.element.offset_height());
        (element.get_bounding_client_rect().top() - place.top()) / scale
    }

    fn scroll_by(&self, pixels: f64) {
        if pixels.abs() >= 1.0 {
            #[allow(clippy::cast_possible_truncation, reason = "browsers end at 2^25 pixels")]
            self.0.element.set_scroll_top(self.0.element.scroll_top() + pixels.round() as i32);
            self.0.top_px.set(self.0.element.scroll_top());
        }
    }

    fn arrive(&self) {
        self.0.is_at_end.set(true);
        self.0.anchor.replace(None);
        if self.0.n_missed.replace(0) > 0 {
            self.0.missed.notify();
        }
    }

    /// Whether the visitor is at the newest line; tracked.
    pub fn is_at_end(&self) -> bool {
        self.0.is_at_end.get()
    }

    /// Returns how many answers came while the visitor was elsewhere in the transcript; tracked.
    pub fn n_missed(&self) -> usize {
        self.0.missed.track();
        self.0.n_missed.get()
    }

    /// Counts an answer that came, if the visitor is not there to see it.
    pub fn count_answer(&self) {
        if !self.0.is_at_end.peek() {
            self.0.n_missed.set(self.0.n_missed.get() + 1);
            self.0.missed.notify();
        }
    }

    /// Returns how high the list was when it was last laid out, in CSS pixels; before that as much as it can be.
    pub fn height_px(&self) -> usize {
        let height_px = usize::try_from(self.0.height_px.get()).unwrap_or_default();
        if height_px > 0 {
            return height_px;
        }
        let window_px = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(1000.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a screen")]
        let window_px = window_px as usize;
        window_px
    }

    /// Whether the visitor is scrolling at this moment.
    pub fn is_scrolling(&self) -> bool {
        js_sys::Date::now() - self.0.scrolled_at_millis.get() < PAUSE_MILLIS
    }

    /// Whether the visitor has come near the oldest line that is there.
    pub fn is_near_start(&self) -> bool {
        let element = &self.0.element;
        !self.0.is_at_end.peek() && element.scroll_top() < 2 * element.client_height()
    }

    /// Keeps what is in sight in place also when this element changes its size.
    pub fn follow_size(&self, element: &Element) {
        if let Some(watch) = &*self.0.watch.borrow() {
            watch.add(element);
        }
    }

    /// Ends [`Scroller::follow_size`].
    pub fn ignore_size(&self, element: &Element) {
        if let Some(watch) = &*self.0.watch.borrow() {
            watch.remove(element);
        }
    }

    /// Makes a change above an element without moving it.
    pub fn hold(&self, element: &Element, change: impl FnOnce()) {
        let anchored = self.0.anchor.borrow().clone();
        let (held, top_px) = anchored.unwrap_or_else(|| (element.clone(), self.top_of(element)));
        change();
        // The browser may have held it already: then nothing is left to do.
        self.scroll_by(self.top_of(&held) - top_px);
    }

    /// Follows the text that was just painted, if the visitor is at the end.
    pub fn painted(&self) {
        let Inner { element, is_at_end, top_px, followed_height_px, .. } = &*self.0;
        if is_at_end.peek() {
            let height_px = element.scroll_height();
            element.set_scroll_top(height_px);
            // Now, not when it is reported: a visitor who goes up before that goes up from here.
            top_px.set(element.scroll_top());
            followed_height_px.set(height_px);
        }
    }

    /// Goes to the newest line and stays there.
    pub fn follow(&self) {
        self.arrive();
        self.painted();
    }
}
