//! Which bytes of the text that was given became what, and by whose doing: the edits of all passes put together, so
//! that they can be shown, and made, as edits of that text. Knows offsets, not Dockerfiles.

use crate::edit::{Edit, EditSet};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Edits of the source that belong together, and the rewrites that they make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Which ones: segments in `Outcome::applied`, in order.
    pub rewrites: Vec<usize>,
    /// The edits.
    pub edits: EditSet,
}

/// What became of the source so far.
#[derive(Debug, Default)]
pub struct SourceMap {
    segments: Vec<Segment>,
}

/// A part of the source that is something else now.
#[derive(Clone, Debug)]
struct Segment {
    old: Span,
    new: Span,
    rewrites: BTreeSet<usize>,
}

/// A segment, or an edit, on the way to the next text.
struct Piece {
    segment: Segment,
    growth: i64,
}

impl Piece {
    /// What it replaces or inserts has no extent, so that its neighbours' order would matter.
    fn is_loose(&self) -> bool {
        self.segment.new.is_empty() || self.segment.old.is_empty()
    }
}

impl SourceMap {
    /// Takes in the edits of a pass over the text in hand, each with its rewrite, in the order in which they are made.
    pub fn edit(&mut self, edits: &[(Edit, usize)]) {
        let piece = |(edit, rewrite): &(Edit, usize)| Piece {
            segment: Segment { old: self.origin(edit.span), new: edit.span, rewrites: BTreeSet::from([*rewrite]) },
            growth: edit.text.len() as i64 - edit.span.len() as i64,
        };
        let new: Vec<Piece> = edits.iter().map(piece).collect();
        let mut pieces: Vec<Piece> = self.segments.drain(..).map(|segment| Piece { segment, growth: 0 }).collect();
        pieces.extend(new);
        pieces.sort_by_key(|piece| (piece.segment.new.start, piece.segment.new.end));
        let mut grown = 0;
        for group in join(pieces) {
            let start = i64::from(group.segment.new.start) + grown;
            grown += group.growth;
            let end = i64::from(group.segment.new.end) + grown;
            self.segments.push(Segment { new: Span { start: start as u32, end: end as u32 }, ..group.segment });
        }
    }

    /// The part of the source that a part of the text in hand comes from; new text comes from all that it replaced.
    pub fn origin(&self, span: Span) -> Span {
        // the segments are in order, and their ends, too
        let last = |before: usize| before.checked_sub(1).map(|index| &self.segments[index]);
        let start = last(self.segments.partition_point(|segment| segment.new.start <= span.start));
        let start = start.map_or(span.start, |segment| match span.start < segment.new.end {
            true => segment.old.start,
            false => span.start - segment.new.end + segment.old.end,
        });
        let end = last(self.segments.partition_point(|segment| segment.new.start < span.end));
        let end = end.map_or(span.end, |segment| match span.end <= segment.new.end {
            true => segment.old.end,
            false => span.end - segment.new.end + segment.old.end,
        });
        Span { start, end: end.max(start) }
    }

    /// Whether a part of the text in hand is all new: it lies in what an edit brought, and what that replaced did not hold it.
    pub fn is_new(&self, span: Span, source: &str, text: &str) -> bool {
        let within =
            |segment: &&Segment| segment.new.start <= span.start && span.end <= segment.new.end && !span.is_empty();
        let said = text[span.range()].trim();
        self.segments.iter().find(within).is_some_and(|segment| !source[segment.old.range()].contains(said))
    }

    /// All edits together, as few as can be told apart: rewrites that share one, or lean on each other's, share a fix.
    pub fn fixes(&self, text: &str) -> Vec<Fix> {
        let mut groups = Groups::default();
        for segment in &self.segments {
            groups.join(&segment.rewrites);
        }
        let mut fixes: BTreeMap<usize, (BTreeSet<usize>, Vec<Edit>)> = BTreeMap::new();
        for segment in &self.segments {
            let Some(first) = segment.rewrites.first() else { continue };
            let (rewrites, edits) = fixes.entry(groups.least(*first)).or_default();
            rewrites.extend(&segment.rewrites);
            edits.push(Edit::replace(segment.old, &text[segment.new.range()]));
        }
        fixes.into_values().map(|(rewrites, edits)| fix(rewrites, edits)).collect()
    }
}

/// Numbers that belong together, each group under its least one.
#[derive(Default)]
struct Groups {
    /// Of each number a smaller one of its group, or itself.
    up: Vec<usize>,
}

impl Groups {
    fn least(&mut self, number: usize) -> usize {
        let mut at = number;
        while self.up[at] != at {
            // half of the way is cut off for the next one
            self.up[at] = self.up[self.up[at]];
            at = self.up[at];
        }
        at
    }

