//! Which assistants there are, in the union of the documents' shapes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Failure;
use crate::upstream::Assistant;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// The query of a list. Numbers come as text, so that a wrong one gets our own error.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    limit: Option<String>,
    offset: Option<String>,
    page: Option<String>,
    category: Option<String>,
}

/// Returns a part of the list.
pub(super) async fn list(State(app): State<Arc<App>>, Query(query): Query<ListQuery>) -> Result<Json<Value>, Failure> {
    let limit = number("limit", query.limit.as_deref(), 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let page = number("page", query.page.as_deref(), 1..=usize::MAX)?;
    let offset = number("offset", query.offset.as_deref(), 0..=usize::MAX)?;
    let offset = offset.unwrap_or_else(|| page.map_or(0, |page| (page - 1).saturating_mul(limit)));
    let assistants = app.upstream.assistants().await.map_err(|error| Failure::from(&error))?;
    let is_wanted = |assistant: &Assistant| {
        let names = [assistant.text("slug"), assistant.text("id")];
        names.into_iter().any(|name| app.allow_assistant(name).is_ok())
            && query.category.as_deref().is_none_or(|category| assistant.text("category") == category)
    };
    let assistants: Vec<Assistant> = assistants.into_iter().filter(is_wanted).collect();
    let total = assistants.len();
    let part: Vec<&Assistant> = assistants.iter().skip(offset).take(limit).collect();
    Ok(Json(json!({
        "assistants": part,
        "data": part,
        "total": total,
        "has_more": offset.saturating_add(part.len()) < total,
        "meta": {"page": offset / limit + 1, "limit": limit, "total": total},
    })))
}

/// Returns one card.
pub(super) async fn read(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<Json<Assistant>, Failure> {
    app.allow_assistant(&name)?;
    app.upstream.assistant(&name).await.map(Json).map_err(|error| Failure::from(&error))
}

fn number(param: &'static str, text: Option<&str>, valid: std::ops::RangeInclusive<usize>) -> Result<Option<usize>, Failure> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    match text.parse() {
        Ok(number) if valid.contains(&number) => Ok(Some(number)),
        // More than there may be at once is no mistake: it gets as many as there may be.
        Ok(number) if number > *valid.end() => Ok(Some(*valid.end())),
        _ => Err(Failure::invalid(param, format!("`{param}` must be a number, at least {}", valid.start()))),
    }
}
