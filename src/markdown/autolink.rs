//! Addresses that are links by themselves: `<https://…>`, `https://…`, `www.…`, `someone@example.com`.

use super::inline::{Scanner, Token};
use super::paint::Inline;
use super::text::{after, back, byte, find, part, run, skip};
use super::work::step;

/// No host name is longer.
const LONGEST_HOST: usize = 255;

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn is_host(byte: u8) -> bool {
    is_label(byte) || byte >= 0x80 || matches!(byte, b'.' | b'_')
}

/// Whether a byte may be in the first part of a mail address that stands in a text.
pub(super) fn is_local(byte: u8) -> bool {
    is_label(byte) || matches!(byte, b'.' | b'+' | b'_')
}

/// Returns where `scheme:` ends, or might if the text went on (`grows`); 0 if it is none.
fn scheme_end(text: &str, grows: bool) -> usize {
    let end = skip(text, 0, |byte| is_label(byte) || matches!(byte, b'+' | b'.'));
    let ends = if end == text.len() { grows } else { byte(text, end) == b':' && end > 1 };
    if ends && end <= 32 && byte(text, 0).is_ascii_alphabetic() { end } else { 0 }
}

/// Returns whether `text` is a mail address, about as HTML has it (CommonMark § 6.5).
fn is_address(text: &str) -> bool {
    let at = skip(text, 0, |byte| is_local(byte) || b"!#$%&'*/=?^`{|}~".contains(&byte));
    let mut end = at;
    if at == 0 || byte(text, at) != b'@' {
        return false;
    }
    while end < text.len() {
        let start = end + 1;
        end = skip(text, start, is_label);
        if !byte(text, start).is_ascii_alphanumeric()
            || byte(text, end - 1) == b'-'
            || end - start > 63
            || !matches!(byte(text, end), 0 | b'.')
        {
            return false;
        }
    }
    true
}

impl Scanner<'_> {
    fn push_link(&mut self, scheme: &str, end: usize, next: usize) {
        let shown = part(self.text, self.at, end);
        let destination = [scheme, shown].concat();
        let children = vec![Inline::Text(shown.to_owned())];
        self.push_done(Inline::Link { destination, title: String::new(), children }, next);
    }

    /// `<https://example.com>` and `<someone@example.com>`.
    pub fn pointed_link(&mut self) {
        let from = self.at + 1;
        let end = skip(self.text, from, |byte| byte > b' ' && !matches!(byte, b'<' | b'>' | 0x7f));
        let text = part(self.text, from, end);
        let grows = !self.whole && end == self.text.len();
        let is_mail = is_address(text);
        if self.byte(end) == b'>' && (is_mail || scheme_end(text, false) > 0) {
            self.push(Token::Hidden, from);
            self.push_link(if is_mail { "mailto:" } else { "" }, end, end + 1);
        } else if grows && (scheme_end(text, true) > 0 || find(text, 0, b'@') < text.len()) {
            self.hold();
        } else {
            self.at = from;
        }
    }

    /// `www.example.com` at a `w`, and `https://example.com` at its `:`.
    pub fn bare_link(&mut self) {
        let at = self.at;
        self.at += 1;
        let rest = after(self.text, at);
        let (start, host, scheme) = if rest.starts_with("://") {
            let start = back(self.text, at, |byte| byte.is_ascii_alphabetic());
            let name = part(self.text, start.max(self.from), at);
            if !["http", "https", "ftp"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
                return;
            }
            (start, at + 3, "")
        } else if rest.starts_with("www.") && (at == 0 || b" \n\t*_~(".contains(&self.byte(at - 1))) {
            (at, at, "http://")
        } else {
            return;
        };
        let mut name_end = host;
        while name_end < host + LONGEST_HOST && is_host(self.byte(name_end)) {
            name_end += 1;
        }
        let name = part(self.text, host, name_end);
        // Punctuation at the end is not part of it, and its last two parts have no underscore (GFM § 6.9).
        let name = part(name, 0, back(name, name.len(), |byte| matches!(byte, b'.' | b'_')));
        let label = back(name, name.len(), |byte| byte != b'.');
        let label = back(name, label.saturating_sub(1), |byte| byte != b'.');
        let valid = byte(name, 0) != b'-'
            && !name.is_empty()
            && (scheme.is_empty() || find(name, 0, b'.') < name.len())
            && find(name, label, b'_') == name.len();
        let end = if valid { self.bare_end(name_end) } else { name_end };
        if end == self.text.len() && !self.whole {
            // More of the address may come: until then it is text.
            self.frontier = self.frontier.min(start);
            self.at = end;
        } else if valid {
            let end = self.without_trailing(host, end);
            self.at = start;
            self.push_link(scheme, end, end);
        }
    }

    /// Finds where an address ends: at white space, `<`, or a bracket that closes one before it.
    fn bare_end(&self, from: usize) -> usize {
        let mut end = from;
        let mut depth = 0;
        loop {
            step();
            match self.byte(end) {
                0..=b' ' | b'<' => return end,
                b'[' => depth += 1,
                b']' if depth == 0 => return end,
                b']' => depth -= 1,
                _ => {}
            }
            end += 1;
        }
    }

    /// Leaves out punctuation at the end of an address, and a parenthesis that closes one before it (GFM § 6.9).
    fn without_trailing(&self, from: usize, mut end: usize) -> usize {
        let mut unopened = 0;
        for byte in part(self.text, from, end).bytes() {
            match byte {
                b'(' => unopened -= 1,
                b')' => unopened += 1,
                _ => {}
            }
        }
        loop {
            step();
            match self.byte(end - 1) {
                b')' if unopened > 0 => unopened -= 1,
                b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' | b'"' => {}
                b';' => {
                    let letters = back(self.text, end - 1, |byte| byte.is_ascii_alphanumeric());
                    if letters < end - 1 && self.byte(letters - 1) == b'&' {
                        end = letters;
                    }
                }
                _ => return end,
            }
            end -= 1;
        }
    }

    /// `someone@example.com`, at its `@`.
    pub fn bare_address(&mut self) {
        let at = self.at;
        self.at += 1;
        let mut start = back(self.text, at, is_local);
        if start == at {
            return;
        }
        let mut end = skip(self.text, at + 1, |byte| is_local(byte) && byte != b'+');
        if end == self.text.len() && !self.whole {
            self.frontier = self.frontier.min(start);
            return;
        }
        // An underscore at the end is not in an address: it may end emphasis, and then one at the start starts it.
        end = back(self.text, end, |byte| matches!(byte, b'.' | b'_'));
        if self.byte(end) == b'_' {
            start += run(self.text, start, b'_');
        }
        let has_dot = find(part(self.text, 0, end), at, b'.') < end;
        if start < at && has_dot && self.byte(end - 1) != b'-' && self.take_back(start) {
            self.at = start;
            self.push_link("mailto:", end, end);
        }
    }

    /// Makes the tokens from `start` on plain text again: an underscore in an address looked like emphasis.
    fn take_back(&mut self, start: usize) -> bool {
        while self.from > start {
            match self.tokens.pop() {
                Some(Token::Text(from, _)) => self.from = from,
                Some(Token::Run(index)) if self.waiting.last() == Some(&index) => {
                    self.waiting.pop();
                    self.from = self.runs.pop().map_or(start, |run| run.at);
                }
                other => {
                    self.tokens.extend(other);
                    return false;
                }
            }
        }
        true
    }
}
