//! Events in, messages out.
#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use crate::protocol::{ErrorKind, Finish, Source, ToolCall, ToolResult};

/// Applies `events` to a fresh answer and returns its text and status.
fn answer(events: Vec<Event>) -> (String, &'static str) {
    let mut conversation = Conversation::default();
    let exchange = conversation.ask("question".into(), 0.0);
    for event in events {
        conversation.apply(exchange.answer, event);
    }
    let message = conversation.get(exchange.answer).unwrap();
    (message.content.clone(), message.status.as_str())
}

fn delta(text: &str) -> Event {
    Event::TextDelta(text.into())
}

fn broken() -> ApiError {
    ApiError::new(ErrorKind::Network, "broken")
}

#[test]
fn events_in_messages_out() {
    let finished = || Event::Finished(Finish::default());
    for (events, text, status) in [
        (vec![], "", "streaming"),
        (vec![delta("a"), delta(" b")], "a b", "streaming"),
        (vec![delta("a"), finished()], "a", "done"),
        (vec![delta("a"), Event::Failed(broken())], "a", "failed"),
        (vec![finished(), delta("late")], "", "done"),
        (vec![Event::Failed(broken()), finished()], "", "failed"),
    ] {
        assert_eq!(answer(events), (text.to_owned(), status));
    }
}

#[test]
fn a_source_is_listed_once() {
    let mut conversation = Conversation::default();
    let exchange = conversation.ask("q".into(), 0.0);
    let source = Source { title: "Returns".into(), url: Some("/help/returns".into()), relevance: Some(0.9) };
    for _ in 0..2 {
        conversation.apply(exchange.answer, Event::Source(source.clone()));
    }
    assert_eq!(conversation.get(exchange.answer).unwrap().sources, [source]);
}

#[test]
fn thoughts_and_tools_stand_beside_the_text() {
    let mut conversation = Conversation::default();
    let exchange = conversation.ask("q".into(), 0.0);
    let call = |id: &str, arguments: &str| {
        Event::ToolCall(ToolCall { id: id.into(), name: "search".into(), arguments: arguments.into(), progress: None })
    };
    for event in [
        Event::Reasoning("let me ".into()),
        Event::Reasoning("see".into()),
        call("1", ""),
        call("2", ""),
        call("1", "{}"),
        Event::ToolResult(ToolResult { id: "2".into(), output: Err("down".into()) }),
        Event::ToolResult(ToolResult { id: "unknown".into(), output: Ok(String::new()) }),
        delta("found"),
    ] {
        conversation.apply(exchange.answer, event);
    }
    let message = conversation.get(exchange.answer).unwrap();
    assert_eq!((message.content.as_str(), message.reasoning.as_str(), message.tools.len()), ("found", "let me see", 2));
    assert_eq!(
        message.unanswered_calls().map(|call| (call.id.as_str(), call.arguments.as_str())).collect::<Vec<_>>(),
        [("1", "{}")]
    );
    assert_eq!(message.tools.last().unwrap().output, Some(Err("down".into())));
    let asked = conversation.ask("and?".into(), 0.0);
    let said: Vec<_> = conversation.before(asked.question).iter().map(|said| said.text).collect();
    assert_eq!(said, ["q", "found"]);
}

#[test]
fn a_retry_keeps_the_partial_answer_until_there_is_a_better_one() {
    let mut conversation = Conversation::default();
    let exchange = conversation.ask("q".into(), 0.0);
    conversation.apply(exchange.answer, delta("half"));
    assert_eq!(conversation.retry(exchange.answer), None, "it is still streaming");
    conversation.fail(exchange.answer, broken());

    assert_eq!(conversation.retry(exchange.answer), Some(exchange));
    assert!(conversation.get(exchange.answer).unwrap().is_awaited());
    conversation.fail(exchange.answer, broken());
    assert_eq!(conversation.get(exchange.answer).unwrap().content, "half", "the second try failed too: nothing is lost");

    conversation.retry(exchange.answer);
    conversation.apply(exchange.answer, delta("whole"));
    assert_eq!(conversation.get(exchange.answer).unwrap().content, "whole");
}

#[test]
fn a_stopped_answer_stays_as_it_is() {
    let mut conversation = Conversation::default();
    let exchange = conversation.ask("q".into(), 0.0);
    conversation.apply(exchange.answer, delta("part"));
    conversation.stop(exchange.answer);
    conversation.apply(exchange.answer, delta(" more"));
    conversation.fail(exchange.answer, broken());
    let message = conversation.get(exchange.answer).unwrap();
    assert_eq!((message.content.as_str(), message.status), ("part", Status::Stopped));
}

