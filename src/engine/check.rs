//! The check after each transform: the trace of the build is the same as before, but for what the transform may change.
//!
//! Items whose bytes are the same at the start and at the end of both files are left out: they mean the same where all before
//! them does. What is between is compared stage by stage: first what is set, then what is done, act by act, then what is
//! started. A difference must be one that a [`May`] of the transform allows, or its work is thrown away.
//!
//! # What it can't see
//! - Whether what a transform may do is right *here*: that `-f` changes no build, that a folder is there, that a file is no
//!   archive, what mode a file has. That is each transform's to prove.
//! - Where a comment stands; only that none is lost and none comes.
//! - What a shell remembers of the places of programs: whether `( … )` was needed for that.

mod acts;
mod commands;
mod join;
mod line;
mod seen;

use crate::engine::Meta;
use crate::engine::delta::{Bound, May};
use crate::engine::trace::script::Node;
use crate::engine::trace::{Act, Trace};
use crate::facts::{Facts, Scripts, ShellText, State};
use crate::syntax::{File, Instruction, Item, ItemKind, Keyword, Parsed};
use crate::text::Source;
use std::collections::HashMap;
use std::mem::discriminant;
use std::sync::Arc;

/// Compares a file before and after a transform's edits.
///
/// # Errors
/// What changed although the transform may not change it.
pub fn check(meta: &Meta, before: &Facts, after: (&Source, &Parsed)) -> Result<(), String> {
    check_read(meta, before, after, &Scripts::new(&after.1.file))
}

/// The same where scripts of the file after the edits may be read already; those that are read here stay read.
///
/// # Errors
/// As [`check`].
pub(super) fn check_read(
    meta: &Meta,
    before: &Facts,
    after: (&Source, &Parsed),
    scripts: &Scripts,
) -> Result<(), String> {
    if let Some(error) = after.1.errors.first() {
        return Err(format!("the file no longer parses: line {}: {}", error.line, error.message));
    }
    let old = Side { source: before.source, file: before.file, scripts: before.scripts() };
    let new = Side { source: after.0, file: &after.1.file, scripts };
    if old.file.escape != new.file.escape {
        return Err("the escape character changed".to_owned());
    }
    Check { may: meta.may, facts: before, old, new, bound: Bound::default() }.run()
}

/// A file, before or after.
#[derive(Clone, Copy)]
struct Side<'t> {
    source: &'t Source,
    file: &'t File,
    scripts: &'t Scripts,
}

impl<'t> Side<'t> {
    /// The text of a RUN that a POSIX shell reads.
    fn body(self, act: &Act<'t>) -> Option<&'t ShellText> {
        act.body(self.source, self.scripts)
    }

    /// Its normal form, if it was understood.
    fn node(self, act: &Act<'t>) -> Option<Node<'t>> {
        let (text, script) = self.body(act)?.script()?;
        Some(Node::of(text.text(), script))
    }

    fn item(self, index: usize) -> &'t Item {
        &self.file.items[index]
    }

    fn text(self, index: usize) -> &'t str {
        self.source.slice(self.item(index).span)
    }

    fn instruction(self, index: usize) -> Option<&'t Instruction> {
        match &self.item(index).kind {
            ItemKind::Instruction(instruction) => Some(instruction),
            _ => None,
        }
    }

    fn is_from(self, index: usize) -> bool {
        self.instruction(index).is_some_and(|one| one.keyword == Keyword::From)
    }

    /// All items but blank lines.
    fn items(self) -> Vec<usize> {
        let items = self.file.items.iter().enumerate();
        items.filter(|(_, item)| !matches!(item.kind, ItemKind::Blank)).map(|(index, _)| index).collect()
    }

    /// Some items, cut before each FROM; the first part may be empty.
    fn stages(self, items: &[usize]) -> Vec<&[usize]> {
        let mut out = Vec::new();
        let mut start = 0;
        for (at, _) in items.iter().enumerate().filter(|(_, item)| self.is_from(**item)) {
            out.push(&items[start..at]);
            start = at;
        }
        out.push(&items[start..]);
        out
    }

    /// How often each comment line stands among some items, outside of heredocs.
    fn count_comments(self, items: &[usize], step: i32, out: &mut HashMap<&'t str, i32>) {
        for item in items.iter().map(|index| self.item(*index)) {
            let end = match &item.kind {
                ItemKind::Instruction(one) => one.heredocs.first().map_or(item.span.end, |heredoc| heredoc.body.start),
                _ => item.span.end,
            };
            let text = &self.source.text()[item.span.start as usize..end as usize];
            if text.contains('#') {
                let lines = text.lines().map(str::trim).filter(|line| line.starts_with('#'));
                lines.for_each(|line| *out.entry(line).or_insert(0) += step);
            }
        }
    }
}

struct Check<'t> {
    may: &'static [May],
    facts: &'t Facts<'t>,
    old: Side<'t>,
    new: Side<'t>,
    /// What stands for names in what the transform may do.
    bound: Bound,
}

