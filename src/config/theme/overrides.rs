//! The owner's `theme` object: camel-case token keys and CSS values, checked once, so that a value can neither leave its
//! declaration nor load anything. Knows the keys; what they look like is the style sheets' concern.

use super::{Brand, ColourError};

/// The keys a `theme` object may hold. `radiusSmall` becomes `--assisters-radius-small`, and so for all but `accent`.
pub const TOKEN_KEYS: &[&str] = &[
    "accent",
    "surface",
    "surfaceRaised",
    "surfaceSunken",
    "text",
    "textMuted",
    "border",
    "codeSurface",
    "font",
    "fontMono",
    "fontSize",
    "radius",
    "radiusBubble",
    "radiusControl",
    "shadow",
    "space",
    "density",
    "width",
    "height",
];

/// The checked tokens of a `theme` object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The `accent` key. A brand colour, not a property: all that is painted in it is derived, so it stays readable.
    pub(super) brand: Option<Brand>,
    /// Custom property and value, as given.
    pub(super) properties: Vec<(String, String)>,
}

impl Overrides {
    /// Adds the token `key` with `value`; a later one of the same key wins.
    ///
    /// # Errors
    /// An unknown key, with the valid ones; a value that is not one plain CSS value; an `accent` that is no colour.
    ///
    /// ```
    /// use assisters_chat::config::theme::Overrides;
    ///
    /// let mut overrides = Overrides::default();
    /// overrides.set("radius", "8px")?;
    /// assert!(overrides.set("radius", "0;position:static").is_err());
    /// assert!(overrides.set("cornerRadius", "8px").is_err());
    /// # Ok::<(), assisters_chat::config::theme::TokenError>(())
    /// ```
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), TokenError> {
        if !TOKEN_KEYS.contains(&key) {
            return Err(TokenError::UnknownKey(key.into()));
        }
        let value = value.trim();
        if key == "accent" {
            self.brand = Some(value.parse()?);
            return Ok(());
        }
        if !is_plain_value(value) {
            return Err(TokenError::UnsafeValue(key.into(), value.into()));
        }
        self.properties.push((property_name(key), value.into()));
        Ok(())
    }
}

/// Why a token was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", String::from(self.clone()))]
#[non_exhaustive]
pub enum TokenError {
    /// The key is none of [`TOKEN_KEYS`].
    UnknownKey(String),
    /// The value could end its declaration, swallow the ones after it, or load a resource.
    UnsafeValue(String, String),
    /// The value of `accent` is no colour.
    Colour(#[from] ColourError),
}

impl From<TokenError> for String {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::UnknownKey(key) => {
                ["unknown theme token \"", &key, "\"; expected one of: ", &TOKEN_KEYS.join(", ")].concat()
            }
            TokenError::UnsafeValue(key, value) => {
                const EXPECTED: &str = "\"; expected one CSS value without ; { } < > \\ @ !, comments, or url()";
                ["unusable value \"", &value, "\" for the theme token \"", &key, EXPECTED].concat()
            }
            TokenError::Colour(error) => ["theme token \"accent\": ", &Self::from(error)].concat(),
        }
    }
}

fn property_name(key: &str) -> String {
    let mut name = String::from("--assisters-");
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Accepts lengths, colours, font lists, shadows and `calc()`; refuses what could act outside its declaration.
fn is_plain_value(value: &str) -> bool {
    let mut depth = 0_i32;
    let mut quote = None;
    for letter in value.chars() {
        match (letter, quote) {
            // Not even inside quotes: an escape or a line end there would close the string early or late.
            (';' | '{' | '}' | '<' | '>' | '\\' | '@' | '!', _) => return false,
            _ if letter.is_control() => return false,
            ('"' | '\'', None) => quote = Some(letter),
            (_, Some(open)) => quote = (letter != open).then_some(open),
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    let lowercase = value.to_ascii_lowercase();
    let loads = ["url(", "src(", "image(", "image-set(", "/*"]
        .iter()
        .any(|part| lowercase.as_bytes().windows(part.len()).any(|window| window == part.as_bytes()));
    depth == 0 && quote.is_none() && !value.is_empty() && !loads
}
