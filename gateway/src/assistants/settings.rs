//! What an owner decides about an assistant, and the ways in which the documents write it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::Failure;

/// No honest name is longer.
const NAME_LIMIT_CHARS: usize = 200;

/// The providers that the documents name, and ours.
const PROVIDERS: [&str; 4] = ["openai", "anthropic", "google", "local"];

/// Tools of the server's own.
const BUILT_IN_TOOLS: [&str; 4] = ["web_search", "knowledge_base", "code_interpreter", "function_calls"];

/// What an owner decides about an assistant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) category: Option<String>,
    pub(crate) prompt: Prompt,
    pub(crate) response_format: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) voice: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) welcome: Option<String>,
    pub(crate) suggestions: Vec<String>,
    /// Names of built-in tools, and functions.
    pub(crate) tools: Vec<Value>,
    pub(crate) skills: Vec<Value>,
    pub(crate) team_ids: Vec<String>,
    pub(crate) company_id: Option<String>,
    pub(crate) knowledge_base_id: Option<String>,
    pub(crate) price_per_million_tokens: f64,
}

/// What a model is told, and which model: the part of an assistant that has a history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Prompt {
    pub(crate) instructions: String,
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) max_tokens: Option<u32>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
}

/// The fields of an assistant, as any of the documents writes them. What is left out, or null, stays as it is. Where two fields mean the same, the
/// one that changes something counts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
pub(crate) struct AssistantChange {
    /// Chosen by the owner, when the assistant is made; else made up.
    pub(crate) id: Option<String>,
    /// The name in addresses; it follows from the name unless it is given.
    pub(crate) slug: Option<String>,
    pub(crate) name: Option<String>,
    description: Option<String>,
    category: Option<String>,
    model: Option<String>,
    #[serde(rename = "llmModel")]
    pub(crate) llm_model: Option<String>,
    /// `openai`, `anthropic`, `google` or `local`
    #[serde(rename = "llmProvider")]
    pub(crate) llm_provider: Option<String>,
    instructions: Option<String>,
    system_prompt: Option<String>,
    #[serde(rename = "llmPrompt")]
    llm_prompt: Option<String>,
    #[serde(rename = "maxTokens")]
    max_tokens: Option<u32>,
    config: Option<BehaviourChange>,
    settings: Option<BehaviourChange>,
    /// A tag as `en` or `pt-BR`
    language: Option<String>,
    voice: Option<String>,
    avatar: Option<String>,
    welcome: Option<String>,
    suggestions: Option<Vec<String>>,
    /// `web_search`, `knowledge_base`, `code_interpreter`, `function_calls`, or `{type: "function", name, description, parameters, url}`
    tools: Option<Vec<Value>>,
    skills: Option<Vec<Value>>,
    #[serde(rename = "teamIds")]
    team_ids: Option<Vec<String>>,
    #[serde(rename = "companyId")]
    company_id: Option<String>,
    knowledge_base_id: Option<String>,
    price_per_million_tokens: Option<f64>,
}

/// How freely a model writes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
struct BehaviourChange {
    /// From 0 to 2
    temperature: Option<f64>,
    /// From 0 to 1
    top_p: Option<f64>,
    max_tokens: Option<u32>,
    /// `markdown` or `text`
    response_format: Option<String>,
}

