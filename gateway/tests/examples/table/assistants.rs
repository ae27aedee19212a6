//! `execute-api.txt` and `informer-api.txt`

use super::*;

pub const EXAMPLES: &[Example] = &[
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
];
