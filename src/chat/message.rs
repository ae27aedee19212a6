//! One message of a conversation.

use crate::protocol::{ApiError, HistoryMessage, Role, Source, ToolCall, Usage, parse_rfc3339};

/// A message's identity within one conversation. Never reused, not even after a clear. Grows along the conversation; what was said
/// before its first known message is below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub(super) i32);

impl MessageId {
    /// Returns the id as a number, for keys and element ids.
    #[must_use]
    pub fn get(self) -> i32 {
        self.0
    }
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The answer is awaited or arriving.
    Streaming,
    /// Complete.
    Done,
    /// It could not be completed; what came stays, and it can be tried again.
    Failed,
    /// The visitor stopped it; what came stays.
    Stopped,
}

impl Status {
    /// Returns the spelling of `data-status`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Streaming => "streaming",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// Reads the spelling of `data-status`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Streaming, Self::Done, Self::Failed, Self::Stopped].into_iter().find(|status| status.as_str() == name)
    }
}

/// What a visitor thinks of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rating {
    /// It helped.
    Up,
    /// It did not.
    Down,
}

impl Rating {
    /// Returns the spelling of the `feedback` event.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// Reads the spelling of the `feedback` event.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Up, Self::Down].into_iter().find(|rating| rating.as_str() == name)
    }
}

/// A tool that an answer calls.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolUse {
    /// The call, as far as it is known.
    pub call: ToolCall,
    /// What came of it, `None` while it runs; an error says why nothing did.
    pub output: Option<Result<String, String>>,
    /// What the visitor is asked before it runs; empty for the widget's own words.
    pub question: Option<String>,
    /// Whether the page was told of it.
    pub is_told: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its identity here.
    pub id: MessageId,
    /// Who wrote it.
    pub role: Role,
    /// What it says so far: Markdown for the assistant, plain text for the visitor.
    pub content: String,
    /// The files that the visitor sent with it: a JSON list's text, which only the part of the program that shows them reads. Empty for none.
    pub files: String,
    /// What the model thought before it answered.
    pub reasoning: String,
    /// The tools that it calls.
    pub tools: Vec<ToolUse>,
    /// What is kept of both, as it was stored: a JSON text, which only the part of the program that shows it reads. Empty for none.
    pub activity: String,
    /// How far it is.
    pub status: Status,
    /// What the answer is grounded on.
    pub sources: Vec<Source>,
    /// Tokens counted, where the server says.
    pub usage: Option<Usage>,
    /// What it cost, where the server says.
    pub cost: Option<f64>,
    /// Its identity at the server, where the server says.
    pub server_id: Option<String>,
    /// When it was written, in seconds since 1970, where that is known.
    pub created_at_unix_secs: Option<f64>,
    /// What the visitor thinks of the answer, if they said so.
    pub rating: Option<Rating>,
    /// Why it failed, for [`Status::Failed`].
    pub error: Option<ApiError>,
    /// How often the text was begun anew. While this stays the same, the text only grows.
    pub n_rewrites: u32,
    /// The text is of an earlier try: the first new text replaces it.
    pub(super) is_outdated: bool,
    /// The server waits for the page to answer its calls, or has been told and has not said anything since.
    pub(super) is_paused: bool,
    /// What comes next is no part of the paragraph before it.
    pub(super) begins_paragraph: bool,
}

impl Message {
    pub(super) fn new(id: MessageId, role: Role, content: String, status: Status, created_at_unix_secs: Option<f64>) -> Self {
        Self {
            id,
            role,
            content,
            files: String::new(),
            reasoning: String::new(),
            tools: Vec::new(),
            activity: String::new(),
            status,
            sources: Vec::new(),
            usage: None,
            cost: None,
            server_id: None,
            created_at_unix_secs,
            rating: None,
            error: None,
            n_rewrites: 0,
            is_outdated: false,
            is_paused: false,
            begins_paragraph: false,
        }
    }

    /// Whether new text goes on with the text that is there, and does not replace it.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.status == Status::Streaming && !self.is_outdated && !self.content.is_empty()
    }

    /// Fails as an answer does whose page was left.
    pub(super) fn fail_as_left(&mut self) {
        self.status = Status::Failed;
        self.error = Some(ApiError::left());
        self.is_outdated = false;
    }

    /// Drops the text of an earlier try, now that there is something in its place.
    pub(super) fn drop_outdated(&mut self) {
        if std::mem::take(&mut self.is_outdated) {
            self.content.clear();
            self.n_rewrites += 1;
        }
    }

    pub(super) fn from_history(id: MessageId, entry: HistoryMessage) -> Self {
        let created_at = entry.created_at.as_deref().and_then(parse_rfc3339);
        let mut message = Self::new(id, entry.role, entry.content, Status::Done, created_at);
        message.server_id = entry.id;
        message.sources = entry.sources;
        message.files = entry.files;
        message
    }

    /// Returns the JSON text of its files, if it has any.
    #[must_use]
    pub fn files(&self) -> Option<&str> {
        something(&self.files)
    }

    /// Returns the JSON text of what is kept of what it did, if anything is.
    #[must_use]
    pub fn kept_activity(&self) -> Option<&str> {
        something(&self.activity)
    }

    /// Whether the answer is awaited and no text of it has come.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.status == Status::Streaming && (self.content.is_empty() || self.is_outdated)
    }
}

fn something(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
