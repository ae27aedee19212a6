//! Connections that break: what is tried again by itself, what by the visitor, and what stays on the screen.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use e2e::chat::{seen, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until;
use e2e::world::{in_each_dialect, in_each_streaming_dialect};
use serde_json::json;

use crate::support::widget_page;

#[tokio::test]
async fn a_connection_that_breaks_in_mid_answer_can_be_tried_again() {
    in_each_streaming_dialect("a_connection_that_breaks_in_mid_answer_can_be_tried_again", async |world, dialect| {
        let server = FaultServer::start().await;
        let (cut, gate) = (Gate::new(), Gate::new());
        server.answer(Stream::new(dialect).words("We deliver within").wait(&cut).cut());
        server.answer(Stream::new(dialect).wait(&gate).words("We deliver within two days.").end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("How fast?").await;
        // A browser may drop what it has not handed over yet when a connection breaks.
        chat.until("the first words", |state| state.answer().text == "We deliver within").await;
        cut.open();

        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert_eq!((state.answer().text.as_str(), state.questions()), ("We deliver within", vec!["How fast?"]));
        assert!(state.answer().error.contains("connection was lost"), "{state:#?}");
        assert!(state.send && !state.stop, "{state:#?}");
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!(seen.details("error").len(), 1, "{seen:#?}");
        assert_eq!(seen.details("error")[0]["kind"], "network");
        assert_eq!(seen.console.iter().filter(|line| line.to_lowercase().contains("network")).count(), 1, "{seen:#?}");
        assert_eq!(server.sent().len(), 1, "after the first byte nothing is sent again by itself");

        chat.click("retry").await;
        let state = chat.until("the second try", |state| state.answer_is("streaming")).await;
        assert_eq!(state.answer().text, "We deliver within", "the partial answer stays until there is a better one");
        gate.open();
        let state = chat.until("the whole answer", |state| state.answer_is("done")).await;
        assert_eq!((state.answer().text.as_str(), state.questions()), ("We deliver within two days.", vec!["How fast?"]));
        assert!(state.answer().error.is_empty(), "{state:#?}");
        let sent = server.sent();
        assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"), "it is the same message");
        assert_eq!(sent.iter().map(|request| dialect.text_of(request)).collect::<Vec<_>>(), ["How fast?", "How fast?"]);
        // Both belong to one conversation.
        assert_eq!((&sent[0].path, dialect.conversation_of(&sent[0])), (&sent[1].path, dialect.conversation_of(&sent[1])));
    })
    .await;
}

#[tokio::test]
async fn a_break_inside_a_frame_or_a_character_shows_only_whole_text() {
    in_each_streaming_dialect("a_break_inside_a_frame_or_a_character_shows_only_whole_text", async |world, dialect| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        let frame = dialect.delta("日本");
        // In the middle of the JSON, and after the first of three bytes.
        let cuts = [frame.find('日').unwrap() - 3, frame.find('日').unwrap() + 1];
        for (round, n_bytes) in (1..).zip(cuts) {
            let cut = Gate::new();
            server.answer(Stream::new(dialect).text("whole").part_of("日本", n_bytes).wait(&cut).cut());
            chat.ask("cut it").await;
            chat.until("the whole frame", |state| state.questions().len() == round && state.answer().text == "whole").await;
            cut.open();
            let state = chat.until("the failure", |state| state.questions().len() == round && state.answer_is("failed")).await;
            assert_eq!(state.answer().text, "whole", "{n_bytes}");
            assert!(state.answer().retry, "{state:#?}");
        }
        assert_eq!(server.sent().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_first_byte_is_tried_again_by_itself() {
    in_each_dialect("a_connection_that_breaks_before_the_first_byte_is_tried_again_by_itself", async |world, dialect| {
        let server = FaultServer::start().await;
        let failures = [Answer::dropped(), Answer::error(408, "request_timeout")];
        let n_failures = failures.len();
        failures.into_iter().for_each(|failure| server.answer(failure));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        let state = chat.ask_and_wait("Still there?").await;
        assert_eq!((state.answer().text.as_str(), state.questions()), ("You said: Still there?", vec!["Still there?"]));
        assert!(state.notice.is_empty(), "{state:#?}");
        let keys: Vec<_> = server.sent().iter().map(|request| request.header("idempotency-key").map(str::to_owned)).collect();
        assert_eq!(keys.len(), n_failures + 1);
        assert!(keys[0].is_some() && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        // What the server has taken is not posted again.
        assert_eq!(server.posted().len(), usize::from(dialect == Dialect::Threads));
        assert_eq!(seen(world.driver()).await.details("error").len(), 0, "a failure that was mended is no error");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_asks_for_a_wait_is_obeyed() {
    in_each_dialect("a_server_that_asks_for_a_wait_is_obeyed", async |world, dialect| {
        let server = FaultServer::start().await;
        server.answer(Answer::error(429, "rate_limit_exceeded").header("retry-after", "2"));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("too fast?").await;
        // The wait counts down: two different numbers are seen.
        let mut numbers = Vec::new();
        until("a countdown", async || {
            let notice = chat.state().await.notice;
            let number: String = notice.chars().filter(char::is_ascii_digit).collect();
            if !number.is_empty() && numbers.last() != Some(&number) {
                numbers.push(number);
            }
            if numbers.len() >= 2 { Ok(()) } else { Err(format!("{numbers:?} in {notice:?}")) }
        })
        .await;
        let numbers: Vec<u32> = numbers.iter().map(|number| number.parse().unwrap()).collect();
        assert!(numbers[0] <= 3 && numbers.is_sorted_by(|a, b| a > b), "{numbers:?}");
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert!(state.notice.is_empty(), "{state:#?}");
        let sent = server.sent();
        assert_eq!(sent.len(), 2);
        assert!(sent[1].at - sent[0].at >= Duration::from_secs(2), "{:?}", sent[1].at - sent[0].at);
        assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"));
    })
    .await;
}

#[tokio::test]
async fn every_spelling_of_a_wait_is_understood() {
    in_each_dialect("every_spelling_of_a_wait_is_understood", async |world, dialect| {
        let limited = || Answer::error(429, "rate_limit_exceeded");
        // Dates are whole seconds, and a busy browser may take two of them to ask: four ahead is more than one away.
        let soon = || SystemTime::now() + Duration::from_secs(4);
        let unix_secs = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap().as_secs();
        let details = json!({"error": {"code": "rate_limit_exceeded", "message": "slow down", "details": {"limit": 100, "remaining": 0, "retry_after": 1}}});
        type Spelling<'a> = (&'a str, Box<dyn Fn() -> Answer + 'a>);
        let spellings: [Spelling<'_>; 5] = [
            ("seconds", Box::new(|| limited().header("retry-after", "1"))),
            ("date", Box::new(|| limited().header("retry-after", &httpdate::fmt_http_date(soon())))),
            ("details", Box::new(|| Answer::json(429, &details))),
            ("reset in seconds", Box::new(|| limited().header("x-ratelimit-reset", "1"))),
            ("reset at a unix time", Box::new(|| limited().header("x-ratelimit-reset", &unix_secs(soon()).to_string()))),
        ];
        for (name, answer) in spellings {
            let server = FaultServer::start().await;
            let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
            chat.open().await;
            // A date must be near when the server says it, not when the test began.
            server.answer(answer());
            chat.ask_and_wait(name).await;
            let sent = server.sent();
            let waited = sent[1].at - sent[0].at;
            assert_eq!(sent.len(), 2, "{name}");
            assert!(waited >= Duration::from_millis(900) && waited < Duration::from_secs(6), "{name}: {waited:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_asked_four_times() {
    in_each_dialect("a_server_that_keeps_failing_is_asked_four_times", async |world, dialect| {
        let server = FaultServer::start().await;
        for _ in 0..2 {
            server.answer(Answer::error(500, "server_error"));
        }
        // What a proxy says when the server behind it is gone.
        server.answer(Answer::new(502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>"));
        server.answer(Answer::error(503, "server_error"));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("Anyone?").await;
        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert_eq!(state.questions(), ["Anyone?"]);
        assert!(state.answer().error.contains("went wrong on our side"), "{state:#?}");
        assert!(!state.answer().error.contains("Bad Gateway") && !state.answer().text.contains("Bad Gateway"), "{state:#?}");
        let sent = server.sent();
        assert_eq!(sent.len(), 4);
        assert!(sent.iter().all(|request| request.header("idempotency-key") == sent[0].header("idempotency-key")));
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!(seen.details("error").len(), 1, "{seen:#?}");
        assert_eq!((&seen.details("error")[0]["kind"], &seen.details("error")[0]["status"]), (&"server".into(), &503.into()));

        // By then it is well again.
        chat.click("retry").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().text, "You said: Anyone?");
    })
    .await;
}
