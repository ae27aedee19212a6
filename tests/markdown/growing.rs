//! What is seen while a text grows: never a marker that is taken away again.

use assisters_chat::markdown::{Parser, Tree};

use super::html;

/// Returns what a reader sees of a text that may go on.
fn seen(text: &str) -> String {
    let mut parser = Parser::default();
    let mut tree = Tree::default();
    parser.push(text);
    parser.paint(&mut tree);
    html::normalize(&html::render(&tree.into_blocks()))
}

fn check(rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        assert_eq!(&seen(text), expected, "{text:?}");
    }
}

#[test]
fn emphasis_is_seen_before_it_ends() {
    check(&[
        ("a *", "<p>a</p>"),
        ("a *b", "<p>a <em>b</em></p>"),
        ("a *b*", "<p>a <em>b</em></p>"),
        ("a *b* c", "<p>a <em>b</em> c</p>"),
        ("a **", "<p>a</p>"),
        ("a **b", "<p>a <strong>b</strong></p>"),
        ("a **b*", "<p>a <strong>b</strong></p>"),
        ("a **b**", "<p>a <strong>b</strong></p>"),
        ("a ***b", "<p>a <strong><em>b</em></strong></p>"),
        ("a **b *c", "<p>a <strong>b <em>c</em></strong></p>"),
        ("a **b\nc", "<p>a <strong>b\nc</strong></p>"),
        ("a __b", "<p>a <strong>b</strong></p>"),
        ("a ~~b", "<p>a <del>b</del></p>"),
        ("a ~~b~", "<p>a <del>b</del></p>"),
        // What cannot open emphasis, or hardly means to, is text.
        ("a * b", "<p>a * b</p>"),
        ("2*3", "<p>2*3</p>"),
        ("snake_case", "<p>snake_case</p>"),
        ("a *b c", "<p>a <em>b c</em></p>"),
        ("a**b", "<p>a**b</p>"),
        // Chinese and Japanese have no spaces before it.
        ("\u{4e2d}**\u{6587}", "<p>\u{4e2d}<strong>\u{6587}</strong></p>"),
        ("\u{3042}*\u{3044}", "<p>\u{3042}<em>\u{3044}</em></p>"),
        ("a \\*", "<p>a</p>"),
        ("a \\*b", "<p>a *b</p>"),
    ]);
}

#[test]
fn code_is_seen_before_it_ends() {
    check(&[
        ("a `", "<p>a</p>"),
        ("a `b", "<p>a <code>b</code></p>"),
        ("a `b`", "<p>a <code>b</code></p>"),
        ("a ``b`", "<p>a <code>b</code></p>"),
        ("a `*b", "<p>a <code>*b</code></p>"),
        ("`", ""),
        ("``", ""),
        ("```", ""),
        ("```ru", ""),
        ("```rust\n", "<pre><code class=\"language-rust\"></code></pre>"),
        ("```\nlet", "<pre><code>let</code></pre>"),
        ("```\nlet\n``", "<pre><code>let\n</code></pre>"),
        ("```\nlet\n```", "<pre><code>let\n</code></pre>"),
        ("```\nlet\n``x", "<pre><code>let\n``x</code></pre>"),
        ("a $$x", "<p>a <code class=\"math-display\">x</code></p>"),
        ("a $", "<p>a</p>"),
        ("a $x", "<p>a <code class=\"math-inline\">x</code></p>"),
        ("a $x^2 + y", "<p>a <code class=\"math-inline\">x^2 + y</code></p>"),
        ("a $x\nb", "<p>a $x\nb</p>"),
        ("it costs $5", "<p>it costs $5</p>"),
        ("$5 or $6 or $x", "<p>$5 or $6 or <code class=\"math-inline\">x</code></p>"),
        ("$$", ""),
        ("$$\n", "<pre><code></code></pre>"),
    ]);
}

#[test]
fn a_link_is_text_until_it_is_complete() {
    check(&[
        ("a [", "<p>a</p>"),
        ("a [b", "<p>a b</p>"),
        ("a [b]", "<p>a b</p>"),
        ("a [b](", "<p>a b</p>"),
        ("a [b](http", "<p>a b</p>"),
        ("a [b](http://x \"t", "<p>a b</p>"),
        ("a [b](http://x)", "<p>a <a href=\"http://x\">b</a></p>"),
        ("a [b] ", "<p>a b</p>"),
        ("a [b] c", "<p>a [b] c</p>"),
        ("a [b][", "<p>a b</p>"),
        ("a [b][c", "<p>a b</p>"),
        ("a [**b", "<p>a <strong>b</strong></p>"),
        ("a \\[", "<p>a</p>"),
        ("a \\[b", "<p>a [b</p>"),
        ("a !", "<p>a</p>"),
        ("a ![", "<p>a</p>"),
        ("a ![b", "<p>a b</p>"),
        ("a ![b](/c", "<p>a b</p>"),
        ("a! b", "<p>a! b</p>"),
        ("a <", "<p>a</p>"),
        ("a <https://x", "<p>a </p>"),
        ("a <https://x>", "<p>a <a href=\"https://x\">https://x</a></p>"),
        ("a < b", "<p>a &lt; b</p>"),
        ("a https://x.y", "<p>a https://x.y</p>"),
        ("a https://x.y b", "<p>a <a href=\"https://x.y\">https://x.y</a> b</p>"),
        ("a b@c.de", "<p>a b@c.de</p>"),
        ("a b@c.de f", "<p>a <a href=\"mailto:b@c.de\">b@c.de</a> f</p>"),
        // At the start of a paragraph, a definition.
        ("[b", ""),
        ("[b]", ""),
        ("[b]: /c", ""),
        ("[b]: /c\n", ""),
        ("[b]: /c\nd", "<p>d</p>"),
        ("[b](", "<p>b</p>"),
        ("[b] c", "<p>[b] c</p>"),
    ]);
}

