//! Keys for programs: made, listed, taken back. For the owner alone.

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
use crate::keys::{Key, NewKey};
use crate::openapi::Refusals;

/// Makes a key. `key` in the answer is shown this once.
#[utoipa::path(post, path = "/keys", tag = "Keys", request_body = NewKey, responses((status = 201, body = Value), Refusals))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    _: Owner,
    JsonBody(new): JsonBody<NewKey>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let (key, text) = app.keys.create(new).await?;
    let mut body = key.body();
    body["key"] = json!(text);
    Ok((StatusCode::CREATED, Json(body)))
}

/// Lists the keys, also those that ended.
#[utoipa::path(get, path = "/keys", tag = "Keys", params(ListQuery), responses((status = 200, body = Value), Refusals))]
pub(super) async fn list(State(app): State<Arc<App>>, _: Owner, Query(query): Query<ListQuery>) -> Result<Json<Value>, Failure> {
    let keys: Vec<Value> = app.keys.all().iter().map(Key::body).collect();
    Ok(Json(query.part()?.body("keys", &keys)))
}

/// Takes a key back, at once and for good.
#[utoipa::path(delete, path = "/keys/{id}", tag = "Keys", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals))]
pub(super) async fn revoke(State(app): State<Arc<App>>, _: Owner, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    Ok(Json(app.keys.revoke(&id).await?.body()))
}
