//! Dialect `chat` (`seeds/chat-api.txt`): one endpoint, the session id is the client's own.
//!
//! The streamed `done` frame of the document carries no `session_id`, so the client makes one and sends it from the first
//! message on. The gateway adds `session_id`, `cost` and `sources` to the frame; other readers skip them.

use serde_json::{Value, json};

use super::error::ApiError;
use super::event::{Event, Finish, Source, Usage, decode_sources, encode_sources};
use super::json::{Object, number, text};
use super::request::{Delivery, Request, Turn};
use super::sse::Frame;

const TOKENS: [&str; 3] = ["input", "output", "total"];

/// Describes the request that sends one message.
pub(super) fn send(turn: &Turn<'_>, delivery: Delivery) -> Request {
    let path = match delivery {
        Delivery::Stream => "/chat/stream",
        Delivery::Plain => "/chat",
    };
    let mut body = Object::new().text("assistant", turn.assistant).text("message", turn.text).text("session_id", turn.session_id);
    if let Some(user) = turn.user.write() {
        body = body.raw("user", &user);
    }
    Request::post(path.to_owned(), body.value("metadata", turn.metadata).finish(), delivery)
}

/// Decodes `{"type":"chunk","content"}` and `{"type":"done","id","tokens"}`; any other type is skipped.
pub(super) fn decode_frame(value: &Value, on_event: &mut dyn FnMut(Event)) {
    match value.get("type").and_then(Value::as_str) {
        Some("chunk") => {
            if let Some(content) = text(value, "content") {
                on_event(Event::TextDelta(content));
            }
        }
        Some("done") => finish(value, on_event),
        _ => {
            if let Some(error) = ApiError::in_body(value) {
                on_event(Event::Failed(error));
            }
        }
    }
}

/// Decodes `{id, response, session_id, tokens, cost, created_at}`.
pub(super) fn decode_answer(value: &Value, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
    let Some(response) = value.get("response").and_then(Value::as_str) else {
        return Err(ApiError::malformed("the answer has no `response`"));
    };
    on_event(Event::Started { message_id: text(value, "id") });
    on_event(Event::TextDelta(response.to_owned()));
    finish(value, on_event);
    Ok(())
}

fn finish(value: &Value, on_event: &mut dyn FnMut(Event)) {
    for source in decode_sources(value) {
        on_event(Event::Source(source));
    }
    on_event(Event::Finished(Finish {
        message_id: text(value, "id"),
        session_id: text(value, "session_id"),
        usage: value.get("tokens").and_then(|tokens| Usage::decode(tokens, TOKENS)),
        cost: number(value, "cost"),
        created_at: text(value, "created_at"),
    }));
}

/// Returns the frame that says `event`.
pub(super) fn encode_frame(event: &Event, sources: &[Source]) -> Option<Frame> {
    let body = match event {
        // The document has no start frame, and a source has no frame of its own.
        Event::Started { .. } | Event::Source(_) => return None,
        Event::TextDelta(content) => json!({"type": "chunk", "content": content}),
        Event::Finished(finish) => {
            let mut body = answer_fields(sources, finish);
            body["type"] = json!("done");
            body
        }
        Event::Failed(error) => {
            let mut body = error.encode();
            body["type"] = json!("error");
            body
        }
    };
    Some(Frame::new("message", body.to_string()))
}

/// Returns a complete answer.
pub(super) fn encode_answer(response: &str, sources: &[Source], finish: &Finish) -> Value {
    let mut body = answer_fields(sources, finish);
    body["response"] = json!(response);
    body
}

fn answer_fields(sources: &[Source], finish: &Finish) -> Value {
    json!({
        "id": finish.message_id,
        "session_id": finish.session_id,
        "tokens": finish.usage.unwrap_or_default().encode(TOKENS),
        "cost": finish.cost,
        "created_at": finish.created_at,
        "sources": encode_sources(sources),
    })
}
