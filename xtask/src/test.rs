//! `cargo xtask test`: every suite, one line each, and a count at the end. A suite that fails stops only those that need its result.

use std::{env, process::ExitCode, time::Instant};

use anyhow::{anyhow, bail};
use clap::Args;

use crate::{
    check,
    dist::{self, Freshness},
    driven, fuzz, packaging, progress,
    project::{Project, files_under},
    run::{Program, Report},
    size,
    toolchain::{
        Toolchain, browsers,
        other_browsers::{self, OtherBrowser},
        python,
    },
    versions::WASM_TARGET,
};

/// Two busy cores compile and run a test page; the default of 20 s is for idle machines.
const BROWSER_TEST_TIMEOUT_SECS: &str = "300";

/// What is run in Firefox and WebKit too: the tests where browsers differ. All of them can be (`E2E_BROWSER=webkit cargo test -p e2e --test suite`), but
/// three times the whole suite would take CI an hour and more.
const IN_OTHER_BROWSERS: &[&str] = &[
    "answers::",
    "destroy::",
    "embedding::",
    "fallback::",
    "history::",
    "launcher::",
    "lifecycle::",
    "memory::",
    "policies::",
    "rewritten::",
    "scrolling::",
    "streaming::",
    "ways::",
];

/// Flags of `test`.
#[derive(Args)]
pub struct Arguments {
    /// Leave the browsers and the fuzzing out
    #[arg(long)]
    quick: bool,
    /// Run one suite, and what it needs: check, native, shell, fuzz, browser, size, server, packaging, "end to end", firefox, webkit
    #[arg(long, value_name = "SUITE")]
    only: Option<String>,
}

/// Runs all suites; the code is a failure if one failed.
pub fn test(project: &Project, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut suites = Suites { only: arguments.only.clone(), ..Suites::default() };
    let toolchain = Toolchain::ensure(project)?;

    suites.run("check", || check::check(project, &toolchain));
    suites.run("native", || native(project));
    suites.run("shell", || shell(project, &toolchain));
    if !arguments.quick {
        suites.run("fuzz", || fuzz::fuzz(project, &fuzz::Arguments::of_suite()));
    }
    let browser = if arguments.quick { None } else { Some(browsers::chromium(project)) };
    if let Some(browser) = &browser {
        suites.run("browser", || in_browser(project, &toolchain, usable(browser)?));
    }
    let has_dist = suites.run("dist", || dist::build(project, &toolchain, Freshness::Reuse).map(drop)) == Verdict::Passed;
    if has_dist {
        suites.run("size", || match size::size(project, &toolchain)? {
            ExitCode::SUCCESS => Ok(()),
            _ => Err(anyhow!("over budget; the table is above")),
        });
        suites.run("server", || server(project));
        if let Some(browser) = &browser
            && project.path("tests/e2e/Cargo.toml").is_file()
        {
            suites.run("packaging", || packaging(project, &toolchain, usable(browser)?));
            suites.run("end to end", || {
                let browser = usable(browser)?;
                let in_chromium =
                    |program: Program| program.env("CHROMEDRIVER", &browser.driver).env("CHROMIUM", &browser.binary);
                end_to_end(project, &toolchain, "end-to-end", &[], in_chromium)
            });
            suites.run("firefox", || in_other_browser(project, &toolchain, &other_browsers::firefox(project)?));
            suites.run("webkit", || in_other_browser(project, &toolchain, &other_browsers::webkit()?));
        }
    } else {
        suites.leave_out("size, server, packaging, end to end, firefox, webkit", "there is no dist/");
    }
    if let Some(only) = &arguments.only
        && suites.n_passed + suites.failed.len() < 2
        && only != "dist"
    {
        bail!("there is no suite {only:?}; `cargo xtask test --help` names them");
    }
    progress::print(&suites.summary());
    Ok(if suites.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn native(project: &Project) -> anyhow::Result<()> {
    let mut program = Program::new("native tests", "cargo")
        .dir(project.root())
        .args(["test", "--workspace", "--no-fail-fast"])
        .report(Report::All);
    if project.path("tests/e2e/Cargo.toml").is_file() {
        program = program.args(["--exclude", "e2e"]);
    }
    let outcome = program.log(project.scratch()?.join("native.log")).run()?;
    progress::note(&format!("                  {}", counted(&outcome.output)));
    Ok(())
}

/// The parts of the JavaScript shell that need no page, by Node's own test runner.
fn shell(project: &Project, toolchain: &Toolchain) -> anyhow::Result<()> {
    let tests = files_under(&project.path("www/test"))?;
    let tests: Vec<_> = tests.iter().filter(|path| path.to_string_lossy().ends_with(".test.js")).collect();
    if tests.is_empty() {
        bail!("no www/test/*.test.js: the shell would go untested");
    }
    let program = Program::new("tests of the JavaScript shell (node --test)", "node")
        .environment(toolchain.environment())
        .dir(project.root());
    program.arg("--test").args(tests).report(Report::All).log(project.scratch()?.join("shell.log")).run().map(drop)
}

fn in_browser(project: &Project, toolchain: &Toolchain, browser: &browsers::Browser) -> anyhow::Result<()> {
    let outcome = Program::new("tests in headless Chromium (wasm-bindgen-test)", "cargo")
        .environment(toolchain.environment())
        .dir(project.root())
        .args(["test", "--package", "assisters-chat", "--target", WASM_TARGET, "--test", "browser"])
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &browser.webdriver_json)
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TEST_TIMEOUT_SECS)
        .report(Report::All)
        .log(project.scratch()?.join("browser.log"))
        .run()?;
    progress::note(&format!("                  {}", counted(&outcome.output)));
    Ok(())
}

