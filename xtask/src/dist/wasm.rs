//! Compiles the engine to WebAssembly by wasm-pack and makes it as small as it gets: `pkg/assisters_chat.js` and `pkg/assisters_chat_bg.wasm`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{
    Freshness,
    inputs::Stamp,
    module::Module,
    prune,
    prune::ShortNames,
    read,
    split::{self, Part, Split},
    write,
};
use crate::{
    progress,
    progress::Step,
    project::{Project, files_under},
    run::{self, Program},
    toolchain::Toolchain,
    versions,
};

/// The glue.
pub const GLUE: &str = "pkg/assisters_chat.js";
/// The program.
pub const WASM: &str = "pkg/assisters_chat_bg.wasm";

/// What comes when it is needed and not with a first open. Each name is one that `src/browser/part.rs` asks for.
pub const PARTS: &[Part] = &[
    Part {
        name: "conversation",
        needs: None,
        entries: &["assisters_chat::ui::transcript::show", "assisters_chat::session::answer::"],
        modules: &[
            "assisters_chat::markdown::",
            "assisters_chat::session::answer::",
            "assisters_chat::ui::actions::",
            "assisters_chat::ui::answer_text::",
            "assisters_chat::ui::calendar::",
            "assisters_chat::ui::editor::",
            "assisters_chat::ui::history::",
            "assisters_chat::ui::message::",
            "assisters_chat::ui::preview::",
            "assisters_chat::ui::rehearsal::",
            "assisters_chat::ui::rich_text::",
            "assisters_chat::ui::sources::",
            "assisters_chat::ui::transcript::",
        ],
    },
    Part {
        name: "activity",
        needs: Some("conversation"),
        entries: &[
            "assisters_chat::chat::kept::keep_activity",
            "assisters_chat::chat::kept::recall_activity",
            "assisters_chat::ui::activity::show",
            "assisters_chat::session::tools::answer_calls",
            "assisters_chat::session::tools::tell_calls",
        ],
        modules: &["assisters_chat::chat::kept::", "assisters_chat::ui::activity::", "assisters_chat::session::tools::"],
    },
    Part {
        name: "attachments",
        needs: Some("conversation"),
        entries: ATTACHMENTS,
        modules: &["assisters_chat::chat::attached::", "assisters_chat::ui::attached::"],
    },
    Part { name: "dialects", needs: None, entries: RARE_DIALECTS, modules: RARE_DIALECTS },
];

/// Few messages have files.
const ATTACHMENTS: &[&str] = &[
    "assisters_chat::chat::attached::name_files",
    "assisters_chat::ui::attached::addresses",
    "assisters_chat::ui::attached::show",
];

/// Few pages speak one of these, and none speaks two. Only one of them is read by an `EventSource`.
const RARE_DIALECTS: &[&str] = &[
    "assisters_chat::browser::event_source::",
    "assisters_chat::protocol::execute::",
    "assisters_chat::protocol::informer::",
    "assisters_chat::protocol::openai::",
    "assisters_chat::protocol::threads::",
];

const NAME: &str = "assisters_chat";

/// Whose scripts the program may import.
const PACKAGE: &str = "assisters-chat";

/// What www/engine.js imports. Dependencies export classes too, and each would keep its part of the program.
const CLASSES: &[&str] = &["Widget"];

/// A standard library built for size and without the machinery of panic messages: a tenth of the file.
const SMALL_STD: &[&str] = &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
const SMALL_STD_FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none";

/// The names of the functions tell which part each belongs to.
const KEEP_NAMES: &str = "--debuginfo";

/// Builds `pkg/` if anything it is made from has changed.
pub fn build(project: &Project, toolchain: &Toolchain, freshness: Freshness) -> anyhow::Result<()> {
    let made = project.scratch()?.join("engine");
    let stamp = Stamp::of_wasm(project, &compiler(toolchain))?;
    let is_there = [GLUE, WASM].iter().all(|file| made.join(file_name(file)).is_file());
    if freshness == Freshness::Rebuild || !is_there || !stamp.is_current() {
        let packed = wasm_pack(project, toolchain)?;
        optimize(project, toolchain, &packed, &made)?;
        stamp.remember()?;
    }
    // Always: a `wasm-pack build` by hand leaves its own files there.
    let pkg = project.path("pkg");
    fs::create_dir_all(&pkg)?;
    for path in files_under(&made)? {
        write(&pkg.join(path.file_name().unwrap_or_default()), read(&path)?)?;
    }
    Ok(())
}

