//! Keys that the owner makes: what they are good for, from where, how often and until when.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_gateway::Gateway;
use axum::http::Method;
use common::owner::Owner;
use common::{PAGE, START_SECS, TestClock, call, config, gateway};
use serde_json::{Value, json};

async fn key(owner: &Owner, body: Value) -> String {
    owner.ok("POST", "/v1/keys", body).await["key"].as_str().unwrap().to_owned()
}

fn hello() -> Value {
    json!({"assistant": "help", "message": "hi"})
}

#[tokio::test]
async fn a_key_is_shown_once_and_kept_as_a_hash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let store = format!("--store=redb:{}", path.display());
    let owner = Owner(gateway(&[&store]).await);
    let made = owner.send("POST", "/v1/keys", json!({"name": "Shop server"})).await;
    assert_eq!(made.status.as_u16(), 201);
    let made = made.json();
    let text = made["key"].as_str().unwrap().to_owned();
    assert!(text.starts_with(made["prefix"].as_str().unwrap()), "{text}");
    assert_eq!((&made["scopes"], &made["tier"], &made["expires_at"]), (&json!(["chat"]), &json!("standard"), &Value::Null));
    let list = owner.send("GET", "/v1/keys", Value::Null).await;
    assert_eq!(list.json()["keys"][0]["name"], "Shop server");
    let secret = text.rsplit_once('_').unwrap().1;
    assert!(!list.text.contains(secret));
    drop(owner);
    assert!(!String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(secret), "not on the disk either");
    let owner = Owner(gateway(&[&store]).await);
    assert_eq!(owner.send_as(&text, "POST", "/v1/chat", hello()).await.status.as_u16(), 200, "it survives a restart");
    for wrong in [&text[..text.len() - 1], &format!("{text}0"), "ask_x_y", "ask_", &text.to_uppercase()] {
        assert_eq!(owner.send_as(wrong, "POST", "/v1/chat", hello()).await.status.as_u16() / 100, 4, "{wrong}");
    }
}

#[tokio::test]
async fn scopes() {
    let owner = Owner(gateway(&[]).await);
    let (chat, admin) = (key(&owner, json!({"name": "c"})).await, key(&owner, json!({"name": "a", "scopes": ["admin"]})).await);
    for (method, path, body) in [
        ("GET", "/v1/keys", Value::Null),
        ("POST", "/v1/keys", json!({"name": "more", "scopes": ["admin"]})),
        ("DELETE", "/v1/keys/x", Value::Null),
        ("POST", "/v1/assistants", json!({"name": "A"})),
        ("GET", "/v1/assistants/a/prompt-history", Value::Null),
        ("GET", "/v1/usage", Value::Null),
        ("GET", "/v1/wallet", Value::Null),
    ] {
        assert_eq!(owner.send_as(&chat, method, path, body.clone()).await.failure(), "403 insufficient_permissions", "{path}");
        assert_ne!(owner.send_as(&admin, method, path, body).await.status.as_u16(), 403, "{path}");
    }
    for key in [&chat, &admin] {
        assert_eq!(owner.send_as(key, "POST", "/v1/chat", hello()).await.status.as_u16(), 200);
    }
    // Two keys have conversations of their own.
    let named = json!({"assistant": "help", "message": "hi", "session_id": "s"});
    owner.send_as(&chat, "POST", "/v1/chat", named).await;
    assert_eq!(owner.send_as(&admin, "GET", "/v1/sessions/s", Value::Null).await.failure(), "404 not_found");
}

#[tokio::test]
async fn origins() {
    let owner = Owner(gateway(&[]).await);
    let page = key(&owner, json!({"name": "page", "allowed_origins": ["https://*.other.example"]})).await;
    let server = key(&owner, json!({"name": "server"})).await;
    for (key, origin, expected) in [
        (&page, Some("https://www.other.example"), 200),
        (&page, Some(PAGE), 403),
        (&page, None, 403),
        (&server, Some(PAGE), 200),
        (&server, Some("https://www.other.example"), 403),
        (&server, None, 200),
    ] {
        let bearer = format!("Bearer {key}");
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let answer = call(&owner.0, Method::POST, "/v1/chat", &headers, hello().to_string()).await;
        assert_eq!(answer.status.as_u16(), expected, "{origin:?} {}", answer.text);
    }
    let asked = [("origin", "https://www.other.example"), ("access-control-request-method", "POST")];
    let preflight = call(&owner.0, Method::OPTIONS, "/v1/chat", &asked, "").await;
    assert_eq!(preflight.header("access-control-allow-origin"), "https://www.other.example", "a browser asks without the key");
}

