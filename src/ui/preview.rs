//! What a source is called in full and where it leads, beside its chip while a visitor points at it or has the focus there.
//!
//! Lies over the panel, so that the scrolling list does not cut it off. Everything it says is in the page already: nothing is fetched.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlAnchorElement, HtmlElement, KeyboardEvent, MouseEvent, Node, PointerEvent};

use super::view::{View, html};
use crate::browser::dom::closest;

const CHIP: &str = ".source";

/// The card and the chip that it belongs to.
#[derive(Clone)]
pub struct Preview {
    card: Element,
    chip: Rc<RefCell<Option<Element>>>,
}

impl Preview {
    /// Makes the card, hidden, and listens to the list.
    pub fn keep(panel: &View, list: View) {
        let view = html("div").piece("preview").attr("id", "preview").attr("role", "tooltip").attr("hidden", "");
        let preview = Self { card: view.element().clone(), chip: Rc::default() };
        let left = preview.clone(); // the listener's own handle
        panel.clone().child(view.on("pointerleave", move |event| left.left(event)));
        preview.listen(list);
    }

    /// Adds what the list hears.
    fn listen(&self, list: View) -> View {
        let [pointed, left, focused, blurred, scrolled, pressed] = [(); 6].map(|()| self.clone());
        list.on("pointerover", move |event| {
            // A finger has no way to point without opening.
            if event.unchecked_ref::<PointerEvent>().pointer_type() != "touch" {
                pointed.show_for(event);
            }
        })
        .on("pointerout", move |event| left.left(event))
        .on("focusin", move |event| focused.show_for(event))
        .on("focusout", move |_| blurred.hide_now())
        .on("scroll", move |_| scrolled.hide_now())
        .on("keydown", move |event| {
            // The first Escape takes the card away, the next one closes the panel.
            if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" && pressed.hide() {
                event.stop_propagation();
            }
        })
    }

    fn show_for(&self, event: &Event) {
        if let Some(chip) = closest(event, CHIP)
            && self.chip.borrow().as_ref() != Some(&chip)
        {
            self.hide();
            self.show(chip);
        }
    }

    /// The pointer may go from the chip to its card and back.
    fn left(&self, event: &Event) {
        let to = event.unchecked_ref::<MouseEvent>().related_target().and_then(|target| target.dyn_into::<Node>().ok());
        let chip = self.chip.borrow().clone();
        let is_near = chip.is_some_and(|chip| self.card.contains(to.as_ref()) || chip.contains(to.as_ref()));
        if !is_near {
            self.hide();
        }
    }

    fn show(&self, chip: Element) {
        self.card.set_text_content(None);
        let title = chip.query_selector(".source-title").ok().flatten().and_then(|title| title.text_content());
        let host = chip.dyn_ref::<HtmlAnchorElement>().map(HtmlAnchorElement::host).unwrap_or_default();
        for (class, text) in [("preview-title", title.unwrap_or_default()), ("preview-host", host)] {
            if !text.is_empty() {
                let line = html("span").class(class).attr("dir", "auto").text(&text);
                self.card.append_child(line.element()).ok(); // refused only for a node that contains its own parent
            }
        }
        self.card.remove_attribute("hidden").ok(); // the names are ones
        chip.set_attribute("aria-describedby", "preview").ok(); // as above
        self.place(&chip);
        self.chip.replace(Some(chip));
    }

    fn hide_now(&self) {
        self.hide();
    }

    /// Hides the card. Returns whether it was there.
    fn hide(&self) -> bool {
        let Some(chip) = self.chip.take() else { return false };
        chip.remove_attribute("aria-describedby").ok(); // the names are ones
        self.card.set_attribute("hidden", "").ok(); // as above
        true
    }

    /// Puts the card above its chip, inside the panel.
    fn place(&self, chip: &Element) {
        let Some(panel) = self.card.parent_element() else { return };
        let (panel, chip) = (panel.get_bounding_client_rect(), chip.get_bounding_client_rect());
        let card: &HtmlElement = self.card.unchecked_ref();
        let most_left = panel.width() - f64::from(card.offset_width()) - 12.0;
        let left = (chip.left() - panel.left()).min(most_left).max(12.0);
        let bottom = panel.bottom() - chip.top();
        for (name, pixels) in [("left", left), ("bottom", bottom)] {
            #[allow(clippy::cast_possible_truncation, reason = "pixels of a screen")]
            let length = (pixels.round() as i32).to_string() + "px";
            card.style().set_property(name, &length).ok(); // a plain length can not be refused
        }
    }
}
