//! Firefox and WebKit with their WebDrivers, for the end-to-end tests only.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{apt, lock::Lock, tools};
use crate::{
    project::{Project, find_on_path},
    versions::{DEBIAN_FIREFOX, DEBIAN_WEBKIT},
};

/// Where Debian has WebKit's browser, which is in no `PATH`. The tests know the same place.
const MINIBROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/// A browser that is not the suite's first.
#[derive(Debug)]
pub struct OtherBrowser {
    /// How `E2E_BROWSER` names it.
    pub name: &'static str,
    /// What tells the tests where its programs are.
    pub variables: Vec<(&'static str, PathBuf)>,
}

/// Finds Firefox and geckodriver, or installs Debian's and the pinned one.
///
/// # Errors
/// When one is missing and cannot be installed.
pub fn firefox(project: &Project) -> anyhow::Result<OtherBrowser> {
    let find = || ["firefox-esr", "firefox"].iter().find_map(|name| find_on_path(name));
    let binary = match find() {
        Some(binary) => binary,
        None => {
            apt::install("Firefox", DEBIAN_FIREFOX)?;
            find().context("firefox is not in PATH")?
        }
    };
    let cache = project.cache()?;
    let _lock = Lock::acquire(&cache)?;
    Ok(OtherBrowser { name: "firefox", variables: vec![("FIREFOX", binary), ("GECKODRIVER", tools::geckodriver(&cache)?)] })
}

/// Finds WebKit's MiniBrowser, its driver and a screen for it, or installs Debian's.
///
/// # Errors
/// When one is missing and cannot be installed.
pub fn webkit() -> anyhow::Result<OtherBrowser> {
    let find = || Some((find_on_path("WebKitWebDriver")?, find_on_path("Xvfb")?)).filter(|_| Path::new(MINIBROWSER).is_file());
    let (driver, screen) = match find() {
        Some(programs) => programs,
        None => {
            apt::install("WebKit with its WebDriver", DEBIAN_WEBKIT)?;
            find().with_context(|| format!("WebKitWebDriver, Xvfb or {MINIBROWSER} is missing"))?
        }
    };
    let variables = vec![("WEBKITDRIVER", driver), ("XVFB", screen), ("MINIBROWSER", PathBuf::from(MINIBROWSER))];
    Ok(OtherBrowser { name: "webkit", variables })
}
