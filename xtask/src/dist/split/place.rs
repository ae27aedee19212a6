//! Decides which function goes where.

use std::collections::BTreeMap;

use super::{Part, program::Program};

/// Functions shorter than this are told by their callers alone: the optimizer makes one of two that are alike, whatever their names were.
const SMALLEST_NAMED_BYTES: u64 = 48;

/// Which part each function goes to; `None` is the program itself.
pub struct Placement(Vec<Option<usize>>);

impl Placement {
    /// Places every function.
    pub fn new(program: &Program<'_>, names: &BTreeMap<u32, String>, parts: &[Part]) -> Self {
        let entries: Vec<_> = program.entries().collect();
        let named: Vec<_> = (0..)
            .zip(&program.functions)
            .map(|(function, _)| {
                let body = program.body(function)?;
                let range = body.range();
                let is_long = range.end - range.start >= SMALLEST_NAMED_BYTES;
                let name = names.get(&function).filter(|_| is_long && !entries.contains(&function))?;
                parts.iter().position(|part| part.has(name))
            })
            .collect();
        // Through the table anybody may call, so what is there stays unless its own name takes it away.
        let roots = entries.into_iter().chain(program.slots.values().copied());
        let always = reached(program, &named, roots.filter(|function| named.get(*function as usize) == Some(&None)));
        let by_part: Vec<_> = (0..parts.len())
            .map(|part| {
                reached(program, &named, (0..).zip(&named).filter(|(_, name)| **name == Some(part)).map(|(function, _)| function))
            })
            .collect();
        let place = |function: usize| {
            if let Some(part) = named.get(function).copied().flatten() {
                return Some(part);
            }
            let is_at = |reached: &Vec<bool>| reached.get(function) == Some(&true);
            let mut parts = (0..parts.len()).filter(|part| by_part.get(*part).is_some_and(is_at));
            match (parts.next(), parts.next()) {
                (Some(only), None) if !is_at(&always) && function >= program.n_imported as usize => Some(only),
                _ => None,
            }
        };
        Self((0..program.functions.len()).map(place).collect())
    }

    /// The part a function goes to.
    pub fn of(&self, function: u32) -> Option<usize> {
        self.0.get(function as usize).copied().flatten()
    }
}

impl Part {
    /// Whether a function is of one of the part's modules: defined there, or the destructor of a type that is.
    pub(super) fn has(&self, name: &str) -> bool {
        let of_type = ["core::ptr::drop_in_place::<", "core::ptr::drop_in_place<"]
            .iter()
            .find_map(|destructor| name.strip_prefix(destructor));
        let path = of_type.unwrap_or(name).trim_start_matches(['<', '&']);
        let is_in = |modules: &[&str]| modules.iter().any(|module| path.starts_with(module));
        is_in(self.modules) && !is_in(self.except)
    }
}

/// What can be called from some functions, without entering what is named.
fn reached(program: &Program<'_>, named: &[Option<usize>], roots: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut reached = vec![false; program.functions.len()];
    let mut pending: Vec<u32> = roots.collect();
    while let Some(function) = pending.pop() {
        let Some(is_reached) = reached.get_mut(function as usize) else { continue };
        if std::mem::replace(is_reached, true) {
            continue;
        }
        let called = program.calls.get(function as usize).into_iter().flatten();
        pending.extend(called.filter(|called| named.get(**called as usize) == Some(&None)));
    }
    reached
}
