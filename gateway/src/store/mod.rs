//! Where conversations, usage and the gateway's own settings are kept. One trait, one file per way to keep them.
//!
//! Every conversation belongs to one owner (a visitor, or a server's key) and is found only under that owner's name:
//! somebody else's session id leads nowhere.

mod embedded;
mod memory;
mod pending;
mod records;

use std::path::PathBuf;
use std::sync::Arc;

use assisters_chat::protocol::{Role, Source};
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::embedded::EmbeddedStore;
pub use self::memory::MemoryStore;
pub use self::pending::{Pending, StoredCall, StoredRound};
pub use self::records::{Change, Collection, Records, Rows, numbered};
use crate::config::StoreConfig;

/// Keeps everything that must outlive a request.
#[async_trait]
pub trait Store: Send + Sync {
    /// Returns a conversation with its messages, oldest first.
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError>;

    /// Begins a conversation, or changes what is said about it; its messages stay.
    async fn put_session(&self, key: &SessionKey, header: SessionHeader) -> Result<(), StoreError>;

    /// Adds a message to a conversation that was begun. One with an id that is there already takes the other's place.
    async fn put_message(&self, key: &SessionKey, message: StoredMessage) -> Result<(), StoreError>;

    /// Forgets a conversation. Returns whether there was one.
    async fn delete_session(&self, key: &SessionKey) -> Result<bool, StoreError>;

    /// Counts tokens and cost of one answer on a day (`2026-01-28`).
    async fn add_usage(&self, day: &str, assistant: &str, tokens: u64, cost: f64) -> Result<(), StoreError>;

    /// Returns what was counted from the first to the last day, both included, by day and assistant.
    async fn usage(&self, first_day: &str, last_day: &str) -> Result<Vec<UsageRow>, StoreError>;

    /// Keeps a file, and forgets those that can not be read any more at `now_secs`. If all files together would then take more than `limit_bytes`
    /// it is [`StoreError::Full`], and nothing has changed.
    async fn put_upload(&self, upload: Upload, content: Bytes, now_secs: u64, limit_bytes: u64) -> Result<(), StoreError>;

    /// Returns what is known of a file.
    async fn upload(&self, id: &str) -> Result<Option<Upload>, StoreError>;

    /// Forgets a file of this owner's. Returns whether there was one.
    async fn delete_upload(&self, id: &str, owner: &str) -> Result<bool, StoreError>;

    /// Returns a file's content.
    async fn upload_content(&self, id: &str) -> Result<Option<Bytes>, StoreError>;

    /// Returns one of the gateway's own settings.
    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps one of the gateway's own settings.
    async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError>;

    /// Returns a copy of everything, as it is at one moment; none from a store that keeps nothing.
    async fn backup(&self) -> Result<Option<Backup>, StoreError>;

    /// Returns a record's JSON; [`Records`] has it by its type.
    async fn record(&self, collection: Collection, id: &str) -> Result<Option<String>, StoreError>;

    /// Returns the ids and JSON of the records whose ids begin with `prefix`, sorted by id.
    async fn records(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, String)>, StoreError>;

    /// Changes records, all at once or not at all.
    async fn change_records(&self, change: Change) -> Result<(), StoreError>;
}

/// A copy of a store, in a file that is gone with this.
#[derive(Debug)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

/// Which conversation: whose, and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// The visitor or the server's key it belongs to.
    pub owner: String,
    /// The id the page knows it by.
    pub id: String,
}

/// A conversation without its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionHeader {
    /// The assistant's slug.
    pub assistant: String,
    /// What the page said about it, `null` for nothing.
    pub metadata: Value,
    /// The id the upstream knows it by, where that is another one.
    pub upstream_id: Option<String>,
    /// When it began, in seconds since 1970.
    pub created_at_secs: u64,
    /// The answer that waits for the page, if one does.
    #[serde(default)]
    pub pending: Option<Pending>,
    /// When it was marked as complete, in seconds since 1970.
    #[serde(default)]
    pub ended_at_secs: Option<u64>,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// What is said about it.
    pub header: SessionHeader,
    /// Its messages, oldest first.
    pub messages: Vec<StoredMessage>,
}

