//! Projects that have a server of their own: while they are developed, or because they render there.

use std::fs;
use std::path::PathBuf;

use e2e::chat::run;
use e2e::fault::FaultServer;
use e2e::files::packaging;
use e2e::server::DevServer;
use e2e::wait::until;
use e2e::world::{World, scenario};
use serde_json::{Value, json};

use crate::{Notes, use_widget};

/// A source file of a project that was edited while its server runs. Dropped, it is as it was.
struct Edited {
    path: PathBuf,
    original: String,
}

impl Edited {
    fn new(file: &str, from: &str, to: &str) -> Self {
        let path = packaging().join(file);
        let original = fs::read_to_string(&path).unwrap();
        assert!(original.contains(from), "{file} has no {from:?}");
        fs::write(&path, original.replace(from, to)).unwrap();
        Self { path, original }
    }
}

impl Drop for Edited {
    fn drop(&mut self) {
        fs::write(&self.path, &self.original).ok(); // the next build copies the sources anew
    }
}

/// Talks, edits a module, and waits until the page has it: the chat is there once, and says what it said. Returns whether the page stayed.
async fn edit_while_talking(world: &World, page: &str, (file, from, to): (&str, &str, &str), has_come: &str) -> bool {
    let api = FaultServer::start().await;
    api.mint_tokens();
    let driver = world.driver();
    let chat = world.chat_at(&format!("{page}?api={}", api.api_url())).await;
    chat.open().await;
    chat.ask_and_wait("hello").await;
    run(driver, "window.isTheSame = true;").await;
    let _edited = Edited::new(file, from, to);
    until("the edited module", async || match run(driver, &format!("return {has_come};")).await {
        Value::Bool(true) => Ok(()),
        other => Err(other.to_string()),
    })
    .await;
    let stayed = run(driver, "return window.isTheSame === true;").await == true;
    if !stayed {
        chat.open().await;
    }
    let state = chat.until("the conversation", |state| state.open && state.is_painted() && state.messages.len() == 2).await;
    assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["hello"], "You said: hello"));
    let counted = "return [document.querySelectorAll('assisters-chat').length, window.failures];";
    assert_eq!(run(driver, counted).await, json!([1, []]));
    assert_eq!(api.sent().len(), 1, "{}", api.log());
    stayed
}

#[tokio::test]
async fn vite_development_server() {
    scenario("vite_development_server", async |world| {
        let server = DevServer::start("vite", "vite", &["--port", "0", "--host", "127.0.0.1"]).await;
        use_widget(world, &server.url("/"), Notes::Nothing).await;
        // A module that takes no updates is a page that is loaded anew.
        let edit = ("vite/src/main.ts", "Object.assign(window, { chat });", "Object.assign(window, { chat, isEdited: true });");
        edit_while_talking(world, &server.url("/"), edit, "window.isEdited === true").await;
    })
    .await;
}

#[tokio::test]
async fn react_development_server_with_refresh() {
    scenario("react_development_server_with_refresh", async |world| {
        let server = DevServer::start("react19", "vite", &["--port", "0", "--host", "127.0.0.1"]).await;
        use_widget(world, &server.url("/"), Notes::Answers).await;
        let has_come = "document.querySelector('#change')?.textContent == 'Change it'";
        let stayed = edit_while_talking(world, &server.url("/"), ("react19/App.tsx", ">Change<", ">Change it<"), has_come).await;
        assert!(stayed, "Fast Refresh loads no page anew");
    })
    .await;
}

#[tokio::test]
async fn next_app_router() {
    scenario("next_app_router", async |world| {
        let server = DevServer::start("next", "next", &["start", "--port", "0", "--hostname", "127.0.0.1"]).await;
        use_widget(world, &server.url("/"), Notes::Nothing).await;
        // A server component has it from the package, which has no `window` there.
        assert_eq!(
            run(world.driver(), "return document.querySelector('#version').textContent;").await,
            env!("CARGO_PKG_VERSION")
        );
    })
    .await;
}
