//! The COPYs before an install: which file of the context lands where in the image, and which of them can move behind the
//! install. Knows paths, not what is in the files.

use super::needs::Needs;
use super::*;
use crate::facts::{ContextView, Entry, Known, Step, Truth};
use crate::knowledge::manifests;
use crate::knowledge::programs::Touch;
use crate::syntax::Instruction;

/// Where a COPY takes its files from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The build context.
    Context,
    /// Another stage or image.
    Image,
    /// A URL, a repository, or the Dockerfile itself.
    Elsewhere,
}

/// Where a COPY or ADD takes its files from.
pub fn origin(instruction: &Instruction) -> Origin {
    let Args::Transfer { sources, .. } = &instruction.args else { return Origin::Elsewhere };
    let remote = |text: &str| text.contains("://") || text.starts_with("git@") || text.starts_with("<<");
    if instruction.flag("from").is_some() {
        return Origin::Image;
    }
    match !instruction.heredocs.is_empty() || sources.iter().any(|source| remote(&source.text)) {
        true => Origin::Elsewhere,
        false => Origin::Context,
    }
}

/// Whether a COPY brings, by its words alone, more than manifests.
pub fn is_wide(instruction: &Instruction) -> bool {
    let Args::Transfer { sources, .. } = &instruction.args else { return false };
    let manifest = |text: &str| {
        let name = base(text);
        let plain = name.replace('*', "");
        manifests::is_manifest(name) || manifests::is_manifest(&plain) || name == "package*.json"
    };
    !sources.iter().all(|source| manifest(&source.text))
}

/// The last part of a path as it is written, be there a `/` behind it.
pub fn base(path: &str) -> &str {
    paths::name(path.trim_end_matches('/'))
}

fn join(folder: &str, rest: &str) -> String {
    match (folder, rest) {
        ("", rest) => rest.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, rest) => format!("{folder}/{rest}"),
    }
}

/// One source of a COPY.
#[derive(Debug)]
pub struct Source {
    /// As written.
    pub text: String,
    /// Its path in the context.
    pub path: String,
    folder: bool,
}

/// A COPY or ADD from the context.
#[derive(Debug)]
pub struct Copy<'f> {
    /// Its step.
    pub step: usize,
    /// Its item.
    pub item: usize,
    /// Itself.
    pub instruction: &'f Instruction,
    /// What it brings, patterns resolved.
    pub sources: Vec<Source>,
    /// The destination, absolute.
    pub dest: Absolute,
    /// The destination as written.
    pub dest_text: String,
    folder: bool,
}

/// What becomes of a COPY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Stays,
    /// It moves behind the install.
    Moves,
    /// It moves, and these files are copied before.
    Splits(Vec<Early>),
}

/// A file that is copied before an install.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Early {
    /// Its path in the image.
    pub image: Absolute,
    /// Its path in the context.
    pub path: String,
    /// It is only named as a pattern, since it is not there yet.
    pub later: bool,
}

/// A COPY from another stage or image: only where its files go is known.
#[derive(Debug)]
struct Foreign {
    step: usize,
    target: Absolute,
}

/// All COPYs before an install.
#[derive(Debug)]
pub struct Copies<'f> {
    /// The build context.
    pub context: &'f dyn ContextView,
    /// From the context, in order.
    pub list: Vec<Copy<'f>>,
    foreign: Vec<Foreign>,
    /// The RUNs between them, by step.
    pub runs: Vec<usize>,
}

