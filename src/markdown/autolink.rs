//! Addresses that are links by themselves: `<https://…>`, `https://…`, `www.…`, `someone@example.com`.

use super::inline::{Scanner, Token};
use super::paint::Inline;
use super::text::{after, find, part, run, trim_end};
use super::work::step;

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80
}

/// Returns whether `text` starts with `scheme:`, or might if it went on (`grows`).
fn has_scheme(text: &str, grows: bool) -> bool {
    let length =
        text.bytes().take(33).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-')).count();
    let ends = match text.as_bytes().get(length) {
        Some(&byte) => byte == b':' && length > 1,
        None => grows,
    };
    ends && length <= 32 && text.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Returns whether `text` is a mail address, as HTML has it (CommonMark § 6.5).
fn is_address(text: &str) -> bool {
    let Some(at) = find(text, 0, b'@') else { return false };
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    at > 0
        && part(text, 0, at).bytes().all(is_local)
        && after(text, at + 1).as_bytes().split(|&byte| byte == b'.').all(|part| {
            let is_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            part.len() < 64
                && part.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
                && is_edge(part.first())
                && is_edge(part.last())
        })
}

impl Scanner<'_> {
    fn push_link(&mut self, scheme: &str, end: usize, next: usize) {
        let shown = part(self.text, self.at, end);
        let destination = [scheme, shown].concat();
        let children = vec![Inline::Text(shown.to_owned())];
        self.push(Token::Done(Inline::Link { destination, title: String::new(), children }), next);
    }

    /// `<https://example.com>` and `<someone@example.com>`.
    pub fn pointed_link(&mut self) {
        let from = self.at + 1;
        let mut end = from;
        while self.byte(end).is_some_and(|byte| byte > b' ' && !matches!(byte, b'<' | b'>' | 0x7f)) {
            step();
            end += 1;
        }
        let text = part(self.text, from, end);
        let closed = self.byte(end) == Some(b'>');
        let scheme = if has_scheme(text, false) {
            ""
        } else if is_address(text) {
            "mailto:"
        } else if !self.whole && end == self.text.len() && (has_scheme(text, true) || find(text, 0, b'@').is_some()) {
            self.hold();
            return;
        } else {
            self.at = from;
            return;
        };
        if closed {
            self.push(Token::Hidden, from);
            self.push_link(scheme, end, end + 1);
        } else if !self.whole && end == self.text.len() {
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
            let before = part(self.text, self.from, at);
            let letters = before.bytes().rev().take(6).take_while(u8::is_ascii_alphabetic).count();
            let name = after(before, before.len() - letters);
            if !["http", "https", "ftp"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
                return;
            }
            (at - letters, at + 3, "")
        } else if rest.starts_with("www.") && (at == 0 || self.byte(at - 1).is_some_and(|byte| b" \n\t*_~(".contains(&byte))) {
            (at, at, "http://")
        } else {
            return;
        };
        let name_end = self.host_end(host);
        let valid = self.is_domain(host, name_end, !scheme.is_empty());
        let end = if valid { self.bare_end(host) } else { name_end };
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
        while let Some(byte) = self.byte(end) {
            step();
            match byte {
                0..=b' ' | b'<' => break,
                b'[' => depth += 1,
                b']' if depth == 0 => break,
                b']' => depth -= 1,
                _ => {}
            }
            end += 1;
        }
        end
    }

    /// Leaves out punctuation at the end of an address, and a parenthesis that closes one before it (GFM § 6.9).
    fn without_trailing(&self, from: usize, mut end: usize) -> usize {
        let text = part(self.text, from, end);
        let count = |byte| text.bytes().filter(|&other| other == byte).count();
        let mut unopened = count(b')').saturating_sub(count(b'('));
        loop {
            step();
            match self.byte(end - 1) {
                Some(b')') if unopened > 0 => unopened -= 1,
                Some(b'?' | b'!' | b'.' | b',' | b':' | b'*' | b'_' | b'~' | b'\'' | b'"') => {}
                Some(b';') => {
                    let letters = part(self.text, from, end - 1).bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
                    if letters > 0 && self.byte(end - 2 - letters) == Some(b'&') {
                        end -= letters + 1;
                    }
                }
                _ => return end,
            }
            end -= 1;
        }
    }

    /// Returns where the host name at `from` ends. No host name is longer than 255 bytes.
    fn host_end(&self, from: usize) -> usize {
        let is_part = |byte: &u8| is_host(*byte) || matches!(byte, b'.' | b'_');
        from + self.text.bytes().skip(from).take(256).take_while(is_part).count()
    }

    /// Checks the rules of GFM § 6.9 for a host name.
    fn is_domain(&self, from: usize, end: usize, needs_dot: bool) -> bool {
        let host = trim_end(part(self.text, from, end), b"._");
        host.bytes().next().is_some_and(|first| is_host(first) && first != b'-')
            && (!needs_dot || find(host, 0, b'.').is_some())
            && !host.as_bytes().rsplit(|&byte| byte == b'.').take(2).any(|part| part.contains(&b'_'))
    }

    /// `someone@example.com`, at its `@`.
    pub fn bare_address(&mut self) {
        let at = self.at;
        self.at += 1;
        let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b".+-_".contains(byte);
        let mut start = at - part(self.text, 0, at).bytes().rev().take_while(is_local).count();
        if start == at {
            return;
        }
        let mut end = at + 1 + self.text.bytes().skip(at + 1).take_while(|byte| is_local(byte) && *byte != b'+').count();
        if end == self.text.len() && !self.whole {
            self.frontier = self.frontier.min(start);
            return;
        }
        // An underscore at the end is not in an address: it may end emphasis, and then one at the start starts it.
        while matches!(self.byte(end - 1), Some(b'.' | b'_')) {
            end -= 1;
        }
        if self.byte(end) == Some(b'_') {
            start += run(self.text, start, b'_');
        }
        let domain = part(self.text, at + 1, end);
        if start >= at || find(domain, 0, b'.').is_none() || domain.ends_with('-') || !self.take_back(start) {
            return;
        }
        self.at = start;
        self.push_link("mailto:", end, end);
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
                Some(other) => {
                    self.tokens.push(other);
                    return false;
                }
                None => return false,
            }
        }
        true
    }
}
