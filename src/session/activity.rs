//! What an answer does besides saying something: how long it thinks, which calls the page is told of, and whether it waits for the page.
//!
//! The calls themselves are run in `tools`, a part of the program that most pages never need.

use super::Session;
use super::tools::Rounds;
use crate::browser::dom::now_unix_secs;
use crate::browser::part::Part;
use crate::chat::MessageId;
use crate::config::Config;
use crate::protocol::json::Object;
use crate::protocol::{ApiError, ErrorKind, Event, Finish};

impl Session {
    /// Watches the events of an answer, before they are applied. Returns whether one changes what is shown beside the text.
    pub(super) fn watch(self, answer: MessageId, event: &Event) -> bool {
        let now = now_unix_secs();
        match event {
            Event::Started { .. } | Event::Source(_) => false,
            // The view follows the thoughts themselves.
            Event::Reasoning(_) => self.with(|core| core.thinking_since.get_or_insert(now) == &now).unwrap_or(false),
            Event::ToolCall(_) | Event::ToolResult(_) | Event::TextDelta(_) | Event::Finished(_) | Event::Failed(_) => {
                if matches!(event, Event::Finished(_)) {
                    self.tell_calls(answer, true);
                }
                let thought = self.with(|core| {
                    let since = core.thinking_since.take()?;
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nobody thinks for 136 years")]
                    core.conversation.thought(answer, (now - since).max(0.0).round() as u32);
                    Some(())
                });
                thought.flatten().is_some() || matches!(event, Event::ToolCall(_) | Event::ToolResult(_))
            }
        }
    }

    /// Tells the page of calls that it has not been told of: those that are complete, or all when no more is to come.
    pub(super) fn tell_calls(self, answer: MessageId, is_all: bool) {
        let untold = self.with(|core| core.conversation.take_untold(answer, is_all)).unwrap_or_default();
        for call in untold {
            let detail = Object::new().text("id", &call.id).text("name", &call.name).raw("arguments", &call.arguments_value());
            self.dispatch("tool-call", &detail.finish());
        }
    }

    /// Whether the answer waits for one of the page's own tools.
    pub(super) fn waits_for_page(self, config: &Config, answer: MessageId) -> bool {
        !config.tools.is_empty()
            && self.message(answer, |message| message.unanswered_calls().any(|call| config.tool(&call.name).is_some()))
                == Some(true)
    }

    /// Lets an answer wait for the page instead of ending it.
    pub(super) fn pause(self, answer: MessageId, finish: &Finish) {
        self.tell_calls(answer, true);
        self.with(|core| {
            core.conversation.pause(answer, finish);
            // Nothing more is to come of this stream.
            core.last_event_id.clear();
        });
    }

    /// Has the page answer the calls of an answer that waits for it. Returns whether the server is to be told.
    ///
    /// # Errors
    /// When the part of the program that does it can not be had, or the assistant calls without end.
    pub(super) async fn answer_calls(
        self,
        config: &Config,
        answer: MessageId,
        rounds: &mut Rounds,
    ) -> Result<bool, Box<ApiError>> {
        if !self.waits_for_page(config, answer) {
            return Ok(false);
        }
        if !Part::Activity.load().await {
            return Err(Box::new(ApiError::new(ErrorKind::Network, "a part of the chat could not be loaded")));
        }
        super::tools::answer_calls(self, answer, rounds).await?;
        Ok(true)
    }

    /// Has the part that shows thoughts and calls fetched, and the message shown again once it is here.
    pub fn need_activity(self, id: MessageId) {
        self.spawn(async move {
            if Part::Activity.load().await {
                self.changed(id);
            }
        });
    }

    /// Decides on the call that the visitor is being asked about.
    pub fn decide(self, is_allowed: bool) {
        if let Some(decision) = self.with(|core| core.decision.take()).flatten() {
            decision.send(is_allowed).ok(); // the answer was stopped meanwhile: nothing waits for it
        }
    }
}
