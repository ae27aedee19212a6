//! What an answer does besides saying something: thoughts, calls of tools, and calls that the page answers.

use e2e::chat::{Chat, run, run_async, seen, until_seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until;
use e2e::world::{World, in_each_dialect_with_tools, scenario};
use serde_json::{Value, json};

use crate::support::script_page;

/// Every call of the newest answer, as a visitor finds it, and in the end what it thought.
const SHOWN: &str = "
  const article = [...root.querySelectorAll('[part~=\"message-assistant\"]')].at(-1);
  const text = (element) => element?.textContent ?? '';
  const seen = (element) => Boolean(element?.checkVisibility());
  return [...article.querySelectorAll('[part~=tool], [part~=reasoning]')].map((one) => ({
    state: one.dataset.state, open: one.open, seen: seen(one), label: text(one.querySelector('.label')), said: text(one.querySelector('.state')),
    input: text(one.querySelector('.asked pre')), output: text(one.querySelector('.returned pre')), thoughts: text(one.matches('.reasoning') ? one.querySelector('.disclosed') : null),
    asks: text(one.querySelector('.question p')),
  }));";

async fn until_shown(chat: Chat<'_>, what: &str, condition: impl Fn(&Value) -> bool) -> Value {
    until(what, async || {
        let shown = chat.script(SHOWN).await;
        if condition(&shown) { Ok(shown) } else { Err(shown.to_string()) }
    })
    .await
}

/// Mounts a widget whose page has these tools, written as JavaScript, and opens it.
async fn mount<'a>(world: &'a World, server: &FaultServer, dialect: Dialect, further: &str) -> Chat<'a> {
    world.visit(&script_page(server)).await;
    let mount = format!(
        "window.calls = [];
         window.told = [];
         window.chat = await Assisters.mount({{ assistant: 'helper', apiUrl: '{}', dialect: '{}', persist: 'none', onToolCall: (call) => told.push(call), {further} }});
         chat.open();",
        server.api_url(),
        dialect.as_str()
    );
    assert_eq!(run_async(world.driver(), &mount).await, Value::Null);
    let chat = world.chat();
    chat.until("the panel", |state| state.open && state.engine).await;
    chat
}

const FIND_ORDER: &str = "tools: { find_order: {
    title: 'Order search', description: 'Finds an order', timeoutMs: 20000,
    parameters: { type: 'object', properties: { number: { type: 'integer', minimum: 1 } }, required: ['number'] },
    run: async (given) => { calls.push(given); return window.work ? await work(given) : { state: 'sent', number: given.number }; },
  } }";

