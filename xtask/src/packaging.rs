//! The npm package as its users have it: packed, installed from the tarball into the projects of `tests/packaging/`, and built there with their own tools.
//! What the built projects do in a browser is the business of `tests/e2e/tests/packaging`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};

use crate::{
    dist::{self, Dist},
    project::{Project, files_under},
    run::{Program, Report},
    toolchain::Toolchain,
};

/// Where the projects are kept.
const SOURCE: &str = "tests/packaging";

/// One project: its folder and the command that builds it there. The tool is one of the workspace's.
const BUILDS: &[(&str, &str, &[&str])] = &[
    ("types", "tsc", &["--project", "."]),
    ("vite", "vite", &["build"]),
    ("react18", "vite", &["build"]),
    ("react19", "vite", &["build"]),
    ("vue", "vite", &["build"]),
    ("svelte", "vite", &["build"]),
    ("webpack", "webpack", &[]),
    ("next", "next", &["build"]),
];

/// One source, two projects: each React is to do with it what the other does.
const SHARED: (&str, &[&str]) = ("react", &["react18", "react19"]);

/// Packs, installs and builds; returns the folder with the built projects.
pub fn build(project: &Project, toolchain: &Toolchain) -> anyhow::Result<PathBuf> {
    let dist = dist::open(project)?.context("dist/ is not whole")?;
    // Outside the sources: Next.js and npm write into the folders of projects.
    let dir = project.target().join("packaging");
    let tarball = pack(project, toolchain, &dist, &dir)?;
    copy_sources(&project.path(SOURCE), &dir)?;
    install(toolchain, &tarball, &dir)?;
    for (folder, tool, arguments) in BUILDS {
        Program::new(format!("build {SOURCE}/{folder} ({tool})"), dir.join("node_modules/.bin").join(tool))
            .environment(toolchain.environment())
            .dir(dir.join(folder))
            .args(*arguments)
            // Nothing of a build leaves the machine.
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("NO_COLOR", "1")
            .report(Report::All)
            .run()?;
    }
    Ok(dir)
}

/// Packs `dist/` and holds the tarball to what its package.json promises.
fn pack(project: &Project, toolchain: &Toolchain, dist: &Dist, dir: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let outcome = Program::new("npm pack ./dist", "npm")
        .environment(toolchain.environment())
        .dir(project.root())
        .args(["pack", "./dist", "--json", "--ignore-scripts", "--pack-destination"])
        .arg(dir)
        .run()?;
    let start = outcome.output.find('[').context("npm pack wrote no JSON")?;
    let end = outcome.output.rfind(']').context("npm pack wrote no JSON")?;
    let packed: serde_json::Value = serde_json::from_str(&outcome.output[start..=end]).context("npm pack wrote no JSON")?;
    let name = packed.pointer("/0/filename").and_then(serde_json::Value::as_str).context("npm pack names no tarball")?;
    let packed: Vec<_> = packed
        .pointer("/0/files")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|file| file.get("path")?.as_str())
        .collect();
    let missing: Vec<_> =
        dist.manifest.files.iter().map(|file| file.name.as_str()).filter(|name| !packed.contains(name)).collect();
    if missing.is_empty() {
        Ok(dir.join(name))
    } else {
        Err(anyhow!("npm pack leaves out {}; mend \"files\" in www/package.dist.json", missing.join(", ")))
    }
}

/// Brings the sources up to date, and takes away what is no longer among them.
fn copy_sources(source: &Path, dir: &Path) -> anyhow::Result<()> {
    for (folder, ..) in BUILDS {
        for made in ["dist", ".next"] {
            let path = dir.join(folder).join(made);
            if path.exists() {
                fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
    }
    let (shared, projects) = SHARED;
    for file in files_under(source)? {
        let path = file.strip_prefix(source)?;
        match path.strip_prefix(shared) {
            Ok(within) => projects.iter().try_for_each(|project| copy(&file, &dir.join(project).join(within)))?,
            Err(_) => copy(&file, &dir.join(path))?,
        }
    }
    Ok(())
}

/// Copies a file, unless it is there already: tools build what is newer.
fn copy(file: &Path, target: &Path) -> anyhow::Result<()> {
    let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    if fs::read(target).is_ok_and(|there| there == content) {
        return Ok(());
    }
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    fs::write(target, content).with_context(|| format!("cannot write {}", target.display()))
}

/// Installs the tools as the lock file has them, once, and the tarball every time.
fn install(toolchain: &Toolchain, tarball: &Path, dir: &Path) -> anyhow::Result<()> {
    let lock = fs::read_to_string(dir.join("package-lock.json")).with_context(|| format!("{SOURCE} has no lock file"))?;
    let marker = dir.join("node_modules/.assisters-lock");
    if !fs::read_to_string(&marker).is_ok_and(|installed| installed == lock) {
        Program::new("install the tools of the projects (npm ci)", "npm")
            .environment(toolchain.environment())
            .dir(dir)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .run()?;
        fs::write(&marker, lock).with_context(|| format!("cannot write {}", marker.display()))?;
    }
    Program::new("install the tarball", "npm")
        .environment(toolchain.environment())
        .dir(dir)
        .args(["install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        .arg(tarball)
        .run()?;
    Ok(())
}
