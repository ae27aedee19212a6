//! Every state of the widget that a visitor may see, in order, in one look: what pictures are taken of and what accessibility is checked in.

use serde_json::json;
use thirtyfour::WebDriver;

use crate::browser::Screen;
use crate::chat::{Chat, run_async};
use crate::dialect::Dialect;
use crate::fault::FaultServer;
use crate::page::Page;
use crate::script::{Answer, Gate, Stream};
use crate::wait::until;

/// How the widget looks: on which screen, in which palette, in which direction.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The screen.
    pub screen: Screen,
    /// Light on dark.
    pub is_dark: bool,
    /// In Arabic.
    pub is_right_to_left: bool,
}

impl Look {
    /// Every look.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let screens = [Screen::LAPTOP, Screen::PHONE];
        let looks = screens.into_iter().flat_map(|screen| [(screen, false), (screen, true)]);
        looks
            .flat_map(|(screen, is_dark)| [false, true].map(|is_right_to_left| Self { screen, is_dark, is_right_to_left }))
            .collect()
    }

    /// The look's name in the names of files.
    #[must_use]
    pub fn name(self) -> String {
        let screen = if self.screen.is_phone { "phone" } else { "desktop" };
        let theme = if self.is_dark { "dark" } else { "light" };
        let direction = if self.is_right_to_left { "rtl" } else { "ltr" };
        format!("{screen}-{theme}-{direction}")
    }
}

/// What is said, in one language.
struct Words {
    title: &'static str,
    greeting: &'static str,
    suggestions: [&'static str; 3],
    question: &'static str,
    short: &'static str,
    long: &'static str,
    source: &'static str,
}

const ENGLISH: Words = Words {
    title: "Nordvik helper",
    greeting: "Hi! How can I help you today?",
    suggestions: ["Can I return shoes I already wore?", "Which size do I need?", "How long does delivery take?"],
    question: "Which size do I need?",
    short: "Two to four working days within Norway. You get a link to follow the parcel as soon as it leaves us.",
    long: "Measure both feet in the evening and take the **longer** one:\n\n\
| EU | UK | Foot |\n| --- | --- | --- |\n| 41 | 7½ | 26.0 cm |\n| 42 | 8 | 26.7 cm |\n\n\
1. Boots with a membrane run half a size small.\n2. Between two sizes, take the larger one; see the [size guide](https://shop.example/sizes).\n\n\
```js\n// Half a size more for thick socks.\nconst size = (length) => Math.round((length + 0.5) * 3) / 2;\n```\n",
    source: "Sizes and fit",
};

const ARABIC: Words = Words {
    title: "مساعد المتجر",
    greeting: "مرحباً! كيف يمكنني مساعدتك اليوم؟",
    suggestions: ["هل يمكنني إرجاع حذاء استعملته؟", "ما المقاس المناسب لي؟", "كم تستغرق مدة التوصيل؟"],
    question: "ما المقاس المناسب لي؟",
    short: "من يومين إلى أربعة أيام عمل داخل النرويج. ستصلك رسالة برابط لتتبّع الطرد عند مغادرته مستودعنا.",
    long: "قِس القدمين مساءً وخذ القياس **الأطول**:\n\n\
| الأوروبي | البريطاني | القدم |\n| --- | --- | --- |\n| 41 | 7½ | 26.0 سم |\n| 42 | 8 | 26.7 سم |\n\n\
1. الأحذية ذات الغشاء أصغر بنصف مقاس.\n2. بين مقاسين اختر الأكبر؛ راجع [دليل المقاسات](https://shop.example/sizes).\n\n\
```js\n// Half a size more for thick socks.\nconst size = (length) => Math.round((length + 0.5) * 3) / 2;\n```\n",
    source: "المقاسات",
};

/// The states in the order in which [`walk`] shows them.
pub const STATES: [&str; 30] = [
    "closed",
    "unread",
    "empty",
    "menu",
    "awaiting",
    "streaming",
    "answer",
    "preview",
    "actions",
    "jump",
    "editing",
    "stopped",
    "failed",
    "refused",
    "rate-limited",
    "draft",
    "follow-ups",
    "menu-talking",
    "loading",
    "days",
    "files",
    "thinking",
    "tool-question",
    "tools",
    "offline",
    "greeter",
    "form",
    "form-wrong",
    "voice",
    // On a telephone the panel has one size: the whole screen.
    "expanded",
];

/// A shop's page, to see the widget on.
#[must_use]
pub fn page(look: Look) -> Page {
    let (lang, dir) = if look.is_right_to_left { ("ar", "rtl") } else { ("en", "ltr") };
    let (ink, paper) = if look.is_dark { ("#e6e8eb", "#15181c") } else { ("#20242a", "#f6f4f0") };
    Page::with_script("/assisters.js")
        .head(&format!(
            "<style>body {{ margin: 0; padding: 6vmin; background: {paper}; color: {ink}; font: 17px/1.6 Georgia, serif; min-height: 180vh }} main {{ max-width: 620px }}</style>\
             <script>document.documentElement.lang = '{lang}'; document.documentElement.dir = '{dir}';</script>"
        ))
        .body("<main><h2>Nordvik Boots</h2><p>Boots and shoes from Bergen, since 1978. Repaired for as long as you wear them.</p></main>")
}

struct Walk<'a, See> {
    driver: &'a WebDriver,
    api: &'a FaultServer,
    look: Look,
    words: &'static Words,
    see: See,
}

