//! Where things are: the folder of the workspace and the cache of tools outside it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

/// The workspace and its folders.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// Finds the workspace that this program was compiled from, or, if that has moved, the one around the current folder.
    pub fn find() -> anyhow::Result<Self> {
        let compiled_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf);
        let run_in = env::var_os("CARGO_MANIFEST_DIR").and_then(|dir| PathBuf::from(dir).parent().map(Path::to_path_buf));
        for root in [run_in, compiled_in].into_iter().flatten() {
            if root.join("Cargo.toml").is_file() && root.join("xtask").is_dir() {
                return Ok(Self { root });
            }
        }
        bail!("cannot find the workspace; run `cargo xtask` inside it")
    }

    /// The root of the workspace.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the workspace.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Cargo's target folder.
    pub fn target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => self.root.join(dir),
            None => self.root.join("target"),
        }
    }

    /// The folder for this program's own notes: logs, stamps, intermediate files.
    pub fn scratch(&self) -> anyhow::Result<PathBuf> {
        make_dir(self.target().join("xtask"))
    }

    /// The cache of tools, shared by all checkouts of this user.
    pub fn cache(&self) -> anyhow::Result<PathBuf> {
        let dir = if let Some(dir) = env::var_os("ASSISTERS_CACHE") {
            PathBuf::from(dir)
        } else if let Some(dir) = env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
            PathBuf::from(dir).join("assisters-chat")
        } else if let Some(home) = env::home_dir() {
            home.join(".cache/assisters-chat")
        } else {
            bail!("no home folder to keep tools in; set ASSISTERS_CACHE to a folder")
        };
        // Wrapper scripts and PATH entries made from it must work from any folder.
        make_dir(std::path::absolute(dir)?)
    }

    /// The scripts and executables of the npm packages.
    pub fn node_bin(&self) -> PathBuf {
        self.path("www/node_modules/.bin")
    }
}

fn make_dir(dir: PathBuf) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(dir)
}

/// All files under a folder in a stable order, without `node_modules` and hidden entries. A missing folder has no files.
pub fn files_under(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut pending = vec![dir.to_path_buf()];
    while let Some(dir) = pending.pop() {
        if !dir.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&dir).with_context(|| format!("cannot read {}", dir.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name == "node_modules" || name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Looks an executable up in `PATH`.
pub fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX))).find(|file| file.is_file())
}
