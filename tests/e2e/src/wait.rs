//! Waiting for something to become true: polled until a deadline, never for a fixed time.

use std::env;
use std::panic::Location;
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(25);

/// How long a condition may take. `E2E_TIMEOUT_SECS` changes it, for slow machines and for debugging.
#[must_use]
pub fn deadline() -> Duration {
    let secs = env::var("E2E_TIMEOUT_SECS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(secs.unwrap_or(20))
}

/// Waits until `probe` yields a value. While it does not, it says what it saw instead.
///
/// # Panics
/// When the deadline passes, with what was awaited and what was seen last.
#[track_caller]
pub fn until<T>(what: impl Into<String>, mut probe: impl AsyncFnMut() -> Result<T, String>) -> impl Future<Output = T> {
    let caller = Location::caller();
    let what = what.into();
    async move {
        let started = Instant::now();
        loop {
            let seen = match probe().await {
                Ok(value) => return value,
                Err(seen) => seen,
            };
            let waited = started.elapsed();
            assert!(waited < deadline(), "{caller}: waited {waited:.1?} for: {what}\nlast seen: {seen}");
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Waits until a condition of this process holds, for instance what a server has recorded.
///
/// # Panics
/// When the deadline passes.
#[track_caller]
pub fn until_true(what: &str, mut condition: impl FnMut() -> bool) -> impl Future<Output = ()> {
    until(what, async move || if condition() { Ok(()) } else { Err("not yet".to_owned()) })
}
