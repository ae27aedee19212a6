//! Reading fields of a JSON value without a type per shape: a derived `Deserialize` per answer would cost more WebAssembly than it saves.

use serde_json::Value;

/// Returns a string field that is there and not empty.
pub fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Returns a number field.
pub fn number(value: &Value, name: &str) -> Option<f64> {
    value.get(name)?.as_f64()
}

/// Returns a whole, positive number field.
pub fn unsigned(value: &Value, name: &str) -> Option<u64> {
    value.get(name)?.as_u64()
}

/// Returns the elements of an array field, none when it is absent or no array.
pub fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
