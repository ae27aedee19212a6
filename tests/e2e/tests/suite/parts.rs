//! Parts of the engine: what asks for answers and paints them comes when somebody is about to be answered; without it nothing is lost.

use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::files::read_dist;
use e2e::script::{Answer, Stream};
use e2e::wait::until_true;
use e2e::world::scenario;
use serde_json::json;

use crate::support::widget_page;

/// Returns how often the part was asked for.
fn n_asked(server: &FaultServer) -> usize {
    server.requests_to("GET", "/assets/part-").len()
}

#[tokio::test]
async fn what_answers_comes_once_somebody_writes() {
    scenario("what_answers_comes_once_somebody_writes", async |world| {
        let server = FaultServer::start().await;
        server.answer(Stream::new(Dialect::Chat).words("Some **bold** words").end(&[]));
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        assert_eq!(n_asked(&server), 0, "{}", server.log());
        chat.write("a").await;
        until_true("the part to be asked for", || n_asked(&server) == 1).await;
        let state = chat.ask_and_wait(" question").await;
        assert_eq!(state.answer().text, "Some bold words");
        chat.ask_and_wait("another").await;
        assert_eq!(n_asked(&server), 1, "{}", server.log());
    })
    .await;
}

#[tokio::test]
async fn a_visitor_who_comes_back_finds_the_answers_painted() {
    scenario("a_visitor_who_comes_back_finds_the_answers_painted", async |world| {
        let server = FaultServer::start().await;
        let messages =
            json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "An *earlier* one"}]).to_string();
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("messages", &messages)])).await;
        chat.open().await;
        let state = chat.until("the painted answer", |state| state.answer().text == "An earlier one").await;
        assert!(state.answer_is("done") && n_asked(&server) == 1, "{state:#?}");
    })
    .await;
}

#[tokio::test]
async fn without_the_part_a_message_waits_to_be_tried_again() {
    scenario("without_the_part_a_message_waits_to_be_tried_again", async |world| {
        let server = FaultServer::start().await;
        server.route("GET", "/assets/part-", |_| Answer::new(503, "text/plain", "busy"));
        server.answer(Stream::new(Dialect::Chat).words("Some **bold** words").end(&[]));
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        chat.ask("one").await;
        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert_eq!((state.questions(), server.sent().len()), (vec!["one"], 0), "{state:#?}");

        server.route("GET", "/assets/part-", |request| match read_dist(&request.path) {
            Some((media_type, bytes)) => Answer::new(200, media_type, bytes),
            None => Answer::error(404, "not_found"),
        });
        chat.click("retry").await;
        let state = chat.until("the answer, painted", |state| state.answer_is("done")).await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["one"], "Some bold words"));
        assert_eq!(server.sent().len(), 1, "{}", server.log());
    })
    .await;
}

#[tokio::test]
async fn without_the_part_an_earlier_conversation_is_plain() {
    scenario("without_the_part_an_earlier_conversation_is_plain", async |world| {
        let server = FaultServer::start().await;
        server.route("GET", "/assets/part-", |_| Answer::new(503, "text/plain", "busy"));
        let messages = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "Some **bold** words"}]);
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("messages", &messages.to_string())])).await;
        chat.open().await;
        chat.until("the plain answer", |state| state.answer().text == "Some **bold** words").await;
    })
    .await;
}
