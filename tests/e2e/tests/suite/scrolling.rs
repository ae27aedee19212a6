//! The scroll position: nothing jumps, and what was missed is counted.

use e2e::chat::{Chat, run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Gate, Stream};
use e2e::wait::until;
use e2e::world::scenario;

use crate::support::widget_page;

const LIST: &str = "const list = root.querySelector('[part~=\"messages\"]');";

fn lines(n_lines: usize) -> String {
    (0..n_lines).map(|n| format!("Line {n} of a long answer.\n\n")).collect()
}

async fn top(chat: Chat<'_>) -> i64 {
    chat.script(&format!("{LIST} return Math.round(list.scrollTop);")).await.as_i64().unwrap()
}

async fn until_at_end(chat: Chat<'_>) {
    let distance = format!("{LIST} return Math.round(list.scrollHeight - list.clientHeight - list.scrollTop);");
    until("the end in sight", async || match chat.script(&distance).await.as_i64() {
        Some(0..=32) => Ok(()),
        distance => Err(format!("{distance:?} px from the end")),
    })
    .await;
}

#[tokio::test]
async fn answers_that_came_meanwhile_are_counted() {
    scenario("answers_that_came_meanwhile_are_counted", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        let gate = Gate::new();
        server.answer(Stream::new(Dialect::Chat).words(&lines(40)).wait(&gate).words("The end.").end(&[]));
        chat.ask("much").await;
        chat.until("the lines", |state| state.answer().text.contains("Line 39")).await;
        until_at_end(chat).await;
        chat.script(&format!("{LIST} list.scrollTop = 100;")).await;
        let jump = chat.part("jump").await;
        let count = "const count = root.querySelector('[part~=jump-count]'); return count.hidden ? '' : count.textContent;";
        assert_eq!(chat.script(count).await, "");
        gate.open();
        until("the count", async || match chat.script(count).await {
            found if found == "1 new" => Ok(()),
            found => Err(found.to_string()),
        })
        .await;
        assert_eq!(jump.attr("aria-label").await.unwrap().as_deref(), Some("Jump to latest, 1 new"));
        assert_eq!(top(chat).await, 100, "scrolling up is never fought");
        chat.click("jump").await;
        until_at_end(chat).await;
        assert_eq!(chat.script(count).await, "");
        assert_eq!(chat.script("return root.querySelector('[part~=jump]').hidden;").await, true);
    })
    .await;
}

/// What an answer thought and cost is shown a moment after its end, which is no second answer.
#[tokio::test]
async fn an_answer_that_is_shown_in_two_steps_is_counted_once() {
    scenario("an_answer_that_is_shown_in_two_steps", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("debug", "")])).await;
        chat.open().await;
        let gate = Gate::new();
        server.answer(Stream::new(Dialect::Chat).words(&lines(40)).wait(&gate).words("The end.").end(&[]));
        chat.ask("much").await;
        chat.until("the lines", |state| state.answer().text.contains("Line 39")).await;
        until_at_end(chat).await;
        chat.script(&format!("{LIST} list.scrollTop = 100;")).await;
        chat.part("jump").await;
        gate.open();
        chat.until("the end", |state| state.answer_is("done")).await;
        let cost = "return root.querySelector('[part~=debug]')?.textContent ?? '';";
        until("the cost", async || match chat.script(cost).await {
            shown if shown != "" => Ok(()),
            other => Err(other.to_string()),
        })
        .await;
        assert_eq!(chat.script("return root.querySelector('[part~=jump-count]').textContent;").await, "1 new");
    })
    .await;
}

