//! The rules of the design that a program can check, as a table. Text in, violations out; reads no files.

use std::fmt;

/// What may not be written where, and why.
struct Rule {
    /// Folders or files that the rule is about.
    within: &'static [&'static str],
    /// Folders or files it is not about.
    except: &'static [&'static str],
    forbidden: &'static [Pattern],
    why: &'static str,
}

/// What to look for in code, comments left out.
enum Pattern {
    /// A whole identifier.
    Word(&'static str),
    /// Any text.
    Text(&'static str),
    /// A whole identifier followed by `=` without a space: an attribute in a view or a tag.
    Attribute(&'static str),
    /// The call `.forget()` in a file that makes closures.
    ForgottenClosure,
    /// An import from this crate that is not of this module.
    ImportBeyond(&'static str),
}

use Pattern::{Attribute, ForgottenClosure, ImportBeyond, Text, Word};

const RULES: &[Rule] = &[
    Rule {
        within: &["src/config", "src/protocol", "src/chat", "src/markdown"],
        except: &[],
        forbidden: &[
            Word("leptos"),
            Word("web_sys"),
            Word("wasm_bindgen"),
            Word("wasm_bindgen_futures"),
            Word("serde_wasm_bindgen"),
            Word("js_sys"),
            Text("gloo_"),
        ],
        why: "config, protocol, chat and markdown compile natively: the gateway and plain `cargo test` use them",
    },
    Rule {
        within: &["src/markdown"],
        except: &[],
        forbidden: &[ImportBeyond("markdown"), Word("serde"), Word("serde_json")],
        why: "markdown knows nothing but itself",
    },
    Rule {
        within: &["src"],
        except: &["src/browser"],
        forbidden: &[Text("gloo_")],
        why: "only src/browser talks to the browser",
    },
    Rule {
        within: &["src"],
        except: &["src/browser", "src/ui", "src/embed"],
        forbidden: &[Word("web_sys")],
        why: "only src/browser talks to the browser; ui and embed may name its types",
    },
    Rule {
        within: &["src"],
        except: &[],
        forbidden: &[ForgottenClosure, Text("mem::forget")],
        why: "every listener, timer and task dies with its handle",
    },
    Rule {
        within: &["src", "www", "pkg"],
        except: &["www/test"],
        forbidden: &[
            Text("inner_html"),
            Text("innerHTML"),
            Text("outer_html"),
            Text("outerHTML"),
            Text("insert_adjacent_html"),
            Text("insertAdjacentHTML"),
            Text("document.write"),
            Word("DOMParser"),
            Word("DomParser"),
            Text("createContextualFragment"),
            Text("create_contextual_fragment"),
        ],
        why: "no HTML sink in the program: a page under Trusted Types must be able to use it",
    },
    Rule {
        within: &["src", "www"],
        except: &["www/demo", "www/test"],
        forbidden: &[
            Attribute("style"),
            Text("set_attribute(\"style\""),
            Text("setAttribute('style'"),
            Text("setAttribute(\"style\""),
        ],
        why: "no style attribute: a page's style-src may forbid it; use a class or a custom property",
    },
];

/// A rule that was broken.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    file: String,
    line: usize,
    found: String,
    why: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: `{}`: {}", self.file, self.line, self.found, self.why)
    }
}

/// Finds what is wrong in a file; `file` is its path in the workspace, with `/`.
pub fn violations(file: &str, text: &str) -> Vec<Violation> {
    let rules: Vec<_> = RULES.iter().filter(|rule| is_within(file, rule.within) && !is_within(file, rule.except)).collect();
    let code = without_comments(text);
    let makes_closures = file.starts_with("src/browser/") || code.lines().any(|line| has_word(line, "Closure"));
    let mut violations = Vec::new();
    for (line_idx, line) in code.lines().enumerate() {
        for rule in &rules {
            let found = rule.forbidden.iter().filter_map(|pattern| pattern.found_in(line, makes_closures));
            violations.extend(found.map(|found| Violation { file: file.to_owned(), line: line_idx + 1, found, why: rule.why }));
        }
    }
    violations
}

impl Pattern {
    fn found_in(&self, line: &str, makes_closures: bool) -> Option<String> {
        match self {
            Word(word) => has_word(line, word).then(|| (*word).to_owned()),
            Text(text) => line.contains(text).then(|| (*text).to_owned()),
            Attribute(name) => {
                let attribute = format!("{name}=");
                let is_found = word_starts(line, name)
                    .any(|start| line[start..].starts_with(&attribute) && !line[start..].starts_with(&format!("{name}==")));
                is_found.then_some(attribute)
            }
            ForgottenClosure => (makes_closures && line.contains(".forget()")).then(|| ".forget()".to_owned()),
            ImportBeyond(module) => {
                let mut imports = line.match_indices("crate::").map(|(at, prefix)| &line[at + prefix.len()..]);
                imports.find(|path| !word_starts(path, module).any(|start| start == 0)).map(|path| format!("crate::{path}"))
            }
        }
    }
}

fn is_within(file: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| {
        let rest = file.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with(".rs"))
    })
}

fn has_word(line: &str, word: &str) -> bool {
    word_starts(line, word).next().is_some()
}

