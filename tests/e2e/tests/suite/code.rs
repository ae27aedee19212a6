//! Code in an answer: coloured when that can be done, and the page's own renderers for formulas and diagrams.

use e2e::chat::{Chat, run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::Stream;
use e2e::wait::until;
use e2e::world::scenario;
use serde_json::{Value, json};

use crate::support::{script_page, widget_page};

const N_FETCHED: &str =
    "return performance.getEntriesByType('resource').filter(({ name }) => /\\/(highlight|render)-/.test(name)).length;";

async fn until_is(chat: Chat<'_>, script: &str, expected: &Value) {
    until(format!("{script} to be {expected}"), async || match chat.script(script).await {
        found if found == *expected => Ok(()),
        found => Err(found.to_string()),
    })
    .await;
}

#[tokio::test]
async fn known_code_is_coloured_without_touching_it() {
    scenario("known_code_is_coloured_without_touching_it", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("persist", "none")])).await;
        chat.open().await;
        server.answer(Stream::new(Dialect::Chat).words("```text\nconst a = 1;\n```\n\n```\nplain\n```\n").end(&[]));
        chat.ask_and_wait("plain").await;
        run_async(world.driver(), "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));").await;
        assert_eq!(run(world.driver(), N_FETCHED).await, 0, "nothing to colour, nothing to fetch");
        assert_eq!(chat.script("return root.querySelectorAll('.code-header [part~=code-copy]').length;").await, 2);

        server.answer(Stream::new(Dialect::Chat).words("```js\nconst a = 1; // one\n```\n").end(&[]));
        chat.ask_and_wait("code").await;
        let ranges = "return ['keyword', 'number', 'comment'].map((kind) => [...(CSS.highlights.get('assisters-' + kind) ?? [])].map((range) => range.startContainer.data.slice(range.startOffset, range.endOffset)).join());";
        until_is(chat, ranges, &json!(["const", "1", "// one"])).await;
        let nodes = "return [...root.querySelectorAll('.message:last-child code')].map((code) => [code.childNodes.length, code.childElementCount, code.textContent]);";
        assert_eq!(chat.script(nodes).await, json!([[1, 0, "const a = 1; // one\n"]]));

        // What is gone leaves nothing behind.
        chat.choose("Start over").await;
        until_is(chat, ranges, &json!(["", "", ""])).await;
    })
    .await;
}

#[tokio::test]
async fn colours_can_be_left_out() {
    scenario("colours_can_be_left_out", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[("persist", "none"), ("highlight", "false")])).await;
        chat.open().await;
        server.answer(Stream::new(Dialect::Chat).words("```js\nconst a = 1;\n```\n").end(&[]));
        chat.ask_and_wait("code").await;
        run_async(world.driver(), "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));").await;
        assert_eq!(run(world.driver(), N_FETCHED).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_renderer_of_the_pages_shows_formulas_and_diagrams() {
    scenario("a_renderer_of_the_pages_shows_formulas_and_diagrams", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let mount = format!(
            "window.asked = [];
             const made = (text) => Object.assign(document.createElement('output'), {{ textContent: text }});
             window.chat = await Assisters.mount({{ assistant: 'helper', apiUrl: '{}', persist: 'none', renderers: {{
               math: async (source, {{ display }}) => {{ asked.push(source); return made((display ? 'display ' : 'inline ') + source.trim()); }},
               code: (source, {{ language }}) => {{
                 if (language == 'broken') throw new Error('can not draw');
                 return language == 'mermaid' ? made('diagram ' + source.trim()) : null;
               }},
             }} }});
             chat.open();",
            server.api_url()
        );
        assert_eq!(run_async(world.driver(), &mount).await, json!(null));
        let chat = world.chat();
        chat.until("the panel", |state| state.open).await;
        let text = "Inline $a^2$ here.\n\n$$\nb^2\n$$\n\n```mermaid\ngraph TD\n```\n\n```js\nlet c;\n```\n\n```broken\nx\n```\n\n```broken\ny\n```\n";
        server.answer(Stream::new(Dialect::Chat).words(text).end(&[]));
        chat.ask_and_wait("draw").await;
        let rendered = "return [...root.querySelectorAll('[part~=rendered]')].map((place) => place.textContent);";
        until_is(chat, rendered, &json!(["inline a^2", "display b^2", "diagram graph TD"])).await;
        let sources = "return [...root.querySelectorAll('.message:last-child code')].filter((code) => code.checkVisibility()).map((code) => code.textContent);";
        until_is(chat, sources, &json!(["let c;\n", "x\n", "y\n"])).await;
        let told = run(world.driver(), "return seen.console.filter((line) => line.includes('renderer has failed'));").await;
        assert_eq!(told.as_array().unwrap().len(), 1, "told of once: {told}");
        assert_eq!(run(world.driver(), "return asked.length;").await, 2, "each formula is asked for once");
    })
    .await;
}
