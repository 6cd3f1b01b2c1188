//! curl-fail: a `curl` that downloads fails where the server answers an error.
//!
//! # Motivation
//! `curl` takes the page of a 404 for what was asked for, and says that all is well: the page is stored as the program, the
//! key or the archive. `-f` makes it fail (22), and the build with it.
//!
//! # Soundness
//! Where the server answers below 400, `-f` changes nothing. Else the build stops at the download, if
//!  1. its output is stored, in a file or by a pipe, and not only printed, and no option looks at the status (`-w`, `-I`, `-i`,
//!     `-D`, `/dev/null`) or sends something, to which an error may be an answer;
//!  2. its exit code decides whether the RUN succeeds: no `||`, `if`, `while`, `until`, `!`, no list that goes on;
//!  3. in a pipe, `pipefail` is on. Without it `-f` feeds nothing to what would get an error page: `tar` and `gpg` fail on
//!     both, a shell mostly fails on the page and succeeds on nothing, so that the error would no longer be seen;
//!  4. every option is known, and none of a file (`.curlrc`, `-K`) or of a variable may be in force; `curl` is the program;
//!  5. it asks by HTTP, and no server that the build itself runs, which may answer errors while it starts.
//!
//! Sources: curl(1), POSIX.1-2024 XCU 2.9, runs of sh, tar, gzip, xz and gpg on empty input.

mod invocation;
mod line;

use crate::edit::Edit;
use crate::engine::refusals::{
    CAPTURED, CONFIGURED, FAILURE_IGNORED, LOCAL_SERVER, LOOKS_AT_STATUS, NO_PIPEFAIL, OPTION, PRINTED, REDEFINED,
    RESUME, SENDS, STATUS_TESTED, UNKNOWN_OPTION, mark,
};
use crate::engine::{Chosen, Facet, Findings, Level, Meta, Need, Reason, Rewrite, Transform, refuse};
use crate::facts::Facts;
use crate::facts::packages::Work;
use crate::shell::CommandKind;
use invocation::CurlInvocation;
use line::Line;

/// The transform.
pub struct CurlFail;

static META: Meta = Meta {
    id: "curl-fail",
    summary: "a `curl` that downloads fails where the server answers an error, instead of storing the error page",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[Need::Network],
    changes: &[Facet::Gains { program: "curl", short: 'f', long: "--fail" }],
    intends: &[],
    refusals: &[
        &CAPTURED,
        &CONFIGURED,
        &FAILURE_IGNORED,
        &LOCAL_SERVER,
        &LOOKS_AT_STATUS,
        &NO_PIPEFAIL,
        &OPTION,
        &PRINTED,
        &REDEFINED,
        &RESUME,
        &SENDS,
        &STATUS_TESTED,
        &UNKNOWN_OPTION,
    ],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
};

impl Transform for CurlFail {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, step, work) in facts.works(true, &["curl"]) {
            if !work.is_posix() {
                continue;
            }
            let state = &facts.stages[stage].steps[step].before;
            for place in invocation::read(&work) {
                let at = work.in_file(place.command.span);
                match examine(facts, &work, &place, state) {
                    Ok(found) => out.rewrites.extend(found),
                    Err((refusal, what)) => out.refuse(at, refusal, what),
                }
            }
        }
    }
}

/// The rewrite of one `curl`; `None` where it fails already, or downloads nothing by HTTP.
fn examine(
    facts: &Facts,
    work: &Work,
    place: &CurlInvocation,
    state: &crate::facts::State,
) -> Result<Option<Rewrite>, Reason> {
    let Some(line) = Line::read(work.text.text(), place, state)? else { return Ok(None) };
    if line.fails || line.is_other_protocol() {
        return Ok(None);
    }
    if let Some(config) = config(facts, state) {
        return refuse(mark!(CONFIGURED, "file"), format!("`{config}` may hold options of curl's"));
    }
    is_the_program(work)?;
    line.is_plain_download()?;
    place.status_counts(work, state)?;
    line.stores(place.feeds.is_some())?;
    let at = work.in_file(place.command.span);
    let reason = "without `-f` the page of a 404 is taken for what was asked for";
    let title = "let `curl` fail where the server answers an error";
    let mut found = Rewrite::new(at, Level::Recommended, title, reason, vec![edit(work, &line)]);
    if let Some(found) = &mut found {
        found.notes.push("a build whose download is answered by an error stops there, from now on".to_owned());
    }
    Ok(found)
}

/// The option, in the manner of the command: among letters that stand together, else as a word of its own.
fn edit(work: &Work, line: &Line) -> Edit {
    match line.letters {
        Some(letters) => Edit::insert(work.file_offset_behind(letters.start + 1), "f"),
        None => {
            let option = if line.is_long { " --fail" } else { " -f" };
            Edit::insert(work.file_offset_behind(line.name.end), option)
        }
    }
}

/// What in the file, or in force at a step, tells of a configuration.
fn config(facts: &Facts, state: &crate::facts::State) -> Option<&'static str> {
    let text = facts.source.text();
    let named = ["curlrc", "CURL_HOME", "XDG_CONFIG_HOME"].into_iter().find(|mark| text.contains(mark));
    named.or_else(|| state.env.get("CURL_HOME").map(|_| "CURL_HOME"))
}

/// That the text gives `curl` no other meaning.
fn is_the_program(work: &Work) -> Result<(), Reason> {
    let text = work.text.text();
    let mut other = false;
    work.script.for_each_command(&mut |command| {
        other |= match &command.kind {
            CommandKind::Function { name, .. } => text[name.range()].trim() == "curl",
            CommandKind::Simple(simple) => match simple.name(text).as_deref() {
                Some("alias") => simple.words.iter().any(|word| word.raw(text).contains("curl")),
                Some("." | "source" | "eval") => true,
                _ => false,
            },
            _ => false,
        };
    });
    if other {
        refuse(&REDEFINED, "`curl` may be a function or an alias, made here or by a file that is read")
    } else {
        Ok(())
    }
}
