//! `POST /v1/visitor-tokens`: a short-lived token for a page of an allowed origin.

use std::sync::Arc;

use assisters_chat::protocol::format_rfc3339;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

use crate::access::{bearer, page_origin};
use crate::app::App;
use crate::error::Failure;
use crate::openapi::Refusals;
use crate::openapi::answers::VisitorToken;

/// Makes a token. An earlier one in `Authorization`, even expired, makes it one of the same visitor.
#[utoipa::path(post, path = "/visitor-tokens", tag = "Visitors", responses((status = 200, body = VisitorToken), Refusals))]
pub(super) async fn mint(State(app): State<Arc<App>>, method: Method, headers: HeaderMap) -> Result<Json<Value>, Failure> {
    let origin = page_origin(&app, &method, &headers)?;
    let minted = app.tokens.mint(&origin, bearer(&headers)).map_err(|error| {
        tracing::error!(%error, "no visitor token could be made");
        Failure::internal()
    })?;
    app.metrics.count_visitor_token();
    Ok(Json(json!({
        "token": minted.token,
        "expires_at": format_rfc3339(minted.expires_at_secs),
        "visitor_id": minted.visitor_id,
    })))
}
