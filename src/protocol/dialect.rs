//! Which of the API family's dialects is spoken, and what each does for a conversation.

use std::fmt;
use std::str::FromStr;

use super::answer::{Progress, Whole, Written};
use super::error::ApiError;
use super::event::Event;
use super::history::{AssistantCard, HistoryMessage};
use super::json::{Object, Value};
use super::request::{Attachment, Delivery, Request, Turn, segment};
use super::sse::Frame;
use super::{chat, conversations, execute, history, informer, json, openai, threads};

/// A dialect of the Assisters API family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `POST /chat` and `/chat/stream` (`seeds/chat-api.txt`).
    #[default]
    Chat,
    /// `POST /conversations`, then its messages (`seeds/conversations-api.txt`).
    Conversations,
    /// `POST /threads`, a message, then a GET that streams (`seeds/threads-api.txt`).
    Threads,
    /// `POST /assistants/{id}/execute`, never streamed (`seeds/execute-api.txt`).
    Execute,
    /// `POST /chats/{id}` with the transcript, always streamed (`seeds/informer-api.txt`).
    Informer,
    /// `POST /chat/completions` with the transcript.
    OpenAi,
}

impl Dialect {
    /// Every dialect, in the order an error message lists them.
    pub const ALL: [Self; 6] = [Self::Chat, Self::Conversations, Self::Threads, Self::Execute, Self::Informer, Self::OpenAi];

