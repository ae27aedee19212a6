//! Forms with a file in them (`multipart/form-data`): read whole, bounded, and wrong in ways that the error names.

use std::collections::HashMap;

use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};
use bytes::Bytes;

use crate::body::{DRAINED_BYTES, collect};
use crate::error::Failure;
use crate::upload::safe_name;

/// What stands around a file in a form.
const FORM_BYTES: usize = 64 * 1024;

/// A form with one file.
pub(super) struct Form {
    /// The file's name, without folders.
    pub(super) name: String,
    pub(super) content: Bytes,
    /// The other fields that were wanted.
    pub(super) texts: HashMap<&'static str, String>,
}

impl Form {
    /// Reads a form with a `file` of at most `max_bytes`, and such of the fields `wanted` as are there. `too_large` says what is wrong with a larger
    /// file of a name.
    pub(super) async fn read(
        mut request: Request,
        wanted: &[&'static str],
        max_bytes: usize,
        too_large: impl Fn(&str) -> Failure,
    ) -> Result<Self, Failure> {
        let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if declared.is_some_and(|n_bytes| n_bytes > max_bytes.saturating_add(DRAINED_BYTES)) {
            return Err(too_large("The file"));
        }
        let unreadable = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large("The file"),
            _ => invalid(&format!("the form can not be read: {}", error.body_text())),
        };
        // A form somewhat larger is read, to be refused in words.
        let limit = max_bytes.saturating_add(DRAINED_BYTES).saturating_add(FORM_BYTES);
        DefaultBodyLimit::max(limit).apply(&mut request);
        let form = Multipart::from_request(request, &()).await;
        let mut form = form.map_err(|error| invalid(&format!("the body must be multipart/form-data: {}", error.body_text())))?;
        let mut file = None;
        let mut texts = HashMap::new();
        while let Some(field) = form.next_field().await.map_err(unreadable)? {
            let field_name = field.name().unwrap_or_default();
            if field_name == "file" {
                let name = safe_name(field.file_name().unwrap_or_default());
                let content = collect(field, max_bytes).await.map_err(unreadable)?.ok_or_else(|| too_large(&name))?;
                file = Some((name, content));
            } else if let Some(known) = wanted.iter().find(|known| **known == field_name) {
                let content = collect(field, FORM_BYTES).await.map_err(unreadable)?;
                let content =
                    content.ok_or_else(|| Failure::invalid(*known, format!("`{known}` is larger than {FORM_BYTES} bytes")))?;
                texts.insert(*known, String::from_utf8_lossy(&content).into_owned());
            }
            // Nothing else is needed of an upload whose only field is the file.
            if wanted.is_empty() && file.is_some() {
                break;
            }
        }
        match file {
            Some((_, content)) if content.is_empty() => Err(invalid("the file is empty")),
            Some((name, content)) => Ok(Self { name, content: content.into(), texts }),
            None => Err(invalid("the field `file` is missing; send one file as multipart/form-data")),
        }
    }
}

fn invalid(message: &str) -> Failure {
    Failure::invalid("file", message)
}
