//! Edits of a text: which spans are replaced by what. Knows nothing of Dockerfiles.
//!
//! A transform never prints a tree: it returns the few spans that change, and everything else stays the bytes it was.

use crate::text::Span;
use std::collections::BTreeMap;
use std::fmt;

/// One replacement. An empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces `span` by `text`.
    pub fn replace(span: Span, text: impl Into<String>) -> Edit {
        Edit { span, text: text.into() }
    }

    /// Puts `text` at `offset`.
    pub fn insert(offset: usize, text: impl Into<String>) -> Edit {
        Edit::replace(Span::at(offset), text)
    }

    /// Takes `span` away.
    pub fn delete(span: Span) -> Edit {
        Edit::replace(span, "")
    }
}

/// Two edits of one set want the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap(
    /// The earlier one.
    pub Span,
    /// The later one.
    pub Span,
);

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "edits of {:?} and {:?} overlap", self.0, self.1)
    }
}

impl std::error::Error for Overlap {}

/// Edits in the order of the text, none touching the bytes of another; applied all together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditSet {
    edits: Vec<Edit>,
}

impl EditSet {
    /// Sorts the edits. Insertions at one offset keep the order in which they were given, and stand before a replacement
    /// that starts there.
    ///
    /// # Errors
    /// [`Overlap`] where two edits want the same bytes.
    pub fn new(mut edits: Vec<Edit>) -> Result<EditSet, Overlap> {
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        for pair in edits.windows(2) {
            if pair[1].span.start < pair[0].span.end {
                return Err(Overlap(pair[0].span, pair[1].span));
            }
        }
        Ok(EditSet { edits })
    }

    /// The edits, in the order of the text.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// From the first byte touched to behind the last one.
    pub fn span(&self) -> Option<Span> {
        let first = self.edits.first()?;
        Some(self.edits.iter().fold(first.span, |all, edit| all.to(edit.span)))
    }

    /// Both sets as one.
    ///
    /// # Errors
    /// [`Overlap`] where they want the same bytes.
    pub fn union(&self, other: &EditSet) -> Result<EditSet, Overlap> {
        EditSet::new(self.edits.iter().chain(&other.edits).cloned().collect())
    }

    /// The text with the edits made. Spans must lie inside `text`, on character boundaries.
    pub fn apply(&self, text: &str) -> String {
        let grown: usize = self.edits.iter().map(|edit| edit.text.len()).sum();
        let mut out = String::with_capacity(text.len() + grown);
        let mut done = 0;
        for edit in &self.edits {
            out.push_str(&text[done..edit.span.start as usize]);
            out.push_str(&edit.text);
            done = edit.span.end as usize;
        }
        out.push_str(&text[done..]);
        out
    }

    /// The way back from the edited text.
    pub fn origins(&self) -> Origins {
        let mut shift = 0i64;
        let step = |edit: &Edit| {
            let start = i64::from(edit.span.start) + shift;
            let end = start + edit.text.len() as i64;
            shift = end - i64::from(edit.span.end);
            Moved { start: start as u32, end: end as u32, old: edit.span }
        };
        Origins(self.edits.iter().map(step).collect())
    }
}

/// Edits of several sets that do not get in each other's way.
#[derive(Debug, Default)]
pub struct Apart {
    /// By start and end; insertions at one place by the order in which they came.
    edits: BTreeMap<(u32, u32, usize), String>,
}

impl Apart {
    /// Takes in all edits of a set, or none where one of them wants the bytes of one that is there.
    pub fn add(&mut self, set: &EditSet) -> bool {
        let fits = set.edits.iter().all(|edit| self.has_room(edit.span));
        if fits {
            for edit in &set.edits {
                let order = self.edits.len();
                self.edits.insert((edit.span.start, edit.span.end, order), edit.text.clone());
            }
        }
        fits
    }

    /// They are disjoint, so that only the neighbours have to be looked at.
    fn has_room(&self, span: Span) -> bool {
        let key = (span.start, span.end, usize::MAX);
        let before = self.edits.range(..key).next_back();
        let after = self.edits.range(key..).next();
        before.is_none_or(|((_, end, _), _)| *end <= span.start)
            && after.is_none_or(|((start, ..), _)| span.end <= *start)
    }

    /// All of them.
    pub fn into_set(self) -> EditSet {
        let edit = |((start, end, _), text)| Edit { span: Span { start, end }, text };
        EditSet { edits: self.edits.into_iter().map(edit).collect() }
    }
}

/// Where the offsets of an edited text stood before the edits.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<Moved>);

/// What an edit became.
#[derive(Clone, Copy, Debug)]
struct Moved {
    start: u32,
    end: u32,
    old: Span,
}

impl Origins {
    /// Where an offset stood; one inside new text is placed at the start of what that replaced.
    pub fn of(&self, offset: u32) -> u32 {
        // an edit that deletes has no extent here: the offset is after all of those that end at it
        let before = self.0.partition_point(|moved| moved.start <= offset);
        match before.checked_sub(1).map(|index| self.0[index]) {
            None => offset,
            Some(moved) if offset < moved.end => moved.old.start,
            Some(moved) => offset - moved.end + moved.old.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(edits: &[(usize, usize, &str)]) -> EditSet {
        EditSet::new(edits.iter().map(|(a, b, t)| Edit::replace(Span::new(*a, *b), *t)).collect()).unwrap()
    }

    #[test]
    fn untouched_bytes_stay() {
        assert_eq!(set(&[(4, 5, "XY"), (0, 1, ""), (2, 2, "+")]).apply("abcdef"), "b+cdXYf");
    }

    #[test]
    fn insertions_keep_their_order() {
        assert_eq!(set(&[(1, 1, "1"), (1, 1, "2"), (1, 2, "B")]).apply("abc"), "a12Bc");
    }

    #[test]
    fn overlap_is_refused() {
        let edits = vec![Edit::delete(Span::new(0, 3)), Edit::insert(2, "x")];
        assert_eq!(EditSet::new(edits), Err(Overlap(Span::new(0, 3), Span::new(2, 2))));
    }

    proptest! {
        #[test]
        fn sets_are_apart_where_all_their_edits_make_one_set(sets in prop::collection::vec(prop::collection::vec((0usize..12, 0usize..3), 1..4), 0..6)) {
            let (mut apart, mut all) = (Apart::default(), Vec::new());
            for (n, spans) in sets.into_iter().enumerate() {
                let edits = spans.into_iter().map(|(at, len)| Edit::replace(Span::new(at, at + len), n.to_string()));
                let Ok(set) = EditSet::new(edits.collect()) else { continue };
                let both: Vec<Edit> = all.iter().chain(set.edits()).cloned().collect();
                let fits = EditSet::new(both.clone()).is_ok();
                prop_assert_eq!(apart.add(&set), fits);
                if fits {
                    all = both;
                }
            }
            prop_assert_eq!(apart.into_set(), EditSet::new(all).unwrap());
        }
    }

    #[test]
    fn offsets_are_traced_back() {
        let edits = set(&[(0, 1, ""), (2, 2, "+"), (4, 5, "XY")]); // abcdef -> b+cdXYf
        let origins = edits.origins();
        let origins: Vec<u32> = (0..=7).map(|at| origins.of(at)).collect();
        assert_eq!(origins, [1, 2, 2, 3, 4, 4, 5, 6]);
    }
}
