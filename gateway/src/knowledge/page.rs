//! A page as HTML, for the template of the demo. The author is trusted with words, not with markup: raw HTML is left out.

use std::sync::Arc;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html};

use super::section::{Anchors, Page, markdown_options, page_link};

/// What fills the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedPage {
    /// The title, escaped.
    pub title: String,
    /// The page's text.
    pub content: String,
    /// Links to all pages.
    pub navigation: String,
}

/// Renders a page and the links to its neighbours.
#[must_use]
pub fn render(page: &Page, pages: &[Arc<Page>], base_url: &str) -> RenderedPage {
    let mut navigation = String::from("<ul>\n");
    for other in pages {
        let current = if other.slug == page.slug { " aria-current=\"page\"" } else { "" };
        let (slug, title) = (escape(&other.slug), escape(&other.title));
        navigation.push_str(&format!("<li><a href=\"{}/{slug}\"{current}>{title}</a></li>\n", escape(base_url)));
    }
    navigation.push_str("</ul>\n");
    let mut content = String::new();
    html::push_html(&mut content, events(&page.markdown, base_url).into_iter());
    RenderedPage { title: escape(&page.title), content, navigation }
}

/// Returns the events of a text with headings named, links between files made links between pages, and raw HTML left out.
fn events<'a>(markdown: &'a str, base_url: &str) -> Vec<Event<'a>> {
    let mut anchors = Anchors::default();
    let mut events: Vec<Event<'a>> = Vec::new();
    let mut heading: Option<(usize, String)> = None;
    for event in Parser::new_ext(markdown, markdown_options()) {
        match &event {
            Event::Html(_) | Event::InlineHtml(_) => continue,
            Event::Start(Tag::Heading { .. }) => heading = Some((events.len(), String::new())),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, words)) = &mut heading {
                    words.push_str(text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((idx, words)) = heading.take()
                    && let Some(Event::Start(Tag::Heading { id: id @ None, .. })) = events.get_mut(idx)
                {
                    *id = Some(CowStr::from(anchors.next(&words)));
                }
            }
            _ => {}
        }
        events.push(match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = page_link(&dest_url, base_url).map_or(dest_url, CowStr::from);
                Event::Start(Tag::Link { link_type, dest_url, title, id })
            }
            other => other,
        });
    }
    events
}

/// Rewrites links between files in a piece of Markdown, and leaves everything else as written.
pub(super) fn with_page_links(markdown: &str, base_url: &str) -> String {
    let mut rewritten = markdown.to_owned();
    for event in Parser::new_ext(markdown, markdown_options()) {
        if let Event::Start(Tag::Link { dest_url, .. }) = event
            && let Some(url) = page_link(&dest_url, base_url)
        {
            rewritten = rewritten.replace(&format!("]({dest_url}"), &format!("]({url}"));
        }
    }
    rewritten
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_page_is_rendered_without_raw_html() {
        let markdown = "# A & B\n\n## Worn `items`\n\nSee [sizes](sizes.md#chart). <script>alert(1)</script>\n\n<div onclick=\"x\">\n\n</div>\n";
        let pages = [("a", markdown), ("b", "# \"B\"")].map(|(slug, text)| Arc::new(Page::parse(slug.into(), text.into())));
        let page = render(&pages[0], &pages, "/help");
        assert_eq!(page.title, "A &amp; B");
        assert!(page.content.contains("<h2 id=\"worn-items\">"), "{}", page.content);
        assert!(page.content.contains("<a href=\"/help/sizes#chart\">sizes</a>"), "{}", page.content);
        assert!(!page.content.contains("<script") && !page.content.contains("<div"), "{}", page.content);
        assert!(page.navigation.contains("<a href=\"/help/a\" aria-current=\"page\">A &amp; B</a>"), "{}", page.navigation);
        assert!(page.navigation.contains("<a href=\"/help/b\">&quot;B&quot;</a>"), "{}", page.navigation);
    }

    #[test]
    fn quoted_links() {
        let quoted = with_page_links("See [sizes](sizes.md#chart), [us](https://example.com/x.md).", "https://shop.example/help");
        assert_eq!(quoted, "See [sizes](https://shop.example/help/sizes#chart), [us](https://example.com/x.md).");
    }
}
