//! The header's menu, and the questions to go on with below an answer.

use e2e::browser::Screen;
use e2e::chat::{run, run_async, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::Stream;
use e2e::world::{World, scenario, scenario_on};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::support::{mount, script_page, until_script, widget_page};

/// The line of the menu that has the focus, else the part.
const FOCUS: &str = "const at = root.activeElement; return at?.closest('.menu') ? at.textContent : at?.getAttribute('part');";

async fn press(world: &World, keys: impl Into<String>) {
    world.driver().action_chain().send_keys(keys.into()).perform().await.unwrap();
}

fn key(key: Key) -> String {
    char::from(key).to_string()
}

#[tokio::test]
async fn the_menu_is_used_by_keyboard() {
    scenario("the_menu_is_used_by_keyboard", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        chat.ask_and_wait("Hello").await;
        chat.part("menu-button").await;
        until_script(world, "return Boolean(root.querySelector('.expand'));", json!(true)).await;
        chat.script("root.querySelector('.menu-button').focus();").await;
        let expanded = "return root.querySelector('.menu-button').ariaExpanded;";
        assert_eq!(chat.script(expanded).await, "false");
        press(world, key(Key::Enter)).await;
        until_script(world, FOCUS, json!("Start over")).await;
        assert_eq!(chat.script(expanded).await, "true");
        let is_hidden = "return root.querySelector('[part=clear]').checkVisibility();";
        assert_eq!(chat.script(is_hidden).await, false, "the menu stands in for it");
        for (pressed, focus) in [
            (key(Key::Up), "Larger text"),
            (key(Key::Down), "Start over"),
            (key(Key::End), "Larger text"),
            (key(Key::Home), "Start over"),
            ("w".to_owned(), "Wide"),
        ] {
            press(world, pressed).await;
            until_script(world, FOCUS, json!(focus)).await;
        }
        // Escape ends the menu, and the panel only when it is pressed again.
        press(world, key(Key::Escape)).await;
        until_script(world, FOCUS, json!("menu-button")).await;
        assert_eq!(chat.script(expanded).await, "false");
        assert!(chat.state().await.open);
        press(world, key(Key::Up)).await;
        until_script(world, FOCUS, json!("Larger text")).await;
        press(world, key(Key::Tab)).await;
        until_script(world, "return [root.activeElement.getAttribute('part'), root.querySelector('.menu')];", json!(["close", null])).await;

        // A size is one of several; the focus comes back.
        chat.script("root.querySelector('.menu-button').focus();").await;
        press(world, key(Key::Down)).await;
        press(world, "f").await;
        until_script(world, FOCUS, json!("Full window")).await;
        press(world, key(Key::Enter)).await;
        until_script(world, FOCUS, json!("menu-button")).await;
        let fills = "const { width, height } = root.querySelector('.panel').getBoundingClientRect(); return [width == document.documentElement.clientWidth, height == innerHeight];";
        until_script(world, fills, json!([true, true])).await;
        press(world, key(Key::Enter)).await;
        let checked = "return [...root.querySelectorAll('[role=menuitemradio]')].map((item) => item.ariaChecked).join();";
        until_script(world, checked, json!("false,false,false,true")).await;
        press(world, "s").await;
        press(world, key(Key::Enter)).await;
        chat.until("an empty panel", |state| state.messages.is_empty()).await;
        until_script(world, FOCUS, json!("menu-button")).await;
        // There is nothing to copy now: that is said, and nothing happens.
        press(world, key(Key::Enter)).await;
        let disabled = "return [...root.querySelectorAll('.menu-item[aria-disabled=true]')].map((item) => item.textContent);";
        until_script(world, disabled, json!(["Start over", "Copy conversation", "Download conversation"])).await;
        press(world, key(Key::Enter)).await;
        assert_eq!(chat.script(FOCUS).await, "Start over");
        // A press elsewhere ends it.
        chat.click("header").await;
        until_script(world, "return root.querySelector('.menu');", Value::Null).await;
    })
    .await;
}

