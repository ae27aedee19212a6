//! The requests of the two documents, against the embedded assistant.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_chat::protocol::{AnswerDecoder, Dialect, Event};
use axum::http::{Method, StatusCode};
use common::{CLIENT_KEY, PAGE, Visitor, call, gateway};
use serde_json::{Value, json};

const QUESTION: &str = "Can I return shoes I already wore?";
const SOURCE: &str = "/help/returns#worn-or-washed-items";

#[tokio::test]
async fn chat_plain() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let user = json!({"id": "user_12345", "name": "John", "email": "john@example.com"});
    let answer =
        visitor.post("/v1/chat", json!({"assistant": "a", "message": QUESTION, "session_id": "sess_abc123", "user": user})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let body = answer.json();
    assert!(body["id"].as_str().unwrap().starts_with("msg_"));
    assert!(body["response"].as_str().unwrap().contains("Yes, you can return shoes you have already worn"));
    assert_eq!(body["session_id"], "sess_abc123");
    let tokens = &body["tokens"];
    assert_eq!(tokens["input"].as_u64().unwrap() + tokens["output"].as_u64().unwrap(), tokens["total"].as_u64().unwrap());
    assert_eq!((body["cost"].as_f64(), &body["created_at"]), (Some(0.0), &json!("2026-01-28T14:30:00Z")));
    assert_eq!(body["sources"][0]["url"], SOURCE);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn chat_stream() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let answer = visitor.post("/v1/chat/stream", json!({"assistant": "a", "message": QUESTION, "session_id": "s1"})).await;
    assert!(answer.text.starts_with("event: message\nid: msg_"), "{}", answer.text);
    let frames = answer.frames();
    let (done, chunks) = frames.split_last().unwrap();
    assert!(chunks.len() > 20, "word by word");
    assert!(chunks.iter().all(|chunk| chunk["type"] == "chunk" && chunk["content"].is_string()));
    let text: String = chunks.iter().map(|chunk| chunk["content"].as_str().unwrap()).collect();
    let plain = visitor.post("/v1/chat", json!({"assistant": "a", "message": QUESTION, "session_id": "s2"})).await.json();
    assert_eq!(plain["response"], text, "the same answer either way");
    assert_eq!((&done["type"], &done["session_id"]), (&json!("done"), &json!("s1")));
    assert!(done["id"].as_str().unwrap().starts_with("msg_") && done["tokens"]["total"].as_u64().unwrap() > 0);
    assert_eq!(done["sources"][0]["url"], SOURCE);
    for (name, value) in [("cache-control", "no-store, no-transform"), ("x-accel-buffering", "no"), ("content-encoding", "")] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn conversations() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let metadata = json!({"source": "website", "page": "/pricing"});
    let begun =
        visitor.post("/v1/conversations", json!({"assistant_id": "ast_abc123", "user_id": "u1", "metadata": metadata})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    let begun = begun.json();
    let path = format!("/v1/conversations/{}", begun["id"].as_str().unwrap());
    assert_eq!(begun["messages"], json!([]));
    assert_eq!(begun["assistant_id"], "ast_abc123");

    let plain = visitor.post(&format!("{path}/messages"), json!({"content": QUESTION})).await.json();
    assert_eq!(plain["role"], "assistant");
    assert_eq!(plain["sources"][0]["url"], SOURCE);
    let usage = &plain["usage"];
    assert_eq!(
        usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap(),
        usage["total_tokens"].as_u64().unwrap()
    );

    let streamed = visitor.post(&format!("{path}/messages/stream"), json!({"content": "And what does it cost?"})).await;
    assert!(!streamed.text.contains("event:"), "this document names no events");
    let frames = streamed.frames();
    let types: Vec<&str> = frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    assert_eq!((types[0], types[1], types[types.len() - 1]), ("start", "delta", "end"));
    assert!(frames[0]["message_id"].as_str().unwrap().starts_with("msg_"));
    assert!(frames.last().unwrap()["usage"]["total_tokens"].as_u64().unwrap() > 0);

    let history = visitor.get(&path).await.json();
    let roles: Vec<&str> =
        history["messages"].as_array().unwrap().iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant"]);
    assert_eq!(history["messages"][1]["content"], plain["content"]);
    assert_eq!(history["messages"][1]["sources"][0]["url"], SOURCE);
    assert_eq!(history["metadata"]["page"], "/pricing");

    assert_eq!(visitor.call(Method::DELETE, &path, &[], "").await.json()["deleted"], true);
    assert_eq!(visitor.get(&path).await.failure(), "404 not_found");
    assert_eq!(visitor.post(&format!("{path}/messages"), json!({"content": "still there?"})).await.failure(), "404 not_found");
}

#[tokio::test]
async fn execute_and_its_own_words() {
    let visitor = Visitor::new(&gateway(&["--assistants=help"]).await).await;
    let path = "/api/assistants/help/execute";
    let answer = visitor.post(path, json!({"userInput": QUESTION})).await.json();
    assert!(answer["response"].as_str().unwrap().contains("Yes, you can return shoes"), "{answer}");
    let session = answer["sessionId"].as_str().unwrap().to_owned();
    let usage = &answer["usage"];
    assert_eq!(
        usage["inputTokens"].as_u64().unwrap() + usage["outputTokens"].as_u64().unwrap(),
        usage["totalTokens"].as_u64().unwrap()
    );
    assert_eq!((&answer["toolCalls"], &answer["sources"][0]["url"]), (&json!([]), &json!(SOURCE)));
    let attachment = json!([{"type": "url", "mimeType": "image/png", "url": "https://x.example/a.png"}]);
    let more = visitor.post(path, json!({"userInput": "And?", "sessionId": session, "attachments": attachment})).await.json();
    assert_eq!(more["sessionId"], session.as_str());
    let history = visitor.get(&format!("/api/sessions/{session}")).await.json();
    assert_eq!(history["messages"].as_array().unwrap().len(), 4);
    for (path, body, expected) in [
        ("/api/assistants/other/execute", json!({"userInput": "hi"}), "404 ASSISTANT_NOT_FOUND"),
        (path, json!({}), "400 INVALID_REQUEST"),
        (path, json!({"userInput": "hi", "attachments": [{"type": "carrier pigeon"}]}), "400 INVALID_REQUEST"),
    ] {
        assert_eq!(visitor.post(path, body).await.failure(), expected);
    }
}

#[tokio::test]
async fn a_transcript_in_either_shape() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    let parts = json!([
        {"role": "system", "content": "You are a pirate"},
        {"role": "user", "parts": text("Can I return shoes?")}, {"role": "assistant", "parts": text("Yes.")},
        {"role": "user", "parts": text(QUESTION)},
    ]);
    let contents = json!([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": null}, {"role": "user", "content": text(QUESTION)}]);
    for messages in [parts, contents] {
        let completed = visitor.post("/v1/chat/completions", json!({"model": "help", "messages": messages})).await.json();
        assert_eq!(completed["object"], "chat.completion");
        let content = completed["choices"][0]["message"]["content"].as_str().unwrap();
        assert!(content.contains("Yes, you can return shoes you have already worn"), "{completed}");
        let body = json!({"messages": messages}).to_string();
        let streamed = visitor.call(Method::POST, "/api/chats/chat-1", &[("accept", "*/*")], body.clone()).await;
        assert!(streamed.text.trim_end().ends_with("data: [DONE]"), "{}", streamed.text);
        let whole = visitor.call(Method::POST, "/api/chats/chat-2", &[("accept", "application/json")], body).await.json();
        assert_eq!((&whole["role"], &whole["parts"][0]["text"]), (&json!("assistant"), &json!(content)));
    }
    let chat = visitor.get("/api/chats/chat-1").await.json();
    assert_eq!(chat["messages"][0]["parts"][0]["text"], QUESTION);
    assert_eq!(visitor.call(Method::DELETE, "/api/chats/chat-1", &[], "").await.json()["deleted"], true);
    for messages in [
        json!(null),
        json!([]),
        json!("hi"),
        json!([{"role": "assistant", "content": "hi"}]),
        json!([{"role": "user", "content": " "}]),
        json!([{"role": "pirate", "content": "arr"}, {"role": "user", "content": "hi"}]),
        json!([7]),
    ] {
        for (path, field) in [("/v1/chat/completions", "model"), ("/api/chats/c", "assistantId")] {
            let answer = visitor.post(path, json!({field: "help", "messages": messages})).await;
            assert_eq!(answer.failure(), "400 invalid_request", "{path} {messages}");
            assert_eq!(answer.json()["error"]["param"], "messages");
        }
    }
}

#[tokio::test]
async fn what_the_gateway_says_the_widget_s_decoder_reads() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    visitor.post("/v1/conversations", json!({"assistant_id": "a"})).await;
    let id = visitor.post("/v1/conversations", json!({"assistant_id": "a"})).await.json()["id"].as_str().unwrap().to_owned();
    for (dialect, path, body) in [
        (Dialect::Chat, "/v1/chat/stream".to_owned(), json!({"assistant": "a", "message": QUESTION})),
        (Dialect::Conversations, format!("/v1/conversations/{id}/messages/stream"), json!({"content": QUESTION})),
    ] {
        let answer = visitor.post(&path, body).await;
        let mut events = Vec::new();
        let mut decoder = AnswerDecoder::new(dialect);
        decoder.push(answer.text.as_bytes(), &mut |event| events.push(event.unwrap()));
        let text: String = events
            .iter()
            .filter_map(|event| if let Event::TextDelta(text) = event { Some(text.as_str()) } else { None })
            .collect();
        assert!(text.contains("Yes, you can return shoes"), "{dialect}");
        assert!(
            events.iter().any(|event| matches!(event, Event::Source(source) if source.url.as_deref() == Some(SOURCE))),
            "{dialect}"
        );
        assert!(matches!(events.last(), Some(Event::Finished(finish)) if finish.usage.is_some()), "{dialect}");
    }
}

#[tokio::test]
async fn sessions_are_read_and_forgotten_by_their_visitor_alone() {
    let router = gateway(&[]).await;
    let (one, other) = (Visitor::new(&router).await, Visitor::new(&router).await);
    assert_ne!(one.id, other.id);
    one.post("/v1/chat", json!({"assistant": "help", "message": QUESTION, "session_id": "shared-name"})).await;
    let session = one.get("/v1/sessions/shared-name").await.json();
    assert_eq!((&session["id"], &session["assistant"]), (&json!("shared-name"), &json!("help")));
    assert_eq!(
        session["messages"][0],
        json!({
            "id": session["messages"][0]["id"], "role": "user", "content": QUESTION,
            "created_at": "2026-01-28T14:30:00Z", "timestamp": "2026-01-28T14:30:00Z",
        })
    );
    assert_eq!(session["messages"][1]["role"], "assistant");
    assert_eq!(session["updated_at"], "2026-01-28T14:30:00Z");

    assert_eq!(other.get("/v1/sessions/shared-name").await.failure(), "404 not_found");
    assert_eq!(other.call(Method::DELETE, "/v1/sessions/shared-name", &[], "").await.failure(), "404 not_found");
    // The same name chosen by another visitor is another session.
    other.post("/v1/chat", json!({"assistant": "help", "message": "hello", "session_id": "shared-name"})).await;
    assert_eq!(other.get("/v1/sessions/shared-name").await.json()["messages"][0]["content"], "hello");
    assert_eq!(one.get("/v1/sessions/shared-name").await.json()["messages"].as_array().unwrap().len(), 2);

    assert_eq!(one.call(Method::DELETE, "/v1/sessions/shared-name", &[], "").await.status, StatusCode::OK);
    assert_eq!(one.get("/v1/sessions/shared-name").await.failure(), "404 not_found");
}

#[tokio::test]
async fn a_follow_up_is_understood() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let ask = async |message: &str| {
        visitor.post("/v1/chat", json!({"assistant": "a", "message": message, "session_id": "s"})).await.json()
    };
    ask("Do you have express delivery?").await;
    assert_eq!(ask("How much does it cost?").await["sources"][0]["url"], "/help/shipping#express-delivery");
    let lost = ask("What is the capital of France?").await;
    assert!(lost["response"].as_str().unwrap().starts_with("I did not find that"), "{lost}");
    assert_eq!(lost["sources"], json!([]));
}

