//! Chromium and its WebDriver, for tests only.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::apt;
use crate::{
    project::{Project, find_on_path},
    run,
    versions::DEBIAN_CHROMIUM,
};

/// Flags that keep the browser from the network, the disk and the screen. `--no-sandbox`: tests run as root in containers.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

const BROWSER_NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const MAC_BROWSERS: &[&str] =
    &["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

/// A browser with its driver.
#[derive(Debug)]
pub struct Browser {
    /// The browser.
    pub binary: PathBuf,
    /// The program that drives it.
    pub driver: PathBuf,
    /// Both versions, for people.
    versions: String,
    /// Settings for `wasm-bindgen-test-runner`.
    pub webdriver_json: PathBuf,
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<22}{} ({}, {})", "browser", self.versions, self.binary.display(), self.driver.display())
    }
}

/// Finds Chromium (or Chrome) and chromedriver, or installs Debian's.
///
/// # Errors
/// When they are missing and cannot be installed, or when their versions do not match.
pub fn chromium(project: &Project) -> anyhow::Result<Browser> {
    if let Some(browser) = installed(project)? {
        return Ok(browser);
    }
    apt::install("Chromium with its WebDriver", DEBIAN_CHROMIUM)?;
    installed(project)?.context("chromium or chromedriver is not in PATH; set CHROMIUM and CHROMEDRIVER to where they are")
}

/// Finds Chromium (or Chrome) and chromedriver; `None` if one of them is missing.
///
/// # Errors
/// When their versions do not match.
pub fn installed(project: &Project) -> anyhow::Result<Option<Browser>> {
    let (Some(binary), Some(driver)) = (browser_on_path(), chromedriver_on_path()) else { return Ok(None) };
    let (browser_version, driver_version) = (version(&binary)?, version(&driver)?);
    if major(&browser_version) != major(&driver_version) {
        bail!(
            "{} is version {browser_version} and {} is version {driver_version}; their first numbers must be the same",
            binary.display(),
            driver.display()
        );
    }
    let webdriver_json = project.scratch()?.join("webdriver.json");
    let settings = json!({ "goog:chromeOptions": { "binary": binary, "args": FLAGS } });
    fs::write(&webdriver_json, settings.to_string()).with_context(|| format!("cannot write {}", webdriver_json.display()))?;
    let versions = format!("{browser_version}, driver {driver_version}");
    Ok(Some(Browser { binary, driver, versions, webdriver_json }))
}

/// The driver named by `CHROMEDRIVER`, else the one in `PATH`.
fn chromedriver_on_path() -> Option<PathBuf> {
    named_by("CHROMEDRIVER").or_else(|| find_on_path("chromedriver"))
}

fn browser_on_path() -> Option<PathBuf> {
    let installed = MAC_BROWSERS.iter().map(PathBuf::from).find(|path| path.is_file());
    named_by("CHROMIUM").or_else(|| BROWSER_NAMES.iter().find_map(|name| find_on_path(name))).or(installed)
}

fn named_by(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

fn version(program: &Path) -> anyhow::Result<String> {
    let answer = run::answer(Command::new(program).arg("--version"));
    let version = answer.as_deref().and_then(version_in).map(str::to_owned);
    version.with_context(|| format!("`{} --version` says no version", program.display()))
}

/// The first word that looks like a version: "Chromium 142.0.7444.59 built on Debian" and "ChromeDriver 142.0.7444.59 (hash)".
fn version_in(answer: &str) -> Option<&str> {
    answer.split_whitespace().find(|word| word.contains('.') && word.starts_with(|character: char| character.is_ascii_digit()))
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_say() {
        for (answer, expected) in [
            ("Chromium 142.0.7444.59 built on Debian GNU/Linux 12 (bookworm)", Some("142.0.7444.59")),
            ("ChromeDriver 142.0.7444.59 (4b8153ab58d5)", Some("142.0.7444.59")),
            ("Google Chrome for people", None),
        ] {
            assert_eq!(version_in(answer), expected);
        }
        assert_eq!(major("142.0.7444.59"), "142");
    }
}
