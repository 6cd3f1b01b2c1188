//! Rust text of static data.

#[path = "../src/knowledge/hash.rs"]
mod hash;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// Statics that are written one after the other; what is the same stands once.
#[derive(Default)]
pub struct Code {
    text: String,
    names: HashMap<String, String>,
}

impl Code {
    /// All that was written.
    pub fn finish(self) -> String {
        self.text
    }

    /// A static of a name, that others name.
    pub fn define(&mut self, name: &str, kind: &str, value: &str) {
        let _ = writeln!(self.text, "static {name}: {kind} = {value};");
    }

    /// A reference to a value.
    pub fn shared(&mut self, kind: &str, value: &str) -> String {
        let key = format!("{kind} = {value}");
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let name = format!("D{}", self.names.len());
        self.define(&name, kind, value);
        self.names.insert(key, format!("&{name}"));
        format!("&{name}")
    }

    /// A slice.
    pub fn slice<I: IntoIterator<Item = String>>(&mut self, kind: &str, items: I) -> String {
        let items: Vec<String> = items.into_iter().collect();
        if items.is_empty() {
            return "&[]".to_owned();
        }
        self.shared(&format!("[{kind}; {}]", items.len()), &format!("[{}]", items.join(", ")))
    }

    /// A slice of words.
    pub fn words<'w, I: IntoIterator<Item = &'w str>>(&mut self, words: I) -> String {
        self.slice("&str", words.into_iter().map(text))
    }

    /// A `Map` from words to values.
    pub fn map(&mut self, kind: &str, entries: &BTreeMap<&str, String>) -> String {
        let slots = self.slice("u16", slots(entries.keys()).iter().map(u16::to_string));
        let rows = entries.iter().map(|(word, value)| format!("({}, {value})", text(word)));
        let entries = self.slice(&format!("(&str, {kind})"), rows);
        format!("Map {{ slots: {slots}, entries: {entries} }}")
    }
}

/// Where each word comes to stand: as `Map` of the library looks for it.
fn slots<'w, 'k: 'w>(words: impl ExactSizeIterator<Item = &'w &'k str>) -> Vec<u16> {
    let mut slots = vec![u16::MAX; (words.len() * 2).next_power_of_two()];
    for (index, word) in words.enumerate() {
        let mut slot = hash::hash(word.as_bytes()) as usize % slots.len();
        while slots[slot] != u16::MAX {
            slot = (slot + 1) % slots.len();
        }
        slots[slot] = index as u16;
    }
    slots
}

/// A word.
pub fn text(word: &str) -> String {
    format!("{word:?}")
}

/// `Some(...)`, or `None`.
pub fn option<T: ToString>(value: Option<T>) -> String {
    value.map_or("None".to_owned(), |value| format!("Some({})", value.to_string()))
}
