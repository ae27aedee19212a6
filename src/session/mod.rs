//! One widget's session: what the visitor intends goes in as one method call, what the view shows comes out as signals.
//!
//! Orchestrates config, dialect, browser and conversation; knows no view. Every task dies with the session.

mod answer;
mod credentials;
mod lifecycle;
mod memory;
mod report;

use std::collections::VecDeque;
use std::sync::Arc;

use futures::future::{AbortHandle, abortable};
use leptos::prelude::*;
use serde_json::Value;
use web_sys::HtmlElement;

use crate::browser::dom::now_unix_secs;
use crate::browser::events;
use crate::chat::{Conversation, Exchange, Message, MessageId};
use crate::config::{Config, Phrase};
use crate::protocol::{ApiError, AssistantCard};

/// A session's signals and intents. Copied freely; its memory belongs to the owner it was made under.
#[derive(Clone, Copy)]
pub struct Session {
    /// The resolved options; replaced as a whole by `update()`.
    pub config: RwSignal<Arc<Config>>,
    /// Whether the panel is showing.
    pub is_open: RwSignal<bool>,
    /// The messages, oldest first. Their contents are read through [`Session::message`].
    pub messages: RwSignal<Vec<MessageId>>,
    /// The answer that is awaited or arriving.
    pub answering: RwSignal<Option<MessageId>>,
    /// Messages the visitor has not seen yet.
    pub unread: RwSignal<usize>,
    /// What the notice area says.
    pub notice: RwSignal<Option<Notice>>,
    /// What the assistant says of itself.
    pub card: RwSignal<AssistantCard>,
    core: StoredValue<Core, LocalStorage>,
}

/// What the notice area says.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A failed try is made again in so many seconds.
    Retrying {
        /// Whole seconds left.
        seconds_left: u32,
    },
}

/// What no view reads directly.
struct Core {
    host: HtmlElement,
    get_token: Option<js_sys::Function>,
    conversation: Conversation,
    /// Told when one message changes; sorted by id, as ids only grow.
    watchers: Vec<(MessageId, ArcTrigger)>,
    outbox: VecDeque<Outgoing>,
    answer_task: Option<AbortHandle>,
    tasks: Vec<AbortHandle>,
    credentials: credentials::Credentials,
    session_id: Option<String>,
    storage_key: String,
    is_started: bool,
}

impl Drop for Core {
    fn drop(&mut self) {
        for task in self.tasks.drain(..).chain(self.answer_task.take()) {
            task.abort();
        }
    }
}

/// A message on its way out.
struct Outgoing {
    text: String,
    metadata: Option<Value>,
}

impl Session {
    /// Makes a session under the current owner. Nothing is fetched or stored yet.
    pub fn new(config: Config, host: HtmlElement, get_token: Option<js_sys::Function>) -> Self {
        let storage_key = memory::storage_key(&config);
        let session = Self {
            is_open: RwSignal::new(false),
            messages: RwSignal::new(Vec::new()),
            answering: RwSignal::new(None),
            unread: RwSignal::new(0),
            notice: RwSignal::new(None),
            card: RwSignal::new(AssistantCard::default()),
            core: StoredValue::new_local(Core {
                host,
                get_token,
                conversation: Conversation::default(),
                watchers: Vec::new(),
                outbox: VecDeque::new(),
                answer_task: None,
                tasks: Vec::new(),
                credentials: credentials::Credentials::default(),
                session_id: config.session_id.clone(),
                storage_key,
                is_started: false,
            }),
            config: RwSignal::new(Arc::new(config)),
        };
        session.recall();
        session
    }

