//! A gateway in front of the real API: here another gateway, or a server that behaves badly on purpose.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use assisters_gateway::Gateway;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use common::upstream::{event_stream, frame, front, serve};
use common::{CLIENT_KEY, NO_KNOWLEDGE, PAGE, TestClock, Visitor, config, demo_folder, gateway};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tracing_subscriber::fmt::MakeWriter;

const QUESTION: &str = "Can I return shoes I already wore?";

/// Everything that is logged in this process, down to the smallest level.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::TRACE).with_writer(log.clone()).init();
    log
});

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

#[tokio::test]
async fn a_gateway_in_front_of_a_gateway() {
    let back = serve(gateway(&[]).await).await;
    for dialect in ["chat", "conversations"] {
        let visitor = Visitor::new(&front(&back, &[&format!("--upstream-dialect={dialect}")]).await).await;
        let body = json!({"assistant": "shop-help", "message": QUESTION, "session_id": "s"});
        let plain = visitor.post("/v1/chat", body).await.json();
        assert!(plain["response"].as_str().unwrap().contains("Yes, you can return shoes"), "{dialect}: {plain}");
        assert_eq!(plain["sources"][0]["url"], "/help/returns#worn-or-washed-items", "{dialect}");
        assert!(plain["tokens"]["total"].as_u64().unwrap() > 0);

        let follow_up = json!({"assistant": "shop-help", "message": "And washed jackets?", "session_id": "s"});
        let streamed = visitor.post("/v1/chat/stream", follow_up).await;
        assert!(streamed.frames().len() > 10, "{dialect}: {}", streamed.text);
        assert_eq!(streamed.frames().last().unwrap()["session_id"], "s", "{dialect}");

        let id = visitor.post("/v1/conversations", json!({"assistant_id": "shop-help"})).await.json()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let streamed = visitor.post(&format!("/v1/conversations/{id}/messages/stream"), json!({"content": QUESTION})).await;
        assert_eq!(streamed.frames().last().unwrap()["sources"][0]["url"], "/help/returns#worn-or-washed-items", "{dialect}");

        assert_eq!(visitor.get("/v1/sessions/s").await.json()["messages"].as_array().unwrap().len(), 4);
        assert_eq!(visitor.get("/v1/assistants/shop-help").await.json()["name"], "Shop Help");
        assert!(visitor.get("/v1/assistants").await.json()["total"].as_u64().unwrap() > 0);
        assert_eq!(visitor.call(Method::DELETE, "/v1/sessions/s", &[], "").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn any_server_with_chat_completions_can_answer() {
    let (calls, mut called) = mpsc::unbounded_channel();
    let back = Router::new().fallback(move |request: Request| async move {
        let authorization = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let line = format!("{} {}", request.method(), request.uri());
        let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
        calls.send((line, authorization, serde_json::from_slice::<Value>(&body).unwrap_or_default())).unwrap();
        Json(json!({"id": "c", "choices": [{"index": 0, "message": {"role": "assistant", "content": "small talk"}}]}))
    });
    let url = format!("--upstream-url={}", serve(back).await);
    let router = gateway(&["--upstream=openai", "--upstream-model=small", "--assistants=shop-help", &url, NO_KNOWLEDGE]).await;
    let visitor = Visitor::new(&router).await;
    let body = json!({"assistant": "shop-help", "message": "hi", "session_id": "s"});
    assert_eq!(visitor.post("/v1/chat", body.clone()).await.json()["response"], "small talk");
    visitor.post("/v1/chat", body).await;
    let (line, authorization, body) = called.recv().await.unwrap();
    assert_eq!((line.as_str(), authorization, &body["model"]), ("POST /v1/chat/completions", None, &json!("small")));
    let (.., body) = called.recv().await.unwrap();
    assert_eq!(body["messages"].as_array().unwrap().len(), 3, "the gateway remembers what was said: {body}");
    assert_eq!(visitor.get("/v1/assistants/shop-help").await.json()["name"], "Shop Help");
    assert_eq!(visitor.get("/v1/assistants").await.json()["total"], 1);
    assert_eq!(visitor.call(Method::DELETE, "/v1/sessions/s", &[], "").await.status, StatusCode::OK);
    assert!(called.try_recv().is_err(), "such a server is only asked to answer");
}

#[tokio::test]
async fn forgetting_reaches_the_upstream() {
    let (calls, mut called) = mpsc::unbounded_channel();
    let back = Router::new().fallback(move |request: Request| async move {
        let line = format!("{} {}", request.method(), request.uri());
        calls.send(line).unwrap();
        if request.method() == Method::DELETE {
            return Json(json!({}));
        }
        Json(json!({"id": "m", "response": "yes", "session_id": "?", "tokens": {"total": 3}}))
    });
    let visitor = Visitor::new(&front(&serve(back).await, &[]).await).await;
    visitor.post("/v1/chat", json!({"assistant": "a", "message": "hi", "session_id": "s"})).await;
    assert_eq!(visitor.call(Method::DELETE, "/v1/sessions/s", &[], "").await.status, StatusCode::OK);
    assert_eq!(called.recv().await.unwrap(), "POST /v1/chat");
    let deletion = called.recv().await.unwrap();
    let id = deletion.strip_prefix("DELETE /v1/sessions/sess_").unwrap();
    assert_eq!(id.len(), 32, "the upstream knows the session by a name that no other visitor can choose");
}

#[tokio::test]
async fn a_card_is_asked_for_once_a_minute() {
    let (calls, mut called) = mpsc::unbounded_channel();
    let back = Router::new().fallback(move |request: Request| async move {
        calls.send(request.uri().to_string()).unwrap();
        Json(json!({"slug": "one", "name": "One"}))
    });
    let url = format!("--upstream-url={}", serve(back).await);
    let clock = TestClock::new();
    let config = config(&["--upstream=assisters", "--api-key", CLIENT_KEY, &url]);
    let visitor = Visitor::new(&Gateway::start_at(config, clock.clock()).await.unwrap().router()).await;
    for secs in [0, 59, 1] {
        clock.advance_secs(secs);
        assert_eq!(visitor.get("/v1/assistants/one").await.json(), json!({"slug": "one", "id": "one", "name": "One"}));
    }
    let mut n_calls = 0;
    while called.try_recv().is_ok() {
        n_calls += 1;
    }
    assert_eq!(n_calls, 2);
}

struct Json(Value);

fn json_response(Json(value): Json) -> Response {
    ([("content-type", "application/json")], value.to_string()).into_response()
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        json_response(self)
    }
}

/// A server that answers every request in one way.
async fn stubborn(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> String {
    serve(Router::new().fallback(any(move || std::future::ready(answer())))).await
}

#[tokio::test]
async fn errors_keep_their_words_but_never_the_key() {
    let log = &*LOG;
    let documented = |status: u16, code: &'static str| {
        move || {
            let body = json!({"error": {"code": code, "message": format!("why, {CLIENT_KEY}?"), "status": status}});
            let retry_after = if status == 429 { "17" } else { "" };
            (StatusCode::from_u16(status).unwrap(), [("retry-after", retry_after)], body.to_string()).into_response()
        }
    };
    for (status, code, expected) in [
        (400, "invalid_request", "400 invalid_request"),
        (401, "invalid_api_key", "502 upstream_unauthorized"),
        (402, "insufficient_funds", "402 insufficient_funds"),
        (403, "insufficient_permissions", "502 upstream_unauthorized"),
        (404, "assistant_not_found", "404 assistant_not_found"),
        (429, "rate_limit_exceeded", "429 rate_limit_exceeded"),
        (500, "server_error", "500 server_error"),
    ] {
        let visitor = Visitor::new(&front(&stubborn(documented(status, code)).await, &[]).await).await;
        for path in ["/v1/chat", "/v1/chat/stream"] {
            let answer = visitor.post(path, json!({"assistant": "a", "message": "hi"})).await;
            assert_eq!(answer.failure(), expected, "{path}: {}", answer.text);
            assert!(!answer.text.contains(CLIENT_KEY), "{}", answer.text);
            assert_eq!(answer.header("retry-after"), if status == 429 { "17" } else { "" });
            assert_eq!(answer.header("access-control-allow-origin"), PAGE);
        }
    }
    let text = log.text();
    assert!(text.contains("the upstream refused the gateway's key"), "the owner is told");
    assert!(!text.contains(CLIENT_KEY));
}

#[tokio::test]
async fn answers_that_are_none() {
    let html =
        stubborn(|| (StatusCode::BAD_GATEWAY, [("content-type", "text/html")], "<h1>Bad gateway</h1>").into_response()).await;
    let html_ok = stubborn(|| ([("content-type", "text/html")], "<h1>Welcome</h1>").into_response()).await;
    let empty = stubborn(|| ([("content-type", "text/event-stream")], "").into_response()).await;
    let elsewhere = stubborn(|| (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")], "").into_response()).await;
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/v1", listener.local_addr().unwrap())
    };
    for (url, expected) in [
        (&html, "502 server_error"),
        (&html_ok, "502 upstream_unreachable"),
        (&elsewhere, "502 upstream_unreachable"),
        (&closed, "502 upstream_unreachable"),
    ] {
        let visitor = Visitor::new(&front(url, &[]).await).await;
        let answer = visitor.post("/v1/chat/stream", json!({"assistant": "a", "message": "hi"})).await;
        assert_eq!(answer.failure(), expected, "{url}: {}", answer.text);
        assert!(!answer.text.contains("127.0.0.1"), "no address of the owner's network: {}", answer.text);
    }
    let visitor = Visitor::new(&front(&empty, &[]).await).await;
    let frames = visitor.post("/v1/chat/stream", json!({"assistant": "a", "message": "hi"})).await.frames();
    assert_eq!(frames[0]["error"]["message"], "The answer was empty.");
}

#[tokio::test]
async fn odd_frames_do_not_end_an_answer() {
    let odd = stubborn(|| {
        let body =
            format!("\u{FEFF}: hello\n\n{}data: not json\n\ndata: {{\"type\":\"weather\"}}\n\n{}", frame("one "), frame("two"));
        event_stream(Body::from(body))
    });
    let visitor = Visitor::new(&front(&odd.await, &[]).await).await;
    let frames = visitor.post("/v1/chat/stream", json!({"assistant": "a", "message": "hi"})).await.frames();
    let kinds: Vec<&str> = frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["chunk", "chunk", "done"]);
}

#[tokio::test]
async fn the_key_is_nowhere() {
    let log = &*LOG;
    let back = serve(gateway(&[]).await).await;
    let demo = format!("--demo={}", demo_folder().display());
    let router = front(&back, &[&demo]).await;
    let visitor = Visitor::new(&router).await;
    let mut seen = String::new();
    let mut keep = |answer: common::Answer| {
        seen.push_str(&answer.text);
        seen.push_str(&format!("{:?}", answer.headers));
    };
    let chat = json!({"assistant": "a", "message": QUESTION, "session_id": "s"});
    for path in ["/v1/chat", "/v1/chat/stream", "/v1/conversations", "/v1/nowhere"] {
        keep(visitor.post(path, chat.clone()).await);
    }
    for path in
        ["/", "/healthz", "/readyz", "/metrics", "/help/returns", "/v1/sessions/s", "/v1/assistants", "/v1/usage", "/v1/wallet"]
    {
        keep(visitor.get(path).await);
    }
    assert!(seen.contains("Yes, you can return shoes"));
    assert!(!seen.contains(CLIENT_KEY));
    let text = log.text();
    assert!(text.contains("route=\"/v1/chat/stream\" status=200"), "the requests were logged");
    assert!(!text.contains(CLIENT_KEY), "the key is in the log");
    assert!(!text.contains(&visitor.token), "a visitor's token is in the log");
    assert!(!text.contains(QUESTION), "a visitor's words are in the log");
    assert!(!text.contains("Bearer"), "an Authorization header is in the log");
}
