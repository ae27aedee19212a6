//! The browser, in the program's own words: the only place that does I/O. Every listener, timer and request here ends when its value is dropped.

pub mod calendar;
pub mod clipboard;
pub mod console;
pub mod dom;
pub mod event_source;
pub mod events;
pub mod http;
pub mod idle;
pub mod listener;
pub mod part;
pub mod preference;
pub mod resize;
pub mod sight;
pub mod storage;
pub mod style;
pub mod timer;
