//! Answers of `threads` that the browser reads itself, by an `EventSource`: when it does, that they read the same, and that none is taken for whole that
//! was cut.

use e2e::chat::{Chat, State, run, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::page::Page;
use e2e::record::Recorded;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until_true;
use e2e::world::{World, scenario};
use serde_json::json;

use crate::support::widget_page;

fn stream() -> Stream {
    Stream::new(Dialect::Threads)
}

/// Opens a widget whose server has ended one answer with a frame that says so.
async fn acquainted<'a>(world: &'a World, server: &FaultServer, further: &[(&str, &str)]) -> Chat<'a> {
    let chat = world.chat_at(&widget_page(server, Dialect::Threads, further)).await;
    acquaint(server, chat, "first").await;
    chat
}

/// Has an answer read that ends with a frame that says so.
async fn acquaint(server: &FaultServer, chat: Chat<'_>, question: &str) {
    chat.open().await;
    server.answer(stream().words("Well, hello.").end(&[]));
    chat.ask_and_wait(question).await;
}

/// Whether a request is an `EventSource`'s: the widget's own fetches take JSON too, and name the message.
fn is_event_source(request: &Recorded) -> bool {
    let takes_only_events = request.header("accept") == Some("text/event-stream");
    let is_fetch = request.header("idempotency-key").is_some();
    assert_ne!(takes_only_events, is_fetch, "{request:#?}");
    takes_only_events
}

/// How the answers were asked for so far.
fn ways(server: &FaultServer) -> Vec<&'static str> {
    server.sent().iter().map(|request| if is_event_source(request) { "events" } else { "fetch" }).collect()
}

async fn failed(chat: Chat<'_>, question: &str) -> State {
    let is_over =
        |state: &State| state.questions().last() == Some(&question) && state.answer_is("failed") && state.answer().retry;
    chat.until("the failure", is_over).await
}

#[tokio::test]
async fn a_server_that_ends_its_answers_is_listened_to() {
    scenario("a_server_that_ends_its_answers_is_listened_to", async |world| {
        let server = FaultServer::start().await;
        // The session is in a cookie, as on a site with a server of its own: no header is needed.
        let page = Page::with_widget(
            "/assisters.js",
            &[("assistant", "helper"), ("api-url", &server.api_url()), ("dialect", "threads")],
        );
        let page = server.page("/shop", &page.header("set-cookie", "session=visitor-7; Path=/; SameSite=Strict"));
        let chat = world.chat_at(&page).await;
        acquaint(&server, chat, "first").await;
        let (gate, end) = (Gate::new(), Gate::new());
        server.answer(
            stream()
                .words("We  are ")
                .wait(&gate)
                .text("**open**\n\n")
                .text("- un")
                .text("til six")
                .wait(&end)
                .end(&[("Hours", "/hours")]),
        );
        chat.ask("When?").await;
        chat.until("the first words", |state| state.answer_is("streaming") && state.answer().text.starts_with("We  are")).await;
        gate.open();
        chat.until("the rest", |state| state.answer().text.contains("until six")).await;
        assert!(chat.state().await.answer_is("streaming"));
        end.open();
        let state = chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().sources.len(), 1, "{state:#?}");
        let told = until_seen(world.driver(), "both answers", |seen| seen.details("message").len() == 2).await;
        let message = told.details("message")[1];
        assert_eq!(
            (&message["content"], &message["usage"]["total"]),
            (&json!("We  are **open**\n\n- until six"), &json!(150)),
            "as sent"
        );
        assert_eq!((ways(&server), server.posted().len()), (vec!["fetch", "events"], 2));
        let listened = &server.sent()[1];
        assert_eq!(listened.header("cookie"), Some("session=visitor-7"));
        assert_eq!((listened.header("cache-control"), listened.header("authorization")), (Some("no-cache"), None));
        assert!(!listened.client_left(), "the answer was over");
        assert_eq!((told.details("error").len(), told.failures), (0, Vec::<String>::new()));
    })
    .await;
}

