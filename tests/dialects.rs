//! Every dialect against its recorded fixtures: streams (`*.sse`) and plain answers (`*.json`), each beside the events it must become.
//! Streams are also decoded cut at every byte.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assisters_chat::protocol::sse::{Decoder, Frame};
use assisters_chat::protocol::{ApiError, Delivery, Dialect, Event, Finish, Method, Source, Turn, Usage, User};
use serde_json::{Value, json};

/// Writes an event the way the fixtures do.
fn describe(event: &Event) -> String {
    let mut line = match event {
        Event::Started { message_id } => format!("started {}", message_id.as_deref().unwrap_or_default()),
        Event::TextDelta(text) => format!("text {text:?}"),
        Event::Source(source) => {
            let relevance = source.relevance.map(|relevance| relevance.to_string()).unwrap_or_default();
            format!("source {:?} {} {relevance}", source.title, source.url.as_deref().unwrap_or_default())
        }
        Event::Finished(finish) => describe_finish(finish),
        Event::Failed(error) => describe_error(error),
    };
    line.truncate(line.trim_end().len());
    line
}

fn describe_finish(finish: &Finish) -> String {
    let usage = finish.usage.unwrap_or_default();
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let fields = [
        ("id", finish.message_id.clone()),
        ("session", finish.session_id.clone()),
        ("input", number(usage.input)),
        ("output", number(usage.output)),
        ("total", number(usage.total)),
        ("cost", finish.cost.map(|cost| cost.to_string())),
        ("at", finish.created_at.clone()),
    ];
    let mut line = "finished".to_owned();
    for (name, value) in fields {
        if let Some(value) = value {
            write!(line, " {name}={value}").unwrap();
        }
    }
    line
}

fn describe_error(error: &ApiError) -> String {
    let retry = error.retry_after_secs.map(|secs| format!(" (retry after {secs})")).unwrap_or_default();
    format!("failed {error}{retry}")
}

fn decode_stream(dialect: Dialect, chunks: &[&[u8]]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut decoder = Decoder::new();
    let mut on_frame = |frame: Frame| {
        if dialect.decode_frame(&frame, &mut |event| lines.push(describe(&event))).is_err() {
            lines.push("malformed".to_owned());
        }
    };
    for chunk in chunks {
        decoder.push(chunk, &mut on_frame);
    }
    decoder.finish(&mut on_frame);
    lines
}

fn fixtures(dialect: Dialect, extension: &str) -> Vec<(PathBuf, Vec<u8>, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(dialect.as_str());
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    assert!(!paths.is_empty(), "{dialect} has no .{extension} fixture");
    let expected = |path: &Path| {
        let path = if extension == "sse" { path.with_extension("events") } else { path.with_extension("json.events") };
        fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
    };
    paths.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap(), expected(&path))).collect()
}

