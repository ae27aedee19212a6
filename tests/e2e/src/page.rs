//! Test pages, made of strings. Every page keeps what the tests ask about in `window.seen`.

use serde_json::Value;

use crate::script::Answer;

/// Runs before anything else of a page: records the widget's events, what the console is told, and refused policies.
const RECORDER: &str = r#"
  window.seen = { events: [], console: [], violations: [], failures: [] };
  for (const name of ['load', 'open', 'close', 'message', 'message-sent', 'stream-start', 'stream-end', 'error', 'feedback', 'tool-call',
                      'conversation-start', 'conversation-clear', 'unread', 'destroy']) {
    document.addEventListener('assisters:' + name, (event) => seen.events.push({ name, detail: event.detail ?? null }));
  }
  for (const level of ['error', 'warn']) {
    const write = console[level];
    console[level] = (...words) => { seen.console.push(level + ': ' + words.map(String).join(' ')); write.apply(console, words); };
  }
  addEventListener('error', (event) => seen.failures.push(String(event.message)), true);
  addEventListener('unhandledrejection', (event) => seen.failures.push(String(event.reason)));
  document.addEventListener('securitypolicyviolation', (event) => seen.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
"#;

/// The nonce of the pages' own scripts, for pages with a policy.
pub const NONCE: &str = "e2e-page";

/// A page in the making.
#[derive(Clone, Debug, Default)]
pub struct Page {
    head: String,
    body: String,
    headers: Vec<(String, String)>,
}

impl Page {
    /// Begins a page with a script tag that embeds a widget: `attributes` are the options, without `data-`.
    #[must_use]
    pub fn with_widget(script: &str, attributes: &[(&str, &str)]) -> Self {
        let attributes: String =
            attributes.iter().map(|(name, value)| format!(" data-{name}='{}'", value.replace('\'', "&#39;"))).collect();
        Self::default().body(&format!("<script src=\"{script}\"{attributes} async></script>"))
    }

    /// Begins a page that only loads the script; the test mounts widgets itself.
    #[must_use]
    pub fn with_script(script: &str) -> Self {
        Self::default().body(&format!("<script src=\"{script}\"></script>"))
    }

    /// Adds markup to the head.
    #[must_use]
    pub fn head(mut self, markup: &str) -> Self {
        self.head.push_str(markup);
        self
    }

    /// Adds markup to the body.
    #[must_use]
    pub fn body(mut self, markup: &str) -> Self {
        self.body.push_str(markup);
        self
    }

    /// Adds a script of the page's own, which runs before the widget's.
    #[must_use]
    pub fn script(self, script: &str) -> Self {
        self.head(&format!("<script nonce=\"{NONCE}\">{script}</script>"))
    }

    /// Adds a response header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the page as a server's answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let Self { head, body, headers } = self;
        // Without an icon of its own a browser asks for /favicon.ico, which the tests would count.
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Test page</title><link rel=\"icon\" href=\"data:,\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><script nonce=\"{NONCE}\">{RECORDER}</script>{head}</head>\
             <body><h1>A page</h1><p><button type=\"button\" id=\"elsewhere\">Elsewhere</button></p>{body}</body></html>"
        );
        let answer = Answer::new(200, "text/html; charset=utf-8", html);
        headers.iter().fold(answer, |answer, (name, value)| answer.header(name, value))
    }
}

/// What a page has seen so far: `window.seen`.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Seen {
    /// The widget's events that reached the document.
    pub events: Vec<SeenEvent>,
    /// What was written to the console as an error or a warning.
    pub console: Vec<String>,
    /// What the page's policy refused.
    pub violations: Vec<String>,
    /// Errors that nobody caught.
    pub failures: Vec<String>,
}

/// One event of a widget.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct SeenEvent {
    /// Its name, without the prefix.
    pub name: String,
    /// Its detail.
    pub detail: Value,
}

impl Seen {
    /// Returns the details of the events of a name.
    #[must_use]
    pub fn details(&self, name: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event.name == name).map(|event| &event.detail).collect()
    }
}
