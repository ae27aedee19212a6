//! Request bodies: bounded, JSON, and wrong in ways that the error names.

use std::pin::pin;
use std::sync::Arc;

use assisters_chat::protocol::{Attachment, User};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::app::App;
use crate::error::Failure;

/// A session's or message's id, an assistant's name, an idempotency key: no honest one is longer.
const NAME_LIMIT_CHARS: usize = 256;

/// So much more than allowed is read and thrown away: a browser that is still sending takes an early answer for a broken connection.
pub(crate) const DRAINED_BYTES: usize = 4 * 1024 * 1024;

/// The fields of a JSON body. Unknown ones are ignored, wrong types refused.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl FromRequest<Arc<App>> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let limit = app.config.max_body_bytes;
        let bytes = collect(request.into_body().into_data_stream(), limit).await;
        let bytes = bytes.map_err(|_| Failure::invalid("body", "the request body could not be read"))?;
        let bytes = bytes.ok_or_else(|| too_large(limit))?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Failure::invalid("body", "the request body must be a JSON object")),
            Err(error) => Err(Failure::invalid("body", format!("the request body is not JSON: {error}"))),
        }
    }
}

/// A JSON body of one type. Unknown fields are ignored; a missing or wrong one is named in the error. No body at all is an empty object.
#[derive(Clone, Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        let Fields(fields) = Fields::from_request(request, app).await?;
        serde_path_to_error::deserialize(Value::Object(fields)).map(Self).map_err(|error| wrong_field(&error))
    }
}

fn wrong_field(error: &serde_path_to_error::Error<serde_json::Error>) -> Failure {
    let (path, reason) = (error.path().to_string(), error.inner().to_string());
    let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match missing {
        Some(name) if path == "." => Failure::invalid(name.to_owned(), format!("`{name}` is missing")),
        Some(name) => Failure::invalid(format!("{path}.{name}"), format!("`{path}.{name}` is missing")),
        None => Failure::invalid(path.clone(), format!("`{path}` is wrong: {reason}")),
    }
}

/// Reads a stream of at most `limit` bytes; none for a longer one, of which so much is read that a browser that is still sending hears the answer.
pub(crate) async fn collect<E>(stream: impl Stream<Item = Result<Bytes, E>>, limit: usize) -> Result<Option<Vec<u8>>, E> {
    let mut stream = pin!(stream);
    let mut bytes = Vec::new();
    let mut n_read = 0_usize;
    while let Some(chunk) = stream.next().await.transpose()? {
        n_read = n_read.saturating_add(chunk.len());
        if n_read <= limit {
            bytes.extend_from_slice(&chunk);
        } else if n_read > limit.saturating_add(DRAINED_BYTES) {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    Ok((n_read <= limit).then_some(bytes))
}

fn too_large(limit: usize) -> Failure {
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", format!("The request body is larger than {limit} bytes."))
}

impl Fields {
    /// Returns a text that must be there and say something.
    pub(crate) fn required_text(&self, name: &'static str) -> Result<String, Failure> {
        let text = self.text(name)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| Failure::invalid(name, format!("`{name}` is missing; it must be a non-empty string")))
    }

    /// Returns a text that may be left out or null.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Failure::invalid(name, format!("`{name}` must be a string"))),
        }
    }

    /// Returns the id or name of something.
    pub(crate) fn name(&self, name: &'static str) -> Result<Option<String>, Failure> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.map(|text| check_name(name, &text).map(|()| text)).transpose()
    }

    /// Returns an object that may be left out or null.
    pub(crate) fn object(&self, name: &'static str) -> Result<Value, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Value::Null),
            Some(object @ Value::Object(_)) => Ok(object.clone()),
            Some(_) => Err(Failure::invalid(name, format!("`{name}` must be an object"))),
        }
    }

    /// Returns a list that may be left out or null.
    pub(crate) fn list(&self, name: &'static str) -> Result<&[Value], Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(entries)) => Ok(entries),
            Some(_) => Err(Failure::invalid(name, format!("`{name}` must be a list"))),
        }
    }

    /// Returns a flag that may be left out or null, for no.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Failure::invalid(name, format!("`{name}` must be true or false"))),
        }
    }

    /// Returns the field `attachments`: `{type: "file", file_id}` or `{type: "url", mimeType, url}`.
    pub(crate) fn attachments(&self) -> Result<Vec<Attachment>, Failure> {
        let read = |entry: &Value| {
            let text = |name| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
            match text("type")?.as_str() {
                "file" => Some(Attachment::File { id: text("file_id")? }),
                "url" => Some(Attachment::Url { url: text("url")?, mime_type: text("mimeType").unwrap_or_else(any_type) }),
                _ => None,
            }
        };
        let entries = self.list("attachments")?.iter().map(read).collect::<Option<Vec<_>>>();
        entries.ok_or_else(|| {
            let shapes = "{type: \"file\", file_id} or {type: \"url\", mimeType, url}";
            Failure::invalid("attachments", format!("`attachments` must be a list of {shapes}"))
        })
    }

    /// Returns who is asking, from the field `user`.
    pub(crate) fn user(&self) -> Result<User, Failure> {
        let Value::Object(fields) = self.object("user")? else { return Ok(User::default()) };
        let fields = Self(fields);
        Ok(User { id: fields.text("id")?, name: fields.text("name")?, email: fields.text("email")? })
    }
}

/// Returns the media type of something that did not say.
pub(crate) fn any_type() -> String {
    "application/octet-stream".to_owned()
}

/// Checks an id that came from outside: it is a key of the store, and shown in logs.
pub(crate) fn check_name(param: &'static str, text: &str) -> Result<(), Failure> {
    if text.is_empty() || text.chars().count() > NAME_LIMIT_CHARS || text.chars().any(char::is_control) {
        return Err(Failure::invalid(
            param,
            format!("`{param}` must have 1 to {NAME_LIMIT_CHARS} characters, none of them a control character"),
        ));
    }
    Ok(())
}

/// Returns the request's `Idempotency-Key`.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().map_err(|_| Failure::invalid("Idempotency-Key", "the Idempotency-Key must be plain text"))?;
    check_name("Idempotency-Key", text)?;
    Ok(Some(text.to_owned()))
}
