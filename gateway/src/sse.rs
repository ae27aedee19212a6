//! An answer as server-sent events: encoded as it comes, never held back, kept alive through silence.

use std::time::Duration;

use assisters_chat::protocol::{Dialect, Event, Source};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream;

use crate::answer::Reader;

/// Proxies close what is silent for longer.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An answer on its way to a page.
struct Writing {
    reader: Reader,
    dialect: Dialect,
    sources: Vec<Source>,
}

/// Returns the response that streams an answer in a dialect's frames. Dropping its body stops reading the answer.
pub(crate) fn stream_response(reader: Reader, dialect: Dialect) -> Response {
    let writing = Writing { reader, dialect, sources: Vec::new() };
    let mut response = Response::new(Body::from_stream(stream::unfold(writing, Writing::next)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    // nginx would collect the words into blocks.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Writing {
    async fn next(mut self) -> Option<(Result<Bytes, std::convert::Infallible>, Self)> {
        loop {
            let Ok(event) = tokio::time::timeout(KEEP_ALIVE, self.reader.next()).await else {
                return Some((Ok(Bytes::from_static(b": still here\n\n")), self));
            };
            let event = event?;
            if let Some(frame) = self.dialect.encode_frame(&event, &self.sources) {
                return Some((Ok(Bytes::from(frame.encode())), self));
            }
            if let Event::Source(source) = event {
                self.sources.push(source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_no_event() {
        let mut decoder = assisters_chat::protocol::sse::Decoder::new();
        let mut n_frames = 0;
        decoder.push(b": still here\n\n", &mut |_| n_frames += 1);
        assert_eq!((n_frames, KEEP_ALIVE.as_secs()), (0, 15));
    }
}
