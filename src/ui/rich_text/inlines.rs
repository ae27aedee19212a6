//! Inlines → nodes, one node each, and the least change from some to others.

use std::rc::Rc;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Document, Element, Node, Text};

use crate::markdown::{Inline, LinkPolicy, Style};

/// Makes nodes of one document.
pub(super) struct Inlines {
    /// None only for nodes that are documents themselves.
    pub document: Option<Document>,
    pub policy: Rc<LinkPolicy>,
}

impl Inlines {
    fn document(&self) -> Result<&Document, JsValue> {
        self.document.as_ref().ok_or_else(|| JsValue::from_str("the element belongs to no document"))
    }

    pub fn text(&self, text: &str) -> Result<Text, JsValue> {
        Ok(self.document()?.create_text_node(text))
    }

    pub fn element(&self, name: &str, class: &str) -> Result<Element, JsValue> {
        let element = self.document()?.create_element(name)?;
        if !class.is_empty() {
            element.set_attribute("class", class)?;
        }
        Ok(element)
    }

    /// Appends a new element to `parent`.
    pub fn child(&self, parent: &Element, name: &str, class: &str) -> Result<Element, JsValue> {
        let element = self.element(name, class)?;
        parent.append_child(&element)?;
        Ok(element)
    }

    /// Makes the children of `parent` from `first` on, which show `old`, show `new`.
    pub fn update(&self, parent: &Node, first: Option<Node>, old: &[Inline], new: &[Inline]) -> Result<(), JsValue> {
        let mut shown = first;
        let mut old = old.iter();
        for inline in new {
            match (shown.take(), old.next()) {
                (Some(node), Some(before)) => {
                    shown = node.next_sibling();
                    if before != inline && !self.grow(&node, before, inline)? {
                        parent.replace_child(&self.node(inline)?, &node)?;
                    }
                }
                (node, _) => {
                    parent.insert_before(&self.node(inline)?, node.as_ref())?;
                    shown = node;
                }
            }
        }
        while let Some(node) = shown {
            shown = node.next_sibling();
            parent.remove_child(&node)?;
        }
        Ok(())
    }

    /// Changes a node to show other text if it is of the same kind. Text that only grew is appended to.
    fn grow(&self, node: &Node, before: &Inline, after: &Inline) -> Result<bool, JsValue> {
        match (before, after) {
            (Inline::Text(before), Inline::Text(after)) => grow_text(node, before, after),
            (Inline::Code(before), Inline::Code(after)) => match node.first_child() {
                Some(text) => grow_text(&text, before, after),
                None => Ok(false),
            },
            (Inline::Styled(style, before), Inline::Styled(other, after)) if style == other => {
                self.update(node, node.first_child(), before, after)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn node(&self, inline: &Inline) -> Result<Node, JsValue> {
        Ok(match inline {
            Inline::Text(text) => self.text(text)?.into(),
            Inline::SoftBreak => self.text("\n")?.into(),
            Inline::HardBreak => self.element("br", "")?.into(),
            Inline::Code(text) => self.code(text, "")?.into(),
            Inline::Math { display, text } => {
                let element = self.code(text, "math")?;
                element.set_attribute("data-display", if *display { "block" } else { "inline" })?;
                element.into()
            }
            Inline::Styled(style, children) => {
                let name = match style {
                    Style::Emphasis => "em",
                    Style::Strong => "strong",
                    Style::Strikethrough => "del",
                };
                self.with_children(self.element(name, "")?, children)?
            }
            Inline::Link { destination, title, children } => self.with_children(self.link(destination, title, "")?, children)?,
            Inline::Image { destination, title, alt } => self.image(destination, title, alt)?.into(),
        })
    }

    fn with_children(&self, element: Element, children: &[Inline]) -> Result<Node, JsValue> {
        self.update(&element, None, &[], children)?;
        Ok(element.into())
    }

    fn code(&self, text: &str, class: &str) -> Result<Element, JsValue> {
        let element = self.element("code", class)?;
        let text = self.text(text)?;
        element.append_child(&text)?;
        Ok(element)
    }

    /// Makes a link, or a plain piece of text if it is not allowed.
    fn link(&self, destination: &str, title: &str, class: &str) -> Result<Element, JsValue> {
        if !self.policy.allows_link(destination) {
            return self.element("span", class);
        }
        let element = self.element("a", class)?;
        element.set_attribute("href", destination)?;
        element.set_attribute("rel", "noopener noreferrer nofollow")?;
        if !destination.starts_with('#') {
            element.set_attribute("target", "_blank")?;
        }
        if !title.is_empty() {
            element.set_attribute("title", title)?;
        }
        Ok(element)
    }

    /// Makes an image, or if it may not be loaded, a link to it.
    fn image(&self, destination: &str, title: &str, alt: &str) -> Result<Element, JsValue> {
        if !self.policy.allows_image(destination) {
            let element = self.link(destination, title, "image-link")?;
            element.set_text_content(Some(if alt.is_empty() { "Image" } else { alt }));
            return Ok(element);
        }
        let element = self.element("img", "")?;
        // Before the address, so that they hold for the request.
        element.set_attribute("referrerpolicy", "no-referrer")?;
        element.set_attribute("loading", "lazy")?;
        element.set_attribute("alt", alt)?;
        if !title.is_empty() {
            element.set_attribute("title", title)?;
        }
        element.set_attribute("src", destination)?;
        Ok(element)
    }
}

fn grow_text(node: &Node, before: &str, after: &str) -> Result<bool, JsValue> {
    let Some(text) = node.dyn_ref::<Text>() else { return Ok(false) };
    match after.strip_prefix(before) {
        Some(more) => text.append_data(more)?,
        None => text.set_data(after),
    }
    Ok(true)
}