    /// Sends a message, or queues it behind the answer that is arriving. Blank text is no message.
    pub fn send(self, text: &str, metadata: Option<Value>) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.start();
        let outgoing = Outgoing { text: text.to_owned(), metadata };
        self.with(|core| core.outbox.push_back(outgoing));
        if self.answering.get_untracked().is_none() {
            self.send_next();
        }
    }

    /// Stops the answer that is arriving. What came stays.
    pub fn stop(self) {
        let Some(answer) = self.answering.get_untracked() else { return };
        self.with(|core| {
            if let Some(task) = core.answer_task.take() {
                task.abort();
            }
            core.conversation.stop(answer);
        });
        self.changed(answer);
        self.end_answer(answer);
    }

    /// Tries a failed or stopped answer again.
    pub fn retry(self, answer: MessageId) {
        if self.answering.get_untracked().is_some() {
            return;
        }
        if let Some(exchange) = self.with(|core| core.conversation.retry(answer)).flatten() {
            self.changed(answer);
            self.run(exchange, None);
        }
    }

    /// Asks for the newest answer once more.
    pub fn regenerate(self) {
        if let Some(answer) = self.with(|core| core.conversation.last_answer().map(|message| message.id)).flatten() {
            self.stop();
            self.retry(answer);
        }
    }

    /// Begins a new conversation; the server is asked to forget the old one.
    pub fn clear(self) {
        self.stop();
        self.forget_at_server();
        self.with(|core| {
            core.conversation.clear();
            core.watchers.clear();
            core.outbox.clear();
            core.session_id = None;
        });
        self.messages.set(Vec::new());
        self.notice.set(None);
        self.remember();
        self.dispatch("conversation-clear", &Value::Null);
    }

    /// Reads one message.
    pub fn message<T>(self, id: MessageId, read: impl FnOnce(&Message) -> T) -> Option<T> {
        self.core.try_with_value(|core| core.conversation.get(id).map(read)).flatten()
    }

    /// Returns what tells when one message changes.
    pub fn watch(self, id: MessageId) -> ArcTrigger {
        self.with(|core| match core.watchers.binary_search_by_key(&id, |(known, _)| *known) {
            Ok(idx) => core.watchers.get(idx).map(|(_, trigger)| trigger.clone()),
            Err(idx) => {
                let trigger = ArcTrigger::new();
                core.watchers.insert(idx, (id, trigger.clone()));
                Some(trigger)
            }
        })
        .flatten()
        .unwrap_or_default()
    }

    /// Returns the words for a phrase; tracks the options.
    pub fn phrase(self, phrase: Phrase) -> String {
        self.config.try_with(|config| config.strings.get(phrase).to_owned()).unwrap_or_default()
    }

    /// Dispatches an event on the host element.
    pub fn dispatch(self, name: &str, detail: &Value) {
        if let Some(host) = self.with(|core| core.host.clone()) {
            events::dispatch(&host, name, detail);
        }
    }

    fn send_next(self) {
        let Some(outgoing) = self.with(|core| core.outbox.pop_front()).flatten() else { return };
        let now = now_unix_secs();
        let is_first = self.messages.with_untracked(Vec::is_empty);
        let Some((exchange, ids)) = self.with(|core| (core.conversation.ask(outgoing.text, now), core.conversation.ids())) else { return };
        self.messages.set(ids);
        if is_first {
            self.dispatch("conversation-start", &Value::Null);
        }
        self.dispatch_message("message-sent", exchange.question);
        self.run(exchange, outgoing.metadata);
    }

    fn run(self, exchange: Exchange, metadata: Option<Value>) {
        self.answering.set(Some(exchange.answer));
        self.remember();
        let (task, handle) = abortable(self.answer(exchange, metadata));
        self.with(|core| core.answer_task = Some(handle));
        wasm_bindgen_futures::spawn_local(async move {
            task.await.ok(); // aborted: stopped by the visitor or destroyed by the page
        });
    }

    /// Runs a task that ends with the session at the latest.
    fn spawn(self, task: impl Future<Output = ()> + 'static) {
        let (task, handle) = abortable(task);
        self.with(|core| {
            core.tasks.retain(|task| !task.is_aborted());
            core.tasks.push(handle);
        });
        wasm_bindgen_futures::spawn_local(async move {
            task.await.ok(); // aborted: the session is gone
        });
    }

    /// Ends an answer, however it went, and sends what waited behind it.
    fn end_answer(self, answer: MessageId) {
        self.answering.try_set(None);
        self.notice.try_set(None);
        self.remember();
        self.report_end(answer);
        self.send_next();
    }

    fn fail_answer(self, answer: MessageId, error: &ApiError) {
        self.with(|core| core.conversation.fail(answer, error.clone()));
        self.changed(answer);
        self.report_error(error);
    }

    fn changed(self, id: MessageId) {
        let trigger = self.with(|core| {
            let idx = core.watchers.binary_search_by_key(&id, |(known, _)| *known).ok()?;
            core.watchers.get(idx).map(|(_, trigger)| trigger.clone())
        });
        if let Some(trigger) = trigger.flatten() {
            trigger.notify();
        }
    }

    /// Reads or changes the core; `None` once the session is gone.
    fn with<T>(self, change: impl FnOnce(&mut Core) -> T) -> Option<T> {
        self.core.try_update_value(change)
    }
}
