//! What answers cost and how they are liked: usage, budget, feedback, and conversations that end.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use common::owner::Owner;
use common::{Visitor, gateway};
use serde_json::{Value, json};

const QUESTION: &str = "Can I return shoes I already wore?";

#[tokio::test]
async fn a_budget_is_used_up() {
    let owner = Owner(gateway(&[]).await);
    let visitor = Visitor::new(&owner.0).await;
    assert_eq!(owner.get("/v1/wallet").await, json!({"balance": 0.0, "currency": "USD"}), "no budget");
    owner.ok("POST", "/v1/assistants", json!({"id": "ast_1", "name": "Dear", "price_per_million_tokens": 10_000})).await;
    owner.ok("PUT", "/v1/wallet", json!({"balance": 1.5})).await;
    let answer = visitor.post("/v1/chat", json!({"assistant": "ast_1", "message": QUESTION, "session_id": "s"})).await.json();
    let total = answer["tokens"]["total"].as_f64().unwrap();
    assert!((answer["cost"].as_f64().unwrap() - total / 100.0).abs() < 1e-9, "{answer}");
    let left = owner.get("/v1/wallet").await["balance"].as_f64().unwrap();
    assert!((left - (1.5 - total / 100.0)).abs() < 1e-6, "{left}");
    // An answer may take what is left and more; the next is refused, in every dialect.
    while owner.get("/v1/wallet").await["balance"].as_f64().unwrap() > 0.0 {
        visitor.post("/v1/chat", json!({"assistant": "ast_1", "message": QUESTION})).await;
    }
    for (path, body, code) in [
        ("/v1/chat", json!({"assistant": "ast_1", "message": "hi"}), "402 insufficient_funds"),
        ("/v1/chat/stream", json!({"assistant": "help", "message": "hi"}), "402 insufficient_funds"),
        (
            "/v1/chat/completions",
            json!({"model": "help", "messages": [{"role": "user", "content": "hi"}]}),
            "402 insufficient_funds",
        ),
        ("/api/assistants/help/execute", json!({"userInput": "hi"}), "402 INSUFFICIENT_FUNDS"),
    ] {
        assert_eq!(visitor.post(path, body).await.failure(), code, "{path}");
    }
    assert_eq!(owner.send("PUT", "/v1/wallet", json!({"balance": -1})).await.json()["error"]["param"], "balance");
    assert_eq!(
        owner.send("PUT", "/v1/wallet", json!({"balance": 1, "currency": "EUR"})).await.json()["error"]["param"],
        "currency"
    );
    assert_eq!(visitor.call(axum::http::Method::PUT, "/v1/wallet", &[], "{}").await.failure(), "403 insufficient_permissions");
    owner.ok("PUT", "/v1/wallet", json!({"balance": 5})).await;
    assert_eq!(visitor.post("/v1/chat", json!({"assistant": "help", "message": "hi"})).await.status.as_u16(), 200);
}

#[tokio::test]
async fn usage_by_period_and_assistant() {
    let owner = Owner(gateway(&[]).await);
    owner.ok("POST", "/v1/assistants", json!({"id": "ast_1", "name": "One", "price_per_million_tokens": 1000})).await;
    let mut totals = Vec::new();
    for assistant in ["ast_1", "one", "help"] {
        let answer = owner.ok("POST", "/v1/chat", json!({"assistant": assistant, "message": QUESTION, "session_id": "s"})).await;
        totals.push(answer["tokens"]["total"].as_u64().unwrap());
    }
    let all = owner.get("/v1/usage?start=2026-01-01&end=2026-01-31").await;
    assert_eq!(all["total_tokens"], totals.iter().sum::<u64>());
    let one = owner.get("/v1/usage?start=2026-01-01&end=2026-01-31&assistant=one").await;
    let tokens = totals[0] + totals[1];
    assert_eq!(one["by_assistant"][0]["slug"], "one", "by one name, whichever it was asked by");
    assert_eq!((&one["total_tokens"], one["by_assistant"].as_array().unwrap().len()), (&json!(tokens), 1));
    let cost = one["total_cost"].as_f64().unwrap();
    assert!((cost - tokens as f64 / 1000.0).abs() < 1e-9, "{cost}");
    let history = owner.get("/v1/sessions/s").await;
    assert_eq!(history["messages"][1]["usage"]["total_tokens"], totals[0], "and by message");
}

