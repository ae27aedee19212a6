//! A gateway in the test's own process, and short ways to call it.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests; each of them uses a part")]

pub mod calling;
pub mod owner;
pub mod page;
pub mod process;
pub mod scripted;
pub mod upstream;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assisters_chat::protocol::sse::Decoder;
use assisters_gateway::{Clock, Config, Gateway, Options};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use clap::Parser as _;
use serde_json::Value;
use tower::ServiceExt as _;

pub const HOST: &str = "chat.example";
pub const PAGE: &str = "https://shop.example";
pub const CLIENT_KEY: &str = "ck-test-5f2a";

/// For [`config`]: nothing to answer from, as another server answers.
pub const NO_KNOWLEDGE: &str = "no knowledge";

/// The clock of the tests begins here, in seconds since 1970.
pub const START_SECS: u64 = 1_769_610_600;

pub fn demo_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/demo")
}

/// A configuration for a page at `https://shop.example` over the demo's knowledge, changed by `arguments`.
pub fn config(arguments: &[&str]) -> Config {
    let knowledge = demo_folder().join("knowledge");
    let mut options = vec!["assisters-gateway", "--bind=0.0.0.0:0", "--local-delay-millis=0", "--client-key=ck-test-5f2a"];
    // Hundreds of gateways start faster without.
    if !arguments.contains(&NO_KNOWLEDGE) {
        options.extend(["--knowledge", knowledge.to_str().unwrap()]);
    }
    if !arguments.iter().any(|argument| argument.starts_with("--origins")) {
        options.push("--origins=https://shop.example,https://*.brand.example");
    }
    options.extend(arguments.iter().filter(|argument| **argument != NO_KNOWLEDGE));
    Options::try_parse_from(options).unwrap().resolve().unwrap()
}

/// A clock that only the test moves.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START_SECS * 1000)))
    }

    pub fn advance_secs(&self, secs: u64) {
        self.0.fetch_add(secs * 1000, Ordering::Relaxed);
    }

    pub fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Clock::from_fn(move || now.load(Ordering::Relaxed))
    }
}

pub async fn gateway(arguments: &[&str]) -> Router {
    Gateway::start_at(config(arguments), TestClock::new().clock()).await.unwrap().router()
}

/// A response, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The error's code, with the status in front: `401 invalid_api_key`.
    pub fn failure(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.json()["error"]["code"].as_str().unwrap_or("-"))
    }

    /// The data of every server-sent event.
    pub fn frames(&self) -> Vec<Value> {
        assert_eq!(self.header("content-type"), "text/event-stream", "{}", self.text);
        let mut frames = Vec::new();
        let mut decoder = Decoder::new();
        let mut keep = |frame: &assisters_chat::protocol::sse::Frame| frames.push(serde_json::from_str(&frame.data).unwrap());
        decoder.push(self.text.as_bytes(), &mut keep);
        decoder.finish(&mut keep);
        frames
    }
}

pub async fn call(router: &Router, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", HOST);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// A visitor of the page `https://shop.example`.
pub struct Visitor {
    pub router: Router,
    pub token: String,
    pub id: String,
}

impl Visitor {
    pub async fn new(router: &Router) -> Self {
        let minted = call(router, Method::POST, "/v1/visitor-tokens", &[("origin", PAGE)], "{}").await;
        assert_eq!(minted.status, StatusCode::OK, "{}", minted.text);
        let minted = minted.json();
        let text = |name: &str| minted[name].as_str().unwrap().to_owned();
        Self { router: router.clone(), token: text("token"), id: text("visitor_id") }
    }

    pub async fn call(&self, method: Method, path: &str, more: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [&[("origin", PAGE), ("authorization", bearer.as_str())], more].concat();
        call(&self.router, method, path, &headers, body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &[], body.to_string()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], "").await
    }
}
