//! The `cd` that a RUN begins with.

use super::*;
use crate::facts::packages::Work;
use crate::shell::{CommandKind, Connector, Terminator};

/// A `cd` to a plain absolute path, with commands behind it.
pub struct Lead {
    /// Where it goes, clean.
    pub path: String,
    /// The RUN fails if it fails.
    pub sure: bool,
    /// What takes it away.
    pub edits: Vec<Edit>,
}

/// Reads the `cd` at the start of a RUN. `None` where there is none.
///
/// # Errors
/// Why it has to stay, whatever stands around the RUN.
pub fn read(place: &StageView, at: usize) -> Option<Result<Lead, Reason>> {
    let step = &place.stage.steps[at];
    let work = place.facts.work(place.stage, step).filter(Work::is_posix)?;
    let (text, entries) = (work.text.text(), &work.script.list.entries);
    let first = entries.first()?;
    let [command] = first.and_or.first.commands.as_slice() else { return None };
    let CommandKind::Simple(simple) = &command.kind else { return None };
    if simple.name(text).as_deref() != Some("cd") {
        return None;
    }
    let (joint, next) = match (first.and_or.rest.first(), first.end) {
        (Some((Connector::And, joint, pipeline)), _) => (*joint, pipeline.span.start),
        (Some(_), _) | (None, Some((Terminator::Ampersand, _))) => {
            return Some(Err((
                mark!(FAILURE_IGNORED, "another-command"),
                "the RUN goes on, elsewhere, where the folder is missing; WORKDIR would make it".into(),
            )));
        }
        (None, end) => (end?.1, entries.get(1)?.and_or.span.start),
    };
    let [_, target] = simple.words.as_slice() else {
        return Some(Err((mark!(NOT_PLAIN, "not-one-word"), "the folder is no plain absolute path".into())));
    };
    let raw = target.raw(text);
    let plain = simple.assignments.is_empty() && command.redirects.is_empty() && !first.and_or.first.negated;
    if !plain || !is_plain(raw) {
        return Some(Err((mark!(NOT_PLAIN, "path"), format!("`{raw}` is no plain absolute path"))));
    }
    let path = clean(raw);
    let rest = &text[next as usize..];
    let checked = no_list(rest)
        .and_then(|()| not_back(rest))
        .and_then(|()| no_mount(step, &path))
        .and_then(|()| link::none(place, at, &path, rest));
    let sure = is_sure(&work);
    let edits = edits(place, &work, [command.span.start, target.span.end, next], joint);
    Some(checked.map(|()| Lead { path, sure, edits }))
}

/// An absolute path of plain characters, without `..`.
pub fn is_plain(raw: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "._/-+@".contains(c);
    raw.starts_with('/') && raw.chars().all(fine) && !raw.split('/').any(|part| part == "..")
}

/// Whether the RUN fails where its first command does.
fn is_sure(work: &Work) -> bool {
    work.commands.iter().next().is_some_and(|first| first.flow().must())
}

/// What is left may not begin like the exec form: `[ "x" ]` is a test in a shell text, and a list of words in an instruction.
fn no_list(rest: &str) -> Result<(), Reason> {
    let inner = rest.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match inner.is_some_and(|inner| inner.trim_start().is_empty() || inner.trim_start().starts_with('"')) {
        true => Err((&READ_DIFFERENTLY, "what is left of the RUN would be read as the exec form".to_owned())),
        false => Ok(()),
    }
}

fn not_back(rest: &str) -> Result<(), Reason> {
    let words = ["OLDPWD", "~-", "popd", "dirs"];
    let dash = rest.split(['&', ';', '|', '(', ')', '\n']).any(|part| {
        let mut words = part.split_whitespace();
        words.next() == Some("cd") && words.next() == Some("-")
    });
    match dash || words.iter().any(|word| rest.contains(word)) {
        true => Err((&GOES_BACK, "the text goes back to the folder that it came from".to_owned())),
        false => Ok(()),
    }
}

/// Mounts with a relative target depend on where the RUN begins; one on the folder, or above it, hides what is in the image.
pub fn no_mount(step: &Step, path: &str) -> Result<(), Reason> {
    if let Some(mounted) = ["dev", "proc", "sys"].iter().find(|one| path.split('/').nth(1) == Some(**one)) {
        return Err((
            mark!(MOUNT, "of-the-engine"),
            format!("`/{mounted}` is mounted while something runs, and WORKDIR makes the folder below it"),
        ));
    }
    for flag in step.instruction.flags.iter().filter(|flag| flag.name == "mount") {
        let fields = flag.text.trim_start_matches("--mount=").split(',');
        let targets = fields.filter_map(|field| field.split_once('='));
        let is_target = |key: &str| {
            let key = key.trim_matches(['"', ' ']).to_ascii_lowercase();
            ["target", "dst", "destination"].contains(&key.as_str())
        };
        for (_, target) in targets.filter(|(key, _)| is_target(key)) {
            let target = if is_plain(target) {
                clean(target)
            } else {
                return Err((
                    mark!(MOUNT, "relative"),
                    "a mount lies on the folder, or depends on where the RUN begins".into(),
                ));
            };
            if target == "/" || path == target || path.starts_with(&format!("{target}/")) {
                return Err((mark!(MOUNT, "on-the-directory"), format!("the mount on `{target}` lies on the folder")));
            }
        }
    }
    Ok(())
}

/// Takes the `cd` and what joins it to the next command away. Comments between the two stay where they are.
fn edits(place: &StageView, work: &Work, [start, end, next]: [u32; 3], joint: Span) -> Vec<Edit> {
    let source = place.facts.source.text();
    let (from, behind) = (work.text.offset(start as usize), work.file_offset_behind(end));
    let to = work.text.offset(next as usize);
    if !source[behind..to].lines().any(|line| line.trim_start().starts_with('#')) {
        return vec![Edit::delete(Span::new(from, to))];
    }
    let blanks = |at: usize| at + source[at..].len() - source[at..].trim_start_matches([' ', '\t']).len();
    let (first, last) = (work.text.offset(joint.start as usize), work.file_offset_behind(joint.end));
    vec![Edit::delete(Span::new(from, blanks(behind))), Edit::delete(Span::new(first, blanks(last)))]
}
