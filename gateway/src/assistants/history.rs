//! What an assistant's model was told, version by version.

use std::collections::BTreeMap;

use assisters_chat::protocol::format_rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use super::{MadeAssistant, Prompt};
use crate::store::{Collection, Records, Rows, StoreError, numbered};

/// By the assistant's id and the version's number.
const VERSIONS: Collection = "prompt_versions";

/// One version of a prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) version: u64,
    pub(crate) prompt: Prompt,
    /// Why there is one.
    pub(crate) reason: String,
    pub(crate) created_at_secs: u64,
}

impl Version {
    /// Returns the version as the page shows it; `current` is the newest one's number.
    pub(crate) fn body(&self, current: u64) -> Value {
        let created_at = format_rfc3339(self.created_at_secs);
        json!({
            "version": self.version,
            "llmPrompt": self.prompt.instructions,
            "llmProvider": self.prompt.provider,
            "llmModel": self.prompt.model,
            "maxTokens": self.prompt.max_tokens,
            "temperature": self.prompt.temperature,
            "topP": self.prompt.top_p,
            "reason": self.reason,
            "isCurrent": self.version == current,
            "createdAt": created_at,
        })
    }
}

/// Figures about a history.
pub(crate) struct Statistics<'a>(pub(crate) &'a [Version]);

impl Statistics<'_> {
    pub(crate) fn body(&self) -> Value {
        let Self(versions) = self;
        let lengths: Vec<usize> = versions.iter().map(|version| version.prompt.instructions.chars().count()).collect();
        let mut by_model: BTreeMap<&str, usize> = BTreeMap::new();
        for version in *versions {
            *by_model.entry(version.prompt.model.as_deref().unwrap_or("default")).or_default() += 1;
        }
        let at = |version: Option<&Version>| version.map(|version| format_rfc3339(version.created_at_secs));
        json!({
            "totalVersions": versions.len(),
            "currentVersion": versions.last().map(|version| version.version),
            "rollbacks": versions.iter().filter(|version| version.reason.starts_with("rolled back")).count(),
            "firstCreatedAt": at(versions.first()),
            "lastCreatedAt": at(versions.last()),
            "currentLength": lengths.last(),
            "shortestLength": lengths.iter().min(),
            "longestLength": lengths.iter().max(),
            "averageLength": if lengths.is_empty() { 0 } else { lengths.iter().sum::<usize>() / lengths.len() },
            "versionsByModel": by_model,
        })
    }
}

/// Returns what is different between two versions, line by line.
pub(crate) fn compare(old: &Version, new: &Version, current: u64) -> Value {
    let diff = TextDiff::from_lines(&old.prompt.instructions, &new.prompt.instructions);
    let (mut n_added, mut n_removed) = (0, 0);
    let mut lines = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => "equal",
            ChangeTag::Delete => {
                n_removed += 1;
                "removed"
            }
            ChangeTag::Insert => {
                n_added += 1;
                "added"
            }
        };
        lines.push(json!({"type": kind, "text": change.value().trim_end_matches('\n')}));
    }
    let names = (format!("version {}", old.version), format!("version {}", new.version));
    let mut fields = Vec::new();
    for (field, before, after) in [
        ("llmProvider", json!(old.prompt.provider), json!(new.prompt.provider)),
        ("llmModel", json!(old.prompt.model), json!(new.prompt.model)),
        ("maxTokens", json!(old.prompt.max_tokens), json!(new.prompt.max_tokens)),
        ("temperature", json!(old.prompt.temperature), json!(new.prompt.temperature)),
        ("topP", json!(old.prompt.top_p), json!(new.prompt.top_p)),
    ] {
        if before != after {
            fields.push(json!({"field": field, "from": before, "to": after}));
        }
    }
    json!({
        "v1": old.body(current),
        "v2": new.body(current),
        "diff": diff.unified_diff().header(&names.0, &names.1).to_string(),
        "lines": lines,
        "fields": fields,
        "added": n_added,
        "removed": n_removed,
    })
}

/// Records the assistant's prompt as its newest version.
pub(super) fn record(rows: &mut dyn Rows, made: &MadeAssistant, reason: &str, now: u64) -> Result<(), StoreError> {
    let version =
        Version { version: made.version, prompt: made.settings.prompt.clone(), reason: reason.to_owned(), created_at_secs: now };
    rows.put(VERSIONS, &key(&made.id, made.version), &version)
}

pub(super) fn read(rows: &dyn Rows, id: &str, number: u64) -> Result<Option<Version>, StoreError> {
    rows.get(VERSIONS, &key(id, number))
}

pub(super) async fn all(records: &Records, id: &str) -> Result<Vec<Version>, StoreError> {
    let versions = records.list(VERSIONS, &format!("{id}/")).await?;
    Ok(versions.into_iter().map(|(_, version)| version).collect())
}

pub(super) fn forget(rows: &mut dyn Rows, id: &str) -> Result<(), StoreError> {
    for (key, _) in rows.texts(VERSIONS, &format!("{id}/"))? {
        rows.delete(VERSIONS, &key)?;
    }
    Ok(())
}

fn key(id: &str, number: u64) -> String {
    format!("{id}/{}", numbered(number))
}
