//! The owner's account: usage and balance. Never for visitors.

use std::collections::BTreeMap;
use std::sync::Arc;

use assisters_chat::protocol::{format_rfc3339, parse_rfc3339};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::sessions::internal;
use crate::access::{Caller, Owner};
use crate::app::App;
use crate::body::JsonBody;
use crate::error::Failure;
use crate::extract::Query;
use crate::openapi::Refusals;
use crate::openapi::answers::{UsageAnswer, WalletAnswer};
use crate::upstream::Period;
use crate::wallet;

/// What is shown when no period is asked for.
const DEFAULT_PERIOD_SECS: u64 = 30 * 24 * 3600;

/// The period asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UsageQuery {
    /// The first day, as `2026-01-01`
    start: Option<String>,
    /// The last day
    end: Option<String>,
    /// Only of this assistant.
    assistant: Option<String>,
}

/// Returns tokens and costs of a period, by assistant.
#[utoipa::path(get, path = "/usage", tag = "Account", params(UsageQuery), responses((status = 200, body = UsageAnswer), Refusals))]
pub(super) async fn usage(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<UsageQuery>,
) -> Result<Json<Value>, Failure> {
    caller.require_server()?;
    let now = app.clock.now_secs();
    let start = day("start", query.start, now.saturating_sub(DEFAULT_PERIOD_SECS))?;
    let end = day("end", query.end, now)?;
    if start > end {
        return Err(Failure::invalid("start", format!("`start` ({start}) must not be after `end` ({end})")));
    }
    let period = Period { start, end };
    if let Some(usage) = app.upstream.usage(&period).await.map_err(|error| Failure::from(&error))? {
        return Ok(Json(usage));
    }
    let rows = app.store.usage(&period.start, &period.end).await.map_err(|error| internal(&error))?;
    let mut by_assistant: BTreeMap<String, (u64, f64)> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| query.assistant.as_ref().is_none_or(|assistant| row.assistant == *assistant)) {
        let (tokens, cost) = by_assistant.entry(row.assistant).or_default();
        *tokens = tokens.saturating_add(row.tokens);
        *cost += row.cost;
    }
    let total_tokens: u64 = by_assistant.values().map(|(tokens, _)| tokens).sum();
    let total_cost: f64 = by_assistant.values().map(|(_, cost)| cost).sum();
    let by_assistant: Vec<Value> =
        by_assistant.into_iter().map(|(slug, (tokens, cost))| json!({"slug": slug, "tokens": tokens, "cost": cost})).collect();
    Ok(Json(json!({
        "period": {"start": period.start, "end": period.end},
        "total_tokens": total_tokens,
        "total_cost": total_cost,
        "by_assistant": by_assistant,
    })))
}

/// Returns the balance.
#[utoipa::path(get, path = "/wallet", tag = "Account", responses((status = 200, body = WalletAnswer), Refusals))]
pub(super) async fn wallet(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Value>, Failure> {
    caller.require_server()?;
    if let Some(balance) = app.wallet.balance().await? {
        return Ok(Json(wallet::body(balance)));
    }
    let wallet = app.upstream.wallet().await.map_err(|error| Failure::from(&error))?;
    // The embedded assistant costs nothing, so nothing is paid in.
    Ok(Json(wallet.unwrap_or_else(|| wallet::body(0.0))))
}

/// What the wallet is to hold.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewBalance {
    balance: f64,
    currency: Option<String>,
}

/// Sets the budget: once it is used up, answers are refused.
#[utoipa::path(put, path = "/wallet", tag = "Account", request_body = NewBalance, responses((status = 200, body = WalletAnswer), Refusals))]
pub(super) async fn set_wallet(
    State(app): State<Arc<App>>,
    _: Owner,
    JsonBody(new): JsonBody<NewBalance>,
) -> Result<Json<Value>, Failure> {
    if new.currency.is_some_and(|currency| currency != "USD") {
        return Err(Failure::invalid("currency", "`currency` must be USD"));
    }
    if !(0.0..=1e9).contains(&new.balance) {
        return Err(Failure::invalid("balance", "`balance` must be from 0 to 1000000000"));
    }
    app.wallet.set(new.balance).await?;
    Ok(Json(wallet::body(new.balance)))
}

fn day(param: &'static str, text: Option<String>, default_secs: u64) -> Result<String, Failure> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(format_rfc3339(default_secs).split('T').next().unwrap_or_default().to_owned());
    };
    let is_day = text.len() == 10 && parse_rfc3339(&format!("{text}T00:00:00Z")).is_some();
    if is_day { Ok(text) } else { Err(Failure::invalid(param, format!("`{param}` must be a day as 2026-01-31"))) }
}
