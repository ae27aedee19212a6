//! Keys that the owner makes for programs: named, scoped, with origins and an end. A key is shown once; only its hash is kept.
//!
//! A key is `ask_<id>_<secret>`: it is found by its id, and compared by the hash of its secret in a time that does not tell how much of it is right.
//! All of them are in memory too, as every request asks for one: no other process has the store open.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use assisters_chat::protocol::{format_rfc3339, parse_rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;

use crate::clock::Clock;
use crate::error::Failure;
use crate::identifier;
use crate::origin::{Origin, OriginPattern};
use crate::routes::internal;
use crate::store::{Collection, Records, StoreError};
use crate::tier::Tier;

/// By id.
const KEYS: Collection = "keys";

/// What every key begins with: so that one that was published by mistake can be searched for.
const PREFIX: &str = "ask_";

const NAME_LIMIT_CHARS: usize = 200;

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// Talking to assistants.
    Chat,
    /// Everything that is the owner's, talking too.
    Admin,
}

/// A key, without its secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) id: String,
    name: String,
    /// SHA-256 of the secret, in hexadecimal. 256 random bits need no slower hash.
    hash: String,
    pub(crate) scopes: Vec<Scope>,
    allowed_origins: Vec<String>,
    pub(crate) tier: Tier,
    created_at_secs: u64,
    expires_at_secs: Option<u64>,
    revoked_at_secs: Option<u64>,
}

/// What a key is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct NewKey {
    /// What it is for, in the owner's words
    name: String,
    /// `chat` unless given
    scopes: Option<Vec<Scope>>,
    /// Origins of pages that may use it, as `https://shop.example`; with none it is for servers
    allowed_origins: Option<Vec<String>>,
    /// Limits; `standard` unless given
    tier: Option<Tier>,
    /// When it ends, as `2026-12-31T00:00:00Z`
    expires_at: Option<String>,
}

/// Why a key is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Nobody made such a key.
    #[error("The API key provided is invalid or expired.")]
    Unknown,
    /// Its time is over.
    #[error("The API key provided has expired.")]
    Expired,
    /// Its owner took it back.
    #[error("The API key provided was revoked.")]
    Revoked,
}

/// The keys.
pub(crate) struct Keys {
    records: Records,
    clock: Clock,
    known: RwLock<HashMap<String, Key>>,
}

impl Key {
    /// Returns the key as its owner sees it.
    pub(crate) fn body(&self) -> Value {
        let at = |secs: Option<u64>| secs.map(format_rfc3339);
        json!({
            "id": self.id,
            "name": self.name,
            "prefix": format!("{PREFIX}{}", self.id),
            "scopes": self.scopes,
            "allowed_origins": self.allowed_origins,
            "tier": self.tier,
            "created_at": format_rfc3339(self.created_at_secs),
            "expires_at": at(self.expires_at_secs),
            "revoked_at": at(self.revoked_at_secs),
        })
    }

    /// Whether a page of this origin may use the key; `None` where the key is for servers.
    pub(crate) fn covers(&self, origin: &Origin) -> Option<bool> {
        let mut patterns = self.allowed_origins.iter().filter_map(|text| text.parse::<OriginPattern>().ok()).peekable();
        patterns.peek()?;
        Some(patterns.any(|pattern| pattern.covers(origin)))
    }

    /// Whether it is for pages alone.
    pub(crate) fn is_for_pages(&self) -> bool {
        !self.allowed_origins.is_empty()
    }

    fn check(&self, now_secs: u64) -> Result<(), Refusal> {
        if self.revoked_at_secs.is_some() {
            return Err(Refusal::Revoked);
        }
        if self.expires_at_secs.is_some_and(|expires_at| expires_at <= now_secs) { Err(Refusal::Expired) } else { Ok(()) }
    }
}

impl Keys {
    /// Reads the keys that were made.
    pub(crate) async fn load(records: Records, clock: Clock) -> Result<Self, StoreError> {
        let known = records.list(KEYS, "").await?.into_iter().collect();
        Ok(Self { records, clock, known: RwLock::new(known) })
    }

