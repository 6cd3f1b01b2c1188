//! cd-to-workdir: RUNs that begin with `cd /folder &&` begin in that folder, by WORKDIR.
//!
//! # Motivation
//! A `cd` at the start of each RUN has to be repeated, and is easily forgotten in one of them. Where WORKDIR says the same already,
//! or says it one instruction later, it is noise.
//!
//! # Soundness
//! WORKDIR stays in force, in this stage, in what is FROM it, and in the config of the image; and it makes a folder that is not
//! there. A `cd` goes only if
//!  1. it is the first command, with a plain absolute path, and the RUN fails where it fails: the folder is there then (`lead.rs`);
//!  2. WORKDIR is this folder already; or it becomes so before the RUN, and another absolute WORKDIR follows: the same one, which
//!     moves up, or another one, where several RUNs begin with that `cd`, so that the new one saves some;
//!  3. nothing up to there depends on the working folder: a RUN without an absolute `cd`, a relative target of COPY, ADD or a mount;
//!  4. the text does not go back to where it came from (`cd -`, OLDPWD);
//!  5. no RUN up to there removes the folder: it would be made anew for the next one;
//!  6. the folder is no symbolic link as far as is known, or the text does not ask by which path it came there;
//!  7. no mount lies on the folder, which would hide the one in the image, in any RUN that would begin in it;
//!  8. what is left is no list of words, as the exec form is.
//!
//! Sources: the Dockerfile reference, BuildKit's dispatch of WORKDIR, POSIX.1-2024 on `cd` and `pwd`, and builds of both forms.

mod lead;
mod link;

use crate::edit::Edit;
use crate::engine::refusals::{
    FAILURE_IGNORED, GOES_BACK, MOUNT, NOT_PLAIN, READ_DIFFERENTLY, STAYS, SYMBOLIC_LINK, WORKDIR_REMOVED, mark,
};
use crate::engine::{Chosen, Findings, Level, May, Meta, Reason, Rewrite, Transform};
use crate::facts::state::clean;
use crate::facts::{Effects, Facts, Index, Known, Stage, Step, layout};
use crate::syntax::{Args, Keyword};
use crate::text::Span;
use lead::Lead;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

/// The transform.
pub struct CdToWorkdir;

static META: Meta = Meta {
    id: "cd-to-workdir",
    summary: "a RUN that begins with `cd /folder &&` begins in that folder, by WORKDIR",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[May::Enter],
    intends: &[],
    refusals: &[
        &FAILURE_IGNORED,
        &GOES_BACK,
        &MOUNT,
        &NOT_PLAIN,
        &READ_DIFFERENTLY,
        &STAYS,
        &SYMBOLIC_LINK,
        &WORKDIR_REMOVED,
    ],
    options: &[],
    hadolint: &["DL3003"],
    checks: &["DS-0013"],
    since: "0.1.0",
};

impl Transform for CdToWorkdir {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let made = link::Made::default();
        for (index, stage) in facts.stages.iter().enumerate() {
            let place = StageView { facts, index, stage, made: &made, removing: OnceCell::new() };
            let leads = Leads::read(&place);
            let mut at = 0;
            while at < stage.steps.len() {
                at = look(&place, &leads, at, out).max(at + 1);
            }
        }
    }
}

/// A stage.
struct StageView<'f> {
    facts: &'f Facts<'f>,
    index: usize,
    stage: &'f Stage<'f>,
    made: &'f link::Made,
    /// The RUNs that may remove something, in order; without effects where they were not understood.
    removing: OnceCell<Vec<(usize, Option<Arc<Effects>>)>>,
}

/// What the steps of a stage begin with, and where a series of RUNs that begin in one folder may end.
struct Leads {
    /// Of each step.
    all: Vec<Option<Result<Lead, Reason>>>,
    /// The steps with a lead that surely holds, by where it goes.
    sure: HashMap<String, Vec<usize>>,
    /// Those of them that have mounts.
    mounting: Vec<usize>,
    /// The steps that end each series.
    ends: Vec<usize>,
}

impl Leads {
    fn read(place: &StageView) -> Leads {
        let all = (0..place.stage.steps.len()).map(|at| lead::read(place, at)).collect();
        let mut leads = Leads { all, sure: HashMap::new(), mounting: Vec::new(), ends: Vec::new() };
        for (at, step) in place.stage.steps.iter().enumerate() {
            match (step.instruction.keyword, &leads.all[at]) {
                (Keyword::Run, Some(Ok(lead))) if lead.sure => {
                    leads.sure.entry(lead.path.clone()).or_default().push(at);
                    if step.instruction.flag("mount").is_some() {
                        leads.mounting.push(at);
                    }
                }
                (Keyword::Workdir | Keyword::Run, _) => leads.ends.push(at),
                (Keyword::Copy | Keyword::Add, _) if !has_absolute_target(step) => leads.ends.push(at),
                _ => {}
            }
        }
        leads
    }

