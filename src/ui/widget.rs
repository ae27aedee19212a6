//! The whole widget: launcher and panel, their theme, and where the focus goes when the panel opens and closes.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, ShadowRoot};

use super::launcher::{Launcher, LauncherProps};
use super::panel::{Panel, PanelProps};
use crate::browser::dom::{focus, focused_in, window};
use crate::browser::preference::{self, Watch};
use crate::browser::style::AdoptedSheet;
use crate::config::theme::{Mode, style_sheet};
use crate::config::{Position, ThemeChoice};
use crate::session::Session;

/// The whole widget, in its shadow root.
#[component]
pub fn Widget(
    /// The widget's session.
    session: Session,
    /// The root that everything is in.
    root: ShadowRoot,
) -> impl IntoView {
    let mode = follow_theme(session, &root);
    let launcher = NodeRef::<html::Button>::new();
    let input = NodeRef::<html::Textarea>::new();
    follow_focus(session, root, launcher, input);
    let is_inline = Memo::new(move |_| session.config.get().position == Position::Inline);
    let button = move || (!is_inline.get()).then(|| Launcher(LauncherProps { session, button: launcher }));
    html::div()
        .class("widget")
        .attr("data-position", move || session.config.get().position.as_str())
        .attr("data-theme", move || mode.get().as_str())
        .attr("data-open", move || if session.is_open.get() { "true" } else { "false" })
        .attr("dir", move || session.config.get().direction().as_str())
        .attr("lang", move || Some(session.config.get().locale.clone()).filter(|locale| !locale.is_empty()))
        .on(ev::keydown, move |event| {
            if event.key() == "Escape" && !event.is_composing() && !is_inline.get_untracked() && session.is_open.get_untracked() {
                event.stop_propagation();
                session.close();
            }
        })
        .child((button, Panel(PanelProps { session, input })))
}

/// Keeps the widget's colours as the options, the page and the system want them, live.
fn follow_theme(session: Session, root: &ShadowRoot) -> Signal<Mode> {
    let preferred = RwSignal::new(preference::mode());
    let watch = Watch::new(move || {
        let mode = preference::mode();
        if preferred.try_get_untracked().is_some_and(|known| known != mode) {
            preferred.set(mode);
        }
    });
    // Both live as long as the widget does.
    StoredValue::new_local(watch);
    let sheet = StoredValue::new_local(AdoptedSheet::new(root));
    let mode = Memo::new(move |_| match session.config.get().theme {
        ThemeChoice::Auto => preferred.get(),
        ThemeChoice::Light => Mode::Light,
        ThemeChoice::Dark => Mode::Dark,
    });
    let paint = move || {
        let config = session.config.get();
        let css = style_sheet(&config.primary_color, mode.get(), &config.overrides);
        sheet.with_value(|sheet| {
            if let Some(sheet) = sheet {
                sheet.replace(&css);
            }
        });
    };
    // At once, before the first element is shown, and again whenever it changes.
    paint();
    Effect::new(move |_| paint());
    mode.into()
}

/// Moves the focus into the panel when the visitor opens it, and back to the launcher when it closes over the focus.
fn follow_focus(session: Session, root: ShadowRoot, launcher: NodeRef<html::Button>, input: NodeRef<html::Textarea>) {
    let root = StoredValue::new_local(root);
    Effect::new(move |was_open: Option<bool>| {
        let is_open = session.is_open.get();
        if was_open.is_none() || was_open == Some(is_open) {
            return is_open;
        }
        let focused = root.with_value(focused_in);
        if is_open {
            // Opened from the launcher, or by the page while nothing of the page was being written in.
            let input: Option<HtmlElement> = input.get_untracked().map(|input| input.unchecked_into());
            if let Some(input) = input.filter(|_| focused.is_some() && !is_touch()) {
                focus(&input);
            }
        } else if let Some(launcher) = launcher.get_untracked().filter(|_| focused.is_some()) {
            focus(&launcher);
        }
        is_open
    });
}

/// On a touch screen the focus in the input would bring the keyboard up over what was just opened.
fn is_touch() -> bool {
    window().match_media("(hover: none) and (pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}
