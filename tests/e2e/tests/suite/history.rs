//! Thousands of earlier messages: mounted when there is time, found by a search, and never in the way of what the visitor does.

use e2e::chat::{Chat, run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::wait::until;
use e2e::world::{World, scenario};
use serde_json::{Value, json};

use crate::support::{mount, script_page};

/// Options with a transcript of so many messages, as a page's script. The oldest one says what no other says.
fn transcript(n_messages: usize) -> Value {
    let messages: Vec<_> = (0..n_messages)
        .map(|n| {
            let content = match (n, n % 2) {
                (0, _) => "the oldest needle in the haystack".to_owned(),
                (_, 0) => format!("Question {n}: what is it about?"),
                _ => format!("Answer {n}: it is about **this** and *that*.\n\n- one\n- two `{n}`\n\nAnd so on."),
            };
            json!({"role": if n % 2 == 0 { "user" } else { "assistant" }, "content": content})
        })
        .collect();
    json!({"assistant": "helper", "persist": "none", "messages": messages})
}

async fn n_mounted(chat: Chat<'_>) -> i64 {
    chat.script("return root.querySelectorAll('[data-id]').length;").await.as_i64().unwrap()
}

async fn all_mounted(chat: Chat<'_>, n_messages: i64) {
    // On a busy machine it takes its time; what it may not do is stop.
    let mut n_before = -1;
    while n_before != n_messages {
        n_before = until("more messages to be mounted", async || match n_mounted(chat).await {
            n if n == n_before => Err(format!("{n} of {n_messages}")),
            n => Ok(n),
        })
        .await;
    }
}

async fn with_history<'a>(world: &'a World, server: &FaultServer, n_messages: usize) -> Chat<'a> {
    world.visit(&script_page(server)).await;
    mount(world, server, "chat", &transcript(n_messages)).await;
    run_async(world.driver(), "chat.open();").await;
    let chat = world.chat();
    chat.until("the panel", |state| state.open && state.engine).await;
    chat
}

