//! The open containers: quotes, lists and their items.

use super::block::Parser;
use super::paint::{Container, Paint};
use super::plan::Start;

/// An open container.
pub(super) struct Open {
    pub shape: Shape,
    /// How many blocks it has that can be seen.
    pub children: usize,
    pub is_empty: bool,
    loose: bool,
}

pub(super) enum Shape {
    Quote,
    List { marker: u8 },
    Item { offset: usize },
}

impl Parser {
    pub(super) fn start_container(&mut self, start: Start, painter: &mut dyn Paint) {
        match start {
            Start::Quote => {
                self.leave_list(painter);
                self.child(painter);
                self.open(Shape::Quote, &Container::Quote, painter);
            }
            Start::Item(item) => {
                let is_next =
                    matches!(self.stack.last(), Some(Open { shape: Shape::List { marker }, .. }) if *marker == item.marker);
                if !is_next {
                    self.leave_list(painter);
                    self.child(painter);
                    self.open(Shape::List { marker: item.marker }, &Container::List { start: item.number }, painter);
                }
                self.child(painter);
                self.open(Shape::Item { offset: item.offset }, &Container::Item { task: item.task }, painter);
            }
        }
        self.after_blank = false;
    }

    fn open(&mut self, shape: Shape, container: &Container, painter: &mut dyn Paint) {
        self.stack.push(Open { shape, children: 0, is_empty: true, loose: false });
        painter.open(container);
    }

    /// Counts a block that is about to be added to the innermost container. A blank line before it makes the list loose.
    pub(super) fn child(&mut self, painter: &mut dyn Paint) {
        let Some(mut level) = self.stack.len().checked_sub(1) else { return };
        let parent = &mut self.stack[level];
        parent.children += 1;
        parent.is_empty = false;
        if !self.after_blank || parent.children == 1 {
            return;
        }
        if let Shape::Item { .. } = parent.shape {
            level = level.saturating_sub(1);
        }
        let list = &mut self.stack[level];
        if matches!(list.shape, Shape::List { .. }) && !std::mem::replace(&mut list.loose, true) {
            painter.loosen(level);
        }
    }

    /// Closes the innermost container if it is a list: what comes next is not an item of it.
    pub(super) fn leave_list(&mut self, painter: &mut dyn Paint) {
        if let Some(Open { shape: Shape::List { .. }, .. }) = self.stack.last() {
            self.stack.pop();
            painter.close();
        }
    }

    /// Finishes the open leaf, and all containers but the outermost `keep`.
    pub(super) fn close_containers(&mut self, keep: usize, painter: &mut dyn Paint) {
        self.finish_leaf(painter);
        while self.stack.len() > keep {
            self.stack.pop();
            painter.close();
        }
    }
}
