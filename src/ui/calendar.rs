//! When a message was written: its time of day, and the line between two days.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::Element;

use super::view::{View, html};
use crate::browser::calendar::{format, local_day};
use crate::browser::dom::{format_time, now_unix_secs};
use crate::browser::idle::IdleWork;
use crate::chat::MessageId;
use crate::config::Phrase;
use crate::session::Session;

const TIME: &str = r#"{"hour":"numeric","minute":"2-digit"}"#;
const DATE: &str = r#"{"weekday":"long","day":"numeric","month":"long"}"#;
const DATE_OF_LONG_AGO: &str = r#"{"day":"numeric","month":"long","year":"numeric"}"#;

/// Further back than so many days, the weekday says nothing and the year does.
const LONG_AGO_DAYS: f64 = 180.0;

/// Writes the times of messages while the browser is idle: making its formatter takes a browser longer than showing a whole answer.
pub struct Clock {
    waiting: Rc<RefCell<Vec<(View, f64)>>>,
    idle: IdleWork,
}

impl Clock {
    /// Makes a clock that tells the time in the words of a language.
    pub fn new(locale: &str) -> Self {
        let waiting = Rc::<RefCell<Vec<(View, f64)>>>::default();
        let (of_idle, locale) = (Rc::clone(&waiting), locale.to_owned());
        let idle = IdleWork::new(move || {
            // Rows of actions are made anew while they wait; nobody sees the old ones.
            for (element, unix_secs) in of_idle.take().into_iter().filter(|(element, _)| element.element().is_connected()) {
                element
                    .attr("title", &format(unix_secs, &locale, r#"{"dateStyle":"full","timeStyle":"short"}"#))
                    .text(&format(unix_secs, &locale, TIME));
            }
        });
        Self { waiting, idle }
    }

    /// The time of day when a message was written, with the date for who points at it.
    pub fn time(&self, unix_secs: f64) -> View {
        let element = html("time").piece("time").attr("datetime", &format_time(unix_secs));
        self.waiting.borrow_mut().push((element.clone(), unix_secs));
        self.idle.request();
        element
    }
}

/// The line above a message that is the first of its day; none above a transcript that begins today.
pub fn day_separator(session: Session, id: MessageId) -> Option<Element> {
    let (written, before) = session.conversation(|conversation| {
        let time = |id| conversation.get(id).and_then(|message| message.created_at_unix_secs);
        (time(id), conversation.ids_before(Some(id), 1).first().copied().and_then(time))
    });
    let written = written?;
    let today = local_day(now_unix_secs());
    let day = local_day(written);
    if day == before.map_or(today, local_day) {
        return None;
    }
    let config = session.peek_config()?;
    let text = match today - day {
        0.0 => config.strings.get(Phrase::Today).to_owned(),
        1.0 => config.strings.get(Phrase::Yesterday).to_owned(),
        age if age > LONG_AGO_DAYS => format(written, &config.locale, DATE_OF_LONG_AGO),
        _ => format(written, &config.locale, DATE),
    };
    let label = html("time").attr("datetime", &format_time(written)).text(&text);
    let separator = html("div").class("day").attr("part", "day-separator").attr("role", "separator").child(label);
    Some(separator.element().clone())
}