    fn join(&mut self, numbers: &BTreeSet<usize>) {
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return };
        let known = self.up.len();
        self.up.extend(known..(last + 1).max(known));
        for number in numbers {
            let (one, other) = (self.least(*first), self.least(*number));
            let (low, high) = (one.min(other), one.max(other));
            self.up[high] = low;
        }
    }
}

/// The segments are disjoint, so the set is one.
fn fix(rewrites: impl IntoIterator<Item = usize>, edits: Vec<Edit>) -> Fix {
    Fix { rewrites: rewrites.into_iter().collect(), edits: EditSet::new(edits).unwrap_or_default() }
}

/// Several fixes as one.
pub fn together(fixes: Vec<Fix>) -> Fix {
    let rewrites: BTreeSet<usize> = fixes.iter().flat_map(|fix| fix.rewrites.iter().copied()).collect();
    fix(rewrites, fixes.iter().flat_map(|fix| fix.edits.edits().iter().cloned()).collect())
}

/// Those that overlap, or touch where one has no extent, become one.
fn join(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<(Piece, bool)> = Vec::new();
    for piece in pieces {
        let loose = piece.is_loose();
        match out.last_mut() {
            Some((last, last_loose))
                if piece.segment.new.start < last.segment.new.end
                    || (piece.segment.new.start == last.segment.new.end && (loose || *last_loose)) =>
            {
                last.segment.old = last.segment.old.to(piece.segment.old);
                last.segment.new = last.segment.new.to(piece.segment.new);
                last.segment.rewrites.extend(piece.segment.rewrites);
                last.growth += piece.growth;
                *last_loose |= loose;
            }
            _ => out.push((piece, loose)),
        }
    }
    out.into_iter().map(|(piece, _)| piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pass(text: &str, map: &mut SourceMap, edits: &[(usize, usize, &str)], first: usize) -> String {
        let edits: Vec<Edit> = edits.iter().map(|(a, b, t)| Edit::replace(Span::new(*a, *b), *t)).collect();
        let set = EditSet::new(edits).unwrap();
        let owned: Vec<(Edit, usize)> =
            set.edits().iter().enumerate().map(|(n, edit)| (edit.clone(), first + n)).collect();
        map.edit(&owned);
        set.apply(text)
    }

    #[test]
    fn what_does_not_touch_stays_apart() {
        let mut map = SourceMap::default();
        let one = pass("abcdefghij", &mut map, &[(0, 1, "XY"), (5, 6, "")], 0);
        let two = pass(&one, &mut map, &[(8, 9, "!")], 2); // the `i`
        assert_eq!(two, "XYbcdegh!j");
        let fixes = map.fixes(&two);
        let shown: Vec<_> = fixes.iter().map(|fix| (fix.rewrites.clone(), fix.edits.apply("abcdefghij"))).collect();
        let wanted = [(vec![0], "XYbcdefghij"), (vec![1], "abcdeghij"), (vec![2], "abcdefgh!j")];
        assert_eq!(shown, wanted.map(|(rewrites, text)| (rewrites, text.to_owned())));
    }

    #[test]
    fn what_touches_is_one() {
        let mut map = SourceMap::default();
        let one = pass("abcdef", &mut map, &[(2, 4, "12345")], 0);
        let two = pass(&one, &mut map, &[(3, 4, "-"), (6, 8, "+")], 1);
        assert_eq!(two, "ab1-34+f");
        let fixes = map.fixes(&two);
        assert_eq!(fixes.len(), 1);
        assert_eq!(fixes[0].rewrites, [0, 1, 2]);
        assert_eq!(fixes[0].edits.edits(), [Edit::replace(Span::new(2, 5), "1-34+")]);
    }

    proptest! {
        #[test]
        fn all_edits_together_give_the_last_text(passes in prop::collection::vec(prop::collection::vec((0usize..12, 0usize..4, "[x-z]{0,3}"), 0..4), 0..5)) {
            let source = "abcdefghijkl";
            let (mut text, mut map, mut count) = (source.to_owned(), SourceMap::default(), 0);
            for edits in passes {
                let spans = edits.iter().map(|(at, length, new)| {
                    let start = (*at).min(text.len());
                    Edit::replace(Span::new(start, (start + length).min(text.len())), new.as_str())
                });
                let Ok(set) = EditSet::new(spans.collect()) else { continue };
                let owned: Vec<(Edit, usize)> =
                    set.edits().iter().enumerate().map(|(n, edit)| (edit.clone(), count + n)).collect();
                count += owned.len();
                map.edit(&owned);
                text = set.apply(&text);
            }
            prop_assert_eq!(together(map.fixes(&text)).edits.apply(source), text);
        }
    }
}