#[tokio::test]
async fn a_conversation_is_taken_along() {
    scenario("a_conversation_is_taken_along", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        server.answer(Stream::new(Dialect::Chat).words("Within **100 days**.").end(&[("Returns", "https://shop.example/returns")]));
        let options = json!({"assistant": "helper", "persist": "none", "title": "Nordvik / helper"});
        mount(world, &server, "chat", &options).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask_and_wait("Can I return them?").await;
        run(
            world.driver(),
            "Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text) => { window.copied = text; } } });
             HTMLAnchorElement.prototype.click = function () { window.saved = fetch(this.href).then((file) => file.text()).then((text) => [this.download, text]); };",
        )
        .await;
        chat.choose("Copy conversation").await;
        // It is said to those who do not see the tick.
        until_script(world, "return [...root.querySelectorAll('[role=status]')].some((one) => one.textContent == 'Copied');", json!(true)).await;
        let copied = run(world.driver(), "return window.copied.replace(/ \\(.*\\)/g, '');").await;
        let expected = "You:\nCan I return them?\n\nNordvik / helper:\nWithin **100 days**.\n\n- Returns: https://shop.example/returns\n";
        assert_eq!(copied, expected);
        chat.choose("Download conversation").await;
        let saved = run_async(world.driver(), "const [name, text] = await window.saved; return [name.replace(/\\d/g, '0'), text == window.copied];").await;
        assert_eq!(saved, json!(["Nordvik-helper-0000-00-00.txt", true]));
    })
    .await;
}

#[tokio::test]
async fn larger_text_and_silence_are_remembered() {
    scenario("larger_text_and_silence_are_remembered", async |world| {
        let server = FaultServer::start().await;
        let options = json!({"assistant": "helper", "theme": {"fontSize": "20px"}, "extras": {"sound": true}});
        let size = "return getComputedStyle(root.querySelector('.suggestion, .greeting p')).fontSize;";
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &options).await;
        let chat = world.chat();
        chat.open().await;
        let title = "return getComputedStyle(root.querySelector('.title')).fontSize;";
        assert_eq!(chat.script(title).await, "20px");
        chat.choose("Larger text").await;
        until_script(world, title, json!("24px")).await;
        assert_ne!(chat.script(size).await, Value::Null);
        run(world.driver(), "window.AudioContext = class { constructor() { window.heard = (window.heard ?? 0) + 1; throw new Error('of the test'); } };").await;
        chat.click("close").await;
        run_async(world.driver(), "chat.sendMessage('One');").await;
        until_script(world, "return window.heard;", json!(1)).await;
        chat.open().await;
        chat.choose("Sound").await;
        chat.click("close").await;
        run_async(world.driver(), "chat.sendMessage('Two');").await;
        chat.until("the answer", |state| state.badge == "1").await;
        assert_eq!(run(world.driver(), "return window.heard;").await, 1);

        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &options).await;
        world.chat().open().await;
        until_script(world, title, json!("24px")).await;
        world.chat().click("menu-button").await;
        let checked = "return [...root.querySelectorAll('[role=menuitemcheckbox]')].map((item) => [item.textContent, item.ariaChecked]);";
        until_script(world, checked, json!([["Larger text", "true"], ["Sound", "false"]])).await;
    })
    .await;
}

#[tokio::test]
async fn the_menu_is_whole_in_a_small_panel_and_can_be_left_out() {
    scenario_on(Screen::PHONE, "the_menu_is_whole_in_a_small_panel_and_can_be_left_out", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "persist": "none", "locale": "ar", "extras": {"sound": true}})).await;
        let chat = world.chat();
        chat.open().await;
        chat.click("menu-button").await;
        // Every line can be pressed, is large enough for a finger, and stays in the window; a telephone's panel has one size.
        let lines = "return [...root.querySelectorAll('.menu-item')].map((item) => {
               const { left, top, right, bottom, width, height } = item.getBoundingClientRect();
               const hit = root.elementFromPoint(left + width / 2, top + height / 2);
               return item.contains(hit) && height >= 44 && left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && item.role != 'menuitemradio';
             });";
        until_script(world, lines, json!([true, true, true, true, true])).await;
        // At the side where the button is.
        let side = "return root.querySelector('.menu').getBoundingClientRect().left < innerWidth / 2;";
        assert_eq!(chat.script(side).await, true);
        run(world.driver(), "chat.update({ extras: { menu: false } });").await;
        until_script(world, "return root.querySelector('.menu-button');", Value::Null).await;
        chat.ask_and_wait("Hello").await;
        chat.click("clear").await;
        chat.until("an empty panel", |state| state.messages.is_empty()).await;
    })
    .await;
}

