//! Web pages in knowledge bases: which are read, how far, how often, and from where never.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use assisters_gateway::Gateway;
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use common::{Answer, CLIENT_KEY, TestClock, call, config};
use serde_json::{Value, json};

/// A web site that the test changes.
#[derive(Clone, Default)]
struct Site {
    pages: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn start(pages: &[(&str, &str)]) -> (Self, String) {
        let site = Self::default();
        for (path, html) in pages {
            site.put(path, 200, html);
        }
        let served = site.clone();
        let router = Router::new().fallback(move |request: Request| async move { served.answer(request.uri().path()) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (site, origin)
    }

    /// Puts a page in its place; of a redirect the content is where it leads.
    fn put(&self, path: &str, status: u16, html: &str) {
        self.pages.lock().unwrap().insert(path.to_owned(), (status, html.to_owned()));
    }

    fn answer(&self, path: &str) -> Response {
        self.asked.lock().unwrap().push(path.to_owned());
        match self.pages.lock().unwrap().get(path).cloned() {
            None => StatusCode::NOT_FOUND.into_response(),
            Some((302, location)) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
            Some((status, html)) => {
                let media_type = if path.ends_with(".png") { "image/png" } else { "text/html; charset=utf-8" };
                (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, media_type)], html).into_response()
            }
        }
    }

    /// What was asked for since the last time, each once.
    fn asked(&self) -> Vec<String> {
        let mut asked: Vec<String> = self.asked.lock().unwrap().drain(..).collect();
        asked.sort();
        asked
    }
}

struct Owner {
    gateway: Gateway,
    clock: TestClock,
}

