//! Every request example of the five documents, sent as it is written there, gets the answer that is written there.
//!
//! "As it is written": method, path, query and body are the document's text, which is checked against the documents where they are at hand
//! (`../shared/seeds`); only host and key are the test's. "The answer": every field that the document shows is there, with a value of the same kind, all the
//! way down; a stream has a frame of every kind that the document shows. The things that the documents name are made first, by the same API.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;
#[path = "examples/documents.rs"]
mod documents;
#[path = "examples/shape.rs"]
mod shape;
#[path = "examples/table/mod.rs"]
mod table;

use axum::Router;
use axum::http::Method;
use axum::response::Html;
use common::owner::Owner;
use common::upstream::serve;
use common::{Answer, CLIENT_KEY, call, gateway};
use serde_json::{Value, json};
use table::{Body, Example};

const QUESTION: &str = "Can I return shoes I already wore?";

/// Makes what the documents take for granted.
async fn prepared(more: &[&str]) -> Owner {
    let folder = tempfile::tempdir().unwrap();
    let pages = "# Pricing\n\n## Pricing plans\n\nWe offer three pricing plans: small, medium and large.\n\n## Business hours\n\nWe're available 9 AM to 5 PM, Monday to Friday.\n";
    std::fs::write(folder.path().join("pricing.md"), pages).unwrap();
    let knowledge = format!("--knowledge={}", folder.path().display());
    let arguments = [&["--client-key-tier=enterprise", "--address-rate=100000/day", &knowledge], more].concat();
    let owner = Owner(gateway(&arguments).await);
    for (id, slug) in [
        ("ast_abc123", "customer-support"),
        ("asst_abc123", "customer-support-bot"),
        ("681b41850f470a9a746f280e", "support-agent"),
        ("ast_pricing", "pricing-advisor"),
    ] {
        let body = json!({
            "id": id, "slug": slug, "name": slug, "description": "Handles customer inquiries", "category": "business", "model": "gpt-4",
            "llmProvider": "openai", "language": "en", "voice": "alloy", "maxTokens": 4096, "teamIds": ["team-123"],
            "companyId": "company-456", "instructions": "You are a helpful assistant.", "price_per_million_tokens": 7.5,
        });
        owner.ok("POST", "/v1/assistants", body).await;
        // Somebody used it and was helped.
        let answer =
            owner.ok("POST", "/v1/chat", json!({"assistant": id, "message": QUESTION, "session_id": format!("sess_{id}")})).await;
        let path = format!("/v1/sessions/sess_{id}/messages/{}/feedback", answer["id"].as_str().unwrap());
        owner.ok("POST", &path, json!({"rating": "up"})).await;
    }
    for prompt in ["Updated once.", "Updated twice."] {
        owner.ok("PUT", "/api/assistants/681b41850f470a9a746f280e", json!({"llmPrompt": prompt})).await;
    }
    owner.ok("PUT", "/v1/wallet", json!({"balance": 87.50})).await;
    owner.ok("POST", "/v1/conversations", json!({"id": "conv_def456", "assistant_id": "ast_abc123"})).await;
    owner.ok("POST", "/v1/threads", json!({"id": "thread_def456"})).await;
    owner
}

async fn send(owner: &Owner, example: &Example, site: &str) -> Answer {
    let bearer = format!("Bearer {CLIENT_KEY}");
    let mut headers = vec![("authorization", bearer.as_str())];
    let body = match example.body {
        Body::None => Vec::new(),
        Body::Json(text) => {
            headers.push(("content-type", "application/json"));
            text.replace("https://example.com/docs", &format!("{site}/docs"))
                .replace("https://example.com/faq", &format!("{site}/faq"))
                .into_bytes()
        }
        Body::Form(parts) => {
            headers.push(("content-type", "multipart/form-data; boundary=----curl"));
            documents::form(parts)
        }
    };
    if example.is_streamed() {
        headers.push(("accept", "text/event-stream"));
    }
    call(&owner.0, example.method.parse::<Method>().unwrap(), example.path, &headers, body).await
}

async fn check(owner: &Owner, example: &Example, site: &str) -> Result<(), String> {
    let answer = send(owner, example, site).await;
    if answer.status.as_u16() != example.status {
        return Err(format!("status {} instead of {}: {}", answer.status, example.status, answer.text));
    }
    if example.is_streamed() {
        return shape::check_frames(example.answer, &answer.frames());
    }
    match example.answer {
        "" => Ok(()),
        documented => {
            let documented: Value = serde_json::from_str(documented).map_err(|error| format!("the table's answer: {error}"))?;
            shape::check(&documented, &answer.json(), "answer").map_err(|error| format!("{error} in {}", answer.text))
        }
    }
}

async fn check_all(owner: &Owner, examples: impl IntoIterator<Item = &'static Example>, site: &str) {
    let (mut failures, mut n_examples) = (Vec::new(), 0);
    for example in examples {
        n_examples += 1;
        if let Err(error) = check(owner, example, site).await {
            failures.push(format!("{} {} {}: {error}", example.document, example.method, example.path));
        }
    }
    assert!(failures.is_empty(), "{} of {} examples:\n{}", failures.len(), n_examples, failures.join("\n"));
}

#[tokio::test]
async fn every_example_gets_the_documented_answer() {
    check_all(&prepared(&[]).await, table::examples(), "").await;
}

#[tokio::test]
async fn every_example_of_knowledge_gets_the_documented_answer() {
    // The pages to read are on a host too, and it is replaced.
    let pages = Router::new().fallback(async || Html("<title>Pages</title><h1>Plans</h1><p>There are plans.</p>"));
    let site = serve(pages).await.replace("/v1", "");
    let sites = format!("--knowledge-sites={site}");
    // A PDF is taken apart by the program, in a process of its own.
    let reader = concat!("--document-reader=", env!("CARGO_BIN_EXE_assisters-gateway"));
    let owner = prepared(&["--private-hosts=127.0.0.1", reader, &sites]).await;
    for (id, name) in [("kb_xyz", "Documents"), ("kb_id", "Pages")] {
        owner.ok("POST", "/v1/knowledge-bases", json!({"id": id, "name": name})).await;
    }
    check_all(&owner, table::KNOWLEDGE, &site).await;
}

#[test]
fn the_table_says_what_the_documents_say() {
    let Some(documents) = documents::all() else { return };
    for example in table::examples().chain(table::KNOWLEDGE) {
        let text = &documents[example.document];
        let mut excerpts = vec![example.documented, example.answer];
        if let Body::Json(body) = example.body {
            excerpts.push(body);
        }
        for excerpt in excerpts.into_iter().filter(|excerpt| !example.is_ours(excerpt)) {
            for line in documents::lines(excerpt) {
                assert!(text.contains(&line), "{}: {line:?} of {} is not in the document", example.document, example.path);
            }
        }
    }
}

/// The code that the suite `server` runs is the documents', line by line: blanks, comment signs and the `\n` that the documents' renderer lost may differ.
#[test]
fn the_snippets_say_what_the_documents_say() {
    let Some(documents) = documents::all() else { return };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/e2e/tests/server/snippets");
    let mut n_checked = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (document, text) = (&documents[name.split('.').next().unwrap()], std::fs::read_to_string(&path).unwrap());
        for line in documents::lines(&text.replace("\\n", "")) {
            let line = line.trim_start_matches(['#', '/']);
            assert!(document.contains(line), "{name}: {line:?} is not in the document");
        }
        n_checked += 1;
    }
    assert_eq!(n_checked, 9);
}
