//! Writes one piece of the engine: function for function, with other numbers, and with calls into other parts through the table.

use std::collections::BTreeMap;

use anyhow::Context as _;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ElementSection, ExportKind, ExportSection, FunctionSection, Instruction, Module, TableSection, TypeSection,
    ValType,
};
use wasmparser::{
    CustomSectionReader, ElementSectionReader, ExportSectionReader, FunctionBody, FunctionSectionReader, Operator,
    TableSectionReader,
};

use super::{
    emit::{Emitter, MEMORY},
    program::Program,
};

/// Writes a function body, with calls into other parts through the table.
fn write_body<W: Rewrite>(writer: &mut W, code: &mut CodeSection, body: &FunctionBody<'_>) -> Result<(), Error<W::Error>> {
    let mut function = writer.new_function_with_parsed_locals(body)?;
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let operator = operators.read()?;
        if let Operator::Call { function_index } = operator
            && let Some(slot) = writer.emitter().slot_for(writer.home(), function_index)
        {
            let Program { functions, table, .. } = writer.emitter().program;
            let (old_type, table_index) = (functions.get(function_index as usize).copied(), *table);
            let type_index = writer.type_index(old_type.unwrap_or_default())?;
            function.instruction(&Instruction::I32Const(slot.cast_signed()));
            function.instruction(&Instruction::CallIndirect { type_index, table_index });
        } else {
            function.instruction(&writer.instruction(operator)?);
        }
    }
    code.function(&function);
    Ok(())
}

/// One who writes a piece of the engine.
trait Rewrite: Reencode {
    fn emitter(&self) -> &Emitter<'_>;
    /// The part that is written; `None` is the program.
    fn home(&self) -> Option<usize>;
}

/// Writes the program without its parts.
pub struct ProgramWriter<'a> {
    pub emitter: &'a Emitter<'a>,
    pub functions: BTreeMap<u32, u32>,
    pub next_body: u32,
}

impl Rewrite for ProgramWriter<'_> {
    fn emitter(&self) -> &Emitter<'_> {
        self.emitter
    }

    fn home(&self) -> Option<usize> {
        None
    }
}

impl Reencode for ProgramWriter<'_> {
    type Error = Missing;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Missing>> {
        self.functions.get(&function).copied().ok_or(Error::UserError(Missing("function", function)))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Missing>> {
        for (function, function_type) in (self.emitter.program.n_imported..).zip(section) {
            if self.functions.contains_key(&function) {
                functions.function(function_type?);
            }
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error<Missing>> {
        let function = self.next_body;
        self.next_body += 1;
        if self.functions.contains_key(&function) { write_body(self, code, &body) } else { Ok(()) }
    }

    /// Names and other remarks go by the old numbers.
    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Result<(), Error<Missing>> {
        Ok(())
    }

    fn parse_table_section(&mut self, tables: &mut TableSection, section: TableSectionReader<'_>) -> Result<(), Error<Missing>> {
        for (table_idx, table) in (0..).zip(section) {
            let mut table = self.table_type(table?.ty)?;
            if table_idx == self.emitter.program.table {
                table.minimum = self.emitter.table_size.into();
                table.maximum = Some(table.minimum);
            }
            tables.table(table);
        }
        Ok(())
    }

    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        _: ElementSectionReader<'_>,
    ) -> Result<(), Error<Missing>> {
        let kept = self.emitter.program.slots.iter().filter(|(_, function)| self.functions.contains_key(function));
        self.emitter.fill(elements, kept.map(|(slot, function)| (*slot, *function)), &self.functions);
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error<Missing>> {
        for export in section {
            self.parse_export(exports, export?)?;
        }
        for &function in &self.emitter.shared {
            exports.export(&function_name(function), ExportKind::Func, self.function_index(function)?);
        }
        for (table_idx, _) in (0..).zip(&self.emitter.program.tables) {
            exports.export(&table_name(table_idx), ExportKind::Table, table_idx);
        }
        exports.export(MEMORY, ExportKind::Memory, 0);
        for &global in &self.emitter.globals {
            exports.export(&global_name(global), ExportKind::Global, global);
        }
        Ok(())
    }
}

/// Writes a part.
pub struct PartWriter<'a> {
    pub emitter: &'a Emitter<'a>,
    pub part: usize,
    pub functions: BTreeMap<u32, u32>,
    pub types: TypeSection,
    /// Old numbers to those of the types that the part uses.
    pub type_numbers: BTreeMap<u32, u32>,
}

impl PartWriter<'_> {
    pub fn function_type(&mut self, function: u32) -> anyhow::Result<u32> {
        let old = *self.emitter.program.functions.get(function as usize).context("an unknown function")?;
        self.type_index(old).map_err(failure)
    }
}

impl Rewrite for PartWriter<'_> {
    fn emitter(&self) -> &Emitter<'_> {
        self.emitter
    }

    fn home(&self) -> Option<usize> {
        Some(self.part)
    }
}

impl Reencode for PartWriter<'_> {
    type Error = Missing;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Missing>> {
        self.functions.get(&function).copied().ok_or(Error::UserError(Missing("function", function)))
    }

    fn type_index(&mut self, old: u32) -> Result<u32, Error<Missing>> {
        if let Some(known) = self.type_numbers.get(&old) {
            return Ok(*known);
        }
        let found = self.emitter.program.types.get(old as usize).ok_or(Error::UserError(Missing("type", old)))?;
        let lists = [found.params(), found.results()]
            .map(|list| list.iter().map(|value| RoundtripReencoder.val_type(*value)).collect::<Result<Vec<ValType>, _>>());
        let [Ok(parameters), Ok(results)] = lists else { return Err(Error::UserError(Missing("type", old))) };
        let number = self.types.len();
        self.types.ty().function(parameters, results);
        self.type_numbers.insert(old, number);
        Ok(number)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error<Missing>> {
        let position = self.emitter.globals.iter().position(|known| *known == global);
        position.and_then(|position| u32::try_from(position).ok()).ok_or(Error::UserError(Missing("global", global)))
    }

    fn data_index(&mut self, data: u32) -> Result<u32, Error<Missing>> {
        Err(Error::UserError(Missing("data segment", data)))
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error<Missing>> {
        write_body(self, code, &body)
    }
}

/// What a piece of the engine needs and does not have: the cut is wrong.
#[derive(Debug)]
pub struct Missing(&'static str, u32);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a piece of the engine does not have {} {}", self.0, self.1)
    }
}

impl std::error::Error for Missing {}

pub fn failure(error: Error<Missing>) -> anyhow::Error {
    anyhow::anyhow!("cannot cut the engine: {error}")
}

pub fn function_name(function: u32) -> String {
    format!("${function}")
}

pub fn table_name(table: u32) -> String {
    format!("$t{table}")
}

pub fn global_name(global: u32) -> String {
    format!("$g{global}")
}
