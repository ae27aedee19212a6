//! Server-sent events, decoded incrementally (WHATWG HTML § 9.2.6). Knows bytes and frames; knows no dialect and does no I/O.

use std::borrow::Cow;

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The event's name; empty means `message`.
    pub event: String,
    /// The data lines, joined by line feeds.
    pub data: String,
    /// The last event id seen so far in the stream.
    pub id: String,
}

impl Frame {
    /// Makes a frame without an id.
    #[must_use]
    pub fn new(event: &str, data: String) -> Self {
        Self { event: event.to_owned(), data, id: String::new() }
    }

    /// Writes the frame as it goes over the wire, the blank line included.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut wire = String::with_capacity(self.data.len() + 32);
        let mut field = |name: &str, value: &str| {
            for piece in [name, ": ", value, "\n"] {
                wire.push_str(piece);
            }
        };
        for (name, value) in [("event", &self.event), ("id", &self.id)] {
            if !value.is_empty() {
                field(name, value);
            }
        }
        for line in self.data.split('\n') {
            field("data", line);
        }
        wire.push('\n');
        wire
    }
}

/// A frame or line longer than this is dropped: a stream must not be able to fill the page's memory.
const FRAME_LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// Turns the bytes of an event stream into frames, however they are cut.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The start of a line whose end has not come.
    line: Vec<u8>,
    /// What has come of a frame; its id is the last one, which stays. One for all: a stream of 2,000 frames allocates once.
    frame: Frame,
    has_data: bool,
    is_overlong: bool,
    retry_millis: Option<u64>,
    after_cr: bool,
    after_first_line: bool,
}

