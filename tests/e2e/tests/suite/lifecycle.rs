//! Coming, staying and going: pages that swap their bodies or are kept for later, many widgets, new options, and what is left when all are gone.

use e2e::chat::{Chat, run, run_async, seen, until_seen};
use e2e::cycles::{cycle, held, page};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::files::read_dist;
use e2e::midway;
use e2e::page::Page;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::{until, until_true};
use e2e::world::scenario;
use serde_json::json;

use crate::support::{mount, script_page, widget_page};

#[tokio::test]
async fn a_hundred_widgets_that_came_and_went_leave_nothing() {
    scenario("a_hundred_widgets_that_came_and_went_leave_nothing", async |world| {
        let server = FaultServer::start().await;
        world.visit(&server.page("/page", &page())).await;
        let (driver, api_url) = (world.driver(), server.api_url());
        // The first ones bring the engine, and every buffer to its size.
        cycle(driver, &api_url, 30).await;
        let before = held(driver).await;
        cycle(driver, &api_url, 70).await;
        let after = held(driver).await;
        assert_eq!(
            (after.nodes, after.listeners, after.timers, after.observers, after.wasm),
            (before.nodes, before.listeners, before.timers, before.observers, before.wasm),
            "{before:?} → {after:?}"
        );
        // Code that was compiled meanwhile is not a leak: a single element per widget would be 70 × 100 bytes.
        assert!(after.heap < before.heap + 128.0 * 1024.0, "{before:?} → {after:?}");
        assert_eq!(run(driver, "return document.querySelectorAll('assisters-chat').length;").await, 0);
    })
    .await;
}

