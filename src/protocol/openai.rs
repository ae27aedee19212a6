//! Dialect `openai`: chat completions, as the vendor's later pages and many other servers have them. The server remembers nothing,
//! so the newest part of the transcript is sent along.
//!
//! The vendor's own sample of the last chunk is invalid JSON, so `[DONE]` or the end of the stream ends an answer, and a chunk that can
//! not be read does not. `sources`, `cost` and `reasoning_content` are additions that other readers skip.

use super::answer::{Progress, Whole, Written};
use super::conversations::{TOKENS, answer_fields};
use super::error::ApiError;
use super::event::{Event, Finish, Usage, decode_sources};
use super::history::{Role, content};
use super::json::{Object, Value, array, list, number, text, unsigned};
use super::request::{Attachment, Delivery, Request, Turn, WINDOW_TOKENS, window};
use super::sse::Frame;
use super::tool::{ToolCall, write_tool};

/// No answer calls more tools at once; a server that says so is not believed.
const CALLS_LIMIT: usize = 64;

/// Describes the request that sends the transcript and one message, or the answers to the last answer's tool calls.
#[inline(never)]
pub(super) fn send(turn: &Turn<'_>, delivery: Delivery) -> Request {
    let message = |role: &str, text: &str| Object::new().text("role", role).text("content", text).finish();
    let earlier = window(turn.earlier, WINDOW_TOKENS).iter().map(|said| message(said.role.as_str(), said.text));
    let mut messages: Vec<String> = earlier.collect();
    if turn.attachments.is_empty() {
        messages.push(message(Role::User.as_str(), turn.text));
    } else {
        messages.push(Object::new().text("role", Role::User.as_str()).raw("content", &parts(turn)).finish());
    }
    for round in turn.tool_rounds {
        let calls = round.answers.iter().map(|answer| write_call(&answer.call, None));
        let asked = Object::new().text("role", Role::Assistant.as_str());
        let asked = if round.text.is_empty() { asked.raw("content", "null") } else { asked.text("content", &round.text) };
        messages.push(asked.raw("tool_calls", &list(calls)).finish());
        messages.extend(round.answers.iter().map(|answer| {
            Object::new().text("role", "tool").text("tool_call_id", &answer.call.id).text("content", &answer.text()).finish()
        }));
    }
    let mut body = Object::new().text("model", turn.assistant).raw("messages", &list(messages.into_iter()));
    if !turn.tools.is_empty() {
        let tools = turn
            .tools
            .iter()
            .map(|tool| Object::new().text("type", "function").raw("function", &write_tool(Object::new(), tool)).finish());
        body = body.raw("tools", &list(tools));
    }
    let is_streamed = match delivery {
        Delivery::Stream => "true",
        Delivery::Plain => "false",
    };
    let body = body.raw("stream", is_streamed).maybe_text("user", turn.user.id.as_deref());
    Request::post("/chat/completions".to_owned(), body.finish(), delivery)
}

/// Writes the message with its attachments as content parts.
fn parts(turn: &Turn<'_>) -> String {
    let part = |kind: &str, content: &str| Object::new().text("type", kind).raw(kind, content).finish();
    let said = |text: &str| Object::new().text("type", "text").text("text", text).finish();
    let attached = turn.attachments.iter().map(|attachment| match attachment {
        Attachment::File { id } => part("file", &Object::new().text("file_id", id).finish()),
        Attachment::Url { url, mime_type } if mime_type.starts_with("image/") => {
            part("image_url", &Object::new().text("url", url).finish())
        }
        // There is no part for the address of anything else.
        Attachment::Url { url, .. } => said(url),
    });
    list(std::iter::once(said(turn.text)).chain(attached))
}

/// Writes a call; `index` is its place in the answer, for a stream.
fn write_call(call: &ToolCall, index: Option<f64>) -> String {
    let function = Object::new().text("name", &call.name).text("arguments", call.arguments_json()).finish();
    let body = Object::new().number("index", index).text("id", &call.id).text("type", "function");
    body.raw("function", &function).finish()
}

/// Decodes one chunk.
#[inline(never)]
pub(super) fn decode_document(value: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    if let Some(error) = ApiError::in_body(value) {
        on_event(Event::Failed(error));
        return;
    }
    progress.start(text(value, "id"), on_event);
    progress.usage = value.get("usage").and_then(|usage| Usage::decode(usage, TOKENS)).or(progress.usage);
    for source in decode_sources(value) {
        on_event(Event::Source(source));
    }
    // Of several choices the first is shown; a chunk with usage has none.
    let Some(choice) = array(value, "choices").iter().find(|choice| unsigned(choice, "index").unwrap_or(0) == 0) else { return };
    if let Some(delta) = choice.get("delta") {
        if let Some(thought) = reasoning(delta) {
            on_event(Event::Reasoning(thought));
        }
        if let Some(content) = text(delta, "content") {
            progress.has_text = true;
            on_event(Event::TextDelta(content));
        }
        for call in array(delta, "tool_calls") {
            assemble(call, progress, on_event);
        }
    }
    if text(choice, "finish_reason").is_some() {
        for call in std::mem::take(&mut progress.calls) {
            on_event(Event::ToolCall(call));
        }
    }
}

