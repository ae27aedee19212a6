//! The end-to-end suite: the built widget in a real browser, against real gateways and against servers that fail on request.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accessibility;
mod actions;
mod answers;
mod appearance;
mod assistants;
mod attachments;
mod code;
mod comforts;
mod demo;
mod destroy;
mod diagnose;
mod embedding;
mod failures;
mod fallback;
mod frames;
mod history;
mod languages;
mod launcher;
mod lifecycle;
mod memory;
mod panel;
mod parts;
mod payloads;
mod policies;
mod policy;
mod proxy;
mod retry;
mod rewritten;
mod scrolling;
mod stalls;
mod streaming;
mod support;
mod tokens;
mod tools;
mod ways;
