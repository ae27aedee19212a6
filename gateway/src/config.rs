//! The gateway's resolved configuration. [`Options::resolve`] is the only door to it.

mod upstream;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use assisters_chat::protocol::Dialect;

use crate::limit::Rate;
use crate::options::Options;
use crate::origin::{Origin, OriginError, OriginPattern};
use crate::secret::Secret;
use crate::tier::Tier;
use crate::upstream::{FunctionConfig, is_callable};

pub use self::upstream::{ApiConfig, UpstreamConfig};

/// The resolved configuration: no field still means "maybe default".
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    pub bind: SocketAddr,
    /// Who answers.
    pub upstream: UpstreamConfig,
    /// Whose pages may chat.
    pub origins: Vec<OriginPattern>,
    /// The gateway's own origin where it is known beforehand.
    pub public_origin: Option<Origin>,
    /// Markdown files and folders of the help pages, which the local assistant answers from.
    pub knowledge: Vec<PathBuf>,
    /// Where the help pages can be read, without a slash at the end.
    pub knowledge_url: String,
    /// Documents of knowledge bases.
    pub documents: DocumentConfig,
    /// How assistants' functions are called.
    pub functions: FunctionConfig,
    /// Assistants that pages may talk to; empty for all.
    pub assistants: Vec<String>,
    /// Where conversations are kept.
    pub store: StoreConfig,
    /// The widget's files.
    pub dist: PathBuf,
    /// The demo page's files.
    pub demo: PathBuf,
    /// Keys of the owner's own servers.
    pub client_keys: Vec<Secret>,
    /// How much those may do.
    pub client_key_tier: Tier,
    /// What tokens are sealed with, where the owner chose it.
    pub token_secret: Option<[u8; 32]>,
    /// How long a token is good for.
    pub token_lifetime_secs: u64,
    /// Requests per visitor.
    pub visitor_rate: Rate,
    /// Requests per network address.
    pub address_rate: Rate,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: usize,
    /// The largest request body.
    pub max_body_bytes: usize,
    /// Files that visitors attach.
    pub uploads: UploadConfig,
    /// Hosts of a private network that requests to given addresses may reach.
    pub private_hosts: Vec<String>,
    /// How long an answer goes on that nobody reads, so that a page that was reloaded can have the rest.
    pub resume_grace: Duration,
    /// How long answers may run on after a stop.
    pub shutdown_deadline: Duration,
}

/// Which files visitors may attach, and for how long they are kept.
#[derive(Clone, Debug)]
pub struct UploadConfig {
    /// The largest file; 0 takes none.
    pub max_bytes: usize,
    /// Media types; `image/*` stands for every kind of image.
    pub types: Vec<String>,
    /// How long a file can be read.
    pub lifetime_secs: u64,
    /// Files per visitor.
    pub rate: Rate,
    /// The most that all files may take together.
    pub storage_bytes: u64,
}

/// Which documents owners may put into knowledge bases.
#[derive(Clone, Debug)]
pub struct DocumentConfig {
    /// The largest one.
    pub max_bytes: usize,
    /// The most that all may take together.
    pub storage_bytes: u64,
    /// Sites whose pages may be read.
    pub sites: Vec<OriginPattern>,
    /// The program that takes documents apart.
    pub reader: PathBuf,
}

/// Where conversations are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreConfig {
    /// Gone with the process.
    Memory,
    /// One file.
    Redb(PathBuf),
}

/// What is wrong with the options.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// `--upstream` names none.
    #[error("unknown upstream {0:?}; expected one of: local, assisters, openai")]
    UnknownUpstream(String),
    /// `--upstream-dialect` names none.
    #[error("--upstream-dialect: {0}")]
    UnknownDialect(#[from] assisters_chat::protocol::UnknownDialect),
    /// The real API needs a key.
    #[error("the upstream `assisters` needs a secret key: set ASSISTERS_API_KEY, or use `--upstream local`")]
    MissingApiKey,
    /// Two dialects have no public server.
    #[error("the dialect `{0}` has no public server: say where it is with --upstream-url, as https://informer.example/api")]
    MissingUpstreamUrl(Dialect),
    /// `--upstream-url` is no web address.
    #[error("--upstream-url {0:?} is not a web address; expected one like https://api.assisters.dev/v1")]
    InvalidUpstreamUrl(String),
    /// `--upstream-url` would send the key in the clear.
    #[error("--upstream-url {0:?} would send the secret key unencrypted; expected https://, or a local address")]
    InsecureUpstreamUrl(String),
    /// An origin can not be read.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// `--store` names none.
    #[error("unknown store {0:?}; expected one of: memory, redb:PATH")]
    UnknownStore(String),
    /// `--token-secret` has another form.
    #[error("--token-secret must be 64 hexadecimal digits (32 bytes), as `openssl rand -hex 32` prints")]
    InvalidTokenSecret,
    /// `--upload-types` has something else in it.
    #[error("--upload-types: {0:?} is no media type; expected one like application/pdf, or image/* for every kind of image")]
    InvalidUploadType(String),
    /// The system does not say which program this is.
    #[error("this program can not find itself: {0}; say where it is with ASSISTERS_DOCUMENT_READER")]
    Reader(std::io::Error),
    /// `--tool-url` is no web address.
    #[error("--tool-url {0:?} is not a web address; expected one like https://app.example")]
    InvalidToolUrl(String),
    /// A number that must be at least one is zero.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
}

