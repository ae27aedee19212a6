//! The messages that are in the document, in chunks: what comes, changes and goes costs the same in a transcript of ten thousand.
//!
//! Only the answer that is arriving is kept up to date; every other message is plain nodes. Older messages are mounted by `history`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use web_sys::Element;

use super::actions;
use super::answer_text::{AnswerText, Painted};
use super::editor;
use super::history::{Building, newest_that_fill};
use super::message;
use super::preview::Preview;
use super::rehearsal::rehearsal;
use super::rich_text::Manner;
use super::scroller::Scroller;
use super::view::{View, effect, html};
use crate::browser::idle::IdleWork;
use crate::browser::sight::SightWatch;
use crate::browser::timer::FramePainter;
use crate::chat::{Message, MessageId, Status};
use crate::protocol::Role;
use crate::session::Session;

/// Shows the session's messages at the end of a list, as long as the current owner lives. The only way in: with all that it calls it is a
/// part of the program that comes when there is something to show (`xtask/src/dist/wasm.rs`).
#[inline(never)]
pub fn show(session: Session, scroller: &Scroller, list: View, panel: &View) {
    let Some(transcript) = Transcript::keep(session, scroller, list.element()) else { return };
    let scrolled = Rc::clone(&transcript); // one handle per closure
    // One listener each for all messages: a message by itself holds nothing.
    let list = list
        .on("click", move |event| {
            let manner = transcript.borrow().manner();
            actions::clicked(session, &manner, event);
        })
        .on("scroll", move |_| scrolled.borrow().scrolled())
        .on("input", editor::changed)
        .on("keydown", move |event| editor::key_pressed(session, event));
    Preview::keep(panel, list);
}

/// How many messages lie in one chunk. The browser lays a chunk out, or leaves it out, as a whole.
pub(super) const CHUNK: usize = 32;

/// How near, beyond the edges of the visible part, messages get their actions.
const NEAR: &str = "300px 0px";

/// One mounted message.
pub(super) struct Mounted {
    pub id: MessageId,
    pub element: Element,
}

/// Some messages that follow each other.
pub(super) struct Chunk {
    pub element: Element,
    /// Never empty, oldest first.
    pub messages: VecDeque<Mounted>,
    pub is_in_sight: bool,
}

/// The mounted part of the conversation: its newest messages without a gap.
pub struct Transcript {
    pub(super) session: Session,
    pub(super) list: Element,
    pub(super) scroller: Scroller,
    pub(super) manner: Rc<Manner>,
    pub(super) chunks: VecDeque<Chunk>,
    /// Older messages that are made but not in the document yet.
    pub(super) building: Option<Building>,
    pub(super) sight: SightWatch,
    pub(super) idle: IdleWork,
    frame: FramePainter,
    _rehearsal: IdleWork,
    live: Option<(MessageId, AnswerText)>,
    /// The exchange that can be asked anew, whose actions are always shown.
    last: Vec<MessageId>,
}

/// A shared transcript.
pub type SharedTranscript = Rc<RefCell<Transcript>>;

impl Transcript {
    /// Keeps the session's messages in a list, as long as the current owner lives. `None` once the session is gone.
    fn keep(session: Session, scroller: &Scroller, list: &Element) -> Option<SharedTranscript> {
        let manner = Rc::new(Manner::of(session)?);
        let rehearsal = rehearsal(session, Rc::clone(&manner));
        let transcript = Rc::new_cyclic(|transcript: &Weak<RefCell<Self>>| {
            // Weakly: what calls belongs to what is called.
            let [of_frame, of_idle, of_sight] = [(); 3].map(|()| transcript.clone());
            RefCell::new(Self {
                session,
                list: list.clone(),
                scroller: scroller.clone(),
                manner,
                chunks: VecDeque::new(),
                building: None,
                sight: SightWatch::new(list, NEAR, move |chunk, is_in_sight| {
                    with(&of_sight, |transcript| transcript.came_in_sight(chunk, is_in_sight));
                }),
                idle: IdleWork::new(move || with(&of_idle, Self::mount_older)),
                frame: FramePainter::new(move || with(&of_frame, Self::paint)),
                _rehearsal: rehearsal,
                live: None,
                last: Vec::new(),
            })
        });
        let [of_config, of_messages, of_changes] = [(); 3].map(|()| Rc::clone(&transcript));
        effect(Box::new(move || {
            session.config(); // tracked
            of_config.borrow_mut().change_manner();
        }));
        effect(Box::new(move || {
            session.track_messages();
            let is_open = session.is_open();
            let mut transcript = of_messages.borrow_mut();
            // Nothing is made for somebody who never looks.
            if is_open || !transcript.chunks.is_empty() {
                transcript.synchronize();
            }
        }));
        effect(Box::new(move || {
            let changed = session.take_changes();
            of_changes.borrow_mut().update(&changed);
        }));
        Some(transcript)
    }

