//! One widget's session: what the visitor intends goes in as one method call, what the view shows comes out as tracked reads.
//!
//! Orchestrates config, dialect, browser and conversation; knows no view. Every task dies with the session.

mod activity;
mod answer;
mod attachments;
mod credentials;
mod intent;
mod lifecycle;
mod memory;
mod patience;
mod report;
mod state;
mod tools;

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{AbortHandle, abortable};
use leptos::prelude::*;

use crate::browser::events::Host;
use crate::browser::part::Part;
use crate::config::Config;
use crate::protocol::AssistantCard;
use state::{Core, Topics};
pub use state::{Hooks, PartState};

/// A session. Copied freely; its memory belongs to the owner it was made under, and after that every call does nothing.
///
/// One boxed core and one trigger per topic instead of a signal per field: each type in a signal costs the visitor a set of functions.
#[derive(Clone, Copy)]
pub struct Session(StoredValue<Rc<RefCell<Core>>, LocalStorage>);

/// What the notice area says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A failed try is made again in so many seconds.
    Retrying {
        /// Whole seconds left.
        seconds_left: u32,
    },
    /// Nothing has come for a while, and nothing has broken either.
    StillWorking,
}

impl Session {
    /// Makes a session under the current owner. Nothing is fetched or stored yet.
    pub fn new(mut config: Config, host: Host, hooks: Hooks) -> Self {
        let messages = std::mem::take(&mut config.messages);
        let core = Core::new(config, host, hooks);
        let session = Self(StoredValue::new_local(Rc::new(RefCell::new(core))));
        session.recall(messages);
        session
    }

    /// Returns the resolved options; tracked.
    pub fn config(self) -> Option<Rc<Config>> {
        self.track(|topics| &topics.config);
        self.peek_config()
    }

    /// Returns the resolved options; not tracked. `None` once the session is gone.
    pub fn peek_config(self) -> Option<Rc<Config>> {
        self.with(|core| Rc::clone(&core.config))
    }

    /// Whether the panel is showing; tracked.
    pub fn is_open(self) -> bool {
        self.track(|topics| &topics.open);
        self.peek_is_open()
    }

    /// Whether the panel is showing; not tracked.
    pub fn peek_is_open(self) -> bool {
        self.with(|core| core.is_open).unwrap_or(false)
    }

    /// Whether an answer is awaited or arriving; tracked.
    pub fn is_answering(self) -> bool {
        self.track(|topics| &topics.answering);
        self.peek_is_answering()
    }

    /// Whether an answer is awaited or arriving; not tracked.
    pub fn peek_is_answering(self) -> bool {
        self.with(|core| core.answering.is_some()).unwrap_or(false)
    }

    /// Returns how many messages the visitor has not seen yet; tracked.
    pub fn n_unread(self) -> usize {
        self.track(|topics| &topics.unread);
        self.with(|core| core.n_unread).unwrap_or(0)
    }

    /// Returns what the notice area says; tracked.
    pub fn notice(self) -> Option<Notice> {
        self.track(|topics| &topics.notice);
        self.with(|core| core.notice).flatten()
    }

    fn set_notice(self, notice: Option<Notice>) {
        self.with(|core| core.notice = notice);
        self.notify(|topics| &topics.notice);
    }

    /// Returns what the assistant says of itself; tracked.
    pub fn card(self) -> AssistantCard {
        self.track(|topics| &topics.card);
        self.with(|core| core.card.clone()).unwrap_or_default()
    }

    /// Whether the part that shows messages can be called; tracked.
    pub fn conversation_part(self) -> PartState {
        self.track(|topics| &topics.conversation_part);
        self.with(|core| core.conversation_part).unwrap_or_default()
    }

    /// Has the part that shows messages fetched, ahead of the first one.
    pub fn need_conversation(self) {
        match self.with(|core| core.conversation_part) {
            Some(PartState::Unneeded | PartState::Failed) => {}
            Some(PartState::Awaited | PartState::Here) | None => return,
        }
        if Part::Conversation.is_here() {
            self.set_conversation_part(PartState::Here);
            return;
        }
        self.set_conversation_part(PartState::Awaited);
        self.spawn(async move {
            let is_here = Part::Conversation.load().await;
            self.set_conversation_part(if is_here { PartState::Here } else { PartState::Failed });
        });
    }

    fn set_conversation_part(self, state: PartState) {
        self.with(|core| core.conversation_part = state);
        self.notify(|topics| &topics.conversation_part);
    }

    /// Returns the functions that came with the options.
    pub fn hooks(self) -> Hooks {
        self.with(|core| core.hooks.clone()).unwrap_or_default()
    }

    /// Dispatches an event on the host element, with a JSON detail.
    pub fn dispatch(self, name: &str, detail: &str) {
        // Outside of the core: a listener of the page may call right back.
        if let Some(host) = self.with(|core| core.host.clone()) {
            host.dispatch(name, detail);
        }
    }

    /// Runs a task that ends with the session at the latest.
    pub fn spawn(self, task: impl Future<Output = ()> + 'static) -> Option<AbortHandle> {
        let (task, handle) = abortable(Box::pin(task) as std::pin::Pin<Box<dyn Future<Output = ()>>>);
        self.with(|core| core.keep_task(handle.clone()))?;
        wasm_bindgen_futures::spawn_local(async move {
            task.await.ok(); // aborted: stopped by the visitor, or the session is gone
        });
        Some(handle)
    }

    fn track(self, topic: fn(&Topics) -> &ArcTrigger) {
        if let Some(trigger) = self.with(|core| topic(&core.topics).clone()) {
            trigger.track();
        }
    }

    fn notify(self, topic: fn(&Topics) -> &ArcTrigger) {
        if let Some(trigger) = self.with(|core| topic(&core.topics).clone()) {
            trigger.notify();
        }
    }

    /// Reads or changes the core; `None` once the session is gone. The closure must not call out of the program.
    fn with<T>(self, change: impl FnOnce(&mut Core) -> T) -> Option<T> {
        let core = self.0.try_get_value()?;
        let mut core = core.try_borrow_mut().ok()?;
        Some(change(&mut core))
    }
}
