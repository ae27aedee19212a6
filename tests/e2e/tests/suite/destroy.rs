//! Taking a widget off the page: nothing of it stays, whatever it was doing.

use e2e::chat::{run, run_async, until_seen};
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::wait::until_true;
use e2e::world::{in_each_streaming_dialect, scenario};
use serde_json::json;

use crate::support::{mount, script_page};

#[tokio::test]
async fn destroy_leaves_nothing_behind() {
    in_each_streaming_dialect("destroy_leaves_nothing_behind", async |world, dialect| {
        let server = FaultServer::start().await;
        let never = Gate::new();
        server.answer(Stream::new(dialect).text("in the middle").wait(&never).end(&[]));
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "dialect": dialect.as_str()})).await;
        let (driver, chat) = (world.driver(), world.chat());
        chat.open().await;
        chat.ask("destroy me").await;
        chat.until("the first words", |state| state.answer().text == "in the middle").await;
        run(driver, "chat.destroy();").await;
        assert_eq!(run(driver, "return document.querySelectorAll('assisters-chat').length;").await, 0);
        assert_eq!(
            run(driver, "return document.adoptedStyleSheets.length + document.head.querySelectorAll('style').length;").await,
            0
        );
        until_true("the request to end", || server.sent()[0].client_left()).await;
        let seen = until_seen(driver, "the event", |seen| {
            seen.events.iter().any(|event| event.name == "destroy") || seen.events.is_empty()
        })
        .await;
        assert_eq!(seen.details("destroy").len(), 1);

        run(driver, "chat.destroy();").await;
        for call in [
            "open()",
            "close()",
            "toggle()",
            "isOpen()",
            "sendMessage('x')",
            "stop()",
            "regenerate()",
            "clear()",
            "messages()",
            "update({})",
            "on('open', () => {})",
            "diagnose()",
            "forget()",
        ] {
            let returned = run_async(driver, &format!("await chat.{call};")).await;
            assert!(returned["thrown"]["message"].as_str().is_some_and(|text| text.contains("Assisters")), "{call}: {returned}");
        }
        assert_eq!(e2e::chat::seen(driver).await.failures, [""; 0]);

        // Another one takes the place.
        mount(world, &server, "chat", &json!({"assistant": "helper", "dialect": dialect.as_str(), "persist": "none"})).await;
        world.chat().open().await;
        let state = world.chat().ask_and_wait("a new one").await;
        assert_eq!(state.answer().text, "You said: a new one");
    })
    .await;
}

#[tokio::test]
async fn destroy_before_the_engine_is_there() {
    scenario("destroy_before_the_engine_is_there", async |world| {
        let server = FaultServer::start().await;
        let gate = Gate::new();
        server.hold_assets(&gate);
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper"})).await;
        run(world.driver(), "chat.open();").await;
        until_true("the engine to be asked for", || !server.requests_to("GET", "/assets/").is_empty()).await;
        run(world.driver(), "chat.destroy();").await;
        gate.open();
        mount(world, &server, "other", &json!({"assistant": "helper"})).await;
        run(world.driver(), "other.open();").await;
        world.chat().until("the other panel", |state| state.open).await;
        assert_eq!(run(world.driver(), "return document.querySelectorAll('assisters-chat').length;").await, 1);
        let seen = e2e::chat::seen(world.driver()).await;
        assert_eq!((seen.details("open").len(), seen.failures), (1, Vec::<String>::new()));
    })
    .await;
}
