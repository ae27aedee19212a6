//! One answer, read and written: what a dialect must remember from its first frame to its last.
//!
//! [`AnswerDecoder`] turns the bytes of a stream into events, the same ones however they are cut. [`AnswerEncoder`] is its
//! inverse, for the gateway. Neither says anything after the end of an answer.

use super::dialect::Dialect;
use super::error::ApiError;
use super::event::{Event, Finish, Source, Usage};
use super::json::Value;
use super::sse::{Decoder, Frame};
use super::tool::ToolCall;

/// Decodes one streamed answer.
///
/// ```
/// use assisters_chat::protocol::{AnswerDecoder, Dialect, Event};
///
/// let mut decoder = AnswerDecoder::new(Dialect::Chat);
/// let mut events = Vec::new();
/// decoder.push(b"data: {\"type\":\"chunk\",\"con", &mut |event| events.extend(event));
/// decoder.push(b"tent\":\"Hi\"}\n\n", &mut |event| events.extend(event));
/// assert_eq!(events, [Event::TextDelta("Hi".into())]);
/// ```
#[derive(Debug)]
pub struct AnswerDecoder {
    dialect: Dialect,
    frames: Decoder,
    progress: Progress,
    /// A frame has said that the answer is complete.
    has_end_frame: bool,
    /// A frame has a name: a browser's `EventSource` delivers those apart.
    has_named_frame: bool,
}

/// Takes an event, or the error of a frame that could not be read: to be reported, never to end the answer by itself.
pub type OnEvent<'a> = &'a mut dyn FnMut(Result<Event, ApiError>);

/// What was said so far, as far as a dialect needs to know it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The answer's id, once it was told.
    pub(super) message_id: Option<String>,
    /// The text so far, for dialects that may repeat it.
    pub(super) text: String,
    /// Whether there is text, for all.
    pub(super) has_text: bool,
    /// Another block of text has begun.
    pub(super) is_new_block: bool,
    /// Tokens counted so far.
    pub(super) usage: Option<Usage>,
    /// Calls that are still being written, by their place in the answer.
    pub(super) calls: Vec<ToolCall>,
    /// Whether any tool was called.
    pub(super) has_calls: bool,
    is_over: bool,
}

impl Progress {
    /// Tells once that the answer has begun, when its id is known.
    pub(super) fn start(&mut self, message_id: Option<String>, on_event: &mut dyn FnMut(Event)) {
        if self.message_id.is_none() && message_id.is_some() {
            self.message_id.clone_from(&message_id);
            on_event(Event::Started { message_id });
        }
    }

    /// Tells that the answer is complete, with what is known of it.
    pub(super) fn finish(&mut self, on_event: &mut dyn FnMut(Event)) {
        on_event(Event::Finished(Finish { message_id: self.message_id.clone(), usage: self.usage, ..Finish::default() }));
    }
}

impl AnswerDecoder {
    /// Makes a decoder for the beginning of a stream.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        let (frames, progress) = (Decoder::new(), Progress::default());
        Self { dialect, frames, progress, has_end_frame: false, has_named_frame: false }
    }

    /// Decodes the next bytes.
    pub fn push(&mut self, bytes: &[u8], on_event: OnEvent<'_>) {
        let Self { dialect, frames, progress, has_end_frame, has_named_frame } = self;
        frames.push(bytes, &mut |frame| {
            *has_named_frame |= !frame.event.is_empty();
            decode(*dialect, progress, &frame.data, &mut |event| {
                *has_end_frame |= matches!(event, Ok(Event::Finished(_)));
                on_event(event);
            });
        });
    }

    /// Decodes the end of the stream. Dialects without an end frame end the answer here; for the others it was cut off.
    pub fn finish(&mut self, on_event: OnEvent<'_>) {
        let Self { dialect, frames, progress, .. } = self;
        frames.finish(&mut |frame| decode(*dialect, progress, &frame.data, on_event));
        if dialect.ends_with_the_stream() && !progress.is_over && (progress.has_text || progress.has_calls) {
            progress.is_over = true;
            progress.finish(&mut |event| on_event(Ok(event)));
        }
    }

    /// Whether a browser's `EventSource` would have heard all of it, its end too. It does not tell the end of a stream from a break, and delivers no
    /// frame that lacks its blank line.
    #[must_use]
    pub fn suits_event_source(&self) -> bool {
        self.has_end_frame && !self.has_named_frame
    }

    /// Returns the id to resume after, empty when the stream gave none. See [`super::Request::resume`].
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.frames.last_event_id()
    }
}

