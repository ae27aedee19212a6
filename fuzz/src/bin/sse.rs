//! Any bytes are the same frames however they are cut, and every frame can be written and read again.
#![no_main]

use assisters_chat::protocol::sse::{Decoder, Frame};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // The first byte says how long pieces are.
    let [pace, bytes @ ..] = input else { return };
    let whole = decode([bytes]);
    let n_bytes: usize = whole.iter().map(|frame| frame.data.len()).sum();
    // A byte that is no text becomes a character of three.
    assert!(n_bytes <= bytes.len() * 3, "more is decoded than was sent");
    assert_eq!(decode(bytes.chunks(usize::from(*pace).max(1))), whole);
    assert_eq!(decode(bytes.chunks(1)), whole);
    for frame in &whole {
        let again = decode([frame.encode().as_bytes()]);
        let [again] = again.as_slice() else { panic!("{frame:?} became {again:?}") };
        assert_eq!((&again.event, &again.data), (&frame.event, &frame.data));
    }
});

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut decoder = Decoder::new();
    for piece in pieces {
        decoder.push(piece, &mut |frame| frames.push(frame.clone()));
    }
    decoder.finish(&mut |frame| frames.push(frame.clone()));
    frames
}
