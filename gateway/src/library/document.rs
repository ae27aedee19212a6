//! One document of a knowledge base.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::knowledge::{Page, Place};

/// What is known of a document, without its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// Where it belongs.
    pub knowledge_base_id: String,
    /// The name of its file, or where its page is.
    pub name: String,
    /// What sources are called: what its text calls itself, unless its owner or its page says better.
    pub title: String,
    /// What it was before it was read.
    pub media_type: String,
    /// Where visitors can read it.
    pub url: Option<String>,
    /// What the owner says of it; an object.
    pub metadata: Value,
    /// The web source it was read for.
    pub source_id: Option<String>,
    /// How large it was.
    pub n_bytes: u64,
    /// In how many sections it is found.
    pub n_sections: usize,
    /// When it came, in seconds since 1970.
    pub created_at_secs: u64,
    /// When it was last read.
    pub updated_at_secs: u64,
}

impl Document {
    /// Returns its text as a page, to be indexed.
    pub(super) fn page(&self, markdown: String) -> Page {
        let place = self.url.clone().map_or(Place::Nowhere, Place::Web);
        let page = Page::of_document(self.id.clone(), place, &self.title, markdown);
        match self.metadata.get("title").and_then(Value::as_str).filter(|title| !title.is_empty()) {
            Some(title) => Page { title: title.to_owned(), ..page },
            None => page,
        }
    }
}
