//! Every page dialect over every upstream dialect, streamed and plain: one translation through the event vocabulary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_chat::protocol::{Delivery, Dialect, Request, Role, Said, Source, Turn, User};
use axum::Router;
use axum::http::StatusCode;
use common::page::{ASSISTANT, Page, Read, folder};
use common::scripted::{Mood, SOURCE, Scripted, WORDS, said};
use common::upstream::{front, serve, soon};
use common::{Answer, CLIENT_KEY, NO_KNOWLEDGE, PAGE, Visitor};
use serde_json::Value;

const QUESTION: &str = "What does \"it\" cost? 🐢";

/// Every pair of a page's dialect and an upstream's.
fn pairs() -> impl Iterator<Item = (Dialect, Dialect)> {
    Dialect::ALL.into_iter().flat_map(|upstream| Dialect::ALL.map(|page| (page, upstream)))
}

async fn over(upstream: &Scripted, more: &[&str]) -> Router {
    let dialect = format!("--upstream-dialect={}", upstream.dialect);
    front(&upstream.url, &[&[dialect.as_str(), NO_KNOWLEDGE], more].concat()).await
}

#[tokio::test]
async fn every_dialect_over_every_other() {
    for (page_dialect, dialect) in pairs() {
        for delivery in [Delivery::Stream, Delivery::Plain] {
            let what = format!("{page_dialect} over {dialect}, {delivery:?}");
            let upstream = Scripted::start(dialect, Mood::Answers).await;
            let visitor = Visitor::new(&over(&upstream, &[]).await).await;
            let mut page = Page::new(&visitor, page_dialect);

            let answer = page.ask(QUESTION, &[], delivery, "k1").await;
            assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text);
            let is_stream = delivery == Delivery::Stream && page_dialect != Dialect::Execute;
            let content_type = if is_stream { "text/event-stream" } else { "application/json" };
            assert_eq!(answer.header("content-type"), content_type, "{what}");
            check_answer(&what, page_dialect, dialect, &answer);
            let read = Read::decode(page_dialect, &answer);
            if page_dialect == Dialect::Execute {
                page.session_id = read.session_id.expect("the answer names the session");
            }

            // The second message goes on with the first, in whatever way the upstream knows.
            let earlier = [(Role::User, QUESTION), (Role::Assistant, read.text.as_str())].map(|(role, text)| Said { role, text });
            let answer = page.ask("And then?", &earlier, delivery, "k2").await;
            check_answer(&what, page_dialect, dialect, &answer);
            check_requests(&what, &upstream);
        }
    }
}

/// What the upstream said is what the page reads.
fn check_answer(what: &str, page: Dialect, upstream: Dialect, answer: &Answer) {
    let read = Read::decode(page, answer);
    assert_eq!(read.text, WORDS.concat(), "{what}: {}", answer.text);
    assert_eq!((read.n_ends, read.failures.len()), (1, 0), "{what}: {}", answer.text);
    // One document has no place for how well a source fits.
    let relevance = (upstream != Dialect::Informer).then_some(0.5);
    let source = Source { title: SOURCE.0.into(), url: Some(SOURCE.1.into()), relevance };
    assert_eq!(read.sources, [source], "{what}: {}", answer.text);
    assert_eq!(read.usage.unwrap().total, Some(7), "{what}: {}", answer.text);
    assert!(
        !answer.text.contains("_up") && !answer.text.contains("session-up"),
        "{what}: the upstream's ids are its own: {}",
        answer.text
    );
}

/// The upstream got each message once, with the key, and knows that they belong together.
fn check_requests(what: &str, upstream: &Scripted) {
    let messages = upstream.messages();
    let texts: Vec<String> = messages.iter().map(|got| said(upstream.dialect, &got.body)).collect();
    assert_eq!(texts, [QUESTION, "And then?"], "{what}");
    for got in &messages {
        assert_eq!(got.authorization, format!("Bearer {CLIENT_KEY}"), "{what}");
        assert!(got.idempotency_key.starts_with("key_"), "{what}: {}", got.idempotency_key);
    }
    let [first, second] = messages.as_slice() else { panic!("{what}") };
    match upstream.dialect {
        Dialect::Chat => assert_eq!(first.body["session_id"], second.body["session_id"], "{what}"),
        Dialect::Conversations | Dialect::Threads | Dialect::Informer => assert_eq!(first.line, second.line, "{what}"),
        Dialect::Execute => {
            assert_eq!((first.body.get("sessionId"), &second.body["sessionId"]), (None, &Value::from("session-up")), "{what}");
        }
        Dialect::OpenAi => {}
    }
    if upstream.dialect.sends_transcript() {
        let count = |body: &Value| body["messages"].as_array().unwrap().len();
        assert_eq!((count(&first.body), count(&second.body)), (1, 3), "{what}: {}", second.body);
    }
}

