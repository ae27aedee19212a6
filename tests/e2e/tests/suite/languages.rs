//! Which language the widget speaks, that its words are fetched only when they are wanted, and how it lies in languages that run to the left.

use e2e::browser::Screen;
use e2e::chat::{Chat, run, until_seen};
use e2e::fault::FaultServer;
use e2e::page::Page;
use e2e::script::Answer;
use e2e::world::{World, scenario, scenario_on};
use serde_json::{Value, json};

use crate::support::mount;

/// What is asked for by a page of this language, in a browser of these languages.
async fn visit<'a>(world: &'a World, api: &FaultServer, lang: &str, browser: &Value, options: &Value) -> Chat<'a> {
    let page = Page::with_script("/assisters.js").script(&format!(
        "document.documentElement.lang = '{lang}'; Object.defineProperty(navigator, 'languages', {{ get: () => {browser} }});"
    ));
    world.visit(&api.page("/page", &page)).await;
    mount(world, api, "chat", options).await;
    world.chat()
}

#[tokio::test]
async fn the_pages_language_is_spoken_and_then_the_browsers() {
    scenario("the_pages_language_is_spoken_and_then_the_browsers", async |world| {
        for (lang, browser, locale, placeholder, fetched) in [
            ("en", json!(["de"]), Value::Null, "Type a message...", 0),
            ("de-AT", json!(["en"]), Value::Null, "Nachricht schreiben …", 1),
            ("", json!(["pt-PT", "en"]), Value::Null, "Digite uma mensagem…", 1),
            ("fi", json!(["sv", "en"]), Value::Null, "Skriv ett meddelande…", 1),
            ("fi", json!(["fi"]), Value::Null, "Type a message...", 0),
            ("en", json!(["en"]), json!("ja"), "メッセージを入力…", 1),
        ] {
            let api = FaultServer::start().await;
            let options = json!({"assistant": "helper", "persist": "none", "locale": locale});
            let chat = visit(world, &api, lang, &browser, &options).await;
            let case = format!("{lang:?}, {browser}, {locale}");
            assert_eq!(api.requests_to("GET", "/assets/locale").len(), 0, "{case}: nothing before the visitor acts");
            chat.open().await;
            assert_eq!(chat.script("return root.querySelector('.input').placeholder;").await, placeholder, "{case}");
            assert_eq!(api.requests_to("GET", "/assets/locale-").len(), fetched, "{case}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_owners_strings_go_before_the_languages() {
    scenario("the_owners_strings_go_before_the_languages", async |world| {
        let api = FaultServer::start().await;
        let options = json!({"assistant": "helper", "persist": "none", "locale": "de", "strings": {"send": "Los", "attachFiles": "Her damit"}, "attachments": true});
        let chat = visit(world, &api, "en", &json!(["en"]), &options).await;
        chat.open().await;
        chat.part("attach").await;
        let labels = "return ['send', 'attach', 'close'].map((part) => root.querySelector(`[part~=${part}]`).ariaLabel);";
        assert_eq!(chat.script(labels).await, json!(["Los", "Her damit", "Chat schließen"]));
        // Another language while the chat is open.
        run(world.driver(), "window.chat.update({ locale: 'ar' });").await;
        let state = chat.until("the Arabic words", |state| state.launcher.label == "إغلاق المحادثة").await;
        assert!(state.open);
        let told = "const widget = root.querySelector('.widget'); return [widget.dir, widget.lang, root.querySelector('[part~=send]').ariaLabel];";
        assert_eq!(chat.script(told).await, json!(["rtl", "ar", "Los"]));
    })
    .await;
}

#[tokio::test]
async fn words_that_do_not_come_are_english() {
    scenario("words_that_do_not_come_are_english", async |world| {
        let api = FaultServer::start().await;
        api.route("GET", "/assets/locale-", |_| Answer::new(503, "text/plain", "later"));
        let options = json!({"assistant": "helper", "persist": "none"});
        let chat = visit(world, &api, "de", &json!(["de"]), &options).await;
        chat.open().await;
        assert_eq!(chat.script("return root.querySelector('.input').placeholder;").await, "Type a message...");
        until_seen(world.driver(), "a warning", |seen| seen.console.iter().any(|line| line.contains("words of a language")))
            .await;
    })
    .await;
}

#[tokio::test]
async fn lines_begin_at_the_right_in_arabic() {
    scenario_on(Screen::LAPTOP, "lines_begin_at_the_right_in_arabic", async |world| {
        let api = FaultServer::start().await;
        let options = json!({"assistant": "helper", "persist": "none", "title": "مساعد المتجر", "strings": {"aiAssistant": "AI assistant"}, "greeting": "English words"});
        let chat = visit(world, &api, "ar", &json!(["ar"]), &options).await;
        chat.open().await;
        // Where the text of each stands: the English line too begins at the right, below the Arabic one.
        let starts = "const rightOf = (selector) => {
               const range = document.createRange();
               range.selectNodeContents(root.querySelector(selector));
               return Math.round(range.getBoundingClientRect().right);
             };
             const [title, status] = ['.title', '.status'].map(rightOf);
             const { direction, unicodeBidi } = getComputedStyle(root.querySelector('.input'));
             const [input, send] = ['.input', '.send'].map((selector) => root.querySelector(selector).getBoundingClientRect());
             return { together: title == status, caret: direction + ' ' + unicodeBidi, sendIsLeft: send.right <= input.left };";
        assert_eq!(chat.script(starts).await, json!({"together": true, "caret": "rtl isolate", "sendIsLeft": true}));
        // What is written decides by itself, in either language.
        for (text, direction) in [("hello", "ltr"), ("مرحبا", "rtl")] {
            chat.script("root.querySelector('.input').value = '';").await;
            chat.write(text).await;
            assert_eq!(chat.script("return getComputedStyle(root.querySelector('.input')).direction;").await, direction, "{text}");
        }
        let state = chat.ask_and_wait(" again").await;
        assert_eq!(state.messages.len(), 2);
        assert_eq!(chat.script("return [...root.querySelectorAll('.message-user .bubble')].every((one) => one.dir == 'auto');").await, true);
    })
    .await;
}
