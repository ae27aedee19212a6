//! The gateway: keeps the secret key out of the page, serves the widget, and answers from an embedded assistant by default.
//!
//! [`Options`] are resolved once to a [`Config`]; [`Gateway::start`] makes everything ready; [`Gateway::serve`] serves it on a listener,
//! which in tests may have any free port:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use assisters_gateway::{Gateway, Options};
//!
//! let config = Options { bind: "127.0.0.1:0".parse()?, knowledge: vec!["help".into()], ..Options::default() }.resolve()?;
//! let listener = tokio::net::TcpListener::bind(config.bind).await?;
//! Gateway::start(config).await?.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod access;
mod answer;
mod app;
mod assistants;
mod backup;
mod body;
mod clock;
mod config;
mod error;
mod extract;
mod files;
mod identifier;
mod keys;
mod knowledge;
mod library;
mod limit;
mod metrics;
mod openapi;
mod options;
mod origin;
mod outbound;
mod reading;
mod routes;
mod secret;
mod sse;
mod store;
mod tier;
mod token;
mod upload;
mod upstream;
mod wallet;
mod webhooks;

pub use app::{Gateway, StartError};
pub use backup::{BackupError, backup, restore};
pub use clock::Clock;
pub use config::{ApiConfig, Config, ConfigError, DocumentConfig, StoreConfig, UploadConfig, UpstreamConfig};
pub use knowledge::KnowledgeError;
pub use limit::{Rate, RateError};
pub use options::Options;
pub use origin::{Origin, OriginError, OriginPattern};
pub use outbound::signature;
pub use reading::{COMMAND as READER_COMMAND, main as read_document};
pub use secret::Secret;
pub use store::StoreError;
pub use tier::Tier;
pub use token::MintError;
pub use upstream::FunctionConfig;
