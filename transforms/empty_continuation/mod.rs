//! empty-continuation: blank lines between the lines of a continued instruction go.
//!
//! # Motivation
//! A blank line does not end an instruction that is continued, though it looks as if it did. BuildKit warns about it and may
//! refuse it one day.
//!
//! # Soundness
//! Builders drop such lines when they join the others, wherever they stand, in an open quote too. Nothing is changed if
//!  1. frontends agree where the instruction ends;
//!  2. the line is none of a heredoc's body, where blank lines are text.
//!
//! Comment lines inside are dropped by builders as well; they stay.
//!
//! Sources: BuildKit's parser (`trimContinuationCharacter`, `isEmptyContinuationLine`) and its check NoEmptyContinuation.

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::VERSION_DEPENDENT;
use crate::engine::{Chosen, Findings, Level, Meta, Rewrite, Transform};
use crate::facts::Facts;
use crate::syntax::Instruction;
use crate::text::Span;

/// The transform.
pub struct EmptyContinuation;

static META: Meta = Meta {
    id: "empty-continuation",
    summary: "blank lines between the lines of a continued instruction go",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[],
    intends: &[],
    refusals: &[&VERSION_DEPENDENT],
    options: &[],
    hadolint: &[],
    checks: &["NoEmptyContinuation"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for EmptyContinuation {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (item, one) in facts.file.instructions() {
            let edits = blank_lines(facts, item, one);
            if edits.is_empty() {
                continue;
            }
            if one.opaque.is_some() {
                out.refused.push((
                    one.keyword_span,
                    &VERSION_DEPENDENT,
                    "frontend versions disagree where it ends".to_owned(),
                ));
                continue;
            }
            let lines =
                if edits.len() == 1 { "a blank line".to_owned() } else { format!("{} blank lines", edits.len()) };
            out.rewrites.push(Rewrite {
                at: one.keyword_span,
                title: format!("remove {lines} inside {}", one.keyword.name()),
                reason: "a blank line does not end a continued instruction, though it looks so".to_owned(),
                level: Level::Safe,
                edits: EditSet::new(edits).unwrap_or_default(),
                notes: Vec::new(),
                touches: Vec::new(),
            });
        }
    }
}

/// The blank lines of an instruction, up to its first heredoc's body.
fn blank_lines(facts: &Facts, item: usize, one: &Instruction) -> Vec<Edit> {
    let span = facts.file.items[item].span;
    let end = one.heredocs.first().map_or(span.end, |heredoc| heredoc.body.start);
    let mut at = span.start as usize;
    let mut out = Vec::new();
    for line in facts.source.text()[at..end as usize].split_inclusive('\n') {
        let shows = line.bytes().any(|byte| byte.is_ascii_graphic());
        if !shows && line.trim().is_empty() {
            out.push(Edit::delete(Span::new(at, at + line.len())));
        }
        at += line.len();
    }
    out
}
