//! dead-instructions: of several CMD, ENTRYPOINT or HEALTHCHECK of a stage, only the last one stays.
//!
//! # Motivation
//! Each of them replaces the one before. The earlier ones do nothing, and mislead whoever reads them.
//!
//! # Soundness
//! What is dropped changes nothing if
//!  1. another one of the same keyword comes later in the same stage: each replaces the whole of what was there, and no RUN
//!     sees it. That a stage sets CMD, which an ENTRYPOINT would otherwise clear, stays true, since one of them stays;
//!  2. it is no trigger: ONBUILD is an instruction of its own;
//!  3. no comment is lost, nor left above another instruction than the one that it speaks of.
//!
//! That all stages have the same CMD, ENTRYPOINT and HEALTHCHECK as before is compared after each rewrite.
//!
//! A stage that the image is not made of is never removed: it can be a target. It is told as advice.
//!
//! Sources: the Dockerfile reference, BuildKit's dispatch of the three, and builds of both forms.

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::COMMENT;
use crate::engine::{Chosen, Findings, Level, Meta, Rewrite, Transform};
use crate::facts::{Facts, Step, keep, layout};
use crate::syntax::{Args, Instruction, ItemKind, Keyword};
use std::collections::HashSet;

/// The transform.
pub struct DeadInstructions;

static META: Meta = Meta {
    id: "dead-instructions",
    summary: "a CMD, ENTRYPOINT or HEALTHCHECK that a later one of the same stage replaces is dropped",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[],
    intends: &[],
    refusals: &[&COMMENT],
    options: &[],
    hadolint: &["DL4003", "DL4004", "DL3012"],
    checks: &["MultipleInstructionsDisallowed", "DS-0007", "DS-0016", "DS-0023"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for DeadInstructions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for stage in &facts.stages {
            for keyword in [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck] {
                let all = stage.steps.iter().filter(|step| step.instruction.keyword == keyword);
                let mut all: Vec<&Step> = all.collect();
                all.pop();
                all.into_iter().for_each(|step| drop_step(facts, step, out));
            }
        }
        advise(facts, out);
    }
}

fn drop_step(facts: &Facts, step: &Step, out: &mut Findings) {
    let one = step.instruction;
    if let Some(what) = why_not(facts, step.item) {
        out.refuse(one.keyword_span, &COMMENT, what);
        return;
    }
    let start = facts.file.items[step.item].span.start as usize;
    let gone = layout::taken_away(facts, start, step.item);
    out.rewrites.push(Rewrite {
        at: one.keyword_span.to(one.line.span(one.rest.clone())),
        title: format!("drop a {} that a later one replaces", one.keyword.name()),
        reason: "only the last one of a stage counts".to_owned(),
        level: Level::Safe,
        edits: EditSet::new(vec![Edit::delete(gone)]).unwrap_or_default(),
        notes: Vec::new(),
        touches: Vec::new(),
    });
}

fn why_not(facts: &Facts, item: usize) -> Option<&'static str> {
    let start = facts.file.items[item].span.start as usize;
    let above = facts.file.items[..item].iter().rev();
    let mut above = above.take_while(|one| !matches!(one.kind, ItemKind::Instruction(_)));
    // a comment that a tool reads speaks of the next instruction, blank lines or not
    let pragma = above.any(|one| matches!(one.kind, ItemKind::Comment) && keep::is_pragma(facts.source, one));
    match () {
        () if pragma || layout::attached(facts, item) < start => {
            Some("a comment stands above it, which would be left above another instruction")
        }
        () if layout::has_comment_inside(facts, item) => Some("a comment stands between its lines and would be lost"),
        () => None,
    }
}

/// Tells the stages that are not part of the image, and that no other instruction names.
fn advise(facts: &Facts, out: &mut Findings) {
    let texts: HashSet<String> = facts.file.instructions().flat_map(|(_, one)| sources(one)).collect();
    if texts.iter().any(|text| text.contains('$')) {
        return;
    }
    let (last, targets) = (facts.stages.len().saturating_sub(1), facts.targets());
    for (index, stage) in facts.stages.iter().enumerate().take(last).filter(|(index, _)| !targets.contains(index)) {
        let named = |name: &str| texts.contains(name);
        if stage.children.is_empty()
            && !named(&index.to_string())
            && !stage.name.as_deref().is_some_and(named)
            && let Some(from) = facts.instruction(stage.item)
        {
            let shown = stage.name.clone().unwrap_or_else(|| index.to_string());
            let title = format!("stage `{shown}` is not part of the image");
            let reason = "it is built only where somebody asks for it with `--target`; if nobody does, remove it";
            out.advice.push((from.keyword_span.to(from.line.span(from.rest.clone())), title, reason.to_owned()));
        }
    }
}

/// What an instruction takes files from: `--from=` and the `from` of mounts, in triggers too.
fn sources(one: &Instruction) -> Vec<String> {
    if let Args::Onbuild(inner) = &one.args {
        return sources(inner);
    }
    let flags = one.flags.iter().filter_map(|flag| {
        let value = flag.value.as_deref()?;
        match flag.name.as_str() {
            "from" => Some(vec![value.to_lowercase()]),
            "mount" => Some(value.split(',').filter_map(mount_source).collect()),
            _ => None,
        }
    });
    flags.flatten().collect()
}

fn mount_source(field: &str) -> Option<String> {
    let (key, value) = field.trim_matches('"').split_once('=')?;
    key.eq_ignore_ascii_case("from").then(|| value.to_lowercase())
}
