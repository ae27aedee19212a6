//! Requests, answers and their streamed bodies. Dropping an [`Answer`] or a [`Body`] ends the request at the server too.

use std::future::Future;
use std::pin::Pin;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, RequestInit, Response};

use super::dom::{now_unix_secs, window};
use super::timer::sleep_secs;
use crate::protocol::{ApiError, ErrorKind, RateLimit, Request, ResponseHead, decode_error};

/// How long a body is left alone once all that came of it has been read: to wake up for each event of a fast stream costs more than to show it.
/// A hidden page's timers are slower, and it reads more at once.
pub(super) const PAUSE_SECS: f64 = 0.016;

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
    response: Response,
    abort: Abort,
}

/// Sends a request and waits for the head of a successful answer.
///
/// # Errors
/// [`ErrorKind::Network`] when nothing came back; the decoded error for any status that is no success.
pub async fn send(url: &str, request: &Request, headers: &[(String, String)]) -> Result<Answer, Box<ApiError>> {
    let abort = Abort(AbortController::new().ok());
    let init = describe(request, headers, &abort).map_err(|error| failed(ErrorKind::InvalidRequest, &error))?;
    let response = wait(window().fetch_with_str_and_init(url, &init)).await?.unchecked_into();
    let answer = Answer { response, abort };
    if answer.response.ok() { Ok(answer) } else { Err(Box::new(answer.into_error().await)) }
}

/// Describes a request as the browser wants it. Refused is what is no header.
fn describe(request: &Request, headers: &[(String, String)], abort: &Abort) -> Result<RequestInit, JsValue> {
    let sent = Headers::new()?;
    sent.set("Accept", request.accept())?;
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    if let Some(body) = &request.body {
        sent.set("Content-Type", "application/json")?;
        init.set_body(&body.as_str().into());
    }
    for (name, value) in headers {
        sent.set(name, value)?;
    }
    init.set_headers(&sent);
    if let Some(controller) = &abort.0 {
        init.set_signal(Some(&controller.signal()));
    }
    Ok(init)
}

/// Waits for a promise of the network's.
async fn wait(promise: Promise) -> Result<JsValue, Box<ApiError>> {
    JsFuture::from(promise).await.map_err(|error| failed(ErrorKind::Network, &error))
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
    pub async fn text(self) -> Result<String, Box<ApiError>> {
        let body = self.response.text().map_err(|error| failed(ErrorKind::Network, &error))?;
        Ok(wait(body).await?.as_string().unwrap_or_default())
    }

    /// Returns the body, to be read as it arrives.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when there is none.
    pub fn into_body(self) -> Result<Body, Box<ApiError>> {
        let stream = self.response.body().ok_or_else(|| failed(ErrorKind::Network, &JsValue::NULL))?;
        Ok(Box::new(Fetched { reader: stream.get_reader().unchecked_into(), is_drained: false, _abort: self.abort }))
    }

    fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name).ok()?
    }

    async fn into_error(self) -> ApiError {
        let now_unix_secs = now_unix_secs();
        let retry_after = self.header("retry-after");
        let rate_limit = RateLimit::read(&|name| self.header(name), now_unix_secs);
        let status = self.response.status();
        // A body that breaks off is as good as none: the status says enough.
        let body = self.text().await.unwrap_or_default();
        let head = ResponseHead { status, retry_after: retry_after.as_deref(), rate_limit, now_unix_secs };
        decode_error(head, &body)
    }
}

/// A body that is arriving.
pub type Body = Box<dyn Incoming>;

/// The next bytes of a body; `None` at its end.
pub type Chunk<'a> = Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, Box<ApiError>>> + 'a>>;

/// Bytes that arrive.
pub trait Incoming {
    /// Waits for the next bytes, and a moment for more to come with them; [`ErrorKind::Network`] when the connection breaks.
    fn next(&mut self) -> Chunk<'_>;
}

/// A body that was fetched.
struct Fetched {
    reader: ReadableStreamDefaultReader,
    /// Whether the last bytes had to be waited for: nothing was there after those before.
    is_drained: bool,
    _abort: Abort,
}

impl Incoming for Fetched {
    fn next(&mut self) -> Chunk<'_> {
        Box::pin(async move {
            if self.is_drained {
                sleep_secs(PAUSE_SECS).await;
            }
            let asked_at = now_unix_secs();
            let chunk = wait(self.reader.read()).await?;
            // What is there already comes within the same millisecond, in some browsers in as many pieces as it arrived in.
            self.is_drained = now_unix_secs() > asked_at;
            let value = js_sys::Reflect::get(&chunk, &"value".into()).unwrap_or_default();
            Ok(value.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec()))
        })
    }
}

/// Says that a stream has ended too early.
#[must_use]
pub fn cut_off() -> Box<ApiError> {
    Box::new(ApiError::new(ErrorKind::Network, "the stream ended before the answer was complete"))
}

/// Whether the browser knows that there is no connection.
#[must_use]
pub fn is_offline() -> bool {
    !window().navigator().on_line()
}

/// Describes what the browser threw. Boxed, as every error of a request: moving it whole at each `?` costs more code than the request.
fn failed(kind: ErrorKind, error: &JsValue) -> Box<ApiError> {
    Box::new(ApiError::new(kind, explain(error)))
}

fn explain(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "the connection broke".to_owned(), |error| error.message().into())
}