#[tokio::test]
async fn the_position_outlives_the_closed_panel_and_a_growing_composer() {
    scenario("the_position_outlives_the_closed_panel", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        server.answer(Stream::new(Dialect::Chat).words(&lines(40)).end(&[]));
        chat.ask_and_wait("much").await;
        until_at_end(chat).await;

        // At the end: it stays there, however high the composer grows.
        chat.write("one").await;
        for _ in 0..4 {
            chat.press(thirtyfour::Key::Shift + thirtyfour::Key::Enter).await;
        }
        until_at_end(chat).await;
        chat.click("close").await;
        chat.until("the panel to close", |state| !state.open).await;
        chat.open().await;
        until_at_end(chat).await;

        // In the middle: it stays there too.
        chat.script(&format!("{LIST} list.scrollTop = 321;")).await;
        chat.part("jump").await;
        chat.press(thirtyfour::Key::Shift + thirtyfour::Key::Enter).await;
        assert_eq!(top(chat).await, 321);
        chat.click("close").await;
        chat.until("the panel to close", |state| !state.open).await;
        chat.open().await;
        until("the old position", async || match top(chat).await {
            321 => Ok(()),
            other => Err(other.to_string()),
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn going_up_is_heard_before_the_last_growth_was_reported() {
    scenario("going_up_is_heard_before", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        let gate = Gate::new();
        let (first, then) = (Gate::new(), Gate::new());
        server.answer(
            Stream::new(Dialect::Chat).words(&lines(20)).wait(&first).words(&lines(20)).wait(&then).words("More.").wait(&gate).end(&[]),
        );
        chat.ask("much").await;
        chat.until("the first lines", |state| state.answer().text.contains("Line 19")).await;
        until_at_end(chat).await;
        // The moment the list has followed, and before the browser tells of that: up again, by less than it grew.
        let go_up = "window.wentUp = false;
             let reported = list.scrollTop;
             list.addEventListener('scroll', () => { reported = list.scrollTop; });
             const { port1, port2 } = new MessageChannel();
             let nRounds = 0;
             port1.onmessage = () => {
               const grown = list.scrollTop - reported;
               if (grown > 200 || list.textContent.split('Line 19').length > 2 && ++nRounds > 1000) { list.scrollTop -= 150; window.wentUp = true; }
               else port2.postMessage(0);
             };
             port2.postMessage(0);";
        chat.script(&format!("{LIST} {go_up}")).await;
        first.open();
        until("the visitor to go up", async || match run(world.driver(), "return wentUp;").await {
            done if done == true => Ok(()),
            other => Err(other.to_string()),
        })
        .await;
        chat.part("jump").await;
        let up = top(chat).await;
        then.open();
        chat.until("more", |state| state.answer().text.contains("More.")).await;
        assert_eq!(top(chat).await, up, "scrolling up is never fought");
        gate.open();
    })
    .await;
}

#[tokio::test]
async fn going_up_a_little_is_leaving_the_end() {
    scenario("going_up_a_little", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        let gate = Gate::new();
        server.answer(Stream::new(Dialect::Chat).words(&lines(40)).wait(&gate).words(&lines(3)).end(&[]));
        chat.ask("much").await;
        chat.until("the lines", |state| state.answer().text.contains("Line 39")).await;
        until_at_end(chat).await;
        chat.script(&format!("{LIST} list.scrollTop -= 10;")).await;
        let up = top(chat).await;
        chat.part("jump").await;
        gate.open();
        chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(top(chat).await, up, "scrolling up is never fought, also by ten pixels");
        // And coming near again is coming back.
        chat.script(&format!("{LIST} list.scrollTop = list.scrollHeight - list.clientHeight - 20;")).await;
        until("the button to go", async || match chat.script("return root.querySelector('[part~=jump]').hidden;").await {
            done if done == true => Ok(()),
            other => Err(other.to_string()),
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn nothing_that_is_finished_moves_while_an_answer_streams() {
    scenario("nothing_that_is_finished_moves", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        server.answer(Stream::new(Dialect::Chat).words(&lines(30)).end(&[("One", "https://shop.example/1")]));
        chat.ask_and_wait("before").await;
        until_at_end(chat).await;
        let observe = "window.shifts = [];
             new PerformanceObserver((list) => { for (const entry of list.getEntries()) shifts.push([entry.value, entry.sources.map(({ node }) => node?.className ?? '')]); })
               .observe({ type: 'layout-shift' });";
        let text = "# Title\n\nSome **bold** words and `code`.\n\n- one\n- two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```js\nconst a = 1;\nconst b = 2;\n```\n\nThe end of it.\n\n";
        for from_end in [0, 300] {
            run(world.driver(), observe).await;
            let gate = Gate::new();
            server.answer(Stream::new(Dialect::Chat).words(text).wait(&gate).words(text).end(&[("Two", "https://shop.example/2")]));
            chat.ask("now").await;
            chat.until("the first half", |state| state.answer_is("streaming") && state.answer().text.contains("The end of it.")).await;
            if from_end > 0 {
                chat.script(&format!("{LIST} list.scrollBy(0, -{from_end});")).await;
                chat.part("jump").await;
            }
            gate.open();
            chat.until("the end", |state| state.answer_is("done")).await;
            run_async(world.driver(), "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));").await;
            assert_eq!(run(world.driver(), "return shifts;").await, serde_json::json!([]), "{from_end} px from the end");
        }
    })
    .await;
}
