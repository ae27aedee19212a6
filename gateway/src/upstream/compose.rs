//! Question → answer in the knowledge's own words. Pure: no stream, no clock.
//!
//! An answer quotes whole sentences, list items and tables of the sections that fit best; it makes nothing up.

use assisters_chat::protocol::Source;

use super::courtesy::courtesy;
use super::quote;
use crate::knowledge::{Found, Knowledge};

/// Below this a section has too little to do with the question.
const FOUND_RELEVANCE: f32 = 0.34;

/// Below this it is not even named.
const NEAR_RELEVANCE: f32 = 0.2;

/// Below this the answer says that it may not be what was meant.
const CERTAIN_RELEVANCE: f32 = 0.55;

/// A further section is quoted when it fits nearly as well as the best one.
const FURTHER_SHARE: f32 = 0.75;

const SECTIONS_LIMIT: usize = 3;

/// Topics named when nothing was found.
const TOPICS_LIMIT: usize = 8;

/// An answer in Markdown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Composed {
    pub(super) text: String,
    pub(super) sources: Vec<Source>,
    /// Whether nothing was found.
    pub(super) is_nothing: bool,
}

/// Answers a question; one of few words is understood after the `earlier` ones, the latest first.
pub(super) fn compose(knowledge: &Knowledge, question: &str, earlier: &[&str]) -> Composed {
    if let Some(courtesy) = courtesy(question) {
        return Composed { text: format!("{courtesy} {}", offer(knowledge)), sources: Vec::new(), is_nothing: false };
    }
    let query = knowledge.query(question, earlier);
    let found = knowledge.search(&query);
    let Some(best) = found.first().filter(|found| found.relevance >= FOUND_RELEVANCE) else {
        return Composed { text: not_found(knowledge, &found), sources: Vec::new(), is_nothing: true };
    };
    let limit = (best.relevance * FURTHER_SHARE).max(FOUND_RELEVANCE);
    let further = found.iter().skip(1).filter(|found| found.relevance >= limit).take(SECTIONS_LIMIT - 1);

    let mut text = lead_in(best);
    text.push_str("\n\n");
    let quoted = quote::section(knowledge, &query, &best.section.blocks);
    text.push_str(&knowledge.quotable(best.page, &quoted));
    let mut sources = vec![source(knowledge, best)];
    for found in further {
        let quoted = quote::best_part(knowledge, &query, &found.section.blocks);
        if quoted.is_empty() {
            continue;
        }
        // A list or a table begins on a line of its own.
        let gap = if quoted.starts_with(['|', '-', '*', '+', '`']) || quoted.contains('\n') { "\n\n" } else { " " };
        let quoted = knowledge.quotable(found.page, &quoted);
        text.push_str(&format!("\n\n**{}:**{gap}{quoted}", found.headline()));
        sources.push(source(knowledge, found));
    }
    Composed { text, sources, is_nothing: false }
}

/// Says that nothing was found, where the nearest is, and what can be asked.
fn not_found(knowledge: &Knowledge, found: &[Found<'_>]) -> String {
    let near = found.iter().filter(|found| found.relevance >= NEAR_RELEVANCE).take(SECTIONS_LIMIT);
    let link = |found: &Found<'_>| match knowledge.url(found.page, found.section) {
        Some(url) => format!("[{}]({url})", found.headline()),
        None => format!("*{}*", found.headline()),
    };
    let links: Vec<String> = near.map(link).collect();
    let place = knowledge.name();
    let perhaps = if links.is_empty() { String::new() } else { format!(" Perhaps this helps: {}.", links.join(", ")) };
    format!("I did not find that in {place} I answer from.{perhaps} {}", offer(knowledge))
}

