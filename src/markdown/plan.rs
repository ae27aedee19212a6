//! What one line does to the open blocks. Decides, changes nothing: of a line that is still growing nothing is believed before it is certain.

use super::block::{Kind, Parser};
use super::container::Shape;
use super::line::Cursor;
use super::paint::Align;
use super::table;
use super::text::{byte, find, is_blank, part, run, skip, trim_end};
use super::work::step;

/// Blocks nested deeper than this are text, so that no one who walks the tree overflows the stack.
const DEEPEST: usize = 48;

/// The line may become different things, depending on what follows.
pub(super) struct Undecided;

/// A container that a line starts.
pub(super) enum Start {
    Quote,
    Item(ItemStart),
}

/// A list item that a line starts.
pub(super) struct ItemStart {
    /// The character that items of one list have in common.
    pub marker: u8,
    pub number: Option<u32>,
    /// How many columns its content is indented.
    pub offset: usize,
    pub task: Option<bool>,
}

/// What a line is, after the markers of its containers.
pub(super) enum Ending {
    Blank,
    Text,
    Heading(u8),
    /// The line under a heading.
    Underline(u8),
    Rule,
    Fence {
        byte: u8,
        length: usize,
        indent: usize,
    },
    FenceEnd,
    Math,
    CodeText,
    Indented,
    /// The second line of a table.
    Delimiters(Vec<Align>),
    Row,
}

/// What a line does.
pub(super) struct Plan<'a> {
    /// How many of the open containers it continues.
    pub matched: usize,
    pub starts: Vec<Start>,
    pub ending: Ending,
    /// Where its text starts.
    pub cursor: Cursor<'a>,
}

/// Looks for lines, or ends of lines, that have certain characters only, and remembers the last one that had another.
#[derive(Default)]
struct Only {
    set: &'static [u8],
    broken_at: usize,
}

impl Only {
    fn check(&mut self, cursor: &Cursor, set: &'static [u8]) -> bool {
        if self.set == set && cursor.at <= self.broken_at {
            return false;
        }
        match cursor.rest().bytes().inspect(|_| step()).position(|byte| !set.contains(&byte)) {
            Some(found) => {
                *self = Only { set, broken_at: cursor.at + found };
                false
            }
            None => true,
        }
    }
}

