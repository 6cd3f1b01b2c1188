//! The edits: the manifests' COPYs in place of the full one, which goes behind the RUN as it is.

use super::copies::{Copy, Early};
use super::*;
use crate::edit::{Edit, EditSet};
use crate::engine::Rewrite;
use crate::facts::Step;
use crate::syntax::{Item, ItemKind};
use crate::text::Span;

/// The rewrite of one install.
pub fn rewrite(facts: &Facts, step: &Step, copies: &Copies, fates: &[Fate], run: &Run) -> Option<Rewrite> {
    let eol = facts.source.eol();
    let mut edits = Vec::new();
    let mut moved = String::new();
    let mut names: Vec<&str> = Vec::new();
    for (copy, fate) in copies.list.iter().zip(fates).filter(|(_, fate)| **fate != Fate::Stays) {
        let whole = whole(facts, copy.item);
        let mut front = String::new();
        if let Fate::Splits(files) = fate {
            for line in lines(copy, files) {
                front.push_str(&line);
                front.push_str(eol);
            }
            names.extend(files.iter().map(|file| file.image.name()));
        }
        let text = facts.source.slice(whole);
        moved.push_str(text.trim_end_matches(['\r', '\n']));
        moved.push_str(eol);
        edits.push(Edit::replace(gone(facts, whole, copy.item, front.is_empty()), front));
    }
    let last = copies.list.iter().zip(fates).rfind(|(_, fate)| **fate != Fate::Stays)?.0.item;
    if (last + 1..step.item).any(|item| blank(facts, item)) {
        moved.insert_str(0, eol);
    }
    edits.extend(behind(facts, step, run, moved));
    let at = copies.list.iter().zip(fates).find(|(_, fate)| **fate != Fate::Stays)?.0.instruction.keyword_span;
    let mut notes = Vec::new();
    if run.cut.is_some() {
        notes.push("the commands behind the install are a RUN of their own now".to_owned());
    }
    Some(Rewrite {
        at,
        title: title(names, run),
        reason: "a change of the sources no longer installs the dependencies again".to_owned(),
        level: Level::Recommended,
        edits: EditSet::new(edits).ok()?,
        notes,
        touches: Vec::new(),
    })
}

fn title(mut names: Vec<&str>, run: &Run) -> String {
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name);
            true
        }
    });
    match names.as_slice() {
        [] => format!("run `{}` before the rest is copied", run.title),
        names => format!("copy `{}` before `{}`, the rest behind it", names.join("`, `"), run.title),
    }
}

/// An instruction with the comments that stand directly above it, unless they speak of the install.
fn whole(facts: &Facts, item: usize) -> Span {
    let items = &facts.file.items;
    let comment = |item: &&Item| matches!(item.kind, ItemKind::Comment);
    let mut count = items[..item].iter().rev().take_while(comment).count();
    let text = facts.source.slice(Span { start: items[item - count].span.start, end: items[item].span.start });
    let words = ["install", "depend", "requirement", "package", "module"];
    if words.iter().any(|word| text.to_lowercase().contains(word)) {
        count = 0;
    }
    Span { start: items[item - count].span.start, end: items[item].span.end }
}

fn blank(facts: &Facts, item: usize) -> bool {
    facts.file.items.get(item).is_some_and(|item| matches!(item.kind, ItemKind::Blank))
}

/// What is taken away where a COPY stood; one of two blank lines with it, where nothing takes its place.
fn gone(facts: &Facts, whole: Span, item: usize, empty: bool) -> Span {
    let items = &facts.file.items;
    let above = items.partition_point(|item| item.span.start < whole.start);
    match empty && blank(facts, item + 1) && above.checked_sub(1).is_some_and(|above| blank(facts, above)) {
        true => Span { start: whole.start, end: items[item + 1].span.end },
        false => whole,
    }
}

/// Puts what moves behind the RUN, or between its two parts.
fn behind(facts: &Facts, step: &Step, run: &Run, moved: String) -> Vec<Edit> {
    let eol = facts.source.eol();
    let end = facts.file.items[step.item].span.end as usize;
    let Some(cut) = run.cut else {
        return match facts.source.text()[..end].ends_with('\n') {
            true => vec![Edit::insert(end, moved)],
            false => vec![Edit::insert(end, format!("{eol}{}", moved.trim_end_matches(['\r', '\n'])))],
        };
    };
    // keyword and flags of the RUN, on one line
    let mut head = facts.source.slice(step.instruction.keyword_span).to_owned();
    for flag in &step.instruction.flags {
        head.push(' ');
        head.push_str(&flag.text);
    }
    let comments = facts.source.slice(cut).lines().map(str::trim).filter(|line| line.starts_with('#'));
    let comments: String = comments.map(|line| format!("{line}{eol}")).collect();
    let gap = if moved.starts_with(['\r', '\n']) { eol } else { "" };
    vec![Edit::replace(cut, format!("{eol}{moved}{gap}{comments}{head} "))]
}

/// The COPYs of the manifests, one for each folder.
fn lines(copy: &Copy, files: &[Early]) -> Vec<String> {
    let mut folders: Vec<Absolute> = Vec::new();
    for folder in files.iter().filter_map(|file| file.image.parent()) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders.iter().map(|folder| line(copy, folder, files)).collect()
}

fn line(copy: &Copy, folder: &Absolute, files: &[Early]) -> String {
    let written = copy.instruction.keyword;
    let lower = copy.instruction.line.text().starts_with(|c: char| c.is_ascii_lowercase());
    debug_assert!(matches!(written, Keyword::Copy | Keyword::Add));
    let mut words = vec![if lower { "copy" } else { "COPY" }.to_owned()];
    words.extend(copy.instruction.flags.iter().map(|flag| flag.text.clone()));
    let mut args: Vec<String> = files
        .iter()
        .filter(|file| file.image.parent().as_ref() == Some(folder))
        .map(|file| format!("{}{}", copy.written(&file.path), if file.later { "*" } else { "" }))
        .collect();
    let dest = copy.dest_text.trim_end_matches('/');
    args.push(match folder.inside(&copy.dest) {
        Some(inner) => format!("{dest}/{inner}/"),
        None if copy.dest != *folder => dest.to_owned(),
        None => format!("{dest}/"),
    });
    let json = matches!(copy.instruction.args, Args::Transfer { json: true, .. });
    words.push(match json {
        true => format!("[{}]", args.iter().map(|arg| format!("\"{arg}\"")).collect::<Vec<_>>().join(", ")),
        false => args.join(" "),
    });
    words.join(" ")
}
