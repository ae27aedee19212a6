//! A module as the cut needs to see it: its functions, who calls whom, and what the function table holds.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use wasmparser::{
    ConstExpr, ElementItems, ElementKind, Export, ExternalKind, FuncType, FunctionBody, Global, Import, MemoryType, Operator,
    Parser, Payload, RefType, TableType, TypeRef,
};

/// What is in a module.
pub struct Program<'a> {
    pub types: Vec<FuncType>,
    pub imports: Vec<Import<'a>>,
    /// The type of every function, imported ones first.
    pub functions: Vec<u32>,
    pub n_imported: u32,
    pub bodies: Vec<FunctionBody<'a>>,
    pub tables: Vec<TableType>,
    pub memory: MemoryType,
    pub globals: Vec<Global<'a>>,
    pub exports: Vec<Export<'a>>,
    pub start: Option<u32>,
    /// What the function table holds: slot → function.
    pub slots: BTreeMap<u32, u32>,
    /// The number of the function table.
    pub table: u32,
    /// Whom each function calls or refers to.
    pub calls: Vec<Vec<u32>>,
}

impl<'a> Program<'a> {
    /// Reads a module.
    ///
    /// # Errors
    /// When it is none, or has what a linker of Rust programs does not write.
    pub fn parse(wasm: &'a [u8]) -> anyhow::Result<Self> {
        let mut types = Vec::new();
        let mut imports = Vec::new();
        let (mut functions, mut bodies, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        let (mut tables, mut globals, mut exports, mut elements) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut memory, mut start, mut n_imported) = (None, None, 0);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    types = section.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let TypeRef::Func(function_type) = import.ty else {
                            bail!("an import that is no function: {}", import.name)
                        };
                        functions.push(function_type);
                        imports.push(import);
                    }
                    n_imported = u32::try_from(functions.len())?;
                }
                Payload::FunctionSection(section) => {
                    for function_type in section {
                        functions.push(function_type?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    for found in section {
                        ensure!(memory.replace(found?).is_none(), "more than one memory");
                    }
                }
                Payload::GlobalSection(section) => globals = section.into_iter().collect::<Result<_, _>>()?,
                Payload::ExportSection(section) => exports = section.into_iter().collect::<Result<_, _>>()?,
                Payload::StartSection { func, .. } => start = Some(func),
                Payload::ElementSection(section) => elements = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CodeSectionEntry(body) => {
                    calls.push(called(&body)?);
                    bodies.push(body);
                }
                _ => {}
            }
        }
        calls.splice(0..0, std::iter::repeat_n(Vec::new(), imports.len()));
        let table = tables.iter().position(|table: &TableType| table.element_type == RefType::FUNCREF);
        let table = u32::try_from(table.context("no function table")?)?;
        let mut slots = BTreeMap::new();
        for element in elements {
            let ElementKind::Active { table_index, offset_expr } = element.kind else {
                bail!("a segment of the table that is not active")
            };
            ensure!(table_index.unwrap_or(0) == table, "a segment of a table of no functions");
            let ElementItems::Functions(items) = element.items else { bail!("a segment with expressions") };
            let first = constant(&offset_expr)?;
            for (slot, function) in (first..).zip(items) {
                slots.insert(slot, function?);
            }
        }
        let memory = memory.context("no memory")?;
        Ok(Self { types, imports, functions, n_imported, bodies, tables, memory, globals, exports, start, slots, table, calls })
    }

    /// The body of a function that is not imported.
    pub fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies.get(function.checked_sub(self.n_imported)? as usize)
    }

    /// The functions that JavaScript, or the start of the module, can call.
    pub fn entries(&self) -> impl Iterator<Item = u32> {
        let exported = self.exports.iter().filter(|export| export.kind == ExternalKind::Func).map(|export| export.index);
        exported.chain(self.start)
    }
}

/// Whom a function calls, or takes a reference to.
fn called(body: &FunctionBody<'_>) -> anyhow::Result<Vec<u32>> {
    let mut called = Vec::new();
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        match operators.read()? {
            Operator::Call { function_index } => called.push(function_index),
            Operator::ReturnCall { .. } | Operator::RefFunc { .. } => bail!("a kind of call that the cut does not know"),
            _ => {}
        }
    }
    called.sort_unstable();
    called.dedup();
    Ok(called)
}

fn constant(expression: &ConstExpr<'_>) -> anyhow::Result<u32> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        other => bail!("a segment of the table that begins at {other:?}"),
    }
}
