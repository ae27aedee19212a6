//! Knowledge bases: documents that owners upload, and web pages that are read for them. Kept in the store as Markdown, indexed in memory: a
//! document is found as soon as its upload is acknowledged, and is not found any more once its removal is.
//!
//! Makes no Markdown (`reading`), searches nothing itself (`knowledge`), and knows no HTTP routes.

mod crawl;
mod document;
mod sources;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

pub use self::crawl::{Crawler, SiteError};
pub use self::document::Document;
pub use self::sources::{MAX_CRAWL_DEPTH, Schedule, SourceState, WebSource};
use crate::clock::Clock;
use crate::knowledge::Knowledge;
use crate::store::{Collection, Records, StoreError};

/// Id → [`Base`].
const BASES: Collection = "knowledge_bases";
/// `base/document` → [`Document`].
const DOCUMENTS: Collection = "documents";
/// `base/document` → its Markdown.
const TEXTS: Collection = "document_texts";
/// `base/source` → [`WebSource`].
const SOURCES: Collection = "web_sources";

/// A knowledge base, without its documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Its id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// When it was made, in seconds since 1970.
    pub created_at_secs: u64,
}

/// All knowledge: the help pages, and every knowledge base.
pub struct Library {
    records: Records,
    clock: Clock,
    help: Arc<Knowledge>,
    /// The most that all documents may take together.
    limit_bytes: u64,
    shelves: RwLock<HashMap<String, Arc<RwLock<Knowledge>>>>,
    /// What every document takes, by its key. Held through a change: the store and the index change in the same order.
    sizes: tokio::sync::Mutex<HashMap<String, u64>>,
    /// Keys of the sources that are being read.
    being_read: Mutex<HashSet<String>>,
}