#[tokio::test]
async fn however_it_is_sent_the_words_are_the_same() {
    scenario("however_it_is_sent_the_words_are_the_same", async |world| {
        let server = FaultServer::start().await;
        let chat = acquainted(world, &server, &[]).await;
        let pretty =
            "data: {\"id\": \"msg_e2e\", \"role\": \"assistant\",\ndata:   \"content\": \" in two lines\", \"delta\": true}\n\n";
        let comments = ": still here\n\n:\nretry: 10\nunknown: field\n\n";
        let long = "long ".repeat(50_000);
        let rows = [
            (stream().line_end("\r\n").words("a żółw 🐢 by ").words("line ends").end(&[]), "a żółw 🐢 by line ends"),
            (stream().line_end("\r").words("a b").end(&[]), "a b"),
            (stream().raw("\u{FEFF}").words("after a mark").end(&[]), "after a mark"),
            (stream().bytewise().words("żółw 🐢").end(&[]), "żółw 🐢"),
            (stream().text("kept").raw(comments).text(" alive").raw(comments).end(&[]), "kept alive"),
            (stream().text("said").raw(pretty).end(&[]), "said in two lines"),
            (stream().raw("event: message\n").text("named").raw("event: error\n").text(" oddly").end(&[]), "named oddly"),
            (stream().text("odd").raw("data: {\"type\":\"new\"}\n\ndata: {\"a\n\n").text(" ones").end(&[]), "odd ones"),
            (stream().text(&long).text("end").end(&[]), &[&long, "end"].concat()),
        ];
        for (idx, (answer, expected)) in rows.into_iter().enumerate() {
            server.answer(answer);
            let question = format!("question {idx}");
            chat.ask(&question).await;
            let is_done = |state: &State| state.questions().last() == Some(&question.as_str()) && state.answer_is("done");
            chat.until("the answer", is_done).await;
            let n_answers = idx + 2;
            let seen = until_seen(world.driver(), "the answer", |seen| seen.details("message").len() == n_answers).await;
            assert_eq!(seen.details("message").last().unwrap()["content"], expected, "{idx}");
            assert_eq!(ways(&server).last(), Some(&"events"), "{idx}");
        }
        // One frame made no sense: told once, and no more than that.
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!((seen.details("error").len(), &seen.details("error")[0]["kind"]), (1, &json!("malformed")));
    })
    .await;
}

