//! Small functions on text and positions in it. Each exists once and is called, where the standard library's generic ones would be
//! compiled into every place that uses them; and none can panic. A text has no NUL: it stands for the end.

use super::work::step;

/// White space that means nothing at the ends of a line or leaf.
pub(super) fn is_blank_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

/// Returns the byte at a position, or NUL after the end.
#[inline(always)]
pub(super) fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or(0)
}

/// Returns part of a text, or nothing where there is none.
#[inline(never)]
pub(super) fn part(text: &str, from: usize, end: usize) -> &str {
    text.get(from..end).unwrap_or("")
}

/// Returns a text from a position on.
pub(super) fn after(text: &str, from: usize) -> &str {
    part(text, from, text.len())
}

/// Returns the position after all accepted bytes from `at` on.
#[inline(never)]
pub(super) fn skip(text: &str, mut at: usize, accept: fn(u8) -> bool) -> usize {
    for &byte in text.as_bytes().get(at..).unwrap_or_default() {
        if !accept(byte) {
            break;
        }
        step();
        at += 1;
    }
    at
}

/// Returns the position before all accepted bytes that end at `at`.
#[inline(never)]
pub(super) fn back(text: &str, mut at: usize, accept: fn(u8) -> bool) -> usize {
    for &byte in text.as_bytes().get(..at).unwrap_or_default().iter().rev() {
        if !accept(byte) {
            break;
        }
        step();
        at -= 1;
    }
    at
}

/// Returns where white space that starts at `at` ends.
pub(super) fn skip_space(text: &str, at: usize) -> usize {
    skip(text, at, is_blank_byte)
}

/// Returns whether a text is white space only from `at` on.
pub(super) fn is_blank(text: &str, at: usize) -> bool {
    skip_space(text, at) >= text.len()
}

/// Returns a text without white space at its end.
pub(super) fn trim_end(text: &str) -> &str {
    part(text, 0, back(text, text.len(), is_blank_byte))
}

/// Returns a text without white space at both ends.
#[inline(never)]
pub(super) fn trim(text: &str) -> &str {
    let text = trim_end(text);
    after(text, skip_space(text, 0))
}

/// Finds a byte from `at` on, or else the end.
#[inline(never)]
pub(super) fn find(text: &str, mut at: usize, wanted: u8) -> usize {
    while at < text.len() && byte(text, at) != wanted {
        step();
        at += 1;
    }
    at
}

/// Returns how many times `wanted` comes next from `at` on.
#[inline(never)]
pub(super) fn run(text: &str, at: usize, wanted: u8) -> usize {
    let mut end = at;
    while wanted != 0 && byte(text, end) == wanted {
        step();
        end += 1;
    }
    end - at
}
