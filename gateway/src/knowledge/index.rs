//! Finds the sections that fit a question: BM25 over the sections, weighted by how much of the question they cover.

use std::collections::{HashMap, HashSet};

use super::section::{Page, Section};
use super::vocabulary::{Term, Vocabulary};
use super::words::{Words, is_one_slip_apart};

/// BM25: how soon a further mention of a word adds little, and how much a long section is discounted.
const SATURATION: f32 = 1.2;
const LENGTH_DISCOUNT: f32 = 0.75;

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

/// The index over all sections. Sections come and go one page at a time, and are found, or not, at once: nothing is fitted beforehand.
pub(super) struct Index {
    words: Words,
    vocabulary: Vocabulary,
    sections: HashMap<SectionId, Indexed>,
    /// Term → the sections that have it, with how often.
    postings: HashMap<Term, Vec<(SectionId, f32)>>,
    /// Terms of all sections, with repetitions.
    n_terms: usize,
    next_id: SectionId,
}

/// A section's number: later ones are larger, and none comes back.
pub(super) type SectionId = u32;

/// What is known of a section beside its words.
struct Indexed {
    /// Sorted, each once.
    terms: Vec<Term>,
    n_terms: usize,
    /// What its heading is about.
    heading: HashSet<String>,
    /// What its page is about.
    title: HashSet<String>,
    /// Whether the page begins with it.
    is_opening: bool,
}

impl Indexed {
    fn has(&self, term: Option<Term>) -> bool {
        term.is_some_and(|term| self.terms.binary_search(&term).is_ok())
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
    word: String,
    /// Its number in the index; none for a word that no section has.
    term: Option<Term>,
    /// Words that may stand for it.
    synonyms: Vec<(String, Option<Term>)>,
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

    fn is(&self, word: &str) -> bool {
        self.word == word || self.synonyms.iter().any(|(synonym, _)| synonym == word)
    }

    /// How much of the term is in a text, by what the text has.
    fn presence(&self, has: impl Fn(&str, Option<Term>) -> bool) -> f32 {
        if has(&self.word, self.term) {
            1.0
        } else if self.synonyms.iter().any(|(synonym, term)| has(synonym, *term)) {
            SYNONYM_WEIGHT
        } else {
            0.0
        }
    }
}

/// A section that fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    /// Which section.
    pub(super) section: SectionId,
    /// From 0 to 1.
    pub(super) relevance: f32,
}

impl Index {
    pub(super) fn new() -> Self {
        Self {
            words: Words::new(),
            vocabulary: Vocabulary::default(),
            sections: HashMap::new(),
            postings: HashMap::new(),
            n_terms: 0,
            next_id: 0,
        }
    }

    /// Adds the sections of a page. Returns their numbers, in order.
    pub(super) fn add(&mut self, page: &Page) -> Vec<SectionId> {
        let title_terms = self.words.terms(&page.title);
        let title = subject(&self.words, &page.title);
        let sections = page.sections.iter().map(|section| {
            let text = section_terms(&self.words, &title_terms, section);
            let id = self.next_id;
            self.next_id += 1;
            let mut counts: HashMap<Term, f32> = HashMap::new();
            for word in &text {
                *counts.entry(self.vocabulary.intern(word)).or_default() += 1.0;
            }
            let mut terms: Vec<Term> = counts.keys().copied().collect();
            terms.sort_unstable();
            for (term, count) in counts {
                self.postings.entry(term).or_default().push((id, count));
            }
            self.n_terms += text.len();
            let heading = subject(&self.words, &section.heading);
            let is_opening = section.anchor.is_none();
            self.sections.insert(id, Indexed { terms, n_terms: text.len(), heading, title: title.clone(), is_opening });
            id
        });
        sections.collect()
    }

    /// Forgets sections.
    pub(super) fn remove(&mut self, sections: &HashSet<SectionId>) {
        let mut touched: HashSet<Term> = HashSet::new();
        for id in sections {
            if let Some(section) = self.sections.remove(id) {
                self.n_terms -= section.n_terms;
                touched.extend(section.terms);
            }
        }
        for term in touched {
            let is_gone = self.postings.get_mut(&term).is_none_or(|posting| {
                posting.retain(|(id, _)| !sections.contains(id));
                posting.is_empty()
            });
            if is_gone {
                self.postings.remove(&term);
                self.vocabulary.forget(term);
            }
        }
    }

