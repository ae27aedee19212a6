//! However a text is cut and whenever it is painted, the result is that of the whole text, and what is finished is left alone.

use assisters_chat::markdown::{Block, Container, Inline, Leaf, Paint, Parser, Tree, parse};
use proptest::prelude::*;

use super::generate;
use super::spec::{self, COMMONMARK, examples};

/// A painter that builds a tree and holds the parser to what it promised.
#[derive(Default)]
struct Strict {
    tree: Tree,
    /// The open containers, and for lists whether they are loose.
    open: Vec<(Container, bool)>,
    leaf: Option<Leaf>,
    kept: Vec<usize>,
}

impl Paint for Strict {
    fn open(&mut self, container: &Container) {
        assert_eq!(self.leaf, None, "a container inside a leaf");
        match (self.open.last().map(|(parent, _)| parent), container) {
            (Some(Container::List { .. }), Container::Item { .. }) | (Some(Container::Table), Container::Row { .. }) => {}
            (Some(Container::List { .. } | Container::Table | Container::Row { .. }), _) => panic!("{container:?} is misplaced"),
            (_, Container::Item { .. } | Container::Row { .. }) => panic!("{container:?} is misplaced"),
            _ => {}
        }
        self.open.push((container.clone(), false));
        self.tree.open(container);
    }

    fn close(&mut self) {
        assert_eq!(self.leaf, None, "a container closed before its leaf");
        self.open.pop().expect("something is open");
        self.tree.close();
    }

    fn loosen(&mut self, level: usize) {
        let (list, loose) = &mut self.open[level];
        assert!(matches!(list, Container::List { .. }) && !*loose);
        *loose = true;
        self.tree.loosen(level);
    }

    fn leaf(&mut self, leaf: &Leaf) {
        match (&self.leaf, leaf) {
            (None, _) | (Some(Leaf::Paragraph), Leaf::Heading(1 | 2)) => {}
            (Some(open), _) => panic!("{open:?} cannot become {leaf:?}"),
        }
        let in_row = matches!(self.open.last(), Some((Container::Row { .. }, _)));
        assert_eq!(matches!(leaf, Leaf::Cell { .. }), in_row);
        self.leaf = Some(leaf.clone());
        self.tree.leaf(leaf);
    }

    fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) {
        assert!(matches!(self.leaf, Some(Leaf::Paragraph | Leaf::Heading(_) | Leaf::Cell { .. })));
        self.tree.inlines(settled, tail);
    }

    fn code(&mut self, text: &str) {
        assert!(matches!(self.leaf, Some(Leaf::Code { .. } | Leaf::Math)) && !text.is_empty());
        self.tree.code(text);
    }

    fn finish(&mut self, keep: Option<usize>) {
        self.leaf.take().expect("a leaf is open");
        self.kept.extend(keep);
        self.tree.finish(keep);
    }

    fn discard(&mut self) {
        assert_eq!(self.leaf.take(), Some(Leaf::Paragraph), "only what looked like a paragraph is taken away");
        self.tree.discard();
    }

    fn repaint(&mut self, kept: usize, inlines: Vec<Inline>) {
        assert!(self.kept.contains(&kept));
        self.tree.repaint(kept, inlines);
    }
}

/// Parses a text at once that is set aside after `settle_bytes`, without a paint before its end.
fn parse_at_once(text: &str, settle_bytes: usize) -> Vec<Block> {
    let mut parser = Parser::settling_after(settle_bytes);
    let mut painter = Strict::default();
    parser.push(text);
    parser.finish();
    parser.paint(&mut painter);
    painter.tree.into_blocks()
}

/// Parses a text in pieces, with a paint after each.
fn parse_pieces<'a>(pieces: impl IntoIterator<Item = &'a str>, settle_bytes: usize) -> Vec<Block> {
    let mut parser = Parser::settling_after(settle_bytes);
    let mut painter = Strict::default();
    for piece in pieces {
        parser.push(piece);
        parser.paint(&mut painter);
    }
    parser.finish();
    parser.paint(&mut painter);
    parser.paint(&mut painter);
    assert!(painter.open.is_empty() && painter.leaf.is_none(), "something is left open");
    painter.tree.into_blocks()
}

