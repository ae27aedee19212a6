//! Getting one answer: tries, retries, and what each failure before and after the first byte leads to.
//!
//! In the part of the program that comes with the first message (`xtask/src/dist/wasm.rs`).

use std::cell::RefCell;
use std::pin::Pin;

use super::patience::{DEAF_SECS, limit_secs};
use super::state::Sent;
use super::tools::{self, Rounds};
use super::{Notice, Session};
use crate::browser::dom::{page_path, random_hex};
use crate::browser::event_source::open_events;
use crate::browser::{http, timer};
use crate::chat::{Exchange, Message, name_files, retry_delay_secs};
use crate::config::Config;
use crate::protocol::{AnswerDecoder, ApiError, Delivery, ErrorKind, Event, Finish, Request, Turn};

/// One message on its way, and what its tries have in common.
struct Asking {
    session: Session,
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
    /// A stream that the browser reads itself.
    Events(http::Body),
}

/// Awaits the answer to a question, in as many tries as make sense, and ends it one way or another.
#[inline(never)]
pub(super) fn answer(session: Session, exchange: Exchange, metadata: Option<String>) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        let answer = exchange.answer;
        let Some(mut asking) = Asking::new(session, exchange, metadata) else { return };
        if let Err(error) = asking.try_until_done().await {
            session.fail_answer(answer, &error);
        }
        session.with(|core| core.last_event_id.clear());
        session.end_answer(answer);
    })
}

impl Asking {
    /// Prepares to send a question: as it was sent before, or for the first time.
    fn new(session: Session, exchange: Exchange, metadata: Option<String>) -> Option<Self> {
        let question = exchange.question;
        session.with(|core| {
            let before = core.sent.take().filter(|sent| sent.question == question);
            let sent = before.unwrap_or_else(|| Sent { question, metadata, idempotency_key: random_hex() });
            core.sent = Some(sent.clone());
            Self {
                session,
                exchange,
                sent,
                rounds: Rounds::default(),
                is_posted: false,
                can_mend_token: true,
                // A conversation that was begun for this very message can not have been forgotten.
                can_mend_conversation: core.session_id.is_some(),
            }
        })
    }

    /// Tries as often as makes sense.
    async fn try_until_done(&mut self) -> Result<(), Box<ApiError>> {
        // What cut the answer off after its first words; for one that is taken up again, that was the page's own leaving.
        let mut cut = (!self.is_silent()).then(|| Box::new(ApiError::left()));
        let mut n_retries = 0;
        while let Err(error) = self.attempt_rounds().await {
            let is_silent = self.is_silent();
            if is_silent && self.mend(&error) {
                continue;
            }
            // After the first words nothing is sent again by itself; only the rest is asked for, where a server has it. Nor is it when our
            // patience has ended: the visitor's has too.
            let is_given_up = error.kind == ErrorKind::Timeout && error.status.is_none();
            let may_go_on = (is_silent && !is_given_up) || self.rest().is_some();
            let delay_secs = retry_delay_secs(&error, n_retries, js_sys::Math::random()).filter(|_| may_go_on);
            let Some(delay_secs) = delay_secs else { return Err(cut.unwrap_or(error)) };
            if !is_silent {
                cut.get_or_insert(error);
            }
            n_retries += 1;
            self.wait(delay_secs).await;
        }
        Ok(())
    }

    /// Attempts, and goes on in the same message as often as the page has answered calls of it.
    async fn attempt_rounds(&mut self) -> Result<(), Box<ApiError>> {
        loop {
            let paused = self.attempt().await?;
            if paused.is_none() && self.rounds.done.is_empty() {
                return Ok(());
            }
            // A page that offers tools has had the part fetched before it asked.
            if !tools::answer_calls(self.session, self.exchange.answer, &mut self.rounds, paused).await? {
                return Ok(());
            }
            // What is sent now is another message.
            self.sent.idempotency_key = random_hex();
            self.is_posted = false;
        }
    }