#[tokio::test]
async fn the_same_idempotency_key_runs_once() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let body = json!({"assistant": "a", "message": QUESTION, "session_id": "s"});
    let send = async |key: &'static str, body: &Value| {
        visitor.call(Method::POST, "/v1/chat", &[("idempotency-key", key)], body.to_string()).await
    };
    let (first, second) = (send("k1", &body).await.json(), send("k1", &body).await.json());
    assert_eq!(first, second);
    let streamed = visitor.call(Method::POST, "/v1/chat/stream", &[("idempotency-key", "k1")], body.to_string()).await;
    assert_eq!(streamed.frames().last().unwrap()["id"], first["id"]);
    let session = visitor.get("/v1/sessions/s").await.json();
    assert_eq!(session["messages"].as_array().unwrap().len(), 2);
    let mistaken = send("k1", &json!({"assistant": "a", "message": "another", "session_id": "s"})).await;
    assert_eq!(mistaken.failure(), "400 invalid_request");
    assert_ne!(send("k2", &body).await.json()["id"], first["id"]);
    let nameless = json!({"assistant": "a", "message": QUESTION});
    assert_eq!(send("k3", &nameless).await.json()["session_id"], send("k3", &nameless).await.json()["session_id"]);
}

#[tokio::test]
async fn assistants() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.md"), "# Things\n\nThings are good.\n").unwrap();
    let cards = json!([
        {"slug": "one", "name": "One", "category": "support", "rating": 4.8},
        {"slug": "two", "name": "Two", "category": "sales"},
        {"slug": "three", "name": "Three", "category": "support"},
    ]);
    std::fs::write(folder.path().join("assistants.json"), cards.to_string()).unwrap();
    let more = format!("--knowledge={}", folder.path().display());
    let router = gateway(&[&more, "--assistants=one,three"]).await;
    let visitor = Visitor::new(&router).await;
    let slugs = |list: &Value| {
        list["assistants"].as_array().unwrap().iter().map(|card| card["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    let all = visitor.get("/v1/assistants").await.json();
    assert_eq!((slugs(&all), &all["total"], &all["has_more"]), (vec!["one".into(), "three".into()], &json!(2), &json!(false)));
    assert_eq!(all["data"], all["assistants"]);
    let part = visitor.get("/v1/assistants?limit=1&offset=0&category=support").await.json();
    assert_eq!((slugs(&part), &part["has_more"]), (vec!["one".into()], &json!(true)));
    let rest = visitor.get("/v1/assistants?limit=1&page=2").await.json();
    assert_eq!((slugs(&rest), &rest["meta"]), (vec!["three".into()], &json!({"page": 2, "limit": 1, "total": 2})));
    assert_eq!(visitor.get("/v1/assistants?limit=many").await.failure(), "400 invalid_request");

    assert_eq!(
        visitor.get("/v1/assistants/one").await.json(),
        json!({"slug": "one", "id": "one", "name": "One", "category": "support", "rating": 4.8})
    );
    for name in ["two", "four"] {
        assert_eq!(visitor.get(&format!("/v1/assistants/{name}")).await.failure(), "404 assistant_not_found");
        assert_eq!(
            visitor.post("/v1/chat", json!({"assistant": name, "message": "hi"})).await.failure(),
            "404 assistant_not_found"
        );
        assert_eq!(
            visitor.post("/v1/chat/stream", json!({"assistant": name, "message": "hi"})).await.failure(),
            "404 assistant_not_found"
        );
        assert_eq!(visitor.post("/v1/conversations", json!({"assistant_id": name})).await.failure(), "404 assistant_not_found");
    }
}

#[tokio::test]
async fn the_account_is_for_servers() {
    let router = gateway(&[]).await;
    let visitor = Visitor::new(&router).await;
    let total =
        visitor.post("/v1/chat", json!({"assistant": "help", "message": QUESTION})).await.json()["tokens"]["total"].clone();
    for path in ["/v1/usage?start=2026-01-01&end=2026-01-31", "/v1/wallet"] {
        assert_eq!(visitor.get(path).await.failure(), "403 insufficient_permissions", "{path}");
    }
    let bearer = format!("Bearer {CLIENT_KEY}");
    let get = async |path: &'static str| call(&router, Method::GET, path, &[("authorization", &bearer)], "").await;
    assert_eq!(
        get("/v1/usage?start=2026-01-01&end=2026-01-31").await.json(),
        json!({
            "period": {"start": "2026-01-01", "end": "2026-01-31"},
            "total_tokens": total,
            "total_cost": 0.0,
            "by_assistant": [{"slug": "help", "tokens": total, "cost": 0.0}],
        })
    );
    assert_eq!(get("/v1/usage?start=2026-02-01&end=2026-02-28").await.json()["total_tokens"], 0);
    assert_eq!(get("/v1/usage?start=january").await.failure(), "400 invalid_request");
    assert_eq!(get("/v1/usage?start=2026-02-01&end=2026-01-01").await.failure(), "400 invalid_request");
    assert_eq!(get("/v1/wallet").await.json(), json!({"balance": 0.0, "currency": "USD"}));
}

#[tokio::test]
async fn wrong_requests_are_told_what_is_wrong() {
    let router = gateway(&["--max-body-bytes=2000"]).await;
    let visitor = Visitor::new(&router).await;
    let long = json!({"assistant": "a", "message": "x".repeat(3000)}).to_string();
    let long_name = json!({"assistant": "a", "message": "hi", "session_id": "x".repeat(300)}).to_string();
    for (path, body, status, code, param) in [
        ("/v1/chat", "{", 400, "invalid_request", "body"),
        ("/v1/chat", "[]", 400, "invalid_request", "body"),
        ("/v1/chat", "", 400, "invalid_request", "assistant"),
        ("/v1/chat", r#"{"assistant":"a"}"#, 400, "invalid_request", "message"),
        ("/v1/chat", r#"{"assistant":"a","message":"  "}"#, 400, "invalid_request", "message"),
        ("/v1/chat", r#"{"assistant":"a","message":7}"#, 400, "invalid_request", "message"),
        ("/v1/chat/stream", r#"{"assistant":"a","message":"hi","user":"me"}"#, 400, "invalid_request", "user"),
        ("/v1/chat", &long_name, 400, "invalid_request", "session_id"),
        ("/v1/chat", &long, 413, "request_too_large", ""),
        ("/v1/conversations", r#"{"assistant_id":null}"#, 400, "invalid_request", "assistant_id"),
        ("/v1/conversations", r#"{"assistant_id":"a","metadata":"x"}"#, 400, "invalid_request", "metadata"),
        ("/v1/conversations/conv_nobody/messages", r#"{"content":"hi"}"#, 404, "not_found", ""),
        ("/v1/nowhere", "{}", 404, "not_found", ""),
        ("/v1/wallet", "{}", 405, "method_not_allowed", ""),
    ] {
        let answer = visitor.call(Method::POST, path, &[], body.to_owned()).await;
        assert_eq!(answer.failure(), format!("{status} {code}"), "{path} {body}: {}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["status"], status);
        assert_eq!(error["param"].as_str().unwrap_or_default(), param, "{path} {body}");
        assert!(!error["message"].as_str().unwrap().is_empty() && error["type"].is_string());
    }
    let unknown = visitor.call(Method::POST, "/v1/chat", &[], r#"{"assistant":"a","message":"hi","unknown":[1]}"#).await;
    assert_eq!(unknown.status, StatusCode::OK, "unknown fields are ignored");
    let unannounced = axum::body::Body::from_stream(futures_util::stream::iter(vec![Ok::<_, std::io::Error>(long)]));
    assert_eq!(visitor.call(Method::POST, "/v1/chat", &[], unannounced).await.failure(), "413 request_too_large");
    assert_eq!(call(&router, Method::GET, "/v1/nowhere", &[("origin", PAGE)], "").await.failure(), "404 not_found");
}
