//! Every way to put the widget into a page that needs no build: each mounts one widget, streams an answer and goes without a trace.

use e2e::chat::{Chat, run, run_async, seen};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::files::read_dist;
use e2e::page::Page;
use e2e::script::{Answer, Gate, Stream};
use e2e::wait::until;
use e2e::world::{World, scenario};

/// Where widget and API are. A page of its own origin stands for the owner's.
struct Place {
    pages: FaultServer,
    cdn: FaultServer,
}

impl Place {
    async fn start() -> Self {
        Self { pages: FaultServer::start().await, cdn: FaultServer::start().await }
    }

    /// A script tag with further attributes.
    fn tag(&self, further: &str) -> String {
        format!(
            "<script src=\"{}\" data-assistant=\"helper\" data-api-url=\"{}\" {further}></script>",
            self.cdn.url("/assisters.js"),
            self.cdn.api_url()
        )
    }

    /// A script of a tag manager's, which adds the tag when the page has long been there.
    fn late_tag(&self) -> String {
        format!(
            "addEventListener('load', () => setTimeout(() => {{
               const tag = document.createElement('script');
               Object.assign(tag, {{ src: '{}', async: true }});
               Object.assign(tag.dataset, {{ assistant: 'helper', apiUrl: '{}' }});
               document.head.append(tag);
             }}));",
            self.cdn.url("/assisters.js"),
            self.cdn.api_url()
        )
    }

    /// An element, which needs a script.
    fn element(&self) -> String {
        format!("<assisters-chat assistant=\"helper\" api-url=\"{}\"></assisters-chat>", self.cdn.api_url())
    }

    /// The script that defines the element.
    fn element_script(&self) -> String {
        format!("<script type=\"module\" src=\"{}\"></script>", self.cdn.url("/element.mjs"))
    }

    async fn visit(&self, world: &World, page: &Page) {
        world.visit(&self.pages.page("/page", page)).await;
    }
}

/// Uses the one widget of a page, and takes it away by `removal`.
async fn use_and_remove(world: &World, place: &Place, removal: &str) {
    let end = Gate::new();
    place.cdn.answer(Stream::new(Dialect::Chat).words("one **two** ").wait(&end).words("three").end(&[]));
    let chat = world.chat();
    chat.open().await;
    chat.ask("hello").await;
    chat.until("the first words", |state| state.answer().text == "one two" && state.answer_is("streaming")).await;
    end.open();
    let state = chat.until("the end", |state| state.answer_is("done")).await;
    assert_eq!((state.questions(), state.answer().text.as_str()), (vec!["hello"], "one two three"));
    assert_eq!((widgets(world).await, place.cdn.sent().len()), (1, 1), "{}", place.cdn.log());
    run(world.driver(), removal).await;
    until("the widget to be gone", async || match widgets(world).await {
        0 => Ok(()),
        left => Err(left.to_string()),
    })
    .await;
    let seen = seen(world.driver()).await;
    assert_eq!((seen.details("load").len(), seen.failures, seen.console), (1, Vec::new(), Vec::new()));
}

/// Returns how many widgets there are: hosts with something in them.
async fn widgets(world: &World) -> u64 {
    let count = run(
        world.driver(),
        "return [...document.querySelectorAll('assisters-chat')].filter((host) => host.shadowRoot?.firstChild).length;",
    )
    .await;
    count.as_u64().unwrap_or_default()
}

