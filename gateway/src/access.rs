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
use crate::keys::{Key, Scope};
use crate::limit::{Exceeded, Standing, address_key};
use crate::origin::Origin;
use crate::secret::Secret;

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A visitor of a page.
    Visitor {
        /// Random, from the token.
        id: String,
    },
    /// A program with a key.
    Server {
        /// Follows from the key, and does not tell it.
        id: String,
        /// What the key is good for.
        scopes: Vec<Scope>,
    },
}

impl Caller {
    /// Returns the name that the caller's conversations are kept under.
    pub(crate) fn owner(&self) -> &str {
        match self {
            Self::Visitor { id } | Self::Server { id, .. } => id,
        }
    }

    /// Checks that the caller may do what is the owner's alone.
    pub(crate) fn require_server(&self) -> Result<(), Failure> {
        let message = match self {
            Self::Server { scopes, .. } if scopes.contains(&Scope::Admin) => return Ok(()),
            Self::Server { .. } => "This API key lacks required permissions: it was made without the scope `admin`.",
            Self::Visitor { .. } => {
                "A visitor token can only chat; this needs one of the gateway's client keys (ASSISTERS_CLIENT_KEYS) or a key with the scope `admin`."
            }
        };
        Err(Failure::new(axum::http::StatusCode::FORBIDDEN, "insufficient_permissions", message))
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
    let standing = match count(&app, &caller) {
        Ok(standing) => standing,
        Err(exceeded) => return with_standing(Failure::rate_limited(exceeded).into_response(), exceeded.standing),
    };
    request.extensions_mut().insert(caller);
    let response = next.run(request).await;
    match standing {
        Some(standing) => with_standing(response, standing),
        None => response,
    }
}

/// Counts a request. Returns where the caller stands, nothing where there is no limit.
fn count(app: &App, caller: &Caller) -> Result<Option<Standing>, Exceeded> {
    let Some(tier) = app.tier(caller.owner()) else { return app.visitor_limiter.take(caller.owner()).map(Some) };
    let limits = tier.limits();
    // The longer window first: what it refuses must not count against the shorter.
    if let Some(rate) = limits.requests_per_day {
        app.day_limiter.take_at(caller.owner(), rate)?;
    }
    limits.requests_per_minute.map(|rate| app.key_limiter.take_at(caller.owner(), rate)).transpose()
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

/// An owner where assistants are made here: an upstream with assistants of its own keeps them itself.
#[derive(Clone, Debug)]
pub(crate) struct AssistantsOwner;

impl axum::extract::FromRequestParts<Arc<App>> for AssistantsOwner {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        Owner::from_request_parts(parts, app).await?;
        app.keeps_assistants()?;
        Ok(Self)
    }
}

fn identify(app: &App, method: &Method, headers: &HeaderMap) -> Result<Caller, Failure> {
    let bearer = bearer(headers);
    if let Some(key) = bearer.and_then(|bearer| app.config.client_keys.iter().find(|key| key.matches(bearer))) {
        // A server sends no Origin. A page that uses such a key is still held to the list.
        if headers.contains_key(header::ORIGIN) {
            page_origin(app, method, headers)?;
        }
        return Ok(Caller::Server { id: client_id(key), scopes: vec![Scope::Admin] });
    }
    if let Some(found) = bearer.and_then(|bearer| app.keys.find(bearer)) {
        let key = found.map_err(|refusal| Failure::unauthorized(refusal.to_string()))?;
        check_origin(app, method, headers, &key)?;
        return Ok(Caller::Server { id: key.id, scopes: key.scopes });
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

/// Returns the name that the conversations of a client key are kept under.
pub(crate) fn client_id(key: &Secret) -> String {
    identifier::derived("srv_", &[key.expose()])
}

/// Checks that a key is used from where it may be: a page's on its origins, a server's by whoever sends no Origin, or from a page that may chat.
fn check_origin(app: &App, method: &Method, headers: &HeaderMap, key: &Key) -> Result<(), Failure> {
    let sent = headers.get(header::ORIGIN).map(|value| value.to_str().unwrap_or_default());
    let is_allowed = match sent {
        None if key.is_for_pages() => false,
        None => return Ok(()),
        Some(text) => match text.parse().ok().and_then(|origin| key.covers(&origin)) {
            Some(is_covered) => is_covered,
            None if key.is_for_pages() => false,
            None => return page_origin(app, method, headers).map(|_| ()),
        },
    };
    if is_allowed {
        return Ok(());
    }
    Err(Failure::origin_not_allowed("this key is for pages of other origins; its `allowed_origins` say which"))
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
