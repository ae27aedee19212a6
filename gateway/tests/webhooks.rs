//! Webhooks: what is told to whom, how it is signed, tried again, recorded and told again.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use assisters_gateway::{Gateway, signature};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use common::owner::Owner;
use common::upstream::{serve, soon};
use common::{START_SECS, TestClock, config, gateway};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// The tests look again and again.
const UNLIMITED: [&str; 2] = ["--client-key-tier=enterprise", "--address-rate=1000000/minute"];

const SECRET: &str = "your_webhook_secret";

/// A program that hears of events.
struct Listener {
    url: String,
    heard: mpsc::UnboundedReceiver<Heard>,
    /// What it answers with.
    status: Arc<AtomicU16>,
}

struct Heard {
    signature: String,
    event: String,
    body: String,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Listener {
    async fn start() -> Self {
        let (sender, heard) = mpsc::unbounded_channel();
        let status = Arc::new(AtomicU16::new(200));
        let answers = Arc::clone(&status);
        let answer = move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
            let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
            let heard = Heard { signature: header("x-assisters-signature"), event: header("x-assisters-event"), body };
            sender.send(heard).ok(); // the test may be over already
            StatusCode::from_u16(answers.load(Ordering::Relaxed)).unwrap()
        };
        Self { url: serve(Router::new().fallback(answer)).await, heard, status }
    }

    async fn next(&mut self) -> Heard {
        soon(self.heard.recv()).await.unwrap()
    }
}

async fn owner(clock: &TestClock, more: &[&str]) -> Owner {
    let arguments = [&["--private-hosts=127.0.0.1"], UNLIMITED.as_slice(), more].concat();
    Owner(Gateway::start_at(config(&arguments), clock.clock()).await.unwrap().router())
}

