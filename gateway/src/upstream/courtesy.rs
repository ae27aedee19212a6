//! Greetings, thanks and goodbyes: what a visitor says without asking anything.

const HELLO: &str = "Hello!";

/// Whether a visitor only says hello.
pub(super) fn is_greeting(question: &str) -> bool {
    courtesy(question) == Some(HELLO)
}

/// Answers a courtesy; none when something is asked.
pub(super) fn courtesy(question: &str) -> Option<&'static str> {
    const GREETINGS: &str =
        "hi, hello, hey, hi there, hello there, hey there, good morning, good afternoon, good evening, hallo, moin";
    const THANKS: &str = "thanks, thank you, thx, cheers, many thanks, thanks a lot, thank you very much, thank you so much, ok thanks, \
        great thanks, perfect thanks, thanks for your help";
    const FAREWELLS: &str = "bye, goodbye, bye bye, see you, good night";
    let kept = question.chars().filter(|character| character.is_alphanumeric() || character.is_whitespace());
    let plain = kept.collect::<String>().to_lowercase();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    [(GREETINGS, HELLO), (THANKS, "You are welcome."), (FAREWELLS, "Goodbye!")]
        .into_iter()
        .find(|(phrases, _)| phrases.split(", ").any(|phrase| phrase == plain))
        .map(|(_, answer)| answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courtesies() {
        for (question, expected) in [
            ("Hi!", Some("Hello!")),
            ("  good   MORNING ", Some("Hello!")),
            ("Thank you!", Some("You are welcome.")),
            ("bye", Some("Goodbye!")),
            ("Hi, can I return shoes?", None),
        ] {
            assert_eq!(courtesy(question), expected, "{question}");
        }
    }
}
