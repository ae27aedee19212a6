//! A file that goes with a message: as the visitor sees it, and as a server can be told of it.

use crate::protocol::json::{Value, parse, text};
use crate::protocol::{Attachment, Dialect};

/// A file that was uploaded, or lies on the web.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attached {
    /// What it is called.
    pub name: String,
    /// Its media type, empty when nobody said.
    pub media_type: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// Its id at the API, where that keeps files.
    pub file_id: Option<String>,
}

impl Attached {
    /// Reads `{url, file_id, name, type | mime_type}`, of which one of the first two must be there.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let field = |name| text(value, name).filter(|text| !text.is_empty());
        let (url, file_id) = (field("url"), field("file_id"));
        let name = field("name").or_else(|| url.clone().or_else(|| file_id.clone()))?;
        // A server's `type` may be the kind of attachment.
        let media_type = field("mime_type").or_else(|| field("type")).unwrap_or_default();
        Some(Self { name, media_type, url, file_id }).filter(|attached| attached.url.is_some() || attached.file_id.is_some())
    }

    /// Reads the entries of a JSON list that are files.
    #[must_use]
    pub fn read_list(json: &str) -> Vec<Self> {
        parse(json).unwrap_or_default().as_array().unwrap_or_default().iter().filter_map(Self::read).collect()
    }

    /// Returns the names, which the shell makes the text of a message that has no other.
    #[must_use]
    pub fn names(attached: &[Self]) -> String {
        attached.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Returns the file as a dialect's request names it; `None` where it has no way to.
    #[must_use]
    pub fn for_dialect(&self, dialect: Dialect) -> Option<Attachment> {
        let by_id = self.file_id.as_ref().map(|id| Attachment::File { id: id.clone() });
        let by_address = self.url.as_ref().map(|url| {
            let mime_type = if self.media_type.is_empty() { "application/octet-stream" } else { &self.media_type };
            Attachment::Url { url: url.clone(), mime_type: mime_type.to_owned() }
        });
        // The document of `threads` knows files by id only, and `openai` has a part for an address where it is a picture's. All others have a
        // better place for an address, or none for an id.
        let is_picture = self.media_type.starts_with("image/");
        let prefers_id = dialect == Dialect::Threads || dialect == Dialect::OpenAi && !is_picture;
        let in_order = if prefers_id { [by_id, by_address] } else { [by_address, by_id] };
        in_order.into_iter().flatten().find(|attachment| dialect.takes(attachment))
    }
}

/// Returns files, given as a JSON list's text, as a dialect's request names them. One that it has no way to name is left out: who attached it has
/// been told before.
#[inline(never)]
#[must_use]
pub fn name_files(json: &str, dialect: Dialect) -> Vec<Attachment> {
    Attached::read_list(json).iter().filter_map(|file| file.for_dialect(dialect)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn read(json: &str) -> Option<Attached> {
        Attached::read(&parse(json).unwrap())
    }

    #[test]
    fn a_file_has_an_address_or_an_id() {
        for (json, name) in [
            (r#"{"url": "https://x.example/a/b.pdf"}"#, Some("https://x.example/a/b.pdf")),
            (r#"{"file_id": "file_1"}"#, Some("file_1")),
            (r#"{"file_id": "file_1", "name": "b.pdf", "type": "application/pdf"}"#, Some("b.pdf")),
            (r#"{"name": "b.pdf"}"#, None),
            (r#"{"url": ""}"#, None),
            (r#"{"url": 7}"#, None),
            ("{}", None),
            ("7", None),
        ] {
            assert_eq!(read(json).map(|file| file.name).as_deref(), name, "{json}");
        }
        let listed =
            r#"[{"name":"b.pdf","type":"","url":"https://x.example/b.pdf"},{"name":"f","type":"image/png","file_id":"f"}]"#;
        assert_eq!(Attached::names(&Attached::read_list(listed)), "b.pdf, f");
        for json in ["", "{}", "null", "[", "[7, null, {}]"] {
            assert_eq!(Attached::read_list(json), [], "{json}");
        }
    }

    #[test]
    fn each_dialect_is_told_in_the_way_it_has_a_place_for() {
        let address = r#"{"url": "https://x.example/b.png", "type": "image/png"}"#;
        let id = r#"{"file_id": "f"}"#;
        let both = r#"{"url": "https://x.example/b.png", "type": "image/png", "file_id": "f"}"#;
        let document = r#"{"url": "https://x.example/b.png", "type": "application/pdf", "file_id": "f"}"#;
        let by_address = Some(Attachment::Url { url: "https://x.example/b.png".into(), mime_type: "image/png".into() });
        let document_by_address =
            Some(Attachment::Url { url: "https://x.example/b.png".into(), mime_type: "application/pdf".into() });
        let by_id = Some(Attachment::File { id: "f".into() });
        for dialect in Dialect::ALL {
            let knows_ids = matches!(dialect, Dialect::Threads | Dialect::OpenAi);
            for (json, expected) in [
                (address, &by_address),
                (id, if knows_ids { &by_id } else { &None }),
                (both, if dialect == Dialect::Threads { &by_id } else { &by_address }),
                (document, if knows_ids { &by_id } else { &document_by_address }),
            ] {
                assert_eq!(name_files(&format!("[{json}]"), dialect), Vec::from_iter(expected.clone()), "{dialect} {json}");
            }
        }
    }
}
