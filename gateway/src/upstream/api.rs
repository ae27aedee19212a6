//! Another server: the real API, in any of its dialects, or any that has chat completions. The only file that sends the key anywhere.
//!
//! What the upstream says of the key is for the owner's log, not for the page.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use assisters_chat::protocol::{
    AnswerDecoder, ApiError, Delivery, Dialect, ErrorKind, Event, RateLimit, Request, ResponseHead, Role, Said, Turn,
    decode_error,
};
use async_trait::async_trait;
use futures_util::stream;
use serde_json::Value;

use super::persona;
use super::reading::{Reading, presentable, text, unreachable_error};
use super::{Answer, Asked, Assistant, Period, Question, Upstream, assistant_not_found};
use crate::clock::Clock;
use crate::config::ApiConfig;

/// A server that does not take the connection for so long is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Silence for so long, in an answer or before it, is a dead connection. There is no limit on the whole: answers may be long.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a card is good, and how many are kept.
const CARD_SECS: u64 = 60;
const CARDS_LIMIT: usize = 1_000;

/// Asks another server.
pub(crate) struct ApiUpstream {
    client: reqwest::Client,
    api: ApiConfig,
    /// The assistants that pages may talk to, where the server knows none.
    assistants: Vec<String>,
    clock: Clock,
    /// Cards asked for lately, with the time they are good until: every visitor who opens a chat asks for one, and each request
    /// counts against the key's limit.
    cards: Mutex<HashMap<String, (u64, Assistant)>>,
}

impl ApiUpstream {
    /// Makes the client; nothing is sent yet.
    ///
    /// # Errors
    /// When the TLS library can not start.
    pub fn new(api: ApiConfig, assistants: Vec<String>, clock: Clock) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE_TIMEOUT)
            // A redirect would take the key, or the visitor's words, to a server nobody chose.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("assisters-gateway/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, api, assistants, clock, cards: Mutex::default() })
    }

    async fn send(&self, request: &Request, idempotency_key: Option<&str>) -> Result<reqwest::Response, ApiError> {
        let method = match request.method {
            assisters_chat::protocol::Method::Get => reqwest::Method::GET,
            assisters_chat::protocol::Method::Post => reqwest::Method::POST,
            assisters_chat::protocol::Method::Delete => reqwest::Method::DELETE,
        };
        let mut call = self
            .client
            .request(method, format!("{}{}", self.api.url, request.path))
            .header(reqwest::header::ACCEPT, request.accept());
        if let Some(key) = &self.api.api_key {
            call = call.bearer_auth(key.expose());
        }
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
        #[allow(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
        let now_unix_secs = self.clock.now_secs() as f64;
        let retry_after = header("retry-after");
        let rate_limit = RateLimit::read(&header, now_unix_secs);
        let body = text(response).await.unwrap_or_default();
        let head = ResponseHead { status, retry_after: retry_after.as_deref(), rate_limit, now_unix_secs };
        presentable(decode_error(head, &body), self.api.api_key.as_ref())
    }

    /// Returns the upstream's own conversation: the known one, or a new one. Empty where the first answer names it.
    async fn conversation(&self, question: &Question) -> Result<String, ApiError> {
        if let Some(known) = &question.upstream_id {
            return Ok(known.clone());
        }
        let metadata = question.metadata.to_string();
        match self.api.dialect.begin(&self.turn(question, &question.suggested_id, &metadata)) {
            None if self.api.dialect.names_sessions() => Ok(String::new()),
            None => Ok(question.suggested_id.clone()),
            Some(request) => {
                let response = self.send(&request, Some(&format!("{}-begin", question.idempotency_key))).await?;
                self.api.dialect.decode_begun(&text(response).await?)
            }
        }
    }

    async fn ask_in(&self, question: &Question, conversation: &str) -> Result<Asked, ApiError> {
        let dialect = self.api.dialect;
        let metadata = question.metadata.to_string();
        let earlier: Vec<Said<'_>> = question
            .earlier
            .iter()
            .map(|said| Said { role: if said.by_visitor { Role::User } else { Role::Assistant }, text: &said.text })
            .collect();
        let turn = Turn {
            earlier: &earlier,
            attachments: &question.attachments,
            tools: &question.tools,
            tool_rounds: &question.tool_rounds,
            ..self.turn(question, conversation, &metadata)
        };
        let known_id = || Some(conversation.to_owned()).filter(|id| !id.is_empty());
        let mut request = dialect.send(&turn, question.delivery);
        if let Some(body) = &mut request.body
            && (question.made.is_some() || !question.grounding.is_empty())
        {
            let mut prompt = question.made.as_ref().map(|made| made.settings.prompt.clone()).unwrap_or_default();
            // The owner of the gateway may have one model for all.
            prompt.model = prompt.model.filter(|_| self.api.model.is_none());
            *body = persona::instructed(body, &prompt, &question.grounding);
        }
        let response = self.send(&request, Some(&question.idempotency_key)).await?;
        if is_stream(&response) {
            return Ok(Asked { answer: self.reading(response), upstream_id: known_id() });
        }
        let document = text(response).await?;
        let listen = dialect.listen(conversation).filter(|_| question.delivery == Delivery::Stream);
        if let Some(listen) = listen.filter(|_| !dialect.is_answer(&document)) {
            let response = self.send(&listen, Some(&question.idempotency_key)).await?;
            if is_stream(&response) {
                return Ok(Asked { answer: self.reading(response), upstream_id: known_id() });
            }
            return self.whole(&text(response).await?, known_id());
        }
        self.whole(&document, known_id())
    }

    fn reading(&self, response: reqwest::Response) -> Answer {
        let decoder = AnswerDecoder::new(self.api.dialect);
        let reading = Reading { response: Some(response), decoder, key: self.api.api_key.clone(), events: VecDeque::new() };
        Box::pin(stream::unfold(reading, Reading::next))
    }

    /// Decodes an answer that came in one document.
    fn whole(&self, document: &str, mut upstream_id: Option<String>) -> Result<Asked, ApiError> {
        let mut events = Vec::new();
        let mut keep = |event| {
            events.push(match event {
                Event::Failed(error) => Event::Failed(presentable(error, self.api.api_key.as_ref())),
                other => other,
            });
        };
        self.api.dialect.decode_answer(document, &mut keep)?;
        if let Some(Event::Finished(finish)) = events.last()
            && self.api.dialect.names_sessions()
            && let Some(id) = &finish.session_id
        {
            upstream_id = Some(id.clone());
        }
        Ok(Asked { answer: Box::pin(stream::iter(events)), upstream_id })
    }

    fn turn<'a>(&'a self, question: &'a Question, session_id: &'a str, metadata: &'a str) -> Turn<'a> {
        // Which assistant is asked is the gateway's business where the server knows models only.
        let assistant = self.api.model.as_deref().unwrap_or(&question.assistant);
        let metadata = question.metadata.is_object().then_some(metadata);
        Turn { metadata, ..Turn::new(assistant, &question.text, session_id, &question.user) }
    }
}

