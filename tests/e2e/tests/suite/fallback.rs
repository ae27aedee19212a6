//! Where WebAssembly is refused: the gateway's frame takes the engine's place, and a plain form where frames are refused too. Whoever asks is answered.

use e2e::browser::Browser;
use e2e::chat::{Chat, run, run_async, seen, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::files::read_dist;
use e2e::page::{NONCE, Page};
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::{until, until_true};
use e2e::world::{World, in_each_dialect, scenario};
use serde_json::json;

use crate::support::mount;

/// A page whose policy lets no WebAssembly be compiled; `frames` says what may be framed.
fn strict_page(server: &FaultServer, frames: &str, options: &[(&str, &str)]) -> Page {
    let origin = server.origin();
    let policy = format!(
        "default-src 'none'; script-src {origin} 'nonce-{NONCE}'; connect-src {origin}; frame-src {frames}; img-src data:; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let api_url = server.api_url();
    let mut attributes = vec![("assistant", "helper"), ("api-url", api_url.as_str())];
    attributes.extend(options);
    Page::with_widget(&server.url("/assisters.js"), &attributes).header("content-security-policy", &policy)
}

/// Asserts that the policy was asked for nothing but what led here: one refused compilation, and perhaps one refused frame.
async fn expect_violations(world: &World, expected: &[&str]) {
    let seen = seen(world.driver()).await;
    // WebKit refuses WebAssembly and reports nothing of it.
    let is_webkit = Browser::from_env().unwrap() == Browser::WebKit;
    let reported = |directive: &&str| !(is_webkit && directive.ends_with("wasm-eval"));
    let expected: Vec<_> = expected.iter().copied().filter(reported).collect();
    let directives: Vec<_> = seen.violations.iter().map(|violation| violation.trim_end()).collect();
    assert_eq!(directives, expected, "{seen:#?}");
    assert_eq!(seen.failures, [""; 0]);
}

#[tokio::test]
async fn without_webassembly_the_gateways_frame_takes_over() {
    scenario("without_webassembly_the_gateways_frame_takes_over", async |world| {
        let (pages, gateway) = (FaultServer::start().await, FaultServer::start().await);
        gateway.mint_tokens();
        let end = Gate::new();
        gateway.answer(Stream::new(Dialect::Chat).words("one **two** ").wait(&end).words("three").end(&[]));
        let page = strict_page(&gateway, &gateway.origin(), &[("title", "Framed help"), ("placeholder", "Ask in the frame")]);
        let chat = world.chat_at(&pages.page("/page", &page)).await;
        chat.open().await;
        let frame = until("the frame", async || {
            let found = world
                .driver()
                .execute("return document.querySelector('assisters-chat').shadowRoot.querySelector('iframe');", Vec::new())
                .await;
            found.and_then(|found| found.element()).map_err(|error| error.to_string())
        })
        .await;
        frame.clone().enter_frame().await.unwrap();
        let inside = Chat::nth(world.driver(), 0);
        let state = inside.until("the panel in the frame", |state| state.open && state.engine).await;
        assert_eq!(state.title, "Framed help");
        inside.ask("hello").await;
        inside.until("the first words", |state| state.answer().text == "one two").await;
        end.open();
        let state = inside.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().text, "one two three");

        // The page hears it, and may steer it.
        world.driver().enter_default_frame().await.unwrap();
        let heard = until_seen(world.driver(), "the message", |seen| !seen.details("message").is_empty()).await;
        assert_eq!(heard.details("message")[0]["content"], "one **two** three");
        run(world.driver(), "Assisters.sendMessage('from the page');").await;
        until_true("the page's message", || gateway.sent().len() == 2).await;
        let heard = until_seen(world.driver(), "the second answer", |seen| seen.details("message").len() == 2).await;
        assert_eq!(heard.details("message")[1]["content"], "You said: from the page");
        assert_eq!((heard.details("open").len(), heard.details("load").len()), (1, 1), "the frame's own are not the page's");
        run(world.driver(), "Assisters.close();").await;
        chat.until("no panel", |state| !state.open).await;
        expect_violations(world, &["script-src wasm-eval"]).await;
        run(world.driver(), "Assisters.destroy();").await;
        assert_eq!(run(world.driver(), "return document.querySelectorAll('assisters-chat').length + frames.length;").await, 0);
    })
    .await;
}

#[tokio::test]
async fn without_frames_too_a_plain_form_streams() {
    in_each_dialect("without_frames_too_a_plain_form_streams", async |world, dialect| {
        let (pages, gateway) = (FaultServer::start().await, FaultServer::start().await);
        gateway.mint_tokens();
        let end = Gate::new();
        if dialect != Dialect::Execute {
            gateway.answer(Stream::new(dialect).words("one two ").wait(&end).words("three").end(&[]));
        }
        let page = strict_page(&gateway, "'none'", &[("dialect", dialect.as_str()), ("greeting", "Ask me")]);
        let chat = world.chat_at(&pages.page("/page", &page)).await;
        chat.open().await;
        chat.ask("hello").await;
        if dialect != Dialect::Execute {
            chat.until("the first words", |state| state.answer().text == "one two" && state.answer_is("streaming") && state.stop)
                .await;
            end.open();
            let state = chat.until("the end", |state| state.answer_is("done")).await;
            assert_eq!(state.answer().text, "one two three");
        }
        let state = chat.ask_and_wait("and again").await;
        assert_eq!(state.answer().text, "You said: and again");
        let sent = gateway.sent();
        assert!(sent.iter().all(|request| request.header("authorization") == Some("Bearer token-1")), "{}", gateway.log());
        assert_eq!(dialect.text_of(sent.last().unwrap()), "and again");
        // In `execute` the server names the conversation in its first answer.
        if dialect != Dialect::Execute {
            assert_eq!(dialect.conversation_of(&sent[0]), dialect.conversation_of(&sent[1]), "one conversation");
        }
        let heard = until_seen(world.driver(), "the messages", |seen| seen.details("message").len() == sent.len()).await;
        assert_eq!(heard.details("message-sent")[0]["content"], "hello");
        expect_violations(world, &["script-src wasm-eval", &format!("frame-src {}", gateway.origin())]).await;
    })
    .await;
}

#[tokio::test]
async fn a_browser_without_webassembly_has_the_form_at_once() {
    scenario("a_browser_without_webassembly_has_the_form_at_once", async |world| {
        let server = FaultServer::start().await;
        let page = Page::default()
            .script("delete window.WebAssembly;")
            .body("<script src=\"/assisters.js\"></script><div id=\"place\" style=\"height: 500px\"></div>");
        world.visit(&server.page("/page", &page)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "suggestions": ["One"]})).await;
        let (driver, chat) = (world.driver(), world.chat());
        run(driver, "chat.sendMessage('one'); chat.sendMessage('two'); chat.open();").await;
        let state = chat.until("both answers", |state| state.messages.len() == 4 && state.answer_is("done")).await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["one", "two"], "You said: two"));
        assert_eq!(run(driver, "return chat.messages().map(({ role }) => role).join();").await, "user,assistant,user,assistant");
        assert_eq!(run(driver, "return document.querySelector('assisters-chat').shadowRoot.querySelectorAll('iframe').length;").await, 0);

        // What fails can be tried again, and what arrives can be stopped.
        server.answer(Answer::error(500, "server_error"));
        chat.ask("fail").await;
        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert!(state.answer().error.contains("went wrong on our side"), "{state:#?}");
        chat.click("retry").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!((state.answer().text.as_str(), state.questions().len()), ("You said: fail", 3));
        let never = Gate::new();
        server.answer(Stream::new(Dialect::Chat).text("half").wait(&never).end(&[]));
        chat.ask("stop me").await;
        chat.until("the first words", |state| state.answer().text == "half").await;
        chat.click("stop").await;
        chat.until("the stop", |state| state.answer_is("stopped")).await;
        until_true("the server to see it", || server.sent().last().is_some_and(|request| request.client_left())).await;

        run(driver, "chat.update({ placeholder: 'Changed', title: 'Other' });").await;
        assert_eq!(chat.state().await.title, "Other");
        run(driver, "chat.clear();").await;
        chat.until("an empty list", |state| state.messages.is_empty()).await;

        server.answer(Stream::new(Dialect::Chat).text("half").wait(&never).end(&[]));
        chat.ask("destroy me").await;
        chat.until("the first words", |state| state.answer().text == "half").await;
        run(driver, "chat.destroy();").await;
        until_true("the request to end", || server.sent().last().is_some_and(|request| request.client_left())).await;
        assert_eq!(run(driver, "return document.querySelectorAll('assisters-chat').length;").await, 0);
        assert_eq!(seen(driver).await.failures, [""; 0]);

        let api_url = server.api_url();
        run_async(driver, &format!("window.inline = await Assisters.mount(document.querySelector('#place'), {{ assistant: 'helper', apiUrl: '{api_url}' }});")).await;
        let state = world.chat().ask_and_wait("inline").await;
        assert!(state.answer().text == "You said: inline" && !state.launcher.shown, "{state:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_frame_without_webassembly_shows_the_form_itself() {
    scenario("a_frame_without_webassembly_shows_the_form_itself", async |world| {
        let server = FaultServer::start().await;
        server.route("GET", "/frame.html", |_| {
            let (media_type, bytes) = read_dist("/frame.html").expect("dist/ has a frame");
            Answer::new(200, media_type, bytes)
                .header("content-security-policy", "default-src 'none'; script-src 'self'; connect-src *; frame-src 'self'")
        });
        world.visit(&format!("{}?assistant=helper&apiUrl={}", server.url("/frame.html"), server.api_url())).await;
        let state = world.chat().ask_and_wait("in the frame").await;
        assert_eq!(state.answer().text, "You said: in the frame");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_no_reason_to_go_on_without_it() {
    scenario("a_file_that_is_not_ours_is_no_reason_to_go_on_without_it", async |world| {
        let server = FaultServer::start().await;
        server.route("GET", "/assets/engine-", |request| match read_dist(request.path.split('?').next().unwrap_or_default()) {
            Some((media_type @ "application/wasm", _)) => Answer::new(200, media_type, &b"\0asm\x01\0\0\0"[..]),
            Some((media_type, bytes)) => Answer::new(200, media_type, bytes),
            None => Answer::error(404, "not_found"),
        });
        let api_url = server.api_url();
        let page = Page::with_widget("/assisters.js", &[("assistant", "helper"), ("api-url", &api_url)]);
        let chat = world.chat_at(&server.page("/page", &page)).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        chat.click("launcher").await;
        let seen = until_seen(world.driver(), "the failure", |seen| !seen.details("error").is_empty()).await;
        assert!(seen.console.iter().any(|line| line.contains("is not the file of this version")), "{seen:#?}");
        assert!(!chat.state().await.engine);
        assert_eq!(server.requests_to("GET", "/assets/fallback").len(), 0);
    })
    .await;
}