    fn at(&self, step: usize) -> Option<&Lead> {
        self.all.get(step)?.as_ref()?.as_ref().ok()
    }

    /// The RUNs that begin in a folder, from a step on up to the end of their series, and what ends it.
    fn series(&self, place: &StageView, path: &str, first: usize) -> (&[usize], End) {
        let steps = &place.stage.steps;
        let end = self.ends.get(self.ends.partition_point(|end| *end <= first)).copied();
        // another RUN goes somewhere else by itself, where it can begin in the folder
        let mounting = &self.mounting[self.mounting.partition_point(|at| *at <= first)..];
        let mut mounting = mounting.iter().copied().take_while(|at| end.is_none_or(|end| *at < end));
        let in_the_way = mounting.find(|at| {
            place.facts.counter.look(1);
            self.at(*at).is_none_or(|lead| lead.path != path) && lead::no_mount(&steps[*at], path).is_err()
        });
        let end = in_the_way.or(end);
        let same = self.sure.get(path).map_or(&[][..], Vec::as_slice);
        let last = same.partition_point(|at| end.is_none_or(|end| *at < end));
        (&same[same.partition_point(|at| *at < first)..last], ended_by(end.map(|end| (end, &steps[end]))))
    }
}

/// How a series of RUNs that begin in one folder ends.
enum End {
    /// With a WORKDIR, at this step.
    Workdir(usize),
    /// With something that depends on the working folder.
    Needed(String),
}

fn ended_by(end: Option<(usize, &Step)>) -> End {
    let Some((at, step)) = end else {
        return End::Needed(
            "no WORKDIR follows, so that the image, and what is made from it, would start in it".to_owned(),
        );
    };
    let what = match step.instruction.keyword {
        Keyword::Workdir if absolute(step).is_some() => return End::Workdir(at),
        Keyword::Workdir => "the relative WORKDIR",
        Keyword::Run => "the RUN",
        _ => "the COPY or ADD",
    };
    End::Needed(format!("{what} of line {} would run in it, too", step.instruction.lines.0))
}

/// Looks at one step, and those that belong to it. Which one is next.
fn look(place: &StageView, leads: &Leads, at: usize, out: &mut Findings) -> usize {
    let step = &place.stage.steps[at];
    let lead = match &leads.all[at] {
        None => return at + 1,
        Some(Ok(lead)) => lead,
        Some(Err((refusal, reason))) => {
            out.refuse(step.instruction.keyword_span, refusal, reason.as_str());
            return at + 1;
        }
    };
    if step.before.workdir.get() == Some(&lead.path) {
        // what the base image says may change with it
        if !says_workdir(place, at) {
            return at + 1;
        }
        let title = format!("begin in `{}` without `cd`: WORKDIR says so", lead.path);
        let edits = lead.edits.clone();
        out.rewrites.extend(Rewrite::new(step.instruction.keyword_span, Level::Recommended, title, REASON, edits));
        return at + 1;
    }
    series(place, leads, (at, lead), out)
}

/// Whether the file itself says in which folder a step runs.
fn says_workdir(place: &StageView, at: usize) -> bool {
    let says = |_: &Stage, step: &Step| step.instruction.keyword == Keyword::Workdir;
    place.facts.marked("is a WORKDIR", says).before((place.index, at)).is_some()
}

const REASON: &str = "WORKDIR says once where commands run, and `cd` in each of them";

/// The RUNs from one step on that begin in the same folder.
fn series(place: &StageView, leads: &Leads, (at, lead): (usize, &Lead), out: &mut Findings) -> usize {
    let span = place.stage.steps[at].instruction.keyword_span;
    if !lead.sure {
        out.refuse(
            span,
            mark!(FAILURE_IGNORED, "goes-on"),
            "the RUN goes on, elsewhere, where the folder is missing; WORKDIR would make it",
        );
        return at + 1;
    }
    let (members, end) = leads.series(place, &lead.path, at);
    match end {
        End::Needed(what) => members.iter().for_each(|at| {
            out.refuse(place.stage.steps[*at].instruction.keyword_span, &STAYS, what.clone());
        }),
        End::Workdir(end) if removes(place, &lead.path, at, end) => {
            out.refuse(span, &WORKDIR_REMOVED, "a RUN may remove the folder, which would be made anew for the next one")
        }
        End::Workdir(end) => out.rewrites.extend(rewrite(place, leads, &lead.path, members, end)),
    }
    members.last().map_or(at, |last| *last) + 1
}

