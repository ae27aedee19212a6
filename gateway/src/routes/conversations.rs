//! Dialect `conversations`: `POST /v1/conversations` and the messages of one.

use std::sync::Arc;

use assisters_chat::protocol::{Delivery, Dialect, User, format_rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::respond::respond;
use super::sessions::{NO_CONVERSATION, conversation, find, internal};
use crate::access::Caller;
use crate::answer::{Answers, Ask, CallAnswers, Earlier};
use crate::app::App;
use crate::body::{Fields, check_name, idempotency_key};
use crate::error::Failure;
use crate::extract::Path;
use crate::identifier;
use crate::openapi::Refusals;
use crate::openapi::answers::{ConversationAnswer, MessageAnswer, StreamEvent};
use crate::openapi::requests::{ConversationChange, ConversationRequest, MessageRequest};
use crate::store::{Session, SessionHeader, SessionKey};
use crate::webhooks::EventKind;

/// Begins a conversation.
#[utoipa::path(post, path = "/conversations", tag = "Conversations", request_body = ConversationRequest, responses((status = 200, body = ConversationAnswer), Refusals))]
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Json<Value>, Failure> {
    let assistant = fields.required_text("assistant_id")?;
    check_name("assistant_id", &assistant)?;
    app.allow_assistant(&assistant)?;
    if let Some(error) = app.lacks_assistant(&assistant).await {
        return Err(Failure::from(&error));
    }
    app.count_conversation(caller.owner()).map_err(Failure::rate_limited)?;
    let id = new_id(&app, &caller, &headers, &fields, "conv_").await?;
    let mut metadata = fields.object("metadata")?;
    if let Some(user_id) = fields.text("user_id")? {
        let fields = if metadata.is_object() {
            &mut metadata
        } else {
            metadata = json!({});
            &mut metadata
        };
        fields["user_id"] = json!(user_id);
    }
    let created_at_secs = app.clock.now_secs();
    let header = SessionHeader {
        assistant: assistant.clone(),
        metadata,
        upstream_id: None,
        created_at_secs,
        pending: None,
        ended_at_secs: None,
    };
    let key = SessionKey { owner: caller.owner().to_owned(), id: id.clone() };
    app.store.put_session(&key, header.clone()).await?;
    app.tell_conversation(EventKind::ConversationCreated, &id, &header).await;
    let body = json!({"id": id, "assistant_id": assistant, "created_at": format_rfc3339(created_at_secs), "messages": []});
    Ok(Json(body))
}

/// Returns the id of a conversation that begins: the client's own, the same as before on a repeated request, or a new one.
pub(super) async fn new_id(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    fields: &Fields,
    prefix: &str,
) -> Result<String, Failure> {
    if let Some(id) = fields.name("id")? {
        let key = SessionKey { owner: caller.owner().to_owned(), id: id.clone() };
        if app.store.session(&key).await?.is_some() {
            return Err(Failure::invalid("id", format!("`id` {id:?} is taken by another conversation")));
        }
        return Ok(id);
    }
    match idempotency_key(headers)? {
        Some(key) => Ok(identifier::derived(prefix, &[caller.owner(), &key])),
        None => identifier::random(prefix).map_err(|error| internal(&error)),
    }
}

/// Changes what is said about a conversation: its metadata, or that it is complete.
#[utoipa::path(post, path = "/conversations/{id}", tag = "Conversations", params(("id" = String, Path)), request_body = ConversationChange, responses((status = 200, body = ConversationAnswer), Refusals))]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, Failure> {
    let is_ended = match fields.text("status")?.as_deref() {
        None => None,
        Some("ended") => Some(true),
        Some("open") => Some(false),
        Some(other) => {
            return Err(Failure::invalid("status", format!("`status` is {other:?}; it must be one of: open, ended")));
        }
    };
    let metadata = fields.object("metadata")?;
    let session = find(&app, &caller, &id).await?;
    let mut header = session.header.clone();
    let was_ended = header.ended_at_secs.is_some();
    if !metadata.is_null() {
        header.metadata = metadata;
    }
    match is_ended {
        Some(true) if !was_ended => header.ended_at_secs = Some(app.clock.now_secs()),
        Some(false) => header.ended_at_secs = None,
        Some(true) | None => {}
    }
    let key = SessionKey { owner: caller.owner().to_owned(), id: id.clone() };
    app.store.put_session(&key, header.clone()).await?;
    if header.ended_at_secs.is_some() && !was_ended {
        app.tell_conversation(EventKind::ConversationEnded, &id, &header).await;
    }
    Ok(Json(conversation(&id, &Session { header, ..session })))
}

/// Answers in one document.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "Conversations", params(("id" = String, Path)), request_body = MessageRequest, responses((status = 200, body = MessageAnswer), Refusals))]
pub(super) async fn answer(
    app: State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    ask(&app, &caller, id, &headers, &fields, Delivery::Plain).await
}

/// Answers word by word.
#[utoipa::path(post, path = "/conversations/{id}/messages/stream", tag = "Conversations", params(("id" = String, Path)), request_body = MessageRequest, responses((status = 200, body = StreamEvent, content_type = "text/event-stream"), Refusals))]
pub(super) async fn stream(
    app: State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    ask(&app, &caller, id, &headers, &fields, Delivery::Stream).await
}

async fn ask(
    app: &Arc<App>,
    caller: &Caller,
    id: String,
    headers: &HeaderMap,
    fields: &Fields,
    delivery: Delivery,
) -> Result<Response, Failure> {
    let text = fields.required_text("content")?;
    let session = SessionKey { owner: caller.owner().to_owned(), id };
    let known = app.store.session(&session).await.map_err(|error| internal(&error))?;
    let header = known.ok_or_else(|| Failure::not_found("not_found", NO_CONVERSATION))?.header;
    app.allow_assistant(&header.assistant)?;
    let ask = Ask {
        session,
        user: user_of(&header.metadata),
        assistant: header.assistant,
        text,
        attachments: fields.attachments()?,
        tools: Vec::new(),
        answers: CallAnswers::None,
        metadata: header.metadata,
        earlier: Earlier::Kept,
        dialect: Dialect::Conversations,
        delivery,
        idempotency_key: idempotency_key(headers)?,
    };
    respond(Answers::ask(app, ask)?, delivery).await
}

/// Returns who is asking, as the conversation's metadata tell.
pub(super) fn user_of(metadata: &Value) -> User {
    let id = metadata.get("user_id").and_then(Value::as_str).map(str::to_owned);
    User { id, ..User::default() }
}
