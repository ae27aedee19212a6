//! `diagnose()`: every fault that a page can have is named, with what mends it, and nothing is said of a page without one.

use e2e::chat::{run, run_async, seen};
use e2e::fault::FaultServer;
use e2e::files::leftovers;
use e2e::page::{NONCE, Page};
use e2e::script::Answer;
use e2e::world::{World, scenario};
use serde_json::Value;

/// A page whose widget and API are another origin's, which is where most faults are.
struct Site {
    pages: FaultServer,
    cdn: FaultServer,
}

impl Site {
    async fn start() -> Self {
        let site = Self { pages: FaultServer::start().await, cdn: FaultServer::start().await };
        site.cdn.mint_tokens();
        site
    }

    /// A page with a widget, and further options.
    fn page(&self, further: &[(&str, &str)]) -> Page {
        let api_url = self.cdn.api_url();
        let mut attributes = vec![("assistant", "helper"), ("api-url", api_url.as_str())];
        attributes.retain(|(name, _)| further.iter().all(|(other, _)| other != name));
        attributes.extend(further);
        Page::with_widget(&self.cdn.url("/assisters.js"), &attributes)
    }

    async fn visit(&self, world: &World, page: &Page) {
        world.visit(&self.pages.page("/page", page)).await;
        world.chat().until("the launcher", |state| state.mounted).await;
    }
}

/// Diagnoses the page, and holds the findings to their codes. `words` are what problem and fix together must say.
async fn expect(world: &World, what: &str, codes: &[&str], words: &[&str]) {
    let found = run_async(world.driver(), "return await Assisters.diagnose();").await;
    let findings = found.as_array().unwrap_or_else(|| panic!("{what}: {found}"));
    let named: Vec<_> = findings.iter().filter_map(|finding| finding["code"].as_str()).collect();
    assert_eq!(named, codes, "{what}: {found:#}");
    let said: String =
        findings.iter().flat_map(|finding| [&finding["problem"], &finding["fix"]]).filter_map(Value::as_str).collect();
    for word in words {
        assert!(said.contains(word), "{what}: nothing says {word:?}: {found:#}");
    }
    // What is returned is printed too, each in one line.
    let printed = seen(world.driver()).await.console;
    for finding in findings {
        let (problem, fix) = (finding["problem"].as_str().unwrap(), finding["fix"].as_str().unwrap());
        assert!(
            printed.iter().any(|line| line.contains(problem) && line.contains(fix)),
            "{what}: not printed: {finding}: {printed:#?}"
        );
    }
}

#[tokio::test]
async fn nothing_is_wrong() {
    scenario("nothing_is_wrong", async |world| {
        let site = Site::start().await;
        site.visit(world, &site.page(&[])).await;
        expect(world, "closed", &[], &[]).await;
        let chat = world.chat();
        chat.open().await;
        expect(world, "open", &[], &[]).await;
        let state = chat.ask_and_wait("hello").await;
        assert_eq!(state.answer().text, "You said: hello");
        world.visit(&site.pages.page("/bare", &Page::with_script(&site.cdn.url("/assisters.js")))).await;
        expect(world, "no widget", &["not-mounted"], &["data-assistant", "mount()"]).await;
    })
    .await;
}

