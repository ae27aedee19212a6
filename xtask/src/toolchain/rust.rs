//! A Rust compiler with the standard library for WebAssembly: the active one if it has it, else by rustup, else Debian's.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, bail};

use super::debian;
use crate::{
    progress,
    project::find_on_path,
    run::{self, Environment, Failure, Program},
    versions::WASM_TARGET,
};

/// On machines that do not reach rustup's server, rustup hangs without a word. A slow download still grows.
const RUSTUP_IDLE_LIMIT: Duration = Duration::from_secs(20);

/// How long to remember that rustup's server is out of reach.
const UNREACHABLE_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the compiler for WebAssembly is.
#[derive(Debug)]
pub enum WasmRust {
    /// The active toolchain, whose sysroot this is.
    Active(PathBuf),
    /// Debian's compiler with a sysroot in the cache.
    Debian(PathBuf),
}

impl WasmRust {
    /// Makes programs use this compiler: `cargo` and `rustc` are the first in `PATH`.
    pub fn add_to(&self, environment: &mut Environment) {
        if let Self::Debian(dir) = self {
            environment.path_first(dir.join("bin"));
            // Set by the cargo that started this program; the children have a cargo of their own.
            environment.remove("CARGO").remove("RUSTC").remove("RUSTDOC");
        }
    }

    fn sysroot(&self) -> &Path {
        match self {
            Self::Active(dir) | Self::Debian(dir) => dir,
        }
    }
}

impl fmt::Display for WasmRust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dir = self.sysroot().display();
        match self {
            Self::Active(_) => write!(f, "the active toolchain ({dir})"),
            Self::Debian(_) => write!(f, "Debian's ({dir})"),
        }
    }
}

/// Finds the compiler, installing what is missing.
pub fn ensure(cache: &Path) -> anyhow::Result<WasmRust> {
    let sysroot = active_sysroot()?;
    if has_wasm(&sysroot) {
        return Ok(WasmRust::Active(sysroot));
    }
    if let Some(dir) = debian::find(cache)? {
        return Ok(WasmRust::Debian(dir));
    }
    if let Some(rustup) = find_on_path("rustup") {
        let unreachable = Unreachable::new(cache, "rustup-unreachable");
        if unreachable.is_fresh() {
            progress::note("    no            rustup's server could not be reached within the last day: not asked again");
        } else if add(&rustup, ["target", "add", WASM_TARGET])? && has_wasm(&sysroot) {
            return Ok(WasmRust::Active(sysroot));
        } else {
            unreachable.remember()?;
        }
    }
    debian::install(cache).map(WasmRust::Debian).with_context(|| {
        format!("the Rust standard library for {WASM_TARGET} is missing; on a machine with rustup, `rustup target add {WASM_TARGET}` installs it")
    })
}

fn active_sysroot() -> anyhow::Result<PathBuf> {
    match run::answer(Command::new("rustc").args(["--print", "sysroot"])) {
        Some(path) => Ok(path.into()),
        None => bail!("`rustc --print sysroot` fails; install Rust from https://rustup.rs or your system's packages"),
    }
}

/// Whether a sysroot holds the standard library for the target.
pub fn has_wasm(sysroot: &Path) -> bool {
    let Ok(entries) = fs::read_dir(library_dir(sysroot)) else { return false };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    ["libcore-", "liballoc-", "libstd-"]
        .iter()
        .all(|prefix| names.iter().any(|name| name.starts_with(prefix) && name.ends_with(".rlib")))
}

/// Where a sysroot keeps the standard library for the target.
pub fn library_dir(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM_TARGET).join("lib")
}

/// Finds or installs the source of the standard library; `false` if it cannot be had.
pub fn ensure_source(rust: &WasmRust, cache: &Path) -> anyhow::Result<bool> {
    let lock_file = rust.sysroot().join("lib/rustlib/src/rust/library/Cargo.lock");
    let unreachable = Unreachable::new(cache, "rustup-source-unreachable");
    if lock_file.is_file() || unreachable.is_fresh() {
        return Ok(lock_file.is_file());
    }
    // Another toolchain's source would not be found by this one.
    let WasmRust::Active(_) = rust else { return Ok(false) };
    let Some(rustup) = find_on_path("rustup") else { return Ok(false) };
    if add(&rustup, ["component", "add", "rust-src"])? && lock_file.is_file() {
        return Ok(true);
    }
    unreachable.remember()?;
    Ok(false)
}

/// Asks rustup for a part of the active toolchain; `false` if it could not get it.
fn add(rustup: &Path, arguments: [&str; 3]) -> anyhow::Result<bool> {
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".rustup")));
    let watched = home.into_iter().flat_map(|home| [home.join("downloads"), home.join("tmp")]).collect();
    let outcome = Program::new(format!("rustup {}", arguments.join(" ")), rustup)
        .args(arguments)
        .stuck_after(RUSTUP_IDLE_LIMIT, watched)
        .attempt()?;
    match outcome.failure {
        None => Ok(true),
        Some(failure @ Failure::Stuck(_)) => {
            progress::note(&format!("                  {failure}: rustup's server seems out of reach"));
            Ok(false)
        }
        Some(_) => {
            let reason = outcome.output.lines().find(|line| line.starts_with("error")).unwrap_or("error: rustup failed");
            progress::note(&format!("                  {reason}"));
            Ok(false)
        }
    }
}

/// The note that rustup's server is out of reach, so that not every task waits to find out again.
struct Unreachable(PathBuf);

impl Unreachable {
    fn new(cache: &Path, name: &str) -> Self {
        Self(cache.join(name))
    }

    fn is_fresh(&self) -> bool {
        let age = fs::metadata(&self.0).and_then(|metadata| metadata.modified()).map(|at| SystemTime::now().duration_since(at));
        // A time in the future comes from a clock that was set: not to be trusted.
        matches!(age, Ok(Ok(age)) if age < UNREACHABLE_FOR)
    }

    fn remember(&self) -> anyhow::Result<()> {
        fs::write(&self.0, "rustup could not download; delete this file to try again\n")
            .with_context(|| format!("cannot write {}", self.0.display()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = env::temp_dir().join(format!("xtask-rust-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn a_sysroot_has_the_target_only_with_all_libraries() {
        let sysroot = scratch("sysroot");
        assert!(!has_wasm(&sysroot));
        let libraries = library_dir(&sysroot);
        fs::create_dir_all(&libraries).unwrap();
        for name in ["libcore-1.rlib", "liballoc-1.rlib", "libstd-1.rmeta"] {
            fs::write(libraries.join(name), "").unwrap();
        }
        assert!(!has_wasm(&sysroot));
        fs::write(libraries.join("libstd-1.rlib"), "").unwrap();
        assert!(has_wasm(&sysroot));
        fs::remove_dir_all(sysroot).unwrap();
    }

    #[test]
    fn an_unreachable_server_is_remembered() {
        let cache = scratch("unreachable");
        let note = Unreachable::new(&cache, "rustup-unreachable");
        assert!(!note.is_fresh());
        note.remember().unwrap();
        assert!(note.is_fresh());
        fs::File::options().write(true).open(&note.0).unwrap().set_modified(SystemTime::now() - UNREACHABLE_FOR).unwrap();
        assert!(!note.is_fresh());
        fs::remove_dir_all(cache).unwrap();
    }
}
