//! `cargo xtask shots`: pictures of every state of the widget, in light and dark, on a desktop and a telephone, in both directions, and sheets with all
//! of them. Which states there are is in `tests/e2e/src/states.rs`.

use clap::Args;

use crate::{
    dist::{self, Freshness},
    progress,
    project::Project,
    run::Program,
    toolchain::{Toolchain, browsers},
};

/// Flags of `shots`.
#[derive(Args)]
pub struct Arguments {
    /// Only looks whose name begins with this; may be given several times: desktop, phone-dark, desktop-light-rtl, …
    look: Vec<String>,
}

/// Writes the pictures to `target/shots/`.
///
/// # Errors
/// When something can not be built, or a state is not reached.
pub fn shots(project: &Project, arguments: &Arguments) -> anyhow::Result<()> {
    let toolchain = Toolchain::ensure(project)?;
    dist::build(project, &toolchain, Freshness::Reuse)?;
    let browser = browsers::chromium(project)?;
    let folder = project.target().join("shots");
    Program::new("take the pictures (chromium)", "cargo")
        .dir(project.root())
        .environment(toolchain.environment())
        .args(["run", "--quiet", "--package", "e2e", "--bin", "shots", "--"])
        .arg(&folder)
        .args(&arguments.look)
        .env("ASSISTERS_DIST", project.path("dist"))
        .env("CHROMEDRIVER", &browser.driver)
        .env("CHROMIUM", &browser.binary)
        .run()?;
    progress::print(&format!("{}: every picture; sheet-*.png: all of one look", folder.join("index.html").display()));
    Ok(())
}