impl<'f> Copies<'f> {
    /// Reads the COPYs at some steps of a stage.
    ///
    /// # Errors
    /// What is not known of one of them.
    pub fn read(facts: &'f Facts, stage: &Stage<'f>, steps: &[usize]) -> Result<Copies<'f>, Reason> {
        let mut copies = Copies { context: facts.context, list: Vec::new(), foreign: Vec::new(), runs: Vec::new() };
        for index in steps {
            let step = &stage.steps[*index];
            match step.instruction.keyword {
                Keyword::Run => copies.runs.push(*index),
                _ if origin(step.instruction) == Origin::Image => {
                    let Args::Transfer { dest, .. } = &step.instruction.args else { continue };
                    copies.foreign.push(Foreign { step: *index, target: destination(step, &dest.text)? });
                }
                _ => copies.list.push(read(facts.context, stage, *index)?),
            }
        }
        Ok(copies)
    }

    /// The path in the context of what stands at a path of the image, where a COPY brings it, and which one does.
    pub fn locate(&self, image: &Absolute) -> Option<(usize, String)> {
        let found = self.list.iter().enumerate().rev();
        found.filter_map(|(index, copy)| Some((index, copy.brings(self.context, image)?))).next()
    }

    /// Whether one of them brings something at a path, below it, or the folder that it is in.
    pub fn touches(&self, image: &Absolute) -> bool {
        self.list.iter().any(|copy| copy.touches(self.context, image))
    }

    /// Whether a path is in a folder that one of them fills, or above it.
    pub fn meets(&self, image: &Absolute) -> bool {
        let near = |copy: &Copy| !copy.is_root() && copy.meets(image);
        self.touches(image) || self.list.iter().any(near)
    }

    /// What becomes of each.
    ///
    /// # Errors
    /// A file that has to be copied first cannot be.
    pub fn fates(&self, needs: &Needs) -> Result<Vec<Fate>, Reason> {
        let mut early: Vec<Vec<Early>> = vec![Vec::new(); self.list.len()];
        for file in &needs.files {
            let Some((last, path)) = self.locate(file) else { continue };
            // an earlier COPY that stays may bring the very same file
            let same = |copy: &Copy| copy.is_pure(needs) && copy.brings(self.context, file).as_ref() == Some(&path);
            match self.list.iter().position(same).filter(|first| self.list[*first].like(&self.list[last])) {
                Some(_) => {}
                None => early[last].push(Early { image: file.clone(), path, later: false }),
            }
        }
        for file in &needs.later {
            let owner = self.list.iter().rposition(|copy| copy.covers(file).is_some());
            if let Some((owner, path)) = owner.and_then(|at| Some((at, self.list[at].covers(file)?)))
                && early[owner].iter().any(|near| near.image.parent() == file.parent())
            {
                early[owner].push(Early { image: file.clone(), path, later: true });
            }
        }
        self.list.iter().zip(early).map(|(copy, early)| copy.fate(self, needs, early)).collect()
    }

    /// That nothing that stays in front of the install brings what an earlier COPY that moves behind it brings too.
    ///
    /// # Errors
    /// Where it does.
    pub fn check_order(&self, fates: &[Fate]) -> Result<(), Reason> {
        for (index, copy) in self.list.iter().enumerate().filter(|(index, _)| fates[*index] != Fate::Stays) {
            let behind = self.list.iter().enumerate().skip(index + 1);
            for (_, other) in behind.filter(|(at, _)| fates[*at] == Fate::Stays) {
                if other.sources.iter().any(|source| copy.clashes(self.context, other, source)) {
                    let line = other.instruction.lines.0;
                    return refuse(
                        mark!(OVERWRITTEN, "by-a-copy"),
                        format!("the COPY of line {line} brings some of the same files"),
                    );
                }
                // what version control keeps out stands in one checkout and not in the next
                let local = other.dest.name().starts_with(".env");
                let may_come = |path: String| self.context.ignored(&path) != Truth::Yes;
                if local && copy.covers(&other.dest).is_some_and(may_come) {
                    return refuse(
                        mark!(OVERWRITTEN, "by-a-local-file"),
                        format!("the project may have a `{}` of its own", other.dest_text),
                    );
                }
            }
            for foreign in self.foreign.iter().filter(|foreign| foreign.step > copy.step) {
                let target = &foreign.target;
                if copy.touches(self.context, target) {
                    return refuse(
                        mark!(OVERWRITTEN, "by-a-stage"),
                        format!("another COPY brings `{target}`, which is among the copied files"),
                    );
                }
            }
        }
        Ok(())
    }

    /// That each COPY that moves says the same behind the install.
    ///
    /// # Errors
    /// Where a variable or the working folder changes in between.
    pub fn check_meaning(&self, stage: &Stage, at: usize, fates: &[Fate]) -> Result<(), Reason> {
        let moved = self.list.iter().zip(fates).filter(|(_, fate)| **fate != Fate::Stays);
        for (copy, fate) in moved {
            let between = &stage.steps[copy.step + 1..at];
            let text = &copy.instruction.line.text();
            let sets = |step: &Step| matches!(step.instruction.keyword, Keyword::Env | Keyword::Arg);
            if text.contains('$') && between.iter().any(sets) {
                return refuse(
                    mark!(MEANING_CHANGES, "variable"),
                    "a variable is set between, and the COPY uses variables",
                );
            }
            let (old, new) = (&stage.steps[copy.step].before.workdir, &stage.steps[at].before.workdir);
            if !copy.dest_text.trim_matches(['"', '\'']).starts_with('/') && old != new {
                return refuse(
                    mark!(MEANING_CHANGES, "workdir"),
                    "WORKDIR changes between, and the COPY's destination is relative",
                );
            }
            let front = |step: &&Step| {
                !self.list.iter().zip(fates).any(|(one, fate)| one.item == step.item && *fate == Fate::Moves)
            };
            let other = |step: &Step| owner(step) != owner(&stage.steps[copy.step]) && makes_folder(step, &copy.dest);
            if *fate == Fate::Moves && between.iter().filter(front).any(other) {
                return refuse(
                    mark!(MEANING_CHANGES, "owner-above"),
                    "the folders above its destination would have another owner",
                );
            }
        }
        Ok(())
    }

    /// That no earlier RUN makes a link where files are copied to.
    ///
    /// # Errors
    /// Where one may.
    pub fn check_links(&self, facts: &Facts, stage: usize, fates: &[Fate]) -> Result<(), Reason> {
        let moved: Vec<&Copy> =
            self.list.iter().zip(fates).filter(|(_, fate)| **fate != Fate::Stays).map(|(copy, _)| copy).collect();
        let first = moved.iter().map(|copy| copy.step).min().unwrap_or(0);
        for (stage, end) in environment::lineage(facts, stage, first) {
            for step in facts.stages[stage].steps[..end].iter().take_while(|_| facts.counter.look(8)) {
                self.check_home(facts, step, &moved)?;
                if let Some(target) =
                    linked(facts, step).iter().find(|target| moved.iter().any(|copy| copy.meets(target)))
                {
                    let line = step.instruction.lines.0;
                    return refuse(
                        mark!(SYMBOLIC_LINK, "made"),
                        format!("the RUN of line {line} makes a link at `{target}`"),
                    );
                }
            }
        }
        Ok(())
    }
}

