//! copy-manifests-first: before a command that installs dependencies only its manifests are copied, the rest behind it.
//!
//! # Motivation
//! `COPY . .` before `RUN npm ci` installs all dependencies again whenever any file of the project changes. With the manifests
//! copied alone first, the layer of the install is taken from the cache until one of them changes.
//!
//! # Soundness
//! The COPY moves behind the RUN, byte for byte, and a COPY of the manifests alone takes its place. The image is the same if
//!  1. the build context is known, and what each COPY between brings, and to where (`copies.rs`);
//!  2. every command of the RUN is known to read and write nothing in the folders that are copied, but for the
//!     installs (`run.rs`); what stands behind the installs in a chain of `&&` becomes a RUN of its own, behind the moved COPY;
//!  3. the installs read the files that are found here and no others: the manifests are read, includes are followed, and
//!     whatever may name another file (a path, a hook, a plugin) refuses (`tool.rs`, `pip.rs`, `node.rs`, ...); each file that is read
//!     comes from the context, is regular, and is copied to the same place with the same flags;
//!  4. the installs write no file that the moved COPY brings: lock files are not written or not there, the folders that are
//!     filled are not in the context and the ignore file keeps them out;
//!  5. no variable, mount or earlier link makes a tool look elsewhere (`environment.rs`);
//!  6. the moved COPY means the same behind the RUN: same WORKDIR, same variables; nothing that stays in front brings a
//!     file that it brings too.
//!
//! Folders on the way to a manifest are made with mode 0755; the moved COPY gives them the modes of the context again.
//! Sources: builds of both forms; the manuals of the package managers; the Dockerfile reference for COPY.

mod bundler;
mod composer;
mod copies;
mod dotnet;
mod environment;
mod go;
mod maven;
mod needs;
mod node;
mod past;
mod pip;
mod pnpm;
mod python;
mod run;
mod splice;
mod tool;

use crate::engine::refusals::{
    ARCHIVE, BACKGROUND, BETWEEN, DESTINATION, ECOSYSTEM, ENVIRONMENT, EXEC_FORM, FLAGS, FROM_STAGE, HEREDOC,
    LIFECYCLE_HOOK, LOCK_MAY_CHANGE, MANIFEST_IGNORED, MANIFEST_MISSING, MANIFEST_UNREAD, MEANING_CHANGES, MOUNT,
    NO_CONTEXT, NOT_A_CHAIN, NOT_IN_CONTEXT, NOT_PLAIN, OTHER_COMMAND, OTHER_SHELL, OUTPUT_IN_CONTEXT,
    OUTPUT_NOT_IGNORED, OUTSIDE_COPY, OVERWRITTEN, PARENT_MANIFEST, PATH_DEPENDENCY, PATTERN, READS_PROJECT,
    ROOT_PACKAGE, SHELL_DIALECT, SHELL_STATE, SPLIT_LEAVES_FILES, SYMBOLIC_LINK, UNKNOWN_OPTION, UNKNOWN_PATH,
    UNKNOWN_SHELL, VARIABLE, VERSION_DEPENDENT, WORKSPACE, mark,
};
use crate::engine::{Chosen, Findings, Level, May, Meta, Need, Reason, Refusal, Transform, refuse};
use crate::facts::{Facts, Stage};
use crate::knowledge::paths::{self, Absolute};
use crate::script::{Argument, Commands, Inner, Invocation, Opt};
use crate::syntax::{Args, Keyword};
use copies::{Copies, Fate};
use needs::{Needs, Project};
use run::Run;

/// The transform.
pub struct CopyManifestsFirst;

