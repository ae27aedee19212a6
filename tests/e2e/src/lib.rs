//! What the end-to-end tests stand on: a browser, servers that misbehave on request, real gateways, and the widget as a visitor sees it.
//!
//! The tests themselves are in `tests/suite`. They use plain WebDriver only, so that they run in any browser that [`browser`] can start.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

pub mod axe;
pub mod browser;
pub mod chat;
pub mod cycles;
pub mod dialect;
pub mod fault;
pub mod files;
pub mod gateway;
pub mod midway;
pub mod page;
pub mod picture;
pub mod process;
pub mod program;
pub mod record;
pub mod script;
pub mod server;
pub mod session;
pub mod states;
pub mod tools;
pub mod wait;
pub mod world;
