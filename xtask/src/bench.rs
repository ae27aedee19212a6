//! `cargo xtask bench`: builds `dist/`, has the contestants bundled, and lets `bench/driver/` measure them all in one browser on one server; then the
//! gateway, by its own program. What is measured and how is in `bench/`; this only brings the tools together.

use std::{
    fs,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    dist::{self, Freshness},
    project::Project,
    run::Program,
    toolchain::{Toolchain, browsers},
};

/// The scenario that needs no browser.
const GATEWAY: &str = "gateway";

/// Flags of `bench`. The names of scenarios and contestants are checked where they are known, in `bench/driver/`.
#[derive(Args)]
pub struct Arguments {
    /// How often everything is measured; the median counts
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// Only this scenario; may be given several times: boot, paced, throttled, burst, phone, growth, history, cost, gateway
    #[arg(long, value_name = "SCENARIO")]
    only: Vec<String>,
    /// Only this contestant; may be given several times: assisters, floor, eager-floor, streamdown, deep-chat
    #[arg(long, value_name = "NAME")]
    contestant: Vec<String>,
    /// Measure every contestant in every scenario as often as the others, however long it takes
    #[arg(long)]
    full: bool,
    /// Say where the time goes instead of how much it is
    #[arg(long)]
    profile: bool,
    /// Measure the dist/ that is there
    #[arg(long)]
    no_build: bool,
}

/// Measures and prints the tables.
///
/// # Errors
/// When something cannot be built, or a contestant does not answer at all. A missed target is no error.
pub fn bench(project: &Project, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (of_gateway, of_widget): (Vec<_>, Vec<_>) = arguments.only.iter().partition(|scenario| *scenario == GATEWAY);
    let is_everything = arguments.only.is_empty();
    let widget = if is_everything || !of_widget.is_empty() { widget(project, arguments, &of_widget)? } else { ExitCode::SUCCESS };
    if widget == ExitCode::SUCCESS && (is_everything || !of_gateway.is_empty()) {
        return gateway(project);
    }
    Ok(widget)
}

/// Measures the gateway as it is installed, in a program of its own: `gateway/benches/figures/`.
fn gateway(project: &Project) -> anyhow::Result<ExitCode> {
    let mut bench = Command::new("cargo");
    bench.current_dir(project.root()).stdin(Stdio::null());
    bench.args(["bench", "--quiet", "--package", "assisters-gateway", "--profile", "server", "--bench", "figures"]);
    let status = bench.status().context("cannot start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures the widget beside others.
fn widget(project: &Project, arguments: &Arguments, only: &[&String]) -> anyhow::Result<ExitCode> {
    let toolchain = Toolchain::ensure(project)?;
    if !arguments.no_build {
        dist::build(project, &toolchain, Freshness::Reuse)?;
    } else if dist::open(project)?.is_none() {
        bail!("there is no dist/ yet; run `cargo xtask bench` without --no-build");
    }
    let browser = browsers::chromium(project)?;
    packages(project, &toolchain)?;

    let mut driver = Command::new("node");
    toolchain.environment().apply(&mut driver);
    driver.current_dir(project.root()).arg("bench/driver/main.mjs").stdin(Stdio::null());
    driver.arg("--chromium").arg(&browser.binary).arg("--out").arg(project.target().join("bench"));
    driver.args(["--runs", &arguments.runs.to_string()]);
    for scenario in only {
        driver.args(["--only", scenario]);
    }
    for contestant in &arguments.contestant {
        driver.args(["--contestant", contestant]);
    }
    for (flag, is_given) in [("--full", arguments.full), ("--profile", arguments.profile)] {
        if is_given {
            driver.arg(flag);
        }
    }
    // Not as a step: it says itself, line by line, how far it is.
    let status = driver.status().context("cannot start node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Installs the contestants if their lock file has changed, and checks the types of what drives them.
fn packages(project: &Project, toolchain: &Toolchain) -> anyhow::Result<()> {
    let (folder, lock) = (project.path("bench"), project.path("bench/package-lock.json"));
    let marker = project.path("bench/node_modules/.assisters-lock");
    let wanted = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    if !fs::read_to_string(&marker).is_ok_and(|found| found == wanted) {
        Program::new("install the contestants (npm ci)", "npm")
            .environment(toolchain.environment())
            .dir(&folder)
            // No install scripts, as in www/: esbuild finds its executable without.
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .run()
            .context("try by hand: cd bench && npm ci --ignore-scripts")?;
        fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    }
    Program::new("types of the benchmark (tsc)", folder.join("node_modules/.bin/tsc"))
        .environment(toolchain.environment())
        .dir(&folder)
        .args(["--project", "tsconfig.json"])
        .run()
        .map(drop)
}
