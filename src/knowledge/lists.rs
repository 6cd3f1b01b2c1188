//! Who needs the lists that `apt-get update` fetched, beside apt itself. The data is `lists.txt`.

use crate::knowledge::sections;
use std::sync::OnceLock;

/// A section of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Files that install nothing of the distribution, by name.
    Fine,
    /// Scripts of the web that fetch the lists themselves, by a part of their address.
    Fetches,
}

const PARTS: &[(&str, Part)] = &[("fine", Part::Fine), ("fetches", Part::Fetches)];

/// The words of a section.
pub fn words(part: Part) -> impl Iterator<Item = &'static str> {
    table().iter().filter(move |(of, _)| *of == part).map(|(_, word)| *word)
}

fn table() -> &'static [(Part, &'static str)] {
    static TABLE: OnceLock<Vec<(Part, &'static str)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let sections = sections::read(include_str!("lists.txt"));
        let of = |(section, part): &(&str, Part)| {
            let part = *part;
            sections.get(section).into_iter().flatten().map(move |word| (part, *word)).collect::<Vec<_>>()
        };
        PARTS.iter().flat_map(of).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_filled() {
        assert!(PARTS.iter().all(|(_, part)| words(*part).count() > 3));
    }
}
