//! Requests to addresses that somebody gave: webhooks, tools, pages to read. The one way out for them, guarded against reaching what only this machine
//! can reach (SSRF).
//!
//! A name is resolved once, every address that is not public is left out, and the connection goes to the addresses that were checked: there is no
//! second look-up in between for somebody to change. Redirects are not followed, and no proxy of the environment is used.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, Mac as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};
use sha2::Sha256;

/// A server that does not take the connection for so long is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends requests to public addresses, and to private hosts that the owner named.
#[derive(Clone)]
pub struct Outbound {
    client: reqwest::Client,
    private_hosts: Arc<[String]>,
}

/// A request to somebody else's server.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// How.
    pub method: Method,
    /// Where, as [`Outbound::check`] returns it.
    pub url: Url,
    /// Further headers.
    pub headers: HeaderMap,
    /// The body; an empty one for none.
    pub body: Vec<u8>,
    /// How long all of it may take.
    pub timeout: Duration,
    /// The largest answer.
    pub limit_bytes: usize,
}

/// What somebody else's server answered.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why a request was not sent, or not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// No web address.
    #[error("{0:?} is no web address; expected one like https://example.com/path, without a user name")]
    Url(String),
    /// An address that only this machine, or its network, can reach.
    #[error("{0:?} is in a private network; the owner can allow it with ASSISTERS_PRIVATE_HOSTS (or --private-hosts)")]
    Private(String),
    /// No answer in time.
    #[error("no answer within {0} seconds")]
    Timeout(u64),
    /// An answer that is larger than allowed.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// No connection, or one that broke.
    #[error("not reachable: {0}")]
    Unreachable(String),
}

