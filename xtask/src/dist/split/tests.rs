//! A cut program does what the whole one did: both run in an interpreter.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use wasmi::{Engine, Extern, Instance, Linker, Module, Store, TypedFunc};

use super::{Part, Split, function_names, split};

/// The program calls into the part, the part calls back, both use memory, stack and table, and one function is called through the table only.
const PROGRAM: &str = r#"(module
  (type $unary (func (param i32) (result i32)))
  (import "a" "log" (func $log (param i32)))
  (memory (export "memory") 1)
  (table $externs 1 externref)
  (table $functions 4 4 funcref)
  (global $stack (mut i32) (i32.const 1024))
  (elem (table $functions) (i32.const 1) func $app::main::callback $app::part::callback $app::part::callback)
  (func $app::main::run (export "run") (param i32) (result i32)
    (i32.add (call $app::part::entry (local.get 0)) (call $app::main::twice (local.get 0))))
  (func $app::main::callback (type $unary) (i32.add (local.get 0) (i32.const 7)))
  (func $app::main::twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $app::main::indirect (export "indirect") (param i32 i32) (result i32)
    (call_indirect $functions (type $unary) (local.get 1) (local.get 0)))
  (func $app::part::entry (param i32) (result i32)
    (global.set $stack (i32.sub (global.get $stack) (i32.const 16)))
    (i32.store (global.get $stack) (call $app::main::twice (local.get 0)))
    (call $log (i32.load (global.get $stack)))
    (i32.store (global.get $stack) (call $helper (i32.load (global.get $stack))))
    (i32.load (global.get $stack))
    (global.set $stack (i32.add (global.get $stack) (i32.const 16))))
  (func $helper (param i32) (result i32)
    (i32.add (call_indirect $functions (type $unary) (local.get 0) (i32.const 2)) (i32.const 100)))
  (func $app::part::callback (type $unary)
    (local i32)
    (local.set 1 (i32.mul (local.get 0) (i32.const 3)))
    (local.set 1 (i32.add (local.get 1) (i32.const 1000000)))
    (local.set 1 (i32.xor (local.get 1) (i32.const 2000000)))
    (local.set 1 (i32.xor (local.get 1) (i32.const 2000000)))
    (local.set 1 (i32.sub (local.get 1) (i32.const 1000000)))
    (local.get 1)))"#;

const PART: Part = Part { name: "part", needs: None, entries: &["app::part::entry"], modules: &["app::part::"] };

fn cut(parts: &[Part]) -> (Vec<u8>, Split) {
    let wasm = wat::parse_str(PROGRAM).unwrap();
    let names = function_names(&wasm).unwrap();
    let split = split(&wasm, &names, parts).unwrap();
    (wasm, split)
}

struct Running {
    store: Store<Vec<i32>>,
    linker: Linker<Vec<i32>>,
    program: Instance,
}

impl Running {
    fn start(program: &[u8]) -> Self {
        let engine = Engine::default();
        let mut store = Store::new(&engine, Vec::new());
        let mut linker = Linker::new(&engine);
        let log = |mut caller: wasmi::Caller<'_, Vec<i32>>, number: i32| caller.data_mut().push(number);
        linker.func_wrap("a", "log", log).unwrap();
        let module = Module::new(&engine, program).unwrap();
        let program = linker.instantiate_and_start(&mut store, &module).unwrap();
        let exports: Vec<(String, Extern)> =
            program.exports(&store).map(|export| (export.name().to_owned(), export.into_extern())).collect();
        for (name, item) in exports {
            linker.define("$", &name, item).unwrap();
        }
        Self { store, linker, program }
    }

    fn add(&mut self, part: &[u8]) {
        let module = Module::new(self.store.engine(), part).unwrap();
        self.linker.instantiate_and_start(&mut self.store, &module).unwrap();
    }

    fn run(&mut self, input: i32) -> Result<i32, wasmi::Error> {
        let run: TypedFunc<i32, i32> = self.program.get_typed_func(&self.store, "run").unwrap();
        run.call(&mut self.store, input)
    }

    fn indirect(&mut self, slot: i32, input: i32) -> Result<i32, wasmi::Error> {
        let indirect: TypedFunc<(i32, i32), i32> = self.program.get_typed_func(&self.store, "indirect").unwrap();
        indirect.call(&mut self.store, (slot, input))
    }
}