#[tokio::test]
async fn the_page_answers_a_call_in_the_same_message() {
    in_each_dialect_with_tools("the_page_answers_a_call_in_the_same_message", async |world, dialect| {
        let server = FaultServer::start().await;
        let chat = mount(world, &server, dialect, FIND_ORDER).await;
        run(
            world.driver(),
            "window.work = ({ number }) => new Promise((done) => { window.finish = () => done({ state: 'sent', number }); });",
        )
        .await;
        server.answer(dialect.calls("Let me see.", "call_1", "find_order", &json!({"number": 7})));
        chat.ask("Where is my order?").await;

        let shown =
            until_shown(chat, "the call to run", |shown| shown[0]["state"] == "running" && shown[0]["seen"] == true).await;
        assert_eq!(
            (&shown[0]["label"], &shown[0]["said"], &shown[0]["open"]),
            (&json!("Order search"), &json!("running"), &json!(false))
        );
        let state = chat.state().await;
        assert!(state.answer_is("streaming") && state.stop, "{state:#?}");
        assert_eq!(state.answer().text, "Let me see.");
        until("the page's function to be called", async || match run(world.driver(), "return Boolean(window.finish);").await {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        })
        .await;

        let gate = Gate::new();
        server.answer(match dialect {
            Dialect::Execute => {
                Answer::json(200, &dialect.plain("It is on its way.", &[("Orders", "https://shop.example/7")])).behind(&gate)
            }
            _ => Stream::new(dialect).words("It is on its way.").end(&[("Orders", "https://shop.example/7")]).behind(&gate),
        });
        run(world.driver(), "finish();").await;
        let shown = until_shown(chat, "the result", |shown| shown[0]["state"] == "done").await;
        assert_eq!(shown[0]["input"], "{\n  \"number\": 7\n}");
        assert_eq!(shown[0]["output"], "{\n  \"state\": \"sent\",\n  \"number\": 7\n}");
        assert_eq!(shown[0]["open"], false, "the result is folded");
        gate.open();
        let state = chat.until("the end", |state| state.answer_is("done") && state.answer().sources.len() == 1).await;
        assert_eq!(state.messages.len(), 2, "all in one message: {state:#?}");
        assert_eq!(state.answer().text, "Let me see.It is on its way.", "two paragraphs");
        assert_eq!(run(world.driver(), "return calls;").await, json!([{"number": 7}]));
        assert_eq!(
            run(world.driver(), "return told;").await,
            json!([{"id": "call_1", "name": "find_order", "arguments": {"number": 7}}])
        );

        let sent = server.sent();
        assert_eq!(sent.len(), 2, "{}", server.log());
        assert_eq!(dialect.offered(&sent[0]), ["find_order"]);
        assert_eq!(dialect.output_of(&sent[1]), ("call_1".to_owned(), json!({"state": "sent", "number": 7})));
        assert_ne!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"));
        assert!(!dialect.conversation_of(&sent[1]).is_null());
        // What it cost in all.
        let usage = run(world.driver(), "return chat.messages().at(-1).usage.total;").await;
        let expected = if dialect == Dialect::OpenAi { 150 } else { 300 };
        assert_eq!(usage, expected);

        // The keyboard unfolds it.
        chat.script("root.querySelector('[part~=tool] summary').focus();").await;
        world.driver().action_chain().send_keys(" ").perform().await.unwrap();
        until_shown(chat, "the result to be unfolded", |shown| shown[0]["open"] == true).await;
    })
    .await;
}

#[tokio::test]
async fn what_goes_wrong_with_a_call_is_told_to_the_assistant() {
    in_each_dialect_with_tools("what_goes_wrong_with_a_call_is_told_to_the_assistant", async |world, dialect| {
        let server = FaultServer::start().await;
        let tools = "tools: {
            find_order: { parameters: { type: 'object', properties: { number: { type: 'integer' } }, required: ['number'], additionalProperties: false }, run: (given) => { calls.push(given); } },
            breaks: { run: () => { throw new Error('the shop is closed'); } },
            hangs: { timeoutMs: 20, run: () => new Promise(() => {}) },
          }";
        let chat = mount(world, &server, dialect, tools).await;
        for (name, arguments, reason) in [
            ("find_order", json!({"number": "seven"}), "arguments.number is string; expected integer"),
            ("find_order", json!({}), "arguments.number is missing"),
            ("find_order", json!({"number": 7, "all": true}), "arguments.all is not allowed"),
            ("breaks", json!({}), "the shop is closed"),
            ("hangs", json!({}), "no result within 20 ms"),
        ] {
            let n_before = server.sent().len();
            server.answer(dialect.calls("", "call_1", name, &arguments));
            let state = chat.ask_and_wait("Where is my order?").await;
            assert!(!state.answer().text.is_empty(), "{state:#?}");
            let sent = server.sent();
            assert_eq!(sent.len(), n_before + 2, "{}", server.log());
            assert_eq!(dialect.output_of(&sent[n_before + 1]), ("call_1".to_owned(), json!({"error": reason})), "{name} {arguments}");
            let shown = until_shown(chat, "the failure", |shown| shown[0]["state"] == "failed").await;
            assert_eq!((&shown[0]["output"], &shown[0]["said"]), (&json!(reason), &json!("failed")));
        }
        assert_eq!(run(world.driver(), "return calls;").await, json!([]), "bad arguments never reach the page's function");
    })
    .await;
}

