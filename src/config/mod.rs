//! The owner's options as written, resolved once into a [`Config`]. Knows names and valid values; knows no page and no network.
//!
//! [`Config::resolve`] is the only door: after it nothing is "maybe default", and no other code checks a value again.

mod choice;
mod endpoint;
mod reader;
mod strings;
pub mod theme;

use crate::markdown::LinkPolicy;
use crate::protocol::json::Value;
use crate::protocol::{Dialect, HistoryMessage, Tool, User};

pub use choice::{ButtonIcon, Direction, Offset, Persist, Position, ThemeChoice};
pub use endpoint::{Endpoint, EndpointError};
pub use reader::OptionError;
pub use strings::{Phrase, Strings};

use reader::{Mistakes, Reader};
use theme::{Brand, Overrides};

/// Everything the widget needs to know, with every default filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The assistant's slug or id.
    pub assistant: String,
    /// Where the API is.
    pub api_url: Endpoint,
    /// How the API is spoken to.
    pub dialect: Dialect,
    /// A key in the page: works, and is warned about.
    pub api_key: Option<String>,
    /// Who is asking.
    pub user: User,
    /// Custom data for the conversation: a JSON object's text.
    pub metadata: Option<String>,
    /// Further request headers.
    pub headers: Vec<(String, String)>,
    /// Light, dark, or as the page and the system are.
    pub theme: ThemeChoice,
    /// The owner's own design tokens.
    pub overrides: Overrides,
    /// The colour that all others are derived from.
    pub primary_color: Brand,
    /// Which corner, or inline.
    pub position: Position,
    /// Distance from the corner.
    pub offset: Offset,
    /// The launcher's diameter in CSS pixels.
    pub button_size_px: f64,
    /// The launcher's icon.
    pub button_icon: ButtonIcon,
    /// The host element's stacking order.
    pub z_index: i32,
    /// The name in the header, instead of the assistant's own.
    pub title: Option<String>,
    /// The address of the picture in the header, instead of the assistant's own.
    pub avatar: Option<String>,
    /// The first words of an empty conversation, instead of the assistant's own.
    pub greeting: Option<String>,
    /// Questions to start with, instead of the assistant's own.
    pub suggestions: Option<Vec<String>>,
    /// A transcript to start from.
    pub messages: Vec<HistoryMessage>,
    /// The conversation to continue.
    pub session_id: Option<String>,
    /// The input's placeholder.
    pub placeholder: String,
    /// Whether the panel opens by itself.
    pub auto_open: bool,
    /// Whether the line that names the maker is left out.
    pub hide_watermark: bool,
    /// A BCP 47 tag, or empty for the page's own.
    pub locale: String,
    /// What is said, in words.
    pub strings: Strings,
    /// Where the conversation is remembered.
    pub persist: Persist,
    /// Whether answers are asked for as a stream.
    pub stream: bool,
    /// Which links and images of an answer are allowed.
    pub link_policy: LinkPolicy,
    /// What the page lets the assistant call.
    pub tools: Vec<Tool>,
    /// Whether tokens and cost are shown below each answer.
    pub debug: bool,
}

