//! The map of keys that the README has, pressed as a keyboard does: by the browser's driver, not by events that a script makes.

use e2e::chat::Chat;
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::world::{World, scenario};
use serde_json::json;
use thirtyfour::Key;

use crate::support::{mount, script_page, until_script, widget_page};

/// Presses a key, with others held down.
async fn press(world: &World, held: &[Key], key: impl Into<char>) {
    let mut chain = world.driver().action_chain();
    for held in held {
        chain = chain.key_down(held.clone());
    }
    chain = chain.send_keys(key.into().to_string());
    for held in held {
        chain = chain.key_up(held.clone());
    }
    chain.perform().await.unwrap();
}

/// Puts the focus on a part and returns once it is there.
async fn focus(chat: Chat<'_>, part: &str) {
    chat.part(part).await;
    chat.script(&format!("root.querySelector('[part~={part}]').focus();")).await;
    chat.until("the focus", |state| state.focus.split(' ').any(|name| name == part)).await;
}

#[tokio::test]
async fn keys_open_write_send_and_close() {
    scenario("keys_open_write_send_and_close", async |world| {
        let server = FaultServer::start().await;
        let end = Gate::new();
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        focus(chat, "launcher").await;
        press(world, &[], Key::Enter).await;
        chat.until("the focus in the input", |state| state.open && state.engine && state.focus == "input").await;
        press(world, &[], 'a').await;
        press(world, &[Key::Shift], Key::Enter).await;
        press(world, &[], 'b').await;
        chat.until("two lines", |state| state.draft == "a\nb").await;
        server.answer(Stream::new(Dialect::Chat).words("Half. ").wait(&end).words("Whole.").end(&[]));
        press(world, &[], Key::Enter).await;
        chat.until("the question", |state| state.questions() == ["a\nb"] && state.draft.is_empty()).await;
        // What streams in takes no focus; what is written meanwhile stays when the panel closes.
        press(world, &[], 'c').await;
        end.open();
        chat.until("the answer", |state| state.answer_is("done") && state.focus == "input" && state.draft == "c").await;
        press(world, &[], Key::Escape).await;
        chat.until("the focus on the launcher", |state| !state.open && state.focus == "launcher").await;
        press(world, &[], ' ').await;
        chat.until("the draft", |state| state.open && state.focus == "input" && state.draft == "c").await;
    })
    .await;
}

#[tokio::test]
async fn tab_reaches_every_control_of_the_panel_and_leaves_it() {
    scenario("tab_reaches_every_control_of_the_panel_and_leaves_it", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "persist": "none", "suggestions": ["One?", "Two?"]})).await;
        let chat = world.chat();
        chat.open().await;
        until_script(world, "return Boolean(root.querySelector('.menu-button') && root.querySelector('.expand') && root.querySelector('.resize'));", json!(true)).await;
        focus(chat, "launcher").await;
        let mut visited = Vec::new();
        for _ in 0..12 {
            press(world, &[], Key::Tab).await;
            let at = chat.script("return root.activeElement?.getAttribute('part') ?? root.activeElement?.localName ?? 'outside';").await;
            visited.push(at.as_str().unwrap_or_default().to_owned());
        }
        // WebKit goes by links only with another key; the rest is the same in all of them.
        visited.retain(|part| part != "a");
        let expected = ["expand", "menu-button", "close", "messages", "suggestion", "suggestion", "input", "resize", "outside"];
        assert_eq!(visited[..expected.len()], expected, "{visited:?}");
    })
    .await;
}

#[tokio::test]
async fn arrows_go_through_suggestions_and_sizes() {
    scenario("arrows_go_through_suggestions_and_sizes", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(
            world,
            &server,
            "chat",
            &json!({"assistant": "helper", "persist": "none", "suggestions": ["One?", "Two?", "Three?"]}),
        )
        .await;
        let chat = world.chat();
        chat.open().await;
        until_script(world, "return Boolean(root.querySelector('.resize'));", json!(true)).await;
        chat.script("root.querySelector('.suggestion').focus();").await;
        let at = "return root.activeElement.textContent;";
        for (key, text) in [
            (Key::Down, "Two?"),
            (Key::Right, "Three?"),
            (Key::Down, "One?"),
            (Key::Left, "Three?"),
            (Key::Up, "Two?"),
            (Key::Home, "One?"),
            (Key::End, "Three?"),
        ] {
            press(world, &[], key).await;
            until_script(world, at, json!(text)).await;
        }
        press(world, &[], Key::Enter).await;
        chat.until("the answer", |state| state.questions() == ["Three?"] && state.answer_is("done")).await;
        // Whoever asked by the keyboard goes on by it.
        chat.until("the focus in the input", |state| state.focus == "input").await;

        focus(chat, "resize").await;
        press(world, &[], Key::Left).await;
        until_script(world, "return root.querySelector('.panel').offsetWidth;", json!(424)).await;
        press(world, &[], Key::Right).await;
        until_script(world, "return root.querySelector('.panel').offsetWidth;", json!(400)).await;
    })
    .await;
}
