//! A PDF's text, page by page. Runs only in the reader's own process: the library panics on some damaged files.

use super::Reading;
use super::plain::{joined, to_markdown};

/// Reads a PDF; every page is a section that can be linked to.
pub(super) fn read(content: &[u8]) -> Result<Reading, String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(content).map_err(|error| error.to_string())?;
    let mut markdown = String::new();
    for (idx, page) in pages.iter().enumerate().filter(|(_, page)| !page.trim().is_empty()) {
        let number = idx + 1;
        // `#page=3` is how browsers are told to open a PDF (RFC 8118).
        markdown.push_str(&format!("## Page {number} {{#page={number}}}\n\n{}\n", to_markdown(&joined(page))));
    }
    if markdown.is_empty() {
        return Err("it has no text; scanned pages are pictures".to_owned());
    }
    Ok(Reading { markdown, ..Reading::default() })
}
