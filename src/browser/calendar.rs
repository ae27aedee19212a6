//! Times of day and dates in the words of a language, by the browser's own `Intl`.

use js_sys::{Array, Date, Function, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::events::to_js;

const DAY_SECS: f64 = 86_400.0;

/// Returns the number of the day in the visitor's time zone, so that equal means the same date.
#[must_use]
pub fn local_day(unix_secs: f64) -> f64 {
    ((unix_secs - date(unix_secs).get_timezone_offset() * 60.0) / DAY_SECS).floor()
}

/// Writes times. To make one takes a browser longer than to write a hundred times with it.
pub struct TimeFormat(Option<Function>);

impl TimeFormat {
    /// Takes the options of `Intl.DateTimeFormat` as JSON. A locale that is none is the browser's.
    #[must_use]
    pub fn new(locale: &str, options: &str) -> Self {
        // Made through `Reflect`, as it throws for a locale that is none.
        let format = |locale: &JsValue| {
            let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
            let maker: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
            let made = Reflect::construct(&maker, &Array::of2(locale, &to_js(options))).ok()?;
            Reflect::get(&made, &"format".into()).ok()?.dyn_into().ok()
        };
        Self(format(&locale.into()).or_else(|| format(&JsValue::UNDEFINED)))
    }

    /// Writes a time, nothing for a time that is none.
    #[must_use]
    pub fn write(&self, unix_secs: f64) -> String {
        let written = self.0.as_ref().and_then(|format| format.call1(&JsValue::UNDEFINED, &date(unix_secs)).ok());
        written.and_then(|written| written.as_string()).unwrap_or_default()
    }
}

fn date(unix_secs: f64) -> Date {
    Date::new(&JsValue::from_f64(unix_secs * 1000.0))
}
