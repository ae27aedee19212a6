//! Times of day and dates in the words of a language, by the browser's own `Intl`.

use js_sys::{Date, Function, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::events::to_js;

const DAY_SECS: f64 = 86_400.0;

/// Returns the number of the day in the visitor's time zone, so that equal means the same date.
#[must_use]
pub fn local_day(unix_secs: f64) -> f64 {
    ((unix_secs - date(unix_secs).get_timezone_offset() * 60.0) / DAY_SECS).floor()
}

/// Formats a time; `options` are those of `Intl.DateTimeFormat` as JSON. A locale that is none is the browser's.
#[must_use]
pub fn format(unix_secs: f64, locale: &str, options: &str) -> String {
    let date = date(unix_secs);
    // Called through `Reflect`, as it throws for a locale that is none, and for a time that is none.
    let format = |locale: &JsValue| {
        let function: Function = Reflect::get(&date, &"toLocaleString".into()).ok()?.dyn_into().ok()?;
        function.call2(&date, locale, &to_js(options)).ok()?.as_string()
    };
    format(&locale.into()).or_else(|| format(&JsValue::UNDEFINED)).unwrap_or_default()
}

fn date(unix_secs: f64) -> Date {
    Date::new(&JsValue::from_f64(unix_secs * 1000.0))
}