impl Outbound {
    /// Makes the client. `private_hosts` are names and addresses that may be in a private network.
    ///
    /// # Errors
    /// When the TLS library can not start.
    pub fn new(private_hosts: &[String]) -> Result<Self, reqwest::Error> {
        let private_hosts: Arc<[String]> = private_hosts.iter().map(|host| bare(host)).collect();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(PublicOnly(Arc::clone(&private_hosts))))
            .user_agent(concat!("assisters-gateway/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, private_hosts })
    }

    /// Reads an address and refuses those that are private as they are written. What a name leads to is checked when it is used.
    ///
    /// # Errors
    /// [`OutboundError::Url`] or [`OutboundError::Private`].
    pub fn check(&self, text: &str) -> Result<Url, OutboundError> {
        let invalid = || OutboundError::Url(text.to_owned());
        let url = Url::parse(text).map_err(|_| invalid())?;
        let host = bare(url.host_str().ok_or_else(invalid)?);
        if !["https", "http"].contains(&url.scheme()) || host.is_empty() || !url.username().is_empty() || url.password().is_some()
        {
            return Err(invalid());
        }
        let is_private = match host.parse::<IpAddr>() {
            Ok(address) => !is_public(address),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        };
        if is_private && !self.private_hosts.contains(&host) { Err(OutboundError::Private(host)) } else { Ok(url) }
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`OutboundError`] says why there is no answer.
    pub async fn send(&self, outgoing: Outgoing) -> Result<Incoming, OutboundError> {
        // Whoever calls may have an address from elsewhere: an address as a number is not looked up.
        let url = self.check(outgoing.url.as_str())?;
        let timeout = outgoing.timeout;
        let answer = async {
            let request = self.client.request(outgoing.method, url).headers(outgoing.headers).body(outgoing.body);
            let mut response = request.send().await.map_err(|error| failed(&error))?;
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
                if body.len() + chunk.len() > outgoing.limit_bytes {
                    return Err(OutboundError::TooLarge(outgoing.limit_bytes));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Incoming { status: response.status(), headers: response.headers().clone(), body })
        };
        tokio::time::timeout(timeout, answer).await.map_err(|_| OutboundError::Timeout(timeout.as_secs()))?
    }
}

/// Signs a body, so that who gets it can tell that it is ours and new: the header `X-Assisters-Signature` is `t=<time>,v1=<hex>`, where the second is
/// HMAC-SHA256 of `<time>.<body>`.
#[must_use]
pub fn signature(secret: &str, now_secs: u64, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{now_secs}.").as_bytes());
    mac.update(body);
    crate::identifier::spell(&format!("t={now_secs},v1="), &mac.finalize().into_bytes())
}

/// The header that [`signature`] belongs in.
pub const SIGNATURE_HEADER: &str = "x-assisters-signature";

/// Looks names up and leaves out what is not public.
struct PublicOnly(Arc<[String]>);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let host = bare(name.as_str());
        let is_allowed = self.0.contains(&host);
        Box::pin(async move {
            // The port is the connection's business.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| is_allowed || is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(OutboundError::Private(host).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Finds our own refusal among the causes of a failure.
fn failed(error: &reqwest::Error) -> OutboundError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    let mut last = String::new();
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<OutboundError>() {
            return refusal.clone();
        }
        last = error.to_string();
        cause = error.source();
    }
    OutboundError::Unreachable(last)
}

/// Returns a host as it is compared: without brackets or the last dot, in small letters.
fn bare(host: &str) -> String {
    host.trim().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

/// Whether the whole internet can reach an address (IANA's special-purpose registries; the standard library's `is_global` is not stable).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        // This network, shared addresses of providers, protocols, old relays, benchmarks, future use.
        (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _)
    );
    !(is_special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Translated and tunnelled: what is inside counts.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Protocols (Teredo among them) and documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Everything else that is routed is in 2000::/3: not loopback, unique local, link local, multicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    fn outbound(private_hosts: &[&str]) -> Outbound {
        Outbound::new(&private_hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn addresses_that_are_not_public() {
        for (address, expected) in [
            ("8.8.8.8", true),
            ("93.184.216.34", true),
            ("2606:2800:220:1::1", true),
            ("64:ff9b::808:808", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("192.0.0.8", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("203.0.113.7", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::a00:1", false),
            ("2002:7f00:1::1", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("fc00::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn what_may_be_written() {
        let outbound = outbound(&["127.0.0.1", "App.internal"]);
        for url in [
            "https://example.com/hook?x=1",
            "http://127.0.0.1:9000/hook",
            "https://app.internal/",
            "http://[2606:2800:220:1::1]/",
        ] {
            assert!(outbound.check(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "hook",
            "/hook",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://user@example.com/",
            "https://:pw@example.com/",
        ] {
            assert_eq!(outbound.check(url), Err(OutboundError::Url(url.to_owned())), "{url}");
        }
        // Every spelling of a number is the same number.
        for url in [
            "http://127.1.1.1/",
            "http://2130706434/",
            "http://0x7f.0.0.2/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost/",
            "http://x.localhost./",
        ] {
            assert!(matches!(outbound.check(url), Err(OutboundError::Private(_))), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_when_it_is_used() {
        let resolver = |hosts: &[&str]| PublicOnly(hosts.iter().map(|host| (*host).to_owned()).collect());
        let name = |text: &str| text.parse::<Name>().unwrap();
        let refusal = resolver(&[]).resolve(name("localhost")).await.map(|_| ()).unwrap_err();
        assert_eq!(refusal.downcast_ref(), Some(&OutboundError::Private("localhost".to_owned())));
        assert!(resolver(&["localhost"]).resolve(name("localhost")).await.unwrap().all(|address| address.ip().is_loopback()));
    }

    #[test]
    fn a_signature_is_of_the_time_and_the_body() {
        // printf '1769610600.{"a":1}' | openssl dgst -sha256 -hmac whsec
        let expected = "t=1769610600,v1=392abc331e672e2a72c239d62992e3ef90e7569eeaca892eedb20ff0cc669fb6";
        assert_eq!(signature("whsec", 1_769_610_600, br#"{"a":1}"#), expected);
        assert_ne!(signature("whsec", 1_769_610_601, br#"{"a":1}"#), expected);
    }
}
