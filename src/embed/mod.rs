//! The engine's side of the shell: one [`Widget`] per host element. The only place that JavaScript can see.
//!
//! The shell in `www/` makes the host element and its shadow root, shows a launcher before this program is there, queues what the page
//! calls until then, and wraps every call here, so that a panic never leaves a dead box.

use std::cell::Cell;
use std::rc::Rc;

use leptos::mount::{UnmountHandle, mount_to_renderer};
use leptos::prelude::Owner;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, ShadowRoot};

use crate::browser::events::{self, Host};
use crate::browser::listener::Listener;
use crate::browser::{console, dom, part};
use crate::config::{Config, Position};
use crate::protocol::json::Value;
use crate::session::{Hooks, Session};
use crate::ui;

/// One widget in its host element's shadow root.
#[wasm_bindgen]
pub struct Widget {
    session: Session,
    mounted: Option<UnmountHandle<Element>>,
    owner: Owner,
    _on_leave: Listener,
    _on_return: Listener,
}

#[wasm_bindgen]
impl Widget {
    /// Mounts the widget and takes the place of the shell's launcher.
    ///
    /// # Errors
    /// A `TypeError` that names the option that can not be used and the values that can.
    #[wasm_bindgen(constructor)]
    pub fn new(host: HtmlElement, root: ShadowRoot, options: JsValue) -> Result<Self, JsValue> {
        let config = Config::resolve(&events::from_js(&options)?).map_err(|error| type_error(&String::from(error)))?;
        if config.api_key.is_some() {
            console::warn("`apiKey` is readable by every visitor of this page. Use a gateway or `getToken` instead.");
        }
        let hooks = hooks(&options);
        let opens_itself = config.auto_open || config.position == Position::Inline;
        let had_focus = dom::focused_in(&root).is_some();
        // The session is made within, under the mount's owner: dropping the handle disposes of all that was made there.
        let made = Rc::new(Cell::new(None));
        let mounted = mount_to_renderer(root.unchecked_ref(), {
            let (root, made) = (root.clone(), Rc::clone(&made)); // the closure must own what it uses
            move || {
                let session = Session::new(config, Host::new(&host), hooks);
                made.set(Owner::current().map(|owner| (session, owner)));
                ui::widget(session, &root)
            }
        });
        let (session, owner) = made.take().ok_or("the view was not made")?;
        dom::remove_all(&root, "[data-placeholder]");
        if had_focus && let Ok(Some(launcher)) = root.query_selector(".launcher") {
            dom::focus(launcher.unchecked_ref());
        }
        if opens_itself {
            session.open();
        }
        let on_leave = Listener::on_leave(move || session.leave());
        let on_return = Listener::on_return(move || session.come_back());
        Ok(Self { session, mounted: Some(mounted), owner, _on_leave: on_leave, _on_return: on_return })
    }

    /// Tells once how this build's parts are fetched: by name, to a promise. Not told, the build is taken to be whole.
    #[wasm_bindgen(js_name = fetchPartsBy)]
    pub fn fetch_parts_by(fetch: js_sys::Function) {
        part::fetch_by(fetch);
    }

    /// Shows the panel.
    pub fn open(&self) {
        self.session.open();
    }

    /// Hides the panel.
    pub fn close(&self) {
        self.session.close();
    }

    /// Opens or closes the panel.
    pub fn toggle(&self) {
        self.session.toggle();
    }

    /// Whether the panel is showing.
    #[wasm_bindgen(js_name = isOpen)]
    pub fn is_open(&self) -> bool {
        self.session.peek_is_open()
    }

    /// Sends a message as if the visitor had written it. `extras` may carry `metadata`; `files` is the text of a JSON list, checked by the shell.
    ///
    /// # Errors
    /// A `TypeError` when the text is blank.
    #[wasm_bindgen(js_name = sendMessage)]
    pub fn send_message(&self, text: &str, extras: JsValue, files: String) -> Result<(), JsValue> {
        if text.trim().is_empty() {
            return Err(type_error("sendMessage takes a text that is not blank"));
        }
        let extras = if extras.is_object() { events::from_js(&extras)? } else { Value::Null };
        let metadata = extras.get("metadata").filter(|metadata| metadata.is_object()).map(Value::to_json);
        self.session.send(text, metadata, files);
        Ok(())
    }

    /// Hands the visitor's token to `take`: for uploads.
    #[wasm_bindgen(js_name = handToken)]
    pub fn hand_token(&self, take: js_sys::Function) {
        self.session.hand_token(take);
    }

    /// Drops a token that the server no longer accepts. Returns whether another one can be had.
    #[wasm_bindgen(js_name = dropToken)]
    pub fn drop_token(&self) -> bool {
        self.session.drop_token()
    }

    /// Stops the answer that is arriving.
    pub fn stop(&self) {
        self.session.stop();
    }

    /// Asks for the newest answer once more.
    pub fn regenerate(&self) {
        self.session.regenerate();
    }

    /// Begins a new conversation.
    pub fn clear(&self) {
        self.session.clear();
    }

    /// Returns the transcript.
    pub fn messages(&self) -> JsValue {
        events::to_js(&self.session.transcript())
    }

    /// Takes new options, all of them: what is not named has its default.
    ///
    /// # Errors
    /// A `TypeError` that names the option that can not be used; nothing is changed then.
    pub fn update(&mut self, options: JsValue) -> Result<(), JsValue> {
        let config = Config::resolve(&events::from_js(&options)?).map_err(|error| type_error(&String::from(error)))?;
        let becomes_inline = config.position == Position::Inline;
        self.session.update(config, hooks(&options));
        if becomes_inline {
            self.session.open();
        }
        Ok(())
    }

    /// Forgets everything about the visitor, here and at the server.
    pub fn forget(&self) {
        self.session.forget();
    }

    /// Removes the widget. Nothing of it stays: no element, no listener, no timer, no request.
    pub fn destroy(&mut self) {
        self.session.leave();
        // Not left to the handle: effects that hold their owner would keep each other alive.
        self.owner.cleanup();
        self.mounted = None;
    }
}

/// Reads the options that JSON does not know.
fn hooks(options: &JsValue) -> Hooks {
    let function = |name: &str| js_sys::Reflect::get(options, &name.into()).ok()?.dyn_into().ok();
    Hooks {
        get_token: function("getToken"),
        call_tool: function("callTool"),
        decorate: function("decorate"),
        count: function("count"),
        files: function("files"),
        earlier: function("earlier"),
    }
}

fn type_error(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}
