//! The view: Leptos components over a [`Session`](crate::session::Session). Props in, elements out; what they do is a method of the session.
//!
//! Elements are made with Leptos' builders, not with nested `view!` literals: those become `template.innerHTML`, which a page under
//! Trusted Types refuses. `cargo xtask check` holds the built program to it.

mod composer;
mod header;
mod icon;
mod icons;
mod launcher;
mod message;
mod message_list;
mod notice;
mod panel;
mod rich_text;
mod scroller;
mod widget;

pub use widget::{Widget, WidgetProps};
