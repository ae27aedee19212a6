//! The text of one leaf block → inlines. Cuts it into tokens from left to right; knows no blocks.

use super::delimiter::Run;
use super::entity::{Entity, entity, unfinished_marker};
use super::link::{Definitions, Missing, Target, inline_target, label};
use super::paint::Inline;
use super::text::{SPACE, after, byte, find, is_blank, part, run, trim, trim_end};
use super::work::step;

/// Longer runs of backticks than this are text.
const LONGEST_TICKS: usize = 31;
/// An opening bracket this many bytes before the end of a growing text is still expected to become a link, and hidden.
const LONGEST_OPEN_LINK: usize = 120;

/// The inlines of a text.
pub(super) struct Parsed {
    /// Those that no further text can change.
    pub settled: Vec<Inline>,
    /// How many bytes of the text they come from.
    pub settled_length: usize,
    /// Those after them.
    pub tail: Vec<Inline>,
    /// Hashes of the labels of links that have no definition yet.
    pub unresolved: Vec<u32>,
}

/// Whether a text may grow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// It is complete.
    Whole,
    /// It may grow: what is unfinished at its end is taken for what it is about to be, and markers there are held back.
    Growing {
        /// Whether to look for a start of the text that no longer changes.
        settle: bool,
    },
}

pub(super) enum Token {
    Text(usize, usize),
    Done(Inline),
    /// A delimiter run, by its index.
    Run(usize),
    Open {
        image: bool,
        target: Target,
    },
    Close,
    Hidden,
}

struct Bracket {
    token: usize,
    /// How many delimiter runs came before it.
    runs: usize,
    image: bool,
    at: usize,
    /// Whether a bracket was opened after it: then its text is no label.
    nested: bool,
}

pub(super) struct Scanner<'a> {
    pub text: &'a str,
    pub whole: bool,
    pub at: usize,
    /// Start of the plain text before `at` that is in no token yet.
    pub from: usize,
    /// Everything before may be settled: nothing open before it waits for a counterpart.
    pub frontier: usize,
    pub tokens: Vec<Token>,
    pub runs: Vec<Run>,
    /// Delimiter runs that are not matched yet, by index.
    pub waiting: Vec<usize>,
    brackets: Vec<Bracket>,
    /// Brackets below this index are followed by a link, so they cannot be links: links do not nest.
    dead_below: usize,
    /// The last backtick run of each length, so that no search for one is in vain.
    ticks: Option<[usize; LONGEST_TICKS + 1]>,
    /// Before this, no `$` ends inline mathematics.
    no_math_before: usize,
    no_display_math: bool,
    definitions: &'a Definitions,
    unresolved: Vec<u32>,
}

/// Parses the text of a leaf block.
pub(super) fn parse(text: &str, definitions: &Definitions, extent: Extent) -> Parsed {
    let whole = extent == Extent::Whole;
    let held = if whole { 0 } else { unfinished_marker(text) };
    let text = part(text, 0, text.len() - held);
    let mut scanner = Scanner {
        text,
        whole,
        at: 0,
        from: 0,
        frontier: text.len(),
        tokens: Vec::new(),
        runs: Vec::new(),
        waiting: Vec::new(),
        brackets: Vec::new(),
        dead_below: 0,
        ticks: None,
        no_math_before: 0,
        no_display_math: false,
        definitions,
        unresolved: Vec::new(),
    };
    scanner.scan();
    let unresolved = std::mem::take(&mut scanner.unresolved);
    scanner.emit(extent == Extent::Growing { settle: true }, unresolved)
}

