//! The tools of an assistant that the gateway itself answers: the search in its knowledge, and functions at addresses of the owner's. What this install
//! does not offer says so. Tools without an address are the page's own business.

use std::sync::Arc;
use std::time::Duration;

use assisters_chat::protocol::{Tool, ToolCall, json};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::Value;

use crate::clock::Clock;
use crate::knowledge::Passage;
use crate::library::Library;
use crate::outbound::{Outbound, Outgoing, SIGNATURE_HEADER, signature};
use crate::secret::Secret;

/// The tool that searches.
const SEARCH: &str = "knowledge_base";

/// Tools of the documents that need what is not here: other sites, and a machine to run programs on.
const NOT_OFFERED: [&str; 2] = ["web_search", "code_interpreter"];

/// How long a function may take, and how much it may say: a model reads all of it.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(15);
const OUTPUT_LIMIT_BYTES: usize = 128 * 1024;

/// What the search tool finds.
const SEARCH_PASSAGES: usize = 5;

/// Calls tools for assistants.
#[derive(Clone)]
pub(crate) struct Toolbox {
    library: Arc<Library>,
    outbound: Outbound,
    clock: Clock,
    functions: FunctionConfig,
}

/// How functions are called.
#[derive(Clone, Debug, Default)]
pub struct FunctionConfig {
    /// Where functions are that name no `url`: below this, as `/tools/<name>`.
    pub base_url: Option<Url>,
    /// What calls are signed with.
    pub secret: Option<Secret>,
}

/// The tools of one assistant.
pub(super) struct Tools {
    own: Vec<(Tool, Place)>,
    /// The tools of the documents that the owner wants and that are not here.
    missing: Vec<&'static str>,
    base: Option<String>,
}

/// Who answers a call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Search,
    Function(Url),
    /// Whoever shows the answer.
    Page,
    NotOffered,
}

impl Toolbox {
    pub(crate) fn new(library: Arc<Library>, outbound: Outbound, clock: Clock, functions: FunctionConfig) -> Self {
        Self { library, outbound, clock, functions }
    }

    /// Reads the tools that an owner gave an assistant. Functions without an address are left out where the page can not answer calls.
    pub(super) fn tools(&self, entries: &[Value], base: Option<&str>, page_answers: bool) -> Tools {
        let mut own = Vec::new();
        for entry in entries {
            if entry == SEARCH {
                own.push((search_tool(), Place::Search));
            } else if let Some(function) = self.function(entry).filter(|(_, place)| page_answers || *place != Place::Page) {
                own.push(function);
            }
        }
        Tools { own, missing: not_offered(entries), base: base.map(str::to_owned) }
    }

    /// Reads a function, and where it is called.
    fn function(&self, entry: &Value) -> Option<(Tool, Place)> {
        let fields = entry.get("function").unwrap_or(entry);
        let name = fields.get("name")?.as_str()?;
        let url = fields.get("url").or_else(|| entry.get("url")).and_then(Value::as_str);
        let place = match (url, &self.functions.base_url) {
            (Some(url), _) => Place::Function(Url::parse(url).ok()?),
            (None, Some(base_url)) => {
                let mut url = base_url.clone();
                // A base address can always have a path: it was checked to be a web address.
                url.path_segments_mut().ok()?.pop_if_empty().extend(["tools", name]);
                Place::Function(url)
            }
            (None, None) => Place::Page,
        };
        Some(((name.to_owned(), json::parse(&fields.to_string()).unwrap_or_default()), place))
    }

    /// Answers a call: with an output, or with the reason why there is none, which the model is told too.
    pub(super) async fn call(&self, tools: &Tools, call: &ToolCall) -> Result<String, String> {
        match tools.place(&call.name) {
            Some(Place::Search) => self.search(tools, call),
            Some(Place::Function(url)) => self.call_function(url, call).await,
            Some(Place::Page | Place::NotOffered) | None => Err(format!("This installation does not offer {}.", call.name)),
        }
    }

    fn search(&self, tools: &Tools, call: &ToolCall) -> Result<String, String> {
        let arguments: Value = serde_json::from_str(call.arguments_json()).unwrap_or_default();
        let query = arguments.get("query").and_then(Value::as_str).filter(|query| !query.trim().is_empty());
        let query = query.ok_or("`query` must be a non-empty string")?;
        let found = self.library.consult(tools.base.as_deref(), |knowledge| knowledge.passages(query, &[], SEARCH_PASSAGES));
        let result = |passage: &Passage| {
            serde_json::json!({
                "title": passage.title, "url": passage.url, "relevance": passage.relevance, "content": passage.text,
            })
        };
        Ok(serde_json::json!({"results": found.iter().map(result).collect::<Vec<_>>()}).to_string())
    }

