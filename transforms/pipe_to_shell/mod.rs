//! pipe-to-shell: advice where a build runs what it has just fetched, unseen.
//!
//! # Motivation
//! `curl … | sh` runs whatever the server sends on the day of the build, as root. Nobody has looked at it, nothing
//! compares it with what was meant, and a download that breaks off runs the half of it.
//!
//! # What is said, and when not
//!  1. in a RUN whose text was understood, of a pipeline in which `curl` or `wget` stands before an interpreter that
//!     reads its program from the pipe: a shell without a file and without `-c`, another one without arguments or with
//!     `-`; `python -c …` or `sh script.sh` read data from it;
//!  2. of `bash <(curl …)`, `. <(curl …)`, `sh -c "$(curl …)"` and `eval "$(curl …)"`, where the substitution is the
//!     whole word;
//!  3. once a pipeline or command, in all stages: builders' results get into images.
//!
//! Sources: the manuals of the shells and interpreters.

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::Facts;
use crate::knowledge::programs::{Operands, Shell};
use crate::script::{Argument, Commands, Invocation};
use crate::text::Span;

/// The transform.
pub struct PipeToShell;

static META: Meta = Meta {
    id: "pipe-to-shell",
    summary: "a build runs what it has just fetched, unseen: `curl … | sh`",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    since: "0.1.0",
    ..Meta::PLAIN
};

const FETCHERS: &[&str] = &["curl", "wget"];

impl Transform for PipeToShell {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (_, _, work) in facts.works(true, FETCHERS) {
            let Some(commands) = facts.commands(work.item) else { continue };
            if !commands.iter().any(|one| is_fetcher(&one)) {
                continue;
            }
            let mut found: Vec<(Span, Found)> = Vec::new();
            for (index, pipe) in commands.pipes().iter().enumerate() {
                found.extend(piped(commands, index).map(|one| (pipe.span, one)));
            }
            for one in commands.iter() {
                found.extend(substituted(commands, one).map(|found| (one.command_span(), found)));
            }
            found.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
            found.iter().for_each(|(span, one)| advise(out, work.in_file(*span), one));
        }
    }
}

/// Something that is fetched and run.
struct Found {
    /// The server, where the address names it.
    host: Option<String>,
    /// Who runs it.
    runs: String,
}

fn advise(out: &mut Findings, at: Span, found: &Found) {
    let host = found.host.as_ref().map_or("the server".to_owned(), |host| format!("`{host}`"));
    let reason = "nothing compares it with what was meant, a download that breaks off runs by half, and two builds need not do \
                  the same; fetch a fixed version into a file, check it (`sha256sum -c`), then run it, or install a package";
    out.advise(at, format!("`{}` runs what {host} sends on the day of the build", found.runs), reason);
}

/// `curl … | sh`.
fn piped(commands: Commands, pipe: usize) -> Option<Found> {
    let from = commands.of_pipe(pipe).find(is_fetcher)?;
    let mut behind = commands.of_pipe(pipe).filter(|one| one.in_pipe().1 > from.in_pipe().1);
    let runs = behind.find(|one| reads_program(*one))?;
    Some(Found { host: host(from), runs: runs.name()?.into_owned() })
}

fn is_fetcher(one: &Invocation) -> bool {
    one.is(FETCHERS)
}

fn is_shell(one: Invocation) -> bool {
    one.program().is_some_and(|program| program.shell.is_some_and(|shell| shell != Shell::Other))
}

/// Whether an interpreter takes its program from standard input.
fn reads_program(one: Invocation) -> bool {
    if is_shell(one) {
        return one.reads_script_from_input();
    }
    let reads = one.program().is_some_and(|program| program.operands == Some(Operands::Program));
    reads && one.argument(0).is_none_or(|first| matches!(first.raw(), "-" | "--"))
}

/// `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(curl …)"`.
fn substituted(commands: Commands, one: Invocation) -> Option<Found> {
    let shell = is_shell(one);
    let text = (shell && one.has(&["-c"])) || one.is(&["eval"]);
    let runs = |word: &Argument| match whole(*word) {
        Some(Substitution::File) => shell || one.is(&[".", "source"]),
        Some(Substitution::Output) => text,
        None => false,
    };
    let fetcher = one.arguments().filter(runs).find_map(|word| {
        let inside = commands.iter().filter(|other| word.span().contains(other.command_span()));
        // what comes last is what is run
        let last = inside.map(Invocation::pipe).max()?;
        commands.of_pipe(last).find(is_fetcher)
    })?;
    Some(Found { host: host(fetcher), runs: one.name()?.into_owned() })
}

enum Substitution {
    /// `<( … )`
    File,
    /// `$( … )`
    Output,
}

/// The substitution that a word is, and nothing else.
fn whole(word: Argument) -> Option<Substitution> {
    let raw = word.raw();
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    match inner {
        _ if raw.starts_with("<(") && raw.ends_with(')') => Some(Substitution::File),
        _ if inner.starts_with("$(") && inner.ends_with(')') => Some(Substitution::Output),
        _ if inner.len() > 1 && inner.starts_with('`') && inner.ends_with('`') => Some(Substitution::Output),
        _ => None,
    }
}

/// The server that an address among the arguments names.
fn host(fetcher: Invocation) -> Option<String> {
    let address = fetcher.arguments().find_map(|word| {
        let raw = word.raw().trim_matches(['"', '\'']);
        raw.split_once("://").map(|(_, rest)| rest)
    })?;
    let host = address.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    plain.then(|| host.to_owned())
}
