//! Takes out of wasm-bindgen's glue what the engine does not use: classes that a dependency exports but nobody imports, and functions that the
//! program does not call. Text in, text out; relies on the layout of the pinned wasm-bindgen, and `check` refuses what does not fit.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;

/// The glue without the exported classes that are not wanted.
pub fn without_classes(glue: &str, wanted: &[&str]) -> String {
    let unwanted: Vec<_> = exported_classes(glue).filter(|class| !wanted.contains(class)).collect();
    let mut kept = String::with_capacity(glue.len());
    let mut lines = glue.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let is_about =
            |prefix: &str, suffix: &str| unwanted.iter().any(|class| line.starts_with(&format!("{prefix}{class}{suffix}")));
        if is_about("export class ", " {") {
            skip_to(&mut lines, |line| line.starts_with('}'));
        } else if is_about("const ", "Finalization = ") {
            if !line.trim_end().ends_with(';') {
                skip_to(&mut lines, |line| line.trim_end().ends_with(';'));
            }
        } else if !is_about("if (Symbol.dispose) ", ".prototype") {
            kept.push_str(line);
        }
    }
    kept
}

/// The glue with our own scripts imported from where they are (`#[wasm_bindgen(module = "/www/…")]`), not from wasm-bindgen's copies.
pub fn with_own_scripts(glue: &str, package: &str) -> String {
    let copies = format!("'./snippets/{package}-");
    let mut parts = glue.split(&copies);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // What is left of the folder's name is a hash.
        let (_, path) = part.split_once('/').unwrap_or_default();
        kept.push_str("'../");
        kept.push_str(path);
    }
    kept
}

/// The glue without the functions that the module does not import.
pub fn without_imports(glue: &str, imported: &BTreeSet<String>) -> String {
    let mut kept = String::with_capacity(glue.len());
    let mut is_in_table = false;
    let mut is_wanted = true;
    for line in glue.split_inclusive('\n') {
        if line.starts_with(TABLE_START) {
            is_in_table = true;
        } else if is_in_table && line.starts_with(TABLE_END) {
            (is_in_table, is_wanted) = (false, true);
        } else if is_in_table && let Some(name) = table_entry(line) {
            is_wanted = imported.contains(name);
        }
        if is_wanted {
            kept.push_str(line);
        }
    }
    kept
}

/// The glue with other names for the functions it offers, the exports it uses, and itself as a module.
pub fn renamed(glue: &str, module: &str, import: impl Fn(&str) -> String, export: impl Fn(&str) -> String) -> String {
    let mut named = String::with_capacity(glue.len());
    let mut is_in_table = false;
    for line in glue.split_inclusive('\n') {
        if line.starts_with(TABLE_START) {
            is_in_table = true;
        } else if line.starts_with(TABLE_END) {
            is_in_table = false;
        }
        match table_entry(line).filter(|_| is_in_table) {
            Some(name) => named.push_str(&line.replacen(name, &import(name), 1)),
            None if line.trim_end().ends_with(": import0,") => named.push_str(&format!("        \"{module}\": import0,\n")),
            None => named.push_str(line),
        }
    }
    let mut exported = String::with_capacity(named.len());
    let mut rest = named.as_str();
    while let Some((before, name)) = next_export(rest) {
        exported.push_str(before);
        exported.push_str(&export(name));
        rest = &rest[before.len() + name.len()..];
    }
    exported + rest
}

/// Short names in place of long ones, the same each time.
pub struct ShortNames(BTreeMap<String, String>);

impl ShortNames {
    /// Gives each name a short one.
    pub fn of(names: &BTreeSet<String>) -> Self {
        Self(names.iter().enumerate().map(|(name_idx, name)| (name.clone(), short_name(name_idx))).collect())
    }

    /// The short name of a name, or the name itself where it has none.
    pub fn get(&self, name: &str) -> String {
        self.0.get(name).map_or(name, String::as_str).to_owned()
    }
}

/// `a`, `b` … `Z`, `aa`, `ba` …
fn short_name(mut name_idx: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[name_idx % LETTERS.len()]));
        if name_idx < LETTERS.len() {
            return name;
        }
        name_idx = name_idx / LETTERS.len() - 1;
    }
}

/// The names of the exports of the program that the glue uses: `wasm.name`.
pub fn used_exports(glue: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut rest = glue;
    while let Some((before, name)) = next_export(rest) {
        used.insert(name.to_owned());
        rest = &rest[before.len() + name.len()..];
    }
    used
}

/// The first `wasm.name`: the text up to the name, and the name.
fn next_export(glue: &str) -> Option<(&str, &str)> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    glue.match_indices("wasm.").filter(|(at, _)| !glue[..*at].ends_with(is_part)).find_map(|(at, prefix)| {
        let (before, rest) = glue.split_at(at + prefix.len());
        let name = &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())];
        (!name.is_empty()).then_some((before, name))
    })
}

/// Checks that glue and program still fit.
///
/// # Errors
/// Names what one of them expects and the other does not have.
pub fn check(glue: &str, imported: &BTreeSet<String>, exported: &BTreeSet<String>) -> anyhow::Result<()> {
    let offered: BTreeSet<_> = glue.lines().filter_map(table_entry).collect();
    let missing_functions: Vec<_> = imported.iter().filter(|name| !offered.contains(name.as_str())).cloned().collect();
    let missing_exports: Vec<_> = used_exports(glue).into_iter().filter(|name| !exported.contains(name)).collect();
    if missing_functions.is_empty() && missing_exports.is_empty() {
        return Ok(());
    }
    bail!(
        "pruning the glue broke it (has wasm-bindgen's layout changed?): without functions {missing_functions:?}, without exports {missing_exports:?}"
    )
}