impl Parser {
    /// Decides what a line does. `whole` says that it has ended; otherwise more of it may come.
    pub(super) fn plan<'a>(&self, line: &'a str, whole: bool) -> Result<Plan<'a>, Undecided> {
        let mut cursor = Cursor::new(line);
        let mut matched = 0;
        for open in &self.stack {
            step();
            match open.shape {
                Shape::Quote if !cursor.eat_quote_marker() => break,
                Shape::Item { .. } if cursor.is_blank() && open.is_empty => break,
                Shape::Item { offset } if cursor.is_blank() || cursor.indent() >= offset => {
                    cursor.eat_columns(offset);
                }
                Shape::Item { .. } => break,
                Shape::Quote | Shape::List { .. } => {}
            }
            matched += 1;
        }
        let mut plan = Plan { matched, starts: Vec::new(), ending: Ending::Text, cursor };
        if matched == self.stack.len() && self.continue_code(&mut plan, whole)? {
            return Ok(plan);
        }
        let mut only = Only::default();
        loop {
            if plan.cursor.is_blank() {
                plan.ending = if whole { Ending::Blank } else { return Err(Undecided) };
                return Ok(plan);
            }
            if !self.start(&mut plan, &mut only, whole)? {
                return Ok(plan);
            }
        }
    }

    /// Handles a line inside a block of code or mathematics.
    fn continue_code(&self, plan: &mut Plan, whole: bool) -> Result<bool, Undecided> {
        let mut ahead = plan.cursor;
        let width = ahead.eat_columns(4);
        match self.leaf.kind {
            Kind::Fence { byte, length, indent } => {
                plan.ending = Ending::CodeText;
                let marks = run(ahead.rest(), 0, byte);
                if width < 4 && is_blank(ahead.rest(), marks) {
                    if !whole {
                        return Err(Undecided);
                    }
                    if marks >= length {
                        plan.ending = Ending::FenceEnd;
                        return Ok(true);
                    }
                }
                plan.cursor.eat_columns(indent);
            }
            Kind::Math if !whole => return Err(Undecided),
            Kind::Math => {
                plan.ending = if trim_end(plan.cursor.rest()).ends_with("$$") { Ending::FenceEnd } else { Ending::CodeText };
            }
            Kind::Indented if ahead.is_blank() && !whole => return Err(Undecided),
            Kind::Indented if ahead.is_blank() || width == 4 => {
                plan.ending = if ahead.is_blank() { Ending::Blank } else { Ending::Indented };
                plan.cursor = ahead;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Decides what comes next in a line that is not blank. Returns whether it is a container, so that there is more to decide.
    fn start(&self, plan: &mut Plan, only: &mut Only, whole: bool) -> Result<bool, Undecided> {
        let first = plan.starts.is_empty();
        let tip_is_paragraph = first && matches!(self.leaf.kind, Kind::Paragraph);
        let paragraph = tip_is_paragraph && plan.matched == self.stack.len();
        let table = first && plan.matched == self.stack.len() && matches!(self.leaf.kind, Kind::Table(_));
        let nests = plan.matched + plan.starts.len() * 2 < DEEPEST;
        let mut ahead = plan.cursor;
        let indent = ahead.eat_columns(4);
        if indent == 4 {
            if tip_is_paragraph {
                plan.cursor.eat_indent();
            } else {
                plan.ending = Ending::Indented;
                plan.cursor = ahead;
            }
            return Ok(false);
        }
        let rest = ahead.rest();
        let mark = byte(rest, 0);
        if mark.is_ascii_alphabetic() {
            // Most lines.
            plan.cursor = ahead;
            if table {
                plan.ending = Ending::Row;
            }
            return Ok(false);
        }
        // Quotes may nest on one line, where the rest of it is all their markers.
        let marks = if mark == b'>' { 1 } else { run(rest, 0, mark) };
        let next = byte(rest, marks);
        // What a growing line may still become.
        let set: &[u8] = match mark {
            b'-' if paragraph => b"-|: \t",
            b'|' | b':' if paragraph => b"|:- \t",
            b'|' if table => b"| \t",
            b'-' => b"- \t",
            b'*' => b"* \t",
            b'_' => b"_ \t",
            b'=' if paragraph => b"= \t",
            b'$' => b"$ \t",
            b'#' if marks < 7 => b"#",
            b'+' => b"+",
            _ => b"",
        };
        let might_be = !set.is_empty() && only.check(&ahead, set);
        if might_be && !whole {
            return Err(Undecided);
        }
        plan.ending = match mark {
            b'>' if nests => {
                plan.cursor.eat_quote_marker();
                plan.starts.push(Start::Quote);
                return Ok(true);
            }
            b'#' if marks < 7 && matches!(next, 0 | b' ' | b'\t') => {
                plan.cursor = ahead;
                plan.cursor.eat_bytes(marks);
                plan.cursor.eat_indent();
                if plan.cursor.is_blank() && !whole {
                    return Err(Undecided);
                }
                plan.ending = Ending::Heading(marks as u8);
                return Ok(false);
            }
            b'`' | b'~' if marks > 2 && (mark == b'~' || find(rest, marks, b'`') == rest.len()) => {
                if !whole {
                    return Err(Undecided);
                }
                plan.cursor = ahead;
                plan.cursor.eat_bytes(marks);
                plan.ending = Ending::Fence { byte: mark, length: marks, indent };
                return Ok(false);
            }
            b'`' | b'~' if next == 0 && !whole => return Err(Undecided),
            b'$' if might_be && marks == 2 && is_blank(rest, marks) => Ending::Math,
            b'=' | b'-' if paragraph && is_blank(rest, marks) => {
                plan.cursor = ahead;
                Ending::Underline(if mark == b'=' { 1 } else { 2 })
            }
            // `- | -` is an item.
            b'-' | b':' | b'|' if paragraph && might_be && !rest.starts_with("- ") => match table::delimiters(rest) {
                Some(columns) if self.is_table_head(columns.len()) => Ending::Delimiters(columns),
                _ => Ending::Text,
            },
            _ => Ending::Text,
        };
        if matches!(plan.ending, Ending::Text) && matches!(mark, b'-' | b'*' | b'_') {
            let rule: &[u8] = match mark {
                b'-' => b"- \t",
                b'*' => b"* \t",
                _ => b"_ \t",
            };
            if only.check(&ahead, rule) && rest.bytes().filter(|&byte| byte == mark).count() > 2 {
                plan.ending = Ending::Rule;
            }
        }
        if !matches!(plan.ending, Ending::Text) {
            return Ok(false);
        }
        if nests && let Some(item) = item(&mut ahead, indent, paragraph, whole)? {
            let is_task = item.task.is_some();
            plan.cursor = ahead;
            plan.starts.push(Start::Item(item));
            // What has a check box is a paragraph, or empty.
            return Ok(!is_task || ahead.is_blank());
        }
        plan.cursor.eat_indent();
        // A lone bar is no row.
        if table && !(mark == b'|' && is_blank(rest, 1)) {
            plan.ending = Ending::Row;
        }
        Ok(false)
    }
}

/// Reads the marker of a list item, with its check box.
fn item(cursor: &mut Cursor, indent: usize, paragraph: bool, whole: bool) -> Result<Option<ItemStart>, Undecided> {
    let rest = cursor.rest();
    let digits = skip(rest, 0, |byte| byte.is_ascii_digit());
    let marker = byte(rest, digits);
    match marker {
        b'-' | b'+' | b'*' if digits == 0 => {}
        b'.' | b')' if (1..10).contains(&digits) => {}
        0 if !whole && digits < 10 => return Err(Undecided),
        _ => return Ok(None),
    }
    match byte(rest, digits + 1) {
        0 if !whole => return Err(Undecided),
        0 | b' ' | b'\t' => {}
        _ => return Ok(None),
    }
    let number = number(part(rest, 0, digits));
    cursor.eat_bytes(digits + 1);
    let blank = cursor.is_blank();
    if blank && !whole {
        return Err(Undecided);
    }
    // Else a line of a paragraph that starts with a year, or a lone dash, would end it.
    if paragraph && (blank || number.is_some_and(|number: u32| number != 1)) {
        return Ok(None);
    }
    let spaces = cursor.indent();
    let code = spaces > 4;
    let offset = indent + digits + 1 + if blank || code { 1 } else { spaces };
    cursor.eat_columns(if blank || code { 1 } else { spaces });
    let task = if blank || code { None } else { task(cursor.rest(), whole)? };
    if task.is_some() {
        cursor.eat_bytes(3);
        cursor.eat_indent();
    }
    Ok(Some(ItemStart { marker, number, offset, task }))
}

/// Reads up to nine digits; no digit is no number.
fn number(digits: &str) -> Option<u32> {
    digits.bytes().fold(None, |number, digit| Some(number.unwrap_or(0) * 10 + u32::from(digit - b'0')))
}

/// Reads a check box: `[ ]` or `[x]`, and white space.
fn task(text: &str, whole: bool) -> Result<Option<bool>, Undecided> {
    let checked = match byte(text, 1) {
        b' ' => false,
        b'x' | b'X' => true,
        0 if !whole && text == "[" => return Err(Undecided),
        _ => return Ok(None),
    };
    match (byte(text, 0), byte(text, 2), byte(text, 3)) {
        (b'[', b']', b' ' | b'\t') => Ok(Some(checked)),
        (b'[', 0, _) | (b'[', b']', 0) if !whole => Err(Undecided),
        _ => Ok(None),
    }
}
