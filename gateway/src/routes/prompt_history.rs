//! What an assistant's model was told before: listed, read, compared, taken back. For the owner alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::assistants::{ListQuery, number};
use super::owned_assistants::updated;
use crate::access::AssistantsOwner;
use crate::app::App;
use crate::assistants::{Statistics, Version, compare, no_version};
use crate::error::Failure;
use crate::extract::{Path, Query};
use crate::openapi::Refusals;

/// Which versions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CompareQuery {
    /// The earlier version's number
    #[param(required = true, example = "1")]
    v1: Option<String>,
    /// The later version's number
    #[param(required = true, example = "3")]
    v2: Option<String>,
}

/// Lists the versions, the newest first.
#[utoipa::path(
    get, path = "/assistants/{id}/prompt-history", tag = "Prompt history", params(("id" = String, Path), ListQuery),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Failure> {
    let (made, versions) = app.assistants.versions(&name).await?;
    let bodies: Vec<Value> = versions.iter().rev().map(|version| version.body(made.version)).collect();
    Ok(Json(query.part()?.body("versions", &bodies)))
}

/// Returns one version.
#[utoipa::path(
    get, path = "/assistants/{id}/prompt-history/{version}", tag = "Prompt history",
    params(("id" = String, Path), ("version" = String, Path, description = "The version's number", example = "1")),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path((name, version)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let wanted = version_number("version", Some(&version))?;
    let (made, versions) = app.assistants.versions(&name).await?;
    Ok(Json(find(&versions, wanted)?.body(made.version)))
}

/// Returns what is different between two versions.
#[utoipa::path(
    get, path = "/assistants/{id}/prompt-history/compare", tag = "Prompt history", params(("id" = String, Path), CompareQuery),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn compare_versions(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
    Query(query): Query<CompareQuery>,
) -> Result<Json<Value>, Failure> {
    let (v1, v2) = (version_number("v1", query.v1.as_deref())?, version_number("v2", query.v2.as_deref())?);
    let (made, versions) = app.assistants.versions(&name).await?;
    Ok(Json(compare(find(&versions, v1)?, find(&versions, v2)?, made.version)))
}

/// Tells the model again what it was told in a version, as a new version.
#[utoipa::path(
    post, path = "/assistants/{id}/prompt-history/{version}/rollback", tag = "Prompt history",
    params(("id" = String, Path), ("version" = String, Path, description = "The version's number", example = "1")),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn roll_back(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path((name, version)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let made = app.assistants.roll_back(&name, version_number("version", Some(&version))?).await?;
    Ok(updated(&app, &made).await)
}

/// Returns figures about the history.
#[utoipa::path(
    get, path = "/assistants/{id}/prompt-history/statistics", tag = "Prompt history", params(("id" = String, Path)),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn statistics(
    State(app): State<Arc<App>>,
    _: AssistantsOwner,
    Path(name): Path<String>,
) -> Result<Json<Value>, Failure> {
    let (_, versions) = app.assistants.versions(&name).await?;
    Ok(Json(Statistics(&versions).body()))
}

fn version_number(param: &'static str, text: Option<&str>) -> Result<u64, Failure> {
    let given = number(param, text, 1..=usize::MAX)?;
    given
        .map(|number| number as u64)
        .ok_or_else(|| Failure::invalid(param, format!("`{param}` is missing; it must be a version's number")))
}

fn find(versions: &[Version], number: u64) -> Result<&Version, Failure> {
    versions.iter().find(|version| version.version == number).ok_or_else(|| no_version(number))
}
