//! Web origins: reading them, and deciding whose pages may chat.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The origin of a page: scheme, host and port (RFC 6454), in the one spelling that browsers send.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Text that is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin; expected scheme, host and perhaps a port, as https://shop.example or http://localhost:3000")]
pub struct OriginError(String);

impl Origin {
    /// Reads the origin out of a whole address, as the `Referer` header has it.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        format!("{scheme}://{authority}").parse().ok()
    }

    /// Whether this is what a page is seen as that came from `host`, the value of a request's `Host` header.
    ///
    /// The scheme is not compared: behind a proxy that ends TLS only the browser knows it.
    #[must_use]
    pub fn is_at(&self, host: &str) -> bool {
        self.with_host_of(host).is_some_and(|own| own == *self)
    }

    /// Returns the origin of the same scheme at `host`, the value of a `Host` header.
    fn with_host_of(&self, host: &str) -> Option<Self> {
        format!("{}://{host}", self.scheme.as_str()).parse().ok()
    }

    /// Whether the host is this machine, whatever a name server says.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback())
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_origin(text).ok_or_else(|| OriginError(text.to_owned()))
    }
}

fn parse_origin(text: &str) -> Option<Origin> {
    let text = text.trim().to_ascii_lowercase();
    let (scheme, authority) = text.split_once("://")?;
    let scheme = match scheme {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    // A colon inside the brackets of an IPv6 address is no port.
    let port_idx = authority.rfind(':').filter(|idx| authority.rfind(']').is_none_or(|end| end < *idx));
    let (host, port) = match port_idx.and_then(|idx| authority.split_at_checked(idx)) {
        Some((host, port)) => (host, port.strip_prefix(':')?.parse().ok()?),
        None => (authority, scheme.default_port()),
    };
    let is_address =
        host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|inner| inner.parse::<IpAddr>().is_ok());
    let is_name = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    (is_address || is_name).then(|| Origin { scheme, host: host.to_owned(), port })
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme.as_str(), self.host)?;
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(formatter, ":{}", self.port) }
    }
}

/// One entry of the list of allowed origins: an origin, or with `*.` all subdomains of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginPattern {
    origin: Origin,
    any_subdomain: bool,
}

impl OriginPattern {
    /// Whether the pattern covers `origin`. `https://*.shop.example` covers every subdomain, not `https://shop.example` itself.
    #[must_use]
    pub fn covers(&self, origin: &Origin) -> bool {
        if !self.any_subdomain {
            return self.origin == *origin;
        }
        (self.origin.scheme, self.origin.port) == (origin.scheme, origin.port)
            && origin.host.strip_suffix(&self.origin.host).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }
}

impl FromStr for OriginPattern {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (plain, any_subdomain) = match text.trim().split_once("://*.") {
            Some((scheme, rest)) => (format!("{scheme}://{rest}"), true),
            None => (text.to_owned(), false),
        };
        // `https://*.com` would allow half of the web.
        let origin = parse_origin(plain.trim_end_matches('/')).filter(|origin| !any_subdomain || origin.host.contains('.'));
        Ok(Self { origin: origin.ok_or_else(|| OriginError(text.to_owned()))?, any_subdomain })
    }
}

/// Decides whose pages may chat.
#[derive(Clone, Debug)]
pub struct AllowedOrigins {
    patterns: Vec<OriginPattern>,
    own: Option<Origin>,
    is_bound_to_loopback: bool,
}

impl AllowedOrigins {
    /// Makes the rule: the patterns, and always the gateway's own pages.
    #[must_use]
    pub fn new(patterns: Vec<OriginPattern>, own: Option<Origin>, bind: IpAddr) -> Self {
        Self { patterns, own, is_bound_to_loopback: bind.is_loopback() }
    }

    /// Whether a page of `origin` may chat, when it reaches the gateway under the name `host`.
    #[must_use]
    pub fn allow(&self, origin: &Origin, host: Option<&str>) -> bool {
        self.is_own(origin, host) || self.patterns.iter().any(|pattern| pattern.covers(origin))
    }

