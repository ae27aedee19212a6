//! The exact lines that the owner of a page with a strict policy adds to it. Each is held to by a page of `tests/e2e/tests/suite/policies.rs`.

use std::fmt::{self, Write as _};

/// Ways to let the script in, and the `script-src` of each. `HASH` stands for the loader's.
const WAYS: &[(&str, &str)] = &[
    ("by its origin", "script-src CDN 'wasm-unsafe-eval'"),
    ("by a nonce (<script nonce=\"NONCE\" …>)", "script-src 'nonce-NONCE' 'wasm-unsafe-eval'"),
    ("by its hash (<script integrity=\"HASH\" crossorigin …>)", "script-src 'HASH' CDN/assets/ 'wasm-unsafe-eval'"),
];

/// The advice for a build whose loader has this hash.
pub struct Advice<'a> {
    /// The loader's, as in `integrity="…"`.
    pub loader_integrity: &'a str,
}

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from(
            "A page with a Content-Security-Policy adds two lines, with CDN and API the origins of these files and of the chat API. Let the script in\n",
        );
        for (way, line) in WAYS {
            writeln!(text, "  {way}:\n    {line};\n    connect-src CDN API;")?;
        }
        text.push_str(
            "Where that is too much, a frame needs one line, and no script at all; the page's chat uses it too where 'wasm-unsafe-eval' is missing:\n    \
             frame-src CDN;\n\
             No style-src, font-src or worker-src is needed. Trusted Types may be as strict as they can be:\n    \
             require-trusted-types-for 'script'; trusted-types 'none';\n\
             Pictures (avatar, buttonIcon, linkPolicy.imageHosts) need their hosts in img-src.",
        );
        f.write_str(&text.replace("HASH", self.loader_integrity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_printed_with_the_hash_of_this_build() {
        let text = Advice { loader_integrity: "sha384-abc" }.to_string();
        for line in [
            "script-src CDN 'wasm-unsafe-eval';",
            "script-src 'nonce-NONCE' 'wasm-unsafe-eval';",
            "script-src 'sha384-abc' CDN/assets/ 'wasm-unsafe-eval';",
            "integrity=\"sha384-abc\"",
            "connect-src CDN API;",
            "frame-src CDN;",
        ] {
            assert!(text.contains(line), "{line} is missing in {text}");
        }
    }
}
