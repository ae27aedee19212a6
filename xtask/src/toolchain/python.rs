//! Python with the packages that the suite `server` needs, in an environment of its own below the cache.

use std::{fs, path::PathBuf, process::Command};

use anyhow::Context as _;

use super::{apt, lock};
use crate::{
    project::{Project, find_on_path},
    run::{self, Program},
    versions::{DEBIAN_PYTHON, PYTHON_PACKAGES},
};

/// Finds the environment, or makes it; returns its Python.
///
/// # Errors
/// What is missing, with the command to run by hand.
pub fn ensure(project: &Project) -> anyhow::Result<PathBuf> {
    let cache = project.cache()?;
    let _lock = lock::Lock::acquire(&cache)?;
    let dir = cache.join("python").join(PYTHON_PACKAGES.join(","));
    let python = dir.join("bin/python");
    let marker = dir.join("complete");
    if marker.is_file() && run::answer(Command::new(&python).arg("--version")).is_some() {
        return Ok(python);
    }
    if find_on_path("python3").is_none() || run::answer(Command::new("python3").args(["-c", "import ensurepip"])).is_none() {
        apt::install("Python with environments", DEBIAN_PYTHON)?;
    }
    Program::new("make an environment for Python", "python3").args(["-m", "venv", "--clear"]).arg(&dir).run()?;
    Program::new(format!("install {} (pip)", PYTHON_PACKAGES.join(", ")), &python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PYTHON_PACKAGES)
        .run()?;
    fs::write(&marker, "").with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(python)
}
