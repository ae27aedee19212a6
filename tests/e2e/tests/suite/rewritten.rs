//! Pages that change under the widget by means of the platform: view transitions, and documents that are opened and written anew.

use e2e::chat::{Chat, run, run_async, seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::midway;
use e2e::script::{Gate, Stream};
use e2e::wait::until_true;
use e2e::world::{World, scenario};
use serde_json::json;

use crate::support::{mount, script_page, widget_page};

async fn n_hosts(world: &World) -> serde_json::Value {
    run(world.driver(), "return document.querySelectorAll('assisters-chat').length;").await
}

#[tokio::test]
async fn a_view_transition_keeps_the_chat() {
    scenario("a_view_transition_keeps_the_chat", async |world| {
        let changes = [
            ("a part of the page", "document.querySelector('h1').textContent = 'Next';"),
            ("its whole body", "const body = document.createElement('body'); body.append('Next'); document.body.replaceWith(body);"),
        ];
        for (what, change) in changes {
            let server = FaultServer::start().await;
            let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
            let end = midway::begin(chat, &server).await;
            let script = format!("await document.startViewTransition(() => {{ {change} }}).updateCallbackDone; return document.body.textContent.includes('Next');");
            assert_eq!(run_async(world.driver(), &script).await, true, "{what}");
            midway::expect(chat, what).await;
            midway::finish(chat, &end, what).await;
            assert_eq!(n_hosts(world).await, 1, "{what}");
            assert_eq!((server.sent().len(), seen(world.driver()).await.failures), (1, Vec::new()), "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_document_that_is_written_anew_has_no_widget_and_may_have_another() {
    scenario("a_document_that_is_written_anew", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper"})).await;
        let (driver, chat) = (world.driver(), world.chat());
        chat.open().await;
        let never = Gate::new();
        server.answer(Stream::new(Dialect::Chat).text("one ").wait(&never).end(&[]));
        chat.ask("hello").await;
        chat.until("the first word", |state| state.answer().text == "one").await;
        // The window and its globals stay; every node and every listener goes.
        let rewrite = "document.open(); document.write('<!doctype html><title>Anew</title><body><h1>Anew</h1></body>'); document.close();";
        run(driver, rewrite).await;
        run_async(driver, "addEventListener('error', (event) => seen.failures.push(event.message)); await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));").await;
        assert_eq!(n_hosts(world).await, 0, "nothing comes after it");
        // The old one can still be told to go, and lets go of what it was doing.
        run(driver, "chat.destroy();").await;
        until_true("the request to end", || server.sent()[0].client_left()).await;

        mount(world, &server, "second", &json!({"assistant": "helper", "persist": "none"})).await;
        let second = Chat::nth(driver, 0);
        second.open().await;
        let state = second.ask_and_wait("again").await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["again"], "You said: again"));
        assert_eq!((n_hosts(world).await, seen(driver).await.failures), (json!(1), Vec::new()));

        // And the API of one widget, which may have had one before.
        run(driver, "second.destroy();").await;
        let init = format!("await Assisters.init({{ assistant: 'helper', apiUrl: '{}', persist: 'none' }});", server.api_url());
        run_async(driver, &init).await;
        run(driver, rewrite).await;
        run_async(driver, &init).await;
        second.open().await;
        assert_eq!(second.ask_and_wait("once more").await.answer().text, "You said: once more");
        assert_eq!(n_hosts(world).await, 1);
    })
    .await;
}
