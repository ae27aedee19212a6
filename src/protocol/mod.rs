//! What is said between the widget, the gateway and an Assisters API: one event vocabulary, one file per dialect.
//!
//! Sans-IO: requests are described, bytes are decoded, nothing is sent. Decoders are total: malformed input is an
//! [`ApiError`], unknown input is skipped, nothing panics. The source of every shape is `shared/API.md` and `shared/seeds/`.

mod answer;
pub mod chat;
pub mod conversations;
mod date;
mod dialect;
mod error;
mod event;
pub mod execute;
mod history;
pub mod informer;
pub mod json;
pub mod openai;
mod rate_limit;
mod request;
pub mod sse;
pub mod threads;
mod tool;

pub use answer::{AnswerDecoder, AnswerEncoder, OnEvent, Whole, keep_open};
pub use date::{format_rfc3339, parse_http_date, parse_rfc3339};
pub use dialect::{Dialect, UnknownDialect};
pub use error::{ApiError, ErrorKind, ResponseHead, decode_error};
pub use event::{Event, Finish, Source, Usage, decode_sources, write_sources};
pub use history::{AssistantCard, HistoryMessage, Role, decode_history_message};
pub use rate_limit::RateLimit;
pub use request::{Attachment, Delivery, Method, Request, Said, Turn, User, WINDOW_TOKENS, segment, window};
pub use tool::{Tool, ToolAnswer, ToolCall, ToolResult, ToolRound};