/// Why a document is not kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// There is no room for it.
    #[error("all documents together take as much as they may")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Library {
    /// Reads what is kept, and indexes it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn open(records: Records, clock: Clock, help: Arc<Knowledge>, limit_bytes: u64) -> Result<Self, StoreError> {
        let documents: Vec<(String, Document)> = records.list(DOCUMENTS, "").await?;
        let mut texts: HashMap<String, String> = records.list(TEXTS, "").await?.into_iter().collect();
        let sizes = documents.iter().map(|(key, document)| (key.clone(), document.n_bytes)).collect();
        let indexed = tokio::task::spawn_blocking(move || {
            let mut shelves: HashMap<String, Knowledge> = HashMap::new();
            for (key, document) in documents {
                let page = document.page(texts.remove(&key).unwrap_or_default());
                shelves.entry(document.knowledge_base_id).or_insert_with(nothing).add(page);
            }
            shelves.into_iter().map(|(base, knowledge)| (base, Arc::new(RwLock::new(knowledge)))).collect()
        });
        let shelves = RwLock::new(indexed.await.map_err(|_| StoreError::Cancelled)?);
        let sizes = tokio::sync::Mutex::new(sizes);
        Ok(Self { records, clock, help, limit_bytes, shelves, sizes, being_read: Mutex::default() })
    }

    /// Looks something up in a knowledge base, or in the help pages. In a base that nobody made nothing is found.
    pub fn consult<T>(&self, base: Option<&str>, work: impl FnOnce(&Knowledge) -> T) -> T {
        let Some(base) = base else { return work(&self.help) };
        match self.shelf(base) {
            // A panic leaves at worst a page that is not found.
            Some(shelf) => work(&shelf.read().unwrap_or_else(PoisonError::into_inner)),
            None => work(&nothing()),
        }
    }

    fn shelf(&self, base: &str) -> Option<Arc<RwLock<Knowledge>>> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner).get(base).cloned()
    }

    /// Returns all knowledge bases, sorted by id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn bases(&self) -> Result<Vec<Base>, StoreError> {
        Ok(self.records.list(BASES, "").await?.into_iter().map(|(_, base)| base).collect())
    }

    /// Returns a knowledge base.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn base(&self, id: &str) -> Result<Option<Base>, StoreError> {
        self.records.get(BASES, id).await
    }

    /// Makes a knowledge base, or changes what is said about it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    pub async fn put_base(&self, base: &Base) -> Result<(), StoreError> {
        self.records.put(BASES, &base.id, base).await
    }

    /// Forgets a knowledge base with all that is in it. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    pub async fn remove_base(&self, id: &str) -> Result<bool, StoreError> {
        let mut sizes = self.sizes.lock().await;
        let (base, prefix) = (id.to_owned(), format!("{id}/"));
        let gone = prefix.clone();
        let was_there = self.records.change(move |rows| {
            for collection in [DOCUMENTS, TEXTS, SOURCES] {
                for (key, _) in rows.texts(collection, &gone)? {
                    rows.set_text(collection, &key, None)?;
                }
            }
            rows.delete(BASES, &base)
        });
        let was_there = was_there.await?;
        sizes.retain(|key, _| !key.starts_with(&prefix));
        self.shelves.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(was_there)
    }

    /// Returns the documents of a knowledge base, sorted by id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn documents(&self, base: &str) -> Result<Vec<Document>, StoreError> {
        let rows = self.records.list(DOCUMENTS, &format!("{base}/")).await?;
        Ok(rows.into_iter().map(|(_, document)| document).collect())
    }

    /// Returns a document.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn document(&self, base: &str, id: &str) -> Result<Option<Document>, StoreError> {
        self.records.get(DOCUMENTS, &key(base, id)).await
    }

    /// Returns the text of a document.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    pub async fn text(&self, base: &str, id: &str) -> Result<Option<String>, StoreError> {
        self.records.get(TEXTS, &key(base, id)).await
    }

    /// Keeps a document in the place of the one with the same id, if there is one, and its knowledge base, if there is none. Returns it as it is kept.
    ///
    /// # Errors
    /// [`LibraryError`] when there is no room, or the store can not be written.
    pub async fn put_document(&self, mut document: Document, markdown: String) -> Result<Document, LibraryError> {
        let mut sizes = self.sizes.lock().await;
        let key = key(&document.knowledge_base_id, &document.id);
        let others: u64 = sizes.iter().filter(|(known, _)| **known != key).map(|(_, n_bytes)| n_bytes).sum();
        if others.saturating_add(document.n_bytes) > self.limit_bytes {
            return Err(LibraryError::Full);
        }
        let (page, markdown, mut document) = tokio::task::spawn_blocking(move || {
            let page = document.page(markdown.clone());
            document.title.clone_from(&page.title);
            document.n_sections = page.sections.len();
            (page, markdown, document)
        })
        .await
        .map_err(|_| StoreError::Cancelled)?;
        let now_secs = self.clock.now_secs();
        document.updated_at_secs = now_secs;
        let kept = document.clone();
        let row = key.clone();
        let written = self.records.change(move |rows| {
            let base = &kept.knowledge_base_id;
            if rows.get::<Base>(BASES, base)?.is_none() {
                rows.put(BASES, base, &Base::unnamed(base, now_secs))?;
            }
            rows.put(TEXTS, &row, &markdown)?;
            rows.put(DOCUMENTS, &row, &kept)
        });
        written.await?;
        sizes.insert(key, document.n_bytes);
        let shelf = {
            let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(shelves.entry(document.knowledge_base_id.clone()).or_insert_with(|| Arc::new(RwLock::new(nothing()))))
        };
        let id = document.id.clone();
        let indexed = tokio::task::spawn_blocking(move || {
            let mut knowledge = shelf.write().unwrap_or_else(PoisonError::into_inner);
            knowledge.retain(|page| page.slug != id);
            knowledge.add(page);
        });
        indexed.await.map_err(|_| StoreError::Cancelled)?;
        Ok(document)
    }

    /// Forgets a document. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    pub async fn remove_document(&self, base: &str, id: &str) -> Result<bool, StoreError> {
        let mut sizes = self.sizes.lock().await;
        let key = key(base, id);
        let row = key.clone();
        let was_there = self.records.change(move |rows| {
            rows.set_text(TEXTS, &row, None)?;
            rows.delete(DOCUMENTS, &row)
        });
        let was_there = was_there.await?;
        sizes.remove(&key);
        if let Some(shelf) = self.shelf(base) {
            shelf.write().unwrap_or_else(PoisonError::into_inner).retain(|page| page.slug != id);
        }
        Ok(was_there)
    }
}

impl Base {
    /// Returns the knowledge base of a document that was put into one nobody had made.
    #[must_use]
    pub fn unnamed(id: &str, created_at_secs: u64) -> Self {
        Self { id: id.to_owned(), name: id.to_owned(), description: String::new(), created_at_secs }
    }
}

fn nothing() -> Knowledge {
    Knowledge::of_pages(Vec::new(), "")
}

/// Returns the key of something in a knowledge base.
fn key(base: &str, id: &str) -> String {
    format!("{base}/{id}")
}
