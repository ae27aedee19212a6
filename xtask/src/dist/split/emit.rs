//! Writes the program without its parts, and each part.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, FunctionSection, GlobalType, ImportSection, MemoryType, Module,
    TypeSection,
};
use wasmparser::{FunctionBody, Operator};

use super::{
    place::Placement,
    program::Program,
    rewrite::{PartWriter, ProgramWriter, failure, function_name, global_name, table_name},
};

/// The module that parts import the program's own functions from. No name of the glue's.
pub const PROGRAM: &str = "$";
pub const MEMORY: &str = "$m";

/// Knows what goes where.
pub struct Emitter<'a> {
    pub program: &'a Program<'a>,
    placement: &'a Placement,
    /// A slot for every function of a part that is called from outside of it, or was in the table anyway.
    slots: BTreeMap<u32, u32>,
    /// The program's functions that parts call.
    pub shared: BTreeSet<u32>,
    /// The globals that parts use.
    pub globals: BTreeSet<u32>,
    pub table_size: u32,
}

impl<'a> Emitter<'a> {
    /// Finds out what crosses the borders.
    ///
    /// # Errors
    /// When the table is larger than a table can be.
    pub fn new(program: &'a Program<'a>, placement: &'a Placement) -> anyhow::Result<Self> {
        let table = program.tables.get(program.table as usize).context("no function table")?;
        let mut table_size = u32::try_from(table.initial)?;
        let in_parts = program.slots.iter().filter(|(_, function)| placement.of(**function).is_some());
        let mut slots: BTreeMap<u32, u32> = in_parts.map(|(slot, function)| (*function, *slot)).collect();
        let (mut shared, mut globals) = (BTreeSet::new(), BTreeSet::new());
        for (caller, calls) in (0..).zip(&program.calls) {
            let home = placement.of(caller);
            for &called in calls {
                match placement.of(called) {
                    None if home.is_some() && called >= program.n_imported => drop(shared.insert(called)),
                    Some(part) if home != Some(part) => {
                        slots.entry(called).or_insert_with(|| {
                            table_size += 1;
                            table_size - 1
                        });
                    }
                    _ => {}
                }
            }
            if let (Some(_), Some(body)) = (home, program.body(caller)) {
                globals.extend(globals_of(body)?);
            }
        }
        Ok(Self { program, placement, slots, shared, globals, table_size })
    }

    /// Writes the program without its parts.
    ///
    /// # Errors
    /// When the module is none.
    pub fn program(&self, wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
        let functions = numbers(self.at(None));
        let mut module = Module::new();
        let mut writer = ProgramWriter { emitter: self, functions, next_body: self.program.n_imported };
        writer.parse_core_module(&mut module, wasmparser::Parser::new(0), wasm).map_err(failure)?;
        Ok(module.finish())
    }

    /// Writes a part.
    ///
    /// # Errors
    /// When it needs what it cannot share.
    pub fn part(&self, part: usize) -> anyhow::Result<Vec<u8>> {
        let Program { imports, n_imported, memory, calls, .. } = self.program;
        let own: Vec<u32> = self.at(Some(part)).collect();
        let called = own.iter().filter_map(|function| calls.get(*function as usize)).flatten().copied();
        let called: BTreeSet<u32> = called.filter(|called| self.placement.of(*called).is_none()).collect();
        let mut writer = PartWriter {
            types: TypeSection::new(),
            type_numbers: BTreeMap::new(),
            functions: numbers(called.iter().chain(&own).copied()),
            emitter: self,
            part,
        };

        let mut imported = ImportSection::new();
        for &function in &called {
            let entity = EntityType::Function(writer.function_type(function)?);
            match imports.get(function as usize).filter(|_| function < *n_imported) {
                Some(import) => imported.import(import.module, import.name, entity),
                None => imported.import(PROGRAM, &function_name(function), entity),
            };
        }
        for (table_idx, table) in (0..).zip(&self.program.tables) {
            let table = RoundtripReencoder.table_type(*table).map_err(|error| anyhow::anyhow!("{error}"))?;
            // What it has when the part comes may be more; it may grow later.
            imported.import(PROGRAM, &table_name(table_idx), wasm_encoder::TableType { maximum: None, ..table });
        }
        imported.import(
            PROGRAM,
            MEMORY,
            MemoryType { minimum: memory.initial, maximum: memory.maximum, memory64: false, shared: false, page_size_log2: None },
        );
        for global in &self.globals {
            imported.import(PROGRAM, &global_name(*global), self.global_type(*global)?);
        }

        let (mut declared, mut code) = (FunctionSection::new(), CodeSection::new());
        for &function in &own {
            declared.function(writer.function_type(function)?);
            let body = self.program.body(function).context("a function without a body")?;
            writer.parse_function_body(&mut code, body.clone()).map_err(failure)?;
        }
        let mut elements = ElementSection::new();
        // A function that the optimizer made of several is in the table several times.
        let before = self.program.slots.iter().map(|(slot, function)| (*slot, *function));
        let slots: BTreeMap<u32, u32> = before.chain(self.slots.iter().map(|(function, slot)| (*slot, *function))).collect();
        let own = slots.into_iter().filter(|(_, function)| self.placement.of(*function) == Some(part));
        self.fill(&mut elements, own, &writer.functions);
        let mut module = Module::new();
        module.section(&writer.types).section(&imported).section(&declared).section(&elements).section(&code);
        Ok(module.finish())
    }

    /// Fills slots of the function table with functions that have these numbers.
    pub fn fill(&self, elements: &mut ElementSection, slots: impl Iterator<Item = (u32, u32)>, numbers: &BTreeMap<u32, u32>) {
        // Segments leave out the first table's number.
        let table = Some(self.program.table).filter(|table| *table > 0);
        for (slot, functions) in runs(slots) {
            let functions: Vec<_> = functions.iter().filter_map(|function| numbers.get(function).copied()).collect();
            elements.active(table, &ConstExpr::i32_const(slot.cast_signed()), Elements::Functions(functions.into()));
        }
    }

    /// The functions of a piece, in their order.
    fn at(&self, home: Option<usize>) -> impl Iterator<Item = u32> {
        let all = (0..).zip(&self.program.functions).map(|(function, _)| function);
        all.filter(move |function| self.placement.of(*function) == home)
    }

    fn global_type(&self, global: u32) -> anyhow::Result<GlobalType> {
        let global = self.program.globals.get(global as usize).context("an unknown global")?;
        RoundtripReencoder.global_type(global.ty).map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// The slot to go through when somebody at `home` calls a function, if it is elsewhere.
    pub fn slot_for(&self, home: Option<usize>, function: u32) -> Option<u32> {
        let part = self.placement.of(function)?;
        (home != Some(part)).then(|| self.slots.get(&function).copied()).flatten()
    }
}

/// Numbers functions in the order they come.
fn numbers(functions: impl Iterator<Item = u32>) -> BTreeMap<u32, u32> {
    functions.zip(0..).collect()
}

fn globals_of(body: &FunctionBody<'_>) -> anyhow::Result<BTreeSet<u32>> {
    let mut globals = BTreeSet::new();
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        if let Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } = operators.read()? {
            globals.insert(global_index);
        }
    }
    ensure!(globals.len() < 16, "a function with more globals than a linker makes");
    Ok(globals)
}

/// Joins neighbours: the first slot of each run, and its functions.
fn runs(entries: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, Vec<u32>)> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable();
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, function) in entries {
        match runs.last_mut() {
            Some((first, functions)) if *first as usize + functions.len() == slot as usize => functions.push(function),
            _ => runs.push((slot, vec![function])),
        }
    }
    runs
}
