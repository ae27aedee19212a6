//! The same text means the same to pulldown-cmark, with GitHub's additions.

use assisters_chat::markdown::{Align, Block, Container, Inline, Leaf, Style, parse};
use proptest::prelude::*;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::generate;
use super::prefixes::ANSWERS;

/// What pulldown-cmark reads, as our tree. Raw HTML becomes text.
#[derive(Default)]
struct Oracle {
    blocks: Vec<Vec<Block>>,
    inlines: Vec<Vec<Inline>>,
    columns: Vec<Alignment>,
    column: usize,
    head: bool,
}

impl Oracle {
    fn inline(&mut self, inline: Inline) {
        // In a tight list, text stands in the item itself.
        if self.inlines.is_empty() {
            self.inlines.push(Vec::new());
        }
        let list = self.inlines.last_mut().unwrap();
        match (list.last_mut(), inline) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
            (_, inline) => list.push(inline),
        }
    }

    fn block(&mut self, block: Block) {
        self.blocks.last_mut().unwrap().push(block);
    }

    /// Ends a paragraph that has no tags of its own.
    fn end_bare_paragraph(&mut self) {
        if let Some(inlines) = self.inlines.pop() {
            assert!(self.inlines.is_empty());
            self.block(Block::Text { leaf: Leaf::Paragraph, inlines });
        }
    }

    fn start(&mut self, tag: &Tag) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } => {
                if self.inlines.is_empty() {
                    self.inlines.push(Vec::new());
                }
                self.inlines.push(Vec::new());
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell | Tag::CodeBlock(_) => {
                self.end_bare_paragraph();
                self.inlines.push(Vec::new());
            }
            Tag::HtmlBlock => {}
            other => {
                self.end_bare_paragraph();
                if let Tag::Table(columns) = other {
                    self.columns = columns.clone();
                }
                self.blocks.push(Vec::new());
                self.head = matches!(other, Tag::TableHead);
                self.column = 0;
            }
        }
    }

    fn end(&mut self, tag: Tag) {
        let styled = |oracle: &mut Self, style| {
            let children = oracle.inlines.pop().unwrap();
            oracle.inline(Inline::Styled(style, children));
        };
        match tag {
            Tag::Emphasis => styled(self, Style::Emphasis),
            Tag::Strong => styled(self, Style::Strong),
            Tag::Strikethrough => styled(self, Style::Strikethrough),
            Tag::Link { link_type, dest_url, title, .. } => {
                let children = self.inlines.pop().unwrap();
                let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                self.inline(Inline::Link { destination: format!("{scheme}{dest_url}"), title: title.to_string(), children });
            }
            Tag::Image { dest_url, title, .. } => {
                let mut alt = String::new();
                plain_text(&self.inlines.pop().unwrap(), &mut alt);
                self.inline(Inline::Image { destination: dest_url.to_string(), title: title.to_string(), alt });
            }
            Tag::CodeBlock(kind) => {
                let mut text = String::new();
                plain_text(&self.inlines.pop().unwrap(), &mut text);
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', '\t']).next().unwrap_or("").to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.block(Block::Code { leaf: Leaf::Code { language }, text });
            }
            Tag::Paragraph => self.leaf(Leaf::Paragraph),
            Tag::Heading { level, .. } => self.leaf(Leaf::Heading(level as u8)),
            Tag::TableCell => {
                let align = match self.columns[self.column] {
                    Alignment::None => Align::None,
                    Alignment::Left => Align::Left,
                    Alignment::Center => Align::Center,
                    Alignment::Right => Align::Right,
                };
                self.column += 1;
                self.leaf(Leaf::Cell { align, head: self.head });
            }
            Tag::HtmlBlock => {}
            Tag::BlockQuote(_) => self.container(Container::Quote),
            Tag::List(start) => self.container(Container::List { start: start.map(|start| start as u32) }),
            Tag::Item => self.container(Container::Item { task: None }),
            Tag::Table(_) => self.container(Container::Table),
            Tag::TableHead | Tag::TableRow => self.container(Container::Row { head: self.head }),
            other => panic!("{other:?} was not asked for"),
        }
    }

    fn leaf(&mut self, leaf: Leaf) {
        let inlines = self.inlines.pop().unwrap();
        self.block(Block::Text { leaf, inlines });
    }

    fn container(&mut self, container: Container) {
        self.end_bare_paragraph();
        let children = self.blocks.pop().unwrap();
        self.block(Block::Container { container, loose: false, children });
    }

    fn read(text: &str) -> Vec<Block> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut oracle = Oracle { blocks: vec![Vec::new()], ..Oracle::default() };
        let mut tags: Vec<Tag> = Vec::new();
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Start(tag) => {
                    oracle.start(&tag);
                    tags.push(tag);
                }
                Event::End(end) => {
                    let tag = tags.pop().unwrap();
                    assert_eq!(tag.to_end(), end);
                    oracle.end(tag);
                    let _: TagEnd = end;
                }
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => oracle.inline(Inline::Text(text.to_string())),
                Event::Code(text) => oracle.inline(Inline::Code(text.to_string())),
                Event::SoftBreak => oracle.inline(Inline::SoftBreak),
                Event::HardBreak => oracle.inline(Inline::HardBreak),
                Event::Rule => {
                    oracle.end_bare_paragraph();
                    oracle.block(Block::Text { leaf: Leaf::Rule, inlines: Vec::new() });
                }
                other => panic!("{other:?} was not asked for"),
            }
        }
        oracle.blocks.pop().unwrap()
    }
}

fn plain_text(inlines: &[Inline], out: &mut String) {
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

/// The oracle's events tell tight lists from loose ones by their paragraphs only; so here all lists are tight.
fn tighten(blocks: &mut [Block]) {
    for block in blocks {
        if let Block::Container { loose, children, .. } = block {
            *loose = false;
            tighten(children);
        }
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    // Without an end of the last line, the oracle leaves it out of code.
    let text = &format!("{text}\n");
    let mut ours = parse(text);
    tighten(&mut ours);
    prop_assert_eq!(ours, Oracle::read(text), "ours, theirs");
    Ok(())
}

/// Answers as language models write them, with tables, nested lists, strikethrough, code, Chinese and Arabic. Those with check boxes,
/// mathematics or addresses without brackets are left out: the oracle has none of them, or its own.
#[test]
fn answers_are_the_same_as_pulldown_cmark() {
    for name in ["arabic", "code review", "recipe", "travel"] {
        let (_, answer) = ANSWERS.iter().find(|(known, _)| *known == name).unwrap();
        check(answer).unwrap();
    }
}

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn the_same_as_pulldown_cmark(text in generate::common_markdown()) {
        // In code spans, it keeps the indentation of the second line, which CommonMark § 4.8 removes.
        if !text.contains('`') || !text.lines().any(|line| line.starts_with([' ', '>'])) {
            check(&text)?;
        }
    }
}
