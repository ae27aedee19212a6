//! Web pages that are read into a knowledge base: `POST /v1/knowledge-bases/{id}/urls`. They are read after the answer; `Prefer: wait=30` (RFC 7240) waits
//! for them so long. For the owner alone.

use std::sync::Arc;
use std::time::Duration;

use assisters_chat::protocol::format_rfc3339;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::assistants::ListQuery;
use super::knowledge::check_id;
use crate::access::Owner;
use crate::app::App;
use crate::body::JsonBody;
use crate::error::Failure;
use crate::extract::{Path, Query};
use crate::library::{MAX_CRAWL_DEPTH, Schedule, SiteError, SourceState, WebSource};
use crate::openapi::Refusals;

/// A request with more addresses is none of ours.
const URLS_LIMIT: usize = 100;

/// Nobody waits longer for pages to be read.
const WAIT_LIMIT_SECS: u64 = 60;

/// Pages to read.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct UrlsBody {
    /// From 1 to 100 addresses, on sites that the gateway's owner allowed
    urls: Vec<String>,
    /// How many links away pages are read, from 0 to 5; 0 if it is left out
    crawl_depth: Option<u64>,
    /// `never`, `hourly`, `daily`, `weekly` or `monthly`; `never` if it is left out
    refresh_schedule: Option<String>,
}

/// Lists the addresses that are read for a knowledge base.
#[utoipa::path(
    get, path = "/knowledge-bases/{id}/urls", tag = "Knowledge", params(("id" = String, Path), ListQuery),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Owner,
    Path(base): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Failure> {
    let part = query.part()?;
    let cards: Vec<Value> = app.library.sources(&base).await?.iter().map(card).collect();
    Ok(Json(part.body("urls", &cards)))
}

/// Takes addresses, to be read at once and when they are due.
#[utoipa::path(
    post, path = "/knowledge-bases/{id}/urls", tag = "Knowledge", params(("id" = String, Path)), request_body = UrlsBody,
    responses((status = 201, body = Value), (status = 202, body = Value, description = "Taken, and being read"), Refusals)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    _: Owner,
    Path(base): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<UrlsBody>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    check_id("id", &base)?;
    if body.urls.is_empty() || body.urls.len() > URLS_LIMIT {
        return Err(Failure::invalid("urls", format!("`urls` must be a list of 1 to {URLS_LIMIT} web addresses")));
    }
    let crawl_depth = body.crawl_depth.unwrap_or(0);
    if crawl_depth > MAX_CRAWL_DEPTH {
        return Err(Failure::invalid("crawl_depth", format!("`crawl_depth` must be from 0 to {MAX_CRAWL_DEPTH}")));
    }
    let schedule = body.refresh_schedule.as_deref().map_or(Ok(Schedule::default()), read_schedule)?;
    let check = |url: &String| app.crawler.check(url).map(String::from).map_err(|error| refused(&error));
    let urls = body.urls.iter().map(check).collect::<Result<Vec<_>, _>>()?;
    let sources = app.library.put_sources(&base, &urls, crawl_depth, schedule).await?;
    let sources = read_all(&app, sources, wait_secs(&headers)).await?;
    let status = status_of(&sources, StatusCode::CREATED);
    let body = json!({
        "knowledge_base_id": base,
        "urls": sources.iter().map(card).collect::<Vec<_>>(),
        "crawl_depth": crawl_depth,
        "refresh_schedule": schedule.as_str(),
    });
    Ok((status, Json(body)))
}

/// Returns how far an address is.
#[utoipa::path(
    get, path = "/knowledge-bases/{id}/urls/{url}", tag = "Knowledge", params(("id" = String, Path), ("url" = String, Path)),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    _: Owner,
    Path((base, id)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    Ok(Json(card(&find(&app, &base, &id).await?)))
}

