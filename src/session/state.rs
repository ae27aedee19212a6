//! What a session holds. Plain data: who changes it tells the topic's trigger.

use std::collections::VecDeque;
use std::rc::Rc;

use futures::future::AbortHandle;
use leptos::prelude::ArcTrigger;

use super::Notice;
use super::credentials::Credentials;
use super::memory::Claim;
use crate::browser::events::Host;
use crate::chat::{Conversation, MessageId};
use crate::config::Config;
use crate::protocol::AssistantCard;

/// What a view can wait for.
#[derive(Default)]
pub(super) struct Topics {
    pub(super) config: ArcTrigger,
    pub(super) open: ArcTrigger,
    pub(super) messages: ArcTrigger,
    pub(super) answering: ArcTrigger,
    pub(super) unread: ArcTrigger,
    pub(super) notice: ArcTrigger,
    pub(super) card: ArcTrigger,
}

/// What tells that one message has changed.
#[derive(Clone, Default)]
pub struct Watch {
    /// Its text grew or was begun anew.
    pub text: ArcTrigger,
    /// Its status, sources or error changed.
    pub state: ArcTrigger,
}

/// A message on its way out.
pub(super) struct Outgoing {
    pub(super) text: String,
    pub(super) metadata: Option<String>,
}

pub(super) struct Core {
    pub(super) topics: Topics,
    pub(super) config: Rc<Config>,
    pub(super) is_open: bool,
    pub(super) answering: Option<MessageId>,
    pub(super) n_unread: usize,
    pub(super) notice: Option<Notice>,
    pub(super) card: AssistantCard,
    pub(super) host: Host,
    pub(super) get_token: Option<js_sys::Function>,
    pub(super) conversation: Conversation,
    /// Sorted by id, as ids only grow.
    pub(super) watches: Vec<(MessageId, Watch)>,
    pub(super) outbox: VecDeque<Outgoing>,
    pub(super) answer_task: Option<AbortHandle>,
    tasks: Vec<AbortHandle>,
    pub(super) credentials: Credentials,
    pub(super) session_id: Option<String>,
    /// How far the answer that is arriving has come, empty where the server does not say: what it can be resumed after.
    pub(super) last_event_id: String,
    pub(super) memory: Claim,
    pub(super) is_started: bool,
}

impl Core {
    pub(super) fn new(config: Config, host: Host, get_token: Option<js_sys::Function>) -> Self {
        Self {
            topics: Topics::default(),
            is_open: false,
            answering: None,
            n_unread: 0,
            notice: None,
            card: AssistantCard::default(),
            host,
            get_token,
            conversation: Conversation::default(),
            watches: Vec::new(),
            outbox: VecDeque::new(),
            answer_task: None,
            tasks: Vec::new(),
            credentials: Credentials::default(),
            session_id: None,
            last_event_id: String::new(),
            memory: Claim::new(&config),
            is_started: false,
            config: Rc::new(config),
        }
    }

    /// Returns what tells of a message's changes.
    pub(super) fn watch(&mut self, id: MessageId) -> Watch {
        match self.watches.binary_search_by_key(&id, |(known, _)| *known) {
            Ok(idx) => self.watches.get(idx).map(|(_, watch)| watch.clone()).unwrap_or_default(),
            Err(idx) => {
                let watch = Watch::default();
                self.watches.insert(idx, (id, watch.clone()));
                watch
            }
        }
    }

    /// Keeps what ends a task; those that were aborted are let go, one that ran to its end stays until the session does.
    pub(super) fn keep_task(&mut self, task: AbortHandle) {
        self.tasks.retain(|known| !known.is_aborted());
        self.tasks.push(task);
    }

    /// Ends every task, and with it every request.
    pub(super) fn end_tasks(&mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.end_tasks();
    }
}
