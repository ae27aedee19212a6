//! Counts the steps of the loops that could run too often, so that tests can hold them to linear time without a clock.

#[cfg(test)]
std::thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts one step. Nothing outside tests.
#[inline(always)]
pub(super) fn step() {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

/// Returns how many steps `work` took.
#[cfg(test)]
pub(super) fn steps(work: impl FnOnce()) -> u64 {
    let before = STEPS.with(std::cell::Cell::get);
    work();
    STEPS.with(std::cell::Cell::get) - before
}

#[cfg(test)]
mod tests {
    use super::steps;
    use crate::markdown::{Parser, Tree};

    /// Texts that made other parsers take quadratic time or worse, as what is repeated, with what comes before.
    const TEXTS: &[(&str, &str)] = &[
        ("", "Plain text, a few words to the line.\n"),
        ("", "["),
        ("", "]"),
        ("", "*"),
        ("", ">"),
        ("", "> "),
        ("", "_a"),
        ("", "*a "),
        ("", "*a**b "),
        ("", "a**b_c*"),
        ("", "~~a ~b "),
        ("", "`"),
        ("", "`a``b"),
        ("", "!["),
        ("", "[a]("),
        ("", "[a](<b"),
        ("", "[a](b \"c"),
        ("", "[a](b (c"),
        ("", "[a](((b"),
        ("", "[a][b"),
        ("", "[a] "),
        ("", "[[a]"),
        ("", "![[a](b)"),
        ("[a]: /b\n\n", "[a]"),
        ("[a]: /b\n\n", "[a]\n\n"),
        ("", "[a]: b\n"),
        ("", "[a]: b\n===\n"),
        ("[a]: b \"", "title\n"),
        ("", "<"),
        ("", "<a"),
        ("", "<a:"),
        ("", "<a@b"),
        ("", "&"),
        ("", "&#1"),
        ("", "\\"),
        ("", "$a "),
        ("", "$$ $"),
        ("", "w"),
        ("", "www._*"),
        ("", "https://_*"),
        ("", "https://a.b/("),
        ("", "a@b"),
        ("", "a_@"),
        ("", "- "),
        ("", "* - + "),
        ("", "1. "),
        ("", "- a\n"),
        ("", "- a\n\n"),
        ("", "> a\n- b\n"),
        ("", "#"),
        ("", "# a #\n"),
        ("", "|"),
        ("", "|a"),
        ("", "|a|\n|-|\n"),
        ("|a|\n|-|\n", "|b|\n"),
        ("a\n", "|"),
        ("a\n", "|-"),
        ("", "```\n"),
        ("```\n", "``\n"),
        ("```\n", "code\n"),
        ("    a\n", "\n"),
        ("", "\t"),
        ("", "\n"),
        ("", " "),
        ("", "-"),
        ("", "- -"),
        ("", "---\n"),
        ("", "a\\\n"),
        ("", "a  \n"),
    ];

    fn text(start: &str, repeated: &str, length: usize) -> String {
        [start, &repeated.repeat(length / repeated.len())].concat()
    }

    fn whole(text: &str) -> u64 {
        steps(|| {
            let mut parser = Parser::default();
            parser.push(text);
            parser.finish();
            parser.paint(&mut Tree::default());
        })
    }

    fn in_pieces(text: &str) -> u64 {
        steps(|| {
            let mut parser = Parser::default();
            let mut tree = Tree::default();
            for piece in text.as_bytes().chunks(1000) {
                parser.push(str::from_utf8(piece).unwrap_or(""));
                parser.paint(&mut tree);
            }
            parser.finish();
            parser.paint(&mut tree);
        })
    }

    #[test]
    fn the_work_for_a_byte_is_bounded() {
        const LENGTH: usize = 20_000;
        let works = TEXTS.iter().map(|(start, repeated)| (repeated, whole(&text(start, repeated, LENGTH))));
        let slow: Vec<_> = works.filter(|(_, work)| *work > 16 * LENGTH as u64).collect();
        assert!(slow.is_empty(), "{slow:?} steps for {LENGTH} bytes");
    }

    #[test]
    fn streaming_twice_as_much_takes_about_twice_the_work() {
        for (start, repeated) in TEXTS {
            let once = in_pieces(&text(start, repeated, 12_000));
            let twice = in_pieces(&text(start, repeated, 24_000));
            assert!(twice <= once * 3, "{start:?} {repeated:?} took {once} steps, then {twice}");
        }
    }
}
