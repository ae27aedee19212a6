//! Answers of an upstream on their way: passed on at once, broken, joined, abandoned.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_gateway::Gateway;
use common::upstream::{CUT, ask, frame, front, puppet, serve, soon};
use common::{CLIENT_KEY, TestClock, Visitor, config};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::test]
async fn words_are_passed_on_at_once_and_a_visitor_who_leaves_ends_the_upstream_s_work() {
    let mut puppet = puppet().await;
    let router = front(&puppet.url, &["--resume-secs=0"]).await;
    let visitor = Visitor::new(&router).await;
    let url = serve(router).await;
    let mut response = soon(ask(&url, &visitor.token, "k")).await;
    assert_eq!(response.status().as_u16(), 200, "the answer begins before its first word");
    for word in ["one ", "two "] {
        puppet.words.send(frame(word)).unwrap();
        let chunk = soon(response.chunk()).await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&chunk).contains(word), "each word comes before the next is said");
    }
    assert!(puppet.dropped.try_recv().is_err());
    drop(response);
    soon(puppet.dropped.recv()).await.unwrap();
    let session = soon(async {
        loop {
            let session = visitor.get("/v1/sessions/s").await.json();
            if session["messages"].as_array().unwrap().len() == 2 {
                return session;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(session["messages"][1]["content"], "one two ", "what the visitor saw is remembered");
}

#[tokio::test]
async fn what_came_before_a_break_is_kept() {
    let puppet = puppet().await;
    let router = front(&puppet.url, &[]).await;
    let visitor = Visitor::new(&router).await;
    let url = serve(router).await;
    // Tried again with the same key: one question and one answer in the conversation.
    for _ in 0..2 {
        let mut response = soon(ask(&url, &visitor.token, "k")).await;
        puppet.words.send(frame("half an ")).unwrap();
        let chunk = soon(response.chunk()).await.unwrap().unwrap();
        assert!(String::from_utf8_lossy(&chunk).contains("half an "));
        puppet.words.send("data: {\"typ".to_owned()).unwrap();
        puppet.words.send(CUT.to_owned()).unwrap();
        let rest = soon(response.text()).await.unwrap();
        let failure: Value = serde_json::from_str(rest.trim().lines().last().unwrap().strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!((&failure["type"], &failure["error"]["type"]), (&json!("error"), &json!("network")), "{rest}");
    }
    let session = visitor.get("/v1/sessions/s").await.json();
    let contents: Vec<&str> =
        session["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap()).collect();
    assert_eq!(contents, ["hi", "half an "]);
}

#[tokio::test]
async fn a_repeated_request_joins_the_running_answer() {
    let mut puppet = puppet().await;
    let router = front(&puppet.url, &[]).await;
    let visitor = Visitor::new(&router).await;
    let url = serve(router).await;
    let mut first = soon(ask(&url, &visitor.token, "k")).await;
    puppet.words.send(frame("one ")).unwrap();
    soon(first.chunk()).await.unwrap().unwrap();
    let second = soon(ask(&url, &visitor.token, "k")).await;
    // The first one leaves; the second still listens, so the work goes on.
    drop(first);
    puppet.words.send(frame("two")).unwrap();
    puppet.words.send("data: {\"type\":\"done\",\"id\":\"m\",\"tokens\":{\"total\":5}}\n\n".to_owned()).unwrap();
    let text = soon(second.text()).await.unwrap();
    assert!(text.contains("\"one \"") && text.contains("\"two\"") && text.contains("\"total\":5"), "{text}");
    let key = puppet.asked.recv().await.unwrap();
    assert!(key.starts_with("key_"), "the upstream gets a key of its own: {key}");
    assert!(puppet.asked.try_recv().is_err(), "it was asked once");
}

#[tokio::test]
async fn running_answers_finish_when_the_gateway_stops() {
    let puppet = puppet().await;
    let url = format!("--upstream-url={}", puppet.url);
    let config = config(&["--upstream=assisters", "--api-key", CLIENT_KEY, &url]);
    let gateway = Gateway::start_at(config, TestClock::new().clock()).await.unwrap();
    let visitor = Visitor::new(&gateway.router()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(gateway.serve(listener, async move { stopped.await.unwrap() }));
    let response = soon(ask(&url, &visitor.token, "k")).await;
    stop.send(()).unwrap();
    puppet.words.send(frame("the end")).unwrap();
    puppet.words.send("data: {\"type\":\"done\",\"id\":\"m\"}\n\n".to_owned()).unwrap();
    let text = soon(response.text()).await.unwrap();
    assert!(text.contains("the end") && text.contains("\"done\""), "{text}");
    soon(server).await.unwrap().unwrap();
}
