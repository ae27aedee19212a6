//! The real API, in any of its dialects, with the secret key. The only file that sends the key anywhere.
//!
//! Answers are decoded as they come and never held back; dropping an answer closes its connection. What the upstream says of the key
//! is for the owner's log, not for the page.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use assisters_chat::protocol::sse::Decoder;
use assisters_chat::protocol::{ApiError, Delivery, Dialect, ErrorKind, Event, Request, ResponseHead, Turn, decode_error};
use async_trait::async_trait;
use futures_util::stream;
use serde_json::Value;

use super::{Answer, Asked, Assistant, Period, Question, Upstream};
use crate::clock::Clock;
use crate::secret::Secret;

/// A server that does not take the connection for so long is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Silence for so long, in an answer or before it, is a dead connection. There is no limit on the whole: answers may be long.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(120);

/// No error or card is larger.
const DOCUMENT_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// How long a card is good, and how many are kept.
const CARD_SECS: u64 = 60;
const CARDS_LIMIT: usize = 1_000;

/// Asks the real API.
pub struct AssistersUpstream {
    client: reqwest::Client,
    url: String,
    dialect: Dialect,
    key: Secret,
    clock: Clock,
    /// Cards asked for lately, with the time they are good until: every visitor who opens a chat asks for one, and each request
    /// counts against the key's limit.
    cards: Mutex<HashMap<String, (u64, Assistant)>>,
}

impl AssistersUpstream {
    /// Makes the client; nothing is sent yet.
    ///
    /// # Errors
    /// When the TLS library can not start.
    pub fn new(url: String, dialect: Dialect, key: Secret, clock: Clock) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE_TIMEOUT)
            // A redirect would take the key, or the visitor's words, to a server nobody chose.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("assisters-gateway/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, url, dialect, key, clock, cards: Mutex::default() })
    }

    async fn send(&self, request: &Request, idempotency_key: Option<&str>) -> Result<reqwest::Response, ApiError> {
        let method = match request.method {
            assisters_chat::protocol::Method::Get => reqwest::Method::GET,
            assisters_chat::protocol::Method::Post => reqwest::Method::POST,
            assisters_chat::protocol::Method::Delete => reqwest::Method::DELETE,
        };
        let mut call = self
            .client
            .request(method, format!("{}{}", self.url, request.path))
            .bearer_auth(self.key.expose())
            .header(reqwest::header::ACCEPT, request.accept());
        if let Some(key) = idempotency_key {
            call = call.header("Idempotency-Key", key);
        }
        if let Some(body) = &request.body {
            call = call.header(reqwest::header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = call.send().await.map_err(|error| unreachable_error(&error))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(response).await) }
    }

    async fn document(&self, request: &Request) -> Result<Value, ApiError> {
        let text = text(self.send(request, None).await?).await?;
        serde_json::from_str(&text).map_err(|error| ApiError::malformed(format!("the upstream's answer is no JSON: {error}")))
    }

    /// Reads an error answer, and keeps from the page what is only the owner's business.
    async fn refusal(&self, response: reqwest::Response) -> ApiError {
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (retry_after, reset) = (header("retry-after"), header("x-ratelimit-reset"));
        let body = text(response).await.unwrap_or_default();
        #[allow(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
        let head = ResponseHead {
            status,
            retry_after: retry_after.as_deref(),
            rate_limit_reset: reset.as_deref(),
            now_unix_secs: self.clock.now_secs() as f64,
        };
        presentable(decode_error(head, &body), &self.key)
    }

    /// Returns the upstream's own conversation: the known one, or a new one.
    async fn conversation(&self, question: &Question) -> Result<String, ApiError> {
        if let Some(known) = &question.upstream_id {
            return Ok(known.clone());
        }
        match self.dialect.begin(&turn(question, "", &question.metadata.to_string())) {
            None => Ok(question.suggested_id.clone()),
            Some(request) => {
                let response = self.send(&request, Some(&format!("{}-begin", question.idempotency_key))).await?;
                self.dialect.decode_begun(&text(response).await?)
            }
        }
    }

    async fn ask_in(&self, question: &Question, conversation: &str) -> Result<Answer, ApiError> {
        let request = self.dialect.send(&turn(question, conversation, &question.metadata.to_string()), question.delivery);
        let response = self.send(&request, Some(&question.idempotency_key)).await?;
        let content_type =
            response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if question.delivery == Delivery::Stream && content_type.starts_with("text/event-stream") {
            let reading = Reading {
                response: Some(response),
                decoder: Decoder::new(),
                dialect: self.dialect,
                key: self.key.clone(),
                events: VecDeque::new(),
            };
            return Ok(Box::pin(stream::unfold(reading, Reading::next)));
        }
        let mut events = Vec::new();
        self.dialect.decode_answer(&text(response).await?, &mut |event| events.push(event))?;
        let key = self.key.clone();
        let events = events.into_iter().map(move |event| match event {
            Event::Failed(error) => Event::Failed(presentable(error, &key)),
            other => other,
        });
        Ok(Box::pin(stream::iter(events)))
    }
}

