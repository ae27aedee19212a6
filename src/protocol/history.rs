//! An earlier conversation and an assistant's card, as the dialects describe them.

use super::event::{Source, decode_sources};
use super::json::{Value, array, number, text};

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The visitor.
    User,
    /// The assistant.
    Assistant,
}

impl Role {
    /// Returns the role as it is written in every dialect.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }

    /// Reads a role; `None` for one that is not shown in a transcript (`system`, `tool`).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::User, Self::Assistant].into_iter().find(|role| role.as_str() == name)
    }
}

/// One message of an earlier conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryMessage {
    /// The server's id, where it gives one.
    pub id: Option<String>,
    /// Who wrote it.
    pub role: Role,
    /// What it says, in Markdown for the assistant, plain for the visitor.
    pub content: String,
    /// When, RFC 3339.
    pub created_at: Option<String>,
    /// What it is grounded on.
    pub sources: Vec<Source>,
    /// The files that came with it: the JSON text of a list, empty for none.
    pub files: String,
}

/// Decodes `{messages: [{role, content, created_at | timestamp}]}`, or `{data: […]}`. Messages of another role are left out.
pub(super) fn decode(value: &Value) -> Vec<HistoryMessage> {
    let mut messages = Vec::new();
    for entry in [array(value, "messages"), array(value, "data")].concat() {
        messages.extend(decode_history_message(&entry));
    }
    messages
}

/// Decodes one message under the names the documents and the widget's own options give its fields; `None` when it is none to show.
#[must_use]
pub fn decode_history_message(entry: &Value) -> Option<HistoryMessage> {
    Some(HistoryMessage {
        id: text(entry, "id"),
        role: Role::parse(entry.get("role")?.as_str()?)?,
        content: content(entry)?,
        created_at: ["created_at", "createdAt", "timestamp"].into_iter().find_map(|name| text(entry, name)),
        sources: decode_sources(entry),
        files: entry
            .get("attachments")
            .filter(|files| files.as_array().is_some_and(|files| !files.is_empty()))
            .map(Value::to_json)
            .unwrap_or_default(),
    })
}

/// Returns what a message says: its `content`, or the texts among its `parts`.
pub(super) fn content(entry: &Value) -> Option<String> {
    let content = entry.get("content").filter(|content| !content.is_null()).or_else(|| entry.get("parts"))?;
    if let Some(text) = content.as_str() {
        return Some(text.to_owned());
    }
    // What the model thought has a text too, and is none of what it said.
    let said = content.as_array()?.iter().filter(|part| part.get("type").and_then(Value::as_str) != Some("reasoning"));
    Some(said.filter_map(|part| text(part, "text")).collect::<Vec<_>>().join("\n\n"))
}

/// What an assistant says of itself. Every field may be absent: servers differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssistantCard {
    /// What to call it in a request.
    pub id: Option<String>,
    /// The name in the header.
    pub name: Option<String>,
    /// One line under it.
    pub description: Option<String>,
    /// The address of a picture.
    pub avatar: Option<String>,
    /// What its users think of it, up to 5.
    pub rating: Option<f64>,
    /// The first words of an empty conversation.
    pub welcome: Option<String>,
    /// Questions to start with.
    pub suggestions: Vec<String>,
    /// The language it speaks, a BCP 47 tag: the default of the widget's own.
    pub language: Option<String>,
    /// The name of the voice it speaks with.
    pub voice: Option<String>,
    /// It says that it takes no files.
    pub refuses_attachments: bool,
}

impl AssistantCard {
    /// Decodes the card from the union of the documents' shapes.
    pub(super) fn decode(value: &Value) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| text(value, name));
        Self {
            id: first(&["slug", "id"]),
            name: text(value, "name"),
            description: text(value, "description"),
            avatar: text(value, "avatar"),
            rating: number(value, "rating"),
            welcome: text(value, "welcome"),
            suggestions: array(value, "suggestions").iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect(),
            language: text(value, "language"),
            voice: text(value, "voice"),
            refuses_attachments: value.get("attachments") == Some(&Value::Bool(false)),
        }
    }

    /// Decodes a list of cards: `{assistants: […]}`, `{data: […]}` or the list alone. One that nothing can call is left out.
    pub(super) fn decode_list(value: &Value) -> Vec<Self> {
        let entries = match value {
            Value::List(entries) => entries.as_slice(),
            _ if array(value, "assistants").is_empty() => array(value, "data"),
            _ => array(value, "assistants"),
        };
        entries.iter().map(Self::decode).filter(|card| card.id.is_some()).collect()
    }
}