impl AssistantChange {
    /// Returns the settings after the change.
    pub(crate) fn apply(&self, current: &Settings) -> Result<Settings, Failure> {
        let default = BehaviourChange::default();
        let config = self.config.as_ref().unwrap_or(&default);
        let settings = self.settings.as_ref().unwrap_or(&default);
        let prompt = &current.prompt;
        let instructions = [&self.instructions, &self.system_prompt, &self.llm_prompt];
        let new = Settings {
            name: newest(&current.name, [&self.name]),
            description: newest(&current.description, [&self.description]),
            category: newest_of_some(&current.category, [&self.category]),
            prompt: Prompt {
                instructions: newest(&prompt.instructions, instructions),
                provider: newest_of_some(&prompt.provider, [&self.llm_provider]),
                model: newest_of_some(&prompt.model, [&self.model, &self.llm_model]),
                max_tokens: newest_of_some(&prompt.max_tokens, [&self.max_tokens, &config.max_tokens, &settings.max_tokens]),
                temperature: newest_of_some(&prompt.temperature, [&settings.temperature, &config.temperature]),
                top_p: newest_of_some(&prompt.top_p, [&settings.top_p, &config.top_p]),
            },
            response_format: newest_of_some(&current.response_format, [&config.response_format, &settings.response_format]),
            language: newest_of_some(&current.language, [&self.language]),
            voice: newest_of_some(&current.voice, [&self.voice]),
            avatar: newest_of_some(&current.avatar, [&self.avatar]),
            welcome: newest_of_some(&current.welcome, [&self.welcome]),
            suggestions: newest(&current.suggestions, [&self.suggestions]),
            tools: newest(&current.tools, [&self.tools]),
            skills: newest(&current.skills, [&self.skills]),
            team_ids: newest(&current.team_ids, [&self.team_ids]),
            company_id: newest_of_some(&current.company_id, [&self.company_id]),
            knowledge_base_id: newest_of_some(&current.knowledge_base_id, [&self.knowledge_base_id]),
            price_per_million_tokens: newest(&current.price_per_million_tokens, [&self.price_per_million_tokens]),
        };
        self.check(&new)?;
        Ok(new)
    }

    /// Checks what was given, and tells it by the name that it was given by.
    fn check(&self, new: &Settings) -> Result<(), Failure> {
        if new.name.trim().is_empty() {
            return Err(Failure::invalid("name", "Assistant name is required"));
        }
        if new.name.chars().count() > NAME_LIMIT_CHARS {
            return Err(Failure::invalid("name", format!("`name` must have at most {NAME_LIMIT_CHARS} characters")));
        }
        if let Some(provider) = self.llm_provider.as_deref().filter(|provider| !PROVIDERS.contains(provider)) {
            let message = format!("`llmProvider` is {provider:?}; it must be one of: {}", PROVIDERS.join(", "));
            return Err(Failure::invalid("llmProvider", message).with_code("invalid_provider"));
        }
        for (field, model) in [("model", &self.model), ("llmModel", &self.llm_model)] {
            let is_model =
                |model: &String| !model.trim().is_empty() && model.len() <= 256 && !model.chars().any(char::is_control);
            if model.as_ref().is_some_and(|model| !is_model(model)) {
                let message = format!("`{field}` must name a model, as \"gpt-4o\"");
                return Err(Failure::invalid(field, message).with_code("invalid_model"));
            }
        }
        for (field, behaviour) in [("config", &self.config), ("settings", &self.settings)] {
            behaviour.as_ref().map_or(Ok(()), |behaviour| behaviour.check(field))?;
        }
        if self.max_tokens == Some(0) {
            return Err(Failure::invalid("maxTokens", "`maxTokens` must be at least 1"));
        }
        if self.language.as_deref().is_some_and(|language| !is_language(language)) {
            return Err(Failure::invalid("language", "`language` must be a language tag, as \"en\" or \"pt-BR\""));
        }
        if self.price_per_million_tokens.is_some_and(|price| !(0.0..=1e6).contains(&price)) {
            return Err(Failure::invalid("price_per_million_tokens", "`price_per_million_tokens` must be from 0 to 1000000"));
        }
        self.tools.iter().flatten().try_for_each(check_tool)
    }
}

impl BehaviourChange {
    fn check(&self, field: &str) -> Result<(), Failure> {
        let wrong = |name: &str, valid: &str| {
            Err(Failure::invalid(format!("{field}.{name}"), format!("`{field}.{name}` must be {valid}")))
        };
        if self.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            return wrong("temperature", "from 0 to 2");
        }
        if self.top_p.is_some_and(|top_p| !(0.0..=1.0).contains(&top_p)) {
            return wrong("top_p", "from 0 to 1");
        }
        if self.max_tokens == Some(0) {
            return wrong("max_tokens", "at least 1");
        }
        match self.response_format.as_deref() {
            None | Some("markdown" | "text") => Ok(()),
            Some(_) => wrong("response_format", "one of: markdown, text"),
        }
    }
}

