//! What a visitor can do with a message: a quiet row of buttons below it, made only for messages that are in sight.

use web_sys::{Element, Event};

use super::activity;
use super::editor;
use super::icon::{Icon, icon};
use super::rich_text::Manner;
use super::view::{View, html};
use crate::browser::clipboard;
use crate::browser::dom::closest;
use crate::browser::part::Part;
use crate::browser::timer::sleep_secs;
use crate::chat::{Message, MessageId, Rating, Status};
use crate::config::Phrase;
use crate::protocol::Role;
use crate::session::Session;

/// How long a button says that it has copied.
const COPIED_SECS: f64 = 2.0;

/// One thing to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Copies the message as it was written, Markdown and all.
    Copy,
    /// Copies a block of code.
    CopyCode,
    /// Says that the answer helped.
    Up,
    /// Says that it did not.
    Down,
    /// Asks for the last answer once more.
    Regenerate,
    /// Tries a failed or stopped answer again.
    Retry,
    /// Changes the last question.
    Edit,
    /// Sends the changed question.
    Resend,
    /// Leaves the question as it was.
    Cancel,
}

impl Action {
    const ALL: [Self; 9] =
        [Self::Copy, Self::CopyCode, Self::Up, Self::Down, Self::Regenerate, Self::Retry, Self::Edit, Self::Resend, Self::Cancel];

