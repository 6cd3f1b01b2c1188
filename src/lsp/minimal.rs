//! From an old text to a new one by small edits, so that cursors, folds and marks of the editor stay where they are. Knows
//! texts, not Dockerfiles: lines are compared first, and within lines that changed, words.

use crate::edit::Edit;
use crate::text::Span;
use similar::{Algorithm, DiffTag, capture_diff_slices};

/// Parts of more words than that, in old and new together, are replaced as a whole: comparing them would take long.
const MOST_WORDS: usize = 20_000;

/// The edits that make `new` of `old`, in order and apart from each other. None splits a `\r\n`.
pub fn edits(old: &str, new: &str) -> Vec<Edit> {
    let mut out = Vec::new();
    compare((old, 0), (new, 0), &lines, &mut out, &mut |out, old, new| {
        let few = words(old.0).len() + words(new.0).len() <= MOST_WORDS;
        match few && !old.0.is_empty() && !new.0.is_empty() {
            true => compare(old, new, &words, out, &mut |out, old, new| push(out, old, new)),
            false => push(out, old, new),
        }
    });
    out
}

/// A part of a text and where it starts.
type Part<'a> = (&'a str, usize);
type Split = dyn Fn(&str) -> Vec<&str>;
type Differ<'f> = dyn FnMut(&mut Vec<Edit>, Part, Part) + 'f;

/// Cuts both parts into pieces and hands on where these differ.
fn compare(old: Part, new: Part, split: &Split, out: &mut Vec<Edit>, differ: &mut Differ) {
    let (old_pieces, new_pieces) = (split(old.0), split(new.0));
    let (old_ends, new_ends) = (ends(&old_pieces), ends(&new_pieces));
    for op in capture_diff_slices(Algorithm::Myers, &old_pieces, &new_pieces) {
        let (tag, old_range, new_range) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            continue;
        }
        let cut = |part: Part<'_>, ends: &[usize], range: std::ops::Range<usize>| {
            (ends[range.start], ends[range.end], part.1)
        };
        let (old_start, old_end, old_base) = cut(old, &old_ends, old_range);
        let (new_start, new_end, new_base) = cut(new, &new_ends, new_range);
        let old_part = (&old.0[old_start..old_end], old_base + old_start);
        let new_part = (&new.0[new_start..new_end], new_base + new_start);
        differ(out, old_part, new_part);
    }
}

/// Where each piece starts, and where the last one ends.
fn ends(pieces: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let ends = pieces.iter().map(|piece| {
        at += piece.len();
        at
    });
    std::iter::once(0).chain(ends).collect()
}

/// Adds an edit; one that touches the edit before it becomes one with it.
fn push(out: &mut Vec<Edit>, old: Part, new: Part) {
    let span = Span::new(old.1, old.1 + old.0.len());
    match out.last_mut() {
        Some(last) if last.span.end == span.start => {
            last.span.end = span.end;
            last.text.push_str(new.0);
        }
        _ => out.push(Edit::replace(span, new.0)),
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Words, runs of blanks, line ends, and single other characters.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\r' if rest.starts_with("\r\n") => 2,
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c if is_blank(c) => rest.find(|c| !is_blank(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (word, behind) = rest.split_at(length);
        out.push(word);
        rest = behind;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::EditSet;
    use proptest::prelude::*;

    fn touched(old: &str, new: &str) -> Vec<(String, String)> {
        let edits = edits(old, new);
        assert_eq!(EditSet::new(edits.clone()).unwrap().apply(old), new);
        edits.into_iter().map(|edit| (old[edit.span.range()].to_owned(), edit.text)).collect()
    }

    fn pair(old: &str, new: &str) -> (String, String) {
        (old.to_owned(), new.to_owned())
    }

    #[test]
    fn only_what_differs_is_touched() {
        assert_eq!(touched("FROM a\nRUN b\n", "FROM a\nRUN b\n"), []);
        assert_eq!(touched("FROM a\nADD x y\n", "FROM a\nCOPY x y\n"), [pair("ADD", "COPY")]);
        assert_eq!(touched("RUN a\nRUN b\n", "RUN a \\\n    && b\n"), [pair("", " \\"), pair("RUN", "    &&")]);
        assert_eq!(touched("", "a"), [pair("", "a")]);
        assert_eq!(touched("a\nb\n", ""), [pair("a\nb\n", "")]);
    }

    #[test]
    fn long_parts_are_replaced_at_once() {
        let (old, new) = ("a ".repeat(MOST_WORDS), "b ".repeat(MOST_WORDS));
        assert_eq!(touched(&old, &new).len(), 1);
    }

    proptest! {
        #[test]
        fn the_edits_make_the_new_text(old in "([ab é\\\\&]|\n|\r\n|\r){0,30}", new in "([ab é\\\\&]|\n|\r\n|\r){0,30}") {
            for (before, _) in touched(&old, &new) {
                prop_assert!(old.contains(&before));
            }
            for edit in edits(&old, &new) {
                for at in [edit.span.start as usize, edit.span.end as usize] {
                    prop_assert!(!(old[..at].ends_with('\r') && old[at..].starts_with('\n')), "splits a line end");
                }
            }
        }
    }
}
