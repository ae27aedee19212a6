//! Getting one answer: tries, retries, and what each failure before and after the first byte leads to.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Notice, Session};
use crate::browser::dom::random_hex;
use crate::browser::{http, timer};
use crate::chat::{Exchange, Message, MessageId, retry_delay_secs};
use crate::config::Config;
use crate::protocol::sse::Decoder;
use crate::protocol::{ApiError, Delivery, ErrorKind, Event, Turn};

/// What may be mended once per message without the visitor noticing.
struct Mendable {
    token: bool,
    conversation: bool,
}

impl Session {
    /// Awaits the answer to a question, in as many tries as make sense, and ends it one way or another.
    pub(super) async fn answer(self, exchange: Exchange, metadata: Option<String>) {
        let Exchange { question, answer } = exchange;
        let Some(text) = self.message(question, |message| message.content.clone()) else { return };
        // The same on every try: a server that knows it answers twice what was sent twice, and charges once.
        let idempotency_key = random_hex();
        // A conversation that was begun for this very message can not have been forgotten.
        let is_known = self.with(|core| core.session_id.is_some()).unwrap_or(false);
        let mut mendable = Mendable { token: true, conversation: is_known };
        let mut n_retries = 0;
        while let Err(error) = self.attempt(answer, &text, metadata.as_deref(), &idempotency_key).await {
            if self.message(answer, |message| !message.is_awaited()).unwrap_or(true) {
                // After the first byte nothing is sent again by itself.
                self.fail_answer(answer, &error);
                break;
            }
            if self.mend(&error, &mut mendable) {
                continue;
            }
            let Some(delay_secs) = retry_delay_secs(&error, n_retries, js_sys::Math::random()) else {
                self.fail_answer(answer, &error);
                break;
            };
            n_retries += 1;
            self.wait(delay_secs).await;
        }
        self.end_answer(answer);
    }

    async fn attempt(
        self,
        answer: MessageId,
        text: &str,
        metadata: Option<&str>,
        idempotency_key: &str,
    ) -> Result<(), Box<ApiError>> {
        let Some(config) = self.peek_config() else { return Ok(()) };
        let mut headers = self.headers(&config).await?;
        let session_id = self.ensure_session(&config, &headers).await?;
        headers.push(("Idempotency-Key".to_owned(), idempotency_key.to_owned()));
        let metadata = metadata.or(config.metadata.as_deref());
        let turn = Turn { assistant: &config.assistant, text, session_id: &session_id, user: &config.user, metadata };
        let delivery = if config.stream { Delivery::Stream } else { Delivery::Plain };
        let request = config.dialect.send(&turn, delivery);
        let response = http::send(&config.api_url.join(&request.path), &request, &headers).await?;

        let outcome: RefCell<Option<Result<(), Box<ApiError>>>> = RefCell::default();
        let mut on_event = |event: Event| match event {
            Event::Failed(error) => {
                outcome.replace(Some(Err(Box::new(error))));
            }
            Event::Finished(_) if self.message(answer, Message::is_awaited) == Some(true) => {
                outcome.replace(Some(Err(Box::new(ApiError::malformed("the answer is empty")))));
            }
            event => {
                if matches!(event, Event::Finished(_)) {
                    outcome.replace(Some(Ok(())));
                }
                self.apply(answer, event);
            }
        };
        if !response.is_stream() {
            config.dialect.decode_answer(&response.text().await?, &mut on_event)?;
            return outcome.take().unwrap_or(Ok(()));
        }
        let mut body = response.into_body()?;
        let mut decoder = Decoder::new();
        let mut malformed = None;
        loop {
            let chunk = body.next().await?;
            let mut on_frame = |frame| {
                if let Err(error) = config.dialect.decode_frame(&frame, &mut on_event) {
                    malformed.get_or_insert(error);
                }
            };
            match &chunk {
                Some(bytes) => decoder.push(bytes, &mut on_frame),
                None => decoder.finish(&mut on_frame),
            }
            self.changed_text();
            if outcome.borrow().is_some() || chunk.is_none() {
                break;
            }
        }
        if let Some(error) = malformed {
            // Reported once an answer, and never what ends it.
            self.report_error(&error);
        }
        outcome.take().unwrap_or_else(|| {
            Err(Box::new(ApiError::new(ErrorKind::Network, "the stream ended before the answer was complete")))
        })
    }

    fn apply(self, answer: MessageId, event: Event) {
        let is_first_text = matches!(event, Event::TextDelta(_)) && self.message(answer, Message::is_awaited) == Some(true);
        self.with(|core| core.conversation.apply(answer, event));
        if is_first_text {
            self.changed(answer);
            self.dispatch_message("stream-start", answer);
        }
    }

    /// Returns the conversation's id, begun first where the server names it.
    async fn ensure_session(self, config: &Rc<Config>, headers: &[(String, String)]) -> Result<String, Box<ApiError>> {
        if let Some(id) = self.with(|core| core.session_id.clone()).flatten() {
            return Ok(id);
        }
        let turn = Turn {
            assistant: &config.assistant,
            text: "",
            session_id: "",
            user: &config.user,
            metadata: config.metadata.as_deref(),
        };
        let id = match config.dialect.begin(&turn) {
            None => ["sess_", &random_hex()].concat(),
            Some(request) => {
                let response = http::send(&config.api_url.join(&request.path), &request, headers).await?;
                config.dialect.decode_begun(&response.text().await?)?
            }
        };
        self.with(|core| core.session_id = Some(id.clone()));
        self.remember();
        Ok(id)
    }

    /// Mends what can be mended silently, each once: an expired token, a conversation that the server has forgotten.
    fn mend(self, error: &ApiError, mendable: &mut Mendable) -> bool {
        match error.kind {
            ErrorKind::Unauthorized if std::mem::take(&mut mendable.token) => self.drop_token(),
            ErrorKind::NotFound if std::mem::take(&mut mendable.conversation) => self.drop_server_named_session(),
            _ => false,
        }
    }

    /// Forgets the conversation's id if the server gave it, so that the next try begins a new one.
    fn drop_server_named_session(self) -> bool {
        let Some(config) = self.peek_config() else { return false };
        let turn = Turn { assistant: &config.assistant, text: "", session_id: "", user: &config.user, metadata: None };
        config.dialect.begin(&turn).is_some() && self.with(|core| core.session_id.take()).flatten().is_some()
    }

    /// Waits for the next try, and says so from the first full second on.
    async fn wait(self, delay_secs: f64) {
        let mut left = delay_secs;
        while left > 0.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "two minutes at most")]
            let seconds_left = left.ceil() as u32;
            self.set_notice((delay_secs >= 1.0).then_some(Notice::Retrying { seconds_left }));
            timer::sleep_secs(left.min(1.0)).await;
            left -= 1.0;
        }
        self.set_notice(None);
    }

    pub(super) fn set_notice(self, notice: Option<Notice>) {
        self.with(|core| core.notice = notice);
        self.notify(|topics| &topics.notice);
    }
}
