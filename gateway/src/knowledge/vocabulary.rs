//! Every word that some section has, as a number: sections are compared by numbers, and a word is kept once.

use std::collections::BTreeMap;

/// A word's number.
pub(super) type Term = u32;

/// Words by their numbers and numbers by their words.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Sorted, so that the same slip of the finger is always taken for the same word.
    terms: BTreeMap<String, Term>,
    words: Vec<String>,
    /// Numbers of words that no section has any more.
    free: Vec<Term>,
}

impl Vocabulary {
    /// Returns the number of a word, a new one if it has none.
    pub(super) fn intern(&mut self, word: &str) -> Term {
        if let Some(term) = self.terms.get(word) {
            return *term;
        }
        let term = self.free.pop().unwrap_or_else(|| {
            self.words.push(String::new());
            Term::try_from(self.words.len() - 1).unwrap_or(Term::MAX)
        });
        if let Some(place) = self.words.get_mut(term as usize) {
            word.clone_into(place);
        }
        self.terms.insert(word.to_owned(), term);
        term
    }

    /// Returns the number of a word that some section has.
    pub(super) fn term(&self, word: &str) -> Option<Term> {
        self.terms.get(word).copied()
    }

    /// Forgets a word that no section has any more; its number is used again.
    pub(super) fn forget(&mut self, term: Term) {
        if let Some(word) = self.words.get_mut(term as usize)
            && self.terms.remove(word.as_str()).is_some()
        {
            word.clear();
            self.free.push(term);
        }
    }

    /// Returns all words with their numbers, sorted.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, Term)> {
        self.terms.iter().map(|(word, term)| (word.as_str(), *term))
    }
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn a_number_is_used_again_when_its_word_is_gone() {
        let mut vocabulary = Vocabulary::default();
        let (boot, shoe) = (vocabulary.intern("boot"), vocabulary.intern("shoe"));
        assert_eq!((vocabulary.intern("boot"), vocabulary.term("shoe")), (boot, Some(shoe)));
        vocabulary.forget(boot);
        vocabulary.forget(boot);
        assert_eq!((vocabulary.term("boot"), vocabulary.intern("sock"), vocabulary.intern("hat")), (None, boot, 2));
        assert_eq!(vocabulary.words().collect::<Vec<_>>(), [("hat", 2), ("shoe", shoe), ("sock", boot)]);
    }
}
