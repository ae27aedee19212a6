//! A gateway before the real API: answers stream through, the key stays inside, and a visitor who leaves is noticed at the far end.

use e2e::chat::{run, run_async};
use e2e::dialect::{CONVERSATION_ID, Dialect, of_message};
use e2e::fault::FaultServer;
use e2e::gateway::RunningGateway;
use e2e::page::Page;
#[cfg(unix)]
use e2e::program::GatewayProgram;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until_true;
use e2e::world::{captured_log, in_each_dialect, in_each_streaming_dialect};
use serde_json::json;

/// A key that nothing else contains.
fn secret_key(dialect: Dialect) -> String {
    format!("sk-live-e2e-{}-7f3a9c51d2", dialect.as_str())
}

/// Starts a gateway whose upstream is `api_url`, spoken to in `dialect`, for the pages of one origin.
async fn gateway_before(api_url: &str, dialect: Dialect, pages: &FaultServer) -> RunningGateway {
    gateway_that_keeps(api_url, dialect, pages, 0).await
}

/// The same, for a gateway that goes on with an answer for so long after its reader has left.
async fn gateway_that_keeps(api_url: &str, dialect: Dialect, pages: &FaultServer, resume_secs: u64) -> RunningGateway {
    RunningGateway::start(|options| {
        options.upstream = "assisters".to_owned();
        options.upstream_url = Some(api_url.to_owned());
        options.upstream_dialect = dialect.as_str().to_owned();
        options.api_key = Some(secret_key(dialect).parse().unwrap());
        options.origins = vec![pages.origin()];
        options.resume_secs = resume_secs;
    })
    .await
}

fn widget_page(pages: &FaultServer, gateway: &RunningGateway, dialect: Dialect) -> String {
    let api_url = gateway.api_url();
    // The widget's own files come from the gateway, as on a real site.
    let attributes = [("assistant", "shop-assistant"), ("api-url", api_url.as_str()), ("dialect", dialect.as_str())];
    pages.page("/page", &Page::with_widget(&gateway.url("/assisters.js"), &attributes))
}

