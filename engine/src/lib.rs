//! The widget as one WebAssembly file: what `cargo xtask dist` builds. All of it is in `assisters-chat`; this only names what JavaScript sees.

#[cfg(target_arch = "wasm32")]
pub use assisters_chat::embed::Widget;
