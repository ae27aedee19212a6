//! A request, described: what to send where. The browser and the gateway each send it in their own way.

use super::history::Role;
use super::json::{self, Object, Value, list};
use super::tool::{Tool, ToolAnswer, ToolRound};

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

    /// Describes the gateway's request for the rest of an answer, to be sent with `Last-Event-ID`.
    ///
    /// `None` when the stream's ids are not the gateway's `<message id>:<number>`: such a server can not resume.
    #[must_use]
    pub fn resume(last_event_id: &str) -> Option<Self> {
        let (message_id, number) = last_event_id.rsplit_once(':')?;
        let is_ours = !message_id.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let request = Self::get(["/streams/", &segment(message_id)].concat());
        is_ours.then_some(Self { delivery: Delivery::Stream, ..request })
    }

    /// Describes the request that tells the gateway to make no more of an answer. `None` as for [`Request::resume`].
    #[must_use]
    pub fn abandon(last_event_id: &str) -> Option<Self> {
        Self::resume(last_event_id).map(|request| Self::delete(request.path))
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

/// Something said earlier in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// Who said it.
    pub role: Role,
    /// What.
    pub text: &'a str,
}

/// A file that goes with a message. It was uploaded before: a dialect only names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// One that the API keeps.
    File {
        /// Its id there.
        id: String,
    },
    /// One that can be read on the web.
    Url {
        /// Where.
        url: String,
        /// Its media type, such as `image/png`.
        mime_type: String,
    },
}

/// One message to send, with everything a dialect may want to know about it.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// The assistant's slug or id.
    pub assistant: &'a str,
    /// What the visitor wrote.
    pub text: &'a str,
    /// The session or conversation that it continues; empty when there is none yet.
    pub session_id: &'a str,
    /// Who is asking.
    pub user: &'a User,
    /// Custom data that the owner attaches to the conversation: a JSON object's text.
    pub metadata: Option<&'a str>,
    /// The page's path, told to dialects that document it; empty when there is no page.
    pub page: &'a str,
    /// What was said before, oldest first, for dialects whose server remembers nothing.
    pub earlier: &'a [Said<'a>],
    /// Files that go with the message.
    pub attachments: &'a [Attachment],
    /// Tools that the page offers.
    pub tools: &'a [Tool],
    /// Calls of the answer so far that the page has answered, oldest first. With any, this turn goes on with that answer.
    pub tool_rounds: &'a [ToolRound],
}

impl<'a> Turn<'a> {
    /// Makes a turn with nothing but a text.
    #[must_use]
    pub fn new(assistant: &'a str, text: &'a str, session_id: &'a str, user: &'a User) -> Self {
        Self {
            assistant,
            text,
            session_id,
            user,
            metadata: None,
            page: "",
            earlier: &[],
            attachments: &[],
            tools: &[],
            tool_rounds: &[],
        }
    }

    /// Returns the calls that were answered last: a server that remembers knows the others.
    pub(super) fn new_tool_answers(&self) -> &'a [ToolAnswer] {
        self.tool_rounds.last().map(|round| round.answers.as_slice()).unwrap_or_default()
    }

    /// Returns the text, with the addresses of attachments below it: for dialects that have no other place for them.
    pub(super) fn text_with_addresses(&self) -> String {
        let mut text = self.text.to_owned();
        for attachment in self.attachments {
            if let Attachment::Url { url, .. } = attachment {
                text.push_str("\n\n");
                text.push_str(url);
            }
        }
        text
    }

    /// Returns the owner's metadata with `source` and `page` filled in, and `further` fields that the dialect wants there.
    pub(super) fn full_metadata(&self, further: &[(&str, &str)]) -> Option<String> {
        let given = json::parse(self.metadata.unwrap_or_default()).unwrap_or_default();
        let mut fields = if let Value::Object(fields) = given { fields } else { Vec::new() };
        let source = if self.page.is_empty() { "" } else { "website" };
        for (name, value) in [("source", source), ("page", self.page)].iter().chain(further) {
            // What the owner says goes before what is only assumed.
            if !value.is_empty() && !fields.iter().any(|(known, _)| known == name) {
                fields.push(((*name).to_owned(), Value::Text((*value).to_owned())));
            }
        }
        (!fields.is_empty()).then(|| Value::Object(fields).to_json())
    }
}

/// What a request may hold of earlier messages: half of the smallest context window in use, so that the answer has room too.
pub const WINDOW_TOKENS: usize = 4_000;

