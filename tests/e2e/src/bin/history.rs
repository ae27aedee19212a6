//! `cargo run -p e2e --bin history`: what a long transcript costs. Opening, memory and streaming with 0, 5,000 and 10,000 earlier messages.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a tool of the tests")]

use std::io::Write as _;

use e2e::browser::{Screen, Visitor};
use e2e::chat::{Chat, run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::page::Page;
use e2e::script::Stream;
use e2e::session::BrowserSession;
use e2e::wait::until;
use serde_json::{Value, json};
use thirtyfour::WebDriver;

const RUNS: usize = 5;

/// One answer of about 6 KB in as many frames as it has words.
const PARAGRAPH: &str = "An answer of some **length** with `code`, a [link](https://shop.example/a) and *stress* on words that need it.\n\n- one thing\n- and another\n\n";

/// What one run has measured.
#[derive(Default)]
struct Row {
    ready_millis: f64,
    open_millis: f64,
    mounted_millis: f64,
    nodes: f64,
    heap_mb: f64,
    stream_millis: f64,
    frame_millis: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| messages | mount → engine there, ms | open → painted, ms | all mounted after, ms | nodes | JS heap, MB | stream 6 KB: main thread, ms | a keystroke → painted, ms |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    .unwrap();
    for n_messages in [0, 5_000, 10_000] {
        let mut rows = Vec::new();
        for _ in 0..RUNS {
            rows.push(measure(n_messages).await);
        }
        let median = |pick: fn(&Row) -> f64| {
            let mut values: Vec<_> = rows.iter().map(pick).collect();
            values.sort_by(f64::total_cmp);
            values[RUNS / 2]
        };
        writeln!(
            out,
            "| {n_messages} | {:.0} | {:.1} | {:.0} | {:.0} | {:.1} | {:.0} | {:.1} |",
            median(|row| row.ready_millis),
            median(|row| row.open_millis),
            median(|row| row.mounted_millis),
            median(|row| row.nodes),
            median(|row| row.heap_mb),
            median(|row| row.stream_millis),
            median(|row| row.frame_millis),
        )
        .unwrap();
    }
}

async fn measure(n_messages: usize) -> Row {
    let session = BrowserSession::start(Screen::LAPTOP, Visitor::Usual).await.unwrap_or_else(|error| panic!("{error:#}"));
    let driver = &session.driver;
    driver.cdp().send_raw("Performance.enable", json!({})).await.unwrap();
    let server = FaultServer::start().await;
    driver.goto(&server.page("/page", &Page::with_script("/assisters.js"))).await.unwrap();
    let open = format!(
        "const messages = Array.from({{ length: {n_messages} }}, (_, n) => n % 2
           ? {{ role: 'assistant', content: `Answer ${{n}} is about **this** and *that*, with \\`code\\` too.\\n\\n- one\\n- two\\n- three\\n\\nAnd so on for a while, as answers do: two or three lines of text.` }}
           : {{ role: 'user', content: `Question ${{n}}: what is it about?` }});
         const began = performance.now();
         window.chat = await Assisters.mount({{ assistant: 'helper', apiUrl: '{}', persist: 'none', preload: 'idle', messages }});
         const root = chat.element.shadowRoot;
         while (root.querySelector('[data-placeholder]')) await new Promise((done) => setTimeout(done));
         const ready = performance.now() - began;
         const painted = () => new Promise((done) => requestAnimationFrame(() => {{ const {{ port1, port2 }} = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); }}));
         await painted(); await painted();
         const clicked = performance.now();
         root.querySelector('.launcher').click();
         await painted();
         const opened = performance.now();
         return [ready, opened - clicked, opened];",
        server.api_url()
    );
    let opened = run_async(driver, &open).await;
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("no number: {opened}"));
    let mut row = Row { ready_millis: number(&opened[0]), open_millis: number(&opened[1]), ..Row::default() };
    until("all messages to be mounted", async || {
        let found =
            run(driver, "return [chat.element.shadowRoot.querySelectorAll('[data-id]').length, performance.now()];").await;
        if found[0] == n_messages {
            row.mounted_millis = number(&found[1]) - number(&opened[2]);
            Ok(())
        } else {
            Err(found.to_string())
        }
    })
    .await;
    driver.cdp().send_raw("HeapProfiler.collectGarbage", json!({})).await.unwrap();
    row.nodes = metric(driver, "Nodes").await;
    row.heap_mb = metric(driver, "JSHeapUsedSize").await / 1e6;
    row.stream_millis = stream(driver, &server).await;
    let typed = run_async(
        driver,
        "const input = chat.element.shadowRoot.querySelector('.input');
         const times = [];
         for (const letter of 'a few letters') {
           await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
           const began = performance.now();
           input.value += letter;
           input.dispatchEvent(new Event('input'));
           await new Promise((done) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); }));
           times.push(performance.now() - began);
         }
         return times.sort((a, b) => a - b)[6];",
    )
    .await;
    row.frame_millis = number(&typed);
    session.end().await;
    row
}

/// Streams an answer and returns how long the main thread was busy.
async fn stream(driver: &WebDriver, server: &FaultServer) -> f64 {
    server.answer(Stream::new(Dialect::Chat).words(&PARAGRAPH.repeat(40)).end(&[]));
    let before = metric(driver, "TaskDuration").await;
    run_async(
        driver,
        "await new Promise((done) => { chat.on('stream-end', () => requestAnimationFrame(() => setTimeout(done))); chat.sendMessage('go'); });",
    )
    .await;
    let busy = (metric(driver, "TaskDuration").await - before) * 1000.0;
    let chat = Chat::nth(driver, 0);
    let status = chat.script("return root.querySelector('.chunk:last-child .message:last-child').dataset.status;").await;
    assert_eq!(status, "done");
    busy
}

async fn metric(driver: &WebDriver, name: &str) -> f64 {
    let metrics = driver.cdp().send_raw("Performance.getMetrics", json!({})).await.unwrap();
    let metrics = metrics["metrics"].as_array().cloned().unwrap_or_default();
    metrics.iter().find(|metric| metric["name"] == name).and_then(|metric| metric["value"].as_f64()).unwrap()
}
