//! The options that are a choice between a few values: one table of spellings each.

use std::str::FromStr;

use super::reader::Reader;

/// Defines an enum that carries its spelling, reads it back, and names the valid ones when it can not.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value, in the order an error message lists them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the spelling in options and attributes.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| unknown(text, &[$($text),+]))
            }
        }
    };
}

fn unknown(text: &str, valid: &[&str]) -> String {
    ["unknown value \"", text, "\"; expected one of: ", &valid.join(", ")].concat()
}

choice! {
    /// Where the widget is.
    Position {
        /// Bottom, at the end of the line.
        #[default] BottomRight = "bottom-right",
        /// Bottom left.
        BottomLeft = "bottom-left",
        /// Top right.
        TopRight = "top-right",
        /// Top left.
        TopLeft = "top-left",
        /// In the flow of the page, filling the element it was mounted in.
        Inline = "inline",
    }
}

choice! {
    /// Which of the two palettes is shown.
    ThemeChoice {
        /// As the page says, else as the system says.
        #[default] Auto = "auto",
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
}

choice! {
    /// Where the conversation is remembered.
    Persist {
        /// In this browser, until it is cleared.
        #[default] Local = "local",
        /// In this tab, until it is closed.
        Session = "session",
        /// Nowhere.
        None = "none",
    }
}

choice! {
    /// Which way a text is written.
    Direction {
        /// Left to right.
        #[default] LeftToRight = "ltr",
        /// Right to left.
        RightToLeft = "rtl",
    }
}

impl Direction {
    /// Returns the direction of a BCP 47 language tag.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        if ["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"].contains(&language) {
            Self::RightToLeft
        } else {
            Self::LeftToRight
        }
    }
}

/// The launcher's icon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ButtonIcon {
    /// A speech bubble.
    #[default]
    Chat,
    /// A spark.
    Sparkle,
    /// The owner's own picture.
    Url(String),
}

impl FromStr for ButtonIcon {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "chat" => Ok(Self::Chat),
            "sparkle" => Ok(Self::Sparkle),
            // Anything with a dot or a slash is meant as an address.
            address if address.contains(['/', '.', ':']) => Ok(Self::Url(address.to_owned())),
            other => Err(unknown(other, &["chat", "sparkle", "the address of a picture"])),
        }
    }
}

/// The distance from the corner, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offset {
    /// From the side.
    pub x_px: f64,
    /// From the top or the bottom.
    pub y_px: f64,
}

impl Offset {
    pub(super) fn resolve(offset: &Reader<'_>) -> Self {
        Self { x_px: offset.number("x", 0..=2000, 20), y_px: offset.number("y", 0..=2000, 20) }
    }
}
