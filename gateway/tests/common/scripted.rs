//! An upstream that speaks one dialect, written by hand after the documents: the gateway's own encoders are not asked.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests; each of them uses a part")]

use std::sync::{Arc, Mutex};

use assisters_chat::protocol::Dialect;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::upstream::{event_stream, serve};

pub const WORDS: [&str; 3] = ["One ", "two ", "thrée 🐢."];
pub const SOURCE: (&str, &str) = ("Returns", "https://shop.example/returns");

/// One request that the upstream got.
#[derive(Clone, Debug)]
pub struct Got {
    pub line: String,
    pub authorization: String,
    pub idempotency_key: String,
    pub body: Value,
}

/// What the upstream does with a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    /// Answers.
    Answers,
    /// Refuses everything with a status; the code is the document's.
    Refuses(u16),
    /// Says its first word and waits until it is released.
    Hesitates,
}

pub struct Scripted {
    pub url: String,
    pub dialect: Dialect,
    got: Arc<Mutex<Vec<Got>>>,
    /// A message has come.
    pub asked: mpsc::UnboundedReceiver<()>,
    /// Whoever waited for an answer is gone.
    pub dropped: mpsc::UnboundedReceiver<()>,
    pub released: watch::Sender<bool>,
}

impl Scripted {
    pub async fn start(dialect: Dialect, mood: Mood) -> Self {
        let got = Arc::<Mutex<Vec<Got>>>::default();
        let (ask_sender, asked) = mpsc::unbounded_channel();
        let (drop_sender, dropped) = mpsc::unbounded_channel();
        let released = watch::Sender::new(false);
        let shared =
            Shared { dialect, mood, got: Arc::clone(&got), asked: ask_sender, dropped: drop_sender, released: released.clone() };
        let url = serve(Router::new().fallback(move |request: Request| shared.clone().answer(request))).await;
        Self { url, dialect, got, asked, dropped, released }
    }

    /// The requests that sent a message.
    pub fn messages(&self) -> Vec<Got> {
        let is_message = |got: &Got| {
            let is_begin = ["POST /v1/conversations", "POST /v1/threads"].contains(&got.line.as_str());
            got.line.starts_with("POST") && !is_begin
        };
        self.got.lock().unwrap().iter().filter(|got| is_message(got)).cloned().collect()
    }
}

