//! maintainer-to-label: MAINTAINER becomes `LABEL org.opencontainers.image.authors`.
//!
//! # Motivation
//! MAINTAINER is deprecated and sets a field that few tools show; the label is what the OCI specification names for it.
//!
//! # Soundness
//! The field Author is lost and a label is won, so this is never `safe`. Nothing else changes if
//!  1. frontends agree on the text, and it stands on one line;
//!  2. it is the only MAINTAINER of its stage: of several only the last one counts;
//!  3. no label of that name is set in the stage, or in one that it is FROM: it would be overridden, or override;
//!  4. the label's value is the text: MAINTAINER is raw, a label's value is read with quotes, escapes and variables, so that
//!     `"`, `$` and the escape character in force are escaped.
//!
//! Quotes around the whole text, which MAINTAINER keeps as part of the name, are left out.
//!
//! Sources: the Dockerfile reference, BuildKit's parser and shell lexer, the OCI image specification's annotation keys.

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::{LABEL_EXISTS, SEVERAL_LINES, SEVERAL_MAINTAINERS, VERSION_DEPENDENT};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Rewrite, Transform};
use crate::facts::{Base, Facts, Stage, Step, value};
use crate::syntax::{Arg, Args, Keyword};

/// The transform.
pub struct MaintainerToLabel;

/// The label.
const AUTHORS: &str = "org.opencontainers.image.authors";

static META: Meta = Meta {
    id: "maintainer-to-label",
    summary: "MAINTAINER becomes the label `org.opencontainers.image.authors`",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[May::Label(Keyword::Maintainer, AUTHORS)],
    intends: &[Intent::Config("Author"), Intent::Config("Labels.org.opencontainers.image.authors")],
    refusals: &[&LABEL_EXISTS, &SEVERAL_LINES, &SEVERAL_MAINTAINERS, &VERSION_DEPENDENT],
    options: &[],
    hadolint: &["DL4000"],
    checks: &["MaintainerDeprecated", "DS-0022"],
    since: "0.1.0",
};

impl Transform for MaintainerToLabel {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for stage in &facts.stages {
            let found = stage.steps.iter().filter(|step| step.instruction.keyword == Keyword::Maintainer);
            let found: Vec<&Step> = found.collect();
            match found.as_slice() {
                [] => {}
                [step] => look(facts, stage, step, out),
                [.., last] => out.refused.push((
                    last.instruction.keyword_span,
                    &SEVERAL_MAINTAINERS,
                    SEVERAL_MAINTAINERS.summary.to_owned(),
                )),
            }
        }
    }
}

fn look(facts: &Facts, stage: &Stage, step: &Step, out: &mut Findings) {
    let Args::Text(text) = &step.instruction.args else { return };
    let (refusal, what) = match () {
        () if step.instruction.opaque.is_some() => (&VERSION_DEPENDENT, "frontend versions read it differently"),
        () if !step.instruction.line.contiguous(0..step.instruction.rest.end) => {
            (&SEVERAL_LINES, "its text goes over several lines")
        }
        () if labelled(facts, stage) => (&LABEL_EXISTS, "the stage, or one that it is FROM, sets that label itself"),
        () => return out.rewrites.push(rewrite(facts, step, text)),
    };
    out.refuse(step.instruction.keyword_span, refusal, what);
}

fn rewrite(facts: &Facts, step: &Step, text: &Arg) -> Rewrite {
    let one = step.instruction;
    let lower = facts.source.slice(one.keyword_span).chars().all(|c| c.is_ascii_lowercase());
    let keyword = if lower { "label" } else { "LABEL" };
    let value = format!("{AUTHORS}=\"{}\"", escaped(unquoted(&text.text), facts.file.escape));
    let edits = vec![Edit::replace(one.keyword_span, keyword), Edit::replace(one.line.span(text.range.clone()), value)];
    Rewrite {
        at: one.keyword_span,
        title: format!("write MAINTAINER as the label `{AUTHORS}`"),
        reason: "MAINTAINER is deprecated; the label is what tools look for".to_owned(),
        level: Level::Recommended,
        edits: EditSet::new(edits).unwrap_or_default(),
        notes: vec!["the image's field `Author` is empty afterwards".to_owned()],
        touches: Vec::new(),
    }
}

/// Without one pair of quotes around all of it.
fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote).filter(|inside| !inside.contains(quote));
    inside('"').or_else(|| inside('\'')).filter(|inside| !inside.trim().is_empty()).unwrap_or(text)
}

/// As it must stand in double quotes.
fn escaped(text: &str, escape: char) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '"' || c == '$' || c == escape {
            out.push(escape);
        }
        out.push(c);
    }
    out
}

/// Whether the label is, or may be, set in a stage or in one that it is FROM.
fn labelled(facts: &Facts, stage: &Stage) -> bool {
    let sets = |step: &Step| match &step.instruction.args {
        Args::Pairs { pairs, .. } if step.instruction.keyword == Keyword::Label => pairs.iter().any(|pair| {
            let name = value::literal(&pair.name.text, facts.file.escape);
            name.is_none_or(|name| name == AUTHORS)
        }),
        _ => false,
    };
    let parent = match stage.base {
        Base::Stage(parent) => facts.stages.get(parent),
        _ => None,
    };
    stage.steps.iter().any(sets) || parent.is_some_and(|parent| labelled(facts, parent))
}
