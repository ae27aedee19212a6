//! What is remembered in the visitor's browser: the conversation's id and its transcript.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

use super::Session;
use crate::browser::part::Part;
use crate::browser::{console, storage};
use crate::chat::{decode_transcript, encode_transcript, keep_activity};
use crate::config::Config;
use crate::protocol::json::{self, Object};
use crate::protocol::{HistoryMessage, decode_history_message};

/// What a conversation belongs to: one per server, dialect, assistant and given session.
pub(super) fn place(config: &Config) -> String {
    let session_id = config.session_id.as_deref().unwrap_or_default();
    ["assisters:", config.dialect.as_str(), ":", &config.assistant, ":", session_id, "@", config.api_url.as_str()].concat()
}

thread_local! {
    /// The storage keys of this page's widgets.
    static CLAIMED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A storage key that no other widget of the page uses, given back when it is dropped.
pub(super) struct Claim(String);

impl Claim {
    /// Claims the key of a conversation's place; a second widget in the same place gets one of its own, the same on every visit.
    pub(super) fn new(config: &Config) -> Self {
        let place = place(config);
        CLAIMED.with_borrow_mut(|claimed| {
            let mut key = place.clone();
            let mut n_widgets = 1_u32;
            while claimed.contains(&key) {
                n_widgets += 1;
                key = [place.as_str(), "#", &n_widgets.to_string()].concat();
            }
            claimed.push(key.clone());
            Self(key)
        })
    }

    pub(super) fn key(&self) -> &str {
        &self.0
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.with_borrow_mut(|claimed| claimed.retain(|key| *key != self.0));
    }
}

impl Session {
    /// Reads messages that are older than all that are there: of a long transcript that the owner gave, the page hands over the newest at
    /// first. Returns whether there were any.
    pub fn read_earlier(self, n_most: u32) -> bool {
        let hand_over = self.with(|core| core.hooks.earlier.clone()).flatten();
        let handed = hand_over.and_then(|hand_over| hand_over.call1(&JsValue::NULL, &n_most.into()).ok()?.as_string());
        let Some(entries) = handed.and_then(|text| json::parse(&text).ok()) else { return false };
        let entries = entries.as_array().unwrap_or_default();
        let earlier: Vec<_> = entries.iter().filter_map(decode_history_message).collect();
        if earlier.len() < entries.len() {
            console::warn("`messages` has entries without a role or a content; they are left out.");
        }
        if entries.is_empty() {
            self.drop_earlier();
        }
        self.with(|core| core.conversation.prepend(earlier));
        !entries.is_empty()
    }

    /// Reads all of them.
    pub(super) fn read_all_earlier(self) {
        self.read_earlier(u32::MAX);
    }

    /// Drops them: the conversation is another one now.
    pub(super) fn drop_earlier(self) {
        self.with(|core| core.hooks.earlier = None);
    }

    /// Shows what is remembered, or else the transcript that the owner gave. It is taken, not copied: it may be thousands of messages.
    pub(super) fn recall(self, given: Vec<HistoryMessage>) {
        let Some(config) = self.peek_config() else { return };
        let key = self.with(|core| core.memory.key().to_owned()).unwrap_or_default();
        let stored = json::parse(&storage::read(config.persist, &key).unwrap_or_default()).unwrap_or_default();
        let transcript = stored.get("messages").map(decode_transcript).unwrap_or_default();
        self.with(|core| {
            core.session_id = config.session_id.clone().or_else(|| json::text(&stored, "session_id"));
            core.last_event_id = json::text(&stored, "last_event_id").unwrap_or_default();
            core.conversation.clear();
            if transcript.is_empty() {
                core.conversation.restore(given);
            } else {
                core.hooks.earlier = None;
                core.conversation.resume(transcript);
            }
        });
        if self.n_messages() > 0 {
            self.need_conversation();
        }
        self.notify(|topics| &topics.messages);
    }

    /// Replaces the transcript by the server's.
    pub(super) fn restore(self, history: Vec<HistoryMessage>) {
        self.need_conversation();
        self.drop_earlier();
        self.with(|core| core.conversation.restore(history));
        self.notify(|topics| &topics.messages);
        self.remember();
    }

    /// Remembers the conversation as it is now.
    pub fn remember(self) {
        let Some(config) = self.peek_config() else { return };
        self.read_all_earlier();
        self.with(|core| {
            // Nobody thinks or calls before it is here.
            if Part::Activity.is_here() {
                keep_activity(&mut core.conversation);
            }
            if core.conversation.messages().is_empty() {
                storage::remove(config.persist, core.memory.key());
                return;
            }
            let messages = encode_transcript(core.conversation.messages());
            // Where an answer that is arriving can be gone on with, should this page be left now.
            let last_event_id = Some(core.last_event_id.as_str()).filter(|id| !id.is_empty());
            let stored = Object::new()
                .maybe_text("session_id", core.session_id.as_deref())
                .maybe_text("last_event_id", last_event_id)
                .raw("messages", &messages);
            storage::write(config.persist, core.memory.key(), &stored.finish());
        });
    }
}
