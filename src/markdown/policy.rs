//! Which links and images of a message may become more than text. Decides on strings; loads and resolves nothing.

use super::text::{after, back, part};

/// What the owner of the page allows messages to link to and to load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkPolicy {
    /// The hosts that may be linked to; all if none are named. `*.example.com` stands for every host below `example.com`.
    pub hosts: Option<Vec<String>>,
    /// The hosts that images may be loaded from. The request itself tells its host something: none unless named.
    pub image_hosts: Vec<String>,
}

/// Where an address leads.
enum Place<'a> {
    /// To the page, or to another one of its site.
    Same,
    Host(&'a str),
    /// To a mail program or telephone.
    Person,
}

impl LinkPolicy {
    /// Returns whether a destination may be linked to.
    pub fn allows_link(&self, destination: &str) -> bool {
        match place(destination) {
            Some(Place::Same | Place::Person) => true,
            Some(Place::Host(host)) => self.hosts.as_ref().is_none_or(|hosts| is_listed(hosts, host)),
            None => false,
        }
    }

    /// Returns whether an image may be loaded.
    pub fn allows_image(&self, destination: &str) -> bool {
        matches!(place(destination), Some(Place::Host(host)) if is_listed(&self.image_hosts, host))
    }
}

fn is_listed(hosts: &[String], host: &str) -> bool {
    hosts.iter().any(|listed| match listed.strip_prefix('*') {
        Some(suffix) if suffix.starts_with('.') => {
            let start = host.len().saturating_sub(suffix.len());
            start > 0 && after(host, start).eq_ignore_ascii_case(suffix)
        }
        _ => host.eq_ignore_ascii_case(listed),
    })
}

/// Reads an address as browsers do (WHATWG URL), as far as that is plain; one that is not plain has no place.
fn place(address: &str) -> Option<Place<'_>> {
    // Browsers remove tabs and line ends anywhere and spaces at the ends, and what is left may be another address.
    let is_control = |byte| byte < b' ' || byte == 0x7f;
    if address.is_empty() || address.starts_with(' ') || address.ends_with(' ') || address.bytes().any(is_control) {
        return None;
    }
    // Browsers take a backslash for a slash.
    if before(before(address, b"?#"), b"\\") != before(address, b"?#") {
        return None;
    }
    let scheme = before(address, b":/?#");
    let is = |known: &str| scheme.eq_ignore_ascii_case(known);
    let rest = after(address, scheme.len());
    let rest = if rest.starts_with(':') {
        if is("mailto") || is("tel") {
            return Some(Place::Person);
        }
        if !is("http") && !is("https") {
            return None;
        }
        after(rest, 1)
    } else if scheme.is_empty() && rest.starts_with("//") {
        rest
    } else {
        return Some(Place::Same);
    };
    let authority = before(rest.strip_prefix("//")?, b"/?#");
    let host = after(authority, back(authority, authority.len(), |byte| byte != b'@'));
    let name = part(host, 0, back(host, host.len(), |byte| byte.is_ascii_digit()));
    let name = name.strip_suffix(':').unwrap_or(host);
    let is_address = name.starts_with('[') && name.ends_with(']');
    let is_plain = before(name, if is_address { b" <>^|%\"`{}" } else { b" <>^|%\"`{}:" }) == name;
    (is_plain && !name.is_empty()).then_some(Place::Host(name))
}

/// Returns the start of a text, before any byte of `set`.
fn before<'a>(text: &'a str, set: &[u8]) -> &'a str {
    part(text, 0, text.bytes().position(|byte| set.contains(&byte)).unwrap_or(text.len()))
}
