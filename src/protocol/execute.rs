//! Dialect `execute` (`seeds/execute-api.txt`): one request, one JSON answer; the server names the session in it.
//!
//! Nothing is streamed: the answer is shown at once. `sources` and `id`, and `tools` and `toolResults` of a request, are the gateway's additions. Error codes are upper case.

use super::answer::{Progress, Whole};
use super::error::ApiError;
use super::event::{Event, Finish, Usage, decode_sources, write_sources};
use super::json::{Object, Value, array, list, number, text};
use super::request::{Attachment, Delivery, Request, Turn, segment, write_attachments};
use super::threads::write_calls;
use super::tool::{ToolCall, quoted, write_tools};

/// The names of the counts, here and in dialect `informer`.
pub(super) const TOKENS: [&str; 3] = ["inputTokens", "outputTokens", "totalTokens"];

/// Describes the request that sends one message, or the answers to the last answer's tool calls.
#[inline(never)]
pub(super) fn send(turn: &Turn<'_>) -> Request {
    let path = ["/assistants/", &segment(turn.assistant), "/execute"].concat();
    let attachments = write_attachments(turn, |attachment| match attachment {
        Attachment::Url { url, mime_type } => {
            Some(Object::new().text("type", "url").text("mimeType", mime_type).text("url", url).finish())
        }
        Attachment::File { .. } => None,
    });
    let answers = turn.new_tool_answers();
    let results = answers
        .iter()
        .map(|answer| Object::new().text("toolCallId", &answer.call.id).raw("output", &quoted(&answer.text())).finish());
    let mut body = Object::new().text("userInput", turn.text);
    // The first message has no session: the answer names it.
    if !turn.session_id.is_empty() {
        body = body.text("sessionId", turn.session_id);
    }
    body = body.maybe_raw("attachments", attachments.as_deref());
    if !answers.is_empty() {
        body = body.raw("toolResults", &list(results));
    }
    body = body.maybe_raw("tools", write_tools(turn.tools).as_deref());
    Request::post(path, body.finish(), Delivery::Plain)
}

/// Decodes a frame of a server that streams all the same: it can only be the whole answer, or an error.
#[inline(never)]
pub(super) fn decode_document(value: &Value, _progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
    match ApiError::in_body(value) {
        Some(error) => on_event(Event::Failed(error)),
        None => decode_answer(value, on_event).unwrap_or(()), // a frame of another kind is skipped, as in every dialect
    }
}

/// Decodes `{response, sessionId, usage, toolCalls}`.
#[inline(never)]
pub(super) fn decode_answer(value: &Value, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
    let response = value.get("response").and_then(Value::as_str);
    // An answer that only calls may say nothing.
    if response.is_none() && array(value, "toolCalls").is_empty() {
        return Err(ApiError::malformed("the answer has no `response`"));
    }
    on_event(Event::Started { message_id: text(value, "id") });
    ToolCall::decode_list(value, "toolCalls", on_event);
    if let Some(response) = response {
        on_event(Event::TextDelta(response.to_owned()));
    }
    for source in decode_sources(value) {
        on_event(Event::Source(source));
    }
    on_event(Event::Finished(Finish {
        message_id: text(value, "id"),
        session_id: text(value, "sessionId"),
        usage: value.get("usage").and_then(|usage| Usage::decode(usage, TOKENS)),
        cost: number(value, "cost"),
        created_at: text(value, "createdAt"),
    }));
    Ok(())
}

/// Returns the text of a complete answer.
pub(super) fn encode_answer(whole: &Whole) -> String {
    Object::new()
        .maybe_text("id", whole.finish.message_id.as_deref())
        .text("response", &whole.text)
        .maybe_text("sessionId", whole.finish.session_id.as_deref())
        .raw("usage", &whole.finish.usage.unwrap_or_default().write(TOKENS))
        .number("cost", whole.finish.cost)
        .raw("toolCalls", write_calls(&whole.calls).as_deref().unwrap_or("[]"))
        .raw("sources", &write_sources(&whole.sources))
        .maybe_text("createdAt", whole.finish.created_at.as_deref())
        .finish()
}
