//! What the visitor, or the page in their place, wants of the conversation.

use wasm_bindgen::JsValue;

use super::Session;
use super::answer::answer;
use super::credentials::part_missing;
use super::state::Outgoing;
use crate::browser::dom::{now_unix_secs, random_hex};
use crate::browser::part::Part;
use crate::chat::{Conversation, Exchange, Message, MessageId, Status};
use crate::config::Phrase;
use crate::protocol::ApiError;

impl Session {
    /// Sends a message, or queues it behind the answer that is arriving. Blank text is no message.
    ///
    /// `files` is a JSON list's text, empty for none.
    pub fn send(self, text: &str, metadata: Option<String>, files: String) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.start();
        let outgoing = Outgoing { text: text.to_owned(), metadata, files };
        self.with(|core| core.outbox.push_back(outgoing));
        if !self.peek_is_answering() {
            self.send_next();
        }
    }

    /// Stops the answer that is arriving. What came stays.
    pub fn stop(self) {
        let stopped = self.with(|core| {
            let answer = core.answering?;
            if let Some(task) = core.answer_task.take() {
                task.abort();
            }
            core.conversation.stop(answer);
            Some(answer)
        });
        if let Some(answer) = stopped.flatten() {
            self.abandon_at_server();
            self.end_answer(answer);
        }
    }

    /// Ends the answer that is arriving because the page is being left: in a back/forward cache it would go on unseen.
    pub fn leave(self) {
        let left = self.with(|core| {
            let answer = core.answering.take()?;
            core.conversation.leave(answer);
            core.end_tasks();
            Some(answer)
        });
        if let Some(answer) = left.flatten() {
            self.set_answering(None);
            self.set_notice(None);
            self.changed(answer);
        }
        self.remember();
    }

    /// Tries a failed or stopped answer again.
    pub fn retry(self, answer: MessageId) {
        if self.peek_is_answering() {
            return;
        }
        let is_failed = self.message(answer, |message| message.status == Status::Failed) == Some(true);
        if let Some(exchange) = self.with(|core| core.conversation.retry(answer)).flatten() {
            if !is_failed {
                // Another answer is wanted, not the one that did not come.
                self.with(|core| core.sent.as_mut().map(|sent| sent.idempotency_key = random_hex()));
            }
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
        // Before the stop, which sends what waits behind the answer.
        self.with(|core| core.outbox.clear());
        self.stop();
        self.forget_at_server();
        self.drop_earlier();
        self.with(|core| {
            core.conversation.clear();
            core.session_id = None;
        });
        self.notify(|topics| &topics.messages);
        self.remember();
        self.dispatch("conversation-clear", "null");
    }

    /// Asks a question anew in other words: it and all that followed it make way for the new one.
    pub fn resend(self, question: MessageId, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        // Before the stop, which sends what waits behind the answer.
        self.with(|core| core.outbox.clear());
        self.stop();
        if let Some(files) = self.with(|core| core.conversation.take_back(question)).flatten() {
            self.notify(|topics| &topics.messages);
            self.send(text, None, files);
        }
    }

    /// Waits for messages to come or go.
    pub fn track_messages(self) {
        self.track(|topics| &topics.messages);
    }

    /// Returns the message of a number, as [`MessageId::get`] gives it.
    pub fn find_message(self, number: i32) -> Option<MessageId> {
        self.with(|core| core.conversation.find(number)).flatten()
    }

    /// Reads the conversation; not tracked.
    pub fn conversation<T: Default>(self, read: impl FnOnce(&Conversation) -> T) -> T {
        self.with(|core| read(&core.conversation)).unwrap_or_default()
    }

    /// Whether nothing was said yet; tracked.
    pub fn is_empty(self) -> bool {
        self.track(|topics| &topics.messages);
        self.n_messages() == 0
    }

    /// Reads one message; not tracked, see [`Session::take_changes`].
    pub fn message<T>(self, id: MessageId, read: impl FnOnce(&Message) -> T) -> Option<T> {
        self.with(|core| core.conversation.get(id).map(read)).flatten()
    }

    /// Returns the messages whose state has changed since this was last asked; tracked, and woken also when an answer's text has grown.
    pub fn take_changes(self) -> Vec<MessageId> {
        self.track(|topics| &topics.changes);
        self.with(|core| std::mem::take(&mut core.changed)).unwrap_or_default()
    }

    /// Returns the answer that is awaited or arriving; not tracked.
    pub fn peek_answering(self) -> Option<MessageId> {
        self.with(|core| core.answering).flatten()
    }

    /// Returns the words for a phrase; tracked.
    pub fn phrase(self, phrase: Phrase) -> String {
        self.config().map(|config| config.strings.get(phrase).to_owned()).unwrap_or_default()
    }

    /// Returns the form of a phrase that goes with a number; tracked.
    pub fn phrase_for(self, phrase: Phrase, number: usize) -> String {
        let plain = self.phrase(phrase);
        #[allow(clippy::cast_precision_loss, reason = "nobody counts to 2^53")]
        let number = JsValue::from_f64(number as f64);
        let form = self.hooks().count.and_then(|count| count.call2(&JsValue::NULL, &phrase.key().into(), &number).ok());
        form.and_then(|form| form.as_string()).unwrap_or(plain)
    }

    pub(super) fn n_messages(self) -> usize {
        self.with(|core| core.conversation.messages().len()).unwrap_or(0)
    }

    pub(super) fn send_next(self) {
        let is_first = self.n_messages() == 0;
        let now = now_unix_secs();
        let sent = self.with(|core| {
            let Outgoing { text, metadata, files } = core.outbox.pop_front()?;
            let exchange = core.conversation.ask(text, now);
            core.conversation.attach(exchange.question, files);
            Some((exchange, metadata))
        });
        let Some((exchange, metadata)) = sent.flatten() else { return };
        self.notify(|topics| &topics.messages);
        if is_first {
            self.dispatch("conversation-start", "null");
        }
        self.dispatch_message("message-sent", exchange.question);
        self.run(exchange, metadata);
    }

    pub(super) fn run(self, exchange: Exchange, metadata: Option<String>) {
        self.need_conversation();
        self.set_answering(Some(exchange.answer));
        self.changed(exchange.answer);
        self.remember();
        let task = self.spawn(async move {
            if Part::Conversation.load().await {
                answer(self, exchange, metadata).await;
            } else {
                self.fail_answer(exchange.answer, &part_missing());
                self.end_answer(exchange.answer);
            }
        });
        self.with(|core| core.answer_task = task);
    }

    /// Ends an answer, however it went, and sends what waited behind it.
    pub(super) fn end_answer(self, answer: MessageId) {
        self.set_answering(None);
        self.set_notice(None);
        self.changed(answer);
        self.remember();
        self.report_end(answer);
        self.send_next();
    }

    pub(super) fn fail_answer(self, answer: MessageId, error: &ApiError) {
        self.with(|core| core.conversation.fail(answer, error.clone()));
        self.report_error(error);
    }

    /// Tells the view that a message's text and state may have changed.
    pub(super) fn changed(self, id: MessageId) {
        self.with(|core| {
            if !core.changed.contains(&id) {
                core.changed.push(id);
            }
        });
        self.changed_text();
    }

    /// Tells the view that the text of the answer has changed.
    pub(super) fn changed_text(self) {
        self.notify(|topics| &topics.changes);
    }

    fn set_answering(self, answering: Option<MessageId>) {
        self.with(|core| core.answering = answering);
        self.notify(|topics| &topics.answering);
    }
}