static META: Meta = Meta {
    id: "copy-manifests-first",
    summary: "dependencies are installed from their manifests alone, before the rest of the project is copied",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[Need::Context],
    may: &[May::Split, May::MoveCopy { past: past::installs_or_does_no_harm, files: past::may_be_read }],
    intends: &[],
    refusals: &[
        &ARCHIVE,
        &BACKGROUND,
        &BETWEEN,
        &DESTINATION,
        &ECOSYSTEM,
        &ENVIRONMENT,
        &EXEC_FORM,
        &FLAGS,
        &FROM_STAGE,
        &HEREDOC,
        &LIFECYCLE_HOOK,
        &LOCK_MAY_CHANGE,
        &MANIFEST_IGNORED,
        &MANIFEST_MISSING,
        &MANIFEST_UNREAD,
        &MEANING_CHANGES,
        &MOUNT,
        &NO_CONTEXT,
        &NOT_A_CHAIN,
        &NOT_IN_CONTEXT,
        &NOT_PLAIN,
        &OTHER_COMMAND,
        &OTHER_SHELL,
        &OUTPUT_IN_CONTEXT,
        &OUTPUT_NOT_IGNORED,
        &OUTSIDE_COPY,
        &OVERWRITTEN,
        &PARENT_MANIFEST,
        &PATH_DEPENDENCY,
        &PATTERN,
        &READS_PROJECT,
        &ROOT_PACKAGE,
        &SHELL_DIALECT,
        &SHELL_STATE,
        &SPLIT_LEAVES_FILES,
        &SYMBOLIC_LINK,
        &UNKNOWN_OPTION,
        &UNKNOWN_PATH,
        &UNKNOWN_SHELL,
        &VARIABLE,
        &VERSION_DEPENDENT,
        &WORKSPACE,
    ],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
};

impl Transform for CopyManifestsFirst {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (index, stage) in facts.stages.iter().enumerate() {
            for at in 0..stage.steps.len() {
                if stage.steps[at].instruction.keyword == Keyword::Run && run::installs(facts, stage.steps[at].item) {
                    look(facts, index, at, out);
                }
            }
        }
    }
}

/// One RUN that installs.
fn look(facts: &Facts, stage: usize, at: usize, out: &mut Findings) {
    let steps = &facts.stages[stage].steps;
    let span = steps[at].instruction.keyword_span;
    let group = match group(facts, &facts.stages[stage], at) {
        Group::Copies(group) => group,
        Group::Nothing => return,
        Group::Blocked(refusal, what) => return out.refused.push((span, refusal, what)),
    };
    let found = Copies::read(facts, &facts.stages[stage], &group).and_then(|copies| plan(facts, stage, at, &copies));
    match found {
        Ok(Some(rewrite)) => out.rewrites.push(rewrite),
        Ok(None) => {}
        Err((refusal, what)) => {
            out.advice.extend(advice(refusal, &what).map(|(title, reason)| (span, title, reason)));
            out.refused.push((span, refusal, what));
        }
    }
}

/// What would let the COPY move, where a user can bring that about.
fn advice(refusal: &Refusal, what: &str) -> Option<(String, String)> {
    let named = what.split('`').nth(1)?;
    match refusal.code {
        code if code == OUTPUT_NOT_IGNORED.code => Some((
            format!("let the ignore file keep out `{named}`"),
            format!(
                "add the line `{named}` to `.dockerignore`: then the COPY can move behind the install, and what was installed \
                 elsewhere never gets into the image"
            ),
        )),
        code if code == LOCK_MAY_CHANGE.code && named.starts_with("npm ") => Some((
            "install with `npm ci`".to_owned(),
            "it installs what the lock file says and never writes it: then the COPY can move behind it".to_owned(),
        )),
        code if code == LOCK_MAY_CHANGE.code => Some((
            frozen(named)?,
            "it installs what the lock file says and never writes it: then the COPY can move behind it".to_owned(),
        )),
        _ => None,
    }
}

/// How an install is told to keep the lock file as it is.
fn frozen(install: &str) -> Option<String> {
    match install.split_whitespace().next()? {
        "yarn" | "pnpm" | "bun" => Some(format!("install with `{install} --frozen-lockfile`")),
        "bundle" | "bundler" => Some(format!("run `bundle config set frozen true` before `{install}`")),
        _ => None,
    }
}

