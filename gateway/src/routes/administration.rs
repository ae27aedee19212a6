//! What is the owner's alone: assistants, drafts, prompts. Visitors are refused by every one of these routes ([`Owner`](crate::access::Owner)).

use std::sync::Arc;

use axum::routing::{delete, post, put};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{backup, keys, knowledge, owned_assistants, prompt_history, webhooks};
use crate::app::App;
use crate::error::Failure;

/// Returns the routes.
pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(owned_assistants::create))
        .routes(routes!(owned_assistants::update, owned_assistants::delete))
        .routes(routes!(owned_assistants::edit))
        .routes(routes!(owned_assistants::read_draft, owned_assistants::change_draft, owned_assistants::discard))
        .routes(routes!(owned_assistants::commit))
        .routes(routes!(prompt_history::list))
        .routes(routes!(prompt_history::compare_versions))
        .routes(routes!(prompt_history::statistics))
        .routes(routes!(prompt_history::read))
        .routes(routes!(prompt_history::roll_back))
        .routes(routes!(keys::create, keys::list))
        .routes(routes!(keys::revoke))
        .routes(routes!(webhooks::create, webhooks::list))
        .routes(routes!(webhooks::read, webhooks::delete))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::replay))
        // The same under the words of other documents, and with the methods that they use for a change.
        .route("/assistants/{id}", post(owned_assistants::update).patch(owned_assistants::update))
        .route("/assistants/{id}/draft", post(owned_assistants::change_draft).patch(owned_assistants::change_draft))
        .route("/assisters", post(owned_assistants::create))
        .route("/assisters/{id}", put(owned_assistants::update).post(owned_assistants::update).patch(owned_assistants::update))
        .route("/assisters/{id}", delete(owned_assistants::delete))
        .merge(knowledge::router())
        .routes(routes!(backup::read))
}

/// Returns the failure for what the API itself does.
pub(crate) fn not_here(what: &str) -> Failure {
    Failure::not_found("not_found", format!("The gateway does not pass on {what}; ask the API itself."))
}
