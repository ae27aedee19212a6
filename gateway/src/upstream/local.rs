//! The embedded assistant: answers from the knowledge, word by word, with no network. The answer itself is made in `compose`.

use std::sync::Arc;
use std::time::Duration;

use assisters_chat::protocol::{ApiError, Attachment, Event, Finish, Usage};
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::compose::{Composed, compose};
use super::courtesy::is_greeting;
use super::toolbox::apology_for;
use super::{Asked, Assistant, Period, Question, Upstream, assistant_not_found};
use crate::library::Library;
use crate::upload::name_in;

/// A question of few words is understood after at most so many before it.
const EARLIER_QUESTIONS: usize = 3;

/// Answers from the knowledge.
pub(crate) struct LocalUpstream {
    library: Arc<Library>,
    assistants: Vec<Assistant>,
    delay: Duration,
}

impl LocalUpstream {
    /// Makes the assistant. With no `assistants` given it answers to any name.
    #[must_use]
    pub fn new(library: Arc<Library>, assistants: Vec<Assistant>, delay: Duration) -> Self {
        Self { library, assistants, delay }
    }
}

#[async_trait]
impl Upstream for LocalUpstream {
    async fn ask(&self, question: Question) -> Result<Asked, ApiError> {
        if question.made.is_none() {
            self.assistant(&question.assistant).await?;
        }
        let earlier = earlier_questions(&question);
        let composed = self.library.consult(knowledge_base(&question), |knowledge| compose(knowledge, &question.text, &earlier));
        let composed = with_apology(welcomed(composed, &question), &question);
        let composed = Composed { text: unread(&question.attachments) + &composed.text, ..composed };
        let delay = self.delay;
        let events = stream::iter(events(&question.text, composed)).then(move |event| async move {
            if matches!(event, Event::TextDelta(_)) && !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            event
        });
        Ok(Asked { answer: Box::pin(events), upstream_id: None })
    }

    async fn assistants(&self) -> Result<Vec<Assistant>, ApiError> {
        Ok(if self.assistants.is_empty() {
            Assistant::undescribed("help").into_iter().collect()
        } else {
            self.assistants.clone()
        })
    }

    async fn assistant(&self, name: &str) -> Result<Assistant, ApiError> {
        let known = self.assistants.iter().find(|assistant| assistant.is_called(name)).cloned();
        let any_name = || Assistant::undescribed(name).filter(|_| self.assistants.is_empty());
        known.or_else(any_name).ok_or_else(|| assistant_not_found(name))
    }

    async fn forget(&self, _upstream_id: &str) -> Result<(), ApiError> {
        Ok(())
    }

    async fn usage(&self, _period: &Period) -> Result<Option<Value>, ApiError> {
        Ok(None)
    }

    async fn wallet(&self) -> Result<Option<Value>, ApiError> {
        Ok(None)
    }
}

/// Returns what the visitor asked before, the latest first.
pub(super) fn earlier_questions(question: &Question) -> Vec<&str> {
    let earlier = question.earlier.iter().rev().filter(|utterance| utterance.by_visitor).take(EARLIER_QUESTIONS);
    earlier.map(|utterance| utterance.text.as_str()).collect()
}

/// Returns what is answered from; none for the help pages.
pub(super) fn knowledge_base(question: &Question) -> Option<&str> {
    question.made.as_ref()?.settings.knowledge_base_id.as_deref().filter(|base| !base.is_empty())
}

/// Adds to an answer that found nothing which of the assistant's tools might have, and are not here.
fn with_apology(composed: Composed, question: &Question) -> Composed {
    let tools = question.made.as_ref().map_or(&[][..], |made| made.settings.tools.as_slice());
    match apology_for(tools).filter(|_| composed.is_nothing) {
        Some(apology) => Composed { text: format!("{}\n\n{apology}", composed.text), ..composed },
        None => composed,
    }
}

/// Greets in the owner's words, where there are some.
fn welcomed(composed: Composed, question: &Question) -> Composed {
    let welcome = question.made.as_ref().and_then(|made| made.settings.welcome.clone());
    match welcome.filter(|_| is_greeting(&question.text)) {
        Some(text) => Composed { text, ..composed },
        None => composed,
    }
}

/// Says that files were not read: this assistant finds passages, and knows no more of a file than its name.
fn unread(attachments: &[Attachment]) -> String {
    let name = |attachment: &Attachment| match attachment {
        Attachment::Url { url, .. } => code(&name_in(url)),
        Attachment::File { id } => code(id),
    };
    let names: Vec<String> = attachments.iter().map(name).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!(
            "I can't read attachments here, so I did not look into {}. I answer only from what you write.\n\n",
            names.join(", ")
        ),
    }
}

/// Writes a name as code, so that nothing in it is Markdown.
fn code(name: &str) -> String {
    format!("`{}`", name.replace('`', "'"))
}

fn events(question: &str, composed: Composed) -> Vec<Event> {
    let usage = Usage {
        input: Some(estimated_tokens(question)),
        output: Some(estimated_tokens(&composed.text)),
        total: Some(estimated_tokens(question) + estimated_tokens(&composed.text)),
    };
    let mut events = vec![Event::Started { message_id: None }];
    events.extend(words(&composed.text).into_iter().map(|word| Event::TextDelta(word.to_owned())));
    events.extend(composed.sources.into_iter().map(Event::Source));
    events.push(Event::Finished(Finish { usage: Some(usage), cost: Some(0.0), ..Finish::default() }));
    events
}

/// Estimates tokens as the usual four characters each: there is no model here that would count them.
fn estimated_tokens(text: &str) -> u64 {
    text.chars().count().div_ceil(4) as u64
}

/// Cuts a text after the blanks that follow its words; joined again it is the same text.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut was_blank = false;
    for (idx, character) in text.char_indices() {
        if was_blank && !character.is_whitespace() {
            words.extend(text.get(start..idx));
            start = idx;
        }
        was_blank = character.is_whitespace();
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn words_joined_are_the_text() {
        for (text, expected) in [
            ("", vec![]),
            ("one", vec!["one"]),
            ("one two", vec!["one ", "two"]),
            ("a\n\n- b  c \n", vec!["a\n\n", "- ", "b  ", "c \n"]),
            ("  żółw 🐢", vec!["  ", "żółw ", "🐢"]),
        ] {
            assert_eq!(words(text), expected);
            assert_eq!(words(text).concat(), text);
        }
    }
}
