//! The documents of a knowledge base: `POST /v1/knowledge-bases/{id}/documents` takes one as the field `file` of a form, with `metadata`. It is found as
//! soon as the answer is there. For the owner alone.

use std::sync::Arc;

use assisters_chat::protocol::format_rfc3339;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::assistants::ListQuery;
use super::form::Form;
use super::knowledge::check_id;
use crate::access::Owner;
use crate::app::App;
use crate::error::Failure;
use crate::extract::{Path, Query};
use crate::identifier;
use crate::library::{Document, LibraryError};
use crate::openapi::Refusals;
use crate::reading::{Kind, Reading, ReadingError};
use crate::routes::internal;
use crate::upload::media_type;

/// A document, as a form.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the form to the OpenAPI document; `Form` reads it")]
pub(super) struct DocumentForm {
    /// Markdown, plain text, HTML or PDF
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// A JSON object; `title` and `url` in it are what sources are called, and where they lead
    metadata: Option<String>,
}

/// Lists the documents of a knowledge base.
#[utoipa::path(
    get, path = "/knowledge-bases/{id}/documents", tag = "Knowledge", params(("id" = String, Path), ListQuery),
    responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Owner,
    Path(base): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, Failure> {
    let part = query.part()?;
    let documents = app.library.documents(&base).await?;
    let cards: Vec<Value> = documents.iter().map(card).collect();
    Ok(Json(part.body("documents", &cards)))
}

/// Takes a document; it can be found from now on.
#[utoipa::path(
    post, path = "/knowledge-bases/{id}/documents", tag = "Knowledge", params(("id" = String, Path)),
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Value), (status = 415, body = Value, description = "None of the kinds of documents"), Refusals)
)]
pub(super) async fn upload(
    State(app): State<Arc<App>>,
    _: Owner,
    Path(base): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), Failure> {
    check_id("id", &base)?;
    let id = identifier::random("doc_").map_err(|error| internal(&error))?;
    let document = put(&app, base, id, None, request).await?;
    Ok((StatusCode::CREATED, Json(card(&document))))
}

/// Returns a document, with its text as Markdown.
#[utoipa::path(
    get, path = "/knowledge-bases/{id}/documents/{document}", tag = "Knowledge",
    params(("id" = String, Path), ("document" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    _: Owner,
    Path((base, id)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let mut card = card(&find(&app, &base, &id).await?);
    card["content"] = json!(app.library.text(&base, &id).await?);
    Ok(Json(card))
}

/// Takes another file in the place of a document.
#[utoipa::path(
    put, path = "/knowledge-bases/{id}/documents/{document}", tag = "Knowledge",
    params(("id" = String, Path), ("document" = String, Path)),
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Value), (status = 415, body = Value, description = "None of the kinds of documents"), Refusals)
)]
pub(super) async fn replace(
    State(app): State<Arc<App>>,
    _: Owner,
    Path((base, id)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Value>, Failure> {
    let known = find(&app, &base, &id).await?;
    Ok(Json(card(&put(&app, base, id, Some(known), request).await?)))
}

/// Forgets a document; nothing is answered from it any more.
#[utoipa::path(
    delete, path = "/knowledge-bases/{id}/documents/{document}", tag = "Knowledge",
    params(("id" = String, Path), ("document" = String, Path)), responses((status = 200, body = Value), Refusals)
)]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    _: Owner,
    Path((base, id)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    if !app.library.remove_document(&base, &id).await? {
        return Err(no_document(&id));
    }
    Ok(Json(json!({"id": id, "deleted": true})))
}

async fn find(app: &App, base: &str, id: &str) -> Result<Document, Failure> {
    app.library.document(base, id).await?.ok_or_else(|| no_document(id))
}

fn no_document(id: &str) -> Failure {
    Failure::not_found("not_found", format!("There is no document {id:?} in this knowledge base."))
}

/// Reads a form and keeps its document, in the place of the `known` one if there is one.
async fn put(app: &App, base: String, id: String, known: Option<Document>, request: Request) -> Result<Document, Failure> {
    let max_bytes = app.config.documents.max_bytes;
    let too_large = |name: &str| {
        let message = format!("{name} is larger than {max_bytes} bytes.");
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", message).with_details(json!({"max_bytes": max_bytes}))
    };
    let form = Form::read(request, &["metadata"], max_bytes, too_large).await?;
    let metadata = match form.texts.get("metadata").map(|text| text.trim()).filter(|text| !text.is_empty()) {
        Some(text) => read_metadata(text)?,
        None => known.as_ref().map_or_else(|| json!({}), |known| known.metadata.clone()),
    };
    let said = |field: &str| metadata.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let url = said("url");
    if url.as_deref().is_some_and(|url| !is_readable(url)) {
        return Err(Failure::invalid("metadata.url", "`metadata.url` must be a web address, or a path as \"/pricing\""));
    }
    let kind = kind_of(&form.content, &form.name)?;
    let reading = app.reader.read(kind, &form.content, url.as_deref()).await;
    let Reading { title, markdown, .. } = reading.map_err(|error| unreadable(&form.name, &error))?;
    let now_secs = app.clock.now_secs();
    let document = Document {
        id,
        knowledge_base_id: base,
        title: said("title").or(title).unwrap_or_else(|| form.name.clone()),
        name: form.name,
        media_type: kind.media_type().to_owned(),
        url,
        metadata,
        source_id: known.as_ref().and_then(|known| known.source_id.clone()),
        n_bytes: form.content.len() as u64,
        n_sections: 0,
        created_at_secs: known.map_or(now_secs, |known| known.created_at_secs),
        updated_at_secs: now_secs,
    };
    app.library.put_document(document, markdown).await.map_err(|error| match error {
        LibraryError::Full => {
            tracing::warn!("no room for another document; see ASSISTERS_DOCUMENT_STORAGE_BYTES");
            Failure::storage_full("There is no room for another document.")
        }
        LibraryError::Store(error) => Failure::from(error),
    })
}

