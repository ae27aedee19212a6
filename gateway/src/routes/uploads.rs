//! `POST /v1/uploads`: a file that a visitor attaches, as the field `file` of a form. `GET /v1/uploads/{id}/{name}`: the same file, for whoever has
//! the address; for a while, and never as something that a browser would run. `DELETE /v1/uploads/{id}`: forgets it, for whoever has uploaded it.
//!
//! Errors: 400 `invalid_request` (no form, no file, an empty one), 413 `file_too_large`, 415 `unsupported_file_type`, 429 `rate_limit_exceeded`,
//! 507 `storage_full`, 404 `uploads_disabled`; `error.details` holds `{max_bytes, allowed_types}`.

use std::sync::Arc;

use assisters_chat::protocol::{format_rfc3339, segment};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::form::Form;
use super::sessions::internal;
use crate::access::Caller;
use crate::app::App;
use crate::error::Failure;
use crate::extract::Path;
use crate::openapi::answers::Deleted;
use crate::openapi::requests::UploadRequest;
use crate::openapi::{ErrorBody, Refusals};
use crate::store::{StoreError, Upload};
use crate::upload::{FOLDER, is_allowed, media_type, served_type};
use crate::{config::Config, identifier};

/// A browser runs nothing of such a document, wherever it is shown.
const FILE_POLICY: &str = "sandbox; default-src 'none'";

/// Keeps a file.
#[utoipa::path(post, path = "/uploads", tag = "Uploads", request_body(content = UploadRequest, content_type = "multipart/form-data"), responses((status = 201, body = serde_json::Value), (status = 415, body = ErrorBody), Refusals))]
pub(super) async fn put(State(app): State<Arc<App>>, caller: Caller, request: Request) -> Result<Response, Failure> {
    let config = &app.config.uploads;
    if config.max_bytes == 0 {
        return Err(Failure::not_found("uploads_disabled", "This gateway takes no files (ASSISTERS_MAX_UPLOAD_BYTES is 0)."));
    }
    app.upload_limiter.take(caller.owner()).map_err(Failure::rate_limited)?;
    let base = base_url(&app.config, request.headers());
    let Form { name, content, .. } = Form::read(request, &[], config.max_bytes, |name| too_large(&app, name)).await?;
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
    match app.store.put_upload(upload.clone(), content, now, config.storage_bytes).await {
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

/// Forgets a file of the caller's own: they have thought better of it.
#[utoipa::path(delete, path = "/uploads/{id}", tag = "Uploads", params(("id" = String, Path)), responses((status = 200, body = Deleted), Refusals))]
pub(super) async fn delete(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    // The same for one that never was and for somebody else's: nobody learns which ids there are.
    match app.store.delete_upload(&id, caller.owner()).await.map_err(|error| internal(&error))? {
        true => Ok(Json(json!({"id": id, "deleted": true}))),
        false => Err(Failure::not_found("not_found", "There is no such file of yours.")),
    }
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
