//! Tokens → the tree of inlines, and where it may be cut so that the first part is never looked at again.

use super::inline::{Parsed, Scanner, Token};
use super::link::Target;
use super::paint::{Inline, Style};
use super::text::{back, part};

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
    frames: Vec<(Frame, Vec<Inline>)>,
    list: Vec<Inline>,
    links: usize,
}

impl Builder {
    fn text(&mut self, text: &str) {
        if let Some(Inline::Text(last)) = self.list.last_mut() {
            last.push_str(text);
        } else {
            self.list.push(Inline::Text(text.to_owned()));
        }
    }

    fn open(&mut self, frame: Frame) {
        let frame = if self.frames.len() < DEEPEST { frame } else { Frame::Nothing };
        self.links += self.is_link(frame);
        self.frames.push((frame, std::mem::take(&mut self.list)));
    }

    fn is_link(&self, frame: Frame) -> usize {
        usize::from(matches!(frame, Frame::Target(index) if self.targets.get(index).is_some_and(|(_, image)| !image)))
    }

    fn close(&mut self) {
        let Some((frame, outer)) = self.frames.pop() else { return };
        let children = std::mem::replace(&mut self.list, outer);
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
    pub fn emit(mut self, settle: bool, unresolved: Vec<u32>) -> Parsed {
        self.waiting = self.match_delimiters(0);
        if !self.whole {
            self.close_delimiters();
        }
        let mut builder = Builder { targets: self.targets, frames: Vec::new(), list: Vec::new(), links: 0 };
        let mut done = self.done.into_iter();
        let mut cut = None;
        for token in self.tokens {
            match token {
                Token::Text(from, end) => {
                    let text = part(self.text, from, end);
                    builder.text(text);
                    if settle
                        && end <= self.frontier
                        && builder.frames.is_empty()
                        && let Some(found) = last_word(text)
                        && let Some(Inline::Text(merged)) = builder.list.last()
                    {
                        let within = merged.len() - (text.len() - found);
                        cut = Some(Cut { at: from + found, inline: builder.list.len() - 1, within });
                    }
                }
                Token::Done => done.next().into_iter().for_each(|inline| builder.done(inline)),
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
                }
                Token::Open(index) => builder.open(Frame::Target(index)),
                Token::Close => builder.close(),
                Token::Hidden => {}
            }
        }
        while !builder.frames.is_empty() {
            builder.close();
        }
        let mut settled = builder.list;
        if self.whole {
            return Parsed { settled, settled_length: self.text.len(), tail: Vec::new(), unresolved };
        }
        let Some(cut) = cut else {
            return Parsed { settled: Vec::new(), settled_length: 0, tail: settled, unresolved };
        };
        let mut tail = settled.split_off(cut.inline + 1);
        if let Some(Inline::Text(text)) = settled.last_mut() {
            tail.insert(0, Inline::Text(text.split_off(cut.within)));
        }
        Parsed { settled, settled_length: cut.at, tail, unresolved }
    }
}

/// Returns where the last word of `text` starts that has a space before it.
fn last_word(text: &str) -> Option<usize> {
    let start = back(text, back(text, text.len(), |byte| byte == b' '), |byte| byte != b' ');
    (start > 0).then_some(start)
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