#[tokio::test]
async fn every_refusal_in_the_page_s_own_words() {
    for (page_dialect, dialect) in pairs() {
        for (status, expected, upper) in [
            (429, "429 rate_limit_exceeded", "429 RATE_LIMITED"),
            (401, "502 upstream_unauthorized", "502 UPSTREAM_UNAUTHORIZED"),
            (404, "404 assistant_not_found", "404 ASSISTANT_NOT_FOUND"),
            (500, "500 server_error", "500 SERVER_ERROR"),
        ] {
            let upstream = Scripted::start(dialect, Mood::Refuses(status)).await;
            let visitor = Visitor::new(&over(&upstream, &[]).await).await;
            for delivery in [Delivery::Stream, Delivery::Plain] {
                let what = format!("{status}: {page_dialect} over {dialect}, {delivery:?}");
                let answer = Page::new(&visitor, page_dialect).ask(QUESTION, &[], delivery, "k").await;
                let expected = if page_dialect == Dialect::Execute { upper } else { expected };
                assert_eq!(answer.failure(), expected, "{what}: {}", answer.text);
                assert_eq!(answer.header("retry-after"), if status == 429 { "17" } else { "" }, "{what}");
                let length = answer.header("content-length");
                assert!(length.is_empty() || length == answer.text.len().to_string(), "{what}: {length}");
                assert!(!answer.text.contains(CLIENT_KEY), "{what}: {}", answer.text);
                assert!(answer.json()["error"]["message"].is_string() && answer.json()["error"]["type"].is_string(), "{what}");
            }
        }
    }
}

/// Sends a page's request over a real connection, which a test can close.
async fn send(base: &str, token: &str, request: &Request, key: &str) -> reqwest::Response {
    let method = request.method.as_str().parse().unwrap();
    let call =
        reqwest::Client::new().request(method, format!("{base}{}", request.path)).bearer_auth(token).header("origin", PAGE);
    let call = call.header("accept", request.accept()).header("idempotency-key", key);
    call.body(request.body.clone().unwrap_or_default()).send().await.unwrap()
}

#[tokio::test]
async fn a_visitor_who_leaves_ends_the_upstream_s_work() {
    for (page_dialect, dialect) in pairs() {
        let what = format!("{page_dialect} over {dialect}");
        let mut upstream = Scripted::start(dialect, Mood::Hesitates).await;
        let router = over(&upstream, &["--resume-secs=0"]).await;
        let visitor = Visitor::new(&router).await;
        let mut page = Page::new(&visitor, page_dialect);
        page.begin().await.unwrap_or_else(|refused| panic!("{what}: {}", refused.text));
        let base = serve(router).await.replace("/v1", folder(page_dialect));
        let user = User::default();
        let message = page_dialect.send(&Turn::new(ASSISTANT, QUESTION, &page.session_id, &user), Delivery::Stream);
        let listen = page_dialect.listen(&page.session_id);
        let token = visitor.token.clone();
        let (word, mut words) = tokio::sync::mpsc::unbounded_channel();
        let reading = tokio::spawn(async move {
            let mut response = send(&base, &token, &message, "k").await;
            if let Some(listen) = listen {
                response = send(&base, &token, &listen, "k").await;
            }
            while let Some(chunk) = response.chunk().await.unwrap() {
                word.send(String::from_utf8_lossy(&chunk).into_owned()).unwrap();
            }
        });
        soon(upstream.asked.recv()).await.unwrap();
        if page_dialect != Dialect::Execute && dialect != Dialect::Execute {
            while !soon(words.recv()).await.expect("the first word").contains(WORDS[0].trim()) {}
        }
        assert!(upstream.dropped.try_recv().is_err(), "{what}: while it is read it goes on");
        reading.abort();
        soon(upstream.dropped.recv()).await.unwrap();
    }
}
