//! Debian's Rust compiler for WebAssembly. Debian ships the compiler and the source of the standard library but not the library for this target:
//! it is built here, once per compiler version, into a sysroot in the cache that borrows the rest from `/usr` by symbolic links.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{apt, rust};
use crate::{
    progress::Step,
    run::{self, Program},
    versions::{DEBIAN_RUST, WASM_TARGET},
};

const RUSTC: &str = "/usr/bin/rustc";
const LINKER: &str = "/usr/bin/rust-lld";
const RUSTLIB: &str = "/usr/lib/rustlib";
const STD_SOURCE: &str = "/usr/lib/rustlib/src/rust";

/// Written last: a sysroot without it was interrupted.
const COMPLETE: &str = "complete";

/// The sysroot of the compiler that is installed, if it was built before and the linker is there.
pub fn find(cache: &Path) -> anyhow::Result<Option<PathBuf>> {
    let Some(version) = installed_version() else { return Ok(None) };
    let dir = sysroot(cache, &version);
    Ok((dir.join(COMPLETE).is_file() && Path::new(LINKER).is_file()).then_some(dir))
}

/// Installs the compiler and builds the standard library.
pub fn install(cache: &Path) -> anyhow::Result<PathBuf> {
    if !is_installed() {
        apt::install("Debian's Rust for WebAssembly", DEBIAN_RUST)?;
    }
    if !Path::new(LINKER).is_file() {
        // A symbolic link whose target is in a package of the target's name, which changes with LLVM's version.
        let package =
            fs::read_link(LINKER).with_context(|| format!("{LINKER} is missing although rust-web-llvm is installed"))?;
        apt::install("the linker for WebAssembly", &[&package.file_name().unwrap_or_default().to_string_lossy()])?;
    }
    let Some(version) = installed_version() else { bail!("{RUSTC} does not run") };
    let dir = sysroot(cache, &version);
    if !dir.join(COMPLETE).is_file() {
        remove(&dir)?;
        link(&dir)?;
        build_std(cache, &dir, &version)?;
        fs::write(dir.join(COMPLETE), "")?;
    }
    Ok(dir)
}

fn is_installed() -> bool {
    [RUSTC, "/usr/bin/cargo", "/usr/bin/clippy-driver", STD_SOURCE].iter().all(|path| Path::new(path).exists())
        && fs::read_link(LINKER).is_ok()
}

/// Release and commit of the installed compiler: libraries built by one cannot be read by another.
fn installed_version() -> Option<String> {
    version_in(&run::answer(Command::new(RUSTC).arg("-vV"))?)
}

fn version_in(verbose: &str) -> Option<String> {
    let field = |name: &str| verbose.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let commit = field("commit-hash").unwrap_or_default();
    Some(format!("{}-{}", field("release")?, commit.get(..9).unwrap_or("unknown")))
}

fn sysroot(cache: &Path, version: &str) -> PathBuf {
    cache.join(format!("debian-rust-{version}"))
}

/// Makes a sysroot of links, with the target's folder left empty.
fn link(dir: &Path) -> anyhow::Result<()> {
    let (bin, rustlib) = (dir.join("bin"), dir.join("lib/rustlib"));
    fs::create_dir_all(&bin)?;
    fs::create_dir_all(rust::library_dir(dir))?;
    for entry in fs::read_dir(RUSTLIB).with_context(|| format!("cannot read {RUSTLIB}"))? {
        let entry = entry?;
        if entry.file_name() != WASM_TARGET {
            symlink(&entry.path(), &rustlib.join(entry.file_name()))?;
        }
    }
    // rustc finds its sysroot from where its library is, so a link to it would still use /usr: it has to be told.
    let sysroot = dir.display();
    for tool in ["rustc", "rustdoc"] {
        script(&bin.join(tool), &format!("exec /usr/bin/{tool} --sysroot \"{sysroot}\" \"$@\""))?;
    }
    script(&bin.join("clippy-driver"), &format!("SYSROOT=\"{sysroot}\" exec /usr/bin/clippy-driver \"$@\""))?;
    symlink(Path::new("/usr/bin/cargo"), &bin.join("cargo"))?;
    // A copy, because it looks for clippy-driver beside itself.
    fs::copy("/usr/bin/cargo-clippy", bin.join("cargo-clippy"))?;
    Ok(())
}

/// Builds the standard library and puts it into the sysroot.
fn build_std(cache: &Path, dir: &Path, version: &str) -> anyhow::Result<()> {
    let build = cache.join(format!("build-std-{version}"));
    remove(&build)?;
    let step = Step::start("copy the source of Rust's standard library");
    copy_dir(&Path::new(STD_SOURCE).join("library"), &build.join("library"))?;
    step.done();
    let target = build.join("target");
    Program::new(format!("build Rust's standard library for {WASM_TARGET}"), dir.join("bin/cargo"))
        .dir(build.join("library/sysroot"))
        .args(["build", "--release", "--target", WASM_TARGET, "--features", "compiler-builtins-mem panic-unwind"])
        .env("RUSTC", dir.join("bin/rustc"))
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", "-Zforce-unstable-if-unmarked\u{1f}-Cembed-bitcode=yes")
        // What rustc's own build sets: a stable compiler may build its own library, and its metadata marks it as the library.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_DEFAULT_LIB_METADATA", "stablestd")
        .run()?;
    let deps = target.join(WASM_TARGET).join("release/deps");
    for entry in fs::read_dir(&deps).with_context(|| format!("cannot read {}", deps.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_library(&name) {
            fs::copy(&path, rust::library_dir(dir).join(&name))?;
        }
    }
    if !rust::has_wasm(dir) {
        bail!("the build of the standard library left no libstd in {}", deps.display());
    }
    remove(&build)
}

/// Whether a file of the build belongs into the sysroot. `libsysroot` only ties the others together.
fn is_library(name: &str) -> bool {
    name.ends_with(".rlib") && !name.starts_with("libsysroot-")
}

fn remove(dir: &Path) -> anyhow::Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    Ok(())
}

fn copy_dir(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_dir(&from, &to)?;
        } else {
            fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        }
    }
    Ok(())
}

fn script(path: &Path, command: &str) -> anyhow::Result<()> {
    fs::write(path, format!("#!/bin/sh\n{command}\n"))?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

#[cfg(unix)]
fn symlink(original: &Path, link: &Path) -> anyhow::Result<()> {
    std::os::unix::fs::symlink(original, link).with_context(|| format!("cannot create {}", link.display()))
}

#[cfg(not(unix))]
fn symlink(_original: &Path, _link: &Path) -> anyhow::Result<()> {
    bail!("Debian's toolchain needs Debian")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sysroot_is_named_after_the_compiler() {
        let debian = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\nbinary: rustc\ncommit-hash: ac68faa20c58\nrelease: 1.96.0\n";
        assert_eq!(version_in(debian).as_deref(), Some("1.96.0-ac68faa20"));
        assert_eq!(version_in("commit-hash: unknown\nrelease: 1.63.0").as_deref(), Some("1.63.0-unknown"));
        assert_eq!(version_in("nonsense"), None);
    }

    #[test]
    fn only_libraries_go_into_the_sysroot() {
        for (name, expected) in
            [("libstd-1.rlib", true), ("libstd-1.rmeta", false), ("libsysroot-1.rlib", false), ("std-1.d", false)]
        {
            assert_eq!(is_library(name), expected, "{name}");
        }
    }
}
