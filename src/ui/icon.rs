//! One icon, drawn.

use leptos::prelude::*;
use leptos::svg;

pub use super::icons::Icon;

/// Draws an icon; `class` comes after `icon`.
pub fn icon(icon: Icon, class: &'static str) -> impl IntoView {
    svg::svg()
        .attr("class", class)
        .attr("viewBox", "0 0 24 24")
        .attr("fill", "none")
        .attr("stroke", "currentColor")
        .attr("stroke-width", "2")
        .attr("stroke-linecap", "round")
        .attr("stroke-linejoin", "round")
        .attr("aria-hidden", "true")
        .child(svg::path().attr("d", icon.path()))
}
