//! The text of the answer that is arriving: hands what is new to its painter, which works once per frame.

use std::rc::Rc;

use web_sys::Element;

use super::rich_text::{Manner, RichText};
use crate::chat::{Message, Status};

/// What of an answer its element shows already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Painted {
    /// Nothing: the element is new.
    Nothing,
    /// All of it: the answer is tried again.
    All,
    /// What there was when the answer was cut off, as if it ended there: an answer that goes on is painted anew.
    Ended,
}

/// An answer's text on its way into its element.
pub struct AnswerText {
    rich_text: RichText,
    n_bytes: usize,
    n_rewrites: u32,
    is_finished: bool,
}

impl AnswerText {
    /// Follows a message's text in its element.
    pub fn new(article: &Element, manner: Rc<Manner>, message: &Message, painted: Painted) -> Self {
        let mut rich_text = RichText::new(text_of(article), manner);
        if painted == Painted::Ended {
            rich_text.reset();
        }
        Self {
            rich_text,
            n_bytes: if painted == Painted::All { message.content.len() } else { 0 },
            n_rewrites: message.n_rewrites,
            is_finished: false,
        }
    }

    /// Hands over what is new.
    pub fn take(&mut self, message: &Message) {
        if self.n_rewrites != message.n_rewrites {
            self.rich_text.reset();
            self.n_bytes = 0;
            self.n_rewrites = message.n_rewrites;
        }
        if let Some(new) = message.content.get(self.n_bytes..) {
            self.rich_text.push(new);
            self.n_bytes = message.content.len();
        }
        if message.status != Status::Streaming && !self.is_finished {
            self.rich_text.finish();
            self.is_finished = true;
        }
    }

    /// Shows what is new.
    pub fn paint(&mut self) {
        self.rich_text.paint();
    }
}

/// Returns the element that holds an answer's text.
fn text_of(article: &Element) -> Element {
    let found = article.query_selector(".rich-text").ok().flatten();
    found.unwrap_or_else(|| article.clone()) // every answer is made with one
}
