//! JSON, as little of it as the dialects need: a parsed value, and text written directly. Parsing is total: it can fail, never panic.
//!
//! Measured in the WebAssembly: serde_json's parser, its maps, its table of powers of ten and its errors cost 9 KB brotli, more than
//! both dialects; this costs 1.5. serde_json is the oracle of the tests here, and what the gateway uses.

mod read;

pub use read::{SyntaxError, Value, parse};

/// Returns a string field that is there and not empty.
pub fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Returns a number field.
pub fn number(value: &Value, name: &str) -> Option<f64> {
    value.get(name)?.as_f64()
}

/// Returns a whole, positive number field.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole, positive, saturating")]
pub fn unsigned(value: &Value, name: &str) -> Option<u64> {
    number(value, name).filter(|number| *number >= 0.0 && number.fract() == 0.0).map(|number| number as u64)
}

/// Returns the elements of an array field, none when it is absent or no array.
pub fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).unwrap_or_default()
}

/// Writes one JSON object, field by field.
///
/// ```
/// use assisters_chat::protocol::json::Object;
///
/// let text = Object::new().text("message", "say \"hi\"").number("relevance", Some(0.5)).finish();
/// assert_eq!(text, r#"{"message":"say \"hi\"","relevance":0.5}"#);
/// ```
#[derive(Debug)]
#[must_use]
pub struct Object(String);

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl Object {
    /// Begins an object.
    pub fn new() -> Self {
        Self("{".to_owned())
    }

    /// Writes a field that is JSON already.
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_text(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// Writes a text field.
    pub fn text(self, name: &str, value: &str) -> Self {
        let mut json = String::with_capacity(value.len() + 2);
        write_text(&mut json, value);
        self.raw(name, &json)
    }

    /// Writes a text field, nothing when there is none.
    pub fn maybe_text(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Writes a number field with at most six decimals, nothing when there is none.
    pub fn number(self, name: &str, value: Option<f64>) -> Self {
        let Some(value) = value else { return self };
        let mut json = String::new();
        write_number(&mut json, value);
        self.raw(name, &json)
    }

    /// Writes a field that is JSON already, nothing when there is none.
    pub fn maybe_raw(self, name: &str, json: Option<&str>) -> Self {
        match json {
            Some(json) => self.raw(name, json),
            None => self,
        }
    }

    /// Ends the object and returns its text.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Writes a list of values that are JSON already.
#[must_use]
pub fn list(entries: impl Iterator<Item = String>) -> String {
    let mut json = "[".to_owned();
    for entry in entries {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&entry);
    }
    json.push(']');
    json
}

impl Value {
    /// Writes the value as text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        write(&mut json, self);
        json
    }
}

fn write(json: &mut String, value: &Value) {
    match value {
        Value::Null => json.push_str("null"),
        Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(json, *number),
        Value::Text(text) => write_text(json, text),
        Value::List(entries) => json.push_str(&list(entries.iter().map(Value::to_json))),
        Value::Object(fields) => {
            let object = fields.iter().fold(Object::new(), |object, (name, value)| object.raw(name, &value.to_json()));
            json.push_str(&object.finish());
        }
    }
}

fn write_text(json: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\n' => json.push_str("\\n"),
            '\0'..='\u{1f}' => {
                json.push_str("\\u00");
                json.push(if letter < '\u{10}' { '0' } else { '1' });
                json.extend(HEX.get(letter as usize % 16));
            }
            _ => json.push(letter),
        }
    }
    json.push('"');
}

/// Whole numbers exactly up to 2^53, others to a millionth: formatting any float exactly costs 20 KB of WebAssembly.
fn write_number(json: &mut String, value: f64) {
    const MILLIONTHS: u64 = 1_000_000;
    if !value.is_finite() {
        json.push_str("null");
        return;
    }
    if value < 0.0 {
        json.push('-');
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; no such number is ever sent")]
    let (whole, fraction) = {
        let whole = value.abs().trunc();
        (whole as u64, ((value.abs() - whole) * 1e6).round() as u64)
    };
    json.push_str(&(whole + fraction / MILLIONTHS).to_string());
    let mut fraction = fraction % MILLIONTHS;
    let mut place = MILLIONTHS;
    if fraction > 0 {
        json.push('.');
    }
    while fraction > 0 {
        place /= 10;
        json.push_str(&(fraction / place).to_string());
        fraction %= place;
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_written_is_what_serde_json_reads() {
        for json in [
            r#"{}"#,
            r#"{"a":[],"b":{"c":[1,-2.5,0.000001,9007199254740991,1.05,123.456789]},"d":null,"e":true,"f":false}"#,
            r#"{"text":"quote \" backslash \\ line\nend \t\u0001\u001f żółw 🐢 </script>"}"#,
        ] {
            let written = parse(json).unwrap().to_json();
            let [ours, theirs] = [written.as_str(), json].map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
            assert_eq!(ours, theirs, "{written}");
        }
        let mut written = String::new();
        write_number(&mut written, 0.999_999_9);
        assert_eq!(written, "1");
    }

    #[test]
    fn what_is_absent_is_not_written() {
        let object = Object::new().maybe_text("a", None).number("b", None).maybe_raw("c", None).text("d", "");
        assert_eq!(object.finish(), r#"{"d":""}"#);
        assert_eq!(list(["1".to_owned(), "{}".to_owned()].into_iter()), "[1,{}]");
    }
}
