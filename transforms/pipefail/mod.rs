//! pipefail: a RUN fails where a command on the left of a pipe does.
//!
//! # Motivation
//! The status of `a | b` is that of `b`. A download that breaks off goes unnoticed as long as what reads it is content with less,
//! and the layer is cached.
//!
//! # Soundness
//! `set -o pipefail` at the start of a RUN's text changes the status of every pipe in it, and nothing behind it: unlike SHELL, it
//! does not reach later RUNs, CMD, or images that are FROM this one. No build that worked as it was meant to fails if
//!  1. the shell has the option: bash, or busybox's sh; dash stops at it;
//!  2. commands that read from a pipe read to its end, or fail: one that stops before (`head`, `grep -q`) kills the one on its left;
//!  3. a status other than 0 of a command on the left means that its output is not whole, where `grep` and `diff` only answer;
//!  4. nothing else than the failure of the whole text hangs on the status of a pipe: no `if`, `||` or `!`, no loop, function or
//!     substitution, unless nothing in that pipe can fail.
//!
//! What is not known of 2 and 3 (scripts in a pipe, programs of any kind on the left) is for a build to confirm.
//!
//! Sources: POSIX.1-2024 XCU 2.9.2, the manuals of bash, dash and busybox, and builds of both forms (`src/knowledge/programs/`).

mod judge;
mod shell;

use crate::edit::Edit;
use crate::engine::refusals::{
    DASH, NESTED, SHELL_REPLACED, STATUS_ANSWERS, STATUS_TESTED, STOPS_READING, UNKNOWN_SHELL, mark,
};
use crate::engine::{At, Chosen, Findings, Level, May, Meta, Near, Reason, Refusal, Rewrite, Transform, Words};
use crate::facts::packages::Work;
use crate::facts::{Facts, Stage, Step};
use crate::script::Commands;
use crate::shell::{CommandKind, List, Pipeline, Simple, Terminator};
use crate::text::Span;
use judge::Verdict;
use std::collections::HashMap;

/// The transform.
pub struct Pipefail;

static META: Meta = Meta {
    id: "pipefail",
    summary: "a RUN fails where a command on the left of a pipe does",
    page: include_str!("README.md"),
    ceiling: Level::Aggressive,
    needs: &[],
    may: &[
        May::AddCommand { commands: &["set -o pipefail"], near: Near::First },
        May::AddWord { to: &["set"], at: At::Tail, words: Words::All(&["-o", "pipefail"]) },
    ],
    intends: &[],
    refusals: &[&DASH, &NESTED, &SHELL_REPLACED, &STATUS_ANSWERS, &STATUS_TESTED, &STOPS_READING, &UNKNOWN_SHELL],
    options: &[],
    hadolint: &["DL4006"],
    checks: &["DS-0032"],
    since: "0.1.0",
};

impl Transform for Pipefail {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, at, work) in facts.works(true, &["|"]) {
            let step = &facts.stages[stage].steps[at];
            // what the author thought of himself stays as it is
            if work.text.text().contains("pipefail") || shell::has_it_already(step) {
                continue;
            }
            look(facts, (stage, at), &work, out);
        }
    }
}

fn look(facts: &Facts, (stage, at): (usize, usize), work: &Work, out: &mut Findings) {
    let Some(commands) = facts.commands(work.item) else { return };
    let found = match judge(commands, work) {
        Ok(None) => return,
        Ok(Some(level)) => shell::has_pipefail(facts, stage, at).map(|least| (level, level.max(least))),
        Err(reason) => Err(reason),
    };
    let place = work.instruction.keyword_span;
    match found {
        Ok((by_commands, level)) => out.rewrites.extend(rewrite(work, by_commands, level)),
        Err((refusal, reason)) => out.refuse(place, refusal, reason),
    }
}

/// How far it goes to have all pipes of a text fail; `None` where none would gain anything.
fn judge(commands: Commands, work: &Work) -> Result<Option<Level>, Reason> {
    let mut lists: Vec<&List> = vec![&work.script.list];
    work.script.for_each_command(&mut |command| {
        lists.extend(command.lists());
        command.for_each_own_part(&mut |part| lists.extend(part.list()));
    });
    let pipelines: HashMap<Span, &Pipeline> =
        lists.into_iter().flat_map(List::pipelines).map(|pipeline| (pipeline.span, pipeline)).collect();
    let pipes = commands.pipes().iter().filter(|pipe| pipe.length > 1);
    let judged = pipes.filter_map(|pipe| Some(judge::pipeline(commands, pipelines.get(&pipe.span)?, *pipe)));
    let all: Vec<Verdict> = judged.collect();
    let gains = |verdict: &Verdict| match verdict {
        Verdict::Same => None,
        Verdict::Gains(level) => Some(*level),
        Verdict::Refused { gains, .. } => gains.then_some(Level::Safe),
    };
    let level = all.iter().filter_map(gains).max();
    match all.into_iter().find(|verdict| matches!(verdict, Verdict::Refused { .. })) {
        Some(Verdict::Refused { refusal, reason, .. }) if level.is_some() => Err((refusal, reason)),
        Some(_) => Ok(None),
        None => Ok(level),
    }
}

