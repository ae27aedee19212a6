//! Streams as real servers and proxies garble them: every one of these is still the same answer.

use e2e::chat::until_seen;
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Answer, Stream};
use e2e::world::in_each_streaming_dialect;
use serde_json::json;

use crate::support::widget_page;

/// Words of one to four bytes per character.
const TEXT: &str = "Größe 42: 日本 — fits 🐢 well";

#[tokio::test]
async fn any_spelling_of_the_stream_is_the_same_answer() {
    in_each_streaming_dialect("any_spelling_of_the_stream_is_the_same_answer", async |world, dialect| {
        let spellings: Vec<(&str, Answer)> = vec![
            ("CRLF", Stream::bare(dialect).line_end("\r\n").start().words(TEXT).end(&[])),
            ("CR", Stream::bare(dialect).line_end("\r").start().words(TEXT).end(&[])),
            ("mixed", mixed(dialect)),
            ("byte order mark", Stream::bare(dialect).raw("\u{feff}").start().words(TEXT).end(&[])),
            ("byte by byte", Stream::bare(dialect).bytewise().start().words(TEXT).end(&[])),
            ("CRLF byte by byte", Stream::bare(dialect).bytewise().line_end("\r\n").start().words(TEXT).end(&[])),
            (
                "comments",
                Stream::new(dialect)
                    .raw(": keep-alive\n\n")
                    .text("Größe 42: ")
                    .raw(":\n\n:\n")
                    .text("日本 — fits 🐢 well")
                    .end(&[]),
            ),
            ("unknown frames", unknown(dialect)),
            (
                "five megabytes in one frame",
                Stream::new(dialect)
                    .frame(&json!({"type": "telemetry", "content": "x".repeat(5 << 20)}))
                    .raw([": ", &"y".repeat(5 << 20), "\n\n"].concat())
                    .words(TEXT)
                    .end(&[]),
            ),
            (
                "ids twice and out of order",
                Stream::new(dialect)
                    .raw("id: 9\n\nid: 3\n")
                    .text("Größe 42: ")
                    .raw("id: 3\n")
                    .text("日本 — fits 🐢 well")
                    .end(&[]),
            ),
            ("other fields", Stream::new(dialect).raw("id: 7\nretry: 10\n\n").words(TEXT).raw("id: 7\n\n").end(&[])),
        ];
        let server = FaultServer::start().await;
        // With a token every answer is fetched; what a browser reads itself is in `event_source`.
        server.mint_tokens();
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        for (name, answer) in spellings {
            server.answer(answer);
            let state = chat.ask_and_wait(name).await;
            assert_eq!(state.answer().text, TEXT, "{name}");
        }
        let seen = e2e::chat::seen(world.driver()).await;
        assert_eq!(seen.details("error"), Vec::<&serde_json::Value>::new());
    })
    .await;
}

fn mixed(dialect: Dialect) -> Answer {
    Stream::new(dialect)
        .line_end("\r")
        .text("Größe 42: ")
        .line_end("\r\n")
        .text("日本 — ")
        .line_end("\n")
        .text("fits 🐢 well")
        .end(&[])
}

fn unknown(dialect: Dialect) -> Answer {
    Stream::new(dialect)
        .frame(&json!({"type": "telemetry", "content": "not for the visitor"}))
        .words(TEXT)
        .raw("event: surprise\ndata: {\"type\":\"surprise\"}\n\n")
        .end(&[])
}

#[tokio::test]
async fn a_malformed_frame_is_reported_and_does_not_end_the_answer() {
    in_each_streaming_dialect("a_malformed_frame_is_reported_and_does_not_end_the_answer", async |world, dialect| {
        let server = FaultServer::start().await;
        server.answer(Stream::new(dialect).text("before").raw("data: {\"type\": oops\n\n").text(" and after").end(&[]));
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        let state = chat.ask_and_wait("a broken frame").await;
        assert_eq!(state.answer().text, "before and after");
        assert!(!state.answer().text.contains("oops") && state.answer().error.is_empty(), "{state:#?}");
        let seen = until_seen(world.driver(), "the report", |seen| !seen.details("error").is_empty()).await;
        let kinds: Vec<_> = seen.details("error").iter().map(|detail| detail["kind"].clone()).collect();
        assert_eq!(kinds, ["malformed"]);
        assert_eq!(server.sent().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_stream_without_an_end_frame_keeps_its_text() {
    in_each_streaming_dialect("a_stream_without_an_end_frame_keeps_its_text", async |world, dialect| {
        let server = FaultServer::start().await;
        server.answer(Stream::new(dialect).words("all but the end").finish());
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("no end").await;
        let state =
            chat.until("the answer to be over", |state| !state.answer().status.is_empty() && !state.answer_is("streaming")).await;
        assert_eq!(state.answer().text, "all but the end");
        assert_eq!(server.sent().len(), 1, "after the first byte nothing is sent again by itself");
    })
    .await;
}

#[tokio::test]
async fn an_error_inside_the_stream_keeps_the_text_before_it() {
    in_each_streaming_dialect("an_error_inside_the_stream_keeps_the_text_before_it", async |world, dialect| {
        let server = FaultServer::start().await;
        let error = json!({"type": "error", "error": {"code": "server_error", "message": "the model fell over", "status": 500}});
        server.answer(Stream::new(dialect).words("so far so good").frame(&error).finish());
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        chat.ask("an error in between").await;
        let state = chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        assert_eq!(state.answer().text, "so far so good");
        assert!(!state.answer().error.is_empty() && !state.answer().error.contains("fell over"), "{state:#?}");
        let seen = until_seen(world.driver(), "the error event", |seen| seen.details("error").len() == 1).await;
        assert_eq!(seen.details("error")[0]["message"], "the model fell over");
    })
    .await;
}
