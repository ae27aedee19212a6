//! The ways into a page: `mount`, `init`, the handle, its events, and several widgets side by side.

use e2e::chat::{Chat, run, run_async, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until_true;
use e2e::world::{in_each_streaming_dialect, scenario};
use serde_json::json;

use crate::support::{mount, script_page};

#[tokio::test]
async fn two_widgets_on_a_page_are_independent() {
    in_each_streaming_dialect("two_widgets_on_a_page_are_independent", async |world, dialect| {
        let (left, right) = (FaultServer::start().await, FaultServer::start().await);
        let gate = Gate::new();
        left.answer(Stream::new(dialect).text("left is slow").wait(&gate).end(&[]));
        world.visit(&script_page(&left)).await;
        let options =
            |assistant: &str, position: &str| json!({"assistant": assistant, "position": position, "dialect": dialect.as_str()});
        mount(world, &left, "left", &options("sales", "bottom-left")).await;
        mount(world, &right, "right", &options("support", "bottom-right")).await;
        let (first, second) = (Chat::nth(world.driver(), 0), Chat::nth(world.driver(), 1));

        first.open().await;
        assert!(!second.state().await.open, "one widget opened the other");
        first.ask("to the left").await;
        first.until("the left answer", |state| state.answer().text == "left is slow").await;
        first.click("close").await;
        second.open().await;
        let state = second.ask_and_wait("to the right").await;
        assert_eq!((state.answer().text.as_str(), state.questions()), ("You said: to the right", vec!["to the right"]));
        gate.open();
        let state = first.until("the left end", |state| state.answer_is("done")).await;
        assert_eq!(state.questions(), ["to the left"]);

        let assistant = |server: &FaultServer| {
            let requests = server.requests_to("POST", "/v1/").into_iter().map(|request| request.json());
            let names = ["assistant", "assistant_id", "assistantId", "model"];
            requests.filter_map(|body| names.into_iter().find_map(|name| body.get(name).cloned())).next()
        };
        assert_eq!((assistant(&left), assistant(&right)), (Some(json!("sales")), Some(json!("support"))));
        assert_eq!((left.sent().len(), right.sent().len()), (1, 1));

        // The engine came once for both; one may go without the other.
        let engines = left
            .requests_to("GET", "/assets/")
            .into_iter()
            .filter(|request| request.path.contains("engine-") && request.path.ends_with(".wasm"));
        assert_eq!(engines.count(), 1);
        run(world.driver(), "left.destroy();").await;
        let state =
            Chat::nth(world.driver(), 0).until("the right one alone", |state| state.questions() == ["to the right"]).await;
        assert!(state.open);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_option_is_named_with_its_valid_values() {
    scenario("a_wrong_option_is_named_with_its_valid_values", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        for (call, words) in [
            ("Assisters.mount({})", vec!["assistant"]),
            ("Assisters.mount()", vec!["assistant"]),
            (
                "Assisters.mount({ assistant: 'a', position: 'middle' })",
                vec!["position", "middle", "bottom-right", "top-left", "inline"],
            ),
            ("Assisters.mount({ assistant: 'a', dialect: 'smoke' })", vec!["dialect", "smoke", "chat", "conversations"]),
            ("Assisters.mount({ assistant: 'a', theme: 'pink' })", vec!["theme", "pink", "auto", "light", "dark"]),
            ("Assisters.mount({ assistant: 'a', persist: 'always' })", vec!["persist", "local", "session", "none"]),
            ("Assisters.mount({ assistant: 'a', preload: 'now' })", vec!["preload", "intent", "idle"]),
            ("Assisters.mount({ assistant: 'a', buttonSize: 'big' })", vec!["buttonSize", "number"]),
            ("Assisters.mount({ assistant: 'a', suggestions: 'one' })", vec!["suggestions", "array"]),
            ("Assisters.mount({ assistant: 'a', getToken: 'secret' })", vec!["getToken", "function"]),
            ("Assisters.mount('#place', { assistant: 'a' })", vec!["element"]),
            ("Assisters.init({})", vec!["assistant"]),
        ] {
            let returned = run_async(world.driver(), &format!("await {call};")).await;
            let thrown = &returned["thrown"];
            assert_eq!(thrown["name"], "TypeError", "{call}: {returned}");
            let message = thrown["message"].as_str().unwrap_or_default();
            assert!(words.iter().all(|word| message.contains(word)), "{call}: {message:?} lacks one of {words:?}");
        }
        assert_eq!(run(world.driver(), "return document.querySelectorAll('assisters-chat').length;").await, 0);
        assert_eq!(server.requests_to("GET", "/assets/").len(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_handle_does_what_a_visitor_can() {
    in_each_streaming_dialect("the_handle_does_what_a_visitor_can", async |world, dialect| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "dialect": dialect.as_str()})).await;
        let (driver, chat) = (world.driver(), world.chat());
        assert_eq!(run(driver, "return chat.isOpen();").await, false);
        run(driver, "chat.open();").await;
        chat.until("the panel", |state| state.open).await;
        run(driver, "chat.toggle();").await;
        chat.until("no panel", |state| !state.open).await;
        run(driver, "chat.toggle();").await;
        chat.until("the panel", |state| state.open).await;
        assert_eq!(run(driver, "return chat.isOpen();").await, true);

        run(driver, "chat.sendMessage('from the page', { metadata: { plan: 'pro' } });").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(state.questions(), ["from the page"]);
        let messages = run(driver, "return chat.messages();").await;
        let told: Vec<_> = messages.as_array().unwrap().iter().map(|message| (&message["role"], &message["content"])).collect();
        assert_eq!(told, [(&json!("user"), &json!("from the page")), (&json!("assistant"), &json!("You said: from the page"))]);
        if dialect == Dialect::Chat {
            assert_eq!(server.sent()[0].json()["metadata"], json!({"plan": "pro"}));
        }

        server.answer(Stream::new(dialect).words("another answer").end(&[]));
        run(driver, "chat.regenerate();").await;
        let state =
            chat.until("another answer", |state| state.answer().text == "another answer" && state.answer_is("done")).await;
        assert_eq!((state.questions().len(), state.messages.len()), (1, 2));

        let never = Gate::new();
        server.answer(Stream::new(dialect).text("until stopped").wait(&never).end(&[]));
        run(driver, "chat.sendMessage('stop me');").await;
        chat.until("the first words", |state| state.answer().text == "until stopped").await;
        run(driver, "chat.stop();").await;
        chat.until("the stop", |state| state.answer_is("stopped")).await;
        until_true("the server to see it", || server.sent().last().is_some_and(|request| request.client_left())).await;

        run(driver, "chat.update({ title: 'Renamed', position: 'top-left' });").await;
        chat.until("the new title", |state| state.title == "Renamed").await;
        let refused = run_async(driver, "chat.update({ position: 'middle' });").await;
        assert_eq!(refused["thrown"]["name"], "TypeError");
        assert_eq!(chat.state().await.messages.len(), 4, "options change, the conversation stays");

        run(driver, "chat.clear();").await;
        chat.until("an empty panel", |state| state.messages.is_empty()).await;
        run(driver, "chat.close();").await;
        chat.until("no panel", |state| !state.open).await;
        run(driver, "chat.forget();").await;
        assert_eq!(run(driver, "return Object.keys(localStorage).length;").await, 0);
    })
    .await;
}

#[tokio::test]
async fn messages_of_the_page_wait_for_their_turn() {
    in_each_streaming_dialect("messages_of_the_page_wait_for_their_turn", async |world, dialect| {
        let server = FaultServer::start().await;
        let gate = Gate::new();
        server.answer(Stream::new(dialect).text("one").wait(&gate).end(&[]));
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "dialect": dialect.as_str()})).await;
        run(world.driver(), "chat.open(); chat.sendMessage('first'); chat.sendMessage('second'); chat.sendMessage('third');")
            .await;
        let chat = world.chat();
        chat.until("the first answer", |state| state.answer().text == "one").await;
        assert_eq!(server.sent().len(), 1);
        gate.open();
        let state = chat.until("all answers", |state| state.messages.len() == 6 && state.answer_is("done")).await;
        let order: Vec<_> = state.messages.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(order, ["first", "one", "second", "You said: second", "third", "You said: third"]);
        assert_eq!(
            server.sent().iter().map(|request| dialect.text_of(request)).collect::<Vec<_>>(),
            ["first", "second", "third"]
        );
        let refused = run_async(world.driver(), "chat.sendMessage('  ');").await;
        assert_eq!(refused["thrown"]["name"], "TypeError", "{refused}");
    })
    .await;
}

#[tokio::test]
async fn events_reach_the_page_and_the_listeners() {
    in_each_streaming_dialect("events_reach_the_page_and_the_listeners", async |world, dialect| {
        let server = FaultServer::start().await;
        server.answer(Stream::new(dialect).words("Until six.").end(&[("Hours", "https://shop.example/hours")]));
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "dialect": dialect.as_str()})).await;
        let driver = world.driver();
        run(driver, "window.heard = []; window.off = chat.on('message', (detail) => heard.push(detail.content));").await;
        let chat = world.chat();
        chat.open().await;
        chat.ask_and_wait("When do you close?").await;
        let seen = until_seen(driver, "the message", |seen| !seen.details("message").is_empty()).await;

        let names: Vec<_> = seen.events.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(names, ["load", "open", "conversation-start", "message-sent", "stream-start", "stream-end", "message"]);
        let message = seen.details("message")[0];
        assert_eq!((&message["role"], &message["content"]), (&json!("assistant"), &json!("Until six.")));
        assert_eq!(message["sources"][0]["url"], "https://shop.example/hours");
        assert_eq!(message["usage"]["total"], 150);
        assert!(message["id"].is_string() && message["createdAt"].as_str().is_some_and(|at| at.contains('T')), "{message}");
        assert_eq!(seen.details("message-sent")[0]["content"], "When do you close?");
        assert_eq!(run(driver, "return heard;").await, json!(["Until six."]));

        run(driver, "off();").await;
        chat.ask_and_wait("again").await;
        until_seen(driver, "the second message", |seen| seen.details("message").len() == 2).await;
        assert_eq!(run(driver, "return heard.length;").await, 1, "a listener that was taken off is not called");
        let refused = run_async(driver, "chat.on('mesage', () => {});").await;
        assert_eq!(refused["thrown"]["name"], "TypeError");
        assert!(refused["thrown"]["message"].as_str().is_some_and(|text| text.contains("stream-start")), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn callbacks_are_the_events_of_the_same_name() {
    scenario("callbacks_are_the_events_of_the_same_name", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let body = format!(
            "window.called = [];
             const note = (name) => () => called.push(name);
             window.chat = await Assisters.mount({{
               assistant: 'helper', apiUrl: '{}', onLoad: note('load'), onOpen: note('open'), onClose: note('close'), onMessage: note('message'),
               onError: note('error'), onStreamStart: note('stream-start'), onDestroy: note('destroy'),
             }});",
            server.api_url()
        );
        run_async(world.driver(), &body).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask_and_wait("hello").await;
        server.answer(Answer::error(402, "insufficient_funds"));
        chat.ask("and again").await;
        chat.until("the failure", |state| state.answer_is("failed")).await;
        run(world.driver(), "chat.close(); chat.destroy();").await;
        let called = run(world.driver(), "return called;").await;
        assert_eq!(called, json!(["load", "open", "stream-start", "message", "error", "close", "destroy"]));
    })
    .await;
}

#[tokio::test]
async fn the_api_of_one_widget() {
    scenario("the_api_of_one_widget", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let driver = world.driver();
        let early = run_async(driver, "Assisters.open();").await;
        assert!(early["thrown"]["message"].as_str().is_some_and(|text| text.contains("init")), "{early}");
        run_async(driver, &format!("await Assisters.init({{ assistantId: 'helper', apiUrl: '{}' }});", server.api_url())).await;
        let chat = world.chat();
        assert_eq!(run(driver, "return Assisters.isOpen();").await, false);
        run(driver, "Assisters.open();").await;
        chat.until("the panel", |state| state.open).await;
        run(driver, "Assisters.close();").await;
        chat.until("no panel", |state| !state.open).await;
        run(driver, "Assisters.toggle(); Assisters.sendMessage('hello');").await;
        chat.until("the answer", |state| state.open && state.answer_is("done")).await;
        assert_eq!(run(driver, "return Assisters.isOpen();").await, true);
        assert_eq!(server.sent()[0].json()["assistant"], "helper");

        // A second init replaces the first.
        run_async(driver, &format!("await Assisters.init({{ assistant: 'other', apiUrl: '{}' }});", server.api_url())).await;
        assert_eq!(run(driver, "return document.querySelectorAll('assisters-chat').length;").await, 1);
        run(driver, "Assisters.destroy(); Assisters.destroy();").await;
        assert_eq!(run(driver, "return document.querySelectorAll('assisters-chat').length;").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_inline_panel_fills_its_element() {
    scenario("an_inline_panel_fills_its_element", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let body = format!("window.chat = await Assisters.mount(document.querySelector('#place'), {{ assistant: 'helper', apiUrl: '{}' }});", server.api_url());
        run_async(world.driver(), &body).await;
        let chat = world.chat();
        let state = chat.until("the panel", |state| state.open).await;
        assert!(!state.launcher.shown, "{state:#?}");
        let sizes = chat.script("const box = (e) => { const { width, height } = e.getBoundingClientRect(); return [width, height].map(Math.round); };
             return [box(document.querySelector('#place')), box(root.querySelector('[part~=\"panel\"]'))];").await;
        assert_eq!(sizes[0], sizes[1], "{sizes}");
        let state = chat.ask_and_wait("inline").await;
        assert_eq!(state.answer().text, "You said: inline");
    })
    .await;
}
