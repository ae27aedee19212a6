//! What a session holds. Plain data: who changes it tells the topic's trigger.

use std::collections::VecDeque;
use std::rc::Rc;

use futures::channel::oneshot;
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
    /// The text or the state of messages that are there already.
    pub(super) changes: ArcTrigger,
    pub(super) answering: ArcTrigger,
    pub(super) unread: ArcTrigger,
    pub(super) notice: ArcTrigger,
    pub(super) card: ArcTrigger,
    pub(super) conversation_part: ArcTrigger,
}

/// Functions of the page's that came with the options.
#[derive(Clone, Default)]
pub struct Hooks {
    /// The owner's `getToken`.
    pub get_token: Option<js_sys::Function>,
    /// The shell's: has the page answer one of the assistant's calls.
    pub call_tool: Option<js_sys::Function>,
    /// The shell's: told of every finished piece of code, with its language, to highlight it or to show something in its place.
    pub decorate: Option<js_sys::Function>,
    /// The shell's: the form of a phrase that goes with a number, in a language that has several.
    pub count: Option<js_sys::Function>,
    /// The shell's: told of the assistant's language and voice when its card has come, `undefined` for what it does not say.
    pub introduce: Option<js_sys::Function>,
    /// The shell's: hands over up to so many messages that are older than all it has handed over, as a JSON list's text.
    pub earlier: Option<js_sys::Function>,
    /// The shell's: hands over the visitor's files as a JSON list's text, or nothing while they can not be sent.
    pub files: Option<js_sys::Function>,
}

/// What is known of a part of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartState {
    /// Nobody needed it yet.
    #[default]
    Unneeded,
    /// It is on its way.
    Awaited,
    /// It can be called.
    Here,
    /// It could not be fetched; the next one to need it tries again.
    Failed,
}

/// A message on its way out.
pub(super) struct Outgoing {
    pub(super) text: String,
    pub(super) metadata: Option<String>,
    /// A JSON list's text, empty for none.
    pub(super) files: String,
}

/// The newest message as it was sent, for when its answer is asked for again.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) question: MessageId,
    pub(super) metadata: Option<String>,
    /// The same on every try, also on those that the visitor asks for: a server that knows it answers twice what was sent twice, and charges once.
    pub(super) idempotency_key: String,
}

pub(super) struct Core {
    pub(super) topics: Topics,
    pub(super) config: Rc<Config>,
    pub(super) is_open: bool,
    pub(super) answering: Option<MessageId>,
    pub(super) n_unread: usize,
    pub(super) notice: Option<Notice>,
    pub(super) card: AssistantCard,
    pub(super) conversation_part: PartState,
    pub(super) host: Host,
    pub(super) hooks: Hooks,
    pub(super) conversation: Conversation,
    /// The messages whose state has changed since the view last asked.
    pub(super) changed: Vec<MessageId>,
    pub(super) outbox: VecDeque<Outgoing>,
    pub(super) sent: Option<Sent>,
    pub(super) answer_task: Option<AbortHandle>,
    tasks: Vec<AbortHandle>,
    pub(super) credentials: Credentials,
    pub(super) session_id: Option<String>,
    /// How far the answer that is arriving has come, empty where the server does not say: what it can be resumed after.
    pub(super) last_event_id: String,
    /// The server's streams end with a frame that says so, and an `EventSource` hears all of them.
    pub(super) suits_event_source: bool,
    /// Told when the visitor allows a call; dropped when they do not.
    pub(super) decision: Option<oneshot::Sender<()>>,
    pub(super) memory: Claim,
    pub(super) is_started: bool,
    /// An earlier conversation is on its way, and nothing of it is here.
    pub(super) is_loading: bool,
}

impl Core {
    pub(super) fn new(config: Config, host: Host, hooks: Hooks) -> Self {
        Self {
            topics: Topics::default(),
            is_open: false,
            answering: None,
            n_unread: 0,
            notice: None,
            card: AssistantCard::default(),
            conversation_part: PartState::default(),
            host,
            hooks,
            conversation: Conversation::default(),
            changed: Vec::new(),
            outbox: VecDeque::new(),
            sent: None,
            answer_task: None,
            tasks: Vec::new(),
            credentials: Credentials::default(),
            session_id: None,
            last_event_id: String::new(),
            suits_event_source: false,
            decision: None,
            memory: Claim::new(&config),
            is_started: false,
            is_loading: false,
            config: Rc::new(config),
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
