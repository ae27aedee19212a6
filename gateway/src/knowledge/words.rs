//! Text → terms: lower case, no stop words, stems; with what a stemmer of English can not know.

use std::collections::HashMap;

use bm25::{DefaultTokenizer, Language, Tokenizer as _};

/// Irregular forms and their base form, which no stemmer connects: "I already wore" must find "worn items".
const IRREGULAR: &[(&str, &[&str])] = &[
    ("become", &["became"]),
    ("begin", &["began", "begun"]),
    ("bite", &["bit", "bitten"]),
    ("break", &["broke", "broken"]),
    ("bring", &["brought"]),
    ("buy", &["bought"]),
    ("catch", &["caught"]),
    ("child", &["children"]),
    ("choose", &["chose", "chosen"]),
    ("come", &["came"]),
    ("drive", &["drove", "driven"]),
    ("fall", &["fell", "fallen"]),
    ("find", &["found"]),
    ("foot", &["feet"]),
    ("forget", &["forgot", "forgotten"]),
    ("freeze", &["froze", "frozen"]),
    ("get", &["got", "gotten"]),
    ("give", &["gave", "given"]),
    ("go", &["went", "gone"]),
    ("grow", &["grew", "grown"]),
    ("hold", &["held"]),
    ("keep", &["kept"]),
    ("know", &["knew", "known"]),
    ("lose", &["lost"]),
    ("make", &["made"]),
    ("man", &["men"]),
    ("pay", &["paid"]),
    ("ride", &["rode", "ridden"]),
    ("say", &["said"]),
    ("see", &["saw", "seen"]),
    ("sell", &["sold"]),
    ("send", &["sent"]),
    ("shrink", &["shrank", "shrunk", "shrunken"]),
    ("speak", &["spoke", "spoken"]),
    ("spend", &["spent"]),
    ("steal", &["stole", "stolen"]),
    ("stick", &["stuck"]),
    ("swear", &["swore", "sworn"]),
    ("take", &["took", "taken"]),
    ("teach", &["taught"]),
    ("tear", &["tore", "torn"]),
    ("tell", &["told"]),
    ("throw", &["threw", "thrown"]),
    ("understand", &["understood"]),
    ("wear", &["wore", "worn"]),
    ("woman", &["women"]),
    ("write", &["wrote", "written"]),
];

/// Words that people use for one another when they ask a shop or a service something.
const SYNONYMS: &[&[&str]] = &[
    &["ship", "shipping", "deliver", "delivery", "dispatch"],
    &["refund", "reimburse", "reimbursement"],
    &["fix", "repair", "mend"],
    &["broken", "faulty", "defective", "damaged", "fault", "defect"],
    &["price", "cost", "fee", "charge", "expensive", "cheap"],
    &["phone", "telephone", "call", "hotline"],
    &["email", "mail"],
    &["contact", "reach"],
    &["discount", "coupon", "promo", "promotion", "rebate"],
    &["voucher", "gift"],
    &["exchange", "swap"],
    &["parcel", "package", "box"],
    &["store", "shop", "branch"],
    &["buy", "purchase"],
    &["pay", "payment"],
    &["guarantee", "warranty"],
    &["clean", "wash"],
    &["delete", "remove", "erase"],
    &["login", "password"],
    &["zip", "zipper"],
    &["data", "information"],
    &["install", "setup", "embed"],
    &["declined", "refused", "rejected", "failed"],
    &["environment", "sustainable", "sustainability", "ecological", "eco"],
];

/// Words that carry the question, not its subject: too common in questions to tell sections apart.
const QUESTION_WORDS: &str = "accept allow already alright also anything back business condition current could describe detail different explain fine get give go \
    happen help info know like located location long many may maybe mean might much need offer ok okay page please policy possible question really rule sell \
    shall someone something status still take tell term thing us use want wonder work would yet hi hello hey thanks thank \
    whats hows im ive dont cant wont isnt hasnt havent didnt doesnt couldnt";

/// Words that point to what was said before.
const REFERRING_WORDS: &str = "and or it its that this these those they them their there then else one ones same why";

/// A question of no more words is taken to go on with what was said before.
const REFERRING_LENGTH_WORDS: usize = 2;

/// Words that only together mean something.
const PHRASES: &[(&str, &str)] = &[
    (" e mail", " email"),
    (" how long ", " how long time "),
    (" how much ", " how much price "),
    (" how many days ", " how many days time "),
    (" money back ", " refund "),
    (" give back ", " return "),
    (" send back ", " return "),
    (" bring back ", " return "),
    (" take back ", " return "),
    (" business hours ", " opening hours "),
    (" uk ", " united kingdom "),
    (" usa ", " united states "),
    (" set up ", " setup "),
    (" log in ", " login "),
    (" sign in ", " login "),
];

/// Turns text into terms.
pub(super) struct Words {
    tokenizer: DefaultTokenizer,
    base_forms: HashMap<&'static str, &'static str>,
    /// Stem → stems of the words people use instead.
    synonyms: HashMap<String, Vec<String>>,
    question_words: Vec<String>,
}

