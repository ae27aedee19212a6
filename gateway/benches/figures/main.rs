//! The gateway's figures, as Markdown: a thousand streams at once, ten thousand sections of knowledge, requests per second beside a plain handler.
//! `cargo xtask bench --only gateway` runs it; what is measured is described in `bench/README.md`. Nothing is asserted: a busy machine is no slow gateway.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures are what this program is for")]

mod client;
mod server;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use client::Connection;
use server::{FLOOR, Server};
use tokio::sync::Barrier;

pub(crate) const CLIENT_KEY: &str = "ck-bench";

const N_STREAMS: usize = 1_000;
const N_DOCUMENTS: usize = 100;
const SECTIONS_PER_DOCUMENT: usize = 100;
const N_QUERIES: usize = 2_000;
const N_CONNECTIONS: usize = 64;
const RATE_TIME: Duration = Duration::from_secs(5);

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    if std::env::args().any(|argument| argument == FLOOR) {
        return Ok(server::serve_floor().await?);
    }
    println!("\n## Gateway\n");
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let n_cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{n_cores} cores, shared by server and client; load before: {}\n", load.split(' ').next().unwrap_or("unknown"));
    println!("| figure | value |\n| --- | --- |");
    streams().await?;
    knowledge().await?;
    rates().await
}

/// Returns a value that so many percent are not above.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let idx = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(idx).map_or(0.0, |value| value.as_secs_f64() * 1_000.0)
}

fn demo_knowledge() -> String {
    format!("--knowledge={}/../www/demo/knowledge", env!("CARGO_MANIFEST_DIR"))
}

fn question(n: usize) -> Vec<u8> {
    format!(r#"{{"assistant":"help","message":"Can I return shoes I already wore?","session_id":"sess_{n}"}}"#).into_bytes()
}

/// A thousand conversations begin in the same moment, and are kept on disk.
async fn streams() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let gateway = Arc::new(Server::gateway(&[store, demo_knowledge(), "--local-delay-millis=100".to_owned()])?);
    let mut warm = Connection::open(&gateway.address).await?;
    warm.call("POST /v1/chat", "application/json", &question(N_STREAMS)).await?;
    let before_kib = gateway.resident_kib()?;
    let peak_kib = Arc::new(AtomicU64::new(0));
    let (connected, begun) = (Arc::new(Barrier::new(N_STREAMS)), Arc::new(AtomicU64::new(0)));
    let tasks = (0..N_STREAMS).map(|n| {
        let (gateway, connected) = (Arc::clone(&gateway), Arc::clone(&connected));
        let (begun, peak_kib) = (Arc::clone(&begun), Arc::clone(&peak_kib));
        tokio::spawn(async move {
            let mut connection = Connection::open(&gateway.address).await?;
            connected.wait().await;
            let on_begin = || {
                // All are open: nobody is done yet.
                if begun.fetch_add(1, Ordering::Relaxed) + 1 == N_STREAMS as u64 {
                    peak_kib.store(gateway.resident_kib().unwrap_or_default(), Ordering::Relaxed);
                }
            };
            connection.stream("POST /v1/chat/stream", &question(n), on_begin).await
        })
    });
    let mut answers = Vec::with_capacity(N_STREAMS);
    for task in tasks.collect::<Vec<_>>() {
        answers.push(task.await??);
    }
    let mut first_bytes: Vec<Duration> = answers.iter().map(|answer| answer.first_byte).collect();
    let mut first_frames: Vec<Duration> = answers.iter().map(|answer| answer.first_frame).collect();
    first_bytes.sort_unstable();
    first_frames.sort_unstable();
    let [median, p99] = [50, 99].map(|percent| percentile(&first_bytes, percent));
    println!("| {N_STREAMS} streams begun at once, first byte: median, p99 | {median:.0} ms, {p99:.0} ms |");
    let [median, p99] = [50, 99].map(|percent| percentile(&first_frames, percent));
    println!("| the same, first word (one every 100 ms) | {median:.0} ms, {p99:.0} ms |");
    let per_stream = peak_kib.load(Ordering::Relaxed).saturating_sub(before_kib) as f64 / N_STREAMS as f64;
    println!("| memory per stream, over {} MiB without | {per_stream:.1} KiB |", before_kib / 1024);
    Ok(())
}

