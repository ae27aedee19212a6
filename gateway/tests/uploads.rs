//! Files that visitors attach: who may upload, what, how much, for how long, and what the upstream is told of them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use assisters_chat::protocol::{Attachment, Delivery, Dialect, Turn, User};
use assisters_gateway::Gateway;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use common::page::{ASSISTANT, folder};
use common::scripted::{Mood, Scripted, said};
use common::upstream::front;
use common::{Answer, CLIENT_KEY, NO_KNOWLEDGE, PAGE, TestClock, Visitor, call, config, gateway};
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

const BOUNDARY: &str = "multipart/form-data; boundary=edge";

/// A form with one file.
fn form(field: &str, name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nignored\r\n--edge\r\n\
         Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat()
}

async fn upload(visitor: &Visitor, name: &str, content: &[u8]) -> Answer {
    visitor.call(Method::POST, "/v1/uploads", &[("content-type", BOUNDARY)], form("file", name, content)).await
}

/// The path of a file's address.
fn path_of(uploaded: &Answer) -> String {
    let url = uploaded.json()["url"].as_str().unwrap().to_owned();
    url.strip_prefix("http://chat.example").unwrap_or_else(|| panic!("{url}")).to_owned()
}

#[tokio::test]
async fn a_file_is_kept_and_given_back_as_a_download() {
    let router = gateway(&[]).await;
    let visitor = Visitor::new(&router).await;
    let uploaded = upload(&visitor, "my photo.png", PNG).await;
    assert_eq!(uploaded.status, StatusCode::CREATED, "{}", uploaded.text);
    let body = uploaded.json();
    assert_eq!(
        (&body["name"], &body["mime_type"], &body["size"], &body["expires_at"]),
        (&json!("my photo.png"), &json!("image/png"), &json!(PNG.len()), &json!("2026-01-29T14:30:00Z"))
    );
    assert_eq!(body["file_id"], body["id"]);
    // Whoever has the address needs no token.
    let answer = router.clone();
    let read = raw(&answer, &path_of(&uploaded)).await;
    assert_eq!((read.0, read.2.as_slice()), (StatusCode::OK, PNG));
    for (name, expected) in [
        ("content-type", "image/png"),
        ("content-disposition", "attachment; filename=\"my photo.png\"; filename*=UTF-8''my%20photo.png"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, max-age=86400"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(read.1.get(name).map(|value| value.to_str().unwrap()), Some(expected), "{name}");
    }
}

/// Reads a file, which may be no text.
async fn raw(router: &Router, path: &str) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
    use tower::ServiceExt as _;
    let request = axum::http::Request::builder().uri(path).header("host", common::HOST).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

#[tokio::test]
async fn only_known_callers_may_upload() {
    let router = gateway(&[]).await;
    let key = format!("Bearer {CLIENT_KEY}");
    for (headers, expected) in [
        (vec![("origin", PAGE)], "401 invalid_api_key"),
        (vec![("origin", PAGE), ("authorization", "Bearer nonsense")], "401 invalid_api_key"),
        (vec![("origin", "https://evil.example")], "403 origin_not_allowed"),
        (vec![], "403 origin_not_allowed"),
    ] {
        let headers = [headers.as_slice(), &[("content-type", BOUNDARY)]].concat();
        let answer = call(&router, Method::POST, "/v1/uploads", &headers, form("file", "a.png", PNG)).await;
        assert_eq!(answer.failure(), expected, "{headers:?}");
    }
    let headers = [("authorization", key.as_str()), ("content-type", BOUNDARY)];
    let answer = call(&router, Method::POST, "/api/uploads", &headers, form("file", "a.png", PNG)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

#[tokio::test]
async fn what_can_not_be_taken_is_refused_with_what_can() {
    let router = gateway(&["--max-upload-bytes=1000", "--upload-types=image/*,text/plain"]).await;
    let visitor = Visitor::new(&router).await;
    let many = "x".repeat(1001);
    let far_too_many = "x".repeat(5_000_000);
    let limits = json!({"max_bytes": 1000, "allowed_types": ["image/*", "text/plain"]});
    for (name, content, expected) in [
        ("a.png", PNG, "201 -"),
        ("a.txt", &b"x".repeat(1000)[..], "201 -"),
        ("a.txt", many.as_bytes(), "413 file_too_large"),
        ("a.txt", far_too_many.as_bytes(), "413 file_too_large"),
        ("a.png", b"MZ\x90\0\x03\0", "415 unsupported_file_type"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "415 unsupported_file_type"),
        ("a.txt", b"<html><script>alert(1)</script>", "415 unsupported_file_type"),
        ("a.txt", b"", "400 invalid_request"),
    ] {
        let answer = upload(&visitor, name, content).await;
        assert_eq!(answer.failure(), expected, "{name}: {}", answer.text);
        if [413, 415].contains(&answer.status.as_u16()) {
            assert_eq!(answer.json()["error"]["details"], limits, "{name}");
            assert_eq!(answer.json()["error"]["type"], "validation_error");
        }
    }
    for (content_type, body, part) in [
        (BOUNDARY, form("other", "a.png", PNG), "the field `file` is missing"),
        (BOUNDARY, b"--edge\r\nnonsense".to_vec(), "the form can not be read"),
        ("application/json", b"{}".to_vec(), "multipart/form-data"),
    ] {
        let answer = visitor.call(Method::POST, "/v1/uploads", &[("content-type", content_type)], body).await;
        assert_eq!(answer.failure(), "400 invalid_request", "{}", answer.text);
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(part), "{}", answer.text);
    }
    let none = gateway(&["--max-upload-bytes=0"]).await;
    assert_eq!(upload(&Visitor::new(&none).await, "a.png", PNG).await.failure(), "404 uploads_disabled");
}

#[tokio::test]
async fn a_name_leads_nowhere_and_hides_nothing() {
    let router = gateway(&["--upload-types=text/html,text/plain,image/*"]).await;
    let visitor = Visitor::new(&router).await;
    for (name, kept, plain) in [
        ("../../../etc/passwd", "passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini", "boot.ini"),
        ("żółw.txt", "żółw.txt", "\"___w.txt\""),
        ("a;b%22.txt", "a;b%22.txt", "\"a;b_22.txt\""),
    ] {
        let uploaded = upload(&visitor, name, b"some words").await;
        assert_eq!(uploaded.json()["name"], kept, "{}", uploaded.text);
        let path = path_of(&uploaded);
        assert!(!path.contains(".."), "{path}");
        let (status, headers, _) = raw(&router, &path).await;
        let disposition = headers["content-disposition"].to_str().unwrap();
        assert!(status == StatusCode::OK && disposition.starts_with("attachment; filename=\""), "{disposition}");
        assert!(disposition.contains(plain), "{disposition}");
    }
    // Even where the owner allows it, a page of markup is a download that nothing is run of.
    let uploaded = upload(&visitor, "a.html", b"<html><script>alert(1)</script>").await;
    let (_, headers, _) = raw(&router, &path_of(&uploaded)).await;
    assert_eq!(headers["content-type"], "application/octet-stream");
    for path in ["/v1/uploads/file_x/a", "/v1/uploads/..%2f..%2fetc/passwd", "/v1/uploads/%2e%2e/passwd", "/v1/uploads/%00/a"] {
        assert_eq!(raw(&router, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn files_expire_and_there_are_not_too_many() {
    let clock = TestClock::new();
    let arguments = ["--upload-lifetime-secs=100", "--upload-rate=3/minute", "--upload-storage-bytes=70"];
    let router = Gateway::start_at(config(&arguments), clock.clock()).await.unwrap().router();
    let visitor = Visitor::new(&router).await;
    let first = upload(&visitor, "a.png", PNG).await;
    let path = path_of(&first);
    assert_eq!(upload(&visitor, "b.png", PNG).await.status, StatusCode::CREATED);
    assert_eq!(upload(&visitor, "c.png", PNG).await.failure(), "507 storage_full");
    let limited = upload(&visitor, "d.png", PNG).await;
    assert_eq!((limited.failure().as_str(), limited.header("retry-after")), ("429 rate_limit_exceeded", "60"));
    clock.advance_secs(99);
    assert_eq!(raw(&router, &path).await.0, StatusCode::OK);
    clock.advance_secs(1);
    assert_eq!(raw(&router, &path).await.0, StatusCode::NOT_FOUND);
    // What has expired makes room.
    assert_eq!(upload(&visitor, "e.png", PNG).await.status, StatusCode::CREATED);
}

/// What the upstream got of a file: by address in its place, by address in the text, or by id.
fn attached(dialect: Dialect, body: &Value) -> Value {
    let last = |path: &str| {
        let messages = body["messages"].as_array().unwrap();
        messages.last().unwrap().pointer(path).cloned().unwrap_or_default()
    };
    match dialect {
        Dialect::Chat | Dialect::Conversations => Value::Null,
        Dialect::Threads | Dialect::Execute => body["attachments"].clone(),
        Dialect::Informer => last("/parts/1"),
        Dialect::OpenAi => last("/content/1"),
    }
}

#[tokio::test]
async fn an_attachment_reaches_every_upstream_from_every_page() {
    for dialect in Dialect::ALL {
        let upstream = Scripted::start(dialect, Mood::Answers).await;
        let argument = format!("--upstream-dialect={dialect}");
        let router = front(&upstream.url, &[argument.as_str(), NO_KNOWLEDGE]).await;
        let visitor = Visitor::new(&router).await;
        let uploaded = upload(&visitor, "photo.png", PNG).await.json();
        let text = |name: &str| uploaded[name].as_str().unwrap().to_owned();
        let by_address = Attachment::Url { url: text("url"), mime_type: text("mime_type") };
        let by_id = Attachment::File { id: text("file_id") };
        for page in Dialect::ALL {
            for attachment in [&by_address, &by_id] {
                if !page.takes(attachment) {
                    continue;
                }
                let what = format!("{page} over {dialect}, {attachment:?}");
                let n_before = upstream.messages().len();
                let answer = send(&visitor, page, attachment).await;
                assert!(answer.status.is_success(), "{what}: {}", answer.text);
                let got = upstream.messages();
                assert_eq!(got.len(), n_before + 1, "{what}");
                let body = &got.last().unwrap().body;
                let url = text("url");
                let (place, is_in_text) = match dialect {
                    Dialect::Chat | Dialect::Conversations => (Value::Null, true),
                    // It keeps no files of ours, and has no place for an address.
                    Dialect::Threads => (Value::Null, true),
                    Dialect::Execute => (json!([{"type": "url", "mimeType": "image/png", "url": url}]), false),
                    Dialect::Informer => (json!({"type": "file", "mediaType": "image/png", "url": url}), false),
                    Dialect::OpenAi => (json!({"type": "image_url", "image_url": {"url": url}}), false),
                };
                assert_eq!(attached(dialect, body), place, "{what}: {body}");
                let question = if dialect == Dialect::OpenAi {
                    body["messages"].as_array().unwrap().last().unwrap()["content"][0]["text"].as_str().unwrap().to_owned()
                } else {
                    said(dialect, body)
                };
                let expected = if is_in_text { format!("What is that?\n\n{url}") } else { "What is that?".to_owned() };
                assert_eq!(question, expected, "{what}");
            }
        }
    }
}

/// Sends one message with a file, in the page's dialect.
async fn send(visitor: &Visitor, page: Dialect, attachment: &Attachment) -> Answer {
    let session_id = begin(visitor, page).await;
    send_in(visitor, page, &session_id, attachment).await
}

/// Begins a conversation and returns its id, empty where the first answer names it.
async fn begin(visitor: &Visitor, page: Dialect) -> String {
    let user = User::default();
    let Some(begin) = page.begin(&Turn::new(ASSISTANT, "", "", &user)) else {
        return if page.names_sessions() { String::new() } else { format!("sess_{page}") };
    };
    let path = format!("{}{}", folder(page), begin.path);
    let begun = visitor.call(Method::POST, &path, &[], begin.body.unwrap()).await;
    page.decode_begun(&begun.text).unwrap()
}

async fn send_in(visitor: &Visitor, page: Dialect, session_id: &str, attachment: &Attachment) -> Answer {
    let user = User::default();
    let attachments = [attachment.clone()];
    let turn = Turn { attachments: &attachments, ..Turn::new(ASSISTANT, "What is that?", session_id, &user) };
    let request = page.send(&turn, Delivery::Plain);
    let path = format!("{}{}", folder(page), request.path);
    visitor.call(Method::POST, &path, &[("accept", "application/json")], request.body.unwrap()).await
}

#[tokio::test]
async fn a_file_is_forgotten_by_whoever_sent_it() {
    let router = gateway(&[]).await;
    let (visitor, other) = (Visitor::new(&router).await, Visitor::new(&router).await);
    let delete = async |visitor: &Visitor, path: &str| visitor.call(Method::DELETE, path, &[], "").await;
    let uploaded = upload(&visitor, "photo.png", PNG).await;
    let path = format!("/v1/uploads/{}", uploaded.json()["id"].as_str().unwrap());
    assert_eq!(delete(&other, &path).await.failure(), "404 not_found");
    assert_eq!(raw(&router, &path_of(&uploaded)).await.0, StatusCode::OK);
    assert_eq!(delete(&visitor, &path).await.json()["deleted"], true);
    assert_eq!(raw(&router, &path_of(&uploaded)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(delete(&visitor, &path).await.failure(), "404 not_found");

    // And with the conversation that it was sent in, whose history shows it until then.
    for page in [Dialect::Chat, Dialect::Conversations, Dialect::Threads, Dialect::Informer] {
        let uploaded = upload(&visitor, "photo.png", PNG).await;
        let url = uploaded.json()["url"].as_str().unwrap().to_owned();
        let session_id = begin(&visitor, page).await;
        let by_address = Attachment::Url { url: url.clone(), mime_type: "image/png".to_owned() };
        let answer = send_in(&visitor, page, &session_id, &by_address).await;
        assert!(answer.status.is_success(), "{page}: {}", answer.text);
        let history = format!("{}{}", folder(page), page.history(&session_id).unwrap().path);
        let told = page.decode_history(&visitor.get(&history).await.text).unwrap();
        let files: Value = serde_json::from_str(&told[0].files).unwrap();
        assert_eq!((told[0].content.as_str(), told[1].files.as_str()), ("What is that?", ""), "{page}");
        assert_eq!((&files[0]["url"], &files[0]["name"]), (&json!(url), &json!("photo.png")), "{page}");
        let forget = format!("{}{}", folder(page), page.forget(&session_id).unwrap().path);
        assert_eq!(delete(&other, &forget).await.failure(), "404 not_found", "{page}");
        assert_eq!(raw(&router, &path_of(&uploaded)).await.0, StatusCode::OK, "{page}");
        assert_eq!(delete(&visitor, &forget).await.json()["deleted"], true, "{page}");
        assert_eq!(raw(&router, &path_of(&uploaded)).await.0, StatusCode::NOT_FOUND, "{page}");
    }
}

#[tokio::test]
async fn an_id_that_the_upstream_can_not_know_is_refused_in_words() {
    for dialect in Dialect::ALL {
        let upstream = Scripted::start(dialect, Mood::Answers).await;
        let argument = format!("--upstream-dialect={dialect}");
        let router = front(&upstream.url, &[argument.as_str(), NO_KNOWLEDGE]).await;
        let somebody = Visitor::new(&router).await;
        let theirs = upload(&somebody, "photo.png", PNG).await.json()["file_id"].as_str().unwrap().to_owned();
        let visitor = Visitor::new(&router).await;
        assert_ne!(visitor.id, somebody.id);
        for id in ["file_of_the_api", theirs.as_str()] {
            let answer = send(&visitor, Dialect::Threads, &Attachment::File { id: id.to_owned() }).await;
            if matches!(dialect, Dialect::Threads | Dialect::OpenAi) {
                assert!(answer.status.is_success(), "{dialect}: {}", answer.text);
                let body = &upstream.messages().last().unwrap().body.clone();
                assert!(body.to_string().contains(id) && !body.to_string().contains("/uploads/"), "{dialect}: {body}");
            } else {
                assert_eq!(answer.failure(), "400 unsupported_attachment", "{dialect}: {}", answer.text);
                assert!(answer.text.contains("takes files only by their `url`"), "{}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn the_embedded_assistant_says_that_it_reads_no_files() {
    let visitor = Visitor::new(&gateway(&[]).await).await;
    let uploaded = upload(&visitor, "receipt `1`.pdf", b"%PDF-1.7\n...").await.json();
    let url = uploaded["url"].as_str().unwrap().to_owned();
    let attachment = Attachment::Url { url, mime_type: "application/pdf".to_owned() };
    for page in Dialect::ALL {
        let answer = send(&visitor, page, &attachment).await;
        let text = answer.text.replace("\\u2019", "'");
        assert!(text.contains("I can't read attachments here, so I did not look into `receipt '1'.pdf`."), "{page}: {text}");
    }
    let ask = |attachments: Value| json!({"assistant": "help", "message": "Can I return shoes?", "attachments": attachments});
    let answer = visitor.post("/v1/chat", ask(Value::Null)).await;
    assert!(!answer.text.contains("attachments"), "{}", answer.text);
    // An addition to a document that has no place for files: what a client says all the same is not passed over in silence.
    let answer = visitor.post("/v1/chat", ask(json!([{"type": "file", "file_id": uploaded["file_id"]}]))).await;
    assert!(answer.text.contains("I can't read attachments here, so I did not look into `receipt '1'.pdf`."), "{}", answer.text);
    assert_eq!(visitor.post("/v1/chat", ask(json!([{"type": "photo"}]))).await.failure(), "400 invalid_request");
}
