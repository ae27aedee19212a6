//! Blocks → HTML as the CommonMark specification writes it. For comparison with other parsers only: the widget never makes HTML.

use assisters_chat::markdown::{Align, Block, Container, Inline, Leaf, Style};

/// Renders blocks.
pub fn render(blocks: &[Block]) -> String {
    let mut out = String::new();
    render_blocks(blocks, false, &mut out);
    out
}

fn render_blocks(blocks: &[Block], tight: bool, out: &mut String) {
    for block in blocks {
        match block {
            Block::Container { container, loose, children } => render_container(container, *loose, children, tight, out),
            Block::Text { leaf: Leaf::Paragraph, inlines } if tight => {
                render_inlines(inlines, out);
                out.push('\n');
            }
            Block::Text { leaf, inlines } => match leaf {
                Leaf::Heading(level) => element(&format!("h{level}"), "", inlines, out),
                Leaf::Rule => out.push_str("<hr />\n"),
                Leaf::Cell { align, head } => {
                    let align = if *align == Align::None { String::new() } else { format!(" align=\"{}\"", align.as_str()) };
                    element(if *head { "th" } else { "td" }, &align, inlines, out);
                }
                Leaf::Paragraph | Leaf::Code { .. } | Leaf::Math => element("p", "", inlines, out),
            },
            Block::Code { leaf, text } => {
                let class = match leaf {
                    Leaf::Code { language } if !language.is_empty() => format!(" class=\"language-{}\"", escape(language)),
                    _ => String::new(),
                };
                out.push_str(&format!("<pre><code{class}>{}</code></pre>\n", escape(text)));
            }
        }
    }
}

fn element(name: &str, attributes: &str, inlines: &[Inline], out: &mut String) {
    out.push_str(&format!("<{name}{attributes}>"));
    render_inlines(inlines, out);
    out.push_str(&format!("</{name}>\n"));
}

fn render_container(container: &Container, loose: bool, children: &[Block], tight: bool, out: &mut String) {
    let (open, close) = match container {
        Container::Quote => ("<blockquote>\n".to_owned(), "</blockquote>\n"),
        Container::List { start: None } => ("<ul>\n".to_owned(), "</ul>\n"),
        Container::List { start: Some(1) } => ("<ol>\n".to_owned(), "</ol>\n"),
        Container::List { start: Some(start) } => (format!("<ol start=\"{start}\">\n"), "</ol>\n"),
        Container::Item { task } => {
            let checkbox = match task {
                Some(true) => "<input type=\"checkbox\" checked=\"\" disabled=\"\" /> ",
                Some(false) => "<input type=\"checkbox\" disabled=\"\" /> ",
                None => "",
            };
            (format!("<li>{checkbox}"), "</li>\n")
        }
        Container::Table => ("<table>\n".to_owned(), "</table>\n"),
        Container::Row { .. } => ("<tr>\n".to_owned(), "</tr>\n"),
    };
    out.push_str(&open);
    let in_tight_item = match container {
        Container::List { .. } => !loose,
        Container::Item { .. } => tight,
        _ => false,
    };
    render_blocks(children, in_tight_item, out);
    out.push_str(close);
}

fn render_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => out.push_str(&escape(text)),
            Inline::Code(text) => out.push_str(&format!("<code>{}</code>", escape(text))),
            Inline::Math { display, text } => {
                let kind = if *display { "display" } else { "inline" };
                out.push_str(&format!("<code class=\"math-{kind}\">{}</code>", escape(text)));
            }
            Inline::SoftBreak => out.push('\n'),
            Inline::HardBreak => out.push_str("<br />\n"),
            Inline::Styled(style, children) => {
                let name = match style {
                    Style::Emphasis => "em",
                    Style::Strong => "strong",
                    Style::Strikethrough => "del",
                };
                out.push_str(&format!("<{name}>"));
                render_inlines(children, out);
                out.push_str(&format!("</{name}>"));
            }
            Inline::Link { destination, title, children } => {
                out.push_str(&format!("<a href=\"{}\"{}>", escape(&encode(destination)), title_attribute(title)));
                render_inlines(children, out);
                out.push_str("</a>");
            }
            Inline::Image { destination, title, alt } => {
                out.push_str(&format!(
                    "<img src=\"{}\" alt=\"{}\"{} />",
                    escape(&encode(destination)),
                    escape(alt),
                    title_attribute(title)
                ));
            }
        }
    }
}

fn title_attribute(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escape(title)) }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Percent-encodes what an address cannot have, as the reference implementation does.
fn encode(address: &str) -> String {
    let mut out = String::new();
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b";/?:@&=+$,-_.!~*'()#%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Removes differences that mean nothing: white space between blocks, table sections, how an apostrophe is written.
pub fn normalize(html: &str) -> String {
    let mut text = html.to_owned();
    for (from, to) in [
        ("<thead>", ""),
        ("</thead>", ""),
        ("<tbody>", ""),
        ("</tbody>", ""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("/>", ">"),
        (" >", ">"),
        ("disabled=\"\"> ", "disabled=\"\">"),
    ] {
        text = text.replace(from, to);
    }
    let mut out = String::new();
    let mut code = false;
    for line in text.split_inclusive('\n') {
        code |= line.contains("<pre>");
        if code {
            out.push_str(line);
        } else {
            out.push_str(line.trim());
            out.push('\n');
        }
        code &= !line.contains("</pre>");
    }
    const BLOCKS: [&str; 19] = [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "tr",
        "td",
        "th",
        "hr",
        "pre",
        "br",
        "ol",
    ];
    for name in BLOCKS {
        for edge in [format!("</{name}>"), format!("<{name}>")] {
            while out.contains(&format!("\n{edge}")) {
                out = out.replace(&format!("\n{edge}"), &edge);
            }
            while out.contains(&format!("{edge}\n")) {
                out = out.replace(&format!("{edge}\n"), &edge);
            }
        }
    }
    out.trim().to_owned()
}
