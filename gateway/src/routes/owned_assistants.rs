//! Making, changing and forgetting assistants, and trying changes as a draft. For the owner alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, Uri};
use serde_json::{Value, json};

use crate::access::AssistantsOwner;
use crate::app::App;
use crate::assistants::{AssistantChange, MadeAssistant};
use crate::body::JsonBody;
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::Refusals;
use crate::upstream::Assistant;
use crate::webhooks::EventKind;

/// Makes an assistant. Below `/api` it needs `llmProvider` and `llmModel` too.
#[utoipa::path(
    post, path = "/assistants", tag = "Assistants", request_body = AssistantChange, responses((status = 201, body = Value), Refusals)
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    OriginalUri(uri): OriginalUri,
    JsonBody(change): JsonBody<AssistantChange>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    require_model(&uri, &change)?;
    let made = app.assistants.create(change).await?;
    Ok((StatusCode::CREATED, Json(made.card())))
}

/// Changes an assistant; only what is given.
#[utoipa::path(
    put, path = "/assistants/{id}", tag = "Assistants", params(("id" = String, Path)), request_body = AssistantChange,
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn update(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
    JsonBody(change): JsonBody<AssistantChange>,
) -> Result<Json<Value>, Failure> {
    let made = app.assistants.update(&name, change, described(&app, &name).await).await?;
    Ok(updated(&app, &made).await)
}

/// Forgets an assistant.
#[utoipa::path(
    delete, path = "/assistants/{id}", tag = "Assistants", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
) -> Result<Json<Value>, Failure> {
    let made = app.assistants.delete(&name).await?;
    Ok(Json(json!({"success": true, "message": "Assistant deleted", "id": made.id, "deleted": true})))
}

/// Begins a draft, or goes on with it: visitors get what they got before.
#[utoipa::path(
    post, path = "/assistants/{id}/_edit", tag = "Drafts", params(("id" = String, Path)), request_body = AssistantChange,
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn edit(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
    JsonBody(change): JsonBody<AssistantChange>,
) -> Result<Json<Value>, Failure> {
    Ok(Json(app.assistants.edit(&name, change, described(&app, &name).await).await?))
}

/// Returns the draft.
#[utoipa::path(
    get, path = "/assistants/{id}/draft", tag = "Drafts", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn read_draft(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
) -> Result<Json<Value>, Failure> {
    Ok(Json(app.assistants.draft(&name).await?))
}

/// Changes the draft; only what is given.
#[utoipa::path(
    put, path = "/assistants/{id}/draft", tag = "Drafts", params(("id" = String, Path)), request_body = AssistantChange,
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn change_draft(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
    JsonBody(change): JsonBody<AssistantChange>,
) -> Result<Json<Value>, Failure> {
    // One that was not begun can not be changed by mistake.
    app.assistants.draft(&name).await?;
    Ok(Json(app.assistants.edit(&name, change, None).await?))
}

/// Makes the draft what visitors get.
#[utoipa::path(
    post, path = "/assistants/{id}/draft/_commit", tag = "Drafts", params(("id" = String, Path)),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn commit(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
) -> Result<Json<Value>, Failure> {
    let made = app.assistants.commit(&name).await?;
    Ok(updated(&app, &made).await)
}

/// Throws the draft away.
#[utoipa::path(
    delete, path = "/assistants/{id}/draft", tag = "Drafts", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn discard(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
) -> Result<Json<Value>, Failure> {
    app.assistants.discard(&name).await?;
    Ok(Json(json!({"success": true, "message": "Draft discarded"})))
}

/// Tells whoever wants to know that an assistant is another one now, and returns its card.
pub(super) async fn updated(app: &App, made: &MadeAssistant) -> Json<Value> {
    let card = made.card();
    app.webhooks.emit(EventKind::AssistantUpdated, || card.clone()).await;
    Json(card)
}

/// Returns the card of an assistant that was not made here.
async fn described(app: &App, name: &str) -> Option<Assistant> {
    app.upstream.assistant(name).await.ok()
}

/// One document has two fields that an assistant needs, the others have not.
fn require_model(uri: &Uri, change: &AssistantChange) -> Result<(), Failure> {
    if !uri.path().starts_with("/api/") {
        return Ok(());
    }
    for (name, value, valid) in [
        ("llmProvider", &change.llm_provider, "one of: openai, anthropic, google, local"),
        ("llmModel", &change.llm_model, "a model's name, as \"gpt-4o\""),
    ] {
        if change.name.is_some() && value.is_none() {
            return Err(Failure::invalid(name, format!("`{name}` is missing; it must be {valid}")));
        }
    }
    Ok(())
}
