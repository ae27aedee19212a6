//! Knowledge bases: what assistants answer from. For the owner alone.
//!
//! A knowledge base need not be made before something is put into it. An assistant answers from the one in its `knowledge_base_id`.

use std::sync::Arc;

use assisters_chat::protocol::format_rfc3339;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::assistants::ListQuery;
use super::{documents, web_sources};
use crate::access::Owner;
use crate::app::App;
use crate::body::JsonBody;
use crate::error::Failure;
use crate::extract::{Path, Query};
use crate::identifier;
use crate::library::Base;
use crate::openapi::Refusals;
use crate::routes::internal;

/// An id is a part of the store's keys, and of addresses.
const ID_LIMIT: usize = 128;

/// No honest name or description is longer.
const TEXT_LIMIT_CHARS: usize = 2_000;

/// What a search returns unless it asks for more, and at most.
const RESULTS: usize = 5;
const RESULTS_LIMIT: usize = 50;

/// What is said about a knowledge base.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct BaseBody {
    /// Chosen by the owner, when it is made; else made up
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
}

/// A question, to see what would be answered from.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SearchBody {
    query: String,
    /// From 1 to 50; 5 if it is left out
    limit: Option<u32>,
}

/// Returns the routes of knowledge bases and of what is in them.
pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, update, delete))
        .route("/knowledge-bases/{id}", post(update).patch(update))
        .routes(routes!(search))
        .routes(routes!(documents::list, documents::upload))
        .routes(routes!(documents::read, documents::replace, documents::delete))
        .routes(routes!(web_sources::list, web_sources::add))
        .routes(routes!(web_sources::read, web_sources::delete))
        .routes(routes!(web_sources::refresh))
}

/// Lists the knowledge bases.
#[utoipa::path(get, path = "/knowledge-bases", tag = "Knowledge", params(ListQuery), responses((status = 200, body = Value), Refusals))]
pub(super) async fn list(State(app): State<Arc<App>>, _: Owner, Query(query): Query<ListQuery>) -> Result<Json<Value>, Failure> {
    let part = query.part()?;
    let mut cards = Vec::new();
    for base in app.library.bases().await? {
        cards.push(card(&app, &base).await?);
    }
    Ok(Json(part.body("knowledge_bases", &cards)))
}

/// Makes a knowledge base.
#[utoipa::path(
    post, path = "/knowledge-bases", tag = "Knowledge", request_body = BaseBody, responses((status = 201, body = Value), Refusals)
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    _: Owner,
    JsonBody(body): JsonBody<BaseBody>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let id = match &body.id {
        Some(id) => {
            check_id("id", id)?;
            id.clone()
        }
        None => identifier::random("kb_").map_err(|error| internal(&error))?,
    };
    if app.library.base(&id).await?.is_some() {
        return Err(Failure::invalid("id", format!("`id` {id:?} is taken by another knowledge base")));
    }
    let base = changed(Base::unnamed(&id, app.clock.now_secs()), body)?;
    app.library.put_base(&base).await?;
    Ok((StatusCode::CREATED, Json(card(&app, &base).await?)))
}

/// Returns a knowledge base.
#[utoipa::path(
    get, path = "/knowledge-bases/{id}", tag = "Knowledge", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn read(State(app): State<Arc<App>>, _: Owner, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    let base = find(&app, &id).await?;
    Ok(Json(card(&app, &base).await?))
}

/// Changes what is said about a knowledge base; only what is given.
#[utoipa::path(
    put, path = "/knowledge-bases/{id}", tag = "Knowledge", params(("id" = String, Path)), request_body = BaseBody,
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn update(
    State(app): State<Arc<App>>,
    _: Owner,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<BaseBody>,
) -> Result<Json<Value>, Failure> {
    let base = changed(find(&app, &id).await?, body)?;
    app.library.put_base(&base).await?;
    Ok(Json(card(&app, &base).await?))
}

/// Forgets a knowledge base with everything in it.
#[utoipa::path(
    delete, path = "/knowledge-bases/{id}", tag = "Knowledge", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn delete(State(app): State<Arc<App>>, _: Owner, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    if !app.library.remove_base(&id).await? {
        return Err(no_base(&id));
    }
    Ok(Json(json!({"id": id, "deleted": true})))
}

/// Returns the sections that fit a question, best first.
#[utoipa::path(
    post, path = "/knowledge-bases/{id}/search", tag = "Knowledge", params(("id" = String, Path)), request_body = SearchBody,
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn search(
    State(app): State<Arc<App>>,
    _: Owner,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<Value>, Failure> {
    if body.query.trim().is_empty() {
        return Err(Failure::invalid("query", "`query` must be a non-empty string"));
    }
    let limit = body.limit.map_or(RESULTS, |limit| limit as usize);
    if !(1..=RESULTS_LIMIT).contains(&limit) {
        return Err(Failure::invalid("limit", format!("`limit` must be from 1 to {RESULTS_LIMIT}")));
    }
    find(&app, &id).await?;
    let found = app.library.consult(Some(&id), |knowledge| knowledge.passages(&body.query, &[], limit));
    let results = found.iter().map(|passage| {
        json!({
            "document_id": passage.page,
            "title": passage.title,
            "url": passage.url,
            "relevance": passage.relevance,
            "content": passage.text,
        })
    });
    Ok(Json(json!({"query": body.query, "results": results.collect::<Vec<_>>()})))
}

/// Returns a knowledge base that is there.
async fn find(app: &App, id: &str) -> Result<Base, Failure> {
    app.library.base(id).await?.ok_or_else(|| no_base(id))
}

fn no_base(id: &str) -> Failure {
    Failure::not_found("not_found", format!("There is no knowledge base {id:?}."))
}

fn changed(base: Base, body: BaseBody) -> Result<Base, Failure> {
    for (field, text) in [("name", &body.name), ("description", &body.description)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_LIMIT_CHARS) {
            return Err(Failure::invalid(field, format!("`{field}` must have at most {TEXT_LIMIT_CHARS} characters")));
        }
    }
    Ok(Base { name: body.name.unwrap_or(base.name), description: body.description.unwrap_or(base.description), ..base })
}

async fn card(app: &App, base: &Base) -> Result<Value, Failure> {
    Ok(json!({
        "id": base.id,
        "name": base.name,
        "description": base.description,
        "documents": app.library.documents(&base.id).await?.len(),
        "sections": app.library.consult(Some(&base.id), crate::knowledge::Knowledge::n_sections),
        "urls": app.library.sources(&base.id).await?.len(),
        "created_at": format_rfc3339(base.created_at_secs),
    }))
}

/// Checks the id of a knowledge base that may have to be made.
pub(super) fn check_id(param: &'static str, id: &str) -> Result<(), Failure> {
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || b"_-.".contains(&letter);
    if id.is_empty() || id.len() > ID_LIMIT || !id.bytes().all(is_letter) {
        let message = format!("`{param}` must have 1 to {ID_LIMIT} letters, digits, and the marks _ - . only, as \"kb_xyz\"");
        return Err(Failure::invalid(param, message));
    }
    Ok(())
}
