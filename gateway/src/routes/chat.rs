//! Dialect `chat`: `POST /v1/chat` and `/v1/chat/stream`.

use std::sync::Arc;

use assisters_chat::protocol::{Delivery, Dialect};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::respond::{new_session_id, respond};
use crate::access::Caller;
use crate::answer::{Answers, Ask, CallAnswers, Earlier};
use crate::app::App;
use crate::body::{Fields, check_name, idempotency_key};
use crate::error::Failure;
use crate::openapi::Refusals;
use crate::openapi::answers::{ChatAnswer, StreamEvent};
use crate::openapi::requests::ChatRequest;
use crate::store::SessionKey;

/// Answers in one document.
#[utoipa::path(post, path = "/chat", tag = "Chat", request_body = ChatRequest, responses((status = 200, body = ChatAnswer), Refusals))]
pub(super) async fn answer(
    app: State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    ask(&app, &caller, &headers, &fields, Delivery::Plain).await
}

/// Answers word by word.
#[utoipa::path(post, path = "/chat/stream", tag = "Chat", request_body = ChatRequest, responses((status = 200, body = StreamEvent, content_type = "text/event-stream"), Refusals))]
pub(super) async fn stream(
    app: State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    ask(&app, &caller, &headers, &fields, Delivery::Stream).await
}

async fn ask(
    app: &Arc<App>,
    caller: &Caller,
    headers: &HeaderMap,
    fields: &Fields,
    delivery: Delivery,
) -> Result<Response, Failure> {
    let assistant = fields.required_text("assistant")?;
    check_name("assistant", &assistant)?;
    app.allow_assistant(&assistant)?;
    let text = fields.required_text("message")?;
    let idempotency_key = idempotency_key(headers)?;
    let session_id = match fields.name("session_id")? {
        Some(id) => id,
        None => new_session_id(caller, idempotency_key.as_deref())?,
    };
    let ask = Ask {
        session: SessionKey { owner: caller.owner().to_owned(), id: session_id },
        assistant,
        text,
        attachments: fields.attachments()?,
        tools: Vec::new(),
        answers: CallAnswers::None,
        user: fields.user()?,
        metadata: fields.object("metadata")?,
        earlier: Earlier::Kept,
        dialect: Dialect::Chat,
        delivery,
        idempotency_key,
    };
    respond(Answers::ask(app, ask)?, delivery).await
}
