//! How requests are authorized: the owner's token function, a key in the page, or a visitor token of the gateway's.

use std::rc::Rc;

use futures::channel::oneshot;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Session;
use crate::browser::dom::now_unix_secs;
use crate::browser::part::Part;
use crate::browser::{http, storage};
use crate::config::Config;
use crate::protocol::json::{self, Object};
use crate::protocol::{ApiError, Delivery, Dialect, ErrorKind, Request, parse_rfc3339};

/// A token is renewed a little before it expires: the request that carries it takes a while.
const EXPIRY_MARGIN_SECS: f64 = 20.0;

/// Long ago.
const EXPIRED: &str = "1970-01-01T00:00:00Z";

/// What is known of the visitor's authorization.
#[derive(Default)]
pub(super) struct Credentials {
    token: Option<Rc<str>>,
    expires_at_unix_secs: Option<f64>,
    /// Those who wait for the token that is being fetched: two fetched at once would be two visitors.
    waiting: Option<Vec<oneshot::Sender<()>>>,
    /// The server mints no visitor tokens: it is done without.
    is_unneeded: bool,
}

/// What is known of the token.
enum Known {
    Token(Rc<str>),
    Unneeded,
    Awaited(oneshot::Receiver<()>),
    Nothing,
}

impl Credentials {
    fn known_token(&mut self, now_unix_secs: f64) -> Known {
        let is_fresh = self.expires_at_unix_secs.is_none_or(|at| at > now_unix_secs + EXPIRY_MARGIN_SECS);
        match (&self.token, &mut self.waiting) {
            (Some(token), _) if is_fresh => Known::Token(Rc::clone(token)),
            _ if self.is_unneeded => Known::Unneeded,
            (_, Some(waiting)) => {
                let (wake, fetched) = oneshot::channel();
                waiting.push(wake);
                Known::Awaited(fetched)
            }
            (_, None) => Known::Nothing,
        }
    }
}

/// While this lives a token is being fetched. Dropped, even with a task that was aborted, it wakes whoever waits.
struct Fetching(Session);

impl Fetching {
    fn begin(session: Session) -> Self {
        session.with(|core| core.credentials.waiting = Some(Vec::new()));
        Self(session)
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        // Dropping the senders wakes the receivers.
        self.0.with(|core| core.credentials.waiting.take());
    }
}

/// Returns the part of the program that speaks a dialect, for those that not every page brings along.
fn part_of(dialect: Dialect) -> Option<Part> {
    match dialect {
        Dialect::Chat | Dialect::Conversations => None,
        Dialect::Threads | Dialect::Execute | Dialect::Informer | Dialect::OpenAi => Some(Part::Dialects),
    }
}

/// Says that a part of the program could not be fetched.
pub(super) fn part_missing() -> Box<ApiError> {
    Box::new(ApiError::new(ErrorKind::Network, "a part of the chat could not be loaded"))
}

impl Session {
    /// Returns the headers that every request carries, once the dialect can be spoken.
    ///
    /// # Errors
    /// When no token can be had, or the part of the program that speaks the dialect.
    pub(super) async fn headers(self, config: &Config) -> Result<Vec<(String, String)>, Box<ApiError>> {
        let files = self.with(|core| core.conversation.has_files()).unwrap_or(false).then_some(Part::Attachments);
        let tools = (!config.tools.is_empty()).then_some(Part::Activity);
        for part in [part_of(config.dialect), files, tools].into_iter().flatten() {
            if !part.load().await {
                return Err(part_missing());
            }
        }
        let mut headers = config.headers.clone();
        if let Some(token) = self.token(config).await? {
            headers.push(("Authorization".to_owned(), ["Bearer ", &token].concat()));
        }
        Ok(headers)
    }

