//! Who answers. One trait, one file per upstream; every answer is the event vocabulary of `assisters_chat::protocol`.

mod api;
mod compose;
mod courtesy;
mod grounded;
mod local;
mod persona;
mod quote;
mod reading;
mod toolbox;

use std::pin::Pin;

use assisters_chat::protocol::{ApiError, Attachment, Delivery, ErrorKind, Event, Tool, ToolRound, User};
use async_trait::async_trait;
use futures_util::Stream;
use serde::Serialize;
use serde_json::{Map, Value, json};

pub(crate) use self::api::ApiUpstream;
pub(crate) use self::grounded::GroundedUpstream;
pub(crate) use self::local::LocalUpstream;
pub use self::toolbox::FunctionConfig;
pub(crate) use self::toolbox::{Toolbox, is_callable};
use crate::assistants::MadeAssistant;

/// The events of one answer, as they come. Dropping it ends the work for it.
pub type Answer = Pin<Box<dyn Stream<Item = Event> + Send>>;

/// Answers questions, and knows which assistants there are.
#[async_trait]
pub(crate) trait Upstream: Send + Sync {
    /// Begins an answer.
    ///
    /// # Errors
    /// What the upstream refuses before an answer begins.
    async fn ask(&self, question: Question) -> Result<Asked, ApiError>;

    /// Returns the assistants there are.
    async fn assistants(&self) -> Result<Vec<Assistant>, ApiError>;

    /// Returns one assistant by its slug or id.
    async fn assistant(&self, name: &str) -> Result<Assistant, ApiError>;

    /// Forgets a conversation where the upstream keeps it.
    async fn forget(&self, upstream_id: &str) -> Result<(), ApiError>;

    /// Returns the account's usage, `None` where the gateway's own count is all there is.
    async fn usage(&self, period: &Period) -> Result<Option<Value>, ApiError>;

    /// Returns the account's balance, `None` where there is no account.
    async fn wallet(&self) -> Result<Option<Value>, ApiError>;
}

/// One message to answer.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The assistant's slug or id.
    pub assistant: String,
    /// The assistant, where its owner made it here.
    pub made: Option<MadeAssistant>,
    /// What a model is told beside its instructions, mostly what to answer from; empty for nothing.
    pub grounding: String,
    /// What the visitor wrote.
    pub text: String,
    /// Files that go with it.
    pub attachments: Vec<Attachment>,
    /// What the page lets the assistant call.
    pub tools: Vec<Tool>,
    /// Whether the page can answer calls.
    pub page_answers: bool,
    /// Calls of the answer so far, with what came of them: with any, the answer goes on.
    pub tool_rounds: Vec<ToolRound>,
    /// What was said before, oldest first.
    pub earlier: Vec<Utterance>,
    /// The id the upstream knows the conversation by.
    pub upstream_id: Option<String>,
    /// An id for it that nobody else has, for upstreams that let the client choose.
    pub suggested_id: String,
    /// Who is asking, as the page tells.
    pub user: User,
    /// What the page says about the conversation; `Null` for nothing.
    pub metadata: Value,
    /// The same on every try of the same message.
    pub idempotency_key: String,
    /// How the answer is wanted.
    pub delivery: Delivery,
}

/// One message of before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// Whether the visitor wrote it.
    pub by_visitor: bool,
    /// What it says.
    pub text: String,
}

/// An answer that has begun.
pub struct Asked {
    /// Its events.
    pub answer: Answer,
    /// The id the upstream knows the conversation by from now on.
    pub upstream_id: Option<String>,
}

/// Days, as `2026-01-28`, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: String,
    /// The last day.
    pub end: String,
}

/// An assistant's card: the union of the fields of the documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Assistant(Map<String, Value>);

impl Assistant {
    /// Reads a card from any of the documents' shapes; none without an id or a slug.
    #[must_use]
    pub fn read(value: Value) -> Option<Self> {
        let Value::Object(mut fields) = value else { return None };
        let name = ["slug", "id"].into_iter().find_map(|field| fields.get(field)?.as_str()).map(str::to_owned)?;
        for field in ["slug", "id"] {
            fields.entry(field).or_insert_with(|| json!(name));
        }
        Some(Self(fields))
    }

    /// Returns the card of a local assistant that nobody described, named after its slug.
    #[must_use]
    pub fn undescribed(slug: &str) -> Option<Self> {
        let words = slug.split(['-', '_']).filter(|word| !word.is_empty()).map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        });
        Self::read(json!({
            "slug": slug,
            "name": words.collect::<Vec<_>>().join(" "),
            "description": "Answers from the help pages, and names the page",
            "category": "support",
            "model": "local",
            "price_per_million_tokens": 0.0,
        }))
    }

    /// Returns the card with further fields, in the place of those of the same name.
    #[must_use]
    pub fn with(mut self, more: Value) -> Self {
        if let Value::Object(more) = more {
            self.0.extend(more);
        }
        self
    }

    /// Returns one of its texts, empty when it has none.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether `name` is its slug or its id.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        [self.text("slug"), self.text("id")].contains(&name)
    }
}

/// Returns the error for an assistant that is not there.
#[must_use]
pub fn assistant_not_found(name: &str) -> ApiError {
    ApiError {
        kind: ErrorKind::NotFound,
        code: Some("assistant_not_found".to_owned()),
        status: Some(404),
        retry_after_secs: None,
        message: format!("There is no assistant {name:?}."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_card_for_any_name() {
        let card = Assistant::undescribed("pricing-advisor").unwrap();
        assert_eq!((card.text("name"), card.text("id")), ("Pricing Advisor", "pricing-advisor"));
        assert_eq!(Assistant::read(json!({"name": "nameless"})), None);
    }
}
