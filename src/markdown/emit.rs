//! Tokens → the tree of inlines, and where it may be cut so that the first part is never looked at again.

use super::inline::{Parsed, Scanner, Token};
use super::link::Target;
use super::paint::{Inline, Style};
use super::text::{part, trim_end};

/// Styles nested deeper than this add nothing to see, and could overflow the stack of those who walk the tree.
const DEEPEST: usize = 32;

enum Frame {
    Styled(Style),
    Target { image: bool, target: Target },
    Nothing,
}

/// Where the text can be cut: after this many bytes, inside this inline, after this many of its bytes.
struct Cut {
    at: usize,
    inline: usize,
    within: usize,
}

#[derive(Default)]
struct Builder {
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
        if let Frame::Target { image: false, .. } = frame {
            self.links += 1;
        }
        self.frames.push((frame, std::mem::take(&mut self.list)));
    }

    fn close(&mut self) {
        let Some((frame, outer)) = self.frames.pop() else { return };
        let children = std::mem::replace(&mut self.list, outer);
        self.list.push(match frame {
            Frame::Styled(style) => Inline::Styled(style, children),
            Frame::Target { image: false, target: Target { destination, title } } => {
                self.links -= 1;
                Inline::Link { destination, title, children }
            }
            Frame::Target { image: true, target: Target { destination, title } } => {
                let mut alt = String::new();
                plain_text(&children, &mut alt);
                Inline::Image { destination, title, alt }
            }
            Frame::Nothing => {
                self.list.extend(children);
                return;
            }
        });
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
        let mut builder = Builder::default();
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
                Token::Done(inline) => builder.done(inline),
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
                Token::Open { image, target } => builder.open(Frame::Target { image, target }),
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
    let start = trim_end(text, b" ").bytes().rposition(|byte| byte == b' ')? + 1;
    text.as_bytes().get(start).filter(|&&byte| byte != b' ').map(|_| start)
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
