//! What a model writes is text: it never becomes a script, an image or a link that runs something.

use e2e::chat::{run, seen};
use e2e::fault::FaultServer;
use e2e::script::{Answer, Stream};
use e2e::world::in_each_streaming_dialect;
use serde_json::json;

use crate::support::widget_page;

#[tokio::test]
async fn nothing_in_an_answer_runs_or_loads() {
    in_each_streaming_dialect("nothing_in_an_answer_runs_or_loads", async |world, dialect| {
        let server = FaultServer::start().await;
        let pixel = server.url("/pixel");
        let payloads = [
            "<script>window.pwned = 1</script>".to_owned(),
            format!("<img src=\"{pixel}/1\" onerror=\"window.pwned = 2\">"),
            format!("<svg onload=\"window.pwned = 3\"><image href=\"{pixel}/2\"/></svg>"),
            format!("<iframe src=\"{pixel}/3\"></iframe><object data=\"{pixel}/4\"></object><link rel=\"stylesheet\" href=\"{pixel}/5\">"),
            format!("![tracking]({pixel}/6) and ![more][ref]\n\n[ref]: {pixel}/7"),
            "[click](javascript:window.pwned=4) [or](JaVaScRiPt:window.pwned=5) [here](data:text/html,<script>1</script>) <javascript:window.pwned=6>".to_owned(),
            "[odd](java&#x0A;script:window.pwned=7) [odd](\u{1}javascript:window.pwned=8) [odd](vbscript:x)".to_owned(),
            "</div></template><style>* { display: none }</style><base href=\"https://evil.example/\">".to_owned(),
        ];
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        for payload in &payloads {
            let title = "<img src=x onerror=\"window.pwned = 9\">";
            server.answer(Stream::new(dialect).words(payload).end(&[(title, "javascript:window.pwned=10"), ("fine", "https://shop.example/")]));
            let state = chat.ask_and_wait(payload.replace('\n', " ").trim_start_matches('\u{1}').split('\u{1}').next().unwrap()).await;
            let sources = state.answer().sources;
            assert_eq!((sources[0].href.as_str(), sources[1].href.as_str()), ("", "https://shop.example/"), "{payload}");
        }
        if dialect.keeps_history() {
            // A transcript of the server's is as little trusted.
            let history = payloads.iter().map(|payload| json!({"role": "assistant", "content": payload})).collect::<Vec<_>>();
            let history = history.into_iter().chain((0..20).map(|n| json!({"role": "user", "content": format!("<img src={pixel}/8 onerror=window.pwned={n}>")})));
            let history = json!({"messages": history.collect::<Vec<_>>()});
            server.route("GET", dialect.history_folder(), move |_| Answer::json(200, &history));
            world.driver().refresh().await.unwrap();
            chat.open().await;
            chat.until("the history", |state| state.questions().len() == 20 && state.is_painted()).await;
        }

        // Every link that is there leads to where a link may lead, and is followed as a stranger's.
        let links = chat.script("return [...root.querySelectorAll('[part~=\"messages\"] a')].map((a) => [a.protocol, a.rel, a.target]);").await;
        for link in links.as_array().unwrap() {
            assert!(["https:", "http:", "mailto:", "tel:"].contains(&link[0].as_str().unwrap()), "{links}");
            assert!(link[1].as_str().unwrap().contains("noopener") && link[2] == "_blank", "{links}");
        }
        let foreign = "return root.querySelectorAll('script, iframe, object, embed, link, style, base, img[src*=\"pixel\"], image, [onerror], [onload]').length;";
        assert_eq!(chat.script(foreign).await, 0);
        assert_eq!(run(world.driver(), "return window.pwned ?? null;").await, json!(null));
        assert_eq!(server.requests_to("GET", "/pixel").len(), 0, "{}", server.log());
        assert_eq!(seen(world.driver()).await.failures, [""; 0]);
    })
    .await;
}
