//! How the widget looks where the page, the system or the visitor wants it otherwise: palettes, contrast, stillness, little room, more space.

use e2e::axe;
use e2e::browser::{Browser, Screen};
use e2e::chat::{run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::Stream;
use e2e::wait::until;
use e2e::world::{World, scenario, scenario_on};
use serde_json::{Value, json};

use crate::support::{mount, script_page};

/// Has the browser say that the system prefers something.
async fn prefer(world: &World, features: &[(&str, &str)]) {
    let features: Vec<Value> = features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    world.driver().cdp().send_raw("Emulation.setEmulatedMedia", json!({ "features": features })).await.unwrap();
}

async fn until_theme(world: &World, case: &str, expected: &str) {
    until(format!("{expected} for {case}"), async || {
        let theme = world.chat().script("return root.querySelector('.widget').dataset.theme;").await;
        if theme == expected { Ok(()) } else { Err(theme.to_string()) }
    })
    .await;
}

/// Mounts a widget with a conversation in it.
async fn conversation(world: &World, server: &FaultServer, options: &Value) {
    world.visit(&script_page(server)).await;
    let answer = "Measure both feet:\n\n| EU | Foot |\n| - | - |\n| 41 | 26 cm |\n\n```js\nconst size = (length) => Math.round((length + 0.5) * 3) / 2; // for socks\n```\n";
    server.answer(
        Stream::new(Dialect::Chat).words(answer).end(&[("Sizes and fit of boots and shoes", "https://shop.example/sizes")]),
    );
    mount(world, server, "chat", options).await;
    world.chat().open().await;
    world.chat().ask_and_wait("Which size do I need?").await;
}

#[tokio::test]
async fn the_palette_follows_the_page_and_then_the_system() {
    scenario("the_palette_follows_the_page_and_then_the_system", async |world| {
        if Browser::from_env().unwrap() != Browser::Chromium {
            return;
        }
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        prefer(world, &[("prefers-color-scheme", "dark")]).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "persist": "none"})).await;
        world.chat().open().await;
        until_theme(world, "the system", "dark").await;
        for (script, expected) in [
            ("root.className = 'light'", "light"),
            ("root.className = 'dark'", "dark"),
            ("root.className = ''; root.dataset.theme = 'light'", "light"),
            ("root.dataset.theme = 'dark'", "dark"),
            ("delete root.dataset.theme; root.style.colorScheme = 'light'", "light"),
            ("root.style.colorScheme = ''; document.body.dataset.bsTheme = 'light'", "light"),
            ("delete document.body.dataset.bsTheme", "dark"),
        ] {
            run(world.driver(), &format!("const root = document.documentElement; {script};")).await;
            until_theme(world, script, expected).await;
        }
        prefer(world, &[("prefers-color-scheme", "light")]).await;
        until_theme(world, "the system that changes", "light").await;
    })
    .await;
}

#[tokio::test]
async fn forced_colours_contrast_and_stillness_are_honoured() {
    scenario("forced_colours_contrast_and_stillness_are_honoured", async |world| {
        if Browser::from_env().unwrap() != Browser::Chromium {
            return;
        }
        let server = FaultServer::start().await;
        let options = json!({"assistant": "helper", "persist": "none", "theme": "light"});
        world.visit(&script_page(&server)).await;
        prefer(world, &[("prefers-reduced-motion", "reduce")]).await;
        mount(world, &server, "chat", &options).await;
        world.chat().open().await;
        let moving = "return root.getAnimations().map((one) => one.animationName ?? one.transitionProperty);";
        assert_eq!(world.chat().script(moving).await, json!([]));

        conversation(world, &server, &options).await;
        let colours = "const { borderColor } = getComputedStyle(root.querySelector('.source')); const { color } = getComputedStyle(root.querySelector('.status')); return [borderColor, color];";
        let usual = world.chat().script(colours).await;
        prefer(world, &[("prefers-contrast", "more")]).await;
        until("stronger colours", async || {
            let more = world.chat().script(colours).await;
            if usual[0] != more[0] && usual[1] != more[1] { Ok(()) } else { Err(more.to_string()) }
        })
        .await;
        assert_eq!(axe::faults(world.driver()).await, [""; 0]);

        prefer(world, &[("forced-colors", "active")]).await;
        let edges = "return ['.message-user .bubble', '.send', '.icon-button', '.panel'].map((selector) => {
               const { borderTopWidth, outlineStyle, outlineColor } = getComputedStyle(root.querySelector(selector));
               return borderTopWidth == '1px' || (outlineStyle == 'solid' && outlineColor != 'rgba(0, 0, 0, 0)');
             });";
        assert_eq!(world.chat().script(edges).await, json!([true, true, true, true]));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_lost_at_four_times_the_size() {
    scenario_on(Screen::LAPTOP, "nothing_is_lost_at_four_times_the_size", async |world| {
        if Browser::from_env().unwrap() != Browser::Chromium {
            return;
        }
        let server = FaultServer::start().await;
        conversation(world, &server, &json!({"assistant": "helper", "persist": "none"})).await;
        // A window of 1280 × 1024 at 400 %.
        let metrics = json!({"width": 320, "height": 256, "deviceScaleFactor": 4, "mobile": false});
        world.driver().cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await.unwrap();
        run_async(world.driver(), "await new Promise((done) => setTimeout(done, 300));").await;
        let told = "const list = root.querySelector('.messages');
             const wide = [...root.querySelectorAll('.panel *')].filter((one) => !one.closest('.code, .table-scroll, .unseen') && one.getBoundingClientRect().right > innerWidth + 1);
             const inside = ['.close, [part=close]', '.input', '.send'].map((selector) => {
               const { top, bottom, width } = root.querySelector(selector).getBoundingClientRect();
               return width > 0 && top >= 0 && bottom <= innerHeight;
             });
             return { wide: wide.map((one) => one.className), inside, list: list.clientHeight > 60, scrolls: list.scrollWidth <= list.clientWidth };";
        assert_eq!(world.chat().script(told).await, json!({"wide": [], "inside": [true, true, true], "list": true, "scrolls": true}));
        assert_eq!(axe::faults(world.driver()).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn wider_text_is_not_cut_off() {
    scenario("wider_text_is_not_cut_off", async |world| {
        let server = FaultServer::start().await;
        conversation(world, &server, &json!({"assistant": "helper", "persist": "none"})).await;
        // WCAG 2.2, 1.4.12.
        let spread = "const sheet = new CSSStyleSheet();
             sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }');
             root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
             // A name that is cut off on purpose is whole in its preview, or its tooltip.
             const cut = [...root.querySelectorAll('button, .bubble, .watermark, .time, .message-note')]
               .filter((one) => one.checkVisibility() && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))
               .filter((one) => getComputedStyle(one).overflow != 'visible');
             return cut.map((one) => one.className);";
        assert_eq!(world.chat().script(spread).await, json!([]));
    })
    .await;
}
