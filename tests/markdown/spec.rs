//! The examples of the CommonMark specification.

use assisters_chat::markdown::parse;

use super::html;

/// One example: its number, what is written, what it means.
pub struct Example {
    pub number: usize,
    pub markdown: String,
    pub html: String,
}

/// Reads the examples of a specification in CommonMark's own format.
pub fn examples(text: &str) -> Vec<Example> {
    let fence = "`".repeat(32);
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != format!("{fence} example") {
            continue;
        }
        let take = |lines: &mut std::str::Lines, end: &str| {
            lines.take_while(|&line| line != end).map(|line| format!("{}\n", line.replace('→', "\t"))).collect::<String>()
        };
        let markdown = take(&mut lines, ".");
        let html = take(&mut lines, &fence);
        found.push(Example { number: found.len() + 1, markdown, html });
    }
    found
}

pub const COMMONMARK: &str = include_str!("commonmark-0.31.2.txt");

/// Examples of what GitHub adds and of answers as language models write them, in the same format. The HTML is that of cmark-gfm 0.29.
pub const GFM: &str = include_str!("gfm.txt");

/// Examples that come out differently, each with the reason. A listed one that passes must be removed from the list.
const DIFFERENT: &str = include_str!("different.txt");

#[test]
fn examples_of_the_specification() {
    let mut different: Vec<(usize, &str)> = Vec::new();
    for line in DIFFERENT.lines().filter(|line| !line.starts_with('#')) {
        let (numbers, reason) = line.split_once(": ").unwrap();
        different.extend(numbers.split(' ').map(|number| (number.parse::<usize>().unwrap(), reason)));
    }
    let all = examples(COMMONMARK);
    assert_eq!(all.len(), 652, "the file is complete");
    let mut failures = String::new();
    for Example { number, markdown, html } in &all {
        let (actual, expected) = (html::normalize(&html::render(&parse(markdown))), html::normalize(html));
        let listed = different.iter().any(|(listed, _)| listed == number);
        if (actual == expected) == listed {
            failures.push_str(&format!(
                "--- {number} {}\n{markdown}>>> expected\n{expected}\n>>> actual\n{actual}\n",
                if listed { "passes but is listed" } else { "" }
            ));
        }
    }
    assert!(failures.is_empty(), "{failures}");
    let without_html = all.len() - different.iter().filter(|(_, reason)| *reason == "raw HTML").count();
    let others = different.iter().filter(|(_, reason)| *reason != "raw HTML").count();
    assert!(others * 10 <= without_html, "{others} of {without_html} examples without raw HTML differ");
}

#[test]
fn examples_of_github() {
    let all = examples(GFM);
    assert!(all.len() > 50, "the file is complete");
    let mut failures = String::new();
    for Example { markdown, html, .. } in &all {
        let (actual, expected) = (html::normalize(&html::render(&parse(markdown))), html::normalize(html));
        if actual != expected {
            failures.push_str(&format!("---\n{markdown}>>> expected\n{expected}\n>>> actual\n{actual}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
