//! Who may do what: the caller of a request, its origin, its limits. Middleware in front of the routes of `/v1`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::error::Failure;
use crate::identifier;
use crate::limit::{Standing, address_key};
use crate::origin::Origin;

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A visitor of a page.
    Visitor {
        /// Random, from the token.
        id: String,
    },
    /// One of the owner's servers.
    Server {
        /// Follows from the key, and does not tell it.
        id: String,
    },
}

impl Caller {
    /// Returns the name that the caller's conversations are kept under.
    pub(crate) fn owner(&self) -> &str {
        match self {
            Self::Visitor { id } | Self::Server { id } => id,
        }
    }

    /// Checks that the caller may see the account.
    pub(crate) fn require_server(&self) -> Result<(), Failure> {
        match self {
            Self::Server { .. } => Ok(()),
            Self::Visitor { .. } => Err(Failure::new(
                axum::http::StatusCode::FORBIDDEN,
                "insufficient_permissions",
                "A visitor token can only chat; this needs one of the gateway's client keys (ASSISTERS_CLIENT_KEYS).",
            )),
        }
    }
}

/// Lets a network address make so many requests, whoever it says it is.
pub(crate) async fn limit_address(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let address = client_address(&request, app.config.trusted_proxies);
    match app.address_limiter.take(&address_key(address)) {
        Ok(standing) => with_standing(next.run(request).await, standing),
        Err(exceeded) => with_standing(Failure::rate_limited(exceeded).into_response(), exceeded.standing),
    }
}

/// Lets only known callers through, so many requests each, and tells the routes who it is.
pub(crate) async fn require_caller(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let caller = match identify(&app, request.method(), request.headers()) {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
    let standing = match app.visitor_limiter.take(caller.owner()) {
        Ok(standing) => standing,
        Err(exceeded) => return with_standing(Failure::rate_limited(exceeded).into_response(), exceeded.standing),
    };
    request.extensions_mut().insert(caller);
    with_standing(next.run(request).await, standing)
}

impl<S: Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Failure::internal)
    }
}

/// A caller who may do what is the owner's alone.
#[derive(Clone, Debug)]
pub(crate) struct Owner;

impl<S: Sync> axum::extract::FromRequestParts<S> for Owner {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Caller::from_request_parts(parts, state).await?.require_server().map(|()| Self)
    }
}

fn identify(app: &App, method: &Method, headers: &HeaderMap) -> Result<Caller, Failure> {
    let bearer = bearer(headers);
    if let Some(key) = bearer.and_then(|bearer| app.config.client_keys.iter().find(|key| key.matches(bearer))) {
        // A server sends no Origin. A page that uses such a key is still held to the list.
        if headers.contains_key(header::ORIGIN) {
            page_origin(app, method, headers)?;
        }
        return Ok(Caller::Server { id: identifier::derived("srv_", &[key.expose()]) });
    }
    let origin = page_origin(app, method, headers)?;
    let bearer = bearer.ok_or_else(|| Failure::unauthorized("there is no visitor token; ask POST /v1/visitor-tokens for one"))?;
    let visitor = app.tokens.check(bearer).map_err(|error| Failure::unauthorized(error.to_string()))?;
    if visitor.origin != origin {
        return Err(Failure::origin_not_allowed(format!(
            "this visitor token was made for a page of {}, not of {origin}",
            visitor.origin
        )));
    }
    Ok(Caller::Visitor { id: visitor.id })
}

/// Returns the token or key of the `Authorization` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Returns the origin of the page that sent a request, if it may chat.
pub(crate) fn page_origin(app: &App, method: &Method, headers: &HeaderMap) -> Result<Origin, Failure> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let host = text(header::HOST);
    let (origin, is_sent) = match text(header::ORIGIN) {
        Some(origin) => (origin.parse().ok(), true),
        None => (own_page(app, method, headers, host), false),
    };
    match origin {
        Some(origin) if app.origins.allow(&origin, host) => Ok(origin),
        _ if is_sent => Err(Failure::origin_not_allowed(
            "pages of this origin may not use this gateway; its owner can allow them with ASSISTERS_ORIGINS (or --origins)",
        )),
        _ => Err(Failure::origin_not_allowed("the request has no Origin header; only pages of allowed origins may chat")),
    }
}

/// Returns the gateway's own origin for a request that one of its own pages sent without saying so.
///
/// Browsers leave `Origin` out when a page reads from its own origin, and only then. They say as much in `Sec-Fetch-Site`, which no
/// script can set; where a connection is not secure they do not, and the `Referer` tells.
fn own_page(app: &App, method: &Method, headers: &HeaderMap, host: Option<&str>) -> Option<Origin> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let referrer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).and_then(Origin::of_url);
    let origin = match headers.get("sec-fetch-site") {
        Some(site) if site == "same-origin" => {
            let own = app.config.public_origin.clone();
            // Of http and https the referrer knows which; without it, a local gateway is plain http.
            own.or(referrer).or_else(|| format!("http://{}", host?).parse().ok())
        }
        Some(_) => None,
        None => referrer,
    }?;
    app.origins.is_own(&origin, host).then_some(origin)
}

/// Returns the address a request came from, through as many of the owner's proxies as there are.
fn client_address(request: &Request, trusted_proxies: usize) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
    if trusted_proxies == 0 {
        return peer;
    }
    // Each proxy appends whom it heard from; what stands further left was written by the client itself.
    let forwarded = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let entry = entries.len().checked_sub(trusted_proxies).and_then(|idx| entries.get(idx));
    entry.and_then(|entry| entry.parse().ok()).unwrap_or(peer)
}

/// Adds the `X-RateLimit-*` headers, unless a narrower limit added its own.
fn with_standing(mut response: Response, standing: Standing) -> Response {
    let headers = response.headers_mut();
    if !headers.contains_key("x-ratelimit-limit") {
        headers.insert("x-ratelimit-limit", HeaderValue::from(standing.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(standing.remaining));
        headers.insert("x-ratelimit-reset", HeaderValue::from(standing.reset_at_secs));
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_address_is_the_one_the_own_proxies_saw() {
        for (forwarded, trusted, expected) in [
            ("203.0.113.9", 0, "192.0.2.1"),
            ("203.0.113.9", 1, "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9", 2, "198.51.100.1"),
            ("203.0.113.9", 2, "192.0.2.1"),
            ("nonsense", 1, "192.0.2.1"),
        ] {
            let mut request = Request::builder().header("x-forwarded-for", forwarded).body(axum::body::Body::empty()).unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1234))));
            assert_eq!(client_address(&request, trusted).to_string(), expected, "{forwarded} {trusted}");
        }
    }
}
