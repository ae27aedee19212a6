//! What parsing costs: nanoseconds per byte of texts that make other parsers slow, and per byte of an answer that streams in byte by byte.
//!
//! `cargo run --release --example markdown_cost` prints both tables; any argument keeps only the rows that contain it. The tests count steps
//! instead of time (`src/markdown/work.rs`), so they say the same on every machine; this says what a step is worth on this one.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::Duration;

use assisters_chat::markdown::{Container, Inline, Leaf, Paint, Parser};
use costly::{PLAIN, STREAMS, TEXTS};
use cpu_time::ThreadTime;

#[path = "../tests/markdown/costly.rs"]
mod costly;

/// Takes everything and shows nothing.
#[derive(Default)]
struct Nobody {
    n_operations: u64,
}

impl Paint for Nobody {
    fn open(&mut self, _: &Container) {
        self.n_operations += 1;
    }
    fn close(&mut self) {
        self.n_operations += 1;
    }
    fn loosen(&mut self, _: usize) {}
    fn leaf(&mut self, _: &Leaf) {
        self.n_operations += 1;
    }
    fn inlines(&mut self, settled: Vec<Inline>, tail: Vec<Inline>) {
        self.n_operations += 1;
        black_box((settled, tail));
    }
    fn code(&mut self, text: &str) {
        self.n_operations += 1;
        black_box(text);
    }
    fn finish(&mut self, _: Option<usize>) {}
    fn discard(&mut self) {}
    fn repaint(&mut self, _: usize, inlines: Vec<Inline>) {
        self.n_operations += 1;
        black_box(inlines);
    }
}

/// Returns the shortest of some attempts.
fn best(attempts: u32, mut work: impl FnMut()) -> Duration {
    (0..attempts)
        .map(|_| {
            let start = ThreadTime::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn parse(text: &str) {
    let mut parser = Parser::default();
    parser.push(text);
    parser.finish();
    parser.paint(&mut Nobody::default());
}

fn nanos_per_byte(time: Duration, bytes: usize) -> f64 {
    time.as_nanos() as f64 / bytes as f64
}

fn at_once(filter: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    const LENGTH: usize = 1 << 20;
    let measure = |start: &str, repeated: &str| {
        let text = [start, &repeated.repeat(LENGTH / repeated.len())].concat();
        nanos_per_byte(best(3, || parse(&text)), text.len())
    };
    let plain = measure("", PLAIN);
    writeln!(out, "1 MiB at once                                    ns/byte  x plain")?;
    for (start, repeated) in TEXTS {
        if filter.is_some_and(|filter| !repeated.contains::<&str>(filter)) {
            continue;
        }
        let nanos = measure(start, repeated);
        writeln!(out, "{:48} {nanos:7.1}  {:7.2}", format!("{start:?} {repeated:?}"), nanos / plain)?;
    }
    Ok(())
}

fn byte_by_byte(filter: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    const MARKS: [usize; 5] = [10, 50, 100, 250, 500];
    writeln!(
        out,
        "\nbyte by byte, a paint after each: us per KB up to  {}",
        MARKS.map(|mark| format!("{mark:>4} KB")).join("  ")
    )?;
    for (name, start, repeated) in STREAMS {
        if filter.is_some_and(|filter| !name.contains::<&str>(filter)) {
            continue;
        }
        let most = MARKS[MARKS.len() - 1] * 1000;
        let text = [*start, &repeated.repeat(most / repeated.len())].concat();
        let (mut parser, mut painter) = (Parser::default(), Nobody::default());
        let mut from = 0;
        let mut row = String::new();
        for mark in MARKS {
            let end = (mark * 1000).min(text.len());
            let start = ThreadTime::now();
            for at in from..end {
                parser.push(&text[at..=at]);
                parser.paint(&mut painter);
            }
            row.push_str(&format!("  {:7.1}", start.elapsed().as_nanos() as f64 / (end - from) as f64));
            from = end;
        }
        writeln!(out, "{name:48} {row}")?;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let filter = std::env::args().nth(1);
    let mut out = io::stdout().lock();
    at_once(filter.as_deref(), &mut out)?;
    byte_by_byte(filter.as_deref(), &mut out)
}
