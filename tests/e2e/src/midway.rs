//! A conversation in the middle of an answer, with a draft beside it: what has to survive whatever a page does meanwhile.

use crate::chat::{Chat, State};
use crate::dialect::Dialect;
use crate::fault::FaultServer;
use crate::script::{Gate, Stream};

/// Opens the chat, asks, and waits for the first half of the answer. Returns what lets the second half come.
pub async fn begin(chat: Chat<'_>, server: &FaultServer) -> Gate {
    chat.open().await;
    let end = Gate::new();
    server.answer(Stream::new(Dialect::Chat).text("one ").wait(&end).text("two").end(&[]));
    chat.ask("hello").await;
    chat.until("the first word", |state| state.answer().text == "one").await;
    chat.write("a draft").await;
    end
}

/// Waits for the open chat.
///
/// # Panics
/// When it is another one than [`begin`] has left; with `what` has happened meanwhile.
pub async fn expect(chat: Chat<'_>, what: &str) {
    let state = chat.until(&format!("the same chat: {what}"), |state| state.open).await;
    assert_eq!(
        (state.questions(), state.answer().text.as_str(), state.draft.as_str()),
        (vec!["hello"], "one", "a draft"),
        "{what}"
    );
}

/// Lets the second half come.
///
/// # Panics
/// When the answer is not both halves.
pub async fn finish(chat: Chat<'_>, end: &Gate, what: &str) {
    end.open();
    let state: State = chat.until("the end", |state| state.answer_is("done")).await;
    assert_eq!(state.answer().text, "one two", "{what}");
}
