//! What a visitor does with a message: copy it, rate it, ask for it anew, change the question; and look at a source first.

use e2e::chat::{Chat, run, run_async, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::Stream;
use e2e::wait::until;
use e2e::world::{in_each_dialect, in_each_dialect_with_history, in_each_streaming_dialect, scenario};
use serde_json::json;
use thirtyfour::{Key, WebDriver};

use crate::support::{gateway_page, widget_page};

const MARKDOWN: &str = "Some **bold** words.\n\n```js\nconst a = 1;\n```\n";

/// Keeps what is copied in `window.copied`.
const WITH_CLIPBOARD: &str = "navigator.clipboard.writeText = async (text) => { window.copied = text; };";

/// The clipboard as a page without TLS has it: none, and only what is selected can be copied.
const WITHOUT_CLIPBOARD: &str = "Object.defineProperty(navigator, 'clipboard', { value: undefined });
     document.addEventListener('copy', (event) => { const field = event.composedPath()[0]; window.copied = field.value.slice(field.selectionStart, field.selectionEnd); });";

async fn until_copied(driver: &WebDriver, expected: &str) {
    until("the copy", async || match run(driver, "return window.copied ?? null;").await {
        found if found == expected => Ok(()),
        found => Err(found.to_string()),
    })
    .await;
    run(driver, "window.copied = null;").await;
}

async fn click_action(chat: Chat<'_>, selector: &str) {
    until(format!("{selector} to take a click"), async || {
        let clicked = chat
            .script(&format!(
                "const found = root.querySelector({selector:?}); found?.focus(); found?.click(); return Boolean(found);"
            ))
            .await;
        if clicked == true { Ok(()) } else { Err("it is not there".to_owned()) }
    })
    .await;
}

#[tokio::test]
async fn a_message_is_copied_as_it_was_written_and_code_by_itself() {
    scenario("a_message_is_copied", async |world| {
        for clipboard in [WITH_CLIPBOARD, WITHOUT_CLIPBOARD] {
            let server = FaultServer::start().await;
            server.answer(Stream::new(Dialect::Chat).words(MARKDOWN).end(&[]));
            let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("persist", "none")])).await;
            run(world.driver(), clipboard).await;
            chat.open().await;
            chat.ask_and_wait("code, please").await;
            click_action(chat, ".message-assistant [part~=copy]").await;
            until_copied(world.driver(), MARKDOWN).await;
            let label = "return root.querySelector('.message-assistant [part~=copy]').getAttribute('aria-label');";
            assert_eq!(chat.script(label).await, "Copied");
            until("the button to be itself again", async || match chat.script(label).await {
                found if found == "Copy" => Ok(()),
                found => Err(found.to_string()),
            })
            .await;
            click_action(chat, "[part~=code-copy]").await;
            until_copied(world.driver(), "const a = 1;\n").await;
            click_action(chat, ".message-user [part~=copy]").await;
            until_copied(world.driver(), "code, please").await;
            assert_eq!(chat.script("return root.querySelectorAll('textarea.unseen').length;").await, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_asked_for_once_more() {
    in_each_streaming_dialect("an_answer_is_asked_for_once_more", async |world, dialect| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, dialect, &[("persist", "none")])).await;
        chat.open().await;
        chat.ask_and_wait("first").await;
        server.answer(Stream::new(dialect).words("The second answer.").end(&[("Hours", "https://shop.example/hours")]));
        chat.ask_and_wait("second").await;
        assert_eq!(chat.script("return root.querySelectorAll('[part~=regenerate]').length;").await, 1, "only the last answer");
        server.answer(Stream::new(dialect).words("A better answer.").end(&[]));
        click_action(chat, "[part~=regenerate]").await;
        let state =
            chat.until("the new answer", |state| state.answer_is("done") && state.answer().text == "A better answer.").await;
        assert_eq!((state.messages.len(), state.answer().sources.len()), (4, 0));
        assert_eq!(server.sent().len(), 3);
        // And once more: what was replaced can be replaced.
        server.answer(Stream::new(dialect).words("The best.").end(&[]));
        click_action(chat, "[part~=regenerate]").await;
        chat.until("the newest answer", |state| state.answer_is("done") && state.answer().text == "The best.").await;
    })
    .await;
}

