//! Webhooks: who wants to hear of what. What happens is told in `delivery`.

mod delivery;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use assisters_chat::protocol::format_rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;
use utoipa::ToSchema;

pub(crate) use self::delivery::{Delivery, work};
use crate::clock::Clock;
use crate::error::Failure;
use crate::identifier;
use crate::outbound::Outbound;
use crate::routes::internal;
use crate::store::{Collection, Records, StoreError};

/// By id.
const WEBHOOKS: Collection = "webhooks";

const SECRET_LIMIT_CHARS: usize = 256;

/// What can be heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum EventKind {
    /// A conversation has begun.
    #[serde(rename = "conversation.created")]
    ConversationCreated,
    /// A conversation was marked as complete.
    #[serde(rename = "conversation.ended")]
    ConversationEnded,
    /// Somebody said something in a conversation.
    #[serde(rename = "message.created")]
    MessageCreated,
    /// A visitor said what they think of an answer.
    #[serde(rename = "feedback.submitted")]
    FeedbackSubmitted,
    /// An assistant is another one now.
    #[serde(rename = "assistant.updated")]
    AssistantUpdated,
}

/// Who wants to hear of what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    url: String,
    events: Vec<EventKind>,
    /// What deliveries are signed with: needed in the clear.
    secret: String,
    created_at_secs: u64,
}

/// A webhook to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewWebhook {
    /// Where to send, as `https://your-app.com/webhooks/assisters`
    url: String,
    /// Of what
    events: Vec<EventKind>,
    /// What deliveries are signed with; made up unless given
    secret: Option<String>,
}

/// The webhooks, and what is to be told.
pub(crate) struct Webhooks {
    records: Records,
    clock: Clock,
    /// In memory too: every message asks whether anybody wants to hear of it.
    known: RwLock<HashMap<String, Webhook>>,
    wake: Arc<Notify>,
}

impl Webhook {
    /// Returns the webhook as its owner sees it, without the secret.
    pub(crate) fn body(&self) -> Value {
        let created_at = format_rfc3339(self.created_at_secs);
        json!({"id": self.id, "url": self.url, "events": self.events, "active": true, "created_at": created_at})
    }

    /// Returns what deliveries are signed with: shown once.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }
}

impl Webhooks {
    /// Reads the webhooks that were registered.
    pub(crate) async fn load(records: Records, clock: Clock) -> Result<Self, StoreError> {
        let known = records.list(WEBHOOKS, "").await?.into_iter().collect();
        let this = Self { records, clock, known: RwLock::new(known), wake: Arc::default() };
        this.resume().await?;
        Ok(this)
    }

    /// Returns all webhooks, the oldest first.
    pub(crate) fn all(&self) -> Vec<Webhook> {
        let mut webhooks: Vec<Webhook> = self.known().values().cloned().collect();
        webhooks.sort_by(|one, other| (one.created_at_secs, &one.id).cmp(&(other.created_at_secs, &other.id)));
        webhooks
    }

    /// Returns one webhook.
    pub(crate) fn find(&self, id: &str) -> Result<Webhook, Failure> {
        let webhook = self.known().get(id).cloned();
        webhook.ok_or_else(|| Failure::not_found("not_found", "There is no such webhook."))
    }

    /// Registers a webhook.
    pub(crate) async fn create(&self, new: NewWebhook, outbound: &Outbound) -> Result<Webhook, Failure> {
        outbound.check(&new.url).map_err(|error| Failure::invalid("url", error.to_string()))?;
        if new.events.is_empty() {
            return Err(Failure::invalid("events", "`events` must name at least one event"));
        }
        let random = |prefix| identifier::random(prefix).map_err(|error| internal(&error));
        let secret = match new.secret {
            Some(secret) if secret.is_empty() || secret.chars().count() > SECRET_LIMIT_CHARS => {
                return Err(Failure::invalid("secret", format!("`secret` must have 1 to {SECRET_LIMIT_CHARS} characters")));
            }
            Some(secret) => secret,
            None => random("whsec_")?,
        };
        let webhook =
            Webhook { id: random("wh_")?, url: new.url, events: new.events, secret, created_at_secs: self.clock.now_secs() };
        self.records.put(WEBHOOKS, &webhook.id, &webhook).await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(webhook.id.clone(), webhook.clone());
        Ok(webhook)
    }

    /// Forgets a webhook, and what was told to it.
    pub(crate) async fn delete(&self, id: &str) -> Result<(), Failure> {
        self.find(id)?;
        let key = id.to_owned();
        self.records
            .change(move |rows| {
                delivery::forget(rows, &key)?;
                rows.delete(WEBHOOKS, &key)
            })
            .await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(())
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, HashMap<String, Webhook>> {
        // Every change is one insertion or removal: a panic leaves nothing half done.
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Webhooks {
    fn drop(&mut self) {
        // Whoever delivers sees that there is nothing left to do.
        self.wake.notify_one();
    }
}