/// Drives the built widget in a browser; `further` says which.
fn end_to_end(
    project: &Project,
    toolchain: &Toolchain,
    name: &str,
    filters: &[&str],
    further: impl Fn(Program) -> Program,
) -> anyhow::Result<()> {
    let gateway = project.target().join("debug").join(format!("assisters-gateway{}", env::consts::EXE_SUFFIX));
    Program::new("build the gateway", "cargo").dir(project.root()).args(["build", "--package", "assisters-gateway"]).run()?;
    driven::run(project, name, filters, |program| {
        further(program)
            .args(["--test", "suite"])
            .env("ASSISTERS_TEST_GATEWAY", &gateway)
            .env("ASSISTERS_TEST_WASM_RUST", toolchain.rust().to_string())
    })
}

/// The gateway as programs of others meet it: the documents' own JavaScript and Python, and Schemathesis.
fn server(project: &Project) -> anyhow::Result<()> {
    let python = python::ensure(project)?;
    let outcome = Program::new("the documents' programs and Schemathesis", "cargo")
        .dir(project.root())
        // The count of invented requests is worth reading.
        .args(["test", "--package", "e2e", "--test", "server", "--", "--show-output"])
        .env("ASSISTERS_TEST_DIST", project.path("dist"))
        .env("ASSISTERS_TEST_PYTHON", &python)
        .report(Report::All)
        .log(project.scratch()?.join("server.log"))
        .run()?;
    progress::note(&format!("                  {}", counted(&outcome.output)));
    Ok(())
}

fn in_other_browser(project: &Project, toolchain: &Toolchain, browser: &OtherBrowser) -> anyhow::Result<()> {
    end_to_end(project, toolchain, browser.name, IN_OTHER_BROWSERS, |program| {
        let program = program.env("E2E_BROWSER", browser.name);
        browser.variables.iter().fold(program, |program, (name, path)| program.env(name, path))
    })
}

/// The published package in projects of its users: built, then driven in the browser.
fn packaging(project: &Project, toolchain: &Toolchain, browser: &browsers::Browser) -> anyhow::Result<()> {
    let dir = packaging::build(project, toolchain)?;
    driven::run(project, "packaging", &[], |program| {
        let program = program.env("CHROMEDRIVER", &browser.driver).env("CHROMIUM", &browser.binary);
        program.args(["--test", "packaging"]).env("ASSISTERS_TEST_PACKAGING", &dir)
    })
}

/// The browser, or the reason why there is none, once per suite that needs it.
fn usable(browser: &anyhow::Result<browsers::Browser>) -> anyhow::Result<&browsers::Browser> {
    browser.as_ref().map_err(|error| anyhow!("{error:#}"))
}

/// Adds up the result lines of cargo's test programs.
pub fn counted(output: &str) -> String {
    let count = |label: &str| -> u64 {
        let results = output.lines().filter_map(|line| line.trim().strip_prefix("test result: "));
        let numbers = results
            .flat_map(|result| result.split([';', '.']))
            .filter_map(|part| part.trim().strip_suffix(label)?.trim().parse::<u64>().ok());
        numbers.sum()
    };
    format!("{} tests passed, {} failed, {} ignored", count("passed"), count("failed"), count("ignored"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
}

/// What has been run so far.
#[derive(Default)]
struct Suites {
    n_passed: usize,
    failed: Vec<&'static str>,
    /// The one that is wanted; `None`: all.
    only: Option<String>,
}

impl Suites {
    fn run(&mut self, name: &'static str, suite: impl FnOnce() -> anyhow::Result<()>) -> Verdict {
        // Others need dist/.
        if self.only.as_ref().is_some_and(|only| only != name && name != "dist") {
            return Verdict::Passed;
        }
        let started = Instant::now();
        let result = suite();
        let elapsed = progress::seconds(started.elapsed());
        match result {
            Ok(()) => {
                self.n_passed += 1;
                progress::print(&format!("suite {name}: passed in {elapsed}"));
                Verdict::Passed
            }
            Err(error) => {
                self.failed.push(name);
                progress::print(&format!("suite {name}: FAILED in {elapsed}: {error:#}"));
                Verdict::Failed
            }
        }
    }

    fn leave_out(&self, names: &str, why: &str) {
        progress::print(&format!("suites {names}: not run, because {why}"));
    }

    fn summary(&self) -> String {
        let totals = format!("{} passed, {} failed", self.n_passed, self.failed.len());
        if self.failed.is_empty() { totals } else { format!("failed: {}\n{totals}", self.failed.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_programs_are_added_up() {
        let output = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s\nnoise\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counted(output), "15 tests passed, 2 failed, 1 ignored");
    }

    #[test]
    fn the_summary_counts_suites_and_ends_alone_on_a_line() {
        let mut suites = Suites::default();
        assert_eq!(suites.run("good", || Ok(())), Verdict::Passed);
        assert_eq!(suites.summary(), "1 passed, 0 failed");
        assert_eq!(suites.run("bad", || Err(anyhow!("no"))), Verdict::Failed);
        assert_eq!(suites.run("other", || Ok(())), Verdict::Passed);
        assert_eq!(suites.summary().lines().last(), Some("2 passed, 1 failed"));
        suites.only = Some("good".to_owned());
        assert_eq!(suites.run("bad", || Err(anyhow!("not run"))), Verdict::Passed);
        assert_eq!(suites.summary().lines().last(), Some("2 passed, 1 failed"));
    }
}
