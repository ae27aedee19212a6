//! What a page says about tools: those that it offers, and what came of the assistant's calls.
//!
//! Both are the page's words, as a message is: an assistant may read them, nobody here believes them.

use assisters_chat::protocol::Tool;
use assisters_chat::protocol::json;
use serde_json::Value;

use crate::answer::Outputs;
use crate::body::Fields;
use crate::error::Failure;

/// A page that offers more is none of ours.
const TOOLS_LIMIT: usize = 64;

/// The names that every model takes.
const NAME_LIMIT: usize = 64;

/// Reads `tools`: `{type: "function", name, description, parameters}`, or the same inside a `function`. What is no function is left out:
/// which tools of its own an assistant has is not for visitors to say.
pub(super) fn offered_tools(fields: &Fields) -> Result<Vec<Tool>, Failure> {
    let entries = fields.list("tools")?;
    if entries.len() > TOOLS_LIMIT {
        return Err(Failure::invalid("tools", format!("`tools` must not be more than {TOOLS_LIMIT}")));
    }
    let functions = entries.iter().filter(|entry| entry.get("type").and_then(Value::as_str) == Some("function"));
    functions.map(|entry| read_tool(entry.get("function").unwrap_or(entry))).collect()
}

/// Reads a function by its `name`, and what else is said of it.
pub(crate) fn read_tool(entry: &Value) -> Result<Tool, Failure> {
    let name = entry.get("name").and_then(Value::as_str).unwrap_or_default();
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if name.is_empty() || name.len() > NAME_LIMIT || !name.chars().all(is_name) {
        return Err(Failure::invalid(
            "tools",
            format!("each of `tools` must have a `name` of at most {NAME_LIMIT} letters, digits, _ and -"),
        ));
    }
    if entry.get("parameters").is_some_and(|parameters| !parameters.is_object() && !parameters.is_null()) {
        return Err(Failure::invalid("tools", "the `parameters` of a tool must be an object"));
    }
    Ok((name.to_owned(), json::parse(&entry.to_string()).unwrap_or_default()))
}

/// Reads what came of calls, each told by the id in the field `id_name`.
pub(super) fn outputs(fields: &Fields, name: &'static str, id_name: &str) -> Result<Outputs, Failure> {
    let entries = fields.list(name)?.iter().map(|entry| {
        let id = entry.get(id_name)?.as_str().filter(|id| !id.is_empty())?;
        Some((id.to_owned(), output(entry.get("output")?)))
    });
    let outputs: Option<Vec<_>> = entries.collect();
    let outputs = outputs.filter(|outputs| !outputs.is_empty());
    outputs.ok_or_else(|| Failure::invalid(name, format!("`{name}` must be a list of {{{id_name}, output}}")))
}

/// Returns an output as text; `{error}`, as JSON or as the text of it, is the widget's word for a call that failed.
pub(super) fn output(value: &Value) -> Result<String, String> {
    let read = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    let fields = read.as_ref().unwrap_or(value).as_object();
    if let Some(fields) = fields.filter(|fields| fields.len() == 1)
        && let Some(Value::String(reason)) = fields.get("error")
    {
        return Err(reason.clone());
    }
    Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::output;

    #[test]
    fn a_failure_is_told_from_an_output() {
        for (value, expected) in [
            (json!("seven"), Ok("seven")),
            (json!({"n": 7}), Ok(r#"{"n":7}"#)),
            (json!(7), Ok("7")),
            (json!({"error": "no such order"}), Err("no such order")),
            (json!(r#"{"error":"no such order"}"#), Err("no such order")),
            (json!({"error": "none", "orders": []}), Ok(r#"{"error":"none","orders":[]}"#)),
            (json!({"error": 7}), Ok(r#"{"error":7}"#)),
        ] {
            assert_eq!(output(&value), expected.map(str::to_owned).map_err(str::to_owned), "{value}");
        }
    }
}
