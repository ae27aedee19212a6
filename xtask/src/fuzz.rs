//! `cargo xtask fuzz`: coverage-guided fuzzing of what reads a stranger's bytes, on the stable compiler and with nothing but gcc beside it.
//!
//! libFuzzer comes with the crate libfuzzer-sys; the counters it is guided by are an option of LLVM's. A target is a file in `fuzz/src/bin/` and its
//! dictionary one in `fuzz/dictionaries/`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    progress,
    project::{Project, files_under},
    run::{Program, Report, answer},
};

/// What `cargo-fuzz` passes too, without the address sanitizer: that one needs a nightly compiler, and there is no unsafe code to watch.
const RUSTFLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table --cfg fuzzing";

/// Longer inputs are slower and find no more.
const LONGEST_INPUT: usize = 4096;
/// An input that takes longer than this is reported like a crash; under load, a usual one takes a few milliseconds.
const INPUT_LIMIT_SECS: u32 = 20;
const MEMORY_LIMIT_MB: u32 = 1024;
/// As many targets run at a time.
const SIDE_BY_SIDE: usize = 2;

/// Flags of `fuzz`.
#[derive(Args)]
pub struct Arguments {
    /// The target to run, by its file name in fuzz/src/bin/; all without one
    target: Option<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

impl Arguments {
    /// What the test suite runs: everything, for a minute.
    pub fn of_suite() -> Self {
        Self { target: None, seconds: 60 }
    }
}

/// Builds the targets once and runs them.
///
/// # Errors
/// Names the targets that found something; the input and how to run it again have been shown.
pub fn fuzz(project: &Project, arguments: &Arguments) -> anyhow::Result<()> {
    let targets = chosen(targets(project)?, arguments.target.as_deref())?;
    let folder = project.target().join("fuzz");
    let bin = build(project, &folder)?;
    let mut found = Vec::new();
    for some in targets.chunks(SIDE_BY_SIDE) {
        let results = thread::scope(|scope| {
            let runs: Vec<_> = some
                .iter()
                .map(|target| scope.spawn(|| Run::prepare(project, &folder, &bin, target)?.run(arguments.seconds)))
                .collect();
            runs.into_iter()
                .map(|run| run.join().unwrap_or_else(|_| bail!("the thread that watches it failed")))
                .collect::<Vec<_>>()
        });
        for (target, result) in some.iter().zip(results) {
            match result {
                Ok(summary) => progress::note(&format!("                  {target}: {summary}")),
                Err(error) => {
                    progress::note(&format!("{target}: {error:#}"));
                    found.push(target.as_str());
                }
            }
        }
    }
    if !found.is_empty() {
        bail!("fuzzing found something in {}", found.join(", "));
    }
    Ok(())
}

/// Every target there is.
fn targets(project: &Project) -> anyhow::Result<Vec<String>> {
    let files = files_under(&project.path("fuzz/src/bin"))?;
    let names = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    Ok(names.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect())
}

fn chosen(all: Vec<String>, wanted: Option<&str>) -> anyhow::Result<Vec<String>> {
    let Some(wanted) = wanted else { return Ok(all) };
    if !all.iter().any(|name| name == wanted) {
        bail!("unknown target {wanted:?}; expected one of: {}", all.join(", "));
    }
    Ok(vec![wanted.to_owned()])
}

/// Compiles all targets and returns the folder of the programs.
fn build(project: &Project, folder: &Path) -> anyhow::Result<PathBuf> {
    let version = answer(Command::new("rustc").arg("-vV")).context("rustc does not answer")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not say what it compiles for")?;
    // Named, the target keeps the counters out of build scripts and macros.
    Program::new("build the fuzz targets", "cargo")
        .dir(project.path("fuzz"))
        .args(["build", "--release", "--bins", "--target", host, "--target-dir"])
        .arg(folder)
        .env("RUSTFLAGS", RUSTFLAGS)
        .run()?;
    Ok(folder.join(host).join("release"))
}

/// One target and its folders.
struct Run {
    target: String,
    program: PathBuf,
    /// What the fuzzer starts from.
    seeds: PathBuf,
    /// What it found worth keeping, in this run and earlier ones.
    corpus: PathBuf,
    /// Where it puts what makes the target fail.
    artifacts: PathBuf,
    /// What it writes into inputs, besides single bytes.
    dictionary: PathBuf,
}

impl Run {
    fn prepare(project: &Project, folder: &Path, bin: &Path, target: &str) -> anyhow::Result<Self> {
        let [seeds, corpus, artifacts] = ["seeds", "corpus", "artifacts"].map(|kind| folder.join(kind).join(target));
        for emptied in [&seeds, &artifacts] {
            if emptied.is_dir() {
                fs::remove_dir_all(emptied).with_context(|| format!("cannot empty {}", emptied.display()))?;
            }
        }
        for folder in [&seeds, &corpus, &artifacts] {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        for (number, seed) in seeds_of(project, target)?.iter().enumerate() {
            fs::write(seeds.join(number.to_string()), seed)?;
        }
        let program = bin.join(format!("{target}{}", env::consts::EXE_SUFFIX));
        let dictionary = project.path("fuzz/dictionaries").join(format!("{target}.dict"));
        Ok(Self { target: target.to_owned(), program, seeds, corpus, artifacts, dictionary })
    }

    /// Runs it and returns what it did, in a few words.
    fn run(&self, seconds: u32) -> anyhow::Result<String> {
        let outcome = Program::new(format!("fuzz {} for {seconds} s", self.target), &self.program)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={LONGEST_INPUT}"))
            .arg(format!("-timeout={INPUT_LIMIT_SECS}"))
            .arg(format!("-rss_limit_mb={MEMORY_LIMIT_MB}"))
            .arg(format!("-artifact_prefix={}/", self.artifacts.display()))
            .arg(format!("-dict={}", self.dictionary.display()))
            .arg("-len_control=20")
            .arg("-print_final_stats=1")
            .arg(&self.corpus)
            .arg(&self.seeds)
            .report(Report::All)
            .attempt()?;
        let Some(failure) = outcome.failure else { return summary(&outcome.output) };
        let mut said = String::new();
        for line in essence(&outcome.output) {
            said.push_str(&format!("\n  {line}"));
        }
        for input in files_under(&self.artifacts)? {
            let bytes = fs::read(&input)?;
            said.push_str(&format!(
                "\n  input: b\"{}\"\n  again: {} {}",
                bytes.escape_ascii(),
                self.program.display(),
                input.display()
            ));
        }
        bail!("{failure}{said}")
    }
}

/// What the target said of itself, without the fuzzer's own lines and the dump of the input.
fn essence(output: &str) -> impl Iterator<Item = &str> {
    let start = output.find("panicked at").or_else(|| output.find("==")).unwrap_or(0);
    let start = output[..start].rfind('\n').map_or(0, |at| at + 1);
    output[start..].lines().filter(|line| !line.trim_start().starts_with('#') && !line.starts_with("0x")).take(12)
}

/// Reads how many inputs were tried and how much of the target they reached.
fn summary(output: &str) -> anyhow::Result<String> {
    let runs = output.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).map(str::trim);
    let reached = output.lines().rev().find_map(|line| line.split_once("cov: ")?.1.split(' ').next());
    match (runs, reached) {
        // Without counters, it would run blindly, and still pass.
        (Some(runs), Some(reached)) if reached != "0" => {
            Ok(format!("{runs} inputs tried, {reached} places in the code reached, nothing found"))
        }
        _ => bail!("the fuzzer says nothing of what it reached: are the coverage counters still compiled in?"),
    }
}

/// What is known to be worth trying, with the bytes before it by which a target chooses how to cut and read it.
fn seeds_of(project: &Project, target: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    if target == "markdown" {
        for file in files_under(&project.path("tests/markdown"))? {
            let text = fs::read_to_string(&file)?;
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("md") => seeds.push(text),
                Some("txt") => seeds.extend(examples(&text)),
                _ => {}
            }
        }
        let chosen = seeds.iter().enumerate().map(|(number, text)| {
            let (pace, settle) = ((number % 251) as u8, (number % 3 * 4) as u8);
            [&[pace, settle], text.as_bytes()].concat()
        });
        return Ok(chosen.collect());
    }
    let mut seeds = Vec::new();
    for file in files_under(&project.path("tests/fixtures"))? {
        if file.extension().is_some_and(|extension| extension == "sse" || extension == "json") {
            let bytes = fs::read(&file)?;
            // Every dialect gets the documents of all.
            seeds.extend((0..6).map(|dialect| [&[dialect, 7], bytes.as_slice()].concat()));
        }
    }
    Ok(seeds)
}

