//! Any stream and any document of any dialect become events or an error, and a stream the same events however it is cut.
//!
//! The first byte picks the dialect, so a new one in `Dialect::ALL` is fuzzed without a line here.
#![no_main]

use assisters_chat::protocol::{AnswerDecoder, ApiError, Dialect, Event};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [dialect, pace, bytes @ ..] = input else { return };
    let dialect = Dialect::ALL[usize::from(*dialect) % Dialect::ALL.len()];
    let whole = stream(dialect, [bytes]);
    assert_eq!(stream(dialect, bytes.chunks(usize::from(*pace).max(1))), whole);
    let n_events = whole.len();
    // The smallest frame that says something has more bytes than events.
    assert!(n_events <= bytes.len() + 1, "{n_events} events from {} bytes", bytes.len());

    let body = String::from_utf8_lossy(bytes);
    let mut events = Vec::new();
    dialect.decode_answer(&body, &mut |event| events.push(event)).ok(); // an error is an answer too
    let text: usize = events.iter().map(|event| if let Event::TextDelta(text) = event { text.len() } else { 0 }).sum();
    assert!(text <= body.len() * 3, "more text than was sent");
    dialect.decode_history(&body).ok(); // as above
    dialect.decode_begun(&body).ok(); // as above
    dialect.decode_card(&body).ok(); // as above
    dialect.decode_cards(&body).ok(); // as above
});

fn stream<'a>(dialect: Dialect, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut events = Vec::new();
    let mut decoder = AnswerDecoder::new(dialect);
    let mut on_decoded = |decoded: Result<Event, ApiError>| events.push(format!("{decoded:?}"));
    for piece in pieces {
        decoder.push(piece, &mut on_decoded);
    }
    decoder.finish(&mut on_decoded);
    events
}
