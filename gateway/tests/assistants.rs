//! The assistants that an owner makes: changed, tried as a draft, taken back, and really asked.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_chat::protocol::Dialect;
use assisters_gateway::Gateway;
use common::owner::Owner;
use common::scripted::{Mood, Scripted};
use common::{NO_KNOWLEDGE, TestClock, Visitor, config, gateway};
use serde_json::{Value, json};

#[tokio::test]
async fn made_changed_found_and_forgotten() {
    let owner = Owner(gateway(&[]).await);
    let body = json!({
        "name": "Support Agent", "llmProvider": "openai", "llmModel": "gpt-4o", "llmPrompt": "Be kind.", "maxTokens": 4096,
        "language": "en", "voice": "alloy", "teamIds": ["team-123"], "welcome": "Hello!", "suggestions": ["Where is my order?"],
        "settings": {"temperature": 0.7, "top_p": 1.0}, "tools": ["knowledge_base"], "unknown": 7,
    });
    let made = owner.send("POST", "/api/assistants", body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    let made = made.json();
    let id = made["id"].as_str().unwrap();
    for (field, expected) in [
        ("slug", json!("support-agent")),
        ("model", json!("gpt-4o")),
        ("instructions", json!("Be kind.")),
        ("system_prompt", json!("Be kind.")),
        ("maxTokens", json!(4096)),
        ("createdAt", json!("2026-01-28T14:30:00Z")),
        ("version", json!(1)),
    ] {
        assert_eq!(made[field], expected, "{field}");
    }
    assert_eq!(made["settings"]["temperature"], 0.7);
    let second = owner.ok("POST", "/v1/assisters", json!({"name": "Support Agent"})).await;
    assert_ne!(second["slug"], made["slug"], "two of one name are told apart");
    assert_eq!(
        owner.send("POST", "/v1/assistants", json!({"name": "A", "slug": "support-agent"})).await.failure(),
        "400 invalid_request"
    );

    for (method, path) in [
        ("PUT", format!("/api/assistants/{id}")),
        ("POST", "/v1/assisters/support-agent".into()),
        ("PATCH", format!("/v1/assistants/{id}")),
    ] {
        let changed = owner.ok(method, &path, json!({"description": method})).await;
        assert_eq!((&changed["description"], &changed["llmPrompt"]), (&json!(method), &json!("Be kind.")));
    }
    // A card that was read can be sent back with one change.
    let mut card = owner.get(&format!("/v1/assistants/{id}")).await;
    card["llmPrompt"] = json!("Be brief.");
    assert_eq!(owner.ok("PUT", "/v1/assistants/support-agent", card).await["instructions"], "Be brief.");

    let names = |list: &Value| {
        list["data"].as_array().unwrap().iter().map(|card| card["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    owner.ok("POST", "/v1/assistants", json!({"name": "Accounting", "category": "money"})).await;
    let sorted = owner.get("/api/assistants?sortBy=name&order=desc").await;
    assert_eq!(names(&sorted), ["Support Agent", "Support Agent", "Help", "Accounting"]);
    assert_eq!(names(&owner.get("/api/assistants?teamId=team-123").await), ["Support Agent"]);
    assert_eq!(names(&owner.get("/v1/assistants?category=money").await), ["Accounting"]);
    for (query, param) in [("sortBy=age", "sortBy"), ("sortBy=name&order=up", "order"), ("page=0", "page")] {
        let wrong = owner.send("GET", &format!("/api/assistants?{query}"), Value::Null).await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["error"]["param"]), (400, &json!(param)));
    }

    assert_eq!(owner.ok("DELETE", &format!("/api/assistants/{id}"), Value::Null).await["message"], "Assistant deleted");
    assert_eq!(owner.send("DELETE", &format!("/api/assistants/{id}"), Value::Null).await.failure(), "404 ASSISTANT_NOT_FOUND");
    assert_eq!(
        owner.send("GET", &format!("/v1/assistants/{id}/prompt-history"), Value::Null).await.failure(),
        "404 assistant_not_found"
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_document_s_words() {
    let owner = Owner(gateway(&[]).await);
    for (path, body, expected, param) in [
        ("/v1/assisters", json!({"description": "Missing name"}), "400 invalid_request_error", "name"),
        ("/v1/assistants", json!({"name": 7}), "400 invalid_request", "name"),
        (
            "/v1/assistants",
            json!({"name": "A", "settings": {"temperature": "hot"}}),
            "400 invalid_request",
            "settings.temperature",
        ),
        ("/v1/assistants", json!({"name": "A", "suggestions": "one"}), "400 invalid_request", "suggestions"),
        ("/v1/assistants", json!({"name": "A", "tools": ["web_search", "telepathy"]}), "400 invalid_request", "tools"),
        ("/api/assistants", json!({"name": "A", "llmModel": "gpt-4o"}), "400 INVALID_REQUEST", "llmProvider"),
        ("/api/assistants", json!({"name": "A", "llmProvider": "openai"}), "400 INVALID_REQUEST", "llmModel"),
        ("/api/assistants", json!({"name": "A", "llmProvider": "acme", "llmModel": "m"}), "400 INVALID_PROVIDER", "llmProvider"),
        ("/api/assistants", json!({"name": "A", "llmProvider": "openai", "llmModel": ""}), "400 INVALID_MODEL", "llmModel"),
    ] {
        let answer = owner.send("POST", path, body.clone()).await;
        assert_eq!(answer.failure(), expected, "{path} {body}");
        assert_eq!(answer.json()["error"]["param"], param, "{path} {body}: {}", answer.text);
    }
    let missing = owner.send("POST", "/v1/assisters", json!({"description": "Missing name"})).await.json();
    assert_eq!(
        (&missing["error"]["message"], &missing["error"]["type"]),
        (&json!("Assistant name is required"), &json!("validation_error"))
    );
}

#[tokio::test]
async fn visitors_see_a_draft_only_once_it_is_committed() {
    let owner = Owner(gateway(&[]).await);
    let visitor = Visitor::new(&owner.0).await;
    owner.ok("POST", "/v1/assistants", json!({"id": "a1", "name": "Shop", "instructions": "Secret.", "welcome": "Hello!"})).await;
    assert_eq!(owner.send("PUT", "/api/assistants/a1/draft", json!({"welcome": "?"})).await.status.as_u16(), 404);
    let draft = owner.ok("POST", "/api/assistants/a1/_edit", json!({"welcome": "Hi there!"})).await;
    assert_eq!((&draft["welcome"], &draft["draft"]), (&json!("Hi there!"), &json!(true)));
    owner.ok("PUT", "/api/assistants/a1/draft", json!({"name": "Shop 2", "llmPrompt": "Another secret."})).await;
    assert_eq!(owner.ok("POST", "/api/assistants/a1/_edit", Value::Null).await["name"], "Shop 2", "it goes on");
    let card = visitor.get("/api/assistants/shop").await;
    assert_eq!((&card.json()["name"], &card.json()["welcome"]), (&json!("Shop"), &json!("Hello!")));
    assert!(!card.text.to_lowercase().contains("secret"), "what a model is told is not for visitors: {}", card.text);
    assert!(!visitor.get("/v1/assistants").await.text.to_lowercase().contains("secret"));

    assert_eq!(owner.ok("POST", "/api/assistants/a1/draft/_commit", Value::Null).await["version"], 2);
    assert_eq!(visitor.get("/api/assistants/a1").await.json()["welcome"], "Hi there!");
    assert_eq!(owner.send("GET", "/api/assistants/a1/draft", Value::Null).await.status.as_u16(), 404);

    owner.ok("POST", "/api/assistants/a1/_edit", json!({"name": "Nonsense"})).await;
    owner.ok("DELETE", "/api/assistants/a1/draft", Value::Null).await;
    assert_eq!(owner.send("POST", "/api/assistants/a1/draft/_commit", Value::Null).await.status.as_u16(), 404);
    assert_eq!(owner.get("/api/assistants/a1").await["name"], "Shop 2");
}

#[tokio::test]
async fn every_prompt_is_kept_and_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let clock = TestClock::new();
    let start = async || Owner(Gateway::start_at(config(&[&store]), clock.clock()).await.unwrap().router());
    let owner = start().await;
    let path = "/api/assistants/a1";
    owner.ok("POST", "/v1/assistants", json!({"id": "a1", "name": "A", "instructions": "Be kind.\nBe brief.\n"})).await;
    clock.advance_secs(60);
    owner.ok("PUT", path, json!({"llmPrompt": "Be kind.\nBe long.\n"})).await;
    owner.ok("PUT", path, json!({"description": "no other prompt"})).await;
    owner.ok("PUT", path, json!({"llmModel": "gpt-4o-mini"})).await;
    drop(owner);
    let owner = start().await;
    let history = owner.get(&format!("{path}/prompt-history")).await;
    assert_eq!(history["total"], 3);
    assert_eq!((&history["data"][0]["version"], &history["data"][0]["isCurrent"]), (&json!(3), &json!(true)));
    assert_eq!(owner.get(&format!("{path}/prompt-history?limit=1&page=3")).await["data"][0]["version"], 1);
    let second = owner.get(&format!("{path}/prompt-history/2")).await;
    assert_eq!((&second["llmPrompt"], &second["createdAt"]), (&json!("Be kind.\nBe long.\n"), &json!("2026-01-28T14:31:00Z")));

    let compared = owner.get(&format!("{path}/prompt-history/compare?v1=1&v2=3")).await;
    assert_eq!(compared["diff"], "--- version 1\n+++ version 3\n@@ -1,2 +1,2 @@\n Be kind.\n-Be brief.\n+Be long.\n");
    assert_eq!(compared["fields"], json!([{"field": "llmModel", "from": null, "to": "gpt-4o-mini"}]));
    assert_eq!((&compared["added"], &compared["removed"]), (&json!(1), &json!(1)));

    let rolled = owner.ok("POST", &format!("{path}/prompt-history/1/rollback"), Value::Null).await;
    assert_eq!(
        (&rolled["instructions"], &rolled["version"], &rolled["description"]),
        (&json!("Be kind.\nBe brief.\n"), &json!(4), &json!("no other prompt"))
    );
    let statistics = owner.get(&format!("{path}/prompt-history/statistics")).await;
    assert_eq!(
        (&statistics["totalVersions"], &statistics["rollbacks"], &statistics["currentVersion"]),
        (&json!(4), &json!(1), &json!(4))
    );
    for (more, status) in [("/9", 404), ("/x", 400), ("/compare?v1=1", 400), ("/compare?v1=1&v2=9", 404)] {
        assert_eq!(
            owner.send("GET", &format!("{path}/prompt-history{more}"), Value::Null).await.status.as_u16(),
            status,
            "{more}"
        );
    }
}

#[tokio::test]
async fn a_model_is_told_what_its_assistant_is() {
    let upstream = Scripted::start(Dialect::OpenAi, Mood::Answers).await;
    let url = format!("--upstream-url={}", upstream.url);
    // One model for all, whatever an assistant would have.
    let owner = Owner(gateway(&["--upstream=openai", "--upstream-model=small", &url, NO_KNOWLEDGE]).await);
    let prompt = json!({"id": "a1", "name": "Pirate", "model": "large", "instructions": "Talk like a pirate.", "settings": {"temperature": 0.2}, "maxTokens": 99});
    owner.ok("POST", "/v1/assistants", prompt).await;
    for (assistant, model, system) in
        [("pirate", "small", Some("Talk like a pirate.")), ("a1", "small", Some("Talk like a pirate.")), ("other", "small", None)]
    {
        owner.ok("POST", "/v1/chat", json!({"assistant": assistant, "message": "hi"})).await;
        let sent = upstream.messages().last().unwrap().body.clone();
        assert_eq!(sent["model"], model, "{assistant}");
        let first = &sent["messages"][0];
        let told = (first["role"] == "system").then(|| first["content"].as_str().unwrap());
        assert_eq!(told, system, "{assistant}");
        assert_eq!(sent["temperature"].as_f64(), system.map(|_| 0.2), "{assistant}");
    }
    let each = Owner(gateway(&["--upstream=openai", &url, NO_KNOWLEDGE]).await);
    each.ok("POST", "/v1/assistants", json!({"name": "Pirate", "model": "large"})).await;
    each.ok("POST", "/v1/chat", json!({"assistant": "pirate", "message": "hi"})).await;
    assert_eq!(upstream.messages().last().unwrap().body["model"], "large");
    // What is only tried is not told yet.
    owner.ok("POST", "/v1/assistants/a1/_edit", json!({"instructions": "Talk like a judge."})).await;
    owner.ok("POST", "/v1/chat", json!({"assistant": "pirate", "message": "hi"})).await;
    assert_eq!(upstream.messages().last().unwrap().body["messages"][0]["content"], "Talk like a pirate.");
}

#[tokio::test]
async fn the_embedded_assistant_is_the_one_that_was_made() {
    let owner = Owner(gateway(&[]).await);
    let visitor = Visitor::new(&owner.0).await;
    owner.ok("POST", "/v1/assistants", json!({"id": "a1", "name": "Shop", "welcome": "Ahoy! What can I find for you?"})).await;
    for (name, greeting) in
        [("shop", "Ahoy! What can I find for you?"), ("a1", "Ahoy! What can I find for you?"), ("help", "Hello! I can answer")]
    {
        let answer = visitor.post("/v1/chat", json!({"assistant": name, "message": "Hi!"})).await.json();
        assert!(answer["response"].as_str().unwrap().starts_with(greeting), "{name}: {answer}");
    }
    let answer = visitor.post("/v1/chat", json!({"assistant": "shop", "message": "Is Klarna accepted?"})).await.json();
    assert_eq!(answer["sources"][0]["url"], "/help/payment#is-klarna-accepted", "{answer}");
}

#[tokio::test]
async fn an_upstream_that_has_assistants_keeps_them() {
    let upstream = Scripted::start(Dialect::Chat, Mood::Answers).await;
    let owner = Owner(common::upstream::front(&upstream.url, &[]).await);
    assert_eq!(owner.send("POST", "/v1/assistants", json!({"name": "A"})).await.failure(), "404 not_found");
}