#[test]
fn a_question_is_taken_back_with_all_that_followed() {
    let mut conversation = Conversation::default();
    let first = conversation.ask("q1".into(), 0.0);
    let second = conversation.ask("q2".into(), 0.0);
    let third = conversation.ask("q3".into(), 0.0);
    assert_eq!(conversation.take_back(second.answer), None, "an answer is no question");
    assert_eq!(conversation.take_back(second.question), Some(String::new()));
    assert_eq!(conversation.ids_before(None, 9), [first.question, first.answer]);
    assert_eq!(conversation.take_back(third.question), None, "it is gone already");
    assert!(conversation.ask("q4".into(), 0.0).question > third.answer, "ids are not reused");
}

#[test]
fn ids_around_a_message() {
    let mut conversation = Conversation::default();
    let ids: Vec<_> = (0..5).map(|_| conversation.tell("a".into(), 0.0)).collect();
    for (n_most, before, expected) in [
        (2, None, &ids[3..]),
        (9, None, &ids[..]),
        (2, Some(ids[3]), &ids[1..3]),
        (2, Some(ids[1]), &ids[..1]),
        (2, Some(ids[0]), &[]),
    ] {
        assert_eq!(conversation.ids_before(before, n_most), expected);
    }
    assert_eq!(conversation.ids_after(ids[2]), ids[3..]);
    assert_eq!(conversation.ids_after(ids[4]), []);
}

#[test]
fn only_an_answer_is_rated_and_a_new_try_is_unrated() {
    let mut conversation = Conversation::default();
    let exchange = conversation.ask("q".into(), 0.0);
    assert!(!conversation.rate(exchange.question, Some(Rating::Up)));
    conversation.stop(exchange.answer);
    assert!(conversation.rate(exchange.answer, Some(Rating::Up)));
    assert_eq!(conversation.get(exchange.answer).unwrap().rating, Some(Rating::Up));
    conversation.retry(exchange.answer);
    assert_eq!(conversation.get(exchange.answer).unwrap().rating, None);
}

#[test]
fn an_answer_that_was_cut_off_goes_on_where_it_was() {
    let mut conversation = Conversation::default();
    assert_eq!(conversation.take_up(), None);
    let exchange = conversation.ask("q".into(), 0.0);
    conversation.apply(exchange.answer, delta("half"));
    assert_eq!(conversation.take_up(), None, "it is still streaming");
    conversation.leave(exchange.answer);
    assert_eq!(conversation.take_up(), Some(exchange));
    conversation.apply(exchange.answer, delta(" and half"));
    conversation.apply(exchange.answer, Event::Finished(Finish::default()));
    assert_eq!(conversation.get(exchange.answer).unwrap().content, "half and half");
    assert_eq!(conversation.take_up(), None, "it is complete");
}

#[test]
fn ids_are_not_reused_after_a_clear() {
    let mut conversation = Conversation::default();
    let before = conversation.ask("q".into(), 0.0);
    conversation.clear();
    let after = conversation.ask("q".into(), 0.0);
    assert!(after.question > before.answer);
    conversation.apply(before.answer, delta("late"));
    assert_eq!(conversation.get(after.answer).unwrap().content, "");
}

#[test]
fn earlier_messages_come_before_all_others() {
    let said = |content: &str| HistoryMessage {
        id: None,
        role: Role::User,
        content: content.to_owned(),
        created_at: None,
        sources: Vec::new(),
        files: String::new(),
    };
    let mut conversation = Conversation::default();
    conversation.prepend(vec![said("c")]);
    let newest = conversation.ask("d".into(), 0.0).question;
    conversation.prepend(vec![said("a"), said("b")]);
    conversation.prepend(Vec::new());
    let texts: Vec<_> = conversation.messages().iter().map(|message| message.content.as_str()).collect();
    assert_eq!(texts, ["a", "b", "c", "d", ""]);
    assert!(conversation.messages().is_sorted_by_key(|message| message.id));
    let numbers = conversation.ids_before(Some(newest), 9).into_iter().map(MessageId::get);
    assert!(numbers.map(|number| conversation.find(number)).all(|found| found.is_some()));
}
