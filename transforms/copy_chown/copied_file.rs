//! What a COPY or ADD brings to a path, as far as the build context, a heredoc or a URL tells.

use super::ownership_command::{NamedPath, at_folder};
use super::*;
use crate::facts::state::clean;
use crate::facts::uses::overlap;
use crate::facts::{ContextView, Entry, Known, Step};
use crate::syntax::{Arg, Args, Instruction};

/// What a COPY brings, to exactly the path that a command names.
#[derive(Debug)]
pub struct CopiedFile {
    /// The stage.
    pub stage: usize,
    /// The step of the COPY.
    pub step: usize,
    /// Where to.
    pub path: String,
    /// What it is.
    pub is: Is,
    /// Whether the path is surely that of the file: no folder can be there that takes it in.
    pub sure: bool,
    /// Whether the folder above is surely there before.
    pub within: bool,
    /// Where it is in the build context; empty for what is not from there.
    source: String,
}

/// What is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// A regular file of the build context, with its permissions where they are known.
    File(Option<u32>),
    /// A file whose permissions the builder sets.
    Fixed(u32),
    /// A folder of the build context.
    Folder,
}

/// The permissions of what ADD downloads, and of what stands in a heredoc.
const DOWNLOADED: u32 = 0o600;
const WRITTEN: u32 = 0o644;

/// Names of folders that hold files only.
const FILES: &[&str] =
    &["bin", "sbin", "init.d", "cron.d", "cron.hourly", "cron.daily", "cron.weekly", "cron.monthly", "my_init.d"];

/// Stands for a name that is not known.
const UNNAMED: &str = "\0";

