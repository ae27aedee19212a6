//! Who gets in: origins, tokens, limits, CORS.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_gateway::Gateway;
use axum::http::{Method, StatusCode};
use common::{CLIENT_KEY, HOST, PAGE, START_SECS, TestClock, Visitor, call, config, gateway};
use serde_json::json;

#[tokio::test]
async fn tokens_are_for_pages_of_allowed_origins() {
    let router = gateway(&[]).await;
    let own = format!("https://{HOST}");
    for (origin, expected) in [
        (Some(PAGE), 200),
        (Some("https://www.brand.example"), 200),
        (Some(own.as_str()), 200),
        (Some("https://brand.example"), 403),
        (Some("https://evil.example"), 403),
        (Some("http://shop.example"), 403),
        (Some("null"), 403),
        (Some(""), 403),
        (None, 403),
    ] {
        let headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
        let answer = call(&router, Method::POST, "/v1/visitor-tokens", &headers, "{}").await;
        assert_eq!(answer.status.as_u16(), expected, "{origin:?}");
        if expected == 403 {
            assert_eq!(answer.failure(), "403 origin_not_allowed");
        } else {
            assert_eq!(answer.json()["expires_at"], "2026-01-28T14:45:00Z");
            assert_eq!(answer.header("access-control-allow-origin"), origin.unwrap());
        }
    }
    // Without a list only the gateway's own pages are allowed.
    let router = gateway(&["--origins="]).await;
    for (origin, expected) in [(own.as_str(), 200), (PAGE, 403)] {
        let answer = call(&router, Method::POST, "/v1/visitor-tokens", &[("origin", origin)], "{}").await;
        assert_eq!(answer.status.as_u16(), expected, "{origin}");
    }
}

#[tokio::test]
async fn every_chat_route_asks_who_is_there() {
    let router = gateway(&[]).await;
    let visitor = Visitor::new(&router).await;
    let bearer = format!("Bearer {}", visitor.token);
    let key = format!("Bearer {CLIENT_KEY}");
    let chat = json!({"assistant": "a", "message": "hi"}).to_string();
    for (method, path) in [
        (Method::POST, "/v1/chat"),
        (Method::POST, "/v1/chat/stream"),
        (Method::GET, "/v1/sessions/s"),
        (Method::DELETE, "/v1/sessions/s"),
        (Method::POST, "/v1/conversations"),
        (Method::GET, "/v1/conversations/c"),
        (Method::POST, "/v1/conversations/c/messages"),
        (Method::POST, "/v1/conversations/c/messages/stream"),
        (Method::POST, "/v1/threads"),
        (Method::GET, "/v1/threads/t"),
        (Method::DELETE, "/v1/threads/t"),
        (Method::GET, "/v1/threads/t/messages"),
        (Method::POST, "/v1/threads/t/messages"),
        (Method::GET, "/v1/threads/t/messages/stream"),
        (Method::POST, "/v1/chat/completions"),
        (Method::GET, "/v1/streams/msg_1"),
        (Method::DELETE, "/v1/streams/msg_1"),
        (Method::POST, "/api/chats/c"),
        (Method::GET, "/api/chats/c"),
        (Method::GET, "/api/assistants"),
        (Method::GET, "/api/assistants/a"),
        (Method::PUT, "/api/assistants/a"),
        (Method::POST, "/v1/webhooks"),
        (Method::GET, "/v1/assisters"),
        (Method::GET, "/v1/assistants"),
        (Method::GET, "/v1/assistants/a"),
        (Method::GET, "/v1/usage"),
        (Method::GET, "/v1/wallet"),
    ] {
        for (headers, expected) in [
            (vec![], "403 origin_not_allowed"),
            (vec![("authorization", bearer.as_str())], "403 origin_not_allowed"),
            (vec![("origin", "https://evil.example"), ("authorization", bearer.as_str())], "403 origin_not_allowed"),
            (vec![("origin", "https://www.brand.example"), ("authorization", bearer.as_str())], "403 origin_not_allowed"),
            (vec![("origin", PAGE)], "401 invalid_api_key"),
            (vec![("origin", PAGE), ("authorization", "Bearer sk-live-1234")], "401 invalid_api_key"),
            (vec![("origin", PAGE), ("authorization", "Basic dTpw")], "401 invalid_api_key"),
            (vec![("origin", "https://evil.example"), ("authorization", key.as_str())], "403 origin_not_allowed"),
        ] {
            let answer = call(&router, method.clone(), path, &headers, chat.clone()).await;
            assert_eq!(answer.failure(), expected, "{method} {path} {headers:?}");
        }
    }
    let answer = call(&router, Method::POST, "/v1/chat", &[("authorization", &key)], chat).await;
    assert_eq!(answer.status, StatusCode::OK, "a server needs no Origin");
}

