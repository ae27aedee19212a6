//! Knowledge bases: what owners put in is found, with its sources, and what they take out is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use assisters_gateway::Gateway;
use axum::Router;
use axum::http::{Method, StatusCode};
use common::{Answer, CLIENT_KEY, TestClock, Visitor, call, config};
use serde_json::{Value, json};

const PDF: &[u8] = include_bytes!("documents/tent.pdf");

/// The owner of a gateway.
struct Owner(Router);

impl Owner {
    async fn new(arguments: &[&str]) -> Self {
        Self::with_reader(env!("CARGO_BIN_EXE_assisters-gateway"), arguments).await
    }

    async fn with_reader(reader: &str, arguments: &[&str]) -> Self {
        let reader = format!("--document-reader={reader}");
        let config = config(&[&[reader.as_str()], arguments].concat());
        Self(Gateway::start_at(config, TestClock::new().clock()).await.unwrap().router())
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {CLIENT_KEY}");
        call(&self.0, method, path, &[("authorization", &bearer), ("prefer", "wait=30")], body.to_string()).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    async fn send(&self, method: Method, path: &str, name: &str, content: &[u8], metadata: &str) -> Answer {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{metadata}\r\n--edge\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat();
        let bearer = format!("Bearer {CLIENT_KEY}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=edge")];
        call(&self.0, method, path, &headers, body).await
    }

    async fn upload(&self, base: &str, name: &str, content: &[u8], metadata: &str) -> Value {
        let answer = self.send(Method::POST, &format!("/v1/knowledge-bases/{base}/documents"), name, content, metadata).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{name}: {}", answer.text);
        answer.json()
    }

