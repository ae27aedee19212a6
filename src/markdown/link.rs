//! The parts of links and of link reference definitions: labels, destinations, titles. Knows text; knows neither blocks nor inlines.

use super::entity::unescape;
use super::text::{byte, find, part, skip_space, trim};
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
    slots: Vec<usize>,
}

impl Definitions {
    /// Returns the target of a label, or else the hash by which to recognise a definition that comes later.
    pub fn find(&self, label: &str) -> Result<&Target, u32> {
        let label = normalize(label);
        let hash = hash(&label);
        match self.entries.get(self.probe(hash, Some(&label)).1) {
            Some((_, _, target)) => Ok(target),
            None => Err(hash),
        }
    }

    /// Returns whether there is a definition whose label has this hash.
    pub fn has(&self, hash: u32) -> bool {
        self.probe(hash, None).1 < self.entries.len()
    }

    pub fn add(&mut self, label: &str, target: Target) {
        let label = normalize(label);
        let hash = hash(&label);
        if self.probe(hash, Some(&label)).1 < self.entries.len() {
            return;
        }
        self.entries.push((hash, label, target));
        let mut first = self.entries.len() - 1;
        if first * 2 >= self.slots.len() {
            self.slots = vec![0; first * 4 + 8];
            first = 0;
        }
        for at in first..self.entries.len() {
            let Some((hash, label, _)) = self.entries.get(at) else { continue };
            let (slot, _) = self.probe(*hash, Some(label));
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = at + 1;
            }
        }
    }

    /// Returns the slot and the index of the entry with a hash, and label if it matters; without one, a free slot and no index at all.
    fn probe(&self, hash: u32, label: Option<&str>) -> (usize, usize) {
        let mut slot = hash as usize;
        loop {
            step();
            slot %= self.slots.len().max(1);
            let entry = self.slots.get(slot).copied().unwrap_or(0).wrapping_sub(1);
            match self.entries.get(entry) {
                Some((known, name, _)) if *known != hash || label.is_some_and(|label| label != name) => slot += 1,
                Some(_) => return (slot, entry),
                None => return (slot, usize::MAX),
            }
        }
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
    if byte(text, at) != b'[' {
        return absent(text, at);
    }
    let mut end = at + 1;
    // Counted in bytes: a label of 999 wide characters is not worth counting them.
    while end - at <= LONGEST_LABEL * 4 {
        step();
        match byte(text, end) {
            0 => return Err(Missing::Unfinished),
            b'[' => break,
            b']' if skip_space(text, at + 1) == end => break,
            b']' => return Ok(end + 1),
            b'\\' => end += 1,
            _ => {}
        }
        end += 1;
    }
    Err(Missing::Absent)
}

/// Says that something is not at `at`, or that the text ends there.
fn absent<T>(text: &str, at: usize) -> Found<T> {
    Err(if at < text.len() { Missing::Absent } else { Missing::Unfinished })
}

/// Finds a destination at `at`: its text and where it ends.
fn destination(text: &str, at: usize) -> Found<(&str, usize)> {
    let pointed = byte(text, at) == b'<';
    let from = at + usize::from(pointed);
    let mut end = from;
    let mut depth = 0;
    loop {
        step();
        match byte(text, end) {
            0 if pointed || depth > 0 => return Err(Missing::Unfinished),
            b'\\' if byte(text, end + 1).is_ascii_punctuation() => end += 1,
            b'>' if pointed => return Ok((part(text, from, end), end + 1)),
            b'\n' | b'<' if pointed => return Err(Missing::Absent),
            _ if pointed => {}
            b'(' if depth == MOST_PARENTHESES => return Err(Missing::Absent),
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            0..=b' ' | 0x7f | b')' => break,
            _ => {}
        }
        end += 1;
    }
    if depth > 0 { Err(Missing::Absent) } else { Ok((part(text, from, end), end)) }
}

/// Finds a title at `at`: its text and where it ends.
fn title(text: &str, at: usize) -> Found<(&str, usize)> {
    let close = match byte(text, at) {
        b'(' => b')',
        quote @ (b'"' | b'\'') => quote,
        _ => return absent(text, at),
    };
    let mut end = at + 1;
    loop {
        step();
        match byte(text, end) {
            0 => return Err(Missing::Unfinished),
            byte if byte == close => return Ok((part(text, at + 1, end), end + 1)),
            b'(' if close == b')' => return Err(Missing::Absent),
            b'\\' => end += 1,
            _ => {}
        }
        end += 1;
    }
}

/// Finds the target of an inline link, `at` being after its `(`, and where it ends.
pub(super) fn inline_target(text: &str, at: usize) -> Found<(Target, usize)> {
    let (address, end) = destination(text, skip_space(text, at))?;
    let mut next = skip_space(text, end);
    let mut name = "";
    if next > end && byte(text, next) != b')' {
        let found = title(text, next)?;
        name = found.0;
        next = skip_space(text, found.1);
    }
    if byte(text, next) == b')' { Ok((target(address, name), next + 1)) } else { absent(text, next) }
}

fn target(destination: &str, title: &str) -> Target {
    Target { destination: unescape(destination), title: unescape(title) }
}

/// Finds the link reference definition that `text`, the start of a paragraph, starts with. `whole` says that no more text will come.
pub(super) fn definition(text: &str, whole: bool) -> Found<Definition<'_>> {
    let label_end = label(text, 0)?;
    if byte(text, label_end) != b':' {
        return absent(text, label_end);
    }
    let from = skip_space(text, label_end + 1);
    let (address, end) = destination(text, from)?;
    if end == text.len() && !whole {
        return Err(Missing::Unfinished);
    }
    if end == from {
        return Err(Missing::Absent);
    }
    let next = skip_space(text, end);
    let mut named = ("", Err(Missing::Absent));
    if next > end {
        match title(text, next) {
            Ok((name, end)) => named = (name, line_end(text, end, whole)),
            Err(missing) => named.1 = Err(missing),
        }
    }
    let (name, length) = match named {
        (name, Ok(length)) => (name, length),
        (_, Err(Missing::Unfinished)) if !whole => return Err(Missing::Unfinished),
        // What looked like a title is the next line, or else there is no definition at all.
        (_, Err(_)) => ("", line_end(text, end, whole)?),
    };
    Ok(Definition { label: part(text, 1, label_end - 1), target: target(address, name), length })
}

/// Returns where the line ends whose rest, from `at` on, is blank.
fn line_end(text: &str, at: usize, whole: bool) -> Found<usize> {
    let end = (find(text, at, b'\n') + 1).min(text.len());
    if skip_space(text, at) < end {
        Err(Missing::Absent)
    } else if whole || end < text.len() {
        Ok(end)
    } else {
        // The last line may go on, or be the head of a table.
        Err(Missing::Unfinished)
    }
}
