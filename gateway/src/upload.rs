//! What an attached file is and is called: seen from its content, not believed; and the addresses it is known by.
//!
//! Knows no HTTP and no store: the routes are in [`crate::routes`], what becomes of an attachment on its way to the upstream in [`crate::answer`].

use percent_encoding::percent_decode_str;

/// No honest name is longer; file systems end here too.
const NAME_LIMIT_CHARS: usize = 120;

/// Where the files are, below the folder of the API.
pub(crate) const FOLDER: &str = "/uploads/";

/// Text that a browser may take for a program when it is opened: so much of the beginning is looked at, as browsers do.
const SNIFFED_BYTES: usize = 1024;

/// Returns a file's media type. The name decides only between kinds of plain text.
pub(crate) fn media_type(content: &[u8], name: &str) -> String {
    if let Some(kind) = infer::get(content) {
        return match kind.mime_type() {
            // HEIC is one of the codecs in the HEIF container.
            "image/heic" => "image/heif".to_owned(),
            "text/html" | "text/xml" if is_drawing(content) => "image/svg+xml".to_owned(),
            other => other.to_owned(),
        };
    }
    let Ok(text) = std::str::from_utf8(content) else { return "application/octet-stream".to_owned() };
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}')) {
        return "application/octet-stream".to_owned();
    }
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if is_drawing(content) {
        return "image/svg+xml".to_owned();
    }
    if start.starts_with('<') && start.chars().nth(1).is_some_and(|c| c.is_ascii_alphabetic() || "!?/".contains(c)) {
        return if start.starts_with("<?xml") { "text/xml" } else { "text/html" }.to_owned();
    }
    match name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase().as_str() {
        "csv" => "text/csv",
        "md" | "markdown" => "text/markdown",
        "json" if start.starts_with(['{', '[']) => "application/json",
        _ => "text/plain",
    }
    .to_owned()
}

/// Whether a text is an SVG image, which may hold scripts.
fn is_drawing(content: &[u8]) -> bool {
    let beginning = content.get(..SNIFFED_BYTES).unwrap_or(content).to_ascii_lowercase();
    beginning.windows(4).any(|window| window == b"<svg") && beginning.trim_ascii_start().first() == Some(&b'<')
}

/// Whether a type is one of the allowed; `image/*` allows every kind of image but SVG, which is a program.
pub(crate) fn is_allowed(media_type: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|allowed| match allowed.strip_suffix('*') {
        Some(kind) => media_type.starts_with(kind) && media_type != "image/svg+xml" && media_type != "text/html",
        None => allowed == media_type,
    })
}

/// Returns the type that a file is sent with: nothing that a browser would run, whatever the owner allows.
pub(crate) fn served_type(media_type: &str) -> &str {
    let is_inert = media_type.starts_with("image/") && media_type != "image/svg+xml"
        || ["application/pdf", "application/json"].contains(&media_type)
        || media_type.starts_with("audio/")
        || media_type.starts_with("video/");
    match media_type {
        "text/plain" | "text/csv" | "text/markdown" => "text/plain; charset=utf-8",
        _ if is_inert => media_type,
        _ => "application/octet-stream",
    }
}

/// Returns a name without folders, control characters and marks that turn the direction of writing around.
pub(crate) fn safe_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain =
        |c: &char| !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String = last.chars().filter(is_plain).collect();
    let name = name.trim().trim_start_matches('.');
    let n_chars = name.chars().count();
    if name.is_empty() {
        "file".to_owned()
    } else if n_chars > NAME_LIMIT_CHARS {
        // The end says what it is.
        name.chars().skip(n_chars - NAME_LIMIT_CHARS).collect()
    } else {
        name.to_owned()
    }
}

/// Returns the last segment of an address as it was before it was escaped: the name of a file.
pub(crate) fn name_in(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let segment = path.rsplit('/').next().unwrap_or_default();
    safe_name(&percent_decode_str(segment).decode_utf8_lossy())
}

/// Returns the id in the address of a file of this gateway's, if it looks like one.
pub(crate) fn id_in(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once(FOLDER)?;
    let (id, _) = rest.split_once('/')?;
    id.starts_with("file_").then_some(id)
}

