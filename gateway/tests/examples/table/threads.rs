//! `threads-api.txt`

use super::*;

pub const EXAMPLES: &[Example] = &[
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
];

const MISSING_NAME: &str = r#"{
"error": {
"code": "invalid_request_error",
"message": "Assistant name is required",
"param": "name",
"type": "validation_error"
}
}"#;
