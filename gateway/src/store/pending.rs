//! What a conversation must remember while its page answers the assistant's calls: a page may name only the calls, and an upstream may
//! remember none of them.

use assisters_chat::protocol::{ToolAnswer, ToolCall, ToolRound};
use serde::{Deserialize, Serialize};

/// An answer that waits for the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What the visitor asked.
    pub question: String,
    /// Calls that were answered before.
    pub rounds: Vec<StoredRound>,
    /// What the assistant said before its newest calls.
    pub text: String,
    /// The newest calls.
    pub calls: Vec<StoredCall>,
}

/// A call, as it is written to disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCall {
    /// Which call.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// The arguments as JSON text.
    pub arguments: String,
}

/// A round of answered calls, as it is written to disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRound {
    /// What the assistant said before it called.
    pub text: String,
    /// The calls, each with its output or the reason why there is none.
    pub answers: Vec<(StoredCall, Result<String, String>)>,
}

impl From<&ToolCall> for StoredCall {
    fn from(call: &ToolCall) -> Self {
        Self { id: call.id.clone(), name: call.name.clone(), arguments: call.arguments.clone() }
    }
}

impl From<&StoredCall> for ToolCall {
    fn from(call: &StoredCall) -> Self {
        Self { id: call.id.clone(), name: call.name.clone(), arguments: call.arguments.clone(), progress: None }
    }
}

impl From<&ToolRound> for StoredRound {
    fn from(round: &ToolRound) -> Self {
        let answers = round.answers.iter().map(|answer| ((&answer.call).into(), answer.output.clone()));
        Self { text: round.text.clone(), answers: answers.collect() }
    }
}

impl From<&StoredRound> for ToolRound {
    fn from(round: &StoredRound) -> Self {
        let answers = round.answers.iter().map(|(call, output)| ToolAnswer { call: call.into(), output: output.clone() });
        Self { text: round.text.clone(), answers: answers.collect() }
    }
}
