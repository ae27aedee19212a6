//! The little that Markdown needs to know of Unicode, without the tables of the standard library, which every visitor would download.

/// Punctuation and symbols (general categories P and S) outside ASCII, of the scripts that are written today, as pairs of first and last.
const PUNCTUATION: [(u16, u16); 48] = [
    (0xa1, 0xa9),
    (0xab, 0xac),
    (0xae, 0xb1),
    (0xb4, 0xb4),
    (0xb6, 0xb8),
    (0xbb, 0xbb),
    (0xbf, 0xbf),
    (0xd7, 0xd7),
    (0xf7, 0xf7),
    (0x2d2, 0x2df),
    (0x37e, 0x37e),
    (0x387, 0x387),
    (0x55a, 0x55f),
    (0x589, 0x58f),
    (0x5be, 0x5be),
    (0x5c3, 0x5c6),
    (0x5f3, 0x5f4),
    (0x606, 0x60f),
    (0x61b, 0x61f),
    (0x66a, 0x66d),
    (0x6d4, 0x6d4),
    (0x964, 0x965),
    (0xe3f, 0xe3f),
    (0x104a, 0x104f),
    (0x1360, 0x1368),
    (0x17d4, 0x17db),
    (0x1800, 0x180a),
    (0x2010, 0x2027),
    (0x2030, 0x205e),
    (0x207a, 0x207e),
    (0x20a0, 0x20c0),
    (0x2100, 0x2101),
    (0x2116, 0x2118),
    (0x211e, 0x2123),
    (0x2190, 0x245f),
    (0x249c, 0x24e9),
    (0x2500, 0x2775),
    (0x2794, 0x2bff),
    (0x2e00, 0x2fff),
    (0x3001, 0x3003),
    (0x3008, 0x3020),
    (0x3030, 0x3030),
    (0x30a0, 0x30a0),
    (0x30fb, 0x30fb),
    (0xfe10, 0xfe6b),
    (0xff01, 0xff0f),
    (0xff1a, 0xff20),
    (0xff3b, 0xff65),
];

/// Returns whether a character is white space to CommonMark.
pub(super) fn is_space(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\x0c' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Returns whether a character is punctuation or a symbol to CommonMark.
pub(super) fn is_punctuation(character: char) -> bool {
    let code = character as u32;
    if code < 0x80 {
        return character.is_ascii_punctuation();
    }
    match u16::try_from(code) {
        Ok(code) => PUNCTUATION.iter().any(|&(first, last)| (first..=last).contains(&code)),
        Err(_) => matches!(code, 0x1f000..=0x1f0ff | 0x1f10d..=0x1fbca),
    }
}

/// Appends a character so that texts differing in case only become the same.
///
/// Covers the alphabets of Latin-1, Greek and Cyrillic; labels of other alphabets must be written alike.
pub(super) fn push_folded(text: &mut String, character: char) {
    let shift = match character as u32 {
        0xdf | 0x1e9e => {
            text.push_str("ss");
            return;
        }
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a9 | 0x410..=0x42f => 32,
        0x400..=0x40f => 80,
        _ => 0,
    };
    text.push(char::from_u32(character as u32 + shift).unwrap_or(character));
}
