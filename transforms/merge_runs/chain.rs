//! A group of RUNs: which neighbours are joined, how each is grouped, and why the others are not.

use super::body::Wrap;
use super::worth::{self, Worth};
use super::*;
use crate::engine::Rewrite;
use crate::engine::refusals::KEPT;
use crate::facts::effects::{Moves, Ran};
use crate::facts::layout::{Style, attached, parted};
use crate::facts::{Effects, Step, keep};
use crate::knowledge::paths::Absolute;
use crate::knowledge::programs::{self, Kind};
use crate::shell::{self, Shell};
use crate::syntax::{self, ItemKind};
use crate::text::{Source, Span};
use std::collections::HashMap;
use std::ops::Range;

/// Longest joined text, in bytes. The kernel takes 128 KiB for one argument; room is left for other tools.
const LONGEST: usize = 32 << 10;
/// How often a chain is cut where it would look odd; what is odd even then is left as it is.
const PASSES: usize = 4;

/// Joins what is worth it and can be joined in a group of steps; says why the rest of what is worth it is not. The first `shared`
/// steps of the stage are those of another one, too.
pub fn merge(facts: &Facts, stage: &Stage, group: &[usize], (when, shared): (When, usize), out: &mut Findings) {
    let steps: Vec<&Step> = group.iter().map(|index| &stage.steps[*index]).collect();
    let read: Vec<Result<Body, Reason>> = steps.iter().map(|step| Body::read(facts, stage, step)).collect();
    let bodies: Vec<Option<&Body>> = read.iter().map(|body| body.as_ref().ok()).collect();
    let ranges = worth::ranges(facts, &bodies, when);
    let common = group.iter().filter(|step| **step < shared).count();
    let barriers = barriers(facts, &read, &ranges, common);
    for (step, reason) in steps.iter().zip(&barriers) {
        let refused = reason.iter().map(|(refusal, what)| (step.instruction.keyword_span, *refusal, what.clone()));
        out.refused.extend(refused);
    }
    let mut glue = glue(facts, &bodies, ranges, &barriers, when);
    for _ in 0..PASSES {
        let odd: Vec<usize> = segments(&glue).flat_map(|segment| oddities(&bodies, segment, &glue)).collect();
        odd.iter().for_each(|border| glue[*border] = None);
        if odd.is_empty() {
            segments(&glue).for_each(|segment| close(facts, chain(&bodies, segment), out));
            return;
        }
    }
}

/// Why a RUN is not joined to the one before it; `None` for those that can be, or that need not. The first `common` of them are
/// shared with another stage.
fn barriers(
    facts: &Facts,
    read: &[Result<Body, Reason>],
    ranges: &[worth::Range],
    common: usize,
) -> Vec<Option<Reason>> {
    let mut wanted = vec![false; read.len()];
    for (from, last, _) in ranges {
        wanted[from + 1..=*last].fill(true);
    }
    let mut first = 0;
    let mut out: Vec<Option<Reason>> = vec![None; read.len()];
    for index in 1..read.len() {
        out[index] = match (&read[index - 1], &read[index]) {
            _ if !wanted[index] => None,
            (Err(reason), _) | (_, Err(reason)) => Some(reason.clone()),
            (Ok(_), Ok(_)) if index <= common => Some((&SHARED_STEPS, SHARED_STEPS.summary.to_owned())),
            (Ok(_), Ok(next)) => {
                let chain: Vec<&Body> = read[first..index].iter().filter_map(|body| body.as_ref().ok()).collect();
                joins(facts, &chain, next).err()
            }
        };
        if out[index].is_some() || !wanted[index] {
            first = index;
        }
    }
    out
}

/// Which RUNs are joined to the one before them, and why: those that save bytes first.
fn glue(
    facts: &Facts,
    bodies: &[Option<&Body>],
    mut ranges: Vec<worth::Range>,
    barriers: &[Option<Reason>],
    when: When,
) -> Vec<Option<Worth>> {
    let mut glue: Vec<Option<Worth>> = vec![None; bodies.len()];
    ranges.sort_by_key(|(from, last, worth)| (std::cmp::Reverse(*worth), *from, *last));
    for (from, last, worth) in ranges {
        if barriers[from + 1..=last].iter().any(Option::is_some) {
            continue;
        }
        let start = from - glue[..=from].iter().rev().take_while(|border| border.is_some()).count();
        let end = last + glue[last + 1..].iter().take_while(|border| border.is_some()).count();
        if when != When::Worthwhile || worth::fits(facts, &chain(bodies, start..end + 1), worth) {
            glue[from + 1..=last].iter_mut().for_each(|border| *border = (*border).max(Some(worth)));
        }
    }
    glue
}

