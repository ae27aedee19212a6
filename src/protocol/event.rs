//! The event vocabulary: what every dialect's answer becomes, and all the rest of the program knows of a server.

use super::error::ApiError;
use super::json::{Object, Value, array, list, number, text, unsigned};
use super::tool::{ToolCall, ToolResult};

/// One step of an answer. A plain JSON answer is the same events, all at once.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The server accepted the message and names the answer, if it says how.
    Started {
        /// The server's id of the answer.
        message_id: Option<String>,
    },
    /// More text of the answer, to be joined exactly as sent.
    TextDelta(String),
    /// More of what the model thinks before it answers, to be joined exactly as sent.
    Reasoning(String),
    /// A tool is called, or more is known of a call that was told before.
    ToolCall(ToolCall),
    /// A tool has come to its end.
    ToolResult(ToolResult),
    /// Something the answer is grounded on.
    Source(Source),
    /// The answer is complete.
    Finished(Finish),
    /// The server says that it can not answer. Text that came before stays.
    Failed(ApiError),
}

impl Event {
    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Finished(_) | Self::Failed(_))
    }
}

/// What the last frame of an answer tells. Every field is as sent, absent when not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finish {
    /// The server's id of the answer.
    pub message_id: Option<String>,
    /// The conversation it belongs to.
    pub session_id: Option<String>,
    /// Tokens counted for this answer.
    pub usage: Option<Usage>,
    /// What it cost, in the account's currency.
    pub cost: Option<f64>,
    /// When it was made, RFC 3339.
    pub created_at: Option<String>,
}

/// Tokens counted for one answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read.
    pub input: Option<u64>,
    /// Tokens written.
    pub output: Option<u64>,
    /// Both together.
    pub total: Option<u64>,
}

impl Usage {
    /// Decodes the three counts under the names a dialect gives them. `None` when the value has none of them.
    pub(super) fn decode(value: &Value, names: [&str; 3]) -> Option<Self> {
        let [input, output, total] = names.map(|name| unsigned(value, name));
        (input.is_some() || output.is_some() || total.is_some()).then_some(Self { input, output, total })
    }

    /// Adds the tokens of another step of the same answer.
    #[must_use]
    pub(super) fn plus(self, other: Self) -> Self {
        let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (one, other) => one.or(other),
        };
        Self { input: sum(self.input, other.input), output: sum(self.output, other.output), total: sum(self.total, other.total) }
    }

    /// Writes the counts that are known under the names a dialect gives them.
    #[must_use]
    pub fn write(self, names: [&str; 3]) -> String {
        #[allow(clippy::cast_precision_loss, reason = "no answer has 2^53 tokens")]
        let count = |count: Option<u64>| count.map(|count| count as f64);
        let [input, output, total] = names;
        let object = Object::new().number(input, count(self.input)).number(output, count(self.output));
        object.number(total, count(self.total)).finish()
    }
}

/// One thing an answer is grounded on.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// What to call it. Never empty: falls back to the address.
    pub title: String,
    /// Where it can be read; may be relative to the page.
    pub url: Option<String>,
    /// How well it fits the question, from 0 to 1.
    pub relevance: Option<f64>,
}

/// Decodes the `sources` array of an answer or an end frame. Entries with neither a title nor an address are skipped.
#[must_use]
pub fn decode_sources(value: &Value) -> Vec<Source> {
    array(value, "sources")
        .iter()
        .filter_map(|source| {
            let url = text(source, "url");
            Some(Source { title: text(source, "title").or_else(|| url.clone())?, url, relevance: number(source, "relevance") })
        })
        .collect()
}

/// Writes sources as the text of the `sources` array of an answer.
#[must_use]
pub fn write_sources(sources: &[Source]) -> String {
    list(sources.iter().map(|source| {
        let object = Object::new().text("title", &source.title).maybe_text("url", source.url.as_deref());
        object.number("relevance", source.relevance).finish()
    }))
}
