//! Failures as the page sees them: the union of the dialects' error bodies, with the headers that go with it.

use std::borrow::Cow;

use assisters_chat::protocol::{ApiError, Dialect, ErrorKind, format_rfc3339};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::limit::Exceeded;
use crate::store::StoreError;

/// A request that failed: what the page is told. Holds nothing secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    status: StatusCode,
    code: String,
    message: String,
    param: Option<Cow<'static, str>>,
    /// Boxed: a failure is moved through every route.
    details: Option<Box<Value>>,
    retry_after_secs: Option<u64>,
}

impl Failure {
    /// Makes a failure with one of the documents' codes.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), param: None, details: None, retry_after_secs: None }
    }

    /// 400: the request is wrong; `param` names the field.
    #[must_use]
    pub fn invalid(param: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..Self::new(StatusCode::BAD_REQUEST, "invalid_request", message) }
    }

    /// 401: no key or token, or a wrong or expired one.
    #[must_use]
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_api_key", message)
    }

    /// 403: the page's origin may not chat.
    #[must_use]
    pub fn origin_not_allowed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "origin_not_allowed", message)
    }

    /// 404: no such thing.
    #[must_use]
    pub fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// 500: our own fault. The cause is for the log, which the caller writes.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The gateway failed; its log says why.")
    }

    /// 507: there is no room.
    #[must_use]
    pub fn storage_full(message: &str) -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", message)
    }

    /// 429: too many requests.
    #[must_use]
    pub fn rate_limited(exceeded: Exceeded) -> Self {
        let Exceeded { standing, retry_after_secs } = exceeded;
        Self {
            details: Some(Box::new(json!({
                "limit": standing.limit,
                "remaining": standing.remaining,
                "reset_at": format_rfc3339(standing.reset_at_secs),
                "retry_after": retry_after_secs,
            }))),
            retry_after_secs: Some(retry_after_secs),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                format!("Rate limit exceeded. Please retry after {retry_after_secs} seconds."),
            )
        }
    }

    /// Gives a code that says more than the status does.
    #[must_use]
    pub(crate) fn with_code(self, code: &str) -> Self {
        Self { code: code.to_owned(), ..self }
    }

    /// Adds what a program may want to know.
    #[must_use]
    pub(crate) fn with_details(self, details: Value) -> Self {
        Self { details: Some(Box::new(details)), ..self }
    }

    /// Returns the failure with its code as a dialect's document spells it.
    #[must_use]
    pub(crate) fn in_words_of(mut self, dialect: Dialect) -> Self {
        self.code = match (dialect, self.code.as_str()) {
            (Dialect::Execute, "rate_limit_exceeded") => "RATE_LIMITED".to_owned(),
            // Who may come in at all is asked before anything of the dialect is.
            (Dialect::Execute, code @ ("invalid_api_key" | "origin_not_allowed" | "insufficient_permissions")) => code.to_owned(),
            (Dialect::Execute, code) => code.to_ascii_uppercase(),
            (Dialect::Threads, "invalid_request") => "invalid_request_error".to_owned(),
            (_, code) => code.to_owned(),
        };
        self
    }

    /// The body, in the union of the dialects' shapes.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "status": self.status.as_u16(),
            "type": type_of(self.status),
        });
        if let Some(param) = &self.param {
            error["param"] = json!(param);
        }
        if let Some(details) = &self.details {
            error["details"] = (**details).clone();
        }
        json!({ "error": error })
    }
}

/// The documents' `type` of an error, which follows from its status.
fn type_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "authentication_error",
        402 => "payment_error",
        403 => "permission_error",
        404 | 405 | 410 => "not_found_error",
        408 | 504 => "timeout_error",
        429 => "rate_limit_error",
        400..=499 => "validation_error",
        _ => "server_error",
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        if let Some(secs) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // For whoever can tell it better.
        response.extensions_mut().insert(self);
        response
    }
}

/// A failure of the store: the log has the cause.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request failed");
        if error.is_disk_full() { Self::storage_full("The gateway's disk is full.") } else { Self::internal() }
    }
}

/// An upstream's error, as it is passed on: code, message, status and wait as they came.
impl From<&ApiError> for Failure {
    fn from(error: &ApiError) -> Self {
        let sent = error.status.and_then(|status| StatusCode::from_u16(status).ok());
        let (status, code) = match error.kind {
            ErrorKind::Unauthorized => (StatusCode::UNAUTHORIZED, "invalid_api_key"),
            ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "insufficient_permissions"),
            ErrorKind::Payment => (StatusCode::PAYMENT_REQUIRED, "insufficient_funds"),
            ErrorKind::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            ErrorKind::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded"),
            ErrorKind::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request"),
            ErrorKind::Network | ErrorKind::Malformed => (StatusCode::BAD_GATEWAY, "upstream_unreachable"),
            ErrorKind::Timeout => (StatusCode::GATEWAY_TIMEOUT, "upstream_timeout"),
            // `ErrorKind` is open: a kind of a later version is a failure of the server until this table knows it.
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
        };
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a wait in seconds: negative and huge ones saturate"
        )]
        let retry_after_secs = error.retry_after_secs.map(|secs| secs.ceil() as u64);
        Self {
            status: sent.filter(|status| status.is_client_error() || status.is_server_error()).unwrap_or(status),
            code: error.code.clone().unwrap_or_else(|| code.to_owned()),
            message: error.message.clone(),
            param: None,
            details: retry_after_secs.map(|secs| Box::new(json!({"retry_after": secs}))),
            retry_after_secs,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;
    use crate::limit::Standing;

    #[test]
    fn a_rate_limit_says_how_long_in_every_way() {
        let standing = Standing { limit: 100, remaining: 0, reset_at_secs: 1_769_610_600 };
        let failure = Failure::rate_limited(Exceeded { standing, retry_after_secs: 60 });
        assert_eq!(
            failure.body(),
            json!({"error": {
                "code": "rate_limit_exceeded",
                "message": "Rate limit exceeded. Please retry after 60 seconds.",
                "status": 429,
                "type": "rate_limit_error",
                "details": {"limit": 100, "remaining": 0, "reset_at": "2026-01-28T14:30:00Z", "retry_after": 60},
            }})
        );
        assert_eq!(failure.into_response().headers()["retry-after"], "60");
    }

    #[test]
    fn an_upstream_error_keeps_its_words() {
        let error = ApiError {
            kind: ErrorKind::Payment,
            code: Some("insufficient_funds".into()),
            status: Some(402),
            retry_after_secs: None,
            message: "Wallet balance too low".into(),
        };
        let expected = json!({"error": {"code": "insufficient_funds", "message": "Wallet balance too low", "status": 402, "type": "payment_error"}});
        assert_eq!(Failure::from(&error).body(), expected);
    }

    #[test]
    fn an_error_without_a_status_gets_one() {
        for (kind, status) in
            [(ErrorKind::Network, 502), (ErrorKind::Timeout, 504), (ErrorKind::Malformed, 502), (ErrorKind::Server, 500)]
        {
            assert_eq!(Failure::from(&ApiError::new(kind, "why")).status.as_u16(), status, "{kind:?}");
        }
    }
}
