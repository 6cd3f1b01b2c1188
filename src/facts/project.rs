//! What the project says of how the file is built and how its image is run: target stages, arguments, further contexts, and the
//! settings of services. The edges read it from compose files and the like ([`crate::facts`] does no I/O); of a text alone nothing
//! is said, and the image is the one that a plain `docker build` makes.

use crate::facts::{Base, Facts, Known};
use std::collections::BTreeMap;
use std::fmt;

/// All that the project says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectFacts {
    /// Which stages are built.
    pub targets: Targets,
    /// Arguments that are given from outside, by name. Where it is not certain which value one gets, it is unknown.
    pub args: BTreeMap<String, Known<String>>,
    /// Names that stand for another build context (`--build-context NAME=…`), whatever stage or image has them.
    pub contexts: Vec<String>,
    /// How services run the image.
    pub services: Vec<ServiceFact>,
}

/// Nobody says anything.
pub static NO_PROJECT: ProjectFacts =
    ProjectFacts { targets: Targets::Last, args: BTreeMap::new(), contexts: Vec::new(), services: Vec::new() };

/// Which stages are built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Targets {
    /// Nobody says which: the last one.
    #[default]
    Last,
    /// Each of these, by name or number; `None` is the last one.
    Named(Vec<Option<String>>),
    /// Some stage, and nobody can say which.
    Unknown,
}

/// A place in a file of the project, for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, as the edge shows it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Something that a service asks for when it runs the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFact {
    /// What.
    pub setting: Setting,
    /// Who says so.
    pub by: Location,
    /// The stage that it runs, by name or number; `None` is the last one.
    pub target: Known<Option<String>>,
}

/// A setting of a service that matters to the program's user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// All rights of root on the host.
    Privileged,
    /// A device of the host.
    Device(String),
    /// A capability on top of the usual ones.
    Capability(String),
    /// A namespace of the host: `pid`, `ipc`.
    HostNamespace(String),
    /// The socket of a container engine.
    EngineSocket(String),
    /// A file or directory of the host.
    HostMount {
        /// Where it is in the container.
        target: String,
        /// Whether the program may not write to it.
        read_only: bool,
    },
    /// A volume that the engine keeps.
    Volume {
        /// Where it is in the container.
        target: String,
        /// Whether the program may not write to it.
        read_only: bool,
    },
    /// The user that runs the program; empty where it is not known.
    User(String),
    /// A port of the container that is published or exposed.
    Port(u16),
    /// The program that is started instead of the image's own.
    Command(String),
    /// The network of the host.
    HostNetwork,
}

impl<'a> Facts<'a> {
    /// The stages that are built: the last one where nobody says which, all of them where it is not known, or where one that is
    /// named does not exist. Sorted, each once.
    pub fn targets(&self) -> Vec<usize> {
        let all = || (0..self.stages.len()).collect::<Vec<_>>();
        let mut out = match &self.project.targets {
            Targets::Last => self.stages.len().checked_sub(1).into_iter().collect(),
            Targets::Named(names) => {
                let found: Option<Vec<usize>> = names.iter().map(|name| self.stage_named(name.as_deref())).collect();
                found.unwrap_or_else(all)
            }
            Targets::Unknown => all(),
        };
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The last stage that is built. None of the other targets is made from it.
    pub fn target(&self) -> Option<usize> {
        self.targets().last().copied()
    }

    /// The stages whose layers are in an image that is built: the targets and those that they are FROM, each before the ones
    /// that it is made from.
    pub fn shipped(&self) -> Vec<usize> {
        let mut out = Vec::new();
        let mut seen = vec![false; self.stages.len()];
        for target in self.targets().into_iter().rev() {
            let mut at = Some(target);
            while let Some(index) = at.filter(|index| !seen[*index]) {
                seen[index] = true;
                out.push(index);
                at = match self.stages[index].base {
                    Base::Stage(parent) => Some(parent),
                    _ => None,
                };
            }
        }
        out
    }

    /// The settings of services that run a stage, or may run it.
    pub fn services(&self, stage: usize) -> impl Iterator<Item = &'a ServiceFact> {
        let runs = move |fact: &&ServiceFact| match &fact.target {
            Known::Yes(name) => self.stage_named(name.as_deref()).is_none_or(|found| found == stage),
            Known::Unknown => true,
        };
        let services = &self.project.services;
        services.iter().filter(runs).collect::<Vec<_>>().into_iter()
    }

    /// A stage by its name or number, as `--target` finds it; the last one without a name.
    fn stage_named(&self, name: Option<&str>) -> Option<usize> {
        let Some(name) = name else { return self.stages.len().checked_sub(1) };
        self.stage_by_name(name).or_else(|| name.parse().ok().filter(|index| *index < self.stages.len()))
    }
}

