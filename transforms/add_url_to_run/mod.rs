//! add-url-to-run: an archive that ADD fetches and a later RUN unpacks is fetched, unpacked and dropped in that one RUN.
//!
//! # Motivation
//! ADD stores the archive in a layer of its own, where it stays whatever later RUNs delete: the image carries it twice, packed
//! and unpacked.
//!
//! # Soundness
//! `ADD url file` + `RUN tar -xzf file` is `RUN curl url | tar -xz`, but for the archive itself and time stamps, if
//!  1. there is one source, an http(s) URL that the shell reads as BuildKit does (variables declared by ENV or ARG, no escapes,
//!     nothing that curl expands), and no flag but a sha256 checksum, which is checked before anything is unpacked;
//!  2. the file's path is known: the destination ends with `/`, or the RUN names the file; a destination that the RUN names may be a
//!     directory unless it is used, or called, like a file;
//!  3. the RUN is a chain of `&&` in a POSIX shell, without flags, heredocs and comments, run by root (ADD writes as root whatever
//!     USER says);
//!  4. `curl` or `wget` are known to be there before the RUN, and certificates for https (to which servers send those that ask by http);
//!  5. nothing between the two can tell that the file is not there yet, or changes the variables in its name;
//!  6. nothing else reads the file: no other instruction names it, and what the RUN does with it does not copy it elsewhere;
//!  7. its address does not say that what it gives changes (`latest`, the name of a branch): ADD asks the server at each build, a RUN does
//!     not; and something is made of it: what is only shown or removed is fetched so that the build notices when it changes;
//!  8. it goes: the RUN removes it, or a later RUN does, or it was only there to be unpacked.
//!
//! The folder that ADD would make is made by `mkdir -p`. In a pipe the status of the first command is lost: only archives whose
//! compression the command line names are piped, since gzip, bzip2, xz and zstd fail on empty and on cut input.
//!
//! Sources: the Dockerfile reference (ADD), POSIX.1-2024 XCU 2.9, builds of both forms, GNU tar 1.34 and busybox 1.35 on empty
//! and cut input.

mod body;
mod fetch;
mod mentions;
mod name;
mod splice;
mod tar;
mod uses;

use crate::engine::refusals::{
    BETWEEN, CHECKSUM, EXEC_FORM, FLAGS, HEREDOC, MAY_CHANGE, MISSING_PROGRAM, MOVED, NO_CERTIFICATES, NOT_A_CHAIN,
    NOT_ROOT, OTHER_SHELL, READ_DIFFERENTLY, SEVERAL_SOURCES, SHELL_DIALECT, SHELL_STATE, SHELL_SYNTAX, UNKNOWN_PATH,
    UNKNOWN_SHELL, USED_ELSEWHERE, VARIABLE, VERSION_DEPENDENT, mark,
};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Near, Need, Reason, Rewrite, Transform, refuse};
use crate::facts::{Facts, Step};
use crate::syntax::Keyword;
use crate::text::Span;
use body::{Body, Removal};
use fetch::Fetch;
use mentions::Mentions;

/// The transform.
pub struct AddUrlToRun;

static META: Meta = Meta {
    id: "add-url-to-run",
    summary: "an archive that is fetched by ADD and unpacked by a RUN is fetched, unpacked and dropped in one RUN",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[Need::Network],
    may: &[
        May::Take(Keyword::Add),
        May::AddCommand {
            commands: &[
                "mkdir -p <folder>",
                "curl -fsSLo <file> <source>",
                "wget -qO <file> <source>",
                "echo <checksum> | sha256sum -c -",
            ],
            near: Near::First,
        },
        May::AddCommand { commands: &["rm <file>", "rm -f <file>"], near: Near::Last(&[]) },
        May::Feed(&["curl -fsSL <source>", "wget -qO- <source>"]),
        May::DropCommand(&["rm [-f|-r|-rf|-fr|-v] <file>..."]),
    ],
    intends: &[Intent::Removed(&[
        "**/*.tar",
        "**/*.tar.*",
        "**/*.tgz",
        "**/*.tbz",
        "**/*.tbz2",
        "**/*.txz",
        "**/*.zip",
        "**/*.deb",
        "**/*.rpm",
    ])],
    refusals: &[
        &BETWEEN,
        &CHECKSUM,
        &EXEC_FORM,
        &FLAGS,
        &HEREDOC,
        &MAY_CHANGE,
        &MISSING_PROGRAM,
        &MOVED,
        &NO_CERTIFICATES,
        &NOT_A_CHAIN,
        &NOT_ROOT,
        &OTHER_SHELL,
        &READ_DIFFERENTLY,
        &SEVERAL_SOURCES,
        &SHELL_DIALECT,
        &SHELL_STATE,
        &SHELL_SYNTAX,
        &UNKNOWN_PATH,
        &UNKNOWN_SHELL,
        &USED_ELSEWHERE,
        &VARIABLE,
        &VERSION_DEPENDENT,
    ],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
};

