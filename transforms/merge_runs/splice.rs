//! The joined text: the bytes of each RUN as they are, with `&&` and a continuation between, in the style of the file.

use super::body::Wrap;
use super::*;
use crate::edit::{Edit, EditSet};
use crate::syntax::{Item, ItemKind};
use crate::text::Span;

/// How the file writes long RUNs.
pub struct Style {
    /// White space before a continued line.
    indent: String,
    /// `&&` at the start of the line rather than at its end.
    leading: bool,
    escape: char,
    eol: &'static str,
}

/// The edits that join a chain, and the joined instruction up to the end of its line. `None` where they would overlap.
pub fn edits(facts: &Facts, chain: &[Body], wraps: &[Wrap], style: &Style) -> Option<(EditSet, String)> {
    let (head, tail) = (chain.first()?, chain.last()?);
    let home =
        (1..chain.len()).rev().find(|index| parted(facts, chain[index - 1].item, chain[*index].item)).unwrap_or(0);
    let mut text = head_text(facts, head, home > 0);
    text.push_str(&wrapped(facts, head, wraps[0], chain.len() == 1));
    for index in 1..chain.len() {
        let comments = comments_before(facts, &chain[index - 1], &chain[index]);
        let body = wrapped(facts, &chain[index], wraps[index], index + 1 == chain.len());
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

/// Whether another instruction stands between two items.
pub(super) fn parted(facts: &Facts, left: usize, right: usize) -> bool {
    facts.file.items[left + 1..right].iter().any(|item| matches!(item.kind, ItemKind::Instruction(_)))
}

/// Where the comments begin that stand directly above an item.
pub(super) fn attached(facts: &Facts, item: usize) -> usize {
    let items = &facts.file.items;
    let is_comment = |item: &&Item| matches!(item.kind, ItemKind::Comment);
    let count = items[..item].iter().rev().take_while(is_comment).count();
    items[item - count].span.start as usize
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
fn moved_away(facts: &Facts, bodies: &[Body]) -> Vec<Edit> {
    let items = &facts.file.items;
    let blank = |index: usize| items.get(index).is_some_and(|item| matches!(item.kind, ItemKind::Blank));
    let gone = |neighbours: &[Body]| {
        let (first, last) = (neighbours.first()?.item, neighbours.last()?.item);
        let start = attached(facts, first);
        let above = items.partition_point(|item| (item.span.start as usize) < start);
        let both = blank(last + 1) && above.checked_sub(1).is_some_and(blank);
        Some(Edit::delete(Span::new(start, items[last + usize::from(both)].span.end as usize)))
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
fn comments_before(facts: &Facts, left: &Body, right: &Body) -> Vec<String> {
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

impl Style {
    /// Reads the style from the continued lines of the file's RUNs; where there are none: four spaces, `&&` at the start.
    pub fn of(facts: &Facts) -> Style {
        let runs = facts.file.instructions().filter(|(_, one)| one.keyword == Keyword::Run && one.heredocs.is_empty());
        let lines = runs.flat_map(|(item, _)| continued_lines(facts, item));
        let lines: Vec<Continued> = lines.collect();
        let leading: Vec<&str> = lines.iter().filter(|line| line.leads).map(|line| line.indent).collect();
        let trailing: Vec<&str> = lines.iter().filter(|line| line.trails).map(|line| line.indent).collect();
        let all: Vec<&str> = lines.iter().map(|line| line.indent).collect();
        let leads = leading.len() >= trailing.len();
        let sample = match leads {
            true if leading.is_empty() => &all,
            true => &leading,
            false => &trailing,
        };
        let indent = usual(sample).unwrap_or("    ").to_owned();
        Style { indent, leading: leads, escape: facts.file.escape, eol: facts.source.eol() }
    }

    fn join(&self, comments: &[String], body: &str) -> String {
        let Style { indent, escape, eol, .. } = self;
        let comments: String = comments.iter().map(|comment| format!("{indent}{comment}{eol}")).collect();
        match self.leading {
            true => format!(" {escape}{eol}{comments}{indent}&& {body}"),
            false => format!(" && {escape}{eol}{comments}{indent}{body}"),
        }
    }
}

/// A continued line of a RUN.
struct Continued<'t> {
    /// The white space that it starts with.
    indent: &'t str,
    /// It starts with `&&`.
    leads: bool,
    /// The line before it ends with `&&`.
    trails: bool,
}

/// The lines of a RUN but the first; comments and blank lines are passed over.
fn continued_lines<'t>(facts: &'t Facts, item: usize) -> impl Iterator<Item = Continued<'t>> {
    let lines = facts.source.slice(facts.file.items[item].span).lines();
    let code = lines.filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
    let mut before = "";
    let escape = facts.file.escape;
    let read = move |line: &'t str| {
        let text = line.trim_start_matches([' ', '\t']);
        let trails = before.trim_end().trim_end_matches(escape).trim_end().ends_with("&&");
        let indent = &line[..line.len() - text.len()];
        before = line;
        Continued { indent, leads: text.starts_with("&&"), trails }
    };
    code.map(read).skip(1)
}

/// The most frequent one that is not empty; the first one wins a tie.
fn usual<'t>(indents: &[&'t str]) -> Option<&'t str> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for indent in indents.iter().filter(|indent| !indent.is_empty()) {
        match counts.iter_mut().find(|(known, _)| known == indent) {
            Some((_, count)) => *count += 1,
            None => counts.push((indent, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(indent, _)| indent)
}
