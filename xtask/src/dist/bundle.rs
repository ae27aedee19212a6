//! Bundles the JavaScript of `www/` and the CSS of `styles/` by esbuild, and copies what needs no bundling.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use super::{
    manifest::{hex_hash, short_integrity},
    read,
    sources::{Fetcher, Format, LOADERS, ON_DEMAND, OnDemand, STYLES},
    wasm, write,
};
use crate::{
    project::{Project, files_under},
    run::Environment,
    toolchain::Toolchain,
};

/// The engine's files, relative to the folder: `assets/engine-1a2b3c4d5e.js`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Glue and style sheet.
    pub js: String,
    /// The program.
    pub wasm: String,
    /// What comes when it is needed, by name.
    pub parts: BTreeMap<String, String>,
    /// Scripts that come when they are needed, by name.
    pub on_demand: BTreeMap<String, String>,
    /// The words of each language but English, by its tag.
    pub locales: BTreeMap<String, String>,
}

const COMMON: &[&str] = &["--bundle", "--target=es2022", "--legal-comments=none", "--log-level=warning"];

/// The loaders are on every page of the owner: terser takes another 3 % off what esbuild leaves.
const TERSER: &[&str] = &[
    "--ecma",
    "2020",
    "--toplevel",
    "--mangle",
    "--compress",
    "passes=4,ecma=2020,directives=false,unsafe_arrows=true,unsafe_methods=true,pure_getters=true,keep_fargs=false,hoist_props=true",
];

/// Comments that tell an owner's bundler to leave an import alone. esbuild drops them when it minifies white space, so that is terser's.
const BUNDLER_COMMENTS: &str = "/webpackIgnore|@vite-ignore/";

/// Fills a folder with the parts of `dist/`.
pub struct Bundler<'a> {
    project: &'a Project,
    environment: &'a Environment,
    dir: &'a Path,
}

impl<'a> Bundler<'a> {
    /// Prepares the style sheets.
    pub fn new(project: &'a Project, toolchain: &'a Toolchain, dir: &'a Path) -> anyhow::Result<Self> {
        let scratch = project.scratch()?;
        let bundler = Self { project, environment: toolchain.environment(), dir };
        for (name, source) in STYLES {
            bundler.esbuild(source, &scratch.join(name), &["--minify"])?;
        }
        Ok(bundler)
    }

    /// Puts the engine into `assets/` under names that change with its content: first the program, whose hash its script checks.
    pub fn engine(&self) -> anyhow::Result<Engine> {
        let program = read(&self.project.path(wasm::WASM))?;
        let wasm = self.hashed("engine", "wasm", &program)?;
        let mut parts = BTreeMap::new();
        let mut listed = serde_json::Map::new();
        for part in wasm::PARTS {
            let content = read(&self.project.path("pkg").join(wasm::part_file(part)))?;
            let file = self.hashed(&format!("part-{}", part.name), "wasm", &content)?;
            listed.insert(part.name.to_owned(), serde_json::json!([beside(&file), short_integrity(&content)]));
            parts.insert(part.name.to_owned(), file);
        }
        let scratch = self.project.scratch()?;
        let mut arguments = vec!["--minify".to_owned(), "--format=esm".to_owned(), "--inject:www/engine/guard.js".to_owned()];
        arguments.push(define("__ENGINE_WASM_INTEGRITY__", &short_integrity(&program)));
        let (locales, listed_locales) = self.locales()?;
        let listed_locales = format!("--define:__LOCALES__={listed_locales}");
        let mut on_demand = BTreeMap::new();
        let (mut hashes, mut hashes_of_comforts) = (serde_json::Map::new(), serde_json::Map::new());
        for OnDemand { source, name, by } in ON_DEMAND {
            let bundled = scratch.join(name).with_extension("js");
            let listed_comforts = format!("--define:__COMFORTS__={}", serde_json::Value::Object(hashes_of_comforts.clone()));
            self.esbuild(source, &bundled, &["--minify", "--format=esm", &listed_locales, &listed_comforts])?;
            let content = read(&bundled)?;
            let file = self.hashed(name, "js", &content)?;
            let entry = serde_json::json!([beside(&file), short_integrity(&content)]);
            match by {
                Fetcher::Loader => {}
                Fetcher::Engine => drop(hashes.insert((*name).to_owned(), entry)),
                Fetcher::Comfort => drop(hashes_of_comforts.insert((*name).to_owned(), entry)),
            }
            on_demand.insert((*name).to_owned(), file);
        }
        arguments.push(format!("--define:__ON_DEMAND__={}", serde_json::Value::Object(hashes)));
        let bundled = scratch.join("engine.js");
        arguments.push(format!("--define:__ENGINE_PARTS__={}", serde_json::Value::Object(listed)));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        self.esbuild("www/engine.js", &bundled, &arguments)?;
        let minified = scratch.join("engine.min.js");
        // Without the options that assume more than the language says: the glue has getters.
        self.tool("terser", "www/engine.js", |command| {
            command.arg(&bundled).args(["--module", "--mangle", "--compress", "passes=3", "--output"]).arg(&minified)
        })?;
        let js = self.hashed("engine", "js", &read(&minified)?)?;
        Ok(Engine { js, wasm, parts, on_demand, locales })
    }

