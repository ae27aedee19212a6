//! What an answer that is arriving does to the document: what is finished is never touched again, what is open only grows.

use e2e::chat::{run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::wait::until;
use e2e::world::scenario;
use serde_json::{Value, json};

use crate::support::{mount, script_page, widget_page};

/// Notes every change to the newest answer's text from now on: `window.changes` holds what kind each was and, as a path of indices, where.
const WATCH: &str = r"
  const text = [...root.querySelectorAll('[part~=message-assistant] .rich-text')].at(-1);
  const place = (node) => {
    const path = [];
    for (; node !== text; node = node.parentNode) {
      if (!node.parentNode) return 'gone';
      path.unshift([...node.parentNode.childNodes].indexOf(node));
    }
    return path;
  };
  window.changes = [];
  new MutationObserver((records) => {
    for (const { type, target, addedNodes, removedNodes, oldValue } of records) {
      const grew = type === 'characterData' && target.data.startsWith(oldValue);
      window.changes.push({ type, place: place(target), added: addedNodes.length, removed: removedNodes.length, grew });
    }
  }).observe(text, { subtree: true, childList: true, attributes: true, characterData: true, characterDataOldValue: true });
  return text.childNodes.length;
";

const FINISHED: &str = "# Heading\n\nA *finished* paragraph with a [link](https://shop.example/).\n\n- one\n- two\n  - deeper\n\n> A quote\n\n\
                        | a | b |\n|---|---|\n| 1 | 2 |\n\n```rust\nlet x = 1;\n```\n\nThe open one";

async fn changes(world: &e2e::world::World) -> Vec<Value> {
    run(world.driver(), "return window.changes;").await.as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_finished_block_is_never_touched_again() {
    scenario("a_finished_block_is_never_touched_again", async |world| {
        let server = FaultServer::start().await;
        let (gate, end) = (Gate::new(), Gate::new());
        let more = " goes on with **strong** words, `code` and more.\n\nAnother one.\n\n1. a list\n2. of two\n\n```\nlast\n```\n\nThe end";
        server.answer(Stream::new(Dialect::Chat).words(FINISHED).wait(&gate).words(more).wait(&end).end(&[("Source", "https://shop.example/")]));
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        chat.ask("Tell me").await;
        chat.until("the open paragraph", |state| state.answer().text.ends_with("The open one")).await;
        let n_blocks = chat.script(WATCH).await.as_u64().unwrap();
        assert_eq!(n_blocks, 7, "six finished blocks and an open one");
        gate.open();
        chat.until("the rest", |state| state.answer().text.ends_with("The end")).await;
        end.open();
        chat.until("the end", |state| state.answer_is("done")).await;

        let changes = changes(world).await;
        assert!(changes.len() > 5, "{changes:?}");
        for change in changes {
            // The root itself only gets new blocks; whatever else changes lies in a block that was open then.
            match change["place"].as_array().and_then(|place| place.first()).and_then(Value::as_u64) {
                Some(block) => assert!(block + 1 >= n_blocks, "{change}"),
                None => assert_eq!((&change["type"], &change["removed"]), (&"childList".into(), &0.into()), "{change}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_growing_fence_only_appends_text() {
    scenario("a_growing_fence_only_appends_text", async |world| {
        let server = FaultServer::start().await;
        let (gate, end) = (Gate::new(), Gate::new());
        let lines: String = (0..60).map(|n| format!("let line_{n} = {n};\n")).collect();
        server.answer(
            Stream::new(Dialect::Chat)
                .words("```rust\nfn main() {\n")
                .wait(&gate)
                .words(&lines)
                .wait(&end)
                .words("```\n")
                .end(&[]),
        );
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("highlight", "false")])).await;
        chat.open().await;
        chat.ask("Show me").await;
        chat.until("the fence", |state| state.answer().text.contains("fn main()")).await;
        chat.script(WATCH).await;
        gate.open();
        chat.until("its last line", |state| state.answer().text.contains("line_59")).await;
        let grown = changes(world).await;
        assert!(!grown.is_empty());
        for change in grown {
            assert_eq!((&change["type"], &change["grew"]), (&"characterData".into(), &true.into()), "{change}");
        }
        end.open();
        chat.until("the end", |state| state.answer_is("done")).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_painted_in_a_hidden_tab_and_it_catches_up_when_shown() {
    scenario("nothing_is_painted_in_a_hidden_tab", async |world| {
        let server = FaultServer::start().await;
        let (gate, end) = (Gate::new(), Gate::new());
        server
            .answer(Stream::new(Dialect::Chat).words("Seen so far").wait(&gate).words(" and *then* unseen").wait(&end).end(&[]));
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper"})).await;
        run_async(world.driver(), "chat.open();").await;
        let chat = world.chat();
        chat.until("the panel", |state| state.open && state.engine).await;
        chat.ask("Tell me").await;
        chat.until("the first words", |state| state.answer().text == "Seen so far").await;
        chat.script(WATCH).await;

        world.driver().minimize_window().await.unwrap();
        gate.open();
        let come = "return [document.visibilityState, chat.messages().at(-1).content];";
        until("the rest to have come", async || match run(world.driver(), come).await {
            come if come == json!(["hidden", "Seen so far and *then* unseen"]) => Ok(()),
            come => Err(come.to_string()),
        })
        .await;
        assert_eq!(changes(world).await, Vec::<Value>::new(), "nobody looks");

        world.driver().maximize_window().await.unwrap();
        let state = chat.until("what has come meanwhile", |state| state.answer().text == "Seen so far and then unseen").await;
        assert!(state.answer_is("streaming"), "{state:#?}");
        end.open();
        chat.until("the end", |state| state.answer_is("done")).await;
    })
    .await;
}
