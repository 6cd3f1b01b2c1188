//! How the project builds a file, for people and for programs: from which contexts, for which stages, and who says so.

use crate::facts::Targets;
use crate::project::{InForce, builds};
use crate::visible::{shown, visible_str};
use std::path::{Path, PathBuf};

/// What the project says of the builds of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The contexts; `None` where one of them is not known.
    pub contexts: Option<Vec<String>>,
    /// The stages that are built, `None` for the last one; nothing where one of them is not known.
    pub targets: Option<Vec<Option<String>>>,
    /// Who says so: files and lines, the nearest first.
    pub by: Vec<(String, u32)>,
    /// The context is the directory of the file, or one that the user or `dfopt.toml` names.
    expected: bool,
}

impl Built {
    /// What the project says of a file; `None` where it says nothing.
    pub fn of(force: &InForce, path: &Path, current: &Path) -> Option<Built> {
        let mut by: Vec<(String, u32)> = Vec::new();
        for build in &force.builds {
            let one = (shown(&build.by.file, current), build.by.line);
            if !by.contains(&one) {
                by.push(one);
            }
        }
        let contexts = force.contexts(path);
        let own = current.join(path).parent().map(|directory| builds::join(directory, ""));
        let is_own = |context: &PathBuf| Some(builds::join(current, context)) == own;
        let own = contexts.as_ref().is_some_and(|all| all.iter().all(is_own));
        let expected = own || force.context.is_some();
        let show = |context: &PathBuf| shown(&builds::join(current, context), current);
        let contexts = contexts.map(|all| all.iter().map(show).collect());
        let targets = match &force.options.project.targets {
            Targets::Last => Some(vec![None]),
            Targets::Named(names) => Some(names.clone()),
            Targets::Unknown => None,
        };
        (!by.is_empty()).then_some(Built { contexts, targets, by, expected })
    }

    /// A line for people, where that is not what a plain `docker build` would do.
    pub fn line(&self) -> Option<String> {
        let context = (!self.expected).then(|| format!("build context {}", self.shown_contexts()));
        let parts: Vec<String> = context.into_iter().chain(self.shown_targets()).collect();
        (!parts.is_empty()).then(|| format!("{} ({})", parts.join(", "), self.sources()))
    }

    /// The contexts, in quotes.
    pub fn shown_contexts(&self) -> String {
        let quoted =
            |contexts: &Vec<String>| contexts.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(" and ");
        self.contexts.as_ref().map_or("not known".to_owned(), quoted)
    }

    /// The stages, where it is not just the last one.
    pub fn shown_targets(&self) -> Option<String> {
        let quoted = |name: &Option<String>| match name {
            Some(name) => format!("`{}`", visible_str(name)),
            None => "the last one".to_owned(),
        };
        match &self.targets {
            None => Some("stage not known".to_owned()),
            Some(names) if names.iter().all(Option::is_none) => None,
            Some(names) => Some(format!("stage {}", names.iter().map(quoted).collect::<Vec<_>>().join(" and "))),
        }
    }

    /// Who says so, the first ones of many.
    pub fn sources(&self) -> String {
        let shown: Vec<String> = self.by.iter().take(3).map(|(file, line)| format!("{file}:{line}")).collect();
        match self.by.len().checked_sub(3) {
            Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
            _ => shown.join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Known;
    use crate::project::builds::{Build, By, Place};

    fn line(builds: &[(Option<&str>, Known<Option<&str>>)]) -> Option<String> {
        let build = |(index, (context, target)): (usize, &(Option<&str>, Known<Option<&str>>))| {
            let place = context.map_or(Place::Unknown, |path| Place::Directory(PathBuf::from(path)));
            let by = By { file: PathBuf::from("/p/compose.yaml"), line: 1 + u32::try_from(index).unwrap() };
            let target = match target {
                Known::Yes(name) => Known::Yes(name.map(str::to_owned)),
                Known::Unknown => Known::Unknown,
            };
            Build { target, ..Build::new(PathBuf::from("/p/d/Dockerfile"), place, by) }
        };
        let builds: Vec<Build> = builds.iter().enumerate().map(build).collect();
        let mut force = InForce::default();
        force.options.project = builds::facts(&builds, |path| path.display().to_string());
        force.builds = builds;
        Built::of(&force, Path::new("d/Dockerfile"), Path::new("/p")).and_then(|built| built.line())
    }

    #[test]
    fn only_what_is_not_plain_is_told() {
        let last = Known::Yes(None);
        assert_eq!(line(&[]), None);
        assert_eq!(line(&[(Some("/p/d"), last.clone())]), None);
        let told = |builds: &[_]| line(builds).unwrap();
        assert_eq!(told(&[(Some("/p"), last.clone())]), "build context `.` (compose.yaml:1)");
        let two = told(&[(Some("/p"), last.clone()), (Some("/p/d"), Known::Yes(Some("dev")))]);
        assert_eq!(two, "build context `.` and `d`, stage the last one and `dev` (compose.yaml:1, compose.yaml:2)");
        assert_eq!(told(&[(None, Known::Unknown)]), "build context not known, stage not known (compose.yaml:1)");
        let many: Vec<_> = (0..5).map(|_| (Some("/p"), last.clone())).collect();
        assert!(told(&many).ends_with("compose.yaml:3 and 2 more)"));
    }
}
