//! `cargo run -p e2e --bin shots -- FOLDER`: pictures of the real demo page in every state worth looking at. `FOLDER tools`: of tools alone.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a tool of the tests")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use e2e::browser::{BrowserSession, Screen};
use e2e::chat::{Chat, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::gateway::RunningGateway;
use e2e::page::Page;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until;
use serde_json::json;
use thirtyfour::WebDriver;

const QUESTION: &str = "Can I return shoes I already wore?";

const LONG_ANSWER: &str = "Measure both feet in the evening, take the longer one and add half a centimetre:\n\n\
```js\n// Half a size more for thick socks.\nconst size = (lengthInCm, hasThickSocks) => {\n  const { fit } = catalogue.find(\"boots\");\n  return Math.round((lengthInCm + 0.5) * 1.5 * 2) / 2 + (hasThickSocks ? 0.5 : 0) + fit;\n};\n```\n\n\
| EU | UK | Foot | Width |\n| --- | --- | --- | ---: |\n| 41 | 7½ | 26.0 cm | 98 mm |\n| 42 | 8 | 26.7 cm | 100 mm |\n| 43 | 9 | 27.3 cm | 102 mm |\n\n\
Two things to know:\n\n1. Boots with a **membrane** run half a size small.\n2. Between two sizes, take the larger one; see the [size guide](https://shop.example/sizes).\n";

/// Messages of several days, the last of them of this minute.
fn transcript() -> String {
    "[[6, 'user', 'Do you have waterproof boots?'],
      [6, 'assistant', 'Yes: **Myr** and **Rondane** are waterproof. Myr is rubber, Rondane is leather with a membrane.'],
      [1, 'user', 'Are the laces included?'],
      [1, 'assistant', 'They are, and a second pair lies in the box.'],
      [0, 'user', 'Thank you! How long will my order take?'],
      [0, 'assistant', 'Two to four working days within Norway. You get a link to follow the parcel as soon as it leaves us.']]
      .map(([days, role, content]) => ({ role, content, createdAt: new Date(Date.now() - days * 864e5).toISOString() }))"
        .to_owned()
}

/// What the pictures are taken of.
struct Studio {
    folder: PathBuf,
    gateway: RunningGateway,
    /// The same page before a server that answers as it is told: errors, other languages.
    stage: RunningGateway,
    api: FaultServer,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        panic!("name the folder for the pictures: cargo run -p e2e --bin shots -- target/shots");
    };
    fs::create_dir_all(&folder).expect("the folder can be made");
    let gateway = RunningGateway::start(|_| {}).await;
    let api = FaultServer::start().await;
    let stage = RunningGateway::start(|options| {
        options.upstream = "assisters".to_owned();
        options.upstream_url = Some(api.api_url());
        options.api_key = Some("sk-of-the-studio".parse().unwrap());
    })
    .await;
    let studio = Studio { folder, gateway, stage, api };
    if env::args().nth(2).as_deref() != Some("tools") {
        studio.laptop().await;
        studio.conversation().await;
        studio.phone().await;
    }
    studio.tools(Screen::LAPTOP, "").await;
    studio.tools(Screen::PHONE, "phone-").await;
}

