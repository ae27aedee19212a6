//! The examples, in the order of the documents.

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

/// What `GET /v1/assistants` answers in one document and not in the other: the gateway answers with both.
const LIST: &str = r#"{
"assistants": [
{
"id": "ast_abc123",
"name": "Customer Support",
"description": "Handles customer inquiries",
"model": "gpt-4",
"created_at": "2026-01-15T10:30:00Z"
}
],
"total": 45,
"has_more": true
}"#;

/// Requests that need no knowledge base.
pub const EXAMPLES: &[Example] = &[
    example(
        CHAT,
        "curl -X POST https://api.assisters.dev/v1/chat",
        ("POST", "/v1/chat"),
        Body::Json(
            r#"{
"assistant": "your-assistant-slug",
"message": "What is your return policy?",
"session_id": "sess_abc123",
"user": {
"id": "user_12345",
"name": "John",
"email": "[email protected]"
}
}"#,
        ),
        200,
        r#"{
"id": "msg_abc123xyz",
"response": "Our return policy allows returns within 30 days of purchase. Items must be unused and in original packaging. Would you like more details about the return process?",
"session_id": "sess_abc123",
"tokens": {
"input": 45,
"output": 52,
"total": 97
},
"cost": 0.0007,
"created_at": "2026-01-10T12:00:00.000Z"
}"#,
    ),
    example(
        CHAT,
        "curl -X POST https://api.assisters.dev/v1/chat/stream",
        ("POST", "/v1/chat/stream"),
        Body::Json(
            r#"{
"assistant": "your-assistant-slug",
"message": "Explain your pricing"
}"#,
        ),
        200,
        "data: {\"type\": \"chunk\", \"content\": \"Our pricing\"}\ndata: {\"type\": \"chunk\", \"content\": \" is based on\"}\ndata: {\"type\": \"done\", \"id\": \"msg_abc\", \"tokens\": {\"total\": 150}}",
    ),
    example(
        CHAT,
        "curl https://api.assisters.dev/v1/sessions/sess_abc123",
        ("GET", "/v1/sessions/sess_abc123"),
        Body::None,
        200,
        r#"{
"id": "sess_abc123",
"assistant": "your-assistant-slug",
"messages": [
{
"role": "user",
"content": "What is your return policy?",
"created_at": "2026-01-10T12:00:00.000Z"
},
{
"role": "assistant",
"content": "Our return policy allows...",
"created_at": "2026-01-10T12:00:01.000Z"
}
],
"created_at": "2026-01-10T12:00:00.000Z",
"updated_at": "2026-01-10T12:00:01.000Z"
}"#,
    ),
    example(CHAT, "DELETE /sessions/{session_id}", ("DELETE", "/v1/sessions/sess_abc123"), Body::None, 200, ""),
    example(CHAT, "curl https://api.assisters.dev/v1/assistants", ("GET", "/v1/assistants"), Body::None, 200, ""),
    example(
        CHAT,
        "GET /assistants/{slug}",
        ("GET", "/v1/assistants/pricing-advisor"),
        Body::None,
        200,
        r#"{
"slug": "pricing-advisor",
"name": "Pricing Advisor",
"description": "Expert guidance on SaaS pricing",
"category": "business",
"price_per_million_tokens": 7.50,
"rating": 4.8,
"total_conversations": 15420
}"#,
    ),
    example(
        CHAT,
        "curl \"https://api.assisters.dev/v1/usage?start=2026-01-01&end=2026-01-31\"",
        ("GET", "/v1/usage?start=2026-01-01&end=2026-01-31"),
        Body::None,
        200,
        r#"{
"period": {
"start": "2026-01-01",
"end": "2026-01-31"
},
"total_tokens": 1250000,
"total_cost": 9.38,
"by_assistant": [
{
"slug": "pricing-advisor",
"tokens": 750000,
"cost": 5.63
}
]
}"#,
    ),
    example(CHAT, "GET /wallet", ("GET", "/v1/wallet"), Body::None, 200, "{\n\"balance\": 87.50,\n\"currency\": \"USD\"\n}"),
    example(
        CONVERSATIONS,
        "curl -X GET \"https://api.assisters.io/v1/assistants\"",
        ("GET", "/v1/assistants"),
        Body::None,
        200,
        LIST_SHORT,
    ),
    example(
        CONVERSATIONS,
        "GET /v1/assistants",
        ("GET", "/v1/assistants?limit=2&offset=1&category=business"),
        Body::None,
        200,
        LIST,
    ),
    example(CONVERSATIONS, "GET /v1/assistants/{assistant_id}", ("GET", "/v1/assistants/ast_abc123"), Body::None, 200, ""),
    example(
        CONVERSATIONS,
        "POST /v1/assistants",
        ("POST", "/v1/assistants"),
        Body::Json(
            r#"{
"name": "Sales Assistant",
"description": "Helps qualify leads and answer product questions",
"model": "gpt-4",
"system_prompt": "You are a helpful sales assistant...",
"knowledge_base_id": "kb_xyz789",
"config": {
"temperature": 0.7,
"max_tokens": 1000,
"response_format": "markdown"
}
}"#,
        ),
        201,
        "",
    ),
    example(
        CONVERSATIONS,
        "POST /v1/conversations",
        ("POST", "/v1/conversations"),
        Body::Json(
            r#"{
"assistant_id": "ast_abc123",
"user_id": "your_user_id_optional",
"metadata": {
"source": "website",
"page": "/pricing"
}
}"#,
        ),
        200,
        r#"{