    /// Puts the words of each language into `assets/`. Returns the files by tag, and the same with their hashes for the script that fetches them.
    fn locales(&self) -> anyhow::Result<(BTreeMap<String, String>, serde_json::Value)> {
        let (mut files, mut listed) = (BTreeMap::new(), serde_json::Map::new());
        for path in files_under(&self.project.path("www/locales"))? {
            let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            // English is in the program.
            if tag == "en" {
                continue;
            }
            let words: serde_json::Value =
                serde_json::from_slice(&read(&path)?).with_context(|| format!("{} is not JSON", path.display()))?;
            let content = words.to_string();
            let file = self.hashed(&format!("locale-{tag}"), "json", content.as_bytes())?;
            listed.insert(tag.clone(), serde_json::json!([beside(&file), short_integrity(content.as_bytes())]));
            files.insert(tag, file);
        }
        Ok((files, listed.into()))
    }

    /// Bundles the loaders, which know the engine's names and hashes.
    pub fn loaders(&self, engine: &Engine, version: &str) -> anyhow::Result<()> {
        for loader in LOADERS {
            let mut defines = self.defines(engine, version)?;
            if loader.format == Format::Module {
                // Said twice, the last one counts.
                defines.extend(engine.on_demand.iter().map(|(name, file)| define(&script_constant(name), &not_inlined(file))));
                defines.extend(engine.locales.iter().map(|(tag, file)| define(&locale_constant(tag), &not_inlined(file))));
            }
            let arguments: Vec<_> = loader.arguments.iter().copied().chain(defines.iter().map(String::as_str)).collect();
            self.loader(loader.source, &self.dir.join(loader.output), loader.format, &arguments)?;
        }
        Ok(())
    }

    /// Copies the frame's page; its script gets a hashed name and lies beside the engine.
    pub fn frame(&self, engine: &Engine, version: &str) -> anyhow::Result<()> {
        let page = String::from_utf8(read(&self.project.path("www/frame.html"))?).context("www/frame.html is not UTF-8")?;
        let mut defines = self.defines(engine, version)?;
        // Paths are relative to the script they stand in. Said twice, the last one counts.
        defines.extend([define("__ENGINE_JS__", beside(&engine.js)), define("__ENGINE_WASM__", beside(&engine.wasm))]);
        defines.extend(engine.parts.iter().map(|(part, file)| define(&part_constant(part), beside(file))));
        defines.extend(engine.on_demand.iter().map(|(name, file)| define(&script_constant(name), beside(file))));
        defines.extend(engine.locales.iter().map(|(tag, file)| define(&locale_constant(tag), beside(file))));
        let bundled = self.project.scratch()?.join("frame.js");
        let arguments: Vec<_> = defines.iter().map(String::as_str).collect();
        self.loader("www/frame.js", &bundled, Format::Module, &arguments)?;
        let name = self.hashed("frame", "js", &read(&bundled)?)?;
        let page = with_script(&page, "frame.js", &name).context("www/frame.html has no <script src=\"frame.js\">")?;
        write(&self.dir.join("frame.html"), page)
    }

    fn loader(&self, source: &str, output: &Path, format: Format, arguments: &[&str]) -> anyhow::Result<()> {
        let bundled = self.project.scratch()?.join("bundled.js");
        let format_argument = match format {
            Format::ClassicScript => "--format=iife",
            Format::Module => "--format=esm",
        };
        // A module may be bundled once more by its user, whose tool may change the engine's script: no integrity check of that copy.
        let for_bundlers = match format {
            Format::ClassicScript => "--define:__FOR_BUNDLERS__=false",
            Format::Module => "--define:__FOR_BUNDLERS__=true",
        };
        let arguments = [&["--minify-syntax", "--minify-identifiers", format_argument, for_bundlers], arguments].concat();
        self.esbuild(source, &bundled, &arguments)?;
        self.tool("terser", source, |command| {
            command.arg(&bundled).args(TERSER).arg("--output").arg(output);
            match format {
                Format::ClassicScript => command,
                Format::Module => command.args(["--module", "--comments", BUNDLER_COMMENTS]),
            }
        })
    }

    /// What the sources of the loaders leave open.
    fn defines(&self, engine: &Engine, version: &str) -> anyhow::Result<Vec<String>> {
        let engine_integrity = short_integrity(&read(&self.dir.join(&engine.js))?);
        let mut defines = vec![
            define("__ENGINE_JS__", &engine.js),
            define("__ENGINE_WASM__", &engine.wasm),
            define("__ENGINE_JS_INTEGRITY__", &engine_integrity),
            define("__VERSION__", version),
        ];
        defines.extend(engine.parts.iter().map(|(part, file)| define(&part_constant(part), file)));
        defines.extend(engine.on_demand.iter().map(|(name, file)| define(&script_constant(name), file)));
        defines.extend(engine.locales.iter().map(|(tag, file)| define(&locale_constant(tag), file)));
        Ok(defines)
    }

