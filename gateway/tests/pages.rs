//! What a browser opens: the widget's files, the demo, the help pages.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod common;

use axum::Router;
use axum::http::{Method, StatusCode};
use common::{call, demo_folder, gateway};

async fn with_widget() -> (Router, tempfile::TempDir) {
    let dist = tempfile::tempdir().unwrap();
    std::fs::create_dir(dist.path().join("assets")).unwrap();
    for (name, content) in [
        ("assisters.js", "loader"),
        ("assisters.js.br", "loader, smaller"),
        ("frame.html", "<!doctype html>"),
        ("assets/engine-1a2b3c4d.wasm", "engine"),
        ("assets/engine-1a2b3c4d.wasm.br", "engine, smaller"),
    ] {
        std::fs::write(dist.path().join(name), content).unwrap();
    }
    let router = gateway(&[&format!("--dist={}", dist.path().display()), &format!("--demo={}", demo_folder().display())]).await;
    (router, dist)
}

#[tokio::test]
async fn the_widget_is_for_every_site() {
    let (router, _dist) = with_widget().await;
    for (path, encoding, body, media_type, caching) in [
        ("/assisters.js", "br", "loader, smaller", "text/javascript; charset=utf-8", "public, no-cache"),
        ("/assisters.js", "gzip", "loader", "text/javascript; charset=utf-8", "public, no-cache"),
        ("/assets/engine-1a2b3c4d.wasm", "br", "engine, smaller", "application/wasm", "public, max-age=31536000, immutable"),
        ("/frame.html", "", "<!doctype html>", "text/html; charset=utf-8", "public, no-cache"),
    ] {
        let answer = call(&router, Method::GET, path, &[("accept-encoding", encoding)], "").await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, body), "{path}");
        assert_eq!((answer.header("content-type"), answer.header("cache-control")), (media_type, caching), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("vary"), "accept-encoding", "{path}");
        assert!(!answer.header("etag").is_empty(), "{path}");
        let again =
            call(&router, Method::GET, path, &[("accept-encoding", encoding), ("if-none-match", answer.header("etag"))], "")
                .await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
    }
    let frame = call(&router, Method::GET, "/frame.html", &[], "").await;
    assert!(!frame.header("content-security-policy").contains("frame-ancestors"), "it may stand on any site");
}

#[tokio::test]
async fn the_demo_is_held_to_a_strict_policy() {
    let (router, _dist) = with_widget().await;
    for path in ["/", "/index.html", "/help/returns", "/shop.css", "/nothing-here"] {
        let answer = call(&router, Method::GET, path, &[], "").await;
        let policy = answer.header("content-security-policy");
        for part in
            ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "trusted-types 'none'", "frame-ancestors 'self'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains('*'), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    assert!(call(&router, Method::GET, "/", &[], "").await.text.contains("/assisters.js"));
}

#[tokio::test]
async fn help_pages_have_the_places_that_sources_name() {
    let (router, _dist) = with_widget().await;
    let page = call(&router, Method::GET, "/help/returns", &[], "").await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(page.text.contains("<h2 id=\"worn-or-washed-items\">"), "{}", page.text);
    assert!(page.text.contains("<title>Returns and exchanges"), "{}", page.text);
    assert!(page.text.contains("<a href=\"/help/shipping\">"), "{}", page.text);
    assert!(!page.text.contains("{{"), "{}", page.text);
    assert_eq!(call(&router, Method::GET, "/help", &[], "").await.status, StatusCode::TEMPORARY_REDIRECT);
    for path in ["/help/nothing", "/help/..%2f..%2fCargo.toml", "/page.html", "/..%2f..%2fCargo.toml"] {
        assert_eq!(call(&router, Method::GET, path, &[], "").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(call(&router, Method::POST, "/", &[], "").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_widget_that_is_not_built_says_how() {
    let router = gateway(&["--dist=/nowhere", "--demo=/nowhere"]).await;
    let missing = call(&router, Method::GET, "/assisters.js", &[], "").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.text.contains("cargo xtask dist"), "{}", missing.text);
    assert!(
        call(&router, Method::GET, "/help/returns", &[], "").await.text.contains("worn-or-washed-items"),
        "a plain page will do"
    );
}