#[tokio::test]
async fn the_last_question_is_changed_where_it_stands() {
    in_each_dialect("the_last_question_is_changed_where_it_stands", async |world, dialect| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, dialect, &[("persist", "none")])).await;
        chat.open().await;
        chat.ask_and_wait("first").await;
        chat.ask_and_wait("secnod").await;
        assert_eq!(chat.script("return root.querySelectorAll('[part~=edit]').length;").await, 1, "only the last question");

        // Escape leaves everything as it was, and the panel open.
        click_action(chat, "[part~=edit]").await;
        let editor = chat.part("editor-input").await;
        assert_eq!(editor.prop("value").await.unwrap().as_deref(), Some("secnod"));
        editor.send_keys(" thoughts").await.unwrap();
        editor.send_keys(Key::Escape).await.unwrap();
        until("the editor to close", async || {
            match chat.script("return root.querySelectorAll('[part~=editor]').length;").await {
                found if found == 0 => Ok(()),
                found => Err(found.to_string()),
            }
        })
        .await;
        let state = chat.state().await;
        assert_eq!((state.open, state.questions()), (true, vec!["first", "secnod"]));

        click_action(chat, "[part~=edit]").await;
        let editor = chat.part("editor-input").await;
        for _ in "secnod".chars() {
            editor.send_keys(Key::Backspace).await.unwrap();
        }
        editor.send_keys("second").await.unwrap();
        editor.send_keys(Key::Enter).await.unwrap();
        let state =
            chat.until("the new answer", |state| state.answer_is("done") && state.answer().text == "You said: second").await;
        assert_eq!(state.questions(), ["first", "second"]);
        assert_eq!((state.messages.len(), server.sent().len()), (4, 3));
    })
    .await;
}

#[tokio::test]
async fn a_verdict_is_told_kept_and_taken_back() {
    scenario("a_verdict_is_told_kept_and_taken_back", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        chat.ask_and_wait("good?").await;
        let pressed = "return ['up', 'down'].map((name) => root.querySelector(`.message-assistant [part~=feedback-${name}]`)?.ariaPressed).join();";
        click_action(chat, "[part~=feedback-down]").await;
        assert_eq!(chat.script(pressed).await, "false,true");
        click_action(chat, "[part~=feedback-up]").await;
        assert_eq!(chat.script(pressed).await, "true,false");
        let seen = until_seen(world.driver(), "both verdicts", |seen| seen.details("feedback").len() == 2).await;
        let id = seen.details("message")[0]["id"].clone();
        assert_eq!(*seen.details("feedback")[1], json!({"messageId": id, "rating": "up"}));

        world.driver().refresh().await.unwrap();
        chat.open().await;
        until("the verdict after a reload", async || match chat.script(pressed).await {
            found if found == "true,false" => Ok(()),
            found => Err(found.to_string()),
        })
        .await;
        click_action(chat, "[part~=feedback-up]").await;
        assert_eq!(chat.script(pressed).await, "false,false");
        let seen = until_seen(world.driver(), "the verdict", |seen| seen.details("feedback").len() == 1).await;
        assert_eq!(seen.details("feedback")[0]["rating"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_is_told_the_verdict_in_every_dialect_that_it_keeps() {
    in_each_dialect_with_history("a_gateway_is_told_the_verdict", async |world, dialect| {
        let pages = FaultServer::start().await;
        let (gateway, page) = gateway_page(&pages, dialect).await;
        let api_url = gateway.api_url();
        let chat = world.chat_at(&page).await;
        chat.open().await;
        chat.ask_and_wait("Can I return shoes I already wore?").await;
        let verdicts = format!(
            "const headers = {{ authorization: 'Bearer ' + JSON.parse(localStorage['assisters:token@{api_url}']).token }};
             return (await (await fetch('{api_url}/assistants/shop-assistant', {{ headers }})).json()).feedback;"
        );
        for (action, expected) in [
            ("feedback-up", json!({"up": 1, "down": 0})),
            ("feedback-down", json!({"up": 0, "down": 1})),
            ("feedback-down", json!({"up": 0, "down": 0})),
        ] {
            click_action(chat, &format!("[part~={action}]")).await;
            until("the verdict to be counted", async || match run_async(world.driver(), &verdicts).await {
                found if found == expected => Ok(()),
                found => Err(found.to_string()),
            })
            .await;
        }
        assert_eq!(e2e::chat::seen(world.driver()).await.details("error").len(), 0);
    })
    .await;
}

#[tokio::test]
async fn actions_are_reached_by_keyboard_and_large_enough() {
    scenario("actions_are_reached_by_keyboard", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("persist", "none")])).await;
        chat.open().await;
        chat.ask_and_wait("hello").await;
        chat.part("regenerate").await;
        chat.press(Key::Shift + Key::Tab).await;
        let focus = "return root.activeElement?.part.toString() ?? '';";
        assert_eq!(chat.script(focus).await, "action regenerate");
        let sizes = "return Math.min(...[...root.querySelectorAll('.action')].flatMap((button) => [button.offsetWidth, button.offsetHeight]));";
        assert!(chat.script(sizes).await.as_i64().unwrap() >= 24);
        let unnamed = "return [...root.querySelectorAll('.action')].filter((button) => !button.ariaLabel).length;";
        assert_eq!(chat.script(unnamed).await, 0);
        let time = chat.script("return root.querySelector('.message-assistant time').dateTime;").await;
        assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
    })
    .await;
}

