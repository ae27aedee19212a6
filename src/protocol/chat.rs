//! Dialect `chat` (`seeds/chat-api.txt`): one endpoint, the session id is the client's own.
//!
//! The streamed `done` frame of the document carries no `session_id`, so the client makes one and sends it from the first
//! message on. The gateway adds `session_id`, `cost` and `sources` to the frame; other readers skip them.

use super::answer::{Progress, Whole, Written};
use super::error::ApiError;
use super::event::{Event, Finish, Source, Usage, decode_sources, write_sources};
use super::json::{Object, Value, number, text};
use super::request::{Delivery, Request, Turn};
use super::sse::Frame;

const TOKENS: [&str; 3] = ["input", "output", "total"];

/// Describes the request that sends one message.
#[inline(never)]
pub(super) fn send(turn: &Turn<'_>, delivery: Delivery) -> Request {
    let path = match delivery {
        Delivery::Stream => "/chat/stream",
        Delivery::Plain => "/chat",
    };
    let mut body = Object::new()
        .text("assistant", turn.assistant)
        .text("message", &turn.text_with_addresses())
        .text("session_id", turn.session_id);
    if let Some(user) = turn.user.write() {
        body = body.raw("user", &user);
    }
    Request::post(path.to_owned(), body.maybe_raw("metadata", turn.metadata).finish(), delivery)
}

/// Decodes `{"type":"chunk","content"}` and `{"type":"done","id","tokens"}`; any other type is skipped.
#[inline(never)]
pub(super) fn decode_document(value: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    match value.get("type").and_then(Value::as_str) {
        Some("chunk") => {
            if let Some(content) = text(value, "content") {
                progress.has_text = true;
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
#[inline(never)]
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

/// Writes the frame that says `event`.
pub(super) fn encode(event: &Event, written: &mut Written, on_frame: &mut dyn FnMut(Frame)) {
    let body = match event {
        // The document has no start frame, a source has no frame of its own, and thoughts and tools are not in it.
        Event::Started { .. } | Event::Source(_) | Event::Reasoning(_) | Event::ToolCall(_) | Event::ToolResult(_) => return,
        Event::TextDelta(content) => Object::new().text("type", "chunk").text("content", content),
        Event::Finished(finish) => answer_fields(Object::new().text("type", "done"), &written.sources, finish),
        Event::Failed(error) => error.write(Object::new().text("type", "error")),
    };
    on_frame(Frame::new("message", body.finish()));
}

/// Returns the text of a complete answer.
pub(super) fn encode_answer(whole: &Whole) -> String {
    answer_fields(Object::new().text("response", &whole.text), &whole.sources, &whole.finish).finish()
}

fn answer_fields(body: Object, sources: &[Source], finish: &Finish) -> Object {
    body.maybe_text("id", finish.message_id.as_deref())
        .maybe_text("session_id", finish.session_id.as_deref())
        .raw("tokens", &finish.usage.unwrap_or_default().write(TOKENS))
        .number("cost", finish.cost)
        .maybe_text("created_at", finish.created_at.as_deref())
        .raw("sources", &write_sources(sources))
}