#[tokio::test]
async fn destroyed_at_every_moment_of_an_answer() {
    scenario("destroyed_at_every_moment_of_an_answer", async |world| {
        let gate = Gate::new();
        let stream = || Stream::new(Dialect::Chat);
        let rows: [(&str, Answer, &str); 8] = [
            ("before the head", stream().text("x").end(&[]).behind(&gate), ""),
            ("after the head", stream().wait(&gate).end(&[]), ""),
            ("after the first word", stream().text("word").wait(&gate).end(&[]), "word"),
            ("within a word's frame", stream().text("word").part_of("more", 9).wait(&gate).end(&[]), "word"),
            ("within a block of code", stream().text("```js\nlet a").wait(&gate).end(&[]), "jslet a"),
            ("within a table", stream().text("| a | b |\n| - | - |\n| 1").wait(&gate).end(&[]), "ab1"),
            ("before the end", stream().text("all of it").wait(&gate).end(&[("One", "https://shop.example/1")]), "all of it"),
            ("while it waits to try again", Answer::error(503, "server_error").header("retry-after", "60"), ""),
        ];
        for (what, answer, text) in rows {
            let server = FaultServer::start().await;
            server.answer(answer);
            world.visit(&script_page(&server)).await;
            mount(world, &server, "chat", &json!({"assistant": "helper"})).await;
            let (driver, chat) = (world.driver(), world.chat());
            chat.open().await;
            chat.ask("destroy me").await;
            until_true("the question", || !server.sent().is_empty()).await;
            chat.until(what, |state| state.answer().text.replace(char::is_whitespace, "") == text.replace(' ', "") && state.stop)
                .await;
            if what.contains("try again") {
                chat.until("the wait", |state| state.notice.contains("Trying again")).await;
            }
            run(driver, "chat.destroy();").await;
            assert_eq!(run(driver, "return document.querySelectorAll('assisters-chat').length;").await, 0, "{what}");
            if !what.contains("try again") {
                until_true("the request to end", || server.sent()[0].client_left()).await;
            }
            let heard = until_seen(driver, "the end", |seen| !seen.details("destroy").is_empty()).await;
            assert_eq!(
                (heard.details("message").len(), heard.details("error").len(), heard.failures),
                (0, 0, Vec::new()),
                "{what}"
            );
            assert_eq!(server.sent().len(), 1, "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn ten_widgets_on_a_page() {
    scenario("ten_widgets_on_a_page", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let driver = world.driver();
        let dialects = [Dialect::Chat, Dialect::Conversations, Dialect::OpenAi];
        for n in 0..10 {
            let options = json!({"assistant": format!("helper-{n}"), "dialect": dialects[n % 3].as_str(), "offset": {"x": 10 + 70 * n, "y": 20}});
            mount(world, &server, &format!("chat{n}"), &options).await;
        }
        // All at once.
        run(driver, "for (let n = 0; n < 10; n++) window['chat' + n].sendMessage('to number ' + n);").await;
        for n in 0..10 {
            until(format!("the answer of number {n}"), async || {
                let messages = run(driver, &format!("return chat{n}.messages().map(({{ content, status }}) => content + ' ' + status);")).await;
                if messages == json!([format!("to number {n} done"), format!("You said: to number {n} done")]) { Ok(()) } else { Err(messages.to_string()) }
            })
            .await;
        }
        let programs = server.requests_to("GET", "/assets/engine-").into_iter().filter(|request| request.path.ends_with(".wasm"));
        assert_eq!((programs.count(), server.sent().len()), (1, 10));
        run(driver, "for (let n = 0; n < 10; n += 2) window['chat' + n].destroy();").await;
        let left = Chat::nth(driver, 2);
        run(driver, "chat5.open();").await;
        left.until("the panel", |state| state.open).await;
        let state = left.ask_and_wait("again").await;
        assert_eq!(state.questions(), ["to number 5", "again"]);
        assert_eq!(seen(driver).await.failures, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn every_option_changes_live_and_messages_stay() {
    scenario("every_option_changes_live_and_messages_stay", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper"})).await;
        let (driver, chat) = (world.driver(), world.chat());
        chat.open().await;
        chat.ask_and_wait("before").await;
        let end = Gate::new();
        server.answer(Stream::new(Dialect::Chat).text("in the ").wait(&end).text("middle").end(&[]));
        chat.ask("during").await;
        chat.until("the first words", |state| state.answer().text == "in the").await;
        chat.write("a draft").await;
        let style = |selector: &str, property: &str| format!("getComputedStyle(root.querySelector('{selector}')).{property}");
        let host = "root.host";
        let rows = [
            ("title: 'Renamed'", "root.querySelector('[part~=\"title\"]').textContent == 'Renamed'".to_owned()),
            ("placeholder: 'Say it'", "root.querySelector('[part~=\"input\"]').placeholder == 'Say it'".to_owned()),
            ("position: 'top-left'", format!("{} == '20px' && {} == '20px'", style(".widget", "left"), style(".widget", "top"))),
            (
                "offset: { x: 44, y: 33 }",
                format!("{} == '44px' && {} == '33px'", style(".widget", "left"), style(".widget", "top")),
            ),
            ("buttonSize: 80", format!("{} == '80px'", style(".launcher", "width"))),
            ("zIndex: 123", format!("{} == '123'", style(".widget", "zIndex"))),
            ("theme: 'dark'", format!("root.querySelector('.widget').dataset.theme == 'dark' && {host}.isConnected")),
            (
                "primaryColor: 'rebeccapurple'",
                format!("(([r, g, b]) => b > r && r > g)({}.match(/\\d+/g).map(Number))", style(".launcher", "backgroundColor")),
            ),
            ("theme: { mode: 'light', radius: '3px' }", format!("{} == '3px'", style(".panel", "borderRadius"))),
            (
                "buttonIcon: 'sparkle'",
                "root.querySelector('.launcher .icon-chat path').getAttribute('d').startsWith('M11 4')".to_owned(),
            ),
            (
                "avatar: 'data:image/gif;base64,R0lGODlhAQABAAAAACw='",
                "root.querySelector('.avatar img').src.startsWith('data:image/gif')".to_owned(),
            ),
            ("hideWatermark: true", "!root.querySelector('.watermark')".to_owned()),
            (
                "strings: { send: 'Off it goes' }",
                "root.querySelector('[part~=\"send\"]').getAttribute('aria-label') == 'Off it goes'".to_owned(),
            ),
            ("locale: 'ar'", "root.querySelector('.widget').dir == 'rtl'".to_owned()),
            ("locale: undefined", "root.querySelector('.widget').dir == 'ltr'".to_owned()),
            ("user: { id: '7' }, metadata: { plan: 'pro' }, headers: { 'x-shop': 'no' }", "true".to_owned()),
            ("persist: 'session', stream: true, highlight: false, preload: 'idle', linkPolicy: { hosts: [] }", "true".to_owned()),
            ("greeting: 'Hello again', suggestions: ['One'], autoOpen: true", "true".to_owned()),
        ];
        for (change, test) in rows {
            let returned = run_async(driver, &format!("chat.update({{ {change} }});")).await;
            assert_eq!(returned, serde_json::Value::Null, "{change}");
            until(change, async || match chat.script(&format!("return {test};")).await {
                serde_json::Value::Bool(true) => Ok(()),
                other => Err(format!("{test}: {other}")),
            })
            .await;
            let state = chat.state().await;
            assert_eq!(
                (state.questions(), state.answer().text.as_str(), state.draft.as_str(), state.open),
                (vec!["before", "during"], "in the", "a draft", true),
                "{change}"
            );
        }
        end.open();
        let state = chat.until("the end", |state| state.answer_is("done")).await;
        assert_eq!(state.answer().text, "in the middle");
        run(driver, "chat.sendMessage('after');").await;
        until_true("the next question", || server.sent().len() == 3).await;
        let sent = server.sent().pop().unwrap();
        assert_eq!(
            (sent.header("x-shop"), &sent.json()["user"]["id"], &sent.json()["metadata"]["plan"]),
            (Some("no"), &json!("7"), &json!("pro"))
        );
        assert_eq!(seen(driver).await.failures, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_swaps_its_body_keeps_the_chat() {
    scenario("a_page_that_swaps_its_body_keeps_the_chat", async |world| {
        // How Turbo, htmx and others do it, with the tag in the head, and with the tag in the body, which they run again.
        let swaps = [
            ("Turbo", "const body = document.createElement('body'); body.innerHTML = '<h1>Next</h1>'; TAG(body); document.body.replaceWith(body);"),
            ("a body that is set", "const body = document.createElement('body'); body.innerHTML = '<h1>Next</h1>'; TAG(body); document.body = body;"),
            ("htmx", "const old = [...document.body.childNodes]; document.body.prepend(document.createElement('main')); for (const node of old) node.remove(); TAG(document.body);"),
            ("innerHTML", "document.body.innerHTML = '<h1>Next</h1>'; TAG(document.body);"),
            ("replaceChildren", "document.body.replaceChildren(document.createElement('main')); TAG(document.body);"),
        ];
        for (what, swap) in swaps {
            for is_in_body in [false, true] {
                let server = FaultServer::start().await;
                let tag = format!("<script src=\"/assisters.js\" data-assistant=\"helper\" data-api-url=\"{}\"></script>", server.api_url());
                let page = if is_in_body { Page::default().body(&tag) } else { Page::default().head(&tag) };
                let chat = world.chat_at(&server.page("/page", &page)).await;
                let end = midway::begin(chat, &server).await;
                let again = format!(
                    "((into) => {{ const tag = document.createElement('script'); tag.src = '/assisters.js'; tag.dataset.assistant = 'helper'; tag.dataset.apiUrl = '{}'; tag.onload = () => {{ window.tagsRun = (window.tagsRun ?? 0) + 1; }}; into.append(tag); }})",
                    server.api_url()
                );
                for n in 1..=2 {
                    run(world.driver(), &swap.replace("TAG", if is_in_body { &again } else { "void" })).await;
                    // A tag that runs after the widget was taken out would bring it back.
                    until("the tag to run again", async || match run(world.driver(), "return window.tagsRun ?? 0;").await.as_u64() {
                        Some(n_run) if n_run == n || !is_in_body => Ok(()),
                        other => Err(format!("{other:?}")),
                    })
                    .await;
                    midway::expect(chat, &format!("{what}, {n}")).await;
                }
                midway::finish(chat, &end, what).await;
                run(world.driver(), "document.body.append(document.createElement('p'));").await;
                assert_eq!(run(world.driver(), "return document.querySelectorAll('assisters-chat').length;").await, 1, "{what}, in the body: {is_in_body}");
                assert_eq!((server.sent().len(), seen(world.driver()).await.failures), (1, Vec::new()), "{what}");
                // Taken out by itself, it stays out.
                run(world.driver(), "document.querySelector('assisters-chat').remove();").await;
                run(world.driver(), "document.body.append(document.createElement('p'));").await;
                assert_eq!(run(world.driver(), "return document.querySelectorAll('assisters-chat').length;").await, 0, "{what}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_launcher_that_nobody_was_interested_in_outlives_the_body() {
    scenario("a_launcher_that_nobody_was_interested_in_outlives_the_body", async |world| {
        let swaps = [
            ("Turbo", "const body = document.createElement('body'); body.innerHTML = '<h1>Next</h1>'; document.body.replaceWith(body);"),
            ("a body that is set", "const body = document.createElement('body'); body.innerHTML = '<h1>Next</h1>'; document.body = body;"),
            ("htmx", "const old = [...document.body.childNodes]; document.body.prepend(document.createElement('main')); for (const node of old) node.remove();"),
            ("innerHTML", "document.body.innerHTML = '<h1>Next</h1>';"),
            ("replaceChildren", "document.body.replaceChildren(document.createElement('main'));"),
            ("emptied, then filled", "document.body.textContent = ''; document.body.append(document.createElement('main'));"),
            ("all of the document", "document.documentElement.innerHTML = '<head><title>Next</title></head><body><h1>Next</h1></body>';"),
        ];
        for (what, swap) in swaps {
            let server = FaultServer::start().await;
            let tag = format!("<script src=\"/assisters.js\" data-assistant=\"helper\" data-api-url=\"{}\"></script>", server.api_url());
            let chat = world.chat_at(&server.page("/page", &Page::default().head(&tag))).await;
            let driver = world.driver();
            chat.until("the launcher", |state| state.launcher.shown).await;
            let hosts = "return document.querySelectorAll('assisters-chat').length;";
            for n in 1..=3 {
                run(driver, swap).await;
                let state = chat.until(what, |state| state.launcher.shown).await;
                assert!(!state.engine, "{what}, {n}");
                assert_eq!(run(driver, hosts).await, 1, "{what}, {n}");
            }
            assert_eq!(server.requests_to("GET", "/assets/").len(), 0, "{what}: {}", server.log());
            chat.open().await;
            assert_eq!(chat.ask_and_wait("hello").await.answer().text, "You said: hello", "{what}");
            run(driver, "Assisters.destroy();").await;
            run(driver, swap).await;
            assert_eq!(run(driver, hosts).await, 0, "{what}: destroyed, it comes with no body");
            assert_eq!(seen(driver).await.failures, [""; 0], "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_launcher_goes_along_through_the_history_of_a_page_that_swaps_its_body() {
    scenario("a_launcher_goes_along_through_the_history", async |world| {
        let server = FaultServer::start().await;
        let tag =
            format!("<script src=\"/assisters.js\" data-assistant=\"helper\" data-api-url=\"{}\"></script>", server.api_url());
        // As Turbo does: a body for each place, copied when it is left, and put back when the visitor comes back.
        let navigation = "
            const kept = {};
            const show = (body) => document.body.replaceWith(body);
            window.go = (name) => {
              kept[history.state ?? ''] = document.body.cloneNode(true);
              history.pushState(name, '', '#' + name);
              const body = document.createElement('body');
              body.append(name);
              show(body);
            };
            addEventListener('popstate', ({ state }) => { show(kept[state ?? '']); window.arrived = state ?? 'first'; });";
        let chat = world.chat_at(&server.page("/page", &Page::default().script(navigation).head(&tag))).await;
        let driver = world.driver();
        chat.until("the launcher", |state| state.launcher.shown).await;
        let widgets =
            "return [...document.querySelectorAll('assisters-chat')].filter((host) => host.shadowRoot?.firstChild).length;";
        let back_to = async |name: &str| {
            run(driver, "history.back();").await;
            until(name, async || match run(driver, "return window.arrived;").await {
                arrived if arrived == name => Ok(()),
                other => Err(other.to_string()),
            })
            .await;
        };
        run(driver, "go('second');").await;
        run(driver, "go('third');").await;
        for name in ["second", "first"] {
            back_to(name).await;
            let state = chat.until(name, |state| state.launcher.shown).await;
            assert!(!state.engine, "{name}");
            assert_eq!(run(driver, widgets).await, 1, "{name}");
        }
        assert_eq!(server.requests_to("GET", "/assets/").len(), 0, "{}", server.log());
        // And with a conversation.
        chat.open().await;
        chat.ask_and_wait("hello").await;
        run(driver, "go('fourth');").await;
        back_to("first").await;
        let state = chat.until("the same chat", |state| state.open).await;
        assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["hello"], "You said: hello"));
        assert_eq!((run(driver, widgets).await, seen(driver).await.failures), (json!(1), Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn a_tag_that_runs_again_before_anybody_was_interested_is_one_launcher() {
    scenario("a_tag_that_runs_again_before_anybody_was_interested_is_one_launcher", async |world| {
        let server = FaultServer::start().await;
        let tag = format!("<script src=\"/assisters.js\" data-assistant=\"helper\" data-api-url=\"{}\"></script>", server.api_url());
        let chat = world.chat_at(&server.page("/page", &Page::default().body(&tag))).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        let swap = format!(
            "const body = document.createElement('body');
             const tag = document.createElement('script'); tag.src = '/assisters.js'; tag.dataset.assistant = 'helper'; tag.dataset.apiUrl = '{}';
             body.append(tag);
             document.body.replaceWith(body);",
            server.api_url()
        );
        run(world.driver(), &swap).await;
        chat.until("the launcher again", |state| state.launcher.shown).await;
        assert_eq!(run(world.driver(), "return document.querySelectorAll('assisters-chat').length;").await, 1);
        chat.open().await;
        let state = chat.ask_and_wait("hello").await;
        assert_eq!(state.answer().text, "You said: hello");
    })
    .await;
}

#[tokio::test]
async fn a_new_version_that_was_published_meanwhile_breaks_no_open_page() {
    scenario("a_new_version_that_was_published_meanwhile_breaks_no_open_page", async |world| {
        let server = FaultServer::start().await;
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        // The loader's own name is the same in every version, the names of all else change; those of the last version stay for a while.
        server.route("GET", "/assisters.js", |_| Answer::new(200, "text/javascript", "throw new Error('of another version')"));
        chat.open().await;
        let state = chat.ask_and_wait("hello").await;
        assert_eq!(state.answer().text, "You said: hello");

        // Gone too soon: a launcher that says so and can be clicked again, and works as soon as the files are back.
        let server = FaultServer::start().await;
        server.route("GET", "/assets/", |_| Answer::error(404, "not_found"));
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.until("the launcher", |state| state.launcher.shown).await;
        chat.click("launcher").await;
        until_seen(world.driver(), "the failure", |seen| !seen.details("error").is_empty()).await;
        server.route("GET", "/assets/", |request| match read_dist(request.path.split('?').next().unwrap_or_default()) {
            Some((media_type, bytes)) => Answer::new(200, media_type, bytes),
            None => Answer::error(404, "not_found"),
        });
        chat.open().await;
        let state = chat.ask_and_wait("hello").await;
        assert_eq!(state.answer().text, "You said: hello");
    })
    .await;
}

#[tokio::test]
async fn an_engine_that_panicked_says_so_and_starts_again_with_the_conversation() {
    scenario("an_engine_that_panicked_says_so_and_starts_again", async |world| {
        let server = FaultServer::start().await;
        // What a panic is for the page: the program traps in the middle of a call.
        let trap = "{
            const instantiate = WebAssembly.instantiate;
            const wrapped = (call) => typeof call != 'function' ? call : (...given) => {
              if (window.isToTrap) { window.isToTrap = false; throw new WebAssembly.RuntimeError('unreachable'); }
              return call(...given);
            };
            WebAssembly.instantiate = (module, imports) => {
              const ours = Object.entries(imports).filter(([name]) => name != '$');
              const all = ours.map(([name, calls]) => [name, Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, wrapped(call)]))]);
              return instantiate(module, { ...imports, ...Object.fromEntries(all) });
            };
          }";
        let tag = format!("<script src=\"/assisters.js\" data-assistant=\"helper\" data-api-url=\"{}\"></script>", server.api_url());
        let chat = world.chat_at(&server.page("/page", &Page::default().script(trap).body(&tag))).await;
        let driver = world.driver();
        chat.open().await;
        chat.ask_and_wait("hello").await;
        run(driver, "window.isToTrap = true; Assisters.sendMessage('into the trap'); window.ranOn = true;").await;
        until("the sentence", async || {
            let text = chat.script("return root.textContent;").await;
            if text.as_str().is_some_and(|text| text.contains("Chat stopped working") && text.contains("Restart")) { Ok(()) } else { Err(text.to_string()) }
        })
        .await;
        assert_eq!(run(driver, "return window.ranOn;").await, true, "the page's script went on");
        chat.script("[...root.querySelectorAll('button')].find((button) => button.textContent.includes('Restart')).click();").await;
        let state = chat.until("the conversation", |state| state.open && state.messages.len() >= 2 && state.is_painted()).await;
        assert_eq!((state.questions()[0], state.messages[1].text.as_str()), ("hello", "You said: hello"));
        let state = chat.ask_and_wait("again").await;
        assert_eq!(state.answer().text, "You said: again");
        assert_eq!(seen(driver).await.failures, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_was_kept_goes_on_where_it_was() {
    scenario("a_page_that_was_kept_goes_on_where_it_was", async |world| {
        let server = FaultServer::start().await;
        let never = Gate::new();
        let numbered = "id: msg_e2e:1\nevent: message\ndata: {\"type\":\"chunk\",\"content\":\"one \"}\n\n";
        server.answer(Stream::bare(Dialect::Chat).raw(numbered).wait(&never).end(&[]));
        server.route("GET", "/v1/streams/msg_e2e", |request| match request.header("last-event-id") {
            Some("msg_e2e:1") => Stream::bare(Dialect::Chat).text("two").end(&[]),
            _ => Answer::error(400, "invalid_request"),
        });
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        let driver = world.driver();
        run(driver, "window.isTheSame = true; addEventListener('pageshow', ({ persisted }) => (window.wasKept = persisted));")
            .await;
        chat.open().await;
        chat.ask("hello").await;
        chat.until("the first word", |state| state.answer().text == "one").await;
        run(driver, "Assisters.sendMessage('and then?');").await;
        chat.write("a draft").await;
        world.visit(&server.page("/elsewhere", &Page::default())).await;
        until_true("the server to see the visitor leave", || server.sent()[0].client_left()).await;
        driver.back().await.unwrap();
        let kept = run(driver, "return [window.isTheSame, window.wasKept];").await;
        assert_eq!(kept, json!([true, true]), "this browser keeps no pages");

        // The rest of the answer, then what waited behind it; nothing is sent twice.
        let state = chat.until("both answers", |state| state.messages.len() == 4 && state.answer_is("done")).await;
        assert_eq!((state.messages[1].text.as_str(), state.answer().text.as_str()), ("one two", "You said: and then?"));
        assert_eq!((state.draft.as_str(), state.open, server.sent().len()), ("a draft", true, 2));
        assert_eq!(server.requests_to("GET", "/v1/streams/").len(), 1);
        assert_eq!(seen(driver).await.failures, [""; 0]);
    })
    .await;
}
