//! The parser: lines → blocks. Carries out what [`super::plan`] decided; knows nothing of inlines.

use super::container::{Open, Shape};
use super::entity::unescape;
use super::leaf::{Kept, OpenLeaf};
use super::link::Definitions;
use super::paint::{Leaf, Paint};
use super::plan::{Ending, Plan};
use super::table::Table;
use super::text::{after, find, is_blank, is_blank_byte, part, skip, trim, trim_end};

/// A line this long of which it is not known yet what it is, is not looked at for every few bytes more.
const LONG_LINE: usize = 256;

/// An incremental parser of GitHub-flavoured Markdown.
///
/// Text is pushed as it arrives; what it changed is painted when there is time, at most once per frame. A line is parsed once. However the
/// text is cut and however often it is painted, the result is that of the whole text.
///
/// ```
/// use assisters_chat::markdown::{Parser, Tree};
///
/// let mut parser = Parser::default();
/// let mut tree = Tree::default();
/// parser.push("Some **bo");
/// parser.paint(&mut tree);
/// parser.push("ld** text");
/// parser.finish();
/// parser.paint(&mut tree);
/// assert_eq!(tree.into_blocks().len(), 1);
/// ```
pub struct Parser {
    /// What was pushed and is not parsed yet, from the start of a line or from inside one.
    input: String,
    /// Whether `input` may have a whole line.
    has_line_end: bool,
    /// Whether the last character was a carriage return: a line feed after it is part of it.
    after_return: bool,
    /// Whether the last character did not end a line.
    inside_line: bool,
    finished: bool,
    /// Whether the blocks of the current line are known: the rest of it is text of the open leaf.
    pub(super) is_text: bool,
    /// How long an undecided line must be to be looked at again.
    next_look: usize,
    /// Whether the line before was blank, in the innermost container it continued.
    pub(super) after_blank: bool,
    /// The open containers, outermost first.
    pub(super) stack: Vec<Open>,
    pub(super) leaf: OpenLeaf,
    pub(super) definitions: Definitions,
    /// Whether there are new definitions.
    pub(super) defined: bool,
    pub(super) kept: Vec<Kept>,
    pub(super) n_kept: usize,
    /// Once the open text of a leaf is longer than this, the start of it that can no longer change is set aside.
    pub(super) settle_bytes: usize,
}

/// Long enough that a paragraph of usual length is one piece, short enough to parse in a fraction of a frame.
const SETTLE_BYTES: usize = 1024;

impl Default for Parser {
    fn default() -> Self {
        Parser::settling_after(SETTLE_BYTES)
    }
}

/// What the open leaf is.
#[derive(Default)]
pub(super) enum Kind {
    #[default]
    None,
    Paragraph,
    Heading {
        level: u8,
        /// Whether it is one by a line under it.
        underlined: bool,
    },
    Fence {
        byte: u8,
        length: usize,
        indent: usize,
    },
    Indented,
    Math,
    Table(Table),
}

impl Parser {
    /// Returns a parser that parses at most about so many bytes of a paragraph again for each paint; it starts at the last word before
    /// which nothing can change any more.
    pub fn settling_after(bytes: usize) -> Self {
        Parser {
            input: String::new(),
            has_line_end: false,
            after_return: false,
            inside_line: false,
            finished: false,
            is_text: false,
            next_look: 0,
            after_blank: false,
            stack: Vec::new(),
            leaf: OpenLeaf::default(),
            definitions: Definitions::default(),
            defined: false,
            kept: Vec::new(),
            n_kept: 0,
            settle_bytes: bytes,
        }
    }

