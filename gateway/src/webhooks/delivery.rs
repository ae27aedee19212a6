//! Telling webhooks what happened: signed, tried again for a day, recorded, and told again on request.
//!
//! What is to be told is in the store before anybody is asked to take it: a restart loses nothing.

use std::sync::{Arc, Weak};
use std::time::Duration;

use assisters_chat::protocol::format_rfc3339;
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{EventKind, Webhook, Webhooks};
use crate::app::App;
use crate::error::Failure;
use crate::identifier;
use crate::outbound::{Outbound, Outgoing, SIGNATURE_HEADER, signature};
use crate::store::{Collection, Rows, StoreError, numbered};

/// By webhook and delivery.
const DELIVERIES: Collection = "deliveries";
/// By the time of the next try and the delivery's key, which is the record too.
const DUE: Collection = "deliveries_due";

/// The pauses between tries: a day in all.
const PAUSES_SECS: [u64; 10] = [10, 60, 300, 1_800, 3_600, 7_200, 14_400, 14_400, 21_600, 23_030];

/// A program that takes longer should answer first and work then.
const TIMEOUT: Duration = Duration::from_secs(10);

/// So much of an answer is read: only its status counts.
const ANSWER_LIMIT_BYTES: usize = 64 * 1024;

/// So many are told at once.
const AT_ONCE: usize = 8;

/// Time may move in other ways than by waiting, as a machine's that was asleep does: whoever waits looks at the clock that often.
const LOOK: Duration = Duration::from_secs(1);

/// For so long a delivery can be read and told again.
const KEPT_SECS: u64 = 7 * 24 * 3600;

/// Something that a webhook is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Delivery {
    id: String,
    webhook_id: String,
    event: EventKind,
    /// The very text: it is the same on every try, only the time of the signature differs.
    body: String,
    created_at_secs: u64,
    state: State,
    attempts: Vec<Attempt>,
    /// Tries since it was first told, or told again.
    n_tries: usize,
    next_at_secs: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Pending,
    Delivered,
    Failed,
}

/// One try.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Attempt {
    at_secs: u64,
    /// The answer's status, none where there was no answer.
    status: Option<u16>,
    /// Why it was no success.
    error: Option<String>,
}

impl Delivery {
    /// Returns the delivery as its owner sees it.
    pub(crate) fn body(&self) -> Value {
        let attempts: Vec<Value> = self
            .attempts
            .iter()
            .map(|attempt| json!({"at": format_rfc3339(attempt.at_secs), "status": attempt.status, "error": attempt.error}))
            .collect();
        json!({
            "id": self.id,
            "webhook_id": self.webhook_id,
            "event": self.event,
            "status": self.state,
            "attempts": attempts,
            "created_at": format_rfc3339(self.created_at_secs),
            "next_attempt_at": self.next_at_secs.map(format_rfc3339),
            "payload": serde_json::from_str::<Value>(&self.body).unwrap_or_default(),
        })
    }

    fn key(&self) -> String {
        format!("{}/{}", self.webhook_id, self.id)
    }

    fn due_key(&self) -> Option<String> {
        self.next_at_secs.map(|secs| format!("{}/{}", numbered(secs), self.key()))
    }
}

impl Webhooks {
    /// Tells whoever wants to hear of an event. A failure of the store is logged: what happened has happened.
    pub(crate) async fn emit(&self, event: EventKind, data: impl FnOnce() -> Value) {
        let wanting: Vec<String> =
            self.known().values().filter(|webhook| webhook.events.contains(&event)).map(|webhook| webhook.id.clone()).collect();
        if wanting.is_empty() {
            return;
        }
        let now = self.clock.now_secs();
        let Ok(event_id) = identifier::random("evt_") else { return };
        let body = json!({"id": event_id, "type": event, "created_at": format_rfc3339(now), "data": data()}).to_string();
        let deliveries = wanting.into_iter().map(move |webhook_id| Delivery {
            // Ids sort by time.
            id: format!("{}_{}", numbered(now), identifier::derived("", &[&event_id, &webhook_id])),
            webhook_id,
            event,
            body: body.clone(),
            created_at_secs: now,
            state: State::Pending,
            attempts: Vec::new(),
            n_tries: 0,
            next_at_secs: Some(now),
        });
        let deliveries: Vec<Delivery> = deliveries.collect();
        let kept = self.records.change(move |rows| deliveries.iter().try_for_each(|delivery| put(rows, None, delivery))).await;
        if let Err(error) = kept {
            tracing::error!(%error, "an event could not be stored for its webhooks");
        }
        self.wake.notify_one();
    }

    /// Returns what a webhook was told, the newest first.
    pub(crate) async fn deliveries(&self, webhook: &Webhook) -> Result<Vec<Delivery>, StoreError> {
        let deliveries = self.records.list(DELIVERIES, &format!("{}/", webhook.id)).await?;
        Ok(deliveries.into_iter().rev().map(|(_, delivery)| delivery).collect())
    }

    /// Tells something again, whatever became of it, as often as when it was new.
    pub(crate) async fn replay(&self, webhook: &Webhook, id: &str) -> Result<Delivery, Failure> {
        let (key, now) = (format!("{}/{id}", webhook.id), self.clock.now_secs());
        let replayed = self.records.change(move |rows| {
            let known = rows.get::<Delivery>(DELIVERIES, &key)?;
            let known = known.ok_or_else(|| Failure::not_found("not_found", "There is no such delivery."))?;
            let again = Delivery { state: State::Pending, n_tries: 0, next_at_secs: Some(now), ..known.clone() };
            put(rows, Some(&known), &again)?;
            Ok::<_, Failure>(again)
        });
        let replayed = replayed.await?;
        self.wake.notify_one();
        Ok(replayed)
    }

