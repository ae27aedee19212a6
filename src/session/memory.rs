//! What is remembered in the visitor's browser: the conversation's id and its transcript.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::Session;
use crate::browser::dom::now_unix_secs;
use crate::browser::storage;
use crate::chat::{decode_transcript, encode_transcript};
use crate::config::Config;
use crate::protocol::HistoryMessage;

/// Returns the key under which a conversation is remembered: one per server, dialect, assistant and given session.
pub(super) fn storage_key(config: &Config) -> String {
    let session_id = config.session_id.as_deref().unwrap_or_default();
    ["assisters:", config.dialect.as_str(), ":", &config.assistant, ":", session_id, "@", config.api_url.as_str()].concat()
}

impl Session {
    /// Shows what is remembered, or else the transcript that the owner gave.
    pub(super) fn recall(self) {
        let config = self.config.get_untracked();
        let key = self.with(|core| core.storage_key.clone()).unwrap_or_default();
        let stored: Value = storage::read(config.persist, &key).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let transcript = stored.get("messages").map(|messages| decode_transcript(&messages.to_string())).unwrap_or_default();
        let ids = self.with(|core| {
            let stored_id = stored.get("session_id").and_then(Value::as_str).map(str::to_owned);
            core.session_id = config.session_id.clone().or(stored_id);
            core.watchers.clear();
            core.conversation.clear();
            if transcript.is_empty() {
                core.conversation.restore(config.messages.clone(), now_unix_secs());
            } else {
                core.conversation.resume(transcript);
            }
            core.conversation.ids()
        });
        self.messages.set(ids.unwrap_or_default());
    }

    /// Replaces the transcript by the server's.
    pub(super) fn restore(self, history: Vec<HistoryMessage>) {
        let ids = self.with(|core| {
            core.watchers.clear();
            core.conversation.restore(history, now_unix_secs());
            core.conversation.ids()
        });
        self.messages.try_set(ids.unwrap_or_default());
        self.remember();
    }

    /// Remembers the conversation as it is now.
    pub fn remember(self) {
        let Some(config) = self.config.try_get_untracked() else { return };
        self.with(|core| {
            if core.conversation.messages().is_empty() {
                storage::remove(config.persist, &core.storage_key);
                return;
            }
            let messages = encode_transcript(core.conversation.messages());
            let session_id = json!(core.session_id);
            let stored = ["{\"session_id\":", &session_id.to_string(), ",\"messages\":", &messages, "}"].concat();
            storage::write(config.persist, &core.storage_key, &stored);
        });
    }
}
