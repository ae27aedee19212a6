//! When to send a message again by itself: only before its first byte came back, only what may pass, never for long.

use crate::protocol::ApiError;

/// How often a message is sent again without the visitor asking.
pub const MAX_RETRIES: u32 = 3;

/// The first wait; each further one may be twice as long.
const BASE_SECS: f64 = 1.0;

/// A longer wait is not waited out silently: the visitor decides.
const MAX_WAIT_SECS: f64 = 120.0;

/// Returns how long to wait before try number `n_retries + 1`, or `None` when the failure is to be shown instead.
///
/// Exponential backoff with full jitter: a server that restarts is not met by every visitor at once. What the server
/// asked for is never undercut. `random` is from 0 to 1.
#[must_use]
pub fn retry_delay_secs(error: &ApiError, n_retries: u32, random: f64) -> Option<f64> {
    if n_retries >= MAX_RETRIES || !error.is_transient() {
        return None;
    }
    let backoff = BASE_SECS * f64::from(1_u32 << n_retries) * random;
    let delay = error.retry_after_secs.map_or(backoff, |asked| asked + backoff.min(BASE_SECS));
    (delay <= MAX_WAIT_SECS).then_some(delay)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ErrorKind;

    #[test]
    fn rows() {
        for (kind, asked, n_retries, expected) in [
            (ErrorKind::Network, None, 0, Some(0.5)),
            (ErrorKind::Network, None, 1, Some(1.0)),
            (ErrorKind::Server, None, 2, Some(2.0)),
            (ErrorKind::Server, None, 3, None),
            (ErrorKind::RateLimited, Some(7.0), 0, Some(7.5)),
            (ErrorKind::RateLimited, Some(7.0), 2, Some(8.0)),
            (ErrorKind::RateLimited, Some(3600.0), 0, None),
            (ErrorKind::Unauthorized, None, 0, None),
            (ErrorKind::Payment, None, 0, None),
            (ErrorKind::Forbidden, None, 0, None),
            (ErrorKind::NotFound, None, 0, None),
            (ErrorKind::InvalidRequest, None, 0, None),
            (ErrorKind::Malformed, None, 0, None),
        ] {
            let error = ApiError { retry_after_secs: asked, ..ApiError::new(kind, "why") };
            assert_eq!(retry_delay_secs(&error, n_retries, 0.5), expected, "{kind:?} {asked:?} {n_retries}");
        }
    }
}
