//! Tools: what a page offers, what an assistant calls, and what comes of it.

use super::json::{Object, Value, array, list, text};

/// A tool that the page offers: its name, and `{title?, description?, parameters?}`: what visitors see instead of the name, what it is for, in
/// words for the model, and the JSON Schema of its arguments.
///
/// A field of the option's object as it is: a type of its own would cost every page a set of functions.
pub type Tool = (String, Value);

/// A call of a tool. Said again under the same id, it is the same call further on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Which call.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// The arguments as JSON text; empty while they are still being written.
    pub arguments: String,
    /// What to show while it runs, where the assistant says it.
    pub progress: Option<String>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolResult {
    /// Which call.
    pub id: String,
    /// Its output, as a text or as JSON text; or why there is none.
    pub output: Result<String, String>,
}

/// One time that an answer paused for the page: what it said until then, and the calls that were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolRound {
    /// What the assistant said before it called, for servers that remember nothing.
    pub text: String,
    /// Its calls, each with what came of it.
    pub answers: Vec<ToolAnswer>,
}

/// A call together with what came of it, to be sent back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolAnswer {
    /// The call as the assistant made it.
    pub call: ToolCall,
    /// What came of it. Its id is the call's.
    pub output: Result<String, String>,
}

impl ToolAnswer {
    /// Returns the text to send back; a failure is told as one.
    pub(super) fn text(&self) -> String {
        match &self.output {
            Ok(output) => output.clone(),
            Err(reason) => Object::new().text("error", reason).finish(),
        }
    }
}

impl ToolCall {
    /// Returns the arguments as JSON, an empty object while there are none.
    #[must_use]
    pub fn arguments_json(&self) -> &str {
        if self.arguments.is_empty() { "{}" } else { &self.arguments }
    }

    /// Returns the arguments as JSON, whatever the model has written: what is none becomes a text.
    #[must_use]
    pub fn arguments_value(&self) -> String {
        quoted(self.arguments_json())
    }

    /// Decodes a call under any of the names that the documents give its fields, with its output where that is there too.
    pub(super) fn decode(entry: &Value) -> Option<(Self, Option<ToolResult>)> {
        let first = |names: &[&str]| names.iter().find_map(|name| text(entry, name));
        let value = |names: &[&str]| names.iter().find_map(|name| entry.get(name)).map(plain);
        let id = first(&["id", "tool_call_id", "toolCallId"])?;
        let name = first(&["name", "toolName"])?;
        let arguments = entry.get("arguments").or_else(|| entry.get("input")).or_else(|| entry.get("args"));
        let output = match first(&["error", "errorText"]) {
            Some(reason) => Some(Err(reason)),
            None => value(&["output", "result"]).map(Ok),
        };
        let progress = arguments.and_then(progress).or_else(|| text(entry, "title"));
        let result = output.map(|output| ToolResult { id: id.clone(), output });
        Some((Self { id, name, arguments: arguments.map(plain).unwrap_or_default(), progress }, result))
    }

    /// Decodes a list of calls and hands them, and what came of them, to `on_event`.
    pub(super) fn decode_list(value: &Value, name: &str, on_event: &mut dyn FnMut(super::Event)) {
        for entry in array(value, name) {
            if let Some((call, result)) = Self::decode(entry) {
                on_event(super::Event::ToolCall(call));
                if let Some(result) = result {
                    on_event(super::Event::ToolResult(result));
                }
            }
        }
    }
}

/// Writes the tools that a page offers as dialect `threads` defines them, for dialects that have no place of their own for them; nothing
/// when there are none.
pub(super) fn write_tools(tools: &[Tool]) -> Option<String> {
    let written = tools.iter().map(|tool| write_tool(Object::new().text("type", "function"), tool));
    (!tools.is_empty()).then(|| list(written))
}

/// Writes a tool's definition into an object.
pub(super) fn write_tool(object: Object, (name, about): &Tool) -> String {
    let parameters = about.get("parameters").filter(|parameters| parameters.is_object()).map(Value::to_json);
    let object = object.text("name", name).text("description", &text(about, "description").unwrap_or_default());
    object.raw("parameters", parameters.as_deref().unwrap_or(r#"{"type":"object","properties":{}}"#)).finish()
}

/// Returns what a tool asks to be shown while it runs (`aiProgressMessage`, informer).
pub(super) fn progress(arguments: &Value) -> Option<String> {
    text(arguments, "aiProgressMessage")
}

/// Returns a text as it is, anything else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_json(), str::to_owned)
}

/// Returns a text as JSON, whether or not it is JSON already.
pub(super) fn quoted(text: &str) -> String {
    match super::json::parse(text) {
        Ok(_) => text.to_owned(),
        Err(super::json::SyntaxError) => Value::Text(text.to_owned()).to_json(),
    }
}
