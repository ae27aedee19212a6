//! The view: components over a [`Session`](crate::session::Session). Arguments in, an element out; what they do is a method of the session.
//!
//! Elements are made one by one, never from markup: a page under Trusted Types refuses `template.innerHTML`, and no text of a model may
//! ever become markup. `cargo xtask check` holds the built program to it.

mod actions;
mod activity;
mod answer_text;
mod attached;
mod calendar;
mod composer;
mod editor;
mod flag;
mod header;
mod history;
mod icon;
mod icons;
mod launcher;
mod message;
mod message_list;
mod notice;
mod panel;
mod plain;
mod preview;
mod rehearsal;
mod rich_text;
mod scroller;
mod sources;
mod transcript;
mod view;
mod widget;

pub use widget::widget;
