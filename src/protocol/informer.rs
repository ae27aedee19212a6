//! Dialect `informer` (`seeds/informer-api.txt`): a chat takes the transcript and streams the parts of a UI message, as the AI SDK
//! names them.
//!
//! The chat's id is the client's own. `assistantId` and `tools` in the request tell the gateway who is asked, and what the page offers; the
//! document's own server knows.

use super::answer::{Progress, Whole, Written};
use super::error::{ApiError, ErrorKind};
use super::event::{Event, Finish, Source, Usage};
use super::execute::TOKENS;
use super::history::{Role, content};
use super::json::{Object, Value, array, list, number, text};
use super::request::{Attachment, Request, Turn, WINDOW_TOKENS, segment, window};
use super::sse::Frame;
use super::tool::{ToolAnswer, ToolCall, ToolResult, plain, progress as progress_message, quoted, write_tools};

/// Describes the request that sends the transcript and one message, or the answers to the last answer's tool calls.
#[inline(never)]
pub(super) fn send(turn: &Turn<'_>, delivery: super::Delivery) -> Request {
    let said = |text: &str| Object::new().text("type", "text").text("text", text).finish();
    let message = |role: Role, parts: String| Object::new().text("role", role.as_str()).raw("parts", &parts).finish();
    let one = |text: &str| list([said(text)].into_iter());
    let earlier = window(turn.earlier, WINDOW_TOKENS).iter().map(|earlier| message(earlier.role, one(earlier.text)));
    let mut messages: Vec<String> = earlier.collect();
    let files = turn.attachments.iter().filter_map(|attachment| match attachment {
        Attachment::Url { url, mime_type } => {
            Some(Object::new().text("type", "file").text("mediaType", mime_type).text("url", url).finish())
        }
        Attachment::File { .. } => None,
    });
    messages.push(message(Role::User, list(std::iter::once(said(turn.text)).chain(files))));
    if !turn.tool_rounds.is_empty() {
        let mut parts = Vec::new();
        for (idx, round) in turn.tool_rounds.iter().enumerate() {
            if idx > 0 {
                parts.push(Object::new().text("type", "step-start").finish());
            }
            if !round.text.is_empty() {
                parts.push(said(&round.text));
            }
            parts.extend(round.answers.iter().map(write_answer));
        }
        messages.push(message(Role::Assistant, list(parts.into_iter())));
    }
    let body = Object::new().text("assistantId", turn.assistant).raw("messages", &list(messages.into_iter()));
    let body = body.maybe_raw("tools", write_tools(turn.tools).as_deref());
    Request::post(["/chats/", &segment(turn.session_id)].concat(), body.finish(), delivery)
}

/// Writes a call that was answered as a part of the assistant's message.
fn write_answer(answer: &ToolAnswer) -> String {
    let part = write_call(&answer.call);
    match &answer.output {
        Ok(output) => part.text("state", "output-available").raw("output", &quoted(output)).finish(),
        Err(reason) => part.text("state", "output-error").text("errorText", reason).finish(),
    }
}

/// Begins a part about a call.
fn write_call(call: &ToolCall) -> Object {
    let part = Object::new().text("type", &["tool-", &call.name].concat()).text("toolCallId", &call.id);
    part.raw("input", &call.arguments_value())
}

