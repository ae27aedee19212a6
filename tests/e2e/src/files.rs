//! Where things are: the project, `dist/`, and what failed tests leave behind.

use std::path::{Path, PathBuf};
use std::{env, fs};

use bytes::Bytes;

/// Returns the project's folder.
#[must_use]
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Returns the folder with the built widget.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn dist() -> PathBuf {
    let named = ["ASSISTERS_DIST", "ASSISTERS_TEST_DIST"].into_iter().find_map(env::var_os).map(PathBuf::from);
    let dist = named.unwrap_or_else(|| workspace().join("dist"));
    assert!(
        dist.join("assisters.js").is_file(),
        "{} has no assisters.js: build the widget with `cargo xtask dist`, or name another folder in ASSISTERS_DIST",
        dist.display()
    );
    dist
}

/// Returns the folder with the built projects of `tests/packaging`.
///
/// # Panics
/// When they have not been built.
#[must_use]
pub fn packaging() -> PathBuf {
    let dir = env::var_os("ASSISTERS_TEST_PACKAGING").map_or_else(|| workspace().join("target/packaging"), PathBuf::from);
    let is_built = dir.join("node_modules/assisters-chat").is_dir();
    assert!(is_built, "{} has no installed projects: `cargo xtask test` builds them", dir.display());
    dir
}

/// Returns the folder for screenshots and logs of failed tests.
#[must_use]
pub fn leftovers() -> PathBuf {
    let folder = workspace().join("target").join("e2e");
    fs::create_dir_all(&folder).expect("a folder for screenshots");
    folder
}

/// Reads one of the widget's files with its media type; `None` for what is not there.
#[must_use]
pub fn read_dist(path: &str) -> Option<(&'static str, Bytes)> {
    read_file(&dist(), path)
}

/// Returns the hash of one of the widget's files, from the manifest.
///
/// # Panics
/// When the manifest does not list it.
#[must_use]
pub fn integrity(name: &str) -> String {
    let manifest = fs::read(dist().join("manifest.json")).expect("dist/ has a manifest");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("the manifest is JSON");
    let file = manifest["files"].as_array().into_iter().flatten().find(|file| file["name"] == name);
    file.and_then(|file| file["integrity"].as_str()).unwrap_or_else(|| panic!("the manifest does not list {name}")).to_owned()
}

/// Reads a file of a folder that is served; `None` for what is not there.
#[must_use]
pub fn read_file(folder: &Path, path: &str) -> Option<(&'static str, Bytes)> {
    let path = path.trim_start_matches('/');
    if path.is_empty() || path.split('/').any(|segment| segment.starts_with('.')) {
        return None;
    }
    let media_type = match path.rsplit('.').next()? {
        "js" | "mjs" => "text/javascript",
        "wasm" => "application/wasm",
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "json" => "application/json",
        _ => return None,
    };
    let bytes = fs::read(folder.join(path)).ok()?;
    Some((media_type, bytes.into()))
}