#[tokio::test]
async fn feedback_is_kept_and_counted() {
    let owner = Owner(gateway(&[]).await);
    let visitor = Visitor::new(&owner.0).await;
    let mut answers = Vec::new();
    for session in ["s1", "s2"] {
        let answer = visitor.post("/v1/chat", json!({"assistant": "help", "message": QUESTION, "session_id": session})).await;
        answers.push(answer.json()["id"].as_str().unwrap().to_owned());
    }
    let rate = async |session: &str, message: &str, body: Value| {
        visitor.post(&format!("/v1/sessions/{session}/messages/{message}/feedback"), body).await
    };
    for (session, rating) in [("s1", "up"), ("s2", "up"), ("s2", "down")] {
        let message = if session == "s1" { &answers[0] } else { &answers[1] };
        let given = rate(session, message, json!({"rating": rating, "comment": "Hm."})).await;
        assert_eq!((&given.json()["rating"], given.status.as_u16()), (&json!(rating), 200));
    }
    assert_eq!(visitor.get("/v1/sessions/s2").await.json()["messages"][1]["feedback"]["rating"], "down", "the last counts");
    let card = visitor.get("/v1/assistants/help").await.json();
    assert_eq!((&card["total_conversations"], &card["rating"]), (&json!(2), &json!(3.0)));
    assert_eq!(card["feedback"], json!({"up": 1, "down": 1}));
    for (session, message, body, expected) in [
        ("s1", answers[1].as_str(), json!({"rating": "up"}), "404 not_found"),
        ("s1", "msg_none", json!({"rating": "up"}), "404 not_found"),
        ("s3", "msg_none", json!({"rating": "up"}), "404 not_found"),
        ("s1", answers[0].as_str(), json!({}), "400 invalid_request"),
        ("s1", answers[0].as_str(), json!({"rating": "great"}), "400 invalid_request"),
        ("s1", answers[0].as_str(), json!({"rating": "up", "comment": "x".repeat(5000)}), "400 invalid_request"),
    ] {
        assert_eq!(rate(session, message, body.clone()).await.failure(), expected, "{session} {message} {body}");
    }
    // What is taken back was never said.
    assert_eq!(rate("s2", &answers[1], json!({"rating": null})).await.json()["rating"], Value::Null);
    assert_eq!(visitor.get("/v1/sessions/s2").await.json()["messages"][1]["feedback"], Value::Null);
    assert_eq!(visitor.get("/v1/assistants/help").await.json()["feedback"], json!({"up": 1, "down": 0}));
    let other = Visitor::new(&owner.0).await;
    let theirs = other.post(&format!("/v1/sessions/s1/messages/{}/feedback", answers[0]), json!({"rating": "down"})).await;
    assert_eq!(theirs.failure(), "404 not_found");
}

#[tokio::test]
async fn conversations_are_changed_and_end() {
    let owner = Owner(gateway(&[]).await);
    let begun = owner.ok("POST", "/v1/conversations", json!({"id": "conv_1", "assistant_id": "help"})).await;
    assert_eq!(begun["id"], "conv_1");
    assert_eq!(
        owner.send("POST", "/v1/conversations", json!({"id": "conv_1", "assistant_id": "help"})).await.failure(),
        "400 invalid_request"
    );
    owner.ok("PATCH", "/v1/conversations/conv_1", json!({"metadata": {"order": 7}})).await;
    let ended = owner.ok("POST", "/v1/conversations/conv_1", json!({"status": "ended"})).await;
    assert_eq!((&ended["status"], &ended["metadata"]["order"]), (&json!("ended"), &json!(7)));
    owner.ok("POST", "/v1/conversations/conv_1/messages", json!({"content": "One more thing"})).await;
    assert_eq!(owner.get("/v1/conversations/conv_1").await["status"], "open");
    assert_eq!(
        owner.send("PATCH", "/v1/conversations/conv_1", json!({"status": "over"})).await.json()["error"]["param"],
        "status"
    );
    owner.ok("POST", "/v1/threads", json!({"id": "thread_1", "metadata": {"a": 1}})).await;
    assert_eq!(owner.ok("POST", "/v1/threads/thread_1", json!({"metadata": {"a": 2}})).await["metadata"]["a"], 2);
}
