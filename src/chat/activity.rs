//! What an answer does besides saying something: it thinks, calls tools, and pauses until the page has answered its calls.

use super::conversation::Conversation;
use super::message::{Message, MessageId, Status, ToolUse};
use crate::protocol::{Finish, ToolCall};

impl Message {
    /// Returns the calls that nobody has answered: the page's, where it offers such a tool.
    pub fn unanswered_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.tools.iter().filter(|tool| tool.output.is_none()).map(|tool| &tool.call)
    }

    /// Whether the server waits for the page, or has not said anything since the page answered: what it says next can be asked for again.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.status == Status::Streaming && self.is_paused
    }

    /// Whether there is more to show than the text.
    #[must_use]
    pub fn has_activity(&self) -> bool {
        !self.reasoning.is_empty() || !self.tools.is_empty()
    }

    /// Returns what it says after so many bytes, without the blanks around it. Text of an earlier try does not count.
    #[must_use]
    pub fn said_after(&self, n_bytes: usize) -> &str {
        if self.is_outdated { "" } else { self.content.get(n_bytes..).unwrap_or_default().trim() }
    }

    /// Notes a call, or what more is known of one.
    pub(super) fn put_call(&mut self, call: ToolCall) {
        self.is_paused = false;
        match self.tools.iter_mut().find(|tool| tool.call.id == call.id) {
            Some(tool) => tool.call = call,
            None => self.tools.push(ToolUse { call, output: None, question: None, is_told: false }),
        }
    }

    /// Prepares for more text: after a pause it begins a paragraph.
    pub(super) fn go_on(&mut self) {
        self.is_paused = false;
        if std::mem::take(&mut self.begins_paragraph) && !self.content.is_empty() {
            self.content.push_str("\n\n");
        }
    }

    pub(super) fn think(&mut self, text: &str) {
        if self.is_paused && !self.reasoning.is_empty() && !self.reasoning.ends_with('\n') {
            self.reasoning.push_str("\n\n");
        }
        self.reasoning.push_str(text);
    }

    /// Adds what a round before it has cost.
    fn count(&mut self, finish: &Finish) {
        // Not `Usage::plus`, which belongs to a part of the program that is not here.
        if let Some(new) = finish.usage {
            let usage = self.usage.get_or_insert_default();
            for (so_far, new) in [(&mut usage.input, new.input), (&mut usage.output, new.output), (&mut usage.total, new.total)] {
                if let Some(new) = new {
                    *so_far = Some(so_far.unwrap_or(0).saturating_add(new));
                }
            }
        }
        if let Some(new) = finish.cost {
            self.cost = Some(self.cost.unwrap_or(0.0) + new);
        }
    }

    pub(super) fn forget_activity(&mut self) {
        self.reasoning.clear();
        self.tools.clear();
        self.activity.clear();
        self.is_paused = false;
        self.begins_paragraph = false;
    }
}

impl Conversation {
    /// Notes that the server has ended its stream to have calls answered: the answer goes on in the same message.
    pub fn pause(&mut self, answer: MessageId) {
        if let Some(message) = self.streaming(answer) {
            message.is_paused = true;
            message.begins_paragraph = true;
        }
    }

    /// Adds what the rounds before its last one have cost to a finished answer.
    pub fn add_rounds(&mut self, answer: MessageId, rounds: &[Finish]) {
        if let Some(message) = self.get_mut(answer) {
            rounds.iter().for_each(|finish| message.count(finish));
        }
    }

    /// Notes what the visitor is asked before a call runs, `None` once they have decided.
    pub fn ask_before(&mut self, answer: MessageId, call_id: &str, question: Option<String>) {
        if let Some(tool) = self.tool(answer, call_id) {
            tool.question = question;
        }
    }

    /// Returns the calls that the page is to be told of, each once: those whose arguments are known, or all when no more is to come.
    pub fn take_untold(&mut self, answer: MessageId) -> Vec<ToolCall> {
        let Some(message) = self.get_mut(answer) else { return Vec::new() };
        let is_all = message.status != Status::Streaming || message.is_paused;
        let untold = message.tools.iter_mut().filter(|tool| !tool.is_told && (is_all || !tool.call.arguments.is_empty()));
        untold
            .map(|tool| {
                tool.is_told = true;
                tool.call.clone()
            })
            .collect()
    }