impl Options {
    /// Checks the options and fills in what depends on others.
    ///
    /// # Errors
    /// [`ConfigError`] names the option and the valid choices.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        for (name, value) in [
            ("--token-lifetime-secs", self.token_lifetime_secs),
            ("--max-body-bytes", self.max_body_bytes as u64),
            ("--max-document-bytes", self.max_document_bytes as u64),
            ("--upload-lifetime-secs", self.upload_lifetime_secs),
        ] {
            if value == 0 {
                return Err(ConfigError::Zero(name));
            }
        }
        let upstream = self.resolve_upstream()?;
        // An empty variable means the same as none: `ASSISTERS_ORIGINS= assisters-gateway`.
        let patterns = |texts: &[String]| -> Result<Vec<OriginPattern>, OriginError> {
            texts.iter().filter(|text| !text.trim().is_empty()).map(|text| text.parse()).collect()
        };
        let public_origin = self.public_origin.as_deref().filter(|text| !text.trim().is_empty());
        Ok(Config {
            bind: self.bind,
            upstream,
            origins: patterns(&self.origins)?,
            public_origin: public_origin.map(str::parse).transpose()?,
            knowledge: self.knowledge.into_iter().filter(|path| !path.as_os_str().is_empty()).collect(),
            knowledge_url: self.knowledge_url.trim_end_matches('/').to_owned(),
            documents: DocumentConfig {
                max_bytes: self.max_document_bytes,
                storage_bytes: self.document_storage_bytes,
                sites: patterns(&self.knowledge_sites)?,
                reader: self.document_reader.map_or_else(std::env::current_exe, Ok).map_err(ConfigError::Reader)?,
            },
            functions: FunctionConfig {
                base_url: given(&self.tool_url).map(parse_tool_url).transpose()?,
                secret: self.tool_secret.filter(|secret| !secret.expose().is_empty()),
            },
            assistants: self.assistants.into_iter().filter(|slug| !slug.is_empty()).collect(),
            store: self.store.parse()?,
            dist: self.dist,
            demo: self.demo,
            client_keys: self.client_keys.into_iter().filter(|key| !key.expose().is_empty()).collect(),
            client_key_tier: self.client_key_tier,
            token_secret: self
                .token_secret
                .filter(|text| !text.expose().is_empty())
                .map(|text| parse_token_secret(&text))
                .transpose()?,
            token_lifetime_secs: self.token_lifetime_secs,
            visitor_rate: self.visitor_rate,
            address_rate: self.address_rate,
            trusted_proxies: self.trusted_proxies,
            max_body_bytes: self.max_body_bytes,
            uploads: UploadConfig {
                max_bytes: self.max_upload_bytes,
                types: self.upload_types.iter().map(|text| parse_media_type(text)).collect::<Result<_, _>>()?,
                lifetime_secs: self.upload_lifetime_secs,
                rate: self.upload_rate,
                storage_bytes: self.upload_storage_bytes,
            },
            private_hosts: self.private_hosts.into_iter().filter(|host| !host.trim().is_empty()).collect(),
            resume_grace: Duration::from_secs(self.resume_secs),
            shutdown_deadline: Duration::from_secs(self.shutdown_secs),
        })
    }
}

/// Reads a media type without parameters, or all subtypes of one.
fn parse_media_type(text: &str) -> Result<String, ConfigError> {
    let is_token = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".+-".contains(c));
    match text.trim().split_once('/') {
        Some((kind, subtype)) if is_token(kind) && (subtype == "*" || is_token(subtype)) => Ok(text.trim().to_ascii_lowercase()),
        _ => Err(ConfigError::InvalidUploadType(text.to_owned())),
    }
}