"id": "conv_def456",
"assistant_id": "ast_abc123",
"created_at": "2026-01-28T14:22:00Z",
"messages": []
}"#,
    ),
    example(
        CONVERSATIONS,
        "POST /v1/conversations/{conversation_id}/messages",
        ("POST", "/v1/conversations/conv_def456/messages"),
        Body::Json("{\n\"content\": \"What pricing plans do you offer?\"\n}"),
        200,
        r#"{
"id": "msg_ghi789",
"role": "assistant",
"content": "We offer three pricing plans...",
"sources": [
{
"title": "Pricing Page",
"url": "/pricing",
"relevance": 0.95
}
],
"usage": {
"prompt_tokens": 150,
"completion_tokens": 200,
"total_tokens": 350
}
}"#,
    ),
    example(
        CONVERSATIONS,
        "POST /v1/conversations/{conversation_id}/messages/stream",
        ("POST", "/v1/conversations/conv_def456/messages/stream"),
        Body::Json("{\n\"content\": \"What pricing plans do you offer?\"\n}"),
        200,
        "data: {\"type\": \"start\", \"message_id\": \"msg_xyz\"}\ndata: {\"type\": \"delta\", \"content\": \"We offer \"}\ndata: {\"type\": \"end\", \"usage\": {\"total_tokens\": 350}}",
    ),
    example(
        EXECUTE,
        "GET /api/assistants",
        ("GET", "/api/assistants?page=1&limit=2&teamId=team-123&sortBy=lastUsed&order=desc"),
        Body::None,
        200,
        r#"{
  "data": [
    {
      "id": "681b41850f470a9a746f280e",
      "name": "Support Agent",
      "description": "Customer support assistant",
      "llmProvider": "openai",
      "llmModel": "gpt-4o",
      "maxTokens": 4096,
      "language": "en",
      "teamIds": ["team-123"],
      "lastAccessedAt": "2025-01-15T10:30:00Z",
      "createdAt": "2025-01-01T00:00:00Z"
    }
  ],
  "meta": {
    "page": 1,
    "limit": 20,
    "total": 15
  }
}"#,
    ),
    example(
        EXECUTE,
        "GET /api/assistants/:id",
        ("GET", "/api/assistants/681b41850f470a9a746f280e"),
        Body::None,
        200,
        r#"{
  "id": "681b41850f470a9a746f280e",
  "name": "Support Agent",
  "description": "Customer support assistant",
  "llmProvider": "openai",
  "llmModel": "gpt-4o",
  "llmPrompt": "You are a helpful customer support agent...",
  "maxTokens": 4096,
  "language": "en",
  "voice": "alloy",
  "teamIds": ["team-123"],
  "companyId": "company-456",
  "lastAccessedAt": "2025-01-15T10:30:00Z",
  "createdAt": "2025-01-01T00:00:00Z",
  "updatedAt": "2025-01-15T10:30:00Z"
}"#,
    ),
    example(
        EXECUTE,
        "POST /api/assistants",
        ("POST", "/api/assistants"),
        Body::Json(
            r#"{
  "name": "Support Agent",
  "description": "Customer support assistant",
  "llmProvider": "openai",
  "llmModel": "gpt-4o",
  "llmPrompt": "You are a helpful customer support agent...",
  "maxTokens": 4096,
  "language": "en",
  "teamIds": ["team-123"]
}"#,
        ),
        201,
        CARD,
    ),
    example(
        EXECUTE,
        "PUT /api/assistants/:id",
        ("PUT", "/api/assistants/681b41850f470a9a746f280e"),
        Body::Json(
            r#"{
  "name": "Updated Name",
  "llmModel": "gpt-4o-mini",
  "llmPrompt": "Updated system prompt..."
}"#,
        ),
        200,
        CARD,
    ),
    example(
        EXECUTE,
        "POST /api/assistants/:id/execute",
        ("POST", "/api/assistants/681b41850f470a9a746f280e/execute"),
        Body::Json(
            r#"{
  "userInput": "Hello, I need help with my order",
  "sessionId": "optional-session-id",
  "attachments": [
    {
      "type": "url",
      "mimeType": "image/png",
      "url": "https://example.com/image.png"
    }
  ]
}"#,
        ),
        200,
        r#"{
  "response": "Hello! I'd be happy to help with your order. Could you please provide your order number?",
  "sessionId": "session-123",
  "usage": {
    "inputTokens": 150,
    "outputTokens": 45,
    "totalTokens": 195
  },
  "toolCalls": []
}"#,
    ),
    example(
        EXECUTE,
        "GET /api/assistants/:id/prompt-history",
        ("GET", "/api/assistants/681b41850f470a9a746f280e/prompt-history"),
        Body::None,
        200,
        VERSIONS,
    ),
    example(
        EXECUTE,
        "GET /api/assistants/:id/prompt-history/:version",
        ("GET", "/api/assistants/681b41850f470a9a746f280e/prompt-history/1"),
        Body::None,
        200,
        VERSION,
    ),
    example(
        EXECUTE,
        "GET /api/assistants/:id/prompt-history/compare?v1=1&v2=3",
        ("GET", "/api/assistants/681b41850f470a9a746f280e/prompt-history/compare?v1=1&v2=3"),
        Body::None,
        200,
        COMPARED,
    ),
    example(
        EXECUTE,
        "POST /api/assistants/:id/prompt-history/:version/rollback",
        ("POST", "/api/assistants/681b41850f470a9a746f280e/prompt-history/1/rollback"),
        Body::None,
        200,
        CARD,
    ),
    example(
        EXECUTE,
        "GET /api/assistants/:id/prompt-history/statistics",
        ("GET", "/api/assistants/681b41850f470a9a746f280e/prompt-history/statistics"),
        Body::None,
        200,
        STATISTICS,
    ),
    example(
        INFORMER,
        "POST /api/assistants/{id}/_edit",
        ("POST", "/api/assistants/681b41850f470a9a746f280e/_edit"),
        Body::None,
        200,
        DRAFT,
    ),
    example(
        INFORMER,
        "POST /api/assistants/{id}/draft/_commit",
        ("POST", "/api/assistants/681b41850f470a9a746f280e/draft/_commit"),
        Body::None,
        200,
        CARD,
    ),
    example(
        INFORMER,
        "POST /api/assistants/{id}/_edit",
        ("POST", "/api/assistants/681b41850f470a9a746f280e/_edit"),
        Body::None,
        200,
        DRAFT,
    ),
    example(
        INFORMER,
        "DELETE /api/assistants/{id}/draft",
        ("DELETE", "/api/assistants/681b41850f470a9a746f280e/draft"),
        Body::None,
        200,
        "",
    ),
    example(
        EXECUTE,
        "DELETE /api/assistants/:id",
        ("DELETE", "/api/assistants/681b41850f470a9a746f280e"),
        Body::None,
        200,
        "{\n  \"success\": true,\n  \"message\": \"Assistant deleted\"\n}",
    ),
    example(THREADS, "GET /v1/assisters HTTP/1.1", ("GET", "/v1/assisters"), Body::None, 200, ""),
    example(
        THREADS,
        "POST /v1/assisters",
        ("POST", "/v1/assisters"),
        Body::Json(
            r#"{
"name": "Customer Support Bot",
"description": "Handles customer inquiries 24/7",
"instructions": "Be polite, provide accurate answers, escalate to human if needed",
"model": "gpt-4",
"tools": ["web_search", "knowledge_base"],
"settings": {
"temperature": 0.7,
"top_p": 1.0
}
}"#,
        ),
        201,
        r#"{