/// The RUNs that are joined to each other.
fn segments(glue: &[Option<Worth>]) -> impl Iterator<Item = Range<usize>> + '_ {
    let starts = (0..glue.len()).filter(|index| glue[*index].is_none());
    let length = |start: usize| 1 + glue[start + 1..].iter().take_while(|border| border.is_some()).count();
    starts.map(move |start| start..start + length(start)).filter(|segment| segment.len() > 1)
}

fn chain<'b, 'f>(bodies: &[Option<&'b Body<'f>>], segment: Range<usize>) -> Vec<&'b Body<'f>> {
    bodies[segment].iter().flatten().copied().collect()
}

/// Where a segment is cut: on both sides of what would have to be grouped though that saves nothing, and of what would look odd
/// in parentheses.
fn oddities(bodies: &[Option<&Body>], segment: Range<usize>, glue: &[Option<Worth>]) -> Vec<usize> {
    let all = chain(bodies, segment.clone());
    let mut out = Vec::new();
    for ((at, body), wrap) in segment.clone().zip(&all).zip(wraps(&all)) {
        let odd = wrap == Wrap::Subshell && (body.is_single() || body.marks.sets_options);
        let borders = [at, at + 1].into_iter().filter(|border| *border > segment.start && *border < segment.end);
        out.extend(borders.filter(|border| odd || (wrap != Wrap::Bare && glue[*border] == Some(Worth::Kin))));
    }
    out
}

/// Whether `next` can be joined to the end of a chain.
fn joins(facts: &Facts, chain: &[&Body], next: &Body) -> Result<(), Reason> {
    let Some(last) = chain.last().copied() else { return Ok(()) };
    if [last, next].iter().any(|body| facts.kept.keeps(body.item, &META.names())) {
        return Err((&KEPT, KEPT.summary.to_owned()));
    }
    same_flags(last, next)?;
    last.as_left()?;
    if let (Some((_, what)), true) =
        (chain.iter().find_map(|body| body.effects.hard_links.as_ref()), next.effects.changes)
    {
        return Err((mark!(HARD_LINKS, "made"), what.clone()));
    }
    let packages = chain.iter().any(|body| body.effects.packages);
    let own = |path: &Absolute| chain.iter().any(|body| body.effects.made.contains(path));
    let mut changed = next.effects.in_place.iter().filter(|(_, path)| !path.as_ref().is_some_and(own));
    if let (true, Some((what, _))) = (packages, changed.next()) {
        return Err((
            mark!(HARD_LINKS, "of-packages"),
            format!("{what}, and a package may have given it a second name by a hard link"),
        ));
    }
    if ["BASH_SUBSHELL", "BASHPID"].iter().any(|name| last.text.text().contains(name)) {
        return Err((mark!(SHELL_HISTORY, "process"), "it looks at the shell that runs it".to_owned()));
    }
    next.as_right()?;
    if let Some(pragma) = pragma_between(facts, last.item, next.item) {
        return Err((mark!(PRAGMA, "between"), format!("`{pragma}` works only directly above an instruction")));
    }
    if parted(facts, last.item, next.item) && chain.first().is_some_and(|head| leaves_pragma(facts, head.item)) {
        return Err((
            mark!(PRAGMA, "above"),
            "the first RUN would move away from the comment above it that a tool reads".to_owned(),
        ));
    }
    let length: usize = chain.iter().copied().chain([next]).map(|body| body.span.len() + 8).sum();
    if length > LONGEST {
        return Err((&TOO_LONG, format!("together they would have {length} bytes")));
    }
    Ok(())
}