#[tokio::test]
async fn of_a_long_transcript_nothing_is_missed_though_it_is_read_bit_by_bit() {
    scenario("of_a_long_transcript_nothing_is_missed", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let mut options = transcript(500);
        options["persist"] = json!("local");
        mount(world, &server, "chat", &options).await;
        // Whoever asks at once is told all of it; other options change nothing.
        let told = "chat.open(); await until(() => document.querySelector('assisters-chat').shadowRoot.querySelector('.panel'));
            const told = chat.messages().map(({ content }) => content); chat.update({ title: 'Another' });
            return [told.length, told[0], chat.messages().length];";
        let until = "const until = async (is) => { while (!is()) await new Promise((go) => requestAnimationFrame(go)); };";
        let told = run_async(world.driver(), &[until, told].concat()).await;
        assert_eq!(told, json!([500, "the oldest needle in the haystack", 500]));
        let chat = world.chat();
        chat.ask_in_long_transcript("One more?").await;
        let kept = "const key = Object.keys(localStorage).find((key) => key.startsWith('assisters:chat:'));
            return JSON.parse(localStorage[key]).messages.length;";
        assert_eq!(run(world.driver(), kept).await, 502);
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_messages_are_mounted_bit_by_bit() {
    scenario("ten_thousand_messages", async |world| {
        let server = FaultServer::start().await;
        let chat = with_history(world, &server, 10_000).await;
        assert!(n_mounted(chat).await < 10_000, "they are not mounted all at once");
        let newest = "return root.querySelector('.chunk:last-child .message:last-child .bubble')?.textContent;";
        until("the newest, which come first", async || match chat.script(newest).await {
            Value::String(text) if text.starts_with("Answer 9999") => Ok(()),
            other => Err(other.to_string()),
        })
        .await;

        // The visitor does not wait for them.
        chat.ask_in_long_transcript("Still quick?").await;
        all_mounted(chat, 10_002).await;
        let order = chat
            .script(
                "const ids = [...root.querySelectorAll('[data-id]')].map((message) => Number(message.dataset.id));
                 return ids.every((id, idx) => idx == 0 || id > ids[idx - 1]);",
            )
            .await;
        assert_eq!(order, true, "oldest first");
        let at_end = "const list = root.querySelector('[part~=\"messages\"]'); return list.scrollHeight - list.clientHeight - list.scrollTop < 33;";
        assert_eq!(chat.script(at_end).await, true, "the visitor is still at the end");
    })
    .await;
}

#[tokio::test]
async fn the_oldest_message_is_found_by_a_search() {
    scenario("the_oldest_message_is_found_by_a_search", async |world| {
        let server = FaultServer::start().await;
        let chat = with_history(world, &server, 3_000).await;
        all_mounted(chat, 3_000).await;
        // Backwards: the caret stands in the composer, below all of it, and Firefox does not begin anew in a shadow tree.
        run_async(world.driver(), "document.querySelector('assisters-chat').shadowRoot.querySelector('textarea').focus();").await;
        for (text, is_there) in [("the oldest needle", true), ("a needle that nobody wrote", false)] {
            let found = run(world.driver(), &format!("return window.find('{text}', false, true, true);")).await;
            assert_eq!(found, is_there, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_visitor_reads_stays_in_place_while_older_messages_are_mounted() {
    scenario("what_the_visitor_reads_stays_in_place", async |world| {
        // Once as the browser holds the place by itself, once as Safari does not.
        for anchoring in ["auto", "none"] {
            let server = FaultServer::start().await;
            world.visit(&script_page(&server)).await;
            let style = format!("const style = new CSSStyleSheet(); style.replaceSync('assisters-chat::part(messages) {{ overflow-anchor: {anchoring} }}'); document.adoptedStyleSheets.push(style);");
            run(world.driver(), &style).await;
            let mut options = transcript(3_000);
            options["preload"] = json!("idle");
            mount(world, &server, "chat", &options).await;
            world.chat().until("the engine", |state| state.engine).await;
            let place = "const list = chat.element.shadowRoot.querySelector('[part~=messages]');
                         const top = list.getBoundingClientRect().top;
                         const read = window.read ??= [...list.querySelectorAll('[data-id]')].find((message) => message.getBoundingClientRect().bottom > top + 40);
                         return [Number(read.dataset.id), Math.round(read.getBoundingClientRect().top - top), list.querySelectorAll('[data-id]').length];";
            let before = run_async(
                world.driver(),
                &format!(
                    "chat.open();
                     const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                     await frame(); await frame();
                     chat.element.shadowRoot.querySelector('[part~=messages]').scrollBy(0, -250);
                     await frame();
                     {place}"
                ),
            )
            .await;
            assert!(before[2].as_i64().is_some_and(|n_mounted| n_mounted < 3_000), "{anchoring}: there is more to come: {before}");
            let chat = world.chat();
            all_mounted(chat, 3_000).await;
            let after = run(world.driver(), place).await;
            assert_eq!(after[0], before[0]);
            let moved = after[1].as_i64().unwrap() - before[1].as_i64().unwrap();
            assert!(moved.abs() <= 2, "{anchoring}: moved by {moved} px");
        }
    })
    .await;
}

#[tokio::test]
async fn the_start_of_a_long_transcript_can_be_reached_while_an_answer_arrives() {
    scenario("the_start_can_be_reached", async |world| {
        let server = FaultServer::start().await;
        let gate = Gate::new();
        server.answer(Stream::new(Dialect::Chat).words("First words ").wait(&gate).words("and last.").end(&[]));
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &transcript(400)).await;
        run_async(world.driver(), "chat.sendMessage('now'); chat.open();").await;
        let chat = world.chat();
        chat.until("the first words", |state| state.answer().text == "First words").await;
        until("the oldest message", async || {
            let first = "const list = root.querySelector('[part~=\"messages\"]'); list.scrollTop = 0;
                         return root.querySelector('[data-id]').textContent;";
            let first = chat.script(first).await;
            if first.as_str().is_some_and(|text| text.contains("the oldest needle")) { Ok(()) } else { Err(first.to_string()) }
        })
        .await;
        gate.open();
        chat.until("the answer", |state| state.answer_is("done")).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_mounted_for_a_visitor_who_never_opens() {
    scenario("nothing_is_mounted", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let mut options = transcript(50);
        options["preload"] = json!("idle");
        mount(world, &server, "chat", &options).await;
        let chat = world.chat();
        chat.until("the engine", |state| state.engine).await;
        run_async(world.driver(), "await new Promise((done) => requestIdleCallback(() => requestAnimationFrame(done)));").await;
        assert_eq!(n_mounted(chat).await, 0);
        chat.open().await;
        all_mounted(chat, 50).await;
        // And a new conversation has none of them.
        run_async(world.driver(), "chat.clear();").await;
        all_mounted(chat, 0).await;
    })
    .await;
}

trait LongTranscript {
    async fn ask_in_long_transcript(self, text: &str);
}

impl LongTranscript for Chat<'_> {
    /// Asks and waits for the answer, looking at the newest message only.
    async fn ask_in_long_transcript(self, text: &str) {
        self.ask(text).await;
        let newest = "const last = root.querySelector('.chunk:last-child .message:last-child');
                      return last.dataset.status + ': ' + last.querySelector('.bubble').textContent;";
        until("the answer", async || match self.script(newest).await {
            Value::String(found) if found == format!("done: You said: {text}") => Ok(()),
            found => Err(found.to_string()),
        })
        .await;
    }
}
