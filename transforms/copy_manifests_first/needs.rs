//! What an install reads of the project and what it writes there, worked out from the manifests themselves.

use super::*;
use crate::facts::state::clean;
use crate::facts::{Entry, Truth};
use crate::knowledge::manifests::Ecosystem;

/// The largest manifest that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// A command that installs.
#[derive(Debug)]
pub struct Install {
    /// Its package manager.
    pub ecosystem: Ecosystem,
    /// `ci`, `install`, ...; `-` for the command alone.
    pub verb: String,
    /// `npm ci`.
    pub title: String,
    /// Options with their values.
    pub options: Vec<(String, Option<String>)>,
    /// The other words, the verb first.
    pub words: Vec<String>,
    /// Whether Python runs it as a module.
    pub module: bool,
    /// The folder it runs in.
    pub folder: String,
}

impl Install {
    /// Reads the arguments.
    ///
    /// # Errors
    /// An argument that is only known when the command runs.
    pub fn new(
        ecosystem: Ecosystem,
        verb: String,
        title: String,
        args: &[String],
        module: bool,
        folder: &str,
    ) -> Result<Install, Reason> {
        let mut out = Install {
            ecosystem,
            verb,
            title,
            options: Vec::new(),
            words: Vec::new(),
            module,
            folder: folder.to_owned(),
        };
        let valued = |name: &str| {
            ecosystem.has("values", name) || ecosystem.has("elsewhere", name) || pip::takes_file(&ecosystem, name)
        };
        let mut args = args.iter().peekable();
        while let Some(arg) = args.next() {
            match arg.split_once('=') {
                _ if !arg.starts_with('-') || arg == "-" => out.words.push(arg.clone()),
                Some((name, value)) => out.options.push((name.to_owned(), Some(value.to_owned()))),
                None if valued(arg) => out.options.push((arg.clone(), args.next().cloned())),
                None if arg.starts_with("-j") && arg.len() > 2 => {
                    out.options.push(("-j".to_owned(), Some(arg[2..].to_owned())))
                }
                None if arg.starts_with("-r") && pip::takes_file(&ecosystem, "-r") => {
                    out.options.push(("-r".to_owned(), Some(arg[2..].to_owned())));
                }
                None => out.options.push((arg.clone(), None)),
            }
        }
        Ok(out)
    }

    /// Whether it has one of these options, with `=value` where they are written so.
    pub fn has(&self, names: &[&str]) -> bool {
        self.options.iter().any(|(name, value)| {
            let whole = value.as_ref().map(|value| format!("{name}={value}"));
            names.contains(&name.as_str()) || whole.is_some_and(|whole| names.contains(&whole.as_str()))
        })
    }

    /// Whether one of the options that a key of the data lists is there.
    pub fn has_any(&self, key: &str) -> bool {
        self.has(self.ecosystem.words(key))
    }

    /// That every option is known. A folder that one names is written, and is none of the project.
    ///
    /// # Errors
    /// The first one that is not.
    pub fn check_options(&self, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
        for (name, value) in &self.options {
            let value = value.as_deref().unwrap_or_default();
            let whole = format!("{name}={value}");
            let ecosystem = &self.ecosystem;
            if ecosystem.has("elsewhere", name) && value.starts_with('/') && !value.contains('$') {
                if project.copies.touches(&clean(value)) {
                    return refuse(&OUTPUT_IN_CONTEXT, format!("`{whole}` is among the copied files"));
                }
                needs.outputs.push(clean(value));
                continue;
            }
            let plain = ecosystem.has("switches", name) || ecosystem.has("values", name);
            let known = plain || ecosystem.has("switches", &whole) || ecosystem.has("frozen", &whole);
            if !known && !pip::takes_file(ecosystem, name) {
                return refuse(&UNKNOWN_OPTION, format!("what `{name}` makes `{}` read is not known", self.title));
            }
        }
        Ok(())
    }
}

/// What installs need.
#[derive(Debug, Default)]
pub struct Needs {
    /// Files that are read, as paths in the image, in the order in which they are copied.
    pub files: Vec<String>,
    /// Files that are not there and would be read if they were.
    pub later: Vec<String>,
    /// Folders and files that are written.
    pub outputs: Vec<String>,
}