/// Returns the Markdown of a specification's examples.
fn examples(text: &str) -> impl Iterator<Item = String> {
    let fence = "`".repeat(32);
    let start = format!("{fence} example\n");
    let examples: Vec<_> =
        text.split(&start).skip(1).filter_map(|example| Some(example.split_once("\n.\n")?.0.replace('→', "\t"))).collect();
    examples.into_iter()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_target_is_chosen_by_name() {
        let all = || vec!["markdown".to_owned(), "sse".to_owned()];
        assert_eq!(chosen(all(), None).unwrap(), all());
        assert_eq!(chosen(all(), Some("sse")).unwrap(), ["sse"]);
        assert_eq!(
            chosen(all(), Some("json")).unwrap_err().to_string(),
            "unknown target \"json\"; expected one of: markdown, sse"
        );
    }

    #[test]
    fn a_run_that_was_not_guided_does_not_pass() {
        let output = "#2\tINITED cov: 38 ft: 38 corp: 1/1b\n#9\tDONE   cov: 97 ft: 496\nstat::number_of_executed_units: 612042\n";
        assert_eq!(summary(output).unwrap(), "612042 inputs tried, 97 places in the code reached, nothing found");
        assert!(summary(&output.replace("97", "0")).is_err());
        assert!(summary("").is_err());
    }

    #[test]
    fn every_target_has_seeds() {
        let project = Project::find().unwrap();
        let targets = targets(&project).unwrap();
        assert!(targets.len() > 2);
        for target in targets {
            assert!(seeds_of(&project, &target).unwrap().len() > 20, "{target}");
        }
    }
}
