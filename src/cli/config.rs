//! What is in force for a file, by the flags and the files of the project, and how that is shown.

use crate::cli::built::Built;
use crate::cli::catalog;
use crate::cli::shared_args::SettingArgs;
use crate::config::{FILE_NAME, Origin, Problem, Settings, Told, names};
use crate::project::Choice;
pub use crate::project::{Configs, InForce, Loaded};
pub use crate::visible::shown;
use crate::visible::{self, visible_path, visible_str};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Checks what the flags say, and looks at nothing else yet.
///
/// # Errors
/// A name that does not exist, a file or folder that cannot be read.
pub fn configs(args: &SettingArgs, current: PathBuf) -> Result<Configs, String> {
    args.context.as_deref().map_or(Ok(()), check_context)?;
    let choice = match &args.config {
        Some(path) => Choice::Given(Arc::new(given(path, &current)?)),
        None if args.no_config => Choice::None,
        None => Choice::Nearest,
    };
    let context = args.context.clone().map(|context| (context, "--context"));
    Ok(Configs::new(choice, flags(args)?, context, current))
}

fn flags(args: &SettingArgs) -> Result<Settings, String> {
    catalog::check_ids(args.only.iter().chain(&args.skip))?;
    let mut settings = Settings {
        level: args.level.map(|level| Told::new(level, Origin::Flag("--level"))),
        only: (!args.only.is_empty()).then(|| Told::new(args.only.clone(), Origin::Flag("--only"))),
        skip: args.skip.iter().map(|id| Told::new(id.clone(), Origin::Flag("--skip"))).collect(),
        deny: args.deny.iter().map(|need| Told::new(*need, Origin::Flag("--deny"))).collect(),
        ..Settings::default()
    };
    for set in &args.set {
        let (id, name, value) = catalog::option(set)?;
        settings.transforms.insert((id, name), Told::new(value, Origin::Flag("--set")));
    }
    Ok(settings)
}

/// A context that is not there is a mistake; one without a single file is not.
pub fn check_context(root: &Path) -> Result<(), String> {
    let read = fs::read_dir(root).map(drop);
    read.map_err(|error| {
        let (root, why) = (visible_path(root), visible::reason(&error));
        format!("`--context {root}` is no folder that can be read: {why}; give the folder that `docker build` gets")
    })
}

/// The file of `--config`. Its patterns are seen from the current folder, wherever it lies.
fn given(path: &Path, current: &Path) -> Result<Loaded, String> {
    Loaded::read(path, current)
        .map_err(|error| format!("`--config {}` cannot be read: {}", visible_path(path), visible::reason(&error)))
}

/// What is wrong with a configuration, a line each.
pub fn broken(loaded: &Loaded, current: &Path) -> String {
    let name = shown(&loaded.path, current);
    let line =
        |problem: &Problem| format!("{name}:{}:{}: {}", problem.line, problem.column, visible_str(&problem.message));
    loaded.problems().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// All that is in force for a file, each with who says so, in the words of `dfopt.toml`.
pub fn page(path: &Path, force: &InForce, current: &Path) -> String {
    let page = Page { path, force, current };
    let mut lines = vec![(format!("# {}", shown(&current.join(path), current)), String::new())];
    if let Some(line) = force.excluded {
        lines.push(("# left alone by `exclude`".to_owned(), page.by(Some(Origin::Line(line)))));
    }
    lines.extend(page.lines());
    rows(lines) + &rows(page.transforms())
}

/// Lines with who says so behind them, one below the other.
fn rows(lines: Vec<(String, String)>) -> String {
    let width = lines.iter().filter(|(_, by)| !by.is_empty()).map(|(text, _)| text.chars().count()).max().unwrap_or(0);
    let row = |(text, by): (String, String)| match by.is_empty() {
        true => format!("{text}\n"),
        false => format!("{text:width$}  # {by}\n"),
    };
    lines.into_iter().map(row).collect()
}

struct Page<'a> {
    path: &'a Path,
    force: &'a InForce,
    current: &'a Path,
}

