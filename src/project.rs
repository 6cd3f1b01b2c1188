//! A project as it lies on the disk, for both edges: the nearest `dfopt.toml` upwards from a file, what somebody says on top, the
//! indentation that `.editorconfig` names, and what compose files and the like say of how the file is built. Each directory is
//! looked into once, however many files lie below it.

pub mod bake;
pub mod builds;
pub mod commands;
pub mod compose;
pub mod devcontainer;
pub mod document;
pub mod editorconfig;
pub mod files;
pub mod interpolate;
pub mod kubernetes;
pub mod makefile;
pub mod search;
pub mod skaffold;
pub mod workflow;

use crate::config::{self, Config, ContextLocation, FILE_NAME, Origin, Problem, Settings};
use crate::context::Folder;
use crate::context::several::Several;
use crate::engine::Options;
use crate::facts::{ContextView, NoContext, ProjectFacts};
use crate::visible;
use builds::Build;
use editorconfig::Indents;
use search::Search;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// More of a file is not read.
const LARGEST: u64 = 1 << 20;

/// A `dfopt.toml`.
#[derive(Debug)]
pub struct Loaded {
    /// The file.
    pub path: PathBuf,
    /// What its patterns and folders are relative to.
    folder: PathBuf,
    /// What it says, or what is wrong with it.
    config: Result<Config, Vec<Problem>>,
}

impl Loaded {
    /// Reads the file at a path. Its patterns and folders are seen from `folder`.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(path: &Path, folder: &Path) -> io::Result<Loaded> {
        let config = config::read(&text(path)?);
        Ok(Loaded { path: path.to_owned(), folder: folder.to_owned(), config })
    }

    /// What is wrong with it; a problem at line 0 is one of the whole file.
    pub fn problems(&self) -> &[Problem] {
        self.config.as_ref().err().map_or(&[], Vec::as_slice)
    }
}

/// What is in force for a file.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// The same for the engine.
    pub options: Options,
    /// The build context, where somebody named one.
    pub context: Option<PathBuf>,
    /// The line of the file below that keeps it out.
    pub excluded: Option<u32>,
    /// The `dfopt.toml` that was read.
    pub file: Option<PathBuf>,
    /// The same with who said it.
    pub settings: Settings,
    /// Who named the build context.
    pub context_by: Option<Origin>,
    /// The `.editorconfig` that says the indentation.
    pub indent_by: Option<PathBuf>,
    /// The builds of the file, as other files of the project say them.
    pub builds: Vec<Build>,
}

impl InForce {
    /// The directories that may be the build context of a file: the one that somebody named, those that the project builds from,
    /// or its own. `None` where one of them is not known.
    pub fn contexts(&self, path: &Path) -> Option<Vec<PathBuf>> {
        match (&self.context, self.builds.as_slice()) {
            (Some(named), _) => Some(vec![named.clone()]),
            (None, []) => Some(vec![own(path).to_owned()]),
            (None, builds) => Some(builds::contexts(builds)?.into_iter().map(Path::to_owned).collect()),
        }
    }

    /// The build context of a file: what holds in all directories that may be it.
    pub fn view(&self, path: &Path) -> Box<dyn ContextView> {
        let Some(contexts) = self.contexts(path) else { return Box::new(NoContext) };
        let folder = |root: &PathBuf| Folder::new(root, Some(path));
        match contexts.as_slice() {
            [root] if self.is_assumed() => Box::new(folder(root).assumed()),
            [root] => Box::new(folder(root)),
            roots => Box::new(Several::new(roots.iter().map(|root| Box::new(folder(root)) as _).collect())),
        }
    }

    /// Whether nobody says where the build context is.
    pub fn is_assumed(&self) -> bool {
        self.context.is_none() && self.builds.is_empty()
    }

    /// Forgets what the project says: of a text that is none of its files.
    pub fn forget_project(&mut self) {
        self.builds.clear();
        self.options.project = ProjectFacts::default();
    }
}

