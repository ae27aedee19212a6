//! Finds the sections that fit a question: BM25 over the sections, weighted by how much of the question they cover.

use std::collections::{BTreeMap, HashMap, HashSet};

use bm25::{Embedder, EmbedderBuilder, Scorer, Tokenizer};

use super::section::Page;
use super::words::{Words, is_one_slip_apart};

/// How much a synonym counts beside the word itself.
const SYNONYM_WEIGHT: f32 = 0.6;

/// How much a question word counts beside one that names the subject.
const QUESTION_WORD_EMPHASIS: f32 = 0.1;

/// How much the words of the question before count in a question of few words.
const EARLIER_EMPHASIS: f32 = 0.6;

/// A section's heading says what it is about: it counts as often as this in its text.
const HEADING_REPEATS: usize = 3;

/// How much a section gains whose heading is asked for word by word.
const HEADING_BOOST: f32 = 1.0;

/// How much a section gains whose page has the question for its title; its opening most: "returns" asks for no detail.
const TITLE_BOOST: f32 = 0.3;
const OPENING_BOOST: f32 = 0.9;

/// A shorter word is as likely another word as a slip of the finger.
const SLIP_LETTERS: usize = 6;

/// The index over all sections.
pub(super) struct Index {
    words: Words,
    embedder: Embedder<u32, Whitespace>,
    scorer: Scorer<usize>,
    sections: Vec<Indexed>,
    /// Term → number of sections that have it.
    frequencies: BTreeMap<String, usize>,
}

/// What is known of a section beside its scores.
struct Indexed {
    terms: HashSet<String>,
    /// What its heading is about.
    heading: HashSet<String>,
    /// What its page is about.
    title: HashSet<String>,
    /// Whether the page begins with it.
    is_opening: bool,
}

/// Splits what [`Words`] made into terms.
struct Whitespace;

impl Tokenizer for Whitespace {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(' ').filter(|term| !term.is_empty()).map(str::to_owned).collect()
    }
}

/// A question, ready to be looked up.
#[derive(Clone, Debug)]
pub struct Query {
    terms: Vec<QueryTerm>,
    refers_back: bool,
}

#[derive(Clone, Debug)]
struct QueryTerm {
    term: String,
    synonyms: Vec<String>,
    /// How much it belongs to the subject of the question, from 0 to 1.
    emphasis: f32,
    /// How few sections have it.
    rarity: f32,
    /// Whether it was said in a question before.
    is_earlier: bool,
}

impl QueryTerm {
    /// How much of the question's sense the term carries.
    fn weight(&self) -> f32 {
        self.emphasis * self.rarity
    }

    /// How much of the term is among the terms of a text.
    fn presence(&self, terms: &HashSet<String>) -> f32 {
        if terms.contains(&self.term) {
            1.0
        } else if self.synonyms.iter().any(|synonym| terms.contains(synonym)) {
            SYNONYM_WEIGHT
        } else {
            0.0
        }
    }
}

/// A section that fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    /// Its place among all sections.
    pub(super) section_idx: usize,
    /// From 0 to 1.
    pub(super) relevance: f32,
}

impl Index {
    pub(super) fn new(pages: &[Page]) -> Self {
        let words = Words::new();
        let documents: Vec<String> = pages.iter().flat_map(|page| documents(&words, page)).collect();
        let places = pages.iter().flat_map(|page| page.sections.iter().map(move |section| (page, section)));
        let texts: Vec<&str> = documents.iter().map(String::as_str).collect();
        let embedder = EmbedderBuilder::<u32, Whitespace>::with_tokenizer_and_fit_to_corpus(Whitespace, &texts).build();
        let mut scorer = Scorer::new();
        let mut sections = Vec::new();
        let mut frequencies = BTreeMap::new();
        for ((section_idx, text), (page, section)) in texts.iter().enumerate().zip(places) {
            scorer.upsert(&section_idx, embedder.embed(text));
            let terms: HashSet<String> = Whitespace.tokenize(text).into_iter().collect();
            for term in &terms {
                *frequencies.entry(term.clone()).or_insert(0) += 1;
            }
            let (heading, title) = (subject(&words, &section.heading), subject(&words, &page.title));
            sections.push(Indexed { terms, heading, title, is_opening: section.anchor.is_none() });
        }
        Self { words, embedder, scorer, sections, frequencies }
    }