#[tokio::test]
async fn an_answer_streams_through_two_gateways_and_the_key_stays_inside() {
    in_each_streaming_dialect("an_answer_streams_through_two_gateways_and_the_key_stays_inside", async |world, dialect| {
        let pages = FaultServer::start().await;
        let key = secret_key(dialect);
        let upstream = RunningGateway::start(|options| {
            options.client_keys = vec![key.parse().unwrap()];
            options.local_delay_millis = 10;
        })
        .await;
        let gateway = gateway_before(&upstream.api_url(), dialect, &pages).await;
        let chat = world.chat_at(&widget_page(&pages, &gateway, dialect)).await;
        // Everything that the page's fetches bring, bodies and headers.
        let record = "window.fetched = [];
            const fetch = window.fetch;
            window.fetch = async (...request) => {
              const response = await fetch(...request);
              const entry = { url: response.url, headers: [...response.headers].join(';'), body: '' };
              fetched.push(entry);
              if (response.url.includes('/assets/') || !response.body) return response;
              const decoder = new TextDecoder();
              const listen = new TransformStream({ transform(chunk, next) { entry.body += decoder.decode(chunk, { stream: true }); next.enqueue(chunk); } });
              return new Response(response.body.pipeThrough(listen), response);
            };";
        run(world.driver(), record).await;
        chat.open().await;
        chat.ask("Can I return shoes I already wore?").await;
        chat.until("the first words", |state| state.answer_is("streaming") && !state.answer().text.is_empty()).await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert!(state.answer().text.contains("worn") && !state.answer().sources.is_empty(), "{state:#?}");
        let state = chat.ask_and_wait("And what does it cost?").await;
        assert!(!state.answer().text.is_empty(), "{state:#?}");

        let fetched = run(world.driver(), "return JSON.stringify(window.fetched);").await;
        let fetched = fetched.as_str().unwrap();
        assert!(fetched.contains("worn"), "the recorder missed the answer: {fetched}");
        let source = world.driver().source().await.unwrap();
        let stored = run(world.driver(), "return JSON.stringify({ ...localStorage, ...sessionStorage });").await.to_string();
        let shown = chat.script("return root.textContent;").await.to_string();
        let log = captured_log();
        assert!(log.contains("assisters_gateway"), "the gateways log nothing: the test would prove nothing");
        for (place, text) in [("a response", fetched), ("the page", &source), ("the storage", &stored), ("the widget", &shown), ("the log", &log)] {
            assert!(!text.contains(&key), "the secret key is in {place}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_key_is_not_shown_when_the_upstream_repeats_it() {
    in_each_streaming_dialect("the_key_is_not_shown_when_the_upstream_repeats_it", async |world, dialect| {
        let (pages, api) = (FaultServer::start().await, FaultServer::start().await);
        let key = secret_key(dialect);
        let gateway = gateway_before(&api.api_url(), dialect, &pages).await;
        // Some APIs print the wrong key in their refusal.
        let words = format!("Incorrect API key provided: {key}");
        let refusal = Answer::json(401, &json!({"error": {"code": "invalid_api_key", "message": words, "status": 401}}))
            .header("x-echo", &key);
        api.route("POST", "/v1/", move |_| refusal.clone());
        let chat = world.chat_at(&widget_page(&pages, &gateway, dialect)).await;
        chat.open().await;
        chat.ask("Let me in").await;
        let state = chat.until("the failure", |state| state.answer_is("failed")).await;
        assert!(!state.answer().error.is_empty(), "{state:#?}");

        // Others begin to answer and then break off with it.
        let error = json!({"type": "error", "error": {"code": "server_error", "message": words, "status": 500}});
        for (method, prefix) in [("POST", "/v1/"), ("GET", "/v1/threads/conv_e2e/messages/stream")] {
            let error = error.clone();
            api.route(method, prefix, move |request| match of_message(request) {
                Some(dialect) => Stream::new(dialect).text("some text").frame(&error).finish(),
                None => Answer::json(201, &json!({"id": CONVERSATION_ID, "created_at": "2026-01-28T14:30:00Z", "messages": []})),
            });
        }
        chat.ask("Let me in again").await;
        chat.until("the second failure", |state| state.questions().len() == 2 && state.answer_is("failed")).await;
        assert!(
            !api.sent().is_empty()
                && api.requests().iter().all(|request| request.header("authorization") == Some(&format!("Bearer {key}"))),
            "the key reaches the upstream"
        );

        let seen = run(world.driver(), "return JSON.stringify(window.seen);").await.to_string();
        let stored = run(world.driver(), "return JSON.stringify({ ...localStorage });").await.to_string();
        let shown = chat.script("return root.textContent;").await.to_string();
        for (place, text) in [
            ("the events and the console", &seen),
            ("the storage", &stored),
            ("the widget", &shown),
            ("the log", &captured_log()),
        ] {
            assert!(!text.contains(&key), "the secret key is in {place}");
        }
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_never_prints_its_key() {
    in_each_dialect("the_program_never_prints_its_key", async |world, dialect| {
        let (pages, api) = (FaultServer::start().await, FaultServer::start().await);
        let key = secret_key(dialect);
        let (origin, upstream_url) = (pages.origin(), api.api_url());
        let variables = [
            ("ASSISTERS_API_KEY", key.as_str()),
            ("ASSISTERS_UPSTREAM", "assisters"),
            ("ASSISTERS_UPSTREAM_URL", &upstream_url),
            ("ASSISTERS_UPSTREAM_DIALECT", dialect.as_str()),
            ("ASSISTERS_ORIGINS", &origin),
        ];
        let gateway = GatewayProgram::start(&variables).await;
        let api_url = gateway.api_url();
        let attributes = [("assistant", "helper"), ("api-url", api_url.as_str()), ("dialect", dialect.as_str())];
        let chat = world.chat_at(&pages.page("/page", &Page::with_widget("/assisters.js", &attributes))).await;
        chat.open().await;
        let state = chat.ask_and_wait("through the program").await;
        assert_eq!(state.answer().text, "You said: through the program");
        let words = format!("Incorrect API key provided: {key}");
        api.answer(Answer::json(400, &json!({"error": {"code": "invalid_request", "message": words, "status": 400}})));
        chat.ask("and fail").await;
        chat.until("the failure", |state| state.questions().len() == 2 && state.answer_is("failed")).await;
        assert_eq!(
            api.sent().last().and_then(|request| request.header("authorization").map(str::to_owned)),
            Some(format!("Bearer {key}"))
        );

        let printed = gateway.stop().await;
        assert!(printed.contains("listening on"), "{printed}");
        assert!(!printed.contains(&key), "the program printed its key");
        let help = GatewayProgram::help(&variables).await;
        assert!(help.contains("ASSISTERS_API_KEY") && !help.contains(&key), "{help}");
    })
    .await;
}

#[tokio::test]
async fn leaving_the_page_ends_the_upstreams_work() {
    in_each_streaming_dialect("leaving_the_page_ends_the_upstreams_work", async |world, dialect| {
        let (pages, api) = (FaultServer::start().await, FaultServer::start().await);
        let gateway = gateway_before(&api.api_url(), dialect, &pages).await;
        let never = Gate::new();
        api.answer(Stream::new(dialect).words("It goes on and on").wait(&never).end(&[]));
        let chat = world.chat_at(&widget_page(&pages, &gateway, dialect)).await;
        chat.open().await;
        chat.ask("Go on").await;
        chat.until("the first words", |state| state.answer().text == "It goes on and on").await;
        assert!(!api.sent()[0].client_left());
        world.visit("about:blank").await;
        until_true("the upstream to see the visitor leave", || api.sent()[0].client_left()).await;
        assert_eq!(api.sent().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_of_the_page_opens_nothing_but_the_chat() {
    in_each_dialect("a_token_of_the_page_opens_nothing_but_the_chat", async |world, dialect| {
        let pages = FaultServer::start().await;
        let gateway = RunningGateway::start(|options| options.origins = vec![pages.origin()]).await;
        world.visit(&widget_page(&pages, &gateway, dialect)).await;
        let script = format!(
            "const api = '{}';
             const minted = await (await fetch(api + '/visitor-tokens', {{ method: 'POST' }})).json();
             const headers = {{ authorization: 'Bearer ' + minted.token }};
             const status = async (path) => (await fetch(api + path, {{ headers }})).status;
             return [await status('/usage'), await status('/wallet'), await status('/assistants')];",
            gateway.api_url()
        );
        let statuses = run_async(world.driver(), &script).await;
        assert_eq!(statuses, json!([403, 403, 200]));
    })
    .await;
}

#[tokio::test]
async fn an_answer_goes_on_after_a_reload() {
    in_each_streaming_dialect("an_answer_goes_on_after_a_reload", async |world, dialect| {
        let (pages, upstream) = (FaultServer::start().await, FaultServer::start().await);
        let (gate, end) = (Gate::new(), Gate::new());
        upstream
            .answer(Stream::new(dialect).words("One *two* ").wait(&gate).words("three four ").wait(&end).words("five.").end(&[]));
        let gateway = gateway_that_keeps(&upstream.api_url(), dialect, &pages, 60).await;
        let chat = world.chat_at(&widget_page(&pages, &gateway, dialect)).await;
        chat.open().await;
        chat.ask("Count").await;
        chat.until("the first words", |state| state.answer().text.starts_with("One two")).await;
        world.driver().refresh().await.unwrap();
        // What comes while nobody is there is not lost.
        gate.open();

        chat.open().await;
        let state = chat.until("what came meanwhile", |state| state.answer().text.starts_with("One two three four")).await;
        assert!(state.answer_is("streaming"), "{state:#?}");
        end.open();
        let state = chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["Count"], "One two three four five."));
        assert_eq!(upstream.sent().len(), 1, "{}", upstream.log());
        // It is over: another reload has nothing to go on with.
        world.driver().refresh().await.unwrap();
        chat.open().await;
        let state = chat.until("the conversation", |state| state.messages.len() == 2 && state.is_painted()).await;
        assert!(state.answer_is("done"), "{state:#?}");
    })
    .await;
}
