//! Cuts the engine into the program that a first open needs and parts that come when they are needed.
//!
//! All share one memory and one function table, so a part is the same Rust program, only later: a call into a part goes through a slot of the table,
//! which is empty until the part is there (the program asks `src/browser/part.rs` first); a part calls back by importing what the program exports.
//! A function goes to a part when it is a way in, or when nobody can reach it but through one.

mod emit;
mod place;
mod program;
mod rewrite;

use std::collections::BTreeMap;

use self::{emit::Emitter, place::Placement, program::Program};

/// A part, told by the names of functions.
#[derive(Debug)]
pub struct Part {
    /// What the program and the files call it.
    pub name: &'static str,
    /// The part that is always there before this one: what both use is there.
    pub needs: Option<&'static str>,
    /// The ways in: starts of paths that the program calls only when the part is there. They are marked `#[inline(never)]`.
    pub entries: &'static [&'static str],
    /// The modules, as in `assisters_chat::markdown::`, whose closures and trait objects only the part itself makes.
    pub modules: &'static [&'static str],
}

/// An engine in pieces.
#[derive(Debug)]
pub struct Split {
    /// The program.
    pub program: Vec<u8>,
    /// The parts, in the order they were asked for.
    pub parts: Vec<Vec<u8>>,
}

/// Cuts a module. `names` says what its functions were called.
///
/// # Errors
/// When the module uses something that a part cannot share, or is none.
pub fn split(wasm: &[u8], names: &BTreeMap<u32, String>, parts: &[Part]) -> anyhow::Result<Split> {
    let program = Program::parse(wasm)?;
    let placement = Placement::new(&program, names, parts);
    let emitter = Emitter::new(&program, &placement)?;
    let cut = (0..parts.len()).map(|part| emitter.part(part)).collect::<anyhow::Result<_>>()?;
    Ok(Split { program: emitter.program(wasm)?, parts: cut })
}

/// Reads what the functions of a module are called.
///
/// # Errors
/// When the module is none.
pub fn function_names(wasm: &[u8]) -> anyhow::Result<BTreeMap<u32, String>> {
    let mut names = BTreeMap::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let wasmparser::Payload::CustomSection(section) = payload? else { continue };
        let wasmparser::KnownCustom::Name(subsections) = section.as_known() else { continue };
        for subsection in subsections {
            let wasmparser::Name::Function(functions) = subsection? else { continue };
            for naming in functions {
                let naming = naming?;
                names.insert(naming.index, without_hashes(naming.name));
            }
        }
    }
    Ok(names)
}

/// A name without what tells two versions of a crate apart: `assisters_chat[50376613a721e0fc]::markdown` is `assisters_chat::markdown`.
fn without_hashes(name: &str) -> String {
    let mut pieces = name.split('[');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(']') {
            Some((hash, rest)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => plain.push_str(rest),
            _ => {
                plain.push('[');
                plain.push_str(piece);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests;
