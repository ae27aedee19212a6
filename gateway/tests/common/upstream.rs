//! Upstreams for the tests: another gateway, or a server that does what the test says.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests; each of them uses a part")]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::common::{CLIENT_KEY, PAGE, gateway};

pub async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1")
}

/// A gateway whose upstream is at `url`.
pub async fn front(url: &str, more: &[&str]) -> Router {
    let url = format!("--upstream-url={url}");
    gateway(&[&["--upstream=assisters", "--api-key", CLIENT_KEY, &url], more].concat()).await
}

pub fn frame(content: &str) -> String {
    format!("event: message\ndata: {{\"type\": \"chunk\", \"content\": \"{content}\"}}\n\n")
}

pub fn event_stream(body: Body) -> Response {
    ([("content-type", "text/event-stream")], body).into_response()
}

/// What the puppet is told to break the connection.
pub const CUT: &str = "cut";

/// A server that sends what the test tells it to, and says when its request was dropped.
pub struct Puppet {
    pub url: String,
    pub words: mpsc::UnboundedSender<String>,
    pub dropped: mpsc::UnboundedReceiver<()>,
    pub asked: mpsc::UnboundedReceiver<String>,
}

struct Dropped(mpsc::UnboundedSender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.send(()).ok(); // the test may be over already
    }
}

pub async fn puppet() -> Puppet {
    let (words, spoken) = mpsc::unbounded_channel::<String>();
    let (drop_sender, dropped) = mpsc::unbounded_channel();
    let (ask_sender, asked) = mpsc::unbounded_channel();
    let spoken = Arc::new(tokio::sync::Mutex::new(spoken));
    let answer = move |request: Request| async move {
        let key = request.headers().get("idempotency-key").map_or("", |key| key.to_str().unwrap()).to_owned();
        ask_sender.send(key).unwrap();
        let guard = Dropped(drop_sender.clone());
        event_stream(Body::from_stream(stream::unfold((spoken, guard), |(spoken, guard)| async move {
            let word = spoken.lock().await.recv().await?;
            let word = if word == CUT { Err(std::io::Error::other("cut")) } else { Ok(Bytes::from(word)) };
            Some((word, (spoken, guard)))
        })))
    };
    let url = serve(Router::new().route("/v1/chat/stream", post(answer))).await;
    Puppet { url, words, dropped, asked }
}

/// Asks through a real connection, which a test can close.
pub async fn ask(url: &str, token: &str, key: &str) -> reqwest::Response {
    let request = reqwest::Client::new().post(format!("{url}/chat/stream")).bearer_auth(token).header("origin", PAGE);
    let body = json!({"assistant": "a", "message": "hi", "session_id": "s"});
    request.header("idempotency-key", key).body(body.to_string()).send().await.unwrap()
}

pub async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("within 20 seconds")
}
