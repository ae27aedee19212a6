//! Puts what an owner's assistant is into a request with chat completions: its instructions and what to answer from first, its model, and how freely that
//! writes.

use serde_json::{Value, json};

use crate::assistants::Prompt;

/// Returns the body of a request with the assistant's prompt in it, and what it answers from; a body that is no transcript stays as it is.
pub(super) fn instructed(body: &str, prompt: &Prompt, grounding: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(body) else { return body.to_owned() };
    let Some(Value::Array(messages)) = fields.get_mut("messages") else { return body.to_owned() };
    let told: Vec<&str> = [prompt.instructions.trim(), grounding].into_iter().filter(|text| !text.is_empty()).collect();
    if !told.is_empty() {
        messages.insert(0, json!({"role": "system", "content": told.join("\n\n")}));
    }
    for (name, value) in [
        ("model", json!(prompt.model)),
        ("temperature", json!(prompt.temperature)),
        ("top_p", json!(prompt.top_p)),
        ("max_tokens", json!(prompt.max_tokens)),
    ] {
        if !value.is_null() {
            fields.insert(name.to_owned(), value);
        }
    }
    Value::Object(fields).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn instructions_come_first_and_what_is_not_decided_stays() {
        let body = json!({"model": "default", "messages": [{"role": "user", "content": "hi"}], "stream": true}).to_string();
        let prompt = Prompt { instructions: "Be brief.".into(), temperature: Some(0.5), ..Prompt::default() };
        let instructed: Value = serde_json::from_str(&instructed(&body, &prompt, "[1] Returns")).unwrap();
        let messages = json!([{"role": "system", "content": "Be brief.\n\n[1] Returns"}, {"role": "user", "content": "hi"}]);
        assert_eq!(instructed, json!({"model": "default", "messages": messages, "stream": true, "temperature": 0.5}));
        assert_eq!(super::instructed("{}", &prompt, ""), "{}");
    }
}
