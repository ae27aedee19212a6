//! Markdown → pages, sections and blocks. Keeps the author's own Markdown: an answer quotes it, it does not rewrite it.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// One Markdown file, or a document that was read as one.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its name in addresses: `returns` for `returns.md`; a document's id.
    pub slug: String,
    /// Where visitors can read it.
    pub place: Place,
    /// Its first heading, or its name.
    pub title: String,
    /// Its text as written; empty for a document, which is not shown as a page.
    pub markdown: String,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// Where visitors can read a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// With the other help pages.
    Help,
    /// At an address of its own.
    Web(String),
    /// Nowhere: a document that only answers are made from.
    Nowhere,
}

/// A section of a document is split where it has more words.
const PART_WORDS: usize = 300;

/// What stands under one heading.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The heading; empty for text before the first one.
    pub heading: String,
    /// The heading's place in the page, none for the beginning of the page.
    pub anchor: Option<String>,
    /// The anchor as the author gave it (`## Plans {#plans}`), which is there wherever the page is.
    pub id: Option<String>,
    /// The paragraphs, lists and tables.
    pub blocks: Vec<Block>,
}

/// One paragraph, list, table or other top-level block.
#[derive(Clone, Debug)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// As written.
    pub markdown: String,
    /// Its words, without the marks.
    pub text: String,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Sentences.
    Paragraph,
    /// Numbered or not.
    List,
    /// Rows and columns.
    Table,
    /// Code, a quotation or a rule.
    Other,
}

/// The Markdown that pages may use; the same for reading and for showing.
pub(super) fn markdown_options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

impl Page {
    /// Splits a file into sections.
    #[must_use]
    pub fn parse(slug: String, markdown: String) -> Self {
        let mut reader =
            Reader { markdown: &markdown, title: None, sections: vec![Section::default()], anchors: Anchors::default() };
        reader.read();
        let title = reader.title.unwrap_or_else(|| slug.clone());
        let sections = reader.sections.into_iter().filter(|section| !section.blocks.is_empty()).collect();
        Self { slug, place: Place::Help, title, sections, markdown }
    }

    /// Splits a document into sections, none much longer than an answer can be made from: where an author made no headings, a whole book
    /// would be one. Without a title in the text it has `title`.
    #[must_use]
    pub fn of_document(id: String, place: Place, title: &str, markdown: String) -> Self {
        let page = Self::parse(id, markdown);
        let title = if page.title == page.slug { title.to_owned() } else { page.title };
        let sections = page.sections.into_iter().flat_map(Section::split).collect();
        Self { place, title, sections, markdown: String::new(), ..page }
    }
}

impl Section {
    fn split(self) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        let mut n_words = PART_WORDS;
        for block in self.blocks {
            let more = block.text.split_whitespace().count();
            if n_words + more > PART_WORDS || parts.is_empty() {
                n_words = 0;
                let (heading, anchor, id) = (self.heading.clone(), self.anchor.clone(), self.id.clone());
                parts.push(Self { heading, anchor, id, blocks: Vec::new() });
            }
            n_words += more;
            if let Some(part) = parts.last_mut() {
                part.blocks.push(block);
            }
        }
        parts
    }
}

struct Reader<'a> {
    markdown: &'a str,
    title: Option<String>,
    sections: Vec<Section>,
    anchors: Anchors,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut depth = 0_usize;
        let mut open: Option<(Tag<'_>, Range<usize>)> = None;
        let mut text = String::new();
        for (event, range) in Parser::new_ext(self.markdown, markdown_options()).into_offset_iter() {
            match event {
                Event::Start(tag) => {
                    if depth == 0 {
                        text.clear();
                        open = Some((tag, range));
                    }
                    depth += 1;
                }
                Event::End(end) => {
                    depth = depth.saturating_sub(1);
                    // Words of neighbouring cells and items do not run together.
                    if !matches!(end, TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link | TagEnd::Strikethrough) {
                        text.push(' ');
                    }
                    if depth == 0
                        && let Some((tag, range)) = open.take()
                    {
                        self.block(&tag, range, text.trim());
                    }
                }
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                // Raw HTML is not shown, so it is not answered from either.
                Event::Html(_) | Event::InlineHtml(_) | Event::Rule => {}
                Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            }
        }
    }

    fn block(&mut self, tag: &Tag<'_>, range: Range<usize>, text: &str) {
        let kind = match tag {
            Tag::Heading { level, id, .. } => return self.heading(*level, id.as_deref(), text),
            Tag::MetadataBlock(_) | Tag::HtmlBlock => return,
            Tag::Paragraph => BlockKind::Paragraph,
            Tag::List(_) => BlockKind::List,
            Tag::Table(_) => BlockKind::Table,
            _ => BlockKind::Other,
        };
        let markdown = self.markdown.get(range).unwrap_or_default().trim_end();
        // A line of pictures and badges says nothing.
        if !text.is_empty()
            && let Some(section) = self.sections.last_mut()
        {
            section.blocks.push(Block { kind, markdown: markdown.to_owned(), text: text.to_owned() });
        }
    }

    fn heading(&mut self, level: HeadingLevel, id: Option<&str>, text: &str) {
        let anchor = id.map_or_else(|| self.anchors.next(text), str::to_owned);
        let is_title = self.title.is_none() && level == HeadingLevel::H1;
        if is_title {
            self.title = Some(text.to_owned());
        }
        let anchor = (!is_title).then_some(anchor);
        let id = id.map(str::to_owned);
        self.sections.push(Section { heading: text.to_owned(), anchor, id, blocks: Vec::new() });
    }
}

