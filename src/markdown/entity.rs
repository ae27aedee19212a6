//! Character references (`&amp;`, `&#35;`, `&#x22;`) and backslash escapes.

use super::text::{SPACE, after, part, trim_end};

/// The names a message is likely to use, sorted. All 2,231 of HTML would outweigh the whole parser; an unknown name stays as written.
const NAMES: [(&str, &str); 72] = [
    ("AElig", "Æ"),
    ("ClockwiseContourIntegral", "∲"),
    ("Dcaron", "Ď"),
    ("Delta", "Δ"),
    ("DifferentialD", "ⅆ"),
    ("HilbertSpace", "ℋ"),
    ("Omega", "Ω"),
    ("Sigma", "Σ"),
    ("aacute", "á"),
    ("agrave", "à"),
    ("alpha", "α"),
    ("amp", "&"),
    ("apos", "'"),
    ("asymp", "≈"),
    ("auml", "ä"),
    ("beta", "β"),
    ("bull", "•"),
    ("ccedil", "ç"),
    ("cent", "¢"),
    ("check", "✓"),
    ("copy", "©"),
    ("darr", "↓"),
    ("deg", "°"),
    ("delta", "δ"),
    ("divide", "÷"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("emsp", "\u{2003}"),
    ("ensp", "\u{2002}"),
    ("euro", "€"),
    ("frac12", "½"),
    ("frac14", "¼"),
    ("frac34", "¾"),
    ("gamma", "γ"),
    ("ge", "≥"),
    ("gt", ">"),
    ("harr", "↔"),
    ("hellip", "…"),
    ("infin", "∞"),
    ("lambda", "λ"),
    ("laquo", "«"),
    ("larr", "←"),
    ("ldquo", "“"),
    ("le", "≤"),
    ("lsquo", "‘"),
    ("lt", "<"),
    ("mdash", "—"),
    ("micro", "µ"),
    ("middot", "·"),
    ("mu", "μ"),
    ("nbsp", "\u{a0}"),
    ("ndash", "–"),
    ("ne", "≠"),
    ("ngE", "≧̸"),
    ("ntilde", "ñ"),
    ("ouml", "ö"),
    ("para", "¶"),
    ("pi", "π"),
    ("plusmn", "±"),
    ("pound", "£"),
    ("quot", "\""),
    ("raquo", "»"),
    ("rarr", "→"),
    ("rdquo", "”"),
    ("reg", "®"),
    ("rsquo", "’"),
    ("sect", "§"),
    ("szlig", "ß"),
    ("times", "×"),
    ("trade", "™"),
    ("uarr", "↑"),
    ("uuml", "ü"),
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
    // The longest name has 24 letters.
    let length = text.bytes().skip(1).take(26).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    let name = part(text, 1, 1 + length);
    match text.as_bytes().get(1 + length) {
        Some(b';') => {}
        None if name.is_empty() || name.starts_with('#') || NAMES.iter().any(|(known, _)| known.starts_with(name)) => {
            return Entity::Unfinished;
        }
        _ => return Entity::None,
    }
    let decoded = match name.strip_prefix('#') {
        Some(number) => match numeric(number) {
            Some(character) => String::from(character),
            None => return Entity::None,
        },
        None => match NAMES.binary_search_by(|(known, _)| (*known).cmp(name)) {
            Ok(found) => NAMES.get(found).map_or("", |(_, characters)| characters).to_owned(),
            Err(_) => return Entity::None,
        },
    };
    Entity::Known(length + 2, decoded)
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
    for digit in digits.chars() {
        code = code * radix + digit.to_digit(radix)?;
    }
    Some(char::from_u32(code).filter(|&character| character != '\0').unwrap_or('\u{fffd}'))
}

/// Resolves backslash escapes and character references, as in a link's destination or title.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if byte == b'\\' && text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_punctuation) {
            out.push_str(part(text, from, at));
            from = at + 1;
            at += 2;
        } else if byte == b'&'
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
    let mut kept = trim_end(trim_end(text, SPACE), b"*_~`$");
    for marker in *b"\\<[!" {
        if kept.as_bytes().last() == Some(&marker) {
            kept = part(kept, 0, kept.len() - 1);
        }
    }
    text.len() - trim_end(kept, SPACE).len()
}

/// Returns a text without the closing sequence a heading may have (`## Title ##`).
pub(super) fn without_closing_hashes(text: &str) -> &str {
    let text = trim_end(text, SPACE);
    let kept = trim_end(text, b"#");
    match kept.bytes().last() {
        None => "",
        Some(b' ' | b'\t') => trim_end(kept, SPACE),
        Some(_) => text,
    }
}