#[tokio::test]
async fn where_it_would_not_do_answers_are_fetched() {
    scenario("where_it_would_not_do_answers_are_fetched", async |world| {
        let headers = json!({"x-shop": "7"}).to_string();
        let end = Dialect::Threads.end(&[]);
        let unended = end.trim_end().to_owned();
        for (why, first, options, has_token) in [
            ("no end frame", stream().words("Well").finish(), vec![], false),
            ("an end frame without its blank line", stream().words("Well").raw(&unended).finish(), vec![], false),
            ("names that it does not hear", stream().raw("event: piece\n").text("Well").end(&[]), vec![], false),
            (
                "a failure is no end",
                stream().text("Well").frame(&json!({"error": {"code": "server_error", "message": "no"}})).finish(),
                vec![],
                false,
            ),
            ("a token", stream().words("Well").end(&[]), vec![], true),
            ("a key", stream().words("Well").end(&[]), vec![("api-key", "sk-test")], false),
            ("headers", stream().words("Well").end(&[]), vec![("headers", headers.as_str())], false),
        ] {
            let server = FaultServer::start().await;
            if has_token {
                server.mint_tokens();
            }
            let chat = world.chat_at(&widget_page(&server, Dialect::Threads, &options)).await;
            run(world.driver(), "localStorage.clear();").await;
            chat.open().await;
            server.answer(first);
            chat.ask("one").await;
            chat.until("the first answer", |state| state.answer_is("done") || state.answer_is("failed")).await;
            let state = chat.ask_and_wait("two").await;
            assert_eq!(state.answer().text, "You said: two", "{why}");
            assert_eq!(ways(&server), ["fetch", "fetch"], "{why}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_its_end_is_not_taken_for_whole() {
    scenario("an_answer_without_its_end_is_not_taken_for_whole", async |world| {
        let server = FaultServer::start().await;
        let chat = acquainted(world, &server, &[]).await;
        for (how, is_clean) in [("ended", true), ("broken", false)] {
            let gate = Gate::new();
            let half = stream().words("We deliver within").wait(&gate);
            server.answer(if is_clean { half.finish() } else { half.cut() });
            let n_before = server.sent().len();
            chat.ask(how).await;
            chat.until("the first words", |state| state.answer().text == "We deliver within").await;
            gate.open();
            let state = failed(chat, how).await;
            assert_eq!(state.answer().text, "We deliver within", "{how}: what came stays");
            assert!(state.answer().error.contains("connection was lost"), "{how}: {state:#?}");
            let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
            assert_eq!((seen.details("error").len(), &seen.details("error")[0]["kind"]), (1, &json!("network")), "{how}");
            assert_eq!(server.sent().len(), n_before + 1, "{how}: it connects no second time by itself");
            run(world.driver(), "seen.events.length = 0;").await;
            server.answer(stream().words("We deliver within two days.").end(&[]));
            chat.click("retry").await;
            let state = chat.until("the whole answer", |state| state.answer_is("done")).await;
            assert_eq!(state.answer().text, "We deliver within two days.", "{how}");
            assert_eq!(ways(&server)[n_before..], ["events", "events"], "{how}");
        }
        let keys: Vec<_> = server.posted().iter().map(|posted| posted.header("idempotency-key").map(str::to_owned)).collect();
        assert!(keys.len() == 5 && keys[1] == keys[2] && keys[3] == keys[4] && keys[1] != keys[3], "{keys:?}");
    })
    .await;
}

#[tokio::test]
async fn before_the_first_word_it_is_listened_for_again() {
    scenario("before_the_first_word_it_is_listened_for_again", async |world| {
        let server = FaultServer::start().await;
        let chat = acquainted(world, &server, &[]).await;
        server.answer(stream().raw(": one moment\n\n").finish());
        let state = chat.ask_and_wait("again").await;
        assert_eq!((state.answer().text.as_str(), state.questions().len()), ("You said: again", 2));
        assert_eq!((ways(&server), server.posted().len()), (vec!["fetch", "events", "events"], 2), "posted once");
    })
    .await;
}

#[tokio::test]
async fn where_frames_are_numbered_only_the_rest_is_asked_for() {
    scenario("where_frames_are_numbered_only_the_rest_is_asked_for", async |world| {
        let server = FaultServer::start().await;
        let chat = acquainted(world, &server, &[]).await;
        let gate = Gate::new();
        let numbered = stream().raw("id: msg_e2e:1\n").text("One ").raw("id: msg_e2e:2\n").text("two ").wait(&gate);
        server.answer(numbered.cut());
        server.route("GET", "/v1/streams/msg_e2e", |_| stream().raw("id: msg_e2e:3\n").text("three.").end(&[]));
        chat.ask("Count").await;
        chat.until("the first words", |state| state.answer().text.starts_with("One two")).await;
        gate.open();
        let state = chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().text, "One two three.");
        let resumed = server.requests_to("GET", "/v1/streams/msg_e2e");
        assert_eq!((resumed.len(), resumed[0].header("last-event-id")), (1, Some("msg_e2e:2")));
        assert_eq!((ways(&server), server.posted().len()), (vec!["fetch", "events"], 2));
    })
    .await;
}

#[tokio::test]
async fn why_it_did_not_open_a_fetch_tells() {
    scenario("why_it_did_not_open_a_fetch_tells", async |world| {
        let server = FaultServer::start().await;
        let chat = acquainted(world, &server, &[]).await;
        let refusal = || Answer::error(402, "insufficient_funds");
        server.answer(refusal());
        server.answer(refusal());
        chat.ask("Is it paid?").await;
        let state = failed(chat, "Is it paid?").await;
        assert!(state.answer().error.contains("not available right now"), "{state:#?}");
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!((seen.details("error").len(), &seen.details("error")[0]["status"]), (1, &json!(402)));
        assert_eq!(ways(&server), ["fetch", "events", "fetch"]);
        // Fetched until an answer has come in that way.
        chat.ask_and_wait("And now?").await;
        chat.ask_and_wait("And then?").await;
        assert_eq!(ways(&server), ["fetch", "events", "fetch", "fetch", "events"]);

        // A server that answers in full is read too, though no stream opens.
        for _ in 0..2 {
            server.answer(Answer::json(200, &Dialect::Threads.plain("All at once.", &[])));
        }
        let state = chat.ask_and_wait("At once?").await;
        assert_eq!(state.answer().text, "All at once.");
        assert_eq!(ways(&server)[5..], ["events", "fetch"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_listened_to_for_nobody() {
    scenario("nobody_is_listened_to_for_nobody", async |world| {
        let server = FaultServer::start().await;
        let chat = acquainted(world, &server, &[]).await;
        let never = Gate::new();
        let endless = || stream().words("On and on").wait(&never).end(&[]);
        server.answer(endless());
        chat.ask("stop").await;
        chat.until("the first words", |state| state.answer().text == "On and on").await;
        chat.click("stop").await;
        let state = chat.until("the answer to be stopped", |state| state.answer_is("stopped")).await;
        assert_eq!(state.answer().text, "On and on");
        until_true("the server to see the visitor stop", || server.sent()[1].client_left()).await;

        server.answer(endless());
        chat.ask("destroy").await;
        chat.until("the first words", |state| state.questions().len() == 3 && state.answer().text == "On and on").await;
        assert!(!server.sent()[2].client_left());
        run(world.driver(), "Assisters.ready.then((chat) => chat.destroy());").await;
        until_true("the server to see the widget go", || server.sent()[2].client_left()).await;
        assert_eq!(ways(&server), ["fetch", "events", "events"]);
        assert_eq!(e2e::chat::seen(world.driver()).await.failures, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_silence_is_borne_longer_and_then_given_up() {
    scenario("a_silence_is_borne_longer_and_then_given_up", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Threads, &[])).await;
        crate::stalls::hasten(world).await;
        acquaint(&server, chat, "first").await;
        let never = Gate::new();
        server.answer(stream().words("As far as this").wait(&never).end(&[]));
        chat.ask("How far?").await;
        let state = chat.until("the notice", |state| state.notice.contains("Still working")).await;
        assert!(state.answer_is("streaming"), "{state:#?}");
        let state = failed(chat, "How far?").await;
        assert_eq!(state.answer().text, "As far as this");
        assert!(state.answer().error.contains("taking too long") && state.notice.is_empty(), "{state:#?}");
        assert_eq!(ways(&server), ["fetch", "events"]);
        until_true("the connection to end", || server.sent()[1].client_left()).await;
    })
    .await;
}
