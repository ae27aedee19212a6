//! Runs the tests of `tests/e2e`, which drive a browser, and says which tests that one can not run. A race in a test or in the widget may show only beside other tests: what failed is run once
//! more, alone, and what passes then is said to be unsteady, loudly.

use anyhow::bail;

use crate::{
    progress,
    project::Project,
    run::{Environment, Program, Report},
    test::counted,
};

/// More tests than this that fail at once are not run again.
const MAX_UNSTEADY: usize = 3;

/// What `tests/e2e` says of a test that a browser can not run. It passes; it is not hidden.
const LEFT_OUT: &str = " is left out in this browser: ";

/// Runs one test program, only the tests whose names hold one of `filters` if there are any; `further` says which program, and where its browser is.
pub fn run(project: &Project, name: &str, filters: &[&str], further: impl Fn(Program) -> Program) -> anyhow::Result<()> {
    let mut environment = Environment::default();
    environment.path_first(project.node_bin());
    let program = |label: String, log: String| -> anyhow::Result<Program> {
        let program = Program::new(label, "cargo")
            .dir(project.root())
            .args(["test", "--package", "e2e", "--no-fail-fast"])
            .environment(&environment)
            .env("ASSISTERS_TEST_DIST", project.path("dist"))
            .report(Report::All)
            .log(project.scratch()?.join(log));
        Ok(further(program))
    };
    let outcome = program(format!("{name} tests"), format!("{name}.log"))?.arg("--").args(filters).attempt()?;
    progress::note(&format!("                  {}", counted(&outcome.output)));
    for left_out in outcome.output.lines().filter(|line| line.contains(LEFT_OUT)) {
        progress::note(&format!("                  {left_out}"));
    }
    let Some(failure) = outcome.failure else { return Ok(()) };
    let failed = failed_tests(&outcome.output);
    let is_steady = failed.is_empty() || failed.len() > MAX_UNSTEADY || {
        let again = program(format!("{name} tests that failed, alone"), format!("{name}-again.log"))?;
        again.args(["--", "--exact", "--test-threads=1"]).args(&failed).attempt()?.failure.is_some()
    };
    if is_steady {
        progress::note(&outcome.output);
        bail!("{name} tests: {failure}");
    }
    for name in failed {
        let cause = outcome.output.split_once(&format!("---- {name} stdout ----")).map_or("", |(_, cause)| cause);
        let cause: Vec<_> = cause.lines().filter(|line| !line.is_empty()).take(3).collect();
        progress::note(&format!("UNSTEADY: {name} passed alone, and beside the others did not:\n{}", cause.join("\n")));
    }
    Ok(())
}

/// The names of the tests that failed, as libtest lists them.
fn failed_tests(output: &str) -> Vec<&str> {
    output.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_tests_are_found_by_name() {
        let output =
            "test a::good ... ok\nsome words FAILED\ntest a::bad ... FAILED\ntest b ... FAILED\n\nfailures:\n    a::bad\n";
        assert_eq!(failed_tests(output), ["a::bad", "b"]);
    }
}
