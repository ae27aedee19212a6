//! What visitors do with an assistant, counted: conversations, messages, and what they thought of the answers.

use assisters_chat::protocol::format_rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Assistants;
use crate::store::{Collection, StoreError};

/// By the assistant's slug.
const TALLIES: Collection = "tallies";

/// What was counted for one assistant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tally {
    pub(crate) conversations: u64,
    pub(crate) messages: u64,
    pub(crate) feedback_up: u64,
    pub(crate) feedback_down: u64,
    pub(crate) last_asked_at_secs: Option<u64>,
}

/// What a visitor thought of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// It helped.
    Up,
    /// It did not.
    Down,
}

impl Tally {
    /// Returns the fields that a card has of it. The rating is from 1 (nobody was helped) to 5 (everybody was), once somebody said so.
    pub(crate) fn fields(&self) -> Value {
        let n_verdicts = self.feedback_up + self.feedback_down;
        let mut fields = json!({
            "total_conversations": self.conversations,
            "total_messages": self.messages,
            "feedback": {"up": self.feedback_up, "down": self.feedback_down},
        });
        if n_verdicts > 0 {
            #[allow(clippy::cast_precision_loss, reason = "a share, shown with one digit")]
            let share = self.feedback_up as f64 / n_verdicts as f64;
            fields["rating"] = json!((10.0 + 40.0 * share).round() / 10.0);
        }
        if let Some(secs) = self.last_asked_at_secs {
            fields["lastAccessedAt"] = json!(format_rfc3339(secs));
        }
        fields
    }

    /// Counts a verdict, in the place of an earlier one on the same answer.
    pub(crate) fn judge(&mut self, before: Option<Verdict>, verdict: Option<Verdict>) {
        if let Some(before) = before {
            let count = self.count(before);
            *count = count.saturating_sub(1);
        }
        if let Some(verdict) = verdict {
            *self.count(verdict) += 1;
        }
    }

    fn count(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::Up => &mut self.feedback_up,
            Verdict::Down => &mut self.feedback_down,
        }
    }
}

impl Assistants {
    /// Counts something of an assistant.
    pub(crate) async fn tally(&self, slug: &str, count: impl FnOnce(&mut Tally) + Send + 'static) -> Result<(), StoreError> {
        let slug = slug.to_owned();
        self.records
            .change(move |rows| {
                let mut tally = rows.get(TALLIES, &slug)?.unwrap_or_default();
                count(&mut tally);
                rows.put(TALLIES, &slug, &tally)
            })
            .await
    }

    /// Returns what was counted of every assistant, by slug.
    pub(crate) async fn tallies(&self) -> Result<std::collections::HashMap<String, Tally>, StoreError> {
        Ok(self.records.list(TALLIES, "").await?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_mind_is_counted_once() {
        let mut tally = Tally::default();
        tally.judge(None, Some(Verdict::Up));
        tally.judge(None, Some(Verdict::Down));
        tally.judge(Some(Verdict::Down), Some(Verdict::Up));
        assert_eq!((tally.feedback_up, tally.feedback_down), (2, 0));
        assert_eq!(tally.fields()["rating"], 5.0);
        tally.judge(Some(Verdict::Up), Some(Verdict::Down));
        assert_eq!(tally.fields()["rating"], 3.0);
    }
}
