//! Data files of words in sections: a line `[name]` starts a section, `#` a comment, all else are words.

use std::collections::HashMap;

/// The words of each section, in the order of the file; those above the first stand under the empty name.
pub fn read(text: &'static str) -> HashMap<&'static str, Vec<&'static str>> {
    let mut table: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut section = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => section = name,
            None => table.entry(section).or_default().extend(line.split_whitespace()),
        }
    }
    table
}
