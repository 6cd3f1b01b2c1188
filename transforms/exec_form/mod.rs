//! exec-form: a CMD, ENTRYPOINT or HEALTHCHECK of plain words starts its program itself, without a shell.
//!
//! # Motivation
//! In the shell form the first process is `/bin/sh`. Debian's does not pass signals on: `docker stop` waits ten seconds and
//! kills the program. The exec form gives the signals to the program, and arguments of `docker run` too.
//!
//! # Soundness
//! The config differs on purpose, so this is never `safe`. The program gets the same words, and runs as before, if
//!  1. frontends agree on the text, and no comment inside is lost;
//!  2. the shell is known and is `/bin/sh -c`, and makes of the text one command of literal words: no variable, operator,
//!     redirection, pattern, `~`, assignment;
//!  3. the command is no builtin of the shell; a leading `exec` is what the exec form does;
//!  4. its file is surely one that can be executed: a shell also runs scripts without `#!`, the kernel does not; and no
//!     directory of PATH is relative, where a shell finds programs and what starts a container does not;
//!  5. CMD: there is no ENTRYPOINT, which would be given other words than today;
//!  6. ENTRYPOINT: there is no CMD, here or in a stage made from this one, which would become arguments.
//!
//! A CMD is `recommended` where being the first process changes nothing or is what the program is made for: it is known to
//! handle signals and its children, or the shell replaced itself by the program before (`exec`, bash, busybox), or it is a
//! shell without arguments; so is a HEALTHCHECK, which is never the first process. Else it is `aggressive`, and so is an
//! ENTRYPOINT: nobody knows who starts the image with arguments, which the shell has kept from the program so far.
//!
//! Sources: the Dockerfile reference, Go's `exec.LookPath` (a program that is found by a relative path is not started), POSIX XCU 2.9.1.1 (scripts without `#!`), `signal(7)` and `pid_namespaces(7)`, and runs
//! of both forms.

mod path;
mod words;

use crate::edit::EditSet;
use crate::engine::refusals::{
    ARGUMENTS, BROKEN_ARRAY, BUILTIN, COMMENT, ENTRYPOINT, NEEDS_SHELL, NO_SHEBANG, NOT_PLAIN, OTHER_SHELL,
    RELATIVE_PATH, UNKNOWN_ENTRYPOINT, UNKNOWN_SHELL, VERSION_DEPENDENT, mark,
};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Reason, Refusal, Rewrite, Transform};
use crate::facts::{Facts, Known, Stage, Step, layout};
use crate::knowledge::images::Distribution;
use crate::syntax::{Args, Command, Instruction, Keyword};
use crate::text::Span;

/// The transform.
pub struct ExecForm;

static META: Meta = Meta {
    id: "exec-form",
    summary: "a CMD, ENTRYPOINT or HEALTHCHECK of plain words starts its program without a shell",
    page: include_str!("README.md"),
    ceiling: Level::Aggressive,
    needs: &[],
    may: &[May::Exec],
    intends: &[Intent::Config("Cmd"), Intent::Config("Entrypoint"), Intent::Config("Healthcheck")],
    refusals: &[
        &ARGUMENTS,
        &BROKEN_ARRAY,
        &BUILTIN,
        &COMMENT,
        &ENTRYPOINT,
        &NEEDS_SHELL,
        &NO_SHEBANG,
        &NOT_PLAIN,
        &OTHER_SHELL,
        &RELATIVE_PATH,
        &UNKNOWN_ENTRYPOINT,
        &UNKNOWN_SHELL,
        &VERSION_DEPENDENT,
    ],
    options: &[],
    hadolint: &["DL3025"],
    checks: &["JSONArgsRecommended"],
    since: "0.1.0",
};

impl Transform for ExecForm {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (index, stage) in facts.stages.iter().enumerate() {
            for keyword in [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck] {
                // one that a later one replaces starts nothing
                let last = stage.steps.iter().rev().find(|step| step.instruction.keyword == keyword);
                if let Some(step) = last.filter(|step| is_shell_form(step.instruction)) {
                    match rewrite(facts, index, step) {
                        Ok(rewrite) => out.rewrites.push(rewrite),
                        Err((refusal, what)) => {
                            out.advice.extend((refusal.code == BROKEN_ARRAY.code).then(|| mend(step.instruction)));
                            out.refused.push((step.instruction.keyword_span, refusal, what));
                        }
                    }
                }
            }
        }
    }
}

fn is_shell_form(one: &Instruction) -> bool {
    match &one.args {
        Args::Command(Command::Shell(range)) | Args::Healthcheck(Some(Command::Shell(range))) => !range.is_empty(),
        _ => false,
    }
}

