//! The edits: flags come to the COPYs, commands go from the RUN, or all of it.

use super::*;
use crate::edit::Edit;
use crate::engine::Rewrite;
use crate::facts::layout::{attached, flag_place, taken_away};
use crate::facts::packages::Work;
use crate::facts::{Step, keep};
use crate::shell::Pipeline;
use crate::text::Span;

/// A command that goes, and what comes in its place.
pub struct Move<'a> {
    /// The command.
    pub ask: &'a OwnershipCommand,
    /// How far it goes.
    pub level: Level,
    /// The flags, each with the step that gets it.
    pub flags: Vec<(usize, String)>,
    /// The permissions of a file of the build context decided.
    pub of_context: bool,
    /// The command stays for the directories that it names, and for these in them.
    pub left: Option<Vec<String>>,
}

/// The rewrite of one RUN.
///
/// # Errors
/// Why it can't be written down.
pub fn rewrite(facts: &Facts, stage: usize, run: usize, moves: &[Move]) -> Result<Option<Rewrite>, Reason> {
    let steps = &facts.stages[stage].steps;
    let step = &steps[run];
    let mut edits: Vec<Edit> = Vec::new();
    for (copy, flag) in moves.iter().flat_map(|one| &one.flags) {
        edits.push(Edit::insert(flag_place(steps[*copy].instruction), format!(" {flag}")));
    }
    let copies = moves.iter().flat_map(|one| one.flags.iter().map(|(step, _)| *step));
    let first = copies.min().map_or(step.item, |copy| steps[copy].item);
    edits.extend(taken(facts, stage, step, moves, first)?);
    let level = moves.iter().map(|one| one.level).max().unwrap_or(Level::Safe);
    let reason = "a RUN that changes what was copied stores it a second time";
    let title = title(facts, stage, moves);
    let mut found = Rewrite::new(moves[0].ask.at, level, title, reason, edits);
    if let Some(found) = &mut found
        && moves.iter().any(|one| one.of_context)
    {
        found.notes.push("the permissions are those that the file has in this build context".to_owned());
    }
    Ok(found)
}

fn title(facts: &Facts, stage: usize, moves: &[Move]) -> String {
    let flags: Vec<&str> = moves.iter().flat_map(|one| one.flags.iter().map(|(_, flag)| flag.as_str())).collect();
    let copy = moves.iter().flat_map(|one| &one.flags).next();
    match (copy, flags.as_slice()) {
        (Some((step, _)), [one]) => {
            let keyword = facts.stages[stage].steps[*step].instruction.keyword.name();
            format!("say `{one}` in the {keyword}")
        }
        (Some(_), _) => "say owner and permissions where the files are copied".to_owned(),
        (None, _) => "drop a `chown` to root of what is root's".to_owned(),
    }
}

/// What goes: links of the chain, or the whole RUN, whose comments move above the first COPY.
fn taken(facts: &Facts, stage: usize, step: &Step, moves: &[Move], copy: usize) -> Result<Vec<Edit>, Reason> {
    let work = facts.work(&facts.stages[stage], step);
    let mut stays: Vec<Edit> = Vec::new();
    for one in moves.iter().filter(|one| one.left.is_some()) {
        stays.extend(work.as_ref().map(|work| shortened(work, one)).unwrap_or_default());
    }
    let all = moves.iter().filter(|one| one.left.is_none());
    let gone: Vec<usize> = all.filter_map(|one| one.ask.link).collect();
    if gone.is_empty() && !stays.is_empty() {
        return Ok(stays);
    }
    let edits = gone_from(facts, work, (step, copy), &gone)?;
    Ok(stays.into_iter().chain(edits).collect())
}

/// A command that changes directories alone from now on: without its `-R`, and with those that stand in what it names.
fn shortened(work: &Work, one: &Move) -> Vec<Edit> {
    let Some(option) = one.ask.recursive_at else { return Vec::new() };
    let text = work.text.text();
    let start = work.text.offset(option.start as usize);
    let blank = text[option.end as usize..].len() - text[option.end as usize..].trim_start_matches([' ', '\t']).len();
    let end = work.text.offset(option.end as usize + blank);
    let words: String = one.left.iter().flatten().map(|path| format!(" {path}")).collect();
    let mut edits = vec![Edit::delete(Span::new(start, end))];
    if !words.is_empty() {
        edits.push(Edit::insert(one.ask.at.end as usize, words));
    }
    edits
}

