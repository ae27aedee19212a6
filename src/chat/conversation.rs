//! The conversation: a list of messages that only changes through the methods here.

use super::message::{Message, MessageId, Rating, Status};
use crate::protocol::{ApiError, Event, HistoryMessage, Role, Said};

/// A question and the answer that is awaited for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The visitor's message.
    pub question: MessageId,
    /// The assistant's message, streaming.
    pub answer: MessageId,
}

/// A conversation. Every change is a pure function of what was and what is handed in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    messages: Vec<Message>,
    next_id: i32,
}

impl Conversation {
    /// Returns the messages, oldest first.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Returns the ids of the messages after one, oldest first.
    #[must_use]
    pub fn ids_after(&self, id: MessageId) -> Vec<MessageId> {
        let start = self.messages.partition_point(|message| message.id <= id);
        self.messages.iter().skip(start).map(|message| message.id).collect()
    }

    /// Returns the ids of up to `n_most` messages before one, or of the newest when none is named, oldest first.
    #[must_use]
    pub fn ids_before(&self, id: Option<MessageId>, n_most: usize) -> Vec<MessageId> {
        let end = id.map_or(self.messages.len(), |id| self.messages.partition_point(|message| message.id < id));
        let ids = self.messages.iter().take(end).skip(end.saturating_sub(n_most));
        ids.map(|message| message.id).collect()
    }

    /// Returns one message.
    #[must_use]
    pub fn get(&self, id: MessageId) -> Option<&Message> {
        // Ids grow along the list, so a transcript of thousands costs a dozen steps.
        self.index(id).and_then(|idx| self.messages.get(idx))
    }

    /// Returns the id of a number, if there is such a message.
    #[must_use]
    pub fn find(&self, number: i32) -> Option<MessageId> {
        self.get(MessageId(number)).map(|message| message.id)
    }

