//! The colour tokens of a widget, derived from the owner's one brand colour so that no choice of colour makes it unreadable.
//! Knows colours and names of custom properties; knows nothing of the page, of layout or of which element uses what.
//!
//! Lightness is moved in OKLab, where equal steps look equal and the hue stays put, until the contrast of WCAG 2.2 AA is met:
//! 4.5:1 for text, 3:1 for the edges of controls. [`PAIRS`] lists what is shown on what; a test holds it for random brand colours.

mod colour;
mod overrides;

use std::str::FromStr;

use colour::{Colour, Oklab};

pub use colour::ColourError;
pub use overrides::{Overrides, TOKEN_KEYS, TokenError};

/// The owner's brand colour, the one input of every colour token.
///
/// ```
/// use assisters_chat::config::theme::{Brand, Mode, tokens};
///
/// let brand: Brand = "#3b82f6".parse()?;
/// let (name, value) = &tokens(&brand, Mode::Light)[0];
/// assert_eq!((*name, value.len()), ("--assisters-accent", 7));
/// assert!("blurple".parse::<Brand>().is_err());
/// # Ok::<(), assisters_chat::config::theme::ColourError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brand(Colour);

impl Default for Brand {
    /// Returns `#3b82f6`.
    fn default() -> Self {
        Self(Colour::new(0x3b82f6))
    }
}

impl FromStr for Brand {
    type Err = ColourError;

    /// Reads `#rgb` and `#rrggbb`, with alpha or without: it is dropped, a fill is opaque. Any other colour that CSS knows is turned into
    /// this by the browser itself before it comes here (`www/engine/complete.js`).
    ///
    /// # Errors
    /// Anything else, with the valid forms in the message.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Whether the widget is painted dark on light or light on dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Dark text on light surfaces.
    Light,
    /// Light text on dark surfaces.
    Dark,
}

impl Mode {
    /// Returns the spelling used in `data-theme` and CSS `color-scheme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Text and control edges against what they lie on: WCAG 2.2 AA, 1.4.3 and 1.4.11.
const TEXT: f32 = 4.5;
const CONTROL: f32 = 3.0;

/// How much of its lightness a brand colour may lose to carry white text. Beyond that, dark text keeps it closer to itself:
/// `#3b82f6` gives 0.05 and stays blue, a yellow would turn to mud.
const WHITE_TEXT_LIMIT: f32 = 0.1;

/// A table's value for light and for dark.
type ByMode<T> = [T; 2];

/// The neutrals with a breath of the brand's hue, as lightness and most chroma; grey brands stay grey.
/// The first four are the surfaces that accents are shown on.
const TINTED: [(&str, ByMode<(f32, f32)>); 9] = [
    ("--assisters-surface", [(1.0, 0.0), (0.205, 0.010)]),
    ("--assisters-surface-raised", [(0.967, 0.005), (0.268, 0.013)]),
    ("--assisters-surface-sunken", [(0.982, 0.003), (0.170, 0.008)]),
    ("--assisters-accent-surface", [(0.955, 0.028), (0.290, 0.045)]),
    ("--assisters-code-surface", [(0.974, 0.004), (0.165, 0.008)]),
    ("--assisters-text", [(0.230, 0.020), (0.945, 0.006)]),
    ("--assisters-text-muted", [(0.500, 0.022), (0.730, 0.018)]),
    ("--assisters-border", [(0.920, 0.007), (0.325, 0.015)]),
    ("--assisters-control-border", [(0.635, 0.020), (0.570, 0.020)]),
];

/// What means the same for every brand.
const FIXED: [(&str, ByMode<u32>); 4] = [
    ("--assisters-danger", [0xc0182f, 0xff9a9e]),
    ("--assisters-on-danger", [0xffffff, 0x2b070c]),
    ("--assisters-danger-surface", [0xfdf0f1, 0x3a1d22]),
    ("--assisters-online", [0x16963f, 0x4ade80]),
];

/// Returns every colour token for `brand` in `mode` as custom property and `#rrggbb`.
pub fn tokens(brand: &Brand, mode: Mode) -> Vec<(&'static str, String)> {
    let lab = brand.0.to_oklab();
    let (column, away) = match mode {
        Mode::Light => (0, DARKER),
        Mode::Dark => (1, LIGHTER),
    };
    let tinted = TINTED.map(|(name, shades)| {
        let (lightness, chroma) = shades[column];
        (name, lab.with(lightness, chroma).to_colour())
    });
    let [surface, raised, sunken, accent_surface, ..] = tinted.map(|(_, colour)| colour);
    let surfaces = [surface, raised, sunken, accent_surface];
    let accent = Accent::new(lab, mode, surface);
    let derived = [
        ("--assisters-accent", accent.fill),
        ("--assisters-accent-hover", accent.hover),
        ("--assisters-on-accent", accent.ink),
        ("--assisters-accent-edge", fit(accent.fill.to_oklab(), away, &surfaces, CONTROL).to_colour()),
        ("--assisters-accent-text", fit(lab, away, &surfaces, TEXT).to_colour()),
        ("--assisters-focus-ring", fit(lab, away, &surfaces, CONTROL).to_colour()),
    ];
    let fixed = FIXED.map(|(name, colours)| (name, Colour::new(colours[column])));
    let all = derived.iter().chain(&tinted).chain(&fixed);
    all.map(|(name, colour)| (*name, colour.to_hex())).collect()
}

/// Returns the text of the style sheet that gives one widget its colours: one `:host` rule, the owner's overrides last.
pub fn style_sheet(brand: &Brand, mode: Mode, overrides: &Overrides) -> String {
    let brand = overrides.brand.as_ref().unwrap_or(brand);
    let mut sheet = String::from(":host{color-scheme:");
    sheet.push_str(mode.as_str());
    let mut declare = |name: &str, value: &str| {
        for part in [";", name, ":", value] {
            sheet.push_str(part);
        }
    };
    for (name, value) in &tokens(brand, mode) {
        declare(name, value);
    }
    for (name, value) in &overrides.properties {
        declare(name, value);
    }
    sheet.push('}');
    sheet
}

/// One token shown on another, and the contrast it must keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The property that paints the text or the edge of a control.
    pub foreground: &'static str,
    /// The property that paints what lies beneath.
    pub background: &'static str,
    /// The least contrast ratio of WCAG 2.2 AA for this use.
    pub ratio: f32,
}

