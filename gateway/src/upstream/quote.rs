//! Chooses what to quote of a section. Whole sentences, items and rows in the author's order; not a word is changed.

use crate::knowledge::{Block, BlockKind, Knowledge, Query};

/// A section with no more words is quoted whole.
const WHOLE_SECTION_WORDS: usize = 130;

/// What is quoted of a longer one.
const QUOTED_WORDS: usize = 90;

/// A long paragraph is cut to so many words, so that it leaves room for another.
const PARAGRAPH_WORDS: usize = 45;

/// What is quoted of a further section.
const FURTHER_WORDS: usize = 45;

/// Items or rows quoted of a further section.
const FURTHER_LINES: usize = 3;

/// An item or row is quoted beside the best one when it fits nearly as well.
const FURTHER_LINE_SHARE: f32 = 0.9;

/// Quotes a short section whole, and of a longer one the blocks that fit, in their order.
pub(super) fn section(knowledge: &Knowledge, query: &Query, blocks: &[Block]) -> String {
    let total: usize = blocks.iter().map(n_words).sum();
    if total <= WHOLE_SECTION_WORDS {
        return join(blocks.iter().map(|block| block.markdown.clone()));
    }
    let mut ranked: Vec<usize> = (0..blocks.len()).collect();
    let affinity = |idx: &usize| blocks.get(*idx).map_or(0.0, |block| knowledge.affinity(query, &block.text));
    ranked.sort_by(|one, other| affinity(other).total_cmp(&affinity(one)));
    let cost =
        |block: &Block| if block.kind == BlockKind::Paragraph { n_words(block).min(PARAGRAPH_WORDS) } else { n_words(block) };
    let mut kept = Vec::new();
    let mut words = 0;
    for idx in ranked {
        let Some(block) = blocks.get(idx) else { continue };
        if words > 0 && words + cost(block) > QUOTED_WORDS {
            continue;
        }
        words += cost(block);
        kept.push(idx);
        // "You need three things:" is nothing without the list, and the list little without it.
        let leader = idx.checked_sub(1).filter(|leader| blocks.get(*leader).is_some_and(|block| block.text.ends_with(':')));
        let follower = Some(idx + 1).filter(|_| block.text.ends_with(':'));
        kept.extend([leader, follower].into_iter().flatten());
    }
    kept.sort_unstable();
    kept.dedup();
    join(kept.into_iter().filter_map(|idx| blocks.get(idx)).map(|block| shortened(knowledge, query, block, PARAGRAPH_WORDS)))
}

/// Cuts a long paragraph to its sentences that fit, in their order; lists and tables stay whole.
fn shortened(knowledge: &Knowledge, query: &Query, block: &Block, limit_words: usize) -> String {
    if block.kind == BlockKind::Paragraph && n_words(block) > limit_words {
        pick_sentences(knowledge, query, &block.markdown, limit_words)
    } else {
        block.markdown.clone()
    }
}

/// Quotes of a further section only what fits best: a few sentences, or the items or rows that are asked for.
pub(super) fn best_part(knowledge: &Knowledge, query: &Query, blocks: &[Block]) -> String {
    let affinity = |block: &Block| knowledge.affinity(query, &block.text);
    let best = blocks.iter().reduce(|best, block| if affinity(block) > affinity(best) { block } else { best });
    let Some(best) = best else { return String::new() };
    match best.kind {
        BlockKind::Paragraph => pick_sentences(knowledge, query, &best.markdown, FURTHER_WORDS),
        BlockKind::List => pick_lines(knowledge, query, &best.markdown, 0),
        // The head of a table and the line under it.
        BlockKind::Table => pick_lines(knowledge, query, &best.markdown, 2),
        BlockKind::Other => best.markdown.clone(),
    }
}

/// Picks the lines of a list or table that are asked for, under its first `n_head` lines; none when no line is.
fn pick_lines(knowledge: &Knowledge, query: &Query, markdown: &str, n_head: usize) -> String {
    let lines: Vec<(&str, f32)> = markdown.lines().map(|line| (line, knowledge.affinity(query, line))).collect();
    let (head, body) = lines.split_at_checked(n_head).unwrap_or_default();
    let best = body.iter().map(|(_, affinity)| *affinity).fold(0.0, f32::max);
    if best <= 0.0 {
        return String::new();
    }
    let picked = body.iter().filter(|(_, affinity)| *affinity >= best * FURTHER_LINE_SHARE).take(FURTHER_LINES);
    head.iter().chain(picked).map(|(line, _)| *line).collect::<Vec<_>>().join("\n")
}

fn pick_sentences(knowledge: &Knowledge, query: &Query, paragraph: &str, limit_words: usize) -> String {
    let sentences = sentences(paragraph);
    let mut ranked: Vec<(usize, f32)> =
        sentences.iter().enumerate().map(|(idx, sentence)| (idx, knowledge.affinity(query, sentence))).collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let mut kept = Vec::new();
    let mut words = 0;
    for (idx, _) in ranked {
        let count = sentences.get(idx).map_or(0, |sentence| sentence.split_whitespace().count());
        if words > 0 && words + count > limit_words {
            break;
        }
        words += count;
        kept.push(idx);
    }
    kept.sort_unstable();
    kept.into_iter().filter_map(|idx| sentences.get(idx).copied()).collect::<Vec<_>>().join(" ")
}

/// Splits a paragraph at the ends of its sentences, never inside a link, code or emphasis.
pub(super) fn sentences(paragraph: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut nesting = 0_i32;
    let mut is_code = false;
    let mut is_emphasis = false;
    let mut characters = paragraph.char_indices().peekable();
    while let Some((idx, character)) = characters.next() {
        match character {
            '`' => is_code = !is_code,
            '[' | '(' => nesting += 1,
            ']' | ')' => nesting -= 1,
            '*' if characters.peek().is_none_or(|(_, next)| *next != '*') => is_emphasis = !is_emphasis,
            '*' => {
                characters.next();
                is_emphasis = !is_emphasis;
            }
            _ => {}
        }
        let ends = matches!(character, '.' | '!' | '?') && nesting <= 0 && !is_code && !is_emphasis;
        let after = paragraph.get(idx + character.len_utf8()..).unwrap_or_default();
        let next_word = after.trim_start();
        let begins = after.starts_with(char::is_whitespace)
            && next_word.starts_with(|next: char| next.is_uppercase() || "*[`_".contains(next));
        if ends && begins {
            sentences.push(paragraph.get(start..idx + 1).unwrap_or_default().trim());
            start = idx + 1;
        }
    }
    sentences.push(paragraph.get(start..).unwrap_or_default().trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn n_words(block: &Block) -> usize {
    block.text.split_whitespace().count()
}

fn join(blocks: impl Iterator<Item = String>) -> String {
    blocks.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_end() {
        assert_eq!(
            sentences("It takes **2–4 days.** See [this. That](x.md). It costs €4.90. *Maybe.* It is `a. B`! ok"),
            ["It takes **2–4 days.** See [this. That](x.md).", "It costs €4.90.", "*Maybe.* It is `a. B`! ok"]
        );
        assert_eq!(sentences(""), [""; 0]);
    }
}
