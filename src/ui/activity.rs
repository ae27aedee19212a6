//! What an answer does besides saying something, above its text: what the model thought, folded, and the tools that it calls, each with its
//! state, what it was asked and what came of it. And, for the page's owner, what the answer cost.
//!
//! A part of the program of its own (`xtask/src/dist/wasm.rs`): most answers only say something. Native disclosures, so keyboards and screen
//! readers know them. What the model and the tools have written becomes text, never markup.

use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Element;

use super::icon::{Icon, icon};
use super::notice::fill;
use super::rich_text::Manner;
use super::view::{View, html};
use crate::browser::dom::{focus, now_unix_secs};
use crate::chat::{Message, MessageId, Status, ToolUse};
use crate::config::Phrase;
use crate::protocol::json::{Value, text};
use crate::session::Session;

/// The button that lets a call run.
const ALLOW: &str = "allow";

/// What a tool returns may be megabytes; a person reads the beginning.
const SHOWN_CHARS: usize = 4_000;

/// Shows what a message does besides saying something, as it is now. What a visitor has unfolded stays so.
#[inline(never)]
pub fn show(session: Session, manner: &Manner, article: &Element, id: MessageId) {
    session.recall_activity(id);
    let is_new = session.message(id, |message| {
        let old = child_of(article, "activity");
        let is_new = old.is_none();
        if is_new && !message.has_activity() && !manner.config.debug {
            return false;
        }
        let place = old.unwrap_or_else(|| {
            // Shown once it has its style.
            let place = html("div").class("activity").attr("hidden", "").element().clone();
            article.prepend_with_node_1(&place).ok(); // refused only for a node that contains its own parent
            place
        });
        show_reasoning(manner, &place, message);
        show_tools(manner, &place, message);
        show_cost(manner, article, message);
        is_new
    });
    if is_new == Some(true)
        && let (Some(place), Some(dress)) = (child_of(article, "activity"), &manner.decorate)
    {
        dress.call1(&JsValue::NULL, &place).ok(); // reports by itself
    }
}

/// Appends what has come of a message's thoughts since they were last shown.
#[inline(never)]
pub fn show_thoughts(session: Session, article: &Element, id: MessageId) {
    if let Ok(Some(body)) = article.query_selector(":scope > .activity > .reasoning > .disclosed") {
        session.message(id, |message| append_thoughts(&body, &message.reasoning));
    }
}

/// Tells what the visitor has decided about a call.
#[inline(never)]
pub fn show_decision(session: Session, button: &Element) {
    // The buttons go away under the focus, which stays with the call.
    if let Some(call) = button.closest(".tool").ok().flatten().and_then(|tool| tool.first_element_child()) {
        focus(call.unchecked_ref());
    }
    session.decide(button.get_attribute("data-action").as_deref() == Some(ALLOW));
}

/// How far a call is, as `data-state` says it.
fn state_of(message: &Message, tool: &ToolUse) -> &'static str {
    match &tool.output {
        _ if tool.question.is_some() && message.status == Status::Streaming => "asking",
        None if message.status == Status::Streaming => "running",
        None if message.status == Status::Done => "done",
        None => "ended",
        Some(Ok(_)) => "done",
        Some(Err(_)) => "failed",
    }
}

fn show_reasoning(manner: &Manner, place: &Element, message: &Message) {
    let old = child_of(place, "reasoning");
    if message.reasoning.is_empty() {
        if let Some(old) = old {
            old.remove();
        }
        return;
    }
    let details = old.unwrap_or_else(|| {
        let summary = html("summary").class("disclosure").child(icon(Icon::Sparkle, "icon")).child(html("span").class("label"));
        let body = html("div").class("disclosed").attr("dir", "auto");
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "until 2106")]
        let since = (now_unix_secs() as u32).to_string();
        let view = html("details").piece("reasoning").attr("data-since", &since).child(summary).child(body);
        place.prepend_with_node_1(view.element()).ok(); // refused only for a node that contains its own parent
        view.element().clone()
    });
    if message.is_awaited() && message.tools.is_empty() {
        set_attribute(&details, "data-state", "running");
        set_text(&details, ".label", manner.say(Phrase::Thinking));
    } else if details.get_attribute("data-state").as_deref() != Some("done") {
        set_attribute(&details, "data-state", "done");
        set_text(&details, ".label", &thought_for(manner, &details));
    }
    if let Some(body) = child_of(&details, "disclosed") {
        append_thoughts(&body, &message.reasoning);
    }
}