impl Owner {
    async fn new(arguments: &[&str]) -> Self {
        let reader = concat!("--document-reader=", env!("CARGO_BIN_EXE_assisters-gateway"));
        let clock = TestClock::new();
        let config = config(&[&[reader], arguments].concat());
        Self { gateway: Gateway::start_at(config, clock.clock()).await.unwrap(), clock }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let headers = [("authorization", format!("Bearer {CLIENT_KEY}")), ("prefer", "respond-async, wait=30".to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        call(&self.gateway.router(), method, path, &headers, body.to_string()).await
    }

    async fn add(&self, body: Value) -> Value {
        let answer = self.call(Method::POST, "/v1/knowledge-bases/kb_web/urls", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["urls"][0].clone()
    }

    async fn search(&self, query: &str) -> Vec<String> {
        let body = json!({"query": query, "limit": 50});
        let found = self.call(Method::POST, "/v1/knowledge-bases/kb_web/search", body).await.json();
        let mut urls: Vec<String> =
            found["results"].as_array().unwrap().iter().map(|result| result["url"].as_str().unwrap().to_owned()).collect();
        urls.sort();
        urls
    }

    async fn source(&self, id: &Value) -> Value {
        self.call(Method::GET, &format!("/v1/knowledge-bases/kb_web/urls/{}", id.as_str().unwrap()), Value::Null).await.json()
    }
}

fn arguments(origin: &str) -> [String; 2] {
    [format!("--knowledge-sites={origin}"), "--private-hosts=127.0.0.1".to_owned()]
}

const PAGES: &[(&str, &str)] = &[
    (
        "/docs",
        "<title>Docs</title><main><h1>Docs</h1><p>The marmot whistles.</p></main><a href=/one>1</a><a href='/old#x'>o</a><a href=http://10.0.0.1/>far</a><a href=/logo.png>logo</a><a href=/gone>gone</a>",
    ),
    ("/one", "<h1>One</h1><h2 id=deep>Deep</h2><p>The marmot digs.</p><a href=/two>2</a><a href=/docs>back</a>"),
    ("/two", "<h1>Two</h1><p>The marmot sleeps.</p><a href=/three>3</a>"),
    ("/three", "<h1>Three</h1><p>The marmot eats.</p>"),
    ("/new", "<meta name=robots content=noindex><h1>New</h1><p>The marmot hides.</p><a href=/one>1</a>"),
    ("/logo.png", "no page"),
];

#[tokio::test]
async fn pages_are_read_as_far_as_they_were_wanted() {
    for (crawl_depth, expected, asked) in [
        (0, vec!["/docs"], vec!["/docs"]),
        (1, vec!["/docs", "/one#deep"], vec!["/docs", "/gone", "/logo.png", "/new", "/old", "/one"]),
        (2, vec!["/docs", "/one#deep", "/two"], vec!["/docs", "/gone", "/logo.png", "/new", "/old", "/one", "/two"]),
        (
            5,
            vec!["/docs", "/one#deep", "/three", "/two"],
            vec!["/docs", "/gone", "/logo.png", "/new", "/old", "/one", "/three", "/two"],
        ),
    ] {
        let (site, origin) = Site::start(PAGES).await;
        site.put("/old", 302, "/new");
        let options = arguments(&origin);
        let owner = Owner::new(&options.each_ref().map(String::as_str)).await;
        let source = owner.add(json!({"urls": [format!("{origin}/docs#part")], "crawl_depth": crawl_depth})).await;
        assert_eq!(
            (&source["status"], &source["error"], &source["pages"]),
            (&json!("ready"), &Value::Null, &json!(expected.len())),
            "{source}"
        );
        assert_eq!(site.asked(), asked, "depth {crawl_depth}");
        let expected: Vec<String> = expected.into_iter().map(|path| format!("{origin}{path}")).collect();
        assert_eq!(owner.search("marmot").await, expected, "depth {crawl_depth}");
        let id = source["id"].as_str().unwrap();
        let gone = owner.call(Method::DELETE, &format!("/v1/knowledge-bases/kb_web/urls/{id}"), Value::Null).await;
        assert_eq!((gone.status, owner.search("marmot").await), (StatusCode::OK, vec![]));
    }
}

#[tokio::test]
async fn pages_are_read_again_when_they_are_due() {
    const DAY_SECS: u64 = 24 * 60 * 60;
    let (site, origin) = Site::start(PAGES).await;
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let [sites, private] = arguments(&origin);
    let owner = Owner::new(&[&sites, &private, &store]).await;
    let body = json!({"urls": [format!("{origin}/one")], "crawl_depth": 1, "refresh_schedule": "weekly"});
    let source = owner.add(body).await;
    let n_first = site.asked().len();
    assert_eq!((n_first, &source["next_refresh_at"]), (3, &json!("2026-02-04T14:30:00Z")));
    site.put("/one", 200, "<h1>One</h1><p>The heron waits.</p>");
    owner.clock.advance_secs(7 * DAY_SECS - 1);
    assert_eq!((owner.gateway.read_due_pages().await.unwrap(), site.asked().len()), (0, 0));
    // Due while it does not run: read after the next start.
    let now = owner.clock.clone();
    drop(owner);
    now.advance_secs(1);
    let reader = concat!("--document-reader=", env!("CARGO_BIN_EXE_assisters-gateway"));
    let gateway = Gateway::start_at(config(&[reader, &sites, &private, &store]), now.clock()).await.unwrap();
    let owner = Owner { gateway, clock: now };
    assert_eq!(owner.search("marmot").await.len(), 3);
    assert_eq!((owner.gateway.read_due_pages().await.unwrap(), site.asked()), (1, vec!["/one".to_owned()]));
    assert_eq!(owner.search("marmot heron").await, [format!("{origin}/one")], "pages that nothing leads to are forgotten");
    let source = owner.source(&source["id"]).await;
    assert_eq!((&source["pages"], &source["next_refresh_at"]), (&json!(1), &json!("2026-02-11T14:30:00Z")));
    // What can not be read is kept as it was, and tried again soon.
    site.put("/one", 503, "");
    owner.clock.advance_secs(7 * DAY_SECS);
    assert_eq!(owner.gateway.read_due_pages().await.unwrap(), 1);
    let failed = owner.source(&source["id"]).await;
    assert_eq!((&failed["pages"], &failed["next_refresh_at"]), (&json!(1), &json!("2026-02-11T15:30:00Z")));
    assert!(failed["error"].as_str().unwrap().contains("503"), "{failed}");
    assert_eq!(owner.search("heron").await.len(), 1);
}

#[tokio::test]
async fn only_where_the_owner_allowed() {
    let (_other, elsewhere) = Site::start(&[("/secret", "<p>The marmot is secret.</p>")]).await;
    let (site, origin) = Site::start(PAGES).await;
    site.put("/out", 302, &format!("{elsewhere}/secret"));
    site.put("/loop", 302, "/loop");
    let [sites, private] = arguments(&origin);
    let owner = Owner::new(&[&sites, &private]).await;
    for (path, words) in
        [("/out", "may not be read"), ("/loop", "more than 5 times"), ("/gone", "404"), ("/logo.png", "image/png")]
    {
        let source = owner.add(json!({"urls": [format!("{origin}{path}")]})).await;
        assert_eq!((&source["status"], &source["pages"]), (&json!("failed"), &json!(0)), "{path}: {source}");
        assert!(source["error"].as_str().unwrap().contains(words), "{path}: {source}");
    }
    assert_eq!(owner.search("marmot").await, [""; 0]);
    // Allowed, but private.
    let owner = Owner::new(&[&sites]).await;
    let answer = owner.call(Method::POST, "/v1/knowledge-bases/kb_web/urls", json!({"urls": [format!("{origin}/docs")]})).await;
    assert_eq!(answer.failure(), "400 invalid_request");
    assert!(answer.text.contains("ASSISTERS_PRIVATE_HOSTS"), "{}", answer.text);
    assert_eq!(site.asked().iter().filter(|path| *path == "/docs").count(), 0);
}