#[tokio::test]
async fn what_the_policy_refuses() {
    scenario("what_the_policy_refuses", async |world| {
        let rows: [(&str, &str, &[&str], &[&str]); 4] = [
            (
                "no WebAssembly",
                "script-src CDN 'nonce-NONCE'; connect-src CDN",
                &["wasm-refused"],
                &["make \"script-src CDN 'nonce-NONCE'\" into \"script-src CDN 'nonce-NONCE' 'wasm-unsafe-eval'\""],
            ),
            (
                "no connection",
                "script-src CDN 'nonce-NONCE' 'wasm-unsafe-eval'; connect-src 'self'",
                &["connect-refused", "connect-refused"],
                &["make \"connect-src 'self'\" into \"connect-src 'self' CDN\""],
            ),
            (
                "nothing by default",
                "default-src 'none'; script-src CDN 'nonce-NONCE' 'wasm-unsafe-eval'; img-src data:",
                &["connect-refused", "connect-refused"],
                &["make \"default-src 'none'\" into \"connect-src CDN\""],
            ),
            (
                "not this script",
                "script-src CDN/assisters.js CDN/DIAGNOSE 'nonce-NONCE' 'wasm-unsafe-eval'; connect-src CDN",
                &["script-refused"],
                &["into \"script-src CDN/assisters.js", " CDN\"."],
            ),
        ];
        let diagnose = std::fs::read_dir(e2e::files::dist().join("assets"))
            .unwrap()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let diagnose = diagnose.into_iter().find(|name| name.starts_with("diagnose-") && name.ends_with(".js")).unwrap();
        for (what, policy, codes, words) in rows {
            let site = Site::start().await;
            let (origin, path) = (site.cdn.origin(), format!("assets/{diagnose}"));
            let filled = |text: &str| text.replace("CDN", &origin).replace("NONCE", NONCE).replace("DIAGNOSE", &path);
            site.visit(world, &site.page(&[]).header("content-security-policy", &filled(policy))).await;
            let words: Vec<_> = words.iter().map(|word| filled(word)).collect();
            expect(world, what, codes, &words.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_the_files() {
    scenario("what_is_wrong_with_the_files", async |world| {
        let site = Site::start().await;
        site.cdn.route("GET", "/assets/engine-", |_| Answer::error(404, "not_found"));
        site.visit(world, &site.page(&[])).await;
        expect(world, "404", &["engine-missing"], &["answers 404", "Serve the whole folder"]).await;

        let site = Site::start().await;
        site.cdn.route("GET", "/assets/engine-", |request| {
            let (_, bytes) = e2e::files::read_dist(request.path.split('?').next().unwrap_or_default()).unwrap();
            Answer::new(200, "text/plain", bytes)
        });
        site.visit(world, &site.page(&[])).await;
        expect(world, "media type", &["mime-type"], &["served as text/plain", "text/javascript"]).await;

        let site = Site::start().await;
        site.cdn.forbid_cors("/assets/engine-");
        site.visit(world, &site.page(&[])).await;
        expect(world, "CORS", &["cors"], &["Access-Control-Allow-Origin", &site.pages.origin()]).await;

        let site = Site::start().await;
        site.cdn.route("GET", "/assets/engine-", |request| {
            let (media_type, bytes) = e2e::files::read_dist(request.path.split('?').next().unwrap_or_default()).unwrap();
            let cut = if media_type == "text/javascript" { bytes.slice(..bytes.len() / 2) } else { bytes };
            Answer::new(200, media_type, cut)
        });
        site.visit(world, &site.page(&[])).await;
        expect(world, "half a file", &["engine"], &["does not run", "as they were built"]).await;

        let site = Site::start().await;
        site.cdn.route("GET", "/assets/", |_| Answer::error(404, "not_found"));
        site.visit(world, &site.page(&[])).await;
        let found = run_async(world.driver(), "return await Assisters.diagnose();").await;
        assert_eq!(found[0]["code"], "engine", "{found}");
        assert!(found[0]["fix"].as_str().is_some_and(|fix| fix.contains("/assets/diagnose-")), "{found}");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_the_api() {
    scenario("what_is_wrong_with_the_api", async |world| {
        let site = Site::start().await;
        site.cdn.route("POST", "/v1/visitor-tokens", |_| Answer::error(403, "origin_not_allowed"));
        site.visit(world, &site.page(&[])).await;
        expect(world, "origin", &["origin-refused"], &[&site.pages.origin(), "ASSISTERS_ORIGINS"]).await;

        let site = Site::start().await;
        site.cdn.route("POST", "/v1/visitor-tokens", |_| Answer::error(500, "server_error"));
        site.visit(world, &site.page(&[])).await;
        expect(world, "failure", &["api-error"], &["answers 500"]).await;

        let site = Site::start().await;
        site.cdn.forbid_cors("/v1/");
        site.visit(world, &site.page(&[])).await;
        expect(world, "CORS", &["cors"], &["Access-Control-Allow-Origin", &site.pages.origin()]).await;

        let site = Site::start().await;
        let gone = FaultServer::start().await.api_url();
        site.visit(world, &site.page(&[("api-url", &gone)])).await;
        expect(world, "gone", &["unreachable"], &[&gone, "Check the address"]).await;

        let offline = "Object.defineProperty(navigator, 'onLine', { get: () => false });";
        site.visit(world, &site.page(&[("api-url", &gone)]).script(offline)).await;
        expect(world, "offline", &["offline"], &["is offline", "Try again"]).await;

        // As an ad blocker does it, from within the page: this address fails, its neighbours answer.
        let site = Site::start().await;
        let page = site.page(&[]).script(
            "const direct = window.fetch;
             window.fetch = (url, init) => (/visitor-tokens/.test(url) ? Promise.reject(new TypeError('Failed to fetch')) : direct(url, init));",
        );
        site.visit(world, &page).await;
        expect(world, "ad blocker", &["blocked"], &["ad blocker", "your own domain"]).await;

        let site = Site::start().await;
        let page = site.page(&[]).script("const now = Date.now; Date.now = () => now() + 2 * 60 * 60_000;");
        site.visit(world, &page).await;
        expect(world, "clock", &["clock-skew"], &["120 minutes ahead", "Set the clock"]).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_the_page() {
    scenario("what_is_wrong_with_the_page", async |world| {
        let site = Site::start().await;
        let page = site.page(&[]).script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });",
        );
        site.visit(world, &page).await;
        expect(world, "storage", &["storage-blocked"], &["keeps nothing", "persist: \"none\""]).await;

        site.visit(world, &site.page(&[("api-key", "ask_secret")])).await;
        expect(world, "key", &["key-in-page"], &["\"apiKey\"", "getToken"]).await;
        site.visit(world, &site.page(&[("headers", "{\"Authorization\": \"Bearer ask_secret\"}")])).await;
        expect(world, "key in a header", &["key-in-page"], &["\"Authorization\""]).await;

        site.visit(world, &site.page(&[]).script("delete window.WebAssembly;")).await;
        expect(world, "no WebAssembly", &["wasm-missing"], &["has no WebAssembly", "plain form"]).await;

        // Opened from the disk, with a script from a server.
        let file = leftovers().join("opened.html");
        let html = format!(
            "<!doctype html><script>window.seen = {{ console: [], events: [], violations: [], failures: [] }};
             for (const level of ['error', 'warn']) console[level] = (...words) => seen.console.push(words.join(' '));</script>
             <body><script src=\"{}\" data-assistant=\"helper\" data-api-url=\"{}\"></script>",
            site.cdn.url("/assisters.js"),
            site.cdn.api_url()
        );
        std::fs::write(&file, html).unwrap();
        world.visit(&format!("file://{}", file.display())).await;
        expect(world, "file", &["file"], &["Serve it over HTTP"]).await;
    })
    .await;
}

#[tokio::test]
async fn what_hides_the_launcher() {
    scenario("what_hides_the_launcher", async |world| {
        let site = Site::start().await;
        let rows: [(&str, &str, &[&str], &[&str]); 5] = [
            ("banner", "<div id=\"banner\" class=\"cookie wall\" style=\"position:fixed;inset:0;z-index:99999\"></div>", &["covered"], &["<div#banner.cookie.wall>", "z-index of 99999", "zIndex"]),
            ("transform", "<style>body { transform: translateX(0); height: 3000px }</style>", &["transformed-ancestor", "off-screen"], &["<body>", "will-change"]),
            ("contain", "<style>html { contain: paint }</style>", &["transformed-ancestor"], &["<html>"]),
            ("hidden", "<style>assisters-chat { display: none !important }</style>", &["hidden"], &["<assisters-chat>"]),
            ("outside", "<style>assisters-chat { --assisters-offset-x: -300px !important }</style>", &["off-screen"], &["offset or position"]),
        ];
        for (what, markup, codes, words) in rows {
            site.visit(world, &site.page(&[]).body(markup)).await;
            expect(world, what, codes, words).await;
        }

        site.visit(world, &site.page(&[])).await;
        run(world.driver(), "document.querySelector('assisters-chat').remove();").await;
        expect(world, "removed", &["not-in-page"], &["mount it again"]).await;

        world.visit(&site.pages.page("/inline", &Page::with_script(&site.cdn.url("/assisters.js")).body("<div id=\"place\" style=\"height: 40px\"></div>"))).await;
        let api_url = site.cdn.api_url();
        let found = run_async(
            world.driver(),
            &format!("const chat = await Assisters.mount(document.querySelector('#place'), {{ assistant: 'helper', apiUrl: '{api_url}' }}); return await chat.diagnose();"),
        )
        .await;
        assert_eq!((found[0]["code"].as_str(), found.as_array().map(Vec::len)), (Some("no-room"), Some(1)), "{found}");
    })
    .await;
}