/// Whether the answer comes as server-sent events.
fn is_stream(response: &reqwest::Response) -> bool {
    let content_type = response.headers().get(reqwest::header::CONTENT_TYPE);
    content_type.and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with("text/event-stream"))
}

#[async_trait]
impl Upstream for ApiUpstream {
    async fn ask(&self, question: Question) -> Result<Asked, ApiError> {
        let dialect = self.api.dialect;
        if question.attachments.iter().any(|attachment| !dialect.takes(attachment)) {
            // Left out, the answer would be about something else than the visitor sent.
            let message =
                format!("The assistant's server (dialect {dialect}) takes files only by their `url`, not by a `file_id`.");
            return Err(ApiError {
                kind: ErrorKind::InvalidRequest,
                code: Some("unsupported_attachment".to_owned()),
                status: Some(400),
                retry_after_secs: None,
                message,
            });
        }
        let conversation = self.conversation(&question).await?;
        match self.ask_in(&question, &conversation).await {
            // The upstream forgot a conversation that we still know: it goes on in a new one.
            Err(error)
                if error.kind == ErrorKind::NotFound && question.upstream_id.is_some() && self.api.dialect.names_sessions() =>
            {
                let question = Question { upstream_id: None, ..question };
                let conversation = self.conversation(&question).await?;
                self.ask_in(&question, &conversation).await
            }
            answer => answer,
        }
    }

    async fn assistants(&self) -> Result<Vec<Assistant>, ApiError> {
        if !self.api.has_assistants {
            let names = if self.assistants.is_empty() { &["help".to_owned()] } else { self.assistants.as_slice() };
            return Ok(names.iter().filter_map(|name| Assistant::undescribed(name)).collect());
        }
        let list = self.document(&self.api.dialect.cards()).await?;
        let entries = [list.get("assistants"), list.get("data"), Some(&list)].into_iter().flatten().find_map(Value::as_array);
        let entries = entries.ok_or_else(|| ApiError::malformed("the list of assistants is no list"))?;
        Ok(entries.iter().cloned().filter_map(Assistant::read).collect())
    }

    async fn assistant(&self, name: &str) -> Result<Assistant, ApiError> {
        if !self.api.has_assistants {
            return Assistant::undescribed(name).ok_or_else(|| assistant_not_found(name));
        }
        let now = self.clock.now_secs();
        // A panic leaves a card that is asked for again.
        let cards = || self.cards.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, card)) = cards().get(name).filter(|(good_until, _)| *good_until > now) {
            return Ok(card.clone());
        }
        let card = self.document(&self.api.dialect.card(name)).await?;
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
        let Some(request) = self.api.dialect.forget(upstream_id) else { return Ok(()) };
        match self.send(&request, None).await {
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn usage(&self, period: &Period) -> Result<Option<Value>, ApiError> {
        // Only one document has an account.
        if self.api.dialect != Dialect::Chat {
            return Ok(None);
        }
        self.document(&Request::get(format!("/usage?start={}&end={}", period.start, period.end))).await.map(Some)
    }

    async fn wallet(&self) -> Result<Option<Value>, ApiError> {
        if self.api.dialect != Dialect::Chat {
            return Ok(None);
        }
        self.document(&Request::get("/wallet".to_owned())).await.map(Some)
    }
}
