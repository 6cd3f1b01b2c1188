//! What BuildKit refuses, while it is still tied to a joined line. Messages are for people: what, why, what to do.

use crate::syntax::{ErrorStage, Keyword};
use std::ops::Range;

/// Why an instruction is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Which of BuildKit's readings refuses it.
    pub stage: ErrorStage,
    /// The part of the joined line that is to blame.
    pub at: Range<usize>,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// One that stops the reading of lines: BuildKit builds no tree at all.
    pub fn lines(at: Range<usize>, message: impl Into<String>) -> Refusal {
        Refusal { stage: ErrorStage::Lines, at, message: message.into() }
    }

    /// One that stops the reading of instructions.
    pub fn instruction(at: Range<usize>, message: impl Into<String>) -> Refusal {
        Refusal { stage: ErrorStage::Instructions, at, message: message.into() }
    }
}

/// Names a word in a message: in backticks, and cut where it is long.
pub(super) fn quoted(word: &str) -> String {
    const LONGEST: usize = 60;
    match word.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("`{}…`", &word[..cut]),
        None => format!("`{word}`"),
    }
}

/// The message for a first word that is no instruction.
pub(super) fn unknown_instruction(word: &str) -> String {
    if word.is_empty() {
        return "there is no instruction here, only a line continuation; remove it".to_owned();
    }
    match nearest(word) {
        Some(name) => format!("{} is not an instruction; did you mean `{name}`?", quoted(word)),
        None => format!(
            "{} is not an instruction; if it belongs to the line above, that line must end with the escape character",
            quoted(word)
        ),
    }
}

/// The instruction that a misspelt word most likely means.
fn nearest(word: &str) -> Option<&'static str> {
    if word.len() > 16 || word.len() < 2 {
        return None;
    }
    let word = word.to_ascii_uppercase();
    let distances = Keyword::ALL.iter().map(|keyword| (distance(&word, keyword.name()), keyword.name()));
    let allowed = word.len().div_ceil(3).min(3);
    distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

/// Levenshtein's distance, in bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_gets_its_neighbour() {
        assert_eq!(nearest("ROM"), Some("FROM"));
        assert_eq!(nearest("Mantainer"), Some("MAINTAINER"));
        assert_eq!(nearest("entrypont"), Some("ENTRYPOINT"));
        assert_eq!(nearest("kubectl"), None);
        assert_eq!(nearest("&&"), None);
    }

    #[test]
    fn long_words_are_cut_in_messages() {
        assert_eq!(quoted("RUM"), "`RUM`");
        assert_eq!(quoted(&"é".repeat(61)), format!("`{}…`", "é".repeat(60)));
    }
}
