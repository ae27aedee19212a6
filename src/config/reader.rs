//! Reading typed values out of the options object, with errors that name the option and what it takes.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::protocol::json::Value;

/// Why an option was refused. The message is shown to the owner, in the console and as a `TypeError`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OptionError(String);

// The message without the formatting machinery: in the WebAssembly no error is formatted, which leaves that out, 1 KB brotli.
impl From<OptionError> for String {
    fn from(error: OptionError) -> Self {
        error.0
    }
}

impl OptionError {
    pub(super) fn missing(name: &str, what: &str) -> Self {
        Self(["the option \"", name, "\" is required: ", what].concat())
    }

    pub(super) fn expected(name: &str, what: &str) -> Self {
        Self(["the option \"", name, "\" takes ", what].concat())
    }

    pub(super) fn invalid(name: &str, reason: &str) -> Self {
        Self(["the option \"", name, "\": ", reason].concat())
    }
}

/// An options object. An option that is absent, `null` or an empty string is as good as not written.
///
/// Remembers the first mistake instead of returning each: thirty early returns would be the largest function of the program.
pub(super) struct Reader<'a> {
    options: &'a Value,
    mistakes: &'a Mistakes,
}

/// The first mistake that was found, if any.
#[derive(Debug, Default)]
pub(super) struct Mistakes(RefCell<Option<OptionError>>);

impl Mistakes {
    /// Notes a mistake, unless there was one before.
    pub(super) fn note(&self, mistake: OptionError) {
        self.0.borrow_mut().get_or_insert(mistake);
    }

    /// Returns the first mistake as an error.
    pub(super) fn into_result(self) -> Result<(), OptionError> {
        self.0.into_inner().map_or(Ok(()), Err)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(options: &'a Value, mistakes: &'a Mistakes) -> Self {
        Self { options, mistakes }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.options.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::Text(text) => Some(text.clone()),
            // An id that happens to be a number is still an id.
            number @ Value::Number(_) => Some(number.to_json()),
            _ => self.refuse(name, "a string"),
        }
    }

    pub(super) fn parsed<T: FromStr<Err: Into<String>>>(&self, name: &str) -> Option<T> {
        self.parse(name, &self.text(name)?)
    }

    /// Parses a text that came from the option `name`.
    pub(super) fn parse<T: FromStr<Err: Into<String>>>(&self, name: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.mistakes.note(OptionError::invalid(name, &error.into()));
                None
            }
        }
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => self.refuse(name, "true or false").unwrap_or_default(),
        }
    }

    pub(super) fn number(&self, name: &str, range: RangeInclusive<i32>, default: i32) -> f64 {
        let (least, most) = (*range.start(), *range.end());
        match self.get(name).map(Value::as_f64) {
            None => default.into(),
            Some(Some(number)) if number >= least.into() && number <= most.into() => number,
            Some(_) => self.refuse(name, &["a number from ", &signed(least), " to ", &signed(most)].concat()).unwrap_or_default(),
        }
    }

    /// Returns a reader of an object's own fields, an empty one when it is absent.
    pub(super) fn object(&self, name: &str) -> Reader<'a> {
        Reader { options: self.value(name, Value::is_object, "an object").unwrap_or(&Value::Null), mistakes: self.mistakes }
    }

    /// Returns the object or list itself.
    pub(super) fn value(&self, name: &str, is_valid: fn(&Value) -> bool, what: &str) -> Option<&'a Value> {
        let value = self.get(name)?;
        if is_valid(value) { Some(value) } else { self.refuse(name, what) }
    }

    /// Returns an object's fields.
    pub(super) fn fields(&self) -> &'a [(String, Value)] {
        if let Value::Object(fields) = self.options { fields } else { &[] }
    }

    pub(super) fn list(&self, name: &str) -> &'a [Value] {
        self.value(name, Value::is_array, "a list").and_then(Value::as_array).unwrap_or_default()
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.get(name)?;
        let mut texts = Vec::new();
        for entry in self.list(name) {
            match entry {
                Value::Text(text) => texts.push(text.clone()),
                _ => return self.refuse(name, "a list of strings"),
            }
        }
        Some(texts)
    }

    pub(super) fn refuse<T>(&self, name: &str, what: &str) -> Option<T> {
        self.mistakes.note(OptionError::expected(name, what));
        None
    }

    pub(super) fn note(&self, mistake: OptionError) {
        self.mistakes.note(mistake);
    }
}

fn signed(number: i32) -> String {
    [if number < 0 { "-" } else { "" }, &number.unsigned_abs().to_string()].concat()
}