"id": "asst_abc123",
"name": "Customer Support Bot",
"description": "Handles customer inquiries 24/7",
"instructions": "...",
"model": "gpt-4",
"created_at": "2024-05-20T12:00:00Z"
}"#,
    ),
    example(
        THREADS,
        "GET /v1/assisters?limit=20&offset=0",
        ("GET", "/v1/assisters?limit=20&offset=0"),
        Body::None,
        200,
        ASSISTERS,
    ),
    example(
        THREADS,
        "POST /v1/assisters/asst_abc123",
        ("POST", "/v1/assisters/asst_abc123"),
        Body::Json("{\n\"instructions\": \"Updated instructions for handling complaints\"\n}"),
        200,
        ASSISTER,
    ),
    example(
        THREADS,
        "POST /v1/threads",
        ("POST", "/v1/threads"),
        Body::Json(
            r#"{
"metadata": {
"user_id": "user_123",
"session_id": "sess_xyz789"
}
}"#,
        ),
        201,
        r#"{
"id": "thread_def456",
"created_at": "2024-05-20T12:05:00Z",
"metadata": {
"user_id": "user_123",
"session_id": "sess_xyz789"
}
}"#,
    ),
    example(
        THREADS,
        "POST /v1/threads/thread_def456/messages",
        ("POST", "/v1/threads/thread_def456/messages"),
        Body::Json(
            r#"{
"role": "user",
"content": "How do I reset my password?",
"attachments": [
{
"type": "file",
"file_id": "file_ghi789"
}
]
}"#,
        ),
        201,
        "",
    ),
    example(
        THREADS,
        "POST /v1/threads/thread_def456/messages",
        ("POST", "/v1/threads/thread_def456/messages"),
        Body::Json(
            r#"{
"assistant_id": "asst_abc123",
"role": "user",
"content": "What are your business hours?"
}"#,
        ),
        200,
        r#"{
