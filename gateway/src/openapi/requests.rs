//! The bodies of the chat routes, described: they are read field by field ([`crate::body::Fields`]), as pages of many versions send them.

#![allow(dead_code, reason = "descriptions: nothing is read into them")]

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// `POST /chat`
#[derive(ToSchema)]
pub(crate) struct ChatRequest {
    /// The assistant's slug or id
    #[schema(min_length = 1, max_length = 256, example = "help")]
    assistant: String,
    #[schema(min_length = 1, example = "What is your return policy?")]
    message: String,
    /// For continuity; made up unless given
    session_id: Option<String>,
    user: Option<UserContext>,
    metadata: Option<Map<String, Value>>,
    attachments: Option<Vec<AttachmentRequest>>,
}

/// Who is asking
#[derive(ToSchema)]
struct UserContext {
    id: Option<String>,
    name: Option<String>,
    email: Option<String>,
}

/// How a file is named
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
enum AttachmentKind {
    File,
    Url,
}

/// Whether a conversation is complete
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
enum ConversationStatus {
    Open,
    Ended,
}

/// A file that goes with a message: `{type: "file", file_id}` or `{type: "url", mimeType, url}`
#[derive(ToSchema)]
#[allow(non_snake_case, reason = "the document's spelling")]
struct AttachmentRequest {
    r#type: AttachmentKind,
    file_id: Option<String>,
    url: Option<String>,
    mimeType: Option<String>,
}

/// `POST /conversations`
#[derive(ToSchema)]
pub(crate) struct ConversationRequest {
    #[schema(min_length = 1, max_length = 256, example = "help")]
    assistant_id: String,
    /// Chosen by the client; made up unless given
    id: Option<String>,
    user_id: Option<String>,
    metadata: Option<Map<String, Value>>,
}

/// A change of a conversation
#[derive(ToSchema)]
pub(crate) struct ConversationChange {
    metadata: Option<Map<String, Value>>,
    status: Option<ConversationStatus>,
}

/// A message of a conversation
#[derive(ToSchema)]
pub(crate) struct MessageRequest {
    #[schema(min_length = 1, example = "What pricing plans do you offer?")]
    content: String,
    attachments: Option<Vec<AttachmentRequest>>,
}

/// `POST /threads`
#[derive(ToSchema)]
pub(crate) struct ThreadRequest {
    /// Chosen by the client; made up unless given
    id: Option<String>,
    metadata: Option<Map<String, Value>>,
}

/// A message of a thread: of the visitor, or what came of the assistant's calls
#[derive(ToSchema)]
pub(crate) struct ThreadMessageRequest {
    /// `user`, or `tool` for `tool_outputs`
    role: Option<String>,
    /// Who answers; said once, it stays
    assistant_id: Option<String>,
    content: Option<String>,
    attachments: Option<Vec<AttachmentRequest>>,
    tools: Option<Vec<Map<String, Value>>>,
    /// Each `{tool_call_id, output}`
    tool_outputs: Option<Vec<Map<String, Value>>>,
}

/// `POST /chat/completions`
#[derive(ToSchema)]
pub(crate) struct CompletionRequest {
    /// The assistant's slug or id
    #[schema(min_length = 1, max_length = 256, example = "help")]
    model: String,
    /// Each `{role, content}`; the last is the user's
    #[schema(min_items = 1)]
    messages: Vec<Map<String, Value>>,
    stream: Option<bool>,
    user: Option<String>,
    tools: Option<Vec<Map<String, Value>>>,
}

/// `POST /assistants/{id}/execute`
#[derive(ToSchema)]
#[allow(non_snake_case, reason = "the document's spelling")]
pub(crate) struct ExecuteRequest {
    /// What the visitor says; not with `toolResults`
    userInput: Option<String>,
    sessionId: Option<String>,
    attachments: Option<Vec<AttachmentRequest>>,
    tools: Option<Vec<Map<String, Value>>>,
    /// Each `{toolCallId, output}`
    toolResults: Option<Vec<Map<String, Value>>>,
}

/// `POST /chats/{id}`
#[derive(ToSchema)]
#[allow(non_snake_case, reason = "the document's spelling")]
pub(crate) struct ChatsRequest {
    /// Who answers; the one that answered before, or the first there is, unless given
    assistantId: Option<String>,
    /// Each `{role, parts: [{type: "text", text}]}`; the last is the user's
    #[schema(min_items = 1)]
    messages: Vec<Map<String, Value>>,
    tools: Option<Vec<Map<String, Value>>>,
}

/// A file to attach, as a form
#[derive(ToSchema)]
pub(crate) struct UploadRequest {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}