    /// Returns the dialect's name in options and flags.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Conversations => "conversations",
            Self::Threads => "threads",
            Self::Execute => "execute",
            Self::Informer => "informer",
            Self::OpenAi => "openai",
        }
    }

    /// Whether the server names a conversation. Where it does not, the client makes an id and sends it from the first message on.
    ///
    /// Most such servers are asked to with [`Dialect::begin`]; `execute` names the session in its first answer
    /// ([`super::Finish::session_id`]), before which [`Turn::session_id`] is empty.
    #[must_use]
    pub fn names_sessions(self) -> bool {
        matches!(self, Self::Conversations | Self::Threads | Self::Execute)
    }

    /// Whether a page can offer tools and answer their calls. The documents of the others have no word for it.
    #[must_use]
    pub fn has_tools(self) -> bool {
        matches!(self, Self::Threads | Self::Execute | Self::Informer | Self::OpenAi)
    }

    /// Whether an answer can come piece by piece.
    #[must_use]
    pub fn streams(self) -> bool {
        self != Self::Execute
    }

    /// Whether the server remembers nothing, so that [`Turn::earlier`] is sent along.
    #[must_use]
    pub fn sends_transcript(self) -> bool {
        matches!(self, Self::Informer | Self::OpenAi)
    }

    /// Whether a request has a place for a file. An address can be written below the text at the least; an id is understood only by those
    /// who keep files themselves.
    #[must_use]
    pub fn takes(self, attachment: &Attachment) -> bool {
        matches!(attachment, Attachment::Url { .. }) || matches!(self, Self::Threads | Self::OpenAi)
    }

    /// Describes the request that begins a conversation, where there is one.
    #[must_use]
    pub fn begin(self, turn: &Turn<'_>) -> Option<Request> {
        match self {
            Self::Conversations => Some(conversations::begin(turn)),
            Self::Threads => Some(threads::begin(turn)),
            Self::Chat | Self::Execute | Self::Informer | Self::OpenAi => None,
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
            Self::Threads => threads::send(turn, delivery),
            Self::Execute => execute::send(turn),
            Self::Informer => informer::send(turn, delivery),
            Self::OpenAi => openai::send(turn, delivery),
        }
    }

    /// Describes the second request of a streamed turn, where [`Dialect::send`] only posts the message: the answer comes here.
    ///
    /// It is sent once the first has succeeded with a document that [`Dialect::is_answer`] denies; after that, only this one is
    /// ever tried again.
    #[must_use]
    pub fn listen(self, session_id: &str) -> Option<Request> {
        match self {
            Self::Threads => Some(threads::listen(session_id)),
            Self::Chat | Self::Conversations | Self::Execute | Self::Informer | Self::OpenAi => None,
        }
    }

    /// Whether a JSON document is the answer, and not only the receipt for a message whose answer is to be listened for.
    #[must_use]
    pub fn is_answer(self, body: &str) -> bool {
        match self {
            Self::Threads => json::parse(body).is_ok_and(|value| threads::is_answer(&value)),
            Self::Chat | Self::Conversations | Self::Execute | Self::Informer | Self::OpenAi => true,
        }
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
            Self::Threads => threads::decode_answer(&value, on_event),
            Self::Execute => execute::decode_answer(&value, on_event),
            Self::Informer => informer::decode_answer(&value, on_event),
            Self::OpenAi => openai::decode_answer(&value, on_event),
        }
    }

    /// Describes the request for an earlier conversation, where the server keeps them.
    #[must_use]
    pub fn history(self, session_id: &str) -> Option<Request> {
        match self {
            Self::Threads => self.session_path(session_id).map(|path| Request::get(path + "/messages")),
            _ => self.session_path(session_id).map(Request::get),
        }
    }

    /// Decodes the answer to [`Dialect::history`].
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] when the body is no JSON object.
    pub fn decode_history(self, body: &str) -> Result<Vec<HistoryMessage>, ApiError> {
        Ok(history::decode(&ApiError::parse_json(body)?))
    }

    /// Describes the request that makes the server forget a conversation, where it keeps them.
    #[must_use]
    pub fn forget(self, session_id: &str) -> Option<Request> {
        self.session_path(session_id).map(Request::delete)
    }

    /// Describes the request that tells the server what the visitor thinks of an answer; `null` takes it back. The documents have the event of it
    /// (`feedback.submitted`) and no route: this is the gateway's, and a server that has none says so.
    #[must_use]
    pub fn feedback(self, session_id: &str, message_id: &str, rating_json: &str) -> Option<Request> {
        let path = [&self.session_path(session_id)?, "/messages/", &segment(message_id), "/feedback"].concat();
        Some(Request::post(path, Object::new().raw("rating", rating_json).finish(), Delivery::Plain))
    }

    /// Describes the request for an assistant's card.
    #[must_use]
    pub fn card(self, assistant: &str) -> Request {
        Request::get([self.assistants_path(), "/", &segment(assistant)].concat())
    }

    /// Decodes the answer to [`Dialect::card`].
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] when the body is no JSON.
    pub fn decode_card(self, body: &str) -> Result<AssistantCard, ApiError> {
        Ok(AssistantCard::decode(&ApiError::parse_json(body)?))
    }

    /// Describes the request for the assistants there are, so many as one answer may hold.
    #[must_use]
    pub fn cards(self) -> Request {
        Request::get([self.assistants_path(), "?limit=100"].concat())
    }

    /// Decodes the answer to [`Dialect::cards`].
    ///
    /// # Errors
    /// [`super::ErrorKind::Malformed`] when the body is no JSON.
    pub fn decode_cards(self, body: &str) -> Result<Vec<AssistantCard>, ApiError> {
        Ok(AssistantCard::decode_list(&ApiError::parse_json(body)?))
    }

    /// Returns the text of a complete answer as this dialect's JSON document.
    #[must_use]
    pub fn encode_answer(self, whole: &Whole) -> String {
        match self {
            Self::Chat => chat::encode_answer(whole),
            Self::Conversations => conversations::encode_answer(whole),
            Self::Threads => threads::encode_answer(whole),
            Self::Execute => execute::encode_answer(whole),
            Self::Informer => informer::encode_answer(whole),
            Self::OpenAi => openai::encode_answer(whole),
        }
    }

    /// Decodes one JSON document of a stream.
    pub(super) fn decode_document(self, value: &Value, progress: &mut Progress, on_event: &mut dyn FnMut(Event)) {
        match self {
            Self::Chat => chat::decode_document(value, progress, on_event),
            Self::Conversations => conversations::decode_document(value, progress, on_event),
            Self::Threads => threads::decode_document(value, progress, on_event),
            Self::Execute => execute::decode_document(value, progress, on_event),
            Self::Informer => informer::decode_document(value, progress, on_event),
            Self::OpenAi => openai::decode_document(value, progress, on_event),
        }
    }

    /// Writes the frames that say `event`.
    pub(super) fn encode_event(self, event: &Event, written: &mut Written, on_frame: &mut dyn FnMut(Frame)) {
        match self {
            Self::Chat => chat::encode(event, written, on_frame),
            Self::Conversations => conversations::encode(event, written, on_frame),
            Self::Threads => threads::encode(event, written, on_frame),
            // Has no frames: it answers in one document.
            Self::Execute => {}
            Self::Informer => informer::encode(event, written, on_frame),
            Self::OpenAi => openai::encode(event, written, on_frame),
        }
    }

    /// Whether the end of the stream is the end of an answer, as no frame says so, or not surely.
    pub(super) fn ends_with_the_stream(self) -> bool {
        matches!(self, Self::Threads | Self::OpenAi)
    }

    /// Whether `[DONE]` is the end of an answer.
    pub(super) fn ends_with_done(self) -> bool {
        matches!(self, Self::Threads | Self::Informer | Self::OpenAi)
    }

    fn assistants_path(self) -> &'static str {
        match self {
            Self::Threads => "/assisters",
            Self::Chat | Self::Conversations | Self::Execute | Self::Informer | Self::OpenAi => "/assistants",
        }
    }

    fn session_path(self, session_id: &str) -> Option<String> {
        let folder = match self {
            Self::Chat | Self::Execute => "/sessions/",
            Self::Conversations => "/conversations/",
            Self::Threads => "/threads/",
            Self::Informer => "/chats/",
            // Nothing is kept.
            Self::OpenAi => return None,
        };
        Some([folder, &segment(session_id)].concat())
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