    /// Tells everything whose time has come. Returns how long there is nothing to do, nothing for as long as nobody says.
    async fn deliver_due(&self, outbound: &Outbound) -> Result<Option<Duration>, StoreError> {
        let due = self.records.list::<String>(DUE, "").await?;
        let Some((first, _)) = due.first() else { return Ok(None) };
        let now = numbered(self.clock.now_secs());
        if !is_due(first, &now) {
            return Ok(Some(LOOK));
        }
        let due = due.into_iter().filter(|(due_key, _)| is_due(due_key, &now));
        stream::iter(due)
            .map(|(due_key, key)| self.deliver(outbound, due_key, key))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        Ok(Some(Duration::ZERO))
    }

    async fn deliver(&self, outbound: &Outbound, due_key: String, key: String) {
        let known = self.records.get::<Delivery>(DELIVERIES, &key).await;
        let result = match known {
            Ok(Some(known)) => match self.find(&known.webhook_id) {
                Ok(webhook) => self.attempt(outbound, &webhook, known).await,
                Err(_) => self.records.delete(DUE, &due_key).await.map(|_| ()),
            },
            Ok(None) => self.records.delete(DUE, &due_key).await.map(|_| ()),
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            tracing::error!(%error, "a webhook's delivery could not be recorded");
        }
    }

    async fn attempt(&self, outbound: &Outbound, webhook: &Webhook, known: Delivery) -> Result<(), StoreError> {
        let at_secs = self.clock.now_secs();
        let attempt = match outbound.check(&webhook.url) {
            Err(error) => Attempt { at_secs, status: None, error: Some(error.to_string()) },
            Ok(url) => {
                let body = known.body.clone().into_bytes();
                let headers = headers(&known, &signature(&webhook.secret, at_secs, &body));
                let outgoing =
                    Outgoing { method: Method::POST, url, headers, body, timeout: TIMEOUT, limit_bytes: ANSWER_LIMIT_BYTES };
                match outbound.send(outgoing).await {
                    Ok(incoming) => {
                        let error = (!incoming.status.is_success()).then(|| format!("answered with {}", incoming.status));
                        Attempt { at_secs, status: Some(incoming.status.as_u16()), error }
                    }
                    Err(error) => Attempt { at_secs, status: None, error: Some(error.to_string()) },
                }
            }
        };
        let is_success = attempt.error.is_none();
        let pause = PAUSES_SECS.get(known.n_tries).copied().filter(|_| !is_success);
        let mut done = known.clone();
        done.n_tries += 1;
        done.attempts.push(attempt);
        done.next_at_secs = pause.map(|pause| at_secs + pause);
        done.state = match (is_success, pause) {
            (true, _) => State::Delivered,
            (false, Some(_)) => State::Pending,
            (false, None) => State::Failed,
        };
        self.records.change(move |rows| put(rows, Some(&known), &done)).await
    }

    /// Goes on after a restart: forgets what was told long ago, and says if something is still to be told.
    pub(super) async fn resume(&self) -> Result<(), StoreError> {
        let before = self.clock.now_secs().saturating_sub(KEPT_SECS);
        let forget_old = move |rows: &mut dyn Rows| {
            for (key, delivery) in rows.list::<Delivery>(DELIVERIES, "")? {
                if delivery.created_at_secs < before && delivery.state != State::Pending {
                    rows.delete(DELIVERIES, &key)?;
                }
            }
            Ok::<_, StoreError>(!rows.texts(DUE, "")?.is_empty())
        };
        if self.records.change(forget_old).await? {
            self.wake.notify_one();
        }
        Ok(())
    }
}

/// Delivers until the gateway is gone.
pub(crate) async fn work(app: Weak<App>) {
    let Some(wake) = app.upgrade().map(|app| Arc::clone(&app.webhooks.wake)) else { return };
    // Whatever is due already has said so: a gateway that nobody asks anything leaves its store alone.
    wake.notified().await;
    loop {
        let pause = {
            let Some(app) = app.upgrade() else { return };
            app.webhooks.deliver_due(&app.outbound).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the webhooks' deliveries can not be read");
                Some(LOOK)
            })
        };
        match pause {
            None => wake.notified().await,
            // Either way there may be something to do.
            Some(pause) => tokio::time::timeout(pause, wake.notified()).await.unwrap_or_default(),
        }
    }
}

/// Forgets everything that a webhook was or is to be told.
pub(super) fn forget(rows: &mut dyn Rows, webhook_id: &str) -> Result<(), StoreError> {
    for (key, delivery) in rows.list::<Delivery>(DELIVERIES, &format!("{webhook_id}/"))? {
        rows.delete(DELIVERIES, &key)?;
        if let Some(due_key) = delivery.due_key() {
            rows.delete(DUE, &due_key)?;
        }
    }
    Ok(())
}

/// Keeps a delivery in the place of what it was, and when it is due.
fn put(rows: &mut dyn Rows, before: Option<&Delivery>, delivery: &Delivery) -> Result<(), StoreError> {
    if let Some(due_key) = before.and_then(Delivery::due_key) {
        rows.delete(DUE, &due_key)?;
    }
    if let Some(due_key) = delivery.due_key() {
        rows.put(DUE, &due_key, &delivery.key())?;
    }
    rows.put(DELIVERIES, &delivery.key(), delivery)
}

fn is_due(due_key: &str, now: &str) -> bool {
    due_key.split('/').next().is_some_and(|at| at <= now)
}

fn headers(delivery: &Delivery, signature: &str) -> HeaderMap {
    let event = serde_json::to_value(delivery.event).unwrap_or_default();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        (SIGNATURE_HEADER, signature),
        ("x-assisters-event", event.as_str().unwrap_or_default()),
        ("x-assisters-delivery", &delivery.id),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}
