//! An upstream's answer on its way: decoded as it comes and never held back; dropping it closes the connection. And its errors, as
//! the page may see them.

use std::collections::VecDeque;

use assisters_chat::protocol::{AnswerDecoder, ApiError, ErrorKind, Event};

use crate::secret::Secret;

/// No error or card is larger.
const DOCUMENT_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// An answer on its way.
pub(super) struct Reading {
    /// Gone when the answer is over.
    pub(super) response: Option<reqwest::Response>,
    pub(super) decoder: AnswerDecoder,
    pub(super) key: Option<Secret>,
    pub(super) events: VecDeque<Event>,
}

impl Reading {
    /// Returns the next event.
    pub(super) async fn next(mut self) -> Option<(Event, Self)> {
        loop {
            if let Some(event) = self.events.pop_front() {
                if event.is_end() {
                    self.response = None;
                    self.events.clear();
                }
                return Some((event, self));
            }
            match self.response.as_mut()?.chunk().await {
                Ok(Some(bytes)) => self.decode(Some(&bytes)),
                Ok(None) => {
                    self.response = None;
                    self.decode(None);
                }
                Err(error) => {
                    self.response = None;
                    self.events.push_back(Event::Failed(unreachable_error(&error)));
                }
            }
        }
    }

    /// Decodes the next bytes, or the end.
    fn decode(&mut self, bytes: Option<&[u8]>) {
        let Self { decoder, key, events, .. } = self;
        let mut on_event = |decoded: Result<Event, ApiError>| match decoded {
            Ok(Event::Failed(error)) => events.push_back(Event::Failed(presentable(error, key.as_ref()))),
            Ok(event) => events.push_back(event),
            Err(error) => {
                let error = redact(key.as_ref(), &error.message);
                tracing::warn!(error, "the upstream sent a frame that can not be read; it is skipped");
            }
        };
        match bytes {
            Some(bytes) => decoder.push(bytes, &mut on_event),
            None => decoder.finish(&mut on_event),
        }
    }
}

/// Reads a document that is not larger than it can sensibly be.
pub(super) async fn text(mut response: reqwest::Response) -> Result<String, ApiError> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(|error| unreachable_error(&error))? {
        if body.len() + bytes.len() > DOCUMENT_LIMIT_BYTES {
            return Err(ApiError::malformed("the upstream's answer is too large"));
        }
        body.extend_from_slice(&bytes);
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

pub(super) fn unreachable_error(error: &reqwest::Error) -> ApiError {
    // The error's own words may name hosts inside the owner's network: they go to the log only.
    tracing::warn!(error = ?error, "the upstream failed");
    if error.is_timeout() {
        ApiError::new(ErrorKind::Timeout, "The assistant did not answer in time.")
    } else if error.is_connect() {
        ApiError::new(ErrorKind::Network, "The assistant can not be reached at the moment.")
    } else {
        ApiError::new(ErrorKind::Network, "The connection to the assistant broke.")
    }
}

/// Returns the error as the page may see it.
///
/// A 401 or 403 of the upstream is about the gateway's key, not about the visitor's token: a page that took it for the latter
/// would ask for new tokens for ever. Its message may quote the key.
pub(super) fn presentable(error: ApiError, key: Option<&Secret>) -> ApiError {
    let message = redact(key, &error.message);
    match error.kind {
        ErrorKind::Unauthorized | ErrorKind::Forbidden => {
            tracing::error!(
                status = error.status,
                code = error.code,
                "the upstream refused the gateway's key; check ASSISTERS_API_KEY"
            );
            ApiError {
                kind: ErrorKind::Server,
                code: Some("upstream_unauthorized".to_owned()),
                status: Some(502),
                retry_after_secs: None,
                message: "The assistant's service did not accept this site's access. The site's owner can find the cause in the gateway's log."
                    .to_owned(),
            }
        }
        _ => ApiError { message, code: error.code.map(|code| canonical(&redact(key, &code))), ..error },
    }
}

/// Returns a code as most documents spell it, so that every page dialect can tell it in its own way.
fn canonical(code: &str) -> String {
    match code {
        "RATE_LIMITED" => "rate_limit_exceeded".to_owned(),
        _ => code.to_ascii_lowercase(),
    }
}

fn redact(key: Option<&Secret>, text: &str) -> String {
    key.map_or_else(|| text.to_owned(), |key| key.redact(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_error_never_quotes_the_key() {
        let key: Secret = "sk-live-1234".parse().unwrap();
        for (kind, status) in [(ErrorKind::Unauthorized, 401), (ErrorKind::Forbidden, 403), (ErrorKind::Server, 500)] {
            let error = ApiError {
                kind,
                code: Some("bad sk-live-1234".into()),
                status: Some(status),
                retry_after_secs: None,
                message: "key sk-live-1234 is wrong".into(),
            };
            assert!(!format!("{:?}", presentable(error, Some(&key))).contains("1234"), "{kind:?}");
        }
    }
}
