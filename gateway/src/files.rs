//! Files of a folder over HTTP: pre-compressed where there is a sibling, with entity tags, never outside of the folder.
//!
//! Knows no routes. Who may read the files, and for how long they are kept, is the caller's business.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;

/// Types by the end of the name. `application/wasm` lets the browser compile while it loads.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("ts", "text/plain; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
];

/// Encodings that files may have beside them, the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Returns a file of a folder by the path of a request, none when there is none.
///
/// # Errors
/// When the file is there and can not be read.
pub(crate) async fn serve(folder: &Path, path: &str, request: &HeaderMap) -> io::Result<Option<Response>> {
    let Some(file) = find(folder, path).await else { return Ok(None) };
    let (file, encoding) = variant(file, request).await;
    let metadata = tokio::fs::metadata(&file).await?;
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    // Length and time of the very variant: a rebuilt file, and the other encoding of the same file, have other tags.
    let tag = format!("\"{:x}-{:x}{}\"", modified.as_nanos(), metadata.len(), encoding.unwrap_or_default());

    let mut response = Response::new(Body::empty());
    let known = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Body::from(tokio::fs::read(&file).await?);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(io::Error::other)?);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(Some(response))
}

/// Returns the file that a path names, if it is inside the folder.
async fn find(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut file = folder.to_owned();
    for segment in percent_decode_str(path.trim_start_matches('/')).decode_utf8().ok()?.split('/') {
        // No climbing, no hidden files, no drive letters or alternate separators.
        if segment.is_empty() || segment.starts_with('.') || segment.contains(['\\', ':', '\0']) {
            return None;
        }
        file.push(segment);
    }
    // A symbolic link may lead out; what it leads to must be inside as well.
    let (file, folder) = (tokio::fs::canonicalize(&file).await.ok()?, tokio::fs::canonicalize(folder).await.ok()?);
    (file.starts_with(folder) && tokio::fs::metadata(&file).await.ok()?.is_file()).then_some(file)
}

/// Returns the smallest variant that the browser can read.
async fn variant(file: PathBuf, request: &HeaderMap) -> (PathBuf, Option<&'static str>) {
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (encoding, ending) in ENCODINGS {
        let mut name = file.clone().into_os_string();
        name.push(format!(".{ending}"));
        if accepts(accepted, encoding) && tokio::fs::try_exists(&name).await.unwrap_or(false) {
            return (name.into(), Some(encoding));
        }
    }
    (file, None)
}

fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let is_refused = parts.any(|parameter| parameter.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)));
        is_named && !is_refused
    })
}

fn media_type(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    MEDIA_TYPES.iter().find(|(known, _)| *known == ending).map_or("application/octet-stream", |(_, media_type)| media_type)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("public/assets")).unwrap();
        for (name, content) in [
            ("secret.txt", "secret"),
            ("public/a.js", "plain"),
            ("public/a.js.br", "brotli"),
            ("public/a.js.gz", "gzip"),
            ("public/assets/e b.wasm", "wasm"),
            ("public/.env", "secret"),
        ] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        std::os::unix::fs::symlink(folder.path().join("secret.txt"), folder.path().join("public/link.txt")).unwrap();
        folder
    }

    async fn get(folder: &Path, path: &str, accept_encoding: &str) -> Option<(String, String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accept_encoding.parse().unwrap());
        let response = serve(&folder.join("public"), path, &headers).await.unwrap()?;
        let text = |name| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (media_type, encoding) = (text(header::CONTENT_TYPE), text(header::CONTENT_ENCODING));
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        Some((String::from_utf8(body.to_vec()).unwrap(), media_type, encoding))
    }

    #[tokio::test]
    async fn the_smallest_variant_that_is_accepted() {
        let folder = folder();
        for (accepted, body, encoding) in [
            ("", "plain", ""),
            ("gzip, deflate, br, zstd", "brotli", "br"),
            ("gzip", "gzip", "gzip"),
            ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
            ("identity", "plain", ""),
        ] {
            let expected = (body.to_owned(), "text/javascript; charset=utf-8".to_owned(), encoding.to_owned());
            assert_eq!(get(folder.path(), "/a.js", accepted).await, Some(expected), "{accepted}");
        }
        let wasm = get(folder.path(), "/assets/e%20b.wasm", "br").await.unwrap();
        assert_eq!(wasm, ("wasm".to_owned(), "application/wasm".to_owned(), String::new()));
    }

    #[tokio::test]
    async fn nothing_outside_of_the_folder() {
        let folder = folder();
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/assets/../../secret.txt",
            "//etc/passwd",
            "/.env",
            "/link.txt",
            "/assets",
            "/assets/",
            "/",
            "/a.js\0",
            "/..\\secret.txt",
            "/%",
            "/%zz",
            "/nothing.js",
        ] {
            assert_eq!(get(folder.path(), path, "").await, None, "{path}");
        }
    }

    #[tokio::test]
    async fn a_known_file_is_not_sent_again() {
        let folder = folder();
        let mut headers = HeaderMap::new();
        let first = serve(&folder.path().join("public"), "/a.js", &headers).await.unwrap().unwrap();
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        let second = serve(&folder.path().join("public"), "/a.js", &headers).await.unwrap().unwrap();
        assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::NOT_MODIFIED));
        headers.insert(header::ACCEPT_ENCODING, "br".parse().unwrap());
        let other = serve(&folder.path().join("public"), "/a.js", &headers).await.unwrap().unwrap();
        assert_eq!(other.status(), StatusCode::OK, "another encoding is another file");
    }
}
