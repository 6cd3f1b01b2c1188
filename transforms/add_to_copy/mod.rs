//! add-to-copy: an ADD of local files that are no archives becomes COPY.
//!
//! # Motivation
//! ADD does three things: it copies, downloads and unpacks. Whoever reads it must know which; COPY copies. The guides ask for
//! COPY wherever ADD's magic is not wanted.
//!
//! # Soundness
//! ADD unpacks a local file if its bytes are a tar archive, plain or compressed, whatever its name, and is COPY otherwise:
//!  1. each source is in the build context as the builder gets it (ignore file applied), without a variable;
//!  2. it is a folder (archives inside one are not unpacked), or a regular file whose first bytes are neither those of a
//!     compressed stream nor a tar header;
//!  3. of a pattern, each match is, and its end names a kind of file that is no archive, so that later matches are too;
//!  4. no flag is one that only ADD has.
//!
//! Sources: the Dockerfile reference (ADD), BuildKit's detection of archives (gzip, bzip2, xz, zstd, then a tar header with a
//! valid checksum), builds of both forms.

mod magic;
mod sources;

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::{
    ARCHIVE, FLAGS, NO_CONTEXT, NOT_IN_CONTEXT, PATTERN, SYMBOLIC_LINK, VARIABLE, VERSION_DEPENDENT, mark,
};
use crate::engine::{Chosen, Findings, Level, May, Meta, Need, Reason, Rewrite, Transform};
use crate::facts::{Facts, Step};
use crate::syntax::{Args, Keyword};

/// The transform.
pub struct AddToCopy;

static META: Meta = Meta {
    id: "add-to-copy",
    summary: "an ADD of local files that are no archives becomes COPY",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[Need::Context],
    may: &[May::Become(Keyword::Add, Keyword::Copy)],
    intends: &[],
    refusals: &[
        &ARCHIVE,
        &FLAGS,
        &NO_CONTEXT,
        &NOT_IN_CONTEXT,
        &PATTERN,
        &SYMBOLIC_LINK,
        &VARIABLE,
        &VERSION_DEPENDENT,
    ],
    options: &[],
    hadolint: &["DL3020"],
    checks: &["CIS-DI-0009", "DS-0005"],
    since: "0.1.0",
};

impl Transform for AddToCopy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let steps = facts.stages.iter().flat_map(|stage| &stage.steps);
        for step in steps.filter(|step| step.instruction.keyword == Keyword::Add) {
            match examine(facts, step) {
                Ok(found) => out.rewrites.extend(found),
                Err((refusal, what)) => out.refused.push((step.instruction.keyword_span, refusal, what)),
            }
        }
    }
}

/// The rewrite of one ADD; `None` where it downloads, or writes a heredoc.
fn examine(facts: &Facts, step: &Step) -> Result<Option<Rewrite>, Reason> {
    let instruction = step.instruction;
    let Args::Transfer { sources, .. } = &instruction.args else { return Ok(None) };
    if !instruction.heredocs.is_empty() || sources.iter().any(|source| is_remote(&source.text)) {
        return Ok(None);
    }
    if instruction.opaque.is_some() {
        return Err((&VERSION_DEPENDENT, "frontend versions read it differently".to_owned()));
    }
    let shared = ["chown", "chmod", "link", "exclude"];
    if let Some(flag) = instruction.flags.iter().find(|flag| !shared.contains(&flag.name.as_str())) {
        return Err((&FLAGS, format!("COPY has no `--{}`", flag.name)));
    }
    sources.iter().try_for_each(|source| sources::is_no_archive(facts.context, &source.text))?;
    let keyword = facts.source.slice(instruction.keyword_span);
    let copy = if keyword.chars().all(char::is_lowercase) { "copy" } else { "COPY" };
    let edits = EditSet::new(vec![Edit::replace(instruction.keyword_span, copy)]).unwrap_or_default();
    Ok(Some(Rewrite {
        at: instruction.keyword_span.to(instruction.line.span(instruction.rest.clone())),
        title: "say COPY where nothing is downloaded or unpacked".to_owned(),
        reason: "ADD of what is no archive is COPY, which says so".to_owned(),
        level: Level::Safe,
        edits,
        notes: Vec::new(),
        touches: Vec::new(),
    }))
}

/// Whether a source is a URL or a repository, or may be one.
fn is_remote(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    lower.contains("://") || lower.starts_with("git@") || lower.starts_with("github.com/") || lower.contains(".git#")
}