/// Where a whole identifier stands in a line.
fn word_starts<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_part = |character: char| character.is_alphanumeric() || character == '_' || character == '-';
    line.match_indices(word).map(|(start, _)| start).filter(move |start| {
        let before = line[..*start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(|character| character.is_alphanumeric() || character == '_')
    })
}

/// The text with line comments and block comments blanked. Good enough for sources that rustfmt and a person have read: `//` inside a string
/// counts as a comment only after a space, which spares every URL.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut is_in_block = false;
    for line in text.lines() {
        let mut rest = line;
        while !rest.is_empty() {
            if is_in_block {
                let Some(end) = rest.find("*/") else { break };
                (is_in_block, rest) = (false, &rest[end + 2..]);
                continue;
            }
            let comment =
                rest.match_indices("//").map(|(at, _)| at).find(|&at| at == 0 || rest[..at].ends_with(char::is_whitespace));
            let block = rest.find("/*").filter(|&at| at == 0 || rest[..at].ends_with([' ', '\t', '(', ',']));
            match (comment, block) {
                (Some(comment), block) if block.is_none_or(|block| comment < block) => {
                    code.push_str(&rest[..comment]);
                    break;
                }
                (_, Some(block)) => {
                    code.push_str(&rest[..block]);
                    (is_in_block, rest) = (true, &rest[block + 2..]);
                }
                (_, None) => {
                    code.push_str(rest);
                    break;
                }
            }
        }
        code.push('\n');
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, text: &str, expected: &[&str]) {
        let found: Vec<_> =
            violations(file, text).into_iter().map(|violation| format!("{}:{}", violation.line, violation.found)).collect();
        assert_eq!(found, expected, "{file}: {text}");
    }

    #[test]
    fn the_core_does_not_know_the_browser() {
        check("src/config/mod.rs", "use leptos::prelude::*;", &["1:leptos"]);
        check("src/config.rs", "use leptos::prelude::*;", &["1:leptos"]);
        check(
            "src/protocol/sse.rs",
            "\nuse wasm_bindgen::JsCast as _;\nlet x: web_sys::Element;",
            &["2:wasm_bindgen", "3:web_sys", "3:web_sys"],
        );
        check("src/chat/mod.rs", "use gloo_net::http::Request;", &["1:gloo_", "1:gloo_"]);
        check("src/chat/mod.rs", "//! Knows nothing of leptos or web_sys.\nlet leptosphere = 1; // not leptos", &[]);
        check("src/session/mod.rs", "use leptos::prelude::*;", &[]);
    }

    #[test]
    fn markdown_knows_only_itself() {
        check("src/markdown/inline.rs", "use crate::markdown::line;\nuse super::line;", &[]);
        check("src/markdown/inline.rs", "use crate::chat::Message;", &["1:crate::chat::Message;"]);
        check("src/markdown/mod.rs", "use serde::Serialize;", &["1:serde"]);
        check("src/config/mod.rs", "use crate::markdown::policy::LinkPolicy;", &[]);
    }

    #[test]
    fn only_the_browser_folder_talks_to_the_browser() {
        check("src/session/mod.rs", "fn f(window: web_sys::Window) {}", &["1:web_sys"]);
        check("src/ui/panel.rs", "fn f(element: web_sys::Element) {}", &[]);
        check("src/embed/mod.rs", "use gloo_net::http::Request;", &["1:gloo_"]);
        check("src/browser/http.rs", "use gloo_net::http::Request; use web_sys::Window;", &[]);
    }

    #[test]
    fn closures_are_not_forgotten() {
        check("src/embed/mod.rs", "let closure = Closure::new(f);\nclosure.forget();", &["2:.forget()"]);
        check("src/browser/timer.rs", "timeout.forget();", &["1:.forget()"]);
        check("src/ui/panel.rs", "std::mem::forget(listener);", &["1:mem::forget"]);
        check("src/embed/handle.rs", "self.session.forget(); // what is stored", &[]);
    }

    #[test]
    fn no_html_sink() {
        check("src/ui/rich_text.rs", "view! { <p inner_html=text/> }", &["1:inner_html"]);
        check("src/browser/dom.rs", "element.set_inner_html(&text);", &["1:inner_html"]);
        check("www/shell/launcher.js", "root.innerHTML = '';", &["1:innerHTML"]);
        check("www/shell/launcher.js", "// innerHTML is banned\n/** innerHTML\n * innerHTML */ go();", &[]);
        check("pkg/assisters_chat.js", "getObject(arg0).innerHTML = getStringFromWasm0(arg1, arg2);", &["1:innerHTML"]);
        check("gateway/src/main.rs", "let innerHTML = 1;", &[]);
    }

    #[test]
    fn no_style_attribute() {
        check("src/ui/panel.rs", "view! { <p style=move || color()/> }", &["1:style="]);
        check("src/ui/panel.rs", "view! { <p data-style=\"x\" style:color=color/> }", &[]);
        check("src/ui/panel.rs", "let style = 1; if style==2 {}", &[]);
        check("www/frame.html", "<body style=\"margin:0\">", &["1:style="]);
        check("www/demo/page.html", "<body style=\"margin:0\">", &[]);
    }

    #[test]
    fn comments_are_left_out_and_urls_are_not() {
        let code = without_comments("a(\"https://x\"); // leptos\nb(/* c */ d);\n/* e\nf */ g");
        assert_eq!(code, "a(\"https://x\"); \nb( d);\n\n g\n");
    }
}
