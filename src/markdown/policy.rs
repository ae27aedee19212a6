//! Which links and images of a message may become more than text. Decides on strings; loads and resolves nothing.

use super::text::{after, part};
use super::unicode::is_space;

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
    let is_control = |character: char| character < ' ' || ('\u{7f}'..='\u{9f}').contains(&character);
    if address.is_empty() || address.starts_with(is_space) || address.ends_with(is_space) || address.chars().any(is_control) {
        return None;
    }
    // Browsers take a backslash for a slash.
    if find_any(before(address, b"?#"), b"\\").is_some() {
        return None;
    }
    let scheme = before(address, b":/?#");
    let is = |known: &str| scheme.eq_ignore_ascii_case(known);
    let rest = match after(address, scheme.len()) {
        rest if rest.starts_with(':') && (is("mailto") || is("tel")) => return Some(Place::Person),
        rest if rest.starts_with("://") && (is("http") || is("https")) => after(rest, 3),
        rest if rest.starts_with(':') => return None,
        _ if address.starts_with("//") => after(address, 2),
        _ => return Some(Place::Same),
    };
    let authority = before(rest, b"/?#");
    let host = authority.bytes().rposition(|byte| byte == b'@').map_or(authority, |at| after(authority, at + 1));
    let port = host.bytes().rev().take_while(u8::is_ascii_digit).count();
    let name = host.len() - port;
    let name = if part(host, 0, name).ends_with(':') { part(host, 0, name - 1) } else { host };
    let is_address = name.starts_with('[') && name.ends_with(']');
    let is_plain = !name.is_empty() && find_any(name, b" <>^|%\"`{}").is_none() && (is_address || find_any(name, b":").is_none());
    (is_plain && !name.chars().any(is_space)).then_some(Place::Host(name))
}

fn find_any(text: &str, set: &[u8]) -> Option<usize> {
    text.bytes().position(|byte| set.contains(&byte))
}

/// Returns the start of a text, before any byte of `set`.
fn before<'a>(text: &'a str, set: &[u8]) -> &'a str {
    part(text, 0, find_any(text, set).unwrap_or(text.len()))
}
