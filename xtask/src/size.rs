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

/// What a visitor who is answered pays: all of that, and the part that asks and shows messages. It was 110 KiB before visitors could attach files and
/// pages answer calls; the cut through the middle of the session, which takes 8 KiB off a first open, costs 2. It was 119 KiB before answers could be read by
/// an `EventSource`, thoughts and calls outlived a reload, and servers were told verdicts (680 bytes), a block's nodes were made in one call (700: a third of
/// the calls out of the program are left), and the whole `forget()` waited for the server.
const FIRST_ANSWER_BUDGET: u64 = 120 * 1024 + 512;

/// The part that comes with the first answer.
const ANSWER_PART: &str = "conversation";

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

#[derive(Clone, Copy)]
struct Sums {
    loader: u64,
    first_open: u64,
    first_answer: u64,
}

impl Sums {
    fn of(dist: &Dist) -> anyhow::Result<Self> {
        let manifest = &dist.manifest;
        let brotli = |name: &str| {
            anyhow::Ok(manifest.entry(name).with_context(|| format!("dist/manifest.json has no {name}"))?.brotli_bytes)
        };
        let loader = brotli(LOADER)?;
        let first_open = loader + brotli(&manifest.engine.js)? + brotli(&manifest.engine.wasm)?;
        let part = manifest.engine.parts.get(ANSWER_PART).with_context(|| format!("dist/ has no part {ANSWER_PART}"))?;
        Ok(Self { loader, first_open, first_answer: first_open + brotli(part)? })
    }

    fn is_within_budget(&self) -> bool {
        self.against_budgets().iter().all(|(_, bytes, budget)| bytes <= budget)
    }

    /// What is limited: its name, its bytes, the limit.
    fn against_budgets(&self) -> [(&'static str, u64, u64); 3] {
        [
            ("loader", self.loader, LOADER_BUDGET),
            ("first open", self.first_open, FIRST_OPEN_BUDGET),
            ("first answer", self.first_answer, FIRST_ANSWER_BUDGET),
        ]
    }
}

fn table(files: &[Entry], sums: &Sums) -> String {
    let mut text = format!("{:<34}{:>10}{:>10}\n", "file", "bytes", "brotli");
    for file in files {
        writeln!(text, "{:<34}{:>10}{:>10}", file.name, file.bytes, file.brotli_bytes).ok(); // a String takes everything
    }
    text.push('\n');
    for (name, bytes, budget) in sums.against_budgets() {
        let verdict = if bytes <= budget { "ok" } else { "OVER BUDGET" };
        writeln!(text, "{name:<14}{bytes:>8} of {budget:>6} bytes brotli  {verdict}").ok(); // a String takes everything
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
        let most = Sums { loader: LOADER_BUDGET, first_open: FIRST_OPEN_BUDGET, first_answer: FIRST_ANSWER_BUDGET };
        assert!(most.is_within_budget());
        for over in [
            Sums { loader: LOADER_BUDGET + 1, ..most },
            Sums { first_open: FIRST_OPEN_BUDGET + 1, ..most },
            Sums { first_answer: FIRST_ANSWER_BUDGET + 1, ..most },
        ] {
            assert!(!over.is_within_budget());
        }
    }

    #[test]
    fn an_excess_is_named() {
        let text = table(&[], &Sums { loader: 4_000, first_open: 50_000, first_answer: 60_000 });
        assert!(text.contains("loader            4000 of   3072 bytes brotli  OVER BUDGET"), "{text}");
        assert!(text.contains("87040 bytes brotli  ok"), "{text}");
    }
}
