//! Writes `dist/`: the engine first, because the loaders carry its hashed names; then the loaders; then everything compressed and listed.

mod bundle;
mod compress;
mod inputs;
mod manifest;
mod module;
mod policy;
mod prune;
mod sources;
mod split;
mod wasm;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use self::{bundle::Engine, inputs::Stamp};
pub use self::{
    manifest::{Entry, Manifest},
    module::Module,
};
use crate::{progress, progress::Step, project::Project, toolchain::Toolchain, versions};

/// Whether work already done may be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Yes, if nothing it was made from has changed.
    Reuse,
    /// No.
    Rebuild,
}

/// A finished `dist/`.
#[derive(Debug)]
pub struct Dist {
    /// The folder.
    pub dir: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
}

/// Builds `dist/` if anything it is made from has changed.
pub fn build(project: &Project, toolchain: &Toolchain, freshness: Freshness) -> anyhow::Result<Dist> {
    let dir = project.path("dist");
    let stamp = Stamp::of_dist(project)?;
    if freshness == Freshness::Reuse
        && stamp.is_current()
        && let Some(dist) = open(project)?
    {
        progress::note("  same            dist/ is up to date");
        return Ok(dist);
    }
    wasm::build(project, toolchain, freshness)?;

    let step = Step::start("bundle the loaders and the engine");
    let partial = project.scratch()?.join("dist");
    if partial.exists() {
        fs::remove_dir_all(&partial).with_context(|| format!("cannot remove {}", partial.display()))?;
    }
    fs::create_dir_all(partial.join("assets"))?;
    let version = versions::widget(project)?;
    let bundler = bundle::Bundler::new(project, toolchain, &partial)?;
    let engine = bundler.engine()?;
    bundler.loaders(&engine, &version)?;
    bundler.frame(&engine, &version)?;
    bundler.package(&version)?;
    step.done();

    let step = Step::start("compress dist/ (brotli 11, gzip 9)");
    let manifest = Manifest::write(&partial, version, engine)?;
    step.done();

    // In one go, so that a gateway that serves the folder never sees half of it.
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    fs::rename(&partial, &dir).with_context(|| format!("cannot move {} to {}", partial.display(), dir.display()))?;
    stamp.remember()?;
    Ok(Dist { dir, manifest })
}

/// Reads the `dist/` that is there; `None` if it is missing or not whole.
pub fn open(project: &Project) -> anyhow::Result<Option<Dist>> {
    let dir = project.path("dist");
    let Some(manifest) = Manifest::read(&dir)? else { return Ok(None) };
    let is_whole = manifest.files.iter().all(|file| {
        let path = dir.join(&file.name);
        path.is_file() && compress::compressed_names(&path).iter().all(|path| path.is_file())
    });
    Ok(is_whole.then_some(Dist { dir, manifest }))
}

/// Writes a file, naming it in the error.
fn write(path: &Path, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads a file, naming it in the error.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

impl fmt::Display for Dist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Engine { js, wasm, .. } = &self.manifest.engine;
        writeln!(f, "{} (version {}, engine {js}, {wasm})", self.dir.display(), self.manifest.version)?;
        for file in &self.manifest.files {
            writeln!(f, "  {:<34}{:>9} bytes{:>9} brotli  {}", file.name, file.bytes, file.brotli_bytes, file.integrity)?;
        }
        let loader_integrity = self.manifest.entry("assisters.js").map_or("", |loader| &loader.integrity);
        write!(f, "\n{}", policy::Advice { loader_integrity })
    }
}
