//! The time, from a place that tests can set. Nothing else in the gateway asks the system what time it is.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time in milliseconds since 1970.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// Returns the system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
        })
    }

    /// Returns a clock that asks `now_millis`, for tests.
    pub fn from_fn(now_millis: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_millis))
    }

    /// Returns milliseconds since 1970.
    #[must_use]
    pub fn now_millis(&self) -> u64 {
        (self.0)()
    }

    /// Returns whole seconds since 1970.
    #[must_use]
    pub fn now_secs(&self) -> u64 {
        self.now_millis() / 1000
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Clock({})", self.now_millis())
    }
}