impl Copies<'_> {
    /// That an earlier RUN neither makes a destination somebody's home, nor tells a tool of a file in it.
    fn check_home(&self, facts: &Facts, step: &Step, moved: &[&Copy]) -> Result<(), Reason> {
        let text = facts.shell_text(step.item).filter(|_| step.instruction.keyword == Keyword::Run);
        let text = text.map_or("", |text| text.text.text());
        for copy in moved.iter().filter(|copy| !copy.is_root() && text.contains(copy.dest.as_str())) {
            if changes_accounts(facts, step) {
                copy.names_clear(self.context, "home")?;
            }
            if text.contains("config") {
                let what = format!(
                    "the RUN of line {} may name a file in `{}` to a tool",
                    step.instruction.lines.0, copy.dest
                );
                return refuse(mark!(ENVIRONMENT, "config"), what);
            }
        }
        Ok(())
    }
}

/// Where the links go that a RUN makes with `ln`: `/` where that is not known.
fn linked(facts: &Facts, step: &Step) -> Vec<Absolute> {
    let commands = facts.commands(step.item).filter(|_| step.instruction.keyword == Keyword::Run);
    let workdir = workdir(step);
    let mut out = Vec::new();
    for command in commands.map(Commands::deep).unwrap_or_default() {
        if command.is(&["ln"]) {
            let effects = command.effects().filter(|_| command.operands().count() > 1).unwrap_or_default();
            let made = effects.iter().filter(|effect| effect.touch == Touch::Writes);
            let places: Option<Vec<_>> =
                made.map(|effect| command.extent(effect.on, workdir.as_ref(), &step.before)).collect();
            out.extend(places.filter(|places| !places.is_empty()).unwrap_or_else(|| vec![Absolute::root()]));
        }
    }
    out
}

