//! What is remembered: over a reload, with the server's help, and what is forgotten on request.

use e2e::chat::{run, run_async, until_seen};
use e2e::fault::FaultServer;
use e2e::script::{Answer, Stream};
use e2e::wait::until_true;
use e2e::world::{in_each_dialect, in_each_dialect_with_history, in_each_streaming_dialect};
use serde_json::json;

use crate::support::{gateway_page, until_script, widget_page};

#[tokio::test]
async fn a_reload_keeps_the_conversation() {
    in_each_streaming_dialect("a_reload_keeps_the_conversation", async |world, dialect| {
        let server = FaultServer::start().await;
        server.answer(Stream::new(dialect).words("Until six.").end(&[("Hours", "https://shop.example/hours")]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask_and_wait("When do you close?").await;
        world.driver().refresh().await.unwrap();

        chat.open().await;
        let state = chat.until("the conversation", |state| state.messages.len() == 2 && state.is_painted()).await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["When do you close?"], "Until six."));
        assert_eq!((state.answer().status.as_str(), state.answer().sources.len()), ("done", 1));
        let state = chat.ask_and_wait("And on Sunday?").await;
        assert_eq!(state.questions().len(), 2);

        // It is the same conversation at the server.
        let sent = server.sent();
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0].path, sent[1].path);
        assert_eq!(dialect.conversation_of(&sent[0]), dialect.conversation_of(&sent[1]));
        if let Some(path) = dialect.begin_path() {
            assert_eq!(server.requests_to("POST", path).iter().filter(|request| request.path == path).count(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn leaving_in_mid_answer_keeps_what_came() {
    in_each_streaming_dialect("leaving_in_mid_answer_keeps_what_came", async |world, dialect| {
        let server = FaultServer::start().await;
        let never = e2e::script::Gate::new();
        server.answer(Stream::new(dialect).words("As far as I came").wait(&never).end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("How far?").await;
        chat.until("the first words", |state| state.answer().text == "As far as I came").await;
        world.driver().refresh().await.unwrap();
        until_true("the server to see the visitor leave", || server.sent()[0].client_left()).await;

        chat.open().await;
        let state = chat.until("the partial answer", |state| state.answer().retry && !state.answer().text.is_empty()).await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["How far?"], "As far as I came"));
        chat.click("retry").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().text, "You said: How far?");
    })
    .await;
}

#[tokio::test]
async fn the_servers_history_is_shown() {
    in_each_dialect_with_history("the_servers_history_is_shown", async |world, dialect| {
        let server = FaultServer::start().await;
        server.route("GET", dialect.history_folder(), |_| {
            Answer::json(
                200,
                &json!({
                    "id": "sess_known",
                    "messages": [
                        {"role": "user", "content": "Asked on my telephone", "created_at": "2026-01-28T14:30:00Z"},
                        {"role": "assistant", "content": "Answered **there**.", "created_at": "2026-01-28T14:30:05Z"},
                    ],
                }),
            )
        });
        let chat = world.chat_at(&widget_page(&server, dialect, &[("session-id", "sess_known"), ("persist", "none")])).await;
        chat.open().await;
        let state = chat.until("the history", |state| state.messages.len() == 2 && state.is_painted()).await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["Asked on my telephone"], "Answered there."));
        assert_eq!(server.requests_to("GET", &dialect.history_path("sess_known")).len(), 1);
        chat.ask_and_wait("and on").await;
        let stored =
            run(world.driver(), "return Object.values({ ...localStorage, ...sessionStorage }).join().includes('telephone');")
                .await;
        assert_eq!(stored, false, "persist: none");
    })
    .await;
}

