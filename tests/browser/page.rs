//! A host element with one widget, and what a visitor and a page do with it.

use std::cell::RefCell;
use std::rc::Rc;

use assisters_chat::embed::Widget;
use gloo_events::EventListener;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent, KeyboardEventInit, ShadowRoot, ShadowRootInit,
    ShadowRootMode,
};

/// Lets everything that is waiting for its turn have it: microtasks, then a frame.
pub async fn tick() {
    let frame = js_sys::Promise::new(&mut |resolve, _| {
        web_sys::window().unwrap().request_animation_frame(&resolve).unwrap();
    });
    JsFuture::from(frame).await.unwrap();
}

/// One widget on a page. Nothing answers its requests: the address is one that refuses connections.
pub struct Page {
    pub widget: Widget,
    pub root: ShadowRoot,
    host: HtmlElement,
    heard: Rc<RefCell<Vec<&'static str>>>,
    _listeners: Vec<EventListener>,
}

impl Page {
    pub fn mount(options: &str) -> Self {
        let (host, root) = host();
        Self::new(host, root, complete(options))
    }

    /// With options that JSON does not know.
    pub fn mount_with(options: &str, further: &[(&str, &JsValue)]) -> Self {
        let (host, root) = host();
        let options = complete(options);
        for (name, value) in further {
            js_sys::Reflect::set(&options, &(*name).into(), value).unwrap();
        }
        Self::new(host, root, options)
    }

    /// As the shell leaves it: a launcher that looks alike, with the focus on it.
    pub fn mount_over_placeholder(options: &str) -> Self {
        let (host, root) = host();
        let placeholder: HtmlElement = document().create_element("button").unwrap().unchecked_into();
        placeholder.set_attribute("data-placeholder", "").unwrap();
        root.append_child(&placeholder).unwrap();
        placeholder.focus().unwrap();
        Self::new(host, root, complete(options))
    }

    fn new(host: HtmlElement, root: ShadowRoot, options: JsValue) -> Self {
        let heard = Rc::<RefCell<Vec<&'static str>>>::default();
        let listeners = ["open", "close"]
            .into_iter()
            .map(|name| {
                let heard = Rc::clone(&heard);
                EventListener::new(&host, format!("assisters:{name}"), move |_| heard.borrow_mut().push(name))
            })
            .collect();
        let widget = Widget::new(host.clone(), root.clone(), options).map_err(|error| format!("{error:?}")).unwrap();
        Self { widget, root, host, heard, _listeners: listeners }
    }

    pub fn all(&self, part: &str) -> Vec<Element> {
        let found = self.root.query_selector_all(&format!("[part~=\"{part}\"]")).unwrap();
        (0..found.length()).map(|idx| found.item(idx).unwrap().unchecked_into()).collect()
    }

    pub fn one(&self, part: &str) -> Element {
        self.all(part).into_iter().next().unwrap_or_else(|| panic!("no part {part:?}"))
    }

    /// What a message says, without what can be done with it.
    pub fn bubble(&self, part: &str) -> String {
        self.one(part).query_selector(".bubble").unwrap().unwrap().text_content().unwrap()
    }

    pub fn is_hidden(&self, part: &str) -> bool {
        self.one(part).has_attribute("hidden")
    }

    pub fn click(&self, part: &str) {
        self.one(part).unchecked_into::<HtmlElement>().click();
    }

    pub fn type_text(&self, text: &str) {
        let input: HtmlTextAreaElement = self.one("input").unchecked_into();
        input.set_value(text);
        input.dispatch_event(&Event::new("input").unwrap()).unwrap();
    }

    pub fn draft(&self) -> String {
        self.one("input").unchecked_into::<HtmlTextAreaElement>().value()
    }

    pub fn key(&self, part: &str, key: &str, is_composing: bool) {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_bubbles(true);
        init.set_cancelable(true);
        init.set_is_composing(is_composing);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
        self.one(part).dispatch_event(&event).unwrap();
    }

    /// Takes new options, all of them, as the shell does.
    pub fn update(&mut self, changes: &str) -> Result<(), String> {
        self.widget.update(complete(changes)).map_err(|error| String::from(error.unchecked_into::<js_sys::Error>().message()))
    }

    /// The events heard so far, oldest first.
    pub fn events(&self) -> Vec<&'static str> {
        self.heard.borrow().clone()
    }

    pub fn n_adopted_sheets(&self) -> u32 {
        js_sys::Array::from(&js_sys::Reflect::get(&self.root, &"adoptedStyleSheets".into()).unwrap()).length()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.widget.destroy();
        self.host.remove();
    }
}

fn host() -> (HtmlElement, ShadowRoot) {
    let host: HtmlElement = document().create_element("assisters-chat").unwrap().unchecked_into();
    document().body().unwrap().append_child(&host).unwrap();
    let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).unwrap();
    (host, root)
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// Adds what every widget here has.
fn complete(options: &str) -> JsValue {
    let options = js_sys::JSON::parse(options).unwrap();
    for (name, value) in [("assistant", "test"), ("apiUrl", "http://127.0.0.1:9/v1"), ("persist", "none"), ("apiKey", "key")] {
        js_sys::Reflect::set(&options, &name.into(), &value.into()).unwrap();
    }
    options
}