/// Takes the addresses of files off the end of a text, where dialects put them that have no other place.
pub(crate) fn take_addresses(text: &str) -> (&str, Vec<&str>) {
    let mut rest = text;
    let mut addresses = Vec::new();
    while let Some((before, last)) = rest.rsplit_once("\n\n") {
        if id_in(last).is_none() || last.contains(char::is_whitespace) {
            break;
        }
        addresses.insert(0, last);
        rest = before;
    }
    (rest, addresses)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use assisters_chat::protocol::segment;

    use super::*;

    #[test]
    fn a_file_is_what_it_holds() {
        for (content, name, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "a.txt", "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "a.exe", "image/jpeg"),
            (b"GIF89a\x01\0", "a", "image/gif"),
            (b"%PDF-1.7\n", "a.png", "application/pdf"),
            (b"MZ\x90\0\x03", "report.pdf", "application/vnd.microsoft.portable-executable"),
            (b"<!DOCTYPE html><p>", "a.png", "text/html"),
            (b"\xef\xbb\xbf  <script>alert(1)</script>", "a.txt", "text/html"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "image/svg+xml"),
            (b"<?xml version='1.0'?><!-- --><SVG/>", "a.txt", "image/svg+xml"),
            (b"<a>", "a.md", "text/html"),
            (b"< 5 and > 3", "a.md", "text/markdown"),
            ("żółw".as_bytes(), "a", "text/plain"),
            (b"a;b\n1;2\n", "A.CSV", "text/csv"),
            (b"{\"a\": 1}", "a.json", "application/json"),
            (b"a\0b", "a.txt", "application/octet-stream"),
            (b"\xff\xfe\xfd\xfc", "a.txt", "application/octet-stream"),
        ] {
            assert_eq!(media_type(content, name), expected, "{name} {:?}", String::from_utf8_lossy(content));
        }
    }

    #[test]
    fn a_star_allows_no_programs() {
        let allowed = ["image/*", "text/*", "application/pdf"].map(str::to_owned);
        for (media_type, expected) in [
            ("image/png", true),
            ("image/svg+xml", false),
            ("text/html", false),
            ("text/csv", true),
            ("application/pdf", true),
            ("application/zip", false),
        ] {
            assert_eq!(is_allowed(media_type, &allowed), expected, "{media_type}");
        }
        for (media_type, served) in [
            ("image/png", "image/png"),
            ("text/html", "application/octet-stream"),
            ("image/svg+xml", "application/octet-stream"),
            ("text/csv", "text/plain; charset=utf-8"),
            ("text/javascript", "application/octet-stream"),
        ] {
            assert_eq!(served_type(media_type), served);
        }
    }

    #[test]
    fn a_name_is_only_a_name() {
        let long = format!("{}.pdf", "x".repeat(500));
        let kept = format!("{}.pdf", "x".repeat(NAME_LIMIT_CHARS - 4));
        for (given, expected) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\files\\a.txt", "a.txt"),
            (".htaccess", "htaccess"),
            ("..", "file"),
            ("", "file"),
            ("a\r\nSet-Cookie: x\".txt", "aSet-Cookie: x\".txt"),
            ("gpj.\u{202e}exe.txt", "gpj.exe.txt"),
            ("żółw 🐢.png", "żółw 🐢.png"),
            (&long, &kept),
        ] {
            assert_eq!(safe_name(given), expected);
            let url = format!("https://chat.example/v1/uploads/file_1/{}?a#b", segment(expected));
            assert_eq!((name_in(&url).as_str(), id_in(&url)), (expected, Some("file_1")), "{url}");
        }
        assert_eq!(name_in("https://x.example/100%/50%zz"), "50%zz");
    }

    #[test]
    fn addresses_come_off_the_end_of_a_text_only() {
        let (one, two) = ("https://c.example/v1/uploads/file_1/a.png", "https://c.example/v1/uploads/file_2/b.pdf");
        for (text, rest, addresses) in [
            ("What is that?".to_owned(), "What is that?", vec![]),
            (format!("See\n\n{one}\n\n{two}"), "See", vec![one, two]),
            ("See https://c.example/v1/uploads/file_1/a.png".to_owned(), "See https://c.example/v1/uploads/file_1/a.png", vec![]),
            (
                "https://c.example/v1/uploads/file_1/a.png\n\nis mine".to_owned(),
                "https://c.example/v1/uploads/file_1/a.png\n\nis mine",
                vec![],
            ),
            ("See\n\nhttps://x.example/a.png".to_owned(), "See\n\nhttps://x.example/a.png", vec![]),
        ] {
            assert_eq!(take_addresses(&text), (rest, addresses));
        }
    }
}
