//! `GET /v1/streams/{message_id}`: the rest of an answer, for a page that was reloaded or lost its connection.

use std::sync::Arc;

use assisters_chat::protocol::Dialect;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use crate::access::Caller;
use crate::answer::Reader;
use crate::app::App;
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::Refusals;
use crate::openapi::answers::StreamEvent;
use crate::sse::{n_received, stream_response};

/// Streams what comes after `Last-Event-ID`, in the dialect that the message was asked in; without one, all of it.
#[utoipa::path(get, path = "/streams/{message_id}", tag = "Streams", params(("message_id" = String, Path), ("Last-Event-ID" = Option<String>, Header)), responses((status = 200, body = StreamEvent, content_type = "text/event-stream"), Refusals))]
pub(super) async fn resume(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(message_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // A dialect without frames has no stream to resume.
    let streamed = |reader: &Reader| reader.run.dialect != Dialect::Execute;
    let reader = app.answers.again(caller.owner(), &message_id).filter(streamed).ok_or_else(gone)?;
    let last_event_id = headers.get("last-event-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(stream_response(reader, n_received(last_event_id, &message_id)))
}

/// Ends an answer at once: the visitor wants no more of it.
#[utoipa::path(delete, path = "/streams/{message_id}", tag = "Streams", params(("message_id" = String, Path)), responses((status = 200, body = Value), Refusals))]
pub(super) async fn stop(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(message_id): Path<String>,
) -> Result<Json<Value>, Failure> {
    if app.answers.stop(caller.owner(), &message_id) { Ok(Json(json!({"id": message_id, "stopped": true}))) } else { Err(gone()) }
}

/// The same for one that never was and for somebody else's.
fn gone() -> Failure {
    Failure::not_found("not_found", "This answer is not being made, and was not made lately.")
}
