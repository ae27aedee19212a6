//! A store in one file (redb): every change is a transaction on disk before it is acknowledged.
//!
//! Messages have rows of their own, so a long conversation is not written again with every message.

mod backup;
mod records;
mod schema;
#[cfg(test)]
mod tests;
mod uploads;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use async_trait::async_trait;
use bytes::Bytes;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition, WriteTransaction};

use super::records::{Change, Collection};
use super::{Backup, Session, SessionHeader, SessionKey, Store, StoreError, StoredMessage, Upload, UsageRow};

/// (owner, session) → header as JSON.
const SESSIONS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("sessions");
/// (owner, session, number) → message as JSON.
const MESSAGES: TableDefinition<'_, (&str, &str, u64), &[u8]> = TableDefinition::new("messages");
/// (day, assistant) → tokens, cost.
const USAGE: TableDefinition<'_, (&str, &str), (u64, f64)> = TableDefinition::new("usage");
const SETTINGS: TableDefinition<'_, &str, &str> = TableDefinition::new("settings");

/// Keeps everything in one file.
pub struct EmbeddedStore(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// Opens the file, again if need be.
    open: Box<dyn Fn() -> Result<Database, StoreError> + Send + Sync>,
    /// None while it can not be opened.
    database: RwLock<Option<Database>>,
    queue: Mutex<writer::Queue>,
}

impl EmbeddedStore {
    /// Opens the file, or makes it and its folder.
    ///
    /// # Errors
    /// [`StoreError`] when the file can not be opened, is no store, or one of a later gateway.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = path.to_owned();
        Self::with(path, move || Ok(Database::create(&file).map_err(redb::Error::from)?))
    }

    fn with(path: &Path, open: impl Fn() -> Result<Database, StoreError> + Send + Sync + 'static) -> Result<Self, StoreError> {
        let database = prepared(open()?)?;
        let database = RwLock::new(Some(database));
        Ok(Self(Arc::new(Inner { path: path.to_owned(), open: Box::new(open), database, queue: Mutex::default() })))
    }

    /// Writes a copy of everything, as it is at one moment, into a new file.
    ///
    /// # Errors
    /// [`StoreError`] when it can not be read or written.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.0.run(|database| backup::copy(database, path))
    }

    /// Makes a change, in one transaction with others that come at the same time. Work that returns an error has written nothing.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        writer::write(&self.0, work).await
    }

    /// Reads where waiting for the disk holds up nobody else.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || inner.run(work)).await.map_err(|_| StoreError::Cancelled)?
    }
}

type Opened<'a> = RwLockReadGuard<'a, Option<Database>>;

impl Inner {
    /// Runs `work`. After a failure of the disk the file is opened anew: it is as the last transaction left it that was acknowledged.
    fn run<T>(&self, work: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let result = match self.opened()?.as_ref() {
            Some(database) => work(database),
            // Another task has found the disk to be broken in between.
            None => Err(StoreError::Embedded(redb::Error::PreviousIo)),
        };
        if let Err(StoreError::Embedded(redb::Error::Io(_) | redb::Error::PreviousIo)) = &result {
            // Closed before it is opened again: a file is open once.
            *self.database.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
        result
    }

    /// Returns the database, opened again if it had to be closed.
    fn opened(&self) -> Result<Opened<'_>, StoreError> {
        let opened = || self.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = opened();
        if database.is_some() {
            return Ok(database);
        }
        drop(database);
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if database.is_none() {
            *database = Some(prepared((self.open)()?)?);
        }
        drop(database);
        Ok(opened())
    }
}

fn prepared(database: Database) -> Result<Database, StoreError> {
    let transaction = database.begin_write().map_err(redb::Error::from)?;
    schema::prepare(&transaction)?;
    transaction.commit().map_err(redb::Error::from)?;
    Ok(database)
}

