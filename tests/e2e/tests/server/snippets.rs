//! The code in the documents, line by line as it is there (`gateway/tests/examples.rs` compares), with only the host replaced. Before and after it stands what
//! the documents leave to the reader: names that it uses, and calls of functions that it only defines.

use serde_json::json;
use tokio::process::Command;

use crate::programs::{KEY, Served, python, run, source};

const OPEN: &str = "9 AM to 5 PM";
const PRICE: &str = "Price your SaaS by value.";

/// Shows what the snippet is told, as it prints nothing itself.
const LOUD_FETCH: &str = "const realFetch = fetch; globalThis.fetch = async (...all) => { const response = await realFetch(...all); \
     console.log(response.status, (await response.clone().json()).error?.code ?? 'ok'); return response; };\n";

const SDK: &str =
    "import { Assisters } from '@assisters/sdk';\nconst client = new Assisters({ apiKey: process.env.ASSISTERS_API_KEY });\n";

async fn node(served: &Served, before: &str, snippet: &str, after: &str, key: &str) -> String {
    served.write(
        "node_modules/@assisters/sdk/package.json",
        r#"{"name": "@assisters/sdk", "type": "module", "exports": "./index.mjs"}"#,
    );
    served.write("node_modules/@assisters/sdk/index.mjs", &source("sdk/assisters.mjs"));
    let program = format!("{before}{}\n{after}", source(&format!("snippets/{snippet}")));
    let path = served.write(snippet, &program);
    run(Command::new("node").arg(path).env("ASSISTERS_API_KEY", key)).await
}

async fn in_python(served: &Served, snippet: &str) -> String {
    served.write("assisters.py", &source("sdk/assisters.py"));
    let program = source(&format!("snippets/{snippet}")).replace("YOUR_API_KEY", KEY).replace("YOUR_KEY", KEY);
    let path = served.write(snippet, &program);
    run(Command::new(python()).arg(path).env("ASSISTERS_API_KEY", KEY)).await
}

#[tokio::test]
async fn javascript_of_the_chat_document() {
    let served = Served::start().await;
    let key = "const ASSISTERS_API_KEY = process.env.ASSISTERS_API_KEY;\n";
    assert!(node(&served, "", "chat-api.node.mjs", "", KEY).await.contains(PRICE));
    assert!(node(&served, key, "chat-api.streaming.mjs", "", KEY).await.contains(PRICE));
    let names = format!("{LOUD_FETCH}const apiKey = process.env.ASSISTERS_API_KEY, assistant = 'help', message = 'Hi';\n");
    assert_eq!(node(&served, &names, "chat-api.errors.mjs", "", KEY).await.trim(), "200 ok");
    assert_eq!(node(&served, &names, "chat-api.errors.mjs", "", "ask_wrong_key").await.trim(), "401 invalid_api_key");
}

#[tokio::test]
async fn javascript_of_the_conversations_document() {
    let served = Served::start().await;
    served.prepare().await;
    let printed = node(&served, "", "conversations-api.sdk.mjs", "await chat();\nawait streamChat();", KEY).await;
    assert!(printed.contains(OPEN) && printed.contains("boots and repairs"), "{printed}");
    let names = format!(
        "{SDK}const assistantId = 'ast_abc123';\nconst [newId1, newId2] = [(await client.conversations.create({{ assistantId }})).id, 'conv_def456'];\n"
    );
    node(&served, &names, "conversations-api.context.mjs", "", KEY).await;
}

#[tokio::test]
async fn the_documented_retry_waits_as_long_as_it_is_told() {
    let served = Served::start().await;
    served.prepare().await;
    let free = served.post("/v1/keys", json!({"name": "free", "tier": "free"})).await;
    let names = format!("{SDK}const slept = [];\nconst sleep = async (millis) => {{ slept.push(millis); }};\n");
    let calls = "const { id } = await client.conversations.create({ assistantId: 'ast_abc123' });\n\
         const first = await sendWithRetry(id, 'What are your business hours?');\nconsole.log(first.content);\n\
         for (let n = 2; n < 20; n++) await client.messages.create({ conversationId: id, content: 'Hi' });\n\
         await sendWithRetry(id, 'Hi');\nconsole.log(slept.length, slept.every((millis) => millis > 0 && millis <= 60000));\n\
         await sendWithRetry('conv_none', 'Hi').catch(() => {});\n";
    let printed = node(&served, &names, "conversations-api.retry.mjs", calls, free["key"].as_str().unwrap()).await;
    assert!(printed.contains(OPEN) && printed.trim().ends_with("3 true"), "{printed}");
}

#[tokio::test]
async fn python_of_the_documents() {
    let served = Served::start().await;
    served.prepare().await;
    assert!(in_python(&served, "chat-api.requests.py").await.contains(PRICE));
    let printed = in_python(&served, "conversations-api.sdk.py").await;
    assert!(printed.contains("boots and repairs") && printed.contains("Value-based pricing"), "{printed}");
    let printed = in_python(&served, "threads-api.requests.py").await;
    assert_eq!(printed.trim(), "Error invalid_request_error: Assistant name is required");
}
