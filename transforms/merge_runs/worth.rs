//! Which neighbours are joined: the policy that the user chose. Whether a join is sound is not asked here.

use super::body::Body;
use super::marks::{Marks, Sort, are_kin, saves_from};
use super::splice::comments_before;
use super::*;
use crate::facts::layout::parted;

/// How many RUNs become one, and how many commands it may have.
const MOST: usize = 8;
/// How many lines the joined RUN may have.
const LINES: usize = 25;
/// How much may come to a RUN that is longer than that already: lines, or links.
const LITTLE: usize = 3;

/// Why two neighbours are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// They belong together.
    Kin,
    /// Bytes are saved, or the user wants each sound join.
    Gain,
}

/// Neighbours that are joined all or not at all: the first one, the last one, and why.
pub type Range = (usize, usize, Worth);

/// The ranges of a group of RUNs that are worth a join, by a policy; `None` for a RUN that was not understood.
pub fn ranges(facts: &Facts, bodies: &[Option<&Body>], when: When) -> Vec<Range> {
    if when == When::Always {
        let works = |index: &usize| !bodies[index - 1..=*index].iter().flatten().any(|body| body.marks.idle);
        return (1..bodies.len()).filter(works).map(|index| (index - 1, index, Worth::Gain)).collect();
    }
    let mut out: Vec<Range> = (1..bodies.len()).filter_map(|last| gain(facts, bodies, last)).collect();
    if when == When::Worthwhile {
        out.extend(kin(facts, bodies));
    }
    out
}

/// Neighbours that belong together. A long list of alike steps is left as it is: cut, its parts would look arbitrary.
fn kin(facts: &Facts, bodies: &[Option<&Body>]) -> Vec<Range> {
    let mut out = Vec::new();
    let related: Vec<bool> = (1..bodies.len()).map(|index| is_kin(facts, bodies[index - 1], bodies[index])).collect();
    let mut first = 0;
    for run in related.chunk_by(|left, right| left == right) {
        let parts = &bodies[first..=first + run.len()];
        let links: usize = parts.iter().flatten().map(|body| body.marks.links).sum();
        let cuttable = || parts.iter().flatten().all(|body| body.marks.sort == Sort::System);
        if run[0] && (links <= MOST || cuttable()) {
            out.extend((first + 1..=first + run.len()).map(|index| (index - 1, index, Worth::Kin)));
        }
        first += run.len();
    }
    out
}

fn gain(facts: &Facts, bodies: &[Option<&Body>], last: usize) -> Option<Range> {
    let known = bodies[..last].iter().rev().take(MOST - 1).take_while(|body| body.is_some()).count();
    let bodies: Vec<&Body> = bodies[last - known..=last].iter().flatten().copied().collect();
    let joined = bodies.windows(2).rev().take_while(|pair| !disabled_between(facts, pair[0], pair[1])).count();
    let marks: Vec<&Marks> =
        bodies.iter().skip(bodies.len().checked_sub(joined + 1)?).map(|body| &body.marks).collect();
    let skipped = bodies.len() - marks.len();
    let apart: Vec<bool> = std::iter::once(false)
        .chain(bodies[skipped..].windows(2).map(|pair| !comments_before(facts, pair[0], pair[1]).is_empty()))
        .collect();
    let from = saves_from(&marks, &apart)?;
    Some((last + 1 - marks.len() + from, last, Worth::Gain))
}

/// Whether two neighbours belong together: short and of one kind, and the author did not set them apart.
fn is_kin(facts: &Facts, left: Option<&Body>, right: Option<&Body>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    let lines = (lines(facts, left), lines(facts, right));
    let apart = right.item > left.item + 1
        || parted(facts, left.item, right.item)
        || !comments_before(facts, left, right).is_empty();
    !apart && are_kin(&left.marks, &right.marks, right.text.text(), lines)
}

/// Whether an instruction that is commented out stands between two RUNs: joined, it would stand among their commands.
fn disabled_between(facts: &Facts, left: &Body, right: &Body) -> bool {
    comments_before(facts, left, right).iter().any(|comment| is_disabled(comment))
}

fn is_disabled(comment: &str) -> bool {
    let text = comment.trim_start_matches('#').trim();
    let first = text.split([' ', '\t']).next().unwrap_or_default();
    let keyword = first.chars().all(|c| c.is_ascii_uppercase()) && Keyword::from_word(first) != Keyword::Unknown;
    keyword || text.ends_with('\\') || text.starts_with("&&")
}

/// How many lines its text has.
fn lines(facts: &Facts, body: &Body) -> usize {
    facts.source.slice(body.span).lines().count()
}

/// Whether what is joined stays short enough to be read: as a whole, or without its longest part.
pub fn fits(facts: &Facts, bodies: &[&Body], worth: Worth) -> bool {
    let small = |sizes: Vec<usize>, most: usize| {
        let (all, longest) = (sizes.iter().sum::<usize>(), sizes.iter().max().copied().unwrap_or_default());
        all <= most || all - longest <= LITTLE
    };
    let lines = small(bodies.iter().map(|body| lines(facts, body)).collect(), LINES);
    let links = || small(bodies.iter().map(|body| body.marks.links).collect(), MOST);
    lines && bodies.len() <= MOST && (worth == Worth::Gain || links())
}
