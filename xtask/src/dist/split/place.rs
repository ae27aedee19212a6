//! Decides which function goes where.

use std::collections::{BTreeMap, BTreeSet};

use super::{Part, program::Program};

/// Functions shorter than this are told by their callers alone: the optimizer makes one of two that are alike, whatever their names were.
const SMALLEST_NAMED_BYTES: u64 = 48;

/// Which part each function goes to; `None` is the program itself.
pub struct Placement(Vec<Option<usize>>);

impl Placement {
    /// Places every function.
    pub fn new(program: &Program<'_>, names: &BTreeMap<u32, String>, parts: &[Part]) -> Self {
        let entries: Vec<_> = program.entries().collect();
        let in_table: BTreeSet<_> = program.slots.values().copied().collect();
        let named = |function: u32, is_of: fn(&Part, &str) -> bool| {
            let name = names.get(&function)?;
            parts.iter().position(|part| is_of(part, name))
        };
        let is_long = |function: u32| {
            let range = program.body(function).map(|body| body.range());
            range.is_some_and(|range| range.end - range.start >= SMALLEST_NAMED_BYTES) && !entries.contains(&function)
        };
        // A short one is told apart from its likes by whom it calls.
        let made_by_part = |function: u32| {
            let part = named(function, Part::makes)?;
            let mut calls = program.calls.get(function as usize).into_iter().flatten();
            (is_long(function) || calls.any(|called| named(*called, Part::makes) == Some(part))).then_some(part)
        };
        let all = || (0..).zip(&program.functions).map(|(function, _)| function);
        let ways_in: Vec<_> = all().map(|function| named(function, Part::is_entered_by).filter(|_| is_long(function))).collect();
        // Who could call what is in the table cannot be seen; what a part defines is called for what the part has made.
        let by_table: BTreeMap<u32, Option<usize>> =
            in_table.into_iter().map(|function| (function, made_by_part(function))).collect();
        let from_outside =
            entries.into_iter().chain(by_table.iter().filter(|(_, part)| part.is_none()).map(|(function, _)| *function));
        let always = reached(program, &ways_in, from_outside.filter(|function| ways_in.get(*function as usize) == Some(&None)));
        let by_part: Vec<_> = (0..parts.len())
            .map(|part| {
                let is_root = |function: &u32| {
                    let is_way_in = ways_in.get(*function as usize) == Some(&Some(part));
                    is_way_in || by_table.get(function) == Some(&Some(part))
                };
                reached(program, &ways_in, all().filter(is_root))
            })
            .collect();
        let place = |function: u32| {
            if let Some(part) = ways_in.get(function as usize).copied().flatten() {
                return Some(part);
            }
            let is_at = |reached: &Vec<bool>| reached.get(function as usize) == Some(&true);
            if is_at(&always) || function < program.n_imported {
                return None;
            }
            common(parts, (0..parts.len()).filter(|part| by_part.get(*part).is_some_and(is_at)))
        };
        Self(all().map(place).collect())
    }

    /// The part a function goes to.
    pub fn of(&self, function: u32) -> Option<usize> {
        self.0.get(function as usize).copied().flatten()
    }
}

impl Part {
    /// Whether the program calls a function of this name only when the part is there.
    pub(super) fn is_entered_by(&self, name: &str) -> bool {
        let path = name.trim_start_matches(['<', '&']);
        self.entries.iter().any(|start| path.starts_with(start))
    }

    /// Whether a function in the table is there only for what one of the part's modules makes: its own, or a generic one for a type or closure
    /// of the part's.
    pub(super) fn makes(&self, name: &str) -> bool {
        self.modules.iter().any(|module| name.contains(module))
    }
}

/// The part that is there whenever one of some parts is.
pub fn common(parts: &[Part], some: impl Iterator<Item = usize> + Clone) -> Option<usize> {
    let needed_by = |part: usize| {
        let needed = parts.get(part)?.needs?;
        parts.iter().position(|other| other.name == needed)
    };
    let mut candidates = some.clone().chain(some.clone().filter_map(needed_by));
    candidates.find(|one| some.clone().all(|part| part == *one || needed_by(part) == Some(*one)))
}

/// What can be called from some functions, without going through a way into a part.
fn reached(program: &Program<'_>, ways_in: &[Option<usize>], roots: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut reached = vec![false; program.functions.len()];
    let mut pending: Vec<u32> = roots.collect();
    while let Some(function) = pending.pop() {
        let Some(is_reached) = reached.get_mut(function as usize) else { continue };
        if std::mem::replace(is_reached, true) {
            continue;
        }
        let called = program.calls.get(function as usize).into_iter().flatten();
        pending.extend(called.filter(|called| ways_in.get(**called as usize) == Some(&None)));
    }
    reached
}
