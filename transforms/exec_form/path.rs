//! Where a program that is named without a directory is found: the folders of PATH, and what the file copies into them. A shell also
//! looks in relative folders, and runs scripts without `#!`; what starts a container without a shell refuses both.

use super::*;
use crate::facts::state::clean;
use crate::facts::value::{self, Piece};
use crate::facts::{Entry, Known};
use crate::knowledge::paths::Absolute;
use crate::syntax::{Arg, Pair};
use std::collections::HashSet;

/// PATH of images that set none (BuildKit's `DefaultPathEnvUnix`).
const USUAL: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Stands for a value that the base image decides: absolute, or nothing at all.
const OF_THE_BASE: char = '\u{1}';

/// That the program is found in an absolute folder of PATH and, as far as the file copies it there, begins as the kernel asks.
///
/// # Errors
/// It may not.
pub fn finds(facts: &Facts, index: usize, program: &str) -> Result<(), Reason> {
    let folders = folders(facts, index)?;
    if program.contains('/') {
        return copied(facts, index, program);
    }
    let all = folders.iter().map(String::as_str).chain(USUAL.iter().copied());
    all.map(|folder| format!("{folder}/{program}")).try_for_each(|path| copied(facts, index, &path))
}

/// The folders that ENV puts into PATH, in the stage, those that it is made from, and those that are made from it.
fn folders(facts: &Facts, index: usize) -> Result<Vec<String>, Reason> {
    let family = facts.family_of(index);
    let stages = facts.chain(index).into_iter().chain(family.into_iter().skip(1));
    let (mut out, mut relative) = (Vec::new(), HashSet::new());
    for step in stages.flat_map(|stage| &facts.stages[stage].steps) {
        let Args::Pairs { pairs, .. } = &step.instruction.args else { continue };
        for pair in pairs.iter().filter(|_| matches!(step.instruction.keyword, Keyword::Env | Keyword::Arg)) {
            let found = entries(pair, facts.file.escape, &relative);
            match found {
                _ if pair.name.text != "PATH" => {
                    let rooted = found.is_some_and(|found| found.iter().all(|entry| is_rooted(entry)));
                    _ = if rooted { relative.remove(&*pair.name.text) } else { relative.insert(&*pair.name.text) };
                }
                Some(found) if found.iter().all(|entry| is_rooted(entry)) => out.extend(found),
                _ => {
                    let value = pair.value.as_ref().map_or("", |value| &value.text);
                    return Err((&RELATIVE_PATH, format!("a program is looked for in the PATH `{value}`")));
                }
            }
        }
    }
    out.retain(|entry| entry.starts_with('/'));
    Ok(out.iter().map(|entry| clean(entry)).collect())
}

/// The folders of a value; `None` where it is not understood.
fn entries(pair: &Pair, escape: char, relative: &HashSet<&str>) -> Option<Vec<String>> {
    let pieces = value::read(&pair.value.as_ref()?.text, escape)?;
    let mut text = String::new();
    spell(&pieces, relative, &mut text)?;
    Some(text.split(':').map(str::to_owned).collect())
}

fn spell(pieces: &[Piece], relative: &HashSet<&str>, out: &mut String) -> Option<()> {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Variable { name, operation, .. } if operation.is_empty() && name == "PATH" => out.push('/'),
            Piece::Variable { name, operation, .. } if operation.is_empty() && !relative.contains(name.as_str()) => {
                out.push(OF_THE_BASE);
            }
            // `${PATH:+:$PATH}`: with it, and without
            Piece::Variable { operation, words, .. } if operation.ends_with('+') => {
                spell(words.first()?, relative, out)?
            }
            Piece::Variable { .. } => return None,
        }
    }
    Some(())
}

/// Whether a folder is absolute, be what the base image decides something or nothing.
fn is_rooted(entry: &str) -> bool {
    entry.trim_start_matches(OF_THE_BASE).starts_with('/')
}

/// That what the file copies to a path, if anything, begins as the kernel asks for.
fn copied(facts: &Facts, index: usize, path: &str) -> Result<(), Reason> {
    let chain = facts.chain(index);
    let steps = chain.iter().flat_map(|stage| &facts.stages[*stage].steps);
    for step in steps.filter(|step| step.instruction.flag("from").is_none()) {
        let Args::Transfer { sources, dest, .. } = &step.instruction.args else { continue };
        let Known::Yes(raw) = step.before.expand(&dest.text) else { continue };
        let workdir = step.before.workdir.get().and_then(|workdir| Absolute::new(workdir));
        let Some(dest) = workdir.map(|workdir| workdir.join(&raw)) else { continue };
        let inside = path.strip_prefix(dest.as_str().trim_end_matches('/')).and_then(|rest| match rest {
            "" => Some(""),
            rest => rest.strip_prefix('/'),
        });
        let Some(rest) = inside else { continue };
        if sources.iter().any(|source| starts_unmarked(facts, step, source, rest, path)) {
            return Err((
                mark!(NO_SHEBANG, "copied"),
                format!("`{path}` is a copied script without `#!`, which only a shell runs"),
            ));
        }
    }
    Ok(())
}

/// Whether a source brings a file to a path, and that begins neither with `#!` nor as a program of the machine.
fn starts_unmarked(facts: &Facts, step: &Step, source: &Arg, rest: &str, path: &str) -> bool {
    let Known::Yes(source) = step.before.expand(&source.text) else { return false };
    let source = clean(&source).trim_start_matches('/').to_owned();
    let file = match facts.context.entry(&source) {
        Entry::Folder if !rest.is_empty() => format!("{source}/{rest}"),
        Entry::File { .. } if rest.is_empty() || source.rsplit('/').next() == path.rsplit('/').next() => source,
        _ => return false,
    };
    let start = facts.context.read(file.trim_start_matches('/'), 4);
    start.is_some_and(|start| !start.starts_with(b"#!") && start != b"\x7fELF")
}
