//! Records: JSON documents by id in named collections, for everything that an owner makes. Typed where they are used, text in the store.
//!
//! Ids sort as text, so a number in one is written with leading zeros ([`numbered`]), and `a/b` is found by the prefix `a/`.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Store, StoreError};

/// A collection's name: a constant beside the type of its records.
pub type Collection = &'static str;

/// The records inside one change: what is written is seen by what is read after it, and by others once the change is kept.
pub trait Rows {
    /// Returns a record's JSON.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    fn text(&self, collection: Collection, id: &str) -> Result<Option<String>, StoreError>;

    /// Returns the ids and JSON of the records whose ids begin with `prefix`, sorted by id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be read.
    fn texts(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, String)>, StoreError>;

    /// Puts a record in its place, or removes it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    fn set_text(&mut self, collection: Collection, id: &str, text: Option<&str>) -> Result<(), StoreError>;
}

impl dyn Rows + '_ {
    /// Returns a record.
    ///
    /// # Errors
    /// [`StoreError`] when it can not be read, or is of another type.
    pub fn get<T: DeserializeOwned>(&self, collection: Collection, id: &str) -> Result<Option<T>, StoreError> {
        self.text(collection, id)?.map(|text| read(&text)).transpose()
    }

    /// Returns the records whose ids begin with `prefix`, with their ids, sorted by id.
    ///
    /// # Errors
    /// [`StoreError`] when one can not be read, or is of another type.
    pub fn list<T: DeserializeOwned>(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, T)>, StoreError> {
        read_all(self.texts(collection, prefix)?)
    }

    /// Puts a record in its place.
    ///
    /// # Errors
    /// [`StoreError`] when it can not be written.
    pub fn put<T: Serialize>(&mut self, collection: Collection, id: &str, record: &T) -> Result<(), StoreError> {
        self.set_text(collection, id, Some(&serde_json::to_string(record)?))
    }

    /// Removes a record. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    pub fn delete(&mut self, collection: Collection, id: &str) -> Result<bool, StoreError> {
        let was_there = self.text(collection, id)?.is_some();
        self.set_text(collection, id, None)?;
        Ok(was_there)
    }
}

/// What becomes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it is kept, on disk before the change returns.
    Keep,
    /// Nothing of it ever was.
    Undo,
}

/// Work on records that happens all at once or not at all, and that nobody else's change comes between.
pub type Change = Box<dyn FnOnce(&mut dyn Rows) -> Verdict + Send>;

/// The records of a store, by their types.
#[derive(Clone)]
pub struct Records(Arc<dyn Store>);

impl Records {
    /// Returns the records of `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }

    /// Returns a record.
    ///
    /// # Errors
    /// [`StoreError`] when it can not be read, or is of another type.
    pub async fn get<T: DeserializeOwned>(&self, collection: Collection, id: &str) -> Result<Option<T>, StoreError> {
        self.0.record(collection, id).await?.map(|text| read(&text)).transpose()
    }

    /// Returns the records whose ids begin with `prefix`, with their ids, sorted by id.
    ///
    /// # Errors
    /// [`StoreError`] when one can not be read, or is of another type.
    pub async fn list<T: DeserializeOwned>(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, T)>, StoreError> {
        read_all(self.0.records(collection, prefix).await?)
    }

    /// Puts a record in its place.
    ///
    /// # Errors
    /// [`StoreError`] when it can not be written.
    pub async fn put<T: Serialize>(&self, collection: Collection, id: &str, record: &T) -> Result<(), StoreError> {
        let (id, text) = (id.to_owned(), serde_json::to_string(record)?);
        self.change(move |rows| rows.set_text(collection, &id, Some(&text))).await
    }

    /// Removes a record. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can not be written.
    pub async fn delete(&self, collection: Collection, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.change(move |rows| rows.delete(collection, &id)).await
    }

    /// Does `work` all at once: kept when it returns `Ok`, undone when it returns an error. It reads what no other change comes between.
    ///
    /// # Errors
    /// What `work` returns, or what the store has against it.
    pub async fn change<T, E>(&self, work: impl FnOnce(&mut dyn Rows) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let outcome = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&outcome);
        let change = Box::new(move |rows: &mut dyn Rows| {
            let result = work(rows);
            let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            verdict
        });
        self.0.change_records(change).await?;
        let result = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| Err(StoreError::Cancelled.into()))
    }
}

/// Returns the id, or the end of one, of something that is numbered: as text it sorts as the number does.
#[must_use]
pub fn numbered(number: u64) -> String {
    format!("{number:012}")
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_str(text)?)
}

fn read_all<T: DeserializeOwned>(texts: Vec<(String, String)>) -> Result<Vec<(String, T)>, StoreError> {
    texts.into_iter().map(|(id, text)| Ok((id, read(&text)?))).collect()
}
