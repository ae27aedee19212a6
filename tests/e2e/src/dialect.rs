//! The dialects as the documents under `seeds/` describe them: written again by hand, so that the product's encoder is not its own judge.

use serde_json::{Value, json};

use crate::record::Recorded;

/// A dialect of the API family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `POST /chat/stream`.
    Chat,
    /// `POST /conversations`, then `POST /conversations/{id}/messages/stream`.
    Conversations,
    /// `POST /threads`, `POST /threads/{id}/messages`, then `GET /threads/{id}/messages/stream`.
    Threads,
    /// `POST /assistants/{id}/execute`, which is never streamed.
    Execute,
    /// `POST /chats/{id}`, which is always streamed.
    Informer,
    /// `POST /chat/completions`.
    OpenAi,
}

/// The conversation, thread or session that the fault server begins.
pub const CONVERSATION_ID: &str = "conv_e2e";

impl Dialect {
    /// Every dialect that the suite runs in.
    pub const ALL: [Self; 6] = [Self::Chat, Self::Conversations, Self::Threads, Self::Execute, Self::Informer, Self::OpenAi];

    /// Those that stream.
    pub const STREAMING: [Self; 5] = [Self::Chat, Self::Conversations, Self::Threads, Self::Informer, Self::OpenAi];

    /// Those whose server can be asked for an earlier conversation.
    pub const WITH_HISTORY: [Self; 5] = [Self::Chat, Self::Conversations, Self::Threads, Self::Execute, Self::Informer];

    /// Returns the value of the option `dialect`.
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

    /// Returns the frame with a piece of text.
    ///
    /// # Panics
    /// For `execute`, which has no frames.
    #[must_use]
    pub fn delta(self, text: &str) -> String {
        self.frame(&match self {
            Self::Chat => json!({"type": "chunk", "content": text}),
            Self::Conversations => json!({"type": "delta", "content": text}),
            Self::Threads => json!({"id": "msg_e2e", "role": "assistant", "content": text, "delta": true}),
            Self::Execute => no_frames(),
            Self::Informer => json!({"type": "text-delta", "id": "text_e2e", "delta": text}),
            Self::OpenAi => json!({
                "id": "msg_e2e", "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}],
            }),
        })
    }

    /// Returns the frames that end an answer, with its sources as `(title, url)`.
    ///
    /// # Panics
    /// For `execute`, which has no frames.
    #[must_use]
    pub fn end(self, sources: &[(&str, &str)]) -> String {
        let listed: Vec<_> = sources.iter().map(|(title, url)| json!({"title": title, "url": url, "relevance": 0.9})).collect();
        let usage = json!({"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150});
        match self {
            Self::Chat => self.frame(&json!({"type": "done", "id": "msg_e2e", "tokens": {"total": 150}, "sources": listed})),
            Self::Conversations => self.frame(&json!({"type": "end", "usage": usage, "sources": listed})),
            Self::Threads => self.frame(&json!({
                "id": "msg_e2e", "role": "assistant", "content": "", "delta": false, "usage": usage, "sources": listed,
            })),
            Self::Execute => no_frames(),
            Self::Informer => {
                let mut frames = self.frame(&json!({"type": "text-end", "id": "text_e2e"}));
                for (title, url) in sources {
                    frames += &self.frame(&json!({"type": "source-url", "sourceId": url, "url": url, "title": title}));
                }
                let usage = json!({"inputTokens": 100, "outputTokens": 50, "totalTokens": 150});
                frames += &self.frame(&json!({"type": "finish-step", "usage": usage, "finishReason": "stop"}));
                frames += &self.frame(&json!({"type": "finish"}));
                frames + "data: [DONE]\n\n"
            }
            Self::OpenAi => {
                let choice = json!({"index": 0, "delta": {}, "finish_reason": "stop"});
                let last = json!({"id": "msg_e2e", "choices": [choice], "usage": usage, "sources": listed});
                self.frame(&last) + "data: [DONE]\n\n"
            }
        }
    }

    /// Returns what a stream begins with.
    #[must_use]
    pub fn start(self) -> String {
        match self {
            Self::Chat | Self::Threads | Self::Execute => String::new(),
            Self::Conversations => self.frame(&json!({"type": "start", "message_id": "msg_e2e"})),
            Self::Informer => [
                self.frame(&json!({"type": "start", "messageId": "msg_e2e"})),
                self.frame(&json!({"type": "text-start", "id": "text_e2e"})),
            ]
            .concat(),
            Self::OpenAi => self.frame(&json!({
                "id": "msg_e2e", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}],
            })),
        }
    }