impl Transform for AddUrlToRun {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let adds = adds(facts);
        if adds.is_empty() {
            return;
        }
        let mentions = Mentions::of(facts, &adds);
        for (stage, at) in adds {
            let Some(use_at) = mentions.unpacked_at(facts, stage, at) else { continue };
            out.advice.extend(unpack_instead(facts, stage, (at, use_at)));
            match examine(facts, stage, (at, use_at), &mentions) {
                Ok(found) => out.rewrites.extend(found),
                Err((refusal, what)) => {
                    out.refused.push((facts.stages[stage].steps[at].instruction.keyword_span, refusal, what));
                }
            }
        }
    }
}

/// The ADDs of URLs whose layers are in the image, each with its stage and its place in there.
fn adds(facts: &Facts) -> Vec<(usize, usize)> {
    let mut adds = Vec::new();
    for stage in facts.shipped() {
        let steps = facts.stages[stage].steps.iter().enumerate();
        let fetches =
            |step: &Step| step.instruction.keyword == Keyword::Add && fetch::sources(step.instruction).is_some();
        adds.extend(steps.filter(|(_, step)| fetches(step)).map(|(at, _)| (stage, at)));
    }
    adds
}

/// The rewrite of one ADD; `None` where it is not the pattern.
fn examine(
    facts: &Facts,
    stage: usize,
    (at, use_at): (usize, usize),
    mentions: &Mentions,
) -> Result<Option<Rewrite>, Reason> {
    let step = &facts.stages[stage].steps[at];
    let Some(parts) = fetch::sources(step.instruction) else { return Ok(None) };
    let fetch = Fetch::read(step, parts)?;
    let body = Body::read(facts, stage, use_at, &fetch)?;
    if !body.reads {
        // it is there so that the build notices when it changes
        return Ok(None);
    }
    if !body.unpacks && body.removal == Removal::None && !uses::removed_later(facts, (stage, use_at), &body, mentions) {
        return Ok(None);
    }
    if !body.unpacks && fetch.is_answer() {
        return Ok(None);
    }
    if let Some(word) = fetch.moves() {
        return refuse(
            &MAY_CHANGE,
            format!("`{word}` of the address may be another one tomorrow; the RUN would be cached for ever"),
        );
    }
    uses::between(facts, stage, (at, use_at), &fetch, &body)?;
    let dropped = uses::elsewhere(facts, stage, (at, use_at), &body, mentions)?;
    let tool = fetch.downloader(facts, stage, use_at)?;
    let (edits, notes) = splice::edits(facts, stage, (at, use_at), &fetch, &body, tool, dropped);
    let instruction = step.instruction;
    Ok(Some(Rewrite {
        at: instruction.keyword_span.to(instruction.line.span(instruction.rest.clone())),
        title: format!("fetch, unpack and drop `{}` in one RUN", body.file.shown()),
        reason: "what ADD brings stays in its layer, whatever a later RUN deletes".to_owned(),
        level: Level::Recommended,
        edits,
        notes,
        touches: Vec::new(),
    }))
}

/// What ADD itself can do where the frontend is new enough: where, the advice, and why.
fn unpack_instead(facts: &Facts, stage: usize, (at, use_at): (usize, usize)) -> Option<(Span, String, String)> {
    if !facts.frontend().at_least(1, 17) {
        return None;
    }
    let step = &facts.stages[stage].steps[at];
    let fetch = Fetch::read(step, fetch::sources(step.instruction)?).ok()?;
    let folder = Body::read(facts, stage, use_at, &fetch).ok()?.unpacks_into()?;
    let url = fetch.url.shown();
    let title = format!("`ADD --unpack=true {url} {}/` does it without a RUN", folder.trim_end_matches('/'));
    let reason = "the builder downloads and unpacks it, with no tool of the image; it is cached by content".to_owned();
    Some((step.instruction.keyword_span, title, reason))
}
