//! Dialect `chat`: `POST /v1/chat` and `/v1/chat/stream`.

use std::sync::Arc;

use assisters_chat::protocol::{Delivery, Dialect};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::access::Caller;
use crate::answer::{Answers, Ask, Reader};
use crate::app::App;
use crate::body::{Fields, check_name, idempotency_key};
use crate::error::Failure;
use crate::identifier;
use crate::sse::stream_response;
use crate::store::SessionKey;

/// Answers in one document.
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let reader = begin(&app, &caller, &headers, &fields, Delivery::Plain)?;
    super::conversations::whole_answer(reader, Dialect::Chat).await
}

/// Answers word by word.
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut reader = begin(&app, &caller, &headers, &fields, Delivery::Stream)?;
    reader.accepted().await.map_err(|error| Failure::from(&error))?;
    Ok(stream_response(reader, Dialect::Chat))
}

fn begin(app: &Arc<App>, caller: &Caller, headers: &HeaderMap, fields: &Fields, delivery: Delivery) -> Result<Reader, Failure> {
    let assistant = fields.required_text("assistant")?;
    check_name("assistant", &assistant)?;
    app.allow_assistant(&assistant)?;
    let text = fields.required_text("message")?;
    let idempotency_key = idempotency_key(headers)?;
    let session_id = match (fields.name("session_id")?, &idempotency_key) {
        (Some(id), _) => id,
        // The same message sent again finds the session it began.
        (None, Some(key)) => identifier::derived("sess_", &[caller.owner(), key]),
        (None, None) => identifier::random("sess_").map_err(|error| {
            tracing::error!(%error, "no randomness from the system");
            Failure::internal()
        })?,
    };
    let ask = Ask {
        session: SessionKey { owner: caller.owner().to_owned(), id: session_id },
        assistant,
        text,
        user: fields.user()?,
        metadata: fields.object("metadata")?,
        delivery,
        idempotency_key,
    };
    Answers::ask(app, ask)
}
