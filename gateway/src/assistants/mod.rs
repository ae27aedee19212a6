//! The assistants that an owner makes here: kept, changed, tried as drafts, and with a history of what their model was told.
//!
//! Knows the records, no HTTP; the routes are in [`crate::routes`]. An assistant that only the upstream describes is taken over with its first change.

mod history;
mod made;
mod settings;
mod tally;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use self::history::{Statistics, Version, compare};
pub(crate) use self::made::MadeAssistant;
pub(crate) use self::settings::{AssistantChange, Prompt, Settings};
pub(crate) use self::tally::{Tally, Verdict};
use crate::clock::Clock;
use crate::error::Failure;
use crate::identifier;
use crate::store::{Collection, Records, Rows, StoreError};
use crate::upstream::{Assistant, assistant_not_found};

/// By id.
const ASSISTANTS: Collection = "assistants";
/// By slug; each is the id.
const SLUGS: Collection = "assistant_slugs";
/// By the assistant's id.
const DRAFTS: Collection = "drafts";

/// Changes to an assistant that its visitors do not see yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Draft {
    settings: Settings,
    created_at_secs: u64,
    updated_at_secs: u64,
}

/// The assistants of the owner.
#[derive(Clone)]
pub(crate) struct Assistants {
    records: Records,
    clock: Clock,
}

impl Assistants {
    pub(crate) fn new(records: Records, clock: Clock) -> Self {
        Self { records, clock }
    }

    /// Returns every assistant that was made, by name.
    pub(crate) async fn all(&self) -> Result<Vec<MadeAssistant>, StoreError> {
        let made = self.records.list(ASSISTANTS, "").await?;
        Ok(made.into_iter().map(|(_, assistant)| assistant).collect())
    }

    /// Returns one by its id or slug.
    pub(crate) async fn find(&self, name: &str) -> Result<Option<MadeAssistant>, StoreError> {
        if let Some(made) = self.records.get(ASSISTANTS, name).await? {
            return Ok(Some(made));
        }
        let Some(id) = self.records.get::<String>(SLUGS, name).await? else { return Ok(None) };
        self.records.get(ASSISTANTS, &id).await
    }

    /// Makes an assistant.
    pub(crate) async fn create(&self, change: AssistantChange) -> Result<MadeAssistant, Failure> {
        let settings = change.apply(&Settings::default())?;
        let id = match change.id {
            Some(id) => {
                crate::body::check_name("id", &id)?;
                id
            }
            None => identifier::random("ast_").map_err(|error| crate::routes::internal(&error))?,
        };
        let (wanted, is_chosen) = match change.slug {
            Some(slug) => (checked_slug(slug)?, true),
            None => (slug_of(&settings.name), false),
        };
        let now = self.clock.now_secs();
        self.records
            .change(move |rows| {
                if rows.text(ASSISTANTS, &id)?.is_some() || rows.text(SLUGS, &id)?.is_some() {
                    return Err(taken("id", &id));
                }
                let is_free = |rows: &dyn Rows, slug: &str| {
                    Ok::<_, StoreError>(rows.text(SLUGS, slug)?.is_none() && rows.text(ASSISTANTS, slug)?.is_none())
                };
                let slug = if is_free(rows, &wanted)? {
                    wanted
                } else if is_chosen {
                    return Err(taken("slug", &wanted));
                } else {
                    // The id tells two assistants of the same name apart.
                    format!("{wanted}-{}", id.trim_start_matches("ast_"))
                };
                let made = MadeAssistant { id, slug, settings, version: 1, created_at_secs: now, updated_at_secs: now };
                rows.put(SLUGS, &made.slug, &made.id)?;
                history::record(rows, &made, "created", now)?;
                rows.put(ASSISTANTS, &made.id, &made)?;
                Ok(made)
            })
            .await
    }

    /// Changes an assistant; `known` is its card where only the upstream describes it.
    pub(crate) async fn update(
        &self,
        name: &str,
        change: AssistantChange,
        known: Option<Assistant>,
    ) -> Result<MadeAssistant, Failure> {
        self.change(name, known, "updated", move |made| change.apply(&made.settings)).await
    }

