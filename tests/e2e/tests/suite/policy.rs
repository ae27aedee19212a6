//! Pages with the strictest policy that the widget can work under: no inline code or style, and Trusted Types with no policy at all.

use e2e::browser::is_global_of_driver;
use e2e::chat::{run, seen};
use e2e::fault::FaultServer;
use e2e::page::{NONCE, Page};
use e2e::script::{Gate, Stream};
use e2e::world::{World, in_each_streaming_dialect, scenario};

#[tokio::test]
async fn a_strict_policy_with_trusted_types_is_never_violated() {
    in_each_streaming_dialect("a_strict_policy_with_trusted_types_is_never_violated", async |world, dialect| {
        let (pages, api) = (FaultServer::start().await, FaultServer::start().await);
        api.mint_tokens();
        let markdown = "# Title\n\nA **bold** [link](https://shop.example/a) and `code`.\n\n```rust\nlet a = 1;\n```\n\n- one\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n<b>no</b>";
        api.answer(Stream::new(dialect).words(markdown).end(&[("Source", "https://shop.example/s")]));
        let cut = Gate::new();
        api.answer(Stream::new(dialect).words("half").wait(&cut).cut());
        let policy = format!(
            "default-src 'none'; script-src 'self' 'nonce-{NONCE}' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' {}; img-src 'self' data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            api.origin()
        );
        let api_url = api.api_url();
        let attributes = [("assistant", "helper"), ("api-url", api_url.as_str()), ("dialect", dialect.as_str()), ("suggestions", "[\"Tell me\"]")];
        let page = Page::with_widget("/assisters.js", &attributes).header("content-security-policy", &policy);
        let chat = world.chat_at(&pages.page("/page", &page)).await;
        chat.open().await;
        chat.click("suggestion").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert!(state.answer().text.contains("bold link and code"), "{state:#?}");
        assert_eq!(state.answer().sources.len(), 1);
        chat.ask("and break").await;
        chat.until("the first half", |state| state.answer().text == "half").await;
        cut.open();
        chat.until("the failure", |state| state.answer_is("failed") && state.answer().retry).await;
        chat.click("close").await;
        chat.open().await;
        chat.choose("Start over").await;
        chat.until("an empty panel", |state| state.messages.is_empty()).await;

        // It looks as it should: the style sheets were taken.
        let radius = chat.script("return getComputedStyle(root.querySelector('[part~=\"launcher\"]')).borderRadius;").await;
        assert_ne!(radius, "0px");
        let seen = seen(world.driver()).await;
        assert_eq!(seen.violations, [""; 0]);
        let complaints: Vec<_> = seen.console.iter().filter(|line| line.contains("Security Policy") || line.contains("Trusted")).collect();
        assert_eq!(complaints, Vec::<&String>::new());
        assert_eq!(seen.failures, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_page_around_the_widget_is_left_alone() {
    scenario("the_page_around_the_widget_is_left_alone", async |world| {
        let server = FaultServer::start().await;
        let api_url = server.api_url();
        let page = Page::with_widget("/assisters.js", &[("assistant", "helper"), ("api-url", &api_url)])
            .head("<style>* { all: unset; font-size: 40px !important; color: red !important } button, textarea { display: none !important }</style>");
        let chat = world.chat_at(&server.page("/page", &page)).await;
        let before = globals(world).await;
        chat.open().await;
        let state = chat.ask_and_wait("hostile page").await;
        assert_eq!(state.answer().text, "You said: hostile page");
        let styles = chat.script("const { fontSize, color } = getComputedStyle(root.querySelector('.bubble')); return [fontSize, color];").await;
        assert!(styles[0] != "40px" && styles[1] != "rgb(255, 0, 0)", "{styles}");
        let added: Vec<_> = globals(world).await.into_iter().filter(|name| !before.contains(name) && !is_global_of_driver(name)).collect();
        assert_eq!(added, [""; 0], "the widget added a global");
        let outside = run(world.driver(), "return [...document.head.children, ...document.body.children].map((e) => e.localName).join();").await;
        assert_eq!(outside, "meta,title,link,meta,script,style,h1,p,script,assisters-chat");
    })
    .await;
}

/// Returns the names of everything in the page's `window`.
async fn globals(world: &World) -> Vec<String> {
    serde_json::from_value(run(world.driver(), "return Object.getOwnPropertyNames(window);").await).unwrap()
}
