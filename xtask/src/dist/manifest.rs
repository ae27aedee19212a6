//! `manifest.json`: every file of `dist/` with its sizes and its hash for `integrity="…"`.

use std::{fs, path::Path};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha384};

use super::{bundle::Engine, compress, read, write};
use crate::project::files_under;

const NAME: &str = "manifest.json";

/// Enough that two builds never share a name, short enough to read.
const HASH_DIGITS: usize = 6;

/// What is in `dist/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the widget.
    pub version: String,
    /// The names of the engine's files.
    pub engine: Engine,
    /// All files but this one and the compressed ones.
    pub files: Vec<Entry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path inside the folder, with `/`.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// The length of `name.br`.
    pub brotli_bytes: u64,
    /// `sha384-…`, for `integrity`.
    pub integrity: String,
}

impl Manifest {
    /// Compresses all files of a folder and lists them in its `manifest.json`.
    pub fn write(dir: &Path, version: String, engine: Engine) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for path in files_under(dir)? {
            let content = read(&path)?;
            let name =
                path.strip_prefix(dir)?.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let brotli_bytes = compress::compress(&path)?;
            files.push(Entry { name, bytes: content.len() as u64, brotli_bytes, integrity: integrity(&content) });
        }
        let manifest = Self { version, engine, files };
        let path = dir.join(NAME);
        write(&path, serde_json::to_string_pretty(&manifest)? + "\n")?;
        compress::compress(&path)?;
        Ok(manifest)
    }

    /// Reads the manifest of a folder; `None` if there is none or it is of another form.
    pub fn read(dir: &Path) -> anyhow::Result<Option<Self>> {
        let path = dir.join(NAME);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(serde_json::from_str(&text).ok()) // written by an older version of this program: the folder is to be made anew
    }

    /// The entry of a file.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.files.iter().find(|file| file.name == name)
    }
}

/// The hash of a file for `integrity="…"`.
pub fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

/// The same, shorter: for scripts where every byte counts.
pub fn short_integrity(content: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

/// The hash of a file for its name.
pub fn hex_hash(content: &[u8]) -> String {
    let mut hex = format!("{:x}", Sha256::digest(content));
    hex.truncate(HASH_DIGITS);
    hex
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn hashes_are_those_of_other_tools() {
        assert_eq!(integrity(b""), "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb");
        assert_eq!(short_integrity(b""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(hex_hash(b""), "e3b0c4");
    }

    #[test]
    fn every_file_is_listed_once_with_its_name() {
        let dir = std::env::temp_dir().join(format!("xtask-manifest-{}", std::process::id()));
        fs::create_dir_all(dir.join("assets")).unwrap();
        fs::write(dir.join("assets/engine-1.js"), "one").unwrap();
        fs::write(dir.join("assisters.js"), "two!").unwrap();
        let engine = Engine {
            js: "assets/engine-1.js".into(),
            wasm: "assets/engine-2.wasm".into(),
            parts: [].into(),
            on_demand: [].into(),
            locales: [].into(),
        };
        let manifest = Manifest::write(&dir, "1.2.3".into(), engine).unwrap();
        let names: Vec<_> = manifest.files.iter().map(|file| (file.name.as_str(), file.bytes)).collect();
        assert_eq!(names, [("assets/engine-1.js", 3), ("assisters.js", 4)]);
        assert_eq!(Manifest::read(&dir).unwrap(), Some(manifest));
        assert!(dir.join("manifest.json.br").is_file());
        fs::write(dir.join(NAME), "{}").unwrap();
        assert_eq!(Manifest::read(&dir).unwrap(), None);
        fs::remove_dir_all(dir).unwrap();
    }
}
