//! The answers of the chat routes, described: they are written by each dialect's own encoder in `assisters_chat::protocol`.

#![allow(dead_code, reason = "descriptions: nothing is written from them")]

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What `POST /chat` answers
#[derive(ToSchema)]
pub(crate) struct ChatAnswer {
    id: String,
    response: String,
    session_id: String,
    tokens: ChatTokens,
    /// In US dollars
    cost: f64,
    created_at: String,
    sources: Vec<SourceAnswer>,
}

/// Tokens of one answer
#[derive(ToSchema)]
struct ChatTokens {
    input: u64,
    output: u64,
    total: u64,
}

/// What an answer is grounded on
#[derive(ToSchema)]
struct SourceAnswer {
    title: String,
    url: Option<String>,
    /// From 0 to 1
    relevance: Option<f64>,
}

/// A message of a conversation, or of a thread
#[derive(ToSchema)]
pub(crate) struct MessageAnswer {
    id: String,
    /// `user`, `assistant` or `tool`
    role: String,
    content: String,
    created_at: Option<String>,
    sources: Option<Vec<SourceAnswer>>,
    usage: Option<Map<String, Value>>,
}

/// A conversation with its messages
#[derive(ToSchema)]
pub(crate) struct ConversationAnswer {
    id: String,
    assistant_id: String,
    messages: Vec<MessageAnswer>,
    created_at: String,
}

/// A session with its messages
#[derive(ToSchema)]
pub(crate) struct SessionAnswer {
    id: String,
    assistant: String,
    messages: Vec<MessageAnswer>,
    created_at: String,
    updated_at: String,
}

/// A thread
#[derive(ToSchema)]
pub(crate) struct ThreadAnswer {
    id: String,
    created_at: String,
    metadata: Map<String, Value>,
}

/// What `POST /assistants/{id}/execute` answers
#[derive(ToSchema)]
#[allow(non_snake_case, reason = "the document's spelling")]
pub(crate) struct ExecuteAnswer {
    response: String,
    sessionId: String,
    usage: Map<String, Value>,
    toolCalls: Vec<Map<String, Value>>,
}

/// Something that is not there any more
#[derive(ToSchema)]
pub(crate) struct Deleted {
    id: String,
    deleted: bool,
}

/// What was used in a period
#[derive(ToSchema)]
pub(crate) struct UsageAnswer {
    period: Map<String, Value>,
    total_tokens: u64,
    total_cost: f64,
    by_assistant: Vec<Map<String, Value>>,
}

/// What is left of the budget
#[derive(ToSchema)]
pub(crate) struct WalletAnswer {
    balance: f64,
    currency: String,
}

/// A token for a page
#[derive(ToSchema)]
pub(crate) struct VisitorToken {
    token: String,
    expires_at: String,
    visitor_id: String,
}

/// One event of a stream: `data` is JSON in the dialect of the route, or `[DONE]`
#[derive(ToSchema)]
pub(crate) struct StreamEvent {
    event: Option<String>,
    /// For `Last-Event-ID`
    id: Option<String>,
    data: String,
}
