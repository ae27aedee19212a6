//! How requests are authorized: the owner's token function, a key in the page, or a visitor token of the gateway's.

use std::rc::Rc;

use js_sys::{Function, Promise};
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::Session;
use crate::browser::dom::now_unix_secs;
use crate::browser::{http, storage};
use crate::config::Config;
use crate::protocol::{ApiError, Delivery, ErrorKind, Request, parse_rfc3339};

/// A token is renewed a little before it expires: the request that carries it takes a while.
const EXPIRY_MARGIN_SECS: f64 = 20.0;

/// What is known of the visitor's authorization.
#[derive(Default)]
pub(super) struct Credentials {
    token: Option<Rc<str>>,
    expires_at_unix_secs: Option<f64>,
    /// One request at a time, whoever asks: two tokens would be two visitors. Never a failed one.
    pending: Option<Promise>,
    /// The server mints no visitor tokens: it is done without.
    is_unneeded: bool,
}

impl Session {
    /// Returns the headers that every request carries.
    ///
    /// # Errors
    /// When no token can be had.
    pub(super) async fn headers(self, config: &Config) -> Result<Vec<(String, String)>, ApiError> {
        let mut headers = config.headers.clone();
        if let Some(token) = self.token(config).await? {
            headers.push(("Authorization".to_owned(), ["Bearer ", &token].concat()));
        }
        Ok(headers)
    }

    /// Drops a token that the server no longer accepts. Returns whether another one can be had.
    pub(super) fn drop_token(self) -> bool {
        let config = self.config.get_untracked();
        storage::remove(config.persist, &token_key(&config));
        let had_token = self.with(|core| core.credentials.token.take()).flatten().is_some();
        had_token && config.api_key.is_none()
    }

    async fn token(self, config: &Config) -> Result<Option<Rc<str>>, ApiError> {
        if let Some(key) = &config.api_key {
            return Ok(Some(key.as_str().into()));
        }
        let now = now_unix_secs();
        let known = self.with(|core| {
            let credentials = &core.credentials;
            let is_fresh = credentials.expires_at_unix_secs.is_none_or(|at| at > now + EXPIRY_MARGIN_SECS);
            (credentials.token.clone().filter(|_| is_fresh), credentials.is_unneeded)
        });
        match known {
            None | Some((None, true)) => return Ok(None),
            Some((Some(token), _)) => return Ok(Some(token)),
            Some((None, false)) => {}
        }
        let pending = self.with(|core| core.credentials.pending.clone()).flatten();
        let promise = pending.unwrap_or_else(|| {
            let promise = future_to_promise(async move { self.fetch_token().await.map_err(|error| to_js_error(&error)) });
            self.with(|core| core.credentials.pending = Some(promise.clone()));
            promise
        });
        let outcome = JsFuture::from(promise).await;
        self.with(|core| core.credentials.pending = None);
        let token = outcome.map_err(|error| from_js_error(&error))?.as_string().map(Rc::from);
        self.with(|core| core.credentials.token.clone_from(&token));
        Ok(token)
    }

    async fn fetch_token(self) -> Result<JsValue, ApiError> {
        match self.with(|core| core.get_token.clone()).flatten() {
            Some(get_token) => ask_owner(&get_token).await,
            None => self.mint_visitor_token().await,
        }
    }

    async fn mint_visitor_token(self) -> Result<JsValue, ApiError> {
        let config = self.config.get_untracked();
        let key = token_key(&config);
        let stored: Value = storage::read(config.persist, &key).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let field = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let old_token = field(&stored, "token");
        let expiry = |value: &Value| field(value, "expires_at").as_deref().and_then(parse_rfc3339);
        if let (Some(token), Some(at)) = (&old_token, expiry(&stored))
            && at > now_unix_secs() + EXPIRY_MARGIN_SECS
        {
            self.with(|core| core.credentials.expires_at_unix_secs = Some(at));
            return Ok(token.into());
        }
        let request = Request::post("/visitor-tokens".to_owned(), json!({}), Delivery::Plain);
        // The old token, even expired, tells the gateway that this is the same visitor: their conversations stay theirs.
        let headers: Vec<_> = old_token.map(|token| ("Authorization".to_owned(), ["Bearer ", &token].concat())).into_iter().collect();
        let answer = match http::send(&config.api_url.join(&request.path), &request, &headers).await {
            Ok(answer) => answer.text().await?,
            Err(error) if error.kind == ErrorKind::NotFound => {
                self.with(|core| core.credentials.is_unneeded = true);
                return Ok(JsValue::NULL);
            }
            Err(error) => return Err(error),
        };
        let minted = ApiError::parse_json(&answer)?;
        let token = field(&minted, "token").ok_or_else(|| ApiError::malformed("the visitor token's answer has no `token`"))?;
        self.with(|core| core.credentials.expires_at_unix_secs = expiry(&minted));
        storage::write(config.persist, &key, &answer);
        Ok(token.into())
    }
}

pub(super) fn token_key(config: &Config) -> String {
    ["assisters:token@", config.api_url.as_str()].concat()
}

/// Calls the owner's `getToken`.
async fn ask_owner(get_token: &Function) -> Result<JsValue, ApiError> {
    let refused = |reason: &str| ApiError::new(ErrorKind::Unauthorized, ["getToken ", reason].concat());
    let returned = get_token.call0(&JsValue::UNDEFINED).map_err(|error| refused(&describe(&error)))?;
    let token = JsFuture::from(Promise::resolve(&returned)).await.map_err(|error| refused(&describe(&error)))?;
    if token.is_string() { Ok(token) } else { Err(refused("returned no string")) }
}

fn describe(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "was rejected".to_owned(), |error| error.message().into())
}

/// An error on its way through a promise.
fn to_js_error(error: &ApiError) -> JsValue {
    let mut value = error.encode();
    if let Some(inner) = value.get_mut("error") {
        inner["status"] = json!(error.status);
        inner["type"] = json!(error.kind.as_str());
    }
    value.to_string().into()
}

fn from_js_error(error: &JsValue) -> ApiError {
    let value: Value = error.as_string().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let mut decoded = ApiError::in_body(&value).unwrap_or_else(|| ApiError::new(ErrorKind::Network, "no token could be had"));
    if let Some(kind) = value.pointer("/error/type").and_then(Value::as_str).and_then(ErrorKind::parse) {
        decoded.kind = kind;
    }
    decoded
}
