//! One error type for everything a server or the way to it can get wrong.

use super::date::{parse_http_date, parse_rfc3339};
use super::json::{self, Object, Value, number, text, unsigned};
use super::rate_limit::{RateLimit, seconds};

/// What went wrong with a request, decided once from status, code and body.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct ApiError {
    /// What to do about it.
    pub kind: ErrorKind,
    /// The code as sent.
    pub code: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// Seconds to wait before a retry, where the server says so.
    pub retry_after_secs: Option<f64>,
    /// The message as sent, or our own words where there is none. For the owner, not for the visitor.
    pub message: String,
}

/// The kinds of failure that are handled differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The key or token is missing, wrong or expired (401).
    Unauthorized,
    /// Not allowed, for instance from this origin (403).
    Forbidden,
    /// The account can not pay (402).
    Payment,
    /// No such assistant, conversation or route (404, 405, 410).
    NotFound,
    /// Too many requests (429).
    RateLimited,
    /// The request is wrong, too large or refused (other 4xx).
    InvalidRequest,
    /// The server failed (5xx).
    Server,
    /// The server could not be reached, or the connection broke.
    Network,
    /// No answer in time (408, 504, or our own patience).
    Timeout,
    /// The answer is not what the dialect says.
    Malformed,
}

impl ErrorKind {
    /// Returns the kind's name in `error` events and in the console.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Payment => "payment",
            Self::NotFound => "not-found",
            Self::RateLimited => "rate-limited",
            Self::InvalidRequest => "invalid-request",
            Self::Server => "server",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
        }
    }

    fn from_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            402 => Self::Payment,
            403 => Self::Forbidden,
            404 | 405 | 410 => Self::NotFound,
            408 | 504 => Self::Timeout,
            429 => Self::RateLimited,
            400..=499 => Self::InvalidRequest,
            500.. => Self::Server,
            _ => Self::Malformed,
        }
    }

    /// Decides from the documents' codes, for errors that come without a status: inside a stream.
    fn from_code(code: &str) -> Self {
        // One document spells its codes in upper case.
        match code.to_ascii_lowercase().as_str() {
            "invalid_api_key" | "authentication_error" => Self::Unauthorized,
            "insufficient_funds" | "insufficient_quota" | "tokens_exhausted_error" => Self::Payment,
            "insufficient_permissions" | "origin_not_allowed" | "permission_error" => Self::Forbidden,
            "rate_limit_exceeded" | "rate_limited" | "rate_limit_error" => Self::RateLimited,
            "assistant_not_found" | "not_found" | "not_found_error" => Self::NotFound,
            "invalid_request"
            | "invalid_request_error"
            | "validation_error"
            | "invalid_model"
            | "invalid_provider"
            | "content_policy_error"
            | "context_length_exceeded" => Self::InvalidRequest,
            _ => Self::Server,
        }
    }
}

/// What of a response's head decides an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResponseHead<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header: seconds or an HTTP date.
    pub retry_after: Option<&'a str>,
    /// What the `X-RateLimit-*` headers say.
    pub rate_limit: RateLimit,
    /// Now, in seconds since 1970.
    pub now_unix_secs: f64,
}

/// Decodes a response that is not a success. Any body will do: JSON in any dialect's shape, HTML from a proxy, nothing.
#[must_use]
pub fn decode_error(head: ResponseHead<'_>, body: &str) -> ApiError {
    let value = json::parse(body).unwrap_or_default();
    let mut error = ApiError::in_body(&value).unwrap_or_else(|| {
        // Some servers tell code and message without an `error` around them.
        let message = text(&value, "message").unwrap_or_else(|| "the server gave no explanation".to_owned());
        ApiError { code: text(&value, "code"), ..ApiError::new(ErrorKind::Server, message) }
    });
    error.kind = match error.code.as_deref() {
        // The gateway's own key was refused: its owner must mend that, no wait and no visitor's token can.
        Some("upstream_unauthorized") => ErrorKind::Forbidden,
        // An account that has used up what was paid for answers with any status.
        Some(code) if ErrorKind::from_code(code) == ErrorKind::Payment => ErrorKind::Payment,
        // Informer has no code for it.
        _ if head.status == 403 && error.message.contains("budget") => ErrorKind::Payment,
        _ => ErrorKind::from_status(head.status),
    };
    error.status = Some(head.status);
    let details = value.get("error").and_then(|inner| inner.get("details"));
    error.retry_after_secs = head
        .retry_after
        .and_then(|header| seconds(header).or_else(|| Some(parse_http_date(header.trim())? - head.now_unix_secs)))
        .or_else(|| number(details?, "retry_after"))
        .or_else(|| Some(parse_rfc3339(&text(details?, "reset_at")?)? - head.now_unix_secs))
        .or_else(|| head.rate_limit.reset_in_secs.filter(|_| head.status == 429))
        .filter(|secs| secs.is_finite())
        .map(|secs: f64| secs.max(0.0));
    error
}

