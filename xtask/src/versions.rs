//! The one place where versions of tools are pinned. Two live elsewhere, where their own tools read them: wasm-bindgen in the root `Cargo.toml`,
//! the npm packages in `www/package.json` with its lock file.

use std::fs;

use anyhow::{Context as _, bail};

use crate::project::Project;

/// wasm-pack, by cargo. (The npm package of that name downloads an executable from elsewhere.)
pub const WASM_PACK: &str = "0.15.1";

/// The oldest Node.js that the tools, and those of the projects in `tests/packaging`, run on.
pub const NODE_MAJOR_MINIMUM: u32 = 20;

/// The target of the widget.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler for web targets, with the source of its standard library. The linker's name carries LLVM's version: `rust-lld` tells it.
pub const DEBIAN_RUST: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rust-web-clippy"];

/// Debian's Node.js.
pub const DEBIAN_NODE: &[&str] = &["nodejs", "npm"];

/// Debian's Python, where there is none.
pub const DEBIAN_PYTHON: &[&str] = &["python3", "python3-venv"];

/// What the suite `server` runs against the gateway, from PyPI.
pub const PYTHON_PACKAGES: &[&str] = &["requests==2.34.2", "schemathesis==4.32.5"];

/// geckodriver, by cargo: Debian has Firefox and no driver for it.
pub const GECKODRIVER: &str = "0.37.1";

/// Debian's Firefox.
pub const DEBIAN_FIREFOX: &[&str] = &["firefox-esr"];

/// Debian's WebKit with its WebDriver, and a screen that nobody sees: it has no mode without one.
pub const DEBIAN_WEBKIT: &[&str] = &["webkit2gtk-driver", "xvfb"];

/// Debian's Chromium with its WebDriver.
pub const DEBIAN_CHROMIUM: &[&str] = &["chromium", "chromium-driver"];

/// The version of wasm-bindgen in the root manifest. The command-line tool must be exactly the same.
pub fn wasm_bindgen(project: &Project) -> anyhow::Result<String> {
    let path = project.path("Cargo.toml");
    let manifest = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    wasm_bindgen_in(&manifest).with_context(|| format!("cannot tell the version of wasm-bindgen from {}", path.display()))
}

/// The version of the workspace: the version of the widget.
pub fn widget(project: &Project) -> anyhow::Result<String> {
    let path = project.path("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(&path)?.parse().with_context(|| format!("cannot read {}", path.display()))?;
    let version = manifest.get("workspace").and_then(|workspace| workspace.get("package")?.get("version")?.as_str());
    Ok(version.with_context(|| format!("no workspace.package.version in {}", path.display()))?.to_owned())
}

/// The flags of wasm-opt in the root manifest, where wasm-pack reads them too.
pub fn wasm_opt_flags(project: &Project) -> anyhow::Result<Vec<String>> {
    let path = project.path("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(&path)?.parse().with_context(|| format!("cannot read {}", path.display()))?;
    let mut value = manifest.get("package");
    for key in ["metadata", "wasm-pack", "profile", "release", "wasm-opt"] {
        value = value.and_then(|value| value.get(key));
    }
    let flags = value.and_then(toml::Value::as_array).with_context(|| format!("no wasm-opt flags in {}", path.display()))?;
    Ok(flags.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
}

fn wasm_bindgen_in(manifest: &str) -> anyhow::Result<String> {
    let manifest: toml::Table = manifest.parse()?;
    let targets = manifest.get("target").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
    let everywhere = manifest.get("dependencies").into_iter().chain(targets.filter_map(|target| target.get("dependencies")));
    for dependencies in everywhere {
        let Some(dependency) = dependencies.get("wasm-bindgen") else { continue };
        let requirement = dependency.as_str().or_else(|| dependency.get("version")?.as_str()).unwrap_or_default();
        let Some(version) = requirement.trim().strip_prefix('=') else {
            bail!("wasm-bindgen {requirement:?} is not pinned; write it as \"=0.2.x\"");
        };
        return Ok(version.trim().to_owned());
    }
    bail!("no dependency wasm-bindgen")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn wasm_bindgen_is_read_from_any_dependency_table() {
        for manifest in [
            "[dependencies]\nwasm-bindgen = \"=0.2.129\"",
            "[target.'cfg(target_arch = \"wasm32\")'.dependencies]\nwasm-bindgen = { version = \"= 0.2.129\", features = [] }",
        ] {
            assert_eq!(wasm_bindgen_in(manifest).unwrap(), "0.2.129");
        }
    }

    #[test]
    fn an_unpinned_wasm_bindgen_is_refused() {
        let error = wasm_bindgen_in("[dependencies]\nwasm-bindgen = \"0.2\"").unwrap_err();
        assert!(error.to_string().contains("not pinned"), "{error}");
        assert!(wasm_bindgen_in("[dependencies]\n").is_err());
    }

    #[test]
    fn the_manifest_of_this_project_can_be_read() {
        let project = Project::find().unwrap();
        assert!(wasm_bindgen(&project).unwrap().starts_with("0.2."));
        assert_eq!(widget(&project).unwrap(), env!("CARGO_PKG_VERSION"));
        assert!(wasm_opt_flags(&project).unwrap().contains(&"-Oz".to_owned()));
    }
}