/// Makes headings' anchors as GitHub does, so that links in the files work there and here.
#[derive(Debug, Default)]
pub(super) struct Anchors(Vec<String>);

impl Anchors {
    pub(super) fn next(&mut self, heading: &str) -> String {
        let mut base = String::new();
        for character in heading.trim().chars().flat_map(char::to_lowercase) {
            match character {
                ' ' => base.push('-'),
                '-' | '_' => base.push(character),
                _ if character.is_alphanumeric() => base.push(character),
                _ => {}
            }
        }
        let mut anchor = base.clone();
        let mut number = 0;
        while self.0.contains(&anchor) {
            number += 1;
            anchor = format!("{base}-{number}");
        }
        self.0.push(anchor.clone());
        anchor
    }
}

/// Turns a link between files (`returns.md#worn`) into one between pages (`/help/returns#worn`); others stay as they are.
pub(super) fn page_link(destination: &str, base_url: &str) -> Option<String> {
    let (path, anchor) = destination.split_once('#').map_or((destination, None), |(path, anchor)| (path, Some(anchor)));
    let name = path.strip_prefix("./").unwrap_or(path).strip_suffix(".md")?;
    if name.is_empty() || name.contains(['/', ':']) {
        return None;
    }
    let anchor = anchor.map_or_else(String::new, |anchor| format!("#{anchor}"));
    Some(format!("{base_url}/{}{anchor}", name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_is_split_at_its_headings() {
        let markdown = "---\nauthor: me\n---\n# Returns\n\nIntro *text*.\n\n## Worn items\n\nYes, [but](x.md).\n\n| a | b |\n|---|---|\n| c | d |\n\n\
                        ## Worn items\n\n- one\n- two\n\n<div>raw</div>\n\n## Empty\n";
        let page = Page::parse("returns".into(), markdown.into());
        assert_eq!(page.title, "Returns");
        let found: Vec<_> = page
            .sections
            .iter()
            .map(|section| {
                let blocks: Vec<_> = section.blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
                (section.heading.as_str(), section.anchor.as_deref(), blocks)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("Returns", None, vec![(BlockKind::Paragraph, "Intro text.")]),
                ("Worn items", Some("worn-items"), vec![(BlockKind::Paragraph, "Yes, but."), (BlockKind::Table, "a b  c d")]),
                ("Worn items", Some("worn-items-1"), vec![(BlockKind::List, "one two")]),
            ]
        );
        assert_eq!(page.sections[1].blocks[1].markdown, "| a | b |\n|---|---|\n| c | d |");
    }

    #[test]
    fn a_document_is_split_where_it_is_long() {
        let paragraph = "word ".repeat(140);
        let markdown = format!("# Terms\n\n## One {{#one}}\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}\n\n## Two\n\n- a\n");
        let page = Page::of_document("doc_1".into(), Place::Nowhere, "terms.pdf", markdown);
        let found: Vec<_> =
            page.sections.iter().map(|section| (section.heading.as_str(), section.id.as_deref(), section.blocks.len())).collect();
        assert_eq!(
            (page.title.as_str(), found),
            ("Terms", vec![("One", Some("one"), 2), ("One", Some("one"), 1), ("Two", None, 1)])
        );
        assert_eq!(Page::of_document("doc_1".into(), Place::Nowhere, "terms.pdf", "text".into()).title, "terms.pdf");
    }

    #[test]
    fn anchors_are_those_of_github() {
        let mut anchors = Anchors::default();
        for (heading, anchor) in [
            ("How long?", "how-long"),
            ("`code` & more", "code--more"),
            ("Größe", "größe"),
            ("How long", "how-long-1"),
            ("A_b-c 1.2", "a_b-c-12"),
        ] {
            assert_eq!(anchors.next(heading), anchor);
        }
    }

    #[test]
    fn links_between_files() {
        for (destination, expected) in [
            ("returns.md", Some("/help/returns")),
            ("./Returns.md#worn", Some("/help/returns#worn")),
            ("https://example.com/a.md", None),
            ("../a.md", None),
            ("/help/returns", None),
            ("#worn", None),
        ] {
            assert_eq!(page_link(destination, "/help").as_deref(), expected, "{destination}");
        }
    }
}
