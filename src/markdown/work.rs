//! Counts the steps of the loops that could run too often, so that tests and fuzzing can hold them to linear time without a clock.

#[cfg(any(test, fuzzing))]
std::thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts one step. Nothing in a build for use.
#[inline(always)]
pub(super) fn step() {
    #[cfg(any(test, fuzzing))]
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

/// Returns how many steps `work` took.
#[cfg(any(test, fuzzing))]
pub fn steps(work: impl FnOnce()) -> u64 {
    let before = STEPS.with(std::cell::Cell::get);
    work();
    STEPS.with(std::cell::Cell::get) - before
}

#[cfg(test)]
#[path = "../../tests/markdown/costly.rs"]
mod costly;

#[cfg(test)]
mod tests {
    use super::costly::{PLAIN, STREAMS, TEXTS};
    use super::{step, steps};
    use crate::markdown::{Container, Inline, Leaf, Paint, Parser};

    /// A painter for which everything it is told takes a few steps, and a look at every inline and byte of a text.
    struct Counting;

    fn tell(text: &str) {
        (0..text.len() + 4).for_each(|_| step());
    }

    fn look(inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) | Inline::Code(text) | Inline::Math { text, .. } | Inline::Image { alt: text, .. } => {
                    tell(text)
                }
                Inline::SoftBreak | Inline::HardBreak => tell(""),
                Inline::Styled(_, children) | Inline::Link { children, .. } => {
                    tell("");
                    look(children);
                }
            }
        }
    }

    impl Paint for Counting {
        fn open(&mut self, _: &Container) {
            tell("");
        }

        fn close(&mut self) {
            tell("");
        }

        fn loosen(&mut self, _: usize) {
            tell("");
        }

        fn leaf(&mut self, _: &Leaf) {
            tell("");
        }

        fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) {
            look(&settled);
            look(&tail);
        }

        fn code(&mut self, text: &str) {
            tell(text);
        }

        fn finish(&mut self, _: Option<usize>) {
            tell("");
        }

        fn discard(&mut self) {
            tell("");
        }

        fn repaint(&mut self, _: usize, inlines: Vec<Inline>) {
            look(&inlines);
        }
    }

    fn text(start: &str, repeated: &str, length: usize) -> String {
        [start, &repeated.repeat(length / repeated.len())].concat()
    }

    fn whole(text: &str) -> u64 {
        steps(|| {
            let mut parser = Parser::default();
            parser.push(text);
            parser.finish();
            parser.paint(&mut Counting);
        })
    }

    /// Returns the steps for each thousand bytes of a text that comes in pieces of as many, with a paint after each.
    fn in_pieces(text: &str) -> Vec<u64> {
        let mut parser = Parser::default();
        let mut push = |part: &[u8]| {
            steps(|| {
                for piece in part.chunks(1000) {
                    parser.push(&String::from_utf8_lossy(piece));
                    parser.paint(&mut Counting);
                }
            })
        };
        text.as_bytes().chunks(1000).map(&mut push).collect()
    }

    #[test]
    fn no_text_takes_over_four_times_the_work_of_plain_text() {
        const LENGTH: usize = 20_000;
        let plain = whole(&text("", PLAIN, LENGTH));
        let works =
            TEXTS.iter().map(|(start, repeated)| (start, repeated, whole(&text(start, repeated, LENGTH)) as f64 / plain as f64));
        let slow: Vec<_> = works.filter(|(_, _, work)| *work > 4.0).collect();
        assert!(slow.is_empty(), "{slow:?}");
    }

    #[test]
    fn twice_as_much_takes_twice_the_work() {
        for (start, repeated) in TEXTS {
            let [once, twice] = [20_000, 40_000].map(|length| whole(&text(start, repeated, length)));
            assert!(twice <= once * 9 / 4, "{start:?} {repeated:?} took {once} steps, then {twice}");
        }
    }

    #[test]
    fn the_end_of_a_stream_takes_no_more_work_for_a_byte_than_its_start() {
        let texts = TEXTS.iter().map(|(start, repeated)| (*repeated, start, repeated));
        for (name, start, repeated) in texts.chain(STREAMS.iter().map(|(name, start, repeated)| (*name, start, repeated))) {
            let works = in_pieces(&text(start, repeated, 40_000));
            let [first, last] = [&works[..15], &works[works.len() - 15..]].map(|part| part.iter().sum::<u64>());
            // Were everything looked at for each piece, it would be over four times. Up to two is what an open text costs that is looked
            // at again when it has grown by an eighth: that comes at irregular times.
            assert!(last <= first * 3, "{name:?} took {first} steps for its first 15 KB, {last} for its last");
        }
    }
}
