//! Debian's packages: the only way to a compiler, Node.js or a browser on machines that reach nothing else.

use std::{process::Command, sync::OnceLock};

use anyhow::bail;

use crate::{
    project::find_on_path,
    run::{self, Program},
};

/// Installs packages. `what` is what they are for: "Debian's Rust for WebAssembly".
///
/// # Errors
/// When there is no apt-get, no right to use it, or it fails; the message holds the command to run by hand.
pub fn install(what: &str, packages: &[&str]) -> anyhow::Result<()> {
    let by_hand = format!("apt-get update && apt-get install --no-install-recommends {}", packages.join(" "));
    let Some(prefix) = privilege() else {
        if find_on_path("apt-get").is_none() {
            bail!("{what} is missing and there is no apt-get to install it with; install by hand: {}", packages.join(" "));
        }
        bail!("{what} is missing and installing it needs root; run: sudo sh -c '{by_hand}'");
    };
    if !packages.iter().all(|package| is_known(package)) {
        update(prefix)?;
    }
    let install = || {
        apt(prefix, format!("install {what} ({})", packages.join(" ")))
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages)
    };
    if install().attempt()?.failure.is_none() {
        return Ok(());
    }
    // Package lists go stale: the version they name is gone from the mirror. Fresh lists, second and last try.
    update(prefix)?;
    install().run().map_err(|error| error.context(format!("cannot install {what}; try by hand: {by_hand}")))?;
    Ok(())
}

fn update(prefix: &[&str]) -> anyhow::Result<()> {
    static UPDATED: OnceLock<()> = OnceLock::new();
    if UPDATED.get().is_none() {
        apt(prefix, "fetch Debian's package lists".to_owned()).arg("update").run()?;
        UPDATED.get_or_init(|| ());
    }
    Ok(())
}

/// Whether the package lists name a version to install.
fn is_known(package: &str) -> bool {
    let policy = run::answer(Command::new("apt-cache").args(["policy", package]).env("LC_ALL", "C")).unwrap_or_default();
    policy.lines().any(|line| line.trim().strip_prefix("Candidate:").is_some_and(|version| version.trim() != "(none)"))
}

fn apt(prefix: &[&str], label: String) -> Program {
    let mut words =
        prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]);
    // `prefix` may be empty, the chain is not.
    let program = words.next().unwrap_or("apt-get");
    Program::new(label, program).args(words)
}

/// The words before a command that make it run as root; `None` if there is no way.
fn privilege() -> Option<&'static [&'static str]> {
    find_on_path("apt-get")?;
    #[cfg(unix)]
    if rustix::process::geteuid().is_root() {
        return Some(&[]);
    }
    // `-n`: never ask for a password in the middle of a build.
    run::answer(Command::new("sudo").args(["-n", "true"])).map(|_| ["sudo", "-n"].as_slice())
}