#[tokio::test]
async fn what_is_the_owner_s_alone_is_refused_to_visitors() {
    let router = gateway(&[]).await;
    let visitor = Visitor::new(&router).await;
    let key = format!("Bearer {CLIENT_KEY}");
    for (method, path) in [
        (Method::POST, "/v1/assistants"),
        (Method::POST, "/api/assistants"),
        (Method::PUT, "/api/assistants/a"),
        (Method::DELETE, "/api/assistants/a"),
        (Method::POST, "/api/assistants/a/_edit"),
        (Method::POST, "/api/assistants/a/draft/_commit"),
        (Method::DELETE, "/api/assistants/a/draft"),
        (Method::GET, "/api/assistants/a/prompt-history"),
        (Method::GET, "/api/assistants/a/prompt-history/compare?v1=1&v2=3"),
        (Method::POST, "/api/assistants/a/prompt-history/2/rollback"),
        (Method::POST, "/v1/assisters"),
        (Method::POST, "/v1/assisters/a"),
        (Method::DELETE, "/v1/assisters/a"),
        (Method::POST, "/v1/knowledge-bases/kb/documents"),
        (Method::POST, "/v1/knowledge-bases/kb/urls"),
        (Method::GET, "/api/assistants/a/draft"),
        (Method::PUT, "/api/assistants/a/draft"),
        (Method::PATCH, "/v1/assistants/a"),
        (Method::GET, "/v1/knowledge-bases"),
        (Method::GET, "/v1/backup"),
        (Method::POST, "/v1/keys"),
        (Method::GET, "/v1/keys"),
        (Method::DELETE, "/v1/keys/k"),
        (Method::POST, "/v1/webhooks"),
        (Method::GET, "/v1/webhooks"),
        (Method::GET, "/v1/webhooks/w"),
        (Method::DELETE, "/v1/webhooks/w"),
        (Method::GET, "/v1/webhooks/w/deliveries"),
        (Method::POST, "/v1/webhooks/w/deliveries/d/replay"),
        (Method::GET, "/v1/usage"),
        (Method::GET, "/v1/wallet"),
        (Method::PUT, "/v1/wallet"),
    ] {
        let answer = visitor.call(method.clone(), path, &[], "{}").await;
        assert_eq!(answer.failure(), "403 insufficient_permissions", "{method} {path}");
        let answer = call(&router, method.clone(), path, &[("authorization", &key)], "{}").await;
        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{method} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn own_pages_read_without_an_origin() {
    let router = gateway(&["--origins="]).await;
    let own = format!("https://{HOST}");
    let minted = call(&router, Method::POST, "/v1/visitor-tokens", &[("origin", &own)], "{}").await.json();
    let bearer = format!("Bearer {}", minted["token"].as_str().unwrap());
    let page = format!("{own}/help/returns");
    // Browsers send no Origin when a page reads from its own.
    for (headers, expected) in [
        (vec![("sec-fetch-site", "same-origin"), ("referer", page.as_str())], 200),
        (vec![("referer", page.as_str())], 200),
        (vec![("sec-fetch-site", "cross-site"), ("referer", page.as_str())], 403),
        (vec![("sec-fetch-site", "none")], 403),
        (vec![("referer", "https://evil.example/")], 403),
        (vec![], 403),
    ] {
        let headers = [&[("authorization", bearer.as_str())], headers.as_slice()].concat();
        let answer = call(&router, Method::GET, "/v1/assistants", &headers, "").await;
        assert_eq!(answer.status.as_u16(), expected, "{headers:?} {}", answer.text);
    }
    let chat = json!({"assistant": "a", "message": "hi"}).to_string();
    let answer =
        call(&router, Method::POST, "/v1/chat", &[("authorization", &bearer), ("sec-fetch-site", "same-origin")], chat).await;
    assert_eq!(answer.failure(), "403 origin_not_allowed", "they do when it sends");
}

#[tokio::test]
async fn a_token_expires_and_is_renewed_for_the_same_visitor() {
    let clock = TestClock::new();
    let router = Gateway::start_at(config(&["--token-lifetime-secs=60"]), clock.clock()).await.unwrap().router();
    let visitor = Visitor::new(&router).await;
    visitor.post("/v1/chat", json!({"assistant": "a", "message": "hi", "session_id": "s"})).await;
    clock.advance_secs(59);
    assert_eq!(visitor.get("/v1/sessions/s").await.status, StatusCode::OK);
    clock.advance_secs(1);
    let expired = visitor.get("/v1/sessions/s").await;
    assert_eq!(expired.failure(), "401 invalid_api_key");
    assert!(expired.json()["error"]["message"].as_str().unwrap().contains("expired"), "{}", expired.text);
    assert_eq!(expired.header("access-control-allow-origin"), PAGE, "the page can read why");

    let renewed = visitor.call(Method::POST, "/v1/visitor-tokens", &[], "{}").await.json();
    assert_eq!(renewed["visitor_id"], visitor.id);
    let visitor = Visitor { token: renewed["token"].as_str().unwrap().to_owned(), ..visitor };
    assert_eq!(visitor.get("/v1/sessions/s").await.status, StatusCode::OK, "their conversations stay theirs");
}

#[tokio::test]
async fn tokens_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let router = gateway(&[&store]).await;
    let visitor = Visitor::new(&router).await;
    visitor.post("/v1/chat", json!({"assistant": "a", "message": "hi", "session_id": "s"})).await;
    let (token, id) = (visitor.token.clone(), visitor.id.clone());
    drop((visitor, router));
    let visitor = Visitor { router: gateway(&[&store]).await, token, id };
    assert_eq!(visitor.get("/v1/sessions/s").await.json()["messages"][0]["content"], "hi");
}

#[tokio::test]
async fn limits_per_visitor() {
    let clock = TestClock::new();
    let router = Gateway::start_at(config(&["--visitor-rate=2/minute"]), clock.clock()).await.unwrap().router();
    let (one, other) = (Visitor::new(&router).await, Visitor::new(&router).await);
    let first = one.get("/v1/assistants").await;
    let reset = (START_SECS + 60).to_string();
    assert_eq!(
        ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"].map(|name| first.header(name)),
        ["2", "1", reset.as_str(), ""]
    );
    clock.advance_secs(20);
    assert_eq!(one.get("/v1/assistants").await.header("x-ratelimit-remaining"), "0");
    let refused = one.post("/v1/chat/stream", json!({"assistant": "a", "message": "hi"})).await;
    assert_eq!(refused.failure(), "429 rate_limit_exceeded");
    assert_eq!(
        ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"].map(|name| refused.header(name)),
        ["2", "0", reset.as_str(), "40"]
    );
    assert_eq!(
        refused.json()["error"]["details"],
        json!({"limit": 2, "remaining": 0, "reset_at": "2026-01-28T14:31:00Z", "retry_after": 40})
    );
    assert_eq!(
        refused.header("access-control-expose-headers"),
        "x-ratelimit-limit,x-ratelimit-remaining,x-ratelimit-reset,retry-after,date"
    );
    assert_eq!(other.get("/v1/assistants").await.status, StatusCode::OK, "another visitor has their own");
    clock.advance_secs(40);
    assert_eq!(one.get("/v1/assistants").await.status, StatusCode::OK);
}

#[tokio::test]
async fn limits_per_address() {
    let router = gateway(&["--address-rate=2/hour", "--trusted-proxies=1"]).await;
    let mint = async |address: &'static str| {
        call(&router, Method::POST, "/v1/visitor-tokens", &[("origin", PAGE), ("x-forwarded-for", address)], "{}").await
    };
    assert_eq!(mint("192.0.2.1").await.header("x-ratelimit-remaining"), "1");
    assert_eq!(mint("192.0.2.1").await.status, StatusCode::OK);
    let refused = mint("192.0.2.1").await;
    assert_eq!((refused.failure().as_str(), refused.header("retry-after")), ("429 rate_limit_exceeded", "3600"));
    assert_eq!(mint("192.0.2.2").await.status, StatusCode::OK);
}

