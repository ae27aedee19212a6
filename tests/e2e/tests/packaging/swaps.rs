//! Libraries that make one long page of many by swapping its body: the launcher, and the conversation, go along.

use e2e::chat::{run, seen};
use e2e::fault::FaultServer;
use e2e::files::packaging;
use e2e::midway;
use e2e::page::Page;
use e2e::wait::until;
use e2e::world::{World, scenario};
use serde_json::json;

/// Where a page has the widget's tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Head,
    Body,
}

/// Follows the link, or goes back, and waits until the library has shown the other place without loading a page.
async fn go(world: &World, how: &str, place: &str) {
    run(world.driver(), how).await;
    until(format!("the place {place}"), async || {
        let shown =
            run(world.driver(), "return [window.isTheSame, location.pathname, document.querySelector('#at')?.textContent];")
                .await;
        if shown == json!([true, format!("/{place}"), place]) { Ok(()) } else { Err(shown.to_string()) }
    })
    .await;
}

async fn n_widgets(world: &World) -> serde_json::Value {
    run(
        world.driver(),
        "return [...document.querySelectorAll('assisters-chat')].filter((host) => host.shadowRoot?.firstChild).length;",
    )
    .await
}

/// Goes to and fro, before anybody was interested and in mid-answer.
async fn goes_along(name: &str, library: &str, link: fn(&str) -> String) {
    const FOLLOW: &str = "document.querySelector('#link').click();";
    const BACK: &str = "history.back();";
    scenario(name, async |world| {
        for tag in [Tag::Head, Tag::Body] {
            let server = FaultServer::start().await;
            server.folder(&packaging());
            let markup = format!(
                "<script src=\"/assisters.js\" data-assistant=\"helper\" data-api-url=\"{}\"></script>",
                server.api_url()
            );
            let library = format!("<script src=\"/node_modules/{library}\"></script>");
            let page = |place: &str, other: &str| {
                let page = Page::default().head(&library).body(&format!("<p id=\"at\">{place}</p>{}", link(other)));
                if tag == Tag::Head { page.head(&markup) } else { page.body(&markup) }
            };
            server.page("/second", &page("second", "first"));
            let (driver, chat) = (world.driver(), world.chat_at(&server.page("/first", &page("first", "second"))).await);
            chat.until("the launcher", |state| state.launcher.shown).await;
            run(driver, "window.isTheSame = true;").await;
            for (how, place) in [(FOLLOW, "second"), (BACK, "first"), (FOLLOW, "second"), (FOLLOW, "first")] {
                go(world, how, place).await;
                let state = chat.until(&format!("the launcher: {tag:?}, {place}"), |state| state.launcher.shown).await;
                assert!(!state.engine, "{tag:?}, {place}");
                assert_eq!(n_widgets(world).await, 1, "{tag:?}, {place}");
            }
            assert_eq!(server.requests_to("GET", "/assets/").len(), 0, "{tag:?}: {}", server.log());

            let end = midway::begin(chat, &server).await;
            for (how, place) in [(FOLLOW, "second"), (BACK, "first")] {
                go(world, how, place).await;
                midway::expect(chat, &format!("{tag:?}, {place}")).await;
            }
            midway::finish(chat, &end, &format!("{tag:?}")).await;
            assert_eq!(n_widgets(world).await, 1, "{tag:?}");
            assert_eq!((server.sent().len(), seen(driver).await.failures), (1, Vec::new()), "{tag:?}");
            run(driver, "Assisters.destroy();").await;
            go(world, FOLLOW, "second").await;
        }
    })
    .await;
}

#[tokio::test]
async fn turbo_swaps_the_body() {
    goes_along("turbo_swaps_the_body", "@hotwired/turbo/dist/turbo.es2017-umd.js", |to| {
        format!("<a id=\"link\" href=\"/{to}\">On</a>")
    })
    .await;
}

#[tokio::test]
async fn htmx_fills_the_body_anew() {
    goes_along("htmx_fills_the_body_anew", "htmx.org/dist/htmx.js", |to| {
        format!("<div hx-boost=\"true\"><a id=\"link\" href=\"/{to}\">On</a></div>")
    })
    .await;
}
