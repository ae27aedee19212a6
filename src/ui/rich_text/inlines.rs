//! Inlines → nodes, one node each, and the least change from some to others.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{Element, Node, Text};

use super::Manner;
use super::nodes::{Attributes, Nodes};
use crate::config::Phrase;
use crate::markdown::{Inline, Style};

/// Shows inlines as far as a policy allows.
pub(super) struct Inlines {
    pub nodes: Nodes,
    pub manner: Rc<Manner>,
    /// Whether mathematics was shown since this was last asked.
    pub has_math: Cell<bool>,
}

impl Inlines {
    /// Makes the children of `parent` from `first` on, which show `old`, show `new`.
    pub fn update(&self, parent: &Node, first: Option<Node>, old: &[Inline], new: &[Inline]) {
        let mut shown = first;
        for (at, inline) in new.iter().enumerate() {
            let next = shown.as_ref().and_then(Node::next_sibling);
            match (&shown, old.get(at)) {
                (Some(_), Some(before)) if before == inline => {}
                (Some(node), Some(before)) if self.grow(node, before, inline) => {}
                (Some(node), Some(_)) => {
                    self.nodes.insert(parent, &self.node(inline), Some(node));
                    self.nodes.note(parent.remove_child(node));
                }
                (node, _) => {
                    self.nodes.insert(parent, &self.node(inline), node.as_ref());
                    continue;
                }
            }
            shown = next;
        }
        while let Some(node) = shown {
            shown = node.next_sibling();
            self.nodes.note(parent.remove_child(&node));
        }
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

    fn node(&self, inline: &Inline) -> Node {
        let element = match inline {
            Inline::Text(text) => return self.nodes.text(text).into(),
            Inline::SoftBreak => return self.nodes.text("\n").into(),
            Inline::HardBreak => self.nodes.element("br", &[]),
            Inline::Code(text) => self.code(text, &[]),
            Inline::Math { display, text } => {
                self.has_math.set(true);
                let attributes: Attributes = if *display {
                    &[("class", "math"), ("data-display", "block")]
                } else {
                    &[("class", "math"), ("data-display", "inline")]
                };
                self.code(text, attributes)
            }
            Inline::Styled(style, children) => {
                let name = match style {
                    Style::Emphasis => "em",
                    Style::Strong => "strong",
                    Style::Strikethrough => "del",
                };
                self.with_children(self.nodes.element(name, &[]), children)
            }
            Inline::Link { destination, title, children } => self.with_children(self.link(destination, title), children),
            Inline::Image { destination, title, alt } => self.image(destination, title, alt),
        };
        element.into()
    }

    fn with_children(&self, element: Element, children: &[Inline]) -> Element {
        self.update(&element, None, &[], children);
        element
    }

    fn code(&self, text: &str, attributes: Attributes) -> Element {
        let element = self.nodes.element("code", attributes);
        // A text node even if there is no text yet: it will grow.
        self.nodes.insert(&element, &self.nodes.text(text), None);
        element
    }

    /// Makes a link, or a plain piece of text if it is not allowed.
    fn link(&self, destination: &str, title: &str) -> Element {
        if !self.manner.config.link_policy.allows_link(destination) {
            return self.nodes.element("span", &[]);
        }
        let element = self.nodes.element("a", &[("rel", "noopener noreferrer nofollow")]);
        self.nodes.attribute(&element, "href", destination);
        if !destination.starts_with('#') {
            self.nodes.attribute(&element, "target", "_blank");
        }
        self.title(&element, title);
        element
    }

    fn title(&self, element: &Element, title: &str) {
        if !title.is_empty() {
            self.nodes.attribute(element, "title", title);
        }
    }

    /// Makes an image, or if it may not be loaded, a link to it.
    fn image(&self, destination: &str, title: &str, alt: &str) -> Element {
        if !self.manner.config.link_policy.allows_image(destination) {
            let element = self.link(destination, title);
            self.nodes.attribute(&element, "class", "image-link");
            element.set_text_content(Some(if alt.is_empty() { self.manner.say(Phrase::Image) } else { alt }));
            return element;
        }
        let element = self.nodes.element("img", &[("referrerpolicy", "no-referrer"), ("loading", "lazy")]);
        self.nodes.attribute(&element, "alt", alt);
        // The address comes last, so that the others hold for the request.
        self.nodes.attribute(&element, "src", destination);
        self.title(&element, title);
        element
    }
}
