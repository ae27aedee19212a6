//! Getting one answer: tries, retries, and what each failure before and after the first byte leads to.

use std::cell::RefCell;
use std::rc::Rc;

use super::state::Sent;
use super::tools::{self, Rounds};
use super::{Notice, Session};
use crate::browser::dom::{page_path, random_hex};
use crate::browser::{http, timer};
use crate::chat::{Exchange, Message, MessageId, name_files, retry_delay_secs};
use crate::config::Config;
use crate::protocol::{AnswerDecoder, ApiError, Delivery, ErrorKind, Event, Finish, Request, Turn};

/// One message on its way, and what its tries have in common.
struct Asking {
    exchange: Exchange,
    sent: Sent,
    /// Calls of this answer that the page has answered.
    rounds: Rounds,
    /// The server has the message: only the answer is still to be asked for.
    is_posted: bool,
    /// What may be mended once per message without the visitor noticing.
    can_mend_token: bool,
    can_mend_conversation: bool,
}

/// An answer whose head has come.
enum Coming {
    Whole(String),
    Stream(http::Body),
}

impl Session {
    /// Awaits the answer to a question, in as many tries as make sense, and ends it one way or another.
    pub(super) async fn answer(self, exchange: Exchange, metadata: Option<String>) {
        let answer = exchange.answer;
        let Some(sent) = self.sent(exchange.question, metadata) else { return };
        let mut asking = Asking {
            exchange,
            sent,
            rounds: Rounds::default(),
            is_posted: false,
            can_mend_token: true,
            // A conversation that was begun for this very message can not have been forgotten.
            can_mend_conversation: self.with(|core| core.session_id.is_some()).unwrap_or(false),
        };
        // What cut the answer off after its first words; for one that is taken up again, that was the page's own leaving.
        let mut cut = (!self.is_silent(answer)).then(|| Box::new(ApiError::left()));
        let mut n_retries = 0;
        while let Err(error) = self.attempt_rounds(&mut asking).await {
            let is_silent = self.is_silent(answer);
            if is_silent && self.mend(&error, &mut asking) {
                continue;
            }
            // After the first words nothing is sent again by itself; only the rest is asked for, where a server has it. Nor is it when our
            // patience has ended: the visitor's has too.
            let is_given_up = error.kind == ErrorKind::Timeout && error.status.is_none();
            let may_go_on = (is_silent && !is_given_up) || self.rest(answer).is_some();
            let delay_secs = retry_delay_secs(&error, n_retries, js_sys::Math::random()).filter(|_| may_go_on);
            let Some(delay_secs) = delay_secs else {
                self.fail_answer(answer, cut.as_ref().unwrap_or(&error));
                break;
            };
            if !is_silent {
                cut.get_or_insert(error);
            }
            n_retries += 1;
            self.wait(delay_secs).await;
        }
        self.with(|core| core.last_event_id.clear());
        self.end_answer(answer);
    }

    /// Attempts, and goes on in the same message as often as the page has answered calls of it.
    async fn attempt_rounds(self, asking: &mut Asking) -> Result<(), Box<ApiError>> {
        loop {
            let paused = self.attempt(asking).await?;
            if paused.is_none() && asking.rounds.done.is_empty() {
                return Ok(());
            }
            // A page that offers tools has had the part fetched before it asked.
            if !tools::answer_calls(self, asking.exchange.answer, &mut asking.rounds, paused).await? {
                return Ok(());
            }
            // What is sent now is another message.
            asking.sent.idempotency_key = random_hex();
            asking.is_posted = false;
        }
    }