/// To whom a COPY or WORKDIR gives the folders that it makes; `None` is root.
fn owner<'s>(step: &'s Step) -> Option<&'s str> {
    let root = |user: &&str| !["root", "0", "0:0", "root:root"].contains(user);
    match step.instruction.keyword {
        Keyword::Workdir => Some(step.before.user.get().map_or("?", String::as_str)).filter(root),
        _ => step.instruction.flag("chown").and_then(|flag| flag.value.as_deref()).filter(root),
    }
}

/// Whether a WORKDIR or COPY makes folders at the top of which a path is too.
fn makes_folder(step: &Step, path: &Absolute) -> bool {
    let top = |path: &Absolute| path.as_str().split('/').nth(1).unwrap_or_default().to_owned();
    let made = match &step.instruction.args {
        Args::Transfer { dest, .. } => destination(step, &dest.text).ok(),
        Args::Text(text) if step.instruction.keyword == Keyword::Workdir => destination(step, &text.text).ok(),
        _ => return false,
    };
    made.is_none_or(|made| top(&made) == top(path))
}

/// Whether a RUN makes or changes users or groups, or is not understood.
fn changes_accounts(facts: &Facts, step: &Step) -> bool {
    let changes = |commands: Commands| {
        commands.deep().iter().any(|one| one.program().is_some_and(|program| program.account.is_some()))
    };
    step.instruction.keyword == Keyword::Run && facts.started(step.item).is_none_or(changes)
}