const CHIPS: &str = "return [...root.querySelectorAll('.follow-ups .suggestion')].map((chip) => chip.textContent);";

#[tokio::test]
async fn questions_to_go_on_with_stand_below_the_newest_answer() {
    scenario("questions_to_go_on_with_stand_below_the_newest_answer", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "persist": "none", "extras": {"followUps": ["And in winter?", "And in summer?"]}})).await;
        let chat = world.chat();
        chat.open().await;
        assert_eq!(chat.script(CHIPS).await, json!([]));
        chat.ask_and_wait("And in summer?").await;
        until_script(world, CHIPS, json!(["And in winter?"])).await;
        let in_sight = "const chip = root.querySelector('.follow-ups').getBoundingClientRect(), list = root.querySelector('.messages').getBoundingClientRect();
             return [chip.bottom <= list.bottom + 1, root.querySelector('.follow-ups').closest('[aria-live=polite], [aria-live=assertive]')];";
        until_script(world, in_sight, json!([true, null])).await;
        // By the keyboard: the focus is not lost with the chip.
        chat.script("root.querySelector('.follow-ups .suggestion').focus();").await;
        press(world, key(Key::Enter)).await;
        let state = chat.until("the answer", |state| state.questions() == ["And in summer?", "And in winter?"] && state.answer_is("done")).await;
        assert_eq!(state.focus, "input");
        // All were asked.
        until_script(world, CHIPS, json!([])).await;

        // A function is given the answer; what it gives too late, or wrongly, is not shown.
        let of_function = "window.given = [];
             chat.update({ extras: { followUps: (answer) => {
               given.push(answer.content);
               if (given.length == 1) return Promise.resolve(['About ' + answer.role + '?']);
               if (given.length == 2) return new Promise((late) => (window.late = late));
               if (given.length == 3) throw new Error('of the page');
               return 'nonsense';
             } } });";
        run(world.driver(), of_function).await;
        chat.ask_and_wait("One").await;
        until_script(world, CHIPS, json!(["About assistant?"])).await;
        chat.ask_and_wait("Two").await;
        until_script(world, "return Boolean(window.late);", json!(true)).await;
        chat.ask_and_wait("Three").await;
        run(world.driver(), "late(['Too late?']);").await;
        chat.ask_and_wait("Four").await;
        until_script(world, "return given.length;", json!(4)).await;
        assert_eq!(chat.script(CHIPS).await, json!([]));
        until_seen(world.driver(), "the error", |seen| seen.console.iter().any(|line| line.contains("extras.followUps"))).await;
    })
    .await;
}

#[tokio::test]
async fn who_answers_stands_beside_the_first_of_a_run() {
    scenario("who_answers_stands_beside_the_first_of_a_run", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let messages: Vec<Value> = ["user", "user", "assistant", "assistant", "user", "assistant"]
            .into_iter()
            .map(|role| json!({"role": role, "content": role}))
            .collect();
        let options = json!({"assistant": "helper", "persist": "none", "title": "\"; --x: y", "messages": messages});
        mount(world, &server, "chat", &options).await;
        let chat = world.chat();
        chat.open().await;
        chat.until("the messages", |state| state.messages.len() == 6).await;
        let drawn = "return [...root.querySelectorAll('.message-assistant')].map((one) => {
               const { display, content } = getComputedStyle(one, '::before');
               return display == 'none' ? '' : content.replace(' / \"\"', '');
             });";
        // Whatever the name begins with is a letter, and no style.
        until_script(world, drawn, json!(["\"\\\"\"", "\"\\\"\"", "", "\"\\\"\""])).await;
        let tails = "return [...root.querySelectorAll('.message-user .bubble')].map((one) => getComputedStyle(one).borderEndEndRadius);";
        assert_eq!(chat.script(tails).await, json!(["20px", "6px", "6px"]));
        let picture = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>";
        run(world.driver(), &format!("chat.update({{ avatar: {} }});", json!(picture))).await;
        let shown = "const { backgroundImage, content } = getComputedStyle(root.querySelector('.chunk .message-assistant'), '::before'); return [backgroundImage.startsWith('url(\"data:image/svg'), content.startsWith('\"\"')];";
        until_script(world, shown, json!([true, true])).await;
    })
    .await;
}
