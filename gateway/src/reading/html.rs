//! A web page's text without what stands around it, and where its links lead. Runs only in the reader's own process: a page may be
//! made to be hard to read.

use std::collections::HashSet;
use std::rc::Rc;

use htmd::element_handler::Handlers;
use htmd::options::{BulletListMarker, HeadingStyle, Options};
use htmd::{Element, HtmlToMarkdown, Node};
use markup5ever_rcdom::NodeData;
use reqwest::Url;

use super::Reading;

/// What is no text of a page, wherever it stands.
const NO_TEXT: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "iframe", "img", "picture", "video", "audio", "canvas", "form", "button",
    "select", "input", "textarea", "dialog", "nav", "footer", "aside",
];

const HEADINGS: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6"];

/// No honest page is nested deeper, and the converter follows it with its stack.
const DEPTH_LIMIT: usize = 500;

/// A page with more links is a list of everything.
const LINKS_LIMIT: usize = 1_000;

/// Reads a page.
pub(super) fn read(html: &str, address: Option<&str>) -> Result<Reading, String> {
    let mut no_text = NO_TEXT.to_vec();
    let tree = HtmlToMarkdown::new().html_to_tree(html).map_err(|error| error.to_string())?;
    let mut page = Page { base: address.and_then(|address| Url::parse(address).ok()), ..Page::default() };
    page.look_at(&tree)?;
    if page.main.is_none() {
        // Around an article it is the site's, inside one the article's own.
        no_text.push("header");
    }
    let options = Options {
        heading_style: HeadingStyle::Atx,
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder().options(options).add_handler(HEADINGS.to_vec(), heading).skip_tags(no_text).build();
    let markdown = converter.tree_to_markdown(page.main.as_ref().unwrap_or(&tree));
    Ok(Reading { title: page.title, markdown, links: page.links, is_private: page.is_private })
}

/// Keeps a heading's id, so that a source can link to its place.
fn heading(handlers: &dyn Handlers, element: Element<'_>) -> Option<htmd::element_handler::HandlerResult> {
    let id = attribute(element.node, "id").filter(|id| is_plain(id));
    let text = handlers.fallback(element)?.content;
    let text = text.trim();
    // Nothing but marks: no heading at all.
    if text.trim_matches('#').trim().is_empty() {
        return None;
    }
    let id = id.map_or_else(String::new, |id| format!(" {{#{id}}}"));
    Some(format!("\n\n{text}{id}\n\n").into())
}

fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|letter| letter.is_alphanumeric() || "-_.:=".contains(letter))
}

/// What is seen on a walk through a page.
#[derive(Default)]
struct Page {
    base: Option<Url>,
    title: Option<String>,
    main: Option<Rc<Node>>,
    links: Vec<String>,
    seen: HashSet<String>,
    is_private: bool,
}

impl Page {
    /// Walks through a tree in the order of the text; without recursion, as pages may be deep.
    fn look_at(&mut self, tree: &Rc<Node>) -> Result<(), String> {
        let mut open = vec![(Rc::clone(tree), 0)];
        while let Some((node, depth)) = open.pop() {
            if depth > DEPTH_LIMIT {
                return Err("it is nested too deeply".to_owned());
            }
            if let NodeData::Element { name, .. } = &node.data {
                self.look_at_element(&node, &name.local);
            }
            open.extend(node.children.borrow().iter().rev().map(|child| (Rc::clone(child), depth + 1)));
        }
        Ok(())
    }

    fn look_at_element(&mut self, node: &Rc<Node>, tag: &str) {
        match tag {
            "title" if self.title.is_none() => self.title = Some(text_of(node)).filter(|title| !title.is_empty()),
            "base" => {
                let href = attribute(node, "href");
                let base = href.and_then(|href| self.base.as_ref()?.join(&href).ok());
                self.base = base.or(self.base.take());
            }
            "meta" if attribute(node, "name").is_some_and(|name| name.eq_ignore_ascii_case("robots")) => {
                let rules = attribute(node, "content").unwrap_or_default().to_ascii_lowercase();
                self.is_private |= rules.contains("noindex") || rules.contains("none");
            }
            "a" => self.complete_link(node),
            "main" if self.main.is_none() => self.main = Some(Rc::clone(node)),
            _ if attribute(node, "role").is_some_and(|role| role == "main") && self.main.is_none() => {
                self.main = Some(Rc::clone(node));
            }
            "section" | "div" | "article" => inherit_id(node),
            _ => {}
        }
    }

