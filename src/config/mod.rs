//! The owner's options as written, resolved once into a [`Config`]. Knows names and valid values; knows no page and no network.
//!
//! [`Config::resolve`] is the only door: after it nothing is "maybe default", and no other code checks a value again.

mod choice;
mod endpoint;
mod reader;
mod strings;
pub mod theme;

use serde_json::Value;

use crate::markdown::policy::LinkPolicy;
use crate::protocol::{Dialect, HistoryMessage, Role, User};

pub use choice::{ButtonIcon, Direction, Offset, Persist, Position, ThemeChoice};
pub use endpoint::{Endpoint, EndpointError};
pub use reader::OptionError;
pub use strings::{Phrase, Strings};

use reader::Reader;
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
    /// Custom data for the conversation; `Null` for none.
    pub metadata: Value,
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
}

impl Config {
    /// Resolves the owner's options.
    ///
    /// # Errors
    /// The first option whose value can not be used, with the values that can.
    ///
    /// ```
    /// use assisters_chat::config::Config;
    /// use serde_json::json;
    ///
    /// let config = Config::resolve(&json!({"assistant": "pricing-advisor", "apiUrl": "https://chat.example/v1"}))?;
    /// assert_eq!(config.position.as_str(), "bottom-right");
    /// let error = Config::resolve(&json!({"assistant": "a", "apiUrl": "/v1", "position": "middle"})).unwrap_err();
    /// assert!(error.to_string().contains("bottom-left"));
    /// # Ok::<(), assisters_chat::config::OptionError>(())
    /// ```
    pub fn resolve(options: &Value) -> Result<Self, OptionError> {
        let read = Reader(options);
        let strings = Strings::resolve(read.object("strings")?)?;
        let (theme, overrides) = resolve_theme(read)?;
        Ok(Self {
            assistant: resolve_assistant(read)?,
            api_url: read.parsed("apiUrl")?.ok_or_else(|| OptionError::missing("apiUrl", "an address such as \"https://chat.example/v1\""))?,
            dialect: read.parsed("dialect")?.unwrap_or_default(),
            api_key: read.text("apiKey")?,
            user: resolve_user(read.object("user")?)?,
            metadata: read.object("metadata")?.cloned().unwrap_or_default(),
            headers: resolve_headers(read.object("headers")?)?,
            theme,
            overrides,
            primary_color: read.parsed("primaryColor")?.unwrap_or_default(),
            position: read.parsed("position")?.unwrap_or_default(),
            offset: Offset::resolve(read.object("offset")?)?,
            button_size_px: read.number("buttonSize", 24.0..=160.0)?.unwrap_or(56.0),
            button_icon: read.parsed("buttonIcon")?.unwrap_or_default(),
            #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
            z_index: read.number("zIndex", -2_147_483_648.0..=2_147_483_647.0)?.unwrap_or(9999.0) as i32,
            title: read.text("title")?,
            avatar: read.text("avatar")?,
            greeting: read.text("greeting")?,
            suggestions: read.texts("suggestions")?,
            messages: resolve_messages(read)?,
            session_id: read.text("sessionId")?,
            placeholder: read.text("placeholder")?.unwrap_or_else(|| strings.get(Phrase::Placeholder).to_owned()),
            auto_open: read.flag("autoOpen")?.unwrap_or(false),
            hide_watermark: read.flag("hideWatermark")?.unwrap_or(false),
            locale: read.text("locale")?.unwrap_or_default(),
            strings,
            persist: read.parsed("persist")?.unwrap_or_default(),
            stream: read.flag("stream")?.unwrap_or(true),
            link_policy: resolve_link_policy(read.object("linkPolicy")?)?,
        })
    }

    /// Returns which way the widget's own texts are written.
    #[must_use]
    pub fn direction(&self) -> Direction {
        Direction::of_locale(&self.locale)
    }
}

fn resolve_assistant(read: Reader<'_>) -> Result<String, OptionError> {
    // The vendor's documents use all three names.
    for name in ["assistant", "assistantId", "assisterId"] {
        if let Some(assistant) = read.text(name)? {
            return Ok(assistant);
        }
    }
    Err(OptionError::missing("assistant", "the assistant's slug or id, such as \"pricing-advisor\""))
}

fn resolve_theme(read: Reader<'_>) -> Result<(ThemeChoice, Overrides), OptionError> {
    let mut overrides = Overrides::default();
    let Some(Value::Object(tokens)) = read.0.get("theme") else {
        return Ok((read.parsed("theme")?.unwrap_or_default(), overrides));
    };
    let mut theme = ThemeChoice::default();
    for (key, value) in tokens {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if key == "mode" {
            theme = text.parse().map_err(|error| OptionError::invalid("theme.mode", &error))?;
        } else {
            overrides.set(key, &text).map_err(|error| OptionError::invalid("theme", &error))?;
        }
    }
    Ok((theme, overrides))
}

fn resolve_user(user: Option<&Value>) -> Result<User, OptionError> {
    let Some(user) = user else { return Ok(User::default()) };
    let read = Reader(user);
    Ok(User { id: read.text("id")?, name: read.text("name")?, email: read.text("email")? })
}

fn resolve_headers(headers: Option<&Value>) -> Result<Vec<(String, String)>, OptionError> {
    let Some(Value::Object(headers)) = headers else { return Ok(Vec::new()) };
    headers
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(value) => Ok((name.clone(), value.to_owned())),
            None => Err(OptionError::expected("headers", "an object of strings")),
        })
        .collect()
}

fn resolve_messages(read: Reader<'_>) -> Result<Vec<HistoryMessage>, OptionError> {
    const SHAPE: &str = "a list of {role: \"user\" | \"assistant\", content: string, createdAt?: string}";
    read.list("messages")?
        .iter()
        .map(|entry| {
            let field = |name| entry.get(name).and_then(Value::as_str);
            let (role, content) = field("role").and_then(Role::parse).zip(field("content")).ok_or_else(|| OptionError::expected("messages", SHAPE))?;
            Ok(HistoryMessage {
                id: field("id").map(str::to_owned),
                role,
                content: content.to_owned(),
                created_at: field("createdAt").map(str::to_owned),
                sources: crate::protocol::decode_sources(entry),
            })
        })
        .collect()
}

fn resolve_link_policy(policy: Option<&Value>) -> Result<LinkPolicy, OptionError> {
    let Some(policy) = policy else { return Ok(LinkPolicy::default()) };
    let read = Reader(policy);
    Ok(LinkPolicy { hosts: read.texts("hosts")?, image_hosts: read.texts("imageHosts")?.unwrap_or_default() })
}

#[cfg(test)]
mod tests;
