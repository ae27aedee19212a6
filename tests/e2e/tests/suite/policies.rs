//! Pages under every policy that a site may have: each ends with a streamed answer, and with no report that anything was refused.

use e2e::browser::Visitor;
use e2e::chat::{run, seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::files::integrity;
use e2e::page::{NONCE, Page};
use e2e::script::{Answer, Stream};
use e2e::wait::until;
use e2e::world::{World, scenario, scenario_of};

/// What a page is made of: its server, the origin that has widget and API, and the options of its tag.
struct Place<'a> {
    cdn: &'a FaultServer,
}

impl Place<'_> {
    /// A script tag with further attributes, such as a nonce.
    fn tag(&self, further: &str) -> String {
        let (script, api) = (self.cdn.url("/assisters.js"), self.cdn.api_url());
        format!("<script src=\"{script}\" data-assistant=\"helper\" data-api-url=\"{api}\" {further} async></script>")
    }

    /// A page with a policy; what it refuses is reported to the page's server.
    fn page(&self, policy: &str, tag: &str) -> Page {
        let policy = policy.replace("CDN", &self.cdn.origin()).replace("NONCE", NONCE);
        Page::default().body(tag).header("content-security-policy", &format!("{policy}; report-uri /reports"))
    }
}

/// The lines that `cargo xtask dist` prints, and nothing else.
const NAMED_ONLY: &str = "default-src 'none'; img-src data:; script-src CDN 'wasm-unsafe-eval' 'nonce-NONCE'; connect-src CDN";

/// Uses the chat of a page that has just been loaded: a question, a streamed answer with code, the panel closed and opened.
async fn use_chat(world: &World) {
    let chat = world.chat();
    chat.open().await;
    let state = chat.ask_and_wait("hello").await;
    assert!(state.answer().text.contains("bold") && state.answer().sources.len() == 1, "{state:#?}");
    // What colours code is fetched too.
    until("the code to be coloured", async || {
        let n_colours = run(world.driver(), "return CSS.highlights.size;").await;
        if n_colours == 0 { Err("no highlight".to_owned()) } else { Ok(()) }
    })
    .await;
    chat.click("close").await;
    chat.open().await;
}