    /// Mounts what is new and removes what is gone. Ids only grow, so whatever is no longer there is found from the end.
    fn synchronize(&mut self) {
        let session = self.session;
        let is_there = |id| session.message(id, |_| ()).is_some();
        while let Some(id) = self.newest().filter(|id| !is_there(*id)) {
            self.remove_newest(id);
        }
        let newest = self.newest();
        if newest.is_none() {
            self.building = None;
        }
        let new = session.conversation(|conversation| match newest {
            Some(newest) => conversation.ids_after(newest),
            None => newest_that_fill(self.scroller.height_px(), conversation),
        });
        let has_new = !new.is_empty();
        for id in new {
            self.append(id, newest.is_some());
        }
        self.mark_last();
        if has_new {
            // What the visitor just sent is always brought into sight.
            self.scroller.follow();
            self.frame.hurry();
        }
        self.idle.request();
    }

    /// Brings the answer that is arriving, and what else has changed, up to date.
    fn update(&mut self, changed: &[MessageId]) {
        if let Some(answer) = self.session.peek_answering() {
            self.begin_live(answer);
            self.take_text();
        }
        for id in changed {
            let Some(article) = self.find(*id) else { continue };
            let Some(status) = self.session.message(*id, |message| message.status) else { continue };
            // What it thought and called may be shown after its end: the answer has come but once.
            let is_done =
                status == Status::Done && article.get_attribute("data-status").as_deref() != Some(Status::Done.as_str());
            message::show_state(self.session, &self.manner, &article, *id);
            if status != Status::Streaming {
                self.end_live(*id);
                // What stands below the text came with the state: the newest line is followed a frame later.
                self.frame.hurry();
                if is_done {
                    self.scroller.count_answer();
                }
            }
        }
        if !changed.is_empty() {
            self.mark_last();
        }
        if self.session.peek_answering().is_none() {
            // They wait while an answer arrives.
            self.idle.request();
            self.manner.clock.catch_up();
        }
    }

    /// Shows what has come of the answer since the last frame, and follows it.
    fn paint(&mut self) {
        if let Some((_, text)) = &mut self.live {
            text.paint();
        }
        if let Some((id, _)) = self.live
            && let Some(article) = self.find(id)
        {
            message::show_thoughts(self.session, &article, id);
        }
        self.scroller.painted();
    }

    /// Follows the text of an answer that begins, or begins anew, if its element is there.
    fn begin_live(&mut self, answer: MessageId) {
        if self.live.as_ref().is_some_and(|(id, _)| *id == answer) {
            return;
        }
        if let Some(article) = self.find(answer) {
            let goes_on = self.session.message(answer, Message::goes_on) == Some(true);
            self.follow_text(answer, &article, if goes_on { Painted::Ended } else { Painted::All });
        }
    }

    fn follow_text(&mut self, answer: MessageId, article: &Element, painted: Painted) {
        let manner = Rc::clone(&self.manner);
        let text = self.session.message(answer, |message| AnswerText::new(article, manner, message, painted));
        self.live = text.map(|text| (answer, text));
    }

    fn take_text(&mut self) {
        if let Some((id, text)) = &mut self.live {
            self.session.message(*id, |message| text.take(message));
            self.frame.request();
        }
    }

    /// Shows all of an answer that is over. At once: whoever sees that it is over reads all of it, also where there are no frames.
    fn end_live(&mut self, answer: MessageId) {
        if self.live.as_ref().is_some_and(|(id, _)| *id == answer) {
            self.take_text();
            self.live.take().into_iter().for_each(|(_, mut text)| text.paint());
        }
    }

    /// Appends a message. One that comes while the visitor is there may be seen to come.
    fn append(&mut self, id: MessageId, is_new: bool) {
        let Some(element) = message::make(self.session, &self.manner, id) else { return };
        let role = self.session.message(id, |message| message.role);
        // An exchange is not torn apart: its question begins the next chunk.
        let is_full = self.chunks.back().is_none_or(|chunk| chunk.messages.len() >= CHUNK && role == Some(Role::User));
        if is_full {
            if let Some(full) = self.chunks.back() {
                seal(&full.element);
                self.scroller.ignore_size(&full.element);
            }
            let chunk = Chunk { element: new_chunk(), messages: VecDeque::new(), is_in_sight: false };
            self.list.append_child(&chunk.element).ok(); // refused only for a node that contains its own parent
            self.sight.add(&chunk.element);
            // What is loaded late makes the last chunk grow.
            self.scroller.follow_size(&chunk.element);
            self.chunks.push_back(chunk);
        }
        let Some(chunk) = self.chunks.back_mut() else { return };
        if let Some(separator) = self.manner.clock.day_separator(self.session, id) {
            chunk.element.append_child(&separator).ok(); // as above
        }
        if is_new {
            element.set_attribute("data-new", "").ok(); // the name is one
        }
        chunk.element.append_child(&element).ok(); // as above
        chunk.messages.push_back(Mounted { id, element: element.clone() });
        let is_in_sight = chunk.is_in_sight;
        if self.session.message(id, |message| message.status) == Some(Status::Streaming) {
            self.follow_text(id, &element, Painted::Nothing);
            self.take_text();
        } else if is_in_sight {
            self.refresh_actions(id);
        }
    }