impl Decoder {
    /// Makes a decoder for the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes the next bytes and hands every frame that they complete to `on_frame`.
    pub fn push(&mut self, mut bytes: &[u8], on_frame: &mut dyn FnMut(&Frame)) {
        // A lone CR ends a line too, so CRLF may straddle two chunks.
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, rest) = bytes.split_at(end);
            if self.line.is_empty() && self.has_room_for(line) {
                self.end_line(line, on_frame);
            } else {
                self.extend_line(line);
                self.end_kept_line(on_frame);
            }
            bytes = match rest {
                [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => rest,
                [b'\r', rest @ ..] => {
                    self.after_cr = rest.is_empty();
                    rest
                }
                _ => rest,
            };
        }
        self.extend_line(bytes);
    }

    /// Ends the stream. A frame that only lacks its blank line is handed over: the server did say it.
    pub fn finish(&mut self, on_frame: &mut dyn FnMut(&Frame)) {
        if !self.line.is_empty() {
            self.end_kept_line(on_frame);
        }
        self.dispatch(on_frame);
    }

    /// Returns the id to resume after, empty when the stream gave none.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.frame.id
    }

    /// Returns the reconnection time that the stream asked for.
    #[must_use]
    pub fn retry_millis(&self) -> Option<u64> {
        self.retry_millis
    }

    fn has_room_for(&self, bytes: &[u8]) -> bool {
        !self.is_overlong && self.line.len() + self.frame.data.len() + bytes.len() <= FRAME_LIMIT_BYTES
    }

    fn extend_line(&mut self, bytes: &[u8]) {
        if self.has_room_for(bytes) {
            self.line.extend_from_slice(bytes);
            return;
        }
        self.is_overlong = true;
        if !bytes.is_empty() {
            // A comment stands for what is dropped, so that only a truly blank line ends the frame.
            self.line.clear();
            self.line.push(b':');
        }
    }

    fn end_kept_line(&mut self, on_frame: &mut dyn FnMut(&Frame)) {
        let mut line = std::mem::take(&mut self.line);
        self.end_line(&line, on_frame);
        line.clear();
        self.line = line;
    }

    fn end_line(&mut self, mut line: &[u8], on_frame: &mut dyn FnMut(&Frame)) {
        if !self.after_first_line {
            self.after_first_line = true;
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            self.dispatch(on_frame);
            return;
        }
        // Line ends are never part of a multi-byte character: replacing line by line equals replacing in the stream.
        let text = str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed);
        let (name, value) = text.split_once(':').unwrap_or((&text, ""));
        self.field(name, value.strip_prefix(' ').unwrap_or(value));
    }

    fn field(&mut self, name: &str, value: &str) {
        match name {
            "event" => value.clone_into(&mut self.frame.event),
            "data" => {
                if self.has_data {
                    self.frame.data.push('\n');
                }
                self.frame.data.push_str(value);
                self.has_data = true;
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.frame.id),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry_millis = value.parse().ok().or(self.retry_millis);
            }
            // A comment (its name is empty) or a field of a later standard.
            _ => {}
        }
    }

    fn dispatch(&mut self, on_frame: &mut dyn FnMut(&Frame)) {
        let is_overlong = std::mem::take(&mut self.is_overlong);
        self.has_data = false;
        if !self.frame.data.is_empty() && !is_overlong {
            on_frame(&self.frame);
        }
        self.frame.event.clear();
        self.frame.data.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn decode(chunks: &[&[u8]]) -> Vec<String> {
        let mut frames = Vec::new();
        let mut decoder = Decoder::new();
        let mut keep = |frame: &Frame| frames.push(format!("{}|{}|{}", frame.event, frame.data, frame.id));
        for chunk in chunks {
            decoder.push(chunk, &mut keep);
        }
        decoder.finish(&mut keep);
        frames
    }

    /// One stream, its frames as `event|data|id`; also cut at every byte, in three, and byte by byte.
    fn check(stream: impl AsRef<[u8]>, expected: &[&str]) {
        let bytes = stream.as_ref();
        assert_eq!(decode(&[bytes]), expected, "whole: {:?}", String::from_utf8_lossy(bytes));
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(decode(&[head, tail]), expected, "cut at {at}");
            assert_eq!(decode(&[head, &[], tail]), expected, "cut at {at} with an empty chunk");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(decode(&single), expected, "byte by byte");
    }

    #[test]
    fn rows() {
        check("", &[]);
        check("data: a\n\n", &["|a|"]);
        check("data: a\r\ndata: b\r\n\r\n", &["|a\nb|"]);
        check("data: a\rdata: b\r\r", &["|a\nb|"]);
        check("data: a\n\rdata: b\r\n\n", &["|a|", "|b|"]);
        check("data:a\ndata:  b\n\n", &["|a\n b|"]);
        check("event: message\ndata: x\n\ndata: y\n\n", &["message|x|", "|y|"]);
        check("event: gone\n\ndata: y\n\n", &["|y|"]);
        check("id: 1\ndata: x\n\ndata: y\n\nid\ndata: z\n\n", &["|x|1", "|y|1", "|z|"]);
        check("id: a\0b\ndata: x\n\n", &["|x|"]);
        check(": comment\n\n:\ndata: x\n\n", &["|x|"]);
        check("data\n\n", &[]);
        check("data\ndata\n\n", &["|\n|"]);
        check("datas: x\nunknown: y\ndata: z\n\n", &["|z|"]);
        check("\u{FEFF}data: x\n\n", &["|x|"]);
        check("\u{FEFF}\u{FEFF}data: x\n\ndata: y\n\n", &["|y|"]);
        check("data: żółw 🐢\n\n", &["|żółw 🐢|"]);
        check(b"data: a\xFFb\xE2\x82\n\n", &["|a\u{FFFD}b\u{FFFD}|"]);
        check("data: {\"a\":1}\n\ndata: end without a blank line", &["|{\"a\":1}|", "|end without a blank line|"]);
        check("data: x\n\n\n\n\ndata: y\n\n", &["|x|", "|y|"]);
    }

    #[test]
    fn retry_is_kept_only_when_it_is_a_number() {
        let mut decoder = Decoder::new();
        decoder.push(b"retry: 1500\nretry: soon\nretry: 99999999999999999999999\nid: 7\n\n", &mut |_| {});
        assert_eq!((decoder.retry_millis(), decoder.last_event_id()), (Some(1500), "7"));
    }

    #[test]
    fn an_endless_line_does_not_fill_the_memory() {
        let mut decoder = Decoder::new();
        let mut frames = Vec::new();
        let megabyte = vec![b'x'; 1024 * 1024];
        decoder.push(b"data: ", &mut |frame| frames.push(frame.clone()));
        for _ in 0..20 {
            decoder.push(&megabyte, &mut |frame| frames.push(frame.clone()));
        }
        assert!(decoder.line.capacity() <= 2 * FRAME_LIMIT_BYTES);
        decoder.push(b"\ndata: same frame\n\ndata: next\n\n", &mut |frame| frames.push(frame.clone()));
        assert_eq!(frames, [Frame::new("", "next".to_owned())]);
    }

    #[test]
    fn a_frame_survives_the_wire() {
        let frame = Frame { event: "message".into(), data: "two\nlines".into(), id: "9".into() };
        check(frame.encode(), &["message|two\nlines|9"]);
    }
}
