//! Waiting: for a time, or for the next frame. Dropped, nothing is waited for any more.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use super::dom::window;

/// Waits. Dropping the future clears the timer.
pub async fn sleep_secs(secs: f64) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "waits are minutes at most")]
    gloo_timers::future::TimeoutFuture::new((secs * 1000.0) as u32).await;
}

/// Calls a function once at the next animation frame after it was asked to; at most one call waits at any time.
///
/// A hidden tab has no frames: nothing is painted there, and it catches up when it is shown.
#[derive(Clone)]
pub struct FramePainter(Rc<Inner>);

struct Inner {
    pending: Cell<Option<i32>>,
    paint: Closure<dyn FnMut()>,
}

impl FramePainter {
    /// Makes a painter that calls `paint`.
    pub fn new(mut paint: impl FnMut() + 'static) -> Self {
        Self(Rc::new_cyclic(|inner: &std::rc::Weak<Inner>| {
            let inner = inner.clone();
            Inner {
                pending: Cell::new(None),
                paint: Closure::new(move || {
                    if let Some(inner) = inner.upgrade() {
                        inner.pending.set(None);
                    }
                    paint();
                }),
            }
        }))
    }

    /// Asks for a call at the next frame.
    pub fn request(&self) {
        if self.0.pending.get().is_none() {
            let handle = window().request_animation_frame(self.0.paint.as_ref().unchecked_ref());
            self.0.pending.set(handle.ok());
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(handle) = self.pending.take() {
            window().cancel_animation_frame(handle).ok(); // it ran already: nothing to undo
        }
    }
}