/// The items of both files among which all differences are.
struct Middle {
    old: Vec<usize>,
    new: Vec<usize>,
    /// The place in the file before at which it starts: an item, or their number.
    start: usize,
    /// How many FROMs are before it.
    stages: usize,
    /// What comes after it in the same stage, in the file before.
    behind: Vec<usize>,
}

/// A part of a stage, before and after.
struct Part<'p, 't> {
    old: Trace<'t>,
    new: Trace<'t>,
    /// Which stage; none before the first FROM.
    stage: Option<usize>,
    /// What comes after it in the same stage, in the file before.
    behind: &'p [usize],
}

impl<'t> Check<'t> {
    fn run(mut self) -> Result<(), String> {
        let middle = self.middle();
        self.same_comments(&middle)?;
        self.same_directives(&middle)?;
        let (old, new) = (self.old.stages(&middle.old), self.new.stages(&middle.new));
        if old.len() != new.len() {
            return Err(format!("the number of stages changed: {} FROM became {}", old.len() - 1, new.len() - 1));
        }
        for (index, (a, b)) in old.iter().zip(&new).enumerate() {
            let stage = (middle.stages + index).checked_sub(1);
            let state = self.state_at(stage, if index == 0 { middle.start } else { 0 });
            let behind: &[usize] = if index + 1 == old.len() { &middle.behind } else { &[] };
            let (old, new) = (trace(self.old, a, state.clone()), trace(self.new, b, state));
            self.part(&Part { old, new, stage, behind })?;
        }
        Ok(())
    }

    fn middle(&self) -> Middle {
        let (old, new) = (self.old.items(), self.new.items());
        let same = |(a, b): &(&usize, &usize)| {
            let kind = |side: Side<'t>, item: usize| discriminant(&side.item(item).kind);
            kind(self.old, **a) == kind(self.new, **b) && self.old.text(**a) == self.new.text(**b)
        };
        let start = old.iter().zip(&new).take_while(same).count();
        let most = old.len().min(new.len()) - start;
        let mut end = old.iter().rev().zip(new.iter().rev()).take(most).take_while(same).count();
        // what a stage ends with, its children begin with
        let reaches = self.may.iter().any(|may| matches!(may, May::Enter | May::Insert(..)));
        while reaches && end > 0 && !self.old.is_from(old[old.len() - end]) {
            end -= 1;
        }
        let ends = (old.len() - end, new.len() - end);
        let behind = old[ends.0..].iter().copied().take_while(|item| !self.old.is_from(*item)).collect();
        Middle {
            stages: old[..start].iter().filter(|item| self.old.is_from(**item)).count(),
            start: old.get(start).copied().unwrap_or(self.old.file.items.len()),
            behind,
            old: old[start..ends.0].to_vec(),
            new: new[start..ends.1].to_vec(),
        }
    }

    fn same_comments(&self, middle: &Middle) -> Result<(), String> {
        let mut counts = HashMap::new();
        self.old.count_comments(&middle.old, 1, &mut counts);
        self.new.count_comments(&middle.new, -1, &mut counts);
        lost(&counts)
    }

    /// Directives, and what can't be read, stay as they are.
    fn same_directives(&self, middle: &Middle) -> Result<(), String> {
        let texts = |side: Side<'t>, items: &[usize]| {
            let other = |item: &&usize| matches!(side.item(**item).kind, ItemKind::Directive(_) | ItemKind::Junk);
            items.iter().filter(other).map(|item| side.text(*item).trim()).collect::<Vec<_>>()
        };
        let (old, new) = (texts(self.old, &middle.old), texts(self.new, &middle.new));
        match old == new {
            true => Ok(()),
            false => Err(format!("the parser directives changed: {old:?} became {new:?}")),
        }
    }

    /// What is in force in a stage before an item.
    fn state_at(&self, stage: Option<usize>, item: usize) -> Arc<State> {
        let Some(stage) = stage.and_then(|stage| self.facts.stages.get(stage)) else { return Arc::default() };
        stage.steps.iter().find(|step| step.item >= item).map_or(&stage.end, |step| &step.before).clone()
    }
}

fn trace<'t>(side: Side<'t>, items: &[usize], state: Arc<State>) -> Trace<'t> {
    let mut out = Trace::new(state);
    let all = items.iter().filter_map(|item| Some((*item, side.instruction(*item)?)));
    all.for_each(|(item, one)| out.push(item, one));
    out
}

/// Says which comment does not stand there as often as before.
fn lost(counts: &HashMap<&str, i32>) -> Result<(), String> {
    match counts.iter().filter(|(_, count)| **count != 0).min() {
        Some((comment, count)) if *count > 0 => Err(format!("a comment is lost: `{comment}`")),
        Some((comment, _)) => Err(format!("a comment came: `{comment}`")),
        None => Ok(()),
    }
}
