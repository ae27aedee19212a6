//! A request, described: what to send where. The browser and the gateway each send it in their own way.

use super::json::Object;

/// An HTTP method that the dialects use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Sends.
    Post,
    /// Forgets.
    Delete,
}

impl Method {
    /// Returns the method as it is written in a request line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// How an answer is to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As server-sent events while it is made.
    Stream,
    /// As one JSON document when it is complete.
    Plain,
}

/// One request of a dialect.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path below the dialect's base URL, with a leading slash.
    pub path: String,
    /// The JSON text of the body, for [`Method::Post`].
    pub body: Option<String>,
    /// What kind of answer is asked for.
    pub delivery: Delivery,
}

impl Request {
    /// Describes a request for a JSON document.
    #[must_use]
    pub fn get(path: String) -> Self {
        Self { method: Method::Get, path, body: None, delivery: Delivery::Plain }
    }

    /// Describes a request to forget something.
    #[must_use]
    pub fn delete(path: String) -> Self {
        Self { method: Method::Delete, path, body: None, delivery: Delivery::Plain }
    }

    /// Describes a request that sends a JSON document.
    #[must_use]
    pub fn post(path: String, body: String, delivery: Delivery) -> Self {
        Self { method: Method::Post, path, body: Some(body), delivery }
    }

    /// Returns the `Accept` header that goes with the delivery.
    #[must_use]
    pub fn accept(&self) -> &'static str {
        match self.delivery {
            // A server that can not stream may still answer in full.
            Delivery::Stream => "text/event-stream, application/json;q=0.9",
            Delivery::Plain => "application/json",
        }
    }
}

/// Who is asking, as the site's owner tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The owner's own identifier.
    pub id: Option<String>,
    /// A name to show.
    pub name: Option<String>,
    /// A mail address.
    pub email: Option<String>,
}

impl User {
    /// Writes the fields that are known; `None` when there are none.
    pub(super) fn write(&self) -> Option<String> {
        let fields = [("id", &self.id), ("name", &self.name), ("email", &self.email)];
        let is_known = fields.iter().any(|(_, value)| value.is_some());
        is_known.then(|| {
            fields.into_iter().fold(Object::new(), |object, (name, value)| object.maybe_text(name, value.as_deref())).finish()
        })
    }
}

/// One message to send, with everything a dialect may want to know about it.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// The assistant's slug or id.
    pub assistant: &'a str,
    /// What the visitor wrote.
    pub text: &'a str,
    /// The session or conversation that it continues.
    pub session_id: &'a str,
    /// Who is asking.
    pub user: &'a User,
    /// Custom data that the owner attaches to the conversation: a JSON object's text.
    pub metadata: Option<&'a str>,
}

/// Escapes one path segment: everything but RFC 3986's unreserved characters is percent-encoded.
pub(super) fn segment(raw: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut escaped = String::with_capacity(raw.len());
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            for nibble in [byte >> 4, byte & 15] {
                escaped.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
            }
        }
    }
    // "." and ".." as a whole segment would climb the path.
    if matches!(escaped.as_str(), "." | "..") { escaped.replace('.', "%2E") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn a_segment_can_not_leave_its_place() {
        for (raw, escaped) in
            [("pricing-advisor", "pricing-advisor"), ("a/b?c#d", "a%2Fb%3Fc%23d"), ("..", "%2E%2E"), ("ü ", "%C3%BC%20")]
        {
            assert_eq!(segment(raw), escaped);
        }
    }
}
