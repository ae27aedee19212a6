//! A store that is gone with the process: for trying out, and for tests.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::records::{Change, Collection, Rows, Verdict};
use super::{Backup, Session, SessionHeader, SessionKey, Store, StoreError, StoredMessage, Upload, UsageRow};

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    sessions: HashMap<SessionKey, Session>,
    usage: BTreeMap<(String, String), (u64, f64)>,
    settings: HashMap<String, String>,
    uploads: HashMap<String, (Upload, Bytes)>,
    records: BTreeMap<(String, String), String>,
}

impl MemoryStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        // Every change below is one assignment: a panic leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        Ok(self.tables().sessions.get(key).cloned())
    }

    async fn put_session(&self, key: &SessionKey, header: SessionHeader) -> Result<(), StoreError> {
        let mut tables = self.tables();
        match tables.sessions.get_mut(key) {
            Some(session) => session.header = header,
            None => {
                tables.sessions.insert(key.clone(), Session { header, messages: Vec::new() });
            }
        }
        Ok(())
    }

    async fn put_message(&self, key: &SessionKey, message: StoredMessage) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let session = tables.sessions.get_mut(key).ok_or(StoreError::NoSession)?;
        match session.messages.iter_mut().find(|known| known.id == message.id) {
            Some(known) => *known = message,
            None => session.messages.push(message),
        }
        Ok(())
    }

    async fn delete_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        Ok(self.tables().sessions.remove(key).is_some())
    }

    async fn add_usage(&self, day: &str, assistant: &str, tokens: u64, cost: f64) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let row = tables.usage.entry((day.to_owned(), assistant.to_owned())).or_default();
        *row = (row.0.saturating_add(tokens), row.1 + cost);
        Ok(())
    }

    async fn usage(&self, first_day: &str, last_day: &str) -> Result<Vec<UsageRow>, StoreError> {
        let tables = self.tables();
        let rows = tables.usage.iter().filter(|((day, _), _)| (first_day..=last_day).contains(&day.as_str()));
        Ok(rows
            .map(|((day, assistant), (tokens, cost))| UsageRow {
                day: day.clone(),
                assistant: assistant.clone(),
                tokens: *tokens,
                cost: *cost,
            })
            .collect())
    }

    async fn put_upload(&self, upload: Upload, content: Bytes, now_secs: u64, limit_bytes: u64) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let current = tables.uploads.values().filter(|(upload, _)| upload.expires_at_secs > now_secs);
        let taken: u64 = current.map(|(upload, _)| upload.n_bytes).sum();
        if taken.saturating_add(upload.n_bytes) > limit_bytes {
            return Err(StoreError::Full);
        }
        tables.uploads.retain(|_, (upload, _)| upload.expires_at_secs > now_secs);
        tables.uploads.insert(upload.id.clone(), (upload, content));
        Ok(())
    }

    async fn upload(&self, id: &str) -> Result<Option<Upload>, StoreError> {
        Ok(self.tables().uploads.get(id).map(|(upload, _)| upload.clone()))
    }

    async fn delete_upload(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let is_own = tables.uploads.get(id).is_some_and(|(upload, _)| upload.owner == owner);
        Ok(is_own && tables.uploads.remove(id).is_some())
    }

    async fn upload_content(&self, id: &str) -> Result<Option<Bytes>, StoreError> {
        Ok(self.tables().uploads.get(id).map(|(_, content)| content.clone()))
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.tables().settings.get(name).cloned())
    }

    async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.tables().settings.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    async fn backup(&self) -> Result<Option<Backup>, StoreError> {
        Ok(None)
    }

    async fn record(&self, collection: Collection, id: &str) -> Result<Option<String>, StoreError> {
        MemoryRows(&mut self.tables().records, Vec::new()).text(collection, id)
    }

    async fn records(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        MemoryRows(&mut self.tables().records, Vec::new()).texts(collection, prefix)
    }

    async fn change_records(&self, change: Change) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let mut rows = MemoryRows(&mut tables.records, Vec::new());
        match change(&mut rows) {
            Verdict::Keep => {}
            Verdict::Undo => rows.undo(),
        }
        Ok(())
    }
}

/// The records, and what was there before each change, the newest last.
struct MemoryRows<'a>(&'a mut BTreeMap<(String, String), String>, Vec<((String, String), Option<String>)>);

impl MemoryRows<'_> {
    fn undo(self) {
        for (key, before) in self.1.into_iter().rev() {
            match before {
                Some(text) => self.0.insert(key, text),
                None => self.0.remove(&key),
            };
        }
    }
}

impl Rows for MemoryRows<'_> {
    fn text(&self, collection: Collection, id: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.get(&(collection.to_owned(), id.to_owned())).cloned())
    }

    fn texts(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let from = self.0.range((collection.to_owned(), prefix.to_owned())..);
        let wanted = from.take_while(|((known, id), _)| known == collection && id.starts_with(prefix));
        Ok(wanted.map(|((_, id), text)| (id.clone(), text.clone())).collect())
    }

    fn set_text(&mut self, collection: Collection, id: &str, text: Option<&str>) -> Result<(), StoreError> {
        let key = (collection.to_owned(), id.to_owned());
        let before = match text {
            Some(text) => self.0.insert(key.clone(), text.to_owned()),
            None => self.0.remove(&key),
        };
        self.1.push((key, before));
        Ok(())
    }
}