    /// Finds the key that a bearer shows; none where it does not look like one.
    pub(crate) fn find(&self, bearer: &str) -> Option<Result<Key, Refusal>> {
        let (id, secret) = bearer.strip_prefix(PREFIX)?.split_once('_')?;
        let key = self.known().get(id).cloned();
        // Who guesses ids learns nothing either: a secret is hashed and compared all the same.
        let expected = key.as_ref().map_or("", |key| key.hash.as_str());
        let is_right: bool = hash(secret).as_bytes().ct_eq(expected.as_bytes()).into();
        Some(match key {
            Some(key) if is_right => key.check(self.clock.now_secs()).map(|()| key),
            _ => Err(Refusal::Unknown),
        })
    }

    /// Whether pages of an origin may use any key: what a browser asks before it shows one.
    pub(crate) fn allow(&self, origin: &Origin) -> bool {
        let now = self.clock.now_secs();
        self.known().values().any(|key| key.check(now).is_ok() && key.covers(origin) == Some(true))
    }

    /// Returns the limits of a key.
    pub(crate) fn tier(&self, id: &str) -> Option<Tier> {
        self.known().get(id).map(|key| key.tier)
    }

    /// Returns all keys, also those that ended, the oldest first.
    pub(crate) fn all(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.known().values().cloned().collect();
        keys.sort_by(|one, other| (one.created_at_secs, &one.id).cmp(&(other.created_at_secs, &other.id)));
        keys
    }

    /// Makes a key. Returns it with the text that is never shown again.
    pub(crate) async fn create(&self, new: NewKey) -> Result<(Key, String), Failure> {
        let now = self.clock.now_secs();
        if new.name.trim().is_empty() || new.name.chars().count() > NAME_LIMIT_CHARS {
            return Err(Failure::invalid("name", format!("`name` must have 1 to {NAME_LIMIT_CHARS} characters")));
        }
        let scopes = new.scopes.unwrap_or_else(|| vec![Scope::Chat]);
        if scopes.is_empty() {
            return Err(Failure::invalid("scopes", "`scopes` must have at least one of: chat, admin"));
        }
        let allowed_origins = new.allowed_origins.unwrap_or_default();
        for origin in &allowed_origins {
            origin.parse::<OriginPattern>().map_err(|error| Failure::invalid("allowed_origins", error.to_string()))?;
        }
        let expires_at_secs = new.expires_at.as_deref().map(|text| end(text, now)).transpose()?;
        let random = |prefix| identifier::random(prefix).map_err(|error| internal(&error));
        let (id, secret) = (random("")?, format!("{}{}", random("")?, random("")?));
        let key = Key {
            id,
            name: new.name,
            hash: hash(&secret),
            scopes,
            allowed_origins,
            tier: new.tier.unwrap_or(Tier::Standard),
            created_at_secs: now,
            expires_at_secs,
            revoked_at_secs: None,
        };
        self.keep(key.clone()).await?;
        let text = format!("{PREFIX}{}_{secret}", key.id);
        Ok((key, text))
    }

    /// Takes a key back. It stays in the list.
    pub(crate) async fn revoke(&self, id: &str) -> Result<Key, Failure> {
        let key = self.known().get(id).cloned();
        let key = key.ok_or_else(|| Failure::not_found("not_found", "There is no such key."))?;
        let revoked_at_secs = key.revoked_at_secs.or(Some(self.clock.now_secs()));
        let key = Key { revoked_at_secs, ..key };
        self.keep(key.clone()).await?;
        Ok(key)
    }

    async fn keep(&self, key: Key) -> Result<(), StoreError> {
        self.records.put(KEYS, &key.id, &key).await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(key.id.clone(), key);
        Ok(())
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, HashMap<String, Key>> {
        // Every change is one insertion: a panic leaves nothing half done.
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end(text: &str, now: u64) -> Result<u64, Failure> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times before 1970 are past anyway")]
    let secs = parse_rfc3339(text).map(|secs| secs as u64);
    secs.filter(|secs| *secs > now).ok_or_else(|| {
        Failure::invalid("expires_at", format!("`expires_at` is {text:?}; it must be a time to come, as 2030-12-31T00:00:00Z"))
    })
}

fn hash(secret: &str) -> String {
    identifier::spell("", &Sha256::digest(secret.as_bytes()))
}
