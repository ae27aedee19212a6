//! Whether an answer has everything that a document shows.

use serde_json::Value;

/// Checks that `actual` has every field of `documented`, each of the same kind, all the way down. Where a document shows a list with entries, there
/// are entries, each like the one in its place, and further ones like the first.
pub fn check(documented: &Value, actual: &Value, place: &str) -> Result<(), String> {
    match (documented, actual) {
        (Value::Object(documented), Value::Object(actual)) => documented.iter().try_for_each(|(name, value)| {
            let place = format!("{place}.{name}");
            check(value, actual.get(name).ok_or_else(|| format!("{place} is missing"))?, &place)
        }),
        (Value::Array(documented), Value::Array(actual)) => {
            let Some(first) = documented.first() else { return Ok(()) };
            if actual.is_empty() {
                return Err(format!("{place} is empty"));
            }
            let like = |idx: usize| documented.get(idx).unwrap_or(first);
            actual.iter().enumerate().try_for_each(|(idx, value)| check(like(idx), value, &format!("{place}[{idx}]")))
        }
        // The words that programs go by are the same.
        (Value::String(documented), Value::String(actual)) if is_word(place) => {
            if documented == actual {
                Ok(())
            } else {
                Err(format!("{place} is {actual:?} instead of {documented:?}"))
            }
        }
        (Value::String(_), Value::String(_)) | (Value::Number(_), Value::Number(_)) | (Value::Bool(_), Value::Bool(_)) => Ok(()),
        (Value::Null, _) => Ok(()),
        _ => Err(format!("{place} is {actual} instead of something like {documented}")),
    }
}

/// Whether the text at a place is a word of the protocol: codes, roles, types.
fn is_word(place: &str) -> bool {
    [".code", ".type", ".role", ".param", ".currency", ".error.message"].iter().any(|end| place.ends_with(end))
}

/// Checks that a stream has a frame like every documented one, of the same `type`.
pub fn check_frames(documented: &str, actual: &[Value]) -> Result<(), String> {
    let documented = documented.lines().filter_map(|line| line.strip_prefix("data: "));
    let mut n_documented = 0;
    for line in documented {
        n_documented += 1;
        let documented: Value = serde_json::from_str(line).map_err(|error| format!("the table's frame {line:?}: {error}"))?;
        let alike = actual.iter().filter(|frame| frame.get("type") == documented.get("type"));
        let mut why = format!("no frame like {line}");
        let is_there = alike.into_iter().any(|frame| match check(&documented, frame, "frame") {
            Ok(()) => true,
            Err(error) => {
                why = error;
                false
            }
        });
        if !is_there {
            return Err(why);
        }
    }
    if n_documented == 0 { Err("the table has no frames".to_owned()) } else { Ok(()) }
}