fn same_flags(left: &Body, right: &Body) -> Result<(), Reason> {
    let texts = |body: &Body| body.instruction.flags.iter().map(|flag| flag.text.clone()).collect::<Vec<String>>();
    let flags = texts(left);
    if flags != texts(right) {
        return Err((&FLAGS_DIFFER, "their flags (mounts, network, security) differ".to_owned()));
    }
    match flags.iter().find(|flag| flag.starts_with("--mount") && !lasts(flag)) {
        Some(flag) => Err((&MOUNT, format!("what is written under `{flag}` may be gone after each RUN"))),
        None => Ok(()),
    }
}

/// Whether a mount is the same for two RUNs as for one: a cache, a secret, an agent, or a bind that can't be written.
fn lasts(mount: &str) -> bool {
    let fields: Vec<(String, &str)> = mount
        .trim_start_matches("--mount=")
        .split(',')
        .map(|field| {
            field.split_once('=').map_or((field.to_lowercase(), ""), |(key, value)| (key.to_lowercase(), value))
        })
        .collect();
    let kind = fields.iter().find(|(key, _)| key == "type").map_or("bind", |(_, value)| *value);
    let writable = |(key, value): &(String, &str)| match key.as_str() {
        "rw" | "readwrite" => true,
        "ro" | "readonly" => !matches!(*value, "" | "true"),
        _ => false,
    };
    match kind {
        "cache" | "secret" | "ssh" => true,
        "bind" => !fields.iter().any(writable),
        _ => false,
    }
}

/// Whether a comment that a tool reads stands above an item, but not directly, so that it would not move with it.
fn leaves_pragma(facts: &Facts, item: usize) -> bool {
    let directly = attached(facts, item) as u32;
    let above =
        facts.file.items.iter().take(item).rev().take_while(|one| !matches!(one.kind, ItemKind::Instruction(_)));
    let mut comments = above.filter(|one| matches!(one.kind, ItemKind::Comment));
    comments.any(|one| one.span.start < directly && keep::is_pragma(facts.source, one))
}

/// A comment above the second RUN that a tool reads for the instruction below it.
fn pragma_between(facts: &Facts, left: usize, right: usize) -> Option<String> {
    let between = facts.file.items.iter().take(right).skip(left + 1).rev();
    let above = between.take_while(|item| !matches!(item.kind, ItemKind::Instruction(_)));
    let mut comments = above.filter(|item| matches!(item.kind, ItemKind::Comment));
    let pragma = comments.find(|item| keep::is_pragma(facts.source, item))?;
    Some(facts.source.slice(pragma.span).trim().to_owned())
}

/// Proposes the rewrite of a chain.
fn close(facts: &Facts, chain: Vec<&Body>, out: &mut Findings) {
    let wraps = wraps(&chain);
    let at = chain.iter().fold(chain[0].span, |all, body| all.to(body.span));
    let style = Style::of_runs(facts, chain.iter().map(|body| body.item));
    match splice::edits(facts, &chain, &wraps, &style).filter(|(_, text)| reads_as_meant(facts, &chain, text)) {
        Some((edits, _)) => out.rewrites.push(Rewrite {
            at: chain[0].instruction.keyword_span.to(chain[0].span),
            title: format!("merge {} RUNs into one", chain.len()),
            reason: "one layer, cached as a whole; what a later command deletes is never stored".to_owned(),
            level: Level::Safe,
            edits,
            notes: notes(&chain, &wraps),
            touches: Vec::new(),
        }),
        None => out.refused.push((
            at,
            mark!(READ_DIFFERENTLY, "joined"),
            "the joined text would be read differently".to_owned(),
        )),
    }
}

/// How each is grouped, so that neither the state of a shell nor the places it remembers reach the next.
fn wraps(chain: &[&Body]) -> Vec<Wrap> {
    let last = chain.len() - 1;
    let wrap = |(index, body): (usize, &&Body)| match index == last {
        true => body.as_last(),
        false => body.as_left(),
    };
    let mut wraps: Vec<Wrap> = chain.iter().enumerate().map(|pair| wrap(pair).unwrap_or(Wrap::Subshell)).collect();
    // each pass groups at least one more
    while forget_moved(chain, &mut wraps) {}
    for (index, wrap) in wraps.iter_mut().enumerate().take(last).skip(1) {
        if moves_for_others(chain, index) {
            *wrap = Wrap::Subshell;
        }
    }
    wraps
}

