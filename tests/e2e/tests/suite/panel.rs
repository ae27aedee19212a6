//! Opening and closing: nothing is lost, and the focus is where a visitor expects it.

use e2e::chat::{run, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::world::{in_each_streaming_dialect, scenario};
use thirtyfour::Key;

use crate::support::widget_page;

#[tokio::test]
async fn the_draft_and_the_partial_answer_survive_closing() {
    in_each_streaming_dialect("the_draft_and_the_partial_answer_survive_closing", async |world, dialect| {
        let server = FaultServer::start().await;
        let gate = Gate::new();
        server.answer(Stream::new(dialect).words("The first half").wait(&gate).words(" and the second.").end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("Both halves, please").await;
        chat.until("the first half", |state| state.answer().text == "The first half").await;
        chat.write("a draft for later").await;
        chat.click("close").await;
        chat.until("the panel to close", |state| !state.open && state.launcher.shown).await;

        // The answer goes on while nobody looks, and is counted as unseen.
        gate.open();
        chat.until("the badge", |state| state.badge == "1").await;
        let state = chat.open().await;
        assert_eq!(state.draft, "a draft for later");
        let state = chat.until("the whole answer", |state| state.answer_is("done")).await;
        assert_eq!((state.answer().text.as_str(), state.badge.as_str()), ("The first half and the second.", ""));
        assert_eq!(server.sent().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn escape_closes_and_gives_the_focus_back() {
    scenario("escape_closes_and_gives_the_focus_back", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        let state = chat.until("the focus in the input", |state| state.focus == "input").await;
        assert_eq!(state.launcher.expanded, "true");
        chat.press(Key::Escape).await;
        let state = chat.until("the panel to close", |state| !state.open && state.focus == "launcher").await;
        assert_eq!(state.launcher.expanded, "false");
        until_seen(world.driver(), "both events", |seen| seen.details("open").len() == 1 && seen.details("close").len() == 1)
            .await;
    })
    .await;
}

#[tokio::test]
async fn opening_by_the_page_does_not_take_the_focus() {
    scenario("opening_by_the_page_does_not_take_the_focus", async |world| {
        let server = FaultServer::start().await;
        let page = e2e::page::Page::with_widget("/assisters.js", &[("assistant", "helper"), ("auto-open", "")])
            .body("<input id=\"search\" autofocus>");
        let chat = world.chat_at(&server.page("/page", &page)).await;
        run(world.driver(), "document.querySelector('#search').focus();").await;
        let state = chat.until("the panel", |state| state.open && state.engine).await;
        assert_eq!(state.focus, "");
        assert_eq!(run(world.driver(), "return document.activeElement.id;").await, "search");
    })
    .await;
}

#[tokio::test]
async fn the_pages_shortcuts_are_not_triggered_by_writing() {
    scenario("the_pages_shortcuts_are_not_triggered_by_writing", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        run(world.driver(), "window.keys = []; document.addEventListener('keydown', (event) => window.keys.push(event.key));")
            .await;
        chat.open().await;
        chat.ask_and_wait("/search me").await;
        assert_eq!(run(world.driver(), "return window.keys;").await, serde_json::json!([]));
    })
    .await;
}