impl Copy<'_> {
    /// The path in the context that lands at a path of the image, be anything there or not.
    fn lands(&self, source: &Source, image: &Absolute) -> Option<String> {
        match source.folder {
            true if *image == self.dest => Some(source.path.clone()),
            true => image.inside(&self.dest).map(|rest| join(&source.path, rest)),
            false => (self.target(source) == *image).then(|| source.path.clone()),
        }
    }

    /// Where a source that is a file lands.
    fn target(&self, source: &Source) -> Absolute {
        match self.folder {
            true => self.dest.join(base(&source.path)),
            false => self.dest.clone(),
        }
    }

    fn is_root(&self) -> bool {
        self.dest == Absolute::root()
    }

    /// The path in the context of what it brings to a path of the image.
    pub fn brings(&self, context: &dyn ContextView, image: &Absolute) -> Option<String> {
        let fates = self.sources.iter().rev().filter_map(|source| self.lands(source, image));
        fates.into_iter().find(|path| context.entry(path) != Entry::Absent)
    }

    /// The path in the context that a folder it copies has for a path of the image.
    pub fn covers(&self, image: &Absolute) -> Option<String> {
        let folders = self.sources.iter().filter(|source| source.folder);
        folders.filter_map(|source| self.lands(source, image)).next()
    }

    /// Whether it brings something at a path of the image or below, or fills a folder that the path is, or is above.
    fn touches(&self, context: &dyn ContextView, image: &Absolute) -> bool {
        self.sources.iter().any(|source| match source.folder {
            true => self.dest.is_at_or_in(image) || self.brings(context, image).is_some(),
            false => self.target(source).is_at_or_in(image),
        })
    }

    /// Whether a path of the image is one of its destinations, or above or below one.
    fn meets(&self, image: &Absolute) -> bool {
        self.dest.overlaps(image)
    }

    /// Whether it brings files alone, each one that is needed, or a manifest by its name.
    fn is_pure(&self, needs: &Needs) -> bool {
        self.sources.iter().all(|source| {
            !source.folder && (manifests::is_manifest(base(&source.path)) || needs.files.contains(&self.target(source)))
        })
    }

    /// Whether another COPY has the same flags.
    fn like(&self, other: &Copy) -> bool {
        let flags = |copy: &Copy| copy.instruction.flags.iter().map(|flag| flag.text.clone()).collect::<Vec<_>>();
        flags(self) == flags(other)
    }

    /// Whether it and a source of a later COPY bring different files to one place.
    fn clashes(&self, context: &dyn ContextView, other: &Copy, source: &Source) -> bool {
        if source.folder {
            let inside = self.brings(context, &other.dest).is_some() || self.dest.is_at_or_in(&other.dest);
            return inside && self.brings(context, &other.dest).as_deref() != Some(source.path.as_str());
        }
        let target = other.target(source);
        let mine = self.brings(context, &target);
        mine.is_some_and(|mine| mine != source.path || !self.like(other))
    }

    /// The names that it brings into a folder of the image by sources that are files.
    pub fn files_in(&self, image: &Absolute) -> Vec<String> {
        let files = self.sources.iter().filter(|source| !source.folder).map(|source| self.target(source));
        files.filter(|target| target.parent().as_ref() == Some(image)).map(|target| target.name().to_owned()).collect()
    }

    /// A path of the context, as its source is written: with the folder's words in front.
    pub fn written(&self, path: &str) -> String {
        for source in &self.sources {
            let text = source.text.as_str();
            match source.folder {
                true if matches!(text, "." | "./") && source.path.is_empty() => return path.to_owned(),
                true if source.path.is_empty() => return format!("{}/{path}", text.trim_end_matches('/')),
                true => {
                    if let Some(rest) = path.strip_prefix(source.path.as_str()).and_then(|rest| rest.strip_prefix('/'))
                    {
                        return format!("{}/{rest}", text.trim_end_matches('/'));
                    }
                }
                false if source.path == path && !text.contains('*') => return text.to_owned(),
                false if source.path == path => {
                    let folder = text.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
                    return format!("{folder}{}", base(path));
                }
                false => {}
            }
        }
        path.to_owned()
    }

    fn fate(&self, all: &Copies, needs: &Needs, early: Vec<Early>) -> Result<Fate, Reason> {
        if self.is_pure(needs) {
            return Ok(Fate::Stays);
        }
        if let Err(reason) = self.is_project(all.context) {
            return if early.is_empty() { Ok(Fate::Stays) } else { Err(reason) };
        }
        self.check_flags()?;
        if self.instruction.opaque.is_some() {
            return Err(version_dependent());
        }
        if early.is_empty() {
            return Ok(Fate::Moves);
        }
        if let Some(file) = early.iter().find(|file| file.path.contains(ODD)) {
            return refuse(&NOT_PLAIN, format!("the name of `{}` cannot be written in a COPY as it is", file.image));
        }
        Ok(Fate::Splits(early))
    }

    fn check_flags(&self) -> Result<(), Reason> {
        let known = |name: &str| matches!(name, "chown" | "chmod" | "link");
        match self.instruction.flags.iter().find(|flag| !known(&flag.name)) {
            Some(flag) => refuse(&FLAGS, format!("`--{}` decides which files the COPY brings", flag.name)),
            None => Ok(()),
        }
    }

    /// Whether it goes where projects live, and not where the system or the tools have their files.
    fn is_project(&self, context: &dyn ContextView) -> Result<(), Reason> {
        let place = |what: &str| refuse(mark!(DESTINATION, "system"), format!("`{}` {what}", self.dest));
        let parts: Vec<&str> = self.dest.as_str().split('/').skip(1).collect();
        let used = "is a folder that the system or a tool uses itself";
        match parts.as_slice() {
            [""] => return self.names_clear(context, "system").and_then(|()| self.names_clear(context, "home")),
            ["bin" | "boot" | "dev" | "etc" | "lib" | "lib32" | "lib64" | "proc" | "run" | "sbin" | "sys", ..] => {
                return place(used);
            }
            ["usr", "src", ..] | ["usr", "app" | "apps", ..] | ["usr", "local", "app" | "apps" | "src", ..] => {}
            ["usr", "share", "nginx" | "app", ..] => {}
            ["usr", ..] => return place(used),
            ["var", "www" | "app" | "task", ..] => {}
            ["var", ..] => return place(used),
            ["go", "src", _, ..] => {}
            ["go", ..] => return place(used),
            ["home"] | ["opt"] | ["opt", "venv" | "conda" | "bitnami" | "java", ..] => return place(used),
            ["root"] | ["home", _] => return self.names_clear(context, "home"),
            ["root", first, ..] | ["home", _, first, ..] if first.starts_with('.') => return place(used),
            _ => {}
        }
        Ok(())
    }

    /// That no name at the top of what it brings is in a list.
    pub fn names_clear(&self, context: &dyn ContextView, list: &str) -> Result<(), Reason> {
        for source in &self.sources {
            let names = match source.folder {
                true => context.names(&source.path).unwrap_or_default(),
                false => vec![self.target(source).name().to_owned()],
            };
            let own = ["package.json", ".npmrc", ".yarnrc", ".bundle"];
            let hit = |name: &&String| manifests::list(list).contains(&name.as_str()) && !own.contains(&name.as_str());
            if let Some(name) = names.iter().find(hit) {
                return refuse(
                    mark!(DESTINATION, "name"),
                    format!("`{name}` at `{}` is where the system or a tool has its own", self.dest),
                );
            }
        }
        Ok(())
    }
}