/// Says what can be asked.
fn offer(knowledge: &Knowledge) -> String {
    let mut titles = knowledge.pages().iter().map(|page| page.title.as_str()).take(TOPICS_LIMIT).collect::<Vec<_>>();
    let others = knowledge.pages().len().saturating_sub(titles.len());
    match titles.pop() {
        None => "There is nothing here yet that I could answer from.".to_owned(),
        Some(only) if titles.is_empty() => format!("I can answer questions about *{only}*."),
        Some(last) => {
            let more = if others > 0 { ", and more" } else { "" };
            let and = if others > 0 { ", " } else { " and " };
            let titles = titles.iter().map(|title| format!("*{title}*")).collect::<Vec<_>>().join(", ");
            format!("I can answer questions about {titles}{and}*{last}*{more}.")
        }
    }
}

fn lead_in(best: &Found<'_>) -> String {
    let title = best.headline();
    if best.relevance >= CERTAIN_RELEVANCE {
        format!("From **{title}**:")
    } else {
        format!("I am not sure that I understood you. The closest I found is **{title}**:")
    }
}

fn source(knowledge: &Knowledge, found: &Found<'_>) -> Source {
    Source { title: found.headline(), url: knowledge.url(found.page, found.section), relevance: Some(found.rounded_relevance()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use std::path::Path;

    use super::*;

    fn demo() -> Knowledge {
        Knowledge::load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/demo/knowledge")], "/help").unwrap()
    }

    #[test]
    fn an_answer_quotes_the_section_and_cites_it() {
        let answer = compose(&demo(), "Can I return shoes I already wore?", &[]);
        assert!(answer.text.contains("Yes, you can return shoes you have already worn"), "{}", answer.text);
        assert!(answer.text.contains("| Tried shoes or boots on at home"), "{}", answer.text);
        let best = &answer.sources[0];
        assert_eq!(best.url.as_deref(), Some("/help/returns#worn-or-washed-items"));
        assert_eq!(best.title, "Returns and exchanges – Worn or washed items");
        assert!(best.relevance.unwrap() > 0.8);
        assert!(answer.sources.len() <= SECTIONS_LIMIT);
    }

    #[test]
    fn every_word_of_an_answer_is_the_author_s() {
        let knowledge = demo();
        let written: String = knowledge.pages().iter().map(|page| page.markdown.as_str()).collect();
        for question in [
            "How long does delivery to Norway take?",
            "my zip is broken",
            "Is Klarna accepted?",
            "shoe size chart",
            "opening hours",
        ] {
            let answer = compose(&knowledge, question, &[]);
            for paragraph in answer.text.split("\n\n").skip(1) {
                let quoted =
                    paragraph.strip_prefix("**").and_then(|rest| rest.split_once(":**")).map_or(paragraph, |(_, quoted)| quoted);
                let all_there =
                    quote::sentences(quoted).iter().all(|sentence| sentence.lines().all(|line| written.contains(line)));
                assert!(all_there, "{question}: {paragraph}");
            }
            assert!(!answer.sources.is_empty(), "{question}");
        }
    }

    #[test]
    fn says_plainly_when_it_found_nothing() {
        let answer = compose(&demo(), "What is the capital of France?", &[]);
        assert!(answer.text.starts_with("I did not find that in the pages I answer from."), "{}", answer.text);
        assert!(answer.text.contains("*Returns and exchanges*") || answer.text.contains("and more"), "{}", answer.text);
        assert_eq!(answer.sources, []);
    }

    #[test]
    fn a_long_section_is_cut_to_what_fits() {
        let filler = "Nothing about that here at all, only words that fill the line. ".repeat(8);
        let markdown = format!(
            "# Help\n\n## Parcels\n\n{filler}\n\nYou need:\n\n- a unicorn label\n- a box\n\n{filler}The label of the unicorn is blue. {filler}\n"
        );
        let knowledge = Knowledge::of_pages(vec![crate::knowledge::Page::parse("help".into(), markdown)], "/help");
        let answer = compose(&knowledge, "unicorn label parcels", &[]);
        assert!(answer.text.contains("You need:\n\n- a unicorn label\n- a box"), "{}", answer.text);
        assert!(answer.text.contains("The label of the unicorn is blue."), "{}", answer.text);
        assert!(answer.text.split_whitespace().count() < 160, "{}", answer.text);
    }
}
