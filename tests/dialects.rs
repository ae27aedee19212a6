//! Every dialect against its recorded fixtures: streams (`*.sse`) and plain answers (`*.json`), each beside the events it must become.
//! Streams are also decoded cut at every byte, and with every way to end a line.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assisters_chat::protocol::{
    AnswerDecoder, AnswerEncoder, ApiError, Attachment, Delivery, Dialect, Event, Finish, Method, Role, Said, Source, Tool,
    ToolAnswer, ToolCall, ToolResult, Turn, Usage, User, Whole,
};
use proptest::prelude::*;
use serde_json::{Value, json};

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

fn serde(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
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

#[test]
fn requests_are_those_of_the_documents() {
    let user = User { id: Some("user_12345".into()), name: Some("John".into()), email: None };
    let metadata = json!({"source": "website", "page": "/pricing"});
    let text = metadata.to_string();
    let said = [("Hello", Role::User), ("Good day", Role::Assistant)].map(|(text, role)| Said { role, text });
    let turn = Turn { metadata: Some(&text), earlier: &said, ..Turn::new("pricing-advisor", "Hi", "sess/1", &user) };
    let chat = json!({"assistant": "pricing-advisor", "message": "Hi", "session_id": "sess/1", "user": {"id": "user_12345", "name": "John"}, "metadata": metadata});
    let thread = json!({"assistant_id": "pricing-advisor", "role": "user", "content": "Hi"});
    let parts = |text: &str| json!([{"type": "text", "text": text}]);
    let informer = json!({"assistantId": "pricing-advisor", "messages": [
        {"role": "user", "parts": parts("Hello")}, {"role": "assistant", "parts": parts("Good day")}, {"role": "user", "parts": parts("Hi")},
    ]});
    let openai = |stream: bool| {
        json!({"model": "pricing-advisor", "stream": stream, "user": "user_12345", "messages": [
            {"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day"}, {"role": "user", "content": "Hi"},
        ]})
    };
    for (dialect, delivery, path, body) in [
        (Dialect::Chat, Delivery::Stream, "/chat/stream", chat.clone()),
        (Dialect::Chat, Delivery::Plain, "/chat", chat),
        (Dialect::Conversations, Delivery::Stream, "/conversations/sess%2F1/messages/stream", json!({"content": "Hi"})),
        (Dialect::Conversations, Delivery::Plain, "/conversations/sess%2F1/messages", json!({"content": "Hi"})),
        (Dialect::Threads, Delivery::Stream, "/threads/sess%2F1/messages", thread.clone()),
        (Dialect::Threads, Delivery::Plain, "/threads/sess%2F1/messages", thread),
        (
            Dialect::Execute,
            Delivery::Plain,
            "/assistants/pricing-advisor/execute",
            json!({"userInput": "Hi", "sessionId": "sess/1"}),
        ),
        (Dialect::Informer, Delivery::Stream, "/chats/sess%2F1", informer),
        (Dialect::OpenAi, Delivery::Stream, "/chat/completions", openai(true)),
        (Dialect::OpenAi, Delivery::Plain, "/chat/completions", openai(false)),
    ] {
        let request = dialect.send(&turn, delivery);
        assert_eq!((request.method, request.path.as_str(), serde(&request.body.unwrap())), (Method::Post, path, body));
        assert_eq!(request.delivery, delivery, "{dialect}");
    }
    assert_eq!(Dialect::Execute.send(&turn, Delivery::Stream).delivery, Delivery::Plain, "nothing is streamed");
    let listen = Dialect::Threads.listen("thread 1").unwrap();
    assert_eq!(
        (listen.method, listen.path.as_str(), listen.delivery),
        (Method::Get, "/threads/thread%201/messages/stream", Delivery::Stream)
    );
    for dialect in Dialect::ALL {
        assert_eq!(dialect.listen("s").is_some(), dialect == Dialect::Threads, "{dialect}");
    }
}

#[test]
fn a_conversation_is_begun_where_the_server_names_it() {
    let user = User { id: Some("user_12345".into()), ..User::default() };
    let turn = Turn { page: "/pricing", ..Turn::new("a", "", "sess_1", &user) };
    for (dialect, names_sessions, expected) in [
        (Dialect::Chat, false, None),
        (
            Dialect::Conversations,
            true,
            Some(json!({"assistant_id": "a", "user_id": "user_12345", "metadata": {"source": "website", "page": "/pricing"}})),
        ),
        (
            Dialect::Threads,
            true,
            Some(json!({"metadata": {"source": "website", "page": "/pricing", "user_id": "user_12345", "session_id": "sess_1"}})),
        ),
        // The first answer names it.
        (Dialect::Execute, true, None),
        (Dialect::Informer, false, None),
        (Dialect::OpenAi, false, None),
    ] {
        assert_eq!(dialect.names_sessions(), names_sessions, "{dialect}");
        assert_eq!(dialect.begin(&turn).map(|request| serde(&request.body.unwrap())), expected, "{dialect}");
    }
    assert_eq!(Dialect::Conversations.decode_begun(r#"{"id":"conv_def456","messages":[]}"#).unwrap(), "conv_def456");
    assert!(Dialect::Threads.decode_begun("{}").is_err());
    let first = Dialect::Execute.send(&Turn::new("a", "Hi", "", &user), Delivery::Plain);
    assert_eq!(serde(&first.body.unwrap()), json!({"userInput": "Hi"}));
}

#[test]
fn attachments_go_where_each_document_has_a_place_for_them() {
    let user = User::default();
    let attachments = [
        Attachment::File { id: "file_1".into() },
        Attachment::Url { url: "https://x.example/a.png".into(), mime_type: "image/png".into() },
        Attachment::Url { url: "https://x.example/b.pdf".into(), mime_type: "application/pdf".into() },
    ];
    let turn = Turn { attachments: &attachments, ..Turn::new("a", "See", "s", &user) };
    let with_addresses = "See\n\nhttps://x.example/a.png\n\nhttps://x.example/b.pdf";
    for (dialect, pointer, expected) in [
        (Dialect::Chat, "/message", json!(with_addresses)),
        (Dialect::Conversations, "/content", json!(with_addresses)),
        (Dialect::Threads, "/content", json!(with_addresses)),
        (Dialect::Threads, "/attachments", json!([{"type": "file", "file_id": "file_1"}])),
        (
            Dialect::Execute,
            "/attachments",
            json!([
                {"type": "url", "mimeType": "image/png", "url": "https://x.example/a.png"},
                {"type": "url", "mimeType": "application/pdf", "url": "https://x.example/b.pdf"},
            ]),
        ),
        (
            Dialect::Informer,
            "/messages/0/parts",
            json!([
                {"type": "text", "text": "See"},
                {"type": "file", "mediaType": "image/png", "url": "https://x.example/a.png"},
                {"type": "file", "mediaType": "application/pdf", "url": "https://x.example/b.pdf"},
            ]),
        ),
        (
            Dialect::OpenAi,
            "/messages/0/content",
            json!([
                {"type": "text", "text": "See"},
                {"type": "file", "file": {"file_id": "file_1"}},
                {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}},
                {"type": "text", "text": "https://x.example/b.pdf"},
            ]),
        ),
    ] {
        let body = serde(&dialect.send(&turn, Delivery::Stream).body.unwrap());
        assert_eq!(body.pointer(pointer), Some(&expected), "{dialect}: {body}");
    }
}

#[test]
fn tools_are_offered_and_answered_in_each_dialect_s_way() {
    let user = User::default();
    let answer = |id: &str, output: Result<&str, &str>| ToolAnswer {
        call: ToolCall { id: id.into(), name: "find".into(), arguments: r#"{"q":1}"#.into(), progress: None },
        output: output.map(str::to_owned).map_err(str::to_owned),
    };
    let answers = [answer("c1", Ok(r#"{"n":2}"#)), answer("c2", Err("no such order"))];
    let tools = [Tool { name: "find".into(), description: "Finds".into(), parameters: r#"{"type":"object"}"#.into() }];
    let turn = Turn { tool_answers: &answers, tools: &tools, ..Turn::new("a", "Where?", "s", &user) };
    let failed = r#"{"error":"no such order"}"#;
    let called = |id: &str| json!({"id": id, "type": "function", "function": {"name": "find", "arguments": r#"{"q":1}"#}});
    for (dialect, pointer, expected) in [
        (Dialect::Threads, "/role", json!("tool")),
        (
            Dialect::Threads,
            "/tool_outputs",
            json!([{"tool_call_id": "c1", "output": r#"{"n":2}"#}, {"tool_call_id": "c2", "output": failed}]),
        ),
        (
            Dialect::Execute,
            "/toolResults",
            json!([{"toolCallId": "c1", "output": {"n": 2}}, {"toolCallId": "c2", "output": {"error": "no such order"}}]),
        ),
        (
            Dialect::Informer,
            "/messages/1/parts",
            json!([
                {"type": "tool-find", "toolCallId": "c1", "state": "output-available", "input": {"q": 1}, "output": {"n": 2}},
                {"type": "tool-find", "toolCallId": "c2", "state": "output-error", "input": {"q": 1}, "errorText": "no such order"},
            ]),
        ),
        (
            Dialect::OpenAi,
            "/messages/1",
            json!({"role": "assistant", "content": null, "tool_calls": [called("c1"), called("c2")]}),
        ),
        (Dialect::OpenAi, "/messages/2", json!({"role": "tool", "tool_call_id": "c1", "content": r#"{"n":2}"#})),
        (Dialect::OpenAi, "/messages/3", json!({"role": "tool", "tool_call_id": "c2", "content": failed})),
        (
            Dialect::OpenAi,
            "/tools",
            json!([{"type": "function", "function": {"name": "find", "description": "Finds", "parameters": {"type": "object"}}}]),
        ),
    ] {
        let body = serde(&dialect.send(&turn, Delivery::Stream).body.unwrap());
        assert_eq!(body.pointer(pointer), Some(&expected), "{dialect}: {body}");
    }
}

#[test]
fn what_a_server_keeps_is_found_and_forgotten_there() {
    for (dialect, history, forget) in [
        (Dialect::Chat, Some("/sessions/a%20b"), Some("/sessions/a%20b")),
        (Dialect::Conversations, Some("/conversations/a%20b"), Some("/conversations/a%20b")),
        (Dialect::Threads, Some("/threads/a%20b/messages"), Some("/threads/a%20b")),
        (Dialect::Execute, Some("/sessions/a%20b"), Some("/sessions/a%20b")),
        (Dialect::Informer, Some("/chats/a%20b"), Some("/chats/a%20b")),
        (Dialect::OpenAi, None, None),
    ] {
        assert_eq!(dialect.history("a b").map(|request| request.path).as_deref(), history, "{dialect}");
        let request = dialect.forget("a b");
        assert!(request.iter().all(|request| request.method == Method::Delete));
        assert_eq!(request.map(|request| request.path).as_deref(), forget, "{dialect}");
        let card = dialect.card("a/b");
        assert!(card.path.ends_with("s/a%2Fb"), "{dialect}: {}", card.path);
    }
}

#[test]
fn a_posted_message_is_no_answer_yet() {
    for (body, is_answer) in [
        (r#"{"id":"msg_1","role":"user","content":"Hi"}"#, false),
        (r#"{"id":"msg_2","role":"assistant","content":""}"#, false),
        ("", false),
        ("null", false),
        (r#"{"id":"msg_2","role":"assistant","content":"Hello!"}"#, true),
        (r#"{"error":{"code":"not_found"}}"#, true),
    ] {
        assert_eq!(Dialect::Threads.is_answer(body), is_answer, "{body}");
        assert!(Dialect::Chat.is_answer(body), "{body}");
    }
}

#[test]
fn cards_are_read_from_every_shape() {
    let card = r#"{"id":"681b","name":"Support Agent","description":"Helps","avatar":"/a.png","rating":4.8,"welcome":"Hello!","suggestions":["One?",2,"Two?"],"language":"de","voice":"alloy"}"#;
    let read = Dialect::Execute.decode_card(card).unwrap();
    assert_eq!((read.id.as_deref(), read.name.as_deref(), read.rating), (Some("681b"), Some("Support Agent"), Some(4.8)));
    assert_eq!(
        (read.language.as_deref(), read.voice.as_deref(), read.welcome.as_deref()),
        (Some("de"), Some("alloy"), Some("Hello!"))
    );
    assert_eq!(read.suggestions, ["One?", "Two?"]);
    for list in [
        format!("[{card}]"),
        format!(r#"{{"assistants":[{card}],"total":1,"has_more":false}}"#),
        format!(r#"{{"data":[{card},{{"name":"nameless"}}],"meta":{{"page":1}}}}"#),
        format!(r#"{{"assistants":[{card}],"data":[{card}]}}"#),
    ] {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.decode_cards(&list).unwrap(), std::slice::from_ref(&read), "{list}");
        }
    }
    assert_eq!(Dialect::Chat.decode_card(r#"{"slug":"s","id":"1"}"#).unwrap().id.as_deref(), Some("s"));
    assert!(Dialect::Chat.decode_cards("{}").unwrap().is_empty());
    assert!(Dialect::Chat.decode_cards("<html>").is_err());
}

#[test]
fn a_history_is_read_from_every_document() {
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
        (r#"{"data":[{"id":"m","role":"user","content":"q"}],"has_more":false}"#, 1),
        (
            r#"{"messages":[{"role":"assistant","parts":[{"type":"text","text":"a"},{"type":"source-url","url":"/x"},{"type":"text","text":"b"}]}]}"#,
            1,
        ),
        (r#"{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":null}]}"#, 1),
        ("{}", 0),
    ] {
        assert_eq!(Dialect::Chat.decode_history(body).unwrap().len(), expected, "{body}");
    }
    assert!(Dialect::Chat.decode_history("<html>").is_err());
}