    /// Takes the next piece of the text.
    pub fn push(&mut self, text: &str) {
        if self.finished {
            return;
        }
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if std::mem::take(&mut self.after_return) && first == '\n' {
                rest = after(rest, 1);
                continue;
            }
            let plain = skip(rest, 0, |byte| !matches!(byte, b'\r' | 0));
            let more = part(rest, 0, plain);
            self.input.push_str(more);
            self.has_line_end |= find(more, 0, b'\n') < plain;
            rest = after(rest, plain);
            match rest.bytes().next() {
                Some(b'\r') => {
                    self.input.push('\n');
                    self.has_line_end = true;
                    self.after_return = true;
                }
                Some(_) => self.input.push('\u{fffd}'),
                None => break,
            }
            rest = after(rest, 1);
        }
        if !text.is_empty() {
            self.inside_line = !text.ends_with(['\n', '\r']);
        }
    }

    /// Says that no more text will come. What is still unfinished is painted as what it is by the next [`Parser::paint`].
    pub fn finish(&mut self) {
        if !self.finished && self.inside_line {
            self.push("\n");
        }
        self.finished = true;
    }

    /// Parses what was pushed and passes on what changed.
    pub fn paint(&mut self, painter: &mut dyn Paint) {
        if self.has_line_end || self.is_text || self.input.len() >= self.next_look {
            self.parse_input(painter);
        }
        if self.finished {
            self.close_containers(0, painter);
        } else {
            self.show(painter);
        }
        if std::mem::take(&mut self.defined) {
            self.revisit(painter);
        }
    }

    fn parse_input(&mut self, painter: &mut dyn Paint) {
        let mut input = std::mem::take(&mut self.input);
        let mut at = 0;
        while at < input.len() {
            let end = find(&input, at, b'\n');
            let whole = end < input.len();
            let line = part(&input, at, end);
            let mut text = line;
            if !self.is_text {
                let Ok(plan) = self.plan(line, whole) else {
                    self.next_look = if line.len() < LONG_LINE { 0 } else { line.len() + line.len() / 8 };
                    break;
                };
                text = self.apply(plan, painter);
            }
            if self.is_text {
                self.leaf.text.push_str(text);
            }
            if !whole {
                at = end;
                break;
            }
            if std::mem::take(&mut self.is_text) {
                self.end_line(painter);
            }
            at = end + 1;
        }
        input.drain(..at);
        if at > 0 {
            self.next_look = 0;
        }
        self.has_line_end = false;
        self.input = input;
    }

    /// Does to the open blocks what was decided, and returns the text that is left of the line; it is of the open leaf if `is_text`.
    fn apply<'a>(&mut self, plan: Plan<'a>, painter: &mut dyn Paint) -> &'a str {
        let Plan { matched, starts, ending, cursor } = plan;
        let all = matched == self.stack.len();
        let continues = starts.is_empty()
            && match (&ending, &self.leaf.kind) {
                (Ending::Text, Kind::Paragraph) => true,
                (Ending::Underline(_) | Ending::Delimiters(_), Kind::Paragraph)
                | (Ending::Indented | Ending::Blank, Kind::Indented)
                | (Ending::Row, Kind::Table(_))
                | (Ending::CodeText | Ending::FenceEnd, _) => all,
                _ => false,
            };
        if !continues {
            self.close_containers(matched, painter);
        }
        let blank = matches!(ending, Ending::Blank);
        let blank_here = blank && starts.is_empty() && !matches!(self.stack.last(), Some(Open { shape: Shape::Quote, .. }));
        for start in starts {
            self.start_container(start, painter);
        }
        if !continues && !blank {
            self.leave_list(painter);
            self.child(painter);
        }
        self.after_blank = blank_here;
        self.is_text = true;
        let text = cursor.rest();
        match ending {
            Ending::Blank => {
                self.is_text = false;
                if continues {
                    self.leaf.text.extend(std::iter::repeat_n(' ', cursor.spare));
                    self.leaf.text.push_str(text);
                    self.leaf.text.push('\n');
                }
            }
            Ending::Text => {
                self.leaf.kind = Kind::Paragraph;
                self.leaf.line = self.leaf.text.len();
            }
            Ending::Underline(level) => {
                self.take_definitions(true);
                if self.leaf.start < self.leaf.text.len() {
                    self.leaf.kind = Kind::Heading { level, underlined: true };
                    self.finish_leaf(painter);
                    self.is_text = false;
                } else if level == 2 && trim(text).len() > 2 {
                    // Nothing but definitions: there is nothing to underline.
                    self.finish_leaf(painter);
                    self.child(painter);
                    self.rule(painter);
                } else {
                    self.leaf.line = self.leaf.text.len();
                }
            }
            Ending::Heading(level) => self.leaf.kind = Kind::Heading { level, underlined: false },
            Ending::Rule => self.rule(painter),
            Ending::Fence { byte, length, indent } => {
                let language = first_word(trim(text));
                painter.leaf(&Leaf::Code { language: unescape(language) });
                self.leaf.kind = Kind::Fence { byte, length, indent };
                self.is_text = false;
            }
            Ending::Math => {
                painter.leaf(&Leaf::Math);
                self.leaf.kind = Kind::Math;
                self.is_text = false;
            }
            Ending::FenceEnd => {
                if let Some(last) = trim_end(text).strip_suffix("$$")
                    && !is_blank(last, 0)
                {
                    self.leaf.text.push_str(last);
                    self.leaf.text.push('\n');
                }
                self.finish_leaf(painter);
                self.is_text = false;
            }
            Ending::CodeText | Ending::Indented => {
                if !continues {
                    painter.leaf(&Leaf::Code { language: String::new() });
                    self.leaf.kind = Kind::Indented;
                }
                self.leaf.text.extend(std::iter::repeat_n(' ', cursor.spare));
            }
            Ending::Delimiters(columns) => {
                self.open_table(columns, painter);
                self.is_text = false;
            }
            Ending::Row => {
                self.open_row(painter);
                return text.strip_prefix('|').unwrap_or(text);
            }
        }
        text
    }

    fn rule(&mut self, painter: &mut dyn Paint) {
        painter.leaf(&Leaf::Rule);
        painter.finish(None);
        self.is_text = false;
    }

    fn end_line(&mut self, painter: &mut dyn Paint) {
        match self.leaf.kind {
            Kind::None => {}
            Kind::Heading { .. } => self.finish_leaf(painter),
            Kind::Table(_) => self.close_row(painter),
            Kind::Paragraph | Kind::Fence { .. } | Kind::Math | Kind::Indented => {
                self.leaf.text.push('\n');
                self.leaf.solid = self.leaf.text.len();
            }
        }
    }
}

fn first_word(text: &str) -> &str {
    part(text, 0, skip(text, 0, |byte| !is_blank_byte(byte)))
}
