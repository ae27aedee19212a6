//! A parsed JSON value, and the parser (RFC 8259).

use std::str::Chars;

/// Deeper nesting than any dialect has: refused, so that no document can overflow the stack.
const MAX_DEPTH: usize = 64;

/// A parsed JSON value. Fields keep their order; of two with one name the last counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, exact up to 2^53.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(Vec<(String, Value)>),
}

/// A text that is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no JSON")]
pub struct SyntaxError;

/// Parses a JSON document.
///
/// # Errors
/// [`SyntaxError`] when it is none, or nested too deep.
///
/// ```
/// use assisters_chat::protocol::json::parse;
///
/// let value = parse(r#"{"sources": [{"title": "Returns"}]}"#)?;
/// assert_eq!(value.get("sources").and_then(|sources| sources.as_array()).map(<[_]>::len), Some(1));
/// assert!(parse("<html>").is_err());
/// # Ok::<(), assisters_chat::protocol::json::SyntaxError>(())
/// ```
pub fn parse(text: &str) -> Result<Value, SyntaxError> {
    let mut parser = Parser { letters: text.chars(), depth: 0 };
    let value = parser.value()?;
    parser.skip_blanks();
    if parser.letters.next().is_none() { Ok(value) } else { Err(SyntaxError) }
}

impl Value {
    /// Returns a field of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns the text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Returns the number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// Returns the entries, if it is a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::List(entries) = self { Some(entries) } else { None }
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_array(&self) -> bool {
        matches!(self, Self::List(_))
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

struct Parser<'a> {
    letters: Chars<'a>,
    depth: usize,
}

impl Parser<'_> {
    fn value(&mut self) -> Result<Value, SyntaxError> {
        self.skip_blanks();
        match self.letters.next().ok_or(SyntaxError)? {
            '{' => self.object(),
            '[' => self.list(),
            '"' => Ok(Value::Text(self.text()?)),
            't' => self.word("rue", Value::Bool(true)),
            'f' => self.word("alse", Value::Bool(false)),
            'n' => self.word("ull", Value::Null),
            first @ ('-' | '0'..='9') => self.number(first),
            _ => Err(SyntaxError),
        }
    }

    fn object(&mut self) -> Result<Value, SyntaxError> {
        let mut fields = Vec::new();
        self.entries('}', &mut |parser| {
            parser.expect('"')?;
            let name = parser.text()?;
            parser.skip_blanks();
            parser.expect(':')?;
            fields.push((name, parser.value()?));
            Ok(())
        })?;
        Ok(Value::Object(fields))
    }

    fn list(&mut self) -> Result<Value, SyntaxError> {
        let mut entries = Vec::new();
        self.entries(']', &mut |parser| {
            entries.push(parser.value()?);
            Ok(())
        })?;
        Ok(Value::List(entries))
    }

