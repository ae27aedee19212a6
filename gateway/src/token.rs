//! Visitor tokens: short-lived, sealed (PASETO v4.local), bound to the page's origin. Knows no HTTP.

use std::fmt;

use pasetors::Local;
use pasetors::keys::SymmetricKey;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::identifier;
use crate::origin::Origin;

/// Sealed along with every token, so that another program with the same key can not make one.
const PURPOSE: &[u8] = b"assisters visitor token 1";

/// A token may be exchanged for a new one of the same visitor for this long; later the visitor is a new one.
const RENEWAL_SECS: u64 = 30 * 24 * 3600;

/// Makes and checks tokens.
pub struct Tokens {
    key: SymmetricKey<V4>,
    lifetime_secs: u64,
    clock: Clock,
}

/// A token just made, as the page gets it.
#[derive(Clone, Debug)]
pub struct Minted {
    /// What to send as `Authorization: Bearer …`.
    pub token: String,
    /// When it expires, in seconds since 1970.
    pub expires_at_secs: u64,
    /// Who it stands for.
    pub visitor_id: String,
}

/// What a valid token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who it stands for: random, known to nobody else.
    pub id: String,
    /// The page it was made for.
    pub origin: Origin,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Too old.
    #[error("the visitor token has expired; ask POST /v1/visitor-tokens for a new one")]
    Expired,
    /// Not one of ours.
    #[error("the visitor token is not valid; ask POST /v1/visitor-tokens for one")]
    Invalid,
}

/// Why no token can be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The system has no randomness to give.
    #[error("no randomness from the system: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The cipher refused.
    #[error("the token could not be sealed: {0:?}")]
    Sealing(pasetors::errors::Error),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    visitor: String,
    origin: String,
    expires_at: u64,
}

impl Tokens {
    /// Makes the mint with a 32-byte key.
    ///
    /// # Errors
    /// [`MintError::Sealing`] when the cipher does not take the key.
    pub fn new(key: &[u8; 32], lifetime_secs: u64, clock: Clock) -> Result<Self, MintError> {
        let key = SymmetricKey::from(key).map_err(MintError::Sealing)?;
        Ok(Self { key, lifetime_secs, clock })
    }

    /// Makes a token for a page of `origin`: for the visitor of the `previous` token where that is of the same origin, else for a new one.
    ///
    /// # Errors
    /// [`MintError`] when the system has no randomness.
    pub fn mint(&self, origin: &Origin, previous: Option<&str>) -> Result<Minted, MintError> {
        let known = previous.and_then(|token| self.open(token)).filter(|claims| {
            claims.origin == origin.to_string() && claims.expires_at.saturating_add(RENEWAL_SECS) > self.clock.now_secs()
        });
        let visitor_id = match known {
            Some(claims) => claims.visitor,
            None => identifier::random("vis_")?,
        };
        let expires_at_secs = self.clock.now_secs().saturating_add(self.lifetime_secs);
        let claims = Claims { visitor: visitor_id.clone(), origin: origin.to_string(), expires_at: expires_at_secs };
        let payload = serde_json::json!(claims).to_string();
        let token = LocalToken::encrypt(&self.key, payload.as_bytes(), None, Some(PURPOSE)).map_err(MintError::Sealing)?;
        Ok(Minted { token, expires_at_secs, visitor_id })
    }

    /// Checks a token and returns who it stands for.
    ///
    /// # Errors
    /// [`TokenError`] with a sentence for the page's owner.
    pub fn check(&self, token: &str) -> Result<Visitor, TokenError> {
        let claims = self.open(token).ok_or(TokenError::Invalid)?;
        if claims.expires_at <= self.clock.now_secs() {
            return Err(TokenError::Expired);
        }
        let origin = claims.origin.parse().map_err(|_| TokenError::Invalid)?;
        Ok(Visitor { id: claims.visitor, origin })
    }

    /// Unseals a token, however old.
    fn open(&self, token: &str) -> Option<Claims> {
        let sealed = UntrustedToken::<Local, V4>::try_from(token).ok()?;
        let opened = LocalToken::decrypt(&self.key, &sealed, None, Some(PURPOSE)).ok()?;
        serde_json::from_str(opened.payload()).ok()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tokens").field("lifetime_secs", &self.lifetime_secs).finish_non_exhaustive()
    }
}

/// Reads a key of 64 hexadecimal digits.
#[must_use]
pub fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, idx) in key.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(idx..idx + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn tokens() -> (Tokens, Arc<AtomicU64>) {
        let now = Arc::new(AtomicU64::new(1_000_000_000));
        let clock = Clock::from_fn({
            let now = Arc::clone(&now);
            move || now.load(Ordering::Relaxed)
        });
        (Tokens::new(&[7; 32], 900, clock).unwrap(), now)
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let (tokens, now) = tokens();
        let origin: Origin = "https://shop.example".parse().unwrap();
        let minted = tokens.mint(&origin, None).unwrap();
        assert!(minted.token.starts_with("v4.local."));
        assert_eq!(minted.expires_at_secs, 1_000_900);
        let visitor = Visitor { id: minted.visitor_id, origin };
        assert_eq!(tokens.check(&minted.token), Ok(visitor.clone()));
        now.fetch_add(899_000, Ordering::Relaxed);
        assert_eq!(tokens.check(&minted.token), Ok(visitor));
        now.fetch_add(1_000, Ordering::Relaxed);
        assert_eq!(tokens.check(&minted.token), Err(TokenError::Expired));
    }

    #[test]
    fn a_renewed_token_keeps_the_visitor() {
        let (tokens, now) = tokens();
        let (origin, other) = ("https://shop.example".parse().unwrap(), "https://other.example".parse().unwrap());
        let first = tokens.mint(&origin, None).unwrap();
        now.fetch_add(2_000_000, Ordering::Relaxed);
        assert_eq!(tokens.mint(&origin, Some(&first.token)).unwrap().visitor_id, first.visitor_id);
        assert_ne!(tokens.mint(&other, Some(&first.token)).unwrap().visitor_id, first.visitor_id);
        assert_ne!(tokens.mint(&origin, Some("v4.local.nonsense")).unwrap().visitor_id, first.visitor_id);
        now.fetch_add(RENEWAL_SECS * 1000, Ordering::Relaxed);
        assert_ne!(tokens.mint(&origin, Some(&first.token)).unwrap().visitor_id, first.visitor_id);
    }

    #[test]
    fn nothing_else_is_a_token() {
        let (tokens, _) = tokens();
        let token = tokens.mint(&"https://shop.example".parse().unwrap(), None).unwrap().token;
        let other_key = Tokens::new(&[8; 32], 900, Clock::system()).unwrap();
        assert_eq!(other_key.check(&token), Err(TokenError::Invalid));
        let mut changed = token.clone().into_bytes();
        let middle = changed.len() / 2;
        changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
        for text in ["", "v4.local.", "sk-live-1234", &token[..token.len() - 4], &String::from_utf8(changed).unwrap()] {
            assert_eq!(tokens.check(text), Err(TokenError::Invalid), "{text}");
        }
    }

    #[test]
    fn keys() {
        assert_eq!(parse_key(&"0f".repeat(32)), Some([15; 32]));
        for text in ["", "0f", &"0g".repeat(32), &"é".repeat(32), &"0f".repeat(33)] {
            assert_eq!(parse_key(text), None, "{text}");
        }
    }
}
