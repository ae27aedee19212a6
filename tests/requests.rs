//! What each dialect asks of a server, compared with the documents; and what of a server's other answers is read: cards, histories.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use assisters_chat::protocol::json::parse;
use assisters_chat::protocol::{
    Attachment, Delivery, Dialect, Method, Role, Said, Tool, ToolAnswer, ToolCall, ToolRound, Turn, User,
};
use serde_json::{Value, json};

fn serde(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
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
    let rounds =
        [ToolRound { text: String::new(), answers: vec![answer("c1", Ok(r#"{"n":2}"#)), answer("c2", Err("no such order"))] }];
    let tools: [Tool; 1] =
        [("find".into(), parse(r#"{"title":"Order search","description":"Finds","parameters":{"type":"object"}}"#).unwrap())];
    let offered = json!([{"type": "function", "name": "find", "description": "Finds", "parameters": {"type": "object"}}]);
    let turn = Turn { tool_rounds: &rounds, tools: &tools, ..Turn::new("a", "Where?", "s", &user) };
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
        (Dialect::Threads, "/tools", offered.clone()),
        (Dialect::Execute, "/tools", offered.clone()),
        (Dialect::Informer, "/tools", offered.clone()),
    ] {
        let body = serde(&dialect.send(&turn, Delivery::Stream).body.unwrap());
        assert_eq!(body.pointer(pointer), Some(&expected), "{dialect}: {body}");
        assert!(dialect.has_tools());
    }
    for dialect in Dialect::ALL.into_iter().filter(|dialect| !dialect.has_tools()) {
        let body = serde(&dialect.send(&turn, Delivery::Stream).body.unwrap());
        assert!(body.get("tools").is_none(), "{dialect} has no place for them: {body}");
    }
    // Without a tool nothing is added that a strict server might refuse.
    for dialect in Dialect::ALL {
        let body = serde(&dialect.send(&Turn::new("a", "Where?", "s", &user), Delivery::Stream).body.unwrap());
        let added = ["tools", "tool_outputs", "toolResults"].map(|name| body.get(name));
        assert_eq!(added, [None; 3], "{dialect}: {body}");
    }
}

#[test]
fn a_server_that_remembers_nothing_is_told_every_round() {
    let user = User::default();
    let round = |text: &str, id: &str| ToolRound {
        text: text.into(),
        answers: vec![ToolAnswer {
            call: ToolCall { id: id.into(), name: "find".into(), ..ToolCall::default() },
            output: Ok("done".into()),
        }],
    };
    let rounds = [round("Let me see.", "c1"), round("", "c2")];
    let turn = Turn { tool_rounds: &rounds, ..Turn::new("a", "Where?", "s", &user) };
    let body = |dialect: Dialect| serde(&dialect.send(&turn, Delivery::Stream).body.unwrap());
    let called = |id: &str| json!([{"id": id, "type": "function", "function": {"name": "find", "arguments": "{}"}}]);
    let told = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "done"});
    assert_eq!(
        body(Dialect::OpenAi)["messages"],
        json!([
            {"role": "user", "content": "Where?"},
            {"role": "assistant", "content": "Let me see.", "tool_calls": called("c1")},
            told("c1"),
            {"role": "assistant", "content": null, "tool_calls": called("c2")},
            told("c2"),
        ])
    );
    let part =
        |id: &str| json!({"type": "tool-find", "toolCallId": id, "state": "output-available", "input": {}, "output": "done"});
    assert_eq!(
        body(Dialect::Informer)["messages"][1]["parts"],
        json!([{"type": "text", "text": "Let me see."}, part("c1"), {"type": "step-start"}, part("c2")])
    );
    // The others know the first round.
    assert_eq!(body(Dialect::Threads)["tool_outputs"], json!([{"tool_call_id": "c2", "output": "done"}]));
    assert_eq!(body(Dialect::Execute)["toolResults"], json!([{"toolCallId": "c2", "output": "done"}]));
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
