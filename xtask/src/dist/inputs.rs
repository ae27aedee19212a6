//! Tells whether anything that a result was made from has changed, by content and not by time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::project::{Project, files_under};

/// What the engine's WebAssembly is made from.
const WASM_INPUTS: &[&str] = &[
    "src",
    "engine",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "www/package-lock.json",
    "xtask/src/dist/module.rs",
    "xtask/src/dist/prune.rs",
    "xtask/src/dist/split.rs",
    "xtask/src/dist/split",
    "xtask/src/dist/wasm.rs",
];

/// What the rest of `dist/` is made from.
const DIST_INPUTS: &[&str] = &["www", "styles", "README.md", "LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "xtask/src/dist"];

/// Parts of the inputs that nothing is made from.
const IGNORED: &[&str] = &["www/demo", "www/test"];

/// The hash of the inputs of a result, beside the one that was remembered when it was last made.
pub struct Stamp {
    hash: String,
    file: PathBuf,
}

impl Stamp {
    /// The stamp of `pkg/`. `compiler` is part of it: another compiler makes another file.
    pub fn of_wasm(project: &Project, compiler: &str) -> anyhow::Result<Self> {
        Self::of(project, "wasm.inputs", WASM_INPUTS, compiler)
    }

    /// The stamp of `dist/`.
    pub fn of_dist(project: &Project) -> anyhow::Result<Self> {
        Self::of(project, "dist.inputs", &[WASM_INPUTS, DIST_INPUTS].concat(), "")
    }

    fn of(project: &Project, name: &str, inputs: &[&str], extra: &str) -> anyhow::Result<Self> {
        let hash = hash(project.root(), inputs, extra)?;
        Ok(Self { hash, file: project.scratch()?.join(name) })
    }

    /// Whether the inputs are those of the remembered result.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|remembered| remembered == self.hash)
    }

    /// Remembers that the result is made from these inputs.
    pub fn remember(&self) -> anyhow::Result<()> {
        fs::write(&self.file, &self.hash).with_context(|| format!("cannot write {}", self.file.display()))
    }
}

fn hash(root: &Path, inputs: &[&str], extra: &str) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    hash.update(extra);
    for input in inputs {
        let path = root.join(input);
        let files = if path.is_file() { vec![path] } else { files_under(&path)? };
        for file in files {
            let name = file.strip_prefix(root).unwrap_or(&file);
            if IGNORED.iter().any(|ignored| name.starts_with(ignored)) {
                continue;
            }
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            // With lengths, so that no two different trees run into the same bytes.
            hash.update(name.as_os_str().as_encoded_bytes());
            hash.update([0]);
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(&content);
        }
    }
    Ok(format!("{:x}", hash.finalize()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_hash_changes_with_names_contents_and_new_files() {
        let root = std::env::temp_dir().join(format!("xtask-inputs-{}", std::process::id()));
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::create_dir_all(root.join("www/demo")).unwrap();
        fs::write(root.join("src/deep/a.rs"), "a").unwrap();
        let current = || hash(&root, &["src", "www", "missing"], "").unwrap();

        let first = current();
        assert_eq!(first, current());
        fs::write(root.join("www/demo/index.html"), "not an input").unwrap();
        assert_eq!(first, current());
        fs::write(root.join("src/deep/a.rs"), "b").unwrap();
        let second = current();
        assert_ne!(first, second);
        fs::rename(root.join("src/deep/a.rs"), root.join("src/deep/b.rs")).unwrap();
        let third = current();
        assert_ne!(second, third);
        fs::write(root.join("src/c.rs"), "").unwrap();
        assert_ne!(third, current());
        fs::remove_dir_all(root).unwrap();
    }
}
