//! Emphasis: runs of `*`, `_` and `~`, and which of them belong together.

use super::inline::{Scanner, Token};
use super::paint::Style;
use super::text::{after, part, run};
use super::unicode::{is_punctuation, is_space};
use super::work::step;

/// Longer runs than this at the end of a growing text are not expected to become emphasis.
const LONGEST_OPEN_RUN: usize = 3;

/// From here on, characters are of Chinese and Japanese, which have no spaces between words; Korean does what they do without harm.
const FIRST_WITHOUT_SPACES: char = '\u{2e80}';

/// A run of delimiters. What closes takes its delimiters from the left, what opens from the right.
pub(super) struct Run {
    pub byte: u8,
    pub at: usize,
    /// How many delimiters it has.
    pub length: usize,
    /// How many of them are not matched.
    pub left: usize,
    can_open: bool,
    can_close: bool,
    /// Whether it stands inside a word, or after one.
    after_word: bool,
    /// What it opens, innermost first.
    pub opens: Vec<Style>,
    /// How many openers it closes.
    pub closes: usize,
}

impl Run {
    /// The rules of CommonMark § 6.2 and of GFM for strikethrough, whose two ends are alike.
    fn closes(&self, opener: &Run) -> bool {
        self.byte == opener.byte
            && if self.byte == b'~' {
                self.length == opener.length
            } else {
                !(self.can_open || opener.can_close)
                    || !(self.length + opener.length).is_multiple_of(3)
                    || self.length.is_multiple_of(3) && opener.length.is_multiple_of(3)
            }
    }

    /// Which of the searches for an opener would find the same as this one.
    fn search(&self) -> usize {
        let base = match self.byte {
            b'*' => 0,
            b'_' => 6,
            _ => 12,
        };
        base + self.length % 3 + if self.can_open { 3 } else { 0 }
    }

    fn style(&self, double: bool) -> Style {
        match self.byte {
            b'~' => Style::Strikethrough,
            _ if double => Style::Strong,
            _ => Style::Emphasis,
        }
    }
}

impl Scanner<'_> {
    pub fn delimiter_run(&mut self, byte: u8) {
        let length = run(self.text, self.at, byte);
        let next = self.at + length;
        if byte == b'~' && length > 2 {
            self.at = next;
            return;
        }
        let before = part(self.text, 0, self.at).chars().next_back().unwrap_or('\n');
        let after = after(self.text, next).chars().next().unwrap_or('\n');
        let (space_before, space_after) = (is_space(before), is_space(after));
        let (mark_before, mark_after) = (is_punctuation(before), is_punctuation(after));
        let left = !space_after && (!mark_after || space_before || mark_before);
        let right = !space_before && (!mark_before || space_after || mark_after);
        let inside_word = byte == b'_';
        self.runs.push(Run {
            byte,
            at: self.at,
            length,
            left: length,
            can_open: left && !(inside_word && right && !mark_before),
            can_close: right && !(inside_word && left && !mark_after),
            after_word: !space_before && !mark_before && before < FIRST_WITHOUT_SPACES,
            opens: Vec::new(),
            closes: 0,
        });
        let index = self.runs.len() - 1;
        self.waiting.push(index);
        self.push(Token::Run(index), next);
    }

    /// Matches the delimiter runs that wait from `first` on and returns those that could still open something.
    pub fn match_delimiters(&mut self, first: usize) -> Vec<usize> {
        let waiting = self.waiting.split_off(first);
        let mut openers: Vec<usize> = Vec::new();
        // Below its floor, a search finds nothing: it was tried.
        let mut floors = [0; 18];
        for index in waiting {
            let (before, after) = self.runs.split_at_mut(index);
            let Some(closer) = after.first_mut() else { continue };
            while closer.can_close && closer.left > 0 {
                let floor = &mut floors[closer.search()];
                let mut found = openers.len();
                while found > *floor {
                    step();
                    if before.get(openers[found - 1]).is_some_and(|opener| closer.closes(opener)) {
                        break;
                    }
                    found -= 1;
                }
                if found <= *floor {
                    *floor = openers.len();
                    break;
                }
                openers.truncate(found);
                let Some(opener) = before.get_mut(openers[found - 1]) else { break };
                let double = opener.left >= 2 && closer.left >= 2;
                let taken = if double { 2 } else { 1 };
                opener.left -= taken;
                closer.left -= taken;
                opener.opens.push(closer.style(double));
                closer.closes += 1;
                if opener.left == 0 {
                    openers.pop();
                }
                for floor in &mut floors {
                    *floor = (*floor).min(openers.len());
                }
            }
            if closer.can_open && closer.left > 0 {
                openers.push(index);
            }
        }
        openers
    }

    /// Takes what is open at the end of a growing text for closed there.
    pub fn close_delimiters(&mut self) {
        for &index in &self.waiting {
            let Some(run) = self.runs.get_mut(index) else { continue };
            self.frontier = self.frontier.min(run.at);
            // A star inside or after a word is more likely a star.
            if run.left > LONGEST_OPEN_RUN || run.after_word {
                continue;
            }
            if run.left != 2 || run.byte == b'~' {
                run.opens.push(run.style(false));
            }
            if run.left > 1 && run.byte != b'~' {
                run.opens.push(run.style(true));
            }
            run.left = 0;
        }
    }
}