    /// Asks once, and follows the answer to its end. Returns what was told at the end of one that waits for the page.
    async fn attempt(self, asking: &mut Asking) -> Result<Option<Finish>, Box<ApiError>> {
        let Some(config) = self.peek_config() else { return Ok(None) };
        let answer = asking.exchange.answer;
        let coming = self.patiently(&config, self.ask(&config, asking)).await?;

        let outcome: RefCell<Option<Result<Option<Finish>, Box<ApiError>>>> = RefCell::default();
        let mut on_event = |event: Event| {
            if let Event::Finished(finish) = &event
                && let Some(id) = &finish.session_id
            {
                // Where the server names the session, the next message goes on in it.
                self.with(|core| core.session_id = Some(id.clone()));
            }
            let ended = match event {
                Event::Failed(error) => Err(Box::new(error)),
                Event::Finished(finish) if self.waits_for_page(&config, answer) => Ok(Some(finish)),
                Event::Finished(_) if self.is_silent(answer) => Err(Box::new(ApiError::malformed("the answer is empty"))),
                event => {
                    let is_end = event.is_end();
                    self.apply(&config, answer, event);
                    if !is_end {
                        return;
                    }
                    Ok(None)
                }
            };
            outcome.replace(Some(ended));
        };
        let mut body = match coming {
            Coming::Whole(text) => {
                config.dialect.decode_answer(&text, &mut on_event)?;
                return outcome.take().unwrap_or(Ok(None));
            }
            Coming::Stream(body) => body,
        };
        let mut decoder = AnswerDecoder::new(config.dialect);
        let mut malformed = None;
        loop {
            let chunk = self.patiently(&config, body.next()).await?;
            let mut on_decoded = |decoded: Result<Event, ApiError>| match decoded {
                Ok(event) => on_event(event),
                Err(error) => {
                    malformed.get_or_insert(error);
                }
            };
            match &chunk {
                Some(bytes) => decoder.push(bytes, &mut on_decoded),
                None => decoder.finish(&mut on_decoded),
            }
            self.with(|core| decoder.last_event_id().clone_into(&mut core.last_event_id));
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

    /// Sends the message, unless the server has it, and returns the answer that begins to come.
    async fn ask(self, config: &Rc<Config>, asking: &mut Asking) -> Result<Coming, Box<ApiError>> {
        let mut headers = self.headers(config).await?;
        let session_id = self.ensure_session(config, &headers).await?;
        if let Some((rest, last_event_id)) = self.rest(asking.exchange.answer) {
            headers.push(("Last-Event-ID".to_owned(), last_event_id));
            let response = http::send(&config.api_url.join(&rest.path), &rest, &headers).await?;
            return Ok(Coming::Stream(response.into_body()?));
        }
        headers.push(("Idempotency-Key".to_owned(), asking.sent.idempotency_key.clone()));
        let delivery = if config.stream { Delivery::Stream } else { Delivery::Plain };
        let listen = config.dialect.listen(&session_id).filter(|_| config.stream);
        let message = self.with(|core| {
            let question = core.conversation.get(asking.exchange.question)?;
            // The part for it is here: `headers` has seen to that.
            let attachments = question.files().map(|files| name_files(files, config.dialect)).unwrap_or_default();
            let turn = Turn {
                attachments: &attachments,
                metadata: asking.sent.metadata.as_deref().or(config.metadata.as_deref()),
                earlier: &core.conversation.before(question.id),
                tools: &config.tools,
                tool_rounds: &asking.rounds.done,
                ..Turn::new(&config.assistant, &question.content, &session_id, &config.user)
            };
            Some(config.dialect.send(&turn, delivery))
        });
        let mut request = match (message.flatten(), &listen) {
            (_, Some(listen)) if asking.is_posted => listen.clone(),
            (Some(message), _) => message,
            (None, _) => return Err(Box::new(ApiError::malformed("the question is gone"))),
        };
        loop {
            let response = http::send(&config.api_url.join(&request.path), &request, &headers).await?;
            if response.is_stream() {
                return Ok(Coming::Stream(response.into_body()?));
            }
            let text = response.text().await?;
            match &listen {
                Some(listen) if !asking.is_posted && !config.dialect.is_answer(&text) => {
                    asking.is_posted = true;
                    request = listen.clone();
                }
                _ => return Ok(Coming::Whole(text)),
            }
        }
    }

    /// Returns how a question is sent: as it was before, or for the first time.
    fn sent(self, question: MessageId, metadata: Option<String>) -> Option<Sent> {
        self.with(|core| {
            let before = core.sent.take().filter(|sent| sent.question == question);
            let sent = before.unwrap_or_else(|| Sent { question, metadata, idempotency_key: random_hex() });
            core.sent = Some(sent.clone());
            sent
        })
    }

    /// Describes the request for the rest of an answer that was cut off, with the id that it goes on after. `None` where no server has it.
    fn rest(self, answer: MessageId) -> Option<(Request, String)> {
        let last_event_id = self.with(|core| core.last_event_id.clone()).filter(|_| !self.is_silent(answer))?;
        Some((Request::resume(&last_event_id)?, last_event_id))
    }

    /// Whether the answer is awaited, and neither a text nor a tool call of it has come, or none since the page has answered.
    fn is_silent(self, answer: MessageId) -> bool {
        let is_silent = |message: &Message| message.is_paused() || (message.is_awaited() && message.tools.is_empty());
        self.message(answer, is_silent) == Some(true)
    }

    fn apply(self, config: &Config, answer: MessageId, event: Event) {
        let is_first_text =
            matches!(event, Event::TextDelta(_)) && self.message(answer, |message| message.is_awaited()) == Some(true);
        let is_activity = self.is_activity(config, answer, &event);
        self.with(|core| core.conversation.apply(answer, event));
        if is_activity {
            self.show_activity(answer);
        }
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
        let made = ["sess_", &random_hex()].concat();
        let turn = Turn {
            metadata: config.metadata.as_deref(),
            page: &page_path(),
            ..Turn::new(&config.assistant, "", &made, &config.user)
        };
        let id = match config.dialect.begin(&turn) {
            // The first answer names it.
            None if config.dialect.names_sessions() => return Ok(String::new()),
            None => made,
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
    fn mend(self, error: &ApiError, asking: &mut Asking) -> bool {
        match error.kind {
            ErrorKind::Unauthorized if std::mem::take(&mut asking.can_mend_token) => self.drop_token(),
            ErrorKind::NotFound if std::mem::take(&mut asking.can_mend_conversation) => {
                // What was posted is forgotten too.
                asking.is_posted = false;
                self.drop_server_named_session()
            }
            _ => false,
        }
    }

    /// Forgets the conversation's id if the server gave it, so that the next try begins a new one.
    fn drop_server_named_session(self) -> bool {
        let is_servers = self.peek_config().is_some_and(|config| config.dialect.names_sessions());
        is_servers && self.with(|core| core.session_id.take()).flatten().is_some()
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
