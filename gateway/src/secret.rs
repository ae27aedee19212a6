//! Text that must never be printed. The only way to read it is [`Secret::expose`], which is easy to search for.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq as _;

/// A key or a password: it can be compared and sent, never formatted.
#[derive(Clone, Eq)]
pub struct Secret(String);

impl Secret {
    /// Returns the text itself: for the one header it belongs in.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Replaces every occurrence of the secret in `text`, for words that come from elsewhere and are shown or logged.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "[secret]") }
    }

    /// Whether `other` is the secret, in a time that does not tell how much of it is right.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn is_never_printed() {
        let secret: Secret = " sk-very-secret \n".parse().unwrap();
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "[secret] [secret] Some([secret])");
        assert_eq!(secret.redact("key sk-very-secret is wrong"), "key [secret] is wrong");
    }

    #[test]
    fn matches_only_itself() {
        let secret: Secret = "sk-very-secret".parse().unwrap();
        for (text, expected) in [("sk-very-secret", true), ("sk-very-secres", false), ("sk-very", false), ("", false)] {
            assert_eq!(secret.matches(text), expected, "{text}");
        }
    }
}