fn characters(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, character)| &text[at..at + character.len_utf8()])
}

fn check(text: &str) {
    let whole = parse(text);
    assert_eq!(parse_pieces([text], 0), whole, "{text:?} whole, strictly");
    assert_eq!(parse_at_once(text, 0), whole, "{text:?} at once, set aside piece by piece");
    for settle in [0, 8, 1024] {
        assert_eq!(parse_pieces(characters(text), settle), whole, "{text:?} by characters, settling after {settle}");
    }
    for (at, _) in text.char_indices() {
        assert_eq!(parse_pieces([&text[..at], &text[at..]], 0), whole, "{text:?} cut at {at}");
    }
}

#[test]
fn every_cut_of_the_specification_examples() {
    for example in examples(COMMONMARK) {
        check(&example.markdown);
    }
}

#[test]
fn every_cut_of_the_answers() {
    for example in spec::examples(spec::GFM) {
        check(&example.markdown);
    }
}

#[test]
fn line_ends_of_other_systems() {
    for text in ["a\r\nb\r\n\r\nc", "a\rb\r\rc", "```\r\ncode\r\n\r\n```\r\n", "- a\r\n- b\r", "\r\n\0\r"] {
        assert_eq!(parse(text), parse(&text.replace("\r\n", "\n").replace('\r', "\n")));
        check(text);
    }
}

#[test]
fn the_specification_itself_by_characters() {
    let start = &COMMONMARK[..20_000];
    assert_eq!(parse_pieces(characters(start), 64), parse(start));
}

/// Mathematics, or code, that is found late swallows what seemed to close a link; then another bracket does.
#[test]
fn links_that_close_late() {
    let far = "far ".repeat(30);
    for text in [
        format!("[b $x](y {far}z$ w](u) the end"),
        format!("[b `x](y {far}z` w](u) the end"),
        format!("[a [b $x](y) c] {far}z$ w](u) the end"),
        format!("![b $x] {far}z$ w](u) the end"),
        format!("*a* [b *c* $x] {far}z$ w](u) *the* end"),
    ] {
        check(&text);
    }
}

/// Paragraphs so long that they are parsed in pieces also when they come at once.
#[test]
fn long_paragraphs() {
    let examples = examples(COMMONMARK).into_iter().map(|example| example.markdown.replace(['\n', '\t'], " "));
    let text: String = examples.filter(|markdown| !markdown.contains(['<', '&'])).collect();
    for text in [&text, &text.replace(' ', ""), &text.replace("` ", "`\n"), &text.replace(['`', '[', ']', '$'], "*")] {
        let text = text.repeat(6);
        assert!(text.len() > 20_000);
        assert!(
            parse(&text) == parse_at_once(&text, 0) && parse(&text) == parse_at_once(&text, usize::MAX / 16),
            "{}",
            &text[..400]
        );
        let pieces = text.as_bytes().chunks(997).map(|piece| str::from_utf8(piece));
        if let Ok(pieces) = pieces.collect::<Result<Vec<_>, _>>() {
            assert!(parse_pieces(pieces, 64) == parse(&text), "{}", &text[..400]);
        }
    }
}

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn every_cut_of_anything(text in generate::markdown()) {
        let whole = parse(&text);
        prop_assert_eq!(&parse_pieces(characters(&text), 0), &whole);
        prop_assert_eq!(parse_at_once(&text, 0), whole);
    }

    #[test]
    fn random_pieces(text in generate::markdown(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).filter(|&cut| text.is_char_boundary(cut)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([text.len()]) {
            pieces.push(&text[from..cut]);
            from = cut;
        }
        prop_assert_eq!(parse_pieces(pieces, 16), parse(&text));
    }
}