fn rewrite(work: &Work, by_commands: Level, level: Level) -> Option<Rewrite> {
    let first = work.script.list.entries.first()?;
    let edit = match options_of_set(work) {
        Some(end) => Edit::insert(work.file_offset_behind(end), " -o pipefail"),
        None => {
            let apart = matches!(first.end, Some((Terminator::Ampersand, _)));
            let joint = if apart { "set -o pipefail; " } else { "set -o pipefail && " };
            Edit::insert(work.text.offset(first.and_or.span.start as usize), joint)
        }
    };
    let reason = "without it, only the last command of a pipe is asked whether it failed";
    let title = "fail where a command on the left of a pipe fails";
    let mut rewrite = Rewrite::new(work.instruction.keyword_span, level, title, reason, vec![edit])?;
    if by_commands == Level::Aggressive {
        let note = "a build should tell whether a command in a pipe fails, or stops reading, as a matter of course";
        rewrite.notes.push(note.to_owned());
    } else if level == Level::Aggressive {
        let note = "linters that take each `sh` for a plain POSIX one complain of it (SC3040)";
        rewrite.notes.push(note.to_owned());
    }
    Some(rewrite)
}

/// Behind which byte the options end of a `set -e` or the like that the text starts with.
fn options_of_set(work: &Work) -> Option<u32> {
    let text = work.text.text();
    let first = work.script.list.entries.first().filter(|one| !matches!(one.end, Some((Terminator::Ampersand, _))))?;
    let pipeline = &first.and_or.first;
    let [command] = pipeline.commands.as_slice() else { return None };
    let CommandKind::Simple(Simple { assignments, words }) = &command.kind else { return None };
    let plain = |word: &crate::shell::Word| {
        let letters = word.raw(text).strip_prefix('-').filter(|letters| !letters.is_empty());
        letters.is_some_and(|letters| letters.bytes().all(|letter| b"euxvf".contains(&letter)))
    };
    let (name, options) = words.split_first()?;
    let fits = name.raw(text) == "set"
        && !options.is_empty()
        && options.iter().all(plain)
        && assignments.is_empty()
        && command.redirects.is_empty()
        && !pipeline.negated;
    options.last().filter(|_| fits).map(|word| word.span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Options;
    use crate::facts::NoContext;
    use crate::text::Source;

    /// Whether a pipe is made to fail at a level.
    fn gains(pipe: &str, level: Level) -> bool {
        let source = Source::new(format!("FROM rockylinux:9\nSHELL [\"/bin/bash\", \"-c\"]\nRUN {pipe}\n"));
        let options = Options { level, only: vec![META.id.to_owned()], ..Options::default() };
        !crate::engine::run(&[&Pipefail], &source, &options, &NoContext).applied.is_empty()
    }

    #[test]
    fn a_status_is_a_failure_where_the_output_is_not_whole() {
        for pipe in [
            "cat /a /b | sort > /c",
            "openssl rand 32 | base64 > /c",
            "iconv -f latin1 /a | tee /c",
            "base64 /a | tee /c",
            "zcat /a.gz | tee /c",
            "gpg --export example | tee /c",
            "aws s3 cp s3://example/a - | tee /c",
            "wget -qO- https://example.org | tee /c",
            "curl https://example.org | awk 'BEGIN { FS = \":\" } { print $1 }' > /c",
            "curl https://example.org | sed 's/quick/slow/' > /c",
            "curl https://example.org | jq -r .a.b > /c",
        ] {
            assert!(gains(pipe, Level::Recommended), "{pipe}");
        }
    }

    #[test]
    fn a_plain_sh_is_for_who_asks() {
        let found = |shell: &str, level| {
            let source = Source::new(format!("FROM alpine:3.20\n{shell}RUN curl https://example.org | tee /c\n"));
            let options = Options { level, only: vec![META.id.to_owned()], ..Options::default() };
            !crate::engine::run(&[&Pipefail], &source, &options, &NoContext).applied.is_empty()
        };
        assert!(!found("", Level::Recommended) && found("", Level::Aggressive));
        assert!(found("SHELL [\"/bin/ash\", \"-c\"]\n", Level::Recommended));
    }

    #[test]
    fn a_build_tells_where_a_status_says_more() {
        for pipe in [
            "cat /a/*.list | sort > /c",
            "openssl s_client -connect example.org:443 | tee /c",
            "openssl verify /a | tee /c",
            "iconv -c -f utf-8 -t ascii /a | tee /c",
            "iconv -t ascii//IGNORE /a | tee /c",
            "cat /a | base64 -d | tee /c",
            "unzip -p /a.zip | tee /c",
            "gzip -t /a.gz | tee /c",
            "gpg --verify /a | tee /c",
            "aws s3 ls s3://example/ | tee /c",
            "wget --spider https://example.org | tee /c",
        ] {
            assert!(!gains(pipe, Level::Recommended), "{pipe}");
            assert!(gains(pipe, Level::Aggressive), "{pipe}");
        }
    }
}
