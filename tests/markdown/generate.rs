//! Random Markdown: pieces that mean something, in any order, so that they meet in ways nobody thought of.

use proptest::prelude::*;

const BLOCKS: &[&str] = &[
    "- ", "* ", "+ ", "1. ", "2. ", "3) ", "- [ ] ", "- [x] ", "> ", ">", "# ", "### ", "```\n", "```rust\n", "~~~\n", "---\n", "***\n", "===\n", "    ",
    "  ", "   ", "\t", " ", "| a | b |\n|---|:-:|\n| ", "|", " | ", "|---|\n", "[foo]: /url\n", "[foo]: /url \"title\"\n", "[bar]:\n", "-", "1", "#", "$$\n",
];

const INLINES: &[&str] = &[
    "*", "**", "***", "_", "__", "~~", "~", "`", "``", "[", "]", "![", "](", "](/url)", "](/url \"title\")", "[foo]", "[bar]", "[foo][]", "[x][foo]", ")", "(",
    "<", ">", "<https://a.b>", "<a@b.c>", "https://a.bc/d", "www.a.bc", "a@b.cd", "&amp;", "&", "&#35;", "&a;", "\\", "\\*", "\\\n", "  \n", "!", "$", "$x$", "$$", "\"",
    "'", ":", ";", "é", "“", "。", "中", "😀",
];

const WORDS: &[&str] = &["a", "b", "foo", "bar", "snake_case", "2", "word ", " ", " ", "\n", "\n", "\n\n", "."];

fn piece(only_common: bool) -> impl Strategy<Value = &'static str> {
    let allowed = move |list: &'static [&'static str]| {
        let list: Vec<_> = list.iter().copied().filter(|piece| !only_common || is_common(piece)).collect();
        prop::sample::select(list)
    };
    prop_oneof![2 => allowed(BLOCKS), 3 => allowed(INLINES), 4 => allowed(WORDS)]
}

/// Whether the other parser knows it too: it has no addresses without brackets, reads HTML, and has its own mathematics.
fn is_common(piece: &str) -> bool {
    !piece.contains("https://a.bc") && !piece.contains("www") && piece != "a@b.cd" && !piece.contains('$') && piece != "<" && !piece.contains("[x] ") && !piece.contains("[ ] ")
}

/// Any Markdown.
pub fn markdown() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(false), 0..40).prop_map(|pieces| pieces.concat())
}

/// Markdown that other parsers understand alike.
pub fn common_markdown() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(true), 0..24).prop_map(|pieces| pieces.concat())
}

/// Runs 2,000 cases, or more where `PROPTEST_CASES` asks for them, and leaves no files behind.
pub fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(2000), failure_persistence: None, ..asked }
}
