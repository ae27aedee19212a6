//! How the components build elements: Leptos' reactive effects on plain nodes, every closure behind one boxed type.
//!
//! Leptos' own typed view tree gives each element, attribute and closure a type of its own, and the compiler a set of functions for
//! each: measured here, it made the same widget 177 KB brotli instead of a third of that. The components, signals, effects and owners are Leptos'.

use std::any::Any;

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use leptos::tachys::view::Render;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement};

use crate::browser::dom::document;
use crate::browser::listener::Listener;
use crate::config::Phrase;
use crate::session::Session;

/// An element, and through the current owner everything that keeps it up to date.
#[derive(Clone)]
pub struct View(Element);

impl Render for View {
    type State = Element;

    fn build(self) -> Element {
        self.0
    }

    /// Effects keep the element up to date by themselves; only another element takes its place.
    fn rebuild(self, shown: &mut Element) {
        shown.replace_with_with_node_1(&self.0).ok(); // refused only where there is no parent: nothing to replace
        *shown = self.0;
    }
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes an HTML element.
pub fn html(tag: &str) -> View {
    View(document().create_element(tag).unwrap_or_else(|_| unreachable_name(tag)))
}

/// Makes an SVG element.
pub fn svg(tag: &str) -> View {
    View(document().create_element_ns(Some(SVG), tag).unwrap_or_else(|_| unreachable_name(tag)))
}

/// Only a name that is none is refused, and every name here is a literal of this program.
#[allow(clippy::panic, reason = "a misspelt literal: caught by the first test that shows it")]
fn unreachable_name(tag: &str) -> Element {
    panic!("{tag} is no element's name")
}

impl View {
    /// Returns the element.
    pub fn element(&self) -> &Element {
        &self.0
    }

    /// Returns the element as one that can have the focus.
    pub fn html_element(&self) -> HtmlElement {
        self.0.clone().unchecked_into()
    }

    /// Sets the class list.
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    /// Sets the class and the public part name, which are the same word for most pieces.
    pub fn piece(self, name: &str) -> Self {
        self.attr("class", name).attr("part", name)
    }

    /// Sets an attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        set_attribute(&self.0, name, Some(value));
        self
    }

    /// Keeps an attribute as the closure says; `None` takes it away.
    pub fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.keep_attr(name, Box::new(value));
        self
    }

    /// Keeps an attribute as the closure says.
    pub fn live_text_attr(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.live_attr(name, move || Some(value()))
    }

    /// Keeps an attribute at the words for a phrase.
    pub fn phrase_attr(self, name: &'static str, session: Session, phrase: Phrase) -> Self {
        self.live_text_attr(name, move || session.phrase(phrase))
    }

    /// Keeps an attribute at `true` or `false`.
    pub fn live_bool_attr(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.live_attr(name, move || Some(if value() { "true" } else { "false" }.to_owned()))
    }

    /// Keeps an attribute there or away.
    pub fn live_flag(self, name: &'static str, is_set: impl Fn() -> bool + 'static) -> Self {
        self.live_attr(name, move || is_set().then(String::new))
    }

    /// Appends text.
    pub fn text(self, text: &str) -> Self {
        self.append(&document().create_text_node(text));
        self
    }

    /// Appends text that is kept as the closure says.
    pub fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        self.keep_text(Box::new(text));
        self
    }

    /// Appends a child.
    pub fn child(self, child: View) -> Self {
        self.append(&child.0);
        self
    }

    /// Keeps a place for a child that comes and goes. What it held is disposed of when the closure is run again.
    pub fn slot(self, child: impl Fn() -> Option<View> + 'static) -> Self {
        self.keep_slot(Box::new(child));
        self
    }

    /// Listens for an event, as long as the current owner lives.
    pub fn on(self, event: &'static str, listen: impl FnMut(&Event) + 'static) -> Self {
        listen_on(&self.0, event, Box::new(listen));
        self
    }

    fn append(&self, node: &web_sys::Node) {
        self.0.append_child(node).ok(); // refused only for a node that contains its own parent
    }

    fn keep_attr(&self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) {
        let element = self.0.clone();
        let mut shown = None;
        effect(Box::new(move || {
            let value = value();
            if shown.as_ref() != Some(&value) {
                set_attribute(&element, name, value.as_deref());
                shown = Some(value);
            }
        }));
    }

    fn keep_text(&self, text: Box<dyn Fn() -> String>) {
        let node = document().create_text_node("");
        self.append(&node);
        let mut shown = String::new();
        effect(Box::new(move || {
            let text = text();
            if shown != text {
                node.set_data(&text);
                shown = text;
            }
        }));
    }

    fn keep_slot(&self, child: Box<dyn Fn() -> Option<View>>) {
        // An empty text keeps the place: nothing to see, nothing for a selector to count.
        let place = document().create_text_node("");
        self.append(&place);
        let mut shown: Option<Element> = None;
        effect(Box::new(move || {
            let new = child().map(|view| view.0);
            if let Some(old) = shown.take() {
                old.remove();
            }
            if let (Some(new), Some(parent)) = (&new, place.parent_node()) {
                parent.insert_before(new, Some(&place)).ok(); // the place is the parent's child: it can not be refused
            }
            shown = new;
        }));
    }
}

fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    }
    .ok(); // refused only for a name that is none; every name is a literal
}

/// Runs a closure now and whenever what it read has changed, as long as the current owner lives.
pub fn effect(mut run: Box<dyn FnMut()>) {
    keep(RenderEffect::<()>::new(move |_| run()));
}

/// Keeps a value until the current owner is disposed of.
pub fn keep(value: impl Any) {
    StoredValue::new_local(Box::new(value) as Box<dyn Any>);
}

fn listen_on(element: &Element, event: &'static str, listen: Box<dyn FnMut(&Event)>) {
    keep(Listener::new(element, event, listen));
}
