//! The transcript that two dialects send along with every message, read from both of their shapes.

use assisters_chat::protocol::{Attachment, ToolAnswer, ToolCall, ToolRound};
use serde_json::Value;

use super::tools::output;
use crate::body::{Fields, any_type};
use crate::error::Failure;
use crate::upstream::Utterance;

/// What a page sends: what was said, the visitor's new message, and calls of the answer to it that the page has answered.
#[derive(Debug)]
pub(super) struct Transcript {
    pub(super) earlier: Vec<Utterance>,
    pub(super) text: String,
    pub(super) attachments: Vec<Attachment>,
    pub(super) rounds: Vec<ToolRound>,
}

impl Transcript {
    /// Reads `messages`, each with `content` (a text or parts) or `parts`. Calls and their results may follow the last of the visitor's.
    ///
    /// Instructions of the page's own are left out: what an assistant is is not for visitors to say.
    pub(super) fn read(fields: &Fields) -> Result<Self, Failure> {
        let messages = fields.list("messages")?;
        if messages.iter().any(|message| !["user", "assistant", "system", "developer", "tool"].contains(&role_of(message))) {
            return Err(invalid("each of `messages` must have a `role`: user or assistant"));
        }
        let newest = messages.iter().rposition(|message| role_of(message) == "user");
        let (earlier, rest) = messages.split_at(newest.unwrap_or(0));
        let Some((newest, after)) = rest.split_first().filter(|_| newest.is_some()) else {
            return Err(invalid("the last of `messages` must be the user's"));
        };
        let rounds = rounds(after);
        if rounds.is_empty() && after.iter().any(|message| role_of(message) == "assistant") {
            return Err(invalid("the last of `messages` must be the user's"));
        }
        let text = text_of(newest).filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| invalid("the last of `messages` must have text in its `content` or its `parts`"))?;
        let earlier = earlier.iter().filter_map(|message| {
            let by_visitor = match role_of(message) {
                "user" => true,
                "assistant" => false,
                _ => return None,
            };
            Some(Utterance { by_visitor, text: text_of(message).filter(|text| !text.is_empty())? })
        });
        Ok(Self { earlier: earlier.collect(), text, attachments: parts_of(newest).filter_map(attachment).collect(), rounds })
    }
}

fn role_of(message: &Value) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or_default()
}

/// Reads the calls after the visitor's message, with what came of them. A call that nobody has answered is left out.
fn rounds(messages: &[Value]) -> Vec<ToolRound> {
    let mut rounds: Vec<ToolRound> = Vec::new();
    let result_of = |id: &str| {
        let results = messages.iter().filter(|message| role_of(message) == "tool");
        let result = results.into_iter().find(|message| message.get("tool_call_id").and_then(Value::as_str) == Some(id))?;
        result.get("content").map(output)
    };
    for message in messages.iter().filter(|message| role_of(message) == "assistant") {
        if let Some(calls) = message.get("tool_calls").and_then(Value::as_array) {
            let answers = calls.iter().filter_map(|call| {
                let text = |pointer: &str| call.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
                let (id, name) = (text("/id")?, text("/function/name")?);
                let output = result_of(&id)?;
                let arguments = text("/function/arguments").unwrap_or_default();
                Some(ToolAnswer { call: ToolCall { id, name, arguments, progress: None }, output })
            });
            rounds.push(ToolRound { text: text_of(message).unwrap_or_default(), answers: answers.collect() });
            continue;
        }
        // One message in parts has all rounds, with a mark between two.
        let mut round = ToolRound::default();
        for part in parts_of(message) {
            match part.get("type").and_then(Value::as_str).unwrap_or_default() {
                "step-start" => rounds.push(std::mem::take(&mut round)),
                "text" => round.text.push_str(part.get("text").and_then(Value::as_str).unwrap_or_default()),
                kind => round.answers.extend(answered_part(kind, part)),
            }
        }
        rounds.push(round);
    }
    rounds.retain(|round| !round.answers.is_empty());
    rounds
}

/// Reads a part about a call that was answered.
fn answered_part(kind: &str, part: &Value) -> Option<ToolAnswer> {
    let text = |name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = if kind == "dynamic-tool" { text("toolName")? } else { kind.strip_prefix("tool-")?.to_owned() };
    let result = match text("errorText") {
        Some(reason) => Err(reason),
        None => output(part.get("output")?),
    };
    let arguments = part.get("input").map(Value::to_string).unwrap_or_default();
    Some(ToolAnswer { call: ToolCall { id: text("toolCallId")?, name, arguments, progress: None }, output: result })
}

fn invalid(message: &str) -> Failure {
    Failure::invalid("messages", message)
}

fn parts_of(message: &Value) -> impl Iterator<Item = &Value> {
    let parts = ["content", "parts"].into_iter().find_map(|name| message.get(name)?.as_array());
    parts.into_iter().flatten()
}

fn text_of(message: &Value) -> Option<String> {
    if let Some(text) = message.get("content").and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    let texts: Vec<&str> = parts_of(message).filter_map(|part| part.get("text")?.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

fn attachment(part: &Value) -> Option<Attachment> {
    let text = |pointer: &str| part.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    match text("/type")?.as_str() {
        "image_url" => Some(Attachment::Url { url: text("/image_url/url")?, mime_type: "image/*".to_owned() }),
        "file" => match text("/file/file_id") {
            Some(id) => Some(Attachment::File { id }),
            None => Some(Attachment::Url { url: text("/url")?, mime_type: text("/mediaType").unwrap_or_else(any_type) }),
        },
        _ => None,
    }
}
