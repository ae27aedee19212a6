//! One icon, drawn.

use super::view::{View, svg};

pub use super::icons::Icon;

/// Draws an icon. The style sheet strokes it in the text's colour.
pub fn icon(icon: Icon, class: &str) -> View {
    svg("svg").class(class).attr("viewBox", "0 0 24 24").attr("aria-hidden", "true").child(svg("path").attr("d", icon.path()))
}
