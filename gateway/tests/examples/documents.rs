//! The five documents, where they are at hand, and a form as `curl -F` sends it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Returns the documents by name, each as one line without blanks; none where they are not at hand.
pub fn all() -> Option<HashMap<&'static str, String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = ["../../shared/seeds", "../../../shared/seeds"]
        .iter()
        .map(|path| root.join(path))
        .find(|path: &PathBuf| path.is_dir())?;
    let names = ["chat-api", "conversations-api", "execute-api", "informer-api", "threads-api"];
    Some(names.map(|name| (name, bare(&std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap()))).into())
}

/// Returns the lines of an excerpt that say something, without blanks.
pub fn lines(excerpt: &str) -> Vec<String> {
    excerpt.lines().map(bare).filter(|line| line.len() > 2).collect()
}

fn bare(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// Writes a form: a part whose value begins with `@` is a file of that name.
pub fn form(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in parts {
        let (more, content) = match value.strip_prefix('@') {
            Some(file) => {
                (format!("; filename=\"{file}\"\r\nContent-Type: application/pdf"), pdf("Returns are free for thirty days."))
            }
            None => (String::new(), value.as_bytes().to_vec()),
        };
        body.extend_from_slice(format!("------curl\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").as_bytes());
        body.extend_from_slice(&content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"------curl--\r\n");
    body
}

/// Writes a PDF of one page with one line of text.
fn pdf(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 18 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (idx, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", idx + 1));
    }
    let start = file.len();
    let entries: String = offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
    file.push_str(&format!(
        "xref\n0 6\n0000000000 65535 f \n{entries}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}