    /// Returns what was said before a question, oldest first, for servers that remember nothing.
    #[must_use]
    pub fn before(&self, question: MessageId) -> Vec<Said<'_>> {
        let earlier = self.messages.iter().filter(|message| message.id < question && !message.content.is_empty());
        earlier.map(|message| Said { role: message.role, text: &message.content }).collect()
    }

    /// Adds the visitor's message and the answer that is now awaited.
    pub fn ask(&mut self, text: String, now_unix_secs: f64) -> Exchange {
        let question = self.add(Role::User, text, Status::Done, now_unix_secs);
        let answer = self.add(Role::Assistant, String::new(), Status::Streaming, now_unix_secs);
        Exchange { question, answer }
    }

    /// Puts files to a question: a JSON list's text.
    pub fn attach(&mut self, question: MessageId, files: String) {
        if let Some(message) = self.index(question).and_then(|idx| self.messages.get_mut(idx)) {
            message.files = files;
        }
    }

    /// Adds a complete message of the assistant, for instance a greeting.
    pub fn tell(&mut self, text: String, now_unix_secs: f64) -> MessageId {
        self.add(Role::Assistant, text, Status::Done, now_unix_secs)
    }

    /// Applies one event to an answer. Events for an answer that is no longer streaming change nothing:
    /// the visitor stopped it, or cleared the conversation, while they were on their way.
    pub fn apply(&mut self, answer: MessageId, event: Event) {
        let Some(message) = self.streaming(answer) else { return };
        match event {
            Event::Started { message_id } => message.server_id = message_id.or(message.server_id.take()),
            Event::TextDelta(text) => {
                message.drop_outdated();
                message.go_on();
                message.content.push_str(&text);
            }
            Event::Reasoning(text) => message.think(&text),
            Event::ToolCall(call) => message.put_call(call),
            Event::ToolResult(result) => {
                if let Some(tool) = message.tools.iter_mut().find(|tool| tool.call.id == result.id) {
                    tool.output = Some(result.output);
                }
            }
            Event::Source(source) => {
                if !message.sources.iter().any(|known| known.url == source.url && known.title == source.title) {
                    message.sources.push(source);
                }
            }
            Event::Finished(finish) => {
                message.status = Status::Done;
                message.server_id = finish.message_id.or(message.server_id.take());
                message.usage = finish.usage;
                message.cost = finish.cost;
                message.drop_outdated();
            }
            Event::Failed(error) => self.fail(answer, error),
        }
    }

    /// Ends an answer with a failure. The text that came stays.
    pub fn fail(&mut self, answer: MessageId, error: ApiError) {
        if let Some(message) = self.streaming(answer) {
            message.status = Status::Failed;
            message.error = Some(error);
            message.is_outdated = false;
        }
    }

    /// Ends an answer because the visitor wants no more of it. The text that came stays.
    pub fn stop(&mut self, answer: MessageId) {
        if let Some(message) = self.streaming(answer) {
            message.status = Status::Stopped;
            message.is_outdated = false;
        }
    }

    /// Awaits an answer once more and returns it with its question. Its earlier text stays until new text comes.
    ///
    /// `None` when there is no such answer, when it is streaming, or when no question stands before it.
    pub fn retry(&mut self, answer: MessageId) -> Option<Exchange> {
        let idx = self.index(answer)?;
        let question = self.question_before(idx)?;
        let message = self.messages.get_mut(idx)?;
        if message.role != Role::Assistant || message.status == Status::Streaming {
            return None;
        }
        message.status = Status::Streaming;
        message.error = None;
        message.sources.clear();
        message.rating = None;
        message.forget_activity();
        message.is_outdated = true;
        Some(Exchange { question, answer })
    }

    /// Returns the newest answer, if the newest message is one.
    #[must_use]
    pub fn last_answer(&self) -> Option<&Message> {
        self.messages.last().filter(|message| message.role == Role::Assistant)
    }

    /// Takes a question of the visitor's and everything after it away. Returns its files, `None` when there is no such question.
    pub fn take_back(&mut self, question: MessageId) -> Option<String> {
        let idx = self.index(question)?;
        let message = self.messages.get_mut(idx).filter(|message| message.role == Role::User)?;
        let files = std::mem::take(&mut message.files);
        self.messages.truncate(idx);
        Some(files)
    }

    /// Whether any message has files.
    #[must_use]
    pub fn has_files(&self) -> bool {
        self.messages.iter().any(|message| !message.files.is_empty())
    }

    /// Notes what the visitor thinks of an answer. Returns whether there is one.
    pub fn rate(&mut self, answer: MessageId, rating: Option<Rating>) -> bool {
        let found =
            self.index(answer).and_then(|idx| self.messages.get_mut(idx)).filter(|message| message.role == Role::Assistant);
        match found {
            Some(message) => {
                message.rating = rating;
                true
            }
            None => false,
        }
    }

    /// Forgets every message.
    pub fn clear(&mut self) {
        self.messages.clear();
    }

    /// Replaces every message by an earlier transcript.
    pub fn restore(&mut self, history: Vec<HistoryMessage>) {
        self.messages.clear();
        for entry in history {
            let id = self.take_id();
            self.messages.push(Message::from_history(id, entry));
        }
    }

    /// Puts earlier messages before all that are there.
    pub fn prepend(&mut self, earlier: Vec<HistoryMessage>) {
        let first = self.messages.first().map_or(self.next_id, |message| message.id.0);
        let mut id = first.wrapping_sub_unsigned(u32::try_from(earlier.len()).unwrap_or(u32::MAX));
        let newer = std::mem::take(&mut self.messages);
        for entry in earlier {
            self.messages.push(Message::from_history(MessageId(id), entry));
            id = id.wrapping_add(1);
        }
        self.messages.extend(newer);
    }

    /// Ends an answer because the visitor leaves the page. The text that came stays, and can be tried again.
    pub fn leave(&mut self, answer: MessageId) {
        if let Some(message) = self.streaming(answer) {
            message.fail_as_left();
        }
    }

    /// Goes on with the newest answer where it was cut off, and returns it with its question.
    pub fn take_up(&mut self) -> Option<Exchange> {
        let question = self.question_before(self.messages.len().checked_sub(1)?)?;
        let answer = self.messages.last_mut()?;
        if answer.role != Role::Assistant || answer.status != Status::Failed || answer.content.is_empty() {
            return None;
        }
        answer.status = Status::Streaming;
        answer.error = None;
        Some(Exchange { question, answer: answer.id })
    }

    /// Adds messages that were stored by this widget. An answer that was arriving then was cut off.
    pub fn resume(&mut self, stored: Vec<Message>) {
        for mut message in stored {
            message.id = self.take_id();
            if message.status == Status::Streaming {
                message.fail_as_left();
            }
            self.messages.push(message);
        }
    }

    fn add(&mut self, role: Role, content: String, status: Status, now_unix_secs: f64) -> MessageId {
        let id = self.take_id();
        self.messages.push(Message::new(id, role, content, status, Some(now_unix_secs)));
        id
    }

    fn take_id(&mut self) -> MessageId {
        let id = MessageId(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        id
    }

    fn question_before(&self, idx: usize) -> Option<MessageId> {
        Some(self.messages.get(..idx)?.iter().rev().find(|message| message.role == Role::User)?.id)
    }

    fn index(&self, id: MessageId) -> Option<usize> {
        self.messages.binary_search_by_key(&id, |message| message.id).ok()
    }

    pub(super) fn get_mut(&mut self, id: MessageId) -> Option<&mut Message> {
        let idx = self.index(id)?;
        self.messages.get_mut(idx)
    }

    pub(super) fn messages_mut(&mut self) -> impl Iterator<Item = &mut Message> {
        self.messages.iter_mut()
    }

    pub(super) fn streaming(&mut self, id: MessageId) -> Option<&mut Message> {
        self.get_mut(id).filter(|message| message.status == Status::Streaming)
    }
}

#[cfg(test)]
mod tests;
