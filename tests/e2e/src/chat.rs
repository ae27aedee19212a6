//! The widget as a visitor sees and uses it: what its parts show, and clicks and keys on them.

use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::{Key, WebDriver, WebElement};

use crate::page::Seen;
use crate::wait::until;

/// Finds the `nth` widget's shadow root. Widgets are the host elements with something in them.
const ROOT: &str = "const root = [...document.querySelectorAll('assisters-chat')].map((host) => host.shadowRoot).filter((root) => root?.firstChild)[arguments[0]];";

/// Reads everything that a visitor can see in one go, so that a condition over it is never torn between two moments.
const READ: &str = r#"
  if (!root) return { mounted: false };
  const all = (selector, from = root) => [...from.querySelectorAll(selector)];
  const part = (name, from = root) => from.querySelector(`[part~="${name}"]`);
  const shown = (element) => Boolean(element && element.checkVisibility ? element.checkVisibility() : element?.getClientRects().length);
  const text = (element) => (element ? (element.innerText ?? element.textContent).trim() : '');
  const launcher = part('launcher');
  return {
    mounted: root.childElementCount > 0,
    engine: root.childElementCount > 0 && !root.querySelector('[data-placeholder]'),
    launcher: { shown: shown(launcher), expanded: launcher?.getAttribute('aria-expanded') ?? '', label: launcher?.getAttribute('aria-label') ?? '' },
    open: shown(part('panel')),
    focus: (root.activeElement?.getAttribute('part') ?? '').split(' ')[0],
    draft: part('input')?.value ?? '',
    title: text(part('title')),
    send: shown(part('send')),
    stop: shown(part('stop')),
    badge: shown(part('badge')) ? text(part('badge')) : '',
    suggestions: all('[part~="suggestion"]').filter(shown).map(text),
    notice: all('.notice').filter(shown).map(text).join(' '),
    messages: all('[part~="message-user"], [part~="message-assistant"]').map((message) => ({
      role: message.matches('[part~="message-user"]') ? 'user' : 'assistant',
      status: message.dataset.status ?? '',
      text: (message.querySelector('.bubble')?.textContent ?? '').trim(),
      sources: all('[part~="source"]', message).map((source) => ({ title: text(source.querySelector('.source-title')), href: source.href ?? '' })),
      error: text(part('error', message)),
      retry: shown(part('retry', message)),
    })),
  };
"#;

/// What a widget shows at one moment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct State {
    /// Whether there is a widget with something in it.
    pub mounted: bool,
    /// Whether the engine has taken the placeholder's place.
    pub engine: bool,
    /// The launcher.
    pub launcher: Launcher,
    /// Whether the panel can be seen.
    pub open: bool,
    /// The part that has the focus, empty when none has.
    pub focus: String,
    /// What stands in the input.
    pub draft: String,
    /// The name in the header.
    pub title: String,
    /// Whether the send button can be seen.
    pub send: bool,
    /// Whether the stop button can be seen.
    pub stop: bool,
    /// What the launcher's badge says.
    pub badge: String,
    /// The questions that are offered.
    pub suggestions: Vec<String>,
    /// What the notice area says.
    pub notice: String,
    /// The transcript.
    pub messages: Vec<Message>,
}

/// The round button.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Launcher {
    /// Whether it can be seen.
    pub shown: bool,
    /// `aria-expanded`.
    pub expanded: String,
    /// `aria-label`.
    pub label: String,
}

/// One message of the transcript.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Message {
    /// `user` or `assistant`.
    pub role: String,
    /// `data-status`.
    pub status: String,
    /// Its words.
    pub text: String,
    /// What is cited below it.
    pub sources: Vec<Source>,
    /// What is said below a failed answer.
    pub error: String,
    /// Whether it can be tried again.
    pub retry: bool,
}

/// One source.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Source {
    /// Its title.
    pub title: String,
    /// Where it leads, empty when it is no link.
    pub href: String,
}

impl State {
    /// Returns the newest answer, an empty message when there is none.
    #[must_use]
    pub fn answer(&self) -> Message {
        self.messages.iter().rev().find(|message| message.role == "assistant").cloned().unwrap_or_default()
    }

    /// Whether the newest message is an answer of this status.
    #[must_use]
    pub fn answer_is(&self, status: &str) -> bool {
        self.messages.last().is_some_and(|message| message.role == "assistant" && message.status == status)
    }

    /// Whether every answer is there and shows its words: what paints them comes a moment after the panel.
    #[must_use]
    pub fn is_painted(&self) -> bool {
        self.messages.iter().all(|message| message.role == "user" || (message.status != "streaming" && !message.text.is_empty()))
    }

    /// Returns what the visitor wrote so far.
    #[must_use]
    pub fn questions(&self) -> Vec<&str> {
        self.messages.iter().filter(|message| message.role == "user").map(|message| message.text.as_str()).collect()
    }
}

/// One widget of the page.
#[derive(Clone, Copy)]
pub struct Chat<'a> {
    driver: &'a WebDriver,
    nth: usize,
}

impl<'a> Chat<'a> {
    /// Names the `nth` widget of the page, from 0.
    #[must_use]
    pub fn nth(driver: &'a WebDriver, nth: usize) -> Self {
        Self { driver, nth }
    }