    /// Makes an assistant that answers from a knowledge base.
    async fn assistant(&self, slug: &str, base: &str) {
        let body = json!({"name": slug, "slug": slug, "model": "local", "knowledge_base_id": base});
        let made = self.call(Method::POST, "/v1/assistants", body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    }

    /// Asks an assistant in a new conversation.
    async fn ask(&self, assistant: &str, question: &str) -> Value {
        let begun = self.call(Method::POST, "/v1/conversations", json!({"assistant_id": assistant})).await.json();
        let path = format!("/v1/conversations/{}/messages", begun["id"].as_str().unwrap());
        let answer = self.call(Method::POST, &path, json!({"content": question})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }
}

const POLE_QUESTION: &str = "Is the tent guaranteed against broken poles?";

#[tokio::test]
async fn every_kind_of_document_is_answered_from_and_cited() {
    let owner = Owner::new(&[]).await;
    owner.assistant("tents", "kb_tents").await;
    let nothing = owner.ask("tents", POLE_QUESTION).await;
    assert!(nothing["content"].as_str().unwrap().starts_with("I did not find that in the documents I answer from."), "{nothing}");
    assert_eq!(nothing["sources"], json!([]));
    for (name, content, metadata, question, words, title, url) in [
        (
            "tent.pdf",
            PDF,
            r#"{"url": "https://shop.example/tent.pdf"}"#,
            POLE_QUESTION,
            "guaranteed for seven years against broken poles",
            "tent.pdf – Page 1",
            json!("https://shop.example/tent.pdf#page=1"),
        ),
        (
            "stoves.md",
            b"# Stoves\n\n## Fuel {#fuel}\n\nThe stove burns *alcohol* only.\n",
            r#"{"url": "/stoves", "category": "documentation"}"#,
            "What does the stove burn?",
            "burns *alcohol* only",
            "Stoves – Fuel",
            json!("/stoves#fuel"),
        ),
        (
            "lamps.html",
            b"<html><head><title>Lamps</title></head><body><nav>Shop</nav><main><h2>Batteries</h2><p>The lamp takes three AAA batteries.</main></html>",
            "",
            "Which batteries does the lamp take?",
            "three AAA batteries",
            "Lamps – Batteries",
            Value::Null,
        ),
        (
            "ropes.txt",
            b"A rope of #4 hemp\nholds 300 kilograms.\n",
            r#"{"title": "Rope guide"}"#,
            "How many kilograms does a hemp rope hold?",
            "holds 300 kilograms",
            "Rope guide",
            Value::Null,
        ),
    ] {
        let document = owner.upload("kb_tents", name, content, metadata).await;
        assert_eq!((&document["status"], &document["name"], &document["size"]), (&json!("ready"), &json!(name), &json!(content.len())));
        let answer = owner.ask("tents", question).await;
        assert!(answer["content"].as_str().unwrap().contains(words), "{name}: {answer}");
        let source = &answer["sources"][0];
        assert_eq!((&source["title"], &source["url"]), (&json!(title), &url), "{name}: {answer}");
        assert!(source["relevance"].as_f64().unwrap() > 0.5, "{name}: {answer}");
    }
    // Others answer from their own.
    let other = owner.ask("help", POLE_QUESTION).await;
    assert!(!other.to_string().contains("seven years"), "{other}");
    let base = owner.get("/v1/knowledge-bases/kb_tents").await;
    assert_eq!((&base["documents"], &base["name"]), (&json!(4), &json!("kb_tents")));
    let found =
        owner.call(Method::POST, "/v1/knowledge-bases/kb_tents/search", json!({"query": "poles", "limit": 1})).await.json();
    assert_eq!(
        (&found["results"][0]["title"], found["results"].as_array().unwrap().len()),
        (&json!("tent.pdf – Page 1"), 1),
        "{found}"
    );
    let listed = owner.get("/v1/knowledge-bases/kb_tents/documents?limit=3").await;
    assert_eq!(
        (listed["documents"].as_array().unwrap().len(), &listed["total"], &listed["has_more"]),
        (3, &json!(4), &json!(true))
    );
}

#[tokio::test]
async fn what_is_taken_out_is_not_answered_from() {
    let owner = Owner::new(&[]).await;
    owner.assistant("tents", "kb_tents").await;
    let base = "/v1/knowledge-bases/kb_tents";
    let document = owner.upload("kb_tents", "tent.pdf", PDF, "").await;
    let path = format!("{base}/documents/{}", document["id"].as_str().unwrap());
    let text = owner.get(&path).await["content"].clone();
    assert!(text.as_str().unwrap().contains("broken poles"), "{text}");

    let replaced = owner.send(Method::PUT, &path, "tent.md", b"# Tents\n\nPoles are guaranteed for nine years.", "").await;
    assert_eq!((replaced.status, &replaced.json()["id"]), (StatusCode::OK, &document["id"]), "{}", replaced.text);
    let answer = owner.ask("tents", POLE_QUESTION).await.to_string();
    assert!(answer.contains("nine years") && !answer.contains("seven"), "{answer}");

    assert_eq!(owner.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::OK);
    assert!(owner.ask("tents", POLE_QUESTION).await.to_string().contains("I did not find that"));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(owner.call(method, &path, Value::Null).await.failure(), "404 not_found");
    }

    owner.upload("kb_tents", "tent.pdf", PDF, "").await;
    assert_eq!(owner.call(Method::DELETE, base, Value::Null).await.json()["deleted"], json!(true));
    assert!(owner.ask("tents", POLE_QUESTION).await.to_string().contains("I did not find that"));
    assert_eq!(owner.call(Method::GET, base, Value::Null).await.failure(), "404 not_found");
}

#[tokio::test]
async fn knowledge_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let owner = Owner::new(&[&store]).await;
    owner.assistant("tents", "kb_tents").await;
    let document = owner.upload("kb_tents", "tent.pdf", PDF, "").await;
    let before = owner.ask("tents", POLE_QUESTION).await;
    drop(owner);
    let owner = Owner::new(&[&store]).await;
    let after = owner.ask("tents", POLE_QUESTION).await;
    assert_eq!((&after["content"], &after["sources"]), (&before["content"], &before["sources"]));
    assert_eq!(owner.get("/v1/knowledge-bases/kb_tents/documents").await["documents"], json!([document]));
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_named() {
    let owner = Owner::new(&["--max-document-bytes=100000"]).await;
    let path = "/v1/knowledge-bases/kb_a/documents";
    let deep = "<div>".repeat(1_000) + "deep";
    let broken = [&PDF[..300], b"\n%%EOF"].concat();
    for (name, content, metadata, expected, param, words) in [
        ("a.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "", "415 unsupported_file_type", "", "Markdown, plain text, HTML, PDF"),
        ("a.md", b"", "", "400 invalid_request", "file", "empty"),
        ("a.pdf", broken.as_slice(), "", "400 invalid_request", "file", "can not be read"),
        ("a.html", deep.as_bytes(), "", "400 invalid_request", "file", "nested too deeply"),
        ("a.md", b"# A", "[1]", "400 invalid_request", "metadata", "JSON object"),
        ("a.md", b"# A", r#"{"url": "javascript:alert(1)"}"#, "400 invalid_request", "metadata.url", "web address"),
        ("a.txt", &[b'a'; 100_001], "", "413 file_too_large", "", "100000 bytes"),
    ] {
        let answer = owner.send(Method::POST, path, name, content, metadata).await;
        assert_eq!(answer.failure(), expected, "{name} {metadata}: {}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["param"].as_str().unwrap_or_default(), param, "{name}: {error}");
        assert!(error["message"].as_str().unwrap().contains(words), "{name}: {error}");
    }
    let answer = owner.send(Method::POST, "/v1/knowledge-bases/a%2Fb/documents", "a.md", b"# A", "").await;
    assert_eq!((answer.failure().as_str(), &answer.json()["error"]["param"]), ("400 invalid_request", &json!("id")));
    for (path, body, param) in [
        ("/v1/knowledge-bases", json!({"id": "a b"}), "id"),
        ("/v1/knowledge-bases", json!({"name": 7}), "name"),
        ("/v1/knowledge-bases/kb_a/search", json!({}), "query"),
        ("/v1/knowledge-bases/kb_a/search", json!({"query": "a", "limit": 51}), "limit"),
        ("/v1/knowledge-bases/kb_a/urls", json!({}), "urls"),
        ("/v1/knowledge-bases/kb_a/urls", json!({"urls": []}), "urls"),
        ("/v1/knowledge-bases/kb_a/urls", json!({"urls": ["ftp://a.example"]}), "urls"),
        ("/v1/knowledge-bases/kb_a/urls", json!({"urls": ["http://127.0.0.1/"]}), "urls"),
        ("/v1/knowledge-bases/kb_a/urls", json!({"urls": ["https://a.example"], "crawl_depth": 6}), "crawl_depth"),
        ("/v1/knowledge-bases/kb_a/urls", json!({"urls": ["https://a.example"], "crawl_depth": -1}), "crawl_depth"),
        (
            "/v1/knowledge-bases/kb_a/urls",
            json!({"urls": ["https://a.example"], "refresh_schedule": "often"}),
            "refresh_schedule",
        ),
    ] {
        let answer = owner.call(Method::POST, path, body.clone()).await;
        assert_eq!(answer.failure(), "400 invalid_request", "{path} {body}: {}", answer.text);
        assert_eq!(answer.json()["error"]["param"], param, "{path} {body}: {}", answer.text);
    }
    let answer = owner.call(Method::POST, "/v1/knowledge-bases/kb_a/urls", json!({"urls": ["https://a.example/"]})).await;
    assert_eq!(answer.failure(), "403 host_not_allowed");
    assert!(answer.text.contains("ASSISTERS_KNOWLEDGE_SITES"), "{}", answer.text);
}

#[tokio::test]
async fn a_reader_that_dies_costs_one_document() {
    let path = "/v1/knowledge-bases/kb_a/documents";
    for (reader, expected) in [("/bin/false", "400 invalid_request"), ("/nowhere", "500 server_error")] {
        let owner = Owner::with_reader(reader, &[]).await;
        assert_eq!(owner.send(Method::POST, path, "tent.pdf", PDF, "").await.failure(), expected);
        assert_eq!(owner.upload("kb_a", "a.md", b"# A", "").await["status"], "ready");
    }
}

#[tokio::test]
async fn the_documents_together_are_bounded() {
    let owner = Owner::new(&["--document-storage-bytes=20"]).await;
    let path = "/v1/knowledge-bases/kb_a/documents";
    let first = owner.send(Method::POST, path, "a.txt", &[b'a'; 15], "").await;
    let second = owner.send(Method::POST, path, "b.txt", &[b'b'; 6], "").await;
    assert_eq!((first.status, second.failure().as_str()), (StatusCode::CREATED, "507 storage_full"));
    let replaced = format!("{path}/{}", first.json()["id"].as_str().unwrap());
    assert_eq!(owner.send(Method::PUT, &replaced, "a.txt", &[b'a'; 20], "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn visitors_are_refused() {
    let owner = Owner::new(&[]).await;
    owner.upload("kb_a", "a.md", b"# A\n\ntext", "").await;
    let visitor = Visitor::new(&owner.0).await;
    for (method, path) in [
        (Method::GET, "/v1/knowledge-bases"),
        (Method::POST, "/v1/knowledge-bases"),
        (Method::GET, "/v1/knowledge-bases/kb_a"),
        (Method::DELETE, "/v1/knowledge-bases/kb_a"),
        (Method::POST, "/v1/knowledge-bases/kb_a/search"),
        (Method::GET, "/v1/knowledge-bases/kb_a/documents"),
        (Method::POST, "/v1/knowledge-bases/kb_a/documents"),
        (Method::GET, "/v1/knowledge-bases/kb_a/documents/doc_1"),
        (Method::POST, "/v1/knowledge-bases/kb_a/urls"),
    ] {
        let answer = visitor.call(method.clone(), path, &[], "{}").await;
        assert_eq!(answer.failure(), "403 insufficient_permissions", "{method} {path}");
    }
}
