//! pip-no-cache: `pip install` keeps nothing for later.
//!
//! # Motivation
//! pip keeps what it downloads and builds in a folder of the user; in an image nobody reads it again.
//!
//! # Soundness
//! `--no-cache-dir` changes where pip keeps wheels, not what it installs. It is added if
//!  1. nothing turns the cache off already, and the author gave it no place of its own;
//!  2. no mount is over the folder of the user as whom pip runs, which would keep the cache out of the image already, and useful;
//!  3. nothing copies the folder out of the stage, and no command of the stages that have it names it, except to remove
//!     it by force;
//!  4. the base image is none of those whose pip is too old to know the option.
//!
//! Sources: `pip install --help`, pip's changelog (6.0 brought the option).

use crate::edit::Edit;
use crate::engine::refusals::{CACHE_MOUNT, OLD_VERSION, OWN_CACHE, USED_ELSEWHERE};
use crate::engine::{At, Chosen, Findings, Intent, Level, May, Meta, Rewrite, STAGES, Stages, Transform, Words};
use crate::facts::packages::Work;
use crate::facts::{Facts, Step, uses};
use crate::knowledge::features;
use crate::knowledge::programs::{Action, Manager};
use crate::script::Invocation;
use crate::syntax::Keyword;

/// The transform.
pub struct PipNoCache;

static META: Meta = Meta {
    id: "pip-no-cache",
    summary: "`pip install` keeps no cache in the image",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[May::AddWord { to: &["pip"], at: At::Verb(&["install"]), words: Words::One(&["--no-cache-dir"]) }],
    // where pip alone made the folder of all caches, that is gone too
    intends: &[Intent::Removed(&[
        "/root/.cache",
        "/root/.cache/pip",
        "/root/.cache/pip/**",
        "/home/*/.cache",
        "/home/*/.cache/pip",
        "/home/*/.cache/pip/**",
    ])],
    refusals: &[&CACHE_MOUNT, &OLD_VERSION, &OWN_CACHE, &USED_ELSEWHERE],
    options: &[&STAGES],
    hadolint: &["DL3042"],
    checks: &[],
    since: "0.1.0",
};

/// Where pip keeps its cache, or a folder above; of any user.
const PLACES: &[&str] = &["/root/.cache/pip", "/home/*/.cache/pip"];

impl Transform for PipNoCache {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, chosen: Chosen, out: &mut Findings) {
        let all = chosen.get(&STAGES) == Stages::All;
        for (stage, step, work) in facts.works(all, &["pip"]) {
            for call in work.calls().filter(|call| call.does(Manager::Pip, Action::Install)) {
                look(facts, (stage, step), &work, call, out);
            }
        }
    }
}

fn look(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation, out: &mut Findings) {
    let Some(place) = call.verb_place() else { return };
    let at = work.in_file(call.span());
    let off = call.has(&["--no-cache-dir", "--no-cache"]) || call.has(&["--help", "--dry-run"]);
    if off || is_off(facts, stage, step, work) {
        return;
    }
    if call.has(&["--cache-dir", "--download-cache"]) || names(facts, stage, step, "PIP_CACHE_DIR") {
        return out.refuse(at, &OWN_CACHE, "the author gave the cache a place");
    }
    if let Some(mount) = mounted(facts, (stage, step), work, call) {
        return out.refuse(at, &CACHE_MOUNT, format!("`{mount}` keeps the cache out of the image already"));
    }
    if let Some(who) = facts.taken_out(stage, PLACES).or_else(|| used(facts, stage)) {
        return out.refuse(at, &USED_ELSEWHERE, format!("`{}` uses the cache", who.trim()));
    }
    if facts.reference(stage).is_some_and(|image| features::too_old("pip --no-cache-dir", image)) {
        return out.refuse(at, &OLD_VERSION, "the base image's pip is too old to know the option");
    }
    let edit = Edit::insert(work.file_offset_behind(place), " --no-cache-dir");
    let reason = "what pip keeps for later is never read in an image";
    out.rewrites.extend(Rewrite::new(at, Level::Recommended, "install without pip's cache", reason, vec![edit]));
}

/// A mount over the cache of the user as whom pip runs; over that of any user if which one that is is not known.
fn mounted(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation) -> Option<String> {
    match facts.home(stage, step).filter(|_| call.is_bare()) {
        Some(home) => uses::mounted(work.instruction, &[&format!("{home}/.cache/pip")]),
        None => uses::mounted(work.instruction, PLACES),
    }
}

/// Whether a variable of this name is set at a step.
fn names(facts: &Facts, stage: usize, step: usize, name: &str) -> bool {
    facts.stages[stage].steps[step].before.env.get(name).is_some()
}

/// Whether a variable or a command of the text turns the cache off, or sets it up.
fn is_off(facts: &Facts, stage: usize, step: usize, work: &Work) -> bool {
    names(facts, stage, step, "PIP_NO_CACHE_DIR")
        || ["PIP_NO_CACHE_DIR", "no-cache-dir =", "no-cache-dir="].iter().any(|mark| work.text.text().contains(mark))
}

/// An instruction in the stages that have the folder that speaks of it, other than to remove it by force.
fn used(facts: &Facts, stage: usize) -> Option<String> {
    let marked = facts.marked("speaks of pip's cache", |_, step| speaks_of_cache(step).is_some());
    speaks_of_cache(facts.step(marked.in_family(stage)?)?)
}

fn speaks_of_cache(step: &Step) -> Option<String> {
    let text = step.instruction.line.text();
    match step.instruction.keyword {
        // a mount in its flags is looked at where it is
        Keyword::Run => speaks(&text[step.instruction.rest.clone()]),
        // what is copied into the folder is there to be used
        Keyword::Copy | Keyword::Add | Keyword::Volume => text.contains(".cache").then(|| text.to_owned()),
        _ => None,
    }
}

fn speaks(text: &str) -> Option<String> {
    let commands = text.split(['&', ';', '|', '\n']);
    let mut speaking = commands.filter(|one| {
        let spoken = one.contains(".cache") || one.contains("pip cache") || one.contains("XDG_CACHE_HOME");
        let words: Vec<&str> = one.split_whitespace().collect();
        let forced = words.first().is_some_and(|first| *first == "rm" || *first == "RUN")
            && words.contains(&"rm")
            && words.iter().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('f'));
        spoken && !forced
    });
    speaking.next().map(|one| one.chars().take(80).collect())
}
