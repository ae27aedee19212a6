//! A model behind the gateway: what it is given to answer from, whose tools it may call, and what becomes of its calls.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use common::owner::Owner;
use common::upstream::{event_stream, serve};
use common::{NO_KNOWLEDGE, gateway};
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// A model that says what the test tells it to, in chat completions; and functions that do.
#[derive(Clone, Default)]
struct Script {
    /// Messages of the model's, each with `content` or `tool_calls`.
    says: Arc<Mutex<VecDeque<Value>>>,
    /// Bodies that the model got.
    told: Arc<Mutex<Vec<Value>>>,
    /// What a function answers: status and body.
    answers: Arc<Mutex<(u16, String)>>,
    /// Calls of functions: path, signature, body.
    called: Arc<Mutex<Vec<(String, String, String)>>>,
}

impl Script {
    async fn start(says: &[Value]) -> (Self, String) {
        let script = Self::default();
        script.says.lock().unwrap().extend(says.iter().cloned());
        *script.answers.lock().unwrap() = (200, r#"{"tool_call_id": "c1", "output": "{\"name\": \"Ada\"}"}"#.to_owned());
        let kept = script.clone();
        let url = serve(Router::new().fallback(move |request: Request| async move { kept.answer(request).await })).await;
        (script, url)
    }

    async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        if parts.uri.path().starts_with("/v1/chat") {
            let body: Value = serde_json::from_str(&body).unwrap();
            let message = self.says.lock().unwrap().pop_front().unwrap_or_else(|| json!({"content": "Nothing more."}));
            let is_streamed = body["stream"] == true;
            self.told.lock().unwrap().push(body);
            return if is_streamed { streamed(&message) } else { whole(&message) };
        }
        let signature = parts.headers.get("x-assisters-signature").map_or("", |value| value.to_str().unwrap()).to_owned();
        self.called.lock().unwrap().push((parts.uri.path().to_owned(), signature, body));
        let (status, answer) = self.answers.lock().unwrap().clone();
        (StatusCode::from_u16(status).unwrap(), answer).into_response()
    }

    fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap().clone()
    }
}

fn whole(message: &Value) -> Response {
    let usage = json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15});
    let body = json!({"id": "m", "choices": [{"index": 0, "message": message}], "usage": usage});
    ([("content-type", "application/json")], body.to_string()).into_response()
}

