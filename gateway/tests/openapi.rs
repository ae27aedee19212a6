//! What the gateway says about its routes. Whether that is true, the suite `server` finds out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use std::collections::HashSet;

use axum::http::Method;
use common::{call, gateway};

#[tokio::test]
async fn the_document_has_every_route() {
    let router = gateway(&[]).await;
    let answer = call(&router, Method::GET, "/openapi.json", &[], "").await;
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = HashSet::new();
    let paths = document["paths"].as_object().unwrap();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no name"));
            assert!(names.insert(name.to_owned()), "{name} is the name of two");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} {status}");
            }
        }
    }
    for path in [
        "/chat",
        "/chat/stream",
        "/chat/completions",
        "/sessions/{id}",
        "/conversations/{id}/messages/stream",
        "/threads/{id}/messages/stream",
        "/assistants/{id}/execute",
        "/assistants/{id}/draft/_commit",
        "/assistants/{id}/prompt-history/compare",
        "/assisters/{id}",
        "/knowledge-bases/{id}/documents",
        "/knowledge-bases/{id}/urls",
        "/keys",
        "/webhooks/{id}/deliveries/{delivery_id}/replay",
        "/usage",
        "/wallet",
        "/uploads",
        "/uploads/{id}",
        "/visitor-tokens",
    ] {
        assert!(paths.contains_key(path), "{path} is missing");
    }
}

#[tokio::test]
async fn its_pages_ask_nobody_else() {
    let router = gateway(&[]).await;
    let page = call(&router, Method::GET, "/docs/", &[], "").await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.header("content-security-policy").contains("connect-src 'self'"), "{:?}", page.headers);
    assert!(!page.text.contains("//unpkg") && !page.text.contains("https://cdn"), "{}", page.text);
    let script = call(&router, Method::GET, "/docs/swagger-initializer.js", &[], "").await;
    assert!(script.text.contains("/openapi.json") && script.text.contains("validatorUrl"), "{}", script.text);
    assert_eq!(call(&router, Method::GET, "/docs/swagger-ui-bundle.js", &[], "").await.status.as_u16(), 200);
}
