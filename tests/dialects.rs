//! Every dialect against its recorded fixtures: streams (`*.sse`) and plain answers (`*.json`), each beside the events it must become.
//! Streams are also decoded cut at every byte, and with every way to end a line.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assisters_chat::protocol::{
    AnswerDecoder, AnswerEncoder, ApiError, Dialect, Event, Finish, Source, ToolCall, ToolResult, Usage, Whole,
};
use proptest::prelude::*;

/// Writes an event the way the fixtures do.
fn describe(event: &Event) -> String {
    let mut line = match event {
        Event::Started { message_id } => format!("started {}", message_id.as_deref().unwrap_or_default()),
        Event::TextDelta(text) => format!("text {text:?}"),
        Event::Reasoning(text) => format!("reasoning {text:?}"),
        Event::ToolCall(ToolCall { id, name, arguments, progress }) => {
            format!("call {id} {name} {arguments} {}", progress.as_deref().unwrap_or_default())
        }
        Event::ToolResult(ToolResult { id, output }) => format!("result {id} {output:?}"),
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
    let mut decoder = AnswerDecoder::new(dialect);
    let mut keep = |event: Result<Event, ApiError>| lines.push(event.map_or("malformed".to_owned(), |event| describe(&event)));
    for chunk in chunks {
        decoder.push(chunk, &mut keep);
    }
    decoder.finish(&mut keep);
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

/// The dialects that stream.
fn streaming() -> impl Iterator<Item = Dialect> {
    Dialect::ALL.into_iter().filter(|dialect| *dialect != Dialect::Execute)
}

/// The same stream as other servers might send it: other ends of lines, a mark at its beginning, comments between frames.
fn variants(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut n_lines = 0;
    let mixed: String = text
        .split_inclusive('\n')
        .map(|line| {
            n_lines += 1;
            // A CR followed by a LF would be one end, so the two never meet.
            line.replace('\n', ["\n", "\r\n", "\r\n"][n_lines % 3])
        })
        .collect();
    [
        text.clone(),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        mixed,
        format!("\u{FEFF}{text}"),
        text.replace("\n\n", "\n\n: keep-alive\n\n"),
    ]
    .map(String::into_bytes)
    .to_vec()
}

#[test]
fn streams_become_events_however_they_are_cut() {
    for dialect in streaming() {
        for (path, bytes, expected) in fixtures(dialect, "sse") {
            for stream in variants(&bytes) {
                assert_eq!(decode_stream(dialect, &[&stream]), expected, "{}", path.display());
                for at in 0..stream.len() {
                    let (head, tail) = stream.split_at(at);
                    assert_eq!(decode_stream(dialect, &[head, tail]), expected, "{} cut at {at}", path.display());
                }
                let single: Vec<&[u8]> = stream.chunks(1).collect();
                assert_eq!(decode_stream(dialect, &single), expected, "{} byte by byte", path.display());
            }
        }
    }
}

/// A stream that breaks off says nothing but what it said until then, and is complete only where the dialect says so.
#[test]
fn a_stream_that_breaks_off_is_a_beginning_of_the_whole() {
    for dialect in streaming() {
        for (path, bytes, expected) in fixtures(dialect, "sse") {
            for at in 0..bytes.len() {
                let lines = decode_stream(dialect, &[&bytes[..at]]);
                let n_same = lines.iter().zip(&expected).take_while(|(one, other)| one == other).count();
                // A frame that is cut in the middle can not be read, and the end of the stream may be the end of the answer.
                let may_end = matches!(dialect, Dialect::Threads | Dialect::OpenAi | Dialect::Informer);
                for line in &lines[n_same..] {
                    let is_expected = line == "malformed" || (may_end && line.starts_with("finished"));
                    assert!(is_expected, "{} cut off at {at}: {lines:?} is no beginning of {expected:?}", path.display());
                }
                assert!(lines.len() <= n_same + 2, "{} cut off at {at}: {lines:?}", path.display());
            }
        }
    }
}

/// Pieces that real streams are made of, and pieces that none should be.
const PIECES: &[&str] = &[
    "data: ",
    "event: message\n",
    "id: 7\n",
    "\n",
    "\n\n",
    "\r",
    "\r\n\r\n",
    ": comment\n",
    "data: [DONE]\n\n",
    "\u{FEFF}",
    "🐢",
    "{",
    "}",
    "[",
    "\"",
    r#"{"type":"chunk","content":"a"}"#,
    r#"{"type":"done","tokens":{"total":-1}}"#,
    r#"{"type":"delta","content":"b"}"#,
    r#"{"type":"end"}"#,
    r#"{"id":"m","role":"assistant","content":"c","delta":true}"#,
    r#"{"id":"m","content":"c","delta":false,"tool_calls":[{"id":"1","name":"f"}]}"#,
    r#"{"response":"d","sessionId":"s"}"#,
    r#"{"type":"text-start","id":"1"}"#,
    r#"{"type":"text-delta","delta":"e"}"#,
    r#"{"type":"finish"}"#,
    r#"{"type":"tool-input-available","toolCallId":"1","input":[[]]}"#,
    r#"{"type":"finish-step","usage":{"totalTokens":9007199254740991}}"#,
    r#"{"choices":[{"index":0,"delta":{"content":"f","tool_calls":[{"index":3,"function":{"name":"g","arguments":"{"}}]},"finish_reason":"x"}]}"#,
    r#"{"error":{"code":"RATE_LIMITED"}}"#,
    r#"{"choices":[],"usage":{"total_tokens":1e300}}"#,
];

proptest! {
    /// No stream makes a decoder panic, say something after the end, or depend on how it is cut.
    #[test]
    fn any_stream_is_the_same_however_it_is_cut(pieces in proptest::collection::vec(0..PIECES.len(), 0..24), size in 1_usize..7) {
        let stream: String = pieces.iter().map(|idx| PIECES[*idx]).collect();
        for dialect in Dialect::ALL {
            let whole = decode_stream(dialect, &[stream.as_bytes()]);
            let cut: Vec<&[u8]> = stream.as_bytes().chunks(size).collect();
            prop_assert_eq!(&decode_stream(dialect, &cut), &whole, "{}: {:?}", dialect, stream);
            let is_end = |line: &&String| line.starts_with("finished") || line.starts_with("failed");
            prop_assert!(whole.iter().rev().skip(1).filter(is_end).count() == 0, "{}: {:?}", dialect, whole);
        }
    }

    /// Nor does any document make one panic.
    #[test]
    fn any_document_is_an_answer_or_an_error(text in "[\\[\\]{},:\"a1 ]{0,16}", idx in 0..PIECES.len()) {
        for dialect in Dialect::ALL {
            for body in [text.as_str(), PIECES[idx]] {
                let mut n_ends = 0;
                let outcome = dialect.decode_answer(body, &mut |event| n_ends += usize::from(event.is_end()));
                prop_assert_eq!(n_ends, usize::from(outcome.is_ok()), "{}: {}", dialect, body);
                dialect.decode_cards(body).ok(); // either will do: it must not panic
                dialect.decode_history(body).ok();
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
        for body in ["", "<html></html>", "[]", "{}", "42", r#"{"response":7,"content":null,"choices":[{}],"parts":null}"#] {
            assert!(dialect.decode_answer(body, &mut |_| panic!("no event in {body:?}")).is_err(), "{dialect}: {body:?}");
        }
        let mut lines = Vec::new();
        dialect
            .decode_answer(r#"{"error":{"code":"not_found","message":"gone"}}"#, &mut |event| lines.push(describe(&event)))
            .unwrap();
        assert_eq!(lines, ["failed not-found not_found: gone"]);
    }
}

/// What a dialect can say of an answer's end.
fn finish_of(dialect: Dialect) -> Finish {
    let usage = Some(Usage { input: Some(1), output: Some(2), total: Some(3) });
    let message_id = Some("msg_1".to_owned());
    match dialect {
        Dialect::Chat => Finish {
            message_id,
            session_id: Some("sess_1".into()),
            usage,
            cost: Some(0.25),
            created_at: Some("2026-01-28T14:30:00Z".into()),
        },
        Dialect::Conversations => Finish { usage, cost: Some(0.25), ..Finish::default() },
        Dialect::Threads => Finish { message_id, usage, cost: Some(0.25), ..Finish::default() },
        Dialect::Execute | Dialect::Informer | Dialect::OpenAi => Finish { message_id, usage, ..Finish::default() },
    }
}

/// What the gateway writes, the widget reads.
#[test]
fn encoding_is_undone_by_decoding() {
    let source = |title: &str| Source { title: title.into(), url: Some(format!("/help/{title}")), relevance: Some(0.5) };
    let call = |id: &str, arguments: &str| ToolCall {
        id: id.into(),
        name: "search".into(),
        arguments: arguments.into(),
        progress: None,
    };
    for dialect in streaming() {
        let sent = [
            Event::Started { message_id: Some("msg_1".into()) },
            Event::Reasoning("hm".into()),
            Event::ToolCall(call("c1", "")),
            Event::ToolCall(call("c1", "{\"q\":1}")),
            Event::ToolResult(ToolResult { id: "c1".into(), output: Ok("[1]".into()) }),
            Event::TextDelta("a\nb \"c\" 🐢".into()),
            Event::TextDelta(" and on".into()),
            Event::Source(source("returns")),
            Event::Source(source("sizes")),
            Event::ToolCall(call("c2", "{\"q\":2}")),
            Event::Finished(finish_of(dialect)),
            Event::TextDelta("after the end".into()),
        ];
        let mut wire = String::new();
        let mut encoder = AnswerEncoder::new(dialect);
        for event in &sent {
            encoder.encode(event, &mut |frame| wire.push_str(&frame.encode()));
        }
        let lines = decode_stream(dialect, &[wire.as_bytes()]);
        let kinds = |prefix: &str| lines.iter().filter(|line| line.starts_with(prefix)).cloned().collect::<Vec<_>>();
        let all = |events: &[Event]| events.iter().map(describe).collect::<Vec<_>>();
        assert_eq!(kinds("text"), all(&sent[5..7]), "{dialect}: {wire}");
        assert_eq!(kinds("source"), all(&sent[7..9]), "{dialect}: {wire}");
        assert_eq!(lines.last().unwrap(), &describe(&sent[10]), "{dialect}: {wire}");
        assert_eq!(kinds("malformed").len() + kinds("failed").len(), 0, "{dialect}: {wire}");
        let says_start = dialect != Dialect::Chat;
        assert_eq!(kinds("started").len(), usize::from(says_start), "{dialect}: {wire}");
        match dialect {
            Dialect::Informer => {
                assert_eq!(lines[1..5], all(&sent[1..5]), "{wire}");
            }
            // Only the call that is still to be answered is told.
            Dialect::Threads | Dialect::OpenAi => {
                assert!(
                    kinds("call").iter().all(|line| line.starts_with("call c2")) && kinds("call").contains(&describe(&sent[9])),
                    "{wire}"
                );
            }
            Dialect::Chat | Dialect::Conversations | Dialect::Execute => assert_eq!(kinds("call").len(), 0, "{wire}"),
        }
    }
    for dialect in Dialect::ALL {
        let whole = Whole {
            text: "text".into(),
            sources: vec![source("returns")],
            calls: vec![call("c2", "{}")],
            finish: finish_of(dialect),
        };
        let mut lines = Vec::new();
        dialect.decode_answer(&dialect.encode_answer(&whole), &mut |event| lines.push(describe(&event))).unwrap();
        for event in [Event::TextDelta("text".into()), Event::Source(source("returns"))] {
            assert!(lines.contains(&describe(&event)), "{dialect}: {lines:?}");
        }
        assert!(lines.last().unwrap().contains("total=3"), "{dialect}: {lines:?}");
    }
}

#[test]
fn a_failure_in_the_middle_is_read_back_in_every_dialect() {
    let error = ApiError {
        kind: assisters_chat::protocol::ErrorKind::RateLimited,
        code: Some("rate_limit_exceeded".into()),
        status: Some(429),
        retry_after_secs: Some(7.0),
        message: "slow down".into(),
    };
    for dialect in streaming() {
        let mut wire = String::new();
        let mut encoder = AnswerEncoder::new(dialect);
        for event in [Event::TextDelta("half".into()), Event::Failed(error.clone()), Event::Finished(Finish::default())] {
            encoder.encode(&event, &mut |frame| wire.push_str(&frame.encode()));
        }
        let lines = decode_stream(dialect, &[wire.as_bytes()]);
        assert_eq!(
            lines,
            ["text \"half\"", "failed rate-limited 429 rate_limit_exceeded: slow down (retry after 7)"],
            "{dialect}: {wire}"
        );
    }
}
