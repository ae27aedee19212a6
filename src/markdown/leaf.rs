//! The open leaf: what is shown of it while it grows, and what it is in the end.

use super::block::{Kind, Parser};
use super::entity::without_closing_hashes;
use super::inline::{Extent, Parsed, parse};
use super::link::{Missing, definition};
use super::paint::{Leaf, Paint};
use super::text::{after, part, trim};

/// Open text longer than this is only parsed again when it has grown by an eighth, so that the cost stays linear.
const PATIENCE_BYTES: usize = 8 * 1024;

/// A long text is parsed in pieces of so many times the length at which its start is set aside, as far as it can be cut: what is made of
/// one stays in the processor's cache, and in little memory.
const PIECE: usize = 8;

/// The open leaf.
#[derive(Default)]
pub(super) struct OpenLeaf {
    pub kind: Kind,
    /// Its text so far. Of code: what is not painted yet. Of a table: the open row.
    pub text: String,
    /// Where it starts, after link reference definitions.
    pub start: usize,
    /// Up to where its inlines are painted for good.
    pub settled: usize,
    /// Where its last line starts.
    pub line: usize,
    /// Up to where code has been closed by a line end: blank lines after it may not belong to it.
    pub solid: usize,
    /// Whether a painter knows of it.
    pub shown: bool,
    /// Whether it is known that it does not start with a link reference definition.
    is_plain: bool,
    /// How long the text was when it was shown.
    pub seen: usize,
    unresolved: Vec<u32>,
}

/// A finished leaf that refers to labels that have no definition yet.
pub(super) struct Kept {
    number: usize,
    text: String,
    unresolved: Vec<u32>,
}

impl Parser {
    /// Shows what is new of the open leaf.
    pub(super) fn show(&mut self, painter: &mut dyn Paint) {
        let length = self.leaf.text.len();
        let open = length - self.leaf.settled;
        if length == self.leaf.seen || (open > PATIENCE_BYTES && length > self.leaf.seen && length - self.leaf.seen < open / 8) {
            return;
        }
        self.leaf.seen = length;
        match self.leaf.kind {
            Kind::None => {}
            Kind::Paragraph => {
                self.take_definitions(false);
                if self.leaf.is_plain {
                    // A line that starts with a bar may be the head of a table.
                    let last = after(&self.leaf.text, self.leaf.line);
                    let end = if last.starts_with('|') { self.leaf.line } else { length };
                    self.show_inlines(end.max(self.leaf.settled), open > self.settle_bytes, painter);
                }
            }
            Kind::Heading { .. } => self.show_inlines(without_closing_hashes(&self.leaf.text).len(), false, painter),
            Kind::Table(_) => self.show_cell(painter),
            Kind::Fence { .. } | Kind::Math | Kind::Indented => {
                let end = if self.is_text { length } else { self.leaf.solid };
                self.flush_code(end, painter);
                self.leaf.seen = self.leaf.text.len();
            }
        }
    }

    /// Sets the start of a long text aside, piece by piece.
    fn settle_pieces(&mut self, text: &str, painter: &mut dyn Paint) {
        let length = (self.settle_bytes * PIECE).max(PIECE);
        let mut is_worth_it = true;
        while is_worth_it && text.len() > self.leaf.settled + 2 * length {
            let from = self.leaf.settled;
            let mut end = from + length;
            while !text.is_char_boundary(end) {
                end += 1;
            }
            let parsed = parse(part(text, 0, end), from, &self.definitions, Extent::Growing { settle: true });
            // Else the same text would be parsed over and over.
            is_worth_it = parsed.settled_end > from + length / 2;
            self.show_parsed(parsed, painter);
        }
    }

    fn show_inlines(&mut self, end: usize, settle: bool, painter: &mut dyn Paint) {
        let text = std::mem::take(&mut self.leaf.text);
        let shown = part(&text, 0, end);
        self.settle_pieces(shown, painter);
        let parsed = parse(shown, self.leaf.settled, &self.definitions, Extent::Growing { settle });
        self.show_parsed(parsed, painter);
        self.leaf.text = text;
    }

