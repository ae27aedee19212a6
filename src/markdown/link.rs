//! The parts of links and of link reference definitions: labels, destinations, titles. Knows text; knows neither blocks nor inlines.

use super::entity::unescape;
use super::text::{SPACE, after, find, is_blank, part, trim};
use super::unicode::{is_space, push_folded};
use super::work::step;

/// The specification bounds labels, so that no one looks for a `]` through a whole message.
const LONGEST_LABEL: usize = 999;
/// Parentheses in a destination may nest this deep. The specification asks for three levels; each costs a look at the text.
const MOST_PARENTHESES: usize = 4;

/// Why a part of a link was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is not there.
    Absent,
    /// The text ends before that can be known.
    Unfinished,
}

type Found<T> = Result<T, Missing>;

/// Where a link leads.
#[derive(Clone, Default)]
pub(super) struct Target {
    pub destination: String,
    pub title: String,
}

/// A link reference definition: `[label]: destination "title"`.
pub(super) struct Definition<'a> {
    pub label: &'a str,
    pub target: Target,
    /// How many bytes it takes, its line end included.
    pub length: usize,
}

/// All the definitions of a message. The first one of a label wins.
#[derive(Default)]
pub(super) struct Definitions {
    entries: Vec<(u32, String, Target)>,
    /// Positions in `entries` plus one, by hash: open addressing, at most half full.
    slots: Vec<u32>,
}

impl Definitions {
    /// Returns the target of a label, or else the hash by which to recognise a definition that comes later.
    pub fn find(&self, label: &str) -> Result<&Target, u32> {
        let label = normalize(label);
        let hash = hash(&label);
        self.entry(hash, &label).map(|(_, _, target)| target).ok_or(hash)
    }

    /// Returns whether there is a definition whose label has this hash.
    pub fn has(&self, hash: u32) -> bool {
        self.probe(hash, |_| true).is_ok()
    }

    pub fn add(&mut self, label: &str, target: Target) {
        let label = normalize(label);
        let hash = hash(&label);
        if self.entry(hash, &label).is_some() {
            return;
        }
        self.entries.push((hash, label, target));
        if self.entries.len() * 2 > self.slots.len() {
            self.slots = vec![0; self.entries.len() * 8];
            for at in 0..self.entries.len() {
                self.index(at);
            }
        } else {
            self.index(self.entries.len() - 1);
        }
    }

    fn index(&mut self, at: usize) {
        if let Some((hash, ..)) = self.entries.get(at)
            && let Err(slot) = self.probe(*hash, |_| false)
            && let Some(slot) = self.slots.get_mut(slot)
        {
            *slot = at as u32 + 1;
        }
    }

    fn entry(&self, hash: u32, label: &str) -> Option<&(u32, String, Target)> {
        self.probe(hash, |at| self.entries.get(at).is_some_and(|(_, known, _)| known == label))
            .ok()
            .and_then(|at| self.entries.get(at))
    }

    /// Walks the entries of a hash until `accept`; otherwise returns the free slot.
    fn probe(&self, hash: u32, accept: impl Fn(usize) -> bool) -> Result<usize, usize> {
        let count = self.slots.len();
        let mut slot = if count == 0 { 0 } else { hash as usize % count };
        while let Some(&at) = self.slots.get(slot) {
            step();
            let Some(at) = (at as usize).checked_sub(1) else { break };
            if self.entries.get(at).is_some_and(|(known, ..)| *known == hash) && accept(at) {
                return Ok(at);
            }
            slot = if slot + 1 == count { 0 } else { slot + 1 };
        }
        Err(slot)
    }
}

/// FNV-1a. Two labels of the same hash cost a repaint for nothing, no more.
fn hash(label: &str) -> u32 {
    label.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Makes labels comparable: case does not matter, nor how much white space there is.
fn normalize(label: &str) -> String {
    let mut normal = String::new();
    let mut space = false;
    for character in trim(label).chars() {
        if is_space(character) {
            space = true;
        } else {
            if space {
                normal.push(' ');
                space = false;
            }
            push_folded(&mut normal, character);
        }
    }
    normal
}

/// Finds the end (after the `]`) of the label whose `[` is at `at`.
pub(super) fn label(text: &str, at: usize) -> Found<usize> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'[') {
        return Err(if at < bytes.len() { Missing::Absent } else { Missing::Unfinished });
    }
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        step();
        match byte {
            b'[' => return Err(Missing::Absent),
            b']' if is_blank(part(text, at + 1, end)) => return Err(Missing::Absent),
            b']' => return Ok(end + 1),
            b'\\' => end += 1,
            _ => {}
        }
        end += 1;
        // Counted in bytes: a label of 999 wide characters is not worth counting them.
        if end - at > LONGEST_LABEL * 4 {
            return Err(Missing::Absent);
        }
    }
    Err(Missing::Unfinished)
}

