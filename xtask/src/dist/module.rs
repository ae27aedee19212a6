//! Reads and rewrites a WebAssembly module as far as the build needs: its sections, its imports, its exports (WebAssembly core specification § 5.5).

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};

const MAGIC: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const EXPORT: u8 = 7;

/// A module, cut into its sections.
pub struct Module<'a> {
    sections: Vec<Section<'a>>,
}

/// A section: its number and what is in it.
#[derive(Clone, Copy)]
struct Section<'a> {
    id: u8,
    content: &'a [u8],
}

impl<'a> Module<'a> {
    /// Cuts a module into its sections.
    ///
    /// # Errors
    /// When it is not a module, or ends early.
    pub fn parse(wasm: &'a [u8]) -> anyhow::Result<Self> {
        let mut reader = Reader(wasm.strip_prefix(MAGIC).context("not a WebAssembly module of version 1")?);
        let mut sections = Vec::new();
        while !reader.0.is_empty() {
            let id = reader.byte()?;
            sections.push(Section { id, content: reader.vector()? });
        }
        Ok(Self { sections })
    }

    /// Names and lengths of the sections.
    pub fn sizes(&self) -> anyhow::Result<Vec<(String, usize)>> {
        const NAMES: [&str; 13] = [
            "custom",
            "type",
            "import",
            "function",
            "table",
            "memory",
            "global",
            "export",
            "start",
            "element",
            "code",
            "data",
            "data count",
        ];
        let size = |section: &Section<'_>| {
            let name = match NAMES.get(usize::from(section.id)).context("unknown section")? {
                _ if section.id == CUSTOM => format!("custom {}", Reader(section.content).name()?),
                name => (*name).to_owned(),
            };
            Ok((name, section.content.len()))
        };
        self.sections.iter().map(size).collect()
    }

    /// The names of what the module imports, without the names of the modules it imports from.
    pub fn imports(&self) -> anyhow::Result<BTreeSet<String>> {
        Ok(self.import_entries()?.into_iter().map(|(name, _)| name).collect())
    }

    /// The names of what the module exports.
    pub fn exports(&self) -> anyhow::Result<BTreeSet<String>> {
        Ok(self.export_entries()?.into_iter().map(|(name, _)| name).collect())
    }

    /// The module with only those exports whose names are wanted.
    pub fn with_exports(&self, wanted: impl Fn(&str) -> bool) -> anyhow::Result<Vec<u8>> {
        let kept: Vec<_> = self.export_entries()?.into_iter().filter(|(name, _)| wanted(name)).collect();
        let mut exports = leb128(kept.len());
        for (name, rest) in kept {
            exports.extend([vector(name.as_bytes()).as_slice(), rest].concat());
        }
        Ok(self.with_sections(|id| (id == EXPORT).then_some(exports.as_slice())))
    }

    /// The module with other names for what it imports and exports, one name for all modules it imports from, and without custom sections, which
    /// tell tools and not browsers.
    pub fn final_form(
        &self,
        from: &str,
        import: impl Fn(&str) -> String,
        export: impl Fn(&str) -> String,
    ) -> anyhow::Result<Vec<u8>> {
        let entries = self.import_entries()?;
        let mut imports = leb128(entries.len());
        for (name, rest) in entries {
            imports.extend([vector(from.as_bytes()).as_slice(), &vector(import(&name).as_bytes()), rest].concat());
        }
        let entries = self.export_entries()?;
        let mut exports = leb128(entries.len());
        for (name, rest) in entries {
            exports.extend([vector(export(&name).as_bytes()).as_slice(), rest].concat());
        }
        let sections = self.sections.iter().filter(|section| section.id != CUSTOM).copied().collect();
        let module = Module { sections };
        Ok(module.with_sections(|id| match id {
            IMPORT => Some(&imports),
            EXPORT => Some(&exports),
            _ => None,
        }))
    }

    /// The module with other contents for some sections.
    fn with_sections<'b>(&'b self, content: impl Fn(u8) -> Option<&'b [u8]>) -> Vec<u8> {
        let mut wasm = MAGIC.to_vec();
        for section in &self.sections {
            wasm.push(section.id);
            wasm.extend(vector(content(section.id).unwrap_or(section.content)));
        }
        wasm
    }

    /// Each import: its name, and the bytes that say what it is.
    fn import_entries(&self) -> anyhow::Result<Vec<(String, &'a [u8])>> {
        let Some(mut reader) = self.reader(IMPORT) else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        for _ in 0..reader.number()? {
            reader.name()?;
            let name = reader.name()?;
            let start = reader.0;
            match reader.byte()? {
                0 => drop(reader.number()?),
                1 => {
                    reader.byte()?;
                    reader.limits()?;
                }
                2 => reader.limits()?,
                3 => {
                    reader.byte()?;
                    reader.byte()?;
                }
                kind => bail!("unknown kind of import {kind}"),
            }
            entries.push((name, &start[..start.len() - reader.0.len()]));
        }
        Ok(entries)
    }

    /// Each export: its name, and the bytes that say what it is.
    fn export_entries(&self) -> anyhow::Result<Vec<(String, &'a [u8])>> {
        let Some(mut reader) = self.reader(EXPORT) else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        for _ in 0..reader.number()? {
            let name = reader.name()?;
            let start = reader.0;
            reader.byte()?;
            reader.number()?;
            entries.push((name, &start[..start.len() - reader.0.len()]));
        }
        Ok(entries)
    }

    fn reader(&self, id: u8) -> Option<Reader<'a>> {
        self.sections.iter().find(|section| section.id == id).map(|section| Reader(section.content))
    }
}

