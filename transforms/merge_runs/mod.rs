//! merge-runs: adjacent RUNs of a stage become one, joined by `&&`.
//!
//! # Motivation
//! Each RUN is a layer. What a later RUN deletes stays in the layer below, and `apt-get update` in a RUN of its own is cached
//! for ever while the install behind it changes.
//!
//! # Soundness
//! RUN starts a fresh shell with a fresh copy of the stage's state and stops the build when it fails. `a && b` is the same if
//!  1. nothing stands between that a command can see (ENV, ARG, USER, WORKDIR, SHELL, COPY, ADD, VOLUME);
//!  2. both have the same flags, and no mount that each RUN gets anew (tmpfs, writable bind);
//!  3. a POSIX shell runs both, whose options are known as far as they matter (`-e`, `-l`);
//!  4. both texts are understood whole;
//!  5. the first leaves no trace in its shell that the second could see; where it does, `( … )` keeps it in;
//!  6. the first ends as `&&` wants it: a chain of `&&`, or grouped by `{ …; }` where `-e` is known to be off;
//!  7. the second is one chain, or grouped;
//!  8. nothing of the first outlives it but files: each of its programs is known to end with all that it starts, no hard links that
//!     the second may change a file by (the next layer would break them), nothing in files that each RUN gets anew, and the
//!     working directory is still there; the user that runs both has the same groups and home;
//!  9. commands that the shell remembers are still where they were; where not, `( … )` forgets them;
//! 10. no comment between them must stand directly above an instruction;
//! 11. no other stage begins with the same steps, which are then built once;
//! 12. the joined text is within the limit of one argument.
//!
//! Sources: POSIX.1-2024 XCU 2.9 and 2.15, the Dockerfile reference, and builds of both forms.

mod body;
mod chain;
mod marks;
mod splice;
mod worth;

use crate::engine::May;
use crate::engine::refusals::{
    BACKGROUND, ERREXIT, EXEC_FORM, FLAGS_DIFFER, FRESH_FILES, HARD_LINKS, HEREDOC, MOUNT, OTHER_SHELL, PRAGMA,
    READ_DIFFERENTLY, SHARED_STEPS, SHELL_COMMENT, SHELL_DIALECT, SHELL_HISTORY, SHELL_REPLACED, SHELL_SYNTAX,
    STARTUP_FILES, TOO_LONG, UNKNOWN_SHELL, UNSEEN_SCRIPT, USER_CHANGES, VERSION_DEPENDENT, WORKDIR_REMOVED, mark,
};
use crate::engine::{Chosen, Findings, Level, Meta, Reason, Refusal, STAGES, Stages, Transform, TransformOption};
use crate::facts::{Base, Facts, Stage, Step};
use crate::syntax::Keyword;
use body::Body;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The transform.
pub struct MergeRuns;

/// Which joins are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Worthwhile,
    Always,
    Smaller,
}

static WHEN: TransformOption<When> = TransformOption {
    name: "when",
    values: &[
        ("worthwhile", "what belongs together, and what saves bytes", When::Worthwhile),
        ("always", "every sound join", When::Always),
        ("smaller", "only if a later command deletes what an earlier one wrote", When::Smaller),
    ],
};

static META: Meta = Meta {
    id: "merge-runs",
    summary: "adjacent RUNs of one stage become one, joined by `&&`",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[],
    may: &[May::Join],
    intends: &[],
    refusals: &[
        &BACKGROUND,
        &ERREXIT,
        &EXEC_FORM,
        &FLAGS_DIFFER,
        &FRESH_FILES,
        &HARD_LINKS,
        &HEREDOC,
        &MOUNT,
        &OTHER_SHELL,
        &PRAGMA,
        &READ_DIFFERENTLY,
        &SHARED_STEPS,
        &SHELL_COMMENT,
        &SHELL_DIALECT,
        &SHELL_HISTORY,
        &SHELL_REPLACED,
        &SHELL_SYNTAX,
        &STARTUP_FILES,
        &TOO_LONG,
        &UNKNOWN_SHELL,
        &UNSEEN_SCRIPT,
        &USER_CHANGES,
        &VERSION_DEPENDENT,
        &WORKDIR_REMOVED,
    ],
    options: &[&STAGES, &WHEN],
    hadolint: &["DL3059"],
    checks: &[],
    since: "0.1.0",
};

impl Transform for MergeRuns {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, chosen: Chosen, out: &mut Findings) {
        let all = chosen.get(&STAGES) == Stages::All;
        let shared = shared_steps(facts);
        for (index, stage) in facts.stages.iter().enumerate() {
            if all || facts.ships(index) {
                let when = chosen.get(&WHEN);
                for group in groups(stage) {
                    chain::merge(facts, stage, &group, (when, shared[index]), out);
                }
            }
        }
    }
}

/// With how many steps of its own each stage begins that another stage begins with, too: the builder runs those once.
fn shared_steps(facts: &Facts) -> Vec<usize> {
    let starts: Vec<Vec<u64>> = facts.stages.iter().map(|stage| starts_of(facts, stage)).collect();
    let mut seen: HashMap<u64, usize> = HashMap::new();
    starts.iter().flatten().for_each(|start| *seen.entry(*start).or_default() += 1);
    starts.iter().map(|starts| starts.iter().take_while(|start| seen[start] > 1).count()).collect()
}

/// A number for each step, which says what the stage is up to it; none if its base is not known.
fn starts_of(facts: &Facts, stage: &Stage) -> Vec<u64> {
    let from = facts.instruction(stage.item).filter(|_| stage.base != Base::Image(None));
    let Some(from) = from else { return Vec::new() };
    let mut hasher = DefaultHasher::new();
    format!("{:?}", stage.base).hash(&mut hasher);
    from.flags.iter().for_each(|flag| flag.text.hash(&mut hasher));
    let step = |step: &Step| {
        facts.source.slice(facts.file.items[step.item].span).trim().hash(&mut hasher);
        hasher.finish()
    };
    stage.steps.iter().map(step).collect()
}

/// The RUNs of a stage (by step) between which nothing stands that a command could see. Groups of one are left out.
fn groups(stage: &Stage) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new()];
    for (index, step) in stage.steps.iter().enumerate() {
        match step.instruction.keyword {
            Keyword::Run => groups.last_mut().into_iter().for_each(|group| group.push(index)),
            keyword if is_config_only(keyword) => {}
            _ => groups.push(Vec::new()),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Instructions that only change the image config, and nothing that a RUN can see.
fn is_config_only(keyword: Keyword) -> bool {
    use Keyword::*;
    matches!(keyword, Label | Expose | Stopsignal | Cmd | Entrypoint | Healthcheck | Maintainer | Onbuild)
}
