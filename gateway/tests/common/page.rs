//! A page that speaks one dialect with the gateway, with the widget's own requests and decoders.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests; each of them uses a part")]

use assisters_chat::protocol::{
    AnswerDecoder, Delivery, Dialect, Event, Request, Said, Source, Tool, ToolCall, ToolRound, Turn, Usage, User,
};
use axum::http::{Method, StatusCode};

use super::{Answer, Visitor};

pub const ASSISTANT: &str = "helper";

/// What an answer says.
#[derive(Debug, Default, PartialEq)]
pub struct Read {
    pub text: String,
    pub sources: Vec<Source>,
    pub usage: Option<Usage>,
    pub session_id: Option<String>,
    pub n_ends: usize,
    /// Calls that the page has to answer.
    pub open_calls: Vec<ToolCall>,
    pub failures: Vec<String>,
}

impl Read {
    pub fn take(&mut self, event: Event) {
        match event {
            Event::TextDelta(text) => self.text.push_str(&text),
            Event::Source(source) => self.sources.push(source),
            Event::Finished(finish) => {
                self.usage = finish.usage;
                self.session_id = finish.session_id;
                self.n_ends += 1;
            }
            Event::Failed(error) => self.failures.push(error.describe()),
            Event::ToolCall(call) => {
                self.open_calls.retain(|known| known.id != call.id);
                self.open_calls.push(call);
            }
            Event::ToolResult(result) => self.open_calls.retain(|call| call.id != result.id),
            Event::Started { .. } | Event::Reasoning(_) => {}
        }
    }

    /// Decodes an answer as the widget does.
    pub fn decode(dialect: Dialect, answer: &Answer) -> Self {
        let mut read = Self::default();
        if answer.header("content-type").starts_with("text/event-stream") {
            let mut decoder = AnswerDecoder::new(dialect);
            let mut keep = |event: Result<Event, _>| read.take(event.expect("a frame that can be read"));
            decoder.push(answer.text.as_bytes(), &mut keep);
            decoder.finish(&mut keep);
        } else {
            dialect.decode_answer(&answer.text, &mut |event| read.take(event)).unwrap();
        }
        read
    }
}

/// The folder that a dialect's paths are in.
pub fn folder(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Execute | Dialect::Informer => "/api",
        Dialect::Chat | Dialect::Conversations | Dialect::Threads | Dialect::OpenAi => "/v1",
    }
}

pub struct Page<'a> {
    pub visitor: &'a Visitor,
    pub dialect: Dialect,
    pub session_id: String,
}

impl<'a> Page<'a> {
    pub fn new(visitor: &'a Visitor, dialect: Dialect) -> Self {
        let session_id = if dialect.names_sessions() { "" } else { "sess_page" };
        Self { visitor, dialect, session_id: session_id.to_owned() }
    }

    /// Sends a message, and everything that the dialect wants before it. Returns the first answer that is none of a success, else the last.
    pub async fn ask(&mut self, text: &str, earlier: &[Said<'_>], delivery: Delivery, key: &str) -> Answer {
        let user = User::default();
        self.send(&Turn { earlier, ..Turn::new(ASSISTANT, text, "", &user) }, delivery, key).await
    }

    /// Sends a message with the page's tools, or what came of their calls.
    pub async fn ask_with_tools(
        &mut self,
        text: &str,
        tools: &[Tool],
        rounds: &[ToolRound],
        delivery: Delivery,
        key: &str,
    ) -> Answer {
        let user = User::default();
        let turn = Turn { tools, tool_rounds: rounds, ..Turn::new(ASSISTANT, text, "", &user) };
        self.send(&turn, delivery, key).await
    }

    async fn send(&mut self, turn: &Turn<'_>, delivery: Delivery, key: &str) -> Answer {
        if let Err(refused) = self.begin().await {
            return *refused;
        }
        let turn = Turn { session_id: &self.session_id, ..*turn };
        let sent = self.call(&self.dialect.send(&turn, delivery), key).await;
        match self.dialect.listen(&self.session_id) {
            Some(listen) if sent.status.is_success() && delivery == Delivery::Stream => {
                assert_eq!(sent.status, StatusCode::CREATED, "a receipt: {}", sent.text);
                assert!(!self.dialect.is_answer(&sent.text), "{}", sent.text);
                self.call(&listen, key).await
            }
            _ => sent,
        }
    }

    /// Begins a conversation where the dialect does.
    pub async fn begin(&mut self) -> Result<(), Box<Answer>> {
        let user = User::default();
        let turn = Turn { page: "/page", ..Turn::new(ASSISTANT, "", "", &user) };
        if let Some(request) = self.dialect.begin(&turn).filter(|_| self.session_id.is_empty()) {
            let begun = self.call(&request, "begin").await;
            if !begun.status.is_success() {
                return Err(Box::new(begun));
            }
            self.session_id = self.dialect.decode_begun(&begun.text).unwrap();
        }
        Ok(())
    }

    async fn call(&self, request: &Request, key: &str) -> Answer {
        let path = format!("{}{}", folder(self.dialect), request.path);
        let method: Method = request.method.as_str().parse().unwrap();
        let headers = [("accept", request.accept()), ("idempotency-key", key)];
        self.visitor.call(method, &path, &headers, request.body.clone().unwrap_or_default()).await
    }
}
