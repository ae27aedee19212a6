//! Webhooks: registered, listed, forgotten; what was told to them, and telling it again. For the owner alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::assistants::ListQuery;
use crate::access::Owner;
use crate::app::App;
use crate::body::JsonBody;
use crate::error::Failure;
use crate::extract::{Path, Query};
use crate::openapi::Refusals;
use crate::webhooks::{Delivery, NewWebhook, Webhook};

/// Registers a webhook. `secret` in the answer is shown this once.
#[utoipa::path(post, path = "/webhooks", tag = "Webhooks", request_body = NewWebhook, responses((status = 201, body = Value), Refusals))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    _: Owner,
    JsonBody(new): JsonBody<NewWebhook>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let webhook = app.webhooks.create(new, &app.outbound).await?;
    let mut body = webhook.body();
    body["secret"] = json!(webhook.secret());
    Ok((StatusCode::CREATED, Json(body)))
}

/// Lists the webhooks.
#[utoipa::path(get, path = "/webhooks", tag = "Webhooks", params(ListQuery), responses((status = 200, body = Value), Refusals))]
pub(super) async fn list(State(app): State<Arc<App>>, _: Owner, Query(query): Query<ListQuery>) -> Result<Json<Value>, Failure> {
    let webhooks: Vec<Value> = app.webhooks.all().iter().map(Webhook::body).collect();
    Ok(Json(query.part()?.body("webhooks", &webhooks)))
}

/// Returns one webhook.
#[utoipa::path(get, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals))]
pub(super) async fn read(State(app): State<Arc<App>>, _: Owner, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    Ok(Json(app.webhooks.find(&id)?.body()))
}

/// Forgets a webhook, and what was told to it.
#[utoipa::path(
    delete, path = "/webhooks/{id}", tag = "Webhooks", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn delete(State(app): State<Arc<App>>, _: Owner, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    app.webhooks.delete(&id).await?;
    Ok(Json(json!({"id": id, "deleted": true})))
}

/// Lists what a webhook was told, with every try, the newest first.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries", tag = "Webhooks", params(("id" = String, Path), ListQuery),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn deliveries(
    State(app): State<Arc<App>>,
    _: Owner,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Failure> {
    let deliveries = app.webhooks.deliveries(&app.webhooks.find(&id)?).await?;
    let deliveries: Vec<Value> = deliveries.iter().map(Delivery::body).collect();
    Ok(Json(query.part()?.body("deliveries", &deliveries)))
}

/// Tells something again.
#[utoipa::path(
    post, path = "/webhooks/{id}/deliveries/{delivery_id}/replay", tag = "Webhooks",
    params(("id" = String, Path), ("delivery_id" = String, Path)), responses((status = 202, body = Value), Refusals)
)]
pub(super) async fn replay(
    State(app): State<Arc<App>>,
    _: Owner,
    Path((id, delivery_id)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let delivery = app.webhooks.replay(&app.webhooks.find(&id)?, &delivery_id).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery.body())))
}
