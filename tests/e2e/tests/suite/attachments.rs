//! Files that the visitor attaches: every way in, what is refused before anything is sent, uploads that fail or are taken back, and what each
//! dialect's server is told.

use std::path::{Path, PathBuf};

use e2e::browser::Screen;
use e2e::chat::{Chat, run, run_async, seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::gateway::RunningGateway;
use e2e::page::{NONCE, Page};
use e2e::record::Recorded;
use e2e::script::{Answer, Gate};
use e2e::wait::{until, until_true};
use e2e::world::{World, in_each_dialect, scenario, scenario_on};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{mount, script_page};

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// What the tray shows.
const READ_TRAY: &str = "return {
    items: [...root.querySelectorAll('.attach-item')].map((row) => ({
      name: row.querySelector('.attach-name').textContent, state: row.dataset.state, preview: Boolean(row.querySelector('canvas')),
    })),
    notes: [...root.querySelectorAll('.attach-notes p')].map((note) => note.textContent),
    button: Boolean(root.querySelector('.attach')?.checkVisibility()),
    status: root.querySelector('.attach-status')?.textContent ?? '',
  };";

/// Files to pick.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Picks files as a visitor does after a click on the button.
async fn pick(world: &World, files: &[&Path]) {
    let script =
        "return document.querySelector('assisters-chat').shadowRoot.querySelector('.composer input[type=file]:not([capture])');";
    let field = world.driver().execute(script, Vec::new()).await.unwrap().element().unwrap();
    let paths: Vec<_> = files.iter().map(|path| path.to_str().unwrap()).collect();
    field.send_keys(paths.join("\n")).await.unwrap();
}

/// Pastes or drops files: `[name, type, content]` each.
async fn give(chat: Chat<'_>, way: &str, files: &Value) {
    let event = match way {
        "drop" => "new DragEvent('drop', { dataTransfer: data, bubbles: true, composed: true, cancelable: true })",
        _ => "new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true, cancelable: true })",
    };
    let target = if way == "drop" { ".messages" } else { ".input" };
    let script = format!(
        "const data = new DataTransfer();
         for (const [name, type, content] of {files}) data.items.add(new File([content], name, {{ type }}));
         return root.querySelector('{target}').dispatchEvent({event});"
    );
    assert_eq!(chat.script(&script).await, false, "{way}: the browser's own way with files is prevented");
}

async fn until_tray(chat: Chat<'_>, what: &str, condition: impl Fn(&Value) -> bool) -> Value {
    until(what, async || {
        let tray = chat.script(READ_TRAY).await;
        if condition(&tray) { Ok(tray) } else { Err(format!("{tray:#}")) }
    })
    .await
}

/// Waits until the tray has these files, as `name state`.
async fn until_items(chat: Chat<'_>, expected: &[&str]) -> Value {
    until_tray(chat, &format!("the tray with {expected:?}"), |tray| {
        let items = tray["items"].as_array().unwrap();
        let items = items.iter().map(|item| format!("{} {}", item["name"].as_str().unwrap(), item["state"].as_str().unwrap()));
        items.eq(expected.iter().map(|item| (*item).to_owned()))
    })
    .await
}

/// Opens a widget with files allowed and waits for the button.
async fn open<'a>(world: &'a World, server: &FaultServer, options: Value) -> Chat<'a> {
    let mut all = json!({"assistant": "helper", "attachments": true, "persist": "none"});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    world.visit(&script_page(server)).await;
    mount(world, server, "chat", &all).await;
    let chat = world.chat();
    chat.open().await;
    until_tray(chat, "the button", |tray| tray["button"] == true).await;
    chat
}

/// Takes every upload, under an address and an id that have its name.
fn take_uploads(server: &FaultServer) {
    let origin = server.origin();
    server.route("POST", "/v1/uploads", move |request| {
        let body = String::from_utf8_lossy(&request.body);
        let name = body.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("nameless");
        Answer::json(201, &json!({"url": format!("{origin}/files/{name}"), "file_id": format!("file_{name}")}))
    });
}

