//! Nothing that axe-core knows is wrong in any state, for any brand colour; and what a screen reader is told.

use e2e::axe;
use e2e::browser::Screen;
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::Stream;
use e2e::states::{Look, STATES, walk};
use e2e::world::{scenario, scenario_on};
use serde_json::json;

use crate::support::{mount, script_page};

async fn no_state_has_a_fault(name: &str, look: Look) {
    scenario_on(look.screen, name, async |world| {
        let api = FaultServer::start().await;
        let mut seen = Vec::new();
        let mut faults = Vec::new();
        walk(world.driver(), &api, look, async |state| {
            seen.push(state.to_owned());
            faults.extend(axe::faults(world.driver()).await.into_iter().map(|fault| format!("{state}: {fault}")));
        })
        .await;
        assert_eq!(seen, STATES);
        assert_eq!(faults, [""; 0], "{}", faults.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn no_state_has_a_fault_on_a_laptop() {
    let look = Look { screen: Screen::LAPTOP, is_dark: false, is_right_to_left: false };
    no_state_has_a_fault("no_state_has_a_fault_on_a_laptop", look).await;
}

#[tokio::test]
async fn no_state_has_a_fault_on_a_dark_laptop_in_arabic() {
    let look = Look { screen: Screen::LAPTOP, is_dark: true, is_right_to_left: true };
    no_state_has_a_fault("no_state_has_a_fault_on_a_dark_laptop_in_arabic", look).await;
}

#[tokio::test]
async fn no_state_has_a_fault_on_a_telephone_in_arabic() {
    let look = Look { screen: Screen::PHONE, is_dark: false, is_right_to_left: true };
    no_state_has_a_fault("no_state_has_a_fault_on_a_telephone_in_arabic", look).await;
}

#[tokio::test]
async fn no_state_has_a_fault_on_a_dark_telephone() {
    let look = Look { screen: Screen::PHONE, is_dark: true, is_right_to_left: false };
    no_state_has_a_fault("no_state_has_a_fault_on_a_dark_telephone", look).await;
}

/// Brand colours of every hue and lightness, the hard ones among them.
const BRANDS: [&str; 20] = [
    "#000000", "#ffffff", "#808080", "#ffff00", "#00ff00", "#00ffff", "#ff00ff", "#ff0000", "#0000ff", "#fde68a", "#f97316", "#b45309",
    "#0f766e", "#767676", "#3b82f6", "#ffc0cb", "#7c3aed", "#111827", "#d9f99d", "#5f6f52",
];

#[tokio::test]
async fn any_brand_colour_can_be_read() {
    scenario("any_brand_colour_can_be_read", async |world| {
        let api = FaultServer::start().await;
        world.visit(&script_page(&api)).await;
        let code = "Yes, within **100 days**; see [returns](https://shop.example/returns).\n\n```js\nlet days = 100; // from delivery\n```\n\n> Keep the receipt.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n";
        api.answer(Stream::new(Dialect::Chat).words(code).end(&[("Returns", "https://shop.example/returns")]));
        let options = json!({"assistant": "helper", "persist": "none", "suggestions": ["One?", "Two?"]});
        mount(world, &api, "chat", &options).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask_and_wait("Can I return them?").await;
        // A failed answer below, so that its colours are there too.
        api.answer(e2e::script::Answer::error(402, "insufficient_funds"));
        chat.ask("And these?").await;
        chat.until("the failure", |state| state.answer_is("failed")).await;
        let mut faults = Vec::new();
        for brand in BRANDS {
            for theme in ["light", "dark"] {
                let update = format!("window.chat.update({{ primaryColor: '{brand}', theme: '{theme}' }});");
                e2e::chat::run_async(world.driver(), &format!("{update} await new Promise((done) => setTimeout(done, 200));")).await;
                faults.extend(axe::faults(world.driver()).await.into_iter().map(|fault| format!("{brand}, {theme}: {fault}")));
            }
        }
        assert_eq!(faults, [""; 0], "{}", faults.join("\n"));
    })
    .await;
}
