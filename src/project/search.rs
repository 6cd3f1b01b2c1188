//! Which files of a project are asked how a Dockerfile is built: those with known names in the directories from the Dockerfile up to
//! the root of the repository, and one level below in directories that people keep such files in. Each directory is listed once.

use crate::facts::Setting;
use crate::project::builds::Build;
use crate::project::builds::By;
use crate::project::files::Files;
use crate::project::kubernetes::{self, Container};
use crate::project::{bake, compose, devcontainer, makefile, skaffold, workflow};
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
    /// The containers of the manifests in it, and in the directories below it in which people keep such.
    containers: Vec<Container>,
    /// The containers of compose services that build nothing.
    unbuilt: Vec<Container>,
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

    /// What workloads ask for that may run the image of a Dockerfile, given by its absolute path; and services of compose files that
    /// build nothing, if none builds this one.
    pub fn workloads(&mut self, dockerfile: &Path) -> Vec<(Setting, By)> {
        let composed =
            |build: &Build| build.by.file.file_name().and_then(|name| name.to_str()).is_some_and(compose::is_name);
        let alone = !self.builds(dockerfile).iter().any(composed);
        let mut out = Vec::new();
        for directory in dockerfile.ancestors().skip(1).take(HIGHEST) {
            let found = self.directory(directory);
            let services = found.unbuilt.iter().filter(|_| alone);
            let containers = found.containers.iter().chain(services).filter(|container| container.may_run(dockerfile));
            out.extend(containers.flat_map(|container| container.settings.iter().cloned()));
            if found.root {
                break;
            }
        }
        out
    }

    /// What one file says, given by its absolute path, wherever it lies; `None` where it is none of those that say anything. It
    /// counts from now on.
    pub fn said_by(&mut self, path: &Path) -> Option<Vec<Build>> {
        let (name, directory) = (path.file_name()?.to_str()?, path.parent()?);
        let files = &mut self.files;
        let builds = match kind(name)? {
            Kind::Compose => compose::builds_of(path, files),
            Kind::Bake => bake::builds_of(path, &currents(directory), files),
            other => read(other, path, directory, files),
        };
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
        let mut names: Vec<(Kind, String)> = Vec::new();
        for entry in fs::read_dir(path).into_iter().flatten().take(MOST_NAMES).flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if kubernetes::is_directory(&name) && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                found.containers.extend(kubernetes::below(&path.join(&name), &mut self.files));
            } else if kubernetes::is_name(&name) {
                found.containers.extend(kubernetes::containers(&path.join(&name), &mut self.files));
            }
            match name.as_str() {
                ".git" => found.root = true,
                ".github" => names.push((Kind::Github, name)),
                name if BESIDE.contains(&name) => found.beside.push(path.join(name)),
                text => names.extend(kind(text).map(|kind| (kind, name))),
            }
        }
        found.beside.sort_unstable();
        names.sort_unstable();
        let of = |wanted: Kind| names.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, name)| name.clone());
        found.builds.extend(compose::builds(path, &of(Kind::Compose).collect::<Vec<_>>(), &mut self.files));
        found.unbuilt.extend(compose::unbuilt(path, &of(Kind::Compose).collect::<Vec<_>>(), &mut self.files));
        found.builds.extend(bake::builds(path, &of(Kind::Bake).collect::<Vec<_>>(), &currents(path), &mut self.files));
        for (kind, name) in names.iter().filter(|(kind, _)| !matches!(kind, Kind::Compose | Kind::Bake | Kind::Github))
        {
            found.builds.extend(read(*kind, &path.join(name), path, &mut self.files));
        }
        if names.iter().any(|(kind, _)| *kind == Kind::Github) {
            found.builds.extend(self.workflows(path));
        }
        found
    }

    /// What the workflows of a repository say.
    fn workflows(&mut self, root: &Path) -> Vec<Build> {
        let directory = root.join(".github/workflows");
        let entries = fs::read_dir(&directory).into_iter().flatten().take(MOST_NAMES).flatten();
        let yaml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(yaml).collect();
        paths.sort_unstable();
        paths.iter().flat_map(|path| workflow::github(path, root, &mut self.files)).collect()
    }
}

/// What kind of file says how images are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Compose,
    Bake,
    Github,
    Gitlab,
    Makefile,
    Skaffold,
    Devcontainer,
}

/// What a name says of its file.
fn kind(name: &str) -> Option<Kind> {
    match name {
        ".gitlab-ci.yml" => Some(Kind::Gitlab),
        name if compose::is_name(name) => Some(Kind::Compose),
        name if bake::is_name(name) => Some(Kind::Bake),
        name if makefile::is_name(name) => Some(Kind::Makefile),
        name if skaffold::is_name(name) => Some(Kind::Skaffold),
        name if devcontainer::is_name(name) => Some(Kind::Devcontainer),
        _ => None,
    }
}