#[tokio::test]
async fn the_visitor_is_asked_first() {
    in_each_dialect_with_tools("the_visitor_is_asked_first", async |world, dialect| {
        let server = FaultServer::start().await;
        let tools = "tools: { cancel_order: { confirm: 'Cancel order 7 for good?', run: (given) => { calls.push(given); return 'cancelled'; } } }";
        let chat = mount(world, &server, dialect, tools).await;
        for (button, n_calls, output) in [("deny", 0, json!({"error": "the visitor did not allow it"})), ("allow", 1, json!("cancelled"))] {
            let n_before = server.sent().len();
            server.answer(dialect.calls("", "call_1", "cancel_order", &json!({"number": 7})));
            chat.ask("Cancel it").await;
            let shown = until_shown(chat, "the question", |shown| shown[0]["state"] == "asking" && shown[0]["seen"] == true).await;
            assert_eq!(shown[0]["asks"], "Cancel order 7 for good?");
            assert_eq!((&shown[0]["input"], &shown[0]["open"]), (&json!("{\n  \"number\": 7\n}"), &json!(true)), "what is to be allowed is in sight");
            assert_eq!(server.sent().len(), n_before + 1, "nothing is sent before the visitor decides");
            assert_eq!(run(world.driver(), "return calls.length;").await, 0);
            chat.click(button).await;
            let state = chat.until("the end", |state| state.answer_is("done")).await;
            assert!(!state.answer().text.is_empty(), "{state:#?}");
            let focused = chat.script("return root.activeElement?.className ?? '';").await;
            assert_eq!(focused, "disclosure", "the focus stays with the call");
            assert_eq!(dialect.output_of(&server.sent()[n_before + 1]), ("call_1".to_owned(), output));
            assert_eq!(run(world.driver(), "return calls.length;").await, n_calls);
            assert_eq!(chat.script("return root.querySelectorAll('.question').length;").await, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn an_assistant_that_calls_without_end_is_stopped() {
    scenario("an_assistant_that_calls_without_end_is_stopped", async |world| {
        let server = FaultServer::start().await;
        let chat = mount(world, &server, Dialect::OpenAi, FIND_ORDER).await;
        for n in 0..12 {
            server.answer(Dialect::OpenAi.calls("", &format!("call_{n}"), "find_order", &json!({"number": 7})));
        }
        chat.ask("Where is my order?").await;
        let state = chat.until("the failure", |state| state.answer_is("failed")).await;
        assert!(state.answer().retry, "{state:#?}");
        assert_eq!((server.sent().len(), run(world.driver(), "return calls.length;").await), (9, json!(8)));
        until_seen(world.driver(), "the cause", |seen| seen.console.iter().any(|line| line.contains("calls tools without end")))
            .await;
        // Every round is told, in order.
        let messages = server.sent()[8].json()["messages"].as_array().unwrap().len();
        assert_eq!(messages, 1 + 8 * 2);
    })
    .await;
}

#[tokio::test]
async fn a_visitor_who_stops_the_answer_ends_the_wait_for_the_page() {
    scenario("a_visitor_who_stops_the_answer_ends_the_wait_for_the_page", async |world| {
        let server = FaultServer::start().await;
        let chat = mount(world, &server, Dialect::OpenAi, FIND_ORDER).await;
        run(world.driver(), "window.work = () => new Promise((done) => { window.finish = done; });").await;
        server.answer(Dialect::OpenAi.calls("Let me see.", "call_1", "find_order", &json!({"number": 7})));
        chat.ask("Where is my order?").await;
        until_shown(chat, "the call to run", |shown| shown[0]["state"] == "running").await;
        chat.click("stop").await;
        let state = chat.until("the stop", |state| state.answer_is("stopped")).await;
        assert_eq!(state.answer().text, "Let me see.");
        until_shown(chat, "the call to be over", |shown| shown[0]["state"] == "ended" && shown[0]["said"] == "").await;
        // What comes of it now is nobody's; the next question is asked as ever.
        run(world.driver(), "window.finish?.('late');").await;
        let state = chat.ask_and_wait("And now?").await;
        assert_eq!((state.answer().text.as_str(), server.sent().len()), ("You said: And now?", 2));
    })
    .await;
}

#[tokio::test]
async fn a_round_that_fails_is_asked_for_again_and_the_call_is_not_made_twice() {
    scenario("a_round_that_fails_is_asked_for_again_and_the_call_is_not_made_twice", async |world| {
        let server = FaultServer::start().await;
        let chat = mount(world, &server, Dialect::OpenAi, FIND_ORDER).await;
        server.answer(Dialect::OpenAi.calls("Let me see.", "call_1", "find_order", &json!({"number": 7})));
        server.answer(Answer::error(503, "server_error").header("retry-after", "0"));
        server.answer(Stream::new(Dialect::OpenAi).words("It is on its way.").end(&[]));
        let state = chat.ask_and_wait("Where is my order?").await;
        assert_eq!(state.answer().text, "Let me see.It is on its way.");
        let sent = server.sent();
        assert_eq!((sent.len(), run(world.driver(), "return calls.length;").await), (3, json!(1)));
        assert_eq!(sent[1].header("idempotency-key"), sent[2].header("idempotency-key"));
        assert_eq!(sent[1].body, sent[2].body);
    })
    .await;
}

#[tokio::test]
async fn a_tool_of_the_servers_own_is_shown_as_it_runs() {
    scenario("a_tool_of_the_servers_own_is_shown_as_it_runs", async |world| {
        let server = FaultServer::start().await;
        let chat = mount(world, &server, Dialect::Informer, "debug: true").await;
        let (thinking, running, answering) = (Gate::new(), Gate::new(), Gate::new());
        let input = json!({"dataset": "sales", "aiProgressMessage": "Reading the sales…"});
        server.answer(
            Stream::bare(Dialect::Informer)
                .frame(&json!({"type": "start", "messageId": "msg_e2e"}))
                .frame(&json!({"type": "reasoning-delta", "id": "r", "delta": "They want <b>sales</b>, "}))
                .wait(&thinking)
                .frame(&json!({"type": "reasoning-delta", "id": "r", "delta": "so I look."}))
                .frame(&json!({"type": "tool-input-start", "toolCallId": "c1", "toolName": "query_dataset"}))
                .frame(&json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "query_dataset", "input": input}))
                .wait(&running)
                .frame(&json!({"type": "tool-output-available", "toolCallId": "c1", "output": "<img src=x onerror=alert(1)>"}))
                .frame(&json!({"type": "tool-input-available", "toolCallId": "c2", "toolName": "send-mail", "input": {}}))
                .frame(&json!({"type": "tool-output-error", "toolCallId": "c2", "errorText": "no such mailbox"}))
                .wait(&answering)
                .words("42 in all.")
                .end(&[]),
        );
        chat.ask("How many?").await;
        let shown = until_shown(chat, "the thoughts", |shown| {
            shown[0]["label"] == "Thinking…" && shown[0]["thoughts"] == "They want <b>sales</b>, "
        })
        .await;
        assert_eq!((&shown[0]["open"], &shown[0]["state"]), (&json!(false), &json!("running")), "folded from the start");
        assert_eq!(chat.script("return root.querySelector('.typing')?.checkVisibility() ?? false;").await, false);
        thinking.open();
        let is_told = |shown: &Value| shown[1]["state"] == "running" && shown[1]["label"] == "Reading the sales…";
        let shown = until_shown(chat, "the call in its own words", is_told).await;
        assert_eq!(shown[0]["state"], "done", "{shown}");
        running.open();
        let shown = until_shown(chat, "both results", |shown| shown[2]["state"] == "failed").await;
        assert_eq!((&shown[1]["state"], &shown[1]["output"]), (&json!("done"), &json!("<img src=x onerror=alert(1)>")));
        assert_eq!((&shown[2]["label"], &shown[2]["output"]), (&json!("send mail"), &json!("no such mailbox")));
        assert_eq!(
            chat.script("return root.querySelectorAll('.activity img, .activity b').length;").await,
            0,
            "text, never markup"
        );
        answering.open();
        let state = chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().text, "42 in all.");
        let shown =
            until_shown(chat, "the whole of the thoughts", |shown| shown[0]["thoughts"] == "They want <b>sales</b>, so I look.")
                .await;
        assert!(shown[0]["label"] == "Reasoning" || shown[0]["label"].as_str().unwrap().starts_with("Thought for "), "{shown}");
        assert_eq!(server.sent().len(), 1, "the page has nothing to answer");
        let told = run(world.driver(), "return told.map(({ id, name }) => id + name);").await;
        assert_eq!(told, json!(["c1query_dataset", "c2send-mail"]));
        // Tokens, for an owner who asked to see them.
        assert_eq!(
            chat.script("return root.querySelector('[part~=debug]').textContent.trim();").await,
            "input 100 output 50 total 150"
        );
    })
    .await;
}

#[tokio::test]
async fn thoughts_and_calls_are_there_again_after_a_reload() {
    scenario("thoughts_and_calls_are_there_again_after_a_reload", async |world| {
        let server = FaultServer::start().await;
        let options = json!({"assistant": "helper", "dialect": "informer"});
        world.visit(&script_page(&server)).await;
        crate::support::mount(world, &server, "chat", &options).await;
        let chat = world.chat();
        chat.open().await;
        let call =
            |id: &str| json!({"type": "tool-input-available", "toolCallId": id, "toolName": "query_dataset", "input": {"n": 7}});
        let answer = Stream::bare(Dialect::Informer)
            .frame(&json!({"type": "start", "messageId": "msg_e2e"}))
            .frame(&json!({"type": "reasoning-delta", "id": "r", "delta": "They want <b>sales</b>."}))
            .frame(&call("c1"))
            .frame(&json!({"type": "tool-output-available", "toolCallId": "c1", "output": "forty-two"}))
            .frame(&call("c2"))
            .frame(&json!({"type": "tool-output-error", "toolCallId": "c2", "errorText": "no such table"}));
        server.answer(answer.words("42 in all.").end(&[]));
        chat.ask_and_wait("How many?").await;
        // The state of each, what it was asked and what came of it; the label of the thoughts says for how long.
        let told = |shown: &Value| {
            let all = shown.as_array().unwrap().iter();
            all.map(|one| json!([one["state"], one["open"], one["input"], one["output"], one["thoughts"]])).collect::<Vec<_>>()
        };
        let is_shown = |shown: &Value| shown[2]["state"] == "failed" && shown[0]["seen"] == true && shown[0]["state"] == "done";
        let before = told(&until_shown(chat, "thoughts and calls", is_shown).await);
        assert_eq!((before.len(), &before[0][1], &before[1][3]), (3, &json!(false), &json!("forty-two")), "{before:#?}");
        for visit in ["the first reload", "the second reload"] {
            world.driver().refresh().await.unwrap();
            crate::support::mount(world, &server, "chat", &options).await;
            chat.open().await;
            let after = told(&until_shown(chat, visit, is_shown).await);
            assert_eq!(after, before, "{visit}");
            let state = chat.until("the text", |state| state.answer_is("done") && state.is_painted()).await;
            assert_eq!(state.answer().text, "42 in all.");
            // The page heard of them in their time.
            assert_eq!(seen(world.driver()).await.details("tool-call").len(), 0);
        }
        assert_eq!(chat.script("return root.querySelectorAll('.activity b').length;").await, 0, "text, never markup");
    })
    .await;
}

#[tokio::test]
async fn without_debug_nobody_sees_what_it_cost() {
    scenario("without_debug_nobody_sees_what_it_cost", async |world| {
        let server = FaultServer::start().await;
        let chat = mount(world, &server, Dialect::Chat, "tools: { now: { run: () => 'noon' } }").await;
        server.answer(Answer::json(200, &Dialect::Chat.plain("Plain.", &[])));
        chat.ask_and_wait("one").await;
        assert_eq!(chat.script("return root.querySelectorAll('.debug, .activity').length;").await, 0);
        assert_eq!(
            run(world.driver(), "return [chat.messages().at(-1).usage.total, chat.messages().at(-1).cost];").await,
            json!([150, 0.001])
        );
        // A dialect without tools says so to the owner, and works.
        until_seen(world.driver(), "the warning", |seen| {
            seen.console.iter().any(|line| line.contains("the dialect chat has none"))
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_tool_that_nothing_can_run_is_refused() {
    scenario("a_tool_that_nothing_can_run_is_refused", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        for tools in ["{ find: { description: 'Finds' } }", "{ 'find order': { run() {} } }", "{ find: { run() {}, parameters: 'none' } }"] {
            let mount = format!("await Assisters.mount({{ assistant: 'helper', apiUrl: '{}', position: 'inline', dialect: 'openai', tools: {tools} }});", server.api_url());
            run_async(world.driver(), &mount).await;
            let what = format!("{tools} to be refused");
            until_seen(world.driver(), &what, |seen| seen.console.iter().any(|line| line.contains("is no {description, parameters, run}"))).await;
            run(world.driver(), "seen.console.length = 0;").await;
        }
    })
    .await;
}
