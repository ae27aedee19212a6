//! Earlier conversations: read, and forgotten. A caller finds only their own.

use std::fmt::Display;
use std::sync::Arc;

use assisters_chat::protocol::{Source, format_rfc3339};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::access::Caller;
use crate::app::App;
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::Refusals;
use crate::openapi::answers::{ConversationAnswer, Deleted, SessionAnswer, ThreadAnswer};
use crate::store::{Session, SessionHeader, SessionKey, StoredAttachment, StoredFeedback, StoredMessage};
use crate::upload::take_addresses;

/// The same for one that never was and for somebody else's: nobody learns which ids there are.
pub(super) const NO_CONVERSATION: &str = "There is no such conversation.";

/// Returns a session as dialect `chat` describes it.
#[utoipa::path(get, path = "/sessions/{id}", tag = "Chat", params(("id" = String, Path)), responses((status = 200, body = SessionAnswer), Refusals))]
pub(super) async fn read_session(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let session = find(&app, &caller, &id).await?;
    Ok(Json(json!({
        "id": id,
        "assistant": session.header.assistant,
        "messages": messages(&session),
        "metadata": session.header.metadata,
        "created_at": format_rfc3339(session.header.created_at_secs),
        "updated_at": format_rfc3339(session.updated_at_secs()),
    })))
}

/// Returns a conversation as dialect `conversations` describes it.
#[utoipa::path(get, path = "/conversations/{id}", tag = "Conversations", params(("id" = String, Path)), responses((status = 200, body = ConversationAnswer), Refusals))]
pub(super) async fn read_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    Ok(Json(conversation(&id, &find(&app, &caller, &id).await?)))
}

/// Describes a conversation.
pub(super) fn conversation(id: &str, session: &Session) -> Value {
    json!({
        "id": id,
        "assistant_id": session.header.assistant,
        "user_id": session.header.metadata.get("user_id"),
        "messages": messages(session),
        "metadata": session.header.metadata,
        "status": if session.header.ended_at_secs.is_some() { "ended" } else { "open" },
        "ended_at": session.header.ended_at_secs.map(format_rfc3339),
        "created_at": format_rfc3339(session.header.created_at_secs),
        "updated_at": format_rfc3339(session.updated_at_secs()),
    })
}

/// Returns a thread's messages as dialect `threads` lists things.
#[utoipa::path(get, path = "/threads/{id}/messages", tag = "Threads", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals))]
pub(super) async fn read_thread_messages(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let session = find(&app, &caller, &id).await?;
    let messages = messages(&session);
    Ok(Json(json!({"total": messages.len(), "data": messages, "has_more": false})))
}

/// Returns a thread as dialect `threads` describes it.
#[utoipa::path(get, path = "/threads/{id}", tag = "Threads", params(("id" = String, Path)), responses((status = 200, body = ThreadAnswer), Refusals))]
pub(super) async fn read_thread(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    Ok(Json(thread(&id, &find(&app, &caller, &id).await?.header)))
}

/// Describes a thread.
pub(super) fn thread(id: &str, header: &SessionHeader) -> Value {
    let metadata = if header.metadata.is_null() { json!({}) } else { header.metadata.clone() };
    json!({"id": id, "created_at": format_rfc3339(header.created_at_secs), "metadata": metadata})
}

/// Returns a chat as dialect `informer` has its messages: in parts.
#[utoipa::path(get, path = "/chats/{id}", tag = "Chats", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals))]
pub(super) async fn read_chat(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let session = find(&app, &caller, &id).await?;
    let mut messages = messages(&session);
    for message in &mut messages {
        message["parts"] = json!([{"type": "text", "text": message["content"]}]);
    }
    Ok(Json(json!({"id": id, "assistantId": session.header.assistant, "messages": messages})))
}

/// Forgets a conversation, here and at the upstream.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "Chat", params(("id" = String, Path)), responses((status = 200, body = Deleted), Refusals))]
pub(super) async fn delete(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    let key = SessionKey { owner: caller.owner().to_owned(), id };
    let session = app.store.session(&key).await.map_err(|error| internal(&error))?;
    let session = session.ok_or_else(|| Failure::not_found("not_found", NO_CONVERSATION))?;
    // The upstream first: if it fails, the visitor can try again.
    if let Some(upstream_id) = &session.header.upstream_id {
        app.upstream.forget(upstream_id).await.map_err(|error| Failure::from(&error))?;
    }
    app.store.delete_session(&key).await.map_err(|error| internal(&error))?;
    // What was only sent for it goes with it.
    for attachment in session.messages.iter().flat_map(|message| &message.attachments) {
        app.store.delete_upload(&attachment.id, &key.owner).await.map_err(|error| internal(&error))?;
    }
    Ok(Json(json!({"id": key.id, "deleted": true})))
}

/// Finds a conversation of the caller's own.
pub(super) async fn find(app: &App, caller: &Caller, id: &str) -> Result<Session, Failure> {
    let key = SessionKey { owner: caller.owner().to_owned(), id: id.to_owned() };
    let session = app.store.session(&key).await.map_err(|error| internal(&error))?;
    session.ok_or_else(|| Failure::not_found("not_found", NO_CONVERSATION))
}

fn messages(session: &Session) -> Vec<Value> {
    session.messages.iter().map(message_body).collect()
}

/// The union of the documents' fields: one calls the time `created_at`, the other `timestamp`.
pub(super) fn message_body(message: &StoredMessage) -> Value {
    let created_at = format_rfc3339(message.created_at_secs);
    let sources: Vec<Source> = message.sources.iter().map(Source::from).collect();
    // Below the text stand the addresses of files only where the page's dialect has no other place for them.
    let content = if message.attachments.is_empty() { &message.content } else { take_addresses(&message.content).0 };
    let mut body = json!({
        "id": message.id,
        "role": message.role.as_str(),
        "content": content,
        "created_at": created_at,
        "timestamp": created_at,
    });
    if !sources.is_empty() {
        body["sources"] = sources
            .iter()
            .map(|source| json!({"title": source.title, "url": source.url, "relevance": source.relevance}))
            .collect();
    }
    if !message.attachments.is_empty() {
        let attachments = message.attachments.iter().map(|StoredAttachment { id, name, media_type, url }| {
            json!({"type": "file", "file_id": id, "name": name, "mime_type": media_type, "url": url})
        });
        body["attachments"] = attachments.collect();
    }
    if let Some(usage) = message.usage {
        let (input, output) = (usage.input, usage.output);
        body["usage"] = json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": usage.total});
    }
    if let Some(feedback) = &message.feedback {
        body["feedback"] = feedback_body(feedback);
    }
    body
}

/// Describes what a visitor thinks of an answer.
pub(super) fn feedback_body(feedback: &StoredFeedback) -> Value {
    let created_at = format_rfc3339(feedback.created_at_secs);
    json!({"rating": if feedback.is_up { "up" } else { "down" }, "comment": feedback.comment, "created_at": created_at})
}

/// Logs the cause of a failure of our own, and returns what the page may know of it.
pub(crate) fn internal(cause: &dyn Display) -> Failure {
    tracing::error!(%cause, "a request failed");
    Failure::internal()
}
