//! Which links and images of a message may become more than text. Decides on strings; loads and resolves nothing.

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
            host.len() > suffix.len()
                && host.is_char_boundary(host.len() - suffix.len())
                && host[host.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
        }
        _ => host.eq_ignore_ascii_case(listed),
    })
}

/// Reads an address as browsers do (WHATWG URL), as far as that is plain; one that is not plain has no place.
fn place(address: &str) -> Option<Place<'_>> {
    // Browsers remove tabs and line ends anywhere and white space at the ends, and what is left may be another address.
    if address.is_empty() || address.trim() != address || address.chars().any(char::is_control) {
        return None;
    }
    let path_end = address.find(['?', '#']).unwrap_or(address.len());
    // Browsers take a backslash for a slash.
    if address[..path_end].contains('\\') {
        return None;
    }
    let scheme_end = address.find([':', '/', '?', '#']).filter(|&end| address[end..].starts_with(':'));
    let rest = match scheme_end.map(|end| address.split_at(end)) {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("mailto") || scheme.eq_ignore_ascii_case("tel") => return Some(Place::Person),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => {
            rest.strip_prefix("://")?
        }
        Some(_) => return None,
        None => match address.strip_prefix("//") {
            Some(rest) => rest,
            None => return Some(Place::Same),
        },
    };
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) if !host.ends_with(']') => return None,
        _ => host,
    };
    let is_plain = !name.is_empty() && !name.chars().any(|character| character.is_whitespace() || "<>^|%\"`{}".contains(character));
    is_plain.then_some(Place::Host(name))
}