/// Returns for how long the model has thought; what came all at once was not seen to take any time.
fn thought_for(manner: &Manner, details: &Element) -> String {
    let since = details.get_attribute("data-since").and_then(|since| since.parse().ok());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nobody thinks for 136 years")]
    let secs = since.map_or(0, |since: u32| (now_unix_secs() as u32).saturating_sub(since));
    if secs == 0 {
        return manner.say(Phrase::Reasoning).to_owned();
    }
    fill(manner.say(Phrase::ThoughtFor), secs as usize)
}

/// Appends what is new: the whole again for each word would cost more with every word.
fn append_thoughts(body: &Element, reasoning: &str) {
    let n_shown = body.get_attribute("data-bytes").and_then(|number| number.parse().ok()).unwrap_or(0);
    match reasoning.get(n_shown..) {
        Some("") => return,
        Some(new) => body.append_with_str_1(new).ok(), // refused only for a node that contains its own parent
        // They were begun anew.
        None => {
            body.set_text_content(Some(reasoning));
            Some(())
        }
    };
    set_attribute(body, "data-bytes", &reasoning.len().to_string());
}

fn show_tools(manner: &Manner, place: &Element, message: &Message) {
    let shown = place.query_selector_all(":scope > .tool").ok();
    let n_shown = shown.as_ref().map_or(0, |list| list.length()) as usize;
    for (idx, tool) in message.tools.iter().enumerate() {
        let details = match shown.as_ref().and_then(|list| list.get(u32::try_from(idx).ok()?)) {
            Some(details) => details.unchecked_into(),
            None => {
                let view = new_tool();
                place.append_child(view.element()).ok(); // refused only for a node that contains its own parent
                view.element().clone()
            }
        };
        show_tool(manner, &details, tool, state_of(message, tool));
    }
    for idx in message.tools.len()..n_shown {
        if let Some(gone) = shown.as_ref().and_then(|list| list.get(u32::try_from(idx).ok()?)) {
            gone.unchecked_into::<Element>().remove();
        }
    }
}

fn new_tool() -> View {
    let summary = html("summary")
        .class("disclosure")
        .child(html("span").class("mark").attr("aria-hidden", "true"))
        .child(html("span").class("label").attr("dir", "auto"))
        .child(html("span").class("state"));
    html("details").piece("tool").child(summary).child(html("div").class("disclosed"))
}

fn show_tool(manner: &Manner, details: &Element, tool: &ToolUse, state: &str) {
    let known = manner.config.tool(&tool.call.name).and_then(|tool| text(tool, "title"));
    let label = tool.call.progress.clone().or(known).unwrap_or_else(|| in_words(&tool.call.name));
    set_text(details, ".label", &label);
    // Said, not only shown.
    let said = match state {
        "running" => manner.say(Phrase::ToolRunning),
        "failed" => manner.say(Phrase::ToolFailed),
        _ => "",
    };
    set_text(details, ".state", said);
    if details.get_attribute("data-state").as_deref() != Some(state) {
        set_attribute(details, "data-state", state);
        set_attribute(details, "data-tool", &tool.call.name);
        show_question(manner, details, tool, state);
    }
    if let Some(body) = child_of(details, "disclosed") {
        let input = Some(tool.call.arguments.as_str()).filter(|arguments| !matches!(*arguments, "" | "{}"));
        show_value(&body, "asked", manner.say(Phrase::ToolInput), input);
        let output = tool.output.as_ref().map(|output| output.as_ref().unwrap_or_else(|reason| reason).as_str());
        show_value(&body, "returned", manner.say(Phrase::ToolResult), output);
    }
}