/// Starts a gateway on a store that another one is just letting go of: its last delivery is being recorded.
async fn restarted(clock: &TestClock, more: &[&str]) -> Owner {
    let arguments = [UNLIMITED.as_slice(), more].concat();
    soon(async {
        loop {
            if let Ok(gateway) = Gateway::start_at(config(&arguments), clock.clock()).await {
                return Owner(gateway.router());
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn register(owner: &Owner, url: &str, events: &[&str]) -> String {
    let made = owner.send("POST", "/v1/webhooks", json!({"url": url, "events": events, "secret": SECRET})).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

/// Waits until the newest delivery is recorded as `status`.
async fn recorded(owner: &Owner, id: &str, status: &str) -> Value {
    soon(async {
        loop {
            let list = owner.get(&format!("/v1/webhooks/{id}/deliveries")).await;
            if list["deliveries"][0]["status"] == status && !list["deliveries"][0]["attempts"].as_array().unwrap().is_empty() {
                return list["deliveries"][0].clone();
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn the_five_events() {
    let clock = TestClock::new();
    let owner = owner(&clock, &[]).await;
    let mut listener = Listener::start().await;
    let all = ["conversation.created", "conversation.ended", "message.created", "feedback.submitted", "assistant.updated"];
    register(&owner, &listener.url, &all).await;
    let mut only = Listener::start().await;
    register(&owner, &only.url, &["assistant.updated"]).await;

    let id =
        owner.ok("POST", "/v1/conversations", json!({"assistant_id": "help", "metadata": {"page": "/"}})).await["id"].clone();
    let path = format!("/v1/conversations/{}", id.as_str().unwrap());
    let mut kinds = vec![listener.next().await];
    let answer = owner.ok("POST", &format!("{path}/messages"), json!({"content": "Is Klarna accepted?"})).await;
    kinds.push(listener.next().await);
    kinds.push(listener.next().await);
    let feedback = format!("{path}/messages/{}/feedback", answer["id"].as_str().unwrap());
    owner.ok("POST", &feedback, json!({"rating": "up", "comment": "Thanks"})).await;
    kinds.push(listener.next().await);
    owner.ok("PATCH", &path, json!({"status": "ended"})).await;
    kinds.push(listener.next().await);
    owner.ok("PUT", "/v1/assistants/help", json!({"welcome": "Hi"})).await;
    kinds.push(listener.next().await);

    let names: Vec<&str> = kinds.iter().map(|heard| heard.event.as_str()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names[0], "conversation.created");
    assert_eq!(
        sorted,
        [
            "assistant.updated",
            "conversation.created",
            "conversation.ended",
            "feedback.submitted",
            "message.created",
            "message.created"
        ]
    );
    for heard in &kinds {
        let body = heard.json();
        assert_eq!((&body["type"], &body["created_at"]), (&json!(heard.event), &json!("2026-01-28T14:30:00Z")));
        assert_eq!(heard.signature, signature(SECRET, START_SECS, heard.body.as_bytes()));
    }
    let roles: Vec<Value> = kinds[1..3].iter().map(|heard| heard.json()["data"]["role"].clone()).collect();
    assert!(roles.contains(&json!("user")) && roles.contains(&json!("assistant")), "{roles:?}");
    assert_eq!(kinds[3].json()["data"]["comment"], "Thanks");
    assert_eq!(only.next().await.event, "assistant.updated");
    assert!(only.heard.try_recv().is_err(), "it hears of nothing else");
}

#[tokio::test]
async fn tried_again_for_a_day_and_told_again_on_request() {
    let clock = TestClock::new();
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let owner = owner(&clock, &[&store]).await;
    let mut listener = Listener::start().await;
    listener.status.store(503, Ordering::Relaxed);
    let id = register(&owner, &listener.url, &["assistant.updated"]).await;
    owner.ok("PUT", "/v1/assistants/help", json!({"welcome": "Hi"})).await;
    let first = listener.next().await;
    let mut n_tries = 1;
    let mut waited = 0;
    let failed = loop {
        let status = soon(async {
            loop {
                let list = owner.get(&format!("/v1/webhooks/{id}/deliveries")).await["deliveries"][0].clone();
                if list["attempts"].as_array().unwrap().len() == n_tries {
                    return list;
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
        if status["status"] == "failed" {
            break status;
        }
        // As long as until the next try, and not a second more.
        let next = status["next_attempt_at"].as_str().unwrap();
        let wait = assisters_chat::protocol::parse_rfc3339(next).unwrap() as u64 - START_SECS - waited;
        clock.advance_secs(wait);
        waited += wait;
        let again = listener.next().await;
        assert_eq!(again.body, first.body, "the very same");
        assert_eq!(
            again.signature,
            signature(SECRET, START_SECS + waited, again.body.as_bytes()),
            "signed with the time of the try"
        );
        n_tries += 1;
    };
    assert_eq!((n_tries, waited), (11, 24 * 3600), "a day");
    assert_eq!(
        failed["attempts"][0],
        json!({"at": "2026-01-28T14:30:00Z", "status": 503, "error": "answered with 503 Service Unavailable"})
    );

    listener.status.store(204, Ordering::Relaxed);
    let replay = format!("/v1/webhooks/{id}/deliveries/{}/replay", failed["id"].as_str().unwrap());
    assert_eq!(owner.send("POST", &replay, Value::Null).await.status.as_u16(), 202);
    assert_eq!(listener.next().await.body, first.body);
    assert_eq!(recorded(&owner, &id, "delivered").await["attempts"].as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn what_was_not_told_before_a_restart_is_told_after_it() {
    let clock = TestClock::new();
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let mut listener = Listener::start().await;
    listener.status.store(500, Ordering::Relaxed);
    let first = owner(&clock, &[&store]).await;
    let id = register(&first, &listener.url, &["assistant.updated"]).await;
    first.ok("PUT", "/v1/assistants/help", json!({"welcome": "Hi"})).await;
    let told = listener.next().await;
    recorded(&first, &id, "pending").await;
    drop(first);
    listener.status.store(200, Ordering::Relaxed);
    clock.advance_secs(3600);
    let second = restarted(&clock, &["--private-hosts=127.0.0.1", &store]).await;
    assert_eq!(listener.next().await.body, told.body);
    recorded(&second, &id, "delivered").await;
}

#[tokio::test]
async fn never_inside() {
    let owner = Owner(gateway(&[]).await);
    for url in [
        "http://127.0.0.1:8787/v1/webhooks",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://10.0.0.7/hook",
        "ftp://example.com/",
        "hook",
    ] {
        let answer = owner.send("POST", "/v1/webhooks", json!({"url": url, "events": ["message.created"]})).await;
        assert_eq!(
            (answer.failure().as_str(), &answer.json()["error"]["param"]),
            ("400 invalid_request", &json!("url")),
            "{url}"
        );
    }
    // Registered while it was allowed, it is not told any more.
    let clock = TestClock::new();
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let mut listener = Listener::start().await;
    let before = self::owner(&clock, &[&store]).await;
    let id = register(&before, &listener.url, &["assistant.updated"]).await;
    drop(before);
    let owner = restarted(&clock, &[&store]).await;
    owner.ok("PUT", "/v1/assistants/help", json!({"welcome": "Hi"})).await;
    let recorded = recorded(&owner, &id, "pending").await;
    assert!(recorded["attempts"][0]["error"].as_str().unwrap().contains("private network"), "{recorded}");
    assert!(listener.heard.try_recv().is_err());
}

#[tokio::test]
async fn registered_listed_and_forgotten() {
    let owner = Owner(gateway(&[]).await);
    let body = json!({"url": "https://your-app.com/webhooks/assisters", "events": ["conversation.created"]});
    let made = owner.ok("POST", "/v1/webhooks", body).await;
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let list = owner.send("GET", "/v1/webhooks", Value::Null).await;
    assert_eq!(list.json()["webhooks"][0]["url"], "https://your-app.com/webhooks/assisters");
    assert!(!list.text.contains("whsec_"), "shown once");
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    assert_eq!(owner.get(&path).await["events"], json!(["conversation.created"]));
    assert_eq!(owner.get(&format!("{path}/deliveries")).await["total"], 0);
    assert_eq!(owner.send("POST", &format!("{path}/deliveries/none/replay"), Value::Null).await.failure(), "404 not_found");
    assert_eq!(owner.ok("DELETE", &path, Value::Null).await["deleted"], true);
    assert_eq!(owner.send("GET", &path, Value::Null).await.failure(), "404 not_found");
    for (body, param) in [
        (json!({"events": ["message.created"]}), "url"),
        (json!({"url": "https://a.example"}), "events"),
        (json!({"url": "https://a.example", "events": []}), "events"),
        (json!({"url": "https://a.example", "events": ["message.deleted"]}), "events[0]"),
        (json!({"url": "https://a.example", "events": ["message.created"], "secret": ""}), "secret"),
    ] {
        let answer = owner.send("POST", "/v1/webhooks", body.clone()).await;
        assert_eq!(
            (answer.failure().as_str(), &answer.json()["error"]["param"]),
            ("400 invalid_request", &json!(param)),
            "{body}"
        );
    }
}