/// Reads an address again, now.
#[utoipa::path(
    post, path = "/knowledge-bases/{id}/urls/{url}/refresh", tag = "Knowledge",
    params(("id" = String, Path), ("url" = String, Path)),
    responses((status = 200, body = Value), (status = 202, body = Value, description = "Being read"), Refusals)
)]
pub(super) async fn refresh(
    State(app): State<Arc<App>>,
    _: Owner,
    Path((base, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let known = find(&app, &base, &id).await?;
    let url = app.crawler.check(&known.url).map_err(|error| refused(&error))?;
    let sources = app.library.put_sources(&base, &[url.into()], known.crawl_depth, known.refresh_schedule).await?;
    let sources = read_all(&app, sources, wait_secs(&headers)).await?;
    let source = sources.first().ok_or_else(|| no_source(&id))?;
    Ok((status_of(&sources, StatusCode::OK), Json(card(source))))
}

/// Forgets an address and the pages that were read for it.
#[utoipa::path(
    delete, path = "/knowledge-bases/{id}/urls/{url}", tag = "Knowledge", params(("id" = String, Path), ("url" = String, Path)),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    _: Owner,
    Path((base, id)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    if !app.library.remove_source(&base, &id).await? {
        return Err(no_source(&id));
    }
    Ok(Json(json!({"id": id, "deleted": true})))
}

/// Has sources read, and waits for that so long. Returns them as they are then.
async fn read_all(app: &Arc<App>, sources: Vec<WebSource>, wait_secs: u64) -> Result<Vec<WebSource>, Failure> {
    let reading = {
        let (app, sources) = (Arc::clone(app), sources.clone());
        tokio::spawn(async move {
            for source in sources {
                if let Err(error) = app.library.read_source(&app.crawler, &source.knowledge_base_id, &source.id).await {
                    tracing::error!(%error, "web pages could not be kept");
                }
            }
        })
    };
    // Whoever does not wait has it done all the same.
    tokio::time::timeout(Duration::from_secs(wait_secs), reading).await.ok();
    let mut current = Vec::with_capacity(sources.len());
    for source in sources {
        current.extend(app.library.source(&source.knowledge_base_id, &source.id).await?);
    }
    Ok(current)
}

fn status_of(sources: &[WebSource], done: StatusCode) -> StatusCode {
    let is_pending = sources.iter().any(|source| source.state == SourceState::Pending);
    if is_pending { StatusCode::ACCEPTED } else { done }
}

/// Reads `Prefer: wait=30`.
fn wait_secs(headers: &HeaderMap) -> u64 {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut preferences = preferences.flat_map(|value| value.split([',', ';']));
    let wait = preferences.find_map(|preference| preference.trim().strip_prefix("wait=")?.trim().parse().ok());
    wait.unwrap_or(0).min(WAIT_LIMIT_SECS)
}

fn read_schedule(text: &str) -> Result<Schedule, Failure> {
    let found = Schedule::ALL.into_iter().find(|schedule| schedule.as_str() == text);
    found.ok_or_else(|| {
        let names = Schedule::ALL.map(Schedule::as_str).join(", ");
        Failure::invalid("refresh_schedule", format!("`refresh_schedule` is {text:?}; it must be one of: {names}"))
    })
}

fn refused(error: &SiteError) -> Failure {
    match error {
        SiteError::NotAllowed(_) => Failure::new(StatusCode::FORBIDDEN, "host_not_allowed", format!("`urls`: {error}")),
        SiteError::Outbound(_) => Failure::invalid("urls", format!("`urls`: {error}")),
    }
}

async fn find(app: &App, base: &str, id: &str) -> Result<WebSource, Failure> {
    app.library.source(base, id).await?.ok_or_else(|| no_source(id))
}

fn no_source(id: &str) -> Failure {
    Failure::not_found("not_found", format!("There is no address {id:?} in this knowledge base."))
}

/// Returns what is told of a source.
fn card(source: &WebSource) -> Value {
    json!({
        "id": source.id,
        "knowledge_base_id": source.knowledge_base_id,
        "url": source.url,
        "crawl_depth": source.crawl_depth,
        "refresh_schedule": source.refresh_schedule.as_str(),
        "status": source.state.as_str(),
        "error": source.error,
        "pages": source.n_pages,
        "created_at": format_rfc3339(source.created_at_secs),
        "refreshed_at": source.read_at_secs.map(format_rfc3339),
        "next_refresh_at": source.due_at_secs.map(format_rfc3339),
    })
}
