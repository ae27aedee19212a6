//! How a page is authorized without a key: visitor tokens, `getToken`, and what happens when one expires.

use e2e::chat::{run, run_async};
use e2e::fault::FaultServer;
use e2e::gateway::RunningGateway;
use e2e::page::Page;
use e2e::script::Answer;
use e2e::world::{in_each_dialect, scenario};
use serde_json::json;

use crate::support::{script_page, widget_page};

#[tokio::test]
async fn a_token_that_expired_is_renewed_once() {
    in_each_dialect("a_token_that_expired_is_renewed_once", async |world, dialect| {
        let server = FaultServer::start().await;
        server.mint_tokens();
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask_and_wait("first").await;
        server.answer(Answer::error(401, "invalid_api_key"));
        let state = chat.ask_and_wait("second").await;
        assert_eq!(state.answer().text, "You said: second");
        assert_eq!(state.questions(), ["first", "second"]);

        let sent = server.sent();
        let tokens: Vec<_> = sent.iter().filter_map(|request| request.header("authorization")).collect();
        assert_eq!(tokens, ["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
        assert_eq!(sent[1].header("idempotency-key"), sent[2].header("idempotency-key"));
        let minted = server.requests_to("POST", "/v1/visitor-tokens");
        assert_eq!(minted.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn get_token_is_asked_again_after_a_401() {
    in_each_dialect("get_token_is_asked_again_after_a_401", async |world, dialect| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let options = json!({"assistant": "helper", "apiUrl": server.api_url(), "dialect": dialect.as_str()});
        let mount = format!(
            "window.asked = 0;
             window.chat = await Assisters.mount({{ ...{options}, getToken: async () => 'owner-' + (++window.asked) }});"
        );
        run_async(world.driver(), &mount).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask_and_wait("first").await;
        server.answer(Answer::error(401, "invalid_api_key"));
        chat.ask_and_wait("second").await;
        let sent = server.sent();
        let tokens: Vec<_> = sent.iter().filter_map(|request| request.header("authorization")).collect();
        assert_eq!(tokens, ["Bearer owner-1", "Bearer owner-1", "Bearer owner-2"]);
        assert_eq!(run(world.driver(), "return window.asked;").await, 2);
        assert_eq!(server.requests_to("POST", "/v1/visitor-tokens").len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_gateways_tokens_expire_without_the_visitor_noticing() {
    in_each_dialect("a_gateways_tokens_expire_without_the_visitor_noticing", async |world, dialect| {
        let pages = FaultServer::start().await;
        let origin = pages.origin();
        let gateway = RunningGateway::start(|options| {
            options.origins = vec![origin];
            options.token_lifetime_secs = 600;
        })
        .await;
        let api_url = gateway.api_url();
        let chat = world.chat_at(&widget_page(&pages, dialect, &[("api-url", &api_url)])).await;
        chat.open().await;
        let state = chat.ask_and_wait("How long do I have to return something?").await;
        assert!(state.answer().text.contains("100 days"), "{state:#?}");
        // The browser believes in its token; only the gateway knows better.
        gateway.skip_secs(3600);
        let state = chat.ask_and_wait("And what does a return cost?").await;
        assert!(!state.answer().text.is_empty() && state.answer().error.is_empty(), "{state:#?}");
        assert_eq!(state.questions().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_by_the_gateway() {
    scenario("a_page_of_another_origin_is_refused_by_the_gateway", async |world| {
        let pages = FaultServer::start().await;
        let gateway = RunningGateway::start(|options| options.origins = vec!["https://shop.example".to_owned()]).await;
        let page = Page::with_widget("/assisters.js", &[("assistant", "help"), ("api-url", &gateway.api_url())]);
        let chat = world.chat_at(&pages.page("/page", &page)).await;
        chat.open().await;
        chat.ask("May I?").await;
        let state = chat.until("the failure", |state| state.answer_is("failed")).await;
        assert!(!state.answer().error.is_empty(), "{state:#?}");
        assert_eq!(state.questions(), ["May I?"]);
    })
    .await;
}
