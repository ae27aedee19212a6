//! The text of one leaf block → inlines. Cuts it into tokens from left to right; knows no blocks.

use super::delimiter::Run;
use super::entity::{Entity, entity, unfinished_marker};
use super::link::{Definitions, Missing, Target, inline_target, label};
use super::paint::Inline;
use super::text::{after, byte, part, skip, trim_end};
use super::work::step;

/// Longer runs of backticks than this are text.
pub(super) const LONGEST_TICKS: usize = 31;
/// Once more brackets than this are open, the outer half of them is text: no text has links that deep.
const MOST_OPEN_BRACKETS: usize = 64;
/// An opening bracket this many bytes before the end of a growing text is still expected to become a link, and hidden.
const LONGEST_OPEN_LINK: usize = 120;

/// The inlines of a text.
pub(super) struct Parsed {
    /// Those that no further text can change.
    pub settled: Vec<Inline>,
    /// Where the text ends that they come from.
    pub settled_end: usize,
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

#[derive(Clone, Copy)]
pub(super) enum Token {
    Text(usize, usize),
    /// The next of the finished inlines, whose text ends here.
    Done(usize),
    /// A delimiter run, by its index.
    Run(usize),
    /// The start of a link or image, by the index of its target.
    Open(usize),
    /// The end of one, whose target ends here.
    Close(usize),
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
    /// Inlines that are finished, in order.
    pub done: Vec<Inline>,
    /// Where links and images lead, and whether they are images.
    pub targets: Vec<(Target, bool)>,
    pub runs: Vec<Run>,
    /// Delimiter runs that are not matched yet, by index.
    pub waiting: Vec<usize>,
    brackets: Vec<Bracket>,
    /// Brackets below this index are followed by a link, so they cannot be links: links do not nest.
    dead_below: usize,
    /// The last backtick run of each length, so that no search for one is in vain.
    pub ticks: Option<[usize; LONGEST_TICKS + 1]>,
    /// Before this, no `$` ends inline mathematics.
    pub no_math_before: usize,
    pub no_display_math: bool,
    definitions: &'a Definitions,
    unresolved: Vec<u32>,
}

/// Parses the text of a leaf block from `from` on; what is before is settled.
pub(super) fn parse(text: &str, from: usize, definitions: &Definitions, extent: Extent) -> Parsed {
    let whole = extent == Extent::Whole;
    let held = if whole { 0 } else { unfinished_marker(after(text, from)) };
    let text = part(text, 0, text.len() - held);
    let settle = extent == Extent::Growing { settle: true };
    let plain = skip(text, from, is_plain);
    if plain == text.len() && !settle {
        // Most items of lists and cells of tables.
        let text = after(text, from);
        let inlines = if text.is_empty() { Vec::new() } else { vec![Inline::Text(text.to_owned())] };
        let (settled, tail) = if whole { (inlines, Vec::new()) } else { (Vec::new(), inlines) };
        return Parsed { settled, settled_end: from, tail, unresolved: Vec::new() };
    }
    let mut scanner = Scanner {
        text,
        whole,
        at: plain,
        from,
        frontier: text.len(),
        tokens: Vec::new(),
        done: Vec::new(),
        targets: Vec::new(),
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
    scanner.emit(from, settle, unresolved)
}

/// Returns whether a byte is text wherever it stands.
fn is_plain(byte: u8) -> bool {
    !matches!(byte, b'\n' | b'\\' | b'`' | b'$' | b'*' | b'_' | b'~' | b'[' | b'!' | b']' | b'<' | b'&' | b'w' | b':' | b'@')
}

impl Scanner<'_> {
    pub fn byte(&self, at: usize) -> u8 {
        byte(self.text, at)
    }

    fn scan(&mut self) {
        while self.at < self.text.len() {
            step();
            let byte = self.byte(self.at);
            match byte {
                b'\n' => self.line_break(),
                b'\\' => self.escape(),
                b'`' => self.code(),
                b'$' => self.math(),
                b'*' | b'_' | b'~' => self.delimiter_run(byte),
                b'[' => self.open_bracket(false),
                b'!' if self.byte(self.at + 1) == b'[' => self.open_bracket(true),
                b']' => self.close_bracket(),
                b'<' => self.pointed_link(),
                b'&' => self.entity(),
                b'w' | b':' => self.bare_link(),
                b'@' => self.bare_address(),
                _ => self.at = skip(self.text, self.at + 1, is_plain),
            }
        }
        self.flush(self.at);
        if !self.whole {
            while let Some(bracket) = self.brackets.pop() {
                self.frontier = self.frontier.min(bracket.at);
                if self.text.len() - bracket.at < LONGEST_OPEN_LINK {
                    self.replace(bracket.token, Token::Hidden);
                }
            }
        }
    }

    fn replace(&mut self, index: usize, token: Token) {
        if let Some(old) = self.tokens.get_mut(index) {
            *old = token;
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

    /// Appends a finished inline for the text from `at` to `next`.
    pub fn push_done(&mut self, inline: Inline, next: usize) {
        self.done.push(inline);
        self.push(Token::Done(next), next);
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
        self.flush(self.from + trim_end(before).len());
        self.from = self.at;
        self.push_done(if hard { Inline::HardBreak } else { Inline::SoftBreak }, self.at + 1);
    }

    fn escape(&mut self) {
        match self.byte(self.at + 1) {
            b'\n' => self.push_done(Inline::HardBreak, self.at + 2),
            next if next.is_ascii_punctuation() => {
                self.flush(self.at);
                self.from = self.at + 1;
                self.at += 2;
            }
            _ => self.at += 1,
        }
    }

    fn entity(&mut self) {
        match entity(after(self.text, self.at)) {
            Entity::Known(length, characters) => self.push_done(Inline::Text(characters), self.at + length),
            Entity::Unfinished if !self.whole => self.hold(),
            Entity::Unfinished | Entity::None => self.at += 1,
        }
    }

    fn open_bracket(&mut self, image: bool) {
        if let Some(outer) = self.brackets.last_mut() {
            outer.nested = true;
        }
        if self.brackets.len() >= MOST_OPEN_BRACKETS {
            self.brackets.drain(..MOST_OPEN_BRACKETS / 2);
            self.dead_below = self.dead_below.saturating_sub(MOST_OPEN_BRACKETS / 2);
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
            self.keep_open(&bracket, close);
            self.at = next;
            return;
        }
        match self.target(&bracket, next) {
            Ok((target, end)) => {
                self.flush(close);
                self.replace(bracket.token, Token::Open(self.targets.len()));
                self.targets.push((target, bracket.image));
                self.match_delimiters(bracket.runs);
                self.tokens.push(Token::Close(end));
                self.skip_to(end);
                if !bracket.image {
                    self.dead_below = depth;
                }
            }
            Err(Missing::Unfinished) if !self.whole => {
                self.replace(bracket.token, Token::Hidden);
                self.frontier = self.frontier.min(bracket.at);
                self.hold();
            }
            Err(_) => {
                self.keep_open(&bracket, close);
                self.at = next;
            }
        }
    }

    /// A bracket whose `]` may yet turn out to be part of code or mathematics may yet be closed by another.
    fn keep_open(&mut self, bracket: &Bracket, close: usize) {
        if self.frontier < close {
            self.frontier = self.frontier.min(bracket.at);
        }
    }

    /// Finds where a link leads whose text is in `bracket`, and where it ends, `next` being after the `]`.
    fn target(&mut self, bracket: &Bracket, next: usize) -> Result<(Target, usize), Missing> {
        if self.byte(next) == b'(' {
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