fn uploads(server: &FaultServer) -> Vec<Recorded> {
    server.requests_to("POST", "/v1/uploads")
}

/// What the newest question shows below its text, as the names of files.
const READ_MESSAGE: &str = "const all = [...root.querySelectorAll('.message-user')];
    return [...all.at(-1).querySelectorAll('.attachment')].map((one) => (one.querySelector('img')?.alt ?? one.textContent) + ' ' + (one.href ?? '-'));";

#[tokio::test]
async fn files_come_in_by_picking_pasting_and_dropping() {
    scenario("files_come_in_by_picking_pasting_and_dropping", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        server.mint_tokens();
        take_uploads(&server);
        let chat = open(world, &server, json!({})).await;
        let (photo, list) = (files.file("photo.png", PNG), files.file("list.csv", b"a,b\n1,2\n"));
        pick(world, &[&photo, &list]).await;
        until_items(chat, &["photo.png ready", "list.csv ready"]).await;
        give(chat, "paste", &json!([["image.png", "image/png", "no picture, as a broken one is"]])).await;
        give(chat, "drop", &json!([["notes.md", "", "# Notes"]])).await;
        let tray = until_items(chat, &["photo.png ready", "list.csv ready", "image.png ready", "notes.md ready"]).await;
        let previews: Vec<_> = tray["items"].as_array().unwrap().iter().map(|item| item["preview"] == true).collect();
        assert_eq!(previews, [true, false, false, false], "what can be read is shown: {tray:#}");

        let sent = uploads(&server);
        assert!(sent.iter().all(|request| request.header("authorization") == Some("Bearer token-1")));
        // Several at once, so in any order.
        let bodies: Vec<_> = sent.iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect();
        let is_list = |body: &String| body.contains("name=\"file\"; filename=\"list.csv\"") && body.contains("a,b\n1,2\n");
        assert_eq!(bodies.iter().filter(|body| is_list(body)).count(), 1, "{bodies:#?}");

        // The panel says where a file would go while one is dragged over it, and only then.
        let hint = |event: &str, kind: &str| {
            format!(
                "const data = new DataTransfer(); if ('{kind}' == 'Files') data.items.add(new File(['x'], 'x.png')); else data.setData('text/plain', 'x');
                 root.querySelector('.messages').dispatchEvent(new DragEvent('{event}', {{ dataTransfer: data, bubbles: true, composed: true, cancelable: true }}));
                 return root.querySelector('.attach-drop').checkVisibility();"
            )
        };
        assert_eq!(chat.script(&hint("dragover", "text")).await, false);
        assert_eq!(chat.script(&hint("dragover", "Files")).await, true);
        assert_eq!(chat.script(&hint("dragleave", "Files")).await, false);
        // A text that comes with a picture is meant as text.
        let pasted = chat.script(
            "const data = new DataTransfer(); data.setData('text/plain', 'words'); data.items.add(new File(['x'], 'cell.png', { type: 'image/png' }));
             return root.querySelector('.input').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true, cancelable: true }));",
        );
        assert_eq!(pasted.await, true);

        chat.ask("See these").await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        until_items(chat, &[]).await;
        let origin = server.origin();
        let shown = chat.script(READ_MESSAGE).await;
        let expected = ["photo.png", "list.csv", "image.png", "notes.md"];
        assert_eq!(shown, json!(expected.map(|name| format!("{name} {origin}/files/{name}"))));
        let images = chat.script("return root.querySelectorAll('.message-user img').length;").await;
        assert_eq!(images, 0, "nothing is loaded from a host that the owner has not named");
    })
    .await;
}

