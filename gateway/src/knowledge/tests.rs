//! Which section answers which question, over the demo's own help pages.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use super::*;

fn demo() -> Knowledge {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/demo/knowledge");
    Knowledge::load(&[folder], "/help").unwrap()
}

fn best(knowledge: &Knowledge, question: &str, earlier: &[&str]) -> (String, f32) {
    let found = knowledge.search(&knowledge.query(question, earlier));
    found.first().map_or((String::new(), 0.0), |found| (knowledge.url(found.page, found.section).unwrap(), found.relevance))
}

#[test]
fn questions_find_their_section() {
    let knowledge = demo();
    let mut wrong = Vec::new();
    for (question, expected) in [
        ("Can I return shoes I already wore?", "/help/returns#worn-or-washed-items"),
        ("can i give back boots that i've worn", "/help/returns#worn-or-washed-items"),
        ("How long does delivery to Norway take?", "/help/shipping#how-long-does-delivery-to-norway-take"),
        ("do you deliver to germany", "/help/shipping#do-you-ship-to-germany"),
        ("When do I get my money back?", "/help/returns#when-do-i-get-my-refund"),
        ("whats the shoe size chart", "/help/sizes#shoe-size-chart"),
        ("I'm between two sizes, which one?", "/help/sizes#which-size-should-i-take-if-i-am-between-two-sizes"),
        ("is klarna ok?", "/help/payment#is-klarna-accepted"),
        ("my zip is broken", "/help/warranty#my-zipper-broke-after-a-year"),
        ("Which payment methods do you accept?", "/help/payment#which-payment-methods-can-i-use"),
        ("My parcel never arrived, it's lost", "/help/shipping#my-parcel-is-late-or-lost"),
        ("Are you open on Sundays?", "/help/stores#opening-hours"),
        ("How can I cancel my order?", "/help/orders#can-i-cancel-an-order"),
        ("my card was declined", "/help/payment#my-payment-was-declined"),
        ("can I bring my dog to the shop", "/help/stores#wheelchair-access-dogs-and-parking"),
        ("do I need the reciept for the warranty?", "/help/warranty#do-i-need-the-receipt"),
        ("phone number", "/help/contact#how-can-i-reach-you"),
        ("How long does shipping to Sweden take?", "/help/shipping#delivery-times-and-prices"),
        ("What is your return policy?", "/help/returns"),
        ("Where are your stores located?", "/help/stores"),
        ("What pricing plans do you offer for shipping to the UK?", "/help/shipping#delivery-times-and-prices"),
        ("What are your business hours?", "/help/stores#opening-hours"),
        ("Tell me about gift cards", "/help/gift-cards"),
        ("coupon codes", "/help/payment#discount-codes"),
    ] {
        let (found, relevance) = best(&knowledge, question, &[]);
        if found != expected || relevance < 0.4 {
            wrong.push(format!("{question}: {found} ({relevance:.2}), expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_not_there_is_not_found() {
    let knowledge = demo();
    for question in [
        "What is the capital of France?",
        "Who won the world cup in 1998?",
        "Write me a poem about quantum physics",
        "",
        "???",
        "asdfgh",
    ] {
        let (found, relevance) = best(&knowledge, question, &[]);
        assert!(relevance < 0.3, "{question}: {found} ({relevance:.2})");
    }
}

#[test]
fn a_fragment_is_understood_after_the_question_before_it() {
    let knowledge = demo();
    let (found, _) = best(&knowledge, "and to Germany?", &["How long does delivery to Norway take?"]);
    assert!(found.starts_with("/help/shipping"), "{found}");
    let (found, _) = best(&knowledge, "And Sweden?", &["and to Germany?", "How long does delivery to Norway take?"]);
    assert!(found.starts_with("/help/shipping"), "{found}");
    let (found, _) = best(&knowledge, "How much does it cost?", &["Do you have express delivery?"]);
    assert_eq!(found, "/help/shipping#express-delivery");
}

#[test]
fn pages_come_and_go() {
    let mut knowledge = demo();
    let question = "What is the wingspan of a heron?";
    let n_sections = knowledge.n_sections();
    assert_eq!(best(&knowledge, question, &[]).1, 0.0);
    let page = Page::of_document(
        "birds".into(),
        Place::Web("https://birds.example/".into()),
        "",
        "## Heron {#h}\n\nIts wingspan is 2 m.".into(),
    );
    for _ in 0..3 {
        knowledge.add(page.clone());
        let (found, relevance) = best(&knowledge, question, &[]);
        assert!(found == "https://birds.example/#h" && relevance > 0.9, "{found} ({relevance:.2})");
        // What was there before is found as well as before, and nothing is left behind.
        assert_eq!(best(&knowledge, "my zip is broken", &[]).0, "/help/warranty#my-zipper-broke-after-a-year");
        knowledge.retain(|page| page.slug != "birds");
        assert_eq!((best(&knowledge, question, &[]).1, knowledge.n_sections()), (0.0, n_sections));
        assert!(knowledge.page("birds").is_none());
    }
}

#[test]
fn every_section_is_reachable() {
    let knowledge = demo();
    assert!(knowledge.pages().len() >= 12 && knowledge.n_sections() > 60);
    for page in knowledge.pages() {
        let html = knowledge.render(&page.slug).unwrap().content;
        for anchor in page.sections.iter().filter_map(|section| section.anchor.as_ref()) {
            assert!(html.contains(&format!("id=\"{anchor}\"")), "{}#{anchor}", page.slug);
        }
    }
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let error = Knowledge::load(&["/nowhere/at/all".into()], "/help").err().unwrap().to_string();
    assert!(error.contains("/nowhere/at/all") && error.contains("--knowledge"), "{error}");
}
