//! Reading typed values out of the options object, with errors that name the option and what it takes.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::Value;

/// Why an option was refused. The message is shown to the owner, in the console and as a `TypeError`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OptionError(String);

impl OptionError {
    pub(super) fn missing(name: &str, what: &str) -> Self {
        Self(format!("the option \"{name}\" is required: {what}"))
    }

    pub(super) fn expected(name: &str, what: &str) -> Self {
        Self(format!("the option \"{name}\" takes {what}"))
    }

    pub(super) fn invalid(name: &str, reason: &dyn Display) -> Self {
        Self(format!("the option \"{name}\": {reason}"))
    }
}

/// An options object. An option that is absent, `null` or an empty string is as good as not written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a Value);

impl<'a> Reader<'a> {
    fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    pub(super) fn text(self, name: &str) -> Result<Option<String>, OptionError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            // An id that happens to be a number is still an id.
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(OptionError::expected(name, "a string")),
        }
    }

    pub(super) fn parsed<T: FromStr<Err: Display>>(self, name: &str) -> Result<Option<T>, OptionError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|error| OptionError::invalid(name, &error))
    }

    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, OptionError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(OptionError::expected(name, "true or false")),
        }
    }

    pub(super) fn number(self, name: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, OptionError> {
        match self.get(name).map(Value::as_f64) {
            None => Ok(None),
            Some(Some(number)) if range.contains(&number) => Ok(Some(number)),
            Some(_) => Err(OptionError::expected(name, &format!("a number from {} to {}", range.start(), range.end()))),
        }
    }

    pub(super) fn object(self, name: &str) -> Result<Option<&'a Value>, OptionError> {
        match self.get(name) {
            None => Ok(None),
            Some(object) if object.is_object() => Ok(Some(object)),
            Some(_) => Err(OptionError::expected(name, "an object")),
        }
    }

    pub(super) fn list(self, name: &str) -> Result<&'a [Value], OptionError> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(OptionError::expected(name, "a list")),
        }
    }

    pub(super) fn texts(self, name: &str) -> Result<Option<Vec<String>>, OptionError> {
        if self.get(name).is_none() {
            return Ok(None);
        }
        let texts: Option<Vec<String>> = self.list(name)?.iter().map(|entry| entry.as_str().map(str::to_owned)).collect();
        texts.map(Some).ok_or_else(|| OptionError::expected(name, "a list of strings"))
    }
}
