//! The option `tools`: what the page lets the assistant call. Only what the assistant is told; the functions stay with the shell.

use super::reader::Reader;
use crate::protocol::Tool;
use crate::protocol::json::Value;

const SHAPE: &str = "an object of {name: {description, parameters, run}}; names are up to 64 letters, digits, _ and -";

/// Reads `tools`.
pub(super) fn resolve(read: &Reader<'_>) -> Vec<Tool> {
    let tools = read.object("tools");
    let tool = |(name, value): &(String, Value)| {
        let field = |name| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let parameters = value.get("parameters").filter(|parameters| !parameters.is_null());
        let is_valid = value.is_object() && is_name(name) && parameters.is_none_or(Value::is_object);
        if !is_valid {
            return read.refuse("tools", SHAPE);
        }
        let parameters = parameters.map_or_else(|| "{\"type\":\"object\",\"properties\":{}}".to_owned(), Value::to_json);
        Some(Tool {
            name: name.clone(),
            title: field("title"),
            description: field("description").unwrap_or_default(),
            parameters,
        })
    };
    tools.fields().iter().filter_map(tool).collect()
}

/// The names that every model takes.
fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