    /// Asks once, and follows the answer to its end. Returns what was told at the end of one that waits for the page.
    async fn attempt(&mut self) -> Result<Option<Finish>, Box<ApiError>> {
        let session = self.session;
        let Some(config) = session.peek_config() else { return Ok(None) };
        let answer = self.exchange.answer;
        let mut limit_secs = limit_secs(&config);
        let coming = session.patiently(limit_secs, self.ask(&config)).await?;

        let outcome: RefCell<Option<Result<Option<Finish>, Box<ApiError>>>> = RefCell::default();
        // What comes at once is added to the answer at once: a burst has thousands of pieces.
        let pieces = RefCell::<String>::default();
        let add_pieces = || {
            let text = pieces.take();
            if !text.is_empty() {
                self.apply(&config, Event::TextDelta(text));
            }
        };
        let mut on_event = |event: Event| {
            if let Event::TextDelta(piece) = &event {
                pieces.borrow_mut().push_str(piece);
                return;
            }
            add_pieces();
            if let Event::Finished(finish) = &event
                && let Some(id) = &finish.session_id
            {
                // Where the server names the session, the next message goes on in it.
                session.with(|core| core.session_id = Some(id.clone()));
            }
            let ended = match event {
                Event::Failed(error) => Err(Box::new(error)),
                Event::Finished(finish) if session.waits_for_page(&config, answer) => Ok(Some(finish)),
                Event::Finished(_) if self.is_silent() => Err(Box::new(ApiError::malformed("the answer is empty"))),
                event => {
                    let is_end = event.is_end();
                    self.apply(&config, event);
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
            Coming::Events(body) => {
                limit_secs = DEAF_SECS;
                body
            }
        };
        let mut decoder = AnswerDecoder::new(config.dialect);
        let mut malformed = None;
        loop {
            let chunk = session.patiently(limit_secs, body.next()).await?;
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
            add_pieces();
            session.with(|core| {
                decoder.last_event_id().clone_into(&mut core.last_event_id);
                // Learned from answers that are listened for only: elsewhere nothing is read by an `EventSource`.
                core.suits_event_source |= self.is_posted && decoder.suits_event_source();
            });
            session.changed_text();
            if outcome.borrow().is_some() || chunk.is_none() {
                break;
            }
        }
        if let Some(error) = malformed {
            // Reported once an answer, and never what ends it.
            session.report_error(&error);
        }
        outcome.take().unwrap_or_else(|| Err(http::cut_off()))
    }

    /// Sends the message, unless the server has it, and returns the answer that begins to come.
    async fn ask(&mut self, config: &Config) -> Result<Coming, Box<ApiError>> {
        let mut headers = self.session.headers(config).await?;
        let session_id = self.ensure_session(config, &headers).await?;
        if let Some((rest, last_event_id)) = self.rest() {
            headers.push(("Last-Event-ID".to_owned(), last_event_id));
            let response = http::send(&config.api_url.join(&rest.path), &rest, &headers).await?;
            return Ok(Coming::Stream(response.into_body()?));
        }
        let needs_headers = !headers.is_empty();
        headers.push(("Idempotency-Key".to_owned(), self.sent.idempotency_key.clone()));
        let delivery = if config.stream { Delivery::Stream } else { Delivery::Plain };
        let listen = config.dialect.listen(&session_id).filter(|_| config.stream);
        let message = self.session.with(|core| {
            let question = core.conversation.get(self.exchange.question)?;
            // The part for it is here: `headers` has seen to that.
            let attachments = question.files().map(|files| name_files(files, config.dialect)).unwrap_or_default();
            let turn = Turn {
                attachments: &attachments,
                metadata: self.sent.metadata.as_deref().or(config.metadata.as_deref()),
                earlier: &core.conversation.before(question.id),
                tools: &config.tools,
                tool_rounds: &self.rounds.done,
                ..Turn::new(&config.assistant, &question.content, &session_id, &config.user)
            };
            Some(config.dialect.send(&turn, delivery))
        });
        let mut request = match (message.flatten(), &listen) {
            (_, Some(listen)) if self.is_posted => listen.clone(),
            (Some(message), _) => message,
            (None, _) => return Err(Box::new(ApiError::malformed("the question is gone"))),
        };
        loop {
            let url = config.api_url.join(&request.path);
            let may_listen = self.is_posted && !needs_headers;
            if may_listen && self.session.with(|core| core.suits_event_source) == Some(true) {
                if let Some(body) = open_events(&url).await {
                    return Ok(Coming::Events(body));
                }
                // A fetch of the same tells why. Until an answer has come in that way, so are the next.
                self.session.with(|core| core.suits_event_source = false);
            }
            let response = http::send(&url, &request, &headers).await?;
            if response.is_stream() {
                return Ok(Coming::Stream(response.into_body()?));
            }
            let text = response.text().await?;
            match &listen {
                Some(listen) if !self.is_posted && !config.dialect.is_answer(&text) => {
                    self.is_posted = true;
                    request = listen.clone();
                }
                _ => return Ok(Coming::Whole(text)),
            }
        }
    }

    /// Describes the request for the rest of an answer that was cut off, with the id that it goes on after. `None` where no server has it.
    fn rest(&self) -> Option<(Request, String)> {
        let last_event_id = self.session.with(|core| core.last_event_id.clone()).filter(|_| !self.is_silent())?;
        Some((Request::resume(&last_event_id)?, last_event_id))
    }

    /// Whether the answer is awaited, and neither a text nor a tool call of it has come, or none since the page has answered.
    fn is_silent(&self) -> bool {
        let is_silent = |message: &Message| message.is_paused() || (message.is_awaited() && message.tools.is_empty());
        self.session.message(self.exchange.answer, is_silent) == Some(true)
    }

    fn apply(&self, config: &Config, event: Event) {
        let (session, answer) = (self.session, self.exchange.answer);
        let is_first_text =
            matches!(event, Event::TextDelta(_)) && session.message(answer, |message| message.is_awaited()) == Some(true);
        let is_activity = session.is_activity(config, answer, &event);
        session.with(|core| core.conversation.apply(answer, event));
        if is_activity {
            session.show_activity(answer);
        }
        if is_first_text {
            session.changed(answer);
            session.dispatch_message("stream-start", answer);
        }
    }

    /// Returns the conversation's id, begun first where the server names it.
    async fn ensure_session(&self, config: &Config, headers: &[(String, String)]) -> Result<String, Box<ApiError>> {
        if let Some(id) = self.session.with(|core| core.session_id.clone()).flatten() {
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
        self.session.with(|core| core.session_id = Some(id.clone()));
        self.session.remember();
        Ok(id)
    }

    /// Mends what can be mended silently, each once: an expired token, a conversation that the server has forgotten.
    fn mend(&mut self, error: &ApiError) -> bool {
        match error.kind {
            ErrorKind::Unauthorized if std::mem::take(&mut self.can_mend_token) => self.session.drop_token(),
            ErrorKind::NotFound if std::mem::take(&mut self.can_mend_conversation) => {
                // What was posted is forgotten too.
                self.is_posted = false;
                self.drop_server_named_session()
            }
            _ => false,
        }
    }

    /// Forgets the conversation's id if the server gave it, so that the next try begins a new one.
    fn drop_server_named_session(&self) -> bool {
        let is_servers = self.session.peek_config().is_some_and(|config| config.dialect.names_sessions());
        is_servers && self.session.with(|core| core.session_id.take()).flatten().is_some()
    }

    /// Waits for the next try, and says so from the first full second on.
    async fn wait(&self, delay_secs: f64) {
        let mut left = delay_secs;
        while left > 0.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "two minutes at most")]
            let seconds_left = left.ceil() as u32;
            self.session.set_notice((delay_secs >= 1.0).then_some(Notice::Retrying { seconds_left }));
            timer::sleep_secs(left.min(1.0)).await;
            left -= 1.0;
        }
        self.session.set_notice(None);
    }
}