/// The bytes that are left.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> anyhow::Result<u8> {
        let (&first, rest) = self.0.split_first().context("the module ends early")?;
        self.0 = rest;
        Ok(first)
    }

    /// An unsigned number of at most 32 bits in LEB128.
    fn number(&mut self) -> anyhow::Result<usize> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        bail!("a number in the module is too long")
    }

    fn vector(&mut self) -> anyhow::Result<&'a [u8]> {
        let length = self.number()?;
        let (vector, rest) = self.0.split_at_checked(length).context("the module ends early")?;
        self.0 = rest;
        Ok(vector)
    }

    fn name(&mut self) -> anyhow::Result<String> {
        String::from_utf8(self.vector()?.to_vec()).context("a name in the module is not UTF-8")
    }

    fn limits(&mut self) -> anyhow::Result<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum {
            self.number()?;
        }
        Ok(())
    }
}

/// Bytes with their length before them.
fn vector(bytes: &[u8]) -> Vec<u8> {
    [leb128(bytes.len()).as_slice(), bytes].concat()
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    #[test]
    fn sections_imports_and_exports_are_read() {
        let wasm = example();
        let module = Module::parse(&wasm).unwrap();
        let names: Vec<_> = module.sizes().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["type", "import", "export", "custom name"]);
        assert_eq!(module.imports().unwrap().into_iter().collect::<Vec<_>>(), ["f", "mem"]);
        assert_eq!(module.exports().unwrap().into_iter().collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn exports_can_be_left_out() {
        let wasm = example();
        let module = Module::parse(&wasm).unwrap();
        assert_eq!(module.with_exports(|_| true).unwrap(), wasm);
        let smaller = module.with_exports(|name| name == "two").unwrap();
        let smaller = Module::parse(&smaller).unwrap();
        assert_eq!(smaller.exports().unwrap().into_iter().collect::<Vec<_>>(), ["two"]);
        assert_eq!(smaller.imports().unwrap().len(), 2);
    }

    #[test]
    fn imports_and_exports_can_be_renamed() {
        let wasm = example();
        let module = Module::parse(&wasm).unwrap();
        let renamed = module.final_form("x", |name| format!("{name}1"), |name| format!("{name}2")).unwrap();
        let module = Module::parse(&renamed).unwrap();
        assert_eq!(module.imports().unwrap().into_iter().collect::<Vec<_>>(), ["f1", "mem1"]);
        assert_eq!(module.exports().unwrap().into_iter().collect::<Vec<_>>(), ["one2", "two2"]);
        assert_eq!(module.sizes().unwrap().len(), 3, "no custom section");
    }

    #[test]
    fn what_is_no_module_is_refused() {
        for bytes in [&b"<html>"[..], b"\0asm\x01\0\0\0\x01\xff", b"\0asm\x01\0\0\0\x01\x05\0"] {
            assert!(Module::parse(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn numbers_survive() {
        for number in [0, 1, 127, 128, 300, 1 << 20] {
            assert_eq!(Reader(&leb128(number)).number().unwrap(), number);
        }
    }

    /// One type, an imported function and memory, two exports, a custom section.
    fn example() -> Vec<u8> {
        let sections: [(u8, &[u8]); 4] = [
            (1, b"\x01\x60\0\0"),
            (IMPORT, b"\x02\x01m\x01f\0\0\x01m\x03mem\x02\x01\x01\x02"),
            (EXPORT, b"\x02\x03one\0\0\x03two\0\0"),
            (CUSTOM, b"\x04name!"),
        ];
        let mut wasm = MAGIC.to_vec();
        for (id, content) in sections {
            wasm.push(id);
            wasm.extend(leb128(content.len()));
            wasm.extend_from_slice(content);
        }
        wasm
    }
}
