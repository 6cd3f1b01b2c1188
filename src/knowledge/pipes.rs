//! What commands do in a pipe: whether they read all of it, and what their status says. The data is `pipes.txt`.

use crate::knowledge::sections;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A section of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Part {
    /// A status other than 0 means that what it writes is not whole.
    Fails = 1,
    /// Writes a little and does not fail.
    Says = 2,
    /// A status other than 0 is an answer.
    Answers = 4,
    /// Reads all its input and does not fail.
    Filters = 8,
    /// Reads all its input, or fails.
    Reads = 16,
    /// Reads all its input as a rule.
    Mostly = 32,
}

const PARTS: &[(&str, Part)] = &[
    ("fails", Part::Fails),
    ("says", Part::Says),
    ("answers", Part::Answers),
    ("filters", Part::Filters),
    ("reads", Part::Reads),
    ("mostly", Part::Mostly),
];

/// Whether a command (its name without folders) stands in a section.
pub fn is(name: &str, part: Part) -> bool {
    table().get(name).is_some_and(|parts| parts & part as u8 != 0)
}

fn table() -> &'static HashMap<&'static str, u8> {
    static TABLE: OnceLock<HashMap<&'static str, u8>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let sections = sections::read(include_str!("pipes.txt"));
        let mut table = HashMap::new();
        for (section, part) in PARTS {
            let names = sections.get(section).into_iter().flatten();
            names.for_each(|name| *table.entry(*name).or_insert(0) |= *part as u8);
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_filled() {
        for (name, part) in PARTS {
            assert!(table().values().any(|parts| parts & *part as u8 != 0), "{name}");
        }
        assert!(is("[", Part::Answers), "a name may look like a section's bracket");
        assert!(is("curl", Part::Fails) && !is("curl", Part::Reads));
    }

    #[test]
    fn what_a_status_says_is_one_thing() {
        let kinds = [Part::Fails, Part::Says, Part::Answers, Part::Filters];
        for name in table().keys() {
            assert!(kinds.iter().filter(|kind| is(name, **kind)).count() < 2, "{name}");
        }
    }
}