#[tokio::test]
async fn what_can_not_be_sent_is_told_before_anything_is_uploaded() {
    scenario("what_can_not_be_sent_is_told_before_anything_is_uploaded", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        take_uploads(&server);
        let limits = json!({"accept": ["image/*", ".pdf"], "maxSizeBytes": 2048, "maxFiles": 2});
        let chat = open(world, &server, json!({"attachments": limits, "locale": "en"})).await;
        chat.write("my words").await;
        let allowed = "Allowed: images, PDF — up to 2 kB.";
        pick(world, &[&files.file("report.exe", b"MZ")]).await;
        until_tray(chat, "the refusal", |tray| tray["notes"] == json!([format!("report.exe can't be sent here. {allowed}")]))
            .await;
        let large = "x".repeat(5000);
        let given = json!([
            ["scan.pdf", "application/pdf", large],
            ["a.png", "image/png", ""],
            ["b.png", "image/png", "x"],
            ["c.png", "image/png", "x"],
            ["d.png", "image/png", "x"]
        ]);
        give(chat, "drop", &given).await;
        let tray = until_items(chat, &["b.png ready", "c.png ready"]).await;
        let expected = [
            &format!("scan.pdf is too large (4.9 kB). {allowed}"),
            "a.png is empty.",
            "d.png was left out: at most 2 files go with one message.",
        ];
        assert_eq!(tray["notes"], json!(expected));
        assert_eq!(uploads(&server).len(), 2);
        assert_eq!(chat.state().await.draft, "my words");
    })
    .await;
}

