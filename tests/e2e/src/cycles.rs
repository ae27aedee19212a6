//! Widgets that come and go, and what the browser still holds afterwards. Chromium only: it asks by the DevTools protocol.

use serde_json::{Value, json};
use thirtyfour::WebDriver;

use crate::chat::{run, run_async};
use crate::page::Page;

/// As many as fit well into the time that a script may take.
const BATCH: usize = 25;

/// What the browser holds for the page, right after its garbage was collected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Documents, elements and texts, in the page or detached.
    pub nodes: f64,
    /// Event listeners.
    pub listeners: f64,
    /// Timers, intervals and frames that are asked for and have not come.
    pub timers: f64,
    /// Observers of mutations, sizes and sight that were given something to watch, and not told to end.
    pub observers: f64,
    /// JavaScript objects, in bytes.
    pub heap: f64,
    /// The memories of all WebAssembly programs, in bytes.
    pub wasm: f64,
}

/// Returns the page that widgets come to and go from. It keeps the memory of every program, to be measured.
#[must_use]
pub fn page() -> Page {
    let keep = "window.memories = [];
        const instantiate = WebAssembly.instantiate;
        WebAssembly.instantiate = async (...given) => {
          const made = await instantiate(...given);
          const { exports } = made.instance ?? made;
          memories.push(...Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
          return made;
        };
        window.observers = new Set();
        for (const name of ['MutationObserver', 'ResizeObserver', 'IntersectionObserver', 'PerformanceObserver']) {
          window[name] = class extends window[name] {
            observe(...given) { observers.add(this); return super.observe(...given); }
            disconnect() { observers.delete(this); return super.disconnect(); }
          };
        }
        window.timers = new Set();
        for (const [set, clear, isOnce] of [['setTimeout', 'clearTimeout', true], ['setInterval', 'clearInterval', false],
                                            ['requestAnimationFrame', 'cancelAnimationFrame', true], ['requestIdleCallback', 'cancelIdleCallback', true]]) {
          const [begin, end] = [window[set], window[clear]];
          window[set] = (act, ...rest) => {
            const id = begin((...given) => { if (isOnce) timers.delete(set + id); return act(...given); }, ...rest);
            timers.add(set + id);
            return id;
          };
          window[clear] = (id) => { timers.delete(set + id); return end(id); };
        }";
    Page::default().script(keep).body("<script src=\"/assisters.js\"></script>")
}

/// Mounts, opens and destroys a widget `n` times; every tenth is asked something and answers first.
///
/// # Panics
/// When one does not come up.
pub async fn cycle(driver: &WebDriver, api_url: &str, n: usize) {
    for begin in (0..n).step_by(BATCH) {
        let count = BATCH.min(n - begin);
        let body = format!(
            // What the test's own page and the browser's network log keep is not the widget's.
            "seen.events = [];
             performance.clearResourceTimings();
             for (let n = 0; n < {count}; n++) {{
               const chat = await Assisters.mount({{ assistant: 'helper', apiUrl: '{api_url}', persist: 'none' }});
               const opened = new Promise((go) => chat.on('open', go));
               chat.open();
               await opened;
               if (n % 10 == 0) {{
                 const answered = new Promise((go) => chat.on('message', go));
                 chat.sendMessage('hello');
                 await answered;
               }}
               chat.destroy();
             }}"
        );
        let returned = run_async(driver, &body).await;
        assert_eq!(returned, Value::Null, "a widget did not come up");
    }
}

/// Measures what is held now.
///
/// # Panics
/// When the browser does not tell.
pub async fn held(driver: &WebDriver) -> Held {
    let cdp = driver.cdp();
    let send = async |method: &str, parameters: Value| {
        cdp.send_raw(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    };
    send("Performance.enable", json!({})).await;
    // What one collection frees may hold what the next one can free.
    for _ in 0..3 {
        send("HeapProfiler.collectGarbage", json!({})).await;
        run_async(driver, "await new Promise((go) => setTimeout(go));").await;
    }
    let count = async |what: &str| run(driver, &format!("return {what}.size;")).await.as_f64().expect("a count");
    let (timers, observers) = (count("timers").await, count("observers").await);
    let wasm = run(driver, "return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);").await;
    let wasm = wasm.as_f64().expect("a sum of bytes");
    send("HeapProfiler.collectGarbage", json!({})).await;
    let metrics = send("Performance.getMetrics", json!({})).await;
    let metric = |name: &str| {
        let found = metrics["metrics"].as_array().into_iter().flatten().find(|metric| metric["name"] == name);
        found.and_then(|metric| metric["value"].as_f64()).unwrap_or_else(|| panic!("no metric {name}: {metrics}"))
    };
    Held {
        nodes: metric("Nodes"),
        listeners: metric("JSEventListeners"),
        heap: metric("JSHeapUsedSize"),
        timers,
        observers,
        wasm,
    }
}
