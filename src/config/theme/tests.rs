//! Any brand colour gives a readable widget; the colours owners know stay recognisable; bad input is refused by name.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// Asserts [`PAIRS`] for `brand` in both modes and returns the tightest margin over the required ratio.
fn check_pairs(brand: &Brand) -> f32 {
    let mut margin = f32::MAX;
    for mode in [Mode::Light, Mode::Dark] {
        let tokens = tokens(brand, mode);
        let value = |name: &str| -> Colour {
            let found = tokens.iter().find(|(token, _)| *token == name);
            found.unwrap_or_else(|| panic!("no token {name}")).1.parse().unwrap()
        };
        for Pair { foreground, background, ratio } in PAIRS {
            let contrast = value(foreground).contrast(value(background));
            assert!(
                contrast >= *ratio,
                "{foreground} {} on {background} {} in {mode:?} for {brand:?}: {contrast} < {ratio}",
                value(foreground).to_hex(),
                value(background).to_hex()
            );
            margin = margin.min(contrast - ratio);
        }
    }
    margin
}

fn token(brand: &str, mode: Mode, name: &str) -> String {
    let brand: Brand = brand.parse().unwrap();
    tokens(&brand, mode).into_iter().find(|(token, _)| *token == name).unwrap().1
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_brand_colour_is_readable(rgb in 0_u32..0x0100_0000) {
        check_pairs(&Brand(Colour::new(rgb)));
    }

    #[test]
    fn a_colour_survives_oklab(rgb in 0_u32..0x0100_0000) {
        let colour = Colour::new(rgb);
        prop_assert_eq!(colour.to_oklab().to_colour(), colour);
    }
}

#[test]
fn the_corners_of_the_cube_are_readable() {
    for red in [0, 1, 127, 128, 254, 255] {
        for green in [0, 1, 127, 128, 254, 255] {
            for blue in [0, 1, 127, 128, 254, 255] {
                check_pairs(&Brand(Colour::new(red << 16 | green << 8 | blue)));
            }
        }
    }
}

#[test]
fn known_brands_stay_themselves() {
    // Darkened by a shade to carry white text.
    let blue: Colour = token("#3b82f6", Mode::Light, "--assisters-accent").parse().unwrap();
    assert!((blue.to_oklab().lightness - Brand::default().0.to_oklab().lightness).abs() < 0.07, "{}", blue.to_hex());
    assert_eq!(token("#3b82f6", Mode::Light, "--assisters-on-accent"), "#ffffff");
    // Enough contrast already: untouched.
    assert_eq!(token("#5b21b6", Mode::Light, "--assisters-accent"), "#5b21b6");
    assert_eq!(token("#000", Mode::Light, "--assisters-accent"), "#000000");
    // Too light for white text: untouched, with dark text.
    assert_eq!(token("#ffff00", Mode::Light, "--assisters-accent"), "#ffff00");
    assert_ne!(token("#ffff00", Mode::Light, "--assisters-on-accent"), "#ffffff");
    // A grey brand tints nothing.
    assert_eq!(token("#808080", Mode::Dark, "--assisters-surface"), token("#000", Mode::Dark, "--assisters-surface"));
}

#[test]
fn contrast_is_that_of_wcag() {
    let close = |one: u32, two: u32, expected: f32| {
        let contrast = Colour::new(one).contrast(Colour::new(two));
        assert!((contrast - expected).abs() < 0.01, "{one:06x} on {two:06x}: {contrast}");
    };
    close(0x000000, 0xffffff, 21.0);
    close(0x767676, 0xffffff, 4.54);
    close(0x3b82f6, 0xffffff, 3.68);
    close(0xff0000, 0x00ff00, 2.91);
}

#[test]
fn colours_are_read_as_css_writes_them() {
    for (text, expected) in
        [("#3b82f6", "#3b82f6"), (" #3B82F6 ", "#3b82f6"), ("#3b82f680", "#3b82f6"), ("#abc", "#aabbcc"), ("#abcd", "#aabbcc")]
    {
        assert_eq!(text.parse::<Colour>().unwrap().to_hex(), expected, "{text}");
    }
    for text in ["", "#", "#12", "#12345", "#ggg", "#+12", "blurple", "navy", "é"] {
        let error = text.parse::<Brand>().unwrap_err().to_string();
        assert!(error.contains(&format!("{text:?}")) && error.contains("#rrggbb"), "{error}");
    }
}

#[test]
fn the_sheet_declares_tokens_then_overrides() {
    let mut overrides = Overrides::default();
    overrides.set("surfaceRaised", " #eee ").unwrap();
    let sheet = style_sheet(&Brand::default(), Mode::Dark, &overrides);
    assert!(sheet.starts_with(":host{color-scheme:dark;--assisters-accent:#"), "{sheet}");
    assert!(sheet.ends_with(";--assisters-surface-raised:#eee}"), "{sheet}");

    overrides.set("accent", "#dc143c").unwrap();
    let crimson = "#dc143c".parse().unwrap();
    assert!(style_sheet(&Brand::default(), Mode::Dark, &overrides).contains(&style_sheet_head(&crimson)));
}

fn style_sheet_head(brand: &Brand) -> String {
    let (name, value) = &tokens(brand, Mode::Dark)[0];
    format!("{name}:{value};")
}

#[test]
fn overrides_are_plain_values_of_known_keys() {
    for (key, value) in [
        ("radius", "20px"),
        ("font", "\"Söhne\", 'Inter', sans-serif"),
        ("shadow", "0 1px 2px rgb(0 0 0 / 20%), 0 8px 24px rgb(0 0 0 / 12%)"),
        ("width", "calc(50vw - (2 * 10px))"),
        ("text", "var(--brand-ink, #111)"),
    ] {
        Overrides::default().set(key, value).unwrap();
    }
    for value in [
        "",
        "1px;color:red",
        "1px}",
        "{",
        "url(x)",
        "URL( x )",
        "image-set('x' 1x)",
        "\"open",
        "'a\"",
        "calc(1px",
        "1px)",
        ")(",
        "a /* b",
        "\\75rl(x)",
        "1px !important",
        "a\nb",
        "</style>",
    ] {
        let error = Overrides::default().set("radius", value).unwrap_err();
        assert_eq!(error, TokenError::UnsafeValue("radius".into(), value.into()));
    }
    let error = Overrides::default().set("colour", "red").unwrap_err().to_string();
    assert!(error.contains("\"colour\"") && error.contains("surfaceRaised"), "{error}");
    let error = Overrides::default().set("accent", "blurple").unwrap_err().to_string();
    assert!(error.contains("blurple") && error.contains("#rrggbb"), "{error}");
}
