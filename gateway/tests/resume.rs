//! Answers that are left and come back to, each streaming dialect: the rest after a reload, only for the same visitor, not for ever.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_chat::protocol::{AnswerDecoder, Delivery, Dialect, Event, Request, Turn, User};
use axum::Router;
use axum::http::{Method, StatusCode};
use common::page::{ASSISTANT, Page, Read, folder};
use common::scripted::{Mood, Scripted, WORDS};
use common::upstream::{front, serve, soon};
use common::{NO_KNOWLEDGE, PAGE, Visitor};
use serde_json::json;

const STREAMING: [Dialect; 5] = [Dialect::Chat, Dialect::Conversations, Dialect::Threads, Dialect::Informer, Dialect::OpenAi];

/// An answer of which a visitor has seen the first word, and then left.
struct Left {
    upstream: Scripted,
    router: Router,
    visitor: Visitor,
    dialect: Dialect,
    seen: Read,
    last_event_id: String,
}

impl Left {
    async fn in_dialect(dialect: Dialect, resume_secs: &str) -> Self {
        let upstream = Scripted::start(Dialect::Conversations, Mood::Hesitates).await;
        let router = front(&upstream.url, &["--upstream-dialect=conversations", NO_KNOWLEDGE, resume_secs]).await;
        let visitor = Visitor::new(&router).await;
        let mut page = Page::new(&visitor, dialect);
        page.begin().await.unwrap_or_else(|refused| panic!("{dialect}: {}", refused.text));
        let base = serve(router.clone()).await.replace("/v1", folder(dialect));
        let user = User::default();
        let message = dialect.send(&Turn::new(ASSISTANT, "hi", &page.session_id, &user), Delivery::Stream);
        let mut response = send(&base, &visitor.token, &message).await;
        if let Some(listen) = dialect.listen(&page.session_id) {
            response = send(&base, &visitor.token, &listen).await;
        }
        let mut decoder = AnswerDecoder::new(dialect);
        let mut seen = Read::default();
        while seen.text.is_empty() {
            let chunk = soon(response.chunk()).await.unwrap().expect("the first word");
            decoder.push(&chunk, &mut |event: Result<Event, _>| seen.take(event.unwrap()));
        }
        let last_event_id = decoder.last_event_id().to_owned();
        drop(response);
        Self { upstream, router, visitor, dialect, seen, last_event_id }
    }

    fn path(&self) -> String {
        let request = Request::resume(&self.last_event_id).expect("the gateway's ids");
        format!("{}{}", folder(self.dialect), request.path)
    }
}

async fn send(base: &str, token: &str, request: &Request) -> reqwest::Response {
    let method = request.method.as_str().parse().unwrap();
    let call =
        reqwest::Client::new().request(method, format!("{base}{}", request.path)).bearer_auth(token).header("origin", PAGE);
    let call = call.header("accept", request.accept()).header("idempotency-key", "k");
    soon(call.body(request.body.clone().unwrap_or_default()).send()).await.unwrap()
}

#[tokio::test]
async fn the_rest_of_an_answer_after_a_reload() {
    for dialect in STREAMING {
        let left = Left::in_dialect(dialect, "--resume-secs=60").await;
        let stranger = Visitor::new(&left.router).await;
        assert_eq!(stranger.get(&left.path()).await.failure(), "404 not_found", "{dialect}: somebody else's");
        left.upstream.released.send_replace(true);

        let rest = left.visitor.call(Method::GET, &left.path(), &[("last-event-id", &left.last_event_id)], "").await;
        assert_eq!(rest.status, StatusCode::OK, "{dialect}: {}", rest.text);
        let read = Read::decode(dialect, &rest);
        assert_eq!([left.seen.text.as_str(), &read.text].concat(), WORDS.concat(), "{dialect}: {}", rest.text);
        assert_eq!((read.n_ends, read.sources.len()), (1, 1), "{dialect}: {}", rest.text);

        // Once more, and from the beginning; the upstream was asked once.
        let again = left.visitor.call(Method::GET, &left.path(), &[("last-event-id", &left.last_event_id)], "").await;
        assert_eq!(again.text, rest.text, "{dialect}");
        let whole = Read::decode(dialect, &left.visitor.get(&left.path()).await);
        assert_eq!(whole.text, WORDS.concat(), "{dialect}");
        assert_eq!(left.upstream.messages().len(), 1, "{dialect}");
    }
}

#[tokio::test]
async fn an_answer_is_not_made_for_ever() {
    for dialect in STREAMING {
        let mut left = Left::in_dialect(dialect, "--resume-secs=1").await;
        soon(left.upstream.dropped.recv()).await.unwrap();
        assert_eq!(left.visitor.get(&left.path()).await.failure(), "404 not_found", "{dialect}");
    }
}

#[tokio::test]
async fn a_visitor_who_says_stop_ends_the_upstream_s_work_at_once() {
    for dialect in STREAMING {
        let mut left = Left::in_dialect(dialect, "--resume-secs=3600").await;
        let stranger = Visitor::new(&left.router).await;
        assert_eq!(stranger.call(Method::DELETE, &left.path(), &[], "").await.failure(), "404 not_found", "{dialect}");
        assert!(left.upstream.dropped.try_recv().is_err(), "{dialect}");
        let stopped = left.visitor.call(Method::DELETE, &left.path(), &[], "").await;
        assert_eq!(stopped.json()["stopped"], true, "{dialect}: {}", stopped.text);
        soon(left.upstream.dropped.recv()).await.unwrap();
    }
}

#[tokio::test]
async fn a_thread_without_a_message_has_nothing_to_stream() {
    let upstream = Scripted::start(Dialect::Chat, Mood::Answers).await;
    let router = front(&upstream.url, &[NO_KNOWLEDGE]).await;
    let visitor = Visitor::new(&router).await;
    let mut page = Page::new(&visitor, Dialect::Threads);
    page.begin().await.unwrap_or_else(|refused| panic!("{}", refused.text));
    let path = format!("/v1/threads/{}", page.session_id);
    assert_eq!(visitor.get(&format!("{path}/messages/stream")).await.failure(), "404 not_found");
    let kept = visitor.post(&format!("{path}/messages"), json!({"role": "user", "content": "Hello?"})).await;
    assert_eq!((kept.status.as_u16(), &kept.json()["role"]), (201, &json!("user")), "nobody is asked yet: {}", kept.text);
    assert_eq!(visitor.get(&format!("{path}/messages/stream")).await.failure(), "404 not_found");
    let posted = visitor.post(&format!("{path}/messages"), json!({"assistant_id": "a", "role": "user", "content": "hi"})).await;
    assert_eq!(
        (&posted.json()["role"], &posted.json()["content"]),
        (&json!("assistant"), &json!(WORDS.concat())),
        "as documented"
    );
    let messages = visitor.get(&format!("{path}/messages")).await.json();
    let contents: Vec<_> =
        messages["data"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap()).collect();
    assert_eq!(contents, ["Hello?", "hi", &WORDS.concat()]);
    assert_eq!(visitor.call(Method::DELETE, &path, &[], "").await.json()["deleted"], true);
    assert_eq!(visitor.get(&path).await.failure(), "404 not_found");
}