#[tokio::test]
async fn cross_origin_requests() {
    let router = gateway(&[]).await;
    for (origin, allowed) in [(PAGE, PAGE), ("https://evil.example", "")] {
        let asked = [
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,content-type,idempotency-key"),
        ];
        let headers = [&[("origin", origin)], asked.as_slice()].concat();
        let answer = call(&router, Method::OPTIONS, "/v1/chat/stream", &headers, "").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookies, ever");
        if !allowed.is_empty() {
            assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
            assert!(answer.header("access-control-allow-methods").contains("DELETE"));
        }
    }
}

#[tokio::test]
async fn health() {
    let router = gateway(&[]).await;
    let visitor = Visitor::new(&router).await;
    visitor.post("/v1/chat", json!({"assistant": "a", "message": "Is Klarna accepted?"})).await;
    assert_eq!(call(&router, Method::GET, "/healthz", &[], "").await.json(), json!({"status": "ok"}));
    assert_eq!(call(&router, Method::GET, "/readyz", &[], "").await.json()["status"], "ready");
    let metrics = call(&router, Method::GET, "/metrics", &[], "").await;
    assert!(metrics.header("content-type").starts_with("text/plain"));
    for line in [
        "assisters_requests_total{route=\"/v1/chat\",status=\"200\"} 1",
        "assisters_answers_total{outcome=\"finished\"} 1",
        "assisters_visitor_tokens_total 1",
        "assisters_answers_running 0",
    ] {
        assert!(metrics.text.lines().any(|found| found == line), "{line} in\n{}", metrics.text);
    }
    assert!(!metrics.text.contains(&visitor.id));
}
