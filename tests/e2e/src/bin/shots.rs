//! `cargo run -p e2e --bin shots -- FOLDER`: pictures of the real demo page in every state worth looking at.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a tool of the tests")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use e2e::browser::{BrowserSession, Screen};
use e2e::chat::{Chat, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::gateway::RunningGateway;
use e2e::script::{Answer, Gate, Stream};
use thirtyfour::WebDriver;

const QUESTION: &str = "Can I return shoes I already wore?";

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
    studio.laptop().await;
    studio.phone().await;
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
        self.inline(driver).await;
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
        self.shoot(driver, "right-to-left").await;
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
    let returned = run_async(driver, &format!("(await Assisters.ready).update({changes});")).await;
    assert!(returned.get("thrown").is_none(), "{changes}: {returned}");
}