/// What stands before an install.
enum Group {
    /// The steps of the COPYs that could be moved.
    Copies(Vec<usize>),
    /// No COPY of more than manifests.
    Nothing,
    /// There is one, but something is in the way.
    Blocked(&'static Refusal, String),
}

/// The COPYs that stand before an install with nothing between that could use what they bring.
fn group(facts: &Facts, stage: &Stage, at: usize) -> Group {
    let mut group = Vec::new();
    let mut foreign = false;
    for index in (0..at).rev() {
        let step = &stage.steps[index];
        match step.instruction.keyword {
            Keyword::Copy | Keyword::Add => match copies::origin(step.instruction) {
                copies::Origin::Context => group.push(index),
                copies::Origin::Image => {
                    foreign |= group.is_empty() && copies::is_wide(step.instruction);
                    group.push(index);
                }
                copies::Origin::Elsewhere => break,
            },
            Keyword::Run if run::is_harmless(facts, step) => group.push(index),
            Keyword::Run => {
                let only_runs = group.iter().all(|at: &usize| stage.steps[*at].instruction.keyword == Keyword::Run);
                return match only_runs && blocks(facts, stage, index) {
                    true => blocked(
                        mark!(BETWEEN, "first"),
                        format!("the RUN of line {} may use the copied files", step.instruction.lines.0),
                    ),
                    false => grouped(facts, stage, group, foreign),
                };
            }
            Keyword::Volume | Keyword::Onbuild | Keyword::From | Keyword::Unknown => break,
            _ => {}
        }
    }
    grouped(facts, stage, group, foreign)
}

fn blocked(refusal: &'static Refusal, what: String) -> Group {
    Group::Blocked(refusal, what)
}

/// Whether a RUN that is not known stands between a COPY of sources and the first install of its stage.
fn blocks(facts: &Facts, stage: &Stage, at: usize) -> bool {
    let first = !stage.steps[..=at].iter().any(|step| run::installs(facts, step.item));
    first && copied_before(stage, at)
}

fn grouped(facts: &Facts, stage: &Stage, mut group: Vec<usize>, foreign: bool) -> Group {
    group.reverse();
    let copy = |index: &&usize| copies::origin(stage.steps[**index].instruction) == copies::Origin::Context;
    if !group.iter().filter(copy).any(|index| copies::is_wide(stage.steps[*index].instruction)) {
        return match foreign {
            true => Group::Blocked(
                &FROM_STAGE,
                "the files come from another stage or image, which cannot be looked into".to_owned(),
            ),
            false => Group::Nothing,
        };
    }
    if !facts.context.known() {
        return Group::Blocked(
            mark!(NO_CONTEXT, "none"),
            "the build context is not known, so the manifests cannot be read".to_owned(),
        );
    }
    Group::Copies(group)
}

/// Whether the instruction before (config aside) copies more than manifests from the context.
fn copied_before(stage: &Stage, at: usize) -> bool {
    let seen = |keyword| matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Volume);
    let before = stage.steps[..at].iter().rev().find(|step| seen(step.instruction.keyword));
    before.is_some_and(|step| {
        matches!(step.instruction.args, Args::Transfer { .. })
            && copies::origin(step.instruction) == copies::Origin::Context
            && copies::is_wide(step.instruction)
    })
}

/// The rewrite for one install; `None` where only manifests stand before it already.
fn plan(facts: &Facts, stage: usize, at: usize, copies: &Copies) -> Result<Option<crate::engine::Rewrite>, Reason> {
    let steps = &facts.stages[stage].steps;
    let run = Run::read(facts, &facts.stages[stage], &steps[at], copies)?;
    let mut needs = Needs::default();
    for install in &run.installs {
        let project = Project { copies, folder: install.folder.clone(), frozen: install.frozen };
        needs::of(&install.tool, &project, &mut needs)?;
    }
    let fates = copies.fates(&needs)?;
    if !fates.iter().any(|fate| matches!(fate, Fate::Moves | Fate::Splits(_))) {
        return Ok(None);
    }
    run.check_folders(&steps[at], copies, &needs)?;
    copies.check_order(&fates)?;
    copies.check_meaning(&facts.stages[stage], at, &fates)?;
    copies.check_links(facts, stage, &fates)?;
    run.check_mounts(steps[at].instruction, copies)?;
    environment::check(facts, stage, at, copies)?;
    needs.check_outputs(copies, &fates)?;
    run.check_split(facts, stage)?;
    Ok(splice::rewrite(facts, &steps[at], copies, &fates, &run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_told_in_its_own_words() {
        let told = |what: &str| advice(&LOCK_MAY_CHANGE, &format!("`{what}` may write it")).map(|(title, _)| title);
        assert_eq!(told("yarn install").unwrap(), "install with `yarn install --frozen-lockfile`");
        assert_eq!(told("bundle install").unwrap(), "run `bundle config set frozen true` before `bundle install`");
        assert_eq!(told("composer install"), None);
    }
}