impl Session {
    /// When its last message came, or it began.
    #[must_use]
    pub fn updated_at_secs(&self) -> u64 {
        self.messages.last().map_or(self.header.created_at_secs, |message| message.created_at_secs)
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredMessage {
    /// Its id, the same on a repeated try.
    pub id: String,
    /// Who wrote it.
    pub role: StoredRole,
    /// Plain text of the visitor, Markdown of the assistant.
    pub content: String,
    /// When, in seconds since 1970.
    pub created_at_secs: u64,
    /// What the answer is grounded on.
    pub sources: Vec<StoredSource>,
    /// The visitor's uploads that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<StoredAttachment>,
    /// What the answer took, as its upstream counted.
    #[serde(default)]
    pub usage: Option<StoredUsage>,
    /// What the visitor thinks of the answer.
    #[serde(default)]
    pub feedback: Option<StoredFeedback>,
}

/// A file of a message, as it is written to disk. The file itself may be gone by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAttachment {
    /// The upload's id.
    pub id: String,
    /// Its name, without a folder.
    pub name: String,
    /// What it is, seen from its content.
    pub media_type: String,
    /// Where it can be read, as long as it can.
    pub url: String,
}

impl From<Upload> for StoredAttachment {
    fn from(upload: Upload) -> Self {
        Self { id: upload.id, name: upload.name, media_type: upload.media_type, url: upload.url }
    }
}

/// Tokens of one answer, as they are written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredUsage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// Both together.
    pub total: u64,
}

/// What a visitor thinks of an answer, as it is written to disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFeedback {
    /// Whether it helped.
    pub is_up: bool,
    /// In the visitor's words.
    pub comment: Option<String>,
    /// When, in seconds since 1970.
    pub created_at_secs: u64,
}

/// Who wrote a message, as it is written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoredRole {
    /// The visitor.
    User,
    /// The assistant.
    Assistant,
}

impl StoredRole {
    /// Returns the role as it is written in every dialect.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => Role::User.as_str(),
            Self::Assistant => Role::Assistant.as_str(),
        }
    }
}

/// What an answer is grounded on, as it is written to disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredSource {
    /// What to call it.
    pub title: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// How well it fits, from 0 to 1.
    pub relevance: Option<f64>,
}

impl From<&Source> for StoredSource {
    fn from(source: &Source) -> Self {
        Self { title: source.title.clone(), url: source.url.clone(), relevance: source.relevance }
    }
}

impl From<&StoredSource> for Source {
    fn from(source: &StoredSource) -> Self {
        Self { title: source.title.clone(), url: source.url.clone(), relevance: source.relevance }
    }
}

/// A file that a visitor has attached, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id: random, and part of its address.
    pub id: String,
    /// Who uploaded it.
    pub owner: String,
    /// Its name, without a folder.
    pub name: String,
    /// What it is, seen from its content.
    pub media_type: String,
    /// Where it can be read.
    pub url: String,
    /// How large it is.
    pub n_bytes: u64,
    /// Until when it can be read, in seconds since 1970.
    pub expires_at_secs: u64,
}

/// Usage of one assistant on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageRow {
    /// The day, `2026-01-28`.
    pub day: String,
    /// The assistant's slug.
    pub assistant: String,
    /// Tokens read and written.
    pub tokens: u64,
    /// What they cost.
    pub cost: f64,
}

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The embedded store refused.
    #[error("the store failed: {0}")]
    Embedded(#[from] redb::Error),
    /// What is on disk can not be read.
    #[error("the store holds an entry that can not be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The folder of the store can not be made.
    #[error("the store's folder can not be made: {0}")]
    Folder(#[from] std::io::Error),
    /// The work was cancelled, as happens when the gateway stops.
    #[error("the store's task was cancelled")]
    Cancelled,
    /// The file is one of a later gateway.
    #[error("the store is of version {found}, and this gateway knows versions up to {known}; use a newer gateway")]
    Newer {
        /// What the file says.
        found: u32,
        /// What this gateway writes.
        known: u32,
    },
    /// There is no room for another file.
    #[error("the attached files take as much as they may")]
    Full,
    /// A message for a conversation that was never begun, or was forgotten meanwhile.
    #[error("there is no such conversation")]
    NoSession,
}

impl StoreError {
    /// Whether another program has the file open.
    #[must_use]
    pub fn is_already_open(&self) -> bool {
        matches!(self, Self::Embedded(redb::Error::DatabaseAlreadyOpen))
    }

    /// Whether the disk is full, or the file may not grow.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match self {
            Self::Embedded(redb::Error::Io(error)) | Self::Folder(error) => {
                matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
            }
            _ => false,
        }
    }
}

/// Opens the store that the configuration names.
///
/// # Errors
/// [`StoreError`] when the file can not be opened, for instance because another gateway has it open.
pub fn open(config: &StoreConfig) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match config {
        StoreConfig::Memory => Arc::new(MemoryStore::default()),
        StoreConfig::Redb(path) => Arc::new(EmbeddedStore::open(path)?),
    })
}

#[cfg(test)]
mod tests;