    /// Reads a question. An unknown word that is one slip away from a known one is taken for it.
    pub(super) fn query(&self, question: &str) -> Query {
        let mut terms: Vec<QueryTerm> = Vec::new();
        for word in self.words.terms(question) {
            let is_known = self.vocabulary.term(&word).is_some();
            let is_question_word = self.words.is_question_word(&word);
            // A word of asking that no page has says nothing about what is asked.
            if is_question_word && !is_known {
                continue;
            }
            let word = if is_known { word } else { self.correct(&word).unwrap_or(word) };
            if terms.iter().any(|known| known.word == word) {
                continue;
            }
            let synonyms = self.words.synonyms(&word).iter();
            let synonyms = synonyms.map(|synonym| (synonym.clone(), self.vocabulary.term(synonym))).collect();
            let emphasis = if is_question_word { QUESTION_WORD_EMPHASIS } else { 1.0 };
            let term = self.vocabulary.term(&word);
            terms.push(QueryTerm { rarity: self.rarity(term), term, word, synonyms, emphasis, is_earlier: false });
        }
        Query { terms, refers_back: self.words.refers_back(question) }
    }

    /// Returns the sections that fit, best first.
    pub(super) fn search(&self, query: &Query) -> Vec<Match> {
        let mut scores: HashMap<SectionId, f32> = HashMap::new();
        for term in &query.terms {
            self.score(term.term, term.emphasis, |_| true, &mut scores);
            for (_, synonym) in &term.synonyms {
                // A section that has the word itself gains nothing by its synonyms.
                let lacks_word = |section: &Indexed| !section.has(term.term);
                self.score(*synonym, term.emphasis * SYNONYM_WEIGHT, lacks_word, &mut scores);
            }
        }
        let covered = scores.into_iter().filter_map(|(id, score)| {
            let section = self.sections.get(&id)?;
            let coverage = query.coverage(section);
            let title_boost = if section.is_opening { OPENING_BOOST } else { TITLE_BOOST };
            let about_page = query.coverage_of(|word, _| section.title.contains(word)) * self.share_asked(query, &section.title);
            let boost = 1.0 + HEADING_BOOST * self.share_asked(query, &section.heading).powi(2) + title_boost * about_page;
            Some((id, score * coverage * boost, coverage))
        });
        let mut found: Vec<(SectionId, f32, f32)> = covered.collect();
        // The number breaks ties, so that the same question always gets the same answer.
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let best = found.first().map_or(1.0, |(_, score, _)| score.max(f32::MIN_POSITIVE));
        let mut limit = 1.0_f32;
        found
            .into_iter()
            .map(|(section, score, coverage)| {
                // No section fits better than one that is ranked above it.
                limit = limit.min(coverage * (score / best).sqrt()).max(0.0);
                Match { section, relevance: limit }
            })
            .collect()
    }

    /// Adds what one term says for every section that has it.
    #[allow(clippy::cast_precision_loss, reason = "lengths of texts and numbers of sections are small")]
    fn score(&self, term: Option<Term>, weight: f32, counts: impl Fn(&Indexed) -> bool, scores: &mut HashMap<SectionId, f32>) {
        let Some(posting) = term.and_then(|term| self.postings.get(&term)) else { return };
        let rarity = self.rarity(term);
        let mean_length = self.n_terms as f32 / self.sections.len().max(1) as f32;
        for (id, count) in posting {
            let Some(section) = self.sections.get(id).filter(|section| counts(section)) else { continue };
            let length = section.n_terms as f32 / mean_length;
            let norm = SATURATION * (1.0 - LENGTH_DISCOUNT + LENGTH_DISCOUNT * length);
            *scores.entry(*id).or_default() += weight * rarity * count * (SATURATION + 1.0) / (count + norm);
        }
    }

