//! What the transcript is made of: when messages are mounted, and what the page is told of finished code.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::page::{Page, tick};

fn transcript(n_messages: usize) -> String {
    let messages: Vec<_> = (0..n_messages)
        .map(|n| format!(r#"{{"role": "{}", "content": "message {n}"}}"#, if n % 2 == 0 { "user" } else { "assistant" }))
        .collect();
    format!(r#"{{"messages": [{}]}}"#, messages.join(","))
}

fn texts(page: &Page) -> Vec<String> {
    let found = page.root.query_selector_all("[data-id] .bubble").unwrap();
    (0..found.length()).map(|idx| found.item(idx).unwrap().text_content().unwrap()).collect()
}

#[wasm_bindgen_test]
async fn messages_are_mounted_once_the_panel_is_opened_newest_first() {
    let page = Page::mount(&transcript(100));
    tick().await;
    assert_eq!(texts(&page), Vec::<String>::new());
    page.widget.open();
    while texts(&page).is_empty() {
        tick().await;
    }
    let first = texts(&page);
    assert_eq!(first.last().unwrap(), "message 99");
    while texts(&page).len() < 100 {
        tick().await;
    }
    assert_eq!(texts(&page), (0..100).map(|n| format!("message {n}")).collect::<Vec<_>>());
    let chunks = page.root.query_selector_all(".chunk").unwrap();
    assert!((4..=5).contains(&chunks.length()), "{} chunks", chunks.length());
}

#[wasm_bindgen_test]
async fn a_cleared_transcript_is_empty_and_goes_on() {
    let page = Page::mount(&transcript(60));
    page.widget.open();
    tick().await;
    page.widget.clear();
    tick().await;
    assert_eq!(texts(&page), Vec::<String>::new());
    assert_eq!(page.root.query_selector_all(".chunk").unwrap().length(), 0);
    page.type_text("anew");
    page.key("input", "Enter", false);
    tick().await;
    assert_eq!(texts(&page), ["anew", ""]);
}

#[wasm_bindgen_test]
async fn every_block_of_code_names_its_language_and_can_be_copied() {
    let page = Page::mount(
        r#"{"autoOpen": true, "messages": [{"role": "assistant", "content": "```rust\nfn f() {}\n```\n\n```\nplain\n```"}]}"#,
    );
    tick().await;
    let languages = page.root.query_selector_all(".code-language").unwrap();
    let languages: Vec<_> = (0..languages.length()).map(|idx| languages.item(idx).unwrap().text_content().unwrap()).collect();
    assert_eq!(languages, ["rust", ""]);
    assert_eq!(page.all("code-copy").len(), 2);
}

#[wasm_bindgen_test]
async fn finished_code_and_mathematics_are_told_of_once() {
    let told = Rc::<RefCell<Vec<String>>>::default();
    let decorate = {
        let told = Rc::clone(&told);
        Closure::<dyn FnMut(Element)>::new(move |code: Element| {
            let language = code.get_attribute("data-language").unwrap_or_default();
            let display = code.get_attribute("data-display").unwrap_or_default();
            told.borrow_mut().push([language, display, code.text_content().unwrap()].join("|"));
        })
    };
    let text = r"a $x$ b\n\n```mermaid\ngraph\n```\n\n$$\ny\n$$\n\n`span`";
    let options = format!(r#"{{"autoOpen": true, "messages": [{{"role": "assistant", "content": "{text}"}}]}}"#);
    let _page = Page::mount_with(&options, &[("decorate", decorate.as_ref())]);
    tick().await;
    assert_eq!(*told.borrow(), ["|inline|x", "mermaid||graph\n", "math||y\n"]);
}

#[wasm_bindgen_test]
async fn a_message_in_sight_has_its_actions_and_the_last_answer_one_more() {
    let page = Page::mount(&transcript(4));
    page.widget.open();
    while page.all("actions").len() < 4 {
        tick().await;
    }
    assert_eq!((page.all("regenerate").len(), page.all("edit").len(), page.all("feedback-up").len()), (1, 1, 2));
    let named = page.all("action").iter().all(|button| button.get_attribute("aria-label") != Some(String::new()));
    assert!(named);
    assert_eq!(page.all("time").len(), 0, "nobody knows when these were written");
}
