//! The transcript that two dialects send along with every message, read from both of their shapes.

use assisters_chat::protocol::Attachment;
use serde_json::Value;

use crate::body::{Fields, any_type};
use crate::error::Failure;
use crate::upstream::Utterance;

/// What a page sends: what was said, and the visitor's new message.
#[derive(Debug)]
pub(super) struct Transcript {
    pub(super) earlier: Vec<Utterance>,
    pub(super) text: String,
    pub(super) attachments: Vec<Attachment>,
}

impl Transcript {
    /// Reads `messages`, each with `content` (a text or parts) or `parts`.
    ///
    /// Instructions and tools of the page's own are left out: what an assistant is and may do is not for visitors to say.
    pub(super) fn read(fields: &Fields) -> Result<Self, Failure> {
        let mut messages = Vec::new();
        for message in fields.list("messages")? {
            let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
            if !["user", "assistant", "system", "developer", "tool"].contains(&role) {
                return Err(invalid("each of `messages` must have a `role`: user or assistant"));
            }
            if ["user", "assistant"].contains(&role) {
                messages.push((role == "user", message));
            }
        }
        let Some((true, newest)) = messages.pop() else {
            return Err(invalid("the last of `messages` must be the user's"));
        };
        let text = text_of(newest).filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| invalid("the last of `messages` must have text in its `content` or its `parts`"))?;
        let earlier = messages.into_iter().filter_map(|(by_visitor, message)| {
            Some(Utterance { by_visitor, text: text_of(message).filter(|text| !text.is_empty())? })
        });
        Ok(Self { earlier: earlier.collect(), text, attachments: parts_of(newest).filter_map(attachment).collect() })
    }
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