    /// Reads what the widget shows.
    pub async fn state(self) -> State {
        let shown = self.driver.execute(format!("{ROOT}{READ}"), vec![json!(self.nth)]).await;
        shown.and_then(|shown| shown.convert()).unwrap_or_else(|error| panic!("the widget can not be read: {error}"))
    }

    /// Waits until what the widget shows meets a condition, and returns it.
    #[track_caller]
    pub fn until(self, what: &str, condition: impl Fn(&State) -> bool) -> impl Future<Output = State> {
        until(what, async move || {
            let state = self.state().await;
            if condition(&state) { Ok(state) } else { Err(format!("{state:#?}")) }
        })
    }

    /// Waits for a part to be there and visible, and returns its first element.
    #[track_caller]
    pub fn part(self, name: &str) -> impl Future<Output = WebElement> {
        let script = format!(
            "{ROOT} return [...(root?.querySelectorAll(`[part~=\"${{arguments[1]}}\"]`) ?? [])].find((e) => e.getClientRects().length) ?? null;"
        );
        let name = name.to_owned();
        until(format!("the part {name:?} to be visible"), async move || {
            let found = self.driver.execute(script.clone(), vec![json!(self.nth), json!(name)]).await;
            found.and_then(|found| found.element()).map_err(|error| error.to_string())
        })
    }

    /// Clicks a part. One that is moving is clicked once it has come to rest.
    #[track_caller]
    pub fn click(self, name: &str) -> impl Future<Output = ()> {
        let name = name.to_owned();
        until(format!("the part {name:?} to take a click"), async move || {
            self.part(&name).await.click().await.map_err(|error| error.to_string())
        })
    }

    /// Chooses a line of the header's menu, by its words.
    pub async fn choose(self, words: &str) {
        self.click("menu-button").await;
        let find = format!(
            "{ROOT} return [...root.querySelectorAll('.menu-item')].find((item) => item.textContent === arguments[1]) ?? null;"
        );
        let item = self.driver.execute(find, vec![json!(self.nth), json!(words)]).await;
        let item = item.and_then(|found| found.element()).unwrap_or_else(|error| panic!("no {words:?} in the menu: {error}"));
        item.click().await.unwrap_or_else(|error| panic!("{words:?} takes no click: {error}"));
    }

    /// Waits for the launcher, clicks it and waits for the panel.
    pub async fn open(self) -> State {
        self.until("the launcher", |state| state.launcher.shown).await;
        self.click("launcher").await;
        self.until("the panel to open", |state| state.open && state.engine).await
    }

    /// Writes into the input, without sending.
    pub async fn write(self, text: &str) {
        let input = self.part("input").await;
        input.send_keys(text).await.unwrap_or_else(|error| panic!("the input takes no keys: {error}"));
    }

    /// Presses keys in the input.
    pub async fn press(self, keys: impl Into<thirtyfour::TypingData>) {
        let input = self.part("input").await;
        input.send_keys(keys).await.unwrap_or_else(|error| panic!("the input takes no keys: {error}"));
    }

    /// Writes a message and sends it with Enter.
    pub async fn ask(self, text: &str) {
        self.write(text).await;
        self.press(Key::Enter).await;
    }

    /// Asks and waits for the whole answer.
    pub async fn ask_and_wait(self, text: &str) -> State {
        let n_before = self.state().await.messages.len();
        self.ask(text).await;
        self.until(&format!("a whole answer to {text:?}"), |state| state.messages.len() > n_before && state.answer_is("done"))
            .await
    }

    /// Runs a script with `root`, the widget's shadow root, and returns what it returns.
    pub async fn script(self, script: &str) -> Value {
        let returned = self.driver.execute(format!("{ROOT}{script}"), vec![json!(self.nth)]).await;
        returned.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }
}

/// Runs a script in the page and returns what it returns.
pub async fn run(driver: &WebDriver, script: &str) -> Value {
    let returned = driver.execute(script, Vec::new()).await;
    returned.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
}

/// Runs the body of an async function in the page and returns what it returns, or `{thrown: {name, message}}`.
pub async fn run_async(driver: &WebDriver, body: &str) -> Value {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         (async () => {{ {body} }})().then((value) => done(value ?? null), (error) => done({{ thrown: {{ name: error.name, message: error.message }} }}));"
    );
    let returned = driver.execute_async(script, Vec::new()).await;
    returned.unwrap_or_else(|error| panic!("{body}: {error}")).json().clone()
}

/// Returns what the page has seen so far.
pub async fn seen(driver: &WebDriver) -> Seen {
    serde_json::from_value(run(driver, "return window.seen;").await).expect("a page of this suite")
}

/// Waits until what the page has seen meets a condition, and returns it.
#[track_caller]
pub fn until_seen(driver: &WebDriver, what: &str, condition: impl Fn(&Seen) -> bool) -> impl Future<Output = Seen> {
    until(what, async move || {
        let seen = seen(driver).await;
        if condition(&seen) { Ok(seen) } else { Err(format!("{seen:#?}")) }
    })
}
