//! Dialect `openai`: `POST /v1/chat/completions`.
//!
//! The page keeps the conversation and names none. Upstreams that keep conversations by a name get one that follows from its first words,
//! so that they find it again; a transcript of one message begins a new one.

use std::sync::Arc;

use assisters_chat::protocol::{Delivery, Dialect, User};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use super::respond::respond;
use super::tools::offered_tools;
use super::transcript::Transcript;
use crate::access::Caller;
use crate::answer::{Answers, Ask, CallAnswers, Earlier};
use crate::app::App;
use crate::body::{Fields, check_name, idempotency_key};
use crate::error::Failure;
use crate::identifier;
use crate::openapi::Refusals;
use crate::openapi::answers::StreamEvent;
use crate::openapi::requests::CompletionRequest;
use crate::store::SessionKey;

/// Answers in the way that the field `stream` says. The model is the assistant.
#[utoipa::path(post, path = "/chat/completions", tag = "Chat completions", request_body = CompletionRequest, responses((status = 200, content((Value = "application/json"), (StreamEvent = "text/event-stream"))), Refusals))]
pub(super) async fn complete(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let assistant = fields.required_text("model")?;
    check_name("model", &assistant)?;
    app.allow_assistant(&assistant)?;
    let Transcript { earlier, text, attachments, rounds } = Transcript::read(&fields)?;
    let user = User { id: fields.text("user")?, ..User::default() };
    let first_words = earlier.first().map_or(text.as_str(), |first| &first.text);
    let user_id = user.id.as_deref().unwrap_or_default();
    let session_id = identifier::derived("page_", &[caller.owner(), &assistant, user_id, first_words]);
    let delivery = if fields.flag("stream")? { Delivery::Stream } else { Delivery::Plain };
    let ask = Ask {
        session: SessionKey { owner: caller.owner().to_owned(), id: session_id },
        assistant,
        text,
        attachments,
        tools: offered_tools(&fields)?,
        answers: CallAnswers::of_rounds(rounds),
        user,
        metadata: Value::Null,
        earlier: Earlier::PageOnly(earlier),
        dialect: Dialect::OpenAi,
        delivery,
        idempotency_key: idempotency_key(&headers)?,
    };
    respond(Answers::ask(&app, ask)?, delivery).await
}