/// Finds a destination at `at`: its text and where it ends.
fn destination(text: &str, at: usize) -> Found<(&str, usize)> {
    let bytes = text.as_bytes();
    let pointed = bytes.get(at) == Some(&b'<');
    let from = if pointed { at + 1 } else { at };
    let mut end = from;
    let mut depth = 0;
    while let Some(&byte) = bytes.get(end) {
        step();
        match byte {
            b'\\' if bytes.get(end + 1).is_some_and(u8::is_ascii_punctuation) => end += 1,
            b'>' if pointed => return Ok((part(text, from, end), end + 1)),
            b'\n' | b'<' if pointed => return Err(Missing::Absent),
            _ if pointed => {}
            b'(' if depth == MOST_PARENTHESES => return Err(Missing::Absent),
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            0..=b' ' | 0x7f => break,
            _ => {}
        }
        end += 1;
    }
    let end = end.min(bytes.len());
    if pointed || (depth > 0 && end == bytes.len()) {
        Err(Missing::Unfinished)
    } else if depth > 0 {
        Err(Missing::Absent)
    } else {
        Ok((part(text, from, end), end))
    }
}

/// Finds a title at `at`: its text and where it ends.
fn title(text: &str, at: usize) -> Found<(&str, usize)> {
    let bytes = text.as_bytes();
    let close = match bytes.get(at) {
        Some(b'(') => b')',
        Some(&quote @ (b'"' | b'\'')) => quote,
        Some(_) => return Err(Missing::Absent),
        None => return Err(Missing::Unfinished),
    };
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        step();
        if byte == close {
            return Ok((part(text, at + 1, end), end + 1));
        }
        match byte {
            b'(' if close == b')' => return Err(Missing::Absent),
            b'\\' => end += 1,
            _ => {}
        }
        end += 1;
    }
    Err(Missing::Unfinished)
}

fn skip_space(text: &str, at: usize) -> usize {
    at + after(text, at).bytes().take_while(|byte| SPACE.contains(byte)).count()
}

/// Finds the target of an inline link, `at` being after its `(`, and where it ends.
pub(super) fn inline_target(text: &str, at: usize) -> Found<(Target, usize)> {
    let (address, end) = destination(text, skip_space(text, at))?;
    let mut next = skip_space(text, end);
    let mut name = "";
    if next > end && text.as_bytes().get(next) != Some(&b')') {
        let found = title(text, next)?;
        name = found.0;
        next = skip_space(text, found.1);
    }
    match text.as_bytes().get(next) {
        Some(b')') => Ok((Target { destination: unescape(address), title: unescape(name) }, next + 1)),
        Some(_) => Err(Missing::Absent),
        None => Err(Missing::Unfinished),
    }
}

/// Finds the link reference definition that `text`, the start of a paragraph, starts with. `whole` says that no more text will come.
pub(super) fn definition(text: &str, whole: bool) -> Found<Definition<'_>> {
    let label_end = label(text, 0)?;
    match text.as_bytes().get(label_end) {
        Some(b':') => {}
        Some(_) => return Err(Missing::Absent),
        None => return Err(Missing::Unfinished),
    }
    let from = skip_space(text, label_end + 1);
    let (address, end) = destination(text, from)?;
    if end == text.len() && !whole {
        return Err(Missing::Unfinished);
    }
    if end == from {
        return Err(Missing::Absent);
    }
    let define = |name: &str, length: usize| Definition {
        label: part(text, 1, label_end - 1),
        target: Target { destination: unescape(address), title: unescape(name) },
        length,
    };
    let next = skip_space(text, end);
    if next > end {
        match title(text, next).and_then(|(name, end)| Ok((name, line_end(text, end, whole)?))) {
            Ok((name, end)) => return Ok(define(name, end)),
            Err(Missing::Unfinished) if !whole => return Err(Missing::Unfinished),
            // What looked like a title is the next line, or else there is no definition at all.
            Err(_) => {}
        }
    }
    line_end(text, end, whole).map(|end| define("", end))
}

/// Returns where the line ends whose rest, from `at` on, is blank.
fn line_end(text: &str, at: usize, whole: bool) -> Found<usize> {
    let end = find(text, at, b'\n').map_or(text.len(), |end| end + 1);
    if !is_blank(part(text, at, end)) {
        Err(Missing::Absent)
    } else if whole || end < text.len() {
        Ok(end)
    } else {
        // The last line may go on, or be the head of a table.
        Err(Missing::Unfinished)
    }
}