    /// Reads a question. An unknown word that is one slip away from a known one is taken for it.
    pub(super) fn query(&self, question: &str) -> Query {
        let mut terms: Vec<QueryTerm> = Vec::new();
        for term in self.words.terms(question) {
            let is_known = self.frequencies.contains_key(&term);
            let is_question_word = self.words.is_question_word(&term);
            // A word of asking that no page has says nothing about what is asked.
            if is_question_word && !is_known {
                continue;
            }
            let term = if is_known { term } else { self.correct(&term).unwrap_or(term) };
            if terms.iter().any(|known| known.term == term) {
                continue;
            }
            let synonyms = self.words.synonyms(&term).to_vec();
            let emphasis = if is_question_word { QUESTION_WORD_EMPHASIS } else { 1.0 };
            terms.push(QueryTerm { rarity: self.rarity(&term), term, synonyms, emphasis, is_earlier: false });
        }
        Query { terms, refers_back: self.words.refers_back(question) }
    }

    /// Returns the sections that fit, best first.
    pub(super) fn search(&self, query: &Query) -> Vec<Match> {
        let mut scores: HashMap<usize, f32> = HashMap::new();
        for term in &query.terms {
            let own = self.scorer.matches(&self.embedder.embed(&term.term));
            let own_idxs: HashSet<usize> = own.iter().map(|found| found.id).collect();
            for found in own {
                *scores.entry(found.id).or_default() += term.emphasis * found.score;
            }
            // A section that has the word itself gains nothing by its synonyms.
            for found in self.scorer.matches(&self.embedder.embed(&term.synonyms.join(" "))) {
                if !own_idxs.contains(&found.id) {
                    *scores.entry(found.id).or_default() += term.emphasis * SYNONYM_WEIGHT * found.score;
                }
            }
        }
        let covered = scores.into_iter().map(|(section_idx, score)| {
            let Some(section) = self.sections.get(section_idx) else { return (section_idx, 0.0, 0.0) };
            let coverage = query.coverage(&section.terms);
            let title_boost = if section.is_opening { OPENING_BOOST } else { TITLE_BOOST };
            let about_page = query.coverage(&section.title) * self.share_asked(query, &section.title);
            let boost = 1.0 + HEADING_BOOST * self.share_asked(query, &section.heading).powi(2) + title_boost * about_page;
            (section_idx, score * coverage * boost, coverage)
        });
        let mut found: Vec<(usize, f32, f32)> = covered.collect();
        // The index breaks ties, so that the same question always gets the same answer.
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let best = found.first().map_or(1.0, |(_, score, _)| score.max(f32::MIN_POSITIVE));
        let mut limit = 1.0_f32;
        found
            .into_iter()
            .map(|(section_idx, score, coverage)| {
                // No section fits better than one that is ranked above it.
                limit = limit.min(coverage * (score / best).sqrt()).max(0.0);
                Match { section_idx, relevance: limit }
            })
            .collect()
    }

    /// Returns how well a text fits the question: the weight of the question's terms in it.
    pub(super) fn affinity(&self, query: &Query, text: &str) -> f32 {
        let terms: HashSet<String> = self.words.terms(text).into_iter().collect();
        query.terms.iter().map(|term| term.weight() * term.presence(&terms)).sum()
    }