/// Links that go, or the whole RUN with them.
fn gone_from(
    facts: &Facts,
    work: Option<Work>,
    (step, copy): (&Step, usize),
    gone: &[usize],
) -> Result<Vec<Edit>, Reason> {
    match work {
        Some(work) if gone.len() < work.script.list.pipelines().count() => {
            if between::only_moves(&work, gone) {
                return refuse(mark!(NOT_A_CHAIN, "only-cd"), "nothing but its `cd` would be left of the RUN");
            }
            if left_as_list(&work, gone) {
                return refuse(&READ_DIFFERENTLY, "what is left of the RUN would be read as the exec form");
            }
            without(facts, &work, gone)
        }
        Some(work) if comment_behind(&work) => {
            refuse(mark!(COMMENT, "behind"), "a comment inside the RUN would lose its place")
        }
        _ => whole(facts, step, copy),
    }
}

/// Whether the shell text ends with a comment: `chmod 755 x # why`.
fn comment_behind(work: &Work) -> bool {
    let text = work.text.text();
    work.script.list.pipelines().last().is_some_and(|last| text[last.span.end as usize..].contains('#'))
}

/// Whether all that is left is a test such as `[ "x" ]`, which an instruction takes for a list of words.
fn left_as_list(work: &Work, gone: &[usize]) -> bool {
    let text = work.text.text();
    let links = work.script.list.pipelines().enumerate().filter(|(index, _)| !gone.contains(index));
    let mut left = links.map(|(_, link)| text[link.span.range()].trim());
    let (first, last) = (left.next().unwrap_or_default(), left.last());
    let inner = first.strip_prefix('[').map(str::trim_start);
    last.unwrap_or(first).ends_with(']') && inner.is_some_and(|inner| inner.starts_with(['"', ']']))
}

/// Links taken out of a chain, each with the `&&` that binds it to the next one, or the last ones to what is before them.
fn without(facts: &Facts, work: &Work, gone: &[usize]) -> Result<Vec<Edit>, Reason> {
    let all: Vec<&Pipeline> = work.script.list.pipelines().collect();
    let kept = |index: &usize| !gone.contains(index);
    let last = (0..all.len()).rev().find(kept).unwrap_or(0);
    let mut edits = Vec::new();
    for index in gone.iter().filter(|index| **index < last) {
        let start = work.text.offset(all[*index].span.start as usize);
        edits.push(Span::new(start, work.text.offset(all[index + 1].span.start as usize)));
    }
    if let Some(end) = all.last().filter(|_| last + 1 < all.len()) {
        let start = work.file_offset_behind(all[last].span.end);
        edits.push(Span::new(start, work.file_offset_behind(end.span.end)));
    }
    match edits.iter().any(|span| commented(facts, *span)) {
        true => refuse(mark!(COMMENT, "in-the-chain"), "a comment inside the RUN would lose its place"),
        false => Ok(edits.into_iter().map(Edit::delete).collect()),
    }
}

fn commented(facts: &Facts, span: Span) -> bool {
    facts.source.slice(span).lines().any(|line| line.trim_start().starts_with('#'))
}

fn whole(facts: &Facts, step: &Step, copy: usize) -> Result<Vec<Edit>, Reason> {
    let items = &facts.file.items;
    let span = items[step.item].span;
    if commented(facts, span) {
        return refuse(mark!(COMMENT, "in-the-run"), "a comment inside the RUN would lose its place");
    }
    let start = attached(facts, step.item);
    let is_pragma = |item: &crate::syntax::Item| {
        matches!(item.kind, crate::syntax::ItemKind::Comment) && keep::is_pragma(facts.source, item)
    };
    let above = items[..step.item].iter().rev();
    let mut above = above.take_while(|item| !matches!(item.kind, crate::syntax::ItemKind::Instruction(_)));
    if above.any(is_pragma) {
        return refuse(&PRAGMA, "the comment above the RUN works only there");
    }
    let comments = &facts.source.text()[start..span.start as usize];
    let mut edits = vec![Edit::delete(taken_away(facts, start, step.item))];
    if !comments.is_empty() && copy != step.item {
        // one that a tool reads stays directly above its instruction
        let above = attached(facts, copy);
        let read = items[..copy].iter().rev().take_while(|item| item.span.start as usize >= above).any(is_pragma);
        let place = if read { above } else { items[copy].span.start as usize };
        edits.push(Edit::insert(place, comments));
    } else if !comments.is_empty() {
        return refuse(mark!(COMMENT, "above"), "a comment above the RUN would lose its place");
    }
    Ok(edits)
}
