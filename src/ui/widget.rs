//! The whole widget: launcher and panel, their theme, and where the focus goes when the panel opens and closes.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent, ShadowRoot};

use super::flag::Flag;
use super::launcher::launcher;
use super::panel::panel;
use super::view::{View, effect, html, keep};
use crate::browser::dom::{focus, focused_in, window};
use crate::browser::preference::{self, Watch};
use crate::browser::style::AdoptedSheet;
use crate::config::theme::{Mode, style_sheet};
use crate::config::{Position, ThemeChoice};
use crate::session::Session;

/// The whole widget, for its shadow root.
pub fn widget(session: Session, root: &ShadowRoot) -> View {
    let mode = follow_theme(session, root);
    let had_focus = note_focus(session, root.clone());
    let (panel, input) = panel(session);
    let widget = html("div")
        .class("widget")
        .live_attr("data-position", move || Some(session.config()?.position.as_str().to_owned()))
        .live_text_attr("data-theme", move || mode().as_str().to_owned())
        .live_bool_attr("data-open", move || session.is_open())
        .live_attr("dir", move || Some(session.config()?.direction().as_str().to_owned()))
        .live_attr("lang", move || session.config().map(|config| config.locale.clone()).filter(|locale| !locale.is_empty()))
        .on("keydown", move |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            let is_floating = session.peek_config().is_some_and(|config| config.position != Position::Inline);
            if key.key() == "Escape" && !key.is_composing() && is_floating && session.peek_is_open() {
                event.stop_propagation();
                session.close();
            }
        })
        .slot(move || (session.config()?.position != Position::Inline).then(|| launcher(session)))
        .child(panel);
    // After the effects that show and hide: what is hidden takes no focus.
    follow_focus(session, root.clone(), input, had_focus);
    widget
}

/// Keeps the widget's colours as the options, the page and the system want them, live. Returns the palette shown; tracked.
fn follow_theme(session: Session, root: &ShadowRoot) -> impl Fn() -> Mode + Clone + 'static {
    let is_dark = || preference::mode() == Mode::Dark;
    let prefers_dark = Flag::new(is_dark());
    let watched = prefers_dark.clone(); // the watch's own handle
    // It lives as long as the widget does.
    keep(Watch::new(move || watched.set(is_dark())));
    let mode = move || match session.config().map(|config| config.theme) {
        Some(ThemeChoice::Light) => Mode::Light,
        Some(ThemeChoice::Dark) => Mode::Dark,
        Some(ThemeChoice::Auto) | None if prefers_dark.get() => Mode::Dark,
        Some(ThemeChoice::Auto) | None => Mode::Light,
    };
    let sheet = AdoptedSheet::new(root);
    let painted = mode.clone(); // the effect's own handle
    effect(Box::new(move || {
        if let (Some(config), Some(sheet)) = (session.config(), &sheet) {
            sheet.replace(&style_sheet(&config.primary_color, painted(), &config.overrides));
        }
    }));
    mode
}

/// Notes whether the widget has the focus, whenever the panel opens or closes: before the effects that hide what has it.
fn note_focus(session: Session, root: ShadowRoot) -> Rc<Cell<bool>> {
    let had_focus = Rc::<Cell<bool>>::default();
    let noted = Rc::clone(&had_focus); // the effect's own handle
    effect(Box::new(move || {
        session.is_open(); // tracked
        noted.set(focused_in(&root).is_some());
    }));
    had_focus
}

/// Moves the focus into the panel when it is opened from within the widget, and back to the launcher when it closes over the focus.
fn follow_focus(session: Session, root: ShadowRoot, input: HtmlTextAreaElement, had_focus: Rc<Cell<bool>>) {
    let mut was_open = session.peek_is_open();
    effect(Box::new(move || {
        let is_open = session.is_open();
        if is_open == std::mem::replace(&mut was_open, is_open) || !had_focus.get() {
            return;
        }
        if is_open && !is_touch() {
            focus(&input);
        } else if !is_open && let Ok(Some(launcher)) = root.query_selector(".launcher") {
            focus(launcher.unchecked_ref::<HtmlElement>());
        }
    }));
}

/// On a touch screen the focus in the input would bring the keyboard up over what was just opened.
pub(super) fn is_touch() -> bool {
    window().match_media("(hover: none) and (pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}
