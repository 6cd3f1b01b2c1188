//! `chown -R` and `chmod -R` of a directory that this file fills: each COPY that brought something of it gets the flag, and the command
//! changes only the few directories that it finds besides.
//!
//! All that is in the directory must be known to come from COPYs, or to be a directory that WORKDIR or `mkdir` made. A COPY gives the
//! owner to what it brings and to the directories that it makes on the way; permissions only to what it brings, so that the directories
//! stay with the command (builds of both; `fsutil`'s `copy` and `MkdirAll`).

use super::between::What;
use super::copied_file::{dest, is_copy};
use super::ownership_command::NamedPath;
use super::*;
use crate::facts::{Base, Entry, Frontend, Known, Step};
use crate::knowledge::images::{Distribution, Service};
use crate::knowledge::paths::{Absolute, is_at_or_in};
use crate::script::Invocation;
use crate::syntax::{Arg, Args};
use std::collections::BTreeSet;

/// Directories in which images of languages have things of their own; of the others, what is in them by such a name.
const SHARED: &[&str] = &["/opt", "/srv", "/usr/src", "/var/www", "/data", "/workspace"];
const OF_IMAGES: &[&str] = &[
    "amazon",
    "android",
    "app-root",
    "bitnami",
    "cargo",
    "conda",
    "corretto",
    "flutter",
    "go",
    "google",
    "gradle",
    "graalvm",
    "html",
    "intel",
    "java",
    "jdk",
    "jre",
    "julia",
    "linux",
    "maven",
    "microsoft",
    "miniconda",
    "mssql",
    "node",
    "nvidia",
    "openjdk",
    "perl",
    "php",
    "python",
    "rocm",
    "ruby",
    "rust",
    "sbt",
    "swift",
    "yarn",
];

/// Where another stage has programs of its system, which may bear special permissions.
const OF_THE_SYSTEM: &[&str] =
    &["bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "usr", "var"];
const OF_APPLICATIONS: &[&str] = &["/usr/src", "/usr/app", "/var/www", "/var/app"];

/// How many directories the command may still name.
const MOST_LEFT: usize = 8;

/// What becomes of a command about whole directories; `None` if it can't be said of all that it changes where that is from.
///
/// `frontend` is the one that is to build the file.
pub fn examine<'a>(
    facts: &Facts,
    (stage, step): (usize, usize),
    ask: &'a OwnershipCommand,
    frontend: Frontend,
) -> Option<Move<'a>> {
    let link = ask.link.filter(|_| ask.recursive && ask.unfit.is_none())?;
    let mut found = Move { ask, level: Level::Recommended, flags: Vec::new(), of_context: false, left: None };
    let mut left = BTreeSet::new();
    let mut whole = true;
    for path in &ask.paths {
        let NamedPath::Known(root) = path else { return None };
        let mut tree = Tree {
            facts,
            stage,
            run: (step, link),
            ask,
            root: Absolute::new(root)?,
            frontend,
            brought: Vec::new(),
            made: BTreeSet::new(),
            flags: Vec::new(),
        };
        tree.read()?;
        whole &= tree.made.is_empty();
        tree.made.remove(tree.root.as_str());
        left.extend(tree.made);
        found.flags.extend(tree.flags);
    }
    found.flags.sort();
    let twice = found.flags.windows(2).any(|two| two[0].0 == two[1].0);
    if found.flags.is_empty() || twice || left.len() > MOST_LEFT {
        return None;
    }
    if !whole {
        ask.recursive_at?;
        found.left = Some(left.into_iter().collect());
    }
    Some(found)
}

/// Whether a command does for a directory itself what the COPYs to it do for what they bring: what is left of one with `-R`.
pub fn is_rest(facts: &Facts, (stage, step): (usize, usize), ask: &OwnershipCommand) -> bool {
    let (flag, value) = match &ask.wish {
        Wish::Owner(owner) => ("chown", owner.0.as_deref()),
        Wish::Mode(mode) => ("chmod", Some(mode.as_str())),
    };
    let says =
        |one: &Step| one.instruction.flag(flag).is_some_and(|flag| value.is_some() && flag.value.as_deref() == value);
    let Some(NamedPath::Known(root)) = ask.paths.first().filter(|_| !ask.recursive) else { return false };
    let inside = |one: &Step| dest(one).is_some_and(|(dest, _)| is_at_or_in(&dest, root));
    facts.stages[stage].steps[..step].iter().any(|one| is_copy(one.instruction) && says(one) && inside(one))
}

