//! Dialect `conversations` (`seeds/conversations-api.txt`): the server names the conversation, then messages are posted to it.
//!
//! The document's end frame carries only `usage`; the gateway adds `sources` to it, as the plain answer has them.

use super::answer::{Progress, Whole, Written};
use super::error::ApiError;
use super::event::{Event, Finish, Source, Usage, decode_sources, write_sources};
use super::json::{Object, Value, number, text};
use super::request::{Delivery, Request, Turn, segment};
use super::sse::Frame;

/// The names of the counts, here and in two more dialects.
pub(super) const TOKENS: [&str; 3] = ["prompt_tokens", "completion_tokens", "total_tokens"];

/// Describes the request that begins a conversation.
#[inline(never)]
pub(super) fn begin(turn: &Turn<'_>) -> Request {
    let body = Object::new().text("assistant_id", turn.assistant).maybe_text("user_id", turn.user.id.as_deref());
    let body = body.maybe_raw("metadata", turn.full_metadata(&[]).as_deref());
    Request::post("/conversations".to_owned(), body.finish(), Delivery::Plain)
}

/// Describes the request that sends one message.
#[inline(never)]
pub(super) fn send(turn: &Turn<'_>, delivery: Delivery) -> Request {
    let suffix = match delivery {
        Delivery::Stream => "/stream",
        Delivery::Plain => "",
    };
    let path = ["/conversations/", &segment(turn.session_id), "/messages", suffix].concat();
    Request::post(path, Object::new().text("content", &turn.text_with_addresses()).finish(), delivery)
}

/// Decodes `start`, `delta` and `end` frames; any other type is skipped.
#[inline(never)]
pub(super) fn decode_document(value: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    match value.get("type").and_then(Value::as_str) {
        Some("start") => on_event(Event::Started { message_id: text(value, "message_id") }),
        Some("delta") => {
            if let Some(content) = text(value, "content") {
                progress.has_text = true;
                on_event(Event::TextDelta(content));
            }
        }
        Some("end") => finish(value, text(value, "message_id"), on_event),
        _ => {
            if let Some(error) = ApiError::in_body(value) {
                on_event(Event::Failed(error));
            }
        }
    }
}

/// Decodes `{id, role, content, sources, usage}`, which dialect `threads` answers with too.
#[inline(never)]
pub(super) fn decode_answer(value: &Value, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
    let Some(content) = value.get("content").and_then(Value::as_str) else {
        return Err(ApiError::malformed("the answer has no `content`"));
    };
    on_event(Event::Started { message_id: text(value, "id") });
    on_event(Event::TextDelta(content.to_owned()));
    finish(value, text(value, "id"), on_event);
    Ok(())
}

/// Decodes what is told at the end of an answer.
pub(super) fn finish(value: &Value, message_id: Option<String>, on_event: &mut dyn FnMut(Event)) {
    for source in decode_sources(value) {
        on_event(Event::Source(source));
    }
    on_event(Event::Finished(Finish {
        message_id,
        session_id: None,
        usage: value.get("usage").and_then(|usage| Usage::decode(usage, TOKENS)),
        cost: number(value, "cost"),
        created_at: text(value, "created_at"),
    }));
}

/// Writes the frame that says `event`.
pub(super) fn encode(event: &Event, written: &mut Written, on_frame: &mut dyn FnMut(Frame)) {
    let body = match event {
        Event::Started { message_id } => Object::new().text("type", "start").maybe_text("message_id", message_id.as_deref()),
        Event::TextDelta(content) => Object::new().text("type", "delta").text("content", content),
        // Sources travel with the end frame; thoughts and tools are not in the document.
        Event::Source(_) | Event::Reasoning(_) | Event::ToolCall(_) | Event::ToolResult(_) => return,
        Event::Finished(finish) => answer_fields(Object::new().text("type", "end"), &written.sources, finish),
        Event::Failed(error) => error.write(Object::new().text("type", "error")),
    };
    on_frame(Frame::new("", body.finish()));
}

/// Returns the text of a complete answer.
pub(super) fn encode_answer(whole: &Whole) -> String {
    let id = whole.finish.message_id.as_deref();
    let body = Object::new().maybe_text("id", id).text("role", "assistant").text("content", &whole.text);
    answer_fields(body, &whole.sources, &whole.finish).maybe_text("created_at", whole.finish.created_at.as_deref()).finish()
}

/// Writes what is told at the end of an answer.
pub(super) fn answer_fields(body: Object, sources: &[Source], finish: &Finish) -> Object {
    body.raw("usage", &finish.usage.unwrap_or_default().write(TOKENS))
        .number("cost", finish.cost)
        .raw("sources", &write_sources(sources))
}
