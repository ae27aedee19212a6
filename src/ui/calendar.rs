//! When a message was written: its time of day, and the line between two days.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::Element;

use super::view::{View, html};
use crate::browser::calendar::{TimeFormat, local_day};
use crate::browser::dom::{format_time, now_unix_secs};
use crate::browser::idle::IdleWork;
use crate::chat::MessageId;
use crate::config::Phrase;
use crate::session::Session;

const TIME: &str = r#"{"hour":"numeric","minute":"2-digit"}"#;
const FULL: &str = r#"{"dateStyle":"full","timeStyle":"short"}"#;
const DATE: &str = r#"{"weekday":"long","day":"numeric","month":"long"}"#;
const DATE_OF_LONG_AGO: &str = r#"{"day":"numeric","month":"long","year":"numeric"}"#;

/// Further back than so many days, the weekday says nothing and the year does.
const LONG_AGO_DAYS: f64 = 180.0;

/// The formats of a language, each made when it is first needed.
struct Formats {
    locale: String,
    made: RefCell<Vec<(&'static str, TimeFormat)>>,
}

impl Formats {
    fn write(&self, options: &'static str, unix_secs: f64) -> String {
        let mut made = self.made.borrow_mut();
        let at = made.iter().position(|(known, _)| *known == options).unwrap_or_else(|| {
            made.push((options, TimeFormat::new(&self.locale, options)));
            made.len() - 1
        });
        made.get(at).map(|(_, format)| format.write(unix_secs)).unwrap_or_default()
    }
}

/// Writes when messages were written; their times while the browser is idle, and the first ones when no answer is arriving: to make a format takes
/// longer than to show a whole answer.
pub struct Clock {
    formats: Rc<Formats>,
    waiting: Rc<RefCell<Vec<(View, f64)>>>,
    idle: IdleWork,
}

impl Clock {
    /// Makes a clock that tells the time in the words of a language.
    pub fn new(session: Session, locale: &str) -> Self {
        let formats = Rc::new(Formats { locale: locale.to_owned(), made: RefCell::default() });
        let waiting = Rc::<RefCell<Vec<(View, f64)>>>::default();
        let (of_idle, written) = (Rc::clone(&waiting), Rc::clone(&formats)); // the closure's own handles
        let idle = IdleWork::new(move || {
            if session.peek_is_answering() && written.made.borrow().is_empty() {
                return;
            }
            // Rows of actions are made anew while they wait; nobody sees the old ones.
            for (element, unix_secs) in of_idle.take().into_iter().filter(|(element, _)| element.element().is_connected()) {
                element.attr("title", &written.write(FULL, unix_secs)).text(&written.write(TIME, unix_secs));
            }
        });
        Self { formats, waiting, idle }
    }

    /// Writes what had to wait for the end of an answer.
    pub fn catch_up(&self) {
        if !self.waiting.borrow().is_empty() {
            self.idle.request();
        }
    }

    /// Makes the formats that every message needs.
    pub fn rehearse(&self) {
        for options in [FULL, TIME] {
            self.formats.write(options, now_unix_secs());
        }
    }

    /// The time of day when a message was written, with the date for who points at it.
    pub fn time(&self, unix_secs: f64) -> View {
        let element = html("time").piece("time").attr("datetime", &format_time(unix_secs));
        self.waiting.borrow_mut().push((element.clone(), unix_secs));
        self.idle.request();
        element
    }

    /// The line above a message that is the first of its day; none above a transcript that begins today.
    pub fn day_separator(&self, session: Session, id: MessageId) -> Option<Element> {
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
            age if age > LONG_AGO_DAYS => self.formats.write(DATE_OF_LONG_AGO, written),
            _ => self.formats.write(DATE, written),
        };
        let label = html("time").attr("datetime", &format_time(written)).text(&text);
        let separator = html("div").class("day").attr("part", "day-separator").attr("role", "separator").child(label);
        Some(separator.element().clone())
    }
}