/// Decodes one part; a part of another type is skipped.
#[inline(never)]
pub(super) fn decode_document(value: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "start" => progress.start(text(value, "messageId"), on_event),
        "text-start" => progress.is_new_block = progress.has_text,
        "text-delta" => {
            if let Some(delta) = text(value, "delta") {
                // Blocks are paragraphs of their own.
                if std::mem::take(&mut progress.is_new_block) {
                    on_event(Event::TextDelta("\n\n".to_owned()));
                }
                progress.has_text = true;
                on_event(Event::TextDelta(delta));
            }
        }
        "reasoning-delta" => {
            if let Some(delta) = text(value, "delta") {
                on_event(Event::Reasoning(delta));
            }
        }
        "source-url" | "source-document" => {
            if let Some(source) = decode_source(value) {
                on_event(Event::Source(source));
            }
        }
        "finish-step" | "finish" => {
            let usage = value.get("usage").and_then(|usage| Usage::decode(usage, TOKENS));
            progress.usage = match (progress.usage, usage) {
                // `finish` repeats what the steps have told.
                (Some(so_far), Some(step)) if kind == "finish-step" => Some(so_far.plus(step)),
                (so_far, step) => step.or(so_far),
            };
            if kind == "finish" {
                progress.finish(on_event);
            }
        }
        "error" => {
            let message = text(value, "errorText").unwrap_or_else(|| "the server gave no reason".to_owned());
            on_event(Event::Failed(ApiError::in_body(value).unwrap_or_else(|| ApiError::new(ErrorKind::Server, message))));
        }
        _ if kind.starts_with("tool-") => decode_tool(kind, value, progress, on_event),
        _ => {
            if let Some(error) = ApiError::in_body(value) {
                on_event(Event::Failed(error));
            }
        }
    }
}

/// Decodes a part about a tool. Arguments that are still being written are left out: they come once more when they are complete.
fn decode_tool(kind: &str, value: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    let Some(id) = text(value, "toolCallId") else { return };
    let output = match kind {
        "tool-input-start" | "tool-input-available" => {
            let input = value.get("input");
            progress.has_calls = true;
            on_event(Event::ToolCall(ToolCall {
                id,
                name: text(value, "toolName").unwrap_or_default(),
                arguments: input.map(Value::to_json).unwrap_or_default(),
                progress: input.and_then(progress_message).or_else(|| text(value, "title")),
            }));
            return;
        }
        "tool-output-available" => Ok(value.get("output").map(plain).unwrap_or_default()),
        "tool-output-error" | "tool-input-error" => Err(text(value, "errorText").unwrap_or_default()),
        _ => return,
    };
    on_event(Event::ToolResult(ToolResult { id, output }));
}

fn decode_source(value: &Value) -> Option<Source> {
    let url = text(value, "url");
    Some(Source { title: text(value, "title").or_else(|| url.clone())?, url, relevance: number(value, "relevance") })
}

/// Decodes a whole UI message, `{id, role, parts, metadata}`, for servers that do not stream.
#[inline(never)]
pub(super) fn decode_answer(value: &Value, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
    if value.get("parts").and_then(Value::as_array).is_none() {
        return Err(ApiError::malformed("the answer has no `parts`"));
    }
    let text_content = content(value).unwrap_or_default();
    let message_id = text(value, "id");
    on_event(Event::Started { message_id: message_id.clone() });
    for part in array(value, "parts") {
        decode_whole_part(part, on_event);
    }
    if !text_content.is_empty() {
        on_event(Event::TextDelta(text_content));
    }
    for source in array(value, "parts").iter().filter(|part| text(part, "type").is_some_and(|kind| kind.starts_with("source-"))) {
        if let Some(source) = decode_source(source) {
            on_event(Event::Source(source));
        }
    }
    let usage = value.get("metadata").and_then(|metadata| metadata.get("usage"));
    let usage = usage.and_then(|usage| Usage::decode(usage, TOKENS));
    on_event(Event::Finished(Finish { message_id, usage, ..Finish::default() }));
    Ok(())
}

/// Decodes a thought or a call of a whole message: a call is complete there, and may have its output.
fn decode_whole_part(part: &Value, on_event: &mut dyn FnMut(Event)) {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind == "reasoning" {
        text(part, "text").into_iter().for_each(|thought| on_event(Event::Reasoning(thought)));
    }
    let name = if kind == "dynamic-tool" { text(part, "toolName") } else { kind.strip_prefix("tool-").map(str::to_owned) };
    let (Some(name), Some(id)) = (name, text(part, "toolCallId")) else { return };
    let input = part.get("input");
    let progress = input.and_then(progress_message).or_else(|| text(part, "title"));
    let arguments = input.map(Value::to_json).unwrap_or_default();
    on_event(Event::ToolCall(ToolCall { id: id.clone(), name, arguments, progress }));
    let output = match text(part, "errorText") {
        Some(reason) => Some(Err(reason)),
        None => part.get("output").map(plain).map(Ok),
    };
    if let Some(output) = output {
        on_event(Event::ToolResult(ToolResult { id, output }));
    }
}

