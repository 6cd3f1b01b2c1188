//! A table of words that the build script has laid out: open addressing with linear probing, at most half full.

use crate::knowledge::hash::hash;

/// What a slot holds in which nothing stands.
const EMPTY: u16 = u16::MAX;

/// What is known of each of some words.
pub struct Map<V: 'static> {
    /// Indices of entries; as many as a power of two.
    pub(super) slots: &'static [u16],
    /// The words, and what is known of them.
    pub(super) entries: &'static [(&'static str, V)],
}

impl<V> Map<V> {
    /// What is known of a word.
    pub fn get(&self, word: &str) -> Option<&'static V> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = hash(word.as_bytes()) as usize & mask;
        while self.slots[slot] != EMPTY {
            let (known, value) = &self.entries[usize::from(self.slots[slot])];
            if *known == word {
                return Some(value);
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    /// Whether a word is listed.
    pub fn has(&self, word: &str) -> bool {
        self.get(word).is_some()
    }

    /// All words, sorted, and what is known of them.
    pub fn iter(&self) -> impl Iterator<Item = &'static (&'static str, V)> + use<V> {
        self.entries.iter()
    }
}