/// Serves a page, uses its chat and asserts that nothing was refused.
async fn expect_chat(name: &str, make: impl Fn(&Place<'_>) -> Page) {
    on_page(Visitor::Usual, name, make, use_chat).await;
}

/// Serves a page to a visitor, does something there and asserts that nothing was refused.
async fn on_page(visitor: Visitor, name: &str, make: impl Fn(&Place<'_>) -> Page, act: impl AsyncFnOnce(&World)) {
    scenario_of(visitor, name, async |world| {
        let (pages, cdn) = (FaultServer::start().await, FaultServer::start().await);
        answer_with_code(&cdn);
        world.visit(&pages.page("/page", &make(&Place { cdn: &cdn }))).await;
        act(world).await;
        expect_no_report(world, &pages).await;
    })
    .await;
}

/// A page whose policy is what `cargo xtask dist` prints.
fn named_only(place: &Place<'_>) -> Page {
    place.page(NAMED_ONLY, &place.tag(""))
}

fn answer_with_code(cdn: &FaultServer) {
    cdn.mint_tokens();
    let text = "A **bold** answer\n\n```js\nlet answer = 42;\n```\n\nand more";
    cdn.answer(Stream::new(Dialect::Chat).words(text).end(&[("Source", "https://shop.example/s")]));
}

async fn expect_no_report(world: &World, pages: &FaultServer) {
    let seen = seen(world.driver()).await;
    assert_eq!(seen.violations, [""; 0]);
    assert_eq!((seen.failures, seen.console), (Vec::<String>::new(), Vec::<String>::new()));
    assert_eq!(pages.requests_to("POST", "/reports").len(), 0, "{}", pages.log());
}

#[tokio::test]
async fn nothing_but_what_is_named() {
    expect_chat("nothing_but_what_is_named", named_only).await;
}

#[tokio::test]
async fn a_nonce_and_no_origin() {
    expect_chat("a_nonce_and_no_origin", |place| {
        let policy = "default-src 'none'; img-src data:; script-src 'nonce-NONCE' 'wasm-unsafe-eval'; connect-src CDN";
        place.page(policy, &place.tag(&format!("nonce=\"{NONCE}\"")))
    })
    .await;
}

#[tokio::test]
async fn a_hash_for_the_script_and_a_folder_for_the_rest() {
    expect_chat("a_hash_for_the_script_and_a_folder_for_the_rest", |place| {
        let hash = integrity("assisters.js");
        // An `import()` carries no hash, and Chromium does not count it as trusted by 'strict-dynamic'.
        let policy = format!(
            "default-src 'none'; img-src data:; script-src '{hash}' CDN/assets/ 'nonce-NONCE' 'wasm-unsafe-eval'; connect-src CDN"
        );
        place.page(&policy, &place.tag(&format!("integrity=\"{hash}\" crossorigin")))
    })
    .await;
}

#[tokio::test]
async fn trusted_types_with_no_policy_at_all() {
    expect_chat("trusted_types_with_no_policy_at_all", |place| {
        place.page("require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; object-src 'none'", &place.tag(""))
    })
    .await;
}

#[tokio::test]
async fn styles_of_the_page_only() {
    expect_chat("styles_of_the_page_only", |place| {
        place.page("style-src 'self'; font-src 'none'; img-src data:; form-action 'none'", &place.tag(""))
    })
    .await;
}

#[tokio::test]
async fn cross_origin_isolation() {
    scenario("cross_origin_isolation", async |world| {
        let (pages, cdn) = (FaultServer::start().await, FaultServer::start().await);
        answer_with_code(&cdn);
        let place = Place { cdn: &cdn };
        let page = place
            .page("img-src data:", &place.tag(""))
            .header("cross-origin-opener-policy", "same-origin")
            .header("cross-origin-embedder-policy", "require-corp");
        world.visit(&pages.page("/page", &page)).await;
        assert_eq!(run(world.driver(), "return crossOriginIsolated;").await, true);
        use_chat(world).await;
        expect_no_report(world, &pages).await;
    })
    .await;
}

#[tokio::test]
async fn a_sandboxed_frame_without_an_origin() {
    scenario("a_sandboxed_frame_without_an_origin", async |world| {
        let (pages, cdn) = (FaultServer::start().await, FaultServer::start().await);
        answer_with_code(&cdn);
        let place = Place { cdn: &cdn };
        pages.page(
            "/inner",
            &place.page(
                "default-src 'none'; img-src data:; script-src CDN 'wasm-unsafe-eval' 'nonce-NONCE'; connect-src CDN",
                &place.tag(""),
            ),
        );
        let outer = Page::default()
            .body("<iframe id=\"inner\" sandbox=\"allow-scripts\" src=\"/inner\" width=\"900\" height=\"700\"></iframe>");
        world.visit(&pages.page("/page", &outer)).await;
        world.driver().enter_frame(0).await.unwrap();
        assert_eq!(
            run(world.driver(), "try { return localStorage.length } catch (error) { return [origin, error.name] }").await,
            serde_json::json!(["null", "SecurityError"])
        );
        use_chat(world).await;
        expect_no_report(world, &pages).await;
    })
    .await;
}

#[tokio::test]
async fn every_permission_denied() {
    const DENIED: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(), display-capture=(), fullscreen=(), \
        geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), storage-access=(), sync-xhr=(), \
        unload=(), usb=(), web-share=(), xr-spatial-tracking=()";
    expect_chat("every_permission_denied", |place| {
        place.page("img-src data:", &place.tag("")).header("permissions-policy", DENIED).header("referrer-policy", "no-referrer")
    })
    .await;
}

#[tokio::test]
async fn a_private_window() {
    on_page(Visitor::Private, "a_private_window", named_only, async |world| {
        use_chat(world).await;
        // As long as the window is there, so is the conversation.
        world.driver().refresh().await.unwrap();
        world.chat().open().await;
        let state = world.chat().until("the conversation", |state| state.messages.len() == 2 && state.is_painted()).await;
        assert_eq!(state.questions(), ["hello"]);
    })
    .await;
}

/// What a page says of its storage: `stored`, or the name of what was thrown.
const TRY_STORAGE: &str = "try { localStorage.setItem('probe', 'stored'); const found = localStorage.getItem('probe'); localStorage.removeItem('probe'); return found; } catch (error) { return error.name; }";

#[tokio::test]
async fn a_browser_that_stores_nothing() {
    on_page(Visitor::WithoutStorage, "a_browser_that_stores_nothing", named_only, async |world| {
        assert_ne!(run(world.driver(), TRY_STORAGE).await, "stored", "the browser stores");
        use_chat(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_frame_whose_storage_is_blocked() {
    scenario_of(Visitor::WithoutForeignStorage, "a_frame_whose_storage_is_blocked", async |world| {
        let (pages, cdn) = (FaultServer::start().await, FaultServer::start().await);
        answer_with_code(&cdn);
        let place = Place { cdn: &cdn };
        let address = format!("{}?assistant=helper&apiUrl={}", cdn.url("/frame.html"), cdn.api_url());
        let page = place
            .page("default-src 'none'; img-src data:; script-src 'nonce-NONCE'; frame-src CDN", "")
            .body(&format!("<iframe src=\"{address}\" width=\"500\" height=\"600\"></iframe>"));
        // By another name of this machine: the frame is of another site, not only of another origin.
        world.visit(&pages.page("/page", &page).replace("127.0.0.1", "localhost")).await;
        assert_eq!(run(world.driver(), TRY_STORAGE).await, "stored", "the page itself may");
        world.driver().enter_frame(0).await.unwrap();
        assert_ne!(run(world.driver(), TRY_STORAGE).await, "stored", "the frame may");
        let state = world.chat().ask_and_wait("hello").await;
        assert!(state.answer().text.contains("bold"), "{state:#?}");
        world.driver().enter_default_frame().await.unwrap();
        expect_no_report(world, &pages).await;
    })
    .await;
}

#[tokio::test]
async fn storage_that_throws() {
    // As in every browser whose visitor has blocked the site's data, also those that have no setting for it that a test can reach.
    expect_chat("storage_that_throws", |place| {
        place.page("img-src data:", &place.tag("")).script(
            "for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore'])
               Object.defineProperty(window, name, { get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); } });",
        )
    })
    .await;
}

#[tokio::test]
async fn storage_that_is_full() {
    expect_chat("storage_that_is_full", |place| {
        place.page("img-src data:", &place.tag("")).script(
            "Storage.prototype.setItem = () => { throw new DOMException('The quota has been exceeded.', 'QuotaExceededError'); };",
        )
    })
    .await;
}

#[tokio::test]
async fn a_page_that_runs_no_script_frames_it() {
    scenario("a_page_that_runs_no_script_frames_it", async |world| {
        let (pages, cdn) = (FaultServer::start().await, FaultServer::start().await);
        answer_with_code(&cdn);
        let place = Place { cdn: &cdn };
        let address = format!("{}?assistant=helper&apiUrl={}", cdn.url("/frame.html"), cdn.api_url());
        let page = place
            .page("default-src 'none'; img-src data:; script-src 'nonce-NONCE'; frame-src CDN", "")
            .body(&format!("<iframe src=\"{address}\" width=\"500\" height=\"600\"></iframe>"));
        world.visit(&pages.page("/page", &page)).await;
        world.driver().enter_frame(0).await.unwrap();
        let state = world.chat().ask_and_wait("hello").await;
        assert!(state.answer().text.contains("bold"), "{state:#?}");
        world.driver().enter_default_frame().await.unwrap();
        expect_no_report(world, &pages).await;
    })
    .await;
}

#[tokio::test]
async fn the_hash_of_the_manifest_lets_the_script_in() {
    expect_chat("the_hash_of_the_manifest_lets_the_script_in", |place| {
        place.page("img-src data:", &place.tag(&format!("integrity=\"{}\" crossorigin=\"anonymous\"", integrity("assisters.js"))))
    })
    .await;
}

#[tokio::test]
async fn files_that_were_tampered_with_are_not_run() {
    scenario("files_that_were_tampered_with_are_not_run", async |world| {
        // File → whether the engine runs without it, and whether it answers.
        for (prefix, runs, answers) in
            [("engine-", false, false), ("part-conversation-", true, false), ("highlight-", true, true)]
        {
            let (pages, cdn) = (FaultServer::start().await, FaultServer::start().await);
            answer_with_code(&cdn);
            cdn.route("GET", &format!("/assets/{prefix}"), |request| {
                match e2e::files::read_dist(request.path.split('?').next().unwrap_or_default()) {
                    Some(("text/javascript", bytes)) => {
                        let tampered = [&bytes[..], b";globalThis.tampered = true;"].concat();
                        Answer::new(200, "text/javascript", tampered)
                    }
                    // A section of its own at the end: still a module that compiles.
                    Some((media_type, bytes)) => Answer::new(200, media_type, [&bytes[..], b"\0\x02\x01x"].concat()),
                    None => Answer::error(404, "not_found"),
                }
            });
            let place = Place { cdn: &cdn };
            world.visit(&pages.page("/page", &place.page("img-src data:", &place.tag("")))).await;
            let chat = world.chat();
            chat.until("the launcher", |state| state.launcher.shown).await;
            chat.click("launcher").await;
            if answers {
                let state = chat.ask_and_wait("hello").await;
                assert!(state.answer().text.contains("bold"), "{prefix}: {state:#?}");
            } else if runs {
                chat.ask("hello").await;
                chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
            }
            let noted = e2e::chat::until_seen(world.driver(), "a complaint", |seen| !seen.console.is_empty()).await;
            assert!(noted.console.iter().any(|line| line.contains("Assisters")), "{prefix}: {noted:#?}");
            assert_eq!(chat.state().await.engine, runs, "{prefix}");
            assert_eq!(run(world.driver(), "return 'tampered' in window;").await, false, "{prefix}");
        }
    })
    .await;
}
