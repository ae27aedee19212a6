//! An upstream that calls a tool of the page's twice before it answers, in one dialect, written by hand after the documents.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests; each of them uses a part")]

use std::sync::{Arc, Mutex};

use assisters_chat::protocol::Dialect;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::upstream::{event_stream, serve};

/// What it says with its first call, and in the end.
pub const BEFORE: &str = "Let me see.";
pub const AFTER: &str = "It is on its way.";

/// A server that calls `find_order`.
pub struct Calling {
    pub url: String,
    pub dialect: Dialect,
    got: Arc<Mutex<Vec<Value>>>,
}

impl Calling {
    pub async fn start(dialect: Dialect) -> Self {
        let got = Arc::<Mutex<Vec<Value>>>::default();
        let kept = Arc::clone(&got);
        let url = serve(Router::new().fallback(move |request: Request| answer(dialect, Arc::clone(&kept), request))).await;
        Self { url, dialect, got }
    }

    /// The bodies of the requests that sent a message, or what came of calls.
    pub fn messages(&self) -> Vec<Value> {
        self.got.lock().unwrap().clone()
    }
}

/// What a request says came of the newest call: its id and output.
pub fn told(dialect: Dialect, body: &Value) -> (String, String) {
    let newest = body["messages"].as_array().and_then(|messages| messages.last()).cloned().unwrap_or_default();
    let (id, output) = match dialect {
        Dialect::Threads => (&body["tool_outputs"][0]["tool_call_id"], &body["tool_outputs"][0]["output"]),
        Dialect::Execute => (&body["toolResults"][0]["toolCallId"], &body["toolResults"][0]["output"]),
        Dialect::OpenAi => (&newest["tool_call_id"], &newest["content"]),
        Dialect::Informer => {
            let part = newest["parts"].as_array().unwrap().last().unwrap().clone();
            let output = part.get("output").or_else(|| part.get("errorText")).cloned().unwrap_or_default();
            return (part["toolCallId"].as_str().unwrap_or_default().to_owned(), plain(&output));
        }
        Dialect::Chat | Dialect::Conversations => panic!("{dialect} has no tools"),
    };
    (id.as_str().unwrap_or_default().to_owned(), plain(output))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// How many calls a request says were answered.
fn n_answered(dialect: Dialect, got: &[Value], body: &Value) -> usize {
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    match dialect {
        // These remember.
        Dialect::Threads => got.iter().filter(|body| count(&body["tool_outputs"]) > 0).count(),
        Dialect::Execute => got.iter().filter(|body| count(&body["toolResults"]) > 0).count(),
        Dialect::OpenAi => body["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "tool").count(),
        Dialect::Informer => {
            let newest = body["messages"].as_array().unwrap().last().unwrap();
            let parts = newest["parts"].as_array().unwrap().iter();
            parts.filter(|part| part["state"].as_str().is_some_and(|state| state.starts_with("output-"))).count()
        }
        Dialect::Chat | Dialect::Conversations => panic!("{dialect} has no tools"),
    }
}

async fn answer(dialect: Dialect, got: Arc<Mutex<Vec<Value>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Value = serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap_or_default();
    let wants_stream = parts.headers.get("accept").is_some_and(|accept| accept.to_str().unwrap().contains("text/event-stream"));
    let is_get = parts.method == "GET";
    if parts.uri.path() == "/v1/threads" {
        return json_response(&json!({"id": "thread_1"}));
    }
    let body = if is_get {
        got.lock().unwrap().last().cloned().unwrap()
    } else {
        got.lock().unwrap().push(body.clone());
        body
    };
    if dialect == Dialect::Threads && !is_get && wants_stream {
        return json_response(&json!({"id": "msg_q", "role": "user", "content": body["content"]}));
    }
    let n_answered = n_answered(dialect, &got.lock().unwrap(), &body);
    let is_streamed = match dialect {
        Dialect::OpenAi => body["stream"] == true,
        Dialect::Execute => false,
        _ => wants_stream,
    };
    if is_streamed {
        event_stream(Body::from(frames(dialect, n_answered)))
    } else {
        json_response(&document(dialect, n_answered))
    }
}

fn json_response(body: &Value) -> Response {
    ([("content-type", "application/json")], body.to_string()).into_response()
}

/// The call after so many answered ones; none in the end.
fn call_after(n_answered: usize) -> Option<(String, Value)> {
    (n_answered < 2).then(|| (format!("call_{n_answered}"), json!({"number": n_answered})))
}

fn text_after(n_answered: usize) -> &'static str {
    [BEFORE, "", AFTER].get(n_answered).copied().unwrap_or_default()
}

fn document(dialect: Dialect, n_answered: usize) -> Value {
    let text = text_after(n_answered);
    let call = call_after(n_answered);
    let flat = |(id, arguments): &(String, Value)| json!({"id": id, "name": "find_order", "arguments": arguments});
    match dialect {
        Dialect::Threads => {
            let calls: Vec<_> = call.iter().map(flat).collect();
            json!({"id": "msg_1", "role": "assistant", "content": text, "tool_calls": calls})
        }
        Dialect::Execute => {
            let calls: Vec<_> = call.iter().map(flat).collect();
            json!({"response": text, "sessionId": "session-1", "toolCalls": calls})
        }
        Dialect::Informer => {
            let mut parts = vec![json!({"type": "text", "text": text})];
            parts.extend(call.map(
                |(id, input)| json!({"type": "tool-find_order", "toolCallId": id, "state": "input-available", "input": input}),
            ));
            json!({"id": "msg_1", "role": "assistant", "parts": parts})
        }
        Dialect::OpenAi => {
            let mut message = json!({"role": "assistant", "content": text});
            if let Some((id, arguments)) = call {
                let function = json!({"name": "find_order", "arguments": arguments.to_string()});
                message["tool_calls"] = json!([{"id": id, "type": "function", "function": function}]);
            }
            json!({"id": "msg_1", "choices": [{"index": 0, "message": message}]})
        }
        Dialect::Chat | Dialect::Conversations => panic!("{dialect} has no tools"),
    }
}

fn frames(dialect: Dialect, n_answered: usize) -> String {
    let text = text_after(n_answered);
    let call = call_after(n_answered);
    let frames = match dialect {
        Dialect::Threads => {
            let calls: Vec<_> =
                call.iter().map(|(id, arguments)| json!({"id": id, "name": "find_order", "arguments": arguments})).collect();
            vec![
                json!({"id": "msg_1", "role": "assistant", "content": text, "delta": true}),
                json!({"id": "msg_1", "role": "assistant", "content": "", "delta": false, "tool_calls": calls}),
            ]
        }
        Dialect::Informer => {
            let mut frames =
                vec![json!({"type": "start", "messageId": "msg_1"}), json!({"type": "text-delta", "id": "t", "delta": text})];
            if let Some((id, input)) = call {
                frames.push(json!({"type": "tool-input-start", "toolCallId": id, "toolName": "find_order"}));
                frames.push(json!({"type": "tool-input-available", "toolCallId": id, "toolName": "find_order", "input": input}));
            }
            frames.push(json!({"type": "finish"}));
            frames
        }
        Dialect::OpenAi => {
            let chunk = |delta: Value| json!({"id": "msg_1", "choices": [{"index": 0, "delta": delta}]});
            let mut frames = vec![chunk(json!({"content": text}))];
            if let Some((id, arguments)) = &call {
                let function = json!({"name": "find_order", "arguments": arguments.to_string()});
                frames.push(chunk(json!({"tool_calls": [{"index": 0, "id": id, "type": "function", "function": function}]})));
            }
            let reason = if call.is_some() { "tool_calls" } else { "stop" };
            frames.push(json!({"id": "msg_1", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}));
            frames
        }
        Dialect::Chat | Dialect::Conversations | Dialect::Execute => panic!("{dialect} is not streamed here"),
    };
    frames.iter().map(|frame| format!("data: {frame}\n\n")).chain(["data: [DONE]\n\n".to_owned()]).collect()
}
