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
use crate::facts::called::{Called, called, lists};
use crate::knowledge::programs;
use crate::shell::{Command, CommandKind, List, Part, Pipeline, Word};

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
            let text = work.text.text();
            for pipeline in lists(work.script).into_iter().flat_map(List::pipelines) {
                if let Some(found) = piped(text, pipeline) {
                    advise(out, work.in_file(pipeline.span), &found);
                }
                for command in &pipeline.commands {
                    if let Some(found) = substituted(text, command) {
                        advise(out, work.in_file(command.span), &found);
                    }
                }
            }
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

fn advise(out: &mut Findings, at: crate::text::Span, found: &Found) {
    let host = found.host.as_ref().map_or("the server".to_owned(), |host| format!("`{host}`"));
    let reason = "nothing compares it with what was meant, a download that breaks off runs by half, and two builds need not do \
                  the same; fetch a fixed version into a file, check it (`sha256sum -c`), then run it, or install a package";
    out.advise(at, format!("`{}` runs what {host} sends on the day of the build", found.runs), reason);
}

fn piped(text: &str, pipeline: &Pipeline) -> Option<Found> {
    let programs: Vec<Option<Called>> = pipeline.commands.iter().map(|command| program(text, command)).collect();
    let from = programs.iter().position(|one| one.as_ref().is_some_and(is_fetcher))?;
    let runs = programs[from + 1..].iter().flatten().find(|one| reads_program(text, one))?;
    Some(Found { host: host(text, programs[from].as_ref()?), runs: runs.name.clone() })
}

fn program<'c>(text: &str, command: &'c Command) -> Option<Called<'c>> {
    match &command.kind {
        CommandKind::Simple(simple) => called(text, simple),
        _ => None,
    }
}

fn is_fetcher(program: &Called) -> bool {
    FETCHERS.contains(&program.name.as_str())
}

/// Whether an interpreter takes its program from standard input.
fn reads_program(text: &str, program: &Called) -> bool {
    let words: Vec<&str> = program.words.iter().map(|word| word.raw(text)).collect();
    if programs::is_shell(&program.name) {
        return shell_reads(&words);
    }
    let name = program.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let known = ["python", "perl", "ruby", "node", "php"].contains(&name);
    known && words.first().is_none_or(|first| matches!(*first, "-" | "--"))
}

fn shell_reads(words: &[&str]) -> bool {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-" | "--" | "/dev/stdin" => return true,
            "-o" | "+o" => drop(words.next()),
            long if long.starts_with("--") => {}
            letters if letters.starts_with(['-', '+']) && letters.contains('c') => return false,
            letters if letters.starts_with('-') && letters.contains('s') => return true,
            letters if letters.starts_with(['-', '+']) => {}
            _ => return false,
        }
    }
    true
}

/// `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(curl …)"`.
fn substituted(text: &str, command: &Command) -> Option<Found> {
    let program = program(text, command)?;
    let shell = programs::is_shell(&program.name);
    let sourced = matches!(program.name.as_str(), "." | "source");
    let asks = program.words.iter().any(|word| word.raw(text).starts_with('-') && word.raw(text).contains('c'));
    let lists = program.words.iter().filter_map(whole);
    let runs = |(part, _): &(&Part, &List)| match part {
        Part::Process(..) => shell || sourced,
        _ => (shell && asks) || program.name == "eval",
    };
    let (_, list) = lists.filter(runs).find(|(_, list)| fetcher(text, list).is_some())?;
    Some(Found { host: fetcher(text, list).and_then(|called| host(text, &called)), runs: program.name.clone() })
}

/// The substitution that a word is, and nothing else, with its commands.
fn whole(word: &Word) -> Option<(&Part, &List)> {
    let part = match word.parts.as_slice() {
        [Part::DoubleQuoted(_, parts)] if parts.len() == 1 => &parts[0],
        [part] => part,
        _ => return None,
    };
    Some((part, part.list()?))
}

/// The command of a list that fetches, if its output is that of the list.
fn fetcher<'l>(text: &str, list: &'l List) -> Option<Called<'l>> {
    let last = list.pipelines().last()?;
    last.commands.iter().find_map(|command| program(text, command).filter(is_fetcher))
}

/// The server that an address among the arguments names.
fn host(text: &str, fetcher: &Called) -> Option<String> {
    let address = fetcher.words.iter().find_map(|word| {
        let raw = word.raw(text).trim_matches(['"', '\'']);
        raw.split_once("://").map(|(_, rest)| rest)
    })?;
    let host = address.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    plain.then(|| host.to_owned())
}