/// A way, and the page that goes it.
type Way = (&'static str, fn(&Place) -> Page);

/// The same on a fresh place per row, for a page that `make` builds.
async fn in_every(world: &World, rows: &[Way], removal: &str) {
    for (what, make) in rows {
        let place = Place::start().await;
        place.visit(world, &make(&place)).await;
        let count = until(format!("a widget: {what}"), async || match widgets(world).await {
            0 => Err("none".to_owned()),
            count => Ok(count),
        });
        assert_eq!(count.await, 1, "{what}");
        use_and_remove(world, &place, removal).await;
    }
}

#[tokio::test]
async fn a_script_tag_wherever_it_stands() {
    scenario("a_script_tag_wherever_it_stands", async |world| {
        let rows: &[Way] = &[
            ("in the head", |place| Page::default().head(&place.tag(""))),
            ("in the head, async", |place| Page::default().head(&place.tag("async"))),
            ("in the head, defer", |place| Page::default().head(&place.tag("defer"))),
            ("at the end of the body", |place| Page::default().body(&place.tag(""))),
            ("twice", |place| Page::default().head(&place.tag("async")).body(&place.tag("async"))),
            ("three times in a row", |place| Page::default().body(&place.tag("").repeat(3))),
            ("in the head and late", |place| Page::default().head(&place.tag("")).script(&place.late_tag())),
            ("by a tag manager, late", |place| Page::default().script(&place.late_tag())),
        ];
        in_every(world, rows, "Assisters.destroy();").await;
    })
    .await;
}

#[tokio::test]
async fn an_element_before_and_after_its_script() {
    scenario("an_element_before_and_after_its_script", async |world| {
        let rows: &[Way] = &[
            ("before", |place| Page::default().body(&place.element()).body(&place.element_script())),
            ("after", |place| Page::default().head(&place.element_script()).body(&place.element())),
            ("script twice", |place| {
                Page::default().head(&place.element_script()).body(&place.element()).body(&place.element_script())
            }),
        ];
        in_every(world, rows, "document.querySelector('assisters-chat').remove();").await;
    })
    .await;
}

#[tokio::test]
async fn a_module_from_another_origin() {
    scenario("a_module_from_another_origin", async |world| {
        let rows: &[Way] = &[("import", |place| {
            let (module, api) = (place.cdn.url("/assisters.mjs"), place.cdn.api_url());
            Page::default().body(&format!(
                "<script type=\"module\">import {{ mount }} from '{module}'; window.chat = await mount({{ assistant: 'helper', apiUrl: '{api}' }});</script>"
            ))
        })];
        in_every(world, rows, "chat.destroy();").await;
    })
    .await;
}

#[tokio::test]
async fn every_file_under_a_path_of_the_owners() {
    scenario("every_file_under_a_path_of_the_owners", async |world| {
        let site = FaultServer::start().await;
        site.route("GET", "/static/vendor/chat/", |request| {
            let path = request.path.trim_start_matches("/static/vendor/chat").split('?').next().unwrap_or_default();
            read_dist(path)
                .map_or_else(|| Answer::error(404, "not_found"), |(media_type, bytes)| Answer::new(200, media_type, bytes))
        });
        // Without `data-api-url` the API is the script's origin plus /v1.
        let place = Place { pages: FaultServer::start().await, cdn: site };
        let page = Page::default()
            .head("<base href=\"/another/folder/\">")
            .body("<script src=\"/static/vendor/chat/assisters.js\" data-assistant=\"helper\" async></script>");
        world.visit(&place.cdn.page("/deep/page", &page)).await;
        use_and_remove(world, &place, "Assisters.destroy();").await;
        let strays = place
            .cdn
            .requests()
            .into_iter()
            .filter(|request| request.path.starts_with("/assets/") || request.path.starts_with("/another/"));
        assert_eq!(strays.count(), 0, "{}", place.cdn.log());
    })
    .await;
}

#[tokio::test]
async fn a_frame_that_its_parent_steers() {
    scenario("a_frame_that_its_parent_steers", async |world| {
        let place = Place::start().await;
        let address = format!(
            "{}?assistant=helper&api-url={}&parentOrigin={}",
            place.cdn.url("/frame.html"),
            place.cdn.api_url(),
            place.pages.origin()
        );
        let listen = format!(
            "window.told = [];
             addEventListener('message', ({{ data, origin }}) => origin == '{}' && told.push(data));
             window.call = (name, ...args) => frames[0].postMessage({{ assisters: 'call', id: name, name, args }}, '*');",
            place.cdn.origin()
        );
        let page =
            Page::default().script(&listen).body(&format!("<iframe src=\"{address}\" width=\"500\" height=\"600\"></iframe>"));
        place.visit(world, &page).await;
        let driver = world.driver();
        let told = async |what: &str, test: &str| {
            until(what.to_owned(), async || {
                let found = run(driver, &format!("return told.find((data) => {test}) ?? null;")).await;
                if found.is_null() { Err(run(driver, "return told;").await.to_string()) } else { Ok(found) }
            })
            .await
        };
        told("the first word", "data.assisters == 'hello'").await;
        told("the panel", "data.name == 'load'").await;
        run(driver, "call('sendMessage', 'from outside');").await;
        let answer = told("the answer", "data.name == 'message'").await;
        assert_eq!(answer["detail"]["content"], "You said: from outside");
        run(driver, "call('messages');").await;
        let result = told("the transcript", "data.id == 'messages'").await;
        assert_eq!(result["value"].as_array().map(Vec::len), Some(2));
        run(driver, "call('destroy');").await;
        let refused = told("the refusal", "data.id == 'destroy'").await;
        assert!(refused["error"].as_str().is_some_and(|error| error.contains("expected open")), "{refused}");

        driver.enter_frame(0).await.unwrap();
        let state = Chat::nth(driver, 0).state().await;
        assert_eq!((state.answer().text.as_str(), state.open), ("You said: from outside", true));
        driver.enter_default_frame().await.unwrap();
        run(driver, "document.querySelector('iframe').remove();").await;

        // Another page may frame it, but not steer it.
        let stranger = Page::default().script(&listen).body(&format!("<iframe src=\"{address}\"></iframe>"));
        world.visit(&FaultServer::start().await.page("/page", &stranger)).await;
        driver.enter_frame(0).await.unwrap();
        Chat::nth(driver, 0).until("the panel", |state| state.open).await;
        driver.enter_default_frame().await.unwrap();
        run(driver, "call('sendMessage', 'from a stranger');").await;
        // An answer would come in the same order as this one, which the page gives itself.
        run_async(driver, "await new Promise((go) => { addEventListener('message', go); postMessage('own', '*'); });").await;
        assert_eq!(run(driver, "return told;").await, serde_json::json!([]));
        assert_eq!(place.cdn.sent().len(), 1, "{}", place.cdn.log());
    })
    .await;
}
