//! What an answer rests on, as chips below it. What a chip leads to is shown by `preview`, without asking anybody.

use super::rich_text::Manner;
use super::view::{View, html};
use crate::config::Phrase;
use crate::markdown::LinkPolicy;
use crate::protocol::Source;

/// The chips of an answer.
pub fn sources(manner: &Manner, sources: &[Source]) -> View {
    let policy = &manner.config.link_policy;
    let list = html("ul").piece("sources").attr("aria-label", manner.say(Phrase::Sources));
    let chips = sources.iter().enumerate().map(|(idx, source)| html("li").child(source_chip(idx + 1, source, policy)));
    chips.fold(list, View::child)
}

/// A source as a chip: a link where the policy allows its address, else just its title.
fn source_chip(number: usize, source: &Source, policy: &LinkPolicy) -> View {
    let chip = match source.url.as_deref().filter(|url| policy.allows_link(url)) {
        Some(href) => html("a").attr("href", href).attr("target", "_blank").attr("rel", "noopener noreferrer nofollow"),
        // With the focus it can be read in full.
        None => html("span").attr("tabindex", "0"),
    };
    chip.piece("source")
        .child(html("span").class("source-number").attr("aria-hidden", "true").text(&number.to_string()))
        .child(html("span").class("source-title").attr("dir", "auto").text(&source.title))
}