#[test]
fn a_block_is_seen_when_it_is_certain() {
    check(&[
        ("-", ""),
        ("- ", ""),
        ("- a", "<ul><li>a</li></ul>"),
        ("- a\n-", "<ul><li>a</li></ul>"),
        ("- a\n- -", "<ul><li>a</li></ul>"),
        ("- [", ""),
        ("- [ ", ""),
        ("- [x]", ""),
        ("- [x] ", ""),
        ("- [x] a", "<ul><li><input type=\"checkbox\" checked=\"\" disabled=\"\">a</li></ul>"),
        ("1", ""),
        ("1.", ""),
        ("1. ", ""),
        ("1. a", "<ol><li>a</li></ol>"),
        ("12 a", "<p>12 a</p>"),
        ("1.5", "<p>1.5</p>"),
        ("#", ""),
        ("## ", ""),
        ("## a", "<h2>a</h2>"),
        ("## a #", "<h2>a</h2>"),
        ("#a", "<p>#a</p>"),
        (">", ""),
        ("> ", ""),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("> - ", ""),
        ("**", ""),
        ("**a", "<p><strong>a</strong></p>"),
        ("***", ""),
        ("* ", ""),
        ("_", ""),
        ("+", ""),
        ("a\n=", "<p>a</p>"),
        ("a\n---", "<p>a</p>"),
        ("a\n---\n", "<h2>a</h2>"),
        ("a\n\n   ", "<p>a</p>"),
        ("a  \n", "<p>a</p>"),
        ("a\\", "<p>a</p>"),
        ("a &", "<p>a </p>"),
        ("a &am", "<p>a </p>"),
        ("a &amp;", "<p>a &amp;</p>"),
        ("AT&T", "<p>AT&amp;T</p>"),
        ("    a\n\n", "<pre><code>a\n</code></pre>"),
    ]);
}

#[test]
fn a_table_grows_by_cells() {
    check(&[
        ("|", ""),
        ("| a | b", ""),
        ("| a | b |\n", ""),
        ("| a | b |\n|--", ""),
        ("| a | b |\n|---|---|", ""),
        ("| a | b |\n|---|---|\n", "<table><tr><th>a</th><th>b</th></tr></table>"),
        ("| a | b |\n|---|---|\n|", "<table><tr><th>a</th><th>b</th></tr></table>"),
        ("| a | b |\n|---|---|\n| c", "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td></tr></table>"),
        (
            "| a | b |\n|---|---|\n| c | **d",
            "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td><strong>d</strong></td></tr></table>",
        ),
        ("| a | b |\n|---|---|\n| c |\n", "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td></td></tr></table>"),
        ("text\n| a", "<p>text</p>"),
        ("text\n| a |\n", "<p>text</p>"),
        ("| no table\nhere", "<p>| no table\nhere</p>"),
    ]);
}

/// The plain text seen of an answer never gets shorter while it streams, but by a bracket of what was no link.
#[test]
fn nothing_seen_is_taken_away() {
    let answer = "# Title\n\nSome **bold**, *italic*, `code` and a [link](https://example.com \"t\"), ~~gone~~ ![image](/i.png).\n\n\
        1. one\n   - [x] nested **bold** item\n   - [ ] other\n2. two\n\n> quote with `code`\n\n```rust\nfn main() {}\n```\n\n\
        | a | b |\n|---|:-:|\n| 1 | **2** |\n| 3 | `4` |\n\nLast &amp; least: 2 * 3, snake_case, https://example.com/a_b and <https://example.com>.\n";
    let text_of = |html: String| {
        // An image is a link with its description, unless its host is allowed.
        let html = html.replace("<img src=\"/i.png\" alt=\"image\">", "image");
        let mut text = String::new();
        let mut inside = false;
        for character in html.chars() {
            match character {
                '<' => inside = true,
                '>' => inside = false,
                _ if !inside && !character.is_whitespace() => text.push(character),
                _ => {}
            }
        }
        text
    };
    let mut before = String::new();
    for (at, _) in answer.char_indices() {
        let now = text_of(seen(&answer[..at]));
        assert!(now.starts_with(&before), "{before:?} became {now:?} after {:?}", &answer[..at]);
        before = now;
    }
}
