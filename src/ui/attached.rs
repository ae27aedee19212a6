//! The files below a question: pictures as pictures where they may be loaded, everything else by its name.

use web_sys::Element;

use super::icon::{Icon, icon};
use super::view::{View, html};
use crate::chat::{Attached, Message};

/// What the owner allows an address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allowed {
    /// It may be linked to.
    pub link: bool,
    /// A picture may be loaded from it.
    pub image: bool,
}

/// Returns the addresses of a question's files, empty for one without.
#[inline(never)]
pub fn addresses(message: &Message) -> Vec<String> {
    Attached::read_list(&message.files).into_iter().map(|file| file.url.unwrap_or_default()).collect()
}

/// Puts a question's files below its text. What each address is allowed is handed in: what two parts of the program share, every visitor would
/// have to fetch.
#[inline(never)]
pub fn show(message: &Message, article: &Element, allowed: &[Allowed]) {
    let files = Attached::read_list(&message.files);
    let Some(bubble) = article.first_element_child().filter(|_| !files.is_empty()) else { return };
    if message.content == Attached::names(&files) {
        // Nothing was written: the names are below.
        bubble.set_attribute("hidden", "").ok(); // the name is one
    }
    let chips = files.iter().zip(allowed).map(|(file, allowed)| html("li").child(chip(file, *allowed)));
    let list = chips.fold(html("ul").piece("attachments"), View::child);
    bubble.after_with_node_1(list.element()).ok(); // refused only where there is no parent
}

/// A file: a link where the policy allows its address.
fn chip(file: &Attached, allowed: Allowed) -> View {
    let url = file.url.as_deref();
    let chip = match url.filter(|_| allowed.link) {
        Some(href) => html("a").attr("href", href).attr("target", "_blank").attr("rel", "noopener noreferrer nofollow"),
        None => html("span"),
    };
    let chip = chip.piece("attachment");
    match url.filter(|_| allowed.image && file.media_type.starts_with("image/")) {
        Some(src) => {
            let image = html("img").attr("alt", &file.name).attr("loading", "lazy").attr("referrerpolicy", "no-referrer");
            chip.child(image.attr("src", src))
        }
        None => chip.child(icon(Icon::File, "icon")).child(html("span").attr("dir", "auto").text(&file.name)),
    }
}
