//! The files below a question: pictures as pictures where they may be loaded, everything else by its name.

use super::icon::{Icon, icon};
use super::plain::question;
use super::view::{View, html};
use crate::chat::{Attached, Message};
use crate::config::Config;

/// A message of the visitor's, with its files.
pub fn question_with_files(config: &Config, message: &Message) -> View {
    let view = question(&message.content);
    if message.attachments.is_empty() {
        return view;
    }
    if message.content == Attached::names(&message.attachments)
        && let Some(bubble) = view.element().first_element_child()
    {
        // Nothing was written: the names are below.
        bubble.set_attribute("hidden", "").ok(); // the name is one
    }
    let list = html("ul").piece("attachments");
    view.child(message.attachments.iter().map(|file| html("li").child(chip(config, file))).fold(list, View::child))
}

/// A file: a link where the policy allows its address.
fn chip(config: &Config, file: &Attached) -> View {
    let url = file.url.as_deref();
    let chip = match url.filter(|url| config.link_policy.allows_link(url)) {
        Some(href) => html("a").attr("href", href).attr("target", "_blank").attr("rel", "noopener noreferrer nofollow"),
        None => html("span"),
    };
    let chip = chip.piece("attachment");
    match url.filter(|url| file.media_type.starts_with("image/") && may_load(config, url)) {
        Some(src) => {
            let image = html("img").attr("alt", &file.name).attr("loading", "lazy").attr("referrerpolicy", "no-referrer");
            chip.child(image.attr("src", src))
        }
        None => chip.child(icon(Icon::File, "icon")).child(html("span").attr("dir", "auto").text(&file.name)),
    }
}

/// Whether a picture may be loaded: from the hosts that the owner names, and from the server that the visitor has just given it to.
fn may_load(config: &Config, url: &str) -> bool {
    let own = url.strip_prefix(config.api_url.as_str());
    own.is_some_and(|path| path.starts_with("/uploads/")) || config.link_policy.allows_image(url)
}
