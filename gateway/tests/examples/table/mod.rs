//! The examples, in the order of the documents.

mod assistants;
mod chat;
mod conversations;
mod threads;

pub use self::conversations::{KNOWLEDGE, WEBHOOKS};

/// One request as a document writes it, and what comes back.
pub struct Example {
    pub document: &'static str,
    /// The document's own words for it, before ids are put into the path.
    pub documented: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    pub body: Body,
    pub status: u16,
    /// The document's answer, or the `data:` lines of its stream; empty where it shows none.
    pub answer: &'static str,
}

/// What is sent.
#[derive(Clone, Copy)]
pub enum Body {
    None,
    Json(&'static str),
    /// As `curl -F name=value` sends it.
    Form(&'static [(&'static str, &'static str)]),
}

impl Example {
    pub fn is_streamed(&self) -> bool {
        self.answer.starts_with("data: ")
    }

    /// Whether an excerpt is ours: where a document shows nothing, or shows it shortened.
    pub fn is_ours(&self, excerpt: &str) -> bool {
        excerpt == self.answer && OURS.contains(&self.answer)
    }
}

/// Answers that the documents only describe.
const OURS: [&str; 8] = [CARD, ASSISTER, ASSISTERS, VERSION, VERSIONS, COMPARED, STATISTICS, DRAFT];

const CARD: &str = r#"{"id": "681b41850f470a9a746f280e", "name": "Support Agent", "llmProvider": "openai", "llmModel": "gpt-4o", "llmPrompt": "You are"}"#;
const ASSISTER: &str = r#"{"id": "asst_abc123", "name": "Customer Support Bot", "created_at": "2024-05-20T12:00:00Z"}"#;
const VERSION: &str = r#"{"version": 1, "llmPrompt": "You are", "createdAt": "2025-01-01T00:00:00Z"}"#;
const VERSIONS: &str = r#"{"data": [{"version": 1, "llmPrompt": "You are", "createdAt": "2025-01-01T00:00:00Z"}], "meta": {"page": 1, "limit": 20, "total": 3}}"#;
const COMPARED: &str = r#"{"v1": {"version": 1}, "v2": {"version": 3}, "diff": "-old"}"#;
const STATISTICS: &str = r#"{"totalVersions": 3, "currentVersion": 3}"#;
const DRAFT: &str = r#"{"id": "681b41850f470a9a746f280e", "draft": true}"#;

const fn example(
    document: &'static str,
    documented: &'static str,
    (method, path): (&'static str, &'static str),
    body: Body,
    status: u16,
    answer: &'static str,
) -> Example {
    Example { document, documented, method, path, body, status, answer }
}

const CHAT: &str = "chat-api";
const CONVERSATIONS: &str = "conversations-api";
const EXECUTE: &str = "execute-api";
const INFORMER: &str = "informer-api";
const THREADS: &str = "threads-api";

const ASSISTERS: &str = "{\n\"data\": [\n{\n\"id\": \"asst_abc123\",\n\"name\": \"Customer Support Bot\"}\n],\n\"total\": 42\n}";

/// Requests that need no knowledge base. Webhooks are last: what happened after them would be told to the address in the document.
pub fn examples() -> impl Iterator<Item = &'static Example> {
    [chat::EXAMPLES, conversations::EXAMPLES, assistants::EXAMPLES, threads::EXAMPLES, WEBHOOKS].into_iter().flatten()
}