    fn remove_newest(&mut self, id: MessageId) {
        if self.live.as_ref().is_some_and(|(live, _)| *live == id) {
            self.live = None;
        }
        let Some(chunk) = self.chunks.back_mut() else { return };
        if let Some(gone) = chunk.messages.pop_back() {
            if let Some(separator) = gone.element.previous_element_sibling().filter(|before| before.class_name() == "day") {
                separator.remove();
            }
            gone.element.remove();
        }
        if chunk.messages.is_empty() {
            chunk.element.remove();
            self.sight.remove(&chunk.element);
            self.scroller.ignore_size(&chunk.element);
            self.chunks.pop_back();
        }
    }

    fn newest(&self) -> Option<MessageId> {
        self.chunks.back()?.messages.back().map(|mounted| mounted.id)
    }

    /// Returns the oldest message that is made.
    pub(super) fn oldest(&self) -> Option<MessageId> {
        self.chunks.front()?.messages.front().map(|mounted| mounted.id)
    }

    /// Returns a message's element, if it is mounted.
    pub fn find(&self, id: MessageId) -> Option<Element> {
        let after = self.chunks.partition_point(|chunk| chunk.messages.front().is_some_and(|first| first.id <= id));
        let messages = &self.chunks.get(after.checked_sub(1)?)?.messages;
        let idx = messages.binary_search_by_key(&id, |mounted| mounted.id).ok()?;
        messages.get(idx).map(|mounted| mounted.element.clone())
    }

    /// Returns how messages are shown at present.
    pub fn manner(&self) -> Rc<Manner> {
        Rc::clone(&self.manner)
    }

    /// The visitor may have come near the start of what is there.
    pub fn scrolled(&self) {
        if self.scroller.is_near_start() {
            self.idle.request();
        }
    }

    fn change_manner(&mut self) {
        let Some(manner) = Manner::of(self.session) else { return };
        self.manner = Rc::new(manner);
        let shown = self.chunks.iter().filter(|chunk| chunk.is_in_sight).flat_map(|chunk| &chunk.messages);
        let shown: Vec<_> = shown.map(|mounted| mounted.id).collect();
        for id in shown {
            self.refresh_actions(id);
        }
    }

    fn came_in_sight(&mut self, element: &Element, is_in_sight: bool) {
        let Some(idx) = self.chunks.iter().position(|chunk| chunk.element == *element) else { return };
        let Some(chunk) = self.chunks.get_mut(idx) else { return };
        chunk.is_in_sight = is_in_sight;
        let messages: Vec<_> = chunk.messages.iter().map(|mounted| mounted.id).collect();
        for id in messages {
            self.refresh_actions(id);
        }
    }

    /// Finds out which exchange is the last one; only it can be asked anew.
    fn mark_last(&mut self) {
        let last = self.session.conversation(|conversation| conversation.ids_before(None, 2));
        let before = std::mem::replace(&mut self.last, last);
        for id in before.into_iter().chain(self.last.clone()) {
            self.refresh_actions(id);
        }
    }

    /// Makes the actions of a message that is in sight as they should be now, and takes those of others away.
    fn refresh_actions(&self, id: MessageId) {
        let is_in_sight = self.chunks.iter().rev().find(|chunk| chunk.messages.front().is_some_and(|first| first.id <= id));
        let is_in_sight = is_in_sight.is_some_and(|chunk| chunk.is_in_sight);
        if let Some(article) = self.find(id) {
            let is_last = self.last.contains(&id);
            actions::refresh(self.session, &self.manner, &article, id, is_in_sight.then_some(is_last));
        }
    }
}

/// Makes the element of a chunk.
pub(super) fn new_chunk() -> Element {
    html("div").class("chunk").element().clone()
}

/// Lets the browser leave a chunk out while it is not in sight; it is still found by a search in the page.
pub(super) fn seal(chunk: &Element) {
    chunk.set_class_name("chunk sealed");
}

fn with(transcript: &Weak<RefCell<Transcript>>, act: impl FnOnce(&mut Transcript)) {
    if let Some(transcript) = transcript.upgrade()
        && let Ok(mut transcript) = transcript.try_borrow_mut()
    {
        act(&mut transcript);
    }
}