#[tokio::test]
async fn days_are_told_apart() {
    scenario("days_are_told_apart", async |world| {
        let server = FaultServer::start().await;
        world.visit(&crate::support::script_page(&server)).await;
        let mount = format!(
            "const at = (days) => new Date(Date.now() - days * 864e5).toISOString();
             const messages = [[400, 'user', 'long ago'], [1, 'user', 'yesterday'], [1, 'assistant', 'also yesterday'], [0, 'user', 'today']];
             window.chat = await Assisters.mount({{ assistant: 'helper', apiUrl: '{}', persist: 'none', locale: 'en',
               messages: messages.map(([days, role, content]) => ({{ role, content, createdAt: at(days) }})) }});
             chat.open();",
            server.api_url()
        );
        assert_eq!(run_async(world.driver(), &mount).await, json!(null));
        let chat = world.chat();
        chat.until("the messages", |state| state.messages.len() == 4).await;
        let separators = "return [...root.querySelectorAll('[part~=day-separator]')].map((day) => [day.textContent, day.nextElementSibling.querySelector('.bubble').textContent]);";
        let separators = chat.script(separators).await;
        let long_ago = separators[0][0].as_str().unwrap();
        assert!(long_ago.contains("20"), "with its year: {long_ago}");
        assert_eq!(separators, json!([[long_ago, "long ago"], ["Yesterday", "yesterday"], ["Today", "today"]]));
    })
    .await;
}

#[tokio::test]
async fn a_source_is_shown_before_it_is_followed() {
    scenario("a_source_is_shown_before_it_is_followed", async |world| {
        let server = FaultServer::start().await;
        let title = "Returns and exchanges within one hundred days, also of shoes that were worn outside";
        server.answer(Stream::new(Dialect::Chat).words("Yes.").end(&[(title, "https://shop.example/help/returns"), ("Hours", "https://shop.example/hours")]));
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("persist", "none")])).await;
        chat.open().await;
        chat.ask_and_wait("really?").await;
        let n_requests = run(world.driver(), "return performance.getEntriesByType('resource').length;").await;
        let card = "const card = root.querySelector('[part~=preview]'); return card.hidden ? null : [...card.children].map((line) => line.textContent);";

        let chip = chat.part("source").await;
        world.driver().action_chain().move_to_element_center(&chip).perform().await.unwrap();
        until("the card", async || match chat.script(card).await {
            found if found == json!([title, "shop.example"]) => Ok(()),
            found => Err(found.to_string()),
        })
        .await;
        let inside = "const card = root.querySelector('[part~=preview]').getBoundingClientRect(); const panel = root.querySelector('[part~=panel]').getBoundingClientRect();
                      const chip = root.querySelector('[part~=source]').getBoundingClientRect();
                      return card.left >= panel.left && card.right <= panel.right && card.top >= panel.top && card.bottom <= chip.top;";
        assert_eq!(chat.script(inside).await, true);
        // The card itself can be pointed at.
        let shown = chat.part("preview").await;
        world.driver().action_chain().move_to_element_center(&shown).perform().await.unwrap();
        assert_eq!(chat.script(card).await, json!([title, "shop.example"]));
        let input = chat.part("input").await;
        world.driver().action_chain().move_to_element_center(&input).perform().await.unwrap();
        assert_eq!(chat.script(card).await, json!(null));

        // By keyboard; the first Escape is the card's.
        chat.script("root.querySelectorAll('[part~=source]')[1].focus();").await;
        assert_eq!(chat.script(card).await, json!(["Hours", "shop.example"]));
        assert_eq!(chat.script("return root.activeElement.getAttribute('aria-describedby');").await, "preview");
        world.driver().action_chain().send_keys(Key::Escape).perform().await.unwrap();
        assert_eq!(chat.script(card).await, json!(null));
        assert!(chat.state().await.open);
        assert_eq!(run(world.driver(), "return performance.getEntriesByType('resource').length;").await, n_requests);
    })
    .await;
}