const fn pair(foreground: &'static str, background: &'static str, ratio: f32) -> Pair {
    Pair { foreground, background, ratio }
}

/// Every text or control colour of the widget on every surface it is shown on. A style that pairs two tokens adds its row here.
pub const PAIRS: &[Pair] = &[
    pair("--assisters-text", "--assisters-surface", TEXT),
    pair("--assisters-text", "--assisters-surface-raised", TEXT),
    pair("--assisters-text", "--assisters-surface-sunken", TEXT),
    pair("--assisters-text", "--assisters-code-surface", TEXT),
    pair("--assisters-text", "--assisters-accent-surface", TEXT),
    pair("--assisters-text", "--assisters-danger-surface", TEXT),
    pair("--assisters-text-muted", "--assisters-surface", TEXT),
    pair("--assisters-text-muted", "--assisters-surface-raised", TEXT),
    pair("--assisters-text-muted", "--assisters-surface-sunken", TEXT),
    pair("--assisters-text-muted", "--assisters-code-surface", TEXT),
    pair("--assisters-accent-text", "--assisters-surface", TEXT),
    pair("--assisters-accent-text", "--assisters-surface-raised", TEXT),
    pair("--assisters-accent-text", "--assisters-surface-sunken", TEXT),
    pair("--assisters-accent-text", "--assisters-accent-surface", TEXT),
    pair("--assisters-on-accent", "--assisters-accent", TEXT),
    pair("--assisters-on-accent", "--assisters-accent-hover", TEXT),
    pair("--assisters-danger", "--assisters-surface", TEXT),
    pair("--assisters-danger", "--assisters-danger-surface", TEXT),
    pair("--assisters-on-danger", "--assisters-danger", TEXT),
    pair("--assisters-accent-edge", "--assisters-surface", CONTROL),
    pair("--assisters-accent-edge", "--assisters-surface-sunken", CONTROL),
    pair("--assisters-control-border", "--assisters-surface", CONTROL),
    pair("--assisters-control-border", "--assisters-surface-raised", CONTROL),
    pair("--assisters-control-border", "--assisters-surface-sunken", CONTROL),
    pair("--assisters-focus-ring", "--assisters-surface", CONTROL),
    pair("--assisters-focus-ring", "--assisters-surface-raised", CONTROL),
    pair("--assisters-focus-ring", "--assisters-surface-sunken", CONTROL),
    pair("--assisters-focus-ring", "--assisters-accent-surface", CONTROL),
    pair("--assisters-online", "--assisters-surface", CONTROL),
];

/// The brand colour as a fill, and the text on it.
struct Accent {
    fill: Colour,
    hover: Colour,
    ink: Colour,
}

impl Accent {
    fn new(brand: Oklab, mode: Mode, surface: Colour) -> Self {
        let visible = match mode {
            // A light fill on white gets a darker edge instead (`accent-edge`): the brand's yellow stays yellow.
            Mode::Light => brand,
            // A near-black fill would vanish in a dark panel.
            Mode::Dark => fit(brand, LIGHTER, &[surface], CONTROL),
        };
        let beneath_white = fit(visible, DARKER, &[Colour::WHITE], TEXT);
        if visible.lightness - beneath_white.lightness <= WHITE_TEXT_LIMIT {
            // Hovering moves away from the text's colour, so its contrast only grows; near black the other way is free.
            let step = if beneath_white.lightness > 0.3 { -0.045 } else { 0.16 };
            let hover = beneath_white.lighter(step).to_colour();
            return Self { fill: beneath_white.to_colour(), hover, ink: Colour::WHITE };
        }
        let ink = brand.with(0.2, 0.03).to_colour();
        let fill = fit(visible, LIGHTER, &[ink], TEXT);
        // Near white the hue would fade away upwards, and the other way is free.
        let step = if fill.lightness < 0.88 { 0.035 } else { -0.045 };
        Self { fill: fill.to_colour(), hover: fill.lighter(step).to_colour(), ink }
    }
}

const LIGHTER: f32 = 0.005;
const DARKER: f32 = -LIGHTER;

/// Moves the lightness of `lab` by `step` until it stands out from all of `backgrounds`, no further than needed.
/// Measured on the rounded colour that is written out, so the promise holds for what the browser paints.
fn fit(mut lab: Oklab, step: f32, backgrounds: &[Colour], ratio: f32) -> Oklab {
    // From one end of the scale to the other; black and white stand out from every background this module passes.
    for _ in 0..=200 {
        let colour = lab.to_colour();
        if backgrounds.iter().all(|background| colour.contrast(*background) >= ratio) {
            break;
        }
        lab = lab.lighter(step);
    }
    lab
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
