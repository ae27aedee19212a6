//! The gateway's options as written on the command line or in the environment. [`crate::config`] resolves them.
//!
//! Every flag has an environment variable of the same name: `--origins` is `ASSISTERS_ORIGINS`. No other file reads either.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;

use crate::limit::Rate;
use crate::secret::Secret;
use crate::tier::Tier;

/// Keeps the secret key out of the page, serves the widget, and answers from an embedded assistant by default.
#[derive(Clone, Debug, Parser)]
#[command(name = "assisters-gateway", version, about)]
pub struct Options {
    /// The address and port to listen on; port 0 takes a free one
    #[arg(long, global = true, env = "ASSISTERS_BIND", default_value = "127.0.0.1:8787", value_name = "ADDRESS:PORT")]
    pub bind: SocketAddr,

    /// Who answers: `local` (from --knowledge, no network), `assisters` (the real API, with --api-key) or `openai` (any server with chat completions)
    #[arg(long, env = "ASSISTERS_UPSTREAM", default_value = "local", value_name = "NAME")]
    pub upstream: String,

    /// The secret key of the upstream; better given as a variable than as a flag, which other programs can see
    #[arg(long, env = "ASSISTERS_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub api_key: Option<Secret>,

    /// The upstream's base URL [default: the one in the vendor's document of the dialect]
    #[arg(long, visible_alias = "base-url", env = "ASSISTERS_UPSTREAM_URL", value_name = "URL")]
    pub upstream_url: Option<String>,

    /// The dialect that `assisters` speaks: `chat`, `conversations`, `threads`, `execute`, `informer` or `openai`
    #[arg(long, env = "ASSISTERS_UPSTREAM_DIALECT", default_value = "chat", value_name = "NAME")]
    pub upstream_dialect: String,

    /// The model that `openai` is to answer with [default: the assistant's own, else its name]
    #[arg(long, visible_alias = "model", env = "ASSISTERS_UPSTREAM_MODEL", value_name = "NAME")]
    pub upstream_model: Option<String>,

    /// Sites whose pages may chat, as `https://shop.example` or `https://*.shop.example` [default: only this gateway's own pages]
    #[arg(long, env = "ASSISTERS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN,…")]
    pub origins: Vec<String>,

    /// Where the gateway is seen from outside, when a proxy stands before it [default: what the Host header says]
    #[arg(long, env = "ASSISTERS_PUBLIC_ORIGIN", value_name = "ORIGIN")]
    pub public_origin: Option<String>,

    /// Markdown to answer from: folders and single files
    #[arg(long, env = "ASSISTERS_KNOWLEDGE", value_delimiter = ',', value_name = "PATH,…")]
    pub knowledge: Vec<PathBuf>,

    /// The address under which the knowledge can be read, put before a page's name in the links of sources
    #[arg(long, env = "ASSISTERS_KNOWLEDGE_URL", default_value = "/help", value_name = "URL")]
    pub knowledge_url: String,

    /// Sites whose pages owners may have read into knowledge bases, as `https://docs.example` or `https://*.docs.example` [default: none]
    #[arg(long, env = "ASSISTERS_KNOWLEDGE_SITES", value_delimiter = ',', value_name = "ORIGIN,…")]
    pub knowledge_sites: Vec<String>,

    /// The largest document of a knowledge base
    #[arg(long, env = "ASSISTERS_MAX_DOCUMENT_BYTES", default_value_t = 20_971_520, value_name = "BYTES")]
    pub max_document_bytes: usize,

    /// The most that all documents may take together
    #[arg(long, env = "ASSISTERS_DOCUMENT_STORAGE_BYTES", default_value_t = 1_073_741_824, value_name = "BYTES")]
    pub document_storage_bytes: u64,

    /// The program that takes documents apart, with little memory and time [default: this one]
    #[arg(long, env = "ASSISTERS_DOCUMENT_READER", value_name = "PROGRAM", hide = true)]
    pub document_reader: Option<PathBuf>,

    /// Where assistants' functions are called that name no `url`: below this, as `/tools/<name>` [default: the page answers them]
    #[arg(long, env = "ASSISTERS_TOOL_URL", value_name = "URL")]
    pub tool_url: Option<String>,

    /// What calls of functions are signed with, in the header X-Assisters-Signature
    #[arg(long, env = "ASSISTERS_TOOL_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub tool_secret: Option<Secret>,

    /// Milliseconds between two words of the local assistant's answers
    #[arg(long, env = "ASSISTERS_LOCAL_DELAY_MILLIS", default_value_t = 25, value_name = "MILLIS")]
    pub local_delay_millis: u64,

    /// Assistants that pages may talk to [default: all that the upstream has]
    #[arg(long, env = "ASSISTERS_ASSISTANTS", value_delimiter = ',', value_name = "SLUG,…")]
    pub assistants: Vec<String>,