const TABLE_START: &str = "    const import0 = {";
const TABLE_END: &str = "    };";

/// The name of a function of the table of imports, if a line starts one.
fn table_entry(line: &str) -> Option<&str> {
    let entry = line.strip_prefix("        ").filter(|entry| !entry.starts_with(' '))?;
    let (name, value) = entry.split_once(": ")?;
    value.starts_with("function").then_some(name.trim_matches('"'))
}

fn exported_classes(glue: &str) -> impl Iterator<Item = &str> {
    glue.lines().filter_map(|line| line.strip_prefix("export class ")?.split_whitespace().next())
}

/// Drops lines up to and with the first that fits.
fn skip_to<'a>(lines: &mut impl Iterator<Item = &'a str>, is_last: impl Fn(&str) -> bool) {
    for line in lines {
        if is_last(line) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    const GLUE: &str = "\
export class Sink {
    free() {
        wasm.__wbg_sink_free(ptr, 0);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;

export class Widget {
    open() {
        wasm.widget_open(this.__wbg_ptr);
    }
}
if (Symbol.dispose) Widget.prototype[Symbol.dispose] = Widget.prototype.free;

function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_used_1: function(arg0) {
            arg0.used();
        },
        __wbg_unused_2: function() { return handleError(function (arg0) {
            return make(arg0, wasm.__wbindgen_malloc);
        }, arguments); },
        __wbindgen_init: function() {
            const table = wasm.__wbindgen_externrefs;
        },
    };
    return {
        \"./assisters_chat_bg.js\": import0,
    };
}
const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sink_free(ptr, 1));
const WidgetFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_widget_free(ptr, 1));
";

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_class_goes_with_all_that_is_its_own() {
        let glue = without_classes(GLUE, &["Widget"]);
        assert!(!glue.contains("Sink") && !glue.contains("sink"), "{glue}");
        for kept in ["export class Widget {", "Widget.prototype[Symbol.dispose]", "__wbg_widget_free(ptr, 1));\n"] {
            assert!(glue.contains(kept), "{kept}");
        }
        assert_eq!(without_classes(GLUE, &["Widget", "Sink"]), GLUE);
    }

    #[test]
    fn our_own_scripts_are_imported_from_where_they_are() {
        let glue =
            "import { a, b } from './snippets/assisters-chat-9efc/www/engine/build.js';\nf('./snippets/other-1/inline0.js');";
        let expected = "import { a, b } from '../www/engine/build.js';\nf('./snippets/other-1/inline0.js');";
        assert_eq!(with_own_scripts(glue, "assisters-chat"), expected);
    }

    #[test]
    fn functions_that_are_not_imported_go() {
        let imported = names(&["__wbg_used_1", "__wbindgen_init"]);
        let glue = without_imports(GLUE, &imported);
        assert!(!glue.contains("__wbg_unused_2") && !glue.contains("__wbindgen_malloc"), "{glue}");
        assert!(glue.contains("arg0.used();") && glue.contains("__proto__: null") && glue.contains("__wbindgen_externrefs"));
        assert!(glue.contains("        },\n    };\n    return {\n        \"./assisters_chat_bg.js\": import0,"));
        assert_eq!(without_imports(GLUE, &names(&["__wbg_used_1", "__wbg_unused_2", "__wbindgen_init"])), GLUE);
    }

    #[test]
    fn exports_are_used_by_name() {
        let used = used_exports("wasm.memory.buffer; f(wasm.__wbindgen_malloc, notwasm.x, this.wasm.y); wasm = z; // wasm. Then");
        assert_eq!(used, names(&["__wbindgen_malloc", "memory", "y"]));
    }

    #[test]
    fn names_are_shortened_on_both_sides_alike() {
        let imports = ShortNames::of(&names(&["__wbg_used_1", "__wbindgen_init"]));
        let exports = ShortNames::of(&names(&["__wbg_widget_free", "widget_open"]));
        let glue = renamed(GLUE, "a", |name| imports.get(name), |name| exports.get(name));
        for expected in [
            "        a: function(arg0) {",
            "        b: function() {",
            "wasm.a(ptr, 1)",
            "wasm.b(this",
            "        \"a\": import0,\n    };",
        ] {
            assert!(glue.contains(expected), "{expected} in {glue}");
        }
        assert_eq!(glue.lines().count(), GLUE.lines().count());
    }

    #[test]
    fn short_names_are_unique() {
        let short: BTreeSet<_> = (0..6_000).map(short_name).collect();
        assert_eq!(short.len(), 6_000);
        assert_eq!([0, 51, 52, 104].map(short_name), ["a", "Z", "aa", "ab"]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let glue = without_classes(GLUE, &["Widget"]);
        let exported = names(&["widget_open", "__wbg_widget_free", "__wbindgen_malloc", "__wbindgen_externrefs"]);
        check(&glue, &names(&["__wbg_used_1", "__wbg_unused_2"]), &exported).unwrap();
        let error = check(&glue, &names(&["__wbg_other_3"]), &names(&["widget_open"])).unwrap_err().to_string();
        assert!(error.contains("__wbg_other_3") && error.contains("__wbindgen_malloc"), "{error}");
    }
}