#[tokio::test]
async fn a_failed_upload_can_be_tried_again_and_nothing_is_lost() {
    scenario("a_failed_upload_can_be_tried_again_and_nothing_is_lost", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        let chat = open(world, &server, json!({"locale": "en"})).await;
        let details = json!({"max_bytes": 1024, "allowed_types": ["image/png", "text/plain"]});
        let refusal =
            |status: u16, code: &str| Answer::json(status, &json!({"error": {"code": code, "message": "m", "details": details}}));
        let photo = files.file("photo.png", PNG);
        for (answer, words) in [
            (Answer::error(500, "server_error"), "photo.png could not be uploaded. What you wrote is kept."),
            (Answer::dropped(), "photo.png could not be uploaded. What you wrote is kept."),
            (Answer::new(200, "text/html", "<html>"), "photo.png could not be uploaded. What you wrote is kept."),
            (
                Answer::error(429, "rate_limit_exceeded"),
                "photo.png could not be uploaded: too many files right now. Please wait a moment.",
            ),
            (refusal(413, "file_too_large"), "photo.png is too large (70 bytes). Allowed: images, text files — up to 1 kB."),
            (refusal(415, "unsupported_file_type"), "photo.png can't be sent here. Allowed: images, text files — up to 1 kB."),
        ] {
            server.route("POST", "/v1/uploads", move |_| answer.clone());
            pick(world, &[&photo]).await;
            until_tray(chat, words, |tray| tray["notes"] == json!([words])).await;
            until_items(chat, &["photo.png failed"]).await;
            chat.click("attach-remove").await;
            until_items(chat, &[]).await;
        }
        server.route("POST", "/v1/uploads", |_| Answer::error(503, "server_error"));
        pick(world, &[&photo]).await;
        until_items(chat, &["photo.png failed"]).await;
        chat.ask("look").await;
        let blocked = "photo.png could not be uploaded. Try again or remove it, then send your message.";
        until_tray(chat, "what to do", |tray| tray["notes"] == json!([blocked])).await;
        let state = chat.state().await;
        assert_eq!((state.draft.as_str(), state.messages.len()), ("look", 0));
        take_uploads(&server);
        chat.click("attach-retry").await;
        until_items(chat, &["photo.png ready"]).await;
        chat.press(thirtyfour::Key::Enter).await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(state.questions(), ["look"]);
        let complaints = seen(world.driver()).await.console;
        assert_eq!(complaints.iter().filter(|line| line.contains("an upload failed")).count(), 7, "each once: {complaints:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_taken_back_is_not_uploaded_further() {
    scenario("a_file_that_is_taken_back_is_not_uploaded_further", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        let never = Gate::new();
        let answer = Answer::json(201, &json!({"url": "https://x.example/1"})).behind(&never);
        server.route("POST", "/v1/uploads", move |_| answer.clone());
        let chat = open(world, &server, json!({})).await;
        let photo = files.file("photo.png", PNG);
        pick(world, &[&photo]).await;
        until_items(chat, &["photo.png uploading"]).await;
        until_true("the upload to begin", || uploads(&server).len() == 1).await;
        chat.click("attach-remove").await;
        let tray = until_items(chat, &[]).await;
        assert_eq!((&tray["status"], &tray["notes"]), (&json!("photo.png was removed."), &json!([])));
        assert_eq!(chat.state().await.focus, "attach");
        until_true("the upload to end", || uploads(&server)[0].client_left()).await;

        // The same file again, and the whole widget goes.
        pick(world, &[&photo]).await;
        until_true("another upload to begin", || uploads(&server).len() == 2).await;
        run(world.driver(), "chat.destroy();").await;
        until_true("that to end too", || uploads(&server)[1].client_left()).await;
        assert_eq!(seen(world.driver()).await.failures, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_taken_back_is_not_kept_by_the_server() {
    scenario("a_file_that_is_taken_back_is_not_kept_by_the_server", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        server.mint_tokens();
        take_uploads(&server);
        server.route("DELETE", "/v1/uploads/", |_| Answer::json(200, &json!({"deleted": true})));
        let chat = open(world, &server, json!({})).await;
        pick(world, &[&files.file("one.png", PNG), &files.file("two.png", PNG)]).await;
        until_items(chat, &["one.png ready", "two.png ready"]).await;
        chat.click("attach-remove").await;
        until_items(chat, &["two.png ready"]).await;
        let deleted = || server.requests_to("DELETE", "/v1/uploads/");
        until_true("the server to be told", || deleted().len() == 1).await;
        assert_eq!(
            (deleted()[0].path.as_str(), deleted()[0].header("authorization")),
            ("/v1/uploads/file_one.png", Some("Bearer token-1"))
        );
        // What was sent stays, until the conversation goes.
        let state = chat.ask_and_wait("and the other").await;
        assert_eq!((state.questions(), deleted().len()), (vec!["and the other"], 1));
    })
    .await;
}

#[tokio::test]
async fn files_go_with_their_conversation() {
    scenario("files_go_with_their_conversation", async |world| {
        let (gateway, files) = (RunningGateway::start(|_| {}).await, Files::new());
        let mount = |persist: &str| {
            format!(
                "(await Assisters.ready).destroy(); window.chat = await Assisters.mount({{ assistant: 'help', apiUrl: '{}', attachments: true, sessionId: 'sess_files', persist: '{persist}' }});",
                gateway.api_url()
            )
        };
        let chat = world.chat_at(&gateway.url("/")).await;
        run_async(world.driver(), &mount("local")).await;
        chat.open().await;
        until_tray(chat, "the button", |tray| tray["button"] == true).await;
        pick(world, &[&files.file("photo.png", PNG)]).await;
        until_items(chat, &["photo.png ready"]).await;
        chat.ask_and_wait("What is that?").await;
        let url = run(world.driver(), "return chat.messages()[0].attachments[0].url;").await;
        let is_there = format!("return (await fetch({url}, {{ cache: 'no-store' }})).status;");
        assert_eq!(run_async(world.driver(), &is_there).await, 200);

        // A browser that has forgotten what was said is told by the gateway, file and all; of what was written below the text nobody sees anything.
        let forget = "for (const key of Object.keys(localStorage)) if (JSON.parse(localStorage[key]).messages) delete localStorage[key];";
        world.visit("about:blank").await;
        world.visit(&gateway.url("/")).await;
        run(world.driver(), forget).await;
        run_async(world.driver(), &mount("local")).await;
        chat.open().await;
        until("the picture of the history", async || {
            let found = chat.script("return root.querySelector('.message-user img')?.alt ?? '-';").await;
            if found == "photo.png" { Ok(()) } else { Err(found.to_string()) }
        })
        .await;
        assert_eq!(chat.state().await.questions(), ["What is that?"]);

        run(world.driver(), "chat.clear();").await;
        until("the file to be gone", async || match run_async(world.driver(), &is_there).await {
            status if status == 404 => Ok(()),
            status => Err(status.to_string()),
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_message_waits_for_its_files() {
    scenario("a_message_waits_for_its_files", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        let gates = [(); 2].map(|()| Gate::new());
        let chat = open(world, &server, json!({})).await;
        for (idx, gate) in gates.iter().enumerate() {
            let answer = Answer::json(201, &json!({"url": format!("https://x.example/{idx}")})).behind(gate);
            server.route("POST", "/v1/uploads", move |_| answer.clone());
            pick(world, &[&files.file(&format!("{idx}.png"), PNG)]).await;
            until_true("the upload to begin", || uploads(&server).len() == idx + 1).await;
        }
        let waiting = json!(["Your message will be sent as soon as the upload is done."]);
        chat.ask("both, please").await;
        until_tray(chat, "the wait", |tray| tray["notes"] == waiting).await;
        // Whoever writes on has not finished.
        chat.write("!").await;
        until_tray(chat, "no wait", |tray| tray["notes"] == json!([])).await;
        gates[0].open();
        until_items(chat, &["0.png ready", "1.png uploading"]).await;
        chat.press(thirtyfour::Key::Enter).await;
        until_tray(chat, "the wait", |tray| tray["notes"] == waiting).await;
        let state = chat.state().await;
        assert_eq!((state.draft.as_str(), state.messages.len()), ("both, please!", 0));
        gates[1].open();
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!((state.questions(), state.draft.as_str()), (vec!["both, please!"], ""));
        assert_eq!(server.sent()[0].json()["message"], "both, please!\n\nhttps://x.example/0\n\nhttps://x.example/1");
    })
    .await;
}

/// What a request says of files, in the place that the dialect's document gives them.
fn told(dialect: Dialect, request: &Recorded) -> Value {
    let body = request.json();
    let newest = |pointer: &str| body["messages"].as_array().and_then(|messages| messages.last()?.pointer(pointer)).cloned();
    match dialect {
        Dialect::Chat => body["message"].clone(),
        Dialect::Conversations => body["content"].clone(),
        Dialect::Threads | Dialect::Execute => body["attachments"].clone(),
        Dialect::Informer => newest("/parts").unwrap_or_default(),
        Dialect::OpenAi => newest("/content").unwrap_or_default(),
    }
}

#[tokio::test]
async fn every_dialect_names_the_file_in_its_own_place() {
    in_each_dialect("every_dialect_names_the_file_in_its_own_place", async |world, dialect| {
        let (server, files) = (FaultServer::start().await, Files::new());
        take_uploads(&server);
        let chat = open(world, &server, json!({"dialect": dialect.as_str()})).await;
        pick(world, &[&files.file("photo.png", PNG)]).await;
        until_items(chat, &["photo.png ready"]).await;
        chat.ask("What is it?").await;
        let state = chat.until("an answer", |state| state.answer_is("done") || state.answer_is("failed")).await;
        assert!(state.answer_is("done"), "{state:#?}");
        assert_eq!(state.questions(), ["What is it?"], "the visitor sees what they wrote");
        let url = format!("{}/files/photo.png", server.origin());
        let text = json!({"type": "text", "text": "What is it?"});
        let expected = match dialect {
            Dialect::Chat | Dialect::Conversations => json!(format!("What is it?\n\n{url}")),
            Dialect::Threads => json!([{"type": "file", "file_id": "file_photo.png"}]),
            Dialect::Execute => json!([{"type": "url", "mimeType": "image/png", "url": url}]),
            Dialect::Informer => json!([text, {"type": "file", "mediaType": "image/png", "url": url}]),
            Dialect::OpenAi => json!([text, {"type": "image_url", "image_url": {"url": url}}]),
        };
        assert_eq!(told(dialect, &server.sent()[0]), expected);
        // Once more, with what was attached then.
        run(world.driver(), "chat.regenerate();").await;
        until_true("the same request again", || server.sent().len() == 2).await;
        assert_eq!(told(dialect, &server.sent()[1]), expected);
    })
    .await;
}

#[tokio::test]
async fn the_owner_s_function_uploads() {
    scenario("the_owner_s_function_uploads", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        world.visit(&script_page(&server)).await;
        let api_url = server.api_url();
        let mounted = run_async(
            world.driver(),
            &format!(
                "window.asked = [];
                 const upload = (file, how) => new Promise((resolve, reject) => asked.push({{ name: file.name, type: file.type, how, resolve, reject }}));
                 window.chat = await Assisters.mount({{ assistant: 'helper', apiUrl: '{api_url}', persist: 'none', attachments: {{ upload }} }});"
            ),
        )
        .await;
        assert_eq!(mounted, Value::Null);
        let chat = world.chat();
        chat.open().await;
        until_tray(chat, "the button", |tray| tray["button"] == true).await;
        let photo = files.file("photo.png", PNG);
        pick(world, &[&photo]).await;
        until_items(chat, &["photo.png uploading"]).await;
        let share = "asked[0].how.progress(0.25); return root.querySelector('progress').value;";
        assert_eq!(chat.script(share).await, 0.25);
        // This dialect's requests have no place for an id.
        run(world.driver(), "asked[0].resolve({ file_id: 'f' });").await;
        until_items(chat, &["photo.png failed"]).await;
        chat.click("attach-retry").await;
        until_items(chat, &["photo.png uploading"]).await;
        run(world.driver(), "asked[1].reject(new Error('the disk is full'));").await;
        until_items(chat, &["photo.png failed"]).await;
        chat.click("attach-retry").await;
        until_items(chat, &["photo.png uploading"]).await;
        run(world.driver(), "asked[2].resolve({ url: '/mine/photo' });").await;
        until_items(chat, &["photo.png ready"]).await;
        pick(world, &[&photo]).await;
        until_items(chat, &["photo.png ready", "photo.png uploading"]).await;
        chat.script("[...root.querySelectorAll('.attach-remove')].at(-1).click();").await;
        assert_eq!(run(world.driver(), "return asked.map(({ name, type, how }) => [name, type, how.signal.aborted]);").await[3], json!(["photo.png", "image/png", true]));
        chat.ask("look").await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(server.sent()[0].json()["message"], format!("look\n\n{}/mine/photo", server.origin()));
        assert_eq!(uploads(&server).len(), 0);
        let console = seen(world.driver()).await.console;
        for part in ["requests of the dialect \"chat\" have no place for a file_id", "the disk is full"] {
            assert_eq!(console.iter().filter(|line| line.contains(part)).count(), 1, "{console:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_alone_is_a_message_and_stays_one() {
    scenario("a_file_alone_is_a_message_and_stays_one", async |world| {
        let (gateway, files) = (RunningGateway::start(|_| {}).await, Files::new());
        let mount = format!(
            "(await Assisters.ready).destroy(); window.chat = await Assisters.mount({{ assistant: 'help', apiUrl: '{}', attachments: true }});",
            gateway.api_url()
        );
        let chat = world.chat_at(&gateway.url("/")).await;
        run_async(world.driver(), &mount).await;
        chat.open().await;
        until_tray(chat, "the button", |tray| tray["button"] == true).await;
        assert_eq!(chat.script("return root.querySelector('.send').disabled;").await, true);
        pick(world, &[&files.file("my photo.png", PNG)]).await;
        until_items(chat, &["my photo.png ready"]).await;
        chat.click("send").await;
        let state = chat.until("the answer", |state| state.answer_is("done")).await;
        assert!(state.answer().text.starts_with("I can't read attachments here, so I did not look into my photo.png."), "{state:#?}");
        // The picture is where the visitor has just put it; its name is said once.
        let shown = "const [image, bubble] = [root.querySelector('.message-user img'), root.querySelector('.message-user .bubble')];
            return [image.alt, image.naturalWidth, bubble.checkVisibility()];";
        until("the picture", async || {
            let found = chat.script(shown).await;
            if found == json!(["my photo.png", 1, false]) { Ok(()) } else { Err(found.to_string()) }
        })
        .await;
        assert_eq!(run(world.driver(), "return chat.messages()[0].attachments.map(({ name, type }) => [name, type]);").await, json!([["my photo.png", "image/png"]]));
        // A reload brings the widget with what was said, file and all.
        world.visit(&gateway.url("/")).await;
        run_async(world.driver(), &mount).await;
        chat.open().await;
        until("the picture again", async || {
            let found = chat.script("return root.querySelector('.message-user img')?.alt ?? '-';").await;
            if found == "my photo.png" { Ok(()) } else { Err(found.to_string()) }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_strict_policy_is_not_violated_by_a_preview() {
    scenario("a_strict_policy_is_not_violated_by_a_preview", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        take_uploads(&server);
        let policy = format!(
            "default-src 'none'; script-src 'self' 'nonce-{NONCE}' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        );
        let page = Page::with_widget("/assisters.js", &[("assistant", "helper"), ("attachments", "true")]);
        let chat = world.chat_at(&server.page("/page", &page.header("content-security-policy", &policy))).await;
        chat.open().await;
        until_tray(chat, "the button", |tray| tray["button"] == true).await;
        pick(world, &[&files.file("photo.png", PNG)]).await;
        let tray = until_items(chat, &["photo.png ready"]).await;
        assert_eq!(tray["items"][0]["preview"], true);
        chat.ask_and_wait("look").await;
        // The test page's own icon is refused, and nothing else.
        let violations = seen(world.driver()).await.violations;
        assert!(violations.iter().all(|line| line.starts_with("img-src data ")), "{violations:#?}");
        // What is set through the object model is none of a policy's: the input's height, and who answers.
        assert_eq!(chat.script("return root.querySelectorAll('[style]:not(textarea, .panel)').length;").await, 0);
    })
    .await;
}

#[tokio::test]
async fn nothing_comes_with_files_that_nobody_may_attach() {
    scenario("nothing_comes_with_files_that_nobody_may_attach", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "persist": "none"})).await;
        let chat = world.chat();
        chat.open().await;
        chat.ask_and_wait("no files").await;
        let fetched = || server.requests_to("GET", "/assets/attach-").len();
        assert_eq!(fetched(), 0);
        assert_eq!(chat.script("return root.querySelectorAll('input, .attach-tray').length;").await, 0);
        // Switched on and off again while the panel is open.
        run(world.driver(), "chat.update({ attachments: true });").await;
        until_tray(chat, "the button", |tray| tray["button"] == true).await;
        assert_eq!(fetched(), 1);
        run(world.driver(), "chat.update({ attachments: false });").await;
        until_tray(chat, "no button", |tray| tray["button"] == false).await;
        assert_eq!(chat.script("return root.querySelectorAll('input, .attach-tray').length;").await, 0);
        // An assistant that says that it takes none is asked for none.
        server.route("GET", "/v1/assistants/other", |_| {
            Answer::json(200, &json!({"slug": "other", "name": "Other", "attachments": false}))
        });
        run(world.driver(), "chat.update({ attachments: true, assistant: 'other' });").await;
        chat.until("the other assistant", |state| state.title == "Other").await;
        let tray = until_tray(chat, "the tray's place", |tray| tray["button"] == false).await;
        assert_eq!(tray["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_page_may_send_files_that_lie_on_the_web() {
    scenario("the_page_may_send_files_that_lie_on_the_web", async |world| {
        let server = FaultServer::start().await;
        world.visit(&script_page(&server)).await;
        let options =
            json!({"assistant": "helper", "dialect": "execute", "persist": "none", "linkPolicy": {"hosts": ["x.example"]}});
        mount(world, &server, "chat", &options).await;
        let chat = world.chat();
        chat.open().await;
        let files =
            "[{ url: 'https://x.example/a.pdf', type: 'application/pdf' }, { url: 'https://other.example/b', name: 'b' }]";
        run(world.driver(), &format!("chat.sendMessage('read', {{ attachments: {files} }});")).await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        assert_eq!(
            server.sent()[0].json()["attachments"],
            json!([
                {"type": "url", "mimeType": "application/pdf", "url": "https://x.example/a.pdf"},
                {"type": "url", "mimeType": "application/octet-stream", "url": "https://other.example/b"},
            ])
        );
        assert_eq!(
            chat.script(READ_MESSAGE).await,
            json!(["a.pdf https://x.example/a.pdf", "b -"]),
            "a link only where links may lead"
        );
        for wrong in ["{ file_id: 'f' }", "{}", "'x'", "new File(['x'], 'x.txt')"] {
            let thrown = run_async(world.driver(), &format!("chat.sendMessage('read', {{ attachments: [{wrong}] }});")).await;
            let message = thrown["thrown"]["message"].as_str().unwrap_or_default();
            assert!(thrown["thrown"]["name"] == "TypeError" && message.contains("{url, name?, type?}"), "{wrong}: {thrown}");
        }
        assert_eq!(server.sent().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_phone_has_a_camera_and_room_for_fingers() {
    scenario_on(Screen::PHONE, "a_phone_has_a_camera_and_room_for_fingers", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        server.route("POST", "/v1/uploads", |_| Answer::error(503, "server_error"));
        let chat = open(world, &server, json!({"locale": "ar"})).await;
        pick(world, &[&files.file("photo-of-the-parcel-as-it-was-delivered-on-monday.png", PNG)]).await;
        chat.part("attach-retry").await;
        let camera = "const field = root.querySelector('input[capture]'); return [field.accept, field.getAttribute('capture'), root.querySelector('.attach-camera').checkVisibility()];";
        assert_eq!(chat.script(camera).await, json!(["image/*", "environment", true]));
        let sizes = "return ['.attach', '.attach-camera', '.attach-remove', '.attach-retry'].filter((name) => {
               const { offsetWidth, offsetHeight, ariaLabel } = root.querySelector(name);
               return Math.min(offsetWidth, offsetHeight) < 40 || !ariaLabel;
             });";
        assert_eq!(chat.script(sizes).await, json!([]));
        let layout = "const at = (name) => root.querySelector(name).getBoundingClientRect();
             return [at('.attach').left > at('.input').left, at('.attach-remove').left < at('.attach-preview').left, at('.attach-item').left >= 0,
                     root.querySelector('.panel').scrollWidth <= innerWidth];";
        assert_eq!(chat.script(layout).await, json!([true, true, true, true]), "from right to left, and within the screen");
    })
    .await;
}

#[tokio::test]
async fn an_upload_renews_a_token_that_expired() {
    scenario("an_upload_renews_a_token_that_expired", async |world| {
        let (server, files) = (FaultServer::start().await, Files::new());
        server.mint_tokens();
        server.route("POST", "/v1/uploads", |request| match request.header("authorization") {
            Some("Bearer token-2") => Answer::json(201, &json!({"url": "https://x.example/1"})),
            _ => Answer::error(401, "invalid_api_key"),
        });
        let chat = open(world, &server, json!({"attachments": {"accept": "image/*"}})).await;
        pick(world, &[&files.file("photo.png", PNG)]).await;
        until_items(chat, &["photo.png ready"]).await;
        assert_eq!(uploads(&server).len(), 2);
    })
    .await;
}