/// Tells what a file is, from its content; of texts, from the end of its name.
fn kind_of(content: &[u8], name: &str) -> Result<Kind, Failure> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let found = match (media_type(content, name), ending.as_str()) {
        (found, "html" | "htm" | "xhtml") if found.starts_with("text/") => "text/html".to_owned(),
        // Markdown may begin with a tag.
        (found, "md" | "markdown") if found.starts_with("text/") => "text/markdown".to_owned(),
        (found, _) => found,
    };
    Kind::of_media_type(&found).ok_or_else(|| {
        let message = format!("{name} is {found}. Documents can be: {}.", Kind::NAMES);
        Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_file_type", message)
    })
}

fn unreadable(name: &str, error: &ReadingError) -> Failure {
    match error {
        ReadingError::Reader(_) => internal(error),
        ReadingError::Unreadable(_) | ReadingError::Timeout => Failure::invalid("file", format!("{name}: {error}")),
    }
}

/// Whether a visitor's browser can open it.
fn is_readable(url: &str) -> bool {
    let is_web = reqwest::Url::parse(url).is_ok_and(|url| ["https", "http"].contains(&url.scheme()) && url.has_host());
    let is_path =
        url.starts_with('/') && !url.starts_with("//") && !url.contains(['\\', '(', ')']) && !url.contains(char::is_whitespace);
    is_web || is_path
}

/// Reads the field `metadata`, a JSON object.
///
/// The document's own example loses its quotation marks in a shell, `{category: documentation}`, or a part of it: that is read too.
fn read_metadata(text: &str) -> Result<Value, Failure> {
    match serde_json::from_str(text) {
        Ok(object @ Value::Object(_)) => return Ok(object),
        Ok(_) => {}
        Err(_) => {
            if let Some(bare) = text.strip_prefix('{').filter(|bare| !bare.contains(['"', '{', '[']) && bare.contains(':')) {
                let pairs = bare.trim_end_matches('}').split(',').filter_map(|pair| pair.split_once(':'));
                let fields = pairs.map(|(name, value)| (name.trim().to_owned(), json!(value.trim())));
                return Ok(Value::Object(fields.collect::<Map<_, _>>()));
            }
        }
    }
    Err(Failure::invalid("metadata", "`metadata` must be a JSON object, as {\"category\": \"documentation\"}"))
}

/// Returns what is told of a document.
fn card(document: &Document) -> Value {
    json!({
        "id": document.id,
        "knowledge_base_id": document.knowledge_base_id,
        "name": document.name,
        "title": document.title,
        "type": document.media_type,
        "url": document.url,
        "metadata": document.metadata,
        "url_id": document.source_id,
        "status": "ready",
        "size": document.n_bytes,
        "sections": document.n_sections,
        "created_at": format_rfc3339(document.created_at_secs),
        "updated_at": format_rfc3339(document.updated_at_secs),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn metadata_with_and_without_its_quotes() {
        for (text, expected) in [
            (r#"{"category": "documentation"}"#, Some(json!({"category": "documentation"}))),
            ("{category: documentation}", Some(json!({"category": "documentation"}))),
            ("{category:", Some(json!({"category": ""}))),
            ("[1]", None),
            ("7", None),
            ("category", None),
            (r#"{"category": "#, None),
        ] {
            assert_eq!(read_metadata(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn what_a_file_is() {
        for (content, name, expected) in [
            (&b"# Hi"[..], "a.md", Some(Kind::Markdown)),
            (b"<p align=center>Hi</p>\n\n# Hi", "README.md", Some(Kind::Markdown)),
            (b"hello", "a.html", Some(Kind::Html)),
            (b"<!doctype html>", "a", Some(Kind::Html)),
            (b"hello", "a.txt", Some(Kind::Plain)),
            (b"%PDF-1.7\n", "a.md", Some(Kind::Pdf)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.pdf", None),
        ] {
            assert_eq!(kind_of(content, name).ok(), expected, "{name}");
        }
    }

    #[test]
    fn where_a_source_may_lead() {
        for (url, expected) in [
            ("/pricing", true),
            ("https://shop.example/pricing#free", true),
            ("//evil.example", false),
            ("javascript:alert(1)", false),
            ("pricing", false),
            ("/a)b", false),
        ] {
            assert_eq!(is_readable(url), expected, "{url}");
        }
    }
}
