//! The gateway as programs of others meet it: the documents' own JavaScript and Python, run by Node.js and Python, and Schemathesis, which invents
//! requests from the OpenAPI document. No browser; `cargo xtask test --only server` installs what is needed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod programs;
mod schema;
mod snippets;
