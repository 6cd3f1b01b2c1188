//! Conditions on the tag of an image, as the data files write them: `images.tsv` tells the language.

use std::cmp::Ordering;

/// The conditions that a tag must meet: all of them, each by one of its alternatives.
pub(super) struct Tags(Vec<Vec<Atom>>);

enum Atom {
    /// A part of the tag is this word, or this word and a number.
    Word(&'static str),
    /// No part of the tag is.
    Not(&'static str),
    /// The tag begins with a version that is at least, or below, this one.
    AtLeast(Vec<u32>),
    Below(Vec<u32>),
    /// The tag is missing, or `latest`, and no digest pins it.
    Latest,
    /// The tag does not start with a version, and no digest pins it.
    Floats,
}

impl Tags {
    pub(super) fn read(column: &'static str) -> Tags {
        let conditions = column.split(' ').filter(|condition| *condition != "*");
        Tags(conditions.map(|condition| condition.split('|').map(Atom::read).collect()).collect())
    }

    pub(super) fn fits(&self, tag: &str, pinned: bool) -> bool {
        self.0.iter().all(|alternatives| alternatives.iter().any(|atom| atom.fits(tag, pinned)))
    }
}

impl Atom {
    fn read(text: &'static str) -> Atom {
        match (text, text.strip_prefix('!'), text.strip_prefix(">="), text.strip_prefix('<')) {
            ("latest", ..) => Atom::Latest,
            ("floats", ..) => Atom::Floats,
            (_, Some(word), ..) => Atom::Not(word),
            (_, _, Some(version), _) => Atom::AtLeast(numbers(version)),
            (_, _, _, Some(version)) => Atom::Below(numbers(version)),
            _ => Atom::Word(text),
        }
    }

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
    tag.split(['-', '_']).any(|part| {
        let rest = part.strip_prefix(word);
        rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    })
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// How the version at the start of a tag stands to another; `None` where there is none, or it can be either. A short
/// one (`18`) is the newest of its line, unless a digest pins it.
fn compare(tag: &str, version: &[u32], pinned: bool) -> Option<Ordering> {
    let start = tag.strip_prefix('v').unwrap_or(tag);
    let end = start.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(start.len());
    let mine = numbers(start[..end].trim_end_matches('.'));
    if mine.is_empty() {
        return None;
    }
    let len = mine.len().min(version.len());
    let order = mine[..len].cmp(&version[..len]);
    match order.is_eq() && mine.len() < version.len() {
        true if pinned => None,
        true => Some(Ordering::Greater),
        false => Some(order),
    }
}
