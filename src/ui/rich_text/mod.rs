//! Shows the text of a message. Knows the Markdown parser and the page's nodes; knows neither Leptos nor messages.
//!
//! With the parser it is a part of the program that comes with the first answer (`browser/part.rs`), so its few ways in are never inlined.

mod inlines;
mod nodes;
mod painter;

use std::rc::Rc;

use web_sys::Element;

use crate::browser::console;
use crate::markdown::{LinkPolicy, Parser};
use painter::Painter;

/// Markdown inside an element that grows while it streams.
///
/// Text is pushed as it arrives; call [`RichText::paint`] at most once per animation frame, and not at all while nobody looks: the next
/// call catches up. The element must have no other children. Dropping it leaves the nodes as they are.
pub struct RichText {
    parser: Parser,
    painter: Painter,
}

impl RichText {
    /// Prepares to fill `root`, with only those links and images that `policy` allows.
    #[inline(never)]
    pub fn new(root: Element, policy: LinkPolicy) -> Box<Self> {
        Box::new(RichText { parser: Parser::default(), painter: Painter::new(root, Rc::new(policy)) })
    }

    /// Takes the next piece of the text. Cheap: nothing is parsed or painted yet.
    #[inline(never)]
    pub fn push(&mut self, text: &str) {
        self.parser.push(text);
    }

    /// Says that no more text will come. The next [`RichText::paint`] shows what was held back; text pushed after this is ignored.
    #[inline(never)]
    pub fn finish(&mut self) {
        self.parser.finish();
    }

    /// Shows what is new.
    #[inline(never)]
    pub fn paint(&mut self) {
        self.parser.paint(&mut self.painter);
        // Only a page that takes the nodes apart can cause this; what is left of the text is still shown.
        if let Some(failure) = self.painter.take_failure() {
            console::warn(&["a message could not be shown in full: ", &failure].concat());
        }
    }

    /// Empties the element, to start with another text.
    #[inline(never)]
    pub fn reset(&mut self) {
        self.parser = Parser::default();
        self.painter.reset();
    }
}