    /// Drops a token that the server no longer accepts. Returns whether another one can be had.
    pub fn drop_token(self) -> bool {
        let Some(config) = self.peek_config() else { return false };
        // It stays in the storage, marked as expired: showing it again tells the gateway that this is the same visitor.
        let key = token_key(&config);
        let stored = json::parse(&storage::read(config.persist, &key).unwrap_or_default()).unwrap_or_default();
        if let Some(token) = json::text(&stored, "token") {
            storage::write(config.persist, &key, &Object::new().text("token", &token).text("expires_at", EXPIRED).finish());
        }
        let had_token = self.with(|core| core.credentials.token.take()).flatten().is_some();
        had_token && config.api_key.is_none()
    }

    pub(super) async fn token(self, config: &Config) -> Result<Option<Rc<str>>, Box<ApiError>> {
        if let Some(key) = &config.api_key {
            return Ok(Some(key.as_str().into()));
        }
        loop {
            let known = self.with(|core| core.credentials.known_token(now_unix_secs()));
            match known {
                Some(Known::Token(token)) => return Ok(Some(token)),
                Some(Known::Unneeded) | None => return Ok(None),
                // Whether that went well is asked anew: a failure is never shared, nor remembered.
                Some(Known::Awaited(fetched)) => drop(fetched.await),
                Some(Known::Nothing) => break,
            }
        }
        let _fetching = Fetching::begin(self);
        let get_token = self.with(|core| core.hooks.get_token.clone()).flatten();
        let token: Option<Rc<str>> = match get_token {
            Some(get_token) => Some(ask_owner(&get_token).await?.into()),
            None => self.mint_visitor_token(config).await?.map(Rc::from),
        };
        self.with(|core| core.credentials.token.clone_from(&token));
        Ok(token)
    }

    /// Returns the visitor's token, `None` where the server mints none.
    async fn mint_visitor_token(self, config: &Config) -> Result<Option<String>, Box<ApiError>> {
        let key = token_key(config);
        let stored = json::parse(&storage::read(config.persist, &key).unwrap_or_default()).unwrap_or_default();
        let old_token = json::text(&stored, "token");
        let expiry = |value| json::text(value, "expires_at").as_deref().and_then(parse_rfc3339);
        if let (Some(token), Some(at)) = (&old_token, expiry(&stored))
            && at > now_unix_secs() + EXPIRY_MARGIN_SECS
        {
            self.with(|core| core.credentials.expires_at_unix_secs = Some(at));
            return Ok(Some(token.clone()));
        }
        let request = Request::post("/visitor-tokens".to_owned(), "{}".to_owned(), Delivery::Plain);
        // The old token, even expired, tells the gateway that this is the same visitor: their conversations stay theirs.
        let headers: Vec<_> =
            old_token.map(|token| ("Authorization".to_owned(), ["Bearer ", &token].concat())).into_iter().collect();
        let answer = match http::send(&config.api_url.join(&request.path), &request, &headers).await {
            Ok(answer) => answer.text().await?,
            Err(error) if error.kind == ErrorKind::NotFound => {
                self.with(|core| core.credentials.is_unneeded = true);
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let minted = ApiError::parse_json(&answer)?;
        let token =
            json::text(&minted, "token").ok_or_else(|| ApiError::malformed("the visitor token's answer has no `token`"))?;
        self.with(|core| core.credentials.expires_at_unix_secs = expiry(&minted));
        storage::write(config.persist, &key, &answer);
        Ok(Some(token))
    }
}

pub(super) fn token_key(config: &Config) -> String {
    ["assisters:token@", config.api_url.as_str()].concat()
}

/// Calls the owner's `getToken`.
async fn ask_owner(get_token: &Function) -> Result<String, Box<ApiError>> {
    let refused = |reason: &str| Box::new(ApiError::new(ErrorKind::Unauthorized, ["getToken ", reason].concat()));
    let returned = get_token.call0(&JsValue::UNDEFINED).map_err(|error| refused(&describe(&error)))?;
    let token = JsFuture::from(Promise::resolve(&returned)).await.map_err(|error| refused(&describe(&error)))?;
    token.as_string().ok_or_else(|| refused("returned no string"))
}

fn describe(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "was rejected".to_owned(), |error| error.message().into())
}
