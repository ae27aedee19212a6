//! Dialect `execute`: `POST /api/assistants/{id}/execute`, one JSON answer.

use std::sync::Arc;

use assisters_chat::protocol::{Delivery, Dialect, User};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use super::respond::{new_session_id, respond};
use super::tools::{offered_tools, outputs};
use crate::access::Caller;
use crate::answer::{Answers, Ask, CallAnswers, Earlier};
use crate::app::App;
use crate::body::{Fields, check_name, idempotency_key};
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::Refusals;
use crate::openapi::answers::ExecuteAnswer;
use crate::openapi::requests::ExecuteRequest;
use crate::store::SessionKey;

/// Answers in one document, which names the session.
#[utoipa::path(post, path = "/assistants/{id}/execute", tag = "Assistants", params(("id" = String, Path)), request_body = ExecuteRequest, responses((status = 200, body = ExecuteAnswer), Refusals))]
pub(super) async fn execute(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(assistant): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    check_name("id", &assistant)?;
    app.allow_assistant(&assistant)?;
    let idempotency_key = idempotency_key(&headers)?;
    let session_id = match fields.name("sessionId")? {
        Some(id) => id,
        None => new_session_id(&caller, idempotency_key.as_deref())?,
    };
    let answers = if fields.list("toolResults")?.is_empty() {
        CallAnswers::None
    } else {
        CallAnswers::Outputs(outputs(&fields, "toolResults", "toolCallId")?)
    };
    let text = match answers {
        CallAnswers::None => fields.required_text("userInput")?,
        CallAnswers::Outputs(_) | CallAnswers::Rounds(_) => String::new(),
    };
    let ask = Ask {
        session: SessionKey { owner: caller.owner().to_owned(), id: session_id },
        assistant,
        text,
        attachments: fields.attachments()?,
        tools: offered_tools(&fields)?,
        answers,
        user: User::default(),
        metadata: Value::Null,
        earlier: Earlier::Kept,
        dialect: Dialect::Execute,
        delivery: Delivery::Plain,
        idempotency_key,
    };
    respond(Answers::ask(&app, ask)?, Delivery::Plain).await
}
