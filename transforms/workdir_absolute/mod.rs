//! workdir-absolute: a relative WORKDIR names its whole path.
//!
//! # Motivation
//! A relative WORKDIR depends on every one before it, up to the base image: a line that is inserted, or a new base, moves it.
//!
//! # Soundness
//! The folder is the same if
//!  1. frontends agree on the text, and the path is plain: no quotes, escapes, variables or spaces;
//!  2. the folder that it is relative to is known: by a WORKDIR of this file, or of a known base image;
//!  3. no variable led there: the whole path would repeat its value, and no longer follow it.
//!
//! A WORKDIR that stands directly above and is a parent of the next one's folder is dropped with it: whoever makes a folder
//! makes its parents, with the same owner and mode, since no USER stands between. That is one layer less.
//!
//! Sources: the Dockerfile reference, BuildKit's dispatch of WORKDIR, and builds of both forms.

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::{NOT_PLAIN, UNKNOWN_PATH, VARIABLE, VERSION_DEPENDENT};
use crate::engine::{Chosen, Findings, Level, Meta, Reason, Rewrite, Transform, refuse};
use crate::facts::history::Place;
use crate::facts::state::{LONGEST_PATH, clean};
use crate::facts::{Facts, History, Known, Stage, Step, layout};
use crate::syntax::{Args, Instruction, Keyword};

/// The transform.
pub struct WorkdirAbsolute;

static META: Meta = Meta {
    id: "workdir-absolute",
    summary: "a relative WORKDIR names its whole path",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[],
    intends: &[],
    refusals: &[&NOT_PLAIN, &UNKNOWN_PATH, &VARIABLE, &VERSION_DEPENDENT],
    options: &[],
    hadolint: &["DL3000"],
    checks: &["WorkdirRelativePath", "DS-0009"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for WorkdirAbsolute {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let by_variable = ByVariable { facts, history: History::new(facts) };
        for (number, stage) in facts.stages.iter().enumerate() {
            let mut group: Vec<Workdir> = Vec::new();
            for (index, step) in stage.steps.iter().enumerate() {
                if step.instruction.keyword != Keyword::Workdir {
                    continue;
                }
                let place = read(stage, (number, index), &by_variable, out);
                if !place.as_ref().is_some_and(|place| joins(facts, &group, place)) {
                    close(&std::mem::take(&mut group), out);
                }
                group.extend(place);
            }
            close(&group, out);
        }
    }
}

/// A WORKDIR whose folder is known.
struct Workdir<'f> {
    item: usize,
    one: &'f Instruction,
    path: String,
    relative: bool,
}

/// Where a WORKDIR leads, if it is plain; says why a relative one is left alone.
fn read<'f>(stage: &Stage<'f>, place: Place, by_variable: &ByVariable, out: &mut Findings) -> Option<Workdir<'f>> {
    let step = &stage.steps[place.1];
    let Args::Text(text) = &step.instruction.args else { return None };
    let raw = text.text.as_str();
    let relative = !raw.starts_with(['/', '$', '"', '\'', '\\', '`']) && !raw.contains(':');
    let (item, one) = (step.item, step.instruction);
    if !relative {
        let plain = is_plain(one, raw) && raw.starts_with('/');
        return plain.then(|| Workdir { item, one, path: clean(raw), relative });
    }
    match whole_path(step, place, by_variable, raw) {
        Ok(path) => Some(Workdir { item, one, path, relative }),
        Err((refusal, what)) => {
            out.refuse(one.keyword_span, refusal, what);
            None
        }
    }
}

/// The whole path of a relative one.
fn whole_path(step: &Step, place: Place, by_variable: &ByVariable, raw: &str) -> Result<String, Reason> {
    if step.instruction.opaque.is_some() {
        return refuse(&VERSION_DEPENDENT, "frontend versions read it differently");
    }
    if !is_plain(step.instruction, raw) {
        return refuse(
            &NOT_PLAIN,
            "the path has more in it than letters, digits and the like: quotes, variables, spaces, a comment",
        );
    }
    if by_variable.at(place) {
        return refuse(
            &VARIABLE,
            "a variable leads to the folder before, and the whole path would no longer follow it",
        );
    }
    match &step.before.workdir {
        Known::Yes(base) if base.len() + raw.len() < LONGEST_PATH => Ok(clean(&format!("{base}/{raw}"))),
        _ => refuse(&UNKNOWN_PATH, "the folder that it is relative to is not known"),
    }
}

/// Whether a path stands on one line and is what it looks like.
fn is_plain(one: &Instruction, raw: &str) -> bool {
    let fine = |c: char| c.is_alphanumeric() || "._/-+@".contains(c);
    one.opaque.is_none() && one.line.contiguous(one.rest.clone()) && raw.chars().all(fine)
}

/// Whether a variable is in one of the WORKDIRs that a relative one builds on.
struct ByVariable<'f, 'a> {
    facts: &'f Facts<'a>,
    history: History<bool>,
}

impl ByVariable<'_, '_> {
    fn at(&self, place: Place) -> bool {
        let follow = |step: &Step, by_variable: &mut bool| match &step.instruction.args {
            _ if step.instruction.keyword != Keyword::Workdir => {}
            Args::Text(text) if !text.text.contains('$') => *by_variable &= !text.text.starts_with('/'),
            _ => *by_variable = true,
        };
        self.history.before(self.facts, place, |_| false, follow).unwrap_or(true)
    }
}

/// Whether a relative one stands directly below those of a group and leads into their folder.
fn joins(facts: &Facts, group: &[Workdir], next: &Workdir) -> bool {
    let Some(last) = group.last() else { return false };
    let parent = last.path.trim_end_matches('/');
    let inside = next.path.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let commented = [last.item, next.item].iter().any(|item| layout::has_comment_inside(facts, *item));
    next.relative && inside && last.item + 1 == next.item && !commented
}

/// Ends a group: its last folder is written into the first one's place.
fn close(group: &[Workdir], out: &mut Findings) {
    let (Some(head), Some(tail)) = (group.first(), group.last()) else { return };
    if !tail.relative {
        return;
    }
    let (first, last) = (head.one.line.span(head.one.rest.clone()), tail.one.line.span(tail.one.rest.clone()));
    let title = match group.len() {
        1 => format!("name the whole path `{}`", tail.path),
        count => format!("put {count} WORKDIR into one, `{}`", tail.path),
    };
    let edits = vec![Edit::replace(first.to(last), tail.path.as_str())];
    out.rewrites.push(Rewrite {
        at: head.one.keyword_span.to(last),
        title,
        reason: "a relative WORKDIR moves with every one before it, up to the base image's".to_owned(),
        level: Level::Safe,
        edits: EditSet::new(edits).unwrap_or_default(),
        notes: Vec::new(),
        touches: Vec::new(),
    });
}