impl Studio {
    async fn laptop(&self) {
        let session = BrowserSession::start(Screen::LAPTOP).await.unwrap_or_else(|error| panic!("{error:#}"));
        let driver = &session.driver;
        let chat = visit(driver, &self.gateway).await;
        self.shoot(driver, "closed").await;
        chat.open().await;
        self.shoot(driver, "open").await;
        chat.ask_and_wait(QUESTION).await;
        self.shoot(driver, "answer").await;
        update(driver, "{ theme: 'dark' }").await;
        self.shoot(driver, "answer-dark").await;
        update(driver, "{ theme: 'light', primaryColor: '#b45309', position: 'bottom-left' }").await;
        self.shoot(driver, "answer-brand-left").await;

        let chat = visit(driver, &self.stage).await;
        chat.open().await;
        let never = Gate::new();
        let markdown = "## Sizes\n\nOur boots run **half a size small**:\n\n| EU | UK | Foot |\n| --- | --- | --- |\n| 41 | 7½ | 26 cm |\n| 42 | 8 | 26.7 cm |\n\n\
                        1. Measure in the evening.\n2. Add `0.5` to the length.\n\n```text\nlength + 0.5 = size\n```\n\n> Between two sizes? Take the larger one, ";
        self.api.answer(Stream::new(Dialect::Chat).words(markdown).wait(&never).end(&[]));
        chat.ask("Which size do I need?").await;
        chat.until("the table", |state| state.answer().text.contains("Take the larger one")).await;
        self.shoot(driver, "streaming").await;
        chat.click("stop").await;
        chat.until("the stop", |state| state.answer_is("stopped")).await;
        self.shoot(driver, "stopped").await;

        let cut = Gate::new();
        self.api.answer(Stream::new(Dialect::Chat).words("We deliver to Norway within two to").wait(&cut).cut());
        chat.ask("How long does delivery take?").await;
        chat.until("the first words", |state| state.answer().text.contains("two to")).await;
        cut.open();
        chat.until("the failure", |state| state.answer_is("failed")).await;
        self.shoot(driver, "error-partial").await;
        self.api.answer(Answer::error(402, "insufficient_funds"));
        chat.ask("And to Sweden?").await;
        chat.until("the refusal", |state| state.messages.len() == 6 && state.answer_is("failed")).await;
        self.shoot(driver, "error-refused").await;
        self.api.answer(Answer::error(429, "rate_limit_exceeded").header("retry-after", "30"));
        chat.ask("And to Denmark?").await;
        chat.until("the countdown", |state| !state.notice.is_empty()).await;
        self.shoot(driver, "waiting").await;

        self.right_to_left(driver).await;
        self.files(driver, "files").await;
        self.inline(driver).await;
        session.end().await;
    }

    /// What a long conversation shows beside its text.
    async fn conversation(&self) {
        let session = BrowserSession::start(Screen::LAPTOP).await.unwrap_or_else(|error| panic!("{error:#}"));
        let driver = &session.driver;
        let chat = self.stage_with(driver, &transcript()).await;
        self.shoot(driver, "empty-of-today").await;
        self.api.answer(Stream::new(Dialect::Chat).words(LONG_ANSWER).end(&[
            ("Sizes and fit", "https://shop.example/help/sizes"),
            (
                "Returns and exchanges within one hundred days, also for shoes that were worn outside",
                "https://shop.example/help/returns",
            ),
        ]));
        chat.ask_and_wait("How do I compute my size?").await;
        self.shoot(driver, "long-answer-end").await;
        self.point_at(driver, ".source:last-of-type, li:last-child > .source").await;
        self.shoot(driver, "source-preview").await;
        chat.script("root.querySelector('.messages').scrollBy(0, -330);").await;
        self.point_at(driver, ".message-assistant:last-child .code").await;
        self.shoot(driver, "code-and-table").await;
        update(driver, "{ theme: 'dark' }").await;
        self.shoot(driver, "code-and-table-dark").await;
        chat.script("root.querySelector('.messages').scrollBy(0, -900);").await;
        self.point_at(driver, ".day + .message").await;
        self.shoot(driver, "days-dark").await;
        update(driver, "{ theme: 'light' }").await;
        self.shoot(driver, "days").await;

        let gate = Gate::new();
        self.api.answer(Stream::new(Dialect::Chat).words("Of course. ").wait(&gate).words(LONG_ANSWER).end(&[]));
        chat.ask("Once more, please").await;
        chat.until("the first words", |state| state.answer().text.contains("Of course")).await;
        chat.script("root.querySelector('.messages').scrollBy(0, -500);").await;
        chat.part("jump").await;
        gate.open();
        chat.until("the end", |state| state.answer_is("done")).await;
        self.shoot(driver, "jump").await;
        chat.click("jump").await;
        self.api.answer(Stream::new(Dialect::Chat).words("Take **42**.").end(&[]));
        chat.ask_and_wait("I measured 26.4 cm").await;
        self.point_at(driver, ".message-assistant:last-child").await;
        self.shoot(driver, "actions").await;
        chat.script("root.querySelector('.message:last-child [data-action=feedback-up]').click();").await;
        self.shoot(driver, "actions-pressed").await;
        chat.script("root.querySelector('.message-user:nth-last-child(2) [data-action=edit]').click();").await;
        self.shoot(driver, "editing").await;
        update(driver, "{ theme: 'dark' }").await;
        self.shoot(driver, "editing-dark").await;
        session.end().await;
    }

