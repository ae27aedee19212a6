//! Work while the browser has nothing better to do. Dropped, nothing more is done.

use std::cell::Cell;

use js_sys::Reflect;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use super::dom::window;

/// Calls a function when the browser is idle, once each time it was asked to.
pub struct IdleWork {
    pending: std::rc::Rc<Cell<Option<Pending>>>,
    work: Closure<dyn FnMut()>,
}

#[derive(Clone, Copy)]
enum Pending {
    Idle(u32),
    Frame(i32),
}

impl IdleWork {
    /// Names the work. A call should take a few milliseconds at most, and ask for another where there is more.
    pub fn new(mut work: impl FnMut() + 'static) -> Self {
        let pending = std::rc::Rc::<Cell<Option<Pending>>>::default();
        let called = std::rc::Rc::clone(&pending);
        let work = Closure::<dyn FnMut()>::new(move || {
            called.set(None);
            work();
        });
        Self { pending, work }
    }

    /// Asks for a call; at most one waits at any time.
    pub fn request(&self) {
        if self.pending.get().is_some() {
            return;
        }
        let work = self.work.as_ref().unchecked_ref();
        // Safari has no idle callbacks: there a little is done in every frame.
        let has_idle = Reflect::has(&window(), &"requestIdleCallback".into()).unwrap_or(false);
        self.pending.set(if has_idle {
            window().request_idle_callback(work).ok().map(Pending::Idle)
        } else {
            window().request_animation_frame(work).ok().map(Pending::Frame)
        });
    }
}

impl Drop for IdleWork {
    fn drop(&mut self) {
        match self.pending.take() {
            Some(Pending::Idle(handle)) => window().cancel_idle_callback(handle),
            Some(Pending::Frame(handle)) => {
                window().cancel_animation_frame(handle).ok(); // it ran already: nothing to undo
            }
            None => {}
        }
    }
}

/// Until when a piece of work may go on.
#[derive(Clone, Copy)]
pub struct Deadline(f64);

impl Deadline {
    /// Begins now.
    #[must_use]
    pub fn in_millis(millis: f64) -> Self {
        Self(js_sys::Date::now() + millis)
    }

    /// Whether the time is up.
    #[must_use]
    pub fn is_over(self) -> bool {
        js_sys::Date::now() >= self.0
    }
}
