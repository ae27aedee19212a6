//! An opaque sRGB colour: read from CSS, moved in OKLab, measured by WCAG. Knows no token and no theme.
//!
//! Written for few bytes of wasm: powers are roots by Newton's method (`powf` and its tables cost 1 KB brotli); hue is kept by scaling
//! a and b, so no `atan2`.

use std::str::FromStr;

/// An opaque colour in 8-bit sRGB, as written in `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    pub const WHITE: Self = Self([255; 3]);

    /// Returns the colour written `0xrrggbb`.
    pub const fn new(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self([red, green, blue])
    }

    /// Returns the contrast ratio with `other`, 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f32 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f32 {
        let [red, green, blue] = self.to_linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn to_linear(self) -> [f32; 3] {
        self.0.map(|channel| {
            let value = f32::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { power_12_5((value + 0.055) / 1.055) }
        })
    }

    /// Returns the same colour in OKLab (Björn Ottosson, <https://bottosson.github.io/posts/oklab/>).
    pub fn to_oklab(self) -> Oklab {
        let linear = self.to_linear();
        let [l, m, s] = multiply(&LINEAR_TO_CONES, linear).map(|cone| root(cone, 3));
        let [lightness, a, b] = multiply(&CONES_TO_LAB, [l, m, s]);
        Oklab { lightness, a, b }
    }
}

/// Returns `value` to the power of 2.4, for values from 0 to 1.
fn power_12_5(value: f32) -> f32 {
    power(root(value, 5), 12)
}

fn power(value: f32, exponent: u32) -> f32 {
    (0..exponent).fold(1.0, |product, _| product * value)
}

/// Returns the root of a value from 0 to 1 by Newton's method.
fn root(value: f32, degree: u8) -> f32 {
    if value <= 0.0 {
        return 0.0;
    }
    let n = u32::from(degree);
    // Dividing the bits divides the exponent: within 7 % of the root, so that four steps are exact to the last bit but one.
    let mut root = f32::from_bits(value.to_bits() / n + 0x3F80_0000 / n * (n - 1));
    for _ in 0..4 {
        root -= (root - value / power(root, n - 1)) / f32::from(degree);
    }
    root
}

impl Colour {
    /// Returns the colour as `#rrggbb`.
    pub fn to_hex(self) -> String {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        let mut hex = String::from("#");
        for channel in self.0 {
            hex.extend([digit(channel >> 4), digit(channel & 15)]);
        }
        hex
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().strip_prefix('#').and_then(from_hex).ok_or_else(|| ColourError(text.into()))
    }
}

/// A colour that is none this widget can read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", String::from(self.clone()))]
pub struct ColourError(String);

impl From<ColourError> for String {
    fn from(error: ColourError) -> Self {
        const EXPECTED: &str = "\"; expected #rgb, #rrggbb, or any other CSS colour that the browser knows";
        ["unknown colour \"", &error.0, EXPECTED].concat()
    }
}

/// A colour by perceived lightness (0 to 1) and two axes of hue, which the same factor makes paler or stronger.
#[derive(Clone, Copy, Debug)]
pub struct Oklab {
    pub lightness: f32,
    a: f32,
    b: f32,
}

impl Oklab {
    /// Returns the same hue at `lightness`, its chroma no more than `most_chroma`.
    pub fn with(self, lightness: f32, most_chroma: f32) -> Self {
        let chroma = (self.a * self.a + self.b * self.b).sqrt();
        Self { lightness, ..self }.paler(if chroma > most_chroma { most_chroma / chroma } else { 1.0 })
    }

    /// Returns the colour with `step` more lightness, within black and white.
    pub fn lighter(self, step: f32) -> Self {
        Self { lightness: (self.lightness + step).clamp(0.0, 1.0), ..self }
    }

    fn paler(self, factor: f32) -> Self {
        Self { a: self.a * factor, b: self.b * factor, ..self }
    }

    /// Returns the nearest colour that sRGB can show: paler where it must be, of the same lightness and hue.
    pub fn to_colour(mut self) -> Colour {
        let mut linear = self.to_linear();
        // 0.95^120 leaves 0.2 % of the chroma, which rounds to grey.
        for _ in 0..120 {
            if linear.iter().all(|channel| (-0.0005..=1.0005).contains(channel)) {
                break;
            }
            self = self.paler(0.95);
            linear = self.to_linear();
        }
        Colour(linear.map(|channel| {
            let channel = channel.clamp(0.0, 1.0);
            let value = if channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * root(power(channel, 5), 12) - 0.055 };
            // The cast saturates; half a step rounds without a call to `round`.
            (value * 255.0 + 0.5) as u8
        }))
    }

    fn to_linear(self) -> [f32; 3] {
        let cones = multiply(&LAB_TO_CONES, [self.lightness, self.a, self.b]).map(|cone| cone * cone * cone);
        multiply(&CONES_TO_LINEAR, cones)
    }
}

type Matrix = [[f32; 3]; 3];

const LINEAR_TO_CONES: Matrix = [
    [0.412_221_46, 0.536_332_55, 0.051_445_995],
    [0.211_903_5, 0.680_699_5, 0.107_396_96],
    [0.088_302_46, 0.281_718_85, 0.629_978_7],
];
const CONES_TO_LAB: Matrix = [
    [0.210_454_26, 0.793_617_8, -0.004_072_047],
    [1.977_998_5, -2.428_592_2, 0.450_593_7],
    [0.025_904_037, 0.782_771_77, -0.808_675_77],
];
const LAB_TO_CONES: Matrix =
    [[1.0, 0.396_337_78, 0.215_803_76], [1.0, -0.105_561_346, -0.063_854_17], [1.0, -0.089_484_18, -1.291_485_5]];
const CONES_TO_LINEAR: Matrix = [
    [4.076_741_7, -3.307_711_6, 0.230_969_94],
    [-1.268_438, 2.609_757_4, -0.341_319_38],
    [-0.004_196_086_3, -0.703_418_6, 1.707_614_7],
];

fn multiply(matrix: &Matrix, [x, y, z]: [f32; 3]) -> [f32; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// Reads 3 or 6 digits, or 4 or 8 with alpha, which is dropped.
fn from_hex(digits: &str) -> Option<Colour> {
    let count = digits.len();
    if !matches!(count, 3 | 4 | 6 | 8) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?; // cannot fail on eight hex digits or fewer
    Some(match count {
        8 => Colour::new(value >> 8),
        6 => Colour::new(value),
        _ => {
            let short = if count == 4 { value >> 4 } else { value };
            Colour([8, 4, 0].map(|shift| (short >> shift & 0xf) as u8 * 0x11))
        }
    })
}
