//! Any text, pushed and painted in the pieces that the input asks for, becomes what it becomes at once; and the work for it is bounded.
#![no_main]

use assisters_chat::markdown::{Block, Container, Inline, Leaf, Paint, Parser, Tree, parse, steps};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // The first byte says how long pieces are, the second when the start of a paragraph is set aside.
    let [pace, settle, text @ ..] = input else { return };
    let text = String::from_utf8_lossy(text);
    let whole = parse(&text);
    assert_bounded(&whole, 0);
    if pace.is_multiple_of(8) {
        assert_linear(&text);
    }
    let mut parser = Parser::settling_after(usize::from(*settle) * 8);
    let mut painter = Watched { most: 64 + 40 * text.len(), ..Watched::default() };
    let mut length = usize::from(*pace);
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        // Lengths that differ, though they follow from one byte: 1 to 64.
        length = (length * 29 + 17) % 251;
        let mut end = (length % 64 + 1).min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, more) = rest.split_at(end);
        parser.push(piece);
        parser.paint(&mut painter);
        rest = more;
    }
    parser.finish();
    parser.paint(&mut painter);
    assert_eq!(painter.n_open, 0, "a container is left open");
    assert_eq!(painter.tree.into_blocks(), whole, "{text:?}");
});

/// What takes too much work is found sooner where it is repeated.
fn assert_linear(text: &str) {
    let repeated = text.repeat(8192 / text.len().max(32));
    let work = steps(|| drop(parse(&repeated)));
    assert!(work <= 4096 + 32 * repeated.len() as u64, "{work} steps for {} bytes", repeated.len());
}

/// Deeper trees could overflow the stack of whoever walks them.
fn assert_bounded(blocks: &[Block], depth: usize) {
    assert!(depth <= 64, "containers nest too deep");
    for block in blocks {
        match block {
            Block::Container { children, .. } => assert_bounded(children, depth + 1),
            Block::Text { inlines, .. } => assert_shallow(inlines, 0),
            Block::Code { .. } => {}
        }
    }
}

fn assert_shallow(inlines: &[Inline], depth: usize) {
    assert!(depth <= 40, "styles nest too deep");
    for inline in inlines {
        if let Inline::Styled(_, children) | Inline::Link { children, .. } = inline {
            assert_shallow(children, depth + 1);
        }
    }
}

/// A tree that counts: what is finished is never more than the text can account for.
#[derive(Default)]
struct Watched {
    tree: Tree,
    n_open: usize,
    /// How many blocks and settled inlines there were, and may be.
    n_finished: usize,
    most: usize,
}

impl Watched {
    fn count(&mut self, n: usize) {
        self.n_finished += n;
        assert!(self.n_finished <= self.most, "more is painted than was written");
    }
}

impl Paint for Watched {
    fn open(&mut self, container: &Container) {
        self.n_open += 1;
        self.count(1);
        self.tree.open(container);
    }

    fn close(&mut self) {
        self.n_open = self.n_open.checked_sub(1).expect("nothing is open");
        self.tree.close();
    }

    fn loosen(&mut self, level: usize) {
        assert!(level < self.n_open, "no list is open there");
        self.tree.loosen(level);
    }

    fn leaf(&mut self, leaf: &Leaf) {
        self.count(1);
        self.tree.leaf(leaf);
    }

    fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) {
        self.count(settled.len());
        self.tree.inlines(settled, tail);
    }

    fn code(&mut self, text: &str) {
        self.tree.code(text);
    }

    fn finish(&mut self, keep: Option<usize>) {
        self.tree.finish(keep);
    }

    fn discard(&mut self) {
        self.tree.discard();
    }

    fn repaint(&mut self, kept: usize, inlines: Vec<Inline>) {
        self.tree.repaint(kept, inlines);
    }
}
