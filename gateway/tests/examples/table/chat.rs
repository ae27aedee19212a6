//! `chat-api.txt`

use super::*;

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
];
