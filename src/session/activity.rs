//! What an answer does besides saying something, as far as every page must know of it: the rest is in `tools`, a part of the program that
//! comes when an answer thinks or calls.

use super::{Session, tools};
use crate::browser::part::Part;
use crate::chat::{MessageId, recall_activity};
use crate::config::Config;
use crate::protocol::Event;

impl Session {
    /// Whether an event changes what is shown beside the text. Asked before it is applied.
    pub(super) fn is_activity(self, config: &Config, answer: MessageId, event: &Event) -> bool {
        match event {
            Event::Started { .. } | Event::Source(_) | Event::TextDelta(_) | Event::Failed(_) => false,
            // The view follows the thoughts themselves.
            Event::Reasoning(_) => self.message(answer, |message| message.reasoning.is_empty()) == Some(true),
            Event::ToolCall(_) | Event::ToolResult(_) => true,
            Event::Finished(_) => config.debug || self.message(answer, |message| message.has_activity()) == Some(true),
        }
    }

    /// Shows what an answer does besides saying something, and tells the page of its calls.
    pub(super) fn show_activity(self, answer: MessageId) {
        self.spawn(async move {
            if Part::Activity.load().await {
                tools::tell_calls(self, answer);
                self.changed(answer);
            }
        });
    }

    /// Reads what was kept of what an answer did, if it is not known. Only where the part is that shows it.
    pub fn recall_activity(self, answer: MessageId) {
        self.with(|core| recall_activity(&mut core.conversation, answer));
    }

    /// Whether the answer waits for one of the page's own tools.
    pub(super) fn waits_for_page(self, config: &Config, answer: MessageId) -> bool {
        !config.tools.is_empty()
            && self.message(answer, |message| message.unanswered_calls().any(|call| config.tool(&call.name).is_some()))
                == Some(true)
    }

    /// Decides on the call that the visitor is being asked about.
    pub fn decide(self, is_allowed: bool) {
        let decision = self.with(|core| core.decision.take()).flatten();
        // To be dropped is to be told no.
        if let Some(decision) = decision.filter(|_| is_allowed) {
            decision.send(()).ok(); // the answer was stopped meanwhile: nothing waits for it
        }
    }
}
