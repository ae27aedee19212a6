//! Waiting: for a time, or for the next frame. Dropped, nothing is waited for any more.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use super::dom::window;

/// Waits. Dropping the future clears the timer.
pub async fn sleep_secs(secs: f64) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "waits are minutes at most")]
    gloo_timers::future::TimeoutFuture::new((secs * 1000.0) as u32).await;
}

/// Waits for a future, but no longer than so many seconds; `None` if it is still under way then.
pub async fn within<T>(secs: f64, mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut timer = pin!(sleep_secs(secs));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Calls a function at an animation frame after it was asked to; at most one call waits at any time.
///
/// A frame that follows one with a call is left out: thirty paints a second read as well as sixty and cost half. What can not wait, does not:
/// [`FramePainter::hurry`]. A hidden tab has no frames: nothing is painted there, and it catches up when it is shown.
#[derive(Clone)]
pub struct FramePainter(Rc<Inner>);

/// What is done at the frame that is awaited.
#[derive(Clone, Copy)]
enum Next {
    Paint,
    /// Painting, and the frame after it may paint too.
    PaintOnce,
    /// Nothing.
    Rest,
    /// Nothing yet: the frame after it is awaited too.
    RestThenPaint,
}

struct Inner {
    pending: Cell<Option<i32>>,
    next: Cell<Next>,
    tick: Closure<dyn FnMut()>,
}

impl FramePainter {
    /// Makes a painter that calls `paint`.
    pub fn new(mut paint: impl FnMut() + 'static) -> Self {
        Self(Rc::new_cyclic(|inner: &std::rc::Weak<Inner>| {
            let inner = inner.clone();
            Inner {
                pending: Cell::new(None),
                next: Cell::new(Next::Rest),
                tick: Closure::new(move || {
                    if let Some(inner) = inner.upgrade()
                        && inner.is_paint_due()
                    {
                        drop(inner); // the painter may be dropped by what it calls
                        paint();
                    }
                }),
            }
        }))
    }

    /// Asks for a call at the next frame, or the one after it if the last call was only a frame ago.
    pub fn request(&self) {
        match (self.0.pending.get(), self.0.next.get()) {
            (None, _) => self.ask(Next::Paint),
            (Some(_), Next::Rest) => self.0.next.set(Next::RestThenPaint),
            (Some(_), Next::Paint | Next::PaintOnce | Next::RestThenPaint) => {}
        }
    }

    /// Asks for a call at the next frame, whenever the last one was. No frame is left out after it.
    pub fn hurry(&self) {
        self.ask(Next::PaintOnce);
    }

    fn ask(&self, next: Next) {
        self.0.next.set(next);
        if self.0.pending.get().is_none() {
            self.0.wait();
        }
    }
}

impl Inner {
    fn wait(&self) {
        self.pending.set(window().request_animation_frame(self.tick.as_ref().unchecked_ref()).ok());
    }

    /// Whether the frame that has come is one to paint at. Waits for the frame after it unless nobody asked for one.
    fn is_paint_due(&self) -> bool {
        self.pending.set(None);
        let (next, is_due) = match self.next.get() {
            Next::Rest => return false,
            Next::PaintOnce => return true,
            Next::Paint => (Next::Rest, true),
            Next::RestThenPaint => (Next::Paint, false),
        };
        self.next.set(next);
        self.wait();
        is_due
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(handle) = self.pending.take() {
            window().cancel_animation_frame(handle).ok(); // it ran already: nothing to undo
        }
    }
}
