//! Inlines → nodes, one node each, and the least change from some to others.

use std::cell::Cell;
use std::slice;

use wasm_bindgen::JsCast as _;
use web_sys::{Node, Text};

use super::nodes::{Kind, Nodes, Steps};
use crate::config::Phrase;
use crate::markdown::{Inline, Style};

static BREAK: Kind = Kind::new("br", &[]);
static CODE: Kind = Kind::new("code", &[]);
static DISPLAY_MATH: Kind = Kind::new("code", &[("class", "math"), ("data-display", "block")]);
static INLINE_MATH: Kind = Kind::new("code", &[("class", "math"), ("data-display", "inline")]);
static EMPHASIS: Kind = Kind::new("em", &[]);
static STRONG: Kind = Kind::new("strong", &[]);
static STRIKETHROUGH: Kind = Kind::new("del", &[]);
static LINK: Kind = Kind::new("a", &[("rel", "noopener noreferrer nofollow"), ("target", "_blank")]);
static LINK_IN_PAGE: Kind = Kind::new("a", &[("rel", "noopener noreferrer nofollow")]);
/// What a link that is not allowed is.
static NO_LINK: Kind = Kind::new("span", &[]);
static IMAGE: Kind = Kind::new("img", &[("referrerpolicy", "no-referrer"), ("loading", "lazy")]);

/// Shows inlines as far as a policy allows.
pub(super) struct Inlines {
    pub nodes: Nodes,
    /// Whether mathematics was shown since this was last asked.
    pub has_math: Cell<bool>,
}

impl Inlines {
    /// Makes the children of `parent` from `first` on, which show `old`, show `new`.
    pub fn update(&self, parent: &Node, first: Option<Node>, old: &[Inline], new: &[Inline]) {
        let mut shown = first;
        for (at, inline) in new.iter().enumerate() {
            let Some(node) = shown.clone() else {
                self.insert(parent, new.get(at..).unwrap_or_default(), None);
                return;
            };
            match old.get(at) {
                None => {
                    self.insert(parent, slice::from_ref(inline), Some(&node));
                    continue;
                }
                Some(before) => {
                    shown = node.next_sibling();
                    if before != inline && !self.grow(&node, before, inline) {
                        self.insert(parent, slice::from_ref(inline), Some(&node));
                        self.nodes.note(parent.remove_child(&node));
                    }
                }
            }
        }
        while let Some(node) = shown {
            shown = node.next_sibling();
            self.nodes.note(parent.remove_child(&node));
        }
    }

    fn insert(&self, parent: &Node, inlines: &[Inline], before: Option<&Node>) {
        let mut steps = Steps::default();
        self.write(inlines, &mut steps);
        self.nodes.build(parent, before, &steps);
    }

    /// Changes a node to show other text if it is of the same kind. Text that only grew is appended to.
    fn grow(&self, node: &Node, before: &Inline, after: &Inline) -> bool {
        match (before, after) {
            (Inline::Text(before), Inline::Text(after)) => self.grow_text(Some(node), before, after),
            (Inline::Code(before), Inline::Code(after)) => self.grow_text(node.first_child().as_ref(), before, after),
            (Inline::Styled(style, before), Inline::Styled(other, after)) if style == other => {
                self.update(node, node.first_child(), before, after);
                true
            }
            _ => false,
        }
    }

    fn grow_text(&self, node: Option<&Node>, before: &str, after: &str) -> bool {
        let Some(text) = node.and_then(|node| node.dyn_ref::<Text>()) else { return false };
        match after.strip_prefix(before) {
            Some(more) => {
                self.nodes.note(text.append_data(more));
            }
            None => text.set_data(after),
        }
        true
    }

    fn write(&self, inlines: &[Inline], steps: &mut Steps) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => steps.text(text),
                Inline::SoftBreak => steps.text("\n"),
                Inline::HardBreak => {
                    steps.open(&self.nodes, &BREAK);
                    steps.close();
                }
                Inline::Code(text) => self.write_text(&CODE, text, steps),
                Inline::Math { display, text } => {
                    self.has_math.set(true);
                    self.write_text(if *display { &DISPLAY_MATH } else { &INLINE_MATH }, text, steps);
                }
                Inline::Styled(style, children) => {
                    let kind = match style {
                        Style::Emphasis => &EMPHASIS,
                        Style::Strong => &STRONG,
                        Style::Strikethrough => &STRIKETHROUGH,
                    };
                    steps.open(&self.nodes, kind);
                    self.write(children, steps);
                    steps.close();
                }
                Inline::Link { destination, title, children } => {
                    self.open_link(destination, title, steps);
                    self.write(children, steps);
                    steps.close();
                }
                Inline::Image { destination, title, alt } => self.write_image(destination, title, alt, steps),
            }
        }
    }

    /// Writes an element with a text node, even if there is no text yet: it will grow.
    fn write_text(&self, kind: &'static Kind, text: &str, steps: &mut Steps) {
        steps.open(&self.nodes, kind);
        steps.text(text);
        steps.close();
    }

    /// Opens a link, or a plain piece of text if it is not allowed.
    fn open_link(&self, destination: &str, title: &str, steps: &mut Steps) {
        if !self.nodes.manner.config.link_policy.allows_link(destination) {
            steps.open(&self.nodes, &NO_LINK);
            return;
        }
        steps.open(&self.nodes, if destination.starts_with('#') { &LINK_IN_PAGE } else { &LINK });
        steps.attribute("href", destination);
        write_title(title, steps);
    }

    /// Writes an image, or if it may not be loaded, a link to it.
    fn write_image(&self, destination: &str, title: &str, alt: &str, steps: &mut Steps) {
        if self.nodes.manner.config.link_policy.allows_image(destination) {
            steps.open(&self.nodes, &IMAGE);
            steps.attribute("alt", alt);
            // After what says how it is to be loaded.
            steps.attribute("src", destination);
            write_title(title, steps);
        } else {
            self.open_link(destination, title, steps);
            steps.attribute("class", "image-link");
            steps.text(if alt.is_empty() { self.nodes.manner.say(Phrase::Image) } else { alt });
        }
        steps.close();
    }
}

fn write_title(title: &str, steps: &mut Steps) {
    if !title.is_empty() {
        steps.attribute("title", title);
    }
}
