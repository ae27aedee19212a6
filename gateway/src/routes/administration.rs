//! What the documents offer to owners: making and changing assistants, knowledge, webhooks. Never for visitors, and not done here.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{any, delete, get, post};

use crate::access::Caller;
use crate::app::App;
use crate::error::Failure;

/// Routes that visitors are refused, each with the methods that are the owner's alone.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/assistants", post(refuse).put(refuse).delete(refuse))
        .route("/assistants/{id}", post(refuse).put(refuse).patch(refuse).delete(refuse))
        .route("/assistants/{id}/_edit", post(refuse))
        .route("/assistants/{id}/draft", delete(refuse).get(refuse).put(refuse))
        .route("/assistants/{id}/draft/_commit", post(refuse))
        .route("/assistants/{id}/prompt-history", get(refuse))
        .route("/assistants/{id}/prompt-history/{*rest}", any(refuse))
        .route("/assisters", post(refuse))
        .route("/assisters/{id}", post(refuse).put(refuse).delete(refuse))
        .route("/knowledge-bases", any(refuse))
        .route("/knowledge-bases/{*rest}", any(refuse))
        .route("/webhooks", any(refuse))
        .route("/webhooks/{*rest}", any(refuse))
}

/// Refuses visitors; the owner's servers learn that it is the API itself that does this.
async fn refuse(caller: Caller, request: Request) -> Result<(), Failure> {
    caller.require_server()?;
    let message = format!("The gateway does not pass on {} {}; ask the API itself.", request.method(), request.uri().path());
    Err(Failure::not_found("not_found", message))
}