/// Returns an option's text; an empty one is none.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

impl FromStr for StoreConfig {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "memory" => Ok(Self::Memory),
            Some(("redb", path)) if !path.is_empty() => Ok(Self::Redb(path.into())),
            _ => Err(ConfigError::UnknownStore(text.to_owned())),
        }
    }
}

fn parse_tool_url(text: &str) -> Result<reqwest::Url, ConfigError> {
    let url = reqwest::Url::parse(text).ok().filter(|_| is_callable(text));
    url.ok_or_else(|| ConfigError::InvalidToolUrl(text.to_owned()))
}

fn parse_token_secret(text: &Secret) -> Result<[u8; 32], ConfigError> {
    crate::token::parse_key(text.expose()).ok_or(ConfigError::InvalidTokenSecret)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use clap::Parser as _;

    use super::*;

    fn resolve(arguments: &[&str]) -> Result<Config, String> {
        let options = Options::try_parse_from([&["assisters-gateway"], arguments].concat()).map_err(|error| error.to_string())?;
        options.resolve().map_err(|error| error.to_string())
    }

    #[test]
    fn an_error_names_the_valid_choices() {
        for (arguments, expected) in [
            (vec!["--upstream", "gpt"], "local, assisters, openai"),
            (vec!["--upstream", "assisters", "--api-key", "k", "--upstream-dialect", "informer"], "--upstream-url"),
            (vec!["--upstream", "assisters"], "ASSISTERS_API_KEY"),
            (
                vec!["--upstream", "assisters", "--api-key", "k", "--upstream-dialect", "smoke"],
                "chat, conversations, threads, execute, informer, openai",
            ),
            (vec!["--upstream", "assisters", "--api-key", "k", "--upstream-url", "api"], "https://api.assisters.dev/v1"),
            (vec!["--upstream", "assisters", "--api-key", "k", "--upstream-url", "http://api.example/v1"], "unencrypted"),
            (vec!["--store", "mysql"], "memory, redb:PATH"),
            (vec!["--store", "redb:"], "memory, redb:PATH"),
            (vec!["--origins", "shop.example"], "https://shop.example"),
            (vec!["--tool-url", "app.example"], "https://app.example"),
            (vec!["--token-secret", "abc"], "64 hexadecimal digits"),
            (vec!["--token-lifetime-secs", "0"], "at least 1"),
            (vec!["--visitor-rate", "many"], "60/minute"),
        ] {
            let error = resolve(&arguments).expect_err(&format!("{arguments:?}"));
            assert!(error.contains(expected), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn defaults_and_lists() {
        let config = resolve(&["--origins", "https://a.example,https://*.b.example", "--store", "redb:target/x.redb"]).unwrap();
        assert_eq!(config.origins.len(), 2);
        assert_eq!(config.store, StoreConfig::Redb("target/x.redb".into()));
        assert!(matches!(config.upstream, UpstreamConfig::Local { delay } if delay == Duration::from_millis(25)));
        assert!(resolve(&["--origins", ""]).unwrap().origins.is_empty());
    }

    #[test]
    fn where_each_upstream_is() {
        let api = |arguments: &[&str]| match resolve(arguments).unwrap().upstream {
            UpstreamConfig::Api(api) => (api.url, api.dialect, api.model, api.api_key.is_some(), api.has_assistants),
            UpstreamConfig::Local { .. } => panic!("{arguments:?}"),
        };
        let dialect = |name| api(&["--upstream", "assisters", "--api-key", "k", "--upstream-dialect", name]);
        assert_eq!(dialect("threads"), ("https://api.assisters.ai/v1".into(), Dialect::Threads, None, true, true));
        assert_eq!(dialect("openai").0, "https://api.assisters.dev/v1");
        assert_eq!(
            api(&["--upstream", "openai", "--upstream-url", "http://localhost:11434/v1/", "--upstream-model", "small"]),
            ("http://localhost:11434/v1".into(), Dialect::OpenAi, Some("small".into()), false, false)
        );
        assert_eq!(api(&["--upstream", "openai", "--api-key", "k"]).0, "https://api.openai.com/v1");
    }

    #[test]
    fn a_key_is_not_in_the_printed_configuration() {
        let config = resolve(&["--upstream", "assisters", "--api-key", "sk-hidden", "--client-key", "ck-hidden"]).unwrap();
        assert!(!format!("{config:?}").contains("hidden"));
    }
}
