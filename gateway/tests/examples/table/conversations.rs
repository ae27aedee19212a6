//! `conversations-api.txt`

use super::*;

pub const EXAMPLES: &[Example] = &[
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
];

/// Webhooks.
pub const WEBHOOKS: &[Example] = &[example(
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
)];

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

const LIST_SHORT: &str = "{\n\"total\": 45\n}";

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