/// Compiles; returns the folder that wasm-pack has written.
fn wasm_pack(project: &Project, toolchain: &Toolchain) -> anyhow::Result<PathBuf> {
    let packed = project.scratch()?.join("packed");
    let mut program = Program::new("build the engine (wasm-pack)", "wasm-pack")
        .environment(toolchain.environment())
        .dir(project.root())
        // `no-install`: the tools are there already, and wasm-pack would download them from elsewhere. `no-opt`: comes after pruning.
        .args(["build", "engine", "--target", "web", "--mode", "no-install", "--no-opt", "--out-name", NAME, "--out-dir"])
        .arg(&packed)
        // Its flags are its own: in the common folder they would make every other build start over.
        .env("CARGO_TARGET_DIR", project.target().join("engine"));
    if toolchain.has_std_source() {
        // The flags are unstable; the variable makes a stable compiler take them.
        program = program.arg("--").args(SMALL_STD).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", SMALL_STD_FLAGS);
    } else {
        progress::note(
            "  note            Rust's library source is missing (`rustup component add rust-src`): the engine will be about 10 % bigger",
        );
    }
    program.run()?;
    for file in [GLUE, WASM] {
        if !packed.join(file_name(file)).is_file() {
            bail!("wasm-pack ended well but left no {} in {}", file_name(file), packed.display());
        }
    }
    Ok(packed)
}

/// Takes out what nobody uses and runs wasm-opt.
fn optimize(project: &Project, toolchain: &Toolchain, packed: &Path, made: &Path) -> anyhow::Result<()> {
    let step = Step::start("optimize the engine for size (wasm-opt)");
    if made.exists() {
        fs::remove_dir_all(made).with_context(|| format!("cannot remove {}", made.display()))?;
    }
    fs::create_dir_all(made)?;
    let flags = versions::wasm_opt_flags(project)?;
    let optimizer = Optimizer { toolchain, file: project.scratch()?.join("engine.wasm") };
    let glue = prune::with_own_scripts(&String::from_utf8_lossy(&read(&packed.join(file_name(GLUE)))?), PACKAGE);
    let mut glue = prune::without_classes(&glue, CLASSES);
    let mut wasm = read(&packed.join(file_name(WASM)))?;
    let features: Vec<_> = flags.iter().filter(|flag| flag.starts_with("--enable-")).map(String::as_str).collect();
    let unused = [&["--remove-unused-module-elements", KEEP_NAMES], features.as_slice()].concat();
    // An export that nobody calls keeps functions, those keep imports, and those keep functions of the glue, which may call exports.
    loop {
        let before = glue.len();
        let used = prune::used_exports(&glue);
        wasm = optimizer.run(&Module::parse(&wasm)?.with_exports(|name| used.contains(name))?, &unused)?;
        glue = prune::without_imports(&glue, &Module::parse(&wasm)?.imports()?);
        if glue.len() == before {
            break;
        }
    }
    let flags: Vec<_> = flags.iter().map(String::as_str).filter(|flag| *flag != "--strip-debug").chain([KEEP_NAMES]).collect();
    wasm = optimizer.run(&wasm, &flags)?;
    let names = split::function_names(&wasm)?;
    let module = Module::parse(&wasm)?;
    let glue = prune::without_imports(&glue, &module.imports()?);
    // wasm-bindgen's names end in hashes, which do not compress and are downloaded twice.
    let (imports, exports) = (ShortNames::of(&module.imports()?), ShortNames::of(&module.exports()?));
    let (import, export) = (|name: &str| imports.get(name), |name: &str| exports.get(name));
    let glue = prune::renamed(&glue, "a", import, export);
    let wasm = module.final_form("a", import, export)?;
    let module = Module::parse(&wasm)?;
    prune::check(&glue, &module.imports()?, &module.exports()?)?;
    let Split { program: wasm, parts } = split::split(&wasm, &names, PARTS)?;
    for (part, wasm) in PARTS.iter().zip(parts) {
        write(&made.join(part_file(part)), wasm)?;
    }
    write(&made.join(file_name(GLUE)), glue)?;
    write(&made.join(file_name(WASM)), &wasm)?;
    for types in ["assisters_chat.d.ts", "assisters_chat_bg.wasm.d.ts"] {
        write(&made.join(types), read(&packed.join(types))?)?;
    }
    step.done();
    Ok(())
}

struct Optimizer<'a> {
    toolchain: &'a Toolchain,
    file: PathBuf,
}

impl Optimizer<'_> {
    fn run(&self, wasm: &[u8], flags: &[&str]) -> anyhow::Result<Vec<u8>> {
        write(&self.file, wasm)?;
        let mut command = Command::new("wasm-opt");
        self.toolchain.environment().apply(&mut command);
        let output = command.args(flags).arg(&self.file).arg("-o").arg(&self.file).output().context("cannot start wasm-opt")?;
        if !output.status.success() {
            bail!("wasm-opt cannot process the engine:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        read(&self.file)
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The compiler that will be used, as it names itself, and whether it can build its library.
fn compiler(toolchain: &Toolchain) -> String {
    let mut rustc = Command::new("rustc");
    rustc.arg("-vV");
    toolchain.environment().apply(&mut rustc);
    format!("{}{}", run::answer(&mut rustc).unwrap_or_default(), toolchain.has_std_source())
}

/// The name of a part's file beside the program.
pub fn part_file(part: &Part) -> String {
    format!("part-{}.wasm", part.name)
}
