//! What an answer did besides saying something, as it is kept in the visitor's browser: the beginning of what it thought, and its calls with what came
//! of them.
//!
//! Every page carries it along as the JSON text that it is; only the part of the program that shows it reads and writes it (`xtask/src/dist/wasm.rs`).

use super::conversation::Conversation;
use super::message::{Message, MessageId, ToolUse};
use crate::protocol::ToolCall;
use crate::protocol::json::{Object, array, list, parse, text};

/// As much of one text as is shown: what a tool returns may be megabytes.
const KEPT_CHARS: usize = 4_000;

/// An answer that calls more often than anybody counts keeps its first calls.
const KEPT_CALLS: usize = 32;

/// Writes down what answers did, as it is now.
#[inline(never)]
pub fn keep_activity(conversation: &mut Conversation) {
    for message in conversation.messages_mut().filter(|message| message.has_activity()) {
        message.activity = write(message);
    }
}

/// Reads what an answer did, if that was kept and is not known.
#[inline(never)]
pub fn recall_activity(conversation: &mut Conversation, answer: MessageId) {
    let Some(message) = conversation.get_mut(answer).filter(|message| !message.has_activity()) else { return };
    let kept = parse(&message.activity).unwrap_or_default();
    message.reasoning = text(&kept, "reasoning").unwrap_or_default();
    for entry in array(&kept, "tools") {
        let field = |name| text(entry, name);
        let call = ToolCall {
            id: field("id").unwrap_or_default(),
            name: field("name").unwrap_or_default(),
            arguments: field("arguments").unwrap_or_default(),
            progress: field("progress"),
        };
        let output = field("error").map(Err).or_else(|| field("output").map(Ok));
        // The page was told of it in its time.
        message.tools.push(ToolUse { call, output, question: None, is_told: true });
    }
}

fn write(message: &Message) -> String {
    let tools = message.tools.iter().take(KEPT_CALLS).map(|tool| {
        let call = Object::new()
            .text("id", &tool.call.id)
            .text("name", &tool.call.name)
            .text("arguments", beginning(&tool.call.arguments))
            .maybe_text("progress", tool.call.progress.as_deref());
        match &tool.output {
            Some(Ok(output)) => call.text("output", beginning(output)),
            Some(Err(reason)) => call.text("error", beginning(reason)),
            None => call,
        }
        .finish()
    });
    Object::new().text("reasoning", beginning(&message.reasoning)).raw("tools", &list(tools)).finish()
}

fn beginning(text: &str) -> &str {
    text.char_indices().nth(KEPT_CHARS).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::chat::{Status, decode_transcript, encode_transcript};
    use crate::protocol::{Event, Finish, ToolResult};

    fn call(id: &str, arguments: &str) -> Event {
        Event::ToolCall(ToolCall { id: id.into(), name: "find".into(), arguments: arguments.into(), progress: None })
    }

    fn after_a_reload(mut before: Conversation) -> Conversation {
        keep_activity(&mut before);
        let mut after = Conversation::default();
        after.resume(decode_transcript(&parse(&encode_transcript(before.messages())).unwrap()));
        after
    }

    #[test]
    fn thoughts_and_calls_survive_a_reload() {
        let mut before = Conversation::default();
        let answer = before.ask("q".into(), 0.0).answer;
        for event in [
            Event::Reasoning("I \"think\"".into()),
            call("1", "{\"n\":1}"),
            Event::ToolResult(ToolResult { id: "1".into(), output: Ok("7".into()) }),
            call("2", ""),
            Event::ToolResult(ToolResult { id: "2".into(), output: Err("no".into()) }),
            call("3", "{}"),
            Event::TextDelta("It is 7.".into()),
            Event::Finished(Finish::default()),
        ] {
            before.apply(answer, event);
        }
        let expected = before.get(answer).unwrap().clone();
        let mut after = after_a_reload(before);
        // Twice: what is not read is carried along, and what was read is written as it was.
        for _ in 0..2 {
            after = after_a_reload(after);
            let message = after.messages()[1].clone();
            assert!(!message.has_activity() && !message.activity.is_empty(), "nobody has read it yet");
        }
        let id = after.messages()[1].id;
        recall_activity(&mut after, id);
        recall_activity(&mut after, id);
        let message = &after.messages()[1];
        assert_eq!((&message.reasoning, message.tools.len()), (&expected.reasoning, 3));
        for (tool, expected) in message.tools.iter().zip(&expected.tools) {
            assert_eq!((&tool.call, &tool.output), (&expected.call, &expected.output));
        }
        assert_eq!(after.take_untold(id), [], "the page was told in its time");
        assert_eq!(after_a_reload(after.clone()).messages()[1].activity, after.messages()[1].activity);
        // Another answer is wanted: what the first one did is forgotten.
        after.retry(id);
        assert_eq!(after.get(id).unwrap().activity, "");
    }

    #[test]
    fn only_so_much_is_kept() {
        let mut before = Conversation::default();
        let answer = before.ask("q".into(), 0.0).answer;
        before.apply(answer, Event::Reasoning("ż".repeat(100_000)));
        for n in 0..100 {
            before.apply(answer, call(&n.to_string(), &"x".repeat(10_000)));
        }
        before.apply(answer, Event::Finished(Finish::default()));
        let mut after = after_a_reload(before);
        let id = after.messages()[1].id;
        assert_eq!(after.get(id).unwrap().status, Status::Done);
        recall_activity(&mut after, id);
        let message = after.get(id).unwrap();
        assert_eq!((message.reasoning.chars().count(), message.tools.len()), (KEPT_CHARS, KEPT_CALLS));
        assert!(message.tools.iter().all(|tool| tool.call.arguments.len() == KEPT_CHARS));
    }

    #[test]
    fn anything_else_is_nothing() {
        for kept in ["", "null", "[]", "7", r#"{"tools":7}"#, r#"{"reasoning":7,"tools":{}}"#] {
            let mut conversation = Conversation::default();
            let answer = conversation.tell("a".into(), 0.0);
            conversation.get_mut(answer).unwrap().activity = kept.to_owned();
            recall_activity(&mut conversation, answer);
            assert!(!conversation.get(answer).unwrap().has_activity(), "{kept}");
        }
    }
}