impl Needs {
    /// A file that is read.
    pub fn add(&mut self, path: String) {
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
                return refuse(&OUTPUT_IN_CONTEXT, format!("the context brings `{output}`, which the install fills"));
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
    pub folder: String,
}

impl Project<'_> {
    /// A path of the project as one of the image.
    pub fn path(&self, name: &str) -> String {
        match name.starts_with('/') {
            true => clean(name),
            false => clean(&format!("{}/{name}", self.folder)),
        }
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
            return refuse(&SYMBOLIC_LINK, format!("`{}` is a link", &path[..*at]));
        }
        match context.entry(&path) {
            Entry::File { .. } => Ok(true),
            Entry::Link(_) => refuse(&SYMBOLIC_LINK, format!("`{path}` is a link")),
            Entry::Folder | Entry::Other => refuse(&MANIFEST_UNREAD, format!("`{path}` is not a file")),
            Entry::Absent => Ok(false),
            Entry::Unknown => {
                let line = self.copies.list[copy].instruction.lines.0;
                refuse(&NO_CONTEXT, format!("`{path}` of the COPY of line {line} cannot be read"))
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
        let text = bytes.filter(|bytes| bytes.len() < LARGEST).and_then(|bytes| String::from_utf8(bytes).ok());
        match text {
            Some(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
            None => refuse(&MANIFEST_UNREAD, format!("`{image}` is too long, or not UTF-8")),
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
    pub fn missing(&self, image: &str) -> Reason {
        let ignored = self.copies.list.iter().filter_map(|copy| copy.covers(image));
        let mut ignored = ignored.filter(|path| self.copies.context.ignored(path) == Truth::Yes);
        match ignored.next() {
            Some(path) => (&MANIFEST_IGNORED, format!("the ignore file keeps `{path}` out")),
            None if self.copies.list.iter().any(|copy| copy.covers(image).is_some()) => {
                (&MANIFEST_MISSING, format!("`{image}` is not among the copied files"))
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
    pub fn check_parents(&self, names: impl Iterator<Item = &'static str> + Clone) -> Result<(), Reason> {
        let mut folder = self.folder.clone();
        while folder != "/" {
            folder = copies::parent(&folder).to_owned();
            let above = Project { copies: self.copies, folder: folder.clone() };
            if let Some(name) = names.clone().find(|name| above.brings(name)) {
                return refuse(&PARENT_MANIFEST, format!("`{folder}` has `{name}` too, which the tool may look for"));
            }
        }
        Ok(())
    }

    /// That git, where it is run in the project, finds no settings there.
    ///
    /// # Errors
    /// Where `.git` is copied.
    pub fn check_git(&self, what: &str) -> Result<(), Reason> {
        let mut folder = self.folder.as_str();
        loop {
            let here = Project { copies: self.copies, folder: folder.to_owned() };
            if here.brings(".git") {
                return refuse(
                    &READS_PROJECT,
                    format!("git fetches `{what}`, and `.git` of the project may have settings for it"),
                );
            }
            if folder == "/" {
                return Ok(());
            }
            folder = copies::parent(folder);
        }
    }

    /// The plain files that a tool reads: those that must be there, the lock files, and the others that are.
    ///
    /// # Errors
    /// Where one is missing, or the install may write a lock file that is there.
    pub fn take_files(&self, install: &Install, needs: &mut Needs) -> Result<(), Reason> {
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

    fn take_locks(&self, install: &Install, needs: &mut Needs) -> Result<(), Reason> {
        let ecosystem = &install.ecosystem;
        let keeps = ecosystem.has("keeps-lock", &install.verb) || install.has_any("frozen");
        let mut found = false;
        for name in ecosystem.words("lock") {
            if self.has(name)? {
                found = true;
                needs.add(self.path(name));
                if !keeps {
                    return refuse(
                        &LOCK_MAY_CHANGE,
                        format!("`{}` may write `{name}`, which the COPY would bring back", install.title),
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
pub fn of(install: &Install, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    read(install, project, needs)?;
    // the shim of a version manager looks in the folders above too
    let mut folder = Some(project.folder.as_str());
    while let Some(here) = folder {
        let here = Project { copies: project.copies, folder: here.to_owned() };
        for name in install.ecosystem.words("versions") {
            if here.has(name)? {
                needs.add(here.path(name));
            }
        }
        folder = folder.filter(|folder| *folder != "/").map(copies::parent);
    }
    Ok(())
}

fn read(install: &Install, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
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
        name => refuse(&ECOSYSTEM, format!("what {name} reads is not known")),
    }
}
