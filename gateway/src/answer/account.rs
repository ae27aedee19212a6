//! What an answer is counted for: usage and cost of its assistant, and the owner's budget.

use assisters_chat::protocol::{Usage, format_rfc3339};

use super::Ask;
use crate::app::App;
use crate::assistants::{MadeAssistant, Tally};
use crate::store::{SessionHeader, StoreError, StoredUsage};
use crate::webhooks::EventKind;

/// What an answer is counted for.
pub(super) struct Account {
    /// The assistant's slug, whichever name it was asked by.
    slug: String,
    price_per_million_tokens: f64,
}

impl Account {
    pub(super) fn of(ask: &Ask, made: Option<&MadeAssistant>) -> Self {
        Self {
            slug: made.map_or_else(|| ask.assistant.clone(), |made| made.slug.clone()),
            price_per_million_tokens: made.map_or(0.0, |made| made.settings.price_per_million_tokens),
        }
    }

    /// Returns what an answer costs: at the owner's price, else what the upstream says.
    pub(super) fn cost(&self, tokens: u64, said: Option<f64>) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "no answer has 2^53 tokens")]
        let own = tokens as f64 * self.price_per_million_tokens / 1e6;
        if own > 0.0 { Some(own) } else { said }
    }
}

/// Counts a conversation with its first message, and tells of it where it began with that.
pub(super) async fn begin(
    app: &App,
    ask: &Ask,
    made: Option<&MadeAssistant>,
    header: &SessionHeader,
    is_known: bool,
) -> Result<(), StoreError> {
    app.assistants.tally(&Account::of(ask, made).slug, |tally| tally.conversations += 1).await?;
    if !is_known {
        app.tell_conversation(EventKind::ConversationCreated, &ask.session.id, header).await;
    }
    Ok(())
}

/// Counts a finished answer.
pub(super) async fn count(app: &App, account: &Account, tokens: u64, cost: f64, now: u64) -> Result<(), StoreError> {
    let day = format_rfc3339(now);
    app.store.add_usage(day.split('T').next().unwrap_or_default(), &account.slug, tokens, cost).await?;
    app.wallet.spend(cost).await?;
    let count = move |tally: &mut Tally| {
        tally.messages += 1;
        tally.last_asked_at_secs = Some(now);
    };
    app.assistants.tally(&account.slug, count).await
}

pub(super) fn stored_usage(usage: Usage) -> StoredUsage {
    let (input, output) = (usage.input.unwrap_or_default(), usage.output.unwrap_or_default());
    StoredUsage { input, output, total: usage.total.unwrap_or(input + output) }
}