    /// Writes where a link leads in full, and remembers it.
    fn complete_link(&mut self, node: &Rc<Node>) {
        let Some(href) = attribute(node, "href") else { return };
        let Some(target) = self.base.as_ref().map_or_else(|| Url::parse(&href), |base| base.join(&href)).ok() else { return };
        if let NodeData::Element { attrs, .. } = &node.data
            && let Some(attr) = attrs.borrow_mut().iter_mut().find(|attr| &*attr.name.local == "href")
        {
            attr.value = target.as_str().into();
        }
        let is_followed = !attribute(node, "rel").is_some_and(|rel| rel.split_whitespace().any(|word| word == "nofollow"));
        let mut target = target;
        target.set_fragment(None);
        let target = target.to_string();
        if is_followed && self.links.len() < LINKS_LIMIT && self.seen.insert(target.clone()) {
            self.links.push(target);
        }
    }
}

/// Gives the id of a section to the heading that it begins with, if that has none.
fn inherit_id(node: &Rc<Node>) {
    let children = node.children.borrow();
    let first = children.iter().find(|child| matches!(child.data, NodeData::Element { .. }));
    let Some(first) = first else { return };
    if let (NodeData::Element { attrs: own, .. }, NodeData::Element { name, attrs, .. }) = (&node.data, &first.data)
        && HEADINGS.contains(&&*name.local)
        && attribute(first, "id").is_none()
        && let Some(id) = own.borrow().iter().find(|attr| &*attr.name.local == "id")
    {
        attrs.borrow_mut().push(id.clone());
    }
}

fn attribute(node: &Node, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    let attrs = attrs.borrow();
    attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| attr.value.trim().to_owned())
}

fn text_of(node: &Node) -> String {
    let children = node.children.borrow();
    let texts = children.iter().filter_map(|child| match &child.data {
        NodeData::Text { contents } => Some(contents.borrow().to_string()),
        _ => None,
    });
    texts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_text_of_a_page_and_its_links() {
        let html = r#"<!doctype html><html><head><title> Pricing
            Page </title><script>var a = "<p>no</p>";</script></head><body>
            <header><a href="/">Home</a></header><nav><ul><li><a href="/faq#top">FAQ</a><li><a rel="nofollow" href="/login">In</a></ul></nav>
            <main><header><h1>Plans</h1></header><section id="free"><h2>Free &amp; easy</h2><p>It costs <b>nothing</b>,
            see <a href="terms?a=1">terms</a>.</p></section><h2 id="pro">Pro</h2><ul><li>One</li><li>Two</li></ul>
            <table><tr><th>Plan</th><th>Price</th></tr><tr><td>Pro</td><td>€9</td></tr></table><h2></h2></main>
            <footer>© us</footer></body></html>"#;
        let reading = read(html, Some("https://shop.example/docs/pricing")).unwrap();
        assert_eq!(reading.title.as_deref(), Some("Pricing Page"));
        for part in [
            "# Plans\n",
            "## Free & easy {#free}\n",
            "It costs **nothing**, see [terms](https://shop.example/docs/terms?a=1).",
            "## Pro {#pro}\n\n- One\n- Two",
            "| Pro",
        ] {
            assert!(reading.markdown.contains(part), "{part} in {}", reading.markdown);
        }
        for part in ["no", "©", "Home", "FAQ", "##\n"] {
            assert!(
                !reading.markdown.contains(part) || part == "no" && !reading.markdown.contains("<p>"),
                "{part} in {}",
                reading.markdown
            );
        }
        let expected = ["https://shop.example/", "https://shop.example/faq", "https://shop.example/docs/terms?a=1"];
        assert_eq!((reading.links.as_slice(), reading.is_private), (expected.map(str::to_owned).as_slice(), false));
    }

    #[test]
    fn a_page_without_a_main_part() {
        let reading = read("<header>Site</header><base href='https://cdn.example/x/'><meta name=ROBOTS content='NOINDEX'><p>Text</p><a href=y>z</a>",
            Some("https://shop.example/")).unwrap();
        assert_eq!(reading.markdown, "Text\n\n[z](https://cdn.example/x/y)");
        assert!(reading.is_private && reading.title.is_none());
    }
}
