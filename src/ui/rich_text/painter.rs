//! Blocks → nodes. Creates nodes by name and text only, so that no text of a message is ever read as HTML.

use std::rc::Rc;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Node, Text};

use super::inlines::Inlines;
use crate::markdown::{Align, Container, Inline, Leaf, LinkPolicy, Paint};

/// What shows headings of level 1 and so on: the page and the panel have the levels above.
const HEADINGS: [&str; 6] = ["h3", "h4", "h5", "h6", "h6", "h6"];

/// A painter on nodes of the page.
pub(super) struct Painter {
    inlines: Inlines,
    /// What new blocks are appended to, outermost first: the root, then the open containers.
    open: Vec<Element>,
    leaf: Option<OpenLeaf>,
    /// The part of the open table for rows without column titles, once there is one.
    body: Option<Element>,
    /// Finished leaves whose inlines may be replaced.
    kept: Vec<(usize, Element)>,
    failure: Option<JsValue>,
}

struct OpenLeaf {
    element: Element,
    /// The last node that stays; the tail follows it.
    settled: Option<Node>,
    tail: Vec<Inline>,
    /// Where code grows.
    code: Option<Text>,
}

impl Painter {
    pub fn new(root: Element, policy: Rc<LinkPolicy>) -> Self {
        let inlines = Inlines { document: root.owner_document(), policy };
        Painter { inlines, open: vec![root], leaf: None, body: None, kept: Vec::new(), failure: None }
    }

