//! Dialect `threads` (`seeds/threads-api.txt`): a thread is made, a message is posted to it, and a second request, a GET, streams
//! the answer.
//!
//! The document names no end frame: the end of the stream ends an answer, or a frame with `"delta":false`. Such a frame may hold the
//! last piece, or the whole answer once more, which is not shown twice. Pieces are joined exactly as sent. `usage`, `sources` and
//! `tool_calls` of a frame, and `tools` and `tool_outputs` of a message, are the gateway's additions, under the names of its sibling
//! documents and of this one's custom tools.

use super::answer::{Progress, Whole, Written};
use super::conversations::{self, TOKENS, answer_fields};
use super::error::ApiError;
use super::event::{Event, Usage};
use super::json::{Object, Value, array, list, text};
use super::request::{Attachment, Delivery, Request, Turn, segment, write_attachments};
use super::sse::Frame;
use super::tool::{ToolCall, write_tools};

/// Describes the request that makes a thread.
#[inline(never)]
pub(super) fn begin(turn: &Turn<'_>) -> Request {
    let user_id = turn.user.id.as_deref().unwrap_or_default();
    let metadata = turn.full_metadata(&[("user_id", user_id), ("session_id", turn.session_id)]);
    let body = Object::new().raw("metadata", metadata.as_deref().unwrap_or("{}"));
    Request::post("/threads".to_owned(), body.finish(), Delivery::Plain)
}

/// Describes the request that posts one message, or the answers to the last answer's tool calls.
#[inline(never)]
pub(super) fn send(turn: &Turn<'_>, delivery: Delivery) -> Request {
    let body = Object::new().text("assistant_id", turn.assistant);
    let answers = turn.new_tool_answers();
    let body = if answers.is_empty() {
        let attachments = write_attachments(turn, |attachment| match attachment {
            Attachment::File { id } => Some(Object::new().text("type", "file").text("file_id", id).finish()),
            Attachment::Url { .. } => None,
        });
        let body = body.text("role", "user").text("content", &turn.text_with_addresses());
        body.maybe_raw("attachments", attachments.as_deref())
    } else {
        let outputs = answers
            .iter()
            .map(|answer| Object::new().text("tool_call_id", &answer.call.id).text("output", &answer.text()).finish());
        body.text("role", "tool").raw("tool_outputs", &list(outputs))
    };
    let body = body.maybe_raw("tools", write_tools(turn.tools).as_deref());
    Request::post(messages_path(turn.session_id, ""), body.finish(), delivery)
}

/// Describes the request that streams the answer to the message that was posted.
#[inline(never)]
pub(super) fn listen(thread_id: &str) -> Request {
    Request { delivery: Delivery::Stream, ..Request::get(messages_path(thread_id, "/stream")) }
}

/// Returns the path of a thread's messages.
pub(super) fn messages_path(thread_id: &str, suffix: &str) -> String {
    ["/threads/", &segment(thread_id), "/messages", suffix].concat()
}

/// Decodes `{"id","role","content","delta"}`.
#[inline(never)]
pub(super) fn decode_document(value: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    if let Some(error) = ApiError::in_body(value) {
        on_event(Event::Failed(error));
        return;
    }
    // The visitor's own message may come along, and frames of other kinds, which have neither a role nor a `delta`.
    let is_answer = match value.get("role").and_then(Value::as_str) {
        Some(role) => role == "assistant",
        None => matches!(value.get("delta"), Some(Value::Bool(_))),
    };
    if !is_answer {
        return;
    }
    progress.start(text(value, "id"), on_event);
    let is_last = value.get("delta") == Some(&Value::Bool(false));
    let content = text(value, "content").unwrap_or_default();
    let piece = if is_last { rest(&progress.text, &content) } else { &content };
    if !piece.is_empty() {
        progress.has_text = true;
        progress.text.push_str(piece);
        on_event(Event::TextDelta(piece.to_owned()));
    }
    progress.has_calls |= value.get("tool_calls").is_some();
    ToolCall::decode_list(value, "tool_calls", on_event);
    progress.usage = value.get("usage").and_then(|usage| Usage::decode(usage, TOKENS)).or(progress.usage);
    if is_last {
        conversations::finish(value, progress.message_id.clone(), on_event);
    }
}

/// Returns what the last frame adds to the text so far, which it may repeat: as it is, or with the blanks that the pieces lack.
fn rest<'a>(so_far: &str, last: &'a str) -> &'a str {
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    match last.strip_prefix(so_far) {
        Some(rest) => rest,
        None if letters(so_far) == letters(last) => "",
        None => last,
    }
}

/// Decodes `{id, role, content, created_at}`.
#[inline(never)]
pub(super) fn decode_answer(value: &Value, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
    let has_content = value.get("content").and_then(Value::as_str).is_some();
    if !has_content && array(value, "tool_calls").is_empty() {
        return conversations::decode_answer(value, on_event);
    }
    // A message that only calls may say nothing.
    on_event(Event::Started { message_id: text(value, "id") });
    ToolCall::decode_list(value, "tool_calls", on_event);
    if let Some(content) = text(value, "content") {
        on_event(Event::TextDelta(content));
    }
    conversations::finish(value, text(value, "id"), on_event);
    Ok(())
}

/// Whether the answer to a posted message is the assistant's already, so that there is nothing to listen for.
#[inline(never)]
pub(super) fn is_answer(value: &Value) -> bool {
    let is_assistant = value.get("role").and_then(Value::as_str) == Some("assistant");
    let says_something = text(value, "content").is_some() || !array(value, "tool_calls").is_empty();
    is_assistant && says_something || ApiError::in_body(value).is_some()
}

/// Writes the frame that says `event`.
pub(super) fn encode(event: &Event, written: &mut Written, on_frame: &mut dyn FnMut(Frame)) {
    let piece = |content: &str, is_delta: &str| {
        let body = Object::new().maybe_text("id", written.message_id.as_deref()).text("role", "assistant");
        body.text("content", content).raw("delta", is_delta)
    };
    let body = match event {
        // Sources and calls travel with the last frame; thoughts are not in the document.
        Event::Started { .. } | Event::Source(_) | Event::Reasoning(_) | Event::ToolCall(_) | Event::ToolResult(_) => return,
        Event::TextDelta(content) => piece(content, "true"),
        Event::Finished(finish) => answer_fields(piece("", "false"), &written.sources, finish)
            .maybe_raw("tool_calls", write_calls(&written.calls).as_deref()),
        Event::Failed(error) => error.write(Object::new()),
    };
    on_frame(Frame::new("", body.finish()));
}

/// Returns the text of a complete answer.
pub(super) fn encode_answer(whole: &Whole) -> String {
    let id = whole.finish.message_id.as_deref();
    let body = Object::new().maybe_text("id", id).text("role", "assistant").text("content", &whole.text);
    answer_fields(body, &whole.sources, &whole.finish)
        .maybe_raw("tool_calls", write_calls(&whole.calls).as_deref())
        .maybe_text("created_at", whole.finish.created_at.as_deref())
        .finish()
}

/// Writes calls that the reader is to answer, in this dialect's and in `execute`'s way; nothing when there are none.
pub(super) fn write_calls(calls: &[ToolCall]) -> Option<String> {
    let written = calls.iter().map(|call| {
        Object::new().text("id", &call.id).text("name", &call.name).raw("arguments", &call.arguments_value()).finish()
    });
    (!calls.is_empty()).then(|| list(written))
}
