//! The API's base URL, checked once.

use std::fmt;
use std::str::FromStr;

/// The API's base URL: `http` or `https`, no query, no credentials, no slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// Returns the address of a path below the base URL. The path begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        [self.as_str(), path].concat()
    }

    /// Returns the base URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An address that can not be the API's base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", String::from(self.clone()))]
pub struct EndpointError(String);

impl From<EndpointError> for String {
    fn from(error: EndpointError) -> Self {
        const EXPECTED: &str = "\"; expected an http(s) address such as \"https://chat.example/v1\", or a path such as \"/v1\", without query or credentials";
        ["unusable address \"", &error.0, EXPECTED].concat()
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || EndpointError(text.to_owned());
        let lowercase = text.to_ascii_lowercase();
        let authority_and_path = match lowercase.strip_prefix("https://").or_else(|| lowercase.strip_prefix("http://")) {
            Some(rest) => rest,
            // A path on the page's own origin; `//host` would be another origin.
            None if text.starts_with('/') && !text.starts_with("//") => &lowercase,
            None => return Err(refused()),
        };
        let authority = authority_and_path.split('/').next().unwrap_or_default();
        let is_plain = !text.contains(['?', '#', '\\']) && !text.chars().any(|letter| letter.is_ascii_control() || letter == ' ');
        if !is_plain || authority.contains('@') || (authority.is_empty() && !text.starts_with('/')) {
            return Err(refused());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}
