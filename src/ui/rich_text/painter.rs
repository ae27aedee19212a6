//! Blocks → nodes. Creates nodes by name and text only, so that no text of a message is ever read as HTML.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Node, Text};

use super::Manner;
use super::inlines::Inlines;
use super::nodes::{Kind, Nodes};
use crate::config::Phrase;
use crate::markdown::{Align, Container, Inline, Leaf, Paint};
use crate::ui::actions::Action;
use crate::ui::icon::icon;
use crate::ui::view::html;

/// What shows headings of level 1 and so on: the page and the panel have the levels above.
static HEADINGS: [Kind; 6] = [
    Kind::new("h3", &[("data-level", "1")]),
    Kind::new("h4", &[("data-level", "2")]),
    Kind::new("h5", &[("data-level", "3")]),
    Kind::new("h6", &[("data-level", "4")]),
    Kind::new("h6", &[("data-level", "5")]),
    Kind::new("h6", &[("data-level", "6")]),
];
static PARAGRAPH: Kind = Kind::new("p", &[]);
static RULE: Kind = Kind::new("hr", &[]);
static QUOTE: Kind = Kind::new("blockquote", &[]);
static BULLETS: Kind = Kind::new("ul", &[("data-tight", "")]);
static NUMBERS: Kind = Kind::new("ol", &[("data-tight", "")]);
static ITEM: Kind = Kind::new("li", &[]);
static TASK: Kind = Kind::new("li", &[("class", "task")]);
static CHECKBOX: Kind = Kind::new("input", &[("type", "checkbox"), ("disabled", "")]);
/// Without a mouse, only what has the focus can be scrolled.
static TABLE_SCROLL: Kind = Kind::new("div", &[("class", "table-scroll"), ("tabindex", "0"), ("role", "group")]);
static TABLE: Kind = Kind::new("table", &[]);
static HEAD: Kind = Kind::new("thead", &[]);
static BODY: Kind = Kind::new("tbody", &[]);
static ROW: Kind = Kind::new("tr", &[]);
static TITLE: Kind = Kind::new("th", &[("scope", "col")]);
static CELL: Kind = Kind::new("td", &[]);
static CODE_BLOCK: Kind = Kind::new("pre", &[("class", "code"), ("part", "code")]);

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
        let inlines = Inlines { nodes: Nodes::new(root.clone(), manner), has_math: Cell::default() };
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
    fn append(&self, kind: &'static Kind) -> Element {
        self.append_with(kind, &|_| {})
    }

    /// Appends a new element, with what `finish` put into the first of its kind.
    fn append_with(&self, kind: &'static Kind, finish: &dyn Fn(&Element)) -> Element {
        let nodes = &self.inlines.nodes;
        // The direction is that of the first letter, which is not looked for in elements with a direction of their own: so what stands in
        // a list, quote or table has none, or the bullets would stand on the wrong side.
        let is_directed = self.open.len() == 1;
        let parent = self.open.last().unwrap_or(nodes.root());
        nodes.child_with(parent, kind, is_directed, finish)
    }

    /// Tells the shell of a finished piece of code: it may highlight it, or show something in its place.
    fn decorate(&self, code: &Element) {
        if let Some(decorate) = &self.inlines.nodes.manner.decorate {
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
        let block = self.append_with(&CODE_BLOCK, &|block| fill_code_block(block, &self.inlines.nodes.manner));
        let name = block.first_element_child().and_then(|header| header.first_element_child());
        let code = block.last_element_child();
        if let (Some(name), Some(code)) = (name, &code)
            && !language.is_empty()
        {
            name.set_text_content(Some(language));
            nodes.attribute(code, "data-language", language);
        }
        if let Some(code) = code.as_ref().filter(|_| is_math) {
            nodes.attribute(code, "class", "math");
        }
        let text = code.and_then(|code| code.first_child()).and_then(|text| text.dyn_into().ok());
        (block, text)
    }
}

/// Puts into a block of code what all have: the language and the button that copies it (who hears its click knows what it belongs to) above the code.
fn fill_code_block(block: &Element, manner: &Manner) {
    let (action, label) = (Action::CopyCode, manner.say(Action::CopyCode.phrase()));
    let copy = html("button")
        .piece(action.as_str())
        .attr("type", "button")
        .attr("data-action", action.as_str())
        .attr("aria-label", label)
        .attr("title", label)
        .child(icon(action.icon(), "icon"));
    let header = html("div").class("code-header").child(html("span").class("code-language")).child(copy);
    // Code is written from left to right in every language. Without a mouse, only what has the focus can be scrolled. The text is there to grow.
    let code = html("code").attr("dir", "ltr").attr("tabindex", "0").attr("data-language", "").text("");
    block.append_with_node_2(header.element(), code.element()).ok(); // refused only for a node that contains its own parent
}

impl Paint for Painter {
    fn open(&mut self, container: &Container) {
        let nodes = &self.inlines.nodes;
        let element = match container {
            Container::Quote => self.append(&QUOTE),
            Container::List { start: None } => self.append(&BULLETS),
            Container::List { start: Some(start) } => {
                let list = self.append(&NUMBERS);
                if *start != 1 {
                    nodes.attribute(&list, "start", &start.to_string());
                }
                list
            }
            Container::Item { task: None } => self.append(&ITEM),
            Container::Item { task: Some(checked) } => {
                let element = self.append(&TASK);
                let checkbox = nodes.child(&element, &CHECKBOX);
                if *checked {
                    nodes.attribute(&checkbox, "checked", "");
                }
                element
            }
            Container::Table => {
                let scroll = self.append(&TABLE_SCROLL);
                nodes.attribute(&scroll, "aria-label", self.inlines.nodes.manner.say(Phrase::Table));
                self.body = None;
                nodes.child(&scroll, &TABLE)
            }
            Container::Row { head: true } => nodes.child(&self.append(&HEAD), &ROW),
            Container::Row { head: false } => {
                let body = self.body.take().unwrap_or_else(|| self.append(&BODY));
                let row = nodes.child(&body, &ROW);
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
            Leaf::Paragraph => (self.append(&PARAGRAPH), None),
            Leaf::Heading(level) => {
                let [.., last] = &HEADINGS;
                let kind = HEADINGS.get(usize::from(*level).saturating_sub(1)).unwrap_or(last);
                (self.append(kind), None)
            }
            Leaf::Code { language } => self.open_code(language, false),
            Leaf::Math => self.open_code("math", true),
            Leaf::Rule => (self.append(&RULE), None),
            Leaf::Cell { align, head } => {
                let element = self.append(if *head { &TITLE } else { &CELL });
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
                    self.inlines.nodes.note(element.append_child(&child));
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