    fn tool(&mut self, answer: MessageId, call_id: &str) -> Option<&mut ToolUse> {
        self.streaming(answer)?.tools.iter_mut().find(|tool| tool.call.id == call_id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::protocol::{Event, ToolResult, Usage};

    fn call(id: &str, arguments: &str) -> Event {
        Event::ToolCall(ToolCall { id: id.into(), name: "find".into(), arguments: arguments.into(), progress: None })
    }

    fn finish(total: u64) -> Finish {
        Finish { usage: Some(Usage { total: Some(total), ..Usage::default() }), cost: Some(0.5), ..Finish::default() }
    }

    #[test]
    fn an_answer_goes_on_in_the_same_message() {
        let mut conversation = Conversation::default();
        let answer = conversation.ask("q".into(), 0.0).answer;
        for event in [Event::Reasoning("one".into()), Event::TextDelta("Let me see. ".into()), call("1", "{}")] {
            conversation.apply(answer, event);
        }
        assert_eq!(conversation.get(answer).unwrap().said_after(0), "Let me see.");
        conversation.pause(answer);
        assert!(conversation.get(answer).unwrap().is_paused());
        conversation.apply(answer, Event::ToolResult(ToolResult { id: "1".into(), output: Ok("7".into()) }));
        assert!(conversation.get(answer).unwrap().is_paused(), "the server has said nothing yet");
        conversation.apply(answer, Event::Reasoning("two".into()));
        conversation.apply(answer, call("2", "{}"));
        assert!(!conversation.get(answer).unwrap().is_paused());
        conversation.pause(answer);
        for event in [Event::TextDelta("Here".into()), Event::TextDelta(" it is.".into()), Event::Finished(finish(5))] {
            conversation.apply(answer, event);
        }
        conversation.add_rounds(answer, &[finish(3), Finish::default(), finish(4)]);
        let message = conversation.get(answer).unwrap();
        assert_eq!((message.content.as_str(), message.status), ("Let me see. \n\nHere it is.", Status::Done));
        assert_eq!((message.reasoning.as_str(), message.said_after(12)), ("one\n\ntwo", "Here it is."));
        assert_eq!((message.usage.unwrap().total, message.cost), (Some(12), Some(1.5)));
        conversation.retry(answer);
        let message = conversation.get(answer).unwrap();
        assert_eq!((message.has_activity(), message.said_after(0)), (false, ""));
    }

    #[test]
    fn a_call_is_told_of_once_its_arguments_are_known() {
        let mut conversation = Conversation::default();
        let answer = conversation.ask("q".into(), 0.0).answer;
        let mut told = |events: Vec<Event>, is_paused: bool| {
            events.into_iter().for_each(|event| conversation.apply(answer, event));
            if is_paused {
                conversation.pause(answer);
            }
            conversation.take_untold(answer).into_iter().map(|call| call.id + &call.arguments).collect::<Vec<_>>()
        };
        assert_eq!(told(vec![call("a", ""), call("b", "{}")], false), ["b{}"]);
        assert!(told(vec![call("b", "{}")], false).is_empty());
        assert_eq!(told(vec![call("a", "{\"n\":1}")], false), ["a{\"n\":1}"]);
        assert_eq!(told(vec![call("c", "")], true), ["c"]);
        assert!(told(vec![], true).is_empty());
    }

    #[test]
    fn what_comes_after_the_end_changes_nothing() {
        let mut conversation = Conversation::default();
        let answer = conversation.ask("q".into(), 0.0).answer;
        conversation.apply(answer, call("1", "{}"));
        conversation.ask_before(answer, "1", Some("Sure?".into()));
        conversation.stop(answer);
        let before = conversation.clone();
        conversation.ask_before(answer, "1", None);
        conversation.pause(answer);
        assert_eq!(conversation, before);
        assert_eq!(conversation.get(answer).unwrap().tools[0].question.as_deref(), Some("Sure?"));
    }
}