    /// Returns the first failure since the last call.
    pub fn take_failure(&mut self) -> Option<String> {
        let failure = self.failure.take()?;
        Some(failure.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| error.message().into()))
    }

    /// Removes everything.
    pub fn reset(&mut self) {
        self.open.truncate(1);
        if let Some(root) = self.open.first() {
            root.set_text_content(None);
        }
        self.leaf = None;
        self.body = None;
        self.kept.clear();
    }

    fn note(&mut self, result: Result<(), JsValue>) {
        if let Err(failure) = result {
            self.failure.get_or_insert(failure);
        }
    }

    /// Appends a new element to the innermost open container.
    fn append(&self, name: &str, class: &str) -> Result<Element, JsValue> {
        let element = self.inlines.element(name, class)?;
        if let Some(parent) = self.open.last() {
            parent.append_child(&element)?;
        }
        Ok(element)
    }

    fn append_block(&self, name: &str) -> Result<Element, JsValue> {
        let element = self.append(name, "")?;
        element.set_attribute("dir", "auto")?;
        Ok(element)
    }

    fn open_container(&mut self, container: &Container) -> Result<(), JsValue> {
        let element = match container {
            Container::Quote => self.append_block("blockquote")?,
            Container::List { start } => {
                let element = self.append_block(if start.is_some() { "ol" } else { "ul" })?;
                element.set_attribute("data-tight", "")?;
                if let Some(start) = start.filter(|&start| start != 1) {
                    element.set_attribute("start", &start.to_string())?;
                }
                element
            }
            Container::Item { task: None } => self.append("li", "")?,
            Container::Item { task: Some(checked) } => {
                let element = self.append("li", "task")?;
                let checkbox = self.inlines.child(&element, "input", "")?;
                checkbox.set_attribute("type", "checkbox")?;
                checkbox.set_attribute("disabled", "")?;
                if *checked {
                    checkbox.set_attribute("checked", "")?;
                }
                element
            }
            Container::Table => {
                let scroll = self.append("div", "table-scroll")?;
                // Without a mouse, only what has the focus can be scrolled.
                scroll.set_attribute("tabindex", "0")?;
                scroll.set_attribute("role", "region")?;
                scroll.set_attribute("aria-label", "Table")?;
                self.body = None;
                self.inlines.child(&scroll, "table", "")?
            }
            Container::Row { head: true } => {
                let head = self.append("thead", "")?;
                self.inlines.child(&head, "tr", "")?
            }
            Container::Row { head: false } => {
                let body = match self.body.take() {
                    Some(body) => body,
                    None => self.append("tbody", "")?,
                };
                let row = self.inlines.child(&body, "tr", "")?;
                self.body = Some(body);
                row
            }
        };
        self.open.push(element);
        Ok(())
    }

    fn open_leaf(&mut self, leaf: &Leaf) -> Result<(), JsValue> {
        let mut code = None;
        let element = match leaf {
            Leaf::Paragraph => self.append_block("p")?,
            Leaf::Heading(level) => {
                let name = usize::from(*level).checked_sub(1).and_then(|at| HEADINGS.get(at)).unwrap_or(&"h6");
                let element = self.append_block(name)?;
                element.set_attribute("data-level", &level.to_string())?;
                element
            }
            Leaf::Code { language } => {
                let element = self.append("pre", "code")?;
                code = Some(self.open_code(&element, language, "")?);
                element
            }
            Leaf::Math => {
                let element = self.append("pre", "code")?;
                code = Some(self.open_code(&element, "math", "math")?);
                element
            }
            Leaf::Rule => self.append("hr", "")?,
            Leaf::Cell { align, head } => {
                let element = self.append_block(if *head { "th" } else { "td" })?;
                if *align != Align::None {
                    element.set_attribute("data-align", align.as_str())?;
                }
                if *head {
                    element.set_attribute("scope", "col")?;
                }
                element
            }
        };
        let settled = None;
        self.leaf = Some(match self.leaf.take() {
            // What it is has changed, what is in it has not.
            Some(old) => {
                while let Some(child) = old.element.first_child() {
                    element.append_child(&child)?;
                }
                old.element.remove();
                OpenLeaf { element, ..old }
            }
            None => OpenLeaf { element, settled, tail: Vec::new(), code },
        });
        Ok(())
    }

    fn open_code(&self, block: &Element, language: &str, class: &str) -> Result<Text, JsValue> {
        block.set_attribute("part", "code")?;
        let header = self.inlines.child(block, "div", "code-header")?;
        self.inlines.child(&header, "span", "code-language")?.set_text_content(Some(language));
        let copy = self.inlines.child(&header, "button", "code-copy")?;
        copy.set_attribute("type", "button")?;
        copy.set_attribute("data-action", "copy-code")?;
        copy.set_text_content(Some("Copy"));
        let code = self.inlines.child(block, "code", class)?;
        // Code is written from left to right in every language.
        code.set_attribute("dir", "ltr")?;
        if class.is_empty() && !language.is_empty() {
            code.set_attribute("data-language", language)?;
        }
        let text = self.inlines.text("")?;
        code.append_child(&text)?;
        Ok(text)
    }

    fn paint_inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) -> Result<(), JsValue> {
        let Some(leaf) = &mut self.leaf else { return Ok(()) };
        let first = match &leaf.settled {
            Some(node) => node.next_sibling(),
            None => leaf.element.first_child(),
        };
        let n_settled = settled.len();
        let mut shown = settled;
        shown.extend(tail);
        self.inlines.update(&leaf.element, first, &leaf.tail, &shown)?;
        for _ in 0..n_settled {
            leaf.settled = match &leaf.settled {
                Some(node) => node.next_sibling(),
                None => leaf.element.first_child(),
            };
        }
        leaf.tail = shown.split_off(n_settled);
        Ok(())
    }
}

impl Paint for Painter {
    fn open(&mut self, container: &Container) {
        let result = self.open_container(container);
        self.note(result);
    }

    fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    fn loosen(&mut self, level: usize) {
        if let Some(list) = self.open.get(level + 1) {
            let result = list.remove_attribute("data-tight");
            self.note(result);
        }
    }

    fn leaf(&mut self, leaf: &Leaf) {
        let result = self.open_leaf(leaf);
        self.note(result);
    }

    fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) {
        let result = self.paint_inlines(settled, tail);
        self.note(result);
    }

    fn code(&mut self, text: &str) {
        let result = match self.leaf.as_ref().and_then(|leaf| leaf.code.as_ref()) {
            Some(code) => code.append_data(text),
            None => Ok(()),
        };
        self.note(result);
    }

    fn finish(&mut self, keep: Option<usize>) {
        if let (Some(leaf), Some(number)) = (self.leaf.take(), keep) {
            self.kept.push((number, leaf.element));
        }
    }

    fn discard(&mut self) {
        if let Some(leaf) = self.leaf.take() {
            leaf.element.remove();
        }
    }

    fn repaint(&mut self, kept: usize, inlines: Vec<Inline>) {
        let Some((_, element)) = self.kept.iter().find(|(number, _)| *number == kept) else { return };
        element.set_text_content(None);
        let result = self.inlines.update(element, None, &[], &inlines);
        self.note(result);
    }
}
