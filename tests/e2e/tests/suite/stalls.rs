//! Servers that say nothing for long, or never stop: the visitor is told, nothing is lost, and it can be tried again. The page's clock is made to run
//! faster for long waits, so that nobody waits for them here.

use e2e::chat::{State, run, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until_true;
use e2e::world::{World, in_each_dialect, in_each_streaming_dialect, scenario};
use serde_json::json;

use crate::support::widget_page;

/// Waits of ten seconds and more pass forty times as fast, in a page whose engine is not there yet.
pub async fn hasten(world: &World) {
    let hasty = "const real = setTimeout;
         window.setTimeout = (act, millis, ...args) => real(act, millis >= 10000 ? millis / 40 : millis, ...args);";
    run(world.driver(), hasty).await;
}

#[tokio::test]
async fn a_stream_that_stalls_is_said_to_and_given_up_with_its_text() {
    in_each_streaming_dialect("a_stream_that_stalls", async |world, dialect| {
        let server = FaultServer::start().await;
        let never = Gate::new();
        server.answer(Stream::new(dialect).words("We deliver within").wait(&never).words(" a year.").end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        hasten(world).await;
        chat.open().await;
        chat.ask("How fast?").await;
        let state = chat.until("the notice", |state| state.notice.contains("Still working")).await;
        assert!(state.answer_is("streaming") && state.stop, "{state:#?}");

        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert_eq!((state.answer().text.as_str(), state.questions()), ("We deliver within", vec!["How fast?"]));
        assert!(state.answer().error.contains("taking too long") && state.notice.is_empty(), "{state:#?}");
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!((seen.details("error").len(), &seen.details("error")[0]["kind"]), (1, &"timeout".into()));
        assert_eq!(server.sent().len(), 1, "nothing is sent again by itself");

        chat.click("retry").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!((state.answer().text.as_str(), state.questions()), ("You said: How fast?", vec!["How fast?"]));
        let sent = server.sent();
        assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"), "it is the same message");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_takes_the_message_and_says_nothing_is_given_up() {
    in_each_dialect("a_server_that_takes_the_message", async |world, dialect| {
        let server = FaultServer::start().await;
        let never = Gate::new();
        server.answer(Answer::error(500, "server_error").behind(&never));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        hasten(world).await;
        chat.open().await;
        chat.ask("Anyone?").await;
        chat.until("the notice", |state| state.notice.contains("Still working")).await;
        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert_eq!(state.questions(), ["Anyone?"]);
        assert!(state.answer().error.contains("taking too long") && state.notice.is_empty(), "{state:#?}");
        assert_eq!(server.sent().len(), 1, "who has waited that long is asked before it is sent again");
        chat.click("retry").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().text, "You said: Anyone?");
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_never_ends_can_be_stopped() {
    in_each_streaming_dialect("a_stream_that_never_ends", async |world, dialect| {
        let server = FaultServer::start().await;
        let never = Gate::new();
        server.answer(Stream::new(dialect).words("On and on").raw(": keep-alive\n\n").wait(&never).end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        hasten(world).await;
        chat.open().await;
        chat.ask("Does it end?").await;
        // A busy server's first words may come after a first notice.
        let is_on = |state: &State| state.answer().text == "On and on" && state.notice.contains("Still working");
        chat.until("the words and the notice", is_on).await;
        chat.click("stop").await;
        let state = chat.until("the stop", |state| state.answer_is("stopped")).await;
        assert_eq!((state.answer().text.as_str(), state.notice.as_str()), ("On and on", ""));
        until_true("the request to end at the server", || server.sent().iter().all(|request| request.client_left())).await;
        assert_eq!(chat.ask_and_wait("Next").await.answer().text, "You said: Next");
    })
    .await;
}

/// Freezes the page as a laptop's lid does, or thaws it.
async fn freeze(world: &World, is_frozen: bool) {
    let state = json!({"state": if is_frozen { "frozen" } else { "active" }});
    world.driver().cdp().send_raw("Page.setWebLifecycleState", state).await.expect("Chromium");
}

#[tokio::test]
async fn a_page_that_slept_while_the_connection_broke_goes_on_where_it_was() {
    // A browser each: one that has slept holds back what later pages of it are sent.
    for dialect in Dialect::STREAMING {
        scenario("a_page_that_slept", async |world| goes_on_after_a_sleep(world, dialect).await).await;
    }
}

async fn goes_on_after_a_sleep(world: &World, dialect: Dialect) {
    let server = FaultServer::start().await;
    let break_off = Gate::new();
    let begun = Stream::new(dialect).raw("id: msg_e2e:1\n").text("Before the lid").wait(&break_off).cut();
    server.answer(begun);
    server.route("GET", "/v1/streams/msg_e2e", move |request| match request.header("last-event-id") {
        Some("msg_e2e:1") => Stream::bare(dialect).raw("id: msg_e2e:2\n").text(" and after it.").raw("id: msg_e2e:3\n").end(&[]),
        _ => Answer::error(404, "not_found"),
    });
    let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
    run(world.driver(), "document.addEventListener('freeze', () => (window.hasSlept = true));").await;
    chat.open().await;
    chat.ask("Tell me").await;
    chat.until("the first words", |state| state.answer().text == "Before the lid").await;

    freeze(world, true).await;
    break_off.open();
    freeze(world, false).await;
    let state = chat.until("the whole answer", |state| state.answer_is("done")).await;
    assert_eq!((state.answer().text.as_str(), state.questions()), ("Before the lid and after it.", vec!["Tell me"]));
    assert_eq!(server.sent().len(), 1, "{}", server.log());
    assert_eq!(run(world.driver(), "return window.hasSlept;").await, true, "the page was never frozen");
}

/// Takes the network away, or gives it back.
async fn set_offline(world: &World, is_offline: bool) {
    world.driver().cdp().send_raw("Network.enable", json!({})).await.expect("Chromium");
    let conditions = json!({"offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    world.driver().cdp().send_raw("Network.emulateNetworkConditions", conditions).await.expect("Chromium");
}

#[tokio::test]
async fn without_a_network_the_message_is_kept_and_goes_out_once_there_is_one() {
    in_each_dialect("without_a_network", async |world, dialect| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask_and_wait("before").await;
        set_offline(world, true).await;
        chat.ask("in a tunnel").await;
        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert_eq!(state.questions(), ["before", "in a tunnel"]);
        assert!(state.answer().error.contains("You seem to be offline. Your message is kept"), "{state:#?}");
        assert_eq!(server.sent().len(), 1, "{}", server.log());
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!((seen.details("error").len(), &seen.details("error")[0]["kind"]), (1, &"network".into()));
        set_offline(world, false).await;
        chat.click("retry").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!((state.answer().text.as_str(), state.questions().len()), ("You said: in a tunnel", 2));
        assert_eq!(server.sent().len(), 2, "{}", server.log());
    })
    .await;
}