#[tokio::test]
async fn ends() {
    let clock = TestClock::new();
    let owner = Owner(Gateway::start_at(config(&[]), clock.clock()).await.unwrap().router());
    let made = owner.ok("POST", "/v1/keys", json!({"name": "a", "expires_at": "2026-01-28T15:00:00Z"})).await;
    let (short, id) = (made["key"].as_str().unwrap(), made["id"].as_str().unwrap());
    let long = key(&owner, json!({"name": "b"})).await;
    assert_eq!(owner.send_as(short, "POST", "/v1/chat", hello()).await.status.as_u16(), 200);
    clock.advance_secs(1800);
    let refused = owner.send_as(short, "POST", "/v1/chat", hello()).await;
    assert_eq!(refused.failure(), "401 invalid_api_key");
    assert!(refused.text.contains("has expired"), "{}", refused.text);
    assert_eq!(owner.send_as(&long, "POST", "/v1/chat", hello()).await.status.as_u16(), 200);
    assert_eq!(owner.ok("DELETE", &format!("/v1/keys/{id}"), Value::Null).await["revoked_at"], "2026-01-28T15:00:00Z");
    assert!(owner.send_as(short, "POST", "/v1/chat", hello()).await.text.contains("revoked"));
    assert_eq!(owner.send("DELETE", "/v1/keys/none", Value::Null).await.failure(), "404 not_found");
}

#[tokio::test]
async fn what_a_key_can_not_be() {
    let owner = Owner(gateway(&[]).await);
    for (body, param) in [
        (json!({}), "name"),
        (json!({"name": " "}), "name"),
        (json!({"name": "a", "scopes": []}), "scopes"),
        (json!({"name": "a", "scopes": ["root"]}), "scopes[0]"),
        (json!({"name": "a", "tier": "gold"}), "tier"),
        (json!({"name": "a", "allowed_origins": ["shop.example"]}), "allowed_origins"),
        (json!({"name": "a", "expires_at": "tomorrow"}), "expires_at"),
        (json!({"name": "a", "expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
    ] {
        let answer = owner.send("POST", "/v1/keys", body.clone()).await;
        assert_eq!(
            (answer.failure().as_str(), &answer.json()["error"]["param"]),
            ("400 invalid_request", &json!(param)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn limits_by_tier() {
    let clock = TestClock::new();
    let owner = Owner(Gateway::start_at(config(&["--address-rate=100000/day"]), clock.clock()).await.unwrap().router());
    for (tier, limit) in [("free", 20), ("standard", 100), ("pro", 100), ("business", 500)] {
        let key = key(&owner, json!({"name": tier, "tier": tier})).await;
        let first = owner.send_as(&key, "GET", "/v1/assistants", Value::Null).await;
        let names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
        assert_eq!(names.map(|name| first.header(name).parse::<u64>().unwrap()), [limit, limit - 1, START_SECS + 60], "{tier}");
        for _ in 1..limit {
            assert_eq!(owner.send_as(&key, "GET", "/v1/assistants", Value::Null).await.status.as_u16(), 200, "{tier}");
        }
        let refused = owner.send_as(&key, "GET", "/v1/assistants", Value::Null).await;
        assert_eq!((refused.failure().as_str(), refused.header("retry-after")), ("429 rate_limit_exceeded", "60"), "{tier}");
        let thread = owner.send_as(&key, "GET", "/v1/threads/t", Value::Null).await;
        assert_eq!(thread.header("x-ratelimit-reset"), "60", "one document counts the seconds that are left");
    }
    let unlimited = key(&owner, json!({"name": "e", "tier": "enterprise"})).await;
    for _ in 0..600 {
        assert_eq!(owner.send_as(&unlimited, "GET", "/v1/assistants", Value::Null).await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn conversations_a_day_by_tier() {
    let clock = TestClock::new();
    let owner = Owner(Gateway::start_at(config(&["--address-rate=100000/day"]), clock.clock()).await.unwrap().router());
    let free = key(&owner, json!({"name": "f", "tier": "free"})).await;
    for idx in 0..100 {
        if idx % 20 == 0 {
            clock.advance_secs(60);
        }
        let begun = owner.send_as(&free, "POST", "/v1/threads", json!({})).await;
        assert_eq!(begun.status.as_u16(), 201, "{idx}");
    }
    clock.advance_secs(60);
    for (path, body) in [("/v1/conversations", json!({"assistant_id": "help"})), ("/v1/chat", hello())] {
        assert_eq!(owner.send_as(&free, "POST", path, body).await.failure(), "429 rate_limit_exceeded", "{path}");
    }
    clock.advance_secs(24 * 3600);
    assert_eq!(owner.send_as(&free, "POST", "/v1/chat", hello()).await.status.as_u16(), 200);
}
