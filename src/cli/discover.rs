//! Which files are meant: those given by name, and the Dockerfiles below given folders.
//!
//! A folder is walked as git sees it: what `.gitignore` names is left out, in or outside a repository, since a vendored or
//! generated Dockerfile is not the user's to edit. Hidden folders are entered (`.devcontainer/Dockerfile`), those of version
//! control are not. Symbolic links are not followed: what they point at is found where it is, or is none of this folder's.

use crate::cli::read;
use ignore::{DirEntry, WalkBuilder};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The names that a folder is searched for, for messages.
pub const NAMES: &str = "`Dockerfile`, `Containerfile`, `Dockerfile.*`, `*.Dockerfile`";

const VERSION_CONTROL: [&str; 4] = [".git", ".hg", ".jj", ".svn"];

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The files, sorted, each once.
    pub files: Vec<PathBuf>,
    /// The paths that stand for nothing.
    pub errors: Vec<NotFound>,
}

/// A path that stands for nothing.
#[derive(Debug)]
pub struct NotFound {
    /// Which one.
    pub path: PathBuf,
    /// What, why, what to do.
    pub message: String,
    /// It is a folder without Dockerfiles, and nothing worse.
    pub empty_folder: bool,
}

impl NotFound {
    fn new(path: &Path, message: String) -> NotFound {
        NotFound { path: path.to_owned(), message, empty_folder: false }
    }
}

/// Finds the files that `paths` stand for.
pub fn discover(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => search(path, &mut found),
            Ok(_) => found.files.push(path.clone()),
            Err(error) => found.errors.push(NotFound::new(path, read::missing(path, &error))),
        }
    }
    found.files.iter_mut().for_each(drop_dot);
    found.files.sort();
    if paths.len() > 1 {
        keep_first_of_each(&mut found.files);
    }
    found
}

fn search(folder: &Path, found: &mut Found) {
    let before = found.files.len() + found.errors.len();
    for entry in walker(folder).build() {
        match entry {
            Ok(entry) if is_wanted(&entry) => found.files.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => found.errors.push(walk_error(folder, &error)),
        }
    }
    if found.files.len() + found.errors.len() == before {
        let message = format!("no Dockerfile in this folder: looked for {NAMES}; give another one by its name");
        found.errors.push(NotFound { empty_folder: true, ..NotFound::new(folder, message) });
    }
}

fn walker(folder: &Path) -> WalkBuilder {
    let mut walker = WalkBuilder::new(folder);
    walker.hidden(false).require_git(false).follow_links(false);
    walker.filter_entry(|entry| entry.depth() == 0 || !VERSION_CONTROL.iter().any(|name| entry.file_name() == *name));
    walker
}

fn walk_error(folder: &Path, error: &ignore::Error) -> NotFound {
    let mut error = error;
    let mut path = folder;
    loop {
        error = match error {
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::WithPath { path: at, err } => {
                path = at;
                err
            }
            ignore::Error::Io(io) => return NotFound::new(path, read::missing(path, io)),
            other => return NotFound::new(path, format!("cannot be searched: {other}")),
        }
    }
}

fn is_wanted(entry: &DirEntry) -> bool {
    let regular = entry.file_type().is_some_and(|kind| kind.is_file());
    regular && entry.file_name().to_str().is_some_and(is_dockerfile_name)
}

/// Whether a file of this name is looked for in folders.
fn is_dockerfile_name(name: &str) -> bool {
    if name.to_ascii_lowercase().ends_with(".dockerignore") {
        return false;
    }
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let prefixed = matches!(first, "Dockerfile" | "Containerfile") && (rest.is_empty() != name.contains('.'));
    let last = name.rsplit_once('.').map_or("", |(stem, last)| if stem.is_empty() { "" } else { last });
    prefixed || matches!(last, "Dockerfile" | "dockerfile" | "Containerfile" | "containerfile")
}

/// `./x` is sorted, shown and printed as `x`.
fn drop_dot(file: &mut PathBuf) {
    if let Ok(plain) = file.strip_prefix(".") {
        *file = plain.to_owned();
    }
}

/// Drops what several paths stand for together (`. ./Dockerfile`, a link and its target): two writers must not meet.
fn keep_first_of_each(files: &mut Vec<PathBuf>) {
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_looked_for() {
        for name in [
            "Dockerfile",
            "Dockerfile.dev",
            "Dockerfile.a.b",
            "app.Dockerfile",
            "app.dockerfile",
            "Containerfile",
            "Containerfile.x",
            "x.Containerfile",
            "x.containerfile",
        ] {
            assert!(is_dockerfile_name(name), "{name}");
        }
        for name in [
            "dockerfile",
            "Dockerfile.",
            "MyDockerfile",
            "Dockerfile-dev",
            "Dockerfile.dockerignore",
            ".dockerignore",
            "app.Dockerfile.dockerignore",
            ".dockerfile",
            "dockerfile.txt",
            "Dockerfiles",
            "",
        ] {
            assert!(!is_dockerfile_name(name), "{name}");
        }
    }

    #[test]
    fn a_folder_is_walked_as_git_sees_it() {
        let dir = tempfile::tempdir().unwrap();
        for file in [
            "b/Dockerfile",
            "a/app.dockerfile",
            ".devcontainer/Dockerfile",
            ".git/Dockerfile",
            "vendor/Dockerfile",
            "a/README",
            "a/Dockerfile/Containerfile",
        ] {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "FROM a\n").unwrap();
        }
        fs::write(dir.path().join(".gitignore"), "vendor/\n").unwrap();
        let found = discover(&[dir.path().to_owned()]);
        let names: Vec<_> = found.files.iter().map(|f| f.strip_prefix(dir.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(
            names,
            [".devcontainer/Dockerfile", "a/Dockerfile/Containerfile", "a/app.dockerfile", "b/Dockerfile"]
        );
        let twice = discover(&[dir.path().to_owned(), dir.path().join("b/../b/Dockerfile")]);
        assert_eq!(twice.files.len(), 4);
    }
}
