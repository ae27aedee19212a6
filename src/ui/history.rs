//! Older messages, mounted above the newest ones while there is time: nobody waits for them, and a search in the page finds them all.

use std::collections::VecDeque;

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

use super::message;
use super::transcript::{CHUNK, Chunk, Mounted, Transcript, new_chunk, seal};
use crate::browser::idle::Deadline;
use crate::chat::{Conversation, MessageId};

/// How long one piece of work may take: little enough for no frame to be late.
const SLICE_MILLIS: f64 = 6.0;

/// How many messages are read from the page in one go: so many take a millisecond or two.
const READ_AT_ONCE: u32 = 128;

/// A chunk in the making, from its end.
pub struct Building {
    chunk: Chunk,
    /// What it will be high, roughly, in CSS pixels.
    height_px: usize,
}

impl Transcript {
    /// Mounts older messages until the time is up. Waits while an answer arrives or the visitor scrolls, unless they came to the start.
    pub(super) fn mount_older(&mut self) {
        let is_wanted = self.scroller.is_near_start();
        if self.session.peek_answering().is_some() && !is_wanted {
            return;
        }
        if self.scroller.is_scrolling() && !is_wanted {
            self.idle.request();
            return;
        }
        let deadline = Deadline::in_millis(SLICE_MILLIS);
        while self.build_one() {
            if deadline.is_over() {
                self.idle.request();
                return;
            }
        }
        self.place_building();
    }

    /// Makes the next older message. Returns whether there was one.
    fn build_one(&mut self) -> bool {
        let oldest = self.building.as_ref().and_then(|building| building.chunk.messages.front().map(|mounted| mounted.id));
        let Some(oldest) = oldest.or_else(|| self.oldest()) else { return false };
        let session = self.session;
        let older = || session.conversation(|conversation| conversation.ids_before(Some(oldest), 1).first().copied());
        let Some(id) = older().or_else(|| session.read_earlier(READ_AT_ONCE).then(older).flatten()) else { return false };
        let Some(element) = message::make(self.session, &self.manner, id) else { return false };
        let building = self.building.get_or_insert_with(|| Building {
            chunk: Chunk { element: new_chunk(), messages: VecDeque::new(), is_in_sight: false },
            height_px: 0,
        });
        let chunk = &mut building.chunk;
        chunk.element.prepend_with_node_1(&element).ok(); // refused only for a node that contains its own parent
        if let Some(separator) = self.manner.clock.day_separator(self.session, id) {
            chunk.element.prepend_with_node_1(&separator).ok(); // as above
        }
        chunk.messages.push_front(Mounted { id, element });
        building.height_px += self.session.message(id, |message| likely_height_px(&message.content)).unwrap_or(0);
        if chunk.messages.len() >= CHUNK {
            self.place_building();
        }
        true
    }

    /// Puts the chunk in the making into the document, without moving what the visitor reads.
    fn place_building(&mut self) {
        let Some(Building { chunk, height_px }) = self.building.take() else { return };
        let Some(before) = self.chunks.front().map(|chunk| chunk.element.clone()) else { return };
        seal(&chunk.element);
        expect_height(&chunk.element, height_px);
        self.scroller.hold(&before, || {
            before.before_with_node_1(&chunk.element).ok(); // refused only where there is no parent
        });
        self.sight.add(&chunk.element);
        // Only browsers that do not hold the visitor's place by themselves need to be told of what is laid out late.
        self.scroller.follow_size(&chunk.element);
        self.chunks.push_front(chunk);
        self.scroller.painted();
    }
}

/// Returns the newest messages: as many as surely fill a list of this height, for a start.
pub(super) fn newest_that_fill(list_px: usize, conversation: &Conversation) -> Vec<MessageId> {
    /// More than fill any screen, however short they are.
    const MOST: usize = 40;
    /// However low a list is, it may be growing, and what was just asked is always there: older messages wait while an answer arrives.
    const LEAST_PX: usize = 480;
    let list_px = list_px.max(LEAST_PX);
    // Short lines in a wide panel are less high than guessed.
    let needed_px = list_px + list_px / 2;
    let mut ids = conversation.ids_before(None, MOST);
    let mut height_px = 0;
    let n_left_out = ids.iter().rposition(|id| {
        let is_filled = height_px >= needed_px;
        height_px += conversation.get(*id).map_or(0, |message| likely_height_px(&message.content));
        is_filled
    });
    ids.split_off(n_left_out.map_or(0, |idx| idx + 1))
}

/// Guesses the height of a message. It only has to be right enough for the scroll bar: the true one is taken as soon as it is known.
fn likely_height_px(text: &str) -> usize {
    const LINE_CHARS: usize = 44;
    const LINE_PX: usize = 23;
    const AROUND_PX: usize = 48;
    AROUND_PX + LINE_PX * (text.len() / LINE_CHARS + text.bytes().filter(|byte| *byte == b'\n').count())
}

fn expect_height(chunk: &Element, height_px: usize) {
    let style = chunk.unchecked_ref::<HtmlElement>().style();
    let height = ["auto ", &height_px.to_string(), "px"].concat();
    // Through the object model it is no style attribute: no policy of the page forbids it. Old browsers know no such property.
    style.set_property("contain-intrinsic-block-size", &height).ok();
}
