//! Dialect `threads`: `POST /v1/threads`, its messages, and the second request that streams an answer.
//!
//! One POST serves both ways of this dialect. A client that takes an event stream (`Accept`) only posts the message and gets a receipt;
//! the answer is read with `GET …/messages/stream`. Any other gets the answer at once.

use std::sync::Arc;

use assisters_chat::protocol::{Delivery, Dialect, format_rfc3339};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::conversations::{new_id, user_of};
use super::respond::{accepted_delivery, respond};
use super::sessions::{NO_CONVERSATION, find, internal, message_body, thread};
use super::tools::{offered_tools, outputs};
use crate::access::Caller;
use crate::answer::{Answers, Ask, CallAnswers, Earlier};
use crate::app::App;
use crate::body::{Fields, check_name, idempotency_key};
use crate::error::Failure;
use crate::extract::Path;
use crate::identifier;
use crate::openapi::Refusals;
use crate::openapi::answers::{MessageAnswer, StreamEvent, ThreadAnswer};
use crate::openapi::requests::{ThreadMessageRequest, ThreadRequest};
use crate::sse::stream_response;
use crate::store::{SessionHeader, SessionKey, StoredMessage, StoredRole};
use crate::webhooks::EventKind;

/// Makes a thread. Who answers in it is said with the first message.
#[utoipa::path(post, path = "/threads", tag = "Threads", request_body = ThreadRequest, responses((status = 201, body = ThreadAnswer), Refusals))]
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), Failure> {
    app.count_conversation(caller.owner()).map_err(Failure::rate_limited)?;
    let id = new_id(&app, &caller, &headers, &fields, "thread_").await?;
    let metadata = fields.object("metadata")?;
    let created_at_secs = app.clock.now_secs();
    let header = SessionHeader {
        assistant: String::new(),
        metadata,
        upstream_id: None,
        created_at_secs,
        pending: None,
        ended_at_secs: None,
    };
    let key = SessionKey { owner: caller.owner().to_owned(), id: id.clone() };
    app.store.put_session(&key, header.clone()).await?;
    app.tell_conversation(EventKind::ConversationCreated, &id, &header).await;
    Ok((StatusCode::CREATED, Json(thread(&id, &header))))
}

/// Changes what is said about a thread.
#[utoipa::path(post, path = "/threads/{id}", tag = "Threads", params(("id" = String, Path)), request_body = ThreadRequest, responses((status = 200, body = ThreadAnswer), Refusals))]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, Failure> {
    let metadata = fields.object("metadata")?;
    let session = find(&app, &caller, &id).await?;
    let header = if metadata.is_null() { session.header } else { SessionHeader { metadata, ..session.header } };
    let key = SessionKey { owner: caller.owner().to_owned(), id };
    app.store.put_session(&key, header.clone()).await?;
    Ok(Json(thread(&key.id, &header)))
}

/// Takes a message, and answers it or says that it was taken.
#[utoipa::path(post, path = "/threads/{id}/messages", tag = "Threads", params(("id" = String, Path)), request_body = ThreadMessageRequest, responses((status = 200, body = MessageAnswer), (status = 201, body = MessageAnswer), Refusals))]
pub(super) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let role = fields.text("role")?;
    let is_about_calls = role.as_deref() == Some("tool");
    if role.is_some_and(|role| !["user", "tool"].contains(&role.as_str())) {
        return Err(Failure::invalid("role", "`role` must be \"user\", or \"tool\" for `tool_outputs`"));
    }
    let (text, answers) = if is_about_calls {
        (String::new(), CallAnswers::Outputs(outputs(&fields, "tool_outputs", "tool_call_id")?))
    } else {
        (fields.required_text("content")?, CallAnswers::None)
    };
    let session = SessionKey { owner: caller.owner().to_owned(), id };
    let known = app.store.session(&session).await.map_err(|error| internal(&error))?;
    let mut header = known.ok_or_else(|| Failure::not_found("not_found", NO_CONVERSATION))?.header;
    if header.assistant.is_empty() && fields.text("assistant_id")?.is_none() && !is_about_calls {
        return keep(&app, &session, text).await;
    }
    // Said once, the assistant stays.
    if header.assistant.is_empty() || fields.text("assistant_id")?.is_some() {
        let assistant = fields.required_text("assistant_id")?;
        check_name("assistant_id", &assistant)?;
        if assistant != header.assistant {
            header.assistant = assistant;
            app.store.put_session(&session, header.clone()).await.map_err(|error| internal(&error))?;
        }
    }
    app.allow_assistant(&header.assistant)?;
    let delivery = accepted_delivery(&headers);
    let ask = Ask {
        session,
        user: user_of(&header.metadata),
        assistant: header.assistant,
        text: text.clone(),
        attachments: fields.attachments()?,
        tools: offered_tools(&fields)?,
        answers,
        metadata: header.metadata,
        earlier: Earlier::Kept,
        dialect: Dialect::Threads,
        delivery,
        idempotency_key: idempotency_key(&headers)?,
    };
    let mut reader = Answers::ask(&app, ask)?;
    if delivery == Delivery::Plain {
        return respond(reader, delivery).await;
    }
    reader.accepted().await.map_err(|error| Failure::from(&error))?;
    let created_at = format_rfc3339(app.clock.now_secs());
    let role = if is_about_calls { "tool" } else { "user" };
    let receipt = json!({"id": reader.run.question_id, "role": role, "content": text, "created_at": created_at});
    reader.park();
    Ok((StatusCode::CREATED, Json(receipt)).into_response())
}

/// Keeps a message that nobody is asked to answer yet: it is read with the one that says who is.
async fn keep(app: &App, session: &SessionKey, text: String) -> Result<Response, Failure> {
    let now = app.clock.now_secs();
    let message = StoredMessage {
        id: identifier::random("msg_").map_err(|error| internal(&error))?,
        role: StoredRole::User,
        content: text,
        created_at_secs: now,
        sources: Vec::new(),
        attachments: Vec::new(),
        usage: None,
        feedback: None,
    };
    app.store.put_message(session, message.clone()).await?;
    app.tell_message(&session.id, "", (&message.id, message.role, &message.content)).await;
    Ok((StatusCode::CREATED, Json(message_body(&message))).into_response())
}

/// Streams the answer to the newest message.
#[utoipa::path(get, path = "/threads/{id}/messages/stream", tag = "Threads", params(("id" = String, Path)), responses((status = 200, body = StreamEvent, content_type = "text/event-stream"), Refusals))]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let session = SessionKey { owner: caller.owner().to_owned(), id };
    let reader = app.answers.newest(&session, idempotency_key(&headers)?);
    let mut reader = reader.ok_or_else(|| Failure::not_found("not_found", "No message of this thread is being answered."))?;
    reader.accepted().await.map_err(|error| Failure::from(&error))?;
    Ok(stream_response(reader, 0))
}