impl Words {
    pub(super) fn new() -> Self {
        let tokenizer = DefaultTokenizer::new(Language::English);
        let base_forms = IRREGULAR.iter().flat_map(|(base, forms)| forms.iter().map(move |form| (*form, *base))).collect();
        let mut words = Self { tokenizer, base_forms, synonyms: HashMap::new(), question_words: Vec::new() };
        for group in SYNONYMS {
            let stems: Vec<String> = group.iter().flat_map(|word| words.terms(word)).collect();
            for stem in &stems {
                let others = stems.iter().filter(|other| *other != stem).cloned();
                words.synonyms.entry(stem.clone()).or_default().extend(others);
            }
        }
        words.question_words = words.terms(QUESTION_WORDS);
        words
    }

    /// Returns the terms of a text, in order, with repetitions.
    pub(super) fn terms(&self, text: &str) -> Vec<String> {
        let mut plain = String::with_capacity(text.len() + 2);
        plain.push(' ');
        for word in text.split(|character: char| !character.is_alphanumeric() && character != '\'' && character != '’') {
            let lower = word.to_lowercase().replace('’', "'");
            let lower = lower.trim_matches('\'');
            let lower = lower.strip_suffix("'s").unwrap_or(lower);
            plain.push_str(self.base_forms.get(lower).copied().unwrap_or(lower));
            plain.push(' ');
        }
        for (phrase, word) in PHRASES {
            if plain.contains(phrase) {
                plain = plain.replace(phrase, word);
            }
        }
        self.tokenizer.tokenize(&plain)
    }

    /// Whether a text goes on with what was said before: "And to Sweden?", "How much does it cost?".
    pub(super) fn refers_back(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        let words: Vec<&str> =
            lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.len() <= REFERRING_LENGTH_WORDS
            || lower.contains(" about ")
            || words.iter().any(|word| REFERRING_WORDS.split(' ').any(|known| known == *word))
    }

    /// Returns terms that may stand for `term`.
    pub(super) fn synonyms(&self, term: &str) -> &[String] {
        self.synonyms.get(term).map_or(&[], Vec::as_slice)
    }

    /// Whether a term belongs to the way of asking rather than to its subject.
    pub(super) fn is_question_word(&self, term: &str) -> bool {
        self.question_words.iter().any(|word| word == term)
    }
}

/// Whether two terms differ by one letter changed, added, left out, or by two neighbours swapped.
pub(super) fn is_one_slip_apart(one: &str, other: &str) -> bool {
    // Asked of every word there is: nothing is copied for it.
    let same_start: usize =
        one.chars().zip(other.chars()).take_while(|(left, right)| left == right).map(|(left, _)| left.len_utf8()).sum();
    let (one, other) = (one.get(same_start..).unwrap_or_default(), other.get(same_start..).unwrap_or_default());
    let from_end = one.chars().rev().zip(other.chars().rev());
    let same_end: usize = from_end.take_while(|(left, right)| left == right).map(|(left, _)| left.len_utf8()).sum();
    let rest = |text: &str| {
        let mut letters = text.get(..text.len() - same_end).unwrap_or_default().chars();
        [letters.next(), letters.next(), letters.next()]
    };
    match (rest(one), rest(other)) {
        ([None, ..], [Some(_), None, _]) | ([Some(_), None, _], [None, ..] | [Some(_), None, _]) => true,
        ([Some(a), Some(b), None], [Some(c), Some(d), None]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn forms_of_a_word_are_one_term() {
        let words = Words::new();
        for (one, other) in [
            ("wore", "worn"),
            ("wearing", "worn"),
            ("shoes", "Shoe"),
            ("returned", "returning"),
            ("e-mail", "email"),
            ("broken", "breaks"),
            ("paid", "pay"),
            ("feet", "foot"),
            ("café", "cafe"),
            ("order", "order’s"),
        ] {
            assert_eq!(words.terms(one).last(), words.terms(other).last(), "{one} {other}");
        }
        assert_eq!(words.terms("Can I return the shoes?"), ["return", "shoe"]);
        assert_eq!(words.terms(""), [""; 0]);
    }

    #[test]
    fn going_on() {
        let words = Words::new();
        for (text, expected) in [
            ("And to Sweden?", true),
            ("What about Sweden?", true),
            ("Sweden?", true),
            ("How much does it cost?", true),
            ("What is your return policy?", false),
            ("Do you ship to Germany?", false),
        ] {
            assert_eq!(words.refers_back(text), expected, "{text}");
        }
    }

    #[test]
    fn slips() {
        for (one, other, expected) in [
            ("refund", "refnud", true),
            ("refund", "refnd", true),
            ("refund", "refuund", true),
            ("refund", "rafund", true),
            ("refund", "refund", false),
            ("refund", "rfnd", false),
            ("return", "refund", false),
        ] {
            assert_eq!(is_one_slip_apart(one, other), expected, "{one} {other}");
        }
    }
}
