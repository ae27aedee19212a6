//! Calls of tools in each dialect that has them, written by hand after the documents.

use serde_json::{Value, json};

use crate::dialect::{CONVERSATION_ID, Dialect};
use crate::record::Recorded;
use crate::script::{Answer, Stream};

impl Dialect {
    /// Those whose documents have a place for tools.
    pub const WITH_TOOLS: [Self; 4] = [Self::Threads, Self::Execute, Self::Informer, Self::OpenAi];

    /// Returns an answer that says something, calls a tool, and leaves it to the page to answer.
    #[must_use]
    pub fn calls(self, text: &str, id: &str, name: &str, arguments: &Value) -> Answer {
        match self {
            Self::Execute => Answer::json(
                200,
                &json!({
                    "response": text, "sessionId": CONVERSATION_ID,
                    "toolCalls": [{"id": id, "name": name, "arguments": arguments}],
                    "usage": {"inputTokens": 100, "outputTokens": 50, "totalTokens": 150},
                }),
            ),
            Self::Chat | Self::Conversations => panic!("the dialect {} has no tools: use `Dialect::WITH_TOOLS`", self.as_str()),
            Self::Threads => Stream::new(self)
                .words(text)
                .frame(&json!({
                    "id": "msg_e2e", "role": "assistant", "content": "", "delta": false,
                    "tool_calls": [{"id": id, "name": name, "arguments": arguments}],
                    "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
                }))
                .finish(),
            Self::Informer => Stream::new(self)
                .words(text)
                .frame(&json!({"type": "tool-input-start", "toolCallId": id, "toolName": name}))
                .frame(&json!({"type": "tool-input-available", "toolCallId": id, "toolName": name, "input": arguments}))
                .end(&[]),
            Self::OpenAi => {
                let written = arguments.to_string();
                let (head, tail) = written.split_at(written.len() / 2);
                let chunk = |delta: Value| json!({"id": "msg_e2e", "choices": [{"index": 0, "delta": delta}]});
                let piece = |function: Value| chunk(json!({"tool_calls": [{"index": 0, "function": function}]}));
                Stream::new(self)
                    .words(text)
                    .frame(&chunk(json!({"tool_calls": [{"index": 0, "id": id, "type": "function", "function": {"name": name, "arguments": ""}}]})))
                    .frame(&piece(json!({"arguments": head})))
                    .frame(&piece(json!({"arguments": tail})))
                    .frame(&json!({"id": "msg_e2e", "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}))
                    .raw("data: [DONE]\n\n")
                    .finish()
            }
        }
    }

    /// Returns the names of the tools that a request offers.
    #[must_use]
    pub fn offered(self, request: &Recorded) -> Vec<String> {
        let body = request.json();
        let tools = body.get("tools").and_then(Value::as_array).cloned().unwrap_or_default();
        let name =
            |tool: &Value| tool.pointer("/function/name").or_else(|| tool.get("name")).and_then(Value::as_str).map(str::to_owned);
        tools.iter().filter_map(name).collect()
    }

    /// Returns what a request says came of a call: its id, and the output, `{"error": …}` for one that failed.
    #[must_use]
    pub fn output_of(self, request: &Recorded) -> (String, Value) {
        let body = request.json();
        let read =
            |value: &Value| value.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone());
        let newest =
            body.get("messages").and_then(Value::as_array).and_then(|messages| messages.last()).cloned().unwrap_or_default();
        let (id, output) = match self {
            Self::Chat | Self::Conversations => (Value::Null, Value::Null),
            Self::Threads => (body["tool_outputs"][0]["tool_call_id"].clone(), read(&body["tool_outputs"][0]["output"])),
            Self::Execute => (body["toolResults"][0]["toolCallId"].clone(), body["toolResults"][0]["output"].clone()),
            Self::Informer => {
                let part = newest["parts"].as_array().and_then(|parts| parts.last()).cloned().unwrap_or_default();
                let failed = part.get("errorText").map(|reason| json!({"error": reason}));
                (part["toolCallId"].clone(), failed.unwrap_or_else(|| part["output"].clone()))
            }
            Self::OpenAi => (newest["tool_call_id"].clone(), read(&newest["content"])),
        };
        (id.as_str().unwrap_or_default().to_owned(), output)
    }
}