/// Returns the newest messages that fit, beginning with one of the visitor's.
///
/// Tokens are estimated at four bytes each, which is about right for English and too many for most other scripts.
///
/// ```
/// use assisters_chat::protocol::{Role, Said, window};
///
/// let said = [("one", Role::User), ("two", Role::Assistant), ("three", Role::User), ("four", Role::Assistant)];
/// let said = said.map(|(text, role)| Said { role, text });
/// assert_eq!(window(&said, 1_000).len(), 4);
/// assert_eq!(window(&said, 4), &said[2..]);
/// ```
#[must_use]
pub fn window<'a>(earlier: &'a [Said<'a>], limit_tokens: usize) -> &'a [Said<'a>] {
    let mut left = limit_tokens;
    let mut begin = earlier.len();
    for (idx, said) in earlier.iter().enumerate().rev() {
        let Some(rest) = left.checked_sub(said.text.len().div_ceil(4)) else { break };
        left = rest;
        if said.role == Role::User {
            begin = idx;
        }
    }
    earlier.get(begin..).unwrap_or_default()
}

/// Writes the attachments that a dialect can name, each by `write`.
pub(super) fn write_attachments(turn: &Turn<'_>, write: fn(&Attachment) -> Option<String>) -> Option<String> {
    let mut written = turn.attachments.iter().filter_map(write).peekable();
    written.peek().is_some().then_some(())?;
    Some(list(written))
}

/// Escapes one path segment: everything but RFC 3986's unreserved characters is percent-encoded.
#[must_use]
pub fn segment(raw: &str) -> String {
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
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn a_segment_can_not_leave_its_place() {
        for (raw, escaped) in
            [("pricing-advisor", "pricing-advisor"), ("a/b?c#d", "a%2Fb%3Fc%23d"), ("..", "%2E%2E"), ("ü ", "%C3%BC%20")]
        {
            assert_eq!(segment(raw), escaped);
        }
    }

    #[test]
    fn a_window_is_bounded_and_begins_with_the_visitor() {
        let (ask, tell) = (Role::User, Role::Assistant);
        let long = "x".repeat(400);
        // Roles and texts, the limit, and how many are kept.
        for (said, limit, n_kept) in [
            (vec![], 100, 0),
            (vec![(ask, "hi")], 100, 1),
            (vec![(ask, "hi")], 0, 0),
            (vec![(tell, "welcome"), (ask, "hi"), (tell, "hello")], 100, 2),
            (vec![(tell, "welcome")], 100, 0),
            (vec![(ask, long.as_str()), (tell, "yes"), (ask, "and?"), (tell, "no")], 99, 2),
            (vec![(ask, long.as_str()), (tell, "yes"), (ask, "and?"), (tell, "no")], 103, 4),
            (vec![(ask, "a"), (tell, long.as_str())], 99, 0),
            (vec![(ask, "ąąąą"), (tell, "b")], 2, 0),
            (vec![(ask, "ąąąą"), (tell, "b")], 3, 2),
        ] {
            let said: Vec<Said<'_>> = said.into_iter().map(|(role, text)| Said { role, text }).collect();
            assert_eq!(window(&said, limit), &said[said.len() - n_kept..], "{limit} of {said:?}");
        }
    }

    #[test]
    fn metadata_is_filled_in_and_never_overwritten() {
        let user = User::default();
        let written = |metadata, page, further: &[(&str, &str)]| {
            Turn { metadata, page, ..Turn::new("a", "", "", &user) }.full_metadata(further)
        };
        assert_eq!(written(None, "", &[]), None);
        assert_eq!(written(None, "/pricing", &[]).unwrap(), r#"{"source":"website","page":"/pricing"}"#);
        assert_eq!(written(Some(r#"{"plan":"pro"}"#), "", &[("user_id", "u1")]).unwrap(), r#"{"plan":"pro","user_id":"u1"}"#);
        assert_eq!(written(Some(r#"{"page":"/mine"}"#), "/b", &[]).unwrap(), r#"{"page":"/mine","source":"website"}"#);
        assert_eq!(written(Some("nonsense"), "", &[("user_id", "")]), None);
    }

    #[test]
    fn only_the_gateway_s_ids_can_be_resumed_after() {
        assert_eq!(Request::resume("msg_1:12").unwrap().path, "/streams/msg_1");
        for id in ["", "12", "msg_1", "msg_1:", ":3", "msg_1:x", "msg_1:1 2"] {
            assert_eq!(Request::resume(id), None, "{id:?}");
        }
    }
}