    /// Returns a complete answer that is not streamed.
    #[must_use]
    pub fn plain(self, text: &str, sources: &[(&str, &str)]) -> Value {
        let listed: Vec<_> = sources.iter().map(|(title, url)| json!({"title": title, "url": url, "relevance": 0.9})).collect();
        let usage = json!({"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150});
        match self {
            Self::Chat => json!({
                "id": "msg_e2e", "response": text, "session_id": "sess_e2e", "tokens": {"input": 100, "output": 50, "total": 150},
                "cost": 0.001, "created_at": "2026-01-28T14:30:00Z", "sources": listed,
            }),
            Self::Conversations | Self::Threads => {
                json!({"id": "msg_e2e", "role": "assistant", "content": text, "sources": listed, "usage": usage})
            }
            Self::Execute => json!({
                "response": text, "sessionId": CONVERSATION_ID, "toolCalls": [], "sources": listed,
                "usage": {"inputTokens": 100, "outputTokens": 50, "totalTokens": 150},
            }),
            Self::Informer => {
                let mut parts = vec![json!({"type": "text", "text": text})];
                parts.extend(sources.iter().map(|(title, url)| json!({"type": "source-url", "url": url, "title": title})));
                json!({"id": "msg_e2e", "role": "assistant", "parts": parts})
            }
            Self::OpenAi => json!({
                "id": "msg_e2e", "usage": usage, "sources": listed,
                "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            }),
        }
    }

    /// Returns a frame around a JSON document, as the dialect's document prints it.
    #[must_use]
    pub fn frame(self, body: &Value) -> String {
        match self {
            Self::Chat => format!("event: message\ndata: {body}\n\n"),
            Self::Conversations | Self::Threads | Self::Execute | Self::Informer | Self::OpenAi => format!("data: {body}\n\n"),
        }
    }

    /// Returns the folder of earlier conversations, with a slash on both sides. `openai` keeps none.
    #[must_use]
    pub fn history_folder(self) -> &'static str {
        match self {
            Self::Chat | Self::Execute => "/v1/sessions/",
            Self::Conversations => "/v1/conversations/",
            Self::Threads => "/v1/threads/",
            Self::Informer => "/v1/chats/",
            Self::OpenAi => "/v1/nothing-is-kept/",
        }
    }

    /// Returns the path of an earlier conversation.
    #[must_use]
    pub fn history_path(self, id: &str) -> String {
        let suffix = if self == Self::Threads { "/messages" } else { "" };
        format!("{}{id}{suffix}", self.history_folder())
    }

    /// Whether the server can be asked for an earlier conversation.
    #[must_use]
    pub fn keeps_history(self) -> bool {
        Self::WITH_HISTORY.contains(&self)
    }

    /// Returns the path of the request that begins a conversation, where there is one.
    #[must_use]
    pub fn begin_path(self) -> Option<&'static str> {
        match self {
            Self::Conversations => Some("/v1/conversations"),
            Self::Threads => Some("/v1/threads"),
            Self::Chat | Self::Execute | Self::Informer | Self::OpenAi => None,
        }
    }

    /// Whether the server names the conversation, so that it can forget it too.
    #[must_use]
    pub fn names_conversations(self) -> bool {
        matches!(self, Self::Conversations | Self::Threads | Self::Execute)
    }

    /// Returns the address in a request that says which conversation it belongs to: in the body, else the path.
    #[must_use]
    pub fn conversation_of(self, request: &Recorded) -> Value {
        match self {
            Self::Chat => request.json()["session_id"].clone(),
            Self::Execute => request.json()["sessionId"].clone(),
            Self::Conversations | Self::Threads | Self::Informer | Self::OpenAi => json!(request.path),
        }
    }

    /// Whether a request that sends a message asks for a stream.
    #[must_use]
    pub fn asks_for_stream(self, request: &Recorded) -> bool {
        match self {
            Self::Chat | Self::Conversations => request.path.ends_with("/stream"),
            Self::Threads => request.method == "GET",
            Self::OpenAi => request.json()["stream"] == true,
            Self::Execute | Self::Informer => request.header("accept").is_some_and(|accept| accept.contains("text/event-stream")),
        }
    }

    /// Returns what the visitor wrote, in a request that sends a message.
    #[must_use]
    pub fn text_of(self, request: &Recorded) -> String {
        let body = request.json();
        let newest = body.get("messages").and_then(Value::as_array).and_then(|messages| messages.last());
        let text = match self {
            Self::Chat => body.get("message"),
            Self::Conversations | Self::Threads => body.get("content"),
            Self::Execute => body.get("userInput"),
            Self::Informer => newest.and_then(|message| message.pointer("/parts/0/text")),
            Self::OpenAi => newest.and_then(|message| message.get("content")),
        };
        text.and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

fn no_frames() -> ! {
    panic!("the dialect `execute` has no frames: use `Dialect::STREAMING`")
}

/// Returns the dialect of a request that an answer is the answer to, and `None` for any other request.
///
/// In `threads` that is the GET for the stream, or a message that is posted by a client that takes no stream.
#[must_use]
pub fn of_message(request: &Recorded) -> Option<Dialect> {
    let takes_stream = request.header("accept").is_some_and(|accept| accept.contains("text/event-stream"));
    match (request.method.as_str(), segments(&request.path).as_slice()) {
        ("POST", ["v1", "chat"] | ["v1", "chat", "stream"]) => Some(Dialect::Chat),
        ("POST", ["v1", "conversations", _, "messages"] | ["v1", "conversations", _, "messages", "stream"]) => {
            Some(Dialect::Conversations)
        }
        ("POST", ["v1", "threads", _, "messages"]) if !takes_stream => Some(Dialect::Threads),
        ("GET", ["v1", "threads", _, "messages", "stream"]) => Some(Dialect::Threads),
        ("POST", ["v1", "assistants", _, "execute"]) => Some(Dialect::Execute),
        ("POST", ["v1", "chats", _]) => Some(Dialect::Informer),
        ("POST", ["v1", "chat", "completions"]) => Some(Dialect::OpenAi),
        _ => None,
    }
}

/// Whether a request only posts a message, whose answer is fetched with the next one.
#[must_use]
pub fn is_posting(request: &Recorded) -> bool {
    request.method == "POST" && of_message(request).is_none() && is_thread_messages(&request.path)
}

fn is_thread_messages(path: &str) -> bool {
    matches!(segments(path).as_slice(), ["v1", "threads", _, "messages"])
}

fn segments(path: &str) -> Vec<&str> {
    path.split('?').next().unwrap_or_default().trim_start_matches('/').split('/').collect()
}
