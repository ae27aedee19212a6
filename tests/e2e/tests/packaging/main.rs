//! The projects of `tests/packaging/`, built with their own tools and driven in a real browser: each mounts, sends, streams, changes an option and unmounts.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod built;
mod isolation;
mod served;
mod swaps;

use e2e::chat::{run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::wait::until;
use e2e::world::World;

/// Whether a project notes on its page what each answer says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notes {
    Answers,
    Nothing,
}

/// Uses the widget of a project's page as a visitor and its owner would.
async fn use_widget(world: &World, page: &str, notes: Notes) {
    let api = FaultServer::start().await;
    api.mint_tokens();
    let (middle, end) = (Gate::new(), Gate::new());
    let code = "\n\n```js\nlet four = 4;\n```\n\nfive";
    api.answer(Stream::new(Dialect::Chat).words("one **two** ").wait(&middle).words("three").words(code).wait(&end).end(&[]));
    let driver = world.driver();
    let chat = world.chat_at(&format!("{page}?api={}", api.api_url())).await;
    chat.open().await;
    chat.ask("hello").await;
    let state = chat.until("the first words", |state| state.answer().text == "one two").await;
    assert_eq!(state.answer().status, "streaming");

    run(driver, "document.querySelector('#change').click();").await;
    let state = chat.until("the changed title", |state| state.title == "Changed").await;
    assert_eq!((state.questions(), state.answer().text.as_str(), state.open), (vec!["hello"], "one two", true));
    middle.open();
    chat.until("the rest", |state| state.answer().text.starts_with("one two three")).await;
    end.open();
    chat.until("the end", |state| state.answer_is("done")).await;
    if notes == Notes::Answers {
        until("the page to hear the answer", async || {
            let heard = run(driver, "return document.querySelector('#heard').textContent;").await;
            if heard.as_str().is_some_and(|heard| heard.starts_with("one **two** three") && heard.ends_with("five")) {
                Ok(())
            } else {
                Err(heard.to_string())
            }
        })
        .await;
    }
    // What comes on demand is found where the tool has put it: what colours code, and what finds faults.
    until("the code to be coloured", async || {
        let n_colours = run(driver, "return CSS.highlights.size;").await;
        if n_colours == 0 { Err("no highlight".to_owned()) } else { Ok(()) }
    })
    .await;
    let faults = run_async(driver, "return window.chat ? await chat.diagnose() : [];").await;
    assert_eq!(faults, serde_json::json!([]));
    // A second conversation partner, or a second widget, would have asked twice.
    assert_eq!(api.sent().len(), 1, "{}", api.log());
    assert_eq!(run(driver, "return document.querySelectorAll('assisters-chat').length;").await, 1);

    run(driver, "document.querySelector('#unmount').click();").await;
    until("the widget to be gone", async || {
        let left = run(driver, "return document.querySelectorAll('assisters-chat').length;").await;
        if left == 0 { Ok(()) } else { Err(left.to_string()) }
    })
    .await;
    assert_eq!(run(driver, "return window.failures;").await, serde_json::json!([]));
}
