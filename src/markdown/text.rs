//! Small functions on text. Each exists once and is called, where the standard library's generic ones would be compiled into every place
//! that uses them; and none can panic.

/// White space that means nothing at the ends of a line or leaf.
pub(super) const SPACE: &[u8] = b" \t\n";

/// Returns part of a text, or nothing where there is none.
#[inline(never)]
pub(super) fn part(text: &str, from: usize, end: usize) -> &str {
    text.get(from..end).unwrap_or("")
}

/// Returns a text without its first bytes.
pub(super) fn after(text: &str, from: usize) -> &str {
    part(text, from, text.len())
}

/// Returns a text without the bytes of `set` at its end.
#[inline(never)]
pub(super) fn trim_end<'a>(text: &'a str, set: &[u8]) -> &'a str {
    let mut end = text.len();
    while end > 0 && text.as_bytes().get(end - 1).is_some_and(|byte| set.contains(byte)) {
        end -= 1;
    }
    part(text, 0, end)
}

/// Returns a text without white space at both ends.
#[inline(never)]
pub(super) fn trim(text: &str) -> &str {
    let text = trim_end(text, SPACE);
    let start = text.bytes().take_while(|byte| SPACE.contains(byte)).count();
    after(text, start)
}

/// Returns whether a text is white space only.
pub(super) fn is_blank(text: &str) -> bool {
    trim_end(text, SPACE).is_empty()
}

/// Finds a byte from `at` on.
#[inline(never)]
pub(super) fn find(text: &str, at: usize, byte: u8) -> Option<usize> {
    let found = after(text, at).bytes().position(|other| other == byte)?;
    Some(at + found)
}

/// Returns how many times `byte` comes next in `text` from `at` on.
#[inline(never)]
pub(super) fn run(text: &str, at: usize, byte: u8) -> usize {
    after(text, at).bytes().take_while(|&next| next == byte).count()
}

/// Returns the byte at `at`, or a line end where there is none.
pub(super) fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}
