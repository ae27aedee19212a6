//! The conversation as data: messages, a pure reducer over events, the retry policy and the stored transcript.
//!
//! Knows the protocol's events; knows no browser, no clock (times are handed in) and no view.

mod activity;
mod attached;
mod conversation;
mod kept;
mod message;
mod retry;
mod transcript;

pub use attached::{Attached, name_files};
pub use conversation::{Conversation, Exchange};
pub use kept::{keep_activity, recall_activity};
pub use message::{Message, MessageId, Rating, Status, ToolUse};
pub use retry::{MAX_RETRIES, retry_delay_secs};
pub use transcript::{decode_transcript, encode_transcript};
