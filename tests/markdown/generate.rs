//! Random Markdown: pieces that mean something, in any order, so that they meet in ways nobody thought of.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const BLOCKS: &[&str] = &[
    "- ",
    "* ",
    "+ ",
    "1. ",
    "2. ",
    "3) ",
    "- [ ] ",
    "- [x] ",
    "> ",
    ">",
    "# ",
    "### ",
    "```\n",
    "```rust\n",
    "~~~\n",
    "---\n",
    "***\n",
    "===\n",
    "    ",
    "  ",
    "   ",
    "\t",
    " ",
    "| a | b |\n|---|:-:|\n| ",
    "|",
    " | ",
    "|---|\n",
    "[foo]: /url\n",
    "[foo]: /url \"title\"\n",
    "[bar]:\n",
    "-",
    "1",
    "#",
    "$$\n",
];

const INLINES: &[&str] = &[
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "~",
    "`",
    "``",
    "[",
    "]",
    "![",
    "](",
    "](/url)",
    "](/url \"title\")",
    "[foo]",
    "[bar]",
    "[foo][]",
    "[x][foo]",
    ")",
    "(",
    "<",
    ">",
    "<https://a.b>",
    "<a@b.c>",
    "https://a.bc/d",
    "www.a.bc",
    "a@b.cd",
    "&amp;",
    "&",
    "&#35;",
    "&a;",
    "\\",
    "\\*",
    "\\\n",
    "  \n",
    "!",
    "$",
    "$x$",
    "$$",
    "\"",
    "'",
    ":",
    ";",
    "é",
    "“",
    "。",
    "中",
    "😀",
];

const WORDS: &[&str] = &[
    "\n\n| a | b |\n|---|:-:|\n| c *d* | `e` |\n\n",
    "a",
    "b",
    "foo",
    "bar",
    "snake_case",
    "2",
    "word ",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    ".",
];

fn piece(only_common: bool) -> impl Strategy<Value = &'static str> {
    let allowed = move |list: &'static [&'static str]| {
        let list: Vec<_> = list.iter().copied().filter(|piece| !only_common || is_common(piece)).collect();
        prop::sample::select(list)
    };
    prop_oneof![2 => allowed(BLOCKS), 3 => allowed(INLINES), 4 => allowed(WORDS)]
}

/// Whether the other parser reads it alike: it has no addresses without brackets, reads HTML, lets links nest, and has rules of its own
/// for tables whose rows have no bars and for which tildes belong together.
fn is_common(piece: &str) -> bool {
    const OWN: &[&str] = &[
        "https://a.bc/d",
        "www.a.bc",
        "a@b.cd",
        "$",
        "$$",
        "$x$",
        "$$\n",
        "<",
        "- [ ] ",
        "- [x] ",
        "|",
        " | ",
        "|---|\n",
        "| a | b |\n|---|:-:|\n| ",
        "~",
        "~~",
        ":",
        "\t",
        "\\\n",
        "===\n",
        "<https://a.b>",
        "<a@b.c>",
    ];
    !OWN.contains(&piece)
}

/// Any Markdown.
pub fn markdown() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(false), 0..40).prop_map(|pieces| pieces.concat())
}

/// Markdown that other parsers understand alike.
pub fn common_markdown() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(true), 0..24).prop_map(|pieces| pieces.concat())
}

/// Runs the same 2,000 cases every time, so that what passed passes again; or as many random ones as `PROPTEST_CASES` asks for.
pub fn config() -> ProptestConfig {
    let asked = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => asked,
        None => ProptestConfig { cases: 2000, rng_seed: RngSeed::Fixed(3), ..asked },
    }
}
