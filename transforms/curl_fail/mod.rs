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

mod line;

use crate::edit::Edit;
use crate::engine::refusals::{
    CAPTURED, CONFIGURED, FAILURE_IGNORED, LOCAL_SERVER, LOOKS_AT_STATUS, NO_PIPEFAIL, OPTION, PRINTED, REDEFINED,
    RESUME, SENDS, STATUS_TESTED, UNKNOWN_OPTION, mark,
};
use crate::engine::{At, Chosen, Findings, Level, May, Meta, Need, Reason, Rewrite, Transform, Words, refuse};
use crate::facts::packages::Work;
use crate::facts::{Facts, State};
use crate::script::{Commands, Invocation};
use line::Line;

/// The transform.
pub struct CurlFail;

static META: Meta = Meta {
    id: "curl-fail",
    summary: "a `curl` that downloads fails where the server answers an error, instead of storing the error page",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[Need::Network],
    may: &[
        May::AddLetter { to: &["curl"], letter: 'f' },
        May::AddWord { to: &["curl"], at: At::Program, words: Words::One(&["-f", "--fail"]) },
    ],
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
        let text = facts.source.text();
        let named = ["curlrc", "CURL_HOME", "XDG_CONFIG_HOME"].into_iter().find(|mark| text.contains(mark));
        for (stage, step, work) in facts.works(true, &["curl"]) {
            if !work.is_posix() {
                continue;
            }
            let state = &facts.stages[stage].steps[step].before;
            let Some(commands) = facts.commands(work.item) else { continue };
            let config = named.or_else(|| state.env.get("CURL_HOME").map(|_| "CURL_HOME"));
            let around = Around { config, ..Around::of(commands, state) };
            for curl in commands.iter().filter(|one| one.is(&["curl"])) {
                let at = work.in_file(curl.command_span());
                match examine(&work, (&around, curl), state) {
                    Ok(found) => out.rewrites.extend(found),
                    Err((refusal, what)) => out.refuse(at, refusal, what),
                }
            }
        }
    }
}

/// What of a RUN counts for each `curl` in it.
struct Around<'s> {
    commands: Commands<'s>,
    /// What in the file, or in force, tells of a configuration.
    config: Option<&'static str>,
    /// The text may give `curl` another meaning.
    redefined: bool,
    /// From where on `pipefail` is on.
    pipefail: Option<u32>,
}

impl<'s> Around<'s> {
    fn of(commands: Commands<'s>, state: &State) -> Around<'s> {
        let renames = |one: Invocation| match one.name().as_deref() {
            Some("alias") => one.arguments().any(|word| word.raw().contains("curl")),
            Some("." | "source" | "eval") => true,
            _ => false,
        };
        let redefined = commands.functions().any(|name| name.trim() == "curl") || commands.iter().any(renames);
        Around { commands, config: None, redefined, pipefail: commands.pipefail(state.shell.get()) }
    }

    /// That the text gives `curl` no other meaning.
    fn is_the_program(&self) -> Result<(), Reason> {
        match self.redefined {
            true => refuse(&REDEFINED, "`curl` may be a function or an alias, made here or by a file that is read"),
            false => Ok(()),
        }
    }
}

/// The rewrite of one `curl`; `None` where it fails already, or downloads nothing by HTTP.
fn examine(work: &Work, (around, curl): (&Around, Invocation), state: &State) -> Result<Option<Rewrite>, Reason> {
    if curl.program().is_none() {
        around.is_the_program()?;
    }
    let Some(line) = Line::read(curl, state)? else { return Ok(None) };
    if line.fails || line.is_other_protocol() {
        return Ok(None);
    }
    if let Some(config) = around.config {
        return refuse(mark!(CONFIGURED, "file"), format!("`{config}` may hold options of curl's"));
    }
    around.is_the_program()?;
    line.is_plain_download()?;
    status_counts(around, curl)?;
    let (pipe, position) = curl.in_pipe();
    line.stores(position + 1 < pipe.length)?;
    let at = work.in_file(curl.command_span());
    let reason = "without `-f` the page of a 404 is taken for what was asked for";
    let title = "let `curl` fail where the server answers an error";
    let edits = edit(work, curl, &line).into_iter().collect();
    let mut found = Rewrite::new(at, Level::Recommended, title, reason, edits);
    if let Some(found) = &mut found {
        found.notes.push("a build whose download is answered by an error stops there, from now on".to_owned());
    }
    Ok(found)
}

/// That the RUN fails where the command does.
///
/// # Errors
/// Why it does not, or what else hangs on it.
fn status_counts(around: &Around, curl: Invocation) -> Result<(), Reason> {
    let (commands, flow) = (around.commands, curl.flow());
    if flow.captured {
        return refuse(&CAPTURED, "its output becomes a part of a command, which may be asked what it is");
    }
    if flow.tested {
        return refuse(&STATUS_TESTED, "`||`, `!`, `if`, `while` or `until` asks whether it fails");
    }
    let (pipe, position) = curl.in_pipe();
    // a group at the end of the pipe has no place of its own
    let last = commands.of_pipe(curl.pipe()).find(|one| one.in_pipe().1 + 1 == pipe.length);
    if !last.is_some_and(|last| last.flow().must()) {
        return refuse(
            &FAILURE_IGNORED,
            "the RUN goes on where it fails; join what needs it by `&&`, or begin with `set -e`",
        );
    }
    if position + 1 == pipe.length || around.pipefail.is_some_and(|from| from <= curl.span().start) {
        return Ok(());
    }
    let next = commands.of_pipe(curl.pipe()).find(|one| one.in_pipe().1 == position + 1);
    let next = next.and_then(|next| next.raw().split_whitespace().next()).unwrap_or("the next command");
    let what = format!("its status is lost in the pipe, and `{next}` would get nothing where it gets an error page");
    refuse(&NO_PIPEFAIL, format!("{what}; with `set -o pipefail`, where the shell has it, the status would count"))
}

/// The option, in the manner of the command: among letters that stand together, else as a word of its own.
fn edit(work: &Work, curl: Invocation, line: &Line) -> Option<Edit> {
    Some(match line.letters {
        Some(letters) => Edit::insert(work.file_offset_behind(letters.start + 1), "f"),
        None => {
            let option = if line.is_long { " --fail" } else { " -f" };
            Edit::insert(work.file_offset_behind(curl.name_word()?.span().end), option)
        }
    })
}
