//! Refusals: each is told in a plain sentence, and none is tried again that must not be.

use e2e::chat::{seen, until_seen};
use e2e::fault::FaultServer;
use e2e::script::Answer;
use e2e::world::in_each_dialect;

use crate::support::widget_page;

#[tokio::test]
async fn a_refusal_is_told_once_and_not_tried_again() {
    in_each_dialect("a_refusal_is_told_once_and_not_tried_again", async |world, dialect| {
        for (status, code, kind, sentence) in [
            (400, "invalid_request", "invalid-request", "could not be accepted"),
            (402, "insufficient_funds", "payment", "not available right now"),
            (403, "origin_not_allowed", "forbidden", "not set up correctly"),
            (404, "assistant_not_found", "not-found", "not set up correctly"),
            (413, "payload_too_large", "invalid-request", "could not be accepted"),
        ] {
            let server = FaultServer::start().await;
            server.answer(Answer::error(status, code));
            let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
            chat.open().await;
            chat.ask("Is that all right?").await;

            let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
            assert_eq!(state.questions(), ["Is that all right?"], "{status}");
            assert!(state.answer().error.contains(sentence), "{status}: {state:#?}");
            assert!(
                !state.answer().error.contains("scripted"),
                "the server's words are for the owner, not for the visitor: {state:#?}"
            );
            let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
            let errors = seen.details("error");
            assert_eq!(errors.len(), 1, "{status}: {seen:#?}");
            assert_eq!(
                (&errors[0]["kind"], &errors[0]["code"], &errors[0]["status"]),
                (&kind.into(), &code.into(), &status.into())
            );
            let causes =
                seen.console.iter().filter(|line| line.starts_with("error:") && line.contains(&format!("scripted {code}")));
            assert_eq!(causes.count(), 1, "{status}: the owner's console names the cause once: {seen:#?}");
            assert_eq!(server.sent().len(), 1, "{status} was sent again: {}", server.log());

            // The visitor may still try, and then it may work.
            chat.click("retry").await;
            chat.until("the answer", |state| state.answer_is("done")).await;
            assert_eq!(server.sent().len(), 2, "{status}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_unauthorized_page_is_told_so() {
    in_each_dialect("an_unauthorized_page_is_told_so", async |world, dialect| {
        let server = FaultServer::start().await;
        server.mint_tokens();
        for _ in 0..5 {
            server.answer(Answer::error(401, "invalid_api_key"));
        }
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("May I?").await;
        let state = chat.until("the failure", |state| state.answer_is("failed")).await;
        assert_eq!(state.questions(), ["May I?"]);
        assert!(state.answer().error.contains("not set up correctly"), "{state:#?}");
        let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
        assert_eq!((seen.details("error").len(), &seen.details("error")[0]["kind"]), (1, &"unauthorized".into()));
        assert_eq!(server.sent().len(), 2, "once with the first token, once with a new one");
        assert_eq!(server.requests_to("POST", "/v1/visitor-tokens").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    in_each_dialect("a_server_that_is_not_there_is_told", async |world, dialect| {
        let server = FaultServer::start().await;
        let gone = FaultServer::start().await.api_url();
        // Nobody listens there, and no name server knows the other.
        for api_url in [gone.as_str(), "http://nowhere.invalid/v1"] {
            let chat = world.chat_at(&widget_page(&server, dialect, &[("api-url", api_url)])).await;
            chat.open().await;
            chat.ask("Hello?").await;
            let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
            assert_eq!(state.questions(), ["Hello?"]);
            assert!(state.answer().error.contains("connection was lost"), "{api_url}: {state:#?}");
            let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
            assert_eq!((seen.details("error").len(), &seen.details("error")[0]["kind"]), (1, &"network".into()));
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_a_failure_and_not_shown() {
    in_each_dialect("an_answer_that_makes_no_sense_is_a_failure_and_not_shown", async |world, dialect| {
        for (name, answer) in [
            ("html", Answer::new(200, "text/html", "<html><body>Please log in to the hotel's network</body></html>")),
            ("empty", Answer::new(200, "application/json", "")),
            ("nothing", Answer::new(204, "application/json", "")),
            ("a stream of nothing", Answer::new(200, "application/octet-stream", "data: hello\n\n")),
            ("another document", Answer::new(200, "application/json", "{\"hello\": true}")),
        ] {
            let server = FaultServer::start().await;
            server.answer(answer);
            let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
            chat.open().await;
            chat.ask(name).await;
            let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
            assert!(!state.answer().error.is_empty() && !state.answer().text.contains("hotel"), "{name}: {state:#?}");
            let seen = until_seen(world.driver(), "the error event", |seen| !seen.details("error").is_empty()).await;
            assert_eq!(seen.details("error")[0]["kind"], "malformed", "{name}");
            assert_eq!(server.sent().len(), 1, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_server_does_not_offer_is_done_without() {
    in_each_dialect("what_a_server_does_not_offer_is_done_without", async |world, dialect| {
        let server = FaultServer::start().await;
        for (method, prefix) in [("POST", "/v1/visitor-tokens"), ("GET", "/v1/assistants"), ("GET", dialect.history_folder())] {
            server.route(method, prefix, |_| Answer::error(405, "not_found"));
        }
        let chat = world.chat_at(&widget_page(&server, dialect, &[("session-id", "sess_known")])).await;
        chat.open().await;
        let state = chat.ask_and_wait("alone").await;
        assert_eq!(state.answer().text, "You said: alone");
        assert!(state.notice.is_empty(), "{state:#?}");
        let seen = seen(world.driver()).await;
        assert_eq!((seen.details("error").len(), seen.console), (0, Vec::<String>::new()));
        assert_eq!(server.sent()[0].header("authorization"), None);
    })
    .await;
}
