//! Tests of the Markdown parser against other parsers, the specification, and every way to cut a text.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "markdown/generate.rs"]
mod generate;
#[path = "markdown/growing.rs"]
mod growing;
#[path = "markdown/html.rs"]
mod html;
#[path = "markdown/oracle.rs"]
mod oracle;
#[path = "markdown/policy.rs"]
mod policy;
#[path = "markdown/prefixes.rs"]
mod prefixes;
#[path = "markdown/spec.rs"]
mod spec;
#[path = "markdown/stream.rs"]
mod stream;
