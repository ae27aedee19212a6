//! Tools installed by cargo: wasm-bindgen with its test runner, wasm-pack, and geckodriver. Each version has its own folder in the cache.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use crate::{
    project::{Project, find_on_path},
    run::{self, Program},
    versions,
};

/// Where the tools are.
pub struct Tools {
    /// Folders for `PATH`.
    pub dirs: Vec<PathBuf>,
    /// Version and place of wasm-bindgen.
    pub wasm_bindgen: String,
    /// Version and place of wasm-pack.
    pub wasm_pack: String,
}

/// A crate that installs programs.
struct Tool<'a> {
    name: &'a str,
    version: &'a str,
    package: &'a str,
    /// All of them are needed; the first one tells the version.
    programs: &'a [&'a str],
}

/// Finds the tools at exactly the pinned versions, in `PATH` or the cache, and installs those that are missing.
pub fn ensure(project: &Project, cache: &Path) -> anyhow::Result<Tools> {
    let wasm_bindgen = Tool {
        name: "wasm-bindgen",
        version: &versions::wasm_bindgen(project)?,
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    };
    let wasm_pack = Tool { name: "wasm-pack", version: versions::WASM_PACK, package: "wasm-pack", programs: &["wasm-pack"] };
    let build = cache.join("build-tools");
    let mut dirs = Vec::new();
    let mut summaries = Vec::new();
    for tool in [wasm_bindgen, wasm_pack] {
        let dir = match tool.find(cache) {
            Some(dir) => dir,
            None => tool.install(cache, &build)?,
        };
        summaries.push(format!("{} ({})", tool.version, dir.display()));
        dirs.push(dir);
    }
    if build.exists() {
        fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))?;
    }
    let [wasm_bindgen, wasm_pack] = <[String; 2]>::try_from(summaries).unwrap_or_default();
    Ok(Tools { dirs, wasm_bindgen, wasm_pack })
}

/// Finds the driver of Firefox, or installs it, and returns its path.
pub fn geckodriver(cache: &Path) -> anyhow::Result<PathBuf> {
    let tool = Tool { name: "geckodriver", version: versions::GECKODRIVER, package: "geckodriver", programs: &["geckodriver"] };
    let dir = match tool.find(cache) {
        Some(dir) => dir,
        None => tool.install_and_tidy(cache)?,
    };
    Ok(dir.join(format!("geckodriver{}", std::env::consts::EXE_SUFFIX)))
}

impl Tool<'_> {
    /// Installs it and leaves nothing of the build.
    fn install_and_tidy(&self, cache: &Path) -> anyhow::Result<PathBuf> {
        let build = cache.join("build-tools");
        let dir = self.install(cache, &build)?;
        fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))?;
        Ok(dir)
    }

    fn find(&self, cache: &Path) -> Option<PathBuf> {
        let on_path = self.programs.first().and_then(|program| Some(find_on_path(program)?.parent()?.to_path_buf()));
        [self.root(cache).join("bin")].into_iter().chain(on_path).find(|dir| self.is_in(dir))
    }

    fn root(&self, cache: &Path) -> PathBuf {
        cache.join(format!("{}-{}", self.name, self.version))
    }

    fn is_in(&self, dir: &Path) -> bool {
        let path = |program: &str| dir.join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
        if !self.programs.iter().all(|program| path(program).is_file()) {
            return false;
        }
        let answer = self.programs.first().and_then(|program| run::answer(Command::new(path(program)).arg("--version")));
        answer.is_some_and(|answer| answer.split_whitespace().nth(1) == Some(self.version))
    }

    fn install(&self, cache: &Path, build: &Path) -> anyhow::Result<PathBuf> {
        let (package, version, root) = (self.package, self.version, self.root(cache));
        // Not `wasm_bindgen`'s pinned compiler flags but quick ones: the tools run for seconds and build for minutes.
        Program::new(format!("install {package} {version}"), "cargo")
            .args(["install", package, "--version", version, "--locked", "--force", "--root"])
            .arg(&root)
            // Outside the workspace, whose cargo settings are not meant for tools.
            .dir(cache)
            .env("CARGO_TARGET_DIR", build)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
            .run()
            .with_context(|| format!("try by hand: cargo install {package} --version {version} --locked"))?;
        Ok(root.join("bin"))
    }
}
