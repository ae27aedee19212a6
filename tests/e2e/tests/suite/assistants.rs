//! Who answers: what an assistant says of itself, and the choice between several.

use e2e::chat::{run, run_async};
use e2e::dialect::Dialect;
use e2e::fault::FaultServer;
use e2e::script::{Answer, Stream};
use e2e::wait::until;
use e2e::world::scenario;
use serde_json::{Value, json};

use crate::support::{mount, script_page, widget_page};

/// Has the server describe two assistants, one at a time and in a list.
fn describe_two(server: &FaultServer) {
    let cards = [
        json!({"id": "asst_1", "slug": "helper", "name": "Ada", "description": "Knows the shop", "rating": 4.75}),
        json!({"id": "asst_2", "slug": "tailor", "name": "Coco", "description": "Kennt Stoffe", "language": "de", "voice": "alloy"}),
    ];
    let listed = json!({"assistants": cards, "total": 2, "has_more": false});
    for (slug, card) in ["helper", "tailor"].into_iter().zip(cards) {
        server.route("GET", &format!("/v1/assistants/{slug}"), move |_| Answer::json(200, &card));
    }
    server.route("GET", "/v1/assistants?", move |_| Answer::json(200, &listed));
}

#[tokio::test]
async fn the_header_says_what_the_assistant_is() {
    scenario("the_header_says_what_the_assistant_is", async |world| {
        let server = FaultServer::start().await;
        describe_two(&server);
        let chat = world.chat_at(&widget_page(&server, Dialect::Chat, &[])).await;
        chat.open().await;
        let said = "return ['title', 'rating', 'status'].map((part) => root.querySelector(`[part~=${part}]`)?.textContent);";
        until("the card", async || match chat.script(said).await {
            said if said == json!(["Ada", "★ 4.8", "★ 4.8Knows the shop"]) => Ok(()),
            said => Err(said.to_string()),
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_visitor_chooses_who_answers_and_each_has_a_conversation_of_its_own() {
    scenario("a_visitor_chooses_who_answers", async |world| {
        let server = FaultServer::start().await;
        describe_two(&server);
        for text in ["From Ada", "Von Coco"] {
            server.answer(Stream::new(Dialect::Chat).words(text).end(&[]));
        }
        world.visit(&script_page(&server)).await;
        mount(world, &server, "chat", &json!({"assistant": "helper", "extras": {"assistants": ["helper", "tailor"]}})).await;
        run_async(world.driver(), "chat.open();").await;
        let chat = world.chat();
        let offered = "const choice = root.querySelector('.assistants'); return choice && [choice.ariaLabel, choice.value, ...[...choice.options].map((option) => option.textContent)];";
        let expect_offer = async |expected: Value| {
            until("the choice", async || match chat.script(offered).await {
                offered if offered == expected => Ok(()),
                offered => Err(offered.to_string()),
            })
            .await;
        };
        expect_offer(json!(["Who answers", "helper", "Ada · ★ 4.8", "Coco"])).await;
        assert_eq!(chat.ask_and_wait("to Ada").await.answer().text, "From Ada");

        let choose = |who: &str| {
            format!("const choice = root.querySelector('.assistants'); choice.value = '{who}'; choice.dispatchEvent(new Event('change')); return null;")
        };
        chat.script(&choose("tailor")).await;
        // The one who answers now speaks German, and so does the widget.
        expect_offer(json!(["Wer antwortet", "tailor", "Ada · ★ 4.8", "Coco"])).await;
        chat.until("an empty conversation", |state| state.messages.is_empty()).await;
        assert_eq!(chat.ask_and_wait("an Coco").await.answer().text, "Von Coco");
        let asked: Vec<_> = server.sent().iter().map(|request| request.json()["assistant"].clone()).collect();
        assert_eq!(asked, ["helper", "tailor"]);

        // Whatever else the page changes; until it names somebody itself.
        run(world.driver(), "chat.update({ title: 'Shop' });").await;
        expect_offer(json!(["Wer antwortet", "tailor", "Ada · ★ 4.8", "Coco"])).await;
        chat.script(&choose("helper")).await;
        let state = chat.until("the first conversation", |state| state.questions() == ["to Ada"]).await;
        assert_eq!(state.answer().text, "From Ada");
        expect_offer(json!(["Who answers", "helper", "Ada · ★ 4.8", "Coco"])).await;
    })
    .await;
}