    /// Forgets an assistant, its draft and its history.
    pub(crate) async fn delete(&self, name: &str) -> Result<MadeAssistant, Failure> {
        let name = name.to_owned();
        self.records
            .change(move |rows| {
                let made = find(rows, &name)?.ok_or_else(|| Failure::from(&assistant_not_found(&name)))?;
                rows.delete(ASSISTANTS, &made.id)?;
                rows.delete(SLUGS, &made.slug)?;
                rows.delete(DRAFTS, &made.id)?;
                history::forget(rows, &made.id)?;
                Ok(made)
            })
            .await
    }

    /// Begins a draft, or goes on with it; its visitors notice nothing.
    pub(crate) async fn edit(&self, name: &str, change: AssistantChange, known: Option<Assistant>) -> Result<Value, Failure> {
        let (name, now) = (name.to_owned(), self.clock.now_secs());
        self.records
            .change(move |rows| {
                let made = adopt(rows, &name, known, now)?;
                let draft = rows.get::<Draft>(DRAFTS, &made.id)?;
                let draft = draft.unwrap_or_else(|| Draft {
                    settings: made.settings.clone(),
                    created_at_secs: now,
                    updated_at_secs: now,
                });
                let draft = Draft { settings: change.apply(&draft.settings)?, updated_at_secs: now, ..draft };
                rows.put(DRAFTS, &made.id, &draft)?;
                Ok(draft_card(&made, draft))
            })
            .await
    }

    /// Returns the draft of an assistant.
    pub(crate) async fn draft(&self, name: &str) -> Result<Value, Failure> {
        let made = self.find(name).await?.ok_or_else(|| Failure::from(&assistant_not_found(name)))?;
        let draft = self.records.get(DRAFTS, &made.id).await?.ok_or_else(no_draft)?;
        Ok(draft_card(&made, draft))
    }

    /// Makes the draft what visitors get.
    pub(crate) async fn commit(&self, name: &str) -> Result<MadeAssistant, Failure> {
        let (name, now) = (name.to_owned(), self.clock.now_secs());
        self.records
            .change(move |rows| {
                let made = find(rows, &name)?.ok_or_else(|| Failure::from(&assistant_not_found(&name)))?;
                let draft = rows.get::<Draft>(DRAFTS, &made.id)?.ok_or_else(no_draft)?;
                rows.delete(DRAFTS, &made.id)?;
                settle(rows, made, draft.settings, "draft committed", now)
            })
            .await
    }

    /// Throws the draft away.
    pub(crate) async fn discard(&self, name: &str) -> Result<(), Failure> {
        let name = name.to_owned();
        self.records
            .change(move |rows| {
                let made = find(rows, &name)?.ok_or_else(|| Failure::from(&assistant_not_found(&name)))?;
                if rows.delete(DRAFTS, &made.id)? { Ok(()) } else { Err(no_draft()) }
            })
            .await
    }

    /// Returns the versions of an assistant's prompt, oldest first.
    pub(crate) async fn versions(&self, name: &str) -> Result<(MadeAssistant, Vec<Version>), Failure> {
        let made = self.find(name).await?.ok_or_else(|| Failure::from(&assistant_not_found(name)))?;
        let versions = history::all(&self.records, &made.id).await?;
        Ok((made, versions))
    }

    /// Tells the model again what an earlier version told it: as a new version, so that nothing is lost.
    pub(crate) async fn roll_back(&self, name: &str, number: u64) -> Result<MadeAssistant, Failure> {
        let (name, now) = (name.to_owned(), self.clock.now_secs());
        self.records
            .change(move |rows| {
                let made = find(rows, &name)?.ok_or_else(|| Failure::from(&assistant_not_found(&name)))?;
                let version = history::read(rows, &made.id, number)?.ok_or_else(|| no_version(number))?;
                let settings = Settings { prompt: version.prompt, ..made.settings.clone() };
                settle(rows, made, settings, &format!("rolled back to version {number}"), now)
            })
            .await
    }