/// Characters with which a name would mean something else in a COPY.
const ODD: [char; 12] = [' ', '\t', '"', '\'', '\\', '$', '*', '?', '[', ']', '`', '#'];

fn version_dependent() -> Reason {
    (mark!(VERSION_DEPENDENT, "copy"), "frontend versions read the COPY differently".to_owned())
}

/// Reads a COPY from the context.
fn read<'f>(context: &'f dyn ContextView, stage: &Stage<'f>, index: usize) -> Result<Copy<'f>, Reason> {
    let step = &stage.steps[index];
    let Args::Transfer { sources, dest, .. } = &step.instruction.args else {
        return Err(version_dependent());
    };
    let mut read = Vec::new();
    for source in sources {
        let Known::Yes(text) = step.before.expand(&source.text) else {
            return refuse(&VARIABLE, format!("what `{}` stands for is not known", source.text));
        };
        read.extend(resolve(context, &source.text, &text)?);
    }
    if read.is_empty() {
        return refuse(mark!(PATTERN, "nothing"), "the pattern names nothing that is in the context");
    }
    let path = destination(step, &dest.text)?;
    let slash =
        dest.text.trim_matches(['"', '\'']).ends_with('/') || base(&dest.text) == "." || base(&dest.text) == "..";
    let folder = slash || read.iter().all(|source| source.folder) || is_folder(stage, index, &path);
    if !folder && (read.len() > 1 || manifests::is_manifest(base(&read[0].path)) && !path.name().contains('.')) {
        return refuse(mark!(UNKNOWN_PATH, "destination-file"), format!("whether `{path}` is a folder is not known"));
    }
    if step.instruction.keyword == Keyword::Add
        && let Some(source) = read.iter().find(|source| !source.folder && is_archive(context, &source.path))
    {
        return refuse(&ARCHIVE, format!("ADD may unpack `{}`", source.text));
    }
    Ok(Copy {
        step: index,
        item: step.item,
        instruction: step.instruction,
        sources: read,
        dest: path,
        dest_text: dest.text.clone(),
        folder,
    })
}