/// The directory of a file.
fn own(path: &Path) -> &Path {
    path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Which `dfopt.toml` counts.
pub enum Choice {
    /// The nearest one upwards from each file.
    Nearest,
    /// None at all.
    None,
    /// This one for all files.
    Given(Arc<Loaded>),
}

/// All that was asked for and found, by folder.
pub struct Configs {
    choice: Choice,
    current: PathBuf,
    said: Settings,
    context: Option<(PathBuf, &'static str)>,
    folders: HashMap<PathBuf, Option<Arc<Loaded>>>,
    indents: Indents,
    search: Search,
}

impl Configs {
    /// Nothing looked at yet. `said` is what weighs more than any file, and `context` the build context of all files.
    pub fn new(choice: Choice, said: Settings, context: Option<(PathBuf, &'static str)>, current: PathBuf) -> Configs {
        let (folders, indents, search) = (HashMap::new(), Indents::default(), Search::default());
        Configs { choice, current, said, context, folders, indents, search }
    }

    /// What is in force for a file.
    ///
    /// # Errors
    /// The configuration that could not be understood.
    pub fn in_force(&mut self, path: &Path) -> Result<InForce, Arc<Loaded>> {
        let path = self.absolute(path);
        let mut force = InForce::default();
        if let Some(loaded) = self.loaded(&path) {
            let Ok(config) = &loaded.config else { return Err(loaded) };
            let inside = relative(&path, &loaded.folder);
            force.settings = config.settings(inside.as_deref());
            force.excluded = config.excludes(inside.as_deref());
            if let Some(told) = config.context(inside.as_deref()) {
                force.context = Some(place(&told.value, &loaded.folder, &path));
                force.context_by = Some(told.by);
            }
            force.file = Some(loaded.path.clone());
        }
        force.settings.hear(self.said.clone());
        if let Some((context, by)) = &self.context {
            force.context = Some(context.clone());
            force.context_by = Some(Origin::Flag(by));
        }
        force.options = force.settings.options();
        if let Some((indent, by)) = self.indents.of(&path) {
            force.options.indent = Some(indent);
            force.indent_by = Some(by);
        }
        force.builds = self.search.builds(&path);
        let current = &self.current;
        let show = |file: &Path| file.strip_prefix(current).unwrap_or(file).to_string_lossy().into_owned();
        force.options.project = builds::facts(&force.builds, show);
        force.options.project.services.extend(builds::anywhere(&self.search.workloads(&path), show));
        Ok(force)
    }

    /// The builds that one file of a project says, which count from now on; `None` where it is none that says any.
    pub fn said_by(&mut self, path: &Path) -> Option<Vec<Build>> {
        let path = self.absolute(path);
        self.search.said_by(&path)
    }

    /// The builds that the files in a directory say.
    pub fn said_in(&mut self, directory: &Path) -> Vec<Build> {
        let directory = builds::join(&self.current, directory);
        self.search.said_in(&directory)
    }

    /// An absolute path, as one from the current directory where it lies below.
    pub fn named(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.current).unwrap_or(path).to_owned()
    }

    /// An absolute path as seen from a directory that was named: below it, by its name.
    pub fn seen_from(&self, path: &Path, directory: &Path) -> Option<PathBuf> {
        let whole = builds::join(&self.current, directory);
        path.strip_prefix(whole).ok().map(|inside| directory.join(inside))
    }

    fn loaded(&mut self, path: &Path) -> Option<Arc<Loaded>> {
        match &self.choice {
            Choice::None => None,
            Choice::Given(loaded) => Some(loaded.clone()),
            Choice::Nearest => path.parent().and_then(|folder| self.nearest(folder)),
        }
    }

    /// The nearest one upwards; each folder that was passed remembers it.
    fn nearest(&mut self, folder: &Path) -> Option<Arc<Loaded>> {
        if let Some(known) = self.folders.get(folder) {
            return known.clone();
        }
        let loaded = match load(&folder.join(FILE_NAME), folder) {
            Some(loaded) => Some(Arc::new(loaded)),
            None => folder.parent().and_then(|above| self.nearest(above)),
        };
        self.folders.insert(folder.to_owned(), loaded.clone());
        loaded
    }

    /// The whole path of a file as it is named: links of the file itself are not followed.
    fn absolute(&self, path: &Path) -> PathBuf {
        let whole = self.current.join(path);
        if !whole.components().any(|part| part == Component::ParentDir) {
            return whole.components().collect();
        }
        let folder = whole.parent().and_then(|folder| fs::canonicalize(folder).ok());
        match (folder, whole.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => whole,
        }
    }
}

/// The file where there is one.
fn load(path: &Path, folder: &Path) -> Option<Loaded> {
    let config = match text(path) {
        Ok(text) => config::read(&text),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return None,
        Err(error) => {
            let message = format!("cannot be read: {}; mend it, or give `--no-config`", visible::reason(&error));
            Err(vec![Problem { line: 0, column: 0, message }])
        }
    };
    Some(Loaded { path: path.to_owned(), folder: folder.to_owned(), config })
}

fn text(path: &Path) -> io::Result<String> {
    // first of all: a pipe must not be opened
    let meta = fs::metadata(path)?;
    if !meta.is_file() || meta.len() > LARGEST {
        return Err(io::Error::other("it is no regular file, or larger than 1 MB"));
    }
    let mut text = String::new();
    File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// A path as seen from a folder, with `/`; `None` outside of it, and for what is no UTF-8.
fn relative(path: &Path, folder: &Path) -> Option<String> {
    let inside = path.strip_prefix(folder).ok()?.to_str()?;
    Some(if cfg!(windows) { inside.replace('\\', "/") } else { inside.to_owned() })
}

fn place(place: &ContextLocation, folder: &Path, dockerfile: &Path) -> PathBuf {
    let own = || dockerfile.parent().unwrap_or(folder).to_owned();
    match place {
        ContextLocation::Folder(path) => folder.join(path),
        ContextLocation::GitRoot => {
            let root = dockerfile.ancestors().skip(1).find(|folder| folder.join(".git").exists());
            root.map_or_else(own, Path::to_owned)
        }
    }
}