    /// Calls a function as the document shows it: `{tool_call_id, arguments}` → `{tool_call_id, output}`.
    async fn call_function(&self, url: &Url, call: &ToolCall) -> Result<String, String> {
        let arguments: Value = serde_json::from_str(call.arguments_json())
            .map_err(|error| format!("the arguments of {} are no JSON: {error}", call.name))?;
        let body = serde_json::json!({"tool_call_id": call.id, "name": call.name, "arguments": arguments});
        let body = body.to_string().into_bytes();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(secret) = &self.functions.secret {
            let signature = signature(secret.expose(), self.clock.now_secs(), &body);
            if let Ok(signature) = HeaderValue::try_from(signature) {
                headers.insert(HeaderName::from_static(SIGNATURE_HEADER), signature);
            }
        }
        let outgoing = Outgoing {
            method: Method::POST,
            url: url.clone(),
            headers,
            body,
            timeout: FUNCTION_TIMEOUT,
            limit_bytes: OUTPUT_LIMIT_BYTES,
        };
        let incoming = self.outbound.send(outgoing).await.map_err(|error| {
            tracing::warn!(%error, tool = call.name, "a function could not be called");
            format!("{} could not be called", call.name)
        })?;
        if !incoming.status.is_success() {
            tracing::warn!(status = incoming.status.as_u16(), tool = call.name, "a function refused its call");
            return Err(format!("{} answered {}", call.name, incoming.status));
        }
        read_output(&incoming.body, call)
    }
}

/// Reads `{tool_call_id, output}`. An output that is no text is passed on as JSON.
fn read_output(body: &[u8], call: &ToolCall) -> Result<String, String> {
    let wrong = |what: &str| format!("{} answered {what}; expected {{tool_call_id, output}}", call.name);
    let answer: Value = serde_json::from_slice(body).map_err(|_| wrong("no JSON"))?;
    let id = answer.get("tool_call_id").and_then(Value::as_str);
    if id.is_some_and(|id| id != call.id) {
        return Err(wrong("another call"));
    }
    match answer.get("output") {
        Some(Value::String(output)) => Ok(output.clone()),
        Some(output) => Ok(output.to_string()),
        None => Err(wrong("without an `output`")),
    }
}

impl Tools {
    /// Returns what the model is offered beside the page's own tools. What the owner decided comes before a page's tool of the same name.
    pub(super) fn offered(&self, of_page: &[Tool]) -> Vec<Tool> {
        let is_known = |name: &str| self.own.iter().any(|((known, _), _)| known == name) || NOT_OFFERED.contains(&name);
        let of_page = of_page.iter().filter(|(name, _)| !is_known(name));
        self.own.iter().map(|(tool, _)| tool).chain(of_page).cloned().collect()
    }

    /// Whether the gateway answers a call of this name.
    pub(super) fn is_own(&self, name: &str) -> bool {
        self.place(name).is_some_and(|place| *place != Place::Page)
    }

    fn place(&self, name: &str) -> Option<&Place> {
        let known = self.own.iter().find(|((known, _), _)| known == name).map(|(_, place)| place);
        known.or_else(|| NOT_OFFERED.contains(&name).then_some(&Place::NotOffered))
    }

    /// Says which of the wanted tools are not here; nothing when all are.
    pub(super) fn apology(&self) -> Option<String> {
        apology(&self.missing)
    }
}

/// Whether a function can be called at an address.
pub(crate) fn is_callable(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| ["https", "http"].contains(&url.scheme()) && url.has_host())
}

/// Says which of the tools that an owner gave an assistant are not here; nothing when all are.
pub(super) fn apology_for(entries: &[Value]) -> Option<String> {
    apology(&not_offered(entries))
}

fn apology(missing: &[&str]) -> Option<String> {
    (!missing.is_empty()).then(|| format!("This installation does not offer {}.", missing.join(" and ")))
}

fn not_offered(entries: &[Value]) -> Vec<&'static str> {
    NOT_OFFERED.into_iter().filter(|name| entries.iter().any(|entry| entry == name)).collect()
}

fn search_tool() -> Tool {
    const ABOUT: &str = r#"{
        "description": "Searches the documents that answers must be based on. Returns passages with titles and addresses.",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string", "description": "What to look for, in a few words"}},
            "required": ["query"]
        }
    }"#;
    (SEARCH.to_owned(), json::parse(ABOUT).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_of_functions() {
        let call = ToolCall { id: "c1".into(), name: "find".into(), ..ToolCall::default() };
        for (body, expected) in [
            (r#"{"tool_call_id": "c1", "output": "seven"}"#, Ok("seven")),
            (r#"{"tool_call_id": "c1", "output": {"n": 7}}"#, Ok(r#"{"n":7}"#)),
            (r#"{"output": null}"#, Ok("null")),
            (r#"{"tool_call_id": "c2", "output": "seven"}"#, Err("find answered another call; expected {tool_call_id, output}")),
            (r#"{"tool_call_id": "c1"}"#, Err("find answered without an `output`; expected {tool_call_id, output}")),
            ("seven", Err("find answered no JSON; expected {tool_call_id, output}")),
        ] {
            assert_eq!(read_output(body.as_bytes(), &call), expected.map(str::to_owned).map_err(str::to_owned), "{body}");
        }
    }

    #[test]
    fn what_is_not_offered_is_said() {
        for (tools, expected) in [
            (serde_json::json!(["knowledge_base", "function_calls"]), None),
            (serde_json::json!(["web_search"]), Some("This installation does not offer web_search.")),
            (
                serde_json::json!(["code_interpreter", "web_search"]),
                Some("This installation does not offer web_search and code_interpreter."),
            ),
        ] {
            let entries = tools.as_array().cloned().unwrap_or_default();
            assert_eq!(apology_for(&entries).as_deref(), expected);
        }
    }
}
