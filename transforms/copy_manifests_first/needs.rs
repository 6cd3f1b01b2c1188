//! What an install reads of the project and what it writes there, worked out from the manifests themselves.

use super::tool::Tool;
use super::*;
use crate::facts::context::text;
use crate::facts::{Entry, Truth};

/// The largest manifest that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// What installs need.
#[derive(Debug, Default)]
pub struct Needs {
    /// Files that are read, as paths in the image, in the order in which they are copied.
    pub files: Vec<Absolute>,
    /// Files that are not there and would be read if they were.
    pub later: Vec<Absolute>,
    /// Folders and files that are written.
    pub outputs: Vec<Absolute>,
}

impl Needs {
    /// A file that is read.
    pub fn add(&mut self, path: Absolute) {
        if !self.files.contains(&path) {
            self.files.push(path);
        }
    }

    /// That no COPY that moves brings, or could bring later, what the installs write.
    ///
    /// # Errors
    /// Where one does.
    pub fn check_outputs(&self, copies: &Copies, fates: &[Fate]) -> Result<(), Reason> {
        let moved = || copies.list.iter().zip(fates).filter(|(_, fate)| **fate != Fate::Stays).map(|(copy, _)| copy);
        for (copy, output) in moved().flat_map(|copy| self.outputs.iter().map(move |output| (copy, output))) {
            if copy.brings(copies.context, output).is_some() {
                return refuse(
                    mark!(OUTPUT_IN_CONTEXT, "brought"),
                    format!("the context brings `{output}`, which the install fills"),
                );
            }
            let Some(path) = copy.covers(output) else { continue };
            if copies.context.ignored(&path) != Truth::Yes {
                let what = format!(
                    "`{path}` is not kept out by the ignore file, and the COPY would put it over the installed one"
                );
                return refuse(&OUTPUT_NOT_IGNORED, what);
            }
        }
        Ok(())
    }
}

/// The copied files as a tool sees them that runs in a folder of the image.
pub struct Project<'c> {
    /// The COPYs.
    pub copies: &'c Copies<'c>,
    /// Where the tool runs.
    pub folder: Absolute,
    /// The tool was told elsewhere not to write the lock file.
    pub frozen: bool,
}