#[async_trait]
impl Upstream for AssistersUpstream {
    async fn ask(&self, question: Question) -> Result<Asked, ApiError> {
        let conversation = self.conversation(&question).await?;
        match self.ask_in(&question, &conversation).await {
            // The upstream forgot a conversation that we still know: it goes on in a new one.
            Err(error)
                if error.kind == ErrorKind::NotFound
                    && question.upstream_id.is_some()
                    && self.dialect.begin(&turn(&question, "", "")).is_some() =>
            {
                let question = Question { upstream_id: None, ..question };
                let conversation = self.conversation(&question).await?;
                Ok(Asked { answer: self.ask_in(&question, &conversation).await?, upstream_id: Some(conversation) })
            }
            answer => Ok(Asked { answer: answer?, upstream_id: Some(conversation) }),
        }
    }

    async fn assistants(&self) -> Result<Vec<Assistant>, ApiError> {
        let list = self.document(&Request::get("/assistants?limit=100".to_owned())).await?;
        let entries = [list.get("assistants"), list.get("data"), Some(&list)].into_iter().flatten().find_map(Value::as_array);
        let entries = entries.ok_or_else(|| ApiError::malformed("the list of assistants is no list"))?;
        Ok(entries.iter().cloned().filter_map(Assistant::read).collect())
    }

    async fn assistant(&self, name: &str) -> Result<Assistant, ApiError> {
        let now = self.clock.now_secs();
        // A panic leaves a card that is asked for again.
        let cards = || self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, card)) = cards().get(name).filter(|(good_until, _)| *good_until > now) {
            return Ok(card.clone());
        }
        let card = self.document(&self.dialect.card(name)).await?;
        let card = Assistant::read(card).ok_or_else(|| ApiError::malformed("the assistant has neither a slug nor an id"))?;
        let mut cards = cards();
        // Only names that the upstream knows get here; the limit is for one that knows them all.
        cards.retain(|_, (good_until, _)| *good_until > now);
        if cards.len() < CARDS_LIMIT {
            cards.insert(name.to_owned(), (now + CARD_SECS, card.clone()));
        }
        Ok(card)
    }

    async fn forget(&self, upstream_id: &str) -> Result<(), ApiError> {
        match self.send(&self.dialect.forget(upstream_id), None).await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn usage(&self, period: &Period) -> Result<Option<Value>, ApiError> {
        match self.dialect {
            Dialect::Chat => {
                self.document(&Request::get(format!("/usage?start={}&end={}", period.start, period.end))).await.map(Some)
            }
            // Its document has no account.
            Dialect::Conversations => Ok(None),
        }
    }

    async fn wallet(&self) -> Result<Option<Value>, ApiError> {
        match self.dialect {
            Dialect::Chat => self.document(&Request::get("/wallet".to_owned())).await.map(Some),
            Dialect::Conversations => Ok(None),
        }
    }
}

/// An answer on its way.
struct Reading {
    /// Gone when the answer is over.
    response: Option<reqwest::Response>,
    decoder: Decoder,
    dialect: Dialect,
    key: Secret,
    events: VecDeque<Event>,
}