fn serde(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn streams_become_events_however_they_are_cut() {
    for dialect in Dialect::ALL {
        for (path, bytes, expected) in fixtures(dialect, "sse") {
            let crlf = String::from_utf8(bytes.clone()).unwrap().replace('\n', "\r\n").into_bytes();
            for stream in [bytes, crlf] {
                assert_eq!(decode_stream(dialect, &[&stream]), expected, "{}", path.display());
                for at in 0..stream.len() {
                    let (head, tail) = stream.split_at(at);
                    assert_eq!(decode_stream(dialect, &[head, tail]), expected, "{} cut at {at}", path.display());
                }
            }
        }
    }
}

#[test]
fn plain_answers_become_the_same_events() {
    for dialect in Dialect::ALL {
        for (path, bytes, expected) in fixtures(dialect, "json") {
            let mut lines = Vec::new();
            let body = String::from_utf8(bytes).unwrap();
            dialect.decode_answer(&body, &mut |event| lines.push(describe(&event))).unwrap();
            assert_eq!(lines, expected, "{}", path.display());
        }
    }
}

#[test]
fn a_plain_answer_that_is_none_is_an_error() {
    for dialect in Dialect::ALL {
        for body in ["", "<html></html>", "[]", "{}", "42", r#"{"response":7,"content":null}"#] {
            assert!(dialect.decode_answer(body, &mut |_| panic!("no event in {body:?}")).is_err(), "{dialect}: {body:?}");
        }
        let mut lines = Vec::new();
        dialect
            .decode_answer(r#"{"error":{"code":"not_found","message":"gone"}}"#, &mut |event| lines.push(describe(&event)))
            .unwrap();
        assert_eq!(lines, ["failed not-found not_found: gone"]);
    }
}

/// What the gateway writes, the widget reads.
#[test]
fn encoding_is_undone_by_decoding() {
    let source = Source { title: "Returns".into(), url: Some("/help/returns#worn".into()), relevance: Some(0.5) };
    let usage = Some(Usage { input: Some(1), output: Some(2), total: Some(3) });
    for dialect in Dialect::ALL {
        let finish = match dialect {
            Dialect::Chat => Finish {
                message_id: Some("msg_1".into()),
                session_id: Some("sess_1".into()),
                usage,
                cost: Some(0.25),
                created_at: Some("2026-01-28T14:30:00Z".into()),
            },
            Dialect::Conversations => Finish { usage, ..Finish::default() },
        };
        let events = [Event::TextDelta("a\nb \"c\" 🐢".into()), Event::Finished(finish.clone())];
        let mut wire = String::new();
        for event in &events {
            wire.push_str(&dialect.encode_frame(event, std::slice::from_ref(&source)).unwrap().encode());
        }
        let expected = [events[0].clone(), Event::Source(source.clone()), events[1].clone()].map(|event| describe(&event));
        assert_eq!(decode_stream(dialect, &[wire.as_bytes()]), expected, "{dialect}");

        let answer = dialect.encode_answer("text", std::slice::from_ref(&source), &finish);
        let mut lines = Vec::new();
        dialect.decode_answer(&answer, &mut |event| lines.push(describe(&event))).unwrap();
        assert!(
            lines.contains(&"text \"text\"".to_owned()) && lines.contains(&describe(&Event::Source(source.clone()))),
            "{lines:?}"
        );
    }
}

#[test]
fn requests_are_those_of_the_documents() {
    let user = User { id: Some("user_12345".into()), name: Some("John".into()), email: None };
    let metadata = json!({"source": "website", "page": "/pricing"});
    let text = metadata.to_string();
    let turn = Turn { assistant: "pricing-advisor", text: "Hi", session_id: "sess/1", user: &user, metadata: Some(&text) };
    let rows: [(Dialect, Delivery, &str, Value); 4] = [
        (
            Dialect::Chat,
            Delivery::Stream,
            "/chat/stream",
            json!({"assistant": "pricing-advisor", "message": "Hi", "session_id": "sess/1", "user": {"id": "user_12345", "name": "John"}, "metadata": metadata}),
        ),
        (
            Dialect::Chat,
            Delivery::Plain,
            "/chat",
            json!({"assistant": "pricing-advisor", "message": "Hi", "session_id": "sess/1", "user": {"id": "user_12345", "name": "John"}, "metadata": metadata}),
        ),
        (Dialect::Conversations, Delivery::Stream, "/conversations/sess%2F1/messages/stream", json!({"content": "Hi"})),
        (Dialect::Conversations, Delivery::Plain, "/conversations/sess%2F1/messages", json!({"content": "Hi"})),
    ];
    for (dialect, delivery, path, body) in rows {
        let request = dialect.send(&turn, delivery);
        assert_eq!((request.method, request.path.as_str(), serde(&request.body.unwrap())), (Method::Post, path, body));
    }
    assert_eq!(Dialect::Chat.begin(&turn), None);
    let begin = Dialect::Conversations.begin(&turn).unwrap();
    assert_eq!(
        serde(&begin.body.unwrap()),
        json!({"assistant_id": "pricing-advisor", "user_id": "user_12345", "metadata": metadata})
    );
    assert_eq!(Dialect::Conversations.decode_begun(r#"{"id":"conv_def456","messages":[]}"#).unwrap(), "conv_def456");
    assert!(Dialect::Conversations.decode_begun("{}").is_err());
    assert_eq!(Dialect::Chat.forget("a b").path, "/sessions/a%20b");
    assert_eq!(Dialect::Conversations.history("c").path, "/conversations/c");
}

#[test]
fn a_history_is_read_from_either_document() {
    for (body, expected) in [
        (
            r#"{"id":"s","messages":[{"role":"user","content":"q","created_at":"2026-01-10T12:00:00Z"},{"role":"assistant","content":"a"}]}"#,
            2,
        ),
        (
            r#"{"messages":[{"role":"system","content":"hidden"},{"role":"assistant","content":"a","timestamp":"2026-01-10T12:00:00Z"},{"role":"user"},7]}"#,
            1,
        ),
        (r#"{"messages":null}"#, 0),
        ("{}", 0),
    ] {
        assert_eq!(Dialect::Chat.decode_history(body).unwrap().len(), expected, "{body}");
    }
    assert!(Dialect::Chat.decode_history("<html>").is_err());
}
