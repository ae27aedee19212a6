//! What is the owner's alone: assistants, drafts, prompts. Visitors are refused by every one of these routes ([`Owner`](crate::access::Owner)).

use std::sync::Arc;

use axum::extract::Request;
use axum::routing::{any, delete, post, put};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{documents, keys, knowledge, owned_assistants, prompt_history, web_sources};
use crate::access::Owner;
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
        // The same under the words of other documents, and with the methods that they use for a change.
        .route("/assistants/{id}", post(owned_assistants::update).patch(owned_assistants::update))
        .route("/assistants/{id}/draft", post(owned_assistants::change_draft).patch(owned_assistants::change_draft))
        .route("/assisters", post(owned_assistants::create))
        .route("/assisters/{id}", put(owned_assistants::update).post(owned_assistants::update).patch(owned_assistants::update))
        .route("/assisters/{id}", delete(owned_assistants::delete))
        .routes(routes!(knowledge::list, knowledge::create))
        .routes(routes!(knowledge::read, knowledge::update, knowledge::delete))
        .routes(routes!(knowledge::search))
        .route("/knowledge-bases/{id}", post(knowledge::update).patch(knowledge::update))
        .routes(routes!(documents::list, documents::upload))
        .routes(routes!(documents::read, documents::replace, documents::delete))
        .routes(routes!(web_sources::list, web_sources::add))
        .routes(routes!(web_sources::read, web_sources::delete))
        .routes(routes!(web_sources::refresh))
        .route("/webhooks", any(refuse))
        .route("/webhooks/{*rest}", any(refuse))
}

/// Refuses visitors; the owner's servers learn that it is the API itself that does this.
async fn refuse(_: Owner, request: Request) -> Result<(), Failure> {
    Err(not_here(&format!("{} {}", request.method(), request.uri().path())))
}

/// Returns the failure for what the API itself does.
pub(crate) fn not_here(what: &str) -> Failure {
    Failure::not_found("not_found", format!("The gateway does not pass on {what}; ask the API itself."))
}