/// The absolute path of a destination.
fn destination(step: &Step, text: &str) -> Result<Absolute, Reason> {
    let unknown = || refuse(mark!(UNKNOWN_PATH, "destination"), format!("where `{text}` is in the image is not known"));
    let Known::Yes(path) = step.before.expand(text) else { return unknown() };
    if path.contains(':') || text.contains(['"', '\'']) {
        return unknown();
    }
    let absolute = Absolute::new(&path).or_else(|| Some(workdir(step)?.join(&path)));
    absolute.map_or_else(unknown, Ok)
}

/// The working folder of a step.
pub fn workdir(step: &Step) -> Option<Absolute> {
    Absolute::new(step.before.workdir.get()?)
}

/// Whether earlier instructions show that a path is a folder.
fn is_folder(stage: &Stage, index: usize, path: &Absolute) -> bool {
    stage.steps[..=index].iter().any(|step| workdir(step).is_some_and(|workdir| workdir.is_at_or_in(path)))
        || ["/tmp", "/opt", "/srv", "/usr/src", "/root", "/home", "/etc"].contains(&path.as_str())
}

/// The paths of the context that a source names.
fn resolve(context: &dyn ContextView, written: &str, text: &str) -> Result<Vec<Source>, Reason> {
    let path = paths::relative(text).into_owned();
    if text.contains(['*', '?', '[']) {
        return matches(context, written, &path);
    }
    match context.entry(&path) {
        Entry::Folder => Ok(vec![Source { text: written.to_owned(), path, folder: true }]),
        Entry::File { .. } => Ok(vec![Source { text: written.to_owned(), path, folder: false }]),
        Entry::Absent if context.ignored(&path) == crate::facts::Truth::Yes && manifests::is_manifest(base(&path)) => {
            refuse(mark!(MANIFEST_IGNORED, "copied-by-name"), format!("the ignore file keeps `{path}` out"))
        }
        Entry::Absent => refuse(&NOT_IN_CONTEXT, format!("`{written}` is not in the context")),
        Entry::Link(_) if manifests::is_manifest(base(&path)) => {
            refuse(mark!(SYMBOLIC_LINK, "manifest-copied"), format!("`{path}` is a link"))
        }
        Entry::Link(_) | Entry::Other => {
            refuse(mark!(SYMBOLIC_LINK, "source"), format!("`{written}` is neither a file nor a folder"))
        }
        Entry::Unknown => refuse(mark!(NO_CONTEXT, "source"), format!("`{path}` of the context cannot be read")),
    }
}

/// What a pattern of one `*` or more in the last part of a path names.
fn matches(context: &dyn ContextView, written: &str, path: &str) -> Result<Vec<Source>, Reason> {
    let (folder, pattern) = path.rsplit_once('/').unwrap_or(("", path));
    if folder.contains(['*', '?', '[']) || pattern.contains(['?', '[', '\\']) {
        return refuse(mark!(PATTERN, "not-read"), format!("what the pattern `{written}` names was not worked out"));
    }
    let names = context.names(folder).unwrap_or_default();
    let mut out = Vec::new();
    for name in names.iter().filter(|name| fits(pattern, name)) {
        let path = join(folder, name);
        match context.entry(&path) {
            Entry::File { .. } => out.push(Source { text: written.to_owned(), path, folder: false }),
            _ => {
                return refuse(
                    mark!(PATTERN, "more-than-files"),
                    format!("the pattern `{written}` names more than files"),
                );
            }
        }
    }
    Ok(out)
}

/// Whether a name fits a pattern of `*`.
pub fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(name) = name.strip_prefix(start) else { return false };
    (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| fits(rest, &name[at..]))
}

/// Whether a file is one that ADD unpacks.
fn is_archive(context: &dyn ContextView, path: &str) -> bool {
    let Some(start) = context.read(path, 512) else { return true };
    let magic: [&[u8]; 4] = [b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"];
    magic.iter().any(|magic| start.starts_with(magic)) || start.get(257..262) == Some(b"ustar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_stars() {
        for (pattern, name) in [("package*.json", "package-lock.json"), ("*", "a"), ("a*b*c", "a-b-c"), ("x", "x")] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("package*.json", "package.jsonc"), ("a*b", "a"), ("x", "xy")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
