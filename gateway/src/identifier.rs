//! Identifiers: random ones nobody can guess, and derived ones that are the same every time.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Returns `prefix` and 128 random bits, as in `conv_4f0c…`.
///
/// # Errors
/// When the system has no randomness to give.
pub fn random(prefix: &str) -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(spell(prefix, &bytes))
}

/// Returns `prefix` and 128 bits that follow from `parts`: they can not be turned back, and other parts give others.
#[must_use]
pub fn derived(prefix: &str, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    spell(prefix, digest.get(..16).unwrap_or(&digest))
}

/// Returns `prefix` and the bytes in hexadecimal.
pub(crate) fn spell(prefix: &str, bytes: &[u8]) -> String {
    let mut text = String::with_capacity(prefix.len() + bytes.len() * 2);
    text.push_str(prefix);
    for byte in bytes {
        write!(text, "{byte:02x}").ok(); // writing to a string can not fail
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn random_ones_differ_and_derived_ones_do_not() {
        let (one, other) = (random("msg_").unwrap(), random("msg_").unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), "msg_".len() + 32);
        assert_eq!(derived("s_", &["a", "b"]), derived("s_", &["a", "b"]));
        assert_ne!(derived("s_", &["ab", "c"]), derived("s_", &["a", "bc"]));
    }
}
