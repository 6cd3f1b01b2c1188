//! Which files of a project are asked how a Dockerfile is built: those with known names in the directories from the Dockerfile up to
//! the root of the repository, and one level below in directories that people keep such files in. Each directory is listed once.

use crate::project::builds::Build;
use crate::project::compose;
use crate::project::files::Files;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How many directories upwards are looked into.
const HIGHEST: usize = 20;
/// Of a larger directory the rest is not listed.
const MOST_NAMES: usize = 4096;
/// Directories in which people keep files that say how images are built.
const BESIDE: [&str; 9] = [".devcontainer", "build", "ci", "compose", "deploy", "deployment", "docker", "infra", "ops"];

/// All directories that were looked into.
#[derive(Debug, Default)]
pub struct Search {
    files: Files,
    directories: HashMap<PathBuf, Rc<Directory>>,
    given: Vec<Build>,
}

/// What a directory says.
#[derive(Debug, Default)]
struct Directory {
    builds: Vec<Build>,
    /// Those of [`BESIDE`] that are in it.
    beside: Vec<PathBuf>,
    /// The root of a repository.
    root: bool,
}

impl Search {
    /// What is said of the builds of a Dockerfile, given by its absolute path; the nearest word first.
    pub fn builds(&mut self, dockerfile: &Path) -> Vec<Build> {
        let mut out: Vec<Build> = self.given.iter().filter(|build| build.dockerfile == dockerfile).cloned().collect();
        for directory in dockerfile.ancestors().skip(1).take(HIGHEST) {
            let found = self.directory(directory);
            let beside: Vec<_> = found.beside.iter().map(|path| self.directory(path)).collect();
            for build in found.builds.iter().chain(beside.iter().flat_map(|directory| &directory.builds)) {
                if build.dockerfile == dockerfile && !out.contains(build) {
                    out.push(build.clone());
                }
            }
            if found.root {
                break;
            }
        }
        out
    }

    /// What one file says, given by its absolute path, wherever it lies; `None` where it is none of those that say anything. It
    /// counts from now on.
    pub fn said_by(&mut self, path: &Path) -> Option<Vec<Build>> {
        let name = path.file_name()?.to_str()?;
        let builds = compose::is_name(name).then(|| compose::builds_of(path, &mut self.files))?;
        self.given.extend(builds.iter().filter(|build| !self.given.contains(build)).cloned().collect::<Vec<_>>());
        Some(builds)
    }

    /// What the files of a directory say.
    pub fn said_in(&mut self, directory: &Path) -> Vec<Build> {
        self.directory(directory).builds.clone()
    }

    fn directory(&mut self, path: &Path) -> Rc<Directory> {
        if let Some(known) = self.directories.get(path) {
            return known.clone();
        }
        let found = Rc::new(self.look(path));
        self.directories.insert(path.to_owned(), found.clone());
        found
    }

    fn look(&mut self, path: &Path) -> Directory {
        let mut found = Directory::default();
        let mut composes = Vec::new();
        for entry in fs::read_dir(path).into_iter().flatten().take(MOST_NAMES).flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            match name.as_str() {
                ".git" => found.root = true,
                name if BESIDE.contains(&name) => found.beside.push(path.join(name)),
                name if compose::is_name(name) => composes.push(name.to_owned()),
                _ => {}
            }
        }
        composes.sort_unstable();
        found.beside.sort_unstable();
        found.builds.extend(compose::builds(path, &composes, &mut self.files));
        found
    }
}

/// Whether a file of this name may say how images are built.
pub fn is_name(name: &str) -> bool {
    compose::is_name(name)
}