/// Writes the parts that say `event`.
pub(super) fn encode(event: &Event, written: &mut Written, on_frame: &mut dyn FnMut(Frame)) {
    let part = |kind: &str| Object::new().text("type", kind);
    let mut put = |body: Object| on_frame(Frame::new("", body.finish()));
    // A block ends where something else begins.
    let block = match event {
        Event::TextDelta(_) => Some("text"),
        Event::Reasoning(_) => Some("reasoning"),
        _ => None,
    };
    if let Some(open) = written.block.filter(|open| Some(*open) != block) {
        put(part(&[open, "-end"].concat()).text("id", &written.n_blocks.to_string()));
        written.block = None;
    }
    if let Some(kind) = block.filter(|_| written.block.is_none()) {
        written.block = block;
        written.n_blocks += 1;
        put(part(&[kind, "-start"].concat()).text("id", &written.n_blocks.to_string()));
    }
    match event {
        Event::Started { message_id } => put(part("start").maybe_text("messageId", message_id.as_deref())),
        Event::TextDelta(delta) | Event::Reasoning(delta) => {
            let kind = [block.unwrap_or_default(), "-delta"].concat();
            put(part(&kind).text("id", &written.n_blocks.to_string()).text("delta", delta));
        }
        Event::Source(source) => put(write_source(source, written.sources.len())),
        Event::ToolCall(call) if call.arguments.is_empty() => {
            put(part("tool-input-start").text("toolCallId", &call.id).text("toolName", &call.name));
        }
        Event::ToolCall(call) => {
            let body = part("tool-input-available").text("toolCallId", &call.id).text("toolName", &call.name);
            put(body.raw("input", &call.arguments_value()));
        }
        Event::ToolResult(result) => put(match &result.output {
            Ok(output) => part("tool-output-available").text("toolCallId", &result.id).raw("output", &quoted(output)),
            Err(reason) => part("tool-output-error").text("toolCallId", &result.id).text("errorText", reason),
        }),
        Event::Finished(finish) => {
            let usage = finish.usage.unwrap_or_default().write(TOKENS);
            let reason = if written.calls.is_empty() { "stop" } else { "tool-calls" };
            put(part("finish-step").raw("usage", &usage).text("finishReason", reason));
            put(part("finish").text("finishReason", reason));
        }
        Event::Failed(error) => put(error.write(part("error").text("errorText", &error.message))),
    }
    if event.is_end() {
        on_frame(Frame::new("", "[DONE]".to_owned()));
    }
}

fn write_source(source: &Source, number: usize) -> Object {
    let kind = if source.url.is_some() { "source-url" } else { "source-document" };
    let body = Object::new().text("type", kind).text("sourceId", &number.to_string());
    body.maybe_text("url", source.url.as_deref()).text("title", &source.title).number("relevance", source.relevance)
}

/// Returns the text of a complete answer: a UI message.
pub(super) fn encode_answer(whole: &Whole) -> String {
    let said = Object::new().text("type", "text").text("text", &whole.text).finish();
    let calls = whole.calls.iter().map(|call| write_call(call).text("state", "input-available").finish());
    let sources = whole.sources.iter().enumerate().map(|(idx, source)| write_source(source, idx + 1).finish());
    let usage = whole.finish.usage.unwrap_or_default().write(TOKENS);
    Object::new()
        .maybe_text("id", whole.finish.message_id.as_deref())
        .text("role", Role::Assistant.as_str())
        .raw("parts", &list(std::iter::once(said).chain(calls).chain(sources)))
        .raw("metadata", &Object::new().raw("usage", &usage).finish())
        .finish()
}
