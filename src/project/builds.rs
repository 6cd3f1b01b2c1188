//! What is known of the builds of a Dockerfile, whoever says it: from which context, for which stage, with which arguments. Puts
//! several answers together: what is told holds in all of them.

use crate::facts::{Known, Location, ProjectFacts, ServiceFact, Setting, Targets};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// A build of a Dockerfile, as a file of the project says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The Dockerfile: an absolute path.
    pub dockerfile: PathBuf,
    /// Where the build context is.
    pub context: Place,
    /// The stage that is built, by name or number; `None` is the last one.
    pub target: Known<Option<String>>,
    /// Arguments, by name.
    pub args: BTreeMap<String, Known<String>>,
    /// Further build contexts, by name: what the engine is to be told.
    pub contexts: BTreeMap<String, Known<String>>,
    /// What runs the image.
    pub services: Vec<(Setting, By)>,
    /// Whether the image is one to develop in, so that others may be built from the same file.
    pub develops: bool,
    /// Who says so.
    pub by: By,
}

/// Where a build context is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A directory here: an absolute path.
    Directory(PathBuf),
    /// A URL, an archive, or what cannot be told.
    Unknown,
}

/// Who says something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct By {
    /// The file: an absolute path.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
}

impl Build {
    /// A build of a Dockerfile from a context, of which nothing else is said.
    pub fn new(dockerfile: PathBuf, context: Place, by: By) -> Build {
        Build {
            dockerfile,
            context,
            target: Known::Yes(None),
            args: BTreeMap::new(),
            contexts: BTreeMap::new(),
            services: Vec::new(),
            develops: false,
            by,
        }
    }
}

