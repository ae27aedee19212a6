//! Everything a build needs that is not in this repository: installed once, found again at once. Knows what and where; how is in the modules.

mod apt;
pub mod browsers;
mod debian;
mod lock;
mod node;
pub mod other_browsers;
pub mod python;
mod rust;
mod tools;

use std::{ffi::OsStr, fmt};

pub use self::rust::WasmRust;
use crate::{project::Project, run::Environment};

/// The tools of a build, ready for use.
#[derive(Debug)]
pub struct Toolchain {
    rust: WasmRust,
    has_std_source: bool,
    environment: Environment,
    summary: Vec<(&'static str, String)>,
}

impl Toolchain {
    /// Finds the tools and installs those that are missing.
    ///
    /// # Errors
    /// What is missing and cannot be had, with the command that would mend it.
    pub fn ensure(project: &Project) -> anyhow::Result<Self> {
        let cache = project.cache()?;
        let _lock = lock::Lock::acquire(&cache)?;
        let rust = rust::ensure(&cache)?;
        let has_std_source = rust::ensure_source(&rust, &cache)?;
        let tools = tools::ensure(project, &cache)?;
        let node = node::ensure(project)?;

        let mut environment = Environment::default();
        rust.add_to(&mut environment);
        for dir in &tools.dirs {
            environment.path_first(dir);
        }
        environment.path_first(project.node_bin());
        environment.set("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
        let summary = vec![
            ("rust for WebAssembly", rust.to_string()),
            ("wasm-bindgen", tools.wasm_bindgen),
            ("wasm-pack", tools.wasm_pack),
            ("node", node),
        ];
        Ok(Self { rust, has_std_source, environment, summary })
    }

    /// The environment of everything that compiles to WebAssembly or bundles JavaScript.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The compiler for WebAssembly.
    pub fn rust(&self) -> &WasmRust {
        &self.rust
    }

    /// Whether the compiler can build its own standard library.
    pub fn has_std_source(&self) -> bool {
        self.has_std_source
    }

    /// The environment as lines for a shell, with the browser's if it is installed.
    pub fn exports(&self, project: &Project) -> anyhow::Result<String> {
        let mut variables = self.environment.variables().clone();
        if let Some(browser) = browsers::installed(project)? {
            variables.insert("CHROMIUM".to_owned(), browser.binary.into());
            variables.insert("CHROMEDRIVER".to_owned(), browser.driver.into());
            variables.insert("WASM_BINDGEN_TEST_WEBDRIVER_JSON".to_owned(), browser.webdriver_json.into());
        }
        let dirs: Vec<_> = self.environment.path_dirs().iter().map(|dir| quoted(dir.as_os_str())).collect();
        let path = format!("export PATH={}:\"$PATH\"", dirs.join(":"));
        let variables = variables.iter().map(|(name, value)| format!("export {name}={}", quoted(value)));
        Ok(std::iter::once(path).chain(variables).collect::<Vec<_>>().join("\n"))
    }
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.summary.iter().map(|(name, what)| format!("{name:<22}{what}")).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// A word for a POSIX shell.
fn quoted(word: &OsStr) -> String {
    format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        for (word, expected) in [("/a/b", "'/a/b'"), ("it's $HOME", r"'it'\''s $HOME'")] {
            assert_eq!(quoted(OsStr::new(word)), expected);
        }
    }
}