/// Checks one of `tools`.
fn check_tool(tool: &Value) -> Result<(), Failure> {
    match tool {
        Value::String(name) if BUILT_IN_TOOLS.contains(&name.as_str()) => Ok(()),
        Value::Object(fields) if fields.get("type").is_some_and(|kind| kind == "function") => {
            let function = fields.get("function").unwrap_or(tool);
            crate::routes::read_tool(function)?;
            match function.get("url").or_else(|| fields.get("url")) {
                None | Some(Value::Null) => Ok(()),
                Some(Value::String(url)) if crate::upstream::is_callable(url) => Ok(()),
                Some(_) => {
                    Err(Failure::invalid("tools", "the `url` of a tool must be a web address, as https://app.example/tools/find"))
                }
            }
        }
        _ => Err(Failure::invalid(
            "tools",
            format!(
                "each of `tools` must be one of: {}, or {{type: \"function\", name, description, parameters}}",
                BUILT_IN_TOOLS.join(", ")
            ),
        )),
    }
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_word = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.chars().all(|character| character.is_ascii_alphanumeric())
    };
    parts.next().is_some_and(|first| is_word(first, 2..=3)) && parts.all(|part| is_word(part, 1..=8))
}

/// Returns the first given value that differs from the current one; the current one where none does.
fn newest<T: Clone + PartialEq, const N: usize>(current: &T, given: [&Option<T>; N]) -> T {
    given.into_iter().flatten().find(|value| *value != current).unwrap_or(current).clone()
}

fn newest_of_some<T: Clone + PartialEq, const N: usize>(current: &Option<T>, given: [&Option<T>; N]) -> Option<T> {
    given.into_iter().flatten().find(|value| Some(*value) != current.as_ref()).or(current.as_ref()).cloned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    fn change(value: Value) -> AssistantChange {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_spelling_that_changes_something_counts() {
        let made =
            change(json!({"name": "A", "system_prompt": "Be brief.", "model": "gpt-4"})).apply(&Settings::default()).unwrap();
        // A card that was read and sent back with one field changed has the others as they were.
        let body = json!({"instructions": "Be brief.", "llmPrompt": "Be long.", "model": "gpt-4", "llmModel": "gpt-4o-mini", "name": null});
        let changed = change(body).apply(&made).unwrap();
        assert_eq!(changed.prompt.instructions, "Be long.");
        assert_eq!((changed.prompt.model.as_deref(), changed.name.as_str()), (Some("gpt-4o-mini"), "A"));
        assert_eq!(change(json!({})).apply(&made).unwrap(), made);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let current = Settings { name: "A".into(), ..Settings::default() };
        for (body, param) in [
            (json!({"name": " "}), "name"),
            (json!({"name": "x".repeat(201)}), "name"),
            (json!({"llmProvider": "acme"}), "llmProvider"),
            (json!({"llmModel": ""}), "llmModel"),
            (json!({"settings": {"temperature": 2.5}}), "settings.temperature"),
            (json!({"config": {"top_p": -1}}), "config.top_p"),
            (json!({"config": {"response_format": "pdf"}}), "config.response_format"),
            (json!({"maxTokens": 0}), "maxTokens"),
            (json!({"language": "english"}), "language"),
            (json!({"tools": ["browser"]}), "tools"),
            (json!({"tools": [{"type": "function", "name": "no blanks"}]}), "tools"),
            (json!({"tools": [{"type": "function", "name": "find", "url": "file:///etc/passwd"}]}), "tools"),
            (json!({"price_per_million_tokens": -1}), "price_per_million_tokens"),
        ] {
            let failure = change(body.clone()).apply(&current).unwrap_err();
            assert_eq!(failure.body()["error"]["param"], param, "{body}");
        }
    }
}
