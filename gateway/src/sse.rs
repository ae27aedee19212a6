//! An answer as server-sent events: encoded as it comes, numbered, never held back, kept alive through silence.

use std::collections::VecDeque;
use std::time::Duration;

use assisters_chat::protocol::AnswerEncoder;
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
    encoder: AnswerEncoder,
    /// Frames that were encoded so far. The same answer is encoded the same way every time, so a number names a frame.
    n_frames: usize,
    /// Frames that the page has already.
    n_skipped: usize,
    frames: VecDeque<Bytes>,
}

/// Returns the response that streams an answer in the frames of its dialect, after the first so many. Dropping its body stops reading
/// the answer.
pub(crate) fn stream_response(reader: Reader, n_skipped: usize) -> Response {
    let encoder = AnswerEncoder::new(reader.run.dialect);
    let writing = Writing { reader, encoder, n_frames: 0, n_skipped, frames: VecDeque::new() };
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
            if let Some(frame) = self.frames.pop_front() {
                return Some((Ok(frame), self));
            }
            let Ok(event) = tokio::time::timeout(KEEP_ALIVE, self.reader.next()).await else {
                return Some((Ok(Bytes::from_static(b": still here\n\n")), self));
            };
            let event = event?;
            let Self { reader, encoder, n_frames, n_skipped, frames } = &mut self;
            encoder.encode(&event, &mut |mut frame| {
                *n_frames += 1;
                if *n_frames > *n_skipped {
                    frame.id = format!("{}:{n_frames}", reader.run.message_id);
                    frames.push_back(Bytes::from(frame.encode()));
                }
            });
        }
    }
}

/// Returns how many frames a page has, from its `Last-Event-ID`; none when the id is not of this answer.
pub(crate) fn n_received(last_event_id: &str, message_id: &str) -> usize {
    let number = last_event_id.strip_prefix(message_id).and_then(|rest| rest.strip_prefix(':'));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
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

    #[test]
    fn an_id_of_another_answer_skips_nothing() {
        for (id, expected) in
            [("msg_a:12", 12), ("msg_a:0", 0), ("msg_b:12", 0), ("msg_a", 0), ("msg_ab:1", 0), ("msg_a:-1", 0), ("", 0)]
        {
            assert_eq!(n_received(id, "msg_a"), expected, "{id}");
        }
    }
}