#[async_trait]
impl Store for EmbeddedStore {
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        let key = key.clone();
        self.read(move |database| read_session(database, &key)).await
    }

    async fn put_session(&self, key: &SessionKey, header: SessionHeader) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |transaction| write_session(transaction, &key, &header)).await
    }

    async fn put_message(&self, key: &SessionKey, message: StoredMessage) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |transaction| write_message(transaction, &key, &message)).await
    }

    async fn delete_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let key = key.clone();
        self.write(move |transaction| Ok(remove_session(transaction, &key)?)).await
    }

    async fn add_usage(&self, day: &str, assistant: &str, tokens: u64, cost: f64) -> Result<(), StoreError> {
        let (day, assistant) = (day.to_owned(), assistant.to_owned());
        self.write(move |transaction| Ok(count_usage(transaction, (&day, &assistant), tokens, cost)?)).await
    }

    async fn usage(&self, first_day: &str, last_day: &str) -> Result<Vec<UsageRow>, StoreError> {
        let (first_day, last_day) = (first_day.to_owned(), last_day.to_owned());
        self.read(move |database| Ok(read_usage(database, &first_day, &last_day)?)).await
    }

    async fn put_upload(&self, upload: Upload, content: Bytes, now_secs: u64, limit_bytes: u64) -> Result<(), StoreError> {
        self.write(move |transaction| uploads::write(transaction, &upload, &content, now_secs, limit_bytes)).await
    }

    async fn upload(&self, id: &str) -> Result<Option<Upload>, StoreError> {
        let id = id.to_owned();
        self.read(move |database| uploads::read(database, &id)).await
    }

    async fn delete_upload(&self, id: &str, owner: &str) -> Result<bool, StoreError> {
        let (id, owner) = (id.to_owned(), owner.to_owned());
        self.write(move |transaction| uploads::remove(transaction, &id, &owner)).await
    }

    async fn upload_content(&self, id: &str) -> Result<Option<Bytes>, StoreError> {
        let id = id.to_owned();
        self.read(move |database| Ok(uploads::read_content(database, &id)?)).await
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.read(move |database| Ok(read_setting(database, &name)?)).await
    }

    async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write(move |transaction| Ok(write_setting(transaction, &name, &value)?)).await
    }

    async fn backup(&self) -> Result<Option<Backup>, StoreError> {
        let this = Self(Arc::clone(&self.0));
        // Beside the store, where there is most likely room for as much again.
        let make = move || {
            let folder = this.0.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = tempfile::tempdir_in(folder.unwrap_or(Path::new(".")))?;
            let path = folder.path().join("backup.redb");
            this.copy_to(&path)?;
            Ok(Some(Backup { path, _folder: folder }))
        };
        tokio::task::spawn_blocking(make).await.map_err(|_| StoreError::Cancelled)?
    }

    async fn record(&self, collection: Collection, id: &str) -> Result<Option<String>, StoreError> {
        let id = id.to_owned();
        self.read(move |database| Ok(records::read(database, collection, &id)?)).await
    }

    async fn records(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let prefix = prefix.to_owned();
        self.read(move |database| Ok(records::list(database, collection, &prefix)?)).await
    }

    async fn change_records(&self, change: Change) -> Result<(), StoreError> {
        self.write(move |transaction| Ok(records::change(transaction, change)?)).await
    }
}

fn read_session(database: &Database, key: &SessionKey) -> Result<Option<Session>, StoreError> {
    let (header, rows) = session_rows(database, key)?;
    let Some(header) = header else { return Ok(None) };
    let messages = rows.iter().map(|row| serde_json::from_slice(row)).collect::<Result<_, _>>()?;
    Ok(Some(Session { header: serde_json::from_slice(&header)?, messages }))
}

type Rows = (Option<Vec<u8>>, Vec<Vec<u8>>);

