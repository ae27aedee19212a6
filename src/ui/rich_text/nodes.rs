//! Nodes of the page, made by name and text only, so that no text of a message is ever read as HTML.

use std::cell::RefCell;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Document, Element, Node, Text};

/// Attributes that are known when the program is written.
pub(super) type Attributes = &'static [(&'static str, &'static str)];

/// Makes nodes of one document, and remembers the first failure: names and attributes are our own and valid, so only a page that takes
/// the nodes apart can cause one, and then the rest is still shown.
pub(super) struct Nodes {
    document: Option<Document>,
    root: Element,
    failure: RefCell<Option<JsValue>>,
    /// One element of each kind that was made: to clone it costs less than to name it and its attributes again.
    kinds: RefCell<Vec<(Kind, Element)>>,
}

/// Name, attributes, and whether the direction is that of the first letter.
type Kind = (&'static str, Attributes, bool);

impl Nodes {
    pub fn new(root: Element) -> Self {
        Nodes { document: root.owner_document(), root, failure: RefCell::default(), kinds: RefCell::default() }
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

    pub fn element(&self, name: &'static str, attributes: Attributes) -> Element {
        self.of_kind((name, attributes, false))
    }

    /// Makes an element with a direction of its own.
    pub fn directed(&self, name: &'static str, attributes: Attributes) -> Element {
        self.of_kind((name, attributes, true))
    }

    fn of_kind(&self, kind: Kind) -> Element {
        let is_same = |known: &Kind| known.0 == kind.0 && std::ptr::eq(known.1, kind.1) && known.2 == kind.2;
        let mut kinds = self.kinds.borrow_mut();
        let clone = kinds.iter().find(|(known, _)| is_same(known)).and_then(|(_, first)| self.note(first.clone_node()));
        if let Some(clone) = clone {
            return clone.unchecked_into();
        }
        let (name, attributes, is_directed) = kind;
        let element = self.document.as_ref().and_then(|document| self.note(document.create_element(name)));
        // In place of what cannot be made, something that cannot be inserted.
        let Some(element) = element else { return self.root.clone() };
        for (name, value) in attributes {
            self.attribute(&element, name, value);
        }
        if is_directed {
            self.attribute(&element, "dir", "auto");
        }
        if let Some(first) = self.note(element.clone_node()) {
            kinds.push((kind, first.unchecked_into()));
        }
        element
    }

    pub fn attribute(&self, element: &Element, name: &str, value: &str) {
        self.note(element.set_attribute(name, value));
    }

    pub fn text(&self, text: &str) -> Text {
        match &self.document {
            Some(document) => document.create_text_node(text),
            None => Text::new().unwrap_or_else(|none| none.unchecked_into()),
        }
    }

    /// Appends a new element to `parent`.
    pub fn child(&self, parent: &Element, name: &'static str, attributes: Attributes) -> Element {
        let element = self.element(name, attributes);
        self.insert(parent, &element, None);
        element
    }

    /// Inserts a node before another, or at the end.
    pub fn insert(&self, parent: &Node, node: &Node, before: Option<&Node>) {
        self.note(parent.insert_before(node, before));
    }
}