fn rewrite(facts: &Facts, index: usize, step: &Step) -> Result<Rewrite, Reason> {
    let one = step.instruction;
    let stage = &facts.stages[index];
    let say = |refusal: &'static Refusal, what: &str| Err((refusal, what.to_owned()));
    if one.opaque.is_some() {
        return say(&VERSION_DEPENDENT, "frontend versions read it differently");
    }
    let Some(found) = facts.shell_text(step.item) else { return Err(words::needs_shell()) };
    if words::is_broken_array(found.text.text()) {
        return say(&BROKEN_ARRAY, BROKEN_ARRAY.summary);
    }
    let started = words::read(found)?;
    let program = words::program(&started)?;
    path::finds(facts, index, started.words.first().map_or("", String::as_str))?;
    match &step.before.shell {
        Known::Yes(words) if *words == ["/bin/sh", "-c"] => {}
        Known::Yes(_) => return say(&OTHER_SHELL, "SHELL is not `/bin/sh -c`"),
        Known::Unknown => {
            return say(&UNKNOWN_SHELL, "the base image decides which shell runs it, and that is not known");
        }
    }
    match one.keyword {
        Keyword::Cmd => no_entrypoint(facts, index, stage)?,
        Keyword::Entrypoint => no_arguments(facts, index)?,
        _ => {}
    }
    if layout::has_comment_inside(facts, step.item) {
        return say(&COMMENT, "a comment stands between its lines");
    }
    let Some(edits) = words::edits(found, &started) else { return Err(words::needs_shell()) };
    let tame = match one.keyword {
        Keyword::Healthcheck => true,
        Keyword::Entrypoint => false,
        _ => started.replaced || program.fares_well || shell_replaces_itself(facts, index),
    };
    Ok(described(one, edits, if tame { Level::Recommended } else { Level::Aggressive }))
}

/// An array that is none is a mistake that nobody sees: the image is built, and starts something else.
fn mend(one: &Instruction) -> (Span, String, String) {
    let title = format!("`{}` is no JSON array, so a shell runs its text", one.keyword.name());
    let reason = "an array has only strings in double quotes, with commas between; for a variable, write the command \
                  without brackets, or start a shell: [\"sh\", \"-c\", \"exec …\"]";
    (one.keyword_span, title, reason.to_owned())
}

fn described(one: &Instruction, edits: EditSet, level: Level) -> Rewrite {
    let name = one.keyword.name();
    let mut notes = Vec::new();
    if one.keyword != Keyword::Healthcheck {
        notes.push("the environment no longer holds `PWD`, which the shell set".to_owned());
    }
    if level == Level::Aggressive {
        let what =
            "it becomes the first process: signals that it does not handle are ignored, nobody waits for orphans";
        notes.push(what.to_owned());
    }
    if one.keyword == Keyword::Entrypoint {
        notes.push("arguments of `docker run` now reach the program".to_owned());
    }
    Rewrite {
        at: one.line.span(one.rest.clone()),
        title: format!("write {name} as an array, without a shell"),
        reason: "the program gets signals and arguments itself".to_owned(),
        level,
        edits,
        notes,
        touches: Vec::new(),
    }
}

/// Whether `sh -c program` becomes the program: bash and busybox do that for one command, Debian's dash does not.
fn shell_replaces_itself(facts: &Facts, index: usize) -> bool {
    use Distribution::*;
    matches!(facts.family(index), Some(Alpine | RedHat | Amazon | Suse | Photon | AzureLinux | Arch | Busybox | Mageia))
}

/// A CMD is what is started only where no ENTRYPOINT is.
fn no_entrypoint(facts: &Facts, index: usize, stage: &Stage) -> Result<(), Reason> {
    let own = match &stage.end.entrypoint {
        Known::Yes(own) => own.as_deref(),
        Known::Unknown => {
            let image = facts.image(index).filter(|image| image.onbuild == Some(false));
            return match image.and_then(|image| image.entrypoint) {
                Some(None) => Ok(()),
                Some(Some(words)) => {
                    Err((mark!(ENTRYPOINT, "of-the-base"), format!("the base image has the ENTRYPOINT `{words}`")))
                }
                None => Err((&UNKNOWN_ENTRYPOINT, UNKNOWN_ENTRYPOINT.summary.to_owned())),
            };
        }
    };
    match own.is_none_or(|text| text.split_whitespace().collect::<String>() == "[]") {
        true => Ok(()),
        false => Err((
            mark!(ENTRYPOINT, "of-the-stage"),
            "an ENTRYPOINT is given the words of a shell today, and would be given others".to_owned(),
        )),
    }
}

/// Neither the stage nor one that is made from it gives the ENTRYPOINT arguments; a CMD from above is cleared by it.
fn no_arguments(facts: &Facts, index: usize) -> Result<(), Reason> {
    let has = |stage: &Stage, keyword| stage.steps.iter().any(|step| step.instruction.keyword == keyword);
    let mut open = vec![index];
    while let Some(index) = open.pop() {
        if has(&facts.stages[index], Keyword::Cmd) {
            return Err((
                &ARGUMENTS,
                "a CMD would become arguments of the program, which a shell keeps from it".to_owned(),
            ));
        }
        open.extend(facts.children(index).filter(|child| !has(&facts.stages[*child], Keyword::Entrypoint)));
    }
    Ok(())
}