#[test]
fn the_pieces_do_what_the_whole_did() {
    let (whole, split) = cut(&[PART]);
    let mut whole = Running::start(&whole);
    let mut pieces = Running::start(&split.program);
    pieces.add(split.parts.first().unwrap());
    for input in [0, 1, 5, -3] {
        assert_eq!(pieces.run(input).unwrap(), whole.run(input).unwrap());
        for slot in [1, 2, 3] {
            assert_eq!(pieces.indirect(slot, input).unwrap(), whole.indirect(slot, input).unwrap());
        }
    }
    assert_eq!(pieces.store.data(), whole.store.data());
}

#[test]
fn without_its_part_the_program_runs_but_for_the_calls_into_it() {
    let (_, split) = cut(&[PART]);
    let mut program = Running::start(&split.program);
    assert_eq!(program.indirect(1, 1).unwrap(), 8);
    assert!(program.indirect(2, 1).is_err() && program.run(1).is_err());
}

#[test]
fn what_only_a_part_reaches_goes_with_it() {
    let (whole, split) = cut(&[PART]);
    let n_bodies = |wasm: &[u8]| {
        let payloads = wasmparser::Parser::new(0).parse_all(wasm);
        payloads.filter(|payload| matches!(payload, Ok(wasmparser::Payload::CodeSectionEntry(_)))).count()
    };
    assert_eq!((n_bodies(&whole), n_bodies(&split.program), n_bodies(split.parts.first().unwrap())), (7, 4, 3));
}

#[test]
fn nothing_goes_where_nothing_is_named() {
    let (whole, split) = cut(&[Part { entries: &["other::"], modules: &["other::"], ..PART }]);
    let mut whole = Running::start(&whole);
    assert_eq!(Running::start(&split.program).run(4).unwrap(), whole.run(4).unwrap());
}

#[test]
fn what_the_program_calls_itself_stays_whatever_it_is_called() {
    // The program still calls `callback` through its table, and `helper`, which only the way in needs, comes later.
    let (_, split) = cut(&[Part { modules: &[], ..PART }]);
    let mut program = Running::start(&split.program);
    assert_eq!(program.indirect(2, 5).unwrap(), 15);
    assert!(program.run(1).is_err());
    program.add(split.parts.first().unwrap());
    assert!(program.run(1).is_ok());
}

#[test]
fn what_two_parts_use_is_in_the_one_that_the_other_needs() {
    let middle = |needs| Part { name: "middle", needs, entries: &["helper"], modules: &["helper"] };
    // `helper` calls `callback` through the table only, the way in calls `helper`: two parts, of which the second is called by the first.
    for needs in [None, Some("part")] {
        let (whole, split) = cut(&[PART, middle(needs)]);
        let (mut whole, mut pieces) = (Running::start(&whole), Running::start(&split.program));
        for part in &split.parts {
            pieces.add(part);
        }
        assert_eq!(pieces.run(3).unwrap(), whole.run(3).unwrap(), "{needs:?}");
    }
    let parts = [PART, Part { name: "second", needs: Some("part"), ..PART }, Part { name: "third", ..PART }];
    for (reached_by, expected) in
        [(&[0][..], Some(0)), (&[1], Some(1)), (&[0, 1], Some(0)), (&[0, 2], None), (&[0, 1, 2], None), (&[], None)]
    {
        assert_eq!(super::place::common(&parts, reached_by.iter().copied()), expected, "{reached_by:?}");
    }
}

#[test]
fn what_is_no_module_is_refused() {
    assert!(split(b"<html>", &std::collections::BTreeMap::new(), &[PART]).is_err());
}

#[test]
fn names_are_told_whatever_the_compiler_adds_to_them() {
    for (name, expected) in [
        ("<app[50376613a721e0fc]::part::Parser>::push", "<app::part::Parser>::push"),
        ("app::part::f::h0123456789abcdef", "app::part::f::h0123456789abcdef"),
        ("<[u8]>::to_vec", "<[u8]>::to_vec"),
        ("", ""),
    ] {
        assert_eq!(super::without_hashes(name), expected);
    }
    for (name, is_made, is_way_in) in [
        ("app::part::entry", true, true),
        ("app::part::entry::{closure#0}", true, true),
        ("<app::part::Parser as core::fmt::Debug>::fmt", true, false),
        ("core::ptr::drop_in_place::<app::part::Parser>", true, false),
        ("<app::main::Timer>::new::<app::part::f::{closure#0}>::{closure#0}", true, false),
        ("app::particle::f", false, false),
        ("app::main::apart::entry", false, false),
    ] {
        assert_eq!((PART.makes(name), PART.is_entered_by(name)), (is_made, is_way_in), "{name}");
    }
}