    /// Makes the folder an npm package.
    pub fn package(&self, version: &str) -> anyhow::Result<()> {
        for path in files_under(&self.project.path("www/types"))? {
            let name = path.file_name().unwrap_or_default();
            write(&self.dir.join(name), read(&path)?)?;
        }
        let source = self.project.path("www/package.dist.json");
        let mut package: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&read(&source)?).with_context(|| format!("{} is not a JSON object", source.display()))?;
        package.insert("version".to_owned(), version.into());
        write(&self.dir.join("package.json"), serde_json::to_string_pretty(&package)? + "\n")?;
        let readme = ["www/README.dist.md", "README.md"].iter().map(|name| self.project.path(name)).find(|path| path.is_file());
        write(&self.dir.join("README.md"), read(&readme.context("neither www/README.dist.md nor README.md is there")?)?)?;
        for license in ["LICENSE", "LICENSE-MIT", "LICENSE-APACHE"] {
            let path = self.project.path(license);
            if path.is_file() {
                write(&self.dir.join(license), read(&path)?)?;
            }
        }
        Ok(())
    }

    /// Puts content into `assets/` under a name that carries its hash.
    fn hashed(&self, stem: &str, extension: &str, content: &[u8]) -> anyhow::Result<String> {
        let name = format!("assets/{stem}-{}.{extension}", hex_hash(content));
        write(&self.dir.join(&name), content)?;
        Ok(name)
    }

    fn esbuild(&self, source: &str, output: &Path, arguments: &[&str]) -> anyhow::Result<()> {
        if !self.project.path(source).is_file() {
            bail!("{source} is missing");
        }
        let is_style = source.ends_with(".css");
        let scratch = self.project.scratch()?;
        self.tool("esbuild", source, |command| {
            command.arg(source).args(COMMON).args(arguments).arg(format!("--outfile={}", output.display()));
            if !is_style {
                // www/tsconfig.json is for the type check only.
                command.args(["--loader:.css=text", "--tsconfig-raw={}"]);
                for (name, _) in STYLES {
                    command.arg(format!("--alias:{name}={}", scratch.join(name).display()));
                }
            }
            command
        })?;
        if is_style {
            // As text in a script, its last line break would cost a byte.
            let text = fs::read_to_string(output)?;
            write(output, text.trim_end())?;
        }
        Ok(())
    }

    /// Runs a program of the npm packages on a source.
    fn tool(&self, name: &str, source: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) -> anyhow::Result<()> {
        let mut command = Command::new(self.project.node_bin().join(name));
        self.environment.apply(&mut command);
        let result =
            arguments(command.current_dir(self.project.root())).output().with_context(|| format!("cannot start {name}"))?;
        if !result.status.success() {
            bail!("{name} cannot process {source}:\n{}", String::from_utf8_lossy(&result.stderr));
        }
        Ok(())
    }
}

/// A file of `assets/` as its neighbours there name it.
fn beside(file: &str) -> &str {
    file.trim_start_matches("assets/")
}

/// What the sources call a part's file: `__PART_RICH_TEXT__`.
fn part_constant(part: &str) -> String {
    format!("__PART_{}__", part.replace('-', "_").to_uppercase())
}

/// What the sources call the file of a script that is fetched when it is needed: `__DIAGNOSE_JS__`.
fn script_constant(name: &str) -> String {
    format!("__{}_JS__", name.replace('-', "_").to_uppercase())
}

/// What the sources call the file with a language's words: `__LOCALE_PT_BR__`.
fn locale_constant(tag: &str) -> String {
    format!("__LOCALE_{}__", tag.replace('-', "_").to_uppercase())
}

/// The address of a small script for bundlers: Vite would make it a `data:` address, which no policy of a page allows.
fn not_inlined(file: &str) -> String {
    format!("{file}?no-inline")
}

/// An argument of esbuild that puts a text in place of a name.
fn define(name: &str, text: &str) -> String {
    format!("--define:{name}={}", serde_json::json!(text))
}

/// Replaces the `src` of a script in a page.
fn with_script(page: &str, from: &str, to: &str) -> Option<String> {
    let written = [format!("src=\"./{from}\""), format!("src=\"{from}\"")].into_iter().find(|src| page.contains(src))?;
    Some(page.replacen(&written, &format!("src=\"./{to}\""), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_page_is_renamed() {
        for page in ["<script type=\"module\" src=\"./frame.js\">", "<script type=\"module\" src=\"frame.js\">"] {
            let expected = "<script type=\"module\" src=\"./assets/frame-1.js\">";
            assert_eq!(with_script(page, "frame.js", "assets/frame-1.js").as_deref(), Some(expected));
        }
        assert_eq!(with_script("<script>", "frame.js", "assets/frame-1.js"), None);
    }
}