/// Decodes one frame: a JSON document, or `[DONE]`.
fn decode(dialect: Dialect, progress: &mut Progress, data: &str, on_event: OnEvent<'_>) {
    match ApiError::parse_json(data) {
        Ok(value) => document(dialect, progress, Ok(&value), on_event),
        Err(_) => {
            // The documents print frames with no blank line between them; a server that copies that sends several in one.
            for line in data.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let parsed = ApiError::parse_json(line);
                document(dialect, progress, parsed.as_ref().map_err(|error| (line, error)), on_event);
            }
        }
    }
}

/// Decodes a document, or what is none: its text, and why it is none.
fn document(dialect: Dialect, progress: &mut Progress, parsed: Result<&Value, (&str, &ApiError)>, on_event: OnEvent<'_>) {
    if progress.is_over {
        return;
    }
    let mut is_over = false;
    let mut keep = |event: Event| {
        if !is_over {
            is_over = event.is_end();
            on_event(Ok(event));
        }
    };
    match parsed {
        Ok(value) => dialect.decode_document(value, progress, &mut keep),
        Err(("[DONE]", _)) if dialect.ends_with_done() => progress.finish(&mut keep),
        Err(("[DONE]", _)) => {}
        Err((_, error)) => on_event(Err(error.clone())),
    }
    progress.is_over |= is_over;
}

/// Writes one streamed answer in a dialect's frames.
#[derive(Debug)]
pub struct AnswerEncoder {
    dialect: Dialect,
    written: Written,
}

/// What was written so far, as far as a dialect needs to know it.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The answer's id, once it was told.
    pub(super) message_id: Option<String>,
    /// Sources travel with the end frame where they have none of their own.
    pub(super) sources: Vec<Source>,
    /// Calls without a result: at the end they are the reader's to answer.
    pub(super) calls: Vec<ToolCall>,
    /// The kind of block that is open, for dialects that have blocks.
    pub(super) block: Option<&'static str>,
    /// How many blocks there were.
    pub(super) n_blocks: usize,
}

impl AnswerEncoder {
    /// Makes an encoder for the beginning of an answer.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, written: Written::default() }
    }

    /// Hands the frames that say `event` to `on_frame`: none where the dialect has no word for it.
    pub fn encode(&mut self, event: &Event, on_frame: &mut dyn FnMut(Frame)) {
        match event {
            Event::Started { message_id } => self.written.message_id.clone_from(message_id),
            Event::Source(source) => self.written.sources.push(source.clone()),
            Event::ToolCall(_) | Event::ToolResult(_) => keep_open(&mut self.written.calls, event),
            Event::TextDelta(_) | Event::Reasoning(_) | Event::Finished(_) | Event::Failed(_) => {}
        }
        self.dialect.encode_event(event, &mut self.written, on_frame);
    }
}

/// A complete answer, for dialects that give it as one document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whole {
    /// What it says.
    pub text: String,
    /// What it is grounded on.
    pub sources: Vec<Source>,
    /// Calls without a result: the reader's to answer.
    pub calls: Vec<ToolCall>,
    /// What else is told at its end.
    pub finish: Finish,
}

impl Whole {
    /// Takes one event of the answer.
    ///
    /// # Errors
    /// The answer's own, when it failed.
    pub fn add(&mut self, event: Event) -> Result<(), ApiError> {
        match event {
            Event::TextDelta(text) => self.text.push_str(&text),
            Event::Source(source) => self.sources.push(source),
            Event::ToolCall(_) | Event::ToolResult(_) => keep_open(&mut self.calls, &event),
            Event::Finished(finish) => self.finish = finish,
            Event::Failed(error) => return Err(error),
            Event::Started { .. } | Event::Reasoning(_) => {}
        }
        Ok(())
    }
}

/// Keeps in `calls` those of an answer that have no result yet.
pub fn keep_open(calls: &mut Vec<ToolCall>, event: &Event) {
    match event {
        Event::ToolCall(call) => match calls.iter_mut().find(|known| known.id == call.id) {
            Some(known) => known.clone_from(call),
            None => calls.push(call.clone()),
        },
        Event::ToolResult(result) => calls.retain(|call| call.id != result.id),
        Event::Started { .. }
        | Event::TextDelta(_)
        | Event::Reasoning(_)
        | Event::Source(_)
        | Event::Finished(_)
        | Event::Failed(_) => {}
    }
}
