//! The grammar of instructions, on joined lines: one construct a file, each rule's grammar in its doc comment. A rule takes
//! the text from where it starts and gives back the rest, as nom's do; ranges are found by [`range`], since every part is a
//! slice of the joined line.

pub(super) mod arguments;
pub(super) mod command;
pub(super) mod exec;
pub(super) mod flags;
pub(super) mod from;
pub(super) mod head;
pub(super) mod healthcheck;
pub(super) mod heredoc;
pub(super) mod mount;
pub(super) mod pairs;
pub(super) mod shell_words;
pub(super) mod transfer;
pub(super) mod words;

use crate::syntax::Arg;
use nom::Offset;
use std::ops::Range;

/// Where `part`, a slice of `line`, stands in it.
pub(super) fn range(line: &str, part: &str) -> Range<usize> {
    let start = line.offset(part);
    start..start + part.len()
}

/// `part`, a slice of `line`, as an argument.
pub(super) fn arg(line: &str, part: &str) -> Arg {
    Arg { text: part.to_owned(), range: range(line, part) }
}

/// White space between the words of an instruction.
pub(super) fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0b' | '\x0c' | '\r')
}