fn streamed(message: &Value) -> Response {
    let mut delta = message.clone();
    for (idx, call) in delta["tool_calls"].as_array_mut().into_iter().flatten().enumerate() {
        call["index"] = json!(idx);
    }
    let reason = if delta["tool_calls"].is_array() { "tool_calls" } else { "stop" };
    let frames = [
        json!({"id": "m", "choices": [{"index": 0, "delta": delta}]}),
        json!({"id": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
        json!({"id": "m", "choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}),
    ];
    let text: String = frames.iter().map(|frame| format!("data: {frame}\n\n")).chain(["data: [DONE]\n\n".to_owned()]).collect();
    event_stream(Body::from(text))
}

fn call(id: &str, name: &str, arguments: &Value) -> Value {
    json!({"role": "assistant", "content": null, "tool_calls": [
        {"id": id, "type": "function", "function": {"name": name, "arguments": arguments.to_string()}}
    ]})
}

/// A gateway before the model, with an assistant `tents` of these tools.
async fn owner(url: &str, tools: Value, more: &[&str]) -> Owner {
    let base_url = format!("--base-url={url}");
    let reader = concat!("--document-reader=", env!("CARGO_BIN_EXE_assisters-gateway"));
    let arguments = ["--upstream=openai", "--model=small", &base_url, "--private-hosts=127.0.0.1", reader, NO_KNOWLEDGE];
    let owner = Owner(gateway(&[&arguments, more].concat()).await);
    let body = json!({
        "name": "Tents", "slug": "tents", "model": "gpt-4", "instructions": "Be brief.", "knowledge_base_id": "kb_tents", "tools": tools,
        "settings": {"temperature": 0.5},
    });
    owner.ok("POST", "/v1/assistants", body).await;
    owner
}

async fn upload(owner: &Owner, name: &str, content: &str) {
    let body =
        format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n--edge--\r\n");
    let bearer = format!("Bearer {}", common::CLIENT_KEY);
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=edge")];
    let path = "/v1/knowledge-bases/kb_tents/documents";
    let answer = common::call(&owner.0, axum::http::Method::POST, path, &headers, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

async fn ask(owner: &Owner, question: &str) -> Value {
    let begun = owner.ok("POST", "/v1/conversations", json!({"assistant_id": "tents"})).await;
    let path = format!("/v1/conversations/{}/messages", begun["id"].as_str().unwrap());
    owner.ok("POST", &path, json!({"content": question})).await
}

const QUESTION: &str = "Is the tent guaranteed against broken poles?";

#[tokio::test]
async fn a_model_is_given_what_fits_and_cited_with_it() {
    let (script, url) = Script::start(&[
        json!({"role": "assistant", "content": "For seven years [1]."}),
        json!({"role": "assistant", "content": "I did not find that in the documents I answer from."}),
    ])
    .await;
    let owner = owner(&url, json!([]), &[]).await;
    upload(&owner, "tents.md", "# Tents\n\n## Guarantee\n\nThe tent is guaranteed for seven years against broken poles.").await;
    let answer = ask(&owner, QUESTION).await;
    assert_eq!(answer["content"], "For seven years [1].");
    assert_eq!(answer["sources"][0]["title"], "Tents – Guarantee");
    assert!(answer["sources"][0]["relevance"].as_f64().unwrap() > 0.5, "{answer}");
    let told = script.told();
    assert_eq!((&told[0]["model"], &told[0]["temperature"]), (&json!("small"), &json!(0.5)));
    let system = told[0]["messages"][0]["content"].as_str().unwrap();
    for words in ["Be brief.", "[1] Tents – Guarantee", "guaranteed for seven years", "never instructions"] {
        assert!(system.contains(words), "{words}: {system}");
    }
    let answer = ask(&owner, "Who discovered penicillin?").await;
    assert_eq!(answer["sources"], json!([]));
    let system = script.told()[1]["messages"][0]["content"].as_str().unwrap().to_owned();
    assert!(system.contains("none of them fits") && !system.contains("seven years"), "{system}");
}

#[tokio::test]
async fn the_knowledge_base_is_a_tool() {
    let search = call("c1", "knowledge_base", &json!({"query": "washing the tent"}));
    let (script, url) = Script::start(&[search, json!({"role": "assistant", "content": "With a sponge."})]).await;
    let owner = owner(&url, json!(["knowledge_base"]), &[]).await;
    upload(&owner, "care.md", "# Care\n\nA sponge is enough for washing the tent.").await;
    let answer = ask(&owner, "How do I clean it?").await;
    assert_eq!(answer["content"], "With a sponge.");
    assert_eq!(answer["usage"]["total_tokens"], 30, "every round is counted: {answer}");
    let told = script.told();
    assert_eq!(told[0]["tools"][0]["function"]["name"], "knowledge_base");
    let result = told[1]["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&result["role"], &result["tool_call_id"]), (&json!("tool"), &json!("c1")));
    assert!(result["content"].as_str().unwrap().contains("A sponge is enough"), "{result}");
}

#[tokio::test]
async fn a_function_is_called_at_its_address() {
    let lookup = |url: Option<&str>| {
        let mut tool = json!({"type": "function", "name": "lookup_user", "description": "Retrieve user profile", "parameters": {
            "type": "object", "properties": {"user_id": {"type": "string"}}
        }});
        if let Some(url) = url {
            tool["url"] = json!(url);
        }
        json!([tool])
    };
    let asked = call("c1", "lookup_user", &json!({"user_id": "u7"}));
    for (status, answer, expected) in [
        (200, r#"{"tool_call_id": "c1", "output": "{\"name\": \"Ada\"}"}"#.to_owned(), r#"{"name": "Ada"}"#),
        (500, String::new(), "lookup_user answered 500"),
        (200, "no json".to_owned(), "expected {tool_call_id, output}"),
        (200, format!(r#"{{"output": "{}"}}"#, "x".repeat(200_000)), "could not be called"),
        (302, String::new(), "lookup_user answered 302"),
    ] {
        let (script, url) = Script::start(&[asked.clone(), json!({"role": "assistant", "content": "Hello, Ada."})]).await;
        *script.answers.lock().unwrap() = (status, answer);
        let (place, option) = (url.replace("/v1", "/hooks/users"), format!("--tool-url={}", url.replace("/v1", "/app/")));
        // Named with the tool, or below the address for all.
        for (tool, more, path) in [
            (lookup(Some(&place)), vec!["--tool-secret=s3cret"], "/hooks/users"),
            (lookup(None), vec![option.as_str()], "/app/tools/lookup_user"),
        ] {
            script.says.lock().unwrap().clear();
            script.says.lock().unwrap().extend([asked.clone(), json!({"role": "assistant", "content": "Hello, Ada."})]);
            let owner = owner(&url, tool, &more).await;
            assert_eq!(ask(&owner, "Who am I?").await["content"], "Hello, Ada.", "{status}");
            let (called, signature, body) = script.called.lock().unwrap().pop().unwrap();
            let sent: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(
                (called.as_str(), &sent["tool_call_id"], &sent["arguments"]),
                (path, &json!("c1"), &json!({"user_id": "u7"}))
            );
            assert_eq!(signature, if more[0].contains("secret") { sign("s3cret", &body) } else { String::new() });
            let told = script.told().pop().unwrap();
            let result = told["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned();
            assert!(result.contains(expected), "{status}: {result}");
        }
    }
    // A private address is not called unless the owner allows it; the model is told, and the visitor gets an answer all the same.
    let (script, url) = Script::start(&[asked.clone(), json!({"role": "assistant", "content": "Later."})]).await;
    let place = url.replace("127.0.0.1", "localhost");
    let owner = owner(&url, lookup(Some(&place)), &[]).await;
    assert_eq!(ask(&owner, "Who am I?").await["content"], "Later.");
    assert!(script.called.lock().unwrap().is_empty());
}

fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{}.{body}", common::START_SECS).as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={},v1={hex}", common::START_SECS)
}

#[tokio::test]
async fn what_is_not_offered_says_so() {
    let tools = json!(["web_search", "knowledge_base", "code_interpreter"]);
    let (script, url) = Script::start(&[
        call("c1", "web_search", &json!({"query": "news"})),
        json!({"role": "assistant", "content": "I can not."}),
    ])
    .await;
    let owner = owner(&url, tools.clone(), &[]).await;
    assert_eq!(ask(&owner, "What is new?").await["content"], "I can not.");
    let told = script.told();
    assert_eq!(told[0]["tools"].as_array().unwrap().len(), 1, "{}", told[0]);
    assert!(told[0]["messages"][0]["content"].as_str().unwrap().contains("does not offer web_search and code_interpreter"));
    let result = told[1]["messages"].as_array().unwrap().last().unwrap()["content"].clone();
    assert_eq!(result, r#"{"error":"This installation does not offer web_search."}"#);

    let local = Owner(gateway(&[]).await);
    local.ok("POST", "/v1/assistants", json!({"name": "Tents", "slug": "tents", "model": "local", "tools": tools})).await;
    let answer = ask(&local, "Who discovered penicillin?").await;
    let text = answer["content"].as_str().unwrap();
    assert!(text.starts_with("I did not find that") && text.contains("does not offer web_search and code_interpreter"), "{text}");
    assert!(!ask(&local, "Can I return shoes?").await["content"].as_str().unwrap().contains("web_search"));
}

#[tokio::test]
async fn a_model_that_never_stops_calling_has_to_answer() {
    let calls: Vec<Value> = (0..20).map(|n| call(&format!("c{n}"), "knowledge_base", &json!({"query": "more"}))).collect();
    let (script, url) = Script::start(&calls).await;
    let owner = owner(&url, json!(["knowledge_base"]), &[]).await;
    let begun = owner.ok("POST", "/v1/threads", json!({})).await;
    let path = format!("/v1/threads/{}/messages", begun["id"].as_str().unwrap());
    owner.send("POST", &path, json!({"assistant_id": "tents", "role": "user", "content": "hi?"})).await;
    let told = script.told();
    assert_eq!(told.len(), 7);
    assert!(told[6].get("tools").is_none(), "{}", told[6]);
}

#[tokio::test]
async fn a_page_answers_its_own_tools_first() {
    let both = json!({"role": "assistant", "content": null, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "knowledge_base", "arguments": "{\"query\": \"poles\"}"}},
        {"id": "c2", "type": "function", "function": {"name": "find_order", "arguments": "{\"number\": 7}"}},
    ]});
    let (script, url) = Script::start(&[both, json!({"role": "assistant", "content": "On its way."})]).await;
    let owner = owner(&url, json!(["knowledge_base"]), &[]).await;
    let tools = json!([{"type": "function", "name": "find_order"}, {"type": "function", "name": "knowledge_base", "description": "the page's"}]);
    let begun = owner.ok("POST", "/v1/threads", json!({})).await;
    let path = format!("/v1/threads/{}/messages", begun["id"].as_str().unwrap());
    let asked = json!({"assistant_id": "tents", "role": "user", "content": "Where is it?", "tools": tools});
    let paused = owner.ok("POST", &path, asked).await;
    let calls = paused["tool_calls"].as_array().unwrap();
    assert_eq!((calls.len(), &calls[0]["id"]), (1, &json!("c2")), "{paused}");
    let told = script.told()[0]["tools"].as_array().unwrap().clone();
    assert_eq!(told.len(), 2);
    assert!(told[0]["function"]["description"].as_str().unwrap().starts_with("Searches"), "{told:?}");
    let answered = json!({"role": "tool", "tool_outputs": [{"tool_call_id": "c2", "output": "sent"}]});
    let answer = owner.ok("POST", &path, answered).await;
    assert_eq!(answer["content"], "On its way.", "{answer}");
    let told = script.told()[1]["messages"].as_array().unwrap().clone();
    let [asked, result] = told.last_chunk::<2>().unwrap();
    assert_eq!((asked["tool_calls"].as_array().unwrap().len(), &result["tool_call_id"]), (1, &json!("c2")), "{told:?}");
}

#[tokio::test]
async fn a_function_without_an_address_is_for_whoever_shows_the_answer() {
    let tools = json!([{"type": "function", "name": "lookup_user", "description": "Retrieve user profile"}]);
    let asked = call("c1", "lookup_user", &json!({"user_id": "u7"}));
    let (script, url) = Script::start(&[asked, json!({"role": "assistant", "content": "Hello."})]).await;
    let owner = owner(&url, tools, &[]).await;
    let begun = owner.ok("POST", "/v1/threads", json!({})).await;
    let path = format!("/v1/threads/{}/messages", begun["id"].as_str().unwrap());
    let paused = owner.ok("POST", &path, json!({"assistant_id": "tents", "role": "user", "content": "Who am I?"})).await;
    assert_eq!(paused["tool_calls"][0]["name"], "lookup_user", "{paused}");
    // A page whose dialect has no tools could not answer.
    assert_eq!(ask(&owner, "Who am I?").await["content"], "Hello.");
    let told = script.told();
    assert_eq!((&told[0]["tools"][0]["function"]["description"], told[1].get("tools")), (&json!("Retrieve user profile"), None));
}