    async fn change(
        &self,
        name: &str,
        known: Option<Assistant>,
        why: &'static str,
        work: impl FnOnce(&MadeAssistant) -> Result<Settings, Failure> + Send + 'static,
    ) -> Result<MadeAssistant, Failure> {
        let (name, now) = (name.to_owned(), self.clock.now_secs());
        self.records
            .change(move |rows| {
                let made = adopt(rows, &name, known, now)?;
                let settings = work(&made)?;
                settle(rows, made, settings, why, now)
            })
            .await
    }
}

/// Returns the failure for a version that there is not.
pub(crate) fn no_version(number: u64) -> Failure {
    Failure::not_found("not_found", format!("There is no version {number} of this prompt."))
}

fn no_draft() -> Failure {
    Failure::not_found("not_found", "This assistant has no draft; POST …/_edit begins one.")
}

fn taken(field: &'static str, name: &str) -> Failure {
    Failure::invalid(field, format!("`{field}` {name:?} is taken by another assistant"))
}

fn find(rows: &dyn Rows, name: &str) -> Result<Option<MadeAssistant>, StoreError> {
    if let Some(made) = rows.get(ASSISTANTS, name)? {
        return Ok(Some(made));
    }
    let Some(id) = rows.get::<String>(SLUGS, name)? else { return Ok(None) };
    rows.get(ASSISTANTS, &id)
}

/// Returns the assistant, taken over from the upstream's card if need be.
fn adopt(rows: &mut dyn Rows, name: &str, known: Option<Assistant>, now: u64) -> Result<MadeAssistant, Failure> {
    if let Some(made) = find(rows, name)? {
        return Ok(made);
    }
    let card = known.ok_or_else(|| Failure::from(&assistant_not_found(name)))?;
    let text = |field: &str| Some(card.text(field).to_owned()).filter(|text| !text.is_empty());
    // A card of the owner's own files is believed as far as it can be read.
    let change: AssistantChange = serde_json::to_value(&card).and_then(serde_json::from_value).unwrap_or_default();
    let named = Settings { name: text("name").unwrap_or_else(|| name.to_owned()), ..Settings::default() };
    let settings = change.apply(&named).unwrap_or(named);
    let (id, slug) = (card.text("id").to_owned(), card.text("slug").to_owned());
    let made = MadeAssistant { id, slug, settings, version: 1, created_at_secs: now, updated_at_secs: now };
    rows.put(SLUGS, &made.slug, &made.id)?;
    history::record(rows, &made, "taken over", now)?;
    rows.put(ASSISTANTS, &made.id, &made)?;
    Ok(made)
}

/// Keeps new settings, and a version of the prompt where it is another one.
fn settle(rows: &mut dyn Rows, made: MadeAssistant, settings: Settings, why: &str, now: u64) -> Result<MadeAssistant, Failure> {
    let is_new = settings.prompt != made.settings.prompt;
    let version = made.version + u64::from(is_new);
    let made = MadeAssistant { settings, version, updated_at_secs: now, ..made };
    if is_new {
        history::record(rows, &made, why, now)?;
    }
    rows.put(ASSISTANTS, &made.id, &made)?;
    Ok(made)
}

fn draft_card(made: &MadeAssistant, draft: Draft) -> Value {
    let shown = MadeAssistant {
        settings: draft.settings,
        created_at_secs: draft.created_at_secs,
        updated_at_secs: draft.updated_at_secs,
        ..made.clone()
    };
    let mut card = shown.card();
    card["draft"] = json!(true);
    card
}

/// Returns a name as it is written in addresses: `Customer Support Bot` → `customer-support-bot`.
fn slug_of(name: &str) -> String {
    let letters = name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect::<String>();
    let words: Vec<String> = letters.split_whitespace().map(str::to_lowercase).collect();
    let slug: String = words.join("-").chars().take(64).collect();
    if slug.is_empty() { "assistant".to_owned() } else { slug }
}

fn checked_slug(slug: String) -> Result<String, Failure> {
    let is_slug = |letter: char| letter.is_alphanumeric() && !letter.is_uppercase() || letter == '-' || letter == '_';
    if slug.is_empty() || slug.chars().count() > 128 || !slug.chars().all(is_slug) {
        return Err(Failure::invalid("slug", "`slug` must have 1 to 128 small letters, digits, - and _, as \"pricing-advisor\""));
    }
    Ok(slug)
}