impl Scanner<'_> {
    pub fn byte(&self, at: usize) -> Option<u8> {
        byte(self.text, at)
    }

    fn scan(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            step();
            match byte {
                b'\n' => self.line_break(),
                b'\\' => self.escape(),
                b'`' => self.code(),
                b'$' => self.math(),
                b'*' | b'_' | b'~' => self.delimiter_run(byte),
                b'[' => self.open_bracket(false),
                b'!' if self.byte(self.at + 1) == Some(b'[') => self.open_bracket(true),
                b']' => self.close_bracket(),
                b'<' => self.pointed_link(),
                b'&' => self.entity(),
                b'w' | b':' => self.bare_link(),
                b'@' => self.bare_address(),
                _ => self.at += 1,
            }
        }
        self.flush(self.at);
        if !self.whole {
            for bracket in &self.brackets {
                self.frontier = self.frontier.min(bracket.at);
                if self.text.len() - bracket.at < LONGEST_OPEN_LINK {
                    self.tokens[bracket.token] = Token::Hidden;
                }
            }
        }
    }

    /// Makes the plain text before `end` a token.
    fn flush(&mut self, end: usize) {
        if self.from < end {
            self.tokens.push(Token::Text(self.from, end));
        }
    }

    /// Appends a token for the text from `at` to `next`.
    pub fn push(&mut self, token: Token, next: usize) {
        self.flush(self.at);
        self.tokens.push(token);
        self.skip_to(next);
    }

    fn skip_to(&mut self, next: usize) {
        self.at = next;
        self.from = next;
    }

    /// Leaves out the rest of the text, from `at` on, until it is known what it will be.
    pub fn hold(&mut self) {
        self.frontier = self.frontier.min(self.at);
        self.flush(self.at);
        self.skip_to(self.text.len());
    }

    fn line_break(&mut self) {
        let before = part(self.text, self.from, self.at);
        let hard = before.ends_with("  ");
        self.flush(self.from + trim_end(before, SPACE).len());
        self.tokens.push(Token::Done(if hard { Inline::HardBreak } else { Inline::SoftBreak }));
        self.skip_to(self.at + 1);
    }

    fn escape(&mut self) {
        match self.byte(self.at + 1) {
            Some(b'\n') => self.push(Token::Done(Inline::HardBreak), self.at + 2),
            Some(next) if next.is_ascii_punctuation() => {
                self.flush(self.at);
                self.from = self.at + 1;
                self.at += 2;
            }
            _ => self.at += 1,
        }
    }

    fn entity(&mut self) {
        match entity(after(self.text, self.at)) {
            Entity::Known(length, characters) => self.push(Token::Done(Inline::Text(characters)), self.at + length),
            Entity::Unfinished if !self.whole => self.hold(),
            Entity::Unfinished | Entity::None => self.at += 1,
        }
    }

    fn code(&mut self) {
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
        let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\n'));
        let bytes = content.as_bytes();
        let padded = is_space(bytes.first()) && (close.is_none() || is_space(bytes.last())) && !is_blank(content);
        let content = if padded { part(content, 1, content.len() - usize::from(close.is_some())) } else { content };
        let content = content.chars().map(|character| if character == '\n' { ' ' } else { character }).collect();
        self.push(Token::Done(Inline::Code(content)), next);
    }

    fn closing_ticks(&mut self, from: usize, length: usize) -> Option<usize> {
        let text = self.text;
        let ticks = self.ticks.get_or_insert_with(|| {
            let mut ticks = [0; LONGEST_TICKS + 1];
            let mut at = from;
            while let Some(next) = find(text, at, b'`') {
                step();
                at = next;
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
            at = find(text, at, b'`')?;
            let found = run(text, at, b'`');
            if found == length {
                return Some(at);
            }
            at += found;
        }
        None
    }

    fn math(&mut self) {
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
                if self.whole || !display {
                    self.at = from;
                    return;
                }
                (self.text.len(), self.text.len())
            }
        };
        let text = trim(part(self.text, from, end)).to_owned();
        self.push(Token::Done(Inline::Math { display, text }), next);
    }

    fn closing_dollars(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            at = find(self.text, at, b'$')?;
            if self.byte(at + 1) == Some(b'$') {
                return Some(at);
            }
            at += 1;
        }
    }

    /// Finds the `$` that ends inline mathematics, on the same line. Sums of money are none: no digit follows, no space comes before.
    fn closing_dollar(&mut self, from: usize) -> Option<usize> {
        if from <= self.no_math_before || self.byte(from).is_none_or(|byte| byte.is_ascii_whitespace()) {
            return None;
        }
        let mut end = from;
        while let Some(byte) = self.byte(end) {
            step();
            match byte {
                b'\n' => break,
                b'\\' => end += 1,
                b'$' if self.byte(end - 1) != Some(b' ') && self.byte(end + 1).is_none_or(|byte| !byte.is_ascii_digit()) => {
                    return Some(end);
                }
                _ => {}
            }
            end += 1;
        }
        self.no_math_before = end;
        None
    }

    fn open_bracket(&mut self, image: bool) {
        if let Some(outer) = self.brackets.last_mut() {
            outer.nested = true;
        }
        let next = self.at + 1 + usize::from(image);
        let at = self.at;
        self.push(Token::Text(at, next), next);
        self.brackets.push(Bracket { token: self.tokens.len() - 1, runs: self.waiting.len(), image, at, nested: false });
    }

    fn close_bracket(&mut self) {
        let close = self.at;
        let next = close + 1;
        let Some(bracket) = self.brackets.pop() else {
            self.at = next;
            return;
        };
        let depth = self.brackets.len();
        let live = bracket.image || depth >= self.dead_below;
        self.dead_below = self.dead_below.min(depth);
        if !live {
            self.at = next;
            return;
        }
        match self.target(&bracket, next) {
            Ok((target, end)) => {
                self.flush(close);
                self.tokens[bracket.token] = Token::Open { image: bracket.image, target };
                self.match_delimiters(bracket.runs);
                self.tokens.push(Token::Close);
                self.skip_to(end);
                if !bracket.image {
                    self.dead_below = depth;
                }
            }
            Err(Missing::Unfinished) if !self.whole => {
                self.tokens[bracket.token] = Token::Hidden;
                self.frontier = self.frontier.min(bracket.at);
                self.hold();
            }
            Err(_) => self.at = next,
        }
    }

    /// Finds where a link leads whose text is in `bracket`, and where it ends, `next` being after the `]`.
    fn target(&mut self, bracket: &Bracket, next: usize) -> Result<(Target, usize), Missing> {
        if self.byte(next) == Some(b'(') {
            match inline_target(self.text, next + 1) {
                Err(Missing::Unfinished) if !self.whole => return Err(Missing::Unfinished),
                Err(_) => {}
                found => return found,
            }
        }
        let (name, end) = match label(self.text, next) {
            Ok(end) => (next..end, end),
            Err(Missing::Unfinished) if !self.whole => return Err(Missing::Unfinished),
            Err(_) if bracket.nested => return Err(Missing::Absent),
            Err(_) => {
                let open = bracket.at + usize::from(bracket.image);
                label(self.text, open).map_err(|_| Missing::Absent)?;
                (open..next, if after(self.text, next).starts_with("[]") { next + 2 } else { next })
            }
        };
        match self.definitions.find(part(self.text, name.start + 1, name.end - 1)) {
            Ok(target) => Ok((target.clone(), end)),
            Err(hash) => {
                self.unresolved.push(hash);
                Err(Missing::Absent)
            }
        }
    }
}
