//! Checks the option `extras`. What it asks for is done by scripts of the shell (`www/comfort/`), which come later than an owner wants to
//! hear of a mistake.

use super::reader::Reader;
use crate::protocol::json::Value;

const FLAG: &[&str] = &["true", "false"];
const OBJECT: &str = "an object";
const SHORTCUT: &str = "a key such as \"Alt+C\"";

/// Each extra, and what it takes: one of these words, or what they name.
const KINDS: [(&str, &[&str]); 11] = [
    ("announce", &["answer", "sentences", "off"]),
    ("size", &["compact", "normal", "expanded"]),
    ("resizable", FLAG),
    ("backCloses", FLAG),
    ("sound", FLAG),
    ("unreadInTitle", FLAG),
    ("shortcut", &[SHORTCUT]),
    ("voice", &["true", "false", OBJECT]),
    ("form", &["true", "false", OBJECT]),
    ("greeter", &[OBJECT]),
    ("hours", &[OBJECT]),
];

pub(super) fn check(read: &Reader<'_>) {
    for (name, value) in read.object("extras").fields() {
        let Some((_, valid)) = KINDS.iter().find(|(known, _)| known == name) else {
            let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            read.refuse::<()>("extras", &["these: ", &names.join(", "), "; not \"", name, "\""].concat());
            continue;
        };
        let word = match value {
            Value::Null => continue,
            Value::Bool(_) => "true",
            Value::Object(_) => OBJECT,
            Value::Text(text) if valid.contains(&SHORTCUT) && !text.is_empty() => SHORTCUT,
            Value::Text(text) if !FLAG.contains(&text.as_str()) && text != OBJECT => text,
            _ => "",
        };
        if !valid.contains(&word) {
            read.refuse::<()>(&["extras.", name].concat(), &valid.join(" | "));
        }
    }
}