/// Puts a piece of a call to the others, and tells of a call once its name is known.
fn assemble(piece: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    let idx = unsigned(piece, "index").and_then(|idx| usize::try_from(idx).ok()).unwrap_or(progress.calls.len());
    if idx >= CALLS_LIMIT {
        return;
    }
    if progress.calls.len() <= idx {
        progress.calls.resize_with(idx + 1, ToolCall::default);
    }
    let Some(call) = progress.calls.get_mut(idx) else { return };
    let function = piece.get("function").unwrap_or(&Value::Null);
    if let Some(id) = text(piece, "id") {
        call.id = id;
    }
    if let Some(name) = text(function, "name").filter(|_| call.name.is_empty()) {
        progress.has_calls = true;
        call.name = name;
        on_event(Event::ToolCall(ToolCall { arguments: String::new(), ..call.clone() }));
    }
    call.arguments.push_str(&text(function, "arguments").unwrap_or_default());
}

/// Decodes `{id, choices: [{message}], usage}`.
#[inline(never)]
pub(super) fn decode_answer(value: &Value, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
    let message = array(value, "choices").first().and_then(|choice| choice.get("message"));
    let Some(message) = message.filter(|message| message.is_object()) else {
        return Err(ApiError::malformed("the answer has no `choices` with a `message`"));
    };
    on_event(Event::Started { message_id: text(value, "id") });
    if let Some(thought) = reasoning(message) {
        on_event(Event::Reasoning(thought));
    }
    for entry in array(message, "tool_calls") {
        let function = entry.get("function").unwrap_or(&Value::Null);
        if let (Some(id), Some(name)) = (text(entry, "id"), text(function, "name")) {
            let arguments = text(function, "arguments").unwrap_or_default();
            on_event(Event::ToolCall(ToolCall { id, name, arguments, progress: None }));
        }
    }
    if let Some(content) = content(message).filter(|content| !content.is_empty()) {
        on_event(Event::TextDelta(content));
    }
    for source in decode_sources(value) {
        on_event(Event::Source(source));
    }
    on_event(Event::Finished(Finish {
        message_id: text(value, "id"),
        usage: value.get("usage").and_then(|usage| Usage::decode(usage, TOKENS)),
        cost: number(value, "cost"),
        ..Finish::default()
    }));
    Ok(())
}

/// Returns what the model thinks, under the two names that servers give it.
fn reasoning(message: &Value) -> Option<String> {
    text(message, "reasoning_content").or_else(|| text(message, "reasoning"))
}

/// Writes the chunks that say `event`.
pub(super) fn encode(event: &Event, written: &mut Written, on_frame: &mut dyn FnMut(Frame)) {
    let chunk = |delta: &str, finish_reason: &str| {
        let choice = Object::new().number("index", Some(0.0)).raw("delta", delta).raw("finish_reason", finish_reason).finish();
        let body = Object::new().maybe_text("id", written.message_id.as_deref()).text("object", "chat.completion.chunk");
        body.raw("choices", &list([choice].into_iter()))
    };
    let says = |name: &str, text: &str| chunk(&Object::new().text(name, text).finish(), "null");
    let body = match event {
        // Sources travel with the last chunk. A client answers every call that it is told, so only those without a result are.
        Event::Source(_) | Event::ToolCall(_) | Event::ToolResult(_) => return,
        Event::Started { .. } => says("role", Role::Assistant.as_str()),
        Event::TextDelta(content) => says("content", content),
        Event::Reasoning(thought) => says("reasoning_content", thought),
        Event::Finished(finish) => {
            if let Some(calls) = write_calls(&written.calls) {
                on_frame(Frame::new("", chunk(&Object::new().raw("tool_calls", &calls).finish(), "null").finish()));
            }
            answer_fields(chunk("{}", finish_reason(&written.calls)), &written.sources, finish)
        }
        Event::Failed(error) => error.write(Object::new()),
    };
    on_frame(Frame::new("", body.finish()));
    if event.is_end() {
        on_frame(Frame::new("", "[DONE]".to_owned()));
    }
}

/// Writes calls with their places; nothing when there are none.
fn write_calls(calls: &[ToolCall]) -> Option<String> {
    #[allow(clippy::cast_precision_loss, reason = "a few calls")]
    let written = calls.iter().enumerate().map(|(idx, call)| write_call(call, Some(idx as f64)));
    (!calls.is_empty()).then(|| list(written))
}

fn finish_reason(calls: &[ToolCall]) -> &'static str {
    if calls.is_empty() { "\"stop\"" } else { "\"tool_calls\"" }
}

/// Returns the text of a complete answer.
pub(super) fn encode_answer(whole: &Whole) -> String {
    let message = Object::new().text("role", Role::Assistant.as_str()).text("content", &whole.text);
    let message = message.maybe_raw("tool_calls", write_calls(&whole.calls).as_deref()).finish();
    let choice = Object::new().number("index", Some(0.0)).raw("message", &message);
    let choice = choice.raw("finish_reason", finish_reason(&whole.calls)).finish();
    let body = Object::new().maybe_text("id", whole.finish.message_id.as_deref()).text("object", "chat.completion");
    let body = body.raw("choices", &list([choice].into_iter()));
    answer_fields(body, &whole.sources, &whole.finish).finish()
}
