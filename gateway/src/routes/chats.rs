//! Dialect `informer`: `POST /api/chats/{id}`. The page names the chat and sends the transcript.

use std::sync::Arc;

use assisters_chat::protocol::{Delivery, Dialect, User};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde_json::Value;

use super::respond::{accepted_delivery, respond};
use super::sessions::internal;
use super::tools::offered_tools;
use super::transcript::Transcript;
use crate::access::Caller;
use crate::answer::{Answers, Ask, CallAnswers, Earlier};
use crate::app::App;
use crate::body::{Fields, check_name, idempotency_key};
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::Refusals;
use crate::openapi::answers::StreamEvent;
use crate::openapi::requests::ChatsRequest;
use crate::store::SessionKey;

/// Answers with the parts of a UI message, as they come; in one document to a client that takes nothing else.
#[utoipa::path(post, path = "/chats/{id}", tag = "Chats", params(("id" = String, Path)), request_body = ChatsRequest, responses((status = 200, content((Value = "application/json"), (StreamEvent = "text/event-stream"))), Refusals))]
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    check_name("id", &id)?;
    let session = SessionKey { owner: caller.owner().to_owned(), id };
    let assistant = assistant(&app, &session, &fields).await?;
    app.allow_assistant(&assistant)?;
    let Transcript { earlier, text, attachments, rounds } = Transcript::read(&fields)?;
    let takes_documents_only = headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json");
    let delivery = if takes_documents_only { accepted_delivery(&headers) } else { Delivery::Stream };
    let ask = Ask {
        session,
        assistant,
        text,
        attachments,
        tools: offered_tools(&fields)?,
        answers: CallAnswers::of_rounds(rounds),
        user: User::default(),
        metadata: Value::Null,
        earlier: Earlier::Sent(earlier),
        dialect: Dialect::Informer,
        delivery,
        idempotency_key: idempotency_key(&headers)?,
    };
    respond(Answers::ask(&app, ask)?, delivery).await
}

/// Returns who is asked: who the request says, who answered in this chat before, or the first there is. The document names nobody.
async fn assistant(app: &App, session: &SessionKey, fields: &Fields) -> Result<String, Failure> {
    if let Some(name) = fields.name("assistantId")? {
        return Ok(name);
    }
    if let Some(known) = app.store.session(session).await.map_err(|error| internal(&error))? {
        return Ok(known.header.assistant);
    }
    if let Some(name) = app.config.assistants.first() {
        return Ok(name.clone());
    }
    let assistants = app.upstream.assistants().await.map_err(|error| Failure::from(&error))?;
    let first = assistants.first().map(|assistant| assistant.text("id").to_owned());
    first.ok_or_else(|| Failure::not_found("assistant_not_found", "There is no assistant."))
}
