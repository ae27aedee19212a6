//! Shows the text of a message. Knows the Markdown parser and the page's nodes; knows no message.

mod inlines;
mod nodes;
mod painter;

use std::rc::Rc;

use web_sys::Element;

use super::calendar::Clock;
use crate::browser::console;
use crate::config::{Config, Phrase};
use crate::markdown::Parser;
use crate::session::Session;
use nodes::Templates;
use painter::Painter;

/// How messages are shown: with which links, in which words, and who is told of finished code.
pub struct Manner {
    /// The options.
    pub config: Rc<Config>,
    /// Called with the element of each finished piece of code or mathematics, and its language.
    pub decorate: Option<js_sys::Function>,
    /// Writes when messages were written.
    pub clock: Clock,
    /// What elements are copied from.
    templates: Templates,
}

impl Manner {
    /// Returns how a session's messages are shown now; `None` once the session is gone.
    pub fn of(session: Session) -> Option<Self> {
        let config = session.peek_config()?;
        let clock = Clock::new(session, &config.locale);
        Some(Self { config, decorate: session.hooks().decorate, clock, templates: Templates::default() })
    }

    /// Returns the words for a phrase.
    pub fn say(&self, phrase: Phrase) -> &str {
        self.config.strings.get(phrase)
    }
}

/// Of so much that comes at once most is out of sight, and the browser is told to leave that out of its layout (`data-at-once`). With what comes piece
/// by piece, that would cost more than it saves: the pieces are in sight.
const AT_ONCE_BYTES: usize = 4096;

/// Markdown inside an element that grows while it streams.
///
/// Text is pushed as it arrives; call [`RichText::paint`] at most once per animation frame, and not at all while nobody looks: the next
/// call catches up. The element must have no other children. Dropping it leaves the nodes as they are.
pub struct RichText {
    parser: Parser,
    painter: Painter,
    root: Element,
    /// What was pushed since the last paint.
    n_fresh_bytes: usize,
}

impl RichText {
    /// Prepares to fill `root`.
    pub fn new(root: Element, manner: Rc<Manner>) -> Self {
        RichText { parser: Parser::default(), painter: Painter::new(root.clone(), manner), root, n_fresh_bytes: 0 }
    }

    /// Takes the next piece of the text. Cheap: nothing is parsed or painted yet.
    pub fn push(&mut self, text: &str) {
        self.n_fresh_bytes += text.len();
        self.parser.push(text);
    }

    /// Says that no more text will come. The next [`RichText::paint`] shows what was held back; text pushed after this is ignored.
    pub fn finish(&mut self) {
        self.parser.finish();
    }

    /// Shows what is new.
    pub fn paint(&mut self) {
        if std::mem::take(&mut self.n_fresh_bytes) > AT_ONCE_BYTES {
            self.root.set_attribute("data-at-once", "").ok(); // the name is one
        }
        self.parser.paint(&mut self.painter);
        // Only a page that takes the nodes apart can cause this; what is left of the text is still shown.
        if let Some(failure) = self.painter.take_failure() {
            console::warn(&["a message could not be shown in full: ", &failure].concat());
        }
    }

    /// Empties the element, to start with another text.
    pub fn reset(&mut self) {
        self.parser = Parser::default();
        self.painter.reset();
    }
}