"id": "msg_jkl012",
"role": "assistant",
"content": "We're available 9 AM to 5 PM, Monday to Friday.",
"created_at": "2024-05-20T12:06:00Z"
}"#,
    ),
    example(
        THREADS,
        "curl -N https://api.assisters.ai/v1/threads/thread_def456/messages/stream",
        ("GET", "/v1/threads/thread_def456/messages/stream"),
        Body::None,
        200,
        "data: {\"id\":\"msg_1\",\"role\":\"assistant\",\"content\":\"We're\",\"delta\":true}",
    ),
    example(
        THREADS,
        "curl -X POST https://api.assisters.ai/v1/assisters",
        ("POST", "/v1/assisters"),
        Body::Json(r#"{"name": "Help Bot", "model": "gpt-4"}"#),
        201,
        ASSISTER,
    ),
    // The document shows the tools alone; an assistant without a name gets the document's own error.
    example(
        THREADS,
        "Define your own tools via the API",
        ("POST", "/v1/assisters"),
        Body::Json(
            r#"{
"tools": [
{
"type": "function",
"name": "lookup_user",
"description": "Retrieve user profile",
"parameters": {
"type": "object",
"properties": {
"user_id": {"type": "string"}
}
}
}
]
}"#,
        ),
        400,
        MISSING_NAME,
    ),
    example(
        THREADS,
        "json={\"description\": \"Missing name\"}",
        ("POST", "/v1/assisters"),
        Body::Json(r#"{"description": "Missing name"}"#),
        400,
        MISSING_NAME,
    ),
    example(THREADS, "DELETE /v1/assisters/asst_abc123", ("DELETE", "/v1/assisters/asst_abc123"), Body::None, 200, ""),
    // Last: what happened after it would be told to that address.
    example(
        CONVERSATIONS,
        "POST /v1/webhooks",
        ("POST", "/v1/webhooks"),
        Body::Json(
            r#"{
"url": "https://your-app.com/webhooks/assisters",
"events": ["conversation.created", "message.created", "feedback.submitted"],
"secret": "your_webhook_secret"
}"#,
        ),
        201,
        "",
    ),
];

const LIST_SHORT: &str = "{\n\"total\": 45\n}";

const ASSISTERS: &str = "{\n\"data\": [\n{\n\"id\": \"asst_abc123\",\n\"name\": \"Customer Support Bot\"}\n],\n\"total\": 42\n}";

const MISSING_NAME: &str = r#"{
"error": {
"code": "invalid_request_error",
"message": "Assistant name is required",
"param": "name",
"type": "validation_error"
}
}"#;

/// Requests to knowledge bases.
pub const KNOWLEDGE: &[Example] = &[
    example(
        CONVERSATIONS,
        "curl -X POST \"https://api.assisters.io/v1/knowledge-bases/kb_xyz/documents\"",
        ("POST", "/v1/knowledge-bases/kb_xyz/documents"),
        Body::Form(&[("file", "@product-docs.pdf"), ("metadata", "{\"category\": \"documentation\"}")]),
        201,
        "",
    ),
    // A shell takes the quotes out of the document's command.
    example(
        CONVERSATIONS,
        "-F \"metadata={\"category\": \"documentation\"}\"",
        ("POST", "/v1/knowledge-bases/kb_xyz/documents"),
        Body::Form(&[("file", "@product-docs.pdf"), ("metadata", "{category: documentation}")]),
        201,
        "",
    ),
    example(
        CONVERSATIONS,
        "POST /v1/knowledge-bases/{kb_id}/urls",
        ("POST", "/v1/knowledge-bases/kb_id/urls"),
        Body::Json(
            r#"{
"urls": [
"https://example.com/docs",
"https://example.com/faq"
],
"crawl_depth": 2,
"refresh_schedule": "weekly"
}"#,
        ),
        202,
        "",
    ),
];
