//! `cargo run -p e2e --bin leaks [CYCLES]`: what a page still holds after widgets have come and gone, 1,000 times if not told otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a tool of the tests")]

use std::io::Write as _;

use e2e::browser::{Screen, Visitor};
use e2e::cycles::{cycle, held, page};
use e2e::fault::FaultServer;
use e2e::session::BrowserSession;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let n_cycles: usize = std::env::args().nth(1).map_or(1000, |text| text.parse().expect("a number of cycles"));
    let session = BrowserSession::start(Screen::LAPTOP, Visitor::Usual).await.unwrap_or_else(|error| panic!("{error:#}"));
    let server = FaultServer::start().await;
    session.driver.goto(&server.page("/page", &page())).await.unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "| cycles | nodes | listeners | timers | observers | JS heap, KiB | WebAssembly, KiB |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        .unwrap();
    let mut n_done = 0;
    for n in [0, 1, 10, 50, 100, 200, 500, n_cycles] {
        if n > n_cycles || n < n_done {
            continue;
        }
        cycle(&session.driver, &server.api_url(), n - n_done).await;
        n_done = n;
        let held = held(&session.driver).await;
        writeln!(
            out,
            "| {n} | {} | {} | {} | {} | {:.0} | {:.0} |",
            held.nodes,
            held.listeners,
            held.timers,
            held.observers,
            held.heap / 1024.0,
            held.wasm / 1024.0
        )
        .unwrap();
    }
    session.end().await;
}