impl ProjectFacts {
    /// Whether a name of a stage or image stands for another build context. BuildKit compares names of images in full
    /// (`docker.io/library/debian:latest` is `debian`).
    pub fn replaces(&self, name: &str) -> bool {
        fn plain(name: &str) -> String {
            let name = name.to_lowercase();
            let name = name.strip_prefix("docker.io/").unwrap_or(&name);
            let name = name.strip_prefix("library/").unwrap_or(name);
            name.strip_suffix(":latest").unwrap_or(name).to_owned()
        }
        let name = plain(name);
        self.contexts.iter().any(|context| plain(context) == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::NoContext;
    use crate::syntax;
    use crate::text::Source;

    const TEXT: &str =
        "ARG TAG=3.12\nFROM python:$TAG AS base\nFROM base AS dev\nFROM base AS prod\nFROM prod AS test\n";

    fn with<T>(text: &str, project: &ProjectFacts, ask: impl Fn(&Facts) -> T) -> T {
        let source = Source::new(text);
        let parsed = syntax::parse(&source);
        ask(&Facts::told(&source, &parsed.file, &NoContext, project))
    }

    fn shipped(targets: Targets) -> (Option<usize>, Vec<usize>) {
        let project = ProjectFacts { targets, ..ProjectFacts::default() };
        with(TEXT, &project, |facts| (facts.target(), facts.shipped()))
    }

    fn named(names: &[&str]) -> Targets {
        Targets::Named(names.iter().map(|name| Some((*name).to_owned()).filter(|name| !name.is_empty())).collect())
    }

    #[test]
    fn what_is_shipped_follows_the_targets() {
        assert_eq!(shipped(Targets::Last), (Some(3), vec![3, 2, 0]));
        assert_eq!(shipped(named(&["PROD"])), (Some(2), vec![2, 0]));
        assert_eq!(shipped(named(&["1"])), (Some(1), vec![1, 0]));
        assert_eq!(shipped(named(&["dev", "prod"])), (Some(2), vec![2, 0, 1]));
        assert_eq!(shipped(named(&["dev", ""])), (Some(3), vec![3, 2, 0, 1]));
        let all = (Some(3), vec![3, 2, 0, 1]);
        assert_eq!(shipped(Targets::Unknown), all);
        assert_eq!(shipped(named(&["prod", "gone"])), all, "a stage that does not exist is an unknown one");
    }

    #[test]
    fn arguments_from_outside_replace_defaults() {
        let base = |value: Known<String>| {
            let args = BTreeMap::from([("TAG".to_owned(), value)]);
            let project = ProjectFacts { args, ..ProjectFacts::default() };
            with(TEXT, &project, |facts| facts.stages[0].base.clone())
        };
        assert_eq!(base(Known::Yes("3.9".to_owned())), Base::Image(Some("python:3.9".to_owned())));
        assert_eq!(base(Known::Unknown), Base::Image(None));
    }

    #[test]
    fn a_name_of_another_context_is_neither_stage_nor_image() {
        let bases = |contexts: &[&str]| {
            let contexts = contexts.iter().map(|name| (*name).to_owned()).collect();
            let project = ProjectFacts { contexts, ..ProjectFacts::default() };
            let text = "FROM debian AS base\nFROM base\nCOPY --from=base /a /b\n";
            with(text, &project, |facts| {
                (facts.stages.iter().map(|stage| stage.base.clone()).collect::<Vec<_>>(), facts.stages[0].name.clone())
            })
        };
        let debian = || Base::Image(Some("debian".to_owned()));
        assert_eq!(bases(&["other"]), (vec![debian(), Base::Stage(0)], Some("base".to_owned())));
        assert_eq!(bases(&["base"]), (vec![debian(), Base::Image(None)], None));
        let replaced = (vec![Base::Image(None), Base::Stage(0)], Some("base".to_owned()));
        assert_eq!(bases(&["docker.io/library/debian:latest"]), replaced);
    }

    #[test]
    fn services_speak_of_the_stage_that_they_run() {
        let fact = |target: Known<Option<String>>| ServiceFact {
            setting: Setting::Privileged,
            by: Location { file: "compose.yaml".to_owned(), line: 3 },
            target,
        };
        let count = |target, stage| {
            let project = ProjectFacts { services: vec![fact(target)], ..ProjectFacts::default() };
            with(TEXT, &project, |facts| facts.services(stage).count())
        };
        assert_eq!((count(Known::Yes(None), 3), count(Known::Yes(None), 2)), (1, 0));
        assert_eq!((count(Known::Yes(Some("dev".to_owned())), 1), count(Known::Unknown, 2)), (1, 1));
        assert_eq!(count(Known::Yes(Some("gone".to_owned())), 2), 1);
    }
}
