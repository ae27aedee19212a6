//! Assisters Chat: an embeddable AI chat widget.
//!
//! Data flows one way: bytes → [`protocol::sse`] frame → [`protocol::Event`] → [`chat::Conversation`] → signals → view.
//! `config`, `protocol`, `chat` and `markdown` know no browser and compile natively; the gateway reuses them.
//! See ARCHITECTURE.md for the map and the invariants.

pub mod chat;
pub mod config;
pub mod markdown;
pub mod protocol;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
pub mod embed;
#[cfg(target_arch = "wasm32")]
mod session;
#[cfg(target_arch = "wasm32")]
mod ui;
