//! A yes or no that effects can wait for.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;

/// A tracked yes or no. A signal of its own type would cost the visitor a set of functions; this shares the triggers'.
#[derive(Clone)]
pub struct Flag(Rc<(Cell<bool>, ArcTrigger)>);

impl Flag {
    /// Makes a flag.
    pub fn new(is_set: bool) -> Self {
        Self(Rc::new((Cell::new(is_set), ArcTrigger::new())))
    }

    /// Reads the flag; tracked.
    pub fn get(&self) -> bool {
        self.0.1.track();
        self.peek()
    }

    /// Reads the flag; not tracked.
    pub fn peek(&self) -> bool {
        self.0.0.get()
    }

    /// Sets the flag and tells who waits for it, if that is a change.
    pub fn set(&self, is_set: bool) {
        if self.0.0.replace(is_set) != is_set {
            self.0.1.notify();
        }
    }
}
