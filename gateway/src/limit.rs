//! Rate limits: a sliding window per key. Knows no HTTP; the words of the headers are in [`crate::error`] and [`crate::access`].

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;

/// How many requests in how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    limit: u32,
    window: Window,
}

impl Rate {
    /// So many in a minute.
    #[must_use]
    pub fn per_minute(limit: u32) -> Self {
        Self { limit, window: Window::Minute }
    }

    /// So many in a day.
    #[must_use]
    pub fn per_day(limit: u32) -> Self {
        Self { limit, window: Window::Day }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    Second,
    Minute,
    Hour,
    Day,
}

impl Window {
    const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    fn as_str(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    fn millis(self) -> u64 {
        match self {
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }
}

/// Text that is no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no rate; expected a number and one of: second, minute, hour, day; as 60/minute")]
pub struct RateError(String);

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (limit, window) = text.trim().split_once('/')?;
            let limit = limit.parse().ok().filter(|limit| *limit > 0)?;
            let window = Window::ALL.into_iter().find(|known| known.as_str() == window)?;
            Some(Self { limit, window })
        };
        parse().ok_or_else(|| RateError(text.to_owned()))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.limit, self.window.as_str())
    }
}

/// Where a key stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Requests allowed per window.
    pub limit: u32,
    /// Requests left now.
    pub remaining: u32,
    /// When the next used-up request is given back, in seconds since 1970.
    pub reset_at_secs: u64,
}

/// Too many requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// Where the key stands: nothing remains.
    pub standing: Standing,
    /// Seconds until one request is allowed again, at least one.
    pub retry_after_secs: u64,
}

/// Counts requests per key.
#[derive(Debug)]
pub struct Limiter {
    rate: Rate,
    clock: Clock,
    taken: Mutex<HashMap<String, VecDeque<u64>>>,
}

/// With more keys than this, those whose requests are all out of the window are forgotten.
const SWEEP_KEYS: usize = 10_000;

impl Limiter {
    /// Makes a limiter with nothing counted.
    #[must_use]
    pub fn new(rate: Rate, clock: Clock) -> Self {
        Self { rate, clock, taken: Mutex::default() }
    }

    /// Counts one request of `key`.
    ///
    /// # Errors
    /// [`Exceeded`] when there were too many; the refused request itself is not counted.
    pub fn take(&self, key: &str) -> Result<Standing, Exceeded> {
        self.take_at(key, self.rate)
    }

    /// Counts one request of a `key` that has a rate of its own, in the same window as the limiter's.
    ///
    /// # Errors
    /// [`Exceeded`] when there were too many; the refused request itself is not counted.
    pub fn take_at(&self, key: &str, rate: Rate) -> Result<Standing, Exceeded> {
        let now = self.clock.now_millis();
        let window = self.rate.window.millis();
        // A panic while counting leaves nothing half done.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() > SWEEP_KEYS && !taken.contains_key(key) {
            taken.retain(|_, times| times.back().is_some_and(|last| last + window > now));
        }
        let times = taken.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|first| first + window <= now) {
            times.pop_front();
        }
        let limit = rate.limit;
        let used = u32::try_from(times.len()).unwrap_or(u32::MAX);
        if used < limit {
            times.push_back(now);
        }
        let free_again_at = times.front().map_or(now, |first| first + window);
        let standing = Standing {
            limit,
            remaining: limit.saturating_sub(used.saturating_add(1)),
            reset_at_secs: free_again_at.div_ceil(1000),
        };
        if used < limit {
            Ok(standing)
        } else {
            let retry_after_secs = free_again_at.saturating_sub(now).div_ceil(1000).max(1);
            Err(Exceeded { standing: Standing { remaining: 0, ..standing }, retry_after_secs })
        }
    }
}

/// Returns the key of a network address: an IPv6 customer has a whole /64 of them.
#[must_use]
pub fn address_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn the_window_slides() {
        let now = Arc::new(AtomicU64::new(100_000));
        let clock = Clock::from_fn({
            let now = Arc::clone(&now);
            move || now.load(Ordering::Relaxed)
        });
        let limiter = Limiter::new("2/minute".parse().unwrap(), clock);
        let allowed = |remaining, reset_at_secs| Ok(Standing { limit: 2, remaining, reset_at_secs });
        let refused = |reset_at_secs, retry_after_secs| {
            Err(Exceeded { standing: Standing { limit: 2, remaining: 0, reset_at_secs }, retry_after_secs })
        };
        for (at_millis, key, expected) in [
            (100_000, "a", allowed(1, 160)),
            (130_500, "a", allowed(0, 160)),
            (131_000, "a", refused(160, 29)),
            (131_000, "b", allowed(1, 191)),
            (159_999, "a", refused(160, 1)),
            (160_000, "a", allowed(0, 191)),
            (160_001, "a", refused(191, 31)),
            (300_000, "a", allowed(1, 360)),
        ] {
            now.store(at_millis, Ordering::Relaxed);
            assert_eq!(limiter.take(key), expected, "{key} at {at_millis}");
        }
    }

    #[test]
    fn rates() {
        for text in ["1/second", "60/minute", "100/hour", "10000/day"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for text in ["", "60", "0/minute", "-1/minute", "60/fortnight", "60/"] {
            assert!(text.parse::<Rate>().unwrap_err().to_string().contains("60/minute"), "{text}");
        }
    }

    #[test]
    fn addresses() {
        for (address, key) in
            [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
        {
            assert_eq!(address_key(address.parse().unwrap()), key);
        }
    }
}