/// Numbers that are the same every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A word; some are much more frequent than others, as in any language.
    fn word(&mut self) -> String {
        let rarity = self.next() % 10;
        let number = self.next() % [50, 200, 800, 3_200, 12_800][(rarity / 2) as usize];
        let syllables = ["ba", "ko", "ri", "lu", "me", "ta", "no", "si", "ve", "da", "po", "hu"];
        let mut word = String::new();
        let mut rest = number + 12;
        while rest > 0 {
            word.push_str(syllables[(rest % 12) as usize]);
            rest /= 12;
        }
        word
    }

    fn words(&mut self, n_words: usize) -> String {
        (0..n_words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn document(numbers: &mut Numbers) -> Vec<u8> {
    let mut text = format!("# {}\n", numbers.words(3));
    for _ in 0..SECTIONS_PER_DOCUMENT {
        text.push_str(&format!("\n## {}\n\n{}.\n", numbers.words(4), numbers.words(80)));
    }
    let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.md\"\r\n\r\n";
    [head.as_bytes(), text.as_bytes(), b"\r\n--edge--\r\n"].concat()
}

/// Ten thousand sections in one knowledge base.
async fn knowledge() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let arguments = [store, demo_knowledge(), "--local-delay-millis=0".to_owned()];
    let gateway = Server::gateway(&arguments)?;
    let mut connection = Connection::open(&gateway.address).await?;
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let documents: Vec<Vec<u8>> = (0..N_DOCUMENTS).map(|_| document(&mut numbers)).collect();
    let before_kib = gateway.resident_kib()?;
    let begun = Instant::now();
    for document in &documents {
        let line = "POST /v1/knowledge-bases/kb_bench/documents";
        let (status, answer) = connection.call(line, "multipart/form-data; boundary=edge", document).await?;
        if status != 201 {
            return Err(String::from_utf8_lossy(&answer).into());
        }
    }
    let n_sections = N_DOCUMENTS * SECTIONS_PER_DOCUMENT;
    let secs = begun.elapsed().as_secs_f64();
    println!("| {n_sections} sections (84 words each) in {N_DOCUMENTS} documents: taken, kept and found | {secs:.2} s |");
    println!("| memory of their index | {} MiB |", gateway.resident_kib()?.saturating_sub(before_kib) / 1024);
    let mut times = Vec::with_capacity(N_QUERIES);
    for _ in 0..N_QUERIES {
        let body = format!(r#"{{"query":"how do i {} the {}?","limit":5}}"#, numbers.words(2), numbers.words(3));
        let begun = Instant::now();
        connection.call("POST /v1/knowledge-bases/kb_bench/search", "application/json", body.as_bytes()).await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let [median, p99] = [50, 99].map(|percent| percentile(&times, percent));
    println!("| a query of 8 words over them: median, p99 | {median:.1} ms, {p99:.1} ms |");
    drop((connection, gateway));
    let begun = Instant::now();
    let gateway = Server::gateway(&arguments)?;
    println!("| a start with them | {:.2} s |", begun.elapsed().as_secs_f64());
    drop(gateway);
    Ok(())
}

/// Requests per second over connections that are kept.
async fn rates() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = format!("--store=redb:{}", folder.path().join("store.redb").display());
    let delay = "--local-delay-millis=0".to_owned();
    let floor = rate(&Server::floor()?, "POST /v1/chat").await?;
    println!("| a plain axum handler, requests per second over {N_CONNECTIONS} connections | {floor:.0} |");
    let memory = Server::gateway(&["--store=memory".to_owned(), demo_knowledge(), delay.clone()])?;
    let embedded = Server::gateway(&[store, demo_knowledge(), delay])?;
    for (what, server, line) in [
        ("an assistant's card", &memory, "GET /v1/assistants/help"),
        ("a whole answer, kept in memory", &memory, "POST /v1/chat"),
        ("a whole answer, kept on disk before it is told", &embedded, "POST /v1/chat"),
    ] {
        println!("| {what} | {:.0} |", rate(server, line).await?);
    }
    Ok(())
}

async fn rate(server: &Server, line: &'static str) -> Outcome<f64> {
    let begun = Instant::now();
    let tasks = (0..N_CONNECTIONS).map(|connection_idx| {
        let address = server.address.clone();
        tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut n_answers = 0;
            while begun.elapsed() < RATE_TIME {
                // A conversation has as many messages as a visitor writes, not as a benchmark can.
                let body = question(connection_idx * 1_000_000 + n_answers / 10);
                let (status, answer) = connection.call(line, "application/json", &body).await?;
                if status != 200 {
                    return Err(std::io::Error::other(format!("status {status}: {}", String::from_utf8_lossy(&answer))));
                }
                n_answers += 1;
            }
            Ok(n_answers)
        })
    });
    let mut total = 0;
    for task in tasks.collect::<Vec<_>>() {
        total += task.await??;
    }
    Ok(total as f64 / begun.elapsed().as_secs_f64())
}