fn session_rows(database: &Database, key: &SessionKey) -> Result<Rows, redb::Error> {
    let transaction = database.begin_read()?;
    let sessions = transaction.open_table(SESSIONS)?;
    let header = sessions.get((key.owner.as_str(), key.id.as_str()))?.map(|row| row.value().to_vec());
    let messages = transaction.open_table(MESSAGES)?;
    let mut rows = Vec::new();
    for row in messages.range(message_keys(key))? {
        rows.push(row?.1.value().to_vec());
    }
    Ok((header, rows))
}

fn message_keys(key: &SessionKey) -> std::ops::RangeInclusive<(&str, &str, u64)> {
    (&key.owner, &key.id, 0)..=(&key.owner, &key.id, u64::MAX)
}

fn write_session(transaction: &WriteTransaction, key: &SessionKey, header: &SessionHeader) -> Result<(), StoreError> {
    let row = serde_json::to_vec(header)?;
    let write = || -> Result<(), redb::Error> {
        transaction.open_table(SESSIONS)?.insert((key.owner.as_str(), key.id.as_str()), row.as_slice())?;
        Ok(())
    };
    Ok(write()?)
}

fn write_message(transaction: &WriteTransaction, key: &SessionKey, message: &StoredMessage) -> Result<(), StoreError> {
    let row = serde_json::to_vec(message)?;
    {
        let sessions = transaction.open_table(SESSIONS).map_err(redb::Error::from)?;
        if sessions.get((key.owner.as_str(), key.id.as_str())).map_err(redb::Error::from)?.is_none() {
            return Err(StoreError::NoSession);
        }
        let mut messages = transaction.open_table(MESSAGES).map_err(redb::Error::from)?;
        let mut number = 0;
        for known in messages.range(message_keys(key)).map_err(redb::Error::from)? {
            let (known_key, known_row) = known.map_err(redb::Error::from)?;
            let (_, _, known_number) = known_key.value();
            number = known_number;
            let known: StoredMessage = serde_json::from_slice(known_row.value())?;
            if known.id == message.id {
                break;
            }
            number += 1;
        }
        let place = (key.owner.as_str(), key.id.as_str(), number);
        messages.insert(place, row.as_slice()).map_err(redb::Error::from)?;
    }
    Ok(())
}

fn remove_session(transaction: &WriteTransaction, key: &SessionKey) -> Result<bool, redb::Error> {
    let was_there = transaction.open_table(SESSIONS)?.remove((key.owner.as_str(), key.id.as_str()))?.is_some();
    transaction.open_table(MESSAGES)?.retain_in(message_keys(key), |_, _| false)?;
    Ok(was_there)
}

fn count_usage(transaction: &WriteTransaction, key: (&str, &str), tokens: u64, cost: f64) -> Result<(), redb::Error> {
    {
        let mut usage = transaction.open_table(USAGE)?;
        let (known_tokens, known_cost) = usage.get(key)?.map(|row| row.value()).unwrap_or_default();
        usage.insert(key, (known_tokens.saturating_add(tokens), known_cost + cost))?;
    }
    Ok(())
}

fn read_usage(database: &Database, first_day: &str, last_day: &str) -> Result<Vec<UsageRow>, redb::Error> {
    let usage = database.begin_read()?.open_table(USAGE)?;
    let mut rows = Vec::new();
    // Slugs come after the day in the key: the range ends where the day after the last would begin.
    for row in usage.range((first_day, "")..)? {
        let (key, value) = row?;
        let ((day, assistant), (tokens, cost)) = (key.value(), value.value());
        if day > last_day {
            break;
        }
        rows.push(UsageRow { day: day.to_owned(), assistant: assistant.to_owned(), tokens, cost });
    }
    Ok(rows)
}

fn read_setting(database: &Database, name: &str) -> Result<Option<String>, redb::Error> {
    let settings = database.begin_read()?.open_table(SETTINGS)?;
    Ok(settings.get(name)?.map(|row| row.value().to_owned()))
}

fn write_setting(transaction: &WriteTransaction, name: &str, value: &str) -> Result<(), redb::Error> {
    transaction.open_table(SETTINGS)?.insert(name, value)?;
    Ok(())
}
