//! The two date formats of HTTP APIs, without a calendar crate in the WebAssembly: seconds since 1970 in and out.

/// Parses an RFC 3339 time (`2026-01-28T14:30:00Z`, fraction and offset allowed) to seconds since 1970.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<f64> {
    let (clock, zone) = text.split_at_checked(text.get(19..)?.find(['Z', 'z', '+', '-'])? + 19)?;
    let at = |start: usize, len: usize| integer(clock.get(start..start + len)?);
    let separators = [4, 7, 10, 13, 16].map(|idx| clock.as_bytes().get(idx).copied().unwrap_or_default());
    if !matches!(separators, [b'-', b'-', b'T' | b't' | b' ', b':', b':']) {
        return None;
    }
    let offset_secs = match zone.get(1..)?.split_once(':') {
        None => 0,
        Some((hours, minutes)) => {
            let secs = integer(hours)? * 3600 + integer(minutes)? * 60;
            if zone.starts_with('-') { -secs } else { secs }
        }
    };
    let days = days_since_epoch(at(0, 4)?, at(5, 2)?, at(8, 2)?)?;
    // Milliseconds are all that is ever shown; parsing any fraction would bring in 5 KB of float parsing.
    let fraction = clock.get(20..).unwrap_or_default().bytes().chain([b'0'; 3]).take(3);
    let millis = fraction.fold(0, |sum, digit| sum * 10 + i64::from(digit & 15));
    #[allow(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double exactly")]
    let total = ((days * 86_400 + at(11, 2)? * 3600 + at(14, 2)? * 60 + at(17, 2)? - offset_secs) * 1000 + millis) as f64;
    Some(total / 1000.0)
}

/// Parses an HTTP date (`Wed, 21 Oct 2026 07:28:00 GMT`, RFC 9110 § 5.6.7) to seconds since 1970.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<f64> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut words = text.split(' ').skip(1);
    let day = integer(words.next()?)?;
    let name = words.next()?.as_bytes();
    let month_idx = MONTHS.chunks(3).position(|month| month == name)?;
    let month = i64::try_from(month_idx).ok()? + 1;
    let year = integer(words.next()?)?;
    let mut clock = words.next()?.splitn(3, ':');
    let (hour, minute, second) = (integer(clock.next()?)?, integer(clock.next()?)?, integer(clock.next()?)?);
    #[allow(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
    let secs = (days_since_epoch(year, month, day)? * 86_400 + hour * 3600 + minute * 60 + second) as f64;
    Some(secs)
}

/// Formats seconds since 1970 as `2026-01-28T14:30:00Z`.
#[must_use]
pub fn format_rfc3339(unix_secs: u64) -> String {
    let (days, secs) = (unix_secs / 86_400, unix_secs % 86_400);
    // Howard Hinnant's civil_from_days, http://howardhinnant.github.io/date_algorithms.html
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[inline(never)]
fn integer(digits: &str) -> Option<i64> {
    // At most 4 digits: no sum below can overflow.
    (digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// Howard Hinnant's `days_from_civil`, http://howardhinnant.github.io/date_algorithms.html
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2026-01-28T14:30:00Z", Some(1_769_610_600.0)),
            ("2026-01-28T14:30:00.250Z", Some(1_769_610_600.25)),
            ("2026-01-28T15:30:00+01:00", Some(1_769_610_600.0)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800.0)),
            ("2026-13-01T00:00:00Z", None),
            ("99999999999999999999-01-01T00:00:00Z", None),
            ("2026-01-28", None),
            ("", None),
        ] {
            assert_eq!(parse_rfc3339(text), expected, "{text}");
        }
    }

    #[test]
    fn http_date() {
        for (text, expected) in [
            ("Wed, 28 Jan 2026 14:30:00 GMT", Some(1_769_610_600.0)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0.0)),
            ("28 Jan 2026", None),
            ("Wed, 28 Foo 2026 14:30:00 GMT", None),
        ] {
            assert_eq!(parse_http_date(text), expected, "{text}");
        }
    }

    #[test]
    fn formatting_is_the_inverse_of_parsing() {
        for secs in [0, 951_782_400, 1_709_164_800, 1_769_610_600, 4_102_444_799] {
            #[allow(clippy::cast_precision_loss, reason = "small enough")]
            let expected = secs as f64;
            assert_eq!(parse_rfc3339(&format_rfc3339(secs)), Some(expected));
        }
    }
}
