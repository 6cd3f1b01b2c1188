//! Which folders are there before a step, and which surely are not.

use super::copied_file::{dest, is_copy, of};
use super::*;
use crate::facts::state::clean;
use crate::facts::uses::overlap;
use crate::facts::{Change, Step};
use crate::knowledge::images::{Distribution, Service};
use crate::script::{Argument, Invocation};

/// Folders that every image of a distribution has.
const THERE: &[&str] = &[
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/opt",
    "/root",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/share",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
];

/// The first parts of paths that an image may have by itself.
const TAKEN: &[&str] = &[
    "bin",
    "boot",
    "cache",
    "config",
    "data",
    "dev",
    "etc",
    "go",
    "home",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "logs",
    "media",
    "mnt",
    "nix",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
    "workspace",
];

/// Whether a folder is surely there before a step.
pub fn is_there(facts: &Facts, stage: usize, before: usize, folder: &str) -> bool {
    let inside = |path: &str| path == folder || path.starts_with(&format!("{folder}/"));
    let state = &facts.stages[stage].steps[before].before;
    if folder == "/" || state.workdir.get().is_some_and(|path| inside(path)) {
        return true;
    }
    use Distribution::*;
    let full = [Debian, Ubuntu, Alpine, RedHat, Amazon, Suse, Photon, AzureLinux];
    let mut there = THERE.contains(&folder) && facts.family(stage).is_some_and(|family| full.contains(&family));
    facts.each_step_before(stage, before, &mut |facts, step| match step.instruction.keyword {
        Keyword::Workdir => there |= after(facts, step).is_some_and(|path| inside(&path)),
        Keyword::Copy | Keyword::Add => there |= brings(step).is_some_and(|path| inside(&path)),
        Keyword::Run => {
            // what one text both makes and removes counts as removed
            there |= makes(facts, step).iter().any(|path| inside(path));
            there &= !removes(facts, step, folder);
        }
        _ => {}
    });
    there
}

/// The working folder behind a WORKDIR.
pub fn after(facts: &Facts, step: &Step) -> Option<String> {
    let stage = &facts.stages[facts.stage_at(step.item)?];
    let next = stage.steps.get(stage.steps.partition_point(|other| other.item <= step.item));
    next.map_or(&stage.end, |next| &next.before).workdir.get().cloned()
}

/// A folder that is surely there behind a COPY.
fn brings(step: &Step) -> Option<String> {
    let crate::syntax::Args::Transfer { sources, .. } = &step.instruction.args else { return None };
    if sources.iter().any(|source| source.text.contains(['*', '?', '[', '$'])) {
        return None;
    }
    let (dest, folder) = dest(step)?;
    match folder {
        true => Some(dest),
        // file or folder, what is above is there
        false => dest.rsplit_once('/').map(|(parent, _)| parent.to_owned()),
    }
}

/// Whether a RUN may take a folder away.
fn removes(facts: &Facts, step: &Step, folder: &str) -> bool {
    let goes = |change: &Change| match change {
        Change::Removed(path) => overlap(path, folder) && path.split('/').count() <= folder.split('/').count(),
        _ => false,
    };
    facts.changes(step).is_none_or(|changes| changes.all.iter().any(|(change, _)| goes(change)))
}

/// The folders that a RUN surely makes with `mkdir`.
fn makes(facts: &Facts, step: &Step) -> Vec<String> {
    let Some(stage) = facts.stage_at(step.item) else { return Vec::new() };
    let Some(work) = facts.work(&facts.stages[stage], step) else { return Vec::new() };
    let named =
        work.commands.iter().filter(is_plain_mkdir).flat_map(Invocation::operands).filter_map(Argument::literal);
    named.filter(|path| path.starts_with('/')).map(|path| clean(&path)).collect()
}

/// Whether a command surely makes its directories, with the permissions of any.
pub fn is_plain_mkdir(one: &Invocation) -> bool {
    let sure = one.flow().must() && one.flow().top && one.is_bare();
    sure && one.is(&["mkdir"]) && one.options().all(|option| option.is(&["-p", "-v", "--parents", "--verbose"]))
}

/// Whether the base image surely has no such folder.
pub fn is_not_in_image(facts: &Facts, stage: usize, folder: &str) -> bool {
    image_has(facts, stage, folder).is_none()
}

/// Why a folder may be there before a step; `None` where it surely is not.
pub fn is_new(facts: &Facts, stage: usize, before: usize, folder: &str) -> Option<String> {
    image_has(facts, stage, folder).or_else(|| may_be_made(facts, stage, before, folder))
}

/// Why the base image may have a folder.
fn image_has(facts: &Facts, stage: usize, folder: &str) -> Option<String> {
    let first = folder.split('/').nth(1).unwrap_or_default();
    if first.is_empty() || TAKEN.contains(&first) {
        return Some(format!("images have `/{first}`"));
    }
    if facts.is_from_scratch(stage) {
        return None;
    }
    let Some(image) = facts.image(stage).filter(|image| image.service == Some(Service::Base)) else {
        return Some("the base image is not known to be without it".to_owned());
    };
    let homes = image.accounts.iter().filter_map(|account| account.home);
    let has = homes.chain(image.workdir).any(|path| path != "/" && overlap(path, folder));
    has.then(|| "the base image has it".to_owned())
}

/// What before a step may make something at or below a path.
pub fn may_be_made(facts: &Facts, stage: usize, before: usize, path: &str) -> Option<String> {
    facts.chain(stage).into_iter().find_map(|index| {
        let steps = &facts.stages[index].steps;
        let end = if index == stage { before } else { steps.len() };
        (0..end).take_while(|_| facts.counter.look(COMMANDS)).find_map(|at| makes_at(facts, index, at, path))
    })
}

/// How many looks it costs to see what an instruction does to a path.
const COMMANDS: usize = 8;

fn makes_at(facts: &Facts, stage: usize, at: usize, path: &str) -> Option<String> {
    let step = &facts.stages[stage].steps[at];
    let shown =
        || Some(format!("the {} in line {} may make it", step.instruction.keyword.name(), step.instruction.lines.0));
    let meets =
        |other: &str| other != "/" && overlap(other, path) && other.split('/').count() >= path.split('/').count();
    match step.instruction.keyword {
        Keyword::Run => between::touched(facts, stage, at, path, between::What::Made).and_then(|_| shown()),
        Keyword::Workdir if after(facts, step).is_none_or(|folder| meets(&folder)) => shown(),
        _ if is_copy(step.instruction) => match (dest(step), of(facts, stage, at, path)) {
            (Some(_), Ok(None)) => None,
            _ => shown(),
        },
        Keyword::Onbuild | Keyword::Volume => None,
        _ => None,
    }
}

/// A path in images where `/bin` is a link to `/usr/bin`, and its kin.
pub fn merged(path: &str) -> String {
    let first = path.split('/').nth(1).unwrap_or_default();
    match ["bin", "sbin", "lib", "lib32", "lib64"].contains(&first) {
        true => format!("/usr{path}"),
        false => path.to_owned(),
    }
}