impl Project<'_> {
    /// A path of the project as one of the image.
    pub fn path(&self, name: &str) -> Absolute {
        self.folder.join(name)
    }

    /// The same in another folder.
    pub fn at(&self, folder: Absolute) -> Project<'_> {
        Project { copies: self.copies, folder, frozen: self.frozen }
    }

    /// The folder, and those above it, the nearest first.
    pub fn upwards(&self) -> impl Iterator<Item = Project<'_>> {
        std::iter::successors(Some(self.folder.clone()), Absolute::parent).map(|folder| self.at(folder))
    }

    /// Whether the COPYs bring a file; a link, or what lies behind one, refuses.
    ///
    /// # Errors
    /// Where it is no regular file.
    pub fn has(&self, name: &str) -> Result<bool, Reason> {
        let image = self.path(name);
        let Some((copy, path)) = self.copies.locate(&image) else { return Ok(false) };
        let context = self.copies.context;
        let above: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
        if let Some(at) = above.iter().find(|at| matches!(context.entry(&path[..**at]), Entry::Link(_))) {
            return refuse(mark!(SYMBOLIC_LINK, "above-a-manifest"), format!("`{}` is a link", &path[..*at]));
        }
        match context.entry(&path) {
            Entry::File { .. } => Ok(true),
            Entry::Link(_) => refuse(mark!(SYMBOLIC_LINK, "manifest"), format!("`{path}` is a link")),
            Entry::Folder | Entry::Other => {
                refuse(mark!(MANIFEST_UNREAD, "directory"), format!("`{path}` is not a file"))
            }
            Entry::Absent => Ok(false),
            Entry::Unknown => {
                let line = self.copies.list[copy].instruction.lines.0;
                refuse(mark!(NO_CONTEXT, "manifest"), format!("`{path}` of the COPY of line {line} cannot be read"))
            }
        }
    }

    /// Whether the COPYs bring anything of this name: a file, a folder, a link.
    pub fn brings(&self, name: &str) -> bool {
        self.copies.locate(&self.path(name)).is_some()
    }

    /// The text of a file, which is needed from now on.
    ///
    /// # Errors
    /// Where it is not there, or is no text.
    pub fn read(&self, name: &str, needs: &mut Needs) -> Result<String, Reason> {
        let image = self.path(name);
        if !self.has(name)? {
            return Err(self.missing(&image));
        }
        needs.add(image.clone());
        let bytes = self.copies.locate(&image).and_then(|(_, path)| self.copies.context.read(&path, LARGEST));
        // in UTF-16 not every tool would read it
        let narrow =
            |bytes: &Vec<u8>| bytes.len() < LARGEST && !matches!(bytes.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        match bytes.filter(narrow).and_then(|bytes| text::decode(&bytes)) {
            Some(text) => Ok(text),
            None => refuse(mark!(MANIFEST_UNREAD, "no-text"), format!("`{image}` is too long, or not UTF-8")),
        }
    }

    /// The text of a file that may be missing.
    ///
    /// # Errors
    /// Where it is there and no text.
    pub fn read_if_there(&self, name: &str, needs: &mut Needs) -> Result<Option<String>, Reason> {
        if self.has(name)? { self.read(name, needs).map(Some) } else { Ok(None) }
    }

    /// Why a file is not there.
    pub fn missing(&self, image: &Absolute) -> Reason {
        let ignored = self.copies.list.iter().filter_map(|copy| copy.covers(image));
        let mut ignored = ignored.filter(|path| self.copies.context.ignored(path) == Truth::Yes);
        match ignored.next() {
            Some(path) => {
                (mark!(MANIFEST_IGNORED, "copied-with-others"), format!("the ignore file keeps `{path}` out"))
            }
            None if self.copies.list.iter().any(|copy| copy.covers(image).is_some()) => {
                (mark!(MANIFEST_MISSING, "file"), format!("`{image}` is not among the copied files"))
            }
            None => (&OUTSIDE_COPY, format!("`{image}` is outside of what is copied")),
        }
    }

    /// The names that the COPYs bring into a folder of the project.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let image = self.path(folder);
        let mut out = Vec::new();
        for copy in &self.copies.list {
            let inside = copy.covers(&image).and_then(|path| self.copies.context.names(&path)).unwrap_or_default();
            out.extend(inside);
            out.extend(copy.files_in(&image));
        }
        out.sort();
        out.dedup();
        out
    }

    /// That no folder above holds a manifest of the tool too.
    ///
    /// # Errors
    /// Where one does.
    pub fn check_parents(&self, names: &[&str]) -> Result<(), Reason> {
        for above in self.upwards().skip(1) {
            if let Some(name) = names.iter().find(|name| above.brings(name)) {
                return refuse(
                    mark!(PARENT_MANIFEST, "above"),
                    format!("`{}` has `{name}` too, which the tool may look for", above.folder),
                );
            }
        }
        Ok(())
    }

    /// That git, where it is run in the project, finds no settings there.
    ///
    /// # Errors
    /// Where `.git` is copied.
    pub fn check_git(&self, what: &str) -> Result<(), Reason> {
        match self.upwards().any(|here| here.brings(".git")) {
            true => refuse(
                mark!(READS_PROJECT, "git"),
                format!("git fetches `{what}`, and `.git` of the project may have settings for it"),
            ),
            false => Ok(()),
        }
    }

    /// The plain files that a tool reads: those that must be there, the lock files, and the others that are.
    ///
    /// # Errors
    /// Where one is missing, or the install may write a lock file that is there.
    pub fn take_files(&self, install: &Tool, needs: &mut Needs) -> Result<(), Reason> {
        let ecosystem = &install.ecosystem;
        for name in ecosystem.words("required") {
            if !self.has(name)? {
                return Err(self.missing(&self.path(name)));
            }
            needs.add(self.path(name));
        }
        self.take_locks(install, needs)?;
        for name in ecosystem.words("optional") {
            if self.has(name)? {
                needs.add(self.path(name));
            }
        }
        for name in ecosystem.words("outputs") {
            needs.outputs.push(self.path(name));
        }
        Ok(())
    }

    fn take_locks(&self, install: &Tool, needs: &mut Needs) -> Result<(), Reason> {
        let ecosystem = &install.ecosystem;
        let keeps = ecosystem.has("keeps-lock", &install.verb) || install.has_any("frozen") || self.frozen;
        let mut found = false;
        for name in ecosystem.words("lock") {
            if self.has(name)? {
                found = true;
                needs.add(self.path(name));
                if !keeps {
                    return refuse(
                        mark!(LOCK_MAY_CHANGE, "not-frozen"),
                        format!("`{}` may write `{name}`, which the COPY would bring back", install.title()),
                    );
                }
            }
        }
        if !found && let Some(name) = ecosystem.words("lock").first() {
            needs.later.push(self.path(name));
        }
        Ok(())
    }
}

/// Works out what an install needs.
///
/// # Errors
/// Whatever of it is not known.
pub fn of(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    read(install, project, needs)?;
    // the shim of a version manager looks in the folders above too
    for here in project.upwards() {
        for name in install.ecosystem.words("versions") {
            if here.has(name)? {
                needs.add(here.path(name));
            }
        }
    }
    Ok(())
}

fn read(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    match install.ecosystem.name {
        "pip" => pip::needs(install, project, needs),
        "uv" if install.verb == "pip" => pip::uv_needs(install, project, needs),
        "poetry" | "pdm" | "uv" => python::needs(install, project, needs),
        "pipenv" => python::pipenv(install, project, needs),
        "npm" | "yarn" | "bun" => node::needs(install, project, needs),
        "pnpm" => pnpm::needs(install, project, needs),
        "go" => go::needs(install, project, needs),
        "bundler" => bundler::needs(install, project, needs),
        "composer" => composer::needs(install, project, needs),
        "maven" => maven::needs(install, project, needs),
        "dotnet" => dotnet::needs(install, project, needs),
        _ => Err(install.not_read()),
    }
}
