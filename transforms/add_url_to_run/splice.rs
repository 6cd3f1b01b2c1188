//! The edits: the ADD goes, its comments move above the RUN, and the download is put into the RUN's text.

use super::body::{Body, Removal};
use super::fetch::{Fetch, Tool};
use super::*;
use crate::edit::{Edit, EditSet};
use crate::facts::layout::{Style, attached, taken_away};
use crate::facts::{Change, PackageChange};
use crate::knowledge::images::Distribution;
use crate::text::Span;

/// Folders that every image with a package manager has.
const THERE: &[&str] =
    &["/", "/tmp", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin", "/bin", "/etc", "/root", "/var", "/var/tmp"];

/// The edits, and what a user should know.
///
/// # Errors
/// Why it can't be written down.
pub fn edits(
    facts: &Facts,
    stage: usize,
    (at, use_at): (usize, usize),
    fetch: &Fetch,
    body: &Body,
    tool: Tool,
    dropped: Option<usize>,
) -> (EditSet, Vec<String>) {
    let steps = &facts.stages[stage].steps;
    let style = Style::of(facts);
    let gone = body.removal == Removal::Sure || dropped.is_some();
    let pipe = pipe(facts, fetch, body).filter(|_| stays(facts, stage, use_at) && drains(facts, stage, use_at, body));
    let mut edits = moved(facts, steps[at].item, steps[use_at].item);
    let mut commands = made(facts, stage, use_at, fetch, body);
    match pipe {
        Some((link, word, rm)) => {
            let start = body.text.offset(body.chain[link].pipe.span.start as usize);
            edits.extend(front(body, &commands, style));
            edits.push(Edit::insert(start, format!("{} | ", fetched(tool, fetch, None))));
            edits.push(Edit::replace(body.text.span(word.range()), "-"));
            edits.extend(rm.map(Edit::delete));
        }
        None => {
            let file = body.file.word();
            commands.push(fetched(tool, fetch, Some(&file)));
            commands.extend(fetch.sha256.iter().map(|hex| check(hex, &file)));
            edits.extend(front(body, &commands, style));
            if body.removal != Removal::Sure {
                let force = if body.removal == Removal::Maybe { "-f " } else { "" };
                let end = body.text.span(0..body.text.text().trim_end().len()).end as usize;
                edits.push(Edit::insert(end, style.join(&[], &format!("rm {force}{file}"))));
            }
        }
    }
    if let Some(item) = dropped.map(|index| steps[index].item) {
        edits.push(Edit::delete(taken_away(facts, facts.file.items[item].span.start as usize, item)));
    }
    (EditSet::new(edits).unwrap_or_default(), notes(gone))
}

fn notes(gone: bool) -> Vec<String> {
    let mut notes = vec!["it is cached by the text of the RUN; ADD asked the server at each build".to_owned()];
    if !gone {
        notes.push("the archive itself is no longer in the image".to_owned());
    }
    notes
}

/// The tar to be fed by a pipe, the word that names the file, and the text of an `rm` of it that goes.
fn pipe(facts: &Facts, fetch: &Fetch, body: &Body) -> Option<(usize, Span, Option<Span>)> {
    let (link, unpack) = body.pipe.filter(|_| fetch.sha256.is_none())?;
    let rm = body.drops.map(|index| {
        // directly behind a byte, so that a continuation there goes, too
        let behind = |at: u32| body.text.offset(at as usize - 1) + 1;
        Span::new(behind(body.chain[index - 1].pipe.span.end), behind(body.chain[index].pipe.span.end))
    });
    // a comment inside would be lost
    let rm = rm.filter(|span| !facts.source.slice(*span).contains('#'));
    (rm.is_some() || body.removal == Removal::None || body.tolerant).then_some((link, unpack.archive.span(), rm))
}

/// Whether the RUN takes no packages away before its tar, the downloader among them.
fn stays(facts: &Facts, stage: usize, use_at: usize) -> bool {
    let changes = facts.changes(&facts.stages[stage].steps[use_at]);
    let goes = |change: &Change| match change {
        Change::Packages(change) => !matches!(change, PackageChange::Install { .. }),
        _ => false,
    };
    !changes.is_some_and(|changes| changes.all.iter().any(|(change, _)| goes(change)))
}

/// Whether tar reads its input to the end: with `pipefail`, one that does not would make the downloader fail. GNU tar does.
fn drains(facts: &Facts, stage: usize, use_at: usize, body: &Body) -> bool {
    let shell = facts.stages[stage].steps[use_at].before.shell.get();
    let pipefail = shell.is_none_or(|words| words.iter().any(|word| word.contains("pipefail")));
    let gnu = [Distribution::Debian, Distribution::Ubuntu, Distribution::RedHat, Distribution::Amazon];
    !(pipefail || body.text.text().contains("pipefail"))
        || facts.family(stage).is_some_and(|family| gnu.contains(&family))
}

/// The ADD's lines away, its comments to above the RUN.
fn moved(facts: &Facts, add: usize, run: usize) -> Vec<Edit> {
    let start = attached(facts, add);
    let end = facts.file.items[add].span.end as usize;
    let lines = facts.source.text()[start..end].split_inclusive('\n');
    let comments: String = lines.filter(|line| line.trim_start().starts_with('#')).collect();
    let mut edits = vec![Edit::delete(taken_away(facts, start, add))];
    if !comments.is_empty() {
        edits.push(Edit::insert(attached(facts, run), comments));
    }
    edits
}

/// The command that makes the folder which ADD would make, where it may not be there.
fn made(facts: &Facts, stage: usize, use_at: usize, fetch: &Fetch, body: &Body) -> Vec<String> {
    let folder = body.file.folder();
    let workdir = facts.stages[stage].steps[use_at].before.workdir.get();
    // a destination without a slash is a folder only if it is there
    let entered = matches!(&fetch.files[..], [_, below] if *below == body.file);
    let there = entered
        || THERE.contains(&folder.key())
        || workdir.is_some_and(|workdir| workdir == folder.key())
        || folder.key() == super::name::SOMEWHERE;
    if there { Vec::new() } else { vec![format!("mkdir -p {}", folder.word())] }
}

/// Commands put before the first one of the RUN.
fn front(body: &Body, commands: &[String], style: &Style) -> Option<Edit> {
    let (first, rest) = commands.split_first()?;
    let start = body.text.offset(body.chain.first()?.pipe.span.start as usize);
    let mut text = first.clone();
    rest.iter().for_each(|command| text.push_str(&style.join(&[], command)));
    text.push_str(&style.join(&[], ""));
    Some(Edit::insert(start, text))
}

fn fetched(tool: Tool, fetch: &Fetch, file: Option<&str>) -> String {
    let url = fetch.url.word();
    match (tool, file) {
        (Tool::Curl, None) => format!("curl -fsSL {url}"),
        (Tool::Curl, Some(file)) => format!("curl -fsSLo {file} {url}"),
        (Tool::Wget, None) => format!("wget -qO- {url}"),
        (Tool::Wget, Some(file)) => format!("wget -qO {file} {url}"),
    }
}

fn check(hex: &str, file: &str) -> String {
    format!("echo \"{hex}  {}\" | sha256sum -c -", file.trim_matches('"'))
}
