//! Blocks → nodes. Creates nodes by name and text only, so that no text of a message is ever read as HTML.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Node, Text};

use super::Manner;
use super::inlines::Inlines;
use super::nodes::{Attributes, Nodes};
use crate::config::Phrase;
use crate::markdown::{Align, Container, Inline, Leaf, Paint};
use crate::ui::actions::Action;
use crate::ui::icon::icon;
use crate::ui::view::{View, html};

/// What shows headings of level 1 and so on, as element and level: the page and the panel have the levels above.
static HEADINGS: [(&str, Attributes); 6] = [
    ("h3", &[("data-level", "1")]),
    ("h4", &[("data-level", "2")]),
    ("h5", &[("data-level", "3")]),
    ("h6", &[("data-level", "4")]),
    ("h6", &[("data-level", "5")]),
    ("h6", &[("data-level", "6")]),
];
static LAST_HEADING: (&str, Attributes) = ("h6", &[("data-level", "6")]);

/// A painter on nodes of the page.
pub(super) struct Painter {
    inlines: Inlines,
    /// What new blocks are appended to, outermost first: the root, then the open containers.
    open: Vec<Element>,
    leaf: Option<OpenLeaf>,
    /// The part of the open table for rows without column titles, once there is one.
    body: Option<Element>,
    /// Finished leaves whose inlines may be replaced, by number.
    kept: Vec<(usize, Element)>,
}

struct OpenLeaf {
    element: Element,
    /// The last node that stays; the tail follows it.
    settled: Option<Node>,
    tail: Vec<Inline>,
    /// Where code grows.
    code: Option<Text>,
}

impl OpenLeaf {
    /// Returns the first node that may change.
    fn first_of_tail(&self) -> Option<Node> {
        match &self.settled {
            Some(node) => node.next_sibling(),
            None => self.element.first_child(),
        }
    }
}

impl Painter {
    pub fn new(root: Element, manner: Rc<Manner>) -> Self {
        let inlines = Inlines { nodes: Nodes::new(root.clone()), manner, has_math: Cell::default() };
        Painter { inlines, open: vec![root], leaf: None, body: None, kept: Vec::new() }
    }

    /// Returns what the first failure since the last call says.
    pub fn take_failure(&self) -> Option<String> {
        self.inlines.nodes.take_failure()
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

    /// Appends a new element to the innermost open container.
    fn append(&self, name: &'static str, attributes: Attributes) -> Element {
        let nodes = &self.inlines.nodes;
        // The direction is that of the first letter, which is not looked for in elements with a direction of their own: so what stands in
        // a list, quote or table has none, or the bullets would stand on the wrong side.
        let is_directed = self.open.len() == 1;
        let element = if is_directed { nodes.directed(name, attributes) } else { nodes.element(name, attributes) };
        if let Some(parent) = self.open.last() {
            nodes.insert(parent, &element, None);
        }
        element
    }

    /// Tells the shell of a finished piece of code: it may highlight it, or show something in its place.
    fn decorate(&self, code: &Element) {
        if let Some(decorate) = &self.inlines.manner.decorate {
            // What it can not do it says itself; the code stays.
            self.inlines.nodes.note(decorate.call1(&JsValue::UNDEFINED, code));
        }
    }

    fn decorate_math(&self, element: &Element) {
        if self.inlines.has_math.take()
            && let Ok(found) = element.query_selector_all(".math")
        {
            for code in (0..found.length()).filter_map(|idx| found.item(idx)) {
                self.decorate(code.unchecked_ref());
            }
        }
    }

    fn open_code(&self, language: &str, is_math: bool) -> (Element, Option<Text>) {
        let nodes = &self.inlines.nodes;
        let block = self.append("pre", &[("class", "code"), ("part", "code")]);
        let header = nodes.child(&block, "div", &[("class", "code-header")]);
        nodes.child(&header, "span", &[("class", "code-language")]).set_text_content(Some(language));
        let header: &Node = &header;
        nodes.insert(header, copy_button(&self.inlines.manner).element(), None);
        // Code is written from left to right in every language. Without a mouse, only what has the focus can be scrolled.
        let code = nodes.child(&block, "code", &[("dir", "ltr"), ("tabindex", "0")]);
        nodes.attribute(&code, "data-language", language);
        if is_math {
            nodes.attribute(&code, "class", "math");
        }
        let text = nodes.text("");
        nodes.insert(&code, &text, None);
        (block, Some(text))
    }
}

/// The button that copies a block of code. Who hears its click knows what it belongs to.
fn copy_button(manner: &Manner) -> View {
    let (action, label) = (Action::CopyCode, manner.say(Action::CopyCode.phrase()));
    html("button")
        .piece(action.as_str())
        .attr("type", "button")
        .attr("data-action", action.as_str())
        .attr("aria-label", label)
        .attr("title", label)
        .child(icon(action.icon(), "icon"))
}

impl Paint for Painter {
    fn open(&mut self, container: &Container) {
        let nodes = &self.inlines.nodes;
        let element = match container {
            Container::Quote => self.append("blockquote", &[]),
            Container::List { start: None } => self.append("ul", &[("data-tight", "")]),
            Container::List { start: Some(start) } => {
                let list = self.append("ol", &[("data-tight", "")]);
                if *start != 1 {
                    nodes.attribute(&list, "start", &start.to_string());
                }
                list
            }
            Container::Item { task: None } => self.append("li", &[]),
            Container::Item { task: Some(checked) } => {
                let element = self.append("li", &[("class", "task")]);
                let checkbox = nodes.child(&element, "input", &[("type", "checkbox"), ("disabled", "")]);
                if *checked {
                    nodes.attribute(&checkbox, "checked", "");
                }
                element
            }
            Container::Table => {
                // Without a mouse, only what has the focus can be scrolled.
                let scroll = self.append("div", &[("class", "table-scroll"), ("tabindex", "0"), ("role", "group")]);
                nodes.attribute(&scroll, "aria-label", self.inlines.manner.say(Phrase::Table));
                self.body = None;
                nodes.child(&scroll, "table", &[])
            }
            Container::Row { head: true } => nodes.child(&self.append("thead", &[]), "tr", &[]),
            Container::Row { head: false } => {
                let body = self.body.take().unwrap_or_else(|| self.append("tbody", &[]));
                let row = nodes.child(&body, "tr", &[]);
                self.body = Some(body);
                row
            }
        };
        self.open.push(element);
    }

    fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    fn loosen(&mut self, level: usize) {
        if let Some(list) = self.open.get(level + 1) {
            self.inlines.nodes.note(list.remove_attribute("data-tight"));
        }
    }

    fn leaf(&mut self, leaf: &Leaf) {
        let (element, code) = match leaf {
            Leaf::Paragraph => (self.append("p", &[]), None),
            Leaf::Heading(level) => {
                let heading = HEADINGS.get(usize::from(*level).saturating_sub(1));
                let (name, attributes) = heading.copied().unwrap_or(LAST_HEADING);
                (self.append(name, attributes), None)
            }
            Leaf::Code { language } => self.open_code(language, false),
            Leaf::Math => self.open_code("math", true),
            Leaf::Rule => (self.append("hr", &[]), None),
            Leaf::Cell { align, head } => {
                let element = if *head { self.append("th", &[("scope", "col")]) } else { self.append("td", &[]) };
                if *align != Align::None {
                    self.inlines.nodes.attribute(&element, "data-align", align.as_str());
                }
                (element, None)
            }
        };
        self.leaf = Some(match self.leaf.take() {
            // What it is has changed, what is in it has not.
            Some(old) => {
                while let Some(child) = old.element.first_child() {
                    self.inlines.nodes.insert(&element, &child, None);
                }
                old.element.remove();
                OpenLeaf { element, ..old }
            }
            None => OpenLeaf { element, settled: None, tail: Vec::new(), code },
        });
    }

    fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) {
        let Some(leaf) = &mut self.leaf else { return };
        let n_settled = settled.len();
        let mut shown = settled;
        shown.extend(tail);
        self.inlines.update(&leaf.element, leaf.first_of_tail(), &leaf.tail, &shown);
        leaf.tail = shown.split_off(n_settled);
        if leaf.tail.is_empty() {
            leaf.settled = leaf.element.last_child();
        } else {
            for _ in 0..n_settled {
                leaf.settled = leaf.first_of_tail();
            }
        }
    }

    fn code(&mut self, text: &str) {
        if let Some(OpenLeaf { code: Some(code), .. }) = &self.leaf {
            self.inlines.nodes.note(code.append_data(text));
        }
    }

    fn finish(&mut self, keep: Option<usize>) {
        let Some(leaf) = self.leaf.take() else { return };
        match leaf.code.as_ref().and_then(|code| code.parent_element()) {
            Some(code) => self.decorate(&code),
            None => self.decorate_math(&leaf.element),
        }
        if let Some(number) = keep {
            self.kept.push((number, leaf.element));
        }
    }

    fn discard(&mut self) {
        if let Some(leaf) = self.leaf.take() {
            leaf.element.remove();
        }
    }

    fn repaint(&mut self, kept: usize, inlines: Vec<Inline>) {
        let found = self.kept.binary_search_by_key(&kept, |(number, _)| *number).ok();
        let Some((_, element)) = found.and_then(|found| self.kept.get(found)) else { return };
        element.set_text_content(None);
        self.inlines.update(element, None, &[], &inlines);
        self.decorate_math(element);
    }
}
