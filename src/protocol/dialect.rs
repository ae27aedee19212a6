//! Which of the API family's dialects is spoken, and what each does for a conversation.

use std::fmt;
use std::str::FromStr;

use super::error::ApiError;
use super::event::Event;
use super::history::{AssistantCard, HistoryMessage};
use super::request::{Delivery, Request, Turn, segment};
use super::sse::Frame;
use super::{chat, conversations, history, json};

/// A dialect of the Assisters API family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// `POST /chat` and `/chat/stream` (`seeds/chat-api.txt`).
    #[default]
    Chat,
    /// `POST /conversations`, then its messages (`seeds/conversations-api.txt`).
    Conversations,
}

impl Dialect {
    /// Every dialect, in the order an error message lists them.
    pub const ALL: [Self; 2] = [Self::Chat, Self::Conversations];

    /// Returns the dialect's name in options and flags.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Conversations => "conversations",
        }
    }

    /// Describes the request that begins a conversation, where the server names it.
    #[must_use]
    pub fn begin(self, turn: &Turn<'_>) -> Option<Request> {
        match self {
            Self::Chat => None,
            Self::Conversations => Some(conversations::begin(turn)),
        }
    }

    /// Decodes the answer to [`Dialect::begin`]: the id of the conversation.
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] when the answer is no JSON object with an `id`.
    pub fn decode_begun(self, body: &str) -> Result<String, ApiError> {
        json::text(&ApiError::parse_json(body)?, "id").ok_or_else(|| ApiError::malformed("the new conversation has no id"))
    }

    /// Describes the request that sends one message.
    #[must_use]
    pub fn send(self, turn: &Turn<'_>, delivery: Delivery) -> Request {
        match self {
            Self::Chat => chat::send(turn, delivery),
            Self::Conversations => conversations::send(turn, delivery),
        }
    }

    /// Decodes one server-sent event of an answer and hands its events to `on_event`.
    ///
    /// An unknown frame yields nothing.
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] for a frame that is no JSON object: to be reported, never to end the answer by itself.
    pub fn decode_frame(self, frame: &Frame, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
        let decode = match self {
            Self::Chat => chat::decode_frame,
            Self::Conversations => conversations::decode_frame,
        };
        if frame.data.trim() == "[DONE]" {
            return Ok(());
        }
        if let Ok(value) = ApiError::parse_json(&frame.data) {
            decode(&value, on_event);
            return Ok(());
        }
        // The documents print frames with no blank line between them; a server that copies that sends several in one.
        for line in frame.data.lines().filter(|line| !line.trim().is_empty()) {
            decode(&ApiError::parse_json(line)?, on_event);
        }
        Ok(())
    }

    /// Decodes a plain JSON answer and hands its events to `on_event`.
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] when the body is no JSON object with an answer in it.
    pub fn decode_answer(self, body: &str, on_event: &mut dyn FnMut(Event)) -> Result<(), ApiError> {
        let value = ApiError::parse_json(body)?;
        if let Some(error) = ApiError::in_body(&value) {
            on_event(Event::Failed(error));
            return Ok(());
        }
        match self {
            Self::Chat => chat::decode_answer(&value, on_event),
            Self::Conversations => conversations::decode_answer(&value, on_event),
        }
    }

    /// Describes the request for an earlier conversation.
    #[must_use]
    pub fn history(self, session_id: &str) -> Request {
        Request::get(self.session_path(session_id))
    }

    /// Decodes the answer to [`Dialect::history`].
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] when the body is no JSON object.
    pub fn decode_history(self, body: &str) -> Result<Vec<HistoryMessage>, ApiError> {
        Ok(history::decode(&ApiError::parse_json(body)?))
    }

    /// Describes the request that makes the server forget a conversation.
    #[must_use]
    pub fn forget(self, session_id: &str) -> Request {
        Request::delete(self.session_path(session_id))
    }

    /// Describes the request for an assistant's card.
    #[must_use]
    pub fn card(self, assistant: &str) -> Request {
        Request::get(["/assistants/", &segment(assistant)].concat())
    }

    /// Decodes the answer to [`Dialect::card`].
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] when the body is no JSON.
    pub fn decode_card(self, body: &str) -> Result<AssistantCard, ApiError> {
        Ok(AssistantCard::decode(&ApiError::parse_json(body)?))
    }

    /// Returns the body of a frame that says `event`, or `None` when this dialect has no word for it.
    ///
    /// Sources travel with the end frame, so the caller collects them and passes them along.
    #[must_use]
    pub fn encode_frame(self, event: &Event, sources: &[super::Source]) -> Option<Frame> {
        match self {
            Self::Chat => chat::encode_frame(event, sources),
            Self::Conversations => conversations::encode_frame(event, sources),
        }
    }

    /// Returns the text of a complete answer as this dialect's JSON document.
    #[must_use]
    pub fn encode_answer(self, text: &str, sources: &[super::Source], finish: &super::Finish) -> String {
        match self {
            Self::Chat => chat::encode_answer(text, sources, finish),
            Self::Conversations => conversations::encode_answer(text, sources, finish),
        }
    }

    fn session_path(self, session_id: &str) -> String {
        let folder = match self {
            Self::Chat => "/sessions/",
            Self::Conversations => "/conversations/",
        };
        [folder, &segment(session_id)].concat()
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A name that is no dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", String::from(self.clone()))]
pub struct UnknownDialect(pub String);

impl From<UnknownDialect> for String {
    fn from(error: UnknownDialect) -> Self {
        let names = Dialect::ALL.map(Dialect::as_str).join(", ");
        ["unknown dialect \"", &error.0, "\"; expected one of: ", &names].concat()
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == name).ok_or_else(|| UnknownDialect(name.to_owned()))
    }
}
