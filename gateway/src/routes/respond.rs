//! What the chat routes of every dialect share: finding a session's name, and answering in one document or word by word.

use assisters_chat::protocol::{Delivery, Whole};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::sessions::internal;
use crate::access::Caller;
use crate::answer::{Reader, interrupted};
use crate::error::Failure;
use crate::identifier;
use crate::sse::stream_response;

/// Answers in the dialect and the way that the message was asked in.
pub(super) async fn respond(mut reader: Reader, delivery: Delivery) -> Result<Response, Failure> {
    match delivery {
        Delivery::Plain => whole(reader).await,
        Delivery::Stream => {
            reader.accepted().await.map_err(|error| Failure::from(&error))?;
            Ok(stream_response(reader, 0))
        }
    }
}

/// Reads an answer to its end and returns it as one document.
async fn whole(mut reader: Reader) -> Result<Response, Failure> {
    let mut whole = Whole::default();
    while let Some(event) = reader.next().await {
        let is_end = event.is_end();
        whole.add(event).map_err(|error| Failure::from(&error))?;
        if is_end {
            let document = reader.run.dialect.encode_answer(&whole);
            return Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response());
        }
    }
    Err(Failure::from(&interrupted()))
}

/// Returns the session that a message begins which names none. The same message sent again finds the session it began.
pub(super) fn new_session_id(caller: &Caller, idempotency_key: Option<&str>) -> Result<String, Failure> {
    match idempotency_key {
        Some(key) => Ok(identifier::derived("sess_", &[caller.owner(), key])),
        None => identifier::random("sess_").map_err(|error| internal(&error)),
    }
}

/// Returns how an answer is wanted, where only the `Accept` header says so.
pub(super) fn accepted_delivery(headers: &HeaderMap) -> Delivery {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/event-stream") { Delivery::Stream } else { Delivery::Plain }
}
