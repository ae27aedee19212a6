//! An event stream that the browser itself reads, for requests that need no header. Dropped, it is closed.
//!
//! What it hears is written down again as the frames of a stream, so that one decoder reads both. It never connects a second time: whether that makes
//! sense is decided where everything else is tried again. In the part of the program for rare dialects (`xtask/src/dist/wasm.rs`).

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Reflect;
use web_sys::Event;

use super::http::{Body, Chunk, Incoming, PAUSE_SECS, cut_off};
use super::listener::Listener;
use super::timer::sleep_secs;
use crate::protocol::sse::Frame;

/// What has come and was not taken yet.
#[derive(Default)]
struct Heard {
    is_open: bool,
    is_over: bool,
    frames: String,
    waiting: Option<Waker>,
}

/// A stream that is open.
struct EventSource {
    source: web_sys::EventSource,
    heard: Rc<RefCell<Heard>>,
    _listeners: [Listener; 3],
}

impl Drop for EventSource {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Opens a stream. `None` when there is none: the browser does not tell why, a fetch of the same does.
#[inline(never)]
pub fn open_events(url: &str) -> Pin<Box<dyn Future<Output = Option<Body>>>> {
    let source = web_sys::EventSource::new(url);
    Box::pin(async move {
        let source = source.ok()?;
        let heard = Rc::<RefCell<Heard>>::default();
        let listeners = ["open", "message", "error"].map(|name| {
            let (heard, its_source) = (Rc::clone(&heard), source.clone());
            Listener::new(&source, name, Box::new(move |event| hear(&heard, &its_source, event)))
        });
        let opened = EventSource { source, heard, _listeners: listeners };
        opened.wait(|heard| heard.is_open || heard.is_over).await;
        let is_open = opened.heard.borrow().is_open;
        is_open.then(|| Box::new(opened) as Body)
    })
}

impl Incoming for EventSource {
    fn next(&mut self) -> Chunk<'_> {
        Box::pin(async move {
            self.wait(|heard| heard.is_over || !heard.frames.is_empty()).await;
            sleep_secs(PAUSE_SECS).await;
            let frames = std::mem::take(&mut self.heard.borrow_mut().frames);
            // Nothing tells an end from a break here. Who asks on has not heard an end.
            if frames.is_empty() { Err(cut_off()) } else { Ok(Some(frames.into_bytes())) }
        })
    }
}

impl EventSource {
    async fn wait(&self, is_met: fn(&Heard) -> bool) {
        poll_fn(|context| {
            let mut heard = self.heard.borrow_mut();
            if is_met(&heard) {
                return Poll::Ready(());
            }
            heard.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Notes an event. One with data is a frame, even if it is called `error`: a server may call its frames so.
fn hear(heard: &RefCell<Heard>, source: &web_sys::EventSource, event: &Event) {
    let field = |name: &str| Reflect::get(event, &name.into()).ok().and_then(|value| value.as_string());
    let mut heard = heard.borrow_mut();
    if let Some(data) = field("data") {
        let frame = Frame { event: String::new(), data, id: field("lastEventId").unwrap_or_default() };
        heard.frames.push_str(&frame.encode());
    } else if field("type").as_deref() == Some("open") {
        heard.is_open = true;
    } else {
        // Otherwise it connects again, from the beginning.
        source.close();
        heard.is_over = true;
    }
    let waiting = heard.waiting.take();
    drop(heard);
    if let Some(waiting) = waiting {
        waiting.wake();
    }
}
