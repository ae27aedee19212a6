//! Opening, closing, starting, updating and forgetting.

use std::sync::Arc;

use leptos::prelude::*;
use serde_json::{Value, json};

use super::{Session, memory};
use crate::browser::{http, storage};
use crate::config::Config;
use crate::protocol::AssistantCard;

impl Session {
    /// Shows the panel.
    pub fn open(self) {
        self.start();
        if !self.is_open.get_untracked() {
            self.is_open.set(true);
            self.dispatch("open", &Value::Null);
        }
        if self.unread.get_untracked() > 0 {
            self.unread.set(0);
            self.dispatch("unread", &json!({"count": 0}));
        }
    }

    /// Hides the panel. Draft, transcript and an arriving answer go on as they are.
    pub fn close(self) {
        if self.is_open.get_untracked() {
            self.is_open.set(false);
            self.dispatch("close", &Value::Null);
        }
    }

    /// Opens or closes.
    pub fn toggle(self) {
        if self.is_open.get_untracked() {
            self.close();
        } else {
            self.open();
        }
    }

    /// Takes new options. Messages, draft and an arriving answer stay; another assistant, server or dialect begins with its own.
    pub fn update(self, config: Config, get_token: Option<js_sys::Function>) {
        let old = self.config.get_untracked();
        let storage_key = memory::storage_key(&config);
        let is_elsewhere = memory::storage_key(&old) != storage_key;
        let is_other_server = old.api_url != config.api_url || old.api_key != config.api_key;
        self.with(|core| {
            core.get_token = get_token;
            if is_other_server {
                core.credentials = super::credentials::Credentials::default();
            }
        });
        if is_elsewhere {
            self.stop();
        }
        self.config.set(Arc::new(config));
        if is_elsewhere {
            self.with(|core| {
                core.storage_key = storage_key;
                core.session_id = None;
                core.is_started = false;
            });
            self.card.set(AssistantCard::default());
            self.recall();
            if self.is_open.get_untracked() {
                self.start();
            }
        }
    }

    /// Forgets everything about the visitor, here and at the server.
    pub fn forget(self) {
        self.clear();
        let config = self.config.get_untracked();
        storage::remove(config.persist, &super::credentials::token_key(&config));
        self.with(|core| {
            storage::remove(config.persist, &core.storage_key);
            core.credentials = super::credentials::Credentials::default();
        });
    }

    /// Fetches the assistant's card and the earlier conversation, once, when the visitor first acts.
    pub(super) fn start(self) {
        let was_started = self.with(|core| std::mem::replace(&mut core.is_started, true)).unwrap_or(true);
        if was_started {
            return;
        }
        self.spawn(async move {
            self.fetch_history().await;
            self.fetch_card().await;
        });
    }

    async fn fetch_card(self) {
        let config = self.config.get_untracked();
        let request = config.dialect.card(&config.assistant);
        if let Some(body) = self.fetch_optional(&config, &request).await
            && let Ok(card) = config.dialect.decode_card(&body)
        {
            self.card.try_set(card);
        }
    }

    async fn fetch_history(self) {
        let Some(session_id) = self.with(|core| core.session_id.clone()).flatten() else { return };
        let config = self.config.get_untracked();
        let request = config.dialect.history(&session_id);
        let Some(body) = self.fetch_optional(&config, &request).await else { return };
        let Ok(history) = config.dialect.decode_history(&body) else { return };
        // What is here may be newer: sent while the request was on its way, or kept from an answer the server never finished.
        let is_newer = self.messages.try_with_untracked(|known| history.len() > known.len()).unwrap_or(false);
        if is_newer && self.answering.get_untracked().is_none() {
            self.restore(history);
        }
    }

    /// Asks for something that not every server offers. Without it the widget works as well, so a failure is no failure.
    async fn fetch_optional(self, config: &Config, request: &crate::protocol::Request) -> Option<String> {
        let headers = self.headers(config).await.ok()?;
        http::send(&config.api_url.join(&request.path), request, &headers).await.ok()?.text().await.ok()
    }

    /// Asks the server to forget the conversation; it is gone here whatever the server says.
    pub(super) fn forget_at_server(self) {
        let Some(session_id) = self.with(|core| core.session_id.clone()).flatten() else { return };
        if self.messages.with_untracked(Vec::is_empty) {
            return;
        }
        let config = self.config.get_untracked();
        self.spawn(async move {
            let request = config.dialect.forget(&session_id);
            self.fetch_optional(&config, &request).await;
        });
    }
}