#[tokio::test]
async fn a_gateway_keeps_the_conversation_when_the_browser_forgot_it() {
    in_each_dialect_with_history("a_gateway_keeps_the_conversation_when_the_browser_forgot_it", async |world, dialect| {
        let pages = FaultServer::start().await;
        let (_gateway, page) = gateway_page(&pages, dialect).await;
        let chat = world.chat_at(&page).await;
        chat.open().await;
        chat.ask_and_wait("Can I return shoes I already wore?").await;
        // The transcript goes; the token and the conversation's id stay.
        let forget = "for (const key of Object.keys(localStorage)) {
            const stored = JSON.parse(localStorage[key]);
            if (stored.messages) localStorage[key] = JSON.stringify({ ...stored, messages: [] });
        }";
        world.visit(&pages.url("/page")).await;
        run(world.driver(), forget).await;
        world.driver().refresh().await.unwrap();
        chat.open().await;
        let state = chat.until("the gateway's history", |state| state.messages.len() == 2 && state.is_painted()).await;
        assert_eq!(state.questions(), ["Can I return shoes I already wore?"]);
        assert!(state.answer().text.contains("worn"), "{state:#?}");
        assert!(!state.answer().sources.is_empty(), "{state:#?}");
    })
    .await;
}

#[tokio::test]
async fn who_is_forgotten_says_so_as_who_they_were() {
    in_each_dialect_with_history("who_is_forgotten_says_so_as_who_they_were", async |world, dialect| {
        let pages = FaultServer::start().await;
        let (_gateway, page) = gateway_page(&pages, dialect).await;
        let chat = world.chat_at(&page).await;
        chat.open().await;
        chat.ask_and_wait("Can I return shoes I already wore?").await;
        let forget = "const real = window.fetch;
            window.deleted = [];
            window.fetch = async (...request) => {
                const answer = await real(...request);
                if (new Request(...request).method == 'DELETE') deleted.push(answer.status);
                return answer;
            };
            (await Assisters.ready).forget();";
        run_async(world.driver(), forget).await;
        // A stranger would be answered 404.
        until_script(world, "return deleted;", json!([200])).await;
        let kept = "return Object.keys(localStorage).filter((key) => key.startsWith('assisters'));";
        until_script(world, kept, json!([])).await;
    })
    .await;
}

#[tokio::test]
async fn clear_forgets_here_and_at_the_server() {
    in_each_dialect_with_history("clear_forgets_here_and_at_the_server", async |world, dialect| {
        let server = FaultServer::start().await;
        server.route("DELETE", dialect.history_folder(), |_| Answer::json(200, &json!({"deleted": true})));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask_and_wait("Remember this").await;
        chat.choose("Start over").await;
        let state = chat.until("an empty panel", |state| state.messages.is_empty()).await;
        assert!(state.open, "{state:#?}");
        until_true("the server to be told", || server.requests_to("DELETE", dialect.history_folder()).len() == 1).await;
        until_seen(world.driver(), "the event", |seen| seen.details("conversation-clear").len() == 1).await;

        world.driver().refresh().await.unwrap();
        let state = chat.open().await;
        assert_eq!(state.messages.len(), 0, "{state:#?}");
        // A new conversation is a new one for the server, too.
        chat.ask_and_wait("Something else").await;
        match dialect.begin_path() {
            Some(path) => {
                let begun = server.requests_to("POST", path).into_iter().filter(|request| request.path == path);
                assert_eq!(begun.count(), 2);
            }
            None => {
                let named: Vec<_> = server.sent().iter().map(|request| dialect.conversation_of(request)).collect();
                // Where the answer names the conversation, both begin with no name.
                assert!(named[0] != named[1] || named.iter().all(serde_json::Value::is_null), "{named:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_conversation_that_the_server_forgot_goes_on_in_a_new_one() {
    in_each_dialect("a_conversation_that_the_server_forgot_goes_on_in_a_new_one", async |world, dialect| {
        if !dialect.names_conversations() {
            return; // the client names the session there: no server can have forgotten it
        }
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask_and_wait("first").await;
        server.answer(Answer::error(404, "not_found"));
        let state = chat.ask_and_wait("second").await;
        assert_eq!(state.answer().text, "You said: second");
        assert_eq!(state.questions(), ["first", "second"]);
    })
    .await;
}