/// Whether a RUN names a command in what it installs, moves or makes executable, and this command runs before and after it:
/// a tool that upgrades itself changes the shell as much as a `cd` does.
fn moves_for_others(chain: &[&Body], index: usize) -> bool {
    let runs = |bodies: &[&Body], name: &str| {
        bodies
            .iter()
            .flat_map(|body| &body.effects.ran)
            .any(|ran| ran.name.as_deref().is_some_and(|ran| stem(ran) == stem(name)))
    };
    let names = chain[index].effects.ran.iter().filter_map(|ran| match &ran.moves {
        Moves::Names(names) => Some(names),
        _ => None,
    });
    names.flatten().any(|name| runs(&chain[..index], name) && runs(&chain[index + 1..], name))
}

/// Groups the RUNs whose shell remembers the place of a command that another may move before it is used again, and the ones
/// that move it. Says whether there were any.
fn forget_moved(chain: &[&Body], wraps: &mut [Wrap]) -> bool {
    let all: Vec<(usize, &Ran)> = chain
        .iter()
        .enumerate()
        .flat_map(|(index, body)| body.effects.ran.iter().map(move |ran| (index, ran)))
        .collect();
    let names = |(at, (index, ran)): (usize, &(usize, &'_ Ran))| Some((ran.name.clone()?, (at, *index)));
    let last_use: HashMap<String, (usize, usize)> = all.iter().enumerate().filter_map(names).collect();
    let mut remembered: HashMap<&str, usize> = HashMap::new();
    let mut found = false;
    for (at, (index, ran)) in all.iter().enumerate() {
        if let Some(name) = ran.name.as_deref().filter(|_| ran.remembered && wraps[*index] != Wrap::Subshell) {
            remembered.entry(name).or_insert(*index);
        }
        if ran.moves == Moves::Nothing {
            continue;
        }
        remembered.retain(|name, remembers| {
            let (last, user) = last_use.get(*name).copied().unwrap_or_default();
            let stale = last > at && user > *remembers && may_move(&ran.moves, name);
            if stale {
                wraps[*remembers] = Wrap::Subshell;
                if *index + 1 < chain.len() {
                    wraps[*index] = Wrap::Subshell;
                }
            }
            found |= stale;
            !stale
        });
    }
    found
}

fn may_move(moves: &Moves, name: &str) -> bool {
    match moves {
        Moves::Nothing => false,
        Moves::Names(names) => names.iter().any(|moved| stem(moved) == stem(name)),
        Moves::Some => !programs::is(name, Kind::Core) && !programs::is(name, Kind::Toolchain),
        Moves::Any => !programs::is(name, Kind::Core),
    }
}

/// `pip3.9` → `pip`.
fn stem(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
}

fn notes(chain: &[&Body], wraps: &[Wrap]) -> Vec<String> {
    let why = |(body, wrap): (&&Body, &Wrap)| {
        let Effects { state, leaves, .. } = &*body.effects;
        let line = body.instruction.lines.0;
        match (wrap, state.as_ref().or(leaves.as_ref())) {
            (Wrap::Subshell, Some((_, what))) => Some(format!("`( … )` around the RUN of line {line}: {what}")),
            (Wrap::Subshell, None) => Some(format!("`( … )` around the RUN of line {line}: a command may move")),
            _ => None,
        }
    };
    chain.iter().zip(wraps).filter_map(why).collect()
}

/// Whether the joined instruction, alone behind a FROM, is read as meant: one RUN, the heredocs of the last, the shell text
/// understood.
fn reads_as_meant(facts: &Facts, chain: &[&Body], text: &str) -> bool {
    let Some(tail) = chain.last() else { return false };
    let rest = Span { start: tail.span.end, end: facts.file.items[tail.item].span.end };
    let escape = if facts.file.escape == '`' { "# escape=`\n" } else { "" };
    let source = Source::new(format!("{escape}FROM scratch\n{text}{}", facts.source.slice(rest)));
    let parsed = syntax::parse(&source);
    let mut runs = parsed.file.instructions().map(|(_, one)| one).skip(1);
    let (Some(run), None) = (runs.next(), runs.next()) else { return false };
    let understood = run.script(&source).is_some_and(|text| matches!(shell::parse(text.text()), Shell::Script(_)));
    parsed.errors.is_empty()
        && run.opaque.is_none()
        && run.heredocs.len() == tail.instruction.heredocs.len()
        && understood
}
