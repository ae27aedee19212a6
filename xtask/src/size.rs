//! What a visitor downloads, against the budget.

use std::{fmt::Write as _, fs, process::ExitCode};

use anyhow::Context as _;

use crate::{
    dist::{self, Dist, Entry, Freshness, Module},
    progress,
    project::Project,
    toolchain::Toolchain,
};

/// What every page of the owner pays, whether the visitor chats or not.
const LOADER_BUDGET: u64 = 3 * 1024;

/// What a visitor who opens the chat pays: loader, engine script, engine program.
const FIRST_OPEN_BUDGET: u64 = 85 * 1024;

const LOADER: &str = "assisters.js";

/// Prints the sizes; the code is a failure over budget.
pub fn size(project: &Project, toolchain: &Toolchain) -> anyhow::Result<ExitCode> {
    let dist = dist::build(project, toolchain, Freshness::Reuse)?;
    let sums = Sums::of(&dist)?;
    progress::print(&table(&dist.manifest.files, &sums));
    let wasm = fs::read(dist.dir.join(&dist.manifest.engine.wasm))?;
    progress::print(&sections_table(&wasm)?);
    Ok(if sums.is_within_budget() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Sums {
    loader: u64,
    first_open: u64,
}

impl Sums {
    fn of(dist: &Dist) -> anyhow::Result<Self> {
        let manifest = &dist.manifest;
        let brotli = |name: &str| {
            anyhow::Ok(manifest.entry(name).with_context(|| format!("dist/manifest.json has no {name}"))?.brotli_bytes)
        };
        let loader = brotli(LOADER)?;
        Ok(Self { loader, first_open: loader + brotli(&manifest.engine.js)? + brotli(&manifest.engine.wasm)? })
    }

    fn is_within_budget(&self) -> bool {
        self.loader <= LOADER_BUDGET && self.first_open <= FIRST_OPEN_BUDGET
    }
}

fn table(files: &[Entry], sums: &Sums) -> String {
    let mut text = format!("{:<34}{:>10}{:>10}\n", "file", "bytes", "brotli");
    for file in files {
        writeln!(text, "{:<34}{:>10}{:>10}", file.name, file.bytes, file.brotli_bytes).ok(); // a String takes everything
    }
    text.push('\n');
    for (name, bytes, budget) in [("loader", sums.loader, LOADER_BUDGET), ("first open", sums.first_open, FIRST_OPEN_BUDGET)] {
        let verdict = if bytes <= budget { "ok" } else { "OVER BUDGET" };
        writeln!(text, "{name:<12}{bytes:>8} of {budget:>6} bytes brotli  {verdict}").ok(); // a String takes everything
    }
    text
}

/// The largest sections of the engine.
fn sections_table(wasm: &[u8]) -> anyhow::Result<String> {
    let mut sections = Module::parse(wasm)?.sizes()?;
    sections.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let lines: Vec<_> = sections.iter().take(5).map(|(name, bytes)| format!("  {name:<16}{bytes:>10}")).collect();
    Ok(format!("largest sections of the engine, bytes\n{}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_a_limit_that_may_be_reached() {
        for (loader, first_open, expected) in
            [(LOADER_BUDGET, FIRST_OPEN_BUDGET, true), (LOADER_BUDGET + 1, 10_000, false), (2_000, FIRST_OPEN_BUDGET + 1, false)]
        {
            assert_eq!(Sums { loader, first_open }.is_within_budget(), expected);
        }
    }

    #[test]
    fn an_excess_is_named() {
        let text = table(&[], &Sums { loader: 4_000, first_open: 50_000 });
        assert!(text.contains("loader          4000 of   3072 bytes brotli  OVER BUDGET"), "{text}");
        assert!(text.contains("87040 bytes brotli  ok"), "{text}");
    }
}