    fn show_parsed(&mut self, parsed: Parsed, painter: &mut dyn Paint) {
        if !self.leaf.shown && parsed.settled.is_empty() && parsed.tail.is_empty() {
            return;
        }
        self.open_leaf(painter);
        if parsed.settled_end > self.leaf.settled {
            self.leaf.settled = parsed.settled_end;
            self.leaf.unresolved.extend(parsed.unresolved);
        }
        painter.inlines(parsed.settled, parsed.tail);
    }

    fn open_leaf(&mut self, painter: &mut dyn Paint) {
        if !std::mem::replace(&mut self.leaf.shown, true) {
            painter.leaf(&match self.leaf.kind {
                Kind::Heading { level, .. } => Leaf::Heading(level),
                _ => Leaf::Paragraph,
            });
        }
    }

    fn flush_code(&mut self, end: usize, painter: &mut dyn Paint) {
        if end > 0 {
            painter.code(part(&self.leaf.text, 0, end));
            self.leaf.text.drain(..end);
            self.leaf.solid = 0;
        }
    }

    /// Takes the link reference definitions from the start of the open paragraph. `whole` says that it has ended.
    pub(super) fn take_definitions(&mut self, whole: bool) {
        while !self.leaf.is_plain {
            let text = after(&self.leaf.text, self.leaf.start);
            match definition(text, whole) {
                Ok(found) => {
                    let length = found.length;
                    self.definitions.add(found.label, found.target);
                    self.defined = true;
                    self.leaf.start += length;
                    self.leaf.settled = self.leaf.start;
                }
                Err(Missing::Unfinished) if text.is_empty() || !whole => return,
                Err(_) => self.leaf.is_plain = true,
            }
        }
    }

    /// Finishes the open leaf, if there is one.
    pub(super) fn finish_leaf(&mut self, painter: &mut dyn Paint) {
        match self.leaf.kind {
            Kind::None => return,
            Kind::Paragraph => {
                self.take_definitions(true);
                if self.leaf.start == self.leaf.text.len() {
                    // It was nothing but definitions.
                    if let Some(parent) = self.stack.last_mut() {
                        parent.children -= 1;
                    }
                } else {
                    self.finish_inlines(painter);
                }
            }
            Kind::Heading { underlined, .. } => {
                if underlined && self.leaf.shown {
                    self.leaf.shown = false;
                }
                self.finish_inlines(painter);
            }
            Kind::Table(_) => painter.close(),
            Kind::Fence { .. } | Kind::Math | Kind::Indented => {
                self.flush_code(self.leaf.solid, painter);
                painter.finish(None);
            }
        }
        let mut text = std::mem::take(&mut self.leaf.text);
        text.clear();
        self.leaf = OpenLeaf { text, ..OpenLeaf::default() };
    }

    fn finish_inlines(&mut self, painter: &mut dyn Paint) {
        self.open_leaf(painter);
        let text = std::mem::take(&mut self.leaf.text);
        let open = match self.leaf.kind {
            Kind::Heading { underlined: false, .. } => without_closing_hashes(&text),
            _ => trim(&text),
        };
        self.settle_pieces(open, painter);
        let parsed = parse(open, self.leaf.settled.min(open.len()), &self.definitions, Extent::Whole);
        painter.inlines(parsed.settled, Vec::new());
        let mut unresolved = std::mem::take(&mut self.leaf.unresolved);
        unresolved.extend(parsed.unresolved);
        painter.finish(self.keep(unresolved, after(open, self.leaf.start)));
        self.leaf.text = text;
    }

    /// Remembers a finished leaf that refers to labels without a definition.
    pub(super) fn keep(&mut self, unresolved: Vec<u32>, text: &str) -> Option<usize> {
        if unresolved.is_empty() {
            return None;
        }
        let number = self.n_kept;
        self.n_kept += 1;
        self.kept.push(Kept { number, text: text.to_owned(), unresolved });
        Some(number)
    }

    /// Paints the finished leaves again that refer to labels which are defined now.
    pub(super) fn revisit(&mut self, painter: &mut dyn Paint) {
        let definitions = &self.definitions;
        self.kept.retain_mut(|kept| {
            if !kept.unresolved.iter().any(|&hash| definitions.has(hash)) {
                return true;
            }
            let parsed = parse(&kept.text, 0, definitions, Extent::Whole);
            painter.repaint(kept.number, parsed.settled);
            kept.unresolved = parsed.unresolved;
            !kept.unresolved.is_empty()
        });
    }
}
