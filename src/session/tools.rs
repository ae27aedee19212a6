//! Has the page answer the assistant's calls: one after the other, each checked, allowed and timed by the shell (`www/engine/tool-call.js`).
//!
//! A part of the program of its own, with the view of calls (`xtask/src/dist/wasm.rs`). Nothing here ends an answer: what goes wrong with a
//! call is its result, and the assistant is told.

use std::pin::Pin;

use futures::channel::oneshot;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Session;
use crate::chat::MessageId;
use crate::protocol::json::{self, Object, Value};
use crate::protocol::{ApiError, Dialect, Event, Finish, ToolAnswer, ToolCall, ToolResult, ToolRound};

/// An assistant that calls more often in one answer goes in circles.
const ROUNDS_LIMIT: usize = 8;

/// The rounds of calls that an answer has had.
#[derive(Default)]
pub(super) struct Rounds {
    pub(super) done: Vec<ToolRound>,
    /// What the server told at the end of each.
    finishes: Vec<Finish>,
    /// How long the answer's text was at the end of the last one.
    n_bytes: usize,
}

/// Tells the page of calls that it has not been told of: those that are complete, or all when no more is to come.
#[inline(never)]
pub(super) fn tell_calls(session: Session, answer: MessageId) {
    let untold = session.with(|core| core.conversation.take_untold(answer)).unwrap_or_default();
    for call in untold {
        let detail = Object::new().text("id", &call.id).text("name", &call.name).raw("arguments", &call.arguments_value());
        session.dispatch("tool-call", &detail.finish());
    }
}

/// Has the page answer every call of a round. Returns whether the server is to be told: not when the answer has come to its end.
///
/// # Errors
/// When there were too many rounds before.
#[inline(never)]
pub(super) fn answer_calls(
    session: Session,
    answer: MessageId,
    rounds: &mut Rounds,
    paused: Option<Finish>,
) -> Pin<Box<dyn Future<Output = Result<bool, Box<ApiError>>> + '_>> {
    Box::pin(async move {
        let Some(paused) = paused else {
            session.with(|core| core.conversation.add_rounds(answer, &rounds.finishes));
            return Ok(false);
        };
        rounds.finishes.push(paused);
        session.with(|core| {
            core.conversation.pause(answer);
            // Nothing more is to come of this stream.
            core.last_event_id.clear();
        });
        tell_calls(session, answer);
        if rounds.done.len() >= ROUNDS_LIMIT {
            return Err(Box::new(ApiError::malformed("the assistant calls tools without end")));
        }
        let Some(config) = session.peek_config() else { return Ok(false) };
        // This dialect wants an answer to every call; elsewhere the others are the server's own.
        let is_answered = |call: &&ToolCall| config.dialect == Dialect::OpenAi || config.tool(&call.name).is_some();
        let calls = session.message(answer, |message| message.unanswered_calls().filter(is_answered).cloned().collect());
        let calls: Vec<ToolCall> = calls.unwrap_or_default();
        let mut answers = Vec::with_capacity(calls.len());
        for call in calls {
            let output = run(session, answer, &call).await;
            let result = ToolResult { id: call.id.clone(), output: output.clone() };
            session.with(|core| core.conversation.apply(answer, Event::ToolResult(result)));
            session.changed(answer);
            answers.push(ToolAnswer { call, output });
        }
        let said = session.message(answer, |message| (message.said_after(rounds.n_bytes).to_owned(), message.content.len()));
        let (text, n_bytes) = said.unwrap_or_default();
        rounds.n_bytes = n_bytes;
        rounds.done.push(ToolRound { text, answers });
        Ok(true)
    })
}

/// Runs one call, asking the visitor first where the page wants that.
async fn run(session: Session, answer: MessageId, call: &ToolCall) -> Result<String, String> {
    const LOST: &str = "the page can not run tools";
    let hook = session.with(|core| core.hooks.call_tool.clone()).flatten().ok_or(LOST)?;
    let mut is_allowed = JsValue::UNDEFINED;
    loop {
        let returned = call_page(&hook, call, &is_allowed).await.ok_or(LOST)?;
        let outcome = json::parse(&returned).unwrap_or_default();
        let Some(question) = outcome.get("question").and_then(Value::as_str) else {
            return match json::text(&outcome, "error") {
                Some(reason) => Err(reason),
                None => Ok(json::text(&outcome, "output").unwrap_or_default()),
            };
        };
        is_allowed = ask_visitor(session, answer, call, question).await.into();
    }
}

/// Returns what the shell says of a call: JSON with an `output`, an `error`, or a `question` for a visitor who has not been asked yet.
async fn call_page(hook: &Function, call: &ToolCall, is_allowed: &JsValue) -> Option<String> {
    let arguments = call.arguments_json();
    let promise = hook.call3(&JsValue::NULL, &call.name.as_str().into(), &arguments.into(), is_allowed).ok()?;
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()?.as_string()
}

/// Asks the visitor, in the message, and waits for them to decide.
async fn ask_visitor(session: Session, answer: MessageId, call: &ToolCall, question: &str) -> bool {
    let (decide, decided) = oneshot::channel();
    let ask = |question: Option<String>| {
        session.with(|core| core.conversation.ask_before(answer, &call.id, question));
        session.changed(answer);
    };
    session.with(|core| core.decision = Some(decide));
    ask(Some(question.to_owned()));
    let is_allowed = decided.await.is_ok();
    ask(None);
    is_allowed
}
