//! Node.js and the npm packages of `www/package-lock.json`: esbuild, TypeScript, binaryen's wasm-opt.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use super::apt;
use crate::{
    project::{Project, find_on_path},
    run::{self, Program},
    versions::{DEBIAN_NODE, NODE_MAJOR_MINIMUM},
};

/// Finds or installs Node.js, then the packages; returns the version of Node.js.
pub fn ensure(project: &Project) -> anyhow::Result<String> {
    let version = ensure_node()?;
    let marker = project.path("www/node_modules/.assisters-lock");
    let wanted = fingerprint(project)?;
    if fs::read_to_string(&marker).is_ok_and(|found| found == wanted) {
        return Ok(version);
    }
    Program::new("install npm packages (npm ci)", "npm")
        .dir(project.path("www"))
        // No install scripts: none of the packages needs one, and a package that grows one should not run unseen.
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .run()
        .context("try by hand: cd www && npm ci --ignore-scripts")?;
    fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(version)
}

fn ensure_node() -> anyhow::Result<String> {
    if let Some(version) = suitable_node() {
        return Ok(version);
    }
    apt::install(&format!("Node.js {NODE_MAJOR_MINIMUM} or newer with npm"), DEBIAN_NODE)?;
    match suitable_node() {
        Some(version) => Ok(version),
        None => bail!(
            "Node.js {NODE_MAJOR_MINIMUM} or newer is needed, and the one in PATH is older; install it from https://nodejs.org"
        ),
    }
}

/// The version of the Node.js in `PATH` if it is new enough and has npm.
fn suitable_node() -> Option<String> {
    find_on_path("npm")?;
    let version = run::answer(Command::new("node").arg("--version"))?;
    (major(&version)? >= NODE_MAJOR_MINIMUM).then_some(version)
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// What the installed packages depend on: the lock file, and the platform, whose executables they bring.
fn fingerprint(project: &Project) -> anyhow::Result<String> {
    let lock = project.path("www/package-lock.json");
    let mut hash = Sha256::new();
    hash.update(read(&lock)?);
    hash.update(std::env::consts::OS);
    hash.update(std::env::consts::ARCH);
    Ok(format!("{:x}", hash.finalize()))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node() {
        for (version, expected) in [("v20.20.2", Some(20)), ("v9.1", Some(9)), ("20.1.0", None), ("", None)] {
            assert_eq!(major(version), expected, "{version}");
        }
    }
}