impl Config {
    /// Resolves the owner's options.
    ///
    /// # Errors
    /// The first option whose value can not be used, with the values that can.
    ///
    /// ```
    /// use assisters_chat::config::Config;
    /// use assisters_chat::protocol::json::parse;
    ///
    /// let config = Config::resolve(&parse(r#"{"assistant": "pricing-advisor", "apiUrl": "https://chat.example/v1"}"#)?)?;
    /// assert_eq!(config.position.as_str(), "bottom-right");
    /// let error = Config::resolve(&parse(r#"{"assistant": "a", "apiUrl": "/v1", "position": "middle"}"#)?).unwrap_err();
    /// assert!(error.to_string().contains("bottom-left"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resolve(options: &Value) -> Result<Self, OptionError> {
        let mistakes = Mistakes::default();
        let config = Self::read(&Reader::new(options, &mistakes));
        mistakes.into_result()?;
        config.ok_or_else(|| OptionError::missing("apiUrl", "an address such as \"https://chat.example/v1\""))
    }

    /// Reads every option; what can not be used is noted by the reader and read as if it were not there.
    fn read(read: &Reader<'_>) -> Option<Self> {
        let strings = Strings::resolve(&read.object("strings"), &read.object("words"));
        let (theme, overrides) = resolve_theme(read);
        let user = read.object("user");
        let policy = read.object("linkPolicy");
        check_attachments(read);
        Some(Self {
            assistant: resolve_assistant(read),
            api_url: read.parsed("apiUrl")?,
            dialect: read.parsed("dialect").unwrap_or_default(),
            api_key: read.text("apiKey"),
            user: User { id: user.text("id"), name: user.text("name"), email: user.text("email") },
            metadata: read.value("metadata", Value::is_object, "an object").map(Value::to_json),
            headers: resolve_headers(read),
            theme,
            overrides,
            primary_color: read.parsed("primaryColor").unwrap_or_default(),
            position: read.parsed("position").unwrap_or_default(),
            offset: Offset::resolve(&read.object("offset")),
            button_size_px: read.number("buttonSize", 24..=160, 56),
            button_icon: read.parsed("buttonIcon").unwrap_or_default(),
            #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
            z_index: read.number("zIndex", i32::MIN..=i32::MAX, 9999) as i32,
            title: read.text("title"),
            avatar: read.text("avatar"),
            greeting: read.text("greeting"),
            suggestions: read.texts("suggestions"),
            messages: resolve_messages(read),
            session_id: read.text("sessionId"),
            placeholder: read.text("placeholder").unwrap_or_else(|| strings.get(Phrase::Placeholder).to_owned()),
            auto_open: read.flag("autoOpen"),
            hide_watermark: read.flag("hideWatermark"),
            locale: read.text("locale").unwrap_or_default(),
            strings,
            persist: read.parsed("persist").unwrap_or_default(),
            stream: read.get("stream").is_none() || read.flag("stream"),
            link_policy: LinkPolicy { hosts: policy.texts("hosts"), image_hosts: policy.texts("imageHosts").unwrap_or_default() },
            // What one is made of has been checked by the shell, which has their functions (`www/engine/tools.js`).
            tools: read.object("tools").fields().to_vec(),
            debug: read.flag("debug"),
        })
    }

    /// Returns one of the page's own tools.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Value> {
        self.tools.iter().find(|(known, _)| known == name).map(|(_, about)| about)
    }

    /// Returns which way the widget's own texts are written.
    #[must_use]
    pub fn direction(&self) -> Direction {
        Direction::of_locale(&self.locale)
    }
}

fn resolve_assistant(read: &Reader<'_>) -> String {
    // The vendor's documents use all three names.
    let assistant = ["assistant", "assistantId", "assisterId"].into_iter().find_map(|name| read.text(name));
    assistant.unwrap_or_else(|| {
        read.note(OptionError::missing("assistant", "the assistant's slug or id, such as \"pricing-advisor\""));
        String::new()
    })
}

/// Reads `theme`: one of the three words, or an object of tokens with the word under `mode`.
fn resolve_theme(read: &Reader<'_>) -> (ThemeChoice, Overrides) {
    let mut overrides = Overrides::default();
    if !read.get("theme").is_some_and(Value::is_object) {
        return (read.parsed("theme").unwrap_or_default(), overrides);
    }
    let mut theme = ThemeChoice::default();
    for (key, value) in read.object("theme").fields() {
        let text = value.as_str().unwrap_or_default();
        if key == "mode" {
            theme = read.parse("theme.mode", text).unwrap_or_default();
        } else if let Err(error) = overrides.set(key, text) {
            read.note(OptionError::invalid("theme", &String::from(error)));
        }
    }
    (theme, overrides)
}

/// Checks `attachments`. They are read by the part of the shell that needs them, which comes later than an owner wants to hear of a mistake.
fn check_attachments(read: &Reader<'_>) {
    if !read.get("attachments").is_some_and(Value::is_object) {
        return;
    }
    let limits = read.object("attachments");
    limits.number("maxSizeBytes", 1..=i32::MAX, 1);
    limits.number("maxFiles", 1..=100, 1);
    if !matches!(limits.get("accept"), None | Some(Value::Text(_))) {
        limits.texts("accept");
    }
    // A function is not in the JSON.
    if !limits.fields().iter().all(|(name, _)| ["maxSizeBytes", "maxFiles", "accept"].contains(&name.as_str())) {
        read.refuse("attachments", "accept, maxSizeBytes, maxFiles and upload (a function)").unwrap_or_default()
    }
}

fn resolve_headers(read: &Reader<'_>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for (name, value) in read.object("headers").fields() {
        match value {
            Value::Text(value) => headers.push((name.clone(), value.clone())),
            _ => read.refuse("headers", "an object of strings").unwrap_or_default(),
        }
    }
    headers
}

fn resolve_messages(read: &Reader<'_>) -> Vec<HistoryMessage> {
    let mut messages = Vec::new();
    for entry in read.list("messages") {
        match crate::protocol::decode_history_message(entry) {
            Some(message) => messages.push(message),
            None => {
                const SHAPE: &str = "a list of {role: \"user\" | \"assistant\", content: string, createdAt?: string}";
                read.refuse("messages", SHAPE).unwrap_or_default()
            }
        }
    }
    messages
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