/// A path seen from a directory, absolute and clean; links are not followed.
pub fn join(directory: &Path, path: impl AsRef<Path>) -> PathBuf {
    let mut out = PathBuf::new();
    for part in directory.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

/// Whether a context is no path but a URL or something else that only a builder can fetch.
pub fn is_remote(context: &str) -> bool {
    let schemes = ["docker-image://", "target:", "oci-layout://", "git@", "github.com/", "service:"];
    context == "-" || context.contains("://") || schemes.iter().any(|scheme| context.starts_with(scheme))
}

/// A further context, as the engine is to be told: a path absolute, a URL as it is. What another target or service builds is not known.
pub fn further_context(directory: &Path, value: Known<String>) -> Known<String> {
    match value {
        Known::Yes(text) if text.starts_with("target:") || text.starts_with("service:") => Known::Unknown,
        Known::Yes(text) if !is_remote(&text) => Known::Yes(join(directory, text).to_string_lossy().into_owned()),
        other => other,
    }
}

/// A context seen from a directory.
pub fn place(directory: &Path, context: &Known<String>) -> Place {
    match context {
        Known::Yes(path) if !is_remote(path) && !path.starts_with('~') => Place::Directory(join(directory, path)),
        _ => Place::Unknown,
    }
}

/// All build contexts of a Dockerfile, each once, in the order of who names them; `None` where one of them is not known, or nobody
/// says anything.
pub fn contexts(builds: &[Build]) -> Option<Vec<&Path>> {
    let mut out: Vec<&Path> = Vec::new();
    for build in builds {
        let Place::Directory(directory) = &build.context else { return None };
        if !out.contains(&directory.as_path()) {
            out.push(directory);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// What they say together, with files named by `show`.
pub fn facts(builds: &[Build], show: impl Fn(&Path) -> String) -> ProjectFacts {
    let mut services: Vec<ServiceFact> = Vec::new();
    for build in builds {
        for (setting, by) in &build.services {
            let by = Location { file: show(&by.file), line: by.line };
            let fact = ServiceFact { setting: setting.clone(), by, target: build.target.clone() };
            if !services.contains(&fact) {
                services.push(fact);
            }
        }
    }
    let contexts: BTreeSet<&String> = builds.iter().flat_map(|build| build.contexts.keys()).collect();
    let contexts = contexts.into_iter().cloned().collect();
    ProjectFacts { targets: targets(builds), args: args(builds), contexts, services }
}

/// Settings of what runs the image, whichever stage that is.
pub fn anywhere(services: &[(Setting, By)], show: impl Fn(&Path) -> String) -> Vec<ServiceFact> {
    let fact = |(setting, by): &(Setting, By)| ServiceFact {
        setting: setting.clone(),
        by: Location { file: show(&by.file), line: by.line },
        target: Known::Unknown,
    };
    services.iter().map(fact).collect()
}

fn targets(builds: &[Build]) -> Targets {
    let mut names: Vec<Option<String>> = Vec::new();
    for build in builds {
        let Known::Yes(name) = &build.target else { return Targets::Unknown };
        names.push(name.clone());
    }
    // what one develops in is hardly the only image
    if !builds.iter().any(|build| !build.develops) {
        names.push(None);
    }
    names.sort();
    names.dedup();
    match names.as_slice() {
        [None] => Targets::Last,
        _ => Targets::Named(names),
    }
}

/// An argument that one build gives and another does not, or gives otherwise, is unknown.
fn args(builds: &[Build]) -> BTreeMap<String, Known<String>> {
    let names: BTreeSet<&String> = builds.iter().flat_map(|build| build.args.keys()).collect();
    let value = |name: &String| {
        let mut values = builds.iter().map(|build| build.args.get(name));
        let first = values.next().flatten();
        match first {
            Some(value) if values.all(|other| other == first) => value.clone(),
            _ => Known::Unknown,
        }
    };
    names.into_iter().map(|name| (name.clone(), value(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(context: &str) -> Build {
        let by = By { file: PathBuf::from("/p/compose.yaml"), line: 3 };
        Build::new(PathBuf::from("/p/Dockerfile"), place(Path::new("/p"), &Known::Yes(context.to_owned())), by)
    }

    fn with_args(args: &[(&str, &str)]) -> Build {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), Known::Yes((*value).to_owned()))).collect();
        Build { args, ..build(".") }
    }

    #[test]
    fn paths_are_cleaned() {
        assert_eq!(join(Path::new("/a/b"), "./../c/./d"), PathBuf::from("/a/c/d"));
        assert_eq!(join(Path::new("/a/b"), "/x/../y"), PathBuf::from("/y"));
        assert_eq!(join(Path::new("/a"), "../../.."), PathBuf::from("/"));
    }

    #[test]
    fn contexts_are_told_once_and_all_of_them_or_none() {
        assert_eq!(contexts(&[build("."), build("./"), build("a")]).unwrap().len(), 2);
        for remote in ["https://example.org/a.git", "git@example.org:a.git", "-", "~/x", "github.com/a/b"] {
            assert_eq!(contexts(&[build("."), build(remote)]), None, "{remote}");
        }
        assert_eq!(contexts(&[]), None);
    }

    #[test]
    fn arguments_that_differ_are_unknown() {
        let of = |builds: &[Build]| facts(builds, |path| path.display().to_string()).args;
        let one = || with_args(&[("A", "1"), ("B", "2")]);
        assert_eq!(of(&[one(), one()]).get("A"), Some(&Known::Yes("1".to_owned())));
        let args = of(&[one(), with_args(&[("A", "1"), ("B", "3")]), with_args(&[("A", "1")])]);
        assert_eq!(
            (args.get("A").and_then(Known::get).map(String::as_str), args.get("B")),
            (Some("1"), Some(&Known::Unknown))
        );
    }

    #[test]
    fn targets_add_up() {
        let target = |name: Option<&str>| Build { target: Known::Yes(name.map(str::to_owned)), ..build(".") };
        let of = |builds: &[Build]| facts(builds, |path| path.display().to_string()).targets;
        assert_eq!(of(&[]), Targets::Last);
        assert_eq!(of(&[target(None), target(None)]), Targets::Last);
        assert_eq!(of(&[target(Some("a")), target(Some("a"))]), Targets::Named(vec![Some("a".to_owned())]));
        assert_eq!(of(&[target(Some("a")), target(None)]), Targets::Named(vec![None, Some("a".to_owned())]));
        assert_eq!(of(&[target(Some("a")), Build { target: Known::Unknown, ..build(".") }]), Targets::Unknown);
        let develops = Build { develops: true, ..target(Some("dev")) };
        assert_eq!(of(&[develops]), Targets::Named(vec![None, Some("dev".to_owned())]));
    }
}
