//! Tools through the gateway: every page dialect that has them over every upstream dialect that has them, streamed and plain.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use assisters_chat::protocol::json::parse;
use assisters_chat::protocol::{Delivery, Dialect, Said, Tool, ToolAnswer, ToolCall, ToolRound};
use axum::http::StatusCode;
use common::calling::{AFTER, BEFORE, Calling, told};
use common::page::{Page, Read};
use common::scripted::{Mood, Scripted};
use common::upstream::front;
use common::{NO_KNOWLEDGE, Visitor, gateway};
use serde_json::{Value, json};

const QUESTION: &str = "Where is my order?";

fn tools() -> [Tool; 1] {
    let about = r#"{"description":"Finds an order","parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}"#;
    [("find_order".into(), parse(about).unwrap())]
}

fn with_tools() -> impl Iterator<Item = Dialect> {
    Dialect::ALL.into_iter().filter(|dialect| dialect.has_tools())
}

/// What the model is told of the page's tool, in the upstream's place for it.
fn offered(body: &Value) -> Value {
    let tool = &body["tools"][0];
    tool.get("function").unwrap_or(tool).clone()
}

#[tokio::test]
async fn every_page_answers_the_calls_of_every_upstream() {
    for dialect in with_tools() {
        for page_dialect in with_tools() {
            for delivery in [Delivery::Stream, Delivery::Plain] {
                let what = format!("{page_dialect} over {dialect}, {delivery:?}");
                let upstream = Calling::start(dialect).await;
                let flag = format!("--upstream-dialect={dialect}");
                let visitor = Visitor::new(&front(&upstream.url, &[&flag, NO_KNOWLEDGE]).await).await;
                let mut page = Page::new(&visitor, page_dialect);
                converse(&what, &mut page, delivery).await;

                let got = upstream.messages();
                assert_eq!(got.len(), 3, "{what}: each message once");
                for body in &got {
                    let tool = offered(body);
                    assert_eq!(
                        (&tool["name"], &tool["description"]),
                        (&json!("find_order"), &json!("Finds an order")),
                        "{what}: {body}"
                    );
                    assert_eq!(tool["parameters"]["properties"]["number"]["type"], "integer", "{what}: {body}");
                }
                assert_eq!(told(dialect, &got[1]), ("call_0".into(), r#"{"state":"sent"}"#.into()), "{what}");
                let reason = told(dialect, &got[2]);
                assert!(reason.0 == "call_1" && reason.1.contains("no such order"), "{what}: {reason:?}");
                if dialect == Dialect::OpenAi {
                    let roles: Vec<_> =
                        got[2]["messages"].as_array().unwrap().iter().map(|message| message["role"].as_str().unwrap()).collect();
                    assert_eq!(roles, ["user", "assistant", "tool", "assistant", "tool"], "{what}: {}", got[2]);
                    assert_eq!(got[2]["messages"][0]["content"], QUESTION, "{what}");
                    assert_eq!(got[2]["messages"][1]["content"], BEFORE, "{what}: {}", got[2]);
                    assert_eq!(got[2]["messages"][1]["tool_calls"][0]["function"]["arguments"], r#"{"number":0}"#, "{what}");
                }
            }
        }
    }
}

/// Asks, answers two calls as the widget does, and reads the answer.
async fn converse(what: &str, page: &mut Page<'_>, delivery: Delivery) {
    let mut rounds: Vec<ToolRound> = Vec::new();
    let outputs = [Ok(r#"{"state":"sent"}"#.to_owned()), Err("no such order".to_owned())];
    for (n, output) in outputs.into_iter().enumerate() {
        let answer = page.ask_with_tools(QUESTION, &tools(), &rounds, delivery, &format!("k{n}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text);
        let read = Read::decode(page.dialect, &answer);
        let expected = ToolCall {
            id: format!("call_{n}"),
            name: "find_order".into(),
            arguments: format!(r#"{{"number":{n}}}"#),
            progress: None,
        };
        assert_eq!(read.open_calls, [expected], "{what}: {}", answer.text);
        assert_eq!(read.text, if n == 0 { BEFORE } else { "" }, "{what}");
        if let Some(id) = read.session_id.filter(|_| page.dialect == Dialect::Execute) {
            page.session_id = id;
        }
        rounds.push(ToolRound { text: read.text, answers: vec![ToolAnswer { call: read.open_calls[0].clone(), output }] });
    }
    let answer = page.ask_with_tools(QUESTION, &tools(), &rounds, delivery, "k2").await;
    let read = Read::decode(page.dialect, &answer);
    assert_eq!((read.text.as_str(), read.open_calls.len(), read.n_ends), (AFTER, 0, 1), "{what}: {}", answer.text);
}

#[tokio::test]
async fn an_upstream_without_tools_answers_all_the_same() {
    for dialect in [Dialect::Chat, Dialect::Conversations] {
        for page_dialect in with_tools() {
            let what = format!("{page_dialect} over {dialect}");
            let upstream = Scripted::start(dialect, Mood::Answers).await;
            let flag = format!("--upstream-dialect={dialect}");
            let visitor = Visitor::new(&front(&upstream.url, &[&flag, NO_KNOWLEDGE]).await).await;
            let answer = Page::new(&visitor, page_dialect).ask_with_tools(QUESTION, &tools(), &[], Delivery::Stream, "k").await;
            assert_eq!(Read::decode(page_dialect, &answer).n_ends, 1, "{what}: {}", answer.text);
            assert_eq!(upstream.messages()[0].body.get("tools"), None, "{what}");
        }
    }
}

#[tokio::test]
async fn the_embedded_assistant_needs_no_tools() {
    for page_dialect in with_tools() {
        let visitor = Visitor::new(&gateway(&[]).await).await;
        let answer =
            Page::new(&visitor, page_dialect).ask_with_tools("Can I return shoes?", &tools(), &[], Delivery::Stream, "k").await;
        let read = Read::decode(page_dialect, &answer);
        assert!(read.text.contains("return") && read.open_calls.is_empty(), "{page_dialect}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_a_page_says_of_tools_is_checked() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let thread = visitor.post("/v1/threads", json!({})).await.json()["id"].as_str().unwrap().to_owned();
    let messages = format!("/v1/threads/{thread}/messages");
    let user = json!([{"role": "user", "content": "hi"}]);
    let many: Vec<Value> = (0..65).map(|n| json!({"type": "function", "name": format!("t{n}")})).collect();
    for (path, body, expected) in [
        (
            messages.as_str(),
            json!({"assistant_id": "a", "role": "tool", "tool_outputs": [{"tool_call_id": "c1", "output": "x"}]}),
            "400 invalid_request",
        ),
        (&messages, json!({"assistant_id": "a", "role": "tool", "tool_outputs": []}), "400 invalid_request"),
        (&messages, json!({"assistant_id": "a", "role": "tool", "content": "hi"}), "400 invalid_request"),
        (&messages, json!({"assistant_id": "a", "role": "system", "content": "hi"}), "400 invalid_request"),
        ("/api/assistants/a/execute", json!({"toolResults": [{"toolCallId": "c1", "output": 7}]}), "400 INVALID_REQUEST"),
        ("/api/assistants/a/execute", json!({"toolResults": "none"}), "400 INVALID_REQUEST"),
        (
            "/v1/chat/completions",
            json!({"model": "a", "messages": user, "tools": [{"type": "function", "function": {"name": "a b"}}]}),
            "400 invalid_request",
        ),
        (
            "/v1/chat/completions",
            json!({"model": "a", "messages": user, "tools": [{"type": "function", "function": {"name": "a", "parameters": 7}}]}),
            "400 invalid_request",
        ),
        ("/v1/chat/completions", json!({"model": "a", "messages": user, "tools": many}), "400 invalid_request"),
        (
            "/v1/chat/completions",
            json!({"model": "a", "messages": [user[0], {"role": "assistant", "content": "last"}]}),
            "400 invalid_request",
        ),
        (
            "/v1/chat/completions",
            json!({"model": "a", "messages": [{"role": "tool", "tool_call_id": "c1", "content": "x"}]}),
            "400 invalid_request",
        ),
    ] {
        let answer = visitor.post(path, body.clone()).await;
        let failure = answer.failure();
        assert!(failure.starts_with(expected.split_once(' ').unwrap().0), "{path} {body}: {failure} {}", answer.text);
        assert!(failure.eq_ignore_ascii_case(expected) || failure.contains("invalid"), "{path} {body}: {failure}");
    }
    // Names of an assistant's own tools are not for visitors to give, and do no harm.
    let answer = visitor
        .post("/v1/chat/completions", json!({"model": "a", "messages": user, "tools": [{"type": "web_search"}, "x"]}))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn a_call_that_is_left_open_does_not_block_the_conversation() {
    let upstream = Calling::start(Dialect::OpenAi).await;
    let visitor = Visitor::new(&front(&upstream.url, &["--upstream-dialect=openai", NO_KNOWLEDGE]).await).await;
    let mut page = Page::new(&visitor, Dialect::Threads);
    page.ask_with_tools(QUESTION, &tools(), &[], Delivery::Stream, "k0").await;
    page.ask("Never mind.", &[] as &[Said<'_>], Delivery::Stream, "k1").await;
    let got = upstream.messages();
    let said: Vec<_> =
        got[1]["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap()).collect();
    assert_eq!(said, [QUESTION, BEFORE, "Never mind."], "no call without its result is passed on");
}
