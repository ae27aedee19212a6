//! The tasks of this project: `cargo xtask demo`, `test`, `dist`, `size`, `bench`, `check`, `fuzz`, `shots`, `setup`, `env`. Parses the command line; each task is a
//! module of its own.

mod bench;
mod check;
mod demo;
mod dist;
mod driven;
mod fuzz;
mod packaging;
mod progress;
mod project;
mod run;
mod shots;
mod size;
mod test;
mod toolchain;
mod versions;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{project::Project, toolchain::Toolchain};

/// The tasks of Assisters Chat.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the widget, start the gateway on its embedded assistant and print its address
    Demo(demo::Arguments),
    /// Run every test: native, browser, end to end, packaging
    Test(test::Arguments),
    /// Write dist/: minified, hashed, compressed, with manifest.json
    Dist {
        /// Build even if nothing has changed since the last time
        #[arg(long)]
        force: bool,
    },
    /// Print the sizes of what a visitor downloads; exit 1 over budget
    Size,
    /// Measure the widget beside others in a real browser and print the performance tables
    Bench(bench::Arguments),
    /// Run fmt, clippy for both targets, the import rules and the type check
    Check,
    /// Run the fuzz targets
    Fuzz(fuzz::Arguments),
    /// Write pictures of every state of the widget to target/shots/
    Shots(shots::Arguments),
    /// Install everything the other tasks need
    Setup {
        /// The browsers and their drivers too
        #[arg(long)]
        browsers: bool,
    },
    /// Print the environment of a build: eval "$(cargo xtask env)"
    Env,
    /// Print the address of a gateway as soon as it answers (started by demo)
    #[command(hide = true)]
    Announce(demo::Announcement),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match perform(&arguments.task) {
        Ok(code) => code,
        Err(error) => {
            progress::note(&format!("\nerror: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn perform(task: &Task) -> anyhow::Result<ExitCode> {
    let project = Project::find()?;
    match task {
        Task::Demo(arguments) => demo::demo(&project, arguments)?,
        Task::Test(arguments) => return test::test(&project, arguments),
        Task::Dist { force } => {
            let toolchain = Toolchain::ensure(&project)?;
            let freshness = if *force { dist::Freshness::Rebuild } else { dist::Freshness::Reuse };
            let dist = dist::build(&project, &toolchain, freshness)?;
            progress::print(&dist.to_string());
        }
        Task::Size => {
            let toolchain = Toolchain::ensure(&project)?;
            return size::size(&project, &toolchain);
        }
        Task::Bench(arguments) => return bench::bench(&project, arguments),
        Task::Check => {
            let toolchain = Toolchain::ensure(&project)?;
            check::check(&project, &toolchain)?;
        }
        Task::Fuzz(arguments) => fuzz::fuzz(&project, arguments)?,
        Task::Shots(arguments) => shots::shots(&project, arguments)?,
        Task::Setup { browsers } => {
            let toolchain = Toolchain::ensure(&project)?;
            progress::print(&toolchain.to_string());
            if *browsers {
                progress::print(&toolchain::browsers::chromium(&project)?.to_string());
            }
        }
        Task::Env => progress::print(&Toolchain::ensure(&project)?.exports(&project)?),
        Task::Announce(announcement) => demo::announce(announcement)?,
    }
    Ok(ExitCode::SUCCESS)
}
