//! Projects whose build is a folder of files.

use e2e::fault::FaultServer;
use e2e::files::packaging;
use e2e::world::scenario;

use crate::{Notes, use_widget};

/// Serves a folder of a project and uses its page.
async fn in_folder(name: &str, folder: &str, notes: Notes) {
    scenario(name, async |world| {
        let server = FaultServer::start().await;
        server.folder(&packaging().join(folder));
        use_widget(world, &server.url("/index.html"), notes).await;
    })
    .await;
}

#[tokio::test]
async fn vite_build() {
    in_folder("vite_build", "vite/dist", Notes::Nothing).await;
}

#[tokio::test]
async fn webpack_5() {
    scenario("webpack_5", async |world| {
        let server = FaultServer::start().await;
        server.folder(&packaging().join("webpack/public"));
        server.folder(&packaging().join("webpack/dist"));
        use_widget(world, &server.url("/index.html"), Notes::Nothing).await;
    })
    .await;
}

#[tokio::test]
async fn react_18_in_strict_mode() {
    in_folder("react_18_in_strict_mode", "react18/dist", Notes::Answers).await;
}

#[tokio::test]
async fn react_19_in_strict_mode() {
    in_folder("react_19_in_strict_mode", "react19/dist", Notes::Answers).await;
}

#[tokio::test]
async fn vue_3() {
    in_folder("vue_3", "vue/dist", Notes::Answers).await;
}

#[tokio::test]
async fn svelte_5() {
    in_folder("svelte_5", "svelte/dist", Notes::Answers).await;
}

#[tokio::test]
async fn the_tarball_by_an_import_map() {
    scenario("the_tarball_by_an_import_map", async |world| {
        let server = FaultServer::start().await;
        // All of the workspace: the page names a file of its node_modules.
        server.folder(&packaging());
        use_widget(world, &server.url("/importmap/index.html"), Notes::Nothing).await;
    })
    .await;
}