/// What the visitor said in a request, in the document's place for it.
pub fn said(dialect: Dialect, body: &Value) -> String {
    let pointer = match dialect {
        Dialect::Chat => "/message".to_owned(),
        Dialect::Conversations | Dialect::Threads => "/content".to_owned(),
        Dialect::Execute => "/userInput".to_owned(),
        Dialect::Informer => format!("/messages/{}/parts/0/text", body["messages"].as_array().map_or(0, |list| list.len() - 1)),
        Dialect::OpenAi => format!("/messages/{}/content", body["messages"].as_array().map_or(0, |list| list.len() - 1)),
    };
    body.pointer(&pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[derive(Clone)]
struct Shared {
    dialect: Dialect,
    mood: Mood,
    got: Arc<Mutex<Vec<Got>>>,
    asked: mpsc::UnboundedSender<()>,
    dropped: mpsc::UnboundedSender<()>,
    released: watch::Sender<bool>,
}

/// Says so when whoever waits for an answer is gone before its end.
struct Waiting {
    dropped: mpsc::UnboundedSender<()>,
    is_over: bool,
}

impl Waiting {
    fn finish(&mut self) {
        self.is_over = true;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_over {
            self.dropped.send(()).ok(); // the test may be over already
        }
    }
}

impl Shared {
    async fn answer(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let line = format!("{} {}", parts.method, parts.uri.path());
        let (authorization, idempotency_key) = (header("authorization"), header("idempotency-key"));
        self.got.lock().unwrap().push(Got { line: line.clone(), authorization, idempotency_key, body: body.clone() });
        if let Mood::Refuses(status) = self.mood {
            return refusal(self.dialect, status);
        }
        let wants_stream = header("accept").contains("text/event-stream");
        let segments: Vec<&str> = line.split(['/', ' ']).filter(|part| !part.is_empty()).collect();
        match (self.dialect, segments.as_slice()) {
            (Dialect::Conversations, ["POST", "v1", "conversations"]) => json_response(&json!({"id": "conv_up", "messages": []})),
            (Dialect::Threads, ["POST", "v1", "threads"]) => {
                json_response(&json!({"id": "thread_up", "metadata": body["metadata"]}))
            }
            (Dialect::Threads, ["POST", "v1", "threads", "thread_up", "messages"]) if wants_stream => {
                json_response(&json!({"id": "msg_q", "role": "user", "content": body["content"]}))
            }
            (Dialect::Chat, ["POST", "v1", "chat"])
            | (Dialect::Conversations, ["POST", "v1", "conversations", "conv_up", "messages"])
            | (Dialect::Threads, ["POST", "v1", "threads", "thread_up", "messages"])
            | (Dialect::Execute, ["POST", "v1", "assistants", _, "execute"]) => self.whole().await,
            (Dialect::OpenAi, ["POST", "v1", "chat", "completions"]) if body["stream"] != true => self.whole().await,
            (Dialect::Informer, ["POST", "v1", "chats", _]) if !wants_stream => self.whole().await,
            (Dialect::Chat, ["POST", "v1", "chat", "stream"])
            | (Dialect::Conversations, ["POST", "v1", "conversations", "conv_up", "messages", "stream"])
            | (Dialect::Threads, ["GET", "v1", "threads", "thread_up", "messages", "stream"])
            | (Dialect::Informer, ["POST", "v1", "chats", _])
            | (Dialect::OpenAi, ["POST", "v1", "chat", "completions"]) => self.stream(),
            _ => (StatusCode::NOT_FOUND, json!({"error": {"code": "not_found", "message": "no such route"}}).to_string())
                .into_response(),
        }
    }

    async fn whole(self) -> Response {
        self.asked.send(()).ok();
        let mut waiting = Waiting { dropped: self.dropped, is_over: false };
        if self.mood == Mood::Hesitates {
            self.released.subscribe().wait_for(|is_released| *is_released).await.unwrap();
        }
        waiting.finish();
        json_response(&document(self.dialect))
    }

    fn stream(self) -> Response {
        self.asked.send(()).ok();
        let waiting = Waiting { dropped: self.dropped, is_over: false };
        let frames = frames(self.dialect);
        let released = (self.mood == Mood::Hesitates).then(|| self.released.subscribe());
        // The first word is the first frame with text; everything before it goes with it.
        let n_before = frames.iter().position(|frame| frame.contains(WORDS[0].trim())).unwrap() + 1;
        let frames = frames.into_iter().enumerate().collect::<std::collections::VecDeque<_>>();
        event_stream(Body::from_stream(stream::unfold(
            (frames, released, waiting),
            move |(mut frames, mut released, mut waiting)| async move {
                let Some((idx, frame)) = frames.pop_front() else {
                    waiting.finish();
                    return None;
                };
                if let Some(released) = released.as_mut().filter(|_| idx >= n_before) {
                    released.wait_for(|is_released| *is_released).await.unwrap();
                }
                Some((Ok::<_, std::io::Error>(Bytes::from(frame)), (frames, released, waiting)))
            },
        )))
    }
}

fn json_response(body: &Value) -> Response {
    ([("content-type", "application/json")], body.to_string()).into_response()
}

fn source() -> Value {
    json!({"title": SOURCE.0, "url": SOURCE.1, "relevance": 0.5})
}

fn document(dialect: Dialect) -> Value {
    let text = WORDS.concat();
    let usage = json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7});
    match dialect {
        Dialect::Chat => {
            json!({"id": "msg_up", "response": text, "session_id": "sess_up", "tokens": {"input": 3, "output": 4, "total": 7}, "sources": [source()]})
        }
        Dialect::Conversations | Dialect::Threads => {
            json!({"id": "msg_up", "role": "assistant", "content": text, "usage": usage, "sources": [source()]})
        }
        Dialect::Execute => json!({
            "response": text, "sessionId": "session-up", "toolCalls": [], "sources": [source()],
            "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7},
        }),
        Dialect::Informer => json!({
            "id": "msg_up", "role": "assistant",
            "parts": [{"type": "text", "text": text}, {"type": "source-url", "url": SOURCE.1, "title": SOURCE.0}],
            "metadata": {"usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}},
        }),
        Dialect::OpenAi => json!({
            "id": "msg_up", "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": usage, "sources": [source()],
        }),
    }
}

fn frames(dialect: Dialect) -> Vec<String> {
    let data = |body: Value| format!("data: {body}\n\n");
    let words = |frame: fn(&str) -> Value| WORDS.iter().map(move |word| data(frame(word)));
    let usage = json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7});
    match dialect {
        Dialect::Chat => {
            let done = json!({"type": "done", "id": "msg_up", "tokens": {"total": 7}, "sources": [source()]});
            words(|word| json!({"type": "chunk", "content": word}))
                .chain([data(done)])
                .map(|frame| format!("event: message\n{frame}"))
                .collect()
        }
        Dialect::Conversations => [data(json!({"type": "start", "message_id": "msg_up"}))]
            .into_iter()
            .chain(words(|word| json!({"type": "delta", "content": word})))
            .chain([data(json!({"type": "end", "usage": usage, "sources": [source()]}))])
            .collect(),
        Dialect::Threads => words(|word| json!({"id": "msg_up", "role": "assistant", "content": word, "delta": true}))
            .chain([data(json!({
                "id": "msg_up", "role": "assistant", "content": WORDS.concat(), "delta": false, "usage": usage, "sources": [source()],
            }))])
            .collect(),
        Dialect::Execute => unreachable!("it is never streamed"),
        Dialect::Informer => [data(json!({"type": "start", "messageId": "msg_up"})), data(json!({"type": "text-start", "id": "t"}))]
            .into_iter()
            .chain(words(|word| json!({"type": "text-delta", "id": "t", "delta": word})))
            .chain([
                data(json!({"type": "text-end", "id": "t"})),
                data(json!({"type": "source-url", "sourceId": "s", "url": SOURCE.1, "title": SOURCE.0})),
                data(json!({"type": "finish-step", "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}, "finishReason": "stop"})),
                data(json!({"type": "finish"})),
                "data: [DONE]\n\n".to_owned(),
            ])
            .collect(),
        Dialect::OpenAi => words(|word| json!({"id": "msg_up", "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": null}]}))
            .chain([
                // The vendor's own sample, which is no JSON.
                "data: {\"id\":\"msg_up\",\"choices\":[{\"index\":0,\"delta\":{}},\"finish_reason\":\"stop\"]}\n\n".to_owned(),
                data(json!({"id": "msg_up", "choices": [], "usage": usage, "sources": [source()]})),
                "data: [DONE]\n\n".to_owned(),
            ])
            .collect(),
    }
}

/// An error in the document's own shape; its message quotes the key, as some do.
fn refusal(dialect: Dialect, status: u16) -> Response {
    let (code, upper) = match status {
        401 => ("invalid_api_key", "INVALID_API_KEY"),
        404 => ("assistant_not_found", "ASSISTANT_NOT_FOUND"),
        429 => ("rate_limit_exceeded", "RATE_LIMITED"),
        _ => ("server_error", "SERVER_ERROR"),
    };
    let message = "refused ck-test-5f2a";
    let body = match dialect {
        Dialect::Chat => json!({"error": {"code": code, "message": message, "status": status}}),
        Dialect::Conversations => json!({"error": {"code": code, "message": message, "details": {}}}),
        Dialect::Threads | Dialect::OpenAi => {
            json!({"error": {"code": code, "message": message, "param": null, "type": "error"}})
        }
        Dialect::Execute => json!({"error": {"code": upper, "message": message}}),
        Dialect::Informer => json!({"statusCode": status, "error": "Refused", "message": message, "code": code}),
    };
    let wait = if status == 429 { "17" } else { "" };
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json"), ("retry-after", wait)], body.to_string())
        .into_response()
}