    /// Reads entries with commas between them, up to the closing bracket.
    fn entries(&mut self, end: char, entry: &mut dyn FnMut(&mut Self) -> Result<(), SyntaxError>) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError);
        }
        self.skip_blanks();
        if self.next_if(|letter| letter == end).is_none() {
            loop {
                self.skip_blanks();
                entry(self)?;
                self.skip_blanks();
                match self.letters.next() {
                    Some(',') => {}
                    Some(letter) if letter == end => break,
                    Some(_) | None => return Err(SyntaxError),
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads a text whose opening quote was read.
    fn text(&mut self) -> Result<String, SyntaxError> {
        let mut text = String::new();
        loop {
            // As many plain letters at once as there are: what streams is nothing else for the most part.
            let rest = self.letters.as_str();
            let n_plain = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).ok_or(SyntaxError)?;
            text.push_str(rest.get(..n_plain).unwrap_or_default());
            self.letters = rest.get(n_plain..).unwrap_or_default().chars();
            match self.letters.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                _ => return Err(SyntaxError),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, SyntaxError> {
        Ok(match self.letters.next().ok_or(SyntaxError)? {
            letter @ ('"' | '\\' | '/') => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode()?,
            _ => return Err(SyntaxError),
        })
    }

    /// Reads four hexadecimal digits, and four more for the second half of a pair. A half alone is no character: it is replaced.
    fn unicode(&mut self) -> Result<char, SyntaxError> {
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let before = self.letters.clone();
        if self.letters.next() == Some('\\') && self.letters.next() == Some('u') {
            let second = self.four_digits()?;
            if (0xDC00..0xE000).contains(&second) {
                let pair = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.letters = before;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, SyntaxError> {
        let mut number = 0;
        for _ in 0..4 {
            let digit = self.letters.next().and_then(|letter| letter.to_digit(16)).ok_or(SyntaxError)?;
            number = number * 16 + digit;
        }
        Ok(number)
    }

    /// Reads a number whose first letter was read. Not rounded to the last bit, as no price or share needs it.
    fn number(&mut self, first: char) -> Result<Value, SyntaxError> {
        let is_negative = first == '-';
        let first = if is_negative { self.letters.next().ok_or(SyntaxError)? } else { first };
        let mut number = f64::from(first.to_digit(10).ok_or(SyntaxError)?);
        if first != '0' {
            self.digits(&mut |digit| number = number * 10.0 + digit);
        }
        let mut exponent = 0;
        if self.next_if(|letter| letter == '.').is_some() {
            let n_digits = self.digits(&mut |digit| number = number * 10.0 + digit);
            if n_digits == 0 {
                return Err(SyntaxError);
            }
            exponent = -n_digits;
        }
        if self.next_if(|letter| matches!(letter, 'e' | 'E')).is_some() {
            let sign = if self.next_if(|letter| matches!(letter, '+' | '-')) == Some('-') { -1 } else { 1 };
            let mut power = 0.0_f64;
            if self.digits(&mut |digit| power = power * 10.0 + digit) == 0 {
                return Err(SyntaxError);
            }
            #[allow(clippy::cast_possible_truncation, reason = "bounded")]
            let power = power.min(400.0) as i32;
            exponent += sign * power;
        }
        let scale = 10.0_f64.powi(exponent.abs());
        let number = if exponent < 0 { number / scale } else { number * scale };
        Ok(Value::Number(if is_negative { -number } else { number }))
    }

    /// Reads digits and returns how many there were.
    fn digits(&mut self, on_digit: &mut dyn FnMut(f64)) -> i32 {
        let mut n_digits = 0;
        while let Some(letter) = self.next_if(|letter| letter.is_ascii_digit()) {
            on_digit(f64::from(letter.to_digit(10).unwrap_or_default()));
            n_digits += 1;
        }
        n_digits
    }

    fn word(&mut self, rest: &str, value: Value) -> Result<Value, SyntaxError> {
        for letter in rest.chars() {
            self.expect(letter)?;
        }
        Ok(value)
    }

    /// Reads the next letter if it is one of those.
    fn next_if(&mut self, is_one: impl FnOnce(char) -> bool) -> Option<char> {
        let mut ahead = self.letters.clone();
        let letter = ahead.next().filter(|letter| is_one(*letter))?;
        self.letters = ahead;
        Some(letter)
    }

    fn expect(&mut self, letter: char) -> Result<(), SyntaxError> {
        if self.letters.next() == Some(letter) { Ok(()) } else { Err(SyntaxError) }
    }

    fn skip_blanks(&mut self) {
        while self.next_if(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r')).is_some() {}
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    /// Converts serde_json's value, the oracle.
    fn expected(value: &serde_json::Value) -> Value {
        match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Bool(*flag),
            serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap()),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(entries) => Value::List(entries.iter().map(expected).collect()),
            serde_json::Value::Object(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (name.clone(), expected(value))).collect())
            }
        }
    }

    fn check(text: &str) {
        let theirs = serde_json::from_str::<serde_json::Value>(text).ok().map(|value| expected(&value));
        assert_eq!(parse(text).ok(), theirs, "{text:?}");
    }

    #[test]
    fn rows() {
        for text in [
            "null",
            " true ",
            "false",
            "\"\"",
            "[]",
            "{}",
            "[1,2]",
            "[ 1 , [ ] ]",
            "{\"a\":{\"b\":[null]}}",
            "0",
            "-0",
            "12.5",
            "1e3",
            "-1.25E-2",
            "1E+2",
            "\"\\u00e9\\ud83d\\udc22\\n\\/\"",
            "\"żółw 🐢\"",
            "",
            " ",
            "nul",
            "truee",
            "[1,]",
            "[,]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "{\"a\":1,}",
            "'a'",
            "01",
            "1.",
            ".5",
            "-",
            "1e",
            "+1",
            "NaN",
            "\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"a\nb\"",
            "[",
            "]",
            "{",
            "[1}",
            "<html>",
            "1 2",
            "\u{feff}{}",
        ] {
            check(text);
        }
        assert_eq!(parse("\"\\ud83d!\""), Ok(Value::Text("\u{fffd}!".into())), "half a pair is replaced");
        assert!(parse(&"[".repeat(100_000)).is_err(), "and does not overflow the stack");
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_serde_json_reads_it(text in "[\\[\\]{},:\"\\\\a1e.\\-n tru]{0,24}") {
            // Numbers with long fractions or exponents may differ in the last bit, and a repeated name is kept twice: compared elsewhere.
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(parse(&text).is_ok(), theirs.is_ok(), "{:?}", text);
        }

        #[test]
        fn any_letters_survive(text in ".{0,40}") {
            check(&serde_json::Value::String(text).to_string());
        }

        #[test]
        fn prices_are_exact(number in -1_000_000_i64..1_000_000) {
            #[allow(clippy::cast_precision_loss, reason = "small")]
            let price = number as f64 / 100.0;
            check(&price.to_string());
        }
    }
}
