//! Which assistants there are, in the union of the documents' shapes: those that the owner made here, and those of the upstream.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::access::Caller;
use crate::app::App;
use crate::assistants::{MadeAssistant, Tally};
use crate::error::Failure;
use crate::extract::{Path, Query};
use crate::openapi::Refusals;
use crate::upstream::Assistant;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// The query of a list. Numbers come as text, so that a wrong one gets our own error.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// How many, from 1 to 100; more are taken for 100
    #[param(example = "20")]
    limit: Option<String>,
    /// How many to leave out
    #[param(example = "0")]
    offset: Option<String>,
    /// In the place of `offset`, from 1
    page: Option<String>,
    category: Option<String>,
    team_id: Option<String>,
    /// `name` or `lastUsed`
    sort_by: Option<String>,
    /// `asc` or `desc`
    order: Option<String>,
}

/// A part of a list.
pub(super) struct Part {
    limit: usize,
    offset: usize,
}

impl ListQuery {
    pub(super) fn part(&self) -> Result<Part, Failure> {
        let limit = number("limit", self.limit.as_deref(), 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        let page = number("page", self.page.as_deref(), 1..=usize::MAX)?;
        let offset = number("offset", self.offset.as_deref(), 0..=usize::MAX)?;
        let offset = offset.unwrap_or_else(|| page.map_or(0, |page| (page - 1).saturating_mul(limit)));
        Ok(Part { limit, offset })
    }

    /// Sorts cards as asked for; they stay in their order where nothing was asked for.
    fn sort(&self, cards: &mut [Assistant]) -> Result<(), Failure> {
        let is_descending = match self.order.as_deref() {
            None | Some("" | "asc") => false,
            Some("desc") => true,
            Some(other) => return Err(Failure::invalid("order", format!("`order` is {other:?}; it must be one of: asc, desc"))),
        };
        let field = match self.sort_by.as_deref() {
            None | Some("") => return Ok(()),
            Some("name") => "name",
            Some("lastUsed") => "lastAccessedAt",
            Some(other) => {
                return Err(Failure::invalid("sortBy", format!("`sortBy` is {other:?}; it must be one of: name, lastUsed")));
            }
        };
        let compare = |one: &Assistant, other: &Assistant| one.text(field).to_lowercase().cmp(&other.text(field).to_lowercase());
        cards.sort_by(|one, other| if is_descending { compare(other, one) } else { compare(one, other) });
        Ok(())
    }
}

impl Part {
    /// Returns this part of all, in the words of every document; `name` is what one of them calls the list.
    pub(super) fn body<T: serde::Serialize>(&self, name: &str, all: &[T]) -> Value {
        let total = all.len();
        let part: Vec<&T> = all.iter().skip(self.offset).take(self.limit).collect();
        json!({
            name: part,
            "data": part,
            "total": total,
            "has_more": self.offset.saturating_add(part.len()) < total,
            "meta": {"page": self.offset / self.limit + 1, "limit": self.limit, "total": total},
        })
    }
}

/// Lists the assistants.
#[utoipa::path(get, path = "/assistants", tag = "Assistants", params(ListQuery), responses((status = 200, body = Value), Refusals))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Failure> {
    let part = query.part()?;
    let made = app.assistants.all().await?;
    let described = app.upstream.assistants().await.map_err(|error| Failure::from(&error))?;
    let tallies = app.assistants.tallies().await?;
    let described = described.into_iter().filter(|card| !made.iter().any(|made| made.is_called(card.text("id"))));
    let described = described.map(|card| (card.text("slug").to_owned(), card, Vec::new()));
    let of_owner = made.iter().filter_map(|made| Some((made.slug.clone(), card(made, &caller)?, made.settings.team_ids.clone())));
    let is_wanted = |(slug, card, team_ids): &(String, Assistant, Vec<String>)| {
        [slug.as_str(), card.text("id")].into_iter().any(|name| app.allow_assistant(name).is_ok())
            && query.category.as_deref().is_none_or(|category| card.text("category") == category)
            && query.team_id.as_ref().is_none_or(|team_id| team_ids.contains(team_id))
    };
    let wanted = of_owner.chain(described).filter(is_wanted);
    let mut cards: Vec<Assistant> = wanted.map(|(slug, card, _)| with_tally(card, tallies.get(&slug))).collect();
    query.sort(&mut cards)?;
    Ok(Json(part.body("assistants", &cards)))
}

/// Returns the card of an assistant, by its id or slug.
#[utoipa::path(get, path = "/assistants/{id}", tag = "Assistants", params(("id" = String, Path)), responses((status = 200, body = Value), Refusals))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Assistant>, Failure> {
    app.allow_assistant(&name)?;
    let found = match app.assistants.find(&name).await? {
        Some(made) => card(&made, &caller),
        None => Some(app.upstream.assistant(&name).await.map_err(|error| Failure::from(&error))?),
    };
    let found = found.ok_or_else(Failure::internal)?;
    let tallies = app.assistants.tallies().await?;
    let tally = tallies.get(found.text("slug"));
    Ok(Json(with_tally(found, tally)))
}

/// Returns a card with what the caller may know of it.
fn card(made: &MadeAssistant, caller: &Caller) -> Option<Assistant> {
    Assistant::read(if caller.require_server().is_ok() { made.card() } else { made.public_card() })
}

fn with_tally(card: Assistant, tally: Option<&Tally>) -> Assistant {
    match tally {
        Some(tally) => card.with(tally.fields()),
        None => card,
    }
}

/// Reads a number of a query.
pub(super) fn number(
    param: &'static str,
    text: Option<&str>,
    valid: std::ops::RangeInclusive<usize>,
) -> Result<Option<usize>, Failure> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    match text.parse::<usize>().map(|number| (number, number.cmp(valid.end()))) {
        // More than there may be at once is no mistake: it gets as many as there may be.
        Ok((_, Ordering::Greater)) => Ok(Some(*valid.end())),
        Ok((number, _)) if valid.contains(&number) => Ok(Some(number)),
        _ => Err(Failure::invalid(param, format!("`{param}` must be a number, at least {}", valid.start()))),
    }
}
