//! The product as a newcomer meets it: the gateway's own demo page, its embedded assistant, and a source that can be followed.

use e2e::browser::Screen;
use e2e::chat::{run, run_async};
use e2e::dialect::Dialect;
use e2e::gateway::RunningGateway;
use e2e::wait::until;
use e2e::world::{scenario, scenario_on};
use serde_json::Value;

#[tokio::test]
async fn the_demo_answers_with_a_source_that_can_be_followed() {
    scenario("the_demo_answers_with_a_source_that_can_be_followed", async |world| {
        let gateway = RunningGateway::start(|options| options.local_delay_millis = 10).await;
        let chat = world.chat_at(&gateway.url("/")).await;
        chat.open().await;
        chat.ask("Can I return shoes I already wore?").await;
        let state = chat.until("the first words", |state| !state.answer().text.is_empty()).await;
        assert!(state.answer_is("streaming"), "the answer did not stream: {state:#?}");
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert!(state.answer().text.contains("worn"), "{state:#?}");
        let sources = state.answer().sources;
        let source = sources
            .iter()
            .find(|source| source.href.starts_with(&gateway.url("/help/returns")))
            .unwrap_or_else(|| panic!("{sources:#?}"));
        let (_, anchor) = source.href.split_once('#').unwrap_or_else(|| panic!("{} has no anchor", source.href));

        // Clicked, it opens in a tab of its own, at the heading.
        let driver = world.driver();
        let shop = driver.window().await.unwrap();
        let nth = sources.iter().position(|other| other.href == source.href).unwrap();
        chat.script(&format!("root.querySelectorAll('[part~=\"source\"]')[{nth}].click();")).await;
        let tab = until("a second tab", async || {
            let windows = driver.windows().await.map_err(|error| error.to_string())?;
            windows.into_iter().find(|window| *window != shop).ok_or_else(|| "one tab".to_owned())
        })
        .await;
        driver.switch_to_window(tab).await.unwrap();
        until("the page of the source", async || {
            let url = driver.current_url().await.map_err(|error| error.to_string())?;
            if url.as_str() == source.href { Ok(()) } else { Err(url.to_string()) }
        })
        .await;
        let heading = until("the heading", async || {
            let heading = run(driver, &format!("return document.getElementById('{anchor}')?.textContent ?? null;")).await;
            heading.as_str().map(str::to_owned).ok_or_else(|| format!("no element with the id {anchor}"))
        })
        .await;
        assert!(heading.to_lowercase().contains("worn"), "{heading}");
        let status = run_async(driver, "return (await fetch(location.href)).status;").await;
        assert_eq!(status, 200);
        assert_eq!(run(driver, "return window.opener;").await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn the_demo_says_plainly_when_it_found_nothing() {
    scenario("the_demo_says_plainly_when_it_found_nothing", async |world| {
        let gateway = RunningGateway::start(|_| {}).await;
        let chat = world.chat_at(&gateway.url("/")).await;
        chat.open().await;
        let state = chat.ask_and_wait("Who won the football world cup in 1998?").await;
        assert!(state.answer().text.contains("did not find"), "{state:#?}");
        assert_eq!(state.answer().sources.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_demos_own_style_stays_outside() {
    scenario("the_demos_own_style_stays_outside", async |world| {
        let gateway = RunningGateway::start(|_| {}).await;
        let chat = world.chat_at(&gateway.url("/")).await;
        chat.open().await;
        chat.ask_and_wait("How long does delivery to Norway take?").await;
        // The panel lies over the page's own header, and every part can be read and reached.
        let measured = chat
            .script(
                "const panel = root.querySelector('[part~=\"panel\"]').getBoundingClientRect();
                 const input = root.querySelector('[part~=\"input\"]').getBoundingClientRect();
                 const top = document.elementFromPoint(panel.x + panel.width / 2, panel.y + 8);
                 return {
                   inWindow: panel.x >= 0 && panel.y >= 0 && panel.right <= innerWidth && panel.bottom <= innerHeight,
                   onTop: top?.localName, text: parseFloat(getComputedStyle(root.querySelector('.bubble')).fontSize),
                   input: input.height > 20 && input.width > 100, sideways: document.documentElement.scrollWidth <= innerWidth,
                 };",
            )
            .await;
        assert_eq!((&measured["inWindow"], &measured["onTop"]), (&true.into(), &"assisters-chat".into()), "{measured}");
        assert_eq!((&measured["input"], &measured["sideways"]), (&true.into(), &true.into()), "{measured}");
        let size = measured["text"].as_f64().unwrap();
        assert!((12.0..=18.0).contains(&size), "{measured}");
    })
    .await;
}

#[tokio::test]
async fn on_a_telephone_the_panel_is_the_whole_screen() {
    scenario_on(Screen::PHONE, "on_a_telephone_the_panel_is_the_whole_screen", async |world| {
        let gateway = RunningGateway::start(|_| {}).await;
        let chat = world.chat_at(&gateway.url("/")).await;
        chat.open().await;
        let measures = "const box = root.querySelector('[part~=\"panel\"]').getBoundingClientRect();
             const list = root.querySelector('[part~=\"messages\"]');
             return { panel: [box.x, box.y, box.width, box.height].map(Math.round), screen: [0, 0, innerWidth, innerHeight],
                      fromEnd: Math.round(list.scrollHeight - list.clientHeight - list.scrollTop), sideways: list.scrollWidth - list.clientWidth };";
        until("a panel as large as the screen", async || {
            let measured = chat.script(measures).await;
            if measured["panel"] == measured["screen"] { Ok(()) } else { Err(measured.to_string()) }
        })
        .await;
        // A keyboard over the half of what was just opened would be rude.
        assert_ne!(chat.state().await.focus, "input");
        chat.ask("Can I return shoes I already wore?").await;
        chat.until("the sources", |state| state.answer_is("done") && !state.answer().sources.is_empty()).await;
        let measured = until("the end of the answer in sight", async || {
            let measured = chat.script(measures).await;
            if measured["fromEnd"].as_i64().is_some_and(|distance| distance <= 32) { Ok(measured) } else { Err(measured.to_string()) }
        })
        .await;
        assert_eq!(measured["sideways"], 0, "{measured}");
    })
    .await;
}

#[tokio::test]
async fn the_playground_changes_the_widget_live() {
    scenario("the_playground_changes_the_widget_live", async |world| {
        let gateway = RunningGateway::start(|_| {}).await;
        let chat = world.chat_at(&gateway.url("/")).await;
        chat.open().await;
        chat.ask_and_wait("What does a return cost?").await;
        let choose = |name: &str, value: &str| {
            format!(
                "const field = document.querySelector('#playground [name=\"{name}\"][value=\"{value}\"]') ?? document.querySelector('#playground [name=\"{name}\"]');
                 if (field.type === 'radio') field.checked = true; else field.value = '{value}';
                 field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
            )
        };
        run(world.driver(), &choose("theme", "dark")).await;
        run(world.driver(), &choose("position", "top-left")).await;
        until("a dark widget at the top left", async || {
            let widget = chat.script("const { theme, position } = root.querySelector('.widget').dataset; return [theme, position];").await;
            if widget == serde_json::json!(["dark", "top-left"]) { Ok(()) } else { Err(widget.to_string()) }
        })
        .await;
        assert_eq!(chat.state().await.messages.len(), 2, "the conversation stays");
        run(world.driver(), &choose("dialect", Dialect::Conversations.as_str())).await;
        let state = chat.ask_and_wait("How do I wash a wool sweater?").await;
        assert!(!state.answer().text.is_empty(), "{state:#?}");

        // Every other option, the three snippets, and what to think twice about.
        let read = |selector: &str| format!("return document.querySelector('{selector}').textContent;");
        run(world.driver(), &choose("locale", "fr")).await;
        run(world.driver(), &choose("further", "{ \"buttonSize\": 64 }")).await;
        until("French words", async || {
            let placeholder = chat.script("return root.querySelector('.input').placeholder;").await;
            if placeholder == "Écrivez un message…" { Ok(()) } else { Err(placeholder.to_string()) }
        })
        .await;
        let tag = run(world.driver(), &read("#snippet")).await;
        assert!(tag.as_str().is_some_and(|tag| tag.contains("data-locale=\"fr\"") && tag.contains("data-button-size=\"64\"")), "{tag}");
        for (kind, words) in [("react", "<AssistersChat"), ("frame", "/frame.html?assistant=shop-assistant&amp;theme=dark")] {
            run(world.driver(), &format!("document.querySelector('[name=snippet][value={kind}]').click();")).await;
            let snippet = run(world.driver(), &read("#snippet")).await;
            assert!(snippet.as_str().is_some_and(|snippet| snippet.contains(words)), "{snippet}");
        }
        assert_eq!(run(world.driver(), &read(".warnings")).await, "");
        run(world.driver(), &choose("text", "#888888")).await;
        run(world.driver(), &choose("apiKey", "sk-live-1")).await;
        until("two warnings", async || {
            let warnings = run(world.driver(), &read(".warnings")).await;
            let told = warnings.as_str().unwrap_or_default();
            if told.contains("A key in the page") && told.contains("contrast of") { Ok(()) } else { Err(warnings.to_string()) }
        })
        .await;
        run(world.driver(), &choose("further", "{ \"position\": \"middle\" }")).await;
        until("a mistake to be named", async || {
            let message = run(world.driver(), &read(".result .message")).await;
            if message.as_str().is_some_and(|text| text.contains("bottom-left")) { Ok(()) } else { Err(message.to_string()) }
        })
        .await;
    })
    .await;
}
