//! Nothing that axe-core knows is wrong in any state, for any brand colour; and what a screen reader is told.

use e2e::axe;
use e2e::browser::Screen;
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::states::{Look, STATES, walk};
use e2e::world::{World, scenario, scenario_on};
use serde_json::{Value, json};

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
        seen.sort();
        let mut expected: Vec<_> = STATES.into_iter().filter(|state| !look.screen.is_phone || *state != "expanded").collect();
        expected.sort_unstable();
        assert_eq!(seen, expected);
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
    "#000000", "#ffffff", "#808080", "#ffff00", "#00ff00", "#00ffff", "#ff00ff", "#ff0000", "#0000ff", "#fde68a", "#f97316",
    "#b45309", "#0f766e", "#767676", "#3b82f6", "#ffc0cb", "#7c3aed", "#111827", "#d9f99d", "#5f6f52",
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

/// Where what is told stands.
const TOLD: &str = "return root.querySelector('.announcer')?.textContent ?? null;";

#[tokio::test]
async fn an_answer_is_told_once_it_is_finished() {
    scenario("an_answer_is_told_once_it_is_finished", async |world| {
        let api = FaultServer::start().await;
        world.visit(&script_page(&api)).await;
        let end = Gate::new();
        let answer = || {
            Stream::new(Dialect::Chat).words("First, **measure**. Then look. ").wait(&end).words("\n\n- One\n- Two\n").end(&[])
        };
        api.answer(answer());
        mount(world, &api, "chat", &json!({"assistant": "helper", "persist": "none"})).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask("How?").await;
        chat.until("the first words", |state| state.answer().text.contains("Then look.")).await;
        e2e::wait::until("the announcer", async || match chat.script(TOLD).await {
            Value::Null => Err("not there".to_owned()),
            told if told == "" => Ok(()),
            told => panic!("told before it is finished: {told}"),
        })
        .await;
        // Writing on is not disturbed by what arrives.
        chat.write("a draft").await;
        end.open();
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!((state.focus.as_str(), state.draft.as_str()), ("input", "a draft"));
        e2e::wait::until("the answer to be told", async || match chat.script(TOLD).await {
            told if told == "First, measure. Then look. One Two" => Ok(()),
            told => Err(told.to_string()),
        })
        .await;
        assert_eq!(
            chat.script("const list = root.querySelector('.messages'); return [list.role, list.ariaLive];").await,
            json!(["log", "off"])
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_told_by_sentences_where_the_owner_wants_that() {
    scenario("an_answer_is_told_by_sentences_where_the_owner_wants_that", async |world| {
        let api = FaultServer::start().await;
        world.visit(&script_page(&api)).await;
        let (begin, end) = (Gate::new(), Gate::new());
        api.answer(
            Stream::bare(Dialect::Chat).wait(&begin).start().words("First, measure. Then ").wait(&end).words("look.").end(&[]),
        );
        mount(world, &api, "chat", &json!({"assistant": "helper", "persist": "none", "extras": {"announce": "sentences"}})).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask("How?").await;
        let until_told = async |expected: &str| {
            e2e::wait::until(format!("{expected:?} to be told"), async || match chat.script(TOLD).await {
                told if told.as_str().map(str::trim) == Some(expected) => Ok(()),
                told => Err(told.to_string()),
            })
            .await;
        };
        until_told("").await;
        begin.open();
        until_told("First, measure.").await;
        end.open();
        until_told("Then look.").await;
    })
    .await;
}

#[tokio::test]
async fn a_screen_reader_is_told_the_conversation_in_order() {
    scenario("a_screen_reader_is_told_the_conversation_in_order", async |world| {
        let api = FaultServer::start().await;
        world.visit(&script_page(&api)).await;
        api.answer(
            Stream::new(Dialect::Chat).words("Yes, within **100 days**.").end(&[("Returns", "https://shop.example/returns")]),
        );
        api.answer(e2e::script::Answer::error(402, "insufficient_funds"));
        let options = json!({"assistant": "helper", "persist": "none", "title": "Nordvik helper", "greeting": "Hi!"});
        mount(world, &api, "chat", &options).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask_and_wait("Can I return them?").await;
        chat.ask("And these?").await;
        chat.until("the failure", |state| state.answer_is("failed")).await;
        e2e::wait::until("the panel's buttons", async || {
            match chat.script("return Boolean(root.querySelector('.expand') && root.querySelector('.menu-button') && root.querySelector('.panel').style.getPropertyValue('--initial'));").await {
                Value::Bool(true) => Ok(()),
                other => Err(other.to_string()),
            }
        })
        .await;
        let told = tree(world).await;
        let panel =
            told.iter().position(|line| line == "dialog \"Nordvik helper\"").unwrap_or_else(|| panic!("no panel: {told:#?}"));
        // What a name repeats, and the hour.
        let is_news = |pair: &[String]| {
            let name = |line: &str| line.split_once(' ').map(|(_, name)| name.to_owned());
            let repeats = pair[1].starts_with("StaticText") && name(&pair[1]) == name(&pair[0]);
            !(repeats || pair[1].ends_with("M\""))
        };
        let lines: Vec<&str> = told[panel - 1..].windows(2).filter(|pair| is_news(pair)).map(|pair| pair[1].as_str()).collect();
        assert_eq!(
            lines,
            [
                "dialog \"Nordvik helper\"",
                "heading \"Nordvik helper\"",
                "StaticText \"AI assistant\"",
                "button \"Expand\"",
                "button \"More\"",
                "button \"Close chat\"",
                "log \"Messages\"",
                "StaticText \"Hi!\"",
                "article \"Your message\"",
                "StaticText \"Can I return them?\"",
                "button \"Copy\"",
                "article \"AI assistant\"",
                "StaticText \"Yes, within \"",
                "StaticText \"100 days\"",
                "StaticText \".\"",
                "list \"Sources\"",
                "link \"Returns\"",
                "button \"Copy\"",
                "button \"Good answer\"",
                "button \"Bad answer\"",
                "article \"Your message\"",
                "StaticText \"And these?\"",
                "button \"Copy\"",
                "button \"Edit\"",
                "article \"AI assistant\"",
                "alert \"\"",
                "StaticText \"This assistant is not available right now. Please contact us another way.\"",
                "button \"Try again\"",
                "textbox \"Your message\"",
                "button \"Send message\"",
                "StaticText \"Powered by\"",
                "StaticText \" \"",
                "link \"Assisters\"",
                "separator \"Resize the chat\"",
            ],
            "{told:#?}"
        );
    })
    .await;
}

/// What the browser tells a screen reader, in order: role and name of everything that has a name, and of what structures it.
async fn tree(world: &World) -> Vec<String> {
    let nodes = world.driver().cdp().send_raw("Accessibility.getFullAXTree", json!({})).await.unwrap();
    let nodes = nodes["nodes"].as_array().cloned().unwrap_or_default();
    let by_id = |id: &str| nodes.iter().find(|node| node["nodeId"] == id);
    let mut lines = Vec::new();
    let mut rest: Vec<&Value> = nodes.iter().filter(|node| node["parentId"].is_null()).collect();
    while let Some(node) = rest.pop() {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        let name = node["name"]["value"].as_str().unwrap_or_default();
        let is_told = !name.is_empty() || ["article", "log", "alert"].contains(&role);
        if node["ignored"] == false && is_told && role != "InlineTextBox" && role != "RootWebArea" {
            lines.push(format!("{role} {name:?}"));
        }
        let children = node["childIds"].as_array().into_iter().flatten().rev();
        rest.extend(children.filter_map(|id| by_id(id.as_str().unwrap_or_default())));
    }
    lines
}
