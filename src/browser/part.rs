//! Parts of this program that come when they are needed: same memory, same functions, fetched later. `xtask/src/dist/wasm.rs` says which modules each
//! part holds. A call into a part that is not there is a trap, so whoever calls asks first.
//!
//! A build that was not cut (wasm-pack by hand, the tests) has everything from the start.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Asking for answers, and showing them: needed by the first message.
    Conversation,
    /// What an answer does besides saying something: its thoughts and its calls of tools, shown, and answered by the page.
    Activity,
    /// Files of a message: how they are shown, and how requests name them.
    Attachments,
    /// The dialects that few pages speak: needed by the first request in one of them.
    Dialects,
}

thread_local! {
    /// The shell's way to fetch a part: name → promise.
    static FETCH: RefCell<Option<Function>> = const { RefCell::new(None) };
    /// The parts that are here, one bit each.
    static HERE: Cell<u32> = const { Cell::new(0) };
}

/// Says that this build was cut, and how its parts are fetched.
pub fn fetch_by(fetch: Function) {
    FETCH.set(Some(fetch));
}

impl Part {
    /// Whether the part can be called.
    #[must_use]
    pub fn is_here(self) -> bool {
        HERE.get() & self.bit() != 0 || FETCH.with_borrow(Option::is_none)
    }

    /// Fetches the part unless it is here. Returns whether it is; a failure is forgotten, so asking again tries again.
    pub async fn load(self) -> bool {
        for part in [self.needs(), Some(self)].into_iter().flatten().filter(|part| !part.is_here()) {
            let fetched = FETCH.with_borrow(|fetch| fetch.as_ref()?.call1(&JsValue::NULL, &part.as_str().into()).ok());
            let Some(promise) = fetched.and_then(|fetched| fetched.dyn_into::<Promise>().ok()) else { return false };
            if JsFuture::from(promise).await.is_err() {
                return false;
            }
            HERE.set(HERE.get() | part.bit());
        }
        true
    }

    /// The part whose functions this one calls.
    fn needs(self) -> Option<Self> {
        match self {
            Self::Activity | Self::Attachments => Some(Self::Conversation),
            Self::Conversation | Self::Dialects => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Activity => "activity",
            Self::Attachments => "attachments",
            Self::Dialects => "dialects",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}
