//! Asking and being answered: typing, sending, streaming, sources, stopping.

use e2e::chat::{run, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::{until, until_true};
use e2e::world::{in_each_dialect, in_each_streaming_dialect, scenario};
use serde_json::json;
use thirtyfour::Key;

use crate::support::widget_page;

#[tokio::test]
async fn an_answer_is_shown_while_it_arrives() {
    in_each_streaming_dialect("an_answer_is_shown_while_it_arrives", async |world, dialect| {
        let server = FaultServer::start().await;
        let (gate, end) = (Gate::new(), Gate::new());
        let answer = Stream::new(dialect).words("We are open ").wait(&gate).text("until **six**.").wait(&end);
        server.answer(answer.end(&[("Opening hours", "https://shop.example/help/hours#today"), ("Map", "/map")]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("When are you open?").await;

        let state = chat.until("the first words", |state| state.answer().text.contains("We are open")).await;
        assert!(state.answer_is("streaming") && state.stop, "{state:#?}");
        assert_eq!((state.questions(), state.draft.as_str()), (vec!["When are you open?"], ""));
        gate.open();
        let state = chat.until("the rest", |state| state.answer().text.contains("until six.")).await;
        assert!(state.answer_is("streaming"), "{state:#?}");
        assert_eq!(state.answer().sources.len(), 0);
        end.open();

        let state = chat.until("the end", |state| state.answer_is("done") && state.answer().sources.len() == 2).await;
        assert!(state.send && !state.stop, "{state:#?}");
        let answer = state.answer();
        assert_eq!(answer.text, "We are open until six.");
        let links: Vec<_> = answer.sources.iter().map(|source| (source.title.as_str(), source.href.as_str())).collect();
        // A relative link is relative to the page.
        assert_eq!(links, [("Opening hours", "https://shop.example/help/hours#today"), ("Map", server.url("/map").as_str())]);

        let sent = server.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(dialect.text_of(&sent[0]), "When are you open?");
        assert!(dialect.asks_for_stream(&sent[0]), "{}", sent[0].path);
        // Where a message is posted first, that happens once.
        assert_eq!(server.posted().len(), usize::from(dialect == Dialect::Threads));
        assert!(sent[0].header("accept").is_some_and(|accept| accept.contains("text/event-stream")));
        assert!(sent[0].header("idempotency-key").is_some_and(|key| key.len() >= 16));
        assert!(!sent[0].client_left());
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_shown_at_once() {
    in_each_dialect("an_answer_that_is_not_streamed_is_shown_at_once", async |world, dialect| {
        let server = FaultServer::start().await;
        server.answer(Answer::json(200, &dialect.plain("All *at once*.", &[("Page", "https://shop.example/page")])));
        server.answer(Answer::json(200, &dialect.plain("Asked plainly, answered plainly.", &[])));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        // A server that can not stream answers a streaming request in full.
        let state = chat.ask_and_wait("one").await;
        assert_eq!((state.answer().text.as_str(), state.answer().sources.len()), ("All at once.", 1));

        run(
            world.driver(),
            "document.querySelector('assisters-chat'); window.Assisters.ready.then((chat) => chat.update({ stream: false }));",
        )
        .await;
        let state = chat.ask_and_wait("two").await;
        assert_eq!(state.answer().text, "Asked plainly, answered plainly.");
        let asked: Vec<_> = server.sent().iter().map(|request| dialect.asks_for_stream(request)).collect();
        assert_eq!(asked, [dialect != Dialect::Execute, false]);
    })
    .await;
}

#[tokio::test]
async fn enter_sends_and_shift_enter_breaks_the_line() {
    in_each_dialect("enter_sends_and_shift_enter_breaks_the_line", async |world, dialect| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.write("first line").await;
        chat.press(Key::Shift + Key::Enter).await;
        chat.write("second line").await;
        let state = chat.state().await;
        assert_eq!((state.draft.as_str(), state.messages.len()), ("first line\nsecond line", 0), "{state:#?}");
        chat.press(Key::Enter).await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        let sent: Vec<_> = server.sent().iter().map(|request| dialect.text_of(request)).collect();
        assert_eq!(sent, ["first line\nsecond line"]);
        assert_eq!(chat.state().await.draft, "");
    })
    .await;
}

#[tokio::test]
async fn blank_text_is_not_sent() {
    scenario("blank_text_is_not_sent", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        chat.press(Key::Enter).await;
        chat.write("   ").await;
        chat.press(Key::Enter).await;
        let state = chat.state().await;
        assert_eq!(state.messages.len(), 0, "{state:#?}");
        let can_click = chat.script("return !root.querySelector('[part~=\"send\"]').disabled;").await;
        assert_eq!(can_click, false, "the send button takes blank text");
        // What is sent next is the first that the server hears of.
        chat.ask("now").await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        let sent: Vec<_> = server.sent().iter().map(|request| Dialect::Chat.text_of(request)).collect();
        assert_eq!(sent, ["now"]);
    })
    .await;
}

#[tokio::test]
async fn the_enter_key_of_an_input_method_does_not_send() {
    scenario("the_enter_key_of_an_input_method_does_not_send", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        chat.write("日本").await;
        // Chromium and Firefox say that a composition is going on; Safari has already ended it and only keeps the old key code.
        for how in ["isComposing: true, keyCode: 229", "isComposing: true", "isComposing: false, keyCode: 229"] {
            let press = format!(
                "const input = root.querySelector('[part~=\"input\"]');
                 input.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', code: 'Enter', bubbles: true, composed: true, cancelable: true, {how} }}));
                 return input.value;"
            );
            assert_eq!(chat.script(&press).await, "日本", "{how}");
        }
        let state = chat.state().await;
        assert_eq!(state.messages.len(), 0, "{state:#?}");
        chat.press(Key::Enter).await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(server.sent().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn pressing_enter_twenty_times_sends_once() {
    in_each_streaming_dialect("pressing_enter_twenty_times_sends_once", async |world, dialect| {
        let server = FaultServer::start().await;
        let gate = Gate::new();
        server.answer(Stream::new(dialect).text("slow").wait(&gate).end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.write("once").await;
        for _ in 0..20 {
            chat.press(Key::Enter).await;
        }
        chat.until("the first words", |state| state.answer().text == "slow").await;
        gate.open();
        let state = chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(state.questions(), ["once"]);
        assert_eq!(server.sent().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_suggestion_is_sent_with_one_click() {
    scenario("a_suggestion_is_sent_with_one_click", async |world| {
        let server = FaultServer::start().await;
        let suggestions = json!(["What does it cost?", "Where are you?"]).to_string();
        let page = widget_page(&server, Dialect::Chat, &[("suggestions", &suggestions), ("greeting", "Good evening!")]);
        let chat = world.chat_at(&page).await;
        let state = chat.open().await;
        assert_eq!(state.suggestions, ["What does it cost?", "Where are you?"]);
        let greeting = chat.script("return root.querySelector('[part~=\"messages\"]').textContent;").await;
        assert!(greeting.as_str().is_some_and(|text| text.contains("Good evening!")), "{greeting}");
        chat.click("suggestion").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(state.questions(), ["What does it cost?"]);
        assert_eq!(state.suggestions, [""; 0], "suggestions are for the beginning");
    })
    .await;
}

#[tokio::test]
async fn stop_keeps_what_came_and_ends_the_request() {
    in_each_streaming_dialect("stop_keeps_what_came_and_ends_the_request", async |world, dialect| {
        let server = FaultServer::start().await;
        let never = Gate::new();
        server.answer(Stream::new(dialect).words("Half of an answer").wait(&never).end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("Tell me everything").await;
        chat.until("the first half", |state| state.answer().text == "Half of an answer").await;
        chat.click("stop").await;

        let state = chat.until("the answer to be stopped", |state| state.answer_is("stopped")).await;
        assert_eq!(state.answer().text, "Half of an answer");
        assert!(state.send && !state.stop, "{state:#?}");
        until_true("the server to see the visitor leave", || server.sent()[0].client_left()).await;
        let seen = until_seen(world.driver(), "the end of the stream", |seen| seen.details("stream-end").len() == 1).await;
        assert_eq!((seen.details("error").len(), seen.details("message").len()), (0, 0), "{seen:#?}");

        // The conversation goes on.
        let state = chat.ask_and_wait("and now?").await;
        assert_eq!(state.answer().text, "You said: and now?");
        assert_eq!(server.sent().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_newest_line_stays_in_sight_unless_the_visitor_scrolls_up() {
    in_each_streaming_dialect("the_newest_line_stays_in_sight_unless_the_visitor_scrolls_up", async |world, dialect| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        let from_end = "const list = root.querySelector('[part~=\"messages\"]'); return Math.round(list.scrollHeight - list.clientHeight - list.scrollTop);";
        let lines: String = (0..40).map(|n| format!("Line {n} of a long answer.\n\n")).collect();
        server.answer(Stream::new(dialect).words(&lines).end(&[("One", "https://shop.example/1"), ("Two", "https://shop.example/2")]));
        chat.ask("much").await;
        chat.until("the sources", |state| state.answer_is("done") && state.answer().sources.len() == 2).await;
        until("the end of the answer in sight", async || match chat.script(from_end).await.as_i64() {
            Some(0..=32) => Ok(()),
            distance => Err(format!("{distance:?} px from the end")),
        })
        .await;

        let gate = Gate::new();
        server.answer(Stream::new(dialect).words(&lines).wait(&gate).words(&lines).end(&[]));
        chat.ask("more").await;
        chat.until("the first half", |state| state.answer_is("streaming") && state.answer().text.contains("Line 39")).await;
        chat.script("root.querySelector('[part~=\"messages\"]').scrollTop = 100;").await;
        chat.part("jump").await;
        gate.open();
        chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(chat.script("return Math.round(root.querySelector('[part~=\"messages\"]').scrollTop);").await, 100, "scrolling up is never fought");
        chat.click("jump").await;
        until("the end in sight", async || match chat.script(from_end).await.as_i64() {
            Some(0..=32) => Ok(()),
            distance => Err(format!("{distance:?} px from the end")),
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_server_of_another_origin_is_asked_across() {
    in_each_dialect("a_server_of_another_origin_is_asked_across", async |world, dialect| {
        let (pages, api) = (FaultServer::start().await, FaultServer::start().await);
        api.mint_tokens();
        let api_url = api.api_url();
        let chat = world.chat_at(&widget_page(&pages, dialect, &[("api-url", &api_url)])).await;
        chat.open().await;
        let state = chat.ask_and_wait("across").await;
        assert_eq!(state.answer().text, "You said: across");
        assert_eq!(pages.sent().len(), 0);
        let sent = api.sent();
        assert_eq!(sent[0].header("origin"), Some(pages.origin().as_str()));
        assert_eq!(sent[0].header("authorization"), Some("Bearer token-1"));
        assert_eq!(sent[0].header("cookie"), None);
    })
    .await;
}
