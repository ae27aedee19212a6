//! The `X-RateLimit-*` headers, in all of the documents' forms.

/// Where a caller stands with the server's rate limits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RateLimit {
    /// How much is allowed at once.
    pub limit: Option<f64>,
    /// How much of it is left.
    pub remaining: Option<f64>,
    /// Seconds until there is more.
    pub reset_in_secs: Option<f64>,
}

impl RateLimit {
    /// Reads the headers in all of the documents' forms: a reset as a unix time or as seconds left, one limit for everything or one
    /// each for requests (`-RPM`) and tokens (`-TPM`). Of several, the one with the least left counts, and of those the longest wait.
    ///
    /// ```
    /// use assisters_chat::protocol::RateLimit;
    ///
    /// let header = |name: &str| (name == "x-ratelimit-reset").then(|| "1769610630".to_owned());
    /// assert_eq!(RateLimit::read(&header, 1_769_610_600.0).reset_in_secs, Some(30.0));
    /// ```
    #[must_use]
    #[inline(never)]
    pub fn read(header: &dyn Fn(&str) -> Option<String>, now_unix_secs: f64) -> Self {
        /// No wait is 30 years long: a larger number is a time, not a duration.
        const LONGEST_SECS: f64 = 1e9;
        let mut tightest = Self::default();
        for form in ["", "-rpm", "-tpm"] {
            let read = |field: &str| seconds(&header(&["x-ratelimit-", field, form].concat())?);
            let reset_in_secs =
                read("reset").map(|reset| if reset > LONGEST_SECS { (reset - now_unix_secs).max(0.0) } else { reset });
            let found = Self { limit: read("limit"), remaining: read("remaining"), reset_in_secs };
            // What is not said is taken for plenty.
            let rank = |of: &Self| (of.remaining.unwrap_or(f64::INFINITY), -of.reset_in_secs.unwrap_or(0.0));
            if found != Self::default() && rank(&found) <= rank(&tightest) {
                tightest = found;
            }
        }
        tightest
    }
}

/// Reads whole seconds, exact up to the year 2106.
pub(super) fn seconds(header: &str) -> Option<f64> {
    header.trim().parse().ok().map(|secs: u32| f64::from(secs))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const NOW: f64 = 1_769_610_600.0;

    #[test]
    fn every_form_of_the_rate_limit_headers() {
        let standing = |limit, remaining, reset_in_secs| RateLimit { limit, remaining, reset_in_secs };
        for (headers, expected) in [
            ("", RateLimit::default()),
            // conversations: a unix time; threads: seconds left.
            ("limit=100 remaining=95 reset=1769610660", standing(Some(100.0), Some(95.0), Some(60.0))),
            ("limit=100 remaining=0 reset=30", standing(Some(100.0), Some(0.0), Some(30.0))),
            ("reset=1769610500", standing(None, None, Some(0.0))),
            // openai: requests and tokens; the one that is used up counts.
            (
                "limit-rpm=60 remaining-rpm=3 reset-rpm=20 limit-tpm=900 remaining-tpm=0 reset-tpm=7",
                standing(Some(900.0), Some(0.0), Some(7.0)),
            ),
            (
                "limit-rpm=60 remaining-rpm=0 reset-rpm=20 limit-tpm=900 remaining-tpm=0 reset-tpm=7",
                standing(Some(60.0), Some(0.0), Some(20.0)),
            ),
            ("reset-rpm=20 reset-tpm=1769610640", standing(None, None, Some(40.0))),
            ("limit=many remaining=-1 reset=soon", RateLimit::default()),
        ] {
            let header = |name: &str| {
                let fields = headers.split(' ').filter_map(|field| field.split_once('='));
                fields.into_iter().find(|(field, _)| name == format!("x-ratelimit-{field}")).map(|(_, value)| value.to_owned())
            };
            assert_eq!(RateLimit::read(&header, NOW), expected, "{headers}");
        }
    }
}
