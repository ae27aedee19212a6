//! Web pages that are read for a knowledge base, and read again when they are due.

use std::sync::PoisonError;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::crawl::{Crawled, Crawler};
use super::{BASES, Base, Document, Library, SOURCES, key};
use crate::identifier;
use crate::store::{Rows, StoreError};

/// How many links away from its address a source may reach.
pub const MAX_CRAWL_DEPTH: u64 = 5;

/// A source that could not be read is tried again after so long, or when it is due, whichever comes first.
const RETRY: Duration = Duration::from_secs(60 * 60);

/// A web page, and pages it links to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSource {
    /// Its id, which follows from the address.
    pub id: String,
    /// Where it belongs.
    pub knowledge_base_id: String,
    /// Where it begins.
    pub url: String,
    /// How many links away from there pages are read.
    pub crawl_depth: u64,
    /// How often they are read again.
    pub refresh_schedule: Schedule,
    /// How far it is.
    pub state: SourceState,
    /// Why it, or a part of it, could not be read.
    pub error: Option<String>,
    /// How many pages it has.
    pub n_pages: usize,
    /// When it was given, in seconds since 1970.
    pub created_at_secs: u64,
    /// When it was read last.
    pub read_at_secs: Option<u64>,
    /// When it is to be read next.
    pub due_at_secs: Option<u64>,
}

/// How often a source is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Only when asked for.
    #[default]
    Never,
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every seven days.
    Weekly,
    /// Every thirty days.
    Monthly,
}

impl Schedule {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Never, Self::Hourly, Self::Daily, Self::Weekly, Self::Monthly];

    /// Returns its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    fn interval_secs(self) -> Option<u64> {
        const DAY_SECS: u64 = 24 * 60 * 60;
        match self {
            Self::Never => None,
            Self::Hourly => Some(60 * 60),
            Self::Daily => Some(DAY_SECS),
            Self::Weekly => Some(7 * DAY_SECS),
            Self::Monthly => Some(30 * DAY_SECS),
        }
    }
}

/// How far a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// It was not read yet.
    Pending,
    /// Its pages are found.
    Ready,
    /// It could not be read. Pages of before, if any, are still found.
    Failed,
}

impl SourceState {
    /// Returns its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

impl Library {
    /// Returns the sources of a knowledge base, sorted by id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn sources(&self, base: &str) -> Result<Vec<WebSource>, StoreError> {
        let rows = self.records.list(SOURCES, &format!("{base}/")).await?;
        Ok(rows.into_iter().map(|(_, source)| source).collect())
    }

