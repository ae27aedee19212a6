//! Character references (`&amp;`, `&#35;`, `&#x22;`) and backslash escapes.

use super::text::{after, back, byte, is_blank_byte, part, skip, trim_end};

/// The names a message is likely to use. All 2,231 of HTML would outweigh the whole parser; an unknown name stays as written.
const NAMES: [&str; 72] = [
    "AElig=Æ",
    "ClockwiseContourIntegral=∲",
    "Dcaron=Ď",
    "Delta=Δ",
    "DifferentialD=ⅆ",
    "HilbertSpace=ℋ",
    "Omega=Ω",
    "Sigma=Σ",
    "aacute=á",
    "agrave=à",
    "alpha=α",
    "amp=&",
    "apos='",
    "asymp=≈",
    "auml=ä",
    "beta=β",
    "bull=•",
    "ccedil=ç",
    "cent=¢",
    "check=✓",
    "copy=©",
    "darr=↓",
    "deg=°",
    "delta=δ",
    "divide=÷",
    "eacute=é",
    "egrave=è",
    "emsp=\u{2003}",
    "ensp=\u{2002}",
    "euro=€",
    "frac12=½",
    "frac14=¼",
    "frac34=¾",
    "gamma=γ",
    "ge=≥",
    "gt=>",
    "harr=↔",
    "hellip=…",
    "infin=∞",
    "lambda=λ",
    "laquo=«",
    "larr=←",
    "ldquo=“",
    "le=≤",
    "lsquo=‘",
    "lt=<",
    "mdash=—",
    "micro=µ",
    "middot=·",
    "mu=μ",
    "nbsp=\u{a0}",
    "ndash=–",
    "ne=≠",
    "ngE=≧̸",
    "ntilde=ñ",
    "ouml=ö",
    "para=¶",
    "pi=π",
    "plusmn=±",
    "pound=£",
    "quot=\"",
    "raquo=»",
    "rarr=→",
    "rdquo=”",
    "reg=®",
    "rsquo=’",
    "sect=§",
    "szlig=ß",
    "times=×",
    "trade=™",
    "uarr=↑",
    "uuml=ü",
];

/// What follows an ampersand.
pub(super) enum Entity {
    /// A character reference of this many bytes, `&` and `;` included.
    Known(usize, String),
    /// The text ends before this is known.
    Unfinished,
    /// An ordinary ampersand.
    None,
}

/// Decodes the character reference at the start of `text`, which starts with `&`.
pub(super) fn entity(text: &str) -> Entity {
    let end = skip(text, 1, |byte| byte.is_ascii_alphanumeric() || byte == b'#');
    let name = part(text, 1, end);
    if end == text.len() {
        let known = name.starts_with('#') || NAMES.iter().any(|known| known.starts_with(name));
        return if known { Entity::Unfinished } else { Entity::None };
    }
    if byte(text, end) != b';' {
        return Entity::None;
    }
    let decoded = match name.strip_prefix('#') {
        Some(number) => numeric(number).map(String::from),
        None => NAMES.iter().find_map(|known| known.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned),
    };
    match decoded {
        Some(decoded) => Entity::Known(end + 1, decoded),
        None => Entity::None,
    }
}

fn numeric(number: &str) -> Option<char> {
    let (digits, radix, most) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 6),
        None => (number, 10, 7),
    };
    if digits.is_empty() || digits.len() > most {
        return None;
    }
    let mut code = 0;
    for digit in digits.bytes() {
        code = code * radix + char::from(digit).to_digit(radix)?;
    }
    Some(char::from_u32(code).filter(|&character| character != '\0').unwrap_or('\u{fffd}'))
}

/// Resolves backslash escapes and character references, as in a link's destination or title.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while at < text.len() {
        let next = byte(text, at);
        if next == b'\\' && byte(text, at + 1).is_ascii_punctuation() {
            out.push_str(part(text, from, at));
            from = at + 1;
            at += 2;
        } else if next == b'&'
            && let Entity::Known(length, characters) = entity(after(text, at))
        {
            out.push_str(part(text, from, at));
            out.push_str(&characters);
            at += length;
            from = at;
        } else {
            at += 1;
        }
    }
    out.push_str(after(text, from));
    out
}

/// Returns how many bytes at the end of `text` may be the start of a marker, or of white space that means nothing at the end.
///
/// They are held back while more may come, so that no marker is shown and taken away again.
pub(super) fn unfinished_marker(text: &str) -> usize {
    let end = back(text, text.len(), is_blank_byte);
    let mut end = back(text, end, |byte| b"*_~`$".contains(&byte));
    for marker in *b"<[!\\" {
        if end > 0 && byte(text, end - 1) == marker {
            end -= 1;
        }
    }
    text.len() - back(text, end, is_blank_byte)
}

/// Returns a text without the closing sequence a heading may have (`## Title ##`).
pub(super) fn without_closing_hashes(text: &str) -> &str {
    let text = trim_end(text);
    let end = back(text, text.len(), |byte| byte == b'#');
    if end == 0 || is_blank_byte(byte(text, end - 1)) { trim_end(part(text, 0, end)) } else { text }
}
