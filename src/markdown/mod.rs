//! Incremental GitHub-flavoured Markdown. Knows text and the typed pieces it is made of; knows no page and depends on nothing.
//!
//! [`Parser`] takes the text of a message as it arrives and tells a [`Paint`] what changed, block by block: what is finished is never
//! parsed, compared or painted again. Raw HTML is text. See [`policy`] for which links and images may become more than text.

mod autolink;
mod block;
mod container;
mod delimiter;
mod emit;
mod entity;
mod inline;
mod leaf;
mod line;
mod link;
mod paint;
mod plan;
pub mod policy;
mod span;
mod table;
mod text;
mod tree;
mod unicode;
mod work;

pub use block::Parser;
pub use paint::{Align, Container, Inline, Leaf, Paint, Style};
pub use policy::LinkPolicy;
pub use tree::{Block, Tree, parse};
#[cfg(fuzzing)]
pub use work::steps;
