//! The page and the widget leave each other alone: under other people's style sheets and scripts it looks and works as on a clean page, and a page with
//! it is as it was without.

use e2e::browser::is_global_of_driver;
use e2e::chat::{Chat, run, seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::files::{leftovers, packaging};
use e2e::page::Page;
use e2e::picture::Picture;
use e2e::script::Stream;
use e2e::world::{World, scenario};
use serde_json::{Value, json};

/// Corners, shadows and a caret show what lies behind, or blink.
const MOST_DIFFERENT: f64 = 0.006;

const ANSWER: &str = "A **bold** [link](https://shop.example/a) and `code`.\n\n- one\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n> quoted\n\n```\nlet a = 1;\n```";

/// Loads a page with the widget and returns how it looks: closed, and open with a conversation. `head` is what the page brings.
async fn pictures(world: &World, head: &str) -> [Picture; 2] {
    let server = FaultServer::start().await;
    server.folder(&packaging());
    server.answer(Stream::new(Dialect::Chat).words(ANSWER).end(&[("Source", "https://shop.example/s")]));
    // With a base elsewhere, every address of the page's own is absolute.
    let (script, api_url) = (server.url("/assisters.js"), server.api_url());
    let attributes = [
        ("assistant", "helper"),
        ("api-url", api_url.as_str()),
        ("theme", "light"),
        ("persist", "none"),
        ("highlight", "false"),
        ("locale", "en"),
    ];
    let chat = world.chat_at(&server.page("/page", &Page::with_widget(&script, &attributes).head(head))).await;
    chat.open().await;
    // The engine's own: the placeholder before it is the same but for what a zoomed page does to it.
    let launcher = Picture::at_rest(&chat.part("launcher").await).await;
    let state = chat.ask_and_wait("hello").await;
    assert!(state.answer().text.starts_with("A bold link and code."), "{head}: {state:#?}");
    run(world.driver(), "document.activeElement.blur();").await;
    let panel = Picture::at_rest(&chat.part("panel").await).await;
    assert_eq!(seen(world.driver()).await.violations, [""; 0], "{head}");
    [launcher, panel]
}

/// Says where a page differs from the clean one, and keeps the pictures that do.
fn differences(what: &str, dirty: &[Picture; 2], clean: &[Picture; 2]) -> Vec<String> {
    let mut found = Vec::new();
    for (part, (dirty, clean)) in ["launcher", "panel"].iter().zip(dirty.iter().zip(clean)) {
        let difference = dirty.difference(clean);
        // A launcher is small, and what shows through beside its round edge is much of it.
        let most = if *part == "launcher" { 0.3 } else { MOST_DIFFERENT };
        if difference > most {
            dirty.keep(&leftovers().join(format!("isolation-{what}-{part}.png")));
            clean.keep(&leftovers().join(format!("isolation-clean-{part}.png")));
            found.push(format!("{what}, {part}: {:.2} % of the pixels differ", difference * 100.0));
        }
    }
    found
}

#[tokio::test]
async fn it_looks_the_same_under_every_style_sheet() {
    scenario("it_looks_the_same_under_every_style_sheet", async |world| {
        let clean = pictures(world, "").await;
        let rows = [
            ("tailwind", "<link rel=\"stylesheet\" href=\"/node_modules/tailwindcss/preflight.css\">"),
            ("bootstrap", "<link rel=\"stylesheet\" href=\"/node_modules/bootstrap/dist/css/bootstrap.css\">"),
            ("unset", "<style>* { all: unset !important }</style>"),
            ("62.5 percent", "<style>html { font-size: 62.5% } body { font-size: 1.6rem }</style>"),
            ("30 px", "<style>html, body { font: italic bold 30px/3 fantasy; letter-spacing: 4px; word-spacing: 9px; text-indent: 50px; text-transform: uppercase; text-align: right; color: red; cursor: wait; visibility: visible; white-space: pre; -webkit-text-stroke: 1px red }</style>"),
            ("everything important", "<style>body * { font: 40px serif !important; color: red !important; background: yellow !important; border: 5px solid !important; margin: 9px !important; padding: 9px !important; border-radius: 0 !important; width: 90px; min-height: 200px; line-height: 3 !important; letter-spacing: 5px !important; text-transform: uppercase !important; animation: none !important; transition: all 9s !important; box-sizing: content-box !important }</style>"),
            ("elements", "<style>section, header, form, article, button, textarea, h2, p, svg, ul, table, pre { display: none !important; position: static !important } .widget, .panel, .launcher, .bubble, .icon { display: none !important }</style>"),
            ("custom properties", "<style>:root { --x: 500px; --y: 500px; --small: 90px; --edge: none; --action: 90px; --foot: 90px; --beside: 1px }</style>"),
            ("zoom", "<style>html { zoom: 1.4 }</style>"),
            ("zoomed body", "<style>body { zoom: 70% }</style>"),
            ("rtl", "<script>document.documentElement.dir = 'rtl';</script>"),
            ("header", "<style>h1 { position: fixed; inset: 0 0 auto; height: 40px; margin: 0; background: navy; z-index: 2147483647 }</style>"),
            ("boxes", "<style>body { display: grid; grid-template-columns: 1fr 1fr; gap: 90px; padding: 70px; overflow-x: hidden; columns: 2 } body > * { opacity: 0.2; filter: blur(3px); transform: rotate(5deg); float: left; max-height: 10px; overflow: hidden; mix-blend-mode: difference; clip-path: inset(50%) }</style>"),
        ];
        // The comparison sees what it is to see.
        let [_, other] = pictures(world, "<style>assisters-chat { --assisters-font-size: 16px !important }</style>").await;
        assert!(other.difference(&clean[1]) > MOST_DIFFERENT);

        let mut failures = Vec::new();
        for (what, head) in rows {
            let dirty = pictures(world, head).await;
            failures.extend(differences(what, &dirty, &clean));
        }
        assert_eq!(failures, [""; 0], "pictures are in target/e2e");
    })
    .await;
}

#[tokio::test]
async fn it_works_and_looks_the_same_beside_every_script() {
    scenario("it_works_and_looks_the_same_beside_every_script", async |world| {
        let clean = pictures(world, "").await;
        let mut failures = Vec::new();
        let rows = [
            ("Zone.js", "<script src=\"/node_modules/zone.js/bundles/zone.umd.js\"></script>"),
            ("jQuery", "<script src=\"/node_modules/jquery/dist/jquery.js\"></script><script>jQuery.noConflict(); window.$ = () => { throw new Error('not yours'); };</script>"),
            ("Turbo", "<script src=\"/node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js\"></script>"),
            ("fetch", "<script>{ const direct = fetch; window.fetch = async (input, init = {}) => { const response = await direct(input, { ...init, headers: { ...init.headers } }); return response; }; }</script>"),
            ("Array.prototype", "<script>Array.prototype.last = function () { return this[this.length - 1]; }; Array.prototype.remove = function () { throw new Error('not yours'); };</script>"),
            ("Object.prototype", "<script>Object.prototype.extra = function () { throw new Error('not yours'); };</script>"),
            ("JSON", "<script>{ const { stringify, parse } = JSON; JSON.stringify = (value, ...rest) => stringify(value, ...rest); JSON.parse = (text, ...rest) => parse(text, ...rest); }</script>"),
            ("toJSON", "<script>String.prototype.toJSON = function () { return String(this); }; Date.prototype.toJSON = function () { return this.toISOString(); };</script>"),
            ("frozen", "<script>for (const name of ['Object', 'Array', 'Function', 'Promise', 'Map', 'Set', 'String', 'Error', 'TypeError', 'RegExp', 'Date', 'Uint8Array', 'Symbol', 'Number']) { Object.freeze(window[name].prototype); Object.freeze(window[name]); } Object.freeze(JSON); Object.freeze(Math); Object.freeze(Reflect);</script>"),
            ("AMD and CommonJS", "<script>window.define = Object.assign(() => { throw new Error('not yours'); }, { amd: {} }); window.module = { exports: {} }; window.exports = module.exports; window.process = { env: {} }; window.require = () => { throw new Error('not yours'); };</script>"),
            ("base", "<base href=\"https://elsewhere.example/folder/\" target=\"_blank\">"),
            ("names", "<script>window.name = 'x'; window.root = window.host = window.chat = window.options = window.CHAT = 1; window.top.event = null;</script>"),
        ];
        for (what, head) in rows {
            let server = FaultServer::start().await;
            server.folder(&packaging());
            // As in `pictures`.
            let (script, api_url) = (server.url("/assisters.js"), server.api_url());
            let attributes = [("assistant", "helper"), ("api-url", api_url.as_str())];
            let page = Page::with_widget(&script, &attributes).head(head);
            let chat = world.chat_at(&server.page("/page", &page)).await;
            chat.open().await;
            server.answer(Stream::new(Dialect::Chat).words(ANSWER).end(&[]));
            let state = chat.ask_and_wait("hello").await;
            assert!(state.answer().text.starts_with("A bold link and code."), "{what}: {state:#?}");
            let state = chat.ask_and_wait("again").await;
            assert_eq!(state.answer().text, "You said: again", "{what}");
            let seen = seen(world.driver()).await;
            let complaints: Vec<_> = seen.console.iter().filter(|line| line.contains("Assisters")).collect();
            assert_eq!((seen.failures, complaints), (Vec::new(), Vec::new()), "{what}");
            assert_eq!(server.sent().last().unwrap().json()["message"], "again", "{what}");
            failures.extend(differences(what, &pictures(world, head).await, &clean));
        }
        assert_eq!(failures, [""; 0], "pictures are in target/e2e");
    })
    .await;
}

/// What a page can tell of itself: styles and places of its elements, globals, focus, scroll, history.
const SELF: &str = "
  const elements = [document.documentElement, document.body, ...document.querySelectorAll('h1, p, button, input, #tall')];
  return {
    styles: elements.map((element) => { const style = getComputedStyle(element); return [...style].map((name) => name + ':' + style.getPropertyValue(name)).join(';'); }),
    boxes: elements.map((element) => { const { x, y, width, height } = element.getBoundingClientRect(); return [x, y, width, height]; }),
    globals: Object.getOwnPropertyNames(window).sort(),
    focus: document.activeElement.id,
    scroll: [scrollX, scrollY],
    page: [document.title, location.href, history.length, JSON.stringify(history.state), document.documentElement.getAttributeNames(), document.body.getAttributeNames()],
    sheets: [document.styleSheets.length, document.adoptedStyleSheets.length],
    head: document.head.innerHTML,
    cookies: document.cookie,
  };";

#[tokio::test]
async fn the_page_is_as_it_was_without_it() {
    scenario("the_page_is_as_it_was_without_it", async |world| {
        let server = FaultServer::start().await;
        let page = Page::default()
            .head("<style>body { font: 18px/1.4 Georgia; } :focus { outline: 3px solid } :root { scroll-behavior: smooth }</style>")
            .body("<input id=\"field\" value=\"typed\"><div id=\"tall\" style=\"height: 3000px\"></div>")
            .script("window.heard = []; addEventListener('keydown', ({ key }) => heard.push(key)); addEventListener('popstate', () => heard.push('popstate')); addEventListener('focusin', ({ target }) => heard.push('focus ' + target.id));");
        world.visit(&server.page("/page", &page)).await;
        let driver = world.driver();
        let prepare = "document.querySelector('#field').focus(); document.querySelector('#field').setSelectionRange(1, 3); scrollTo({ top: 400, behavior: 'instant' });";
        run(driver, prepare).await;
        let before = run(driver, SELF).await;
        run(
            driver,
            &format!(
                "const tag = document.createElement('script'); tag.src = '/assisters.js'; tag.dataset.assistant = 'helper'; tag.dataset.apiUrl = '{}'; document.body.append(tag);",
                server.api_url()
            ),
        )
        .await;
        let chat = Chat::nth(driver, 0);
        chat.until("the launcher", |state| state.launcher.shown).await;
        expect_same(&before, &run(driver, SELF).await, "with a launcher");
        run(driver, "Assisters.open();").await;
        chat.until("the panel", |state| state.open && state.engine).await;
        expect_same(&before, &run(driver, SELF).await, "with a panel");
        run(driver, "Assisters.sendMessage('hello');").await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        expect_same(&before, &run(driver, SELF).await, "with an answer");
        run(driver, "Assisters.close(); Assisters.destroy(); document.querySelector('script[data-assistant]').remove();").await;
        expect_same(&before, &run(driver, SELF).await, "after it");
        assert_eq!(run(driver, "const { selectionStart, selectionEnd } = document.querySelector('#field'); return [selectionStart, selectionEnd];").await, json!([1, 3]));
        assert_eq!(run(driver, "return heard;").await, json!(["focus field"]));
    })
    .await;
}

/// Compares what a page tells of itself; one global is the widget's own.
fn expect_same(before: &Value, after: &Value, when: &str) {
    for (what, value) in before.as_object().into_iter().flatten() {
        if what == "globals" {
            let names = |globals: &Value| -> Vec<String> { serde_json::from_value(globals.clone()).unwrap() };
            let known = names(value);
            let added: Vec<_> =
                names(&after[what]).into_iter().filter(|name| !known.contains(name) && !is_global_of_driver(name)).collect();
            assert_eq!(added, ["Assisters"], "{when}");
        } else {
            assert_eq!(&after[what], value, "{what} {when}");
        }
    }
}
