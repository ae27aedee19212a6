//! The assistant's calls that a page answers: what the page says came of them, and what an answer leaves for it to do.

use assisters_chat::protocol::{ApiError, ErrorKind, Event, ToolAnswer, ToolCall, ToolRound, keep_open};

use crate::store::{Pending, StoredCall, StoredRound};

/// What came of calls, by their ids: outputs, or reasons why there are none.
pub(crate) type Outputs = Vec<(String, Result<String, String>)>;

/// What a page says came of the assistant's calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum CallAnswers {
    /// Nothing: this is a message of the visitor's.
    #[default]
    None,
    /// All of it, from a page that keeps the conversation.
    Rounds(Vec<ToolRound>),
    /// The newest outputs, by the ids of the calls, from a page that does not.
    Outputs(Outputs),
}

impl CallAnswers {
    pub(crate) fn of_rounds(rounds: Vec<ToolRound>) -> Self {
        if rounds.is_empty() { Self::None } else { Self::Rounds(rounds) }
    }

    /// Tells two messages apart that say the same.
    pub(super) fn fingerprint(&self) -> String {
        if *self == Self::None { String::new() } else { format!("{self:?}") }
    }

    /// Returns every round of the answer so far.
    pub(super) fn resolve(&self, pending: Option<&Pending>) -> Result<Vec<ToolRound>, ApiError> {
        let outputs = match self {
            Self::None => return Ok(Vec::new()),
            Self::Rounds(rounds) => return Ok(rounds.clone()),
            Self::Outputs(outputs) => outputs,
        };
        let is_known = |id: &str| pending.is_some_and(|pending| pending.calls.iter().any(|call| call.id == id));
        let Some(pending) = pending.filter(|_| outputs.iter().all(|(id, _)| is_known(id))) else {
            let message = "No answer of this conversation waits for the result of such a call.";
            return Err(ApiError {
                status: Some(400),
                code: Some("invalid_request".to_owned()),
                ..ApiError::new(ErrorKind::InvalidRequest, message)
            });
        };
        let answers = pending.calls.iter().map(|call| {
            let output = outputs.iter().find(|(id, _)| *id == call.id).map(|(_, output)| output.clone());
            // Most models want an answer to every call.
            ToolAnswer { call: call.into(), output: output.unwrap_or_else(|| Err("nobody has answered this call".to_owned())) }
        });
        let new = ToolRound { text: pending.text.clone(), answers: answers.collect() };
        Ok(pending.rounds.iter().map(ToolRound::from).chain([new]).collect())
    }
}

/// The calls of one answer that nobody has answered.
#[derive(Debug, Default)]
pub(super) struct OpenCalls(Vec<ToolCall>);

impl OpenCalls {
    /// Takes an event of the answer.
    pub(super) fn take(&mut self, event: &Event) {
        keep_open(&mut self.0, event);
    }

    /// Returns what is to be remembered until the page has answered; nothing when there is nothing to answer.
    pub(super) fn pending(&self, question: &str, rounds: &[ToolRound], text: &str) -> Option<Pending> {
        (!self.0.is_empty()).then(|| Pending {
            question: question.to_owned(),
            rounds: rounds.iter().map(StoredRound::from).collect(),
            text: text.to_owned(),
            calls: self.0.iter().map(StoredCall::from).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn call(id: &str) -> ToolCall {
        ToolCall { id: id.into(), name: "find".into(), arguments: "{}".into(), progress: None }
    }

    #[test]
    fn outputs_find_their_calls_again() {
        let mut open = OpenCalls::default();
        for event in [
            Event::ToolCall(call("a")),
            Event::ToolCall(call("b")),
            Event::ToolCall(ToolCall { arguments: "[1]".into(), ..call("a") }),
        ] {
            open.take(&event);
        }
        let pending = open.pending("where?", &[], "Let me see.").unwrap();
        let outputs = |id: &str| CallAnswers::Outputs(vec![(id.to_owned(), Ok("7".to_owned()))]);
        let rounds = outputs("a").resolve(Some(&pending)).unwrap();
        let answers: Vec<_> = rounds
            .iter()
            .flat_map(|round| &round.answers)
            .map(|answer| (answer.call.arguments.as_str(), answer.output.is_ok()))
            .collect();
        assert_eq!((rounds.len(), answers), (1, vec![("[1]", true), ("{}", false)]));
        for (answers, pending) in [(outputs("c"), Some(&pending)), (outputs("a"), None)] {
            assert_eq!(answers.resolve(pending).unwrap_err().status, Some(400));
        }
        // The next round has this one before it.
        let next = open.pending("where?", &rounds, "").unwrap();
        assert_eq!(outputs("b").resolve(Some(&next)).unwrap().first(), rounds.first());
    }
}
