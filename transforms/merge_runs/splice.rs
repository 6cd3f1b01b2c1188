//! The joined text: the bytes of each RUN as they are, with `&&` and a continuation between, in the style of the file.

use super::body::Wrap;
use super::*;
use crate::edit::{Edit, EditSet};
use crate::facts::layout::{Style, attached, parted, taken_away};
use crate::text::Span;

/// The edits that join a chain, and the joined instruction up to the end of its line. `None` where they would overlap.
pub fn edits(facts: &Facts, chain: &[&Body], wraps: &[Wrap], style: &Style) -> Option<(EditSet, String)> {
    let (head, tail) = (chain.first()?, chain.last()?);
    let home =
        (1..chain.len()).rev().find(|index| parted(facts, chain[index - 1].item, chain[*index].item)).unwrap_or(0);
    let mut text = head_text(facts, head, home > 0);
    text.push_str(&wrapped(facts, head, wraps[0], chain.len() == 1));
    for index in 1..chain.len() {
        let comments = comments_before(facts, chain[index - 1], chain[index]);
        let body = wrapped(facts, chain[index], wraps[index], index + 1 == chain.len());
        text.push_str(&style.join(&comments, &body));
    }
    let start = match home {
        0 => head.instruction.keyword_span.start as usize,
        index => attached(facts, chain[index].item),
    };
    let mut edits = vec![Edit::replace(Span::new(start, tail.span.end as usize), text.clone())];
    edits.extend(moved_away(facts, &chain[..home]));
    EditSet::new(edits).ok().map(|edits| (edits, text))
}

/// What stands before the first RUN's text: keyword and flags, and its comments where it moves.
fn head_text(facts: &Facts, head: &Body, moves: bool) -> String {
    let start = match moves {
        true => attached(facts, head.item),
        false => head.instruction.keyword_span.start as usize,
    };
    facts.source.text()[start..head.span.start as usize].to_owned()
}

/// Takes away the RUNs that are joined to a later one across other instructions, with the comments above and between them
/// and, where that would leave two blank lines, one of these.
fn moved_away(facts: &Facts, bodies: &[&Body]) -> Vec<Edit> {
    let gone = |neighbours: &[&Body]| {
        let (first, last) = (neighbours.first()?.item, neighbours.last()?.item);
        Some(Edit::delete(taken_away(facts, attached(facts, first), last)))
    };
    bodies.chunk_by(|left, right| !parted(facts, left.item, right.item)).filter_map(gone).collect()
}

/// The text of a RUN, grouped.
fn wrapped(facts: &Facts, body: &Body, wrap: Wrap, last: bool) -> String {
    let raw = facts.source.slice(body.span);
    let text = match body.last_semicolon() {
        Some(semicolon) if !last || wrap != Wrap::Bare => {
            let at = body.text.offset(semicolon.start as usize) - body.span.start as usize;
            format!("{}{}", raw[..at].trim_end_matches([' ', '\t']), &raw[at + 1..])
        }
        _ => raw.to_owned(),
    };
    match wrap {
        Wrap::Bare => text,
        Wrap::Subshell => format!("( {text} )"),
        Wrap::Brace if body.ends_in_background() => format!("{{ {text} }}"),
        Wrap::Brace => format!("{{ {text}; }}"),
    }
}

/// The comment lines between the texts of two RUNs, in order; those above other instructions in between are not taken.
pub fn comments_before(facts: &Facts, left: &Body, right: &Body) -> Vec<String> {
    let source = facts.source;
    let items = &facts.file.items;
    let behind = Span::new(left.span.end as usize, items[left.item].span.end as usize);
    let from = match parted(facts, left.item, right.item) {
        true => attached(facts, right.item),
        false => behind.end as usize,
    };
    let above = Span::new(from, right.instruction.keyword_span.start as usize);
    let before = Span::new(right.instruction.keyword_span.end as usize, right.span.start as usize);
    let lines = [behind, above, before].into_iter().flat_map(|span| source.slice(span).lines());
    lines.map(str::trim).filter(|line| line.starts_with('#')).map(str::to_owned).collect()
}