/// What a file says that stands for itself.
fn read(kind: Kind, path: &Path, directory: &Path, files: &mut Files) -> Vec<Build> {
    match kind {
        Kind::Gitlab => workflow::gitlab(path, directory, files),
        Kind::Makefile => makefile::builds(path, files),
        Kind::Skaffold => skaffold::builds(path, files),
        Kind::Devcontainer => devcontainer::builds(path, files),
        Kind::Compose | Kind::Bake | Kind::Github => Vec::new(),
    }
}

/// Where a bake file may be run: in its directory, or in the one above where it lies among others of its kind.
fn currents(directory: &Path) -> Vec<PathBuf> {
    let name = directory.file_name().and_then(|name| name.to_str());
    let above = directory.parent().filter(|_| name.is_some_and(|name| BESIDE.contains(&name)));
    [Some(directory), above].into_iter().flatten().map(Path::to_owned).collect()
}

/// Whether a file of this name may say how images are built.
pub fn is_name(name: &str) -> bool {
    kind(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn room(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
        let room = TempDir::new().unwrap();
        let root = fs::canonicalize(room.path()).unwrap();
        for (name, text) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (room, root)
    }

    /// The files that say how one is built, seen from the root.
    fn said(root: &Path, dockerfile: &str) -> Vec<String> {
        let found = Search::default().builds(&root.join(dockerfile));
        found.iter().map(|build| build.by.file.strip_prefix(root).unwrap().display().to_string()).collect()
    }

    const COMPOSE: &str = "services:\n  a:\n    build: {context: .., dockerfile: svc/a/Dockerfile}\n";

    #[test]
    fn directories_up_to_the_root_and_some_beside_them_are_asked() {
        let up = COMPOSE.replace("..", ".");
        let (_room, root) = room(&[
            ("p/.git/HEAD", ""),
            ("p/svc/a/Dockerfile", ""),
            ("p/compose.yaml", &up),
            ("p/deploy/compose.prod.yaml", COMPOSE),
            ("p/other/compose.yaml", COMPOSE),
            ("p/Makefile", "x:\n\tdocker build -f svc/a/Dockerfile .\n"),
            ("p/docker-bake.hcl", "target \"a\" { dockerfile = \"svc/a/Dockerfile\" }\n"),
            ("p/.gitlab-ci.yml", "a:\n  script: docker build svc/a\n"),
            ("p/skaffold.yaml", "build:\n  artifacts:\n    - {image: a, context: svc/a}\n"),
            (
                "p/.github/workflows/b.yml",
                "jobs:\n  a:\n    steps:\n      - {uses: docker/build-push-action@v6, with: {context: svc/a}}\n",
            ),
            ("p/.devcontainer/devcontainer.json", "{\"build\": {\"dockerfile\": \"../svc/a/Dockerfile\"}}"),
            ("compose.yaml", &COMPOSE.replace("..", "p")),
        ]);
        let wanted = [
            "p/compose.yaml",
            "p/docker-bake.hcl",
            "p/.gitlab-ci.yml",
            "p/Makefile",
            "p/skaffold.yaml",
            "p/.github/workflows/b.yml",
            "p/.devcontainer/devcontainer.json",
            "p/deploy/compose.prod.yaml",
        ];
        assert_eq!(said(&root, "p/svc/a/Dockerfile"), wanted);
        assert_eq!(said(&root, "p/Dockerfile"), [""; 0]);
    }

    #[test]
    fn a_bake_file_among_others_of_its_kind_may_be_run_above() {
        let (_room, root) = room(&[
            (".git/HEAD", ""),
            ("Dockerfile", ""),
            ("docker/bake.hcl", "target \"a\" {}\ntarget \"b\" { dockerfile = \"x\" }\n"),
            ("docker/x", ""),
        ]);
        assert_eq!(said(&root, "Dockerfile"), ["docker/bake.hcl"]);
        assert_eq!(said(&root, "docker/x"), ["docker/bake.hcl"]);
        assert_eq!(said(&root, "docker/Dockerfile"), [""; 0]);
    }

    #[test]
    fn services_that_build_nothing_count_if_no_service_builds_the_file() {
        let plain =
            "services:\n  a: {image: example.org/team/a, privileged: true}\n  db: {image: redis, privileged: true}\n";
        let built = format!("{plain}  b: {{build: .}}\n");
        let workload = "kind: Pod\nspec: {hostPID: true, containers: [{image: example.org/a}]}\n";
        for (compose, manifest, wanted) in [(plain, "", 1), (&*built, "", 0), (&*built, workload, 1)] {
            let files =
                [("p/.git/HEAD", ""), ("p/Dockerfile", ""), ("p/compose.yaml", compose), ("p/k8s/pod.yaml", manifest)];
            let (_room, root) = room(&files);
            assert_eq!(Search::default().workloads(&root.join("p/Dockerfile")).len(), wanted, "{compose}{manifest}");
        }
    }
}
