//! `POST /v1/uploads`: a file that a visitor attaches, as the field `file` of a form. `GET /v1/uploads/{id}/{name}`: the same file, for whoever has
//! the address; for a while, and never as something that a browser would run.
//!
//! Errors: 400 `invalid_request` (no form, no file, an empty one), 413 `file_too_large`, 415 `unsupported_file_type`, 429 `rate_limit_exceeded`,
//! 507 `storage_full`, 404 `uploads_disabled`; `error.details` holds `{max_bytes, allowed_types}`.

use std::sync::Arc;

use assisters_chat::protocol::{format_rfc3339, segment};
use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sessions::internal;
use crate::access::Caller;
use crate::app::App;
use crate::body::DRAINED_BYTES;
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::requests::UploadRequest;
use crate::openapi::{ErrorBody, Refusals};
use crate::store::{StoreError, Upload};
use crate::upload::{FOLDER, is_allowed, media_type, safe_name, served_type};
use crate::{config::Config, identifier};

/// What stands around a file in a form.
const FORM_BYTES: usize = 64 * 1024;

/// A browser runs nothing of such a document, wherever it is shown.
const FILE_POLICY: &str = "sandbox; default-src 'none'";

pub(super) fn router(app: &Arc<App>) -> OpenApiRouter<Arc<App>> {
    let limit = app.config.uploads.max_bytes.saturating_add(DRAINED_BYTES).saturating_add(FORM_BYTES);
    OpenApiRouter::new().routes(routes!(put)).layer(DefaultBodyLimit::max(limit))
}

/// Keeps a file.
#[utoipa::path(post, path = "/uploads", tag = "Uploads", request_body(content = UploadRequest, content_type = "multipart/form-data"), responses((status = 201, body = serde_json::Value), (status = 415, body = ErrorBody), Refusals))]
async fn put(State(app): State<Arc<App>>, caller: Caller, request: Request) -> Result<Response, Failure> {
    let config = &app.config.uploads;
    if config.max_bytes == 0 {
        return Err(Failure::not_found("uploads_disabled", "This gateway takes no files (ASSISTERS_MAX_UPLOAD_BYTES is 0)."));
    }
    app.upload_limiter.take(caller.owner()).map_err(Failure::rate_limited)?;
    let base = base_url(&app.config, request.headers());
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|n_bytes| n_bytes > config.max_bytes.saturating_add(DRAINED_BYTES)) {
        return Err(too_large(&app, "The file"));
    }
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|error| invalid(&format!("the body must be multipart/form-data: {}", error.body_text())))?;
    let (name, content) = file_of(&app, &mut form).await?;
    let found = media_type(&content, &name);
    if !is_allowed(&found, &config.types) {
        let message = format!("{name} is {found}. Allowed: {}.", config.types.join(", "));
        let failure = Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_file_type", message);
        return Err(failure.with_details(limits(&app)));
    }
    let id = identifier::random("file_").map_err(|error| internal(&error))?;
    let now = app.clock.now_secs();
    let upload = Upload {
        url: format!("{base}/v1{FOLDER}{id}/{}", segment(&name)),
        id,
        owner: caller.owner().to_owned(),
        name,
        media_type: found,
        n_bytes: content.len() as u64,
        expires_at_secs: now.saturating_add(config.lifetime_secs),
    };
    app.store.delete_uploads(now).await.map_err(|error| internal(&error))?;
    match app.store.put_upload(upload.clone(), content, config.storage_bytes).await {
        Ok(()) => {}
        Err(StoreError::Full) => {
            tracing::warn!("no room for another file; see ASSISTERS_UPLOAD_STORAGE_BYTES");
            let message = "There is no room for another file at the moment. Please try again later.";
            return Err(Failure::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", message).with_details(limits(&app)));
        }
        Err(error) => return Err(internal(&error)),
    }
    let body = json!({
        "id": upload.id,
        "file_id": upload.id,
        "url": upload.url,
        "name": upload.name,
        "mime_type": upload.media_type,
        "size": upload.n_bytes,
        "expires_at": format_rfc3339(upload.expires_at_secs),
    });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Returns the form's file, with its name.
async fn file_of(app: &App, form: &mut Multipart) -> Result<(String, Bytes), Failure> {
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(app, &error))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = safe_name(field.file_name().unwrap_or_default());
        let content = read(app, &name, field).await?;
        if content.is_empty() {
            return Err(invalid("the file is empty"));
        }
        return Ok((name, content));
    }
    Err(invalid("the field `file` is missing; send one file as multipart/form-data"))
}

/// Reads a file of at most the allowed size. Of a larger one so much is read that a browser that is still sending hears the answer.
async fn read(app: &App, name: &str, mut field: Field<'_>) -> Result<Bytes, Failure> {
    let limit = app.config.uploads.max_bytes;
    let mut content = Vec::new();
    let mut n_read = 0_usize;
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(app, &error))? {
        n_read = n_read.saturating_add(chunk.len());
        if n_read <= limit {
            content.extend_from_slice(&chunk);
        } else {
            content = Vec::new();
        }
    }
    if n_read > limit { Err(too_large(app, name)) } else { Ok(content.into()) }
}

fn unreadable(app: &App, error: &MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(app, "The file");
    }
    invalid(&format!("the form can not be read: {}", error.body_text()))
}

fn invalid(message: &str) -> Failure {
    Failure::invalid("file", message)
}

fn too_large(app: &App, name: &str) -> Failure {
    let message = format!("{name} is larger than {} bytes.", app.config.uploads.max_bytes);
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", message).with_details(limits(app))
}

fn limits(app: &App) -> serde_json::Value {
    json!({"max_bytes": app.config.uploads.max_bytes, "allowed_types": app.config.uploads.types})
}

/// Returns where this gateway is seen from outside.
fn base_url(config: &Config, headers: &HeaderMap) -> String {
    if let Some(origin) = &config.public_origin {
        return origin.to_string();
    }
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let proxy_s = text(HeaderName::from_static("x-forwarded-proto")).filter(|_| config.trusted_proxies > 0);
    let scheme = if proxy_s == Some("https") { "https" } else { "http" };
    format!("{scheme}://{}", text(header::HOST).unwrap_or_default())
}

/// Returns a file. It is always a download, and says nothing of who uploaded it.
pub(super) async fn read_file(
    State(app): State<Arc<App>>,
    Path((id, _name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let gone = || Failure::not_found("not_found", "This file is not here, or can not be read any more.");
    let upload = app.store.upload(&id).await.map_err(|error| internal(&error))?;
    let now = app.clock.now_secs();
    let upload = upload.filter(|upload| upload.expires_at_secs > now).ok_or_else(gone)?;
    let content = app.store.upload_content(&id).await.map_err(|error| internal(&error))?.ok_or_else(gone)?;
    let mut response = Response::new(content.into());
    let left_secs = upload.expires_at_secs - now;
    for (name, value) in [
        (header::CONTENT_TYPE, served_type(&upload.media_type).to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&upload.name)),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY.to_owned()),
        (header::CACHE_CONTROL, format!("private, max-age={left_secs}")),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
        (HeaderName::from_static("x-robots-tag"), "noindex".to_owned()),
    ] {
        response.headers_mut().insert(name, HeaderValue::try_from(value).map_err(|error| internal(&error))?);
    }
    Ok(response)
}

/// Names a download (RFC 6266): plainly for old programs, in full for all others.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii() && !c.is_ascii_control() && !"\"\\%".contains(c) { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", segment(name))
}
