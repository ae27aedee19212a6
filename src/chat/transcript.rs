//! The transcript as it is kept in the visitor's browser: JSON, bounded, newest messages first to be kept.

use super::message::{Message, MessageId, Rating, Status};
use crate::protocol::json::{Object, Value, list};
use crate::protocol::{Role, decode_sources, write_sources};

/// Browsers cap localStorage near 5 MB for the whole page; leave it most of that.
const HISTORY_LIMIT_BYTES: usize = 256 * 1024;

/// Encodes the newest messages that fit, in the shape [`decode_transcript`] reads.
#[must_use]
pub fn encode_transcript(messages: &[Message]) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut n_bytes = 2;
    for message in messages.iter().rev() {
        let entry = Object::new()
            .text("role", message.role.as_str())
            .text("content", &message.content)
            .text("status", message.status.as_str())
            .number("at", message.created_at_unix_secs)
            .maybe_text("id", message.server_id.as_deref())
            .maybe_text("rating", message.rating.map(Rating::as_str))
            .raw("sources", &write_sources(&message.sources))
            .maybe_raw("attachments", message.files())
            .maybe_raw("activity", message.kept_activity())
            .finish();
        n_bytes += entry.len() + 1;
        if n_bytes > HISTORY_LIMIT_BYTES {
            break;
        }
        kept.push(entry);
    }
    list(kept.into_iter().rev())
}

/// Decodes a stored transcript. What another version or another program stored there is skipped: it is no reason to fail.
#[must_use]
pub fn decode_transcript(stored: &Value) -> Vec<Message> {
    let mut messages = Vec::new();
    for entry in stored.as_array().unwrap_or_default() {
        messages.extend(decode_message(entry));
    }
    messages
}

fn decode_message(entry: &Value) -> Option<Message> {
    let field = |name| entry.get(name).and_then(Value::as_str);
    let role = Role::parse(field("role")?)?;
    let status = Status::parse(field("status")?)?;
    let at = entry.get("at").and_then(Value::as_f64);
    let mut message = Message::new(MessageId(0), role, field("content")?.to_owned(), status, at);
    message.server_id = field("id").map(str::to_owned);
    message.rating = field("rating").and_then(Rating::parse);
    message.sources = decode_sources(entry);
    let kept = |name| entry.get(name).map(Value::to_json).unwrap_or_default();
    message.files = kept("attachments");
    message.activity = kept("activity");
    if status == Status::Failed {
        message.fail_as_left();
    }
    Some(message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::chat::Conversation;
    use crate::protocol::json::parse;
    use crate::protocol::{ApiError, ErrorKind, Event, Finish, Source};

    #[test]
    fn a_transcript_survives_a_reload() {
        let mut before = Conversation::default();
        let exchange = before.ask("first \"question\"".into(), 7.5);
        let done = exchange.answer;
        before.attach(exchange.question, r#"[{"name":"a.pdf","url":"https://x.example/a"}]"#.to_owned());
        before.apply(done, Event::TextDelta("żółw".into()));
        before.apply(done, Event::Source(Source { title: "T".into(), url: Some("/u".into()), relevance: None }));
        before.apply(done, Event::Finished(Finish { message_id: Some("msg_1".into()), ..Finish::default() }));
        before.rate(done, Some(Rating::Down));
        let failed = before.ask("broken".into(), 7.75).answer;
        before.fail(failed, ApiError::new(ErrorKind::Server, "why"));
        let cut_off = before.ask("second".into(), 8.0).answer;
        before.apply(cut_off, Event::TextDelta("half".into()));

        let mut after = Conversation::default();
        after.resume(decode_transcript(&parse(&encode_transcript(before.messages())).unwrap()));
        let shown: Vec<_> =
            after.messages().iter().map(|m| (m.content.as_str(), m.status, m.created_at_unix_secs.unwrap())).collect();
        assert_eq!(
            shown,
            [
                ("first \"question\"", Status::Done, 7.5),
                ("żółw", Status::Done, 7.5),
                ("broken", Status::Done, 7.75),
                ("", Status::Failed, 7.75),
                ("second", Status::Done, 8.0),
                ("half", Status::Failed, 8.0),
            ]
        );
        let failed = after.messages().iter().filter(|message| message.status == Status::Failed);
        assert!(failed.map(|message| &message.error).all(Option::is_some), "a failed message can be tried again");
        assert_eq!(after.messages().first().unwrap().files, before.messages().first().unwrap().files);
        assert_eq!(after.messages().get(1).unwrap().sources, before.messages().get(1).unwrap().sources);
        assert_eq!(after.messages().get(1).unwrap().rating, Some(Rating::Down));
    }

    #[test]
    fn the_oldest_go_when_it_gets_too_long() {
        let mut conversation = Conversation::default();
        for n in 0..100 {
            conversation.tell(format!("{n} {}", "x".repeat(10_000)), 0.0);
        }
        let encoded = encode_transcript(conversation.messages());
        assert!(encoded.len() <= HISTORY_LIMIT_BYTES);
        let kept = decode_transcript(&parse(&encoded).unwrap());
        assert!(kept.len() > 20 && kept.last().unwrap().content.starts_with("99 "));
    }

    #[test]
    fn anything_else_in_the_storage_is_no_transcript() {
        for stored in
            ["", "null", "{}", "[1,{},{\"role\":\"system\"}]", "[{\"role\":\"user\",\"content\":3,\"status\":\"done\"}]"]
        {
            assert_eq!(decode_transcript(&parse(stored).unwrap_or_default()), []);
        }
    }
}
