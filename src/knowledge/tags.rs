//! Conditions on the tag of an image, as the data files write them: `images.tsv` tells the language.

use std::cmp::Ordering;

/// The conditions that a tag must meet: all of them, each by one of its alternatives.
pub(super) struct Tags(pub(super) &'static [&'static [Atom]]);

pub(super) enum Atom {
    /// A part of the tag is this word, or this word and a number.
    Word(&'static str),
    /// No part of the tag is.
    Not(&'static str),
    /// The tag begins with a version that is at least, or below, this one.
    AtLeast(&'static [u32]),
    Below(&'static [u32]),
    /// The tag is missing, or `latest`, and no digest pins it.
    Latest,
    /// The tag does not start with a version, and no digest pins it.
    Floats,
}

impl Tags {
    pub(super) fn fits(&self, tag: &str, pinned: bool) -> bool {
        self.0.iter().all(|alternatives| alternatives.iter().any(|atom| atom.fits(tag, pinned)))
    }
}

impl Atom {
    /// `pinned`: a digest says which image it is, maybe one that the tag named long ago.
    fn fits(&self, tag: &str, pinned: bool) -> bool {
        match self {
            Atom::Word(word) => has_word(tag, word),
            Atom::Not(word) => !has_word(tag, word),
            Atom::AtLeast(version) => compare(tag, version, pinned).is_some_and(Ordering::is_ge),
            Atom::Below(version) => compare(tag, version, pinned).is_some_and(Ordering::is_lt),
            Atom::Latest => matches!(tag, "" | "latest") && !pinned,
            Atom::Floats => !tag.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()) && !pinned,
        }
    }
}

fn has_word(tag: &str, word: &str) -> bool {
    tag.as_bytes().split(|byte| matches!(byte, b'-' | b'_')).any(|part| {
        let rest = part.strip_prefix(word.as_bytes());
        rest.is_some_and(|rest| rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.'))
    })
}

/// How the version at the start of a tag stands to another; `None` where there is none, or it can be either. A short
/// one (`18`) is the newest of its line, unless a digest pins it.
fn compare(tag: &str, version: &[u32], pinned: bool) -> Option<Ordering> {
    let start = tag.strip_prefix('v').unwrap_or(tag);
    let end = start.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(start.len());
    let mut mine = start[..end].split('.').map_while(|part| part.parse::<u32>().ok());
    for (place, wanted) in version.iter().enumerate() {
        match mine.next() {
            Some(number) if number == *wanted => {}
            Some(number) => return Some(number.cmp(wanted)),
            None if place == 0 || pinned => return None,
            None => return Some(Ordering::Greater),
        }
    }
    Some(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(atom: Atom, tag: &str) -> bool {
        atom.fits(tag, false)
    }

    #[test]
    fn versions_at_the_start_of_a_tag_are_compared() {
        let (from, below) = (|version| Atom::AtLeast(version), |version| Atom::Below(version));
        assert!(
            holds(from(&[1, 21]), "1.25-alpine") && holds(from(&[1, 21]), "1.21.0") && !holds(from(&[1, 21]), "1.9")
        );
        assert!(holds(from(&[3, 6]), "3") && !holds(below(&[3, 6]), "3"), "a short tag is the newest of its line");
        assert!(!from(&[3, 6]).fits("3", true) && !below(&[3, 6]).fits("3", true), "a digest may pin an older one");
        assert!(!holds(from(&[3, 6]), "alpine") && !holds(below(&[3, 6]), "alpine"));
    }

    #[test]
    fn words_are_parts_of_a_tag() {
        assert!(holds(Atom::Word("alpine"), "8.1-fpm-alpine3.18") && !holds(Atom::Word("slim"), "slimmer"));
        assert!(holds(Atom::Not("slim"), "3.9") && !holds(Atom::Not("slim"), "3.9-slim"));
        assert!(holds(Atom::Floats, "alpine") && !holds(Atom::Latest, "alpine"));
        assert!(holds(Atom::Latest, "") && !holds(Atom::Floats, "3"));
    }

    #[test]
    fn all_conditions_must_hold_each_by_an_alternative() {
        let tags = Tags(&[&[Atom::AtLeast(&[18])], &[Atom::Below(&[23]), Atom::Word("focal")]]);
        assert!(tags.fits("20", false) && !tags.fits("24", false) && !tags.fits("focal-20240101", false));
    }
}
