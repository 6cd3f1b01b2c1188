//! Which files are meant: those given by name, the Dockerfiles below given folders, those that a compose file or the like builds
//! (whatever their names), where it is given or lies below a given folder.
//!
//! A folder is walked as git sees it: what `.gitignore` names is left out, in or outside a repository, since a vendored or
//! generated Dockerfile is not the user's to edit. Hidden folders are entered (`.devcontainer/Dockerfile`), those of version
//! control are not. Symbolic links are not followed: what they point at is found where it is, or is none of this folder's.

use crate::cli::config::Configs;
use crate::cli::read;
use crate::project::{builds::Build, search};
use crate::visible::visible_path;
use ignore::{DirEntry, WalkBuilder};
use std::collections::{BTreeSet, HashSet};
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
pub fn discover(paths: &[PathBuf], configs: &mut Configs) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => search(path, configs, &mut found),
            Ok(_) => match configs.said_by(path) {
                Some(builds) => built(path, &builds, configs, &mut found),
                None => found.files.push(path.clone()),
            },
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

/// The files that a file of a project builds.
fn built(path: &Path, builds: &[Build], configs: &Configs, found: &mut Found) {
    let before = found.files.len() + found.errors.len();
    for build in builds {
        let file = configs.named(&build.dockerfile);
        match fs::metadata(&file) {
            Ok(meta) if meta.is_file() && !found.files.contains(&file) => found.files.push(file),
            Ok(_) => {}
            Err(error) => {
                let message = format!(
                    "line {} builds `{}`: {}",
                    build.by.line,
                    visible_path(&file),
                    read::missing(&file, &error)
                );
                found.errors.push(NotFound::new(path, message));
            }
        }
    }
    if found.files.len() + found.errors.len() == before {
        let message = "it builds no Dockerfile that is a file here; give the Dockerfile itself".to_owned();
        found.errors.push(NotFound::new(path, message));
    }
}

fn search(folder: &Path, configs: &mut Configs, found: &mut Found) {
    let before = found.files.len() + found.errors.len();
    let mut projects = BTreeSet::new();
    for entry in walker(folder).build() {
        match entry {
            Ok(entry) if is_wanted(&entry) => found.files.push(entry.into_path()),
            Ok(entry) if is_project(&entry) => projects.extend(entry.path().parent().map(Path::to_owned)),
            Ok(_) => {}
            Err(error) => found.errors.push(walk_error(folder, &error)),
        }
    }
    named(folder, &projects, configs, found);
    if found.files.len() + found.errors.len() == before {
        let message = format!("no Dockerfile in this folder: looked for {NAMES}; give another one by its name");
        found.errors.push(NotFound { empty_folder: true, ..NotFound::new(folder, message) });
    }
}

/// The files below a folder that only files of the project name, but none that `.gitignore` keeps out.
fn named(folder: &Path, projects: &BTreeSet<PathBuf>, configs: &mut Configs, found: &mut Found) {
    let builds: Vec<Build> = projects.iter().flat_map(|directory| configs.said_in(directory)).collect();
    let files = builds.iter().filter_map(|build| configs.seen_from(&build.dockerfile, folder));
    let wanted: BTreeSet<PathBuf> = files.filter(|file| !found.files.contains(file)).collect();
    if wanted.is_empty() {
        return;
    }
    let mut walker = walker(folder);
    let ways = wanted.clone();
    walker.filter_entry(move |entry| ways.iter().any(|file| file.starts_with(entry.path())));
    let there = walker.build().flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    found.files.extend(there.map(DirEntry::into_path).filter(|file| wanted.contains(file)));
}

fn is_project(entry: &DirEntry) -> bool {
    let regular = entry.file_type().is_some_and(|kind| kind.is_file());
    regular && entry.file_name().to_str().is_some_and(search::is_name)
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
    use crate::cli::shared_args::SettingArgs;

    fn configs() -> Configs {
        crate::cli::config::configs(&SettingArgs::default(), PathBuf::from("/nowhere")).unwrap()
    }

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
        let found = discover(&[dir.path().to_owned()], &mut configs());
        let names: Vec<_> = found.files.iter().map(|f| f.strip_prefix(dir.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(
            names,
            [".devcontainer/Dockerfile", "a/Dockerfile/Containerfile", "a/app.dockerfile", "b/Dockerfile"]
        );
        let twice = discover(&[dir.path().to_owned(), dir.path().join("b/../b/Dockerfile")], &mut configs());
        assert_eq!(twice.files.len(), 4);
    }

    #[test]
    fn files_that_only_the_project_names_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        for (file, text) in [
            (
                "compose.yaml",
                "services:\n  a:\n    build: {context: ., dockerfile: docker/api}\n  b:\n    build: out\n  c:\n    build: gone\n",
            ),
            ("docker/api", "FROM a\n"),
            ("docker/other", "FROM a\n"),
            ("out/Dockerfile", "FROM a\n"),
            (".gitignore", "out/\n"),
        ] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), text).unwrap();
        }
        let found = discover(std::slice::from_ref(&root), &mut configs());
        assert_eq!((found.files, found.errors.len()), (vec![root.join("docker/api")], 0));
        let given = discover(&[root.join("compose.yaml")], &mut configs());
        assert_eq!(given.files, [root.join("docker/api"), root.join("out/Dockerfile")], "who names it means all of it");
        assert!(given.errors[0].message.contains("line 7 builds"), "{:?}", given.errors);
    }
}
