//! Spans whose text is not parsed: code between backticks, mathematics between dollar signs.

use super::inline::{LONGEST_TICKS, Scanner};
use super::paint::Inline;
use super::text::{after, byte, find, is_blank, part, run, trim};
use super::work::step;

/// A `$` this many bytes before the end of a growing text is still expected to start mathematics, and hidden.
const LONGEST_OPEN_MATH: usize = 80;

impl Scanner<'_> {
    pub fn code(&mut self) {
        let length = run(self.text, self.at, b'`');
        let from = self.at + length;
        let close = self.closing_ticks(from, length);
        let (content, next) = match close {
            Some(close) => (part(self.text, from, close), close + length),
            None if self.whole || length > LONGEST_TICKS => {
                self.at = from;
                return;
            }
            None => {
                self.frontier = self.frontier.min(self.at);
                (after(self.text, from), self.text.len())
            }
        };
        let mut content = content;
        // One space at both ends is there for a backtick next to it; the second end may still come.
        let last = content.len().saturating_sub(usize::from(close.is_some()));
        let is_space = |at: usize| matches!(byte(content, at), b' ' | b'\n');
        if is_space(0) && (close.is_none() || is_space(last)) && !is_blank(content, 0) {
            content = part(content, 1, last);
        }
        let content = content.chars().map(|character| if character == '\n' { ' ' } else { character }).collect();
        self.push_done(Inline::Code(content), next);
    }

    fn closing_ticks(&mut self, from: usize, length: usize) -> Option<usize> {
        let text = self.text;
        let ticks = self.ticks.get_or_insert_with(|| {
            let mut ticks = [0; LONGEST_TICKS + 1];
            let mut at = from;
            loop {
                step();
                at = find(text, at, b'`');
                if at == text.len() {
                    break;
                }
                let length = run(text, at, b'`');
                if let Some(last) = ticks.get_mut(length) {
                    *last = at;
                }
                at += length;
            }
            ticks
        });
        let last = *ticks.get(length)?;
        let mut at = from;
        while at <= last {
            step();
            at = find(text, at, b'`');
            let found = run(text, at, b'`');
            if found == length {
                return Some(at);
            }
            at += found;
        }
        None
    }

    pub fn math(&mut self) {
        let length = run(self.text, self.at, b'$');
        let from = self.at + length;
        let close = match length {
            1 => self.closing_dollar(from),
            2 if !self.no_display_math => self.closing_dollars(from),
            _ => {
                self.at = from;
                return;
            }
        };
        let display = length == 2;
        let (end, next) = match close {
            Some(close) => (close, close + length),
            None => {
                self.no_display_math |= display;
                self.frontier = self.frontier.min(self.at);
                // A sum of money starts with a digit; `$x` is more likely mathematics.
                let end = self.text.len();
                let is_likely = display
                    || self.no_math_before == end
                        && end - from < LONGEST_OPEN_MATH
                        && !matches!(self.byte(from), b' ' | b'0'..=b'9');
                if self.whole || !is_likely {
                    self.at = from;
                    return;
                }
                (self.text.len(), self.text.len())
            }
        };
        let text = trim(part(self.text, from, end)).to_owned();
        self.push_done(Inline::Math { display, text }, next);
    }

    fn closing_dollars(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            at = find(self.text, at, b'$') + 1;
            match self.byte(at) {
                b'$' => return Some(at - 1),
                0 => return None,
                _ => {}
            }
        }
    }

    /// Finds the `$` that ends inline mathematics, on the same line. Sums of money are none: no digit follows, no space comes before.
    fn closing_dollar(&mut self, from: usize) -> Option<usize> {
        if from <= self.no_math_before || matches!(self.byte(from), 0 | b' ' | b'\t' | b'\n') {
            return None;
        }
        let mut end = from;
        loop {
            step();
            match self.byte(end) {
                0 | b'\n' => break,
                b'\\' => end += 1,
                b'$' if self.byte(end - 1) != b' ' && !self.byte(end + 1).is_ascii_digit() => {
                    return Some(end);
                }
                _ => {}
            }
            end += 1;
        }
        self.no_math_before = end;
        None
    }
}