/// Whether a RUN from one step up to the WORKDIR that ends the series may remove the folder, so that it would be made anew: for the
/// next RUN, or by that WORKDIR, which stands before it then.
fn removes(place: &StageView, path: &str, first: usize, end: usize) -> bool {
    let steps = &place.stage.steps;
    let removing = place.removing.get_or_init(|| removing(place));
    let mut upto = end;
    if absolute(&steps[end]).as_deref() != Some(path) {
        let last = (first..end).rev().find(|at| steps[*at].instruction.keyword == Keyword::Run);
        upto = last.unwrap_or(end);
    }
    let inside = removing.iter().skip(removing.partition_point(|(at, _)| *at < first));
    inside.take_while(|(at, _)| *at < upto).any(|(_, effects)| {
        place.facts.counter.look(1);
        effects.as_ref().is_none_or(|effects| effects.removes(Some(path)).is_some())
    })
}

fn removing(place: &StageView) -> Vec<(usize, Option<Arc<Effects>>)> {
    let steps = place.stage.steps.iter().enumerate();
    let runs = steps.filter(|(_, step)| step.instruction.keyword == Keyword::Run);
    let read = |(at, step): (usize, &Step)| {
        let work = place.facts.work(place.stage, step);
        let effects = work.and_then(|work| place.facts.effects(step, work.shell.family));
        effects.as_ref().is_none_or(|effects| !effects.removed.is_empty()).then_some((at, effects))
    };
    runs.filter_map(read).collect()
}

/// Where a WORKDIR leads, if that is a plain absolute path.
fn absolute(step: &Step) -> Option<String> {
    let Args::Text(text) = &step.instruction.args else { return None };
    let plain = lead::is_plain(&text.text) && step.instruction.opaque.is_none();
    plain.then(|| clean(&text.text))
}

fn has_absolute_target(step: &Step) -> bool {
    let Args::Transfer { dest, .. } = &step.instruction.args else { return false };
    step.instruction.opaque.is_none()
        && matches!(step.before.expand(&dest.text), Known::Yes(dest) if dest.starts_with('/'))
}

/// The WORKDIR behind a series moves up, or another one is put in.
fn rewrite(place: &StageView, leads: &Leads, path: &str, members: &[usize], end: usize) -> Option<Rewrite> {
    let (facts, steps) = (place.facts, &place.stage.steps);
    let (first, last) = (&steps[*members.first()?], &steps[end]);
    let start = layout::attached(facts, first.item);
    let mut edits: Vec<Edit> =
        members.iter().filter_map(|at| leads.at(*at)).flat_map(|lead| lead.edits.clone()).collect();
    let title = if absolute(last)? == path {
        let from = layout::attached(facts, last.item);
        let whole = Span::new(from, facts.file.items[last.item].span.end as usize);
        let text = facts.source.slice(whole);
        let eol = if text.ends_with('\n') { "" } else { facts.source.eol() };
        edits.push(Edit::insert(start, format!("{text}{eol}")));
        edits.push(Edit::delete(gone(place, from, last.item)));
        format!("move `WORKDIR {path}` up, and begin there")
    } else {
        if members.len() < 2 {
            return None;
        }
        let keyword = facts.source.slice(last.instruction.keyword_span);
        edits.push(Edit::insert(start, format!("{keyword} {path}{}", facts.source.eol())));
        format!("begin {} RUNs in `{path}` by WORKDIR", members.len())
    };
    Rewrite::new(first.instruction.keyword_span, Level::Recommended, title, REASON, edits)
}

/// What goes with an instruction; at the end of a file without a last newline, the one before it.
fn gone(place: &StageView, from: usize, item: usize) -> Span {
    let facts = place.facts;
    let span = layout::taken_away(facts, from, item);
    let text = facts.source.text();
    let open = span.end as usize == text.len() && !text.ends_with('\n');
    let before = text[..from].strip_suffix('\n').map(|rest| rest.strip_suffix('\r').unwrap_or(rest));
    match before {
        Some(rest) if open => Span::new(rest.len(), span.end as usize),
        _ => span,
    }
}