impl ApiError {
    /// Makes an error of our own.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, status: None, retry_after_secs: None, message: message.into() }
    }

    /// Makes an error for an answer that is not what the dialect says.
    #[must_use]
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    /// Makes the error for an answer that was cut off because the page was left.
    #[must_use]
    pub fn left() -> Self {
        Self::new(ErrorKind::Network, "the page was left before the answer was complete")
    }

    /// Parses a JSON document that must be an object or an array.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with the text's first characters.
    pub fn parse_json(body: &str) -> Result<Value, Self> {
        const SHOWN_CHARS: usize = 60;
        match json::parse(body) {
            Ok(value) if value.is_object() || value.is_array() => Ok(value),
            Ok(_) | Err(json::SyntaxError) => {
                let shown: String = body.chars().take(SHOWN_CHARS).collect();
                Err(Self::malformed(["expected a JSON object, got: ", &shown].concat()))
            }
        }
    }

    /// Finds `{"error": {code, message, …}}`, or `{"error": "…"}`, in a body or a frame.
    #[must_use]
    pub fn in_body(body: &Value) -> Option<Self> {
        let inner = body.get("error").filter(|inner| !inner.is_null())?;
        let code = text(inner, "code").or_else(|| text(inner, "type")).or_else(|| text(body, "code"));
        let message = text(inner, "message")
            // Where `error` is a word, what follows may be a sentence.
            .or_else(|| inner.as_str().map(|word| text(body, "message").unwrap_or_else(|| word.to_owned())))
            .unwrap_or_else(|| "the server gave no reason".to_owned());
        Some(Self {
            kind: code.as_deref().map_or(ErrorKind::Server, ErrorKind::from_code),
            status: unsigned(inner, "status").and_then(|status| u16::try_from(status).ok()),
            retry_after_secs: inner.get("details").and_then(|details| number(details, "retry_after")),
            code,
            message,
        })
    }

    /// Writes the error in the union of the dialects' shapes: `{"error": {code, message, status, type, details?}}`.
    pub(super) fn write(&self, body: Object) -> Object {
        let details = self.retry_after_secs.map(|secs| Object::new().number("retry_after", Some(secs)).finish());
        let inner = Object::new()
            .text("code", self.code.as_deref().unwrap_or("server_error"))
            .text("message", &self.message)
            .text("type", self.kind.as_str())
            .number("status", self.status.map(f64::from))
            .maybe_raw("details", details.as_deref());
        body.raw("error", &inner.finish())
    }

    /// Whether sending the same again may help, as long as nothing of an answer has come.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.kind {
            ErrorKind::RateLimited | ErrorKind::Server | ErrorKind::Network | ErrorKind::Timeout => true,
            ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::Payment
            | ErrorKind::NotFound
            | ErrorKind::InvalidRequest
            | ErrorKind::Malformed => false,
        }
    }

    /// Returns kind, status, code and message in one line, for the owner.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut line = self.kind.as_str().to_owned();
        if let Some(status) = self.status {
            line.push(' ');
            line.push_str(&status.to_string());
        }
        if let Some(code) = &self.code {
            line.push(' ');
            line.push_str(code);
        }
        line.push_str(": ");
        line.push_str(&self.message);
        line
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    const NOW: f64 = 1_769_610_600.0;

    #[test]
    fn every_documented_error() {
        let kinds = [
            (400, "invalid_request", ErrorKind::InvalidRequest),
            (401, "invalid_api_key", ErrorKind::Unauthorized),
            (402, "insufficient_funds", ErrorKind::Payment),
            (403, "insufficient_permissions", ErrorKind::Forbidden),
            (404, "assistant_not_found", ErrorKind::NotFound),
            (404, "not_found", ErrorKind::NotFound),
            (429, "rate_limit_exceeded", ErrorKind::RateLimited),
            (500, "server_error", ErrorKind::Server),
            (500, "internal_error", ErrorKind::Server),
            (400, "invalid_request_error", ErrorKind::InvalidRequest),
            (404, "ASSISTANT_NOT_FOUND", ErrorKind::NotFound),
            (400, "INVALID_MODEL", ErrorKind::InvalidRequest),
            (400, "INVALID_PROVIDER", ErrorKind::InvalidRequest),
            (429, "RATE_LIMITED", ErrorKind::RateLimited),
            (403, "origin_not_allowed", ErrorKind::Forbidden),
            (429, "tokens_exhausted_error", ErrorKind::Payment),
            (400, "content_policy_error", ErrorKind::InvalidRequest),
            (400, "context_length_exceeded", ErrorKind::InvalidRequest),
        ];
        for (status, code, kind) in kinds {
            let body = json!({"error": {"code": code, "message": "why", "status": status}});
            let head = ResponseHead { status, now_unix_secs: NOW, ..ResponseHead::default() };
            let error = decode_error(head, &body.to_string());
            assert_eq!((error.kind, error.code.as_deref(), error.status), (kind, Some(code), Some(status)));
            assert_eq!(
                ApiError::in_body(&json::parse(&body.to_string()).unwrap()).map(|error| error.kind),
                Some(kind),
                "the same inside a stream: {code}"
            );
        }
    }

    #[test]
    fn any_body_will_do() {
        for body in
            ["", "<html>502 Bad Gateway</html>", "[]", "null", r#"{"error":null}"#, r#"{"error":{}}"#, r#"{"error":"plain"}"#]
        {
            let error = decode_error(ResponseHead { status: 502, ..ResponseHead::default() }, body);
            assert_eq!((error.kind, error.status), (ErrorKind::Server, Some(502)), "{body}");
            assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn how_long_to_wait() {
        let details =
            |details: serde_json::Value| json!({"error": {"code": "rate_limit_exceeded", "details": details}}).to_string();
        let none = String::new();
        for (retry_after, reset, body, expected) in [
            (Some("60"), None, none.clone(), Some(60.0)),
            (Some("Wed, 28 Jan 2026 14:30:30 GMT"), None, none.clone(), Some(30.0)),
            (Some("Wed, 28 Jan 2026 14:00:00 GMT"), None, none.clone(), Some(0.0)),
            (Some("soon"), None, none.clone(), None),
            (None, Some("1769610645"), none.clone(), Some(45.0)),
            (None, Some("30"), none.clone(), Some(30.0)),
            (None, None, details(json!({"retry_after": 12})), Some(12.0)),
            (None, None, details(json!({"reset_at": "2026-01-28T14:31:00Z"})), Some(60.0)),
            (None, None, none, None),
        ] {
            let header = |name: &str| reset.filter(|_| name == "x-ratelimit-reset").map(str::to_owned);
            let head = ResponseHead { status: 429, retry_after, rate_limit: RateLimit::read(&header, NOW), now_unix_secs: NOW };
            assert_eq!(decode_error(head, &body).retry_after_secs, expected, "{retry_after:?} {reset:?} {body}");
        }
    }

    #[test]
    fn errors_in_the_shapes_of_servers_without_a_table() {
        for (status, body, kind, code, message) in [
            (
                403,
                r#"{"statusCode":403,"error":"Forbidden","message":"AI budget used up"}"#,
                ErrorKind::Payment,
                None,
                "AI budget used up",
            ),
            (403, r#"{"statusCode":403,"error":"Forbidden","message":"no seat"}"#, ErrorKind::Forbidden, None, "no seat"),
            (404, r#"{"code":"ASSISTANT_NOT_FOUND","message":"gone"}"#, ErrorKind::NotFound, Some("ASSISTANT_NOT_FOUND"), "gone"),
            (
                429,
                r#"{"error":{"message":"no quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
                ErrorKind::Payment,
                Some("insufficient_quota"),
                "no quota",
            ),
            (
                400,
                r#"{"error":{"message":"Assistant name is required","type":"validation_error","param":"name","code":"invalid_request_error"}}"#,
                ErrorKind::InvalidRequest,
                Some("invalid_request_error"),
                "Assistant name is required",
            ),
        ] {
            let error = decode_error(ResponseHead { status, now_unix_secs: NOW, ..ResponseHead::default() }, body);
            assert_eq!((error.kind, error.code.as_deref(), error.message.as_str()), (kind, code, message), "{body}");
        }
    }

    #[test]
    fn an_encoded_error_decodes_to_itself() {
        let error = ApiError {
            kind: ErrorKind::RateLimited,
            code: Some("rate_limit_exceeded".into()),
            status: Some(429),
            retry_after_secs: Some(7.0),
            message: "slow down".into(),
        };
        assert_eq!(ApiError::in_body(&json::parse(&error.write(Object::new()).finish()).unwrap()), Some(error));
    }
}
