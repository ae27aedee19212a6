//! Projects that have a server of their own: while they are developed, or because they render there.

use e2e::chat::run;
use e2e::server::DevServer;
use e2e::world::scenario;

use crate::{Notes, use_widget};

#[tokio::test]
async fn vite_development_server() {
    scenario("vite_development_server", async |world| {
        let server = DevServer::start("vite", "vite", &["--port", "0", "--host", "127.0.0.1"]).await;
        use_widget(world, &server.url("/"), Notes::Nothing).await;
    })
    .await;
}

#[tokio::test]
async fn react_development_server_with_refresh() {
    scenario("react_development_server_with_refresh", async |world| {
        let server = DevServer::start("react19", "vite", &["--port", "0", "--host", "127.0.0.1"]).await;
        use_widget(world, &server.url("/"), Notes::Answers).await;
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