    /// Returns how well a text fits the question: the weight of the question's terms in it.
    pub(super) fn affinity(&self, query: &Query, text: &str) -> f32 {
        let words: HashSet<String> = self.words.terms(text).into_iter().collect();
        query.terms.iter().map(|term| term.weight() * term.presence(|word, _| words.contains(word))).sum()
    }

    /// Returns the share of a heading that the question asks for, from 0 to 1: help pages' headings are questions themselves.
    fn share_asked(&self, query: &Query, heading: &HashSet<String>) -> f32 {
        let is_asked = |word: &String| query.terms.iter().any(|known| known.is(word));
        if !heading.iter().any(is_asked) {
            return 0.0;
        }
        let rarity = |word: &String| self.rarity(self.vocabulary.term(word));
        let whole: f32 = heading.iter().map(rarity).sum();
        let asked: f32 = heading.iter().filter(|word| is_asked(word)).map(rarity).sum();
        if whole > 0.0 { asked / whole } else { 0.0 }
    }

    /// How much a term tells: the rarer the more (the same measure as BM25's).
    #[allow(clippy::cast_precision_loss, reason = "numbers of sections are small")]
    fn rarity(&self, term: Option<Term>) -> f32 {
        let total = self.sections.len() as f32;
        let frequency = term.and_then(|term| self.postings.get(&term)).map_or(0, Vec::len) as f32;
        (1.0 + (total - frequency + 0.5) / (frequency + 0.5)).ln()
    }

    fn correct(&self, word: &str) -> Option<String> {
        if word.chars().count() < SLIP_LETTERS || !self.words.synonyms(word).is_empty() {
            return None;
        }
        let close = self.vocabulary.words().filter(|(known, _)| is_one_slip_apart(word, known));
        let frequency = |term: Term| self.postings.get(&term).map_or(0, Vec::len);
        close.max_by_key(|(known, term)| (frequency(*term), *known)).map(|(known, _)| known.to_owned())
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
        let is_said_before = |idx: usize, term: &QueryTerm| subject.iter().take(idx).any(|known| known.is(&term.word));
        subject.iter().enumerate().filter(|(idx, term)| !is_said_before(*idx, term)).count() < 2
    }

    /// Adds the terms of an earlier question, which count less.
    pub(super) fn after(mut self, earlier: &Self) -> Self {
        for term in &earlier.terms {
            if !self.terms.iter().any(|known| known.word == term.word) {
                self.terms.push(QueryTerm { emphasis: term.emphasis * EARLIER_EMPHASIS, is_earlier: true, ..term.clone() });
            }
        }
        self
    }

    /// Returns the share of the question's sense that is in a section, from 0 to 1.
    fn coverage(&self, section: &Indexed) -> f32 {
        self.coverage_of(|_, term| section.has(term))
    }

    /// Returns the share of the question's sense that is in a text, from 0 to 1.
    ///
    /// Questions before only help to choose between sections, unless this one says nothing by itself: "Why?".
    fn coverage_of(&self, has: impl Fn(&str, Option<Term>) -> bool) -> f32 {
        let says_nothing = self.terms.iter().all(|term| term.is_earlier);
        let counts = |term: &&QueryTerm| says_nothing || !term.is_earlier;
        let whole: f32 = self.terms.iter().filter(counts).map(QueryTerm::weight).sum();
        let covered: f32 = self.terms.iter().filter(counts).map(|term| term.weight() * term.presence(&has)).sum();
        if whole > 0.0 { covered / whole } else { 0.0 }
    }
}

/// Returns what is indexed of a section: its page's title, its heading several times, and its text.
fn section_terms(words: &Words, title: &[String], section: &Section) -> Vec<String> {
    let mut terms = title.to_vec();
    let heading = words.terms(&section.heading);
    // The page's title is its opening's heading as well, and counts already.
    let repeats = if section.anchor.is_none() { 1 } else { HEADING_REPEATS };
    for _ in 0..repeats {
        terms.extend_from_slice(&heading);
    }
    for block in &section.blocks {
        terms.extend(words.terms(&block.text));
    }
    terms
}

/// Returns what a heading is about, without the words that any question has.
fn subject(words: &Words, heading: &str) -> HashSet<String> {
    words.terms(heading).into_iter().filter(|term| !words.is_question_word(term)).collect()
}