/// The COPY before a step that brings exactly a path; `None` where none has to do with it.
///
/// # Errors
/// Why what the last one does there is not exactly that.
pub fn by(facts: &Facts, stage: usize, before: usize, place: &NamedPath) -> Result<Option<CopiedFile>, Reason> {
    let steps = &facts.stages[stage].steps;
    let copies = || {
        let before = (0..before).rev().take_while(|_| facts.counter.look(4));
        before.filter(|index| is_copy(steps[*index].instruction))
    };
    let path = match place {
        NamedPath::Known(path) => path,
        _ if copies().next().is_none() => return Ok(None),
        NamedPath::Variable(raw) => {
            return refuse(mark!(VARIABLE, "path"), format!("which path `{raw}` is, is not known"));
        }
        NamedPath::Pattern(path) => {
            let meets = |index: usize| dest(&steps[index]).is_none_or(|(dest, _)| overlap(&dest, path));
            return match copies().any(meets) {
                true => refuse(mark!(PATTERN, "path"), format!("`{path}` may be more than one COPY brings")),
                false => Ok(None),
            };
        }
    };
    for index in copies() {
        if let Some(found) = of(facts, stage, index, path)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Whether an instruction brings files.
pub fn is_copy(instruction: &Instruction) -> bool {
    matches!(instruction.keyword, Keyword::Copy | Keyword::Add)
}

/// Where a COPY puts what it brings, and whether that is surely a folder; `None` where that is not known.
pub fn dest(step: &Step) -> Option<(String, bool)> {
    let Args::Transfer { dest, .. } = &step.instruction.args else { return None };
    let Known::Yes(raw) = step.before.expand(&dest.text) else { return None };
    let folder = raw.ends_with('/') || matches!(raw.rsplit('/').next(), Some("" | "." | ".."));
    Some((at_folder(step.before.workdir.get().map(String::as_str), &raw)?, folder))
}

/// What the COPY at a step brings to a path: `None` where it has nothing to do with it. One whose destination is not known is
/// left out here, and is in the way later.
///
/// # Errors
/// Why it is not exactly one file or folder that it brings there.
pub fn of(facts: &Facts, stage: usize, index: usize, path: &str) -> Result<Option<CopiedFile>, Reason> {
    let step = &facts.stages[stage].steps[index];
    let Args::Transfer { sources, .. } = &step.instruction.args else { return Ok(None) };
    let Some((dest, folder)) = dest(step) else { return Ok(None) };
    if !overlap(&dest, path) {
        let (one, other) = (directories::merged(&dest), directories::merged(path));
        return match overlap(&one, &other) {
            true => refuse(
                mark!(SYMBOLIC_LINK, "in-the-image"),
                format!("`{path}` may be in `{dest}`, where one of them is a link"),
            ),
            false => Ok(None),
        };
    }
    let line = step.instruction.lines.0;
    let above = dest != path && below(&dest, path).is_some();
    let [source] = sources.as_slice() else {
        return refuse(
            if above || dest == path { mark!(MORE_THAN_COPY, "several") } else { mark!(PART_OF_COPY, "of-several") },
            format!("the {} in line {line} brings several files", step.instruction.keyword.name()),
        );
    };
    if above || (folder && dest == path && is_file(facts, step, source) == Some(true)) {
        return refuse(mark!(MORE_THAN_COPY, "above"), format!("`{path}` is more than what line {line} brings"));
    }
    let (is, name, source) = match kind(facts, step, source) {
        Ok(found) => found,
        // what it is does not matter where it is but a part that is changed
        Err(_) if below(path, &dest).is_some_and(|rest| rest.contains('/')) => return Err(part(path, line)),
        Err(reason) => return Err(reason),
    };
    if name == UNNAMED && path != dest {
        return refuse(mark!(VARIABLE, "name"), format!("the name of what line {line} brings is not known"));
    }
    let found = |sure, within| {
        let (path, source) = (path.to_owned(), source.clone());
        Ok(Some(CopiedFile { stage, step: index, path, is, sure, within, source }))
    };
    let inside = below(path, &dest) == Some(&name);
    match is {
        Is::Folder if dest == path => found(true, false),
        Is::Folder => Err(part(path, line)),
        _ if inside && folder => found(true, false),
        // the command found it there: the destination was a folder, and took it in
        _ if inside => found(true, true),
        _ if dest == path && !folder => found(false, false),
        _ => Ok(None),
    }
}

fn part(path: &str, line: u32) -> Reason {
    (mark!(PART_OF_COPY, "part"), format!("`{path}` is a part of what line {line} brings"))
}

/// What of a path is left below a folder.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    path.strip_prefix(folder.trim_end_matches('/'))?.strip_prefix('/').filter(|rest| !rest.is_empty())
}

/// Whether a source is a file; `None` where that is not known.
fn is_file(facts: &Facts, step: &Step, source: &Arg) -> Option<bool> {
    kind(facts, step, source).ok().map(|(is, _, _)| is != Is::Folder)
}

/// What a source is, its name, and its path in the build context.
fn kind(facts: &Facts, step: &Step, source: &Arg) -> Result<(Is, String, String), Reason> {
    let instruction = step.instruction;
    let raw = source.text.as_str();
    if let [heredoc] = instruction.heredocs.as_slice() {
        return Ok((Is::Fixed(WRITTEN), heredoc.name.clone(), String::new()));
    }
    if let Some(flag) = instruction.flag("from") {
        return refuse(&FROM_STAGE, format!("what `{}` copies is not known", flag.text));
    }
    if instruction.keyword == Keyword::Add && raw.contains("://") {
        return url(step, raw);
    }
    let Known::Yes(path) = step.before.expand(raw) else {
        return refuse(mark!(VARIABLE, "source"), format!("what `{raw}` is, is not known"));
    };
    if path.contains(['*', '?', '[']) {
        return refuse(mark!(PATTERN, "source"), format!("`{path}` may be more than one file"));
    }
    if instruction.keyword == Keyword::Add {
        return refuse(&ARCHIVE, format!("ADD may unpack `{path}`, or fetch it; COPY would not"));
    }
    let path = clean(&path).trim_start_matches('/').to_owned();
    // the context itself is a folder
    let is = if path.is_empty() { Is::Folder } else { in_context(facts.context, &path)? };
    Ok((is, path.rsplit('/').next().unwrap_or_default().to_owned(), path))
}

fn in_context(context: &dyn ContextView, path: &str) -> Result<Is, Reason> {
    if !context.known() {
        return refuse(
            mark!(NO_CONTEXT, "none"),
            format!("what `{path}` is, the build context would tell, which is not known"),
        );
    }
    match context.entry(path) {
        Entry::File { mode, .. } => Ok(Is::File(mode)),
        Entry::Folder => Ok(Is::Folder),
        Entry::Absent => refuse(&NOT_IN_CONTEXT, format!("`{path}` is not in the build context")),
        Entry::Link(_) | Entry::Other | Entry::Unknown => {
            refuse(mark!(SYMBOLIC_LINK, "source"), format!("`{path}` is not a regular file"))
        }
    }
}

/// How many files of a folder are looked at.
pub const MOST_FILES: usize = 20_000;

/// A file of the web; no repository, which would become a folder.
fn url(step: &Step, raw: &str) -> Result<(Is, String, String), Reason> {
    let lower = raw.to_ascii_lowercase();
    let http = lower.starts_with("http://") || lower.starts_with("https://");
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    if !http || raw.contains('#') || path.trim_end_matches('/').ends_with(".git") {
        return refuse(
            mark!(UNKNOWN_SOURCE, "no-http"),
            format!("`{raw}` may be a repository, or nothing that HTTP fetches"),
        );
    }
    let name = raw.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    // with a variable at its end, it may be a repository's
    let Known::Yes(name) = step.before.expand(name) else {
        let open = name.ends_with('}') || name.rsplit('$').next().is_some_and(is_word);
        let what = format!("the name of what `{raw}` brings is not known");
        return if open {
            refuse(mark!(VARIABLE, "end-of-the-url"), what)
        } else {
            Ok((Is::Fixed(DOWNLOADED), UNNAMED.to_owned(), String::new()))
        };
    };
    if name.ends_with(".git") {
        return refuse(mark!(UNKNOWN_SOURCE, "git"), format!("`{raw}` is a repository"));
    }
    Ok((Is::Fixed(DOWNLOADED), name, String::new()))
}

fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl CopiedFile {
    /// A directory to which a COPY brings something.
    pub fn directory(stage: usize, step: usize, path: &str) -> CopiedFile {
        CopiedFile {
            stage,
            step,
            path: path.to_owned(),
            is: Is::Folder,
            sure: true,
            within: false,
            source: String::new(),
        }
    }

    fn steps<'f>(&self, facts: &'f Facts) -> &'f [Step<'f>] {
        &facts.stages[self.stage].steps
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// How sure it is that no folder stands where the file goes.
    ///
    /// # Errors
    /// Nothing shows that.
    pub fn likely(&self, facts: &Facts, stage: usize) -> Result<Level, Reason> {
        let steps = self.steps(facts);
        let (folder, _) = self.path.rsplit_once('/').unwrap_or_default();
        let end = self.name().rsplit_once('.').map(|(start, end)| (start.len(), end));
        let file = end.is_some_and(|(start, end)| start > 0 && (1..=5).contains(&end.len()) && end != "d");
        let program = FILES.contains(&folder.rsplit('/').next().unwrap_or_default());
        let starts = |step: &Step| {
            let first = match &step.instruction.args {
                Args::Command(crate::syntax::Command::Exec(words)) => words.first().map(|word| word.text.clone()),
                _ => None,
            };
            first.is_some_and(|first| first == self.path)
        };
        if !file && !program && !steps.iter().any(starts) {
            return refuse(
                mark!(DESTINATION_EXISTS, "file"),
                format!("`{}` may be a folder, into which the file would go", self.path),
            );
        }
        let known = facts.is_from_scratch(stage) || facts.image(stage).is_some();
        let first = directories::may_be_made(facts, stage, self.step, &self.path);
        Ok(if known && first.is_none() { Level::Safe } else { Level::Recommended })
    }

    /// Whether the folder above is there before the COPY.
    ///
    /// # Errors
    /// It may not be.
    pub fn parent_is_there(&self, facts: &Facts, stage: usize) -> Result<(), Reason> {
        let parent = self.path.rsplit_once('/').map_or("/", |(parent, _)| parent);
        let parent = if parent.is_empty() { "/" } else { parent };
        match self.within || directories::is_there(facts, stage, self.step, parent) {
            true => Ok(()),
            false => refuse(&PARENT_OWNER, format!("the COPY may make `{parent}`, which would get the owner, too")),
        }
    }

    /// Whether the folder is not there before the COPY.
    ///
    /// # Errors
    /// It may be.
    pub fn is_new(&self, facts: &Facts, stage: usize) -> Result<(), Reason> {
        match directories::is_new(facts, stage, self.step, &self.path) {
            None => Ok(()),
            Some(why) => {
                refuse(mark!(DESTINATION_EXISTS, "directory"), format!("`{}` may be there before: {why}", self.path))
            }
        }
    }

    /// Whether the folder holds nothing but folders and regular files without special permissions.
    ///
    /// # Errors
    /// What else it holds.
    pub fn is_plain(&self, facts: &Facts) -> Result<(), Reason> {
        let mut open = vec![self.source.clone()];
        let mut left = MOST_FILES;
        while let Some(folder) = open.pop() {
            let names = facts.context.names(&folder).filter(|names| names.len() <= left);
            let Some(names) = names else {
                return refuse(
                    mark!(NO_CONTEXT, "directory"),
                    format!("what is in `{folder}` is not known, or too much to look at"),
                );
            };
            left -= names.len();
            for name in names {
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                match facts.context.entry(&path) {
                    Entry::Folder => open.push(path),
                    Entry::File { mode: Some(mode), .. } if mode & 0o7000 == 0 => {}
                    _ => {
                        return refuse(mark!(SYMBOLIC_LINK, "in-the-directory"), format!("`{path}` is no plain file"));
                    }
                }
            }
        }
        Ok(())
    }
}
