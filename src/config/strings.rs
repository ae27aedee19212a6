//! Everything the widget says, in one table: a phrase, its key in the `strings` option, and the English words.

use super::reader::Reader;
use crate::protocol::ErrorKind;

macro_rules! phrases {
    ($($(#[$doc:meta])* $variant:ident, $key:literal, $english:literal;)+) => {
        /// One thing that the widget says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Phrase { $($(#[$doc])* $variant),+ }

        impl Phrase {
            /// Every phrase.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the phrase's key in the `strings` option.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// Returns the English words.
            #[must_use]
            pub fn english(self) -> &'static str {
                match self { $(Self::$variant => $english),+ }
            }
        }
    };
}

phrases! {
    /// The launcher, closed.
    OpenChat, "openChat", "Open chat";
    /// The launcher and the header's button, open.
    CloseChat, "closeChat", "Close chat";
    /// The header's button that begins a new conversation.
    StartOver, "startOver", "Start over";
    /// The title when neither the owner nor the server gives one.
    Title, "title", "Chat";
    /// The line below the title.
    AiAssistant, "aiAssistant", "AI assistant";
    /// The first words of an empty conversation.
    Greeting, "greeting", "Hi! How can I help you today?";
    /// The input's placeholder.
    Placeholder, "placeholder", "Type a message...";
    /// The input's label.
    MessageLabel, "messageLabel", "Your message";
    /// The transcript's label.
    Messages, "messages", "Messages";
    /// The send button.
    Send, "send", "Send message";
    /// The stop button.
    Stop, "stop", "Stop answering";
    /// The retry button.
    Retry, "retry", "Try again";
    /// The label of the list of sources.
    Sources, "sources", "Sources";
    /// The awaited answer.
    Typing, "typing", "Writing an answer";
    /// While the model thinks.
    Thinking, "thinking", "Thinking…";
    /// Above what the model thought, when it is not known for how long.
    Reasoning, "reasoning", "Reasoning";
    /// Above what the model thought; `{seconds}` is replaced.
    ThoughtFor, "thoughtFor", "Thought for {seconds} s";
    /// Said of a tool's call.
    ToolRunning, "toolRunning", "running";
    /// Said of a tool's call.
    ToolFailed, "toolFailed", "failed";
    /// Above what a tool was called with.
    ToolInput, "toolInput", "Input";
    /// Above what came of a call.
    ToolResult, "toolResult", "Result";
    /// Asks the visitor before a tool runs.
    ToolConfirm, "toolConfirm", "The assistant wants to do this. Allow it?";
    /// Lets a tool run.
    Allow, "allow", "Allow";
    /// Does not.
    Deny, "deny", "Don’t allow";
    /// Below an answer that the visitor stopped.
    Stopped, "stopped", "You stopped this answer.";
    /// The button that scrolls to the newest message.
    JumpToLatest, "jumpToLatest", "Jump to latest";
    /// Beside that button; `{count}` is replaced.
    NewMessages, "newMessages", "{count} new";
    /// Copies a message.
    Copy, "copy", "Copy";
    /// Copies a block of code.
    CopyCode, "copyCode", "Copy code";
    /// For a moment after copying.
    Copied, "copied", "Copied";
    /// Feedback: the answer helped.
    GoodAnswer, "goodAnswer", "Good answer";
    /// Feedback: the answer did not help.
    BadAnswer, "badAnswer", "Bad answer";
    /// Asks for the last answer once more.
    Regenerate, "regenerate", "Answer again";
    /// Changes the last question.
    Edit, "edit", "Edit";
    /// Gives up changing it.
    Cancel, "cancel", "Cancel";
    /// Above the messages of today.
    Today, "today", "Today";
    /// Above the messages of yesterday.
    Yesterday, "yesterday", "Yesterday";
    /// The label of a table that scrolls.
    Table, "table", "Table";
    /// An image that may not be loaded and says nothing of itself.
    Image, "image", "Image";
    /// Before the maker's name.
    PoweredBy, "poweredBy", "Powered by";
    /// While waiting to send again; `{seconds}` is replaced.
    RetryingIn, "retryingIn", "No answer yet. Trying again in {seconds} s…";
    /// While nothing comes, and nothing has broken.
    StillWorking, "stillWorking", "Still working on the answer…";
    /// No connection.
    OfflineError, "offlineError", "You seem to be offline. Your message is kept; try again when you are back.";
    /// The connection broke.
    NetworkError, "networkError", "The connection was lost. What you wrote is kept.";
    /// No answer in time.
    TimeoutError, "timeoutError", "The answer is taking too long.";
    /// Too many requests.
    RateLimitedError, "rateLimitedError", "There are too many messages right now. Please wait a moment.";
    /// The account can not pay.
    PaymentError, "paymentError", "This assistant is not available right now. Please contact us another way.";
    /// Wrong key, origin or assistant: for the owner to mend.
    SetupError, "setupError", "This chat is not set up correctly. Please contact us another way.";
    /// The message was refused.
    RefusedError, "refusedError", "This message could not be accepted. Please put it another way.";
    /// The server failed.
    ServerError, "serverError", "Something went wrong on our side.";
}

/// How the keys of what the shell says begin.
const OF_SHELL: [&str; 11] =
    ["attach", "away", "crashed", "dismiss", "expand", "form", "offline", "resize", "restart", "shrink", "voice"];

impl Phrase {
    fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|phrase| phrase.key() == key)
    }

    /// Returns the sentence for a visitor that goes with a failure.
    #[must_use]
    pub fn of_error(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::NotFound => Self::SetupError,
            ErrorKind::Payment => Self::PaymentError,
            ErrorKind::RateLimited => Self::RateLimitedError,
            ErrorKind::InvalidRequest => Self::RefusedError,
            ErrorKind::Server | ErrorKind::Malformed => Self::ServerError,
            ErrorKind::Network => Self::NetworkError,
            ErrorKind::Timeout => Self::TimeoutError,
        }
    }
}

/// The phrases as this widget says them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strings {
    overrides: Vec<(Phrase, String)>,
}

impl Strings {
    /// Reads the owner's `strings`, which are checked, and the `words` of the language, which the shell brings: every phrase, its own among them.
    pub(super) fn resolve(strings: &Reader<'_>, words: &Reader<'_>) -> Self {
        let mut overrides = Vec::new();
        for (key, value) in strings.fields() {
            match (Phrase::of_key(key), value.as_str()) {
                (Some(phrase), Some(text)) => overrides.push((phrase, text.to_owned())),
                // What the shell says by itself is in its own tables, such as www/attachments/words.js.
                (None, Some(_)) if OF_SHELL.iter().any(|start| key.starts_with(start)) => {}
                (None, _) | (_, None) => {
                    let keys: Vec<_> = Phrase::ALL.iter().map(|phrase| phrase.key()).collect();
                    strings
                        .refuse::<()>("strings", &["texts under these keys: ", &keys.join(", "), "; not \"", key, "\""].concat());
                }
            }
        }
        for (key, value) in words.fields() {
            if let (Some(phrase), Some(text)) = (Phrase::of_key(key), value.as_str()) {
                overrides.push((phrase, text.to_owned()));
            }
        }
        Self { overrides }
    }

    /// Returns the words for a phrase.
    #[must_use]
    pub fn get(&self, phrase: Phrase) -> &str {
        self.overrides.iter().find(|(known, _)| *known == phrase).map_or_else(|| phrase.english(), |(_, text)| text)
    }
}