    /// Where conversations are kept: `memory` or `redb:PATH`
    #[arg(long, global = true, env = "ASSISTERS_STORE", default_value = "memory", value_name = "STORE")]
    pub store: String,

    /// The widget's files, as `cargo xtask dist` writes them
    #[arg(long, env = "ASSISTERS_DIST", default_value = "dist", value_name = "DIR")]
    pub dist: PathBuf,

    /// The demo page's files
    #[arg(long, env = "ASSISTERS_DEMO", default_value = "www/demo", value_name = "DIR")]
    pub demo: PathBuf,

    /// Keys for your own servers: they may chat without an Origin and read the account
    #[arg(
        long,
        global = true,
        visible_alias = "client-key",
        env = "ASSISTERS_CLIENT_KEYS",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "KEY"
    )]
    pub client_keys: Vec<Secret>,

    /// How much each of those keys may do
    #[arg(long, env = "ASSISTERS_CLIENT_KEY_TIER", default_value = "standard", value_name = "TIER")]
    pub client_key_tier: Tier,

    /// What visitor tokens are sealed with: 64 hexadecimal digits [default: made once and kept in the store]
    #[arg(long, env = "ASSISTERS_TOKEN_SECRET", hide_env_values = true, value_name = "HEX")]
    pub token_secret: Option<Secret>,

    /// How long a visitor token is good for
    #[arg(long, env = "ASSISTERS_TOKEN_LIFETIME_SECS", default_value_t = 900, value_name = "SECS")]
    pub token_lifetime_secs: u64,

    /// Requests one visitor may make, as `60/minute` (or `second`, `hour`, `day`)
    #[arg(long, env = "ASSISTERS_VISITOR_RATE", default_value = "60/minute", value_name = "RATE")]
    pub visitor_rate: Rate,

    /// Requests one network address may make
    #[arg(long, env = "ASSISTERS_ADDRESS_RATE", default_value = "300/minute", value_name = "RATE")]
    pub address_rate: Rate,

    /// How many proxies of your own stand before the gateway: that many entries of X-Forwarded-For are believed
    #[arg(long, env = "ASSISTERS_TRUSTED_PROXIES", default_value_t = 0, value_name = "COUNT")]
    pub trusted_proxies: usize,

    /// The largest request body
    #[arg(long, env = "ASSISTERS_MAX_BODY_BYTES", default_value_t = 65_536, value_name = "BYTES")]
    pub max_body_bytes: usize,

    /// The largest file a visitor may attach; 0 takes none
    #[arg(long, env = "ASSISTERS_MAX_UPLOAD_BYTES", default_value_t = 10_485_760, value_name = "BYTES")]
    pub max_upload_bytes: usize,

    /// What visitors may attach, as media types; `image/*` stands for every kind of image. What a file is, is seen from its content
    #[arg(
        long,
        env = "ASSISTERS_UPLOAD_TYPES",
        default_value = "image/png,image/jpeg,image/gif,image/webp,image/avif,image/heif,application/pdf,text/plain,text/csv,text/markdown",
        value_delimiter = ',',
        value_name = "TYPE,…"
    )]
    pub upload_types: Vec<String>,

    /// How long an attached file can be read
    #[arg(long, env = "ASSISTERS_UPLOAD_LIFETIME_SECS", default_value_t = 86_400, value_name = "SECS")]
    pub upload_lifetime_secs: u64,

    /// Files one visitor may attach
    #[arg(long, env = "ASSISTERS_UPLOAD_RATE", default_value = "20/minute", value_name = "RATE")]
    pub upload_rate: Rate,

    /// The most that all attached files may take together
    #[arg(long, env = "ASSISTERS_UPLOAD_STORAGE_BYTES", default_value_t = 268_435_456, value_name = "BYTES")]
    pub upload_storage_bytes: u64,

    /// Hosts of a private network that webhooks, tools and pages to read may be on, as `app.internal` or `127.0.0.1` [default: none]
    #[arg(long, env = "ASSISTERS_PRIVATE_HOSTS", value_delimiter = ',', value_name = "HOST,…")]
    pub private_hosts: Vec<String>,

    /// How long an answer goes on that nobody reads, so that a page that was reloaded can have the rest
    #[arg(long, env = "ASSISTERS_RESUME_SECS", default_value_t = 60, value_name = "SECS")]
    pub resume_secs: u64,

    /// How long running answers may take to finish when the gateway is stopped
    #[arg(long, env = "ASSISTERS_SHUTDOWN_SECS", default_value_t = 10, value_name = "SECS")]
    pub shutdown_secs: u64,
}

impl Default for Options {
    /// The options of an empty command line. Variables of the environment count, as they do for the program.
    fn default() -> Self {
        Self::parse_from(["assisters-gateway"])
    }
}
