//! How long a server may say nothing: after a while the visitor is told that the answer is still awaited, and at some point it is given up.

use std::future::Future;
use std::pin::pin;

use super::{Notice, Session};
use crate::browser::timer::within;
use crate::config::Config;
use crate::protocol::{ApiError, ErrorKind};

/// After this much silence the visitor is told that nothing has broken.
const SLOW_SECS: f64 = 15.0;

/// A stream that says nothing for this long, not even that it is alive, is dead.
const STALL_SECS: f64 = 60.0;

/// An answer in one piece is silent until it is complete. An `EventSource` tells nothing of the comments that keep a stream alive.
pub(super) const DEAF_SECS: f64 = 180.0;

/// How long is waited for what a server says next, if it tells that it is alive.
pub(super) fn limit_secs(config: &Config) -> f64 {
    if config.stream && config.dialect.streams() { STALL_SECS } else { DEAF_SECS }
}

impl Session {
    /// Awaits what a server says next, but no longer than so many seconds.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] when it says nothing for too long; the work is dropped then. Else those of the work.
    pub(super) async fn patiently<T>(
        self,
        limit_secs: f64,
        work: impl Future<Output = Result<T, Box<ApiError>>>,
    ) -> Result<T, Box<ApiError>> {
        let mut work = pin!(work);
        if let Some(done) = within(SLOW_SECS, work.as_mut()).await {
            return done;
        }
        self.set_notice(Some(Notice::StillWorking));
        let done = within(limit_secs - SLOW_SECS, work).await;
        self.set_notice(None);
        done.unwrap_or_else(|| Err(Box::new(ApiError::new(ErrorKind::Timeout, "the server has said nothing for too long"))))
    }
}