    /// Returns the share of a heading that the question asks for, from 0 to 1: help pages' headings are questions themselves.
    fn share_asked(&self, query: &Query, heading: &HashSet<String>) -> f32 {
        let is_asked = |term: &String| query.terms.iter().any(|known| known.term == *term || known.synonyms.contains(term));
        let whole: f32 = heading.iter().map(|term| self.rarity(term)).sum();
        let asked: f32 = heading.iter().filter(|term| is_asked(term)).map(|term| self.rarity(term)).sum();
        if whole > 0.0 { asked / whole } else { 0.0 }
    }

    /// How much a term tells: the rarer the more (the same measure as BM25's).
    #[allow(clippy::cast_precision_loss, reason = "numbers of sections are small")]
    fn rarity(&self, term: &str) -> f32 {
        let total = self.sections.len() as f32;
        let frequency = self.frequencies.get(term).copied().unwrap_or_default() as f32;
        (1.0 + (total - frequency + 0.5) / (frequency + 0.5)).ln()
    }

    fn correct(&self, term: &str) -> Option<String> {
        if term.chars().count() < SLIP_LETTERS || !self.words.synonyms(term).is_empty() {
            return None;
        }
        let close = self.frequencies.iter().filter(|(known, _)| is_one_slip_apart(term, known));
        close.max_by_key(|(_, frequency)| **frequency).map(|(known, _)| known.clone())
    }
}

impl Query {
    /// Whether so little was said that it only makes sense after the question before it: "And to Sweden?".
    pub(super) fn is_fragment(&self) -> bool {
        if !self.refers_back {
            return false;
        }
        let subject: Vec<&QueryTerm> = self.terms.iter().filter(|term| term.emphasis >= 1.0).collect();
        // "How much does it cost" says price twice.
        let is_said_before =
            |idx: usize, term: &QueryTerm| subject.iter().take(idx).any(|known| known.synonyms.contains(&term.term));
        subject.iter().enumerate().filter(|(idx, term)| !is_said_before(*idx, term)).count() < 2
    }

    /// Adds the terms of an earlier question, which count less.
    pub(super) fn after(mut self, earlier: &Self) -> Self {
        for term in &earlier.terms {
            if !self.terms.iter().any(|known| known.term == term.term) {
                self.terms.push(QueryTerm { emphasis: term.emphasis * EARLIER_EMPHASIS, is_earlier: true, ..term.clone() });
            }
        }
        self
    }

    /// Returns the share of the question's sense that is among the terms of a section, from 0 to 1.
    ///
    /// Questions before only help to choose between sections, unless this one says nothing by itself: "Why?".
    fn coverage(&self, section: &HashSet<String>) -> f32 {
        let says_nothing = self.terms.iter().all(|term| term.is_earlier);
        let counts = |term: &&QueryTerm| says_nothing || !term.is_earlier;
        let whole: f32 = self.terms.iter().filter(counts).map(QueryTerm::weight).sum();
        let covered: f32 = self.terms.iter().filter(counts).map(|term| term.weight() * term.presence(section)).sum();
        if whole > 0.0 { covered / whole } else { 0.0 }
    }
}

/// Returns what is indexed of each section of a page: its terms, the heading's several times.
fn documents(words: &Words, page: &Page) -> Vec<String> {
    let title = words.terms(&page.title);
    page.sections
        .iter()
        .map(|section| {
            let mut terms = title.clone();
            let heading = words.terms(&section.heading);
            // The page's title is its opening's heading as well, and counts already.
            let repeats = if section.anchor.is_none() { 1 } else { HEADING_REPEATS };
            for _ in 0..repeats {
                terms.extend_from_slice(&heading);
            }
            for block in &section.blocks {
                terms.extend(words.terms(&block.text));
            }
            terms.join(" ")
        })
        .collect()
}

/// Returns what a heading is about, without the words that any question has.
fn subject(words: &Words, heading: &str) -> HashSet<String> {
    words.terms(heading).into_iter().filter(|term| !words.is_question_word(term)).collect()
}
