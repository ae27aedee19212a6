//! What is seen of whole answers after every character: nothing that the finished answer does not show.

use assisters_chat::markdown::{Block, Inline, Parser, Tree, parse};

/// Answers as language models write them, by name.
pub const ANSWERS: &[(&str, &str)] = &[
    ("api", include_str!("answers/api.md")),
    ("arabic", include_str!("answers/arabic.md")),
    ("chinese", include_str!("answers/chinese.md")),
    ("code review", include_str!("answers/code_review.md")),
    ("math", include_str!("answers/math.md")),
    ("pricing", include_str!("answers/pricing.md")),
    ("recipe", include_str!("answers/recipe.md")),
    ("references", include_str!("answers/references.md")),
    ("travel", include_str!("answers/travel.md")),
    ("troubleshooting", include_str!("answers/troubleshooting.md")),
];

/// Appends the characters of blocks that are not white space.
fn visible(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Container { children, .. } => visible(children, out),
            Block::Text { inlines, .. } => visible_inlines(inlines, out),
            Block::Code { text, .. } => out.extend(text.split_whitespace()),
        }
    }
}

fn visible_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Math { text, .. } | Inline::Image { alt: text, .. } => {
                out.extend(text.split_whitespace());
            }
            Inline::SoftBreak | Inline::HardBreak => {}
            Inline::Styled(_, children) | Inline::Link { children, .. } => visible_inlines(children, out),
        }
    }
}

fn text_of(blocks: &[Block]) -> String {
    let mut out = String::new();
    visible(blocks, &mut out);
    out
}

/// Returns every prefix and what there is to see of it.
fn seen(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.char_indices().map(move |(at, _)| {
        let mut parser = Parser::default();
        let mut tree = Tree::default();
        parser.push(&text[..at]);
        parser.paint(&mut tree);
        (&text[..at], text_of(&tree.into_blocks()))
    })
}

/// Parts an answer where its link definitions start.
fn parted(answer: &str) -> (&str, &str) {
    answer.find("\n[1]: ").map_or((answer, ""), |at| answer.split_at(at))
}

/// What is seen after any character is the start of what is seen in the end: no marker is shown and then taken away. The exceptions are
/// - a bracket, which is hidden until it is known to be none of a link, and then shown;
/// - a dollar sign before a digit, which is shown, for it is more often a price than mathematics.
#[test]
fn nothing_is_seen_that_does_not_stay() {
    for (name, answer) in ANSWERS {
        let without_brackets = |text: String| text.replace(['[', ']'], "");
        let (body, _) = parted(answer);
        let last = without_brackets(text_of(&parse(body)));
        for (prefix, now) in seen(body) {
            let now = without_brackets(now);
            let same = last.chars().zip(now.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
            let other: Vec<char> = now[same..].chars().take(2).collect();
            let is_price = matches!(other.as_slice(), ['$', digit] if digit.is_ascii_digit());
            let from = prefix.char_indices().rev().nth(30).map_or(0, |(at, _)| at);
            assert!(other.is_empty() || is_price, "{name}: {:?} is seen after {:?}", &now[same..], &prefix[from..]);
        }
    }
}

/// A link definition is never seen; what it is for becomes a link, and nothing else changes.
#[test]
fn a_definition_is_never_seen() {
    for (name, answer) in ANSWERS {
        let (body, definitions) = parted(answer);
        let mut before = text_of(&parse(body));
        for (prefix, now) in seen(answer) {
            if prefix.len() > body.len() {
                let gone = before.len().checked_sub(now.len());
                assert!(gone.is_some_and(|gone| gone < 16), "{name}: {before:?} became {now:?}");
                before = now;
            }
        }
        assert_eq!(definitions.is_empty(), *name != "references", "only one answer here has definitions");
    }
}

/// Blocks that are finished are what they are in the whole answer, after every character.
#[test]
fn what_is_finished_stays() {
    for (name, answer) in ANSWERS {
        let (body, _) = parted(answer);
        let last = parse(body);
        let (mut parser, mut tree) = (Parser::default(), Tree::default());
        let mut n_finished = 0;
        for (at, character) in body.char_indices() {
            parser.push(&body[at..at + character.len_utf8()]);
            parser.paint(&mut tree);
            let finished = tree.finished();
            assert_eq!(finished, &last[..finished.len()], "{name}");
            assert!(finished.len() >= n_finished, "{name}: a finished block is gone");
            n_finished = finished.len();
        }
        assert!(n_finished + 1 >= last.len(), "{name}");
    }
}
