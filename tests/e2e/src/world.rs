//! One test's surroundings: a browser with an empty profile, and what is kept when the test fails.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Mutex, OnceLock, PoisonError};

use futures_util::FutureExt as _;
use thirtyfour::WebDriver;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::browser::{Browser, Screen, Visitor};
use crate::chat::{Chat, run};
use crate::dialect::Dialect;
use crate::files::leftovers;
use crate::session::BrowserSession;

/// What a test has at hand.
pub struct World {
    session: BrowserSession,
}

impl World {
    /// Returns the browser.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.session.driver
    }

    /// Loads a page.
    pub async fn visit(&self, url: &str) {
        self.driver().goto(url).await.unwrap_or_else(|error| panic!("{url} does not load: {error}"));
    }

    /// Loads a page and returns its widget.
    pub async fn chat_at(&self, url: &str) -> Chat<'_> {
        self.visit(url).await;
        self.chat()
    }

    /// Returns the page's first widget.
    #[must_use]
    pub fn chat(&self) -> Chat<'_> {
        Chat::nth(self.driver(), 0)
    }
}

/// Runs a test in a browser of its own. When it fails, a screenshot and what the page has seen stay in `target/e2e`.
///
/// # Panics
/// As the test does, or when no browser starts.
pub async fn scenario(name: &str, test: impl AsyncFnOnce(&World)) {
    run_scenario(Screen::LAPTOP, Visitor::Usual, name, test).await;
}

/// Runs a test in a browser of its own, on another screen.
///
/// # Panics
/// As the test does, or when no browser starts.
pub async fn scenario_on(screen: Screen, name: &str, test: impl AsyncFnOnce(&World)) {
    run_scenario(screen, Visitor::Usual, name, test).await;
}

/// Runs a test in a browser of its own that its visitor has set up.
///
/// # Panics
/// As the test does, or when no browser starts.
pub async fn scenario_of(visitor: Visitor, name: &str, test: impl AsyncFnOnce(&World)) {
    run_scenario(Screen::LAPTOP, visitor, name, test).await;
}

async fn run_scenario(screen: Screen, visitor: Visitor, name: &str, test: impl AsyncFnOnce(&World)) {
    captured_log();
    if let Some(reason) = Browser::from_env().unwrap_or_else(|error| panic!("{error:#}")).cannot_run(name, screen) {
        note(&format!("{name} is left out in this browser: {reason}"));
        return;
    }
    let session = BrowserSession::start(screen, visitor).await.unwrap_or_else(|error| panic!("{error:#}"));
    let world = World { session };
    let outcome = AssertUnwindSafe(test(&world)).catch_unwind().await;
    if outcome.is_err() {
        keep_evidence(name, &world).await;
    }
    world.session.end().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Runs a test once per dialect, in one browser.
///
/// # Panics
/// As the test does; the dialect is printed.
pub async fn in_each_dialect(name: &str, test: impl AsyncFn(&World, Dialect)) {
    in_dialects(name, &Dialect::ALL, test).await;
}

/// Runs a test once per dialect that streams, in one browser.
///
/// # Panics
/// As the test does; the dialect is printed.
pub async fn in_each_streaming_dialect(name: &str, test: impl AsyncFn(&World, Dialect)) {
    in_dialects(name, &Dialect::STREAMING, test).await;
}

/// Runs a test once per dialect that has tools, in one browser.
///
/// # Panics
/// As the test does; the dialect is printed.
pub async fn in_each_dialect_with_tools(name: &str, test: impl AsyncFn(&World, Dialect)) {
    in_dialects(name, &Dialect::WITH_TOOLS, test).await;
}

/// Runs a test once per dialect whose server can be asked for an earlier conversation, in one browser.
///
/// # Panics
/// As the test does; the dialect is printed.
pub async fn in_each_dialect_with_history(name: &str, test: impl AsyncFn(&World, Dialect)) {
    in_dialects(name, &Dialect::WITH_HISTORY, test).await;
}

async fn in_dialects(name: &str, dialects: &[Dialect], test: impl AsyncFn(&World, Dialect)) {
    scenario(name, async |world| {
        for dialect in dialects.iter().copied() {
            let outcome = AssertUnwindSafe(test(world, dialect)).catch_unwind().await;
            if let Err(panic) = outcome {
                note(&format!("{name} failed in the dialect {}", dialect.as_str()));
                resume_unwind(panic);
            }
        }
    })
    .await;
}

async fn keep_evidence(name: &str, world: &World) {
    let folder = leftovers();
    let picture = folder.join(format!("{name}.png"));
    match world.driver().screenshot(&picture).await {
        Ok(()) => note(&format!("screenshot: {}", picture.display())),
        Err(error) => note(&format!("no screenshot: {error}")),
    }
    let seen =
        AssertUnwindSafe(run(world.driver(), "return JSON.stringify({ url: location.href, seen: window.seen }, null, 2);"))
            .catch_unwind();
    if let Ok(seen) = seen.await {
        note(&format!("what the page has seen: {}", seen.as_str().unwrap_or_default()));
    }
}

/// Writes a line for whoever reads a failed test.
fn note(text: &str) {
    writeln!(io::stderr(), "{text}").ok(); // nobody listens: nothing to do about it
}

static LOG: OnceLock<&'static Mutex<Vec<u8>>> = OnceLock::new();

/// Returns everything that this process has logged: gateways at every level, everything else but the driver's client down to `debug`.
///
/// # Panics
/// When another logger was there first.
pub fn captured_log() -> String {
    let log = LOG.get_or_init(|| {
        let log: &'static Mutex<Vec<u8>> = Box::leak(Box::default());
        let filter = Targets::new()
            .with_default(LevelFilter::DEBUG)
            .with_target("assisters_gateway", LevelFilter::TRACE)
            .with_target("thirtyfour", LevelFilter::OFF);
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || Writer(log));
        tracing_subscriber::registry().with(lines.with_filter(filter)).init();
        log
    });
    String::from_utf8_lossy(&log.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

struct Writer(&'static Mutex<Vec<u8>>);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
