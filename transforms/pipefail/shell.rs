//! Whether the shell of a RUN has `pipefail`.

use super::*;
use crate::facts::{Family, Known};
use crate::knowledge::images::Distribution;
use crate::syntax::Args;

/// Whether SHELL turns it on.
pub fn has_it_already(step: &Step) -> bool {
    step.before.shell.get().is_some_and(|words| words.iter().any(|word| word == "pipefail"))
}

/// The level from which on the option may be set, where the shell that runs a step surely has it. Linters take each `sh` for
/// one that has nothing but POSIX, and complain of the option there (ShellCheck's SC3040): nobody should get that unasked.
///
/// # Errors
/// Why it is not known, or known not to.
pub fn has_pipefail(facts: &Facts, stage: usize, at: usize) -> Result<Level, Reason> {
    let step = &facts.stages[stage].steps[at];
    let Known::Yes(words) = &step.before.shell else {
        return Err((
            mark!(UNKNOWN_SHELL, "base"),
            "the base image decides which shell it is, and that is not known".to_owned(),
        ));
    };
    let program = words.iter().map(|word| word.rsplit('/').next().unwrap_or_default()).find(|word| *word != "env");
    match (facts.interpreter(&facts.stages[stage], step).family, program) {
        (Family::Bash, _) | (Family::Posix, Some("busybox" | "ash")) => Ok(Level::Safe),
        (Family::Posix, Some("dash")) => Err((mark!(DASH, "by-shell"), DASH.summary.to_owned())),
        (Family::Posix, Some("sh")) => is_sh(facts, stage, at).map(|()| Level::Aggressive),
        _ => Err((mark!(UNKNOWN_SHELL, "other"), "it is not known whether the shell has `pipefail`".to_owned())),
    }
}

/// What `sh` is on the distribution.
fn is_sh(facts: &Facts, stage: usize, at: usize) -> Result<(), Reason> {
    use Distribution::*;
    if replaced(facts, stage, at) {
        return Err((&SHELL_REPLACED, "an earlier step may have put another shell in the place of `sh`".to_owned()));
    }
    match facts.family(stage) {
        // busybox
        Some(Alpine | Busybox | Wolfi) => Ok(()),
        // bash
        Some(RedHat | Amazon | Suse | AzureLinux | Arch | Mageia) => Ok(()),
        Some(Debian | Ubuntu) => Err((mark!(DASH, "of-the-base"), DASH.summary.to_owned())),
        _ => Err((mark!(UNKNOWN_SHELL, "distribution"), "it is not known whether the shell has `pipefail`".to_owned())),
    }
}

/// Whether a COPY or ADD names a file `sh`.
fn brings_sh(step: &Step) -> bool {
    let Args::Transfer { .. } = &step.instruction.args else { return false };
    let mut words = step.instruction.line.text().split_whitespace();
    words.any(|word| word.trim_matches(['[', ']', '"', ',']).rsplit('/').next() == Some("sh"))
}

/// Whether a step before, or the RUN itself, may have replaced `/bin/sh`.
fn replaced(facts: &Facts, stage: usize, at: usize) -> bool {
    let may = |stage: &Stage, step: &Step| match facts.shell_text(step.item) {
        Some(found) => {
            let text = found.text.text();
            let family = facts.interpreter(stage, step).family;
            let Some(effects) = facts.effects(step, family) else { return text.contains("/bin/sh") };
            text.contains("binsh") || effects.shell.is_some()
        }
        None => false,
    };
    let marked = facts.marked("may replace sh", |stage, step| {
        let runs = step.instruction.keyword == crate::syntax::Keyword::Run;
        (runs && may(stage, step)) || brings_sh(step)
    });
    marked.before((stage, at + 1)).is_some()
}
