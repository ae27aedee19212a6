//! The engine in a real browser's document: what it builds in its shadow root, what it leaves behind. Run by `cargo xtask test`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod messages;
mod page;

use page::{Page, tick};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn every_part_of_the_contract_is_there() {
    let page = Page::mount(r#"{"suggestions": ["How much?"], "autoOpen": true}"#);
    tick().await;
    for part in [
        "launcher",
        "panel",
        "header",
        "title",
        "messages",
        "composer",
        "input",
        "send",
        "stop",
        "notice",
        "suggestion",
        "watermark",
    ] {
        assert_eq!(page.all(part).len(), 1, "{part}");
    }
    assert_eq!(page.one("input").tag_name(), "TEXTAREA");
    assert_eq!(page.one("input").get_attribute("placeholder").unwrap(), "Type a message...");
    assert_eq!(page.one("panel").get_attribute("role").unwrap(), "dialog");
}

#[wasm_bindgen_test]
async fn no_element_carries_a_style_attribute_or_an_inline_handler() {
    let page = Page::mount(
        r##"{"suggestions": ["How much?"], "autoOpen": true, "primaryColor": "#ffd700", "theme": {"radius": "4px"}}"##,
    );
    tick().await;
    assert_eq!(page.root.query_selector_all("[style], [onclick], style, script, link").unwrap().length(), 0);
}

#[wasm_bindgen_test]
async fn opening_and_closing() {
    let page = Page::mount("{}");
    tick().await;
    assert!(page.is_hidden("panel") && !page.widget.is_open());
    page.click("launcher");
    tick().await;
    assert!(!page.is_hidden("panel") && page.widget.is_open());
    assert_eq!(page.one("launcher").get_attribute("aria-expanded").unwrap(), "true");
    page.key("input", "Escape", false);
    tick().await;
    assert!(page.is_hidden("panel"));
    assert_eq!(page.events(), ["open", "close"]);
}

#[wasm_bindgen_test]
async fn the_draft_outlives_the_closed_panel() {
    let page = Page::mount(r#"{"autoOpen": true}"#);
    tick().await;
    page.type_text("half a thought");
    page.widget.close();
    tick().await;
    page.widget.open();
    tick().await;
    assert_eq!(page.draft(), "half a thought");
}

#[wasm_bindgen_test]
async fn enter_sends_but_never_within_a_composition() {
    let page = Page::mount(r#"{"autoOpen": true}"#);
    tick().await;
    page.type_text("にほん");
    page.key("input", "Enter", true);
    tick().await;
    assert_eq!((page.all("message-user").len(), page.draft().as_str()), (0, "にほん"));
    page.key("input", "Enter", false);
    tick().await;
    assert_eq!(page.bubble("message-user"), "にほん");
    assert_eq!(page.draft(), "");
    assert_eq!(page.one("message-assistant").get_attribute("data-status").unwrap(), "streaming");
    assert!(page.is_hidden("send") && !page.is_hidden("stop"));
}

#[wasm_bindgen_test]
async fn blank_text_is_not_sent() {
    let page = Page::mount(r#"{"autoOpen": true}"#);
    tick().await;
    page.type_text("  \n ");
    page.key("input", "Enter", false);
    tick().await;
    assert_eq!(page.all("message").len(), 1, "the greeting only");
    assert!(page.one("send").has_attribute("disabled"));
}

#[wasm_bindgen_test]
async fn stopping_gives_the_composer_back() {
    let page = Page::mount(r#"{"autoOpen": true}"#);
    tick().await;
    page.type_text("question");
    page.key("input", "Enter", false);
    tick().await;
    page.click("stop");
    tick().await;
    assert_eq!(page.one("message-assistant").get_attribute("data-status").unwrap(), "stopped");
    assert!(!page.is_hidden("send") && page.is_hidden("stop"));
}

#[wasm_bindgen_test]
async fn options_change_live_and_messages_stay() {
    let mut page = Page::mount(r#"{"autoOpen": true, "messages": [{"role": "user", "content": "before"}]}"#);
    tick().await;
    page.update(r#"{"title": "Pricing", "position": "top-left", "theme": "dark", "placeholder": "Ask", "locale": "ar"}"#)
        .unwrap();
    tick().await;
    let widget = page.root.query_selector(".widget").unwrap().unwrap();
    let attributes = ["data-position", "data-theme", "dir"].map(|name| widget.get_attribute(name).unwrap());
    assert_eq!(attributes, ["top-left", "dark", "rtl"]);
    assert_eq!(page.one("title").text_content().unwrap(), "Pricing");
    assert_eq!(page.one("input").get_attribute("placeholder").unwrap(), "Ask");
    assert_eq!(page.bubble("message-user"), "before");

    let error = page.update(r#"{"position": "middle"}"#).unwrap_err();
    assert!(error.contains("position") && error.contains("bottom-left"), "{error}");
    assert_eq!(widget.get_attribute("data-position").unwrap(), "top-left", "a refused change changes nothing");
}

#[wasm_bindgen_test]
async fn a_transcript_is_painted_as_rich_text() {
    let page = Page::mount(
        r#"{"autoOpen": true, "messages": [{"role": "assistant", "content": "Some **bold** words\n\n- one\n- two\n\n<img src=x onerror=alert(1)>"}]}"#,
    );
    tick().await;
    let answer = page.one("message-assistant");
    assert_eq!(answer.get_attribute("data-status").unwrap(), "done");
    assert_eq!(answer.query_selector("strong").unwrap().unwrap().text_content().unwrap(), "bold");
    assert_eq!(answer.query_selector_all("li").unwrap().length(), 2);
    assert!(answer.query_selector("img").unwrap().is_none());
    assert!(answer.text_content().unwrap().contains("<img src=x onerror=alert(1)>"));
}

#[wasm_bindgen_test]
async fn destroying_leaves_nothing() {
    let mut page = Page::mount(r#"{"autoOpen": true}"#);
    tick().await;
    page.type_text("question");
    page.key("input", "Enter", false);
    page.widget.destroy();
    page.widget.destroy();
    tick().await;
    assert_eq!(page.root.child_element_count(), 0);
    assert_eq!(page.n_adopted_sheets(), 0);
    assert!(!page.widget.is_open());
}

#[wasm_bindgen_test]
async fn the_placeholder_hands_over_its_focus() {
    let page = Page::mount_over_placeholder("{}");
    tick().await;
    assert!(page.root.query_selector("[data-placeholder]").unwrap().is_none());
    assert_eq!(page.root.active_element().unwrap(), page.one("launcher"));
}