    /// Mounts a widget with a transcript in the place of the demo's own, opened.
    async fn stage_with<'a>(&self, driver: &'a WebDriver, messages: &str) -> Chat<'a> {
        visit(driver, &self.stage).await;
        let mount = format!(
            "Assisters.destroy();
             window.staged = await Assisters.init({{ assistant: 'shop-assistant', apiUrl: '{}', persist: 'none', theme: 'light', locale: 'en', messages: {messages} }});
             Assisters.open();",
            self.stage.api_url()
        );
        let returned = run_async(driver, &mount).await;
        assert!(returned.get("thrown").is_none(), "{returned}");
        let chat = Chat::nth(driver, 0);
        chat.until("the panel", |state| state.open && state.engine).await;
        chat
    }

    /// Puts the pointer on the first element that matches a selector.
    async fn point_at(&self, driver: &WebDriver, selector: &str) {
        let script = format!(
            "const found = [...document.querySelectorAll('assisters-chat')].map((host) => host.shadowRoot.querySelectorAll({selector:?})).find((found) => found.length);
             return found ? found[found.length - 1] : null;"
        );
        let element = driver.execute(script, Vec::new()).await.and_then(|found| found.element());
        let element = element.unwrap_or_else(|error| panic!("{selector}: {error}"));
        driver.action_chain().move_to_element_center(&element).perform().await.expect("the pointer moves");
    }

    /// What an answer does besides saying something.
    async fn tools(&self, screen: Screen, prefix: &str) {
        let session = BrowserSession::start(screen).await.unwrap_or_else(|error| panic!("{error:#}"));
        let driver = &session.driver;
        let page = self.api.page("/page", &Page::with_script("/assisters.js"));
        driver.goto(&page).await.expect("the page loads");
        let mount = format!(
            "window.staged = await Assisters.init({{ assistant: 'shop-assistant', apiUrl: '{}', persist: 'none', theme: 'light', locale: 'en', dialect: 'informer', debug: true,
               tools: {{ cancel_order: {{ title: 'Cancel order 1042', confirm: 'Cancel order 1042 for good?', run: () => ({{ state: 'cancelled' }}) }} }} }});
             Assisters.open();",
            self.api.api_url()
        );
        let returned = run_async(driver, &mount).await;
        assert!(returned.get("thrown").is_none(), "{returned}");
        let chat = Chat::nth(driver, 0);
        chat.until("the panel", |state| state.open && state.engine).await;
        let (thinking, running) = (Gate::new(), Gate::new());
        let thoughts = "The visitor asks for order 1042. I look it up first, then the parcel, and only then say when it arrives.\n\nThe shop's own tools know both.";
        let input = json!({"number": 1042, "aiProgressMessage": "Looking up order 1042…"});
        self.api.answer(
            Stream::bare(Dialect::Informer)
                .frame(&json!({"type": "start", "messageId": "msg_e2e"}))
                .frame(&json!({"type": "reasoning-delta", "id": "r", "delta": thoughts}))
                .wait(&thinking)
                .frame(&json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "find_order", "input": input}))
                .frame(&json!({"type": "tool-output-available", "toolCallId": "c1", "output": {"number": 1042, "state": "sent", "lines": ["Myr 42"]}}))
                .frame(&json!({"type": "tool-input-available", "toolCallId": "c2", "toolName": "find_parcel", "input": {"order": 1042}}))
                .wait(&running)
                .frame(&json!({"type": "tool-output-error", "toolCallId": "c2", "errorText": "The carrier did not answer."}))
                .words("Your order **1042** left us yesterday. The carrier does not say where it is right now.")
                .end(&[("Orders", "https://shop.example/orders/1042")]),
        );
        chat.ask("Where is my order 1042?").await;
        let until_in = async |selector: &str| {
            let script = format!("return Boolean(root.querySelector({selector:?})?.checkVisibility());");
            e2e::wait::until(selector, async || match chat.script(&script).await.as_bool() {
                Some(true) => Ok(()),
                other => Err(format!("{other:?}")),
            })
            .await;
        };
        until_in(".reasoning[data-state=running]").await;
        self.shoot(driver, &format!("{prefix}thinking")).await;
        thinking.open();
        until_in(".tool[data-state=running]").await;
        self.shoot(driver, &format!("{prefix}tool-running")).await;
        running.open();
        chat.until("the end", |state| state.answer_is("done")).await;
        self.shoot(driver, &format!("{prefix}tools")).await;
        chat.script("root.querySelectorAll('details').forEach((one) => (one.open = true)); root.querySelector('.messages').scrollTop = 0;").await;
        self.shoot(driver, &format!("{prefix}tools-unfolded")).await;
        update(driver, "{ theme: 'dark' }").await;
        self.shoot(driver, &format!("{prefix}tools-unfolded-dark")).await;
        update(driver, "{ theme: 'light' }").await;
        chat.script("root.querySelectorAll('details').forEach((one) => (one.open = false));").await;
        self.api.answer(Dialect::Informer.calls("I can do that.", "c3", "cancel_order", &json!({"number": 1042})));
        chat.ask("Please cancel it").await;
        until_in(".question").await;
        self.shoot(driver, &format!("{prefix}tool-question")).await;
        update(driver, "{ theme: 'dark', locale: 'ar' }").await;
        self.shoot(driver, &format!("{prefix}tool-question-rtl-dark")).await;
        session.end().await;
    }

    async fn right_to_left(&self, driver: &WebDriver) {
        let chat = visit(driver, &self.stage).await;
        update(
            driver,
            "{ locale: 'ar', greeting: 'مرحباً! كيف يمكنني مساعدتك اليوم؟', placeholder: 'اكتب رسالة…', title: 'مساعد المتجر' }",
        )
        .await;
        chat.open().await;
        let answer = "نعم، يمكنك إرجاع الأحذية خلال **100 يوم**:\n\n- احتفظ بالإيصال\n- استخدم `RMA-42`\n";
        self.api.answer(Stream::new(Dialect::Chat).words(answer).end(&[("الإرجاع والاستبدال", "https://shop.example/returns")]));
        chat.ask_and_wait("هل يمكنني إرجاع الأحذية؟").await;
        self.point_at(driver, ".message-assistant:last-child").await;
        self.shoot(driver, "right-to-left").await;
        self.point_at(driver, ".source").await;
        self.shoot(driver, "right-to-left-preview").await;
    }

    /// Files on their way into a message, and in one.
    async fn files(&self, driver: &WebDriver, name: &str) {
        let chat = visit(driver, &self.gateway).await;
        // One upload never ends and one fails; the others take the gateway's own route.
        update(driver, "{ theme: 'light', locale: 'en', attachments: true }").await;
        chat.open().await;
        chat.part("attach").await;
        let drop = "const draw = (from, to) => new Promise((made) => {
               const canvas = document.createElement('canvas');
               const pen = Object.assign(canvas, { width: 640, height: 480 }).getContext('2d');
               const sky = pen.createLinearGradient(0, 0, 0, 480);
               sky.addColorStop(0, from);
               sky.addColorStop(1, to);
               pen.fillStyle = sky;
               pen.fillRect(0, 0, 640, 480);
               pen.fillStyle = '#2f4858';
               pen.beginPath();
               for (const [x, y] of [[0, 480], [180, 190], [300, 330], [430, 150], [640, 480]]) pen.lineTo(x, y);
               pen.fill();
               canvas.toBlob(made);
             });
             const root = document.querySelector('assisters-chat').shadowRoot;
             const give = (...files) => {
               const dataTransfer = new DataTransfer();
               for (const file of files) dataTransfer.items.add(file);
               root.querySelector('.messages').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true }));
             };";
        let gave = format!(
                "{drop}
                 give(new File([await draw('#f9c74f', '#f3722c')], 'torn-seam-close-up.png', {{ type: 'image/png' }}), new File(['%PDF-1.7 ...'], 'receipt.pdf', {{ type: 'application/pdf' }}));
                 give(new File(['MZ'], 'report.exe', {{ type: 'application/x-msdownload' }}));"
        );
        assert!(run_async(driver, &gave).await.get("thrown").is_none());
        let ready = "return root.querySelectorAll('.attach-item[data-state=ready]').length;";
        until("two uploads", async || if chat.script(ready).await == 2 { Ok(()) } else { Err("still on their way".to_owned()) })
            .await;
        chat.write("The seam tore after two weeks. Can I return them?").await;
        self.shoot(driver, &format!("{name}-tray")).await;
        update(driver, "{ theme: 'dark' }").await;
        self.shoot(driver, &format!("{name}-tray-dark")).await;
        update(driver, "{ theme: 'light' }").await;
        chat.press(thirtyfour::Key::Enter).await;
        chat.until("the answer", |state| state.answer_is("done")).await;
        chat.script("root.querySelector('.messages').scrollTo(0, 0);").await;
        self.shoot(driver, &format!("{name}-message")).await;
        update(driver, "{ theme: 'dark' }").await;
        self.shoot(driver, &format!("{name}-message-dark")).await;
        let gave = format!(
                "(await Assisters.ready).update({{ theme: 'light', locale: 'ar', attachments: {{ upload: (file, {{ progress }}) => new Promise((_, refuse) => {{
                   progress(0.6);
                   if (file.name.startsWith('receipt')) refuse(new Error('of the studio'));
                 }}) }} }});
                 {drop}
                 give(new File([await draw('#90e0ef', '#0077b6')], 'الصورة.png', {{ type: 'image/png' }}), new File(['x'.repeat(9000)], 'receipt-of-the-shop-in-the-old-town.pdf', {{ type: 'application/pdf' }}));
                 root.querySelector('.messages').dispatchEvent(new DragEvent('dragleave', {{ bubbles: true }}));"
        );
        assert!(run_async(driver, &gave).await.get("thrown").is_none());
        chat.part("attach-retry").await;
        self.shoot(driver, &format!("{name}-failed-right-to-left")).await;
        let over = "const dataTransfer = new DataTransfer(); dataTransfer.items.add(new File(['x'], 'x.png'));
             root.querySelector('.messages').dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, composed: true, cancelable: true }));";
        chat.script(over).await;
        self.shoot(driver, &format!("{name}-drop")).await;
    }

    async fn inline(&self, driver: &WebDriver) {
        visit(driver, &self.gateway).await;
        let mount = format!(
            "Assisters.destroy();
             const place = document.createElement('div');
             place.style = 'height: 560px; max-width: 720px; margin: 24px auto';
             document.querySelector('#shop').before(place);
             await Assisters.mount(place, {{ assistant: 'shop-assistant', apiUrl: '{}', persist: 'none' }});
             place.scrollIntoView({{ block: 'center', behavior: 'instant' }});",
            self.gateway.api_url()
        );
        run_async(driver, &mount).await;
        let chat = Chat::nth(driver, 0);
        chat.until("the panel", |state| state.open).await;
        chat.ask_and_wait(QUESTION).await;
        self.shoot(driver, "inline").await;
    }

    async fn phone(&self) {
        let session = BrowserSession::start(Screen::PHONE).await.unwrap_or_else(|error| panic!("{error:#}"));
        let driver = &session.driver;
        let chat = visit(driver, &self.gateway).await;
        self.shoot(driver, "phone-closed").await;
        chat.open().await;
        self.shoot(driver, "phone-open").await;
        chat.ask_and_wait(QUESTION).await;
        self.shoot(driver, "phone-answer").await;
        update(driver, "{ theme: 'dark' }").await;
        self.shoot(driver, "phone-dark").await;
        let chat = self.stage_with(driver, &transcript()).await;
        self.api
            .answer(Stream::new(Dialect::Chat).words(LONG_ANSWER).end(&[("Sizes and fit", "https://shop.example/help/sizes")]));
        chat.ask_and_wait("How do I compute my size?").await;
        self.shoot(driver, "phone-long").await;
        chat.script("root.querySelector('.messages').scrollBy(0, -560);").await;
        self.shoot(driver, "phone-code").await;
        self.files(driver, "phone-files").await;
        session.end().await;
    }

    async fn shoot(&self, driver: &WebDriver, name: &str) {
        // Two frames: what was decided is painted. Then whatever moves has come to rest.
        let settled = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
             const moving = [document, ...[...document.querySelectorAll('assisters-chat')].map((host) => host.shadowRoot)].flatMap((root) => root.getAnimations());
             await Promise.allSettled(moving.filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished));";
        run_async(driver, settled).await;
        let path: &Path = &self.folder.join(format!("{name}.png"));
        driver.screenshot(path).await.expect("the browser takes a picture");
    }
}

/// Loads a gateway's demo page as a new visitor meets it.
async fn visit<'a>(driver: &'a WebDriver, gateway: &RunningGateway) -> Chat<'a> {
    let page = gateway.url("/");
    driver.goto(&page).await.expect("the demo page loads");
    run_async(driver, "(await Assisters.ready).forget(); localStorage.clear(); Assisters.destroy();").await;
    driver.goto("about:blank").await.expect("an empty page loads");
    driver.goto(&page).await.expect("the demo page loads");
    let chat = Chat::nth(driver, 0);
    chat.until("the launcher", |state| state.launcher.shown).await;
    chat
}

/// Changes the demo widget's options.
async fn update(driver: &WebDriver, changes: &str) {
    let returned = run_async(driver, &format!("(window.staged ?? (await Assisters.ready)).update({changes});")).await;
    assert!(returned.get("thrown").is_none(), "{changes}: {returned}");
}
