//! Opening, closing, starting, updating and forgetting.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::{Hooks, Session, memory};
use crate::browser::{http, storage};
use crate::config::Config;
use crate::protocol::{AssistantCard, Dialect, Request};

impl Session {
    /// Shows the panel.
    pub fn open(self) {
        self.start();
        if self.set_open(true) {
            self.dispatch("open", "null");
        }
        self.set_unread(|_| 0);
    }

    /// Hides the panel. Draft, transcript and an arriving answer go on as they are.
    pub fn close(self) {
        if self.set_open(false) {
            self.dispatch("close", "null");
        }
    }

    /// Opens or closes.
    pub fn toggle(self) {
        if self.peek_is_open() {
            self.close();
        } else {
            self.open();
        }
    }

    /// Takes new options. Messages, draft and an arriving answer stay; another assistant, server or dialect begins with its own.
    pub fn update(self, mut config: Config, mut hooks: Hooks) {
        let Some(old) = self.peek_config() else { return };
        let is_elsewhere = memory::place(&old) != memory::place(&config);
        let is_other_server = old.api_url != config.api_url || old.api_key != config.api_key;
        let earlier = hooks.earlier.take();
        self.with(|core| {
            hooks.earlier = core.hooks.earlier.take();
            core.hooks = hooks;
            if is_other_server {
                core.credentials = super::credentials::Credentials::default();
                core.suits_event_source = false;
            }
        });
        if is_elsewhere {
            self.with(|core| core.outbox.clear());
            self.stop();
        }
        let messages = std::mem::take(&mut config.messages);
        let memory = is_elsewhere.then(|| memory::Claim::new(&config));
        self.with(|core| core.config = Rc::new(config));
        self.notify(|topics| &topics.config);
        if let Some(memory) = memory {
            self.with(|core| {
                core.memory = memory;
                core.session_id = None;
                core.is_started = false;
                core.card = AssistantCard::default();
                core.hooks.earlier = earlier;
            });
            self.notify(|topics| &topics.card);
            self.recall(messages);
            if self.peek_is_open() {
                self.start();
            }
        }
    }

    /// Forgets everything about the visitor, here and at the server.
    pub fn forget(self) {
        let Some(config) = self.peek_config() else { return };
        let is_told = self.n_messages() > 0;
        self.clear();
        self.with(|core| storage::remove(config.persist, core.memory.key()));
        self.spawn(async move {
            if is_told {
                // Who they are is forgotten last: the server is told by them, which waits for the same token as this.
                self.headers(&config).await.ok(); // without one it is told nothing
            }
            storage::remove(config.persist, &super::credentials::token_key(&config));
            self.with(|core| core.credentials = super::credentials::Credentials::default());
        });
    }

    /// Goes on where [`Session::leave`] left off, in a page that was kept: with the answer, else with what waits behind it.
    pub fn come_back(self) {
        if self.peek_is_answering() {
            return;
        }
        self.take_up();
        if !self.peek_is_answering() {
            self.send_next();
        }
    }

    /// Fetches the assistant's card and the earlier conversation, once, when the visitor first acts.
    pub(super) fn start(self) {
        let was_started = self.with(|core| std::mem::replace(&mut core.is_started, true)).unwrap_or(true);
        if was_started {
            return;
        }
        self.take_up();
        self.spawn(async move {
            self.fetch_history().await;
            self.fetch_card().await;
        });
    }

    /// Returns whether that was a change.
    fn set_open(self, is_open: bool) -> bool {
        let is_change = self.with(|core| std::mem::replace(&mut core.is_open, is_open) != is_open).unwrap_or(false);
        if is_change {
            self.notify(|topics| &topics.open);
        }
        is_change
    }

    /// Goes on with an answer that was arriving when the page was left, if its server may still have it.
    fn take_up(self) {
        let exchange = self.with(|core| {
            Request::resume(&core.last_event_id)?;
            core.conversation.take_up()
        });
        if let Some(exchange) = exchange.flatten() {
            self.run(exchange, None);
        }
    }

    async fn fetch_card(self) {
        let Some(config) = self.peek_config() else { return };
        let request = config.dialect.card(&config.assistant);
        if let Some(body) = self.fetch_optional(&config, &request).await
            && let Ok(card) = config.dialect.decode_card(&body)
        {
            let [language, voice] = [&card.language, &card.voice].map(|text| text.as_deref().into());
            self.with(|core| core.card = card);
            self.notify(|topics| &topics.card);
            if let Some(introduce) = self.hooks().introduce {
                introduce.call2(&JsValue::NULL, &language, &voice).ok(); // what it can not do it says itself
            }
        }
    }

    async fn fetch_history(self) {
        let Some(session_id) = self.with(|core| core.session_id.clone()).flatten() else { return };
        let Some(config) = self.peek_config() else { return };
        let Some(request) = config.dialect.history(&session_id) else { return };
        self.set_loading(self.n_messages() == 0);
        let body = self.fetch_optional(&config, &request).await;
        self.set_loading(false);
        let Some(body) = body else { return };
        let Ok(history) = config.dialect.decode_history(&body) else { return };
        self.read_all_earlier();
        // What is here may be newer: sent while the request was on its way, or kept from an answer the server never finished.
        if history.len() > self.n_messages() && !self.peek_is_answering() {
            self.restore(history);
        }
    }

    fn set_loading(self, is_loading: bool) {
        if self.with(|core| std::mem::replace(&mut core.is_loading, is_loading)) != Some(is_loading) {
            self.notify(|topics| &topics.messages);
        }
    }

    /// Asks for something that not every server offers. Without it the widget works as well, so a failure is no failure.
    async fn fetch_optional(self, config: &Config, request: &Request) -> Option<String> {
        let headers = self.headers(config).await.ok()?;
        http::send(&config.api_url.join(&request.path), request, &headers).await.ok()?.text().await.ok()
    }

    /// Asks the server to forget the conversation; it is gone here whatever the server says.
    pub(super) fn forget_at_server(self) {
        if self.n_messages() > 0 {
            self.tell_server(&|dialect, session_id| dialect.forget(session_id?));
        }
    }

    /// Tells the server what the visitor thinks of an answer that it knows by this id.
    pub(super) fn tell_rating(self, message_id: &str, rating_json: &str) {
        self.tell_server(&|dialect, session_id| dialect.feedback(session_id?, message_id, rating_json));
    }

    /// Tells a gateway that nobody waits for the answer any more: otherwise it goes on for a while, as the visitor may come back.
    pub(super) fn abandon_at_server(self) {
        let last_event_id = self.with(|core| std::mem::take(&mut core.last_event_id)).unwrap_or_default();
        self.tell_server(&|_, _| Request::abandon(&last_event_id));
    }

    /// Sends a request whose answer changes nothing here.
    fn tell_server(self, describe: &dyn Fn(Dialect, Option<&str>) -> Option<Request>) {
        let session_id = self.with(|core| core.session_id.clone()).flatten();
        let Some(config) = self.peek_config() else { return };
        let Some(request) = describe(config.dialect, session_id.as_deref()) else { return };
        self.spawn(async move {
            self.fetch_optional(&config, &request).await;
        });
    }
}