/// Asks the visitor whether the call may run, with the arguments in sight; or takes the question away.
fn show_question(manner: &Manner, details: &Element, tool: &ToolUse, state: &str) {
    if let Some(old) = child_of(details, "question") {
        old.remove();
        details.remove_attribute("open").ok(); // the name is one
    }
    let Some(question) = tool.question.as_deref().filter(|_| state == "asking") else { return };
    let question = if question.is_empty() { manner.say(Phrase::ToolConfirm) } else { question };
    let button = |name: &str, label: Phrase| {
        html("button")
            .class("decision")
            .attr("part", name)
            .attr("type", "button")
            .attr("data-action", name)
            .text(manner.say(label))
    };
    let buttons = html("div").child(button("deny", Phrase::Deny)).child(button(ALLOW, Phrase::Allow));
    let view = html("div").class("question").attr("role", "group").attr("aria-label", question);
    let view = view.child(html("p").attr("dir", "auto").text(question)).child(buttons);
    details.append_child(view.element()).ok(); // refused only for a node that contains its own parent
    set_attribute(details, "open", "");
}

/// Shows what a tool was asked, or what came of it.
fn show_value(body: &Element, class: &str, title: &str, value: Option<&str>) {
    let Some(value) = value else { return };
    if child_of(body, class).is_none() {
        let view = html("div").class(class);
        let view = view
            .child(html("span").text(title))
            .child(html("pre").attr("dir", "auto").attr("tabindex", "0").attr("aria-label", title));
        body.append_child(view.element()).ok(); // refused only for a node that contains its own parent
    }
    set_text(body, &[".", class, " pre"].concat(), &laid_out(value));
}

/// Shows tokens and cost below an answer, to an owner who asked for it.
fn show_cost(manner: &Manner, article: &Element, message: &Message) {
    if let Some(old) = child_of(article, "debug") {
        old.remove();
    }
    let Some(usage) = message.usage.filter(|_| manner.config.debug && message.status != Status::Streaming) else { return };
    #[allow(clippy::cast_precision_loss, reason = "no answer has 2^53 tokens")]
    let count = |count: Option<u64>| count.map(|count| count as f64);
    let counted =
        [("input", count(usage.input)), ("output", count(usage.output)), ("total", count(usage.total)), ("cost", message.cost)];
    let mut view = html("p").piece("debug").attr("dir", "ltr");
    for (name, number) in counted {
        if let Some(number) = number {
            view = view.child(html("span").text(name).text(" ").text(&Value::Number(number).to_json())).text(" ");
        }
    }
    if let Some(bubble) = child_of(article, "bubble") {
        bubble.after_with_node_1(view.element()).ok(); // refused only where there is no parent
    }
}

/// Returns the name of a tool as words.
fn in_words(name: &str) -> String {
    name.chars().map(|letter| if matches!(letter, '_' | '-') { ' ' } else { letter }).collect()
}

/// Lays JSON out over lines; leaves anything else as it is. Both only so far as somebody reads.
fn laid_out(text: &str) -> String {
    let value = JSON::parse(text).ok().filter(|value| value.is_object());
    if let Some(value) = &value {
        // Said already, as the call's name.
        Reflect::delete_property(value.unchecked_ref::<Object>(), &"aiProgressMessage".into()).ok(); // an object's property can be deleted
    }
    let laid_out = value.and_then(|value| JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &2.into()).ok());
    let laid_out = laid_out.map_or_else(|| text.to_owned(), String::from);
    match laid_out.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => [laid_out.get(..end).unwrap_or_default(), "…"].concat(),
        None => laid_out,
    }
}

fn child_of(parent: &Element, class: &str) -> Option<Element> {
    parent.query_selector(&[":scope > .", class].concat()).ok().flatten()
}

/// Sets a text, unless it is that already: what is the same is not announced again.
fn set_text(parent: &Element, selector: &str, text: &str) {
    if let Ok(Some(element)) = parent.query_selector(selector)
        && element.text_content().as_deref() != Some(text)
    {
        element.set_text_content(Some(text));
    }
}

fn set_attribute(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).ok(); // the names are literals, and names
}
