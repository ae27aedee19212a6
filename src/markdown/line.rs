//! A position in one line that knows its column. Knows tabs; knows no block.

use super::text::{after, byte, is_blank};

/// A position in a line. A tab reaches to the next multiple of four columns and may be used up in part.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    line: &'a str,
    /// Byte offset of what is left.
    pub at: usize,
    column: usize,
    /// Columns left of a tab that is behind `at`.
    pub spare: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(line: &'a str) -> Self {
        Cursor { line, at: 0, column: 0, spare: 0 }
    }

    /// Returns what is left of the line.
    pub fn rest(&self) -> &'a str {
        after(self.line, self.at)
    }

    pub fn is_blank(&self) -> bool {
        is_blank(self.line, self.at)
    }

    /// Returns how many columns of white space come next.
    pub fn indent(mut self) -> usize {
        self.eat_columns(usize::MAX)
    }

    /// Skips up to `most` columns of white space and returns how many it were.
    pub fn eat_columns(&mut self, most: usize) -> usize {
        let mut left = most;
        while left > 0 {
            if self.spare == 0 {
                match byte(self.line, self.at) {
                    b' ' => self.spare = 1,
                    b'\t' => self.spare = 4 - self.column % 4,
                    _ => break,
                }
                self.at += 1;
            }
            let taken = self.spare.min(left);
            self.spare -= taken;
            self.column += taken;
            left -= taken;
        }
        most - left
    }

    /// Skips all white space that comes next.
    pub fn eat_indent(&mut self) {
        self.eat_columns(usize::MAX);
    }

    /// Skips `count` characters that are neither tabs nor wider than a byte.
    pub fn eat_bytes(&mut self, count: usize) {
        self.at += count;
        self.column += count;
    }

    /// Skips a `>` that is not indented like code, and the one column of white space that belongs to it.
    pub fn eat_quote_marker(&mut self) -> bool {
        let mut ahead = *self;
        if ahead.eat_columns(4) > 3 || byte(self.line, ahead.at) != b'>' {
            return false;
        }
        ahead.eat_bytes(1);
        ahead.eat_columns(1);
        *self = ahead;
        true
    }
}
