//! Tokens → the tree of inlines, and where it may be cut so that the first part is never looked at again.

use super::autolink::is_local;
use super::inline::{Parsed, Scanner, Token};
use super::link::Target;
use super::paint::{Inline, Style};
use super::text::{back, byte, part};

/// Styles nested deeper than this add nothing to see, and could overflow the stack of those who walk the tree.
const DEEPEST: usize = 32;

#[derive(Clone, Copy)]
enum Frame {
    Styled(Style),
    Target(usize),
    Nothing,
}

/// Where the text can be cut: after this many bytes, inside this inline, after this many of its bytes.
struct Cut {
    at: usize,
    inline: usize,
    within: usize,
}

struct Builder {
    targets: Vec<(Target, bool)>,
    /// What is open, and where in the list its children start.
    frames: Vec<(Frame, usize)>,
    list: Vec<Inline>,
    links: usize,
}

impl Builder {
    fn text(&mut self, text: &str) {
        let is_first = self.frames.last().is_some_and(|(_, first)| *first == self.list.len());
        match self.list.last_mut() {
            Some(Inline::Text(last)) if !is_first => last.push_str(text),
            _ => self.list.push(Inline::Text(text.to_owned())),
        }
    }

    /// Returns the cut at `at`, so many bytes before the end of the last inline.
    fn cut(&self, at: usize, before_end: usize) -> Cut {
        let length = match self.list.last() {
            Some(Inline::Text(text)) => text.len(),
            _ => 0,
        };
        Cut { at, inline: self.list.len().saturating_sub(1), within: length.saturating_sub(before_end) }
    }

    fn open(&mut self, frame: Frame) {
        let frame = if self.frames.len() < DEEPEST { frame } else { Frame::Nothing };
        self.links += self.is_link(frame);
        self.frames.push((frame, self.list.len()));
    }

    fn is_link(&self, frame: Frame) -> usize {
        usize::from(matches!(frame, Frame::Target(index) if self.targets.get(index).is_some_and(|(_, image)| !image)))
    }

    fn close(&mut self) {
        let Some((frame, first)) = self.frames.pop() else { return };
        let children = self.list.split_off(first.min(self.list.len()));
        self.links -= self.is_link(frame);
        let inline = match frame {
            Frame::Styled(style) => Inline::Styled(style, children),
            Frame::Target(index) => {
                let Some((target, image)) = self.targets.get_mut(index) else { return };
                let Target { destination, title } = std::mem::take(target);
                if *image {
                    let mut alt = String::new();
                    plain_text(&children, &mut alt);
                    Inline::Image { destination, title, alt }
                } else {
                    Inline::Link { destination, title, children }
                }
            }
            Frame::Nothing => {
                self.list.extend(children);
                return;
            }
        };
        self.list.push(inline);
    }

    fn done(&mut self, inline: Inline) {
        match inline {
            Inline::Text(text) => self.text(&text),
            // The text of a link may look like an address; links do not nest.
            Inline::Link { children, .. } if self.links > 0 => children.into_iter().for_each(|child| self.done(child)),
            inline => self.list.push(inline),
        }
    }
}

impl Scanner<'_> {
    pub fn emit(mut self, from: usize, settle: bool, unresolved: Vec<u32>) -> Parsed {
        self.waiting = self.match_delimiters(0);
        if !self.whole {
            self.close_delimiters();
        }
        let mut builder = Builder { targets: self.targets, frames: Vec::new(), list: Vec::new(), links: 0 };
        let mut done = self.done.into_iter();
        let mut cut = None;
        for token in self.tokens {
            // Where the text might be cut, and how many bytes before the end of the last inline.
            let (at, before_end) = match token {
                Token::Text(from, end) => {
                    let text = part(self.text, from, end);
                    builder.text(text);
                    let last_word = back(text, text.len(), |byte| byte != b' ');
                    let starts = last_word > 0 && byte(self.text, from + last_word) > b' ';
                    (if starts { from + last_word } else { 0 }, text.len() - last_word)
                }
                Token::Done(end) => {
                    done.next().into_iter().for_each(|inline| builder.done(inline));
                    (end, 0)
                }
                Token::Run(index) => {
                    let Some(run) = self.runs.get_mut(index) else { continue };
                    for _ in 0..run.closes {
                        builder.close();
                    }
                    if run.left > 0 {
                        builder.text(part(self.text, run.at, run.at + run.left));
                    }
                    while let Some(style) = run.opens.pop() {
                        builder.open(Frame::Styled(style));
                    }
                    (if run.left == 0 { run.at + run.length } else { 0 }, 0)
                }
                Token::Open(index) => {
                    builder.open(Frame::Target(index));
                    (0, 0)
                }
                Token::Close(end) => {
                    builder.close();
                    (end, 0)
                }
                Token::Hidden => (0, 0),
            };
            // Nothing looks back further than a character, but for an address that has no brackets.
            if settle
                && at > 0
                && at < self.text.len()
                && at <= self.frontier
                && builder.frames.is_empty()
                && !is_local(byte(self.text, at - 1))
            {
                cut = Some(builder.cut(at, before_end));
            }
        }
        while !builder.frames.is_empty() {
            builder.close();
        }
        let mut settled = builder.list;
        if self.whole {
            return Parsed { settled, settled_end: self.text.len(), tail: Vec::new(), unresolved };
        }
        let Some(cut) = cut else {
            return Parsed { settled: Vec::new(), settled_end: from, tail: settled, unresolved };
        };
        let mut tail = settled.split_off(cut.inline + 1);
        if let Some(Inline::Text(text)) = settled.last_mut()
            && cut.within < text.len()
        {
            tail.insert(0, Inline::Text(text.split_off(cut.within)));
        }
        Parsed { settled, settled_end: cut.at, tail, unresolved }
    }
}

/// Appends the text of inlines without what it looks like, on one line.
pub(super) fn plain_text(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Math { text, .. } | Inline::Image { alt: text, .. } => {
                out.push_str(text)
            }
            Inline::SoftBreak | Inline::HardBreak => out.push(' '),
            Inline::Styled(_, children) | Inline::Link { children, .. } => plain_text(children, out),
        }
    }
}