impl Reading {
    async fn next(mut self) -> Option<(Event, Self)> {
        loop {
            if let Some(event) = self.events.pop_front() {
                if matches!(event, Event::Finished(_) | Event::Failed(_)) {
                    self.response = None;
                    self.events.clear();
                }
                return Some((event, self));
            }
            match self.response.as_mut()?.chunk().await {
                Ok(Some(bytes)) => self.decode(Some(&bytes)),
                Ok(None) => {
                    self.response = None;
                    self.decode(None);
                }
                Err(error) => {
                    self.response = None;
                    self.events.push_back(Event::Failed(unreachable_error(&error)));
                }
            }
        }
    }

    /// Decodes the next bytes, or the end.
    fn decode(&mut self, bytes: Option<&[u8]>) {
        let Self { decoder, dialect, key, events, .. } = self;
        let mut on_event = |event| {
            events.push_back(match event {
                Event::Failed(error) => Event::Failed(presentable(error, key)),
                other => other,
            });
        };
        let mut on_frame = |frame| {
            if let Err(error) = dialect.decode_frame(&frame, &mut on_event) {
                tracing::warn!(error = %key.redact(&error.message), "the upstream sent a frame that can not be read; it is skipped");
            }
        };
        match bytes {
            Some(bytes) => decoder.push(bytes, &mut on_frame),
            None => decoder.finish(&mut on_frame),
        }
    }
}

fn turn<'a>(question: &'a Question, session_id: &'a str, metadata: &'a str) -> Turn<'a> {
    let metadata = question.metadata.is_object().then_some(metadata);
    Turn { assistant: &question.assistant, text: &question.text, session_id, user: &question.user, metadata }
}

/// Reads a document that is not larger than it can sensibly be.
async fn text(mut response: reqwest::Response) -> Result<String, ApiError> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(|error| unreachable_error(&error))? {
        if body.len() + bytes.len() > DOCUMENT_LIMIT_BYTES {
            return Err(ApiError::malformed("the upstream's answer is too large"));
        }
        body.extend_from_slice(&bytes);
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn unreachable_error(error: &reqwest::Error) -> ApiError {
    // The error's own words may name hosts inside the owner's network: they go to the log only.
    tracing::warn!(error = ?error, "the upstream failed");
    if error.is_timeout() {
        ApiError::new(ErrorKind::Timeout, "The assistant did not answer in time.")
    } else if error.is_connect() {
        ApiError::new(ErrorKind::Network, "The assistant can not be reached at the moment.")
    } else {
        ApiError::new(ErrorKind::Network, "The connection to the assistant broke.")
    }
}

/// Returns the error as the page may see it.
///
/// A 401 or 403 of the upstream is about the gateway's key, not about the visitor's token: a page that took it for the latter
/// would ask for new tokens for ever. Its message may quote the key.
fn presentable(error: ApiError, key: &Secret) -> ApiError {
    let message = key.redact(&error.message);
    match error.kind {
        ErrorKind::Unauthorized | ErrorKind::Forbidden => {
            tracing::error!(
                status = error.status,
                code = error.code,
                "the upstream refused the gateway's key; check ASSISTERS_API_KEY"
            );
            ApiError {
                kind: ErrorKind::Server,
                code: Some("upstream_unauthorized".to_owned()),
                status: Some(502),
                retry_after_secs: None,
                message: "The assistant's service did not accept this site's access. The site's owner can find the cause in the gateway's log."
                    .to_owned(),
            }
        }
        _ => ApiError { message, code: error.code.map(|code| key.redact(&code)), ..error },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_error_never_quotes_the_key() {
        let key: Secret = "sk-live-1234".parse().unwrap();
        for (kind, status) in [(ErrorKind::Unauthorized, 401), (ErrorKind::Forbidden, 403), (ErrorKind::Server, 500)] {
            let error = ApiError {
                kind,
                code: Some("bad sk-live-1234".into()),
                status: Some(status),
                retry_after_secs: None,
                message: "key sk-live-1234 is wrong".into(),
            };
            assert!(!format!("{:?}", presentable(error, &key)).contains("1234"), "{kind:?}");
        }
    }
}