/// A directory, and where what is in it is from.
struct Tree<'t> {
    facts: &'t Facts<'t>,
    stage: usize,
    /// The step of the RUN, and the link of its chain.
    run: (usize, usize),
    ask: &'t OwnershipCommand,
    root: Absolute,
    frontend: Frontend,
    /// Where earlier COPYs brought something of it.
    brought: Vec<Absolute>,
    /// The directories at and in it that the command has to change itself.
    made: BTreeSet<String>,
    /// The flags, each with the step that gets it.
    flags: Vec<(usize, String)>,
}

impl Tree<'_> {
    /// Looks at all that ran before.
    fn read(&mut self) -> Option<()> {
        self.is_not_of_the_image()?;
        let facts = self.facts;
        for stage in facts.chain(self.stage) {
            let steps = &facts.stages[stage].steps;
            let end = if stage == self.stage { self.run.0 } else { steps.len() };
            for (at, step) in steps[..end].iter().enumerate() {
                match step.instruction.keyword {
                    Keyword::Workdir => self.makes(&directories::after(facts, step)?),
                    Keyword::Run => self.run_of((stage, at), None)?,
                    Keyword::Volume => return None,
                    _ if is_copy(step.instruction) => self.copy((stage, at), step)?,
                    _ => {}
                }
            }
        }
        self.run_of((self.stage, self.run.0), Some(self.run.1))?;
        if matches!(&self.ask.wish, Wish::Mode(wanted) if mode::of_all(wanted) == Some(true)) {
            // `mkdir`, WORKDIR and COPY make directories with the permissions 755, which stay
            self.made.clear();
        }
        Some(())
    }

    /// A directory is made, with those above it.
    fn makes(&mut self, path: &str) {
        let mut at = Absolute::new(path);
        while let Some(directory) = at.filter(|directory| directory.is_at_or_in(&self.root)) {
            let there =
                matches!(self.ask.wish, Wish::Owner(_)) && self.brought.iter().any(|dest| dest.is_at_or_in(&directory));
            if !there {
                self.made.insert(directory.as_str().to_owned());
            }
            at = directory.parent();
        }
    }

    /// That the base image has nothing there.
    fn is_not_of_the_image(&self) -> Option<()> {
        let Some(shared) = SHARED.iter().find(|shared| self.root.is_in_any(&[shared])) else {
            return directories::is_not_in_image(self.facts, self.stage, self.root.as_str()).then_some(());
        };
        let rest = self.root.as_str().strip_prefix(shared)?.trim_start_matches('/');
        let named = OF_IMAGES.iter().any(|name| rest.starts_with(name));
        let image = self.facts.image(self.stage).filter(|image| image.service == Some(Service::Base))?;
        let workdir = image.workdir.filter(|workdir| *workdir != "/").and_then(Absolute::new);
        let other = workdir.is_none_or(|workdir| !workdir.overlaps(&self.root));
        (!rest.is_empty() && !named && other).then_some(())
    }

    /// What a RUN does there, up to a link of its chain: nothing but to make directories.
    fn run_of(&mut self, (stage, at): (usize, usize), before: Option<usize>) -> Option<()> {
        let facts = self.facts;
        let step = &facts.stages[stage].steps[at];
        let what = match self.ask.wish {
            Wish::Owner(_) => What::Tree,
            Wish::Mode(_) => What::Mode,
        };
        if between::touched_besides_directories(facts, (stage, at), self.root.as_str(), what, before).is_some() {
            return None;
        }
        let work = facts.work(&facts.stages[stage], step)?;
        let links = work.commands.links();
        let end = before.map_or(u32::MAX, |link| links[link].pipe.span.start);
        let workdir = step.before.workdir.get().and_then(|workdir| Absolute::new(workdir));
        for one in work.commands.deep().into_iter().filter(|one| one.is(&["mkdir"])) {
            if before.is_some() && one.span().start >= end {
                continue;
            }
            let paths = one.operands().map(|word| one.path(word, workdir.as_ref(), &*step.before));
            let paths: Vec<Absolute> = paths.collect::<Option<_>>()?;
            let near = |path: &Absolute| path.is_at_or_in(&self.root);
            if paths.iter().any(near) && !directories::is_plain_mkdir(&one) {
                return None;
            }
            paths.iter().for_each(|path| self.makes(path.as_str()));
        }
        Some(())
    }

    fn copy(&mut self, (stage, at): (usize, usize), step: &Step) -> Option<()> {
        let (dest, _) = dest(step)?;
        let dest = Absolute::new(&dest)?;
        let Args::Transfer { sources, .. } = &step.instruction.args else { return None };
        if !dest.is_at_or_in(&self.root) {
            let merged = |path: &Absolute| Absolute::new(&directories::merged(path.as_str()));
            let apart = !dest.overlaps(&self.root) && !merged(&dest)?.overlaps(&merged(&self.root)?);
            return (apart || sources.iter().all(|source| self.brings_nothing(step, source, &dest))).then_some(());
        }
        if stage != self.stage || sources.iter().any(|source| !self.is_plain(step, source)) {
            return None;
        }
        let flag = self.flag(at, step, &dest)?;
        self.flags.extend(flag.map(|flag| (at, flag)));
        self.brought.push(dest);
        Some(())
    }

    /// Whether a COPY to a directory above brings nothing of this one.
    fn brings_nothing(&self, step: &Step, source: &Arg, dest: &Absolute) -> bool {
        let facts = self.facts;
        let Known::Yes(path) = step.before.expand(&source.text) else { return false };
        let inside = self.root.as_str().strip_prefix(dest.as_str().trim_end_matches('/'));
        let (Some(inside), None) = (inside, step.instruction.flag("from")) else { return false };
        let path = crate::facts::state::clean(&path).trim_start_matches('/').to_owned();
        match facts.context.entry(&path) {
            Entry::File { .. } => true,
            Entry::Folder => facts.context.entry(format!("{path}{inside}").trim_start_matches('/')) == Entry::Absent,
            _ => false,
        }
    }

    /// The flag that a COPY gets; none if it says so already.
    fn flag(&mut self, at: usize, step: &Step, dest: &Absolute) -> Option<Option<String>> {
        let (facts, one) = (self.facts, step.instruction);
        let here = CopiedFile::directory(self.stage, at, dest.as_str());
        is_allowed(facts, self.stage, self.run.0, &here).ok()?;
        let known = ["from", "chown", "chmod", "checksum"];
        let own = if matches!(self.ask.wish, Wish::Owner(_)) { "chown" } else { "chmod" };
        if one.opaque.is_some()
            || one.flags.iter().any(|flag| !known.contains(&flag.name.as_str()))
            || !self.frontend.at_least(1, 2)
        {
            return None;
        }
        let value = match &self.ask.wish {
            Wish::Owner(owner) => {
                let ids = owner.resolve(facts, self.stage, (at, self.run.0), &here).ok()?;
                // the COPY that makes the directory would make those above it, too
                if !self.made.contains(self.root.as_str()) && self.brought.is_empty() {
                    CopiedFile::directory(self.stage, at, self.root.as_str())
                        .parent_is_there(facts, self.stage)
                        .ok()?;
                }
                ids
            }
            Wish::Mode(wanted) => {
                let frontend = mode::is_octal(wanted) || self.frontend.at_least(1, 14);
                let keeps = mode::of_all(wanted)?;
                // a directory that the COPY makes has the permissions 755
                if !keeps {
                    self.makes(dest.as_str());
                }
                frontend.then(|| wanted.clone())?
            }
        };
        match one.flag(own) {
            Some(there) => (there.value.as_deref() == Some(value.as_str())).then_some(None),
            None => Some(Some(format!("--{own}={value}"))),
        }
    }

    /// Whether a source has no special permissions that the command would clear, and no links that it would follow.
    fn is_plain(&self, step: &Step, source: &Arg) -> bool {
        use Distribution::*;
        let one = step.instruction;
        let owner = matches!(self.ask.wish, Wish::Owner(_));
        let follows = owner && !matches!(self.facts.family(self.stage), Some(Debian | Ubuntu | RedHat | Amazon | Suse));
        if one.heredocs.iter().any(|heredoc| {
            heredoc.name == source.text.trim_start_matches("<<").trim_start_matches('-').trim_matches(['"', '\''])
        }) {
            return true;
        }
        if one.keyword == Keyword::Add {
            return false;
        }
        let Known::Yes(path) = step.before.expand(&source.text) else { return false };
        match one.flag("from").and_then(|flag| flag.value.as_deref()) {
            Some(from) => !follows && self.is_of_an_application(from, &path),
            None => self.is_plain_in_context(&path, follows, owner),
        }
    }

    /// Whether a path of another stage of the file is one of an application, and nothing there gives special permissions.
    fn is_of_an_application(&self, from: &str, path: &str) -> bool {
        let facts = self.facts;
        let lower = from.to_lowercase();
        let named = facts.stages[..self.stage].iter().rposition(|stage| stage.name.as_deref() == Some(&lower));
        let Some(stage) = named.or_else(|| from.parse().ok()).filter(|stage| *stage < self.stage) else { return false };
        let Some(path) = Absolute::new(&format!("/{path}")) else { return false };
        let first = path.as_str().split('/').nth(1).unwrap_or_default();
        let system = first.is_empty() || OF_THE_SYSTEM.contains(&first);
        let plain = facts
            .chain(stage)
            .iter()
            .all(|stage| facts.stages[*stage].steps.iter().all(|step| gives_nothing_special(facts, step)));
        (!system || path.is_in_any(OF_APPLICATIONS)) && plain && facts.stages[stage].base != Base::Scratch
    }

    fn is_plain_in_context(&self, path: &str, follows: bool, owner: bool) -> bool {
        let context = self.facts.context;
        let path = crate::facts::state::clean(path).trim_start_matches('/').to_owned();
        let mut open = match path.rsplit_once('/').unwrap_or(("", &path)) {
            // all that may match
            (folder, name) if name.contains(['*', '?', '[']) && !folder.contains(['*', '?', '[']) => {
                let Some(names) = context.names(folder) else { return false };
                names.into_iter().map(|name| format!("{folder}/{name}").trim_start_matches('/').to_owned()).collect()
            }
            _ if path.contains(['*', '?', '[']) => return false,
            _ => vec![path],
        };
        let mut looked = 0;
        while let Some(path) = open.pop() {
            looked += 1;
            match if path.is_empty() { Entry::Folder } else { context.entry(&path) } {
                Entry::Folder => match context.names(&path) {
                    Some(names) => open.extend(
                        names.into_iter().map(|name| format!("{path}/{name}").trim_start_matches('/').to_owned()),
                    ),
                    None => return false,
                },
                Entry::File { mode, .. } if !owner || mode.is_none_or(|mode| mode & 0o7000 == 0) => {}
                Entry::Link(_) if !follows => {}
                _ => return false,
            }
            if looked > copied_file::MOST_FILES {
                return false;
            }
        }
        true
    }
}

/// Whether a step of another stage gives no file special permissions or capabilities, as far as its words say.
fn gives_nothing_special(facts: &Facts, step: &Step) -> bool {
    let special = |one: &Invocation| match one.name().as_deref() {
        Some("setcap") => true,
        Some("chmod") => {
            one.operands().next().and_then(|mode| mode.literal().map(|mode| mode::is_special(&mode))).unwrap_or(true)
        }
        Some("install") => one
            .option(&["-m", "--mode"])
            .is_some_and(|option| option.literal().is_none_or(|mode| mode::is_special(&mode))),
        _ => false,
    };
    match step.instruction.keyword {
        Keyword::Run => facts.started(step.item).is_some_and(|commands| !commands.deep().iter().any(special)),
        _ => true,
    }
}