impl Page<'_> {
    fn lines(&self) -> Vec<(String, String)> {
        let InForce { settings, options, .. } = self.force;
        let only = settings.only.as_ref().map(|only| only.by);
        let mut out = vec![
            (format!("level = {:?}", options.level.name()), self.by(settings.level.as_ref().map(|level| level.by))),
            (format!("only = {:?}", options.only), self.by(only)),
            (format!("skip = {:?}", options.skip), self.all(settings.skip.iter().map(|skip| skip.by))),
        ];
        let denied: Vec<&str> = options.denied.iter().map(|need| need.name()).collect();
        out.push((format!("deny = {denied:?}"), self.all(settings.deny.iter().map(|need| need.by))));
        out.extend(self.build());
        let indent = match options.indent.as_deref() {
            None => "4 spaces".to_owned(),
            Some("\t") => "a tab".to_owned(),
            Some(indent) => format!("{} spaces", indent.len()),
        };
        let by = self.force.indent_by.as_ref().map_or("default".to_owned(), |path| shown(path, self.current));
        out.push((format!("# indentation where the file shows none: {indent}"), by));
        out
    }

    /// The build context, and what else the project says of the builds.
    fn build(&self) -> Vec<(String, String)> {
        let (force, project) = (self.force, &self.force.options.project);
        let built = Built::of(force, self.path, self.current);
        let (context, by) = match (&force.context, &built) {
            (Some(named), _) => {
                (format!("`{}`", shown(&self.current.join(named), self.current)), self.by(force.context_by))
            }
            (None, Some(built)) => (built.shown_contexts(), built.sources()),
            (None, None) => ("its folder".to_owned(), self.by(None)),
        };
        let mut out = vec![(format!("# build context: {context}"), by)];
        let Some(built) = built else { return out };
        out.extend(built.shown_targets().map(|targets| (format!("# built: {targets}"), built.sources())));
        for (name, value) in &project.args {
            let value = value.get().map_or("not known".to_owned(), |value| format!("{:?}", visible_str(value)));
            out.push((format!("# build argument {}: {value}", visible_str(name)), built.sources()));
        }
        let named = project.contexts.iter().map(|name| format!("# further build context: {}", visible_str(name)));
        out.extend(named.map(|line| (line, built.sources())));
        out
    }

    fn transforms(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for meta in names::metas().filter(|meta| !meta.options.is_empty()) {
            out.push((String::new(), String::new()));
            let note = if self.force.options.wants(meta) { "" } else { "does not run" };
            out.push((format!("[transforms.{}]", meta.id), note.to_owned()));
            for option in meta.options {
                let (name, default) = (option.name(), option.default());
                let told = self.force.settings.transforms.get(&(meta.id.to_owned(), name.to_owned()));
                let value = told.map_or(default, |told| &told.value);
                out.push((format!("{name} = {value:?}"), self.by(told.map(|told| told.by))));
            }
        }
        out
    }

    fn by(&self, origin: Option<Origin>) -> String {
        let file = || self.force.file.as_ref().map_or(FILE_NAME.to_owned(), |path| shown(path, self.current));
        match origin {
            None => "default".to_owned(),
            Some(Origin::Line(line)) => format!("{}:{line}", file()),
            Some(Origin::Flag(flag)) => flag.to_owned(),
        }
    }

    fn all(&self, origins: impl Iterator<Item = Origin>) -> String {
        let mut out: Vec<String> = Vec::new();
        for by in origins.map(|origin| self.by(Some(origin))) {
            if !out.contains(&by) {
                out.push(by);
            }
        }
        if out.is_empty() { self.by(None) } else { out.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(files: &[(&str, &str)]) -> tempfile::TempDir {
        let room = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = room.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        room
    }

    fn configs(args: SettingArgs, room: &tempfile::TempDir) -> Configs {
        super::configs(&args, fs::canonicalize(room.path()).unwrap()).unwrap()
    }

    #[test]
    fn the_nearest_file_upwards_counts_and_no_other() {
        let room = room(&[
            ("dfopt.toml", "level = \"safe\"\nskip = [\"merge-runs\"]\n"),
            ("a/dfopt.toml", "level = \"aggressive\"\n"),
            ("a/b/c/Dockerfile", ""),
        ]);
        let mut configs = configs(SettingArgs::default(), &room);
        let mut level = |path: &str| configs.in_force(Path::new(path)).unwrap().options.level.name();
        assert_eq!(level("Dockerfile"), "safe");
        assert_eq!(level("a/b/c/Dockerfile"), "aggressive");
        assert_eq!(level("a/../Dockerfile"), "safe");
        assert!(configs.in_force(Path::new("a/Dockerfile")).unwrap().options.skip.is_empty());
    }

    #[test]
    fn contexts_are_seen_from_the_file_and_the_flag_wins() {
        let toml = "[context]\n\"docker/\" = \".\"\n\"svc/\" = \"git-root\"\n";
        let room = room(&[("p/dfopt.toml", toml), ("p/svc/.git/x", ""), ("p/svc/a/b/Dockerfile", "")]);
        let root = fs::canonicalize(room.path()).unwrap();
        let mut plain = configs(SettingArgs::default(), &room);
        let context = |configs: &mut Configs, path: &str| configs.in_force(Path::new(path)).unwrap().context;
        assert_eq!(context(&mut plain, "p/docker/Dockerfile"), Some(root.join("p/.")));
        assert_eq!(context(&mut plain, "p/svc/a/b/Dockerfile"), Some(root.join("p/svc")));
        assert_eq!(context(&mut plain, "p/Dockerfile"), None);
        let given = SettingArgs { context: Some(root.clone()), ..SettingArgs::default() };
        assert_eq!(context(&mut configs(given, &room), "p/docker/Dockerfile"), Some(root));
    }

    #[test]
    fn a_broken_file_is_told_for_all_below() {
        let room = room(&[("a/dfopt.toml", "levle = 1\n"), ("Dockerfile", "")]);
        let mut configs = configs(SettingArgs::default(), &room);
        let broken = configs.in_force(Path::new("a/b/Dockerfile")).unwrap_err();
        assert_eq!((broken.problems().len(), broken.problems()[0].line), (1, 1));
        assert!(Arc::ptr_eq(&broken, &configs.in_force(Path::new("a/Dockerfile")).unwrap_err()), "read once");
        assert!(configs.in_force(Path::new("Dockerfile")).is_ok());
        let none = SettingArgs { no_config: true, ..SettingArgs::default() };
        assert!(super::configs(&none, room.path().to_owned()).unwrap().in_force(Path::new("a/Dockerfile")).is_ok());
    }
}
