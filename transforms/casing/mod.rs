//! casing: keywords are written in one case, the one that most of the file has.
//!
//! # Motivation
//! BuildKit warns where `FROM` stands beside `run`, or `FROM` beside `as`; a file in one case is easier to read.
//!
//! # Soundness
//! Keywords and `AS` mean the same in any case. Nothing else is touched if
//!  1. the keyword stands on one line: one that a continuation breaks is left alone;
//!  2. it is not the keyword inside ONBUILD, which is part of a text that the image stores.
//!
//! The case is the one of most keywords; upper case where there are as many of both.
//!
//! The name of a stage is never changed: Docker ignores its case where it is built, podman does not. It is told as advice.
//!
//! Sources: BuildKit's checks ConsistentInstructionCasing, FromAsCasing and StageNameCasing.

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::BROKEN_KEYWORD;
use crate::engine::{Chosen, Findings, Level, Meta, Reason, Rewrite, Transform, refuse};
use crate::facts::Facts;
use crate::syntax::{Arg, Args, Instruction};
use crate::text::Span;

/// The transform.
pub struct Casing;

static META: Meta = Meta {
    id: "casing",
    summary: "keywords are written in one case, the one that most of the file has",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[],
    intends: &[],
    refusals: &[&BROKEN_KEYWORD],
    options: &[],
    hadolint: &[],
    checks: &["ConsistentInstructionCasing", "FromAsCasing", "StageNameCasing"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for Casing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let upper = is_upper(facts);
        for (_, one) in facts.file.instructions() {
            let as_word = match &one.args {
                Args::From { image, alias: Some(alias) } => {
                    advise(facts, one, alias, out);
                    as_word(facts, one, image, alias)
                }
                _ => None,
            };
            match word(facts, one.keyword_span, one.keyword.name(), upper) {
                Ok(keyword) => propose(facts, one, [keyword, as_word.and_then(|at| other(facts, at, upper))], out),
                Err((refusal, what)) => out.refuse(one.keyword_span, refusal, what),
            }
        }
    }
}

/// Whether most keywords that are in one case are in upper case.
fn is_upper(facts: &Facts) -> bool {
    let words = || facts.file.instructions().map(|(_, one)| facts.source.slice(one.keyword_span));
    let lower = words().filter(|word| !word.contains(|c: char| c.is_ascii_uppercase())).count();
    let upper = words().filter(|word| !word.contains(|c: char| c.is_ascii_lowercase())).count();
    upper >= lower
}

/// The edit that gives a keyword its case, where it has another.
fn word(facts: &Facts, at: Span, name: &str, upper: bool) -> Result<Option<Edit>, Reason> {
    match other(facts, at, upper) {
        Some(_) if at.len() != name.len() => refuse(&BROKEN_KEYWORD, "a continuation breaks the keyword"),
        edit => Ok(edit),
    }
}

/// The edit that gives a word its case, where it has another.
fn other(facts: &Facts, at: Span, upper: bool) -> Option<Edit> {
    let word = facts.source.slice(at);
    let wanted = if upper { word.to_ascii_uppercase() } else { word.to_ascii_lowercase() };
    (word != wanted).then(|| Edit::replace(at, wanted))
}

/// `AS` in the file, where it stands on one line.
fn as_word(facts: &Facts, one: &Instruction, image: &Arg, alias: &Arg) -> Option<Span> {
    let text = one.line.text();
    let between = &text[image.range.end..alias.range.start];
    let start = image.range.end + between.find(|c: char| c.is_ascii_alphabetic())?;
    let at = one.line.span(start..start + 2);
    facts.source.slice(at).eq_ignore_ascii_case("as").then_some(at)
}

fn propose(facts: &Facts, one: &Instruction, edits: [Option<Edit>; 2], out: &mut Findings) {
    let edits: Vec<Edit> = edits.into_iter().flatten().collect();
    let shown = |edit: &Edit| format!("`{}` as `{}`", facts.source.slice(edit.span), edit.text);
    let shown: Vec<String> = edits.iter().map(shown).collect();
    if edits.is_empty() {
        return;
    }
    out.rewrites.push(Rewrite {
        at: one.keyword_span,
        title: format!("write {}", shown.join(" and ")),
        reason: "keywords in one case, as most of the file has them".to_owned(),
        level: Level::Safe,
        edits: EditSet::new(edits).unwrap_or_default(),
        notes: Vec::new(),
        touches: Vec::new(),
    });
}

fn advise(facts: &Facts, one: &Instruction, alias: &Arg, out: &mut Findings) {
    if alias.text.contains(|c: char| c.is_ascii_uppercase()) && !facts.kept.off {
        let title = format!("the name of stage `{}` is not in lower case", alias.text);
        let reason = "BuildKit warns about it; rename it here, in `--from` and where it is built with `--target`";
        out.advice.push((one.line.span(alias.range.clone()), title, reason.to_owned()));
    }
}
