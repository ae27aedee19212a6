//! The launcher comes first: nothing else is fetched or stored before the visitor acts.

use e2e::chat::{run, run_async, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::Gate;
use e2e::wait::until_true;
use e2e::world::scenario;
use thirtyfour::Key;

use crate::support::widget_page;

/// Returns the paths that a page asked for besides itself.
fn fetched(server: &FaultServer) -> Vec<String> {
    server.requests().into_iter().map(|request| request.path).filter(|path| path != "/page").collect()
}

#[tokio::test]
async fn nothing_but_the_script_before_the_visitor_acts() {
    scenario("nothing_but_the_script_before_the_visitor_acts", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        let state = chat.until("the launcher", |state| state.launcher.shown).await;
        assert!(!state.open && !state.engine, "{state:#?}");
        until_seen(world.driver(), "the load event", |seen| !seen.details("load").is_empty()).await;

        assert_eq!(fetched(&server), ["/assisters.js"]);
        let stored = run(world.driver(), "return localStorage.length + sessionStorage.length + document.cookie.length;").await;
        assert_eq!(stored, 0, "something was stored before the visitor acted");
    })
    .await;
}

#[tokio::test]
async fn the_launcher_is_reached_with_the_tab_key_and_opens_with_enter() {
    scenario("the_launcher_is_reached_with_the_tab_key_and_opens_with_enter", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        let keys = || world.driver().action_chain();
        run(world.driver(), "document.querySelector('#elsewhere').focus();").await;
        keys().send_keys(Key::Tab).perform().await.unwrap();
        let state = chat.state().await;
        assert_eq!(state.focus, "launcher", "{state:#?}");

        // Focus is an intent: the engine comes, and its own launcher keeps the focus.
        chat.until("the engine", |state| state.engine && state.focus == "launcher").await;
        keys().send_keys(Key::Enter).perform().await.unwrap();
        chat.until("the panel with the focus in the input", |state| state.open && state.focus == "input").await;
    })
    .await;
}

#[tokio::test]
async fn a_pointer_over_the_launcher_fetches_the_engine_once() {
    scenario("a_pointer_over_the_launcher_fetches_the_engine_once", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        let launcher = chat.part("launcher").await;
        world.driver().action_chain().move_to_element_center(&launcher).perform().await.unwrap();
        let state = chat.until("the engine", |state| state.engine).await;
        assert!(!state.open && state.launcher.shown, "{state:#?}");

        for kind in [".js", ".wasm"] {
            let files: Vec<_> =
                fetched(&server).into_iter().filter(|path| path.starts_with("/assets/") && path.ends_with(kind)).collect();
            assert_eq!(files.len(), 1, "{files:?}");
        }
        assert_eq!(
            server.requests_to("POST", "/").len(),
            0,
            "the API was asked before the visitor opened the panel: {}",
            server.log()
        );
    })
    .await;
}

#[tokio::test]
async fn a_click_before_the_engine_is_there_is_not_lost() {
    scenario("a_click_before_the_engine_is_there_is_not_lost", async |world| {
        let server = FaultServer::start().await;
        let gate = Gate::new();
        server.hold_assets(&gate);
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        chat.click("launcher").await;
        until_true("the engine to be asked for", || !server.requests_to("GET", "/assets/").is_empty()).await;
        let state = chat.state().await;
        assert!(!state.engine && !state.open && state.launcher.shown, "{state:#?}");

        gate.open();
        let state = chat.until("the panel", |state| state.open).await;
        assert_eq!(state.launcher.expanded, "true");
        let clicks_lost = until_seen(world.driver(), "the open event", |seen| seen.details("open").len() == 1).await;
        assert_eq!(clicks_lost.failures, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_press_that_lasts_until_the_engine_is_there_is_a_click() {
    scenario("a_press_that_lasts", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        let launcher = chat.part("launcher").await;
        world.driver().action_chain().click_and_hold_element(&launcher).perform().await.unwrap();
        until_true("the engine to come", || fetched(&server).iter().any(|path| path.ends_with(".wasm"))).await;
        // Time enough to be compiled and to start; then a few frames, in which a press that is not waited for is lost.
        run_async(world.driver(), "await import(performance.getEntriesByType('resource').find(({ name }) => /engine.*js/.test(name)).name).then((engine) => engine.start()); for (let n = 0; n < 5; n += 1) await new Promise(requestAnimationFrame);").await;
        world.driver().action_chain().release().perform().await.unwrap();
        chat.until("the panel", |state| state.open && state.engine).await;
    })
    .await;
}

#[tokio::test]
async fn calls_before_the_engine_is_there_are_not_lost() {
    scenario("calls_before_the_engine_is_there_are_not_lost", async |world| {
        let server = FaultServer::start().await;
        let gate = Gate::new();
        server.hold_assets(&gate);
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        run(world.driver(), "Assisters.open(); Assisters.sendMessage('asked early');").await;
        assert_eq!(run(world.driver(), "return Assisters.isOpen();").await, true);
        gate.open();
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert!(state.open, "{state:#?}");
        assert_eq!(state.answer().text, "You said: asked early");
        assert_eq!(server.sent().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_engine_that_does_not_load_is_told_and_can_be_tried_again() {
    scenario("an_engine_that_does_not_load_is_told_and_can_be_tried_again", async |world| {
        let server = FaultServer::start().await;
        server.route("GET", "/assets/", |_| e2e::script::Answer::error(503, "server_error"));
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        chat.click("launcher").await;
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!(seen.details("error")[0]["kind"], "engine");
        let state = chat.state().await;
        assert!(state.launcher.shown, "the launcher stays: {state:#?}");

        server.route("GET", "/assets/", |request| {
            let (media_type, bytes) = e2e::files::read_dist(request.path.split('?').next().unwrap()).expect("a file of dist/");
            e2e::script::Answer::new(200, media_type, bytes)
        });
        chat.click("launcher").await;
        chat.until("the panel", |state| state.open && state.engine).await;
    })
    .await;
}