    /// Whether `origin` is the gateway's own: where its demo and its help pages are.
    #[must_use]
    pub fn is_own(&self, origin: &Origin, host: Option<&str>) -> bool {
        if let Some(own) = &self.own {
            return own == origin;
        }
        let Some(host) = host else { return false };
        if self.is_bound_to_loopback {
            // A foreign name that was made to point at this machine sends itself as Host too (DNS rebinding), so only this
            // machine's own names count; they all mean the same.
            origin.is_loopback() && origin.with_host_of(host).is_some_and(|own| own.is_loopback() && own.port == origin.port)
        } else {
            origin.is_at(host)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn reading() {
        for (text, expected) in [
            ("https://shop.example", Some("https://shop.example")),
            ("HTTPS://Shop.Example:443", Some("https://shop.example")),
            ("http://localhost:8787", Some("http://localhost:8787")),
            ("http://[::1]:8787", Some("http://[::1]:8787")),
            ("http://[::1]", Some("http://[::1]")),
            ("null", None),
            ("", None),
            ("shop.example", None),
            ("file://", None),
            ("https://", None),
            ("https://shop.example/path", None),
            ("https://user@shop.example", None),
            ("https://shop.example:99999", None),
            ("chrome-extension://abc", None),
        ] {
            let origin = text.parse::<Origin>().ok().map(|origin| origin.to_string());
            assert_eq!(origin.as_deref(), expected, "{text}");
        }
        assert_eq!(Origin::of_url("https://shop.example/a?b#c").unwrap().to_string(), "https://shop.example");
    }

    #[test]
    fn patterns() {
        for (pattern, origin, expected) in [
            ("https://shop.example", "https://shop.example", true),
            ("https://shop.example/", "https://shop.example", true),
            ("https://shop.example", "http://shop.example", false),
            ("https://shop.example", "https://shop.example:8443", false),
            ("https://shop.example", "https://evil-shop.example", false),
            ("https://*.shop.example", "https://www.shop.example", true),
            ("https://*.shop.example", "https://a.b.shop.example", true),
            ("https://*.shop.example", "https://shop.example", false),
            ("https://*.shop.example", "https://evilshop.example", false),
            ("https://*.shop.example", "http://www.shop.example", false),
            ("https://*.shop.example:8443", "https://www.shop.example:8443", true),
        ] {
            let pattern: OriginPattern = pattern.parse().unwrap();
            assert_eq!(pattern.covers(&origin.parse().unwrap()), expected, "{pattern:?} {origin}");
        }
        for pattern in ["*", "https://*", "https://*.com", "shop.example", "https://sh*op.example"] {
            assert!(pattern.parse::<OriginPattern>().is_err(), "{pattern}");
        }
    }

    #[test]
    fn own_pages() {
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        let anywhere: IpAddr = "0.0.0.0".parse().unwrap();
        for (bind, own, origin, host, expected) in [
            (loopback, None, "http://127.0.0.1:8787", Some("127.0.0.1:8787"), true),
            (loopback, None, "http://localhost:8787", Some("localhost:8787"), true),
            (loopback, None, "http://localhost:8787", Some("127.0.0.1:8787"), true),
            (loopback, None, "http://localhost:3000", Some("localhost:8787"), false),
            (loopback, None, "http://localhost:8787", Some("rebound.example:8787"), false),
            (loopback, None, "http://rebound.example:8787", Some("rebound.example:8787"), false),
            (loopback, None, "http://localhost:8787", None, false),
            (anywhere, None, "https://chat.example", Some("chat.example"), true),
            (anywhere, None, "https://other.example", Some("chat.example"), false),
            (anywhere, Some("https://chat.example"), "https://chat.example", Some("10.0.0.5:8787"), true),
            (anywhere, Some("https://chat.example"), "http://chat.example", Some("chat.example"), false),
        ] {
            let own = own.map(|own| own.parse().unwrap());
            let rule = AllowedOrigins::new(Vec::new(), own, bind);
            assert_eq!(rule.allow(&origin.parse().unwrap(), host), expected, "{origin} at {host:?}");
        }
    }
}
