//! A parsed message as a tree of values. For tests and tools; a painter of the page needs no tree.

use super::block::Parser;
use super::paint::{Container, Inline, Leaf, Paint};

/// A block of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A block that holds others.
    Container {
        /// What it is.
        container: Container,
        /// For a list, whether its items are separated by space.
        loose: bool,
        /// The blocks in it.
        children: Vec<Block>,
    },
    /// A block of text.
    Text {
        /// What it is.
        leaf: Leaf,
        /// Its text.
        inlines: Vec<Inline>,
    },
    /// A block of code or mathematics.
    Code {
        /// What it is.
        leaf: Leaf,
        /// Its text.
        text: String,
    },
}

/// A painter that builds a tree.
#[derive(Default)]
pub struct Tree {
    /// The blocks outside every open container.
    blocks: Vec<Block>,
    /// The open containers, outermost first.
    open: Vec<Block>,
    leaf: Option<Block>,
    /// How many inlines of the open leaf are settled.
    n_settled: usize,
    /// Where the leaves are that may change: indices from the outermost block inwards.
    kept: Vec<(usize, Vec<usize>)>,
}

impl Tree {
    /// Returns the blocks that are finished, without what is in an open one.
    pub fn finished(&self) -> &[Block] {
        &self.blocks
    }

    /// Returns the blocks painted so far; what is open is taken as it is.
    pub fn into_blocks(mut self) -> Vec<Block> {
        if self.leaf.is_some() {
            self.finish(None);
        }
        while !self.open.is_empty() {
            self.close();
        }
        self.blocks
    }

    fn children(&mut self) -> &mut Vec<Block> {
        match self.open.last_mut() {
            Some(Block::Container { children, .. }) => children,
            _ => &mut self.blocks,
        }
    }
}

/// Parses a whole message.
///
/// ```
/// use assisters_chat::markdown::{Block, Inline, Leaf, parse};
///
/// let blocks = parse("# Hello");
/// assert_eq!(blocks, [Block::Text { leaf: Leaf::Heading(1), inlines: vec![Inline::Text("Hello".to_owned())] }]);
/// ```
pub fn parse(text: &str) -> Vec<Block> {
    let mut parser = Parser::default();
    let mut tree = Tree::default();
    parser.push(text);
    parser.finish();
    parser.paint(&mut tree);
    tree.into_blocks()
}

/// Appends inlines; text that was cut in two becomes one again.
fn append(inlines: &mut Vec<Inline>, more: Vec<Inline>) {
    for inline in more {
        match (inlines.last_mut(), inline) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
            (_, inline) => inlines.push(inline),
        }
    }
}

impl Paint for Tree {
    fn open(&mut self, container: &Container) {
        self.open.push(Block::Container { container: container.clone(), loose: false, children: Vec::new() });
    }

    fn close(&mut self) {
        if let Some(block) = self.open.pop() {
            self.children().push(block);
        }
    }

    fn loosen(&mut self, level: usize) {
        if let Some(Block::Container { loose, .. }) = self.open.get_mut(level) {
            *loose = true;
        }
    }

    fn leaf(&mut self, leaf: &Leaf) {
        let leaf = leaf.clone();
        self.leaf = Some(match (self.leaf.take(), &leaf) {
            (Some(Block::Text { inlines, .. }), _) => Block::Text { leaf, inlines },
            (_, Leaf::Code { .. } | Leaf::Math) => Block::Code { leaf, text: String::new() },
            _ => Block::Text { leaf, inlines: Vec::new() },
        });
    }

    fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) {
        if let Some(Block::Text { inlines, .. }) = &mut self.leaf {
            inlines.truncate(self.n_settled);
            // The settled part stays apart from the tail, which is taken away again.
            inlines.extend(settled);
            self.n_settled = inlines.len();
            inlines.extend(tail);
        }
    }

    fn code(&mut self, more: &str) {
        if let Some(Block::Code { text, .. }) = &mut self.leaf {
            text.push_str(more);
        }
    }

    fn finish(&mut self, keep: Option<usize>) {
        self.n_settled = 0;
        let Some(mut block) = self.leaf.take() else { return };
        if let Block::Text { inlines, .. } = &mut block {
            let pieces = std::mem::take(inlines);
            append(inlines, pieces);
        }
        self.children().push(block);
        if let Some(number) = keep {
            let mut path = vec![self.blocks.len()];
            path.extend(self.open.iter().map(|block| match block {
                Block::Container { children, .. } => children.len(),
                Block::Text { .. } | Block::Code { .. } => 0,
            }));
            // The leaf itself is there already, its containers are not.
            if let Some(last) = path.last_mut() {
                *last -= 1;
            }
            self.kept.push((number, path));
        }
    }

    fn discard(&mut self) {
        self.leaf = None;
        self.n_settled = 0;
    }

    fn repaint(&mut self, kept: usize, inlines: Vec<Inline>) {
        let Ok(found) = self.kept.binary_search_by_key(&kept, |(number, _)| *number) else { return };
        let path = &self.kept[found].1;
        let (mut blocks, mut open) = (&mut self.blocks, self.open.iter_mut());
        for (depth, &at) in path.iter().enumerate() {
            let block = match blocks.get_mut(at) {
                Some(block) => Some(block),
                // Not closed yet, so not in its parent yet.
                None => open.next(),
            };
            match block {
                Some(Block::Container { children, .. }) if depth + 1 < path.len() => blocks = children,
                Some(Block::Text { inlines: shown, .. }) => {
                    *shown = inlines;
                    return;
                }
                _ => return,
            }
        }
    }
}
