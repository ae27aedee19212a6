//! `cargo xtask check`: format, lints for both targets, the import rules of DESIGN.md, types of the JavaScript shell. All parts run even if one
//! fails, so that one run shows everything there is to mend.

mod rules;

use std::fs;

use anyhow::bail;

use crate::{
    progress,
    progress::Step,
    project::{Project, files_under},
    run::{Program, Report},
    toolchain::Toolchain,
    versions::WASM_TARGET,
};

/// A file that has grown past this should be two.
const LINES_MAXIMUM: usize = 400;

/// Runs all checks.
///
/// # Errors
/// Names the checks that failed; what they found has been shown.
pub fn check(project: &Project, toolchain: &Toolchain) -> anyhow::Result<()> {
    let parts: [(&str, anyhow::Result<()>); 5] = [
        ("fmt", format(project)),
        ("rules", rules(project)),
        ("types", types(project, toolchain)),
        ("clippy", clippy_native(project)),
        ("clippy for WebAssembly", clippy_wasm(project, toolchain)),
    ];
    let failed: Vec<_> = parts.iter().filter(|(_, result)| result.is_err()).map(|(name, _)| *name).collect();
    if failed.is_empty() {
        return Ok(());
    }
    bail!("check failed: {}", failed.join(", "))
}

fn format(project: &Project) -> anyhow::Result<()> {
    Program::new("cargo fmt --check", "cargo")
        .dir(project.root())
        .args(["fmt", "--all", "--check", "--", "--color=never"])
        .run()
        .map(drop)
}

fn clippy_native(project: &Project) -> anyhow::Result<()> {
    Program::new("clippy", "cargo")
        .dir(project.root())
        .args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
        .report(Report::All)
        .run()
        .map(drop)
}

fn clippy_wasm(project: &Project, toolchain: &Toolchain) -> anyhow::Result<()> {
    Program::new("clippy for WebAssembly", "cargo")
        .environment(toolchain.environment())
        .dir(project.root())
        .args([
            "clippy",
            "--package",
            "assisters-chat",
            "--lib",
            "--test",
            "browser",
            "--quiet",
            "--target",
            WASM_TARGET,
            "--",
            "-D",
            "warnings",
        ])
        .report(Report::All)
        .run()
        .map(drop)
}

fn types(project: &Project, toolchain: &Toolchain) -> anyhow::Result<()> {
    Program::new("types of the JavaScript shell (tsc)", project.node_bin().join("tsc"))
        .environment(toolchain.environment())
        .dir(project.root())
        .args(["--project", "www/tsconfig.json", "--noEmit"])
        .report(Report::All)
        .run()
        .map(drop)
}

fn rules(project: &Project) -> anyhow::Result<()> {
    let step = Step::start("import rules");
    let mut violations = Vec::new();
    let mut long_files = Vec::new();
    let sources = ["src", "www", "gateway/src", "xtask/src", "pkg"].map(|dir| files_under(&project.path(dir)));
    for path in sources.into_iter().collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten() {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if !["rs", "js", "mjs", "html"].contains(&extension.as_ref()) {
            continue;
        }
        let name = path.strip_prefix(project.root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path)?;
        violations.extend(rules::violations(&name, &text));
        let n_lines = text.lines().count();
        if n_lines > LINES_MAXIMUM && !name.starts_with("pkg/") {
            long_files.push(format!("{name} has {n_lines} lines: more than {LINES_MAXIMUM}"));
        }
    }
    if violations.is_empty() {
        step.done();
    } else {
        step.failed();
    }
    for warning in &long_files {
        progress::note(&format!("  warning: {warning}"));
    }
    for violation in &violations {
        progress::note(&format!("  {violation}"));
    }
    if !violations.is_empty() {
        bail!("{} violations of the import rules", violations.len());
    }
    Ok(())
}