    /// Returns the action's name, in `data-action` and as a part.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::CopyCode => "code-copy",
            Self::Up => "feedback-up",
            Self::Down => "feedback-down",
            Self::Regenerate => "regenerate",
            Self::Retry => "retry",
            Self::Edit => "edit",
            Self::Resend => "resend",
            Self::Cancel => "cancel",
        }
    }

    /// Returns what the action is called.
    pub fn phrase(self) -> Phrase {
        match self {
            Self::Copy => Phrase::Copy,
            Self::CopyCode => Phrase::CopyCode,
            Self::Up => Phrase::GoodAnswer,
            Self::Down => Phrase::BadAnswer,
            Self::Regenerate => Phrase::Regenerate,
            Self::Retry => Phrase::Retry,
            Self::Edit => Phrase::Edit,
            Self::Resend => Phrase::Send,
            Self::Cancel => Phrase::Cancel,
        }
    }

    /// Returns the action's icon.
    pub fn icon(self) -> Icon {
        match self {
            Self::Copy | Self::CopyCode => Icon::Copy,
            Self::Up | Self::Down => Icon::Thumb,
            Self::Regenerate | Self::Retry => Icon::Retry,
            Self::Edit => Icon::Pencil,
            Self::Resend => Icon::Send,
            Self::Cancel => Icon::Close,
        }
    }

    fn of(button: &Element) -> Option<Self> {
        let name = button.get_attribute("data-action")?;
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// Makes the row of a message as it should be now, `None` for a message that is not in sight. One that has the focus stays.
pub fn refresh(session: Session, manner: &Manner, article: &Element, id: MessageId, is_last: Option<bool>) {
    if let Ok(Some(row)) = article.query_selector(":scope > .actions") {
        if is_last.is_none() && row.matches(":focus-within").unwrap_or(false) {
            return;
        }
        row.remove();
    }
    let Some(is_last) = is_last else { return };
    let is_answering = session.peek_is_answering();
    let row = session.message(id, |message| row(manner, message, is_last && !is_answering)).flatten();
    if let Some(row) = row {
        article.append_child(row.element()).ok(); // refused only for a node that contains its own parent
    }
}

fn row(manner: &Manner, message: &Message, is_last: bool) -> Option<View> {
    let is_answer = message.role == Role::Assistant;
    if message.status == Status::Streaming || message.content.is_empty() {
        return None;
    }
    let mut row = html("div").piece("actions");
    let time = message.created_at_unix_secs.map(|at| manner.clock.time(at));
    if !is_answer && let Some(time) = &time {
        row = row.child(time.clone());
    }
    row = row.child(button(manner, Action::Copy));
    if is_answer && message.status == Status::Done {
        for (action, rating) in [(Action::Up, Rating::Up), (Action::Down, Rating::Down)] {
            let is_pressed = if message.rating == Some(rating) { "true" } else { "false" };
            row = row.child(button(manner, action).attr("aria-pressed", is_pressed));
        }
    }
    if is_last {
        row = row.attr("data-last", "");
        if !is_answer {
            row = row.child(button(manner, Action::Edit));
        } else if message.status == Status::Done {
            row = row.child(button(manner, Action::Regenerate));
        }
    }
    if is_answer && let Some(time) = time {
        row = row.child(time);
    }
    Some(row)
}

fn button(manner: &Manner, action: Action) -> View {
    let (name, label) = (action.as_str(), manner.say(action.phrase()));
    html("button")
        .class("action")
        .attr("part", &["action ", name].concat())
        .attr("type", "button")
        .attr("data-action", name)
        .attr("aria-label", label)
        .attr("title", label)
        .child(icon(action.icon(), "icon"))
}

/// Does what a click in the transcript asks for.
pub fn clicked(session: Session, manner: &Manner, event: &Event) {
    let Some(button) = closest(event, "[data-action]") else { return };
    let Some(action) = Action::of(&button) else {
        // The only other buttons are those below a call.
        if Part::Activity.is_here() {
            activity::show_decision(session, &button);
        }
        return;
    };
    let Some((article, id)) = message_around(session, &button) else { return };
    match action {
        Action::Copy => copy(session, manner, button, session.message(id, |message| message.content.clone())),
        Action::CopyCode => {
            let code = button.closest(".code").ok().flatten().and_then(|block| block.query_selector("code").ok().flatten());
            copy(session, manner, button, code.and_then(|code| code.text_content()));
        }
        Action::Up => rate(session, &article, id, Rating::Up),
        Action::Down => rate(session, &article, id, Rating::Down),
        Action::Regenerate => session.regenerate(),
        Action::Retry => session.retry(id),
        Action::Edit => editor::open(session, manner, &article, id),
        Action::Resend => editor::submit(session, &article, id),
        Action::Cancel => editor::close(&article),
    }
}

/// Returns the message around an element of the transcript.
pub fn message_around(session: Session, element: &Element) -> Option<(Element, MessageId)> {
    let article = element.closest("[data-id]").ok()??;
    let number = article.get_attribute("data-id")?.parse().ok()?;
    Some((article, session.find_message(number)?))
}

/// Notes what the visitor thinks; the same once more takes it back.
fn rate(session: Session, article: &Element, id: MessageId, rating: Rating) {
    let before = session.message(id, |message| message.rating).flatten();
    let rating = (before != Some(rating)).then_some(rating);
    session.rate(id, rating);
    for (action, of_button) in [(Action::Up, Rating::Up), (Action::Down, Rating::Down)] {
        if let Ok(Some(button)) = article.query_selector(&["[data-action=", action.as_str(), "]"].concat()) {
            let is_pressed = if rating == Some(of_button) { "true" } else { "false" };
            button.set_attribute("aria-pressed", is_pressed).ok(); // the name is one
        }
    }
}

/// Copies a text, and lets the button say so for a moment.
fn copy(session: Session, manner: &Manner, button: Element, text: Option<String>) {
    let Some(text) = text else { return };
    let copied = manner.say(Phrase::Copied).to_owned();
    session.spawn(async move {
        let place = button.parent_element().unwrap_or_else(|| button.clone());
        if !clipboard::copy(&text, &place).await {
            return;
        }
        let path = button.query_selector("path").ok().flatten();
        let mark = |label: &str, icon: Icon| {
            button.set_attribute("aria-label", label).ok(); // the names are ones
            if let Some(path) = &path {
                path.set_attribute("d", icon.path()).ok(); // as above
            }
        };
        button.set_attribute("data-said", &copied).ok(); // as above
        mark(&copied, Icon::Check);
        sleep_secs(COPIED_SECS).await;
        button.remove_attribute("data-said").ok(); // as above
        mark(&button.get_attribute("title").unwrap_or_default(), Icon::Copy);
    });
}