/// Leads a widget through every state of [`STATES`] and calls `see` in each.
///
/// # Panics
/// When a state is not reached.
pub async fn walk(driver: &WebDriver, api: &FaultServer, look: Look, see: impl AsyncFnMut(&str)) {
    let words = if look.is_right_to_left { &ARABIC } else { &ENGLISH };
    let mut walk = Walk { driver, api, look, words, see };
    walk.conversation().await;
    walk.failures().await;
    walk.going_on().await;
    walk.days().await;
    walk.files().await;
    walk.tools().await;
    walk.extras().await;
}

impl<See: AsyncFnMut(&str)> Walk<'_, See> {
    /// Lets whatever moves come to rest, and has it looked at.
    async fn see(&mut self, state: &str) {
        assert!(STATES.contains(&state), "{state} is missing in STATES");
        let settled = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
             const moving = [document, ...[...document.querySelectorAll('assisters-chat')].map((host) => host.shadowRoot)].flatMap((root) => root.getAnimations());
             await Promise.allSettled(moving.filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished));";
        run_async(self.driver, settled).await;
        (self.see)(state).await;
    }

    /// Loads the page anew with a widget that has these options beside the usual ones.
    async fn mount(&mut self, options: &str) -> Chat<'_> {
        let url = self.api.page("/page", &page(self.look));
        self.driver.goto(&url).await.expect("the page loads");
        let Words { title, greeting, suggestions, .. } = self.words;
        let theme = if self.look.is_dark { "dark" } else { "light" };
        let own = json!({
            "assistant": "helper", "apiUrl": self.api.api_url(), "persist": "none", "theme": theme,
            "title": title, "greeting": greeting, "suggestions": suggestions,
        });
        let returned =
            run_async(self.driver, &format!("window.chat = await Assisters.mount({{ ...{own}, ...{options} }});")).await;
        assert!(returned.get("thrown").is_none(), "{returned}");
        self.chat()
    }

    fn chat(&self) -> Chat<'_> {
        Chat::nth(self.driver, 0)
    }

    async fn script(&self, script: &str) -> serde_json::Value {
        self.chat().script(script).await
    }

    async fn until_in(&self, selector: &str) {
        let script = format!("return Boolean(root.querySelector({selector:?})?.checkVisibility());");
        until(selector.to_owned(), async || match self.script(&script).await.as_bool() {
            Some(true) => Ok(()),
            other => Err(format!("{other:?}")),
        })
        .await;
    }

    async fn conversation(&mut self) {
        let words = self.words;
        self.mount("{}").await;
        self.see("closed").await;
        self.api.answer(Stream::new(Dialect::Chat).words(words.short).end(&[]));
        run_async(self.driver, &format!("chat.sendMessage({});", json!(words.suggestions[2]))).await;
        self.chat().until("the badge", |state| state.badge == "1").await;
        self.see("unread").await;

        self.mount("{}").await.open().await;
        self.see("empty").await;
        self.chat().click("menu-button").await;
        self.until_in(".menu").await;
        self.see("menu").await;
        self.script("root.querySelector('.menu-button').click();").await;
        let (awaited, written) = (Gate::new(), Gate::new());
        let (first, rest) = words.long.split_at(words.long.find("1. ").unwrap_or_default());
        self.api.answer(Stream::bare(Dialect::Chat).wait(&awaited).start().words(first).wait(&written).words(rest).end(&[
            (words.source, "https://shop.example/help/sizes"),
            ("Returns and exchanges within one hundred days, also for shoes that were worn", "https://shop.example/help/returns"),
        ]));
        self.chat().click("suggestion").await;
        self.until_in(".typing").await;
        self.see("awaiting").await;
        awaited.open();
        self.until_in("table").await;
        self.see("streaming").await;
        written.open();
        self.chat().until("the answer", |state| state.answer_is("done")).await;
        self.see("answer").await;
        self.script("root.querySelector('.source').focus();").await;
        self.until_in(".preview").await;
        self.see("preview").await;
        self.script("root.querySelector('[data-action=feedback-up]').click(); root.querySelector('[data-action=copy]').focus();")
            .await;
        self.see("actions").await;

        let end = Gate::new();
        self.api.answer(Stream::new(Dialect::Chat).words(words.short).wait(&end).words("\n\n").words(words.long).end(&[]));
        self.chat().ask(words.suggestions[2]).await;
        self.chat().until("the first words", |state| state.answer().text.len() > 20).await;
        self.script("const list = root.querySelector('.messages'); list.scrollBy(0, -60); list.scrollBy(0, -500);").await;
        self.until_in(".jump").await;
        end.open();
        self.chat().until("the answer", |state| state.answer_is("done")).await;
        self.see("jump").await;
        self.chat().click("jump").await;
        self.script("root.querySelector('.message-user:nth-last-child(2) [data-action=edit]').click();").await;
        self.until_in(".editor").await;
        self.script("root.querySelector('.editor').scrollIntoView({ block: 'center' });").await;
        self.see("editing").await;
    }

    async fn failures(&mut self) {
        let words = self.words;
        self.mount("{}").await.open().await;
        let never = Gate::new();
        self.api.answer(Stream::new(Dialect::Chat).words(words.short).wait(&never).end(&[]));
        self.chat().ask(words.question).await;
        self.chat().until("the first words", |state| state.answer().text.len() > 20).await;
        self.chat().click("stop").await;
        self.chat().until("the stop", |state| state.answer_is("stopped")).await;
        self.see("stopped").await;
        let cut = Gate::new();
        self.api.answer(Stream::new(Dialect::Chat).words(words.short).wait(&cut).cut());
        self.chat().ask(words.suggestions[0]).await;
        self.chat().until("the first words", |state| state.answer().text.len() > 20).await;
        cut.open();
        self.chat().until("the failure", |state| state.answer_is("failed")).await;
        self.see("failed").await;
        self.api.answer(Answer::error(402, "insufficient_funds"));
        self.chat().ask(words.suggestions[2]).await;
        self.chat().until("the refusal", |state| state.messages.len() == 6 && state.answer_is("failed")).await;
        self.see("refused").await;
        self.api.answer(Answer::error(429, "rate_limit_exceeded").header("retry-after", "30"));
        self.chat().ask(words.question).await;
        self.chat().until("the countdown", |state| !state.notice.is_empty()).await;
        self.see("rate-limited").await;
        let long_draft = [words.short, words.short, words.short, words.short].join(" ");
        self.chat().write(&long_draft).await;
        self.see("draft").await;
    }

    /// Questions to go on with, and the menu of a conversation.
    async fn going_on(&mut self) {
        let words = self.words;
        self.mount(&format!("{{ extras: {{ sound: true, followUps: {} }} }}", json!(words.suggestions))).await.open().await;
        self.api.answer(Stream::new(Dialect::Chat).words(words.short).end(&[(words.source, "https://shop.example/help/sizes")]));
        self.chat().ask_and_wait(words.suggestions[2]).await;
        self.until_in(".follow-ups").await;
        self.see("follow-ups").await;
        self.chat().click("menu-button").await;
        self.until_in(".menu").await;
        self.see("menu-talking").await;
    }

    async fn days(&mut self) {
        let Words { question, short, suggestions, .. } = self.words;
        let rows = json!([
            [6, "user", question],
            [6, "assistant", short],
            [1, "user", suggestions[0]],
            [1, "user", question],
            [1, "assistant", short],
            [0, "user", suggestions[2]],
            [0, "assistant", short]
        ]);
        let never = Gate::new();
        self.api.route("GET", "/v1/sessions/", move |_| Answer::new(404, "text/plain", "").behind(&never));
        self.mount("{ sessionId: 'earlier' }").await.open().await;
        self.until_in(".skeleton").await;
        self.see("loading").await;
        let messages = format!(
            "{{ messages: {rows}.map(([days, role, content]) => ({{ role, content, createdAt: new Date(Date.now() - days * 864e5).toISOString() }})) }}"
        );
        self.mount(&messages).await.open().await;
        self.until_in(".day").await;
        self.until_in(".message-assistant .rich-text p").await;
        self.see("days").await;
    }

    /// One file is ready, one has failed, one was refused.
    async fn files(&mut self) {
        let upload = "{ attachments: { upload: async (file, { progress }) => {
               progress(0.6);
               if (file.name.startsWith('receipt')) throw new Error('of the studio');
               return { url: 'https://shop.example/' + file.name };
             } } }";
        self.mount(upload).await.open().await;
        self.chat().part("attach").await;
        let give = "const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
             const pen = canvas.getContext('2d');
             pen.fillStyle = '#f3722c';
             pen.fillRect(0, 0, 64, 48);
             const image = await new Promise((made) => canvas.toBlob(made));
             const dataTransfer = new DataTransfer();
             for (const [content, name, type] of [[image, 'torn-seam.png', 'image/png'], ['%PDF-1.7', 'receipt.pdf', 'application/pdf'], ['MZ', 'report.exe', 'application/x-msdownload']])
               dataTransfer.items.add(new File([content], name, { type }));
             const root = document.querySelector('assisters-chat').shadowRoot;
             root.querySelector('.messages').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true }));";
        assert!(run_async(self.driver, give).await.get("thrown").is_none());
        self.chat().part("attach-retry").await;
        self.until_in(".attach-item[data-state=ready]").await;
        self.see("files").await;
    }

    async fn tools(&mut self) {
        self.mount("{ dialect: 'informer', debug: true, tools: { cancel_order: { title: 'Cancel order 1042', confirm: 'Cancel order 1042 for good?', run: () => ({ state: 'cancelled' }) } } }")
            .await
            .open()
            .await;
        let thinking = Gate::new();
        let input = json!({"number": 1042, "aiProgressMessage": "Looking up order 1042…"});
        self.api.answer(
            Stream::bare(Dialect::Informer)
                .frame(&json!({"type": "start", "messageId": "msg_e2e"}))
                .frame(&json!({"type": "reasoning-delta", "id": "r", "delta": "The visitor asks for order 1042. I look it up first."}))
                .wait(&thinking)
                .frame(&json!({"type": "tool-input-available", "toolCallId": "c1", "toolName": "find_order", "input": input}))
                .frame(&json!({"type": "tool-output-available", "toolCallId": "c1", "output": {"number": 1042, "state": "sent"}}))
                .frame(&json!({"type": "tool-input-available", "toolCallId": "c2", "toolName": "find_parcel", "input": {"order": 1042}}))
                .frame(&json!({"type": "tool-output-error", "toolCallId": "c2", "errorText": "The carrier did not answer."}))
                .words(self.words.short)
                .end(&[("Orders", "https://shop.example/orders/1042")]),
        );
        self.chat().ask(self.words.question).await;
        self.until_in(".reasoning[data-state=running]").await;
        self.see("thinking").await;
        thinking.open();
        self.chat().until("the end", |state| state.answer_is("done")).await;
        self.api.answer(Dialect::Informer.calls("I can do that.", "c3", "cancel_order", &json!({"number": 1042})));
        self.chat().ask("Please cancel it").await;
        self.until_in(".question").await;
        self.see("tool-question").await;
        self.chat().click("allow").await;
        self.chat().until("the end", |state| state.answer_is("done")).await;
        self.script("root.querySelectorAll('details').forEach((one) => (one.open = true)); root.querySelector('.messages').scrollTop = 0;").await;
        self.see("tools").await;
    }

    /// What only some pages have.
    async fn extras(&mut self) {
        let words = self.words;
        let hours = "hours: { timeZone: 'UTC', open: { [new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }).format(Date.now() + 2 * 864e5).toLowerCase()]: '09:00-17:00' } }";
        let chat = self
            .mount(&format!(
                "{{ preload: 'idle', extras: {{ {hours}, greeter: {{ delaySecs: 0 }}, form: {{ consent: true }} }} }}"
            ))
            .await;
        chat.until("the engine", |state| state.engine).await;
        self.until_in(".greeter").await;
        self.see("greeter").await;
        self.script("root.querySelector('.greeter-text').click();").await;
        self.until_in(".form").await;
        self.until_in(".hours").await;
        self.see("form").await;
        self.script("root.querySelector('[name=email]').value = 'ada'; root.querySelector('.form-start').click();").await;
        self.until_in(".form-error:not(:empty)").await;
        self.see("form-wrong").await;

        self.mount("{ extras: { voice: true } }").await;
        let fake = "window.SpeechRecognition = class { start() {} stop() { this.onend(); } abort() { this.onend(); } };";
        run_async(self.driver, fake).await;
        self.chat().open().await;
        self.api.answer(Stream::new(Dialect::Chat).words(words.short).end(&[]));
        self.chat().ask_and_wait(words.question).await;
        self.until_in(".dictate").await;
        self.until_in(".read-aloud").await;
        self.script("root.querySelector('.dictate').click();").await;
        self.until_in(".voice-status").await;
        self.see("voice").await;
        self.script("root.querySelector('.dictate').click();").await;
        run_async(self.driver, "Object.defineProperty(navigator, 'onLine', { configurable: true, value: false }); dispatchEvent(new Event('offline'));").await;
        self.until_in(".offline").await;
        self.see("offline").await;
        if !self.look.screen.is_phone {
            run_async(self.driver, "delete navigator.onLine; dispatchEvent(new Event('online'));").await;
            self.until_in(".expand").await;
            self.script("root.querySelector('.expand').click();").await;
            self.until_in("[data-size=expanded]").await;
            self.see("expanded").await;
        }
    }
}