    /// Returns a source.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn source(&self, base: &str, id: &str) -> Result<Option<WebSource>, StoreError> {
        self.records.get(SOURCES, &key(base, id)).await
    }

    /// Keeps sources, to be read from now on, all of them or none. One that is there already gets another depth and schedule.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    pub async fn put_sources(
        &self,
        base: &str,
        urls: &[String],
        crawl_depth: u64,
        refresh_schedule: Schedule,
    ) -> Result<Vec<WebSource>, StoreError> {
        let now_secs = self.clock.now_secs();
        let source = |url: &String| WebSource {
            id: identifier::derived("url_", &[base, url]),
            knowledge_base_id: base.to_owned(),
            url: url.clone(),
            crawl_depth,
            refresh_schedule,
            state: SourceState::Pending,
            error: None,
            n_pages: 0,
            created_at_secs: now_secs,
            read_at_secs: None,
            due_at_secs: Some(now_secs),
        };
        let (base, sources) = (base.to_owned(), urls.iter().map(source).collect::<Vec<_>>());
        let change = self.records.change(move |rows| {
            if rows.get::<Base>(BASES, &base)?.is_none() {
                rows.put(BASES, &base, &Base::unnamed(&base, now_secs))?;
            }
            sources.into_iter().map(|source| put_source(rows, source)).collect::<Result<Vec<_>, StoreError>>()
        });
        change.await
    }

    /// Forgets a source and its pages. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    pub async fn remove_source(&self, base: &str, id: &str) -> Result<bool, StoreError> {
        // The source first: a crawl that ends meanwhile keeps no pages for a source that is gone.
        let was_there = self.records.delete(SOURCES, &key(base, id)).await?;
        for document in self.documents(base).await? {
            if document.source_id.as_deref() == Some(id) {
                self.remove_document(base, &document.id).await?;
            }
        }
        Ok(was_there)
    }

    /// Reads a source, unless that is being done, and keeps what it found. Returns the source as it is then; none if it is gone.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; what the web has against it is the source's own [`WebSource::error`].
    pub async fn read_source(&self, crawler: &Crawler, base: &str, id: &str) -> Result<Option<WebSource>, StoreError> {
        let key = key(base, id);
        let Some(_claim) = Claim::take(self, &key) else { return self.source(base, id).await };
        let Some(source) = self.source(base, id).await? else { return Ok(None) };
        let crawled = crawler.crawl(&source.url, source.crawl_depth).await;
        let Crawled { pages, problem } = crawled;
        let is_complete = problem.is_none();
        let (mut kept, mut problem) = (Vec::new(), problem);
        for page in pages {
            if self.source(base, id).await?.is_none() {
                break;
            }
            let document_id = identifier::derived("doc_", &[base, id, &page.url]);
            let known = self.document(base, &document_id).await?;
            let created_at_secs = known.map_or_else(|| self.clock.now_secs(), |known| known.created_at_secs);
            let document = Document {
                id: document_id.clone(),
                knowledge_base_id: base.to_owned(),
                title: page.title,
                name: page.url.clone(),
                media_type: page.media_type.to_owned(),
                url: Some(page.url),
                metadata: serde_json::json!({}),
                source_id: Some(id.to_owned()),
                n_bytes: page.n_bytes,
                n_sections: 0,
                created_at_secs,
                updated_at_secs: created_at_secs,
            };
            match self.put_document(document, page.markdown).await {
                Ok(_) => kept.push(document_id),
                Err(super::LibraryError::Store(error)) => return Err(error),
                Err(error @ super::LibraryError::Full) => {
                    problem.get_or_insert_with(|| error.to_string());
                }
            }
        }
        self.settle(source, &kept, problem, is_complete).await
    }

    /// Forgets the pages that a source has no more, and says when it is due again.
    async fn settle(
        &self,
        source: WebSource,
        kept: &[String],
        problem: Option<String>,
        is_complete: bool,
    ) -> Result<Option<WebSource>, StoreError> {
        let (base, id) = (source.knowledge_base_id.clone(), source.id.clone());
        let is_gone = self.source(&base, &id).await?.is_none();
        let mut n_pages = 0;
        for document in self.documents(&base).await? {
            if document.source_id.as_deref() != Some(&id) {
                continue;
            }
            // After a page that could not be had, others may only be out of reach for the moment.
            if is_gone || is_complete && !kept.contains(&document.id) {
                self.remove_document(&base, &document.id).await?;
            } else {
                n_pages += 1;
            }
        }
        let now_secs = self.clock.now_secs();
        let row = key(&base, &id);
        let change = self.records.change(move |rows| {
            // It may have got another schedule meanwhile, or be gone.
            let Some(mut source) = rows.get::<WebSource>(SOURCES, &row)? else { return Ok(None) };
            source.state = if kept_any(n_pages, problem.as_ref()) { SourceState::Ready } else { SourceState::Failed };
            let interval_secs = source.refresh_schedule.interval_secs();
            let wait_secs = if problem.is_some() { interval_secs.map(|secs| secs.min(RETRY.as_secs())) } else { interval_secs };
            source.due_at_secs = wait_secs.map(|secs| now_secs.saturating_add(secs));
            source.read_at_secs = Some(now_secs);
            (source.error, source.n_pages) = (problem, n_pages);
            rows.put(SOURCES, &row, &source)?;
            Ok::<_, StoreError>(Some(source))
        });
        change.await
    }

    /// Reads the sources that are due, one after the other, and those that a stop of the gateway has interrupted. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn read_due_sources(&self, crawler: &Crawler) -> Result<usize, StoreError> {
        let now_secs = self.clock.now_secs();
        let sources: Vec<(String, WebSource)> = self.records.list(SOURCES, "").await?;
        let mut n_read = 0;
        for (_, source) in sources {
            if source.due_at_secs.is_some_and(|due| due <= now_secs) {
                self.read_source(crawler, &source.knowledge_base_id, &source.id).await?;
                n_read += 1;
            }
        }
        Ok(n_read)
    }
}

fn kept_any(n_pages: usize, problem: Option<&String>) -> bool {
    problem.is_none() || n_pages > 0
}

/// Puts a source in its place, with the history of the one that was there.
fn put_source(rows: &mut dyn Rows, mut source: WebSource) -> Result<WebSource, StoreError> {
    let row = key(&source.knowledge_base_id, &source.id);
    if let Some(known) = rows.get::<WebSource>(SOURCES, &row)? {
        source.created_at_secs = known.created_at_secs;
        source.n_pages = known.n_pages;
        source.read_at_secs = known.read_at_secs;
    }
    rows.put(SOURCES, &row, &source)?;
    Ok(source)
}

/// The right to read a source; one at a time.
struct Claim<'a>(&'a Library, String);

impl<'a> Claim<'a> {
    fn take(library: &'a Library, key: &str) -> Option<Self> {
        let mut being_read = library.being_read.lock().unwrap_or_else(PoisonError::into_inner);
        being_read.insert(key.to_owned()).then(|| Self(library, key.to_owned()))
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.being_read.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}
