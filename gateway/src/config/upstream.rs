//! Who answers: the embedded assistant, the real API, or a server with chat completions.

use std::net::IpAddr;
use std::time::Duration;

use assisters_chat::protocol::Dialect;

use super::{ConfigError, given};
use crate::options::Options;
use crate::secret::Secret;

/// Who answers.
#[derive(Clone, Debug)]
pub enum UpstreamConfig {
    /// The embedded assistant.
    Local {
        /// The pause between two words.
        delay: Duration,
    },
    /// Another server.
    Api(ApiConfig),
}

/// A server that answers: the real API in any dialect, or any that has chat completions.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// The base URL, without a slash at the end.
    pub url: String,
    /// What it speaks.
    pub dialect: Dialect,
    /// The secret key; a server on the own machine may need none.
    pub api_key: Option<Secret>,
    /// The model that answers, whichever assistant is asked.
    pub model: Option<String>,
    /// Whether it knows assistants and their cards.
    pub has_assistants: bool,
}

impl Options {
    fn given_key(&self) -> Option<Secret> {
        self.api_key.clone().filter(|key| !key.expose().is_empty())
    }

    pub(super) fn resolve_upstream(&self) -> Result<UpstreamConfig, ConfigError> {
        match self.upstream.as_str() {
            "local" => Ok(UpstreamConfig::Local { delay: Duration::from_millis(self.local_delay_millis) }),
            "assisters" => {
                let dialect: Dialect = self.upstream_dialect.parse()?;
                let default_url = match dialect {
                    Dialect::Chat | Dialect::OpenAi => Some("https://api.assisters.dev/v1"),
                    Dialect::Conversations => Some("https://api.assisters.io/v1"),
                    Dialect::Threads => Some("https://api.assisters.ai/v1"),
                    Dialect::Execute | Dialect::Informer => None,
                };
                let url = given(&self.upstream_url).or(default_url).ok_or(ConfigError::MissingUpstreamUrl(dialect))?;
                let api_key = Some(self.given_key().ok_or(ConfigError::MissingApiKey)?);
                let url = check_upstream_url(url)?;
                Ok(UpstreamConfig::Api(ApiConfig { url, dialect, api_key, model: None, has_assistants: true }))
            }
            "openai" => {
                let url = check_upstream_url(given(&self.upstream_url).unwrap_or("https://api.openai.com/v1"))?;
                let model = given(&self.upstream_model).map(str::to_owned);
                let api_key = self.given_key();
                Ok(UpstreamConfig::Api(ApiConfig { url, dialect: Dialect::OpenAi, api_key, model, has_assistants: false }))
            }
            other => Err(ConfigError::UnknownUpstream(other.to_owned())),
        }
    }
}

fn check_upstream_url(text: &str) -> Result<String, ConfigError> {
    let invalid = || ConfigError::InvalidUpstreamUrl(text.to_owned());
    let url = reqwest::Url::parse(text).map_err(|_| invalid())?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(invalid)?;
    match url.scheme() {
        "https" => {}
        "http" if is_private_host(host) => {}
        "http" => return Err(ConfigError::InsecureUpstreamUrl(text.to_owned())),
        _ => return Err(invalid()),
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Whether a host is this machine, a private network, or a name without a dot as container networks use.
fn is_private_host(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => !host.contains('.') || host.ends_with(".localhost") || host.ends_with(".internal"),
    }
}
