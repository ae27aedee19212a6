//! Nodes of the page, made by name and text only, so that no text of a message is ever read as HTML.

use std::cell::RefCell;
use std::ptr;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Node};

use super::Manner;
use crate::browser::dom::document;

#[wasm_bindgen(module = "/www/engine/build.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn append(parent: &Element, template: &Element) -> Result<Element, JsValue>;
    #[wasm_bindgen(catch)]
    fn build(parent: &Node, before: Option<&Node>, templates: &Array, steps: &[u32], text: &str) -> Result<(), JsValue>;
}

/// What a step is, as `build.js` has it.
const TEXT: u32 = 0;
const ATTRIBUTE: u32 = 1;
const END: u32 = 2;
const FIRST_TEMPLATE: u32 = 3;

/// Attributes that are known when the program is written.
pub(super) type Attributes = &'static [(&'static str, &'static str)];

/// Name and attributes of elements that are made by the dozen.
pub(super) struct Kind {
    name: &'static str,
    attributes: Attributes,
}

impl Kind {
    pub const fn new(name: &'static str, attributes: Attributes) -> Self {
        Self { name, attributes }
    }

    fn make(&self, is_directed: bool) -> Result<Element, JsValue> {
        let element = document().create_element(self.name)?;
        let direction: Attributes = if is_directed { &[("dir", "auto")] } else { &[] };
        for (name, value) in self.attributes.iter().chain(direction) {
            element.set_attribute(name, value)?;
        }
        Ok(element)
    }
}

/// One element of each kind that was made: to copy it costs less than to name it and its attributes again.
#[derive(Default)]
pub struct Templates {
    /// With whether the direction is that of the first letter.
    kinds: RefCell<Vec<(&'static Kind, bool)>>,
    elements: Array,
}

impl Templates {
    /// Returns the number of a kind's template, which `finish` completes when it is made.
    fn number(&self, kind: &'static Kind, is_directed: bool, finish: &dyn Fn(&Element)) -> Result<u32, JsValue> {
        let mut kinds = self.kinds.borrow_mut();
        let known = kinds.iter().position(|known| ptr::eq(known.0, kind) && known.1 == is_directed);
        #[allow(clippy::cast_possible_truncation, reason = "a few dozen")]
        let number = known.unwrap_or(kinds.len()) as u32;
        if known.is_none() {
            let element = kind.make(is_directed)?;
            finish(&element);
            self.elements.push(&element);
            kinds.push((kind, is_directed));
        }
        Ok(number)
    }
}

/// Makes nodes, and remembers the first failure: names and attributes are our own and valid, so only a page that takes the nodes apart can cause
/// one, and then the rest is still shown.
pub(super) struct Nodes {
    pub manner: Rc<Manner>,
    root: Element,
    failure: RefCell<Option<JsValue>>,
}

impl Nodes {
    pub fn new(root: Element, manner: Rc<Manner>) -> Self {
        Nodes { manner, root, failure: RefCell::default() }
    }

    /// Returns what everything is in.
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// Returns what the first failure since the last call says.
    pub fn take_failure(&self) -> Option<String> {
        let failure = self.failure.take()?;
        Some(failure.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| error.message().into()))
    }

    /// Keeps a failure for later, and otherwise passes on the result.
    pub fn note<T>(&self, result: Result<T, JsValue>) -> Option<T> {
        result.map_err(|failure| self.failure.replace(Some(failure))).ok()
    }

    pub fn attribute(&self, element: &Element, name: &str, value: &str) {
        self.note(element.set_attribute(name, value));
    }

    /// Appends a new element to `parent`.
    pub fn child(&self, parent: &Element, kind: &'static Kind) -> Element {
        self.child_with(parent, kind, false, &|_| {})
    }

    /// Appends a new element to `parent`, with a direction of its own or not, and with what `finish` put into the first of its kind.
    pub fn child_with(&self, parent: &Element, kind: &'static Kind, is_directed: bool, finish: &dyn Fn(&Element)) -> Element {
        let templates = &self.manner.templates;
        let template = self.note(templates.number(kind, is_directed, finish)).map(|number| templates.elements.get(number));
        let made = template.and_then(|template| self.note(append(parent, template.unchecked_ref())));
        // In place of what cannot be made, something that cannot be inserted.
        made.unwrap_or_else(|| self.root.clone())
    }

    /// Makes nodes in `parent`, before another or at the end.
    pub fn build(&self, parent: &Node, before: Option<&Node>, steps: &Steps) {
        self.note(build(parent, before, &self.manner.templates.elements, &steps.steps, &steps.text));
    }
}

/// Nodes that are about to be made, all in one call.
#[derive(Default)]
pub(super) struct Steps {
    steps: Vec<u32>,
    text: String,
}

impl Steps {
    /// Makes a text node.
    pub fn text(&mut self, text: &str) {
        self.steps.push(TEXT);
        self.write(text);
    }

    /// Enters a new element.
    pub fn open(&mut self, nodes: &Nodes, kind: &'static Kind) {
        let number = nodes.note(nodes.manner.templates.number(kind, false, &|_| {})).unwrap_or_default();
        self.steps.push(FIRST_TEMPLATE + number);
    }

    /// Gives the innermost open element an attribute.
    pub fn attribute(&mut self, name: &str, value: &str) {
        self.steps.push(ATTRIBUTE);
        self.write(name);
        self.write(value);
    }

    /// Leaves the innermost open element.
    pub fn close(&mut self) {
        self.steps.push(END);
    }

    fn write(&mut self, text: &str) {
        // As JavaScript counts: a character of four bytes is two.
        let length = text.bytes().map(|byte| u32::from(byte & 0xC0 != 0x80) + u32::from(byte >= 0xF0)).sum();
        self.steps.push(length);
        self.text.push_str(text);
    }
}
