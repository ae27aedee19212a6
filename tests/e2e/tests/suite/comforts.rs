//! What makes an open panel comfortable: its size on a desktop, the whole screen of a telephone, and what an owner adds.

use e2e::browser::Screen;
use e2e::chat::{run, run_async, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::page::Page;
use e2e::script::Stream;
use e2e::wait::until_true;
use e2e::world::{scenario, scenario_on};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::support::{mount, script_page, until_script, widget_page};

const WIDTH: &str = "return root.querySelector('.panel').offsetWidth;";

#[tokio::test]
async fn a_panel_has_the_size_that_it_is_drawn_to_and_keeps_it() {
    scenario("a_panel_has_the_size_that_it_is_drawn_to_and_keeps_it", async |world| {
        let server = FaultServer::start().await;
        let page = widget_page(&server, Dialect::Chat, &[]);
        world.chat_at(&page).await.open().await;
        until_script(world, "return Boolean(root.querySelector('.resize'));", json!(true)).await;
        assert_eq!(world.chat().script(WIDTH).await, 400);
        let press = |key: &str| {
            format!(
                "root.querySelector('.resize').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}));"
            )
        };
        // The panel grows away from its corner.
        world.chat().script(&press("ArrowLeft").repeat(3)).await;
        assert_eq!(world.chat().script(WIDTH).await, 472);
        let handle = world
            .driver()
            .execute("return document.querySelector('assisters-chat').shadowRoot.querySelector('.resize');", Vec::new())
            .await;
        let handle = handle.and_then(|found| found.element()).unwrap();
        let drag =
            world.driver().action_chain().move_to_element_center(&handle).click_and_hold().move_by_offset(-28, 30).release();
        drag.perform().await.unwrap();
        assert_eq!(
            world
                .chat()
                .script("const { offsetWidth, offsetHeight } = root.querySelector('.panel'); return [offsetWidth, offsetHeight];")
                .await,
            json!([500, 630])
        );

        world.chat_at(&page).await.open().await;
        until_script(world, WIDTH, json!(500)).await;
        // To the whole height, and back, by one button that keeps the focus.
        world.chat().script("root.querySelector('.expand').focus(); root.querySelector('.expand').click();").await;
        until_script(
            world,
            "return [root.querySelector('.widget').dataset.size, root.activeElement.ariaLabel];",
            json!(["expanded", "Shrink"]),
        )
        .await;
        assert_eq!(world.chat().script(WIDTH).await, 760);
        world.chat().script("root.activeElement.click();").await;
        until_script(
            world,
            "return [root.querySelector('.widget').dataset.size, root.activeElement.ariaLabel];",
            json!(["normal", "Expand"]),
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_telephones_page_stays_as_it_was() {
    scenario_on(Screen::PHONE, "a_telephones_page_stays_as_it_was", async |world| {
        let server = FaultServer::start().await;
        let api_url = server.api_url();
        let page = Page::with_widget("/assisters.js", &[("assistant", "helper"), ("api-url", &api_url)]).body("<div style='height: 3000px'></div>");
        let chat = world.chat_at(&server.page("/page", &page)).await;
        for style in ["", "overflow: scroll; color: red;"] {
            run(world.driver(), &format!("if ('{style}') document.documentElement.style = '{style}'; scrollTo(0, 300);")).await;
            chat.open().await;
            until_script(world, "return root.querySelector('.panel').ariaModal;", json!("true")).await;
            assert_eq!(run(world.driver(), "return getComputedStyle(document.documentElement).overflowY;").await, "hidden");
            // No keyboard comes up, and the focus is in the panel.
            until_script(world, "return root.activeElement?.className;", json!("panel")).await;
            let fills = "const { top, height } = root.querySelector('.panel').getBoundingClientRect(); return [top, Math.round(height) == innerHeight];";
            until_script(world, fills, json!([0, true])).await;

            world.driver().back().await.unwrap();
            chat.until("the panel to close", |state| !state.open && state.focus == "launcher").await;
            let restored = "return [document.documentElement.getAttribute('style'), scrollY, location.pathname];";
            let expected = if style.is_empty() { Value::Null } else { json!("overflow: scroll; color: red;") };
            let mut returned = run(world.driver(), restored).await;
            // The order of declarations is not the page's concern; what they are is.
            if let Some(text) = returned[0].as_str() {
                let mut parts: Vec<_> = text.split("; ").map(|part| part.trim_end_matches(';')).collect();
                parts.sort_unstable();
                parts.reverse();
                returned[0] = json!(parts.join("; ") + ";");
            }
            assert_eq!(returned, json!([expected, 300, "/page"]));
        }
        // Closed by its own button the entry in the history goes, too.
        chat.open().await;
        until_script(world, "return Boolean(history.state?.assisters);", json!(true)).await;
        chat.click("close").await;
        until_script(world, "return Boolean(history.state?.assisters);", json!(false)).await;
        assert_eq!(run(world.driver(), "return location.pathname;").await, "/page");
    })
    .await;
}

#[tokio::test]
async fn the_focus_goes_round_in_a_whole_screen_and_no_keyboard_comes_up() {
    scenario_on(Screen::PHONE, "the_focus_goes_round_in_a_whole_screen_and_no_keyboard_comes_up", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        until_script(world, "return root.querySelector('.panel').ariaModal;", json!("true")).await;
        let mut visited = Vec::new();
        for _ in 0..12 {
            world.driver().action_chain().send_keys(Key::Tab).perform().await.unwrap();
            let focus = chat.script("const at = root.activeElement; return at?.closest('.panel') ? at.getAttribute('part') ?? at.localName : 'outside';").await;
            visited.push(focus.as_str().unwrap_or("nowhere").to_owned());
        }
        assert!(!visited.iter().any(|part| ["outside", "nowhere"].contains(&part.as_str())), "{visited:?}");
        assert!(visited.iter().filter(|part| *part == "input").count() >= 2, "{visited:?}");
        // A tap on the button leaves the focus where it is.
        chat.script("root.querySelector('.input').value = 'Hello'; root.querySelector('.input').dispatchEvent(new Event('input')); root.activeElement.blur();").await;
        chat.click("send").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_ne!(state.focus, "input");
        assert_eq!(chat.script("return parseFloat(getComputedStyle(root.querySelector('.input')).fontSize) >= 16;").await, true);
    })
    .await;
}

#[tokio::test]
async fn the_composer_stays_above_the_keyboard() {
    scenario_on(Screen::PHONE, "the_composer_stays_above_the_keyboard", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        chat.ask_and_wait(&"A long question. ".repeat(60)).await;
        until_script(world, "return root.querySelector('.panel').ariaModal;", json!("true")).await;
        // What a keyboard of 320 pixels does to the visible part of the window, which no driver can bring up.
        let keyboard = |height: u32, top: u32| {
            format!(
                "for (const [name, value] of [['height', {height}], ['offsetTop', {top}]]) Object.defineProperty(visualViewport, name, {{ configurable: true, value }});
                 visualViewport.dispatchEvent(new Event('resize'));"
            )
        };
        run(world.driver(), &keyboard(524, 40)).await;
        let seen = "const [panel, input, list] = ['.panel', '.input', '.messages'].map((one) => root.querySelector(one).getBoundingClientRect());
             const last = root.querySelector('.message:last-child .bubble').getBoundingClientRect();
             return [panel.top, panel.bottom, input.bottom < panel.bottom, last.bottom <= list.bottom];";
        until_script(world, seen, json!([40, 564, true, true])).await;
        run(world.driver(), &keyboard(844, 0)).await;
        until_script(world, seen, json!([0, 844, true, true])).await;
        // Who has zoomed in is left alone.
        run(world.driver(), &format!("Object.defineProperty(visualViewport, 'scale', {{ configurable: true, value: 2 }}); {}", keyboard(422, 100))).await;
        assert_eq!(chat.script(seen).await, json!([0, 844, true, true]));
    })
    .await;
}

#[tokio::test]
async fn back_can_be_left_to_the_page() {
    scenario_on(Screen::PHONE, "back_can_be_left_to_the_page", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "extras": {"backCloses": false}})).await;
        world.chat().open().await;
        until_script(world, "return root.querySelector('.panel').ariaModal;", json!("true")).await;
        assert_eq!(run(world.driver(), "return history.state;").await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_visitor_is_greeted_once_and_asked_who_they_are() {
    scenario("a_visitor_is_greeted_once_and_asked_who_they_are", async |world| {
        let server = FaultServer::start().await;
        let options = json!({"assistant": "helper", "preload": "idle", "extras": {"greeter": {"text": "Need a hand?", "delaySecs": 0}, "form": {"consent": true}}});
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &options).await;
        until_script(world, "return root.querySelector('.greeter-text')?.textContent;", json!("Need a hand?")).await;
        assert_eq!(run(world.driver(), "return localStorage.length;").await, 0, "nothing is stored before the visitor acts");
        world.chat().click("greeter-text").await;
        world.chat().until("the panel", |state| state.open).await;
        until_script(world, "return Boolean(root.querySelector('.form')) && !root.querySelector('.composer').checkVisibility();", json!(true)).await;
        let fill = "for (const [name, value] of [['name', 'Ada'], ['email', 'ada@shop.example']]) root.querySelector(`[name=${name}]`).value = value;
             root.querySelector('.form-start').click();";
        world.chat().script(fill).await;
        // Without consent nothing begins.
        until_script(world, "return root.activeElement.name;", json!("consent")).await;
        world.chat().script("root.querySelector('[name=consent]').click(); root.querySelector('.form-start').click();").await;
        until_script(world, "return root.querySelector('.composer').checkVisibility() && !root.querySelector('.form');", json!(true)).await;
        world.chat().ask_and_wait("Hello").await;
        assert_eq!(server.sent()[0].json()["user"], json!({"name": "Ada", "email": "ada@shop.example"}));

        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &options).await;
        world.chat().until("the engine", |state| state.engine).await;
        world.chat().open().await;
        world.chat().ask_and_wait("Me again").await;
        assert_eq!(world.chat().script("return [root.querySelector('.greeter'), root.querySelector('.form')];").await, json!([null, null]));
        assert_eq!(server.sent()[1].json()["user"]["email"], "ada@shop.example");

        // Once it is forgotten who they are, they are asked again, and nothing of them is kept or sent.
        run(world.driver(), "chat.forget();").await;
        until_script(world, "return Boolean(root.querySelector('.form'));", json!(true)).await;
        let kept = "return Object.keys(localStorage).filter((key) => localStorage[key].includes('ada@shop.example'));";
        assert_eq!(run(world.driver(), kept).await, json!([]));
        run_async(world.driver(), "chat.sendMessage('And now?');").await;
        until_true("the message to be sent", || server.sent().len() == 3).await;
        assert_eq!(server.sent()[2].json()["user"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn the_title_counts_and_a_shortcut_opens() {
    scenario("the_title_counts_and_a_shortcut_opens", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let options = json!({"assistant": "helper", "persist": "none", "preload": "idle", "extras": {"unreadInTitle": true, "shortcut": "Alt+C", "sound": true}});
        mount(world, &server, "chat", &options).await;
        run_async(world.driver(), "chat.sendMessage('Hello');").await;
        until_script(world, "return document.title;", json!("(1) Test page")).await;
        world.driver().action_chain().key_down(Key::Alt).send_keys("c").key_up(Key::Alt).perform().await.unwrap();
        world.chat().until("the focus in the input", |state| state.open && state.focus == "input").await;
        until_script(world, "return document.title;", json!("Test page")).await;
        world.driver().action_chain().key_down(Key::Alt).send_keys("c").key_up(Key::Alt).perform().await.unwrap();
        world.chat().until("the panel to close", |state| !state.open && state.focus == "launcher").await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_extra_is_named_with_the_valid_ones() {
    scenario("a_wrong_extra_is_named_with_the_valid_ones", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "extras": {"announce": "loud"}})).await;
        world.chat().open().await;
        until_seen(world.driver(), "the error", |seen| {
            seen.console.iter().any(|line| line.contains("extras.announce") && line.contains("answer | sentences | off"))
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn what_is_said_is_written_into_the_input() {
    scenario("what_is_said_is_written_into_the_input", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let fake = "window.SpeechRecognition = class {
               start() { window.recognition = this; }
               stop() { this.onend(); }
               abort() { this.onend(); }
             };
             window.spoken = [];
             speechSynthesis.speak = (utterance) => spoken.push([utterance.text, utterance.lang]);";
        run(world.driver(), fake).await;
        server.answer(Stream::new(Dialect::Chat).words("Within **two** days.\n\n- By post\n").end(&[]));
        mount(
            world,
            &server,
            "chat",
            &json!({"assistant": "helper", "persist": "none", "extras": {"voice": {"language": "en-GB"}}}),
        )
        .await;
        let chat = world.chat();
        chat.open().await;
        chat.write("Hello,").await;
        chat.click("dictate").await;
        run(world.driver(), "recognition.onresult({ results: [[{ transcript: 'when does' }], [{ transcript: ' it come' }]] });")
            .await;
        assert_eq!(chat.state().await.draft, "Hello, when does it come");
        assert_eq!(run(world.driver(), "return recognition.lang;").await, "en-GB");
        chat.click("dictate").await;
        until_script(world, "return root.querySelector('.dictate').ariaPressed;", json!("false")).await;
        chat.ask_and_wait("?").await;
        chat.click("read-aloud").await;
        assert_eq!(run(world.driver(), "return spoken;").await, json!([["Within two days. By post", "en-GB"]]));
        // Refused, it says so and lets go.
        chat.click("dictate").await;
        run(world.driver(), "recognition.onerror({ error: 'not-allowed' }); recognition.onend();").await;
        until_script(
            world,
            "return root.querySelector('.voice-status').textContent;",
            json!("The microphone is not allowed on this page."),
        )
        .await;
    })
    .await;
}
