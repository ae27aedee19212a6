//! Text without marks → Markdown that shows the same: what looks like a mark is escaped, lists stay lists.

/// Writes a text as Markdown.
pub(super) fn to_markdown(text: &str) -> String {
    let mut markdown = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        let line = line.trim();
        let (mark, rest) = split_list_mark(line);
        markdown.push_str(mark);
        for character in rest.chars() {
            if "\\`*_{}[]<>#|~".contains(character) {
                markdown.push('\\');
            }
            if !character.is_control() {
                markdown.push(character);
            }
        }
        markdown.push('\n');
    }
    markdown
}

/// Splits `- `, `• ` or `1. ` off a line; a lone mark, or one that underlines, is none.
fn split_list_mark(line: &str) -> (&str, &str) {
    for bullet in ["- ", "* ", "+ ", "• ", "– "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return ("- ", rest);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = (1..=3).contains(&digits) && line.get(digits..).is_some_and(|rest| rest.starts_with(". "));
    if is_numbered { line.split_at(digits + 2) } else { ("", line) }
}

/// Joins lines that a page's width has broken, and words that it has cut.
pub(super) fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        let is_list = !split_list_mark(line).0.is_empty();
        if line.is_empty() || is_list {
            joined.push('\n');
        } else if joined.ends_with('-') && line.starts_with(char::is_lowercase) {
            joined.pop();
        } else if !joined.is_empty() && !joined.ends_with('\n') {
            joined.push(' ');
        }
        joined.push_str(line);
        if line.is_empty() {
            joined.push('\n');
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_only_characters() {
        for (text, markdown) in [
            ("# 1 of <b>", "\\# 1 of \\<b\\>\n"),
            ("- one\n• two\n3. three", "- one\n- two\n3. three\n"),
            ("  a_b\t*c*\n\nd", "a\\_b\\*c\\*\n\nd\n"),
            ("2026. It was", "2026. It was\n"),
        ] {
            assert_eq!(to_markdown(text), markdown);
        }
    }

    #[test]
    fn lines_of_a_page_are_joined() {
        for (text, expected) in [
            ("You can re-\nturn shoes\nwithin 30 days.\n\nNext", "You can return shoes within 30 days.\n\nNext"),
            ("Bring:\n- a box\n- a label", "Bring:\n- a box\n- a label"),
            ("North-\nEast", "North- East"),
        ] {
            assert_eq!(joined(text), expected);
        }
    }
}
