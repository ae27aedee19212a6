//! Requests, answers and their streamed bodies. Dropping an [`Answer`] or a [`Body`] ends the request at the server too.

use gloo_net::http::{Method as HttpMethod, RequestBuilder};
use js_sys::Uint8Array;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader};

use super::dom::{now_unix_secs, window};
use crate::protocol::{ApiError, ErrorKind, Method, Request, ResponseHead, decode_error};

/// Ends the request it belongs to when it is dropped.
struct Abort(Option<AbortController>);

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// An answer whose head has come.
pub struct Answer {
    response: gloo_net::http::Response,
    abort: Abort,
}

/// Sends a request and waits for the head of a successful answer.
///
/// # Errors
/// [`ErrorKind::Network`] when nothing came back; the decoded error for any status that is no success.
pub async fn send(url: &str, request: &Request, headers: &[(String, String)]) -> Result<Answer, ApiError> {
    let abort = Abort(AbortController::new().ok());
    let method = match request.method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
        Method::Delete => HttpMethod::DELETE,
    };
    let signal = abort.0.as_ref().map(AbortController::signal);
    let mut builder = RequestBuilder::new(url).method(method).abort_signal(signal.as_ref()).header("Accept", request.accept());
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let sent = match &request.body {
        Some(body) => builder.header("Content-Type", "application/json").body(body.to_string()),
        None => builder.build(),
    };
    let response = match sent {
        Ok(request) => request.send().await.map_err(|error| network_error(&error))?,
        Err(error) => return Err(ApiError::new(ErrorKind::InvalidRequest, error.to_string())),
    };
    let answer = Answer { response, abort };
    if answer.response.ok() { Ok(answer) } else { Err(answer.into_error().await) }
}

impl Answer {
    /// Whether the body is an event stream; otherwise it is one JSON document.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.header("content-type").is_some_and(|value| value.starts_with("text/event-stream"))
    }

    /// Waits for the whole body.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the connection breaks before its end.
    pub async fn text(self) -> Result<String, ApiError> {
        self.response.text().await.map_err(|error| network_error(&error))
    }

    /// Returns the body, to be read as it arrives.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when there is none.
    pub fn into_body(self) -> Result<Body, ApiError> {
        let stream = self.response.body().ok_or_else(|| ApiError::new(ErrorKind::Network, "the answer has no body"))?;
        Ok(Body { reader: stream.get_reader().unchecked_into(), _abort: self.abort })
    }

    fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name)
    }

    async fn into_error(self) -> ApiError {
        let (retry_after, reset) = (self.header("retry-after"), self.header("x-ratelimit-reset"));
        let status = self.response.status();
        // A body that breaks off is as good as none: the status says enough.
        let body = self.text().await.unwrap_or_default();
        let head = ResponseHead {
            status,
            retry_after: retry_after.as_deref(),
            rate_limit_reset: reset.as_deref(),
            now_unix_secs: now_unix_secs(),
        };
        decode_error(head, &body)
    }
}

/// A body that is arriving.
pub struct Body {
    reader: ReadableStreamDefaultReader,
    _abort: Abort,
}

impl Body {
    /// Waits for the next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the connection breaks.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        let read = JsFuture::from(self.reader.read()).await;
        let chunk = read.map_err(|error| ApiError::new(ErrorKind::Network, describe(&error)))?;
        let value = js_sys::Reflect::get(&chunk, &"value".into()).unwrap_or_default();
        Ok(value.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec()))
    }
}

/// Whether the browser knows that there is no connection.
#[must_use]
pub fn is_offline() -> bool {
    !window().navigator().on_line()
}

fn network_error(error: &gloo_net::Error) -> ApiError {
    ApiError::new(ErrorKind::Network, error.to_string())
}

fn describe(error: &wasm_bindgen::JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "the connection broke".to_owned(), |error| error.message().into())
}
