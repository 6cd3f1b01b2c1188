//! `dfopt.toml`: what a project wants of dfopt. Takes text and gives settings; where the file is found, and what the flags of
//! the command line add, is for the edges. The keys stand in one table, from which the file is read and its schema made.

pub mod globs;
pub mod names;
pub mod read;
pub mod schema;
pub mod settings;

pub use globs::Globs;
pub use read::{Problem, read};
pub use settings::{ContextLocation, Origin, Settings, Told};

/// The name of the file.
pub const FILE_NAME: &str = "dfopt.toml";

/// A file that was understood. Paths are relative to its folder, with `/`; `None` is a file that is not below it.
#[derive(Clone, Debug, Default)]
pub struct Config {
    base: Settings,
    exclude: Option<Told<Globs>>,
    context: Vec<(Globs, Told<ContextLocation>)>,
    overrides: Vec<(Globs, Settings)>,
}

impl Config {
    /// What it says of a file. Of several overrides that fit, the later ones have more to say.
    pub fn settings(&self, path: Option<&str>) -> Settings {
        let mut settings = self.base.clone();
        for (paths, over) in &self.overrides {
            if path.is_some_and(|path| paths.fit(path)) {
                settings.hear(over.clone());
            }
        }
        settings
    }

    /// The line that keeps a file out.
    pub fn excludes(&self, path: Option<&str>) -> Option<u32> {
        let exclude = self.exclude.as_ref().filter(|exclude| path.is_some_and(|path| exclude.value.fit(path)))?;
        match exclude.by {
            Origin::Line(line) => Some(line),
            Origin::Flag(_) => None,
        }
    }

    /// The build context that it gives to a file; the last pattern that fits decides.
    pub fn context(&self, path: Option<&str>) -> Option<&Told<ContextLocation>> {
        let path = path?;
        self.context.iter().rev().find(|(paths, _)| paths.fit(path)).map(|(_, place)| place)
    }
}

/// A key of the file.
#[derive(Debug)]
pub struct Key {
    /// What users write.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What its value is.
    pub kind: Kind,
}

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A level.
    Level,
    /// Names of transforms.
    Ids(List),
    /// Assumptions.
    Needs,
    /// Patterns of paths.
    Globs,
    /// Options of transforms: a table for each.
    Transforms,
    /// From patterns of paths to folders.
    Context,
    /// Tables with settings for some paths.
    Overrides,
}

/// Which list of transforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Those that run.
    Only,
    /// Those that do not.
    Skip,
}

const LEVEL: Key = Key {
    name: "level",
    about: "how far rewrites may go: `safe`, `recommended` (what holds where nothing is said) or `aggressive`",
    kind: Kind::Level,
};
const ONLY: Key = Key { name: "only", about: "run only these transforms", kind: Kind::Ids(List::Only) };
const SKIP: Key = Key { name: "skip", about: "do not run these transforms", kind: Kind::Ids(List::Skip) };
const DENY: Key = Key {
    name: "deny",
    about: "what must not be assumed of the builds: `buildkit`, `network`, `context`",
    kind: Kind::Needs,
};
const TRANSFORMS: Key = Key {
    name: "transforms",
    about: "options of transforms, a table for each; `dfopt explain ID` tells them",
    kind: Kind::Transforms,
};
const PATHS: Key = Key { name: "paths", about: "the files that this is for, as in .gitignore", kind: Kind::Globs };
const EXCLUDE: Key = Key { name: "exclude", about: "files to leave alone, as in .gitignore", kind: Kind::Globs };
const CONTEXT: Key = Key {
    name: "context",
    about: "the build context of files: a pattern as in .gitignore, and a folder as seen from this file or `git-root`; \
            the last pattern that fits decides",
    kind: Kind::Context,
};
const OVERRIDES: Key =
    Key { name: "overrides", about: "other settings for some files; later ones weigh more", kind: Kind::Overrides };

/// The keys at the top of the file.
pub const TOP: &[Key] = &[LEVEL, ONLY, SKIP, DENY, EXCLUDE, TRANSFORMS, CONTEXT, OVERRIDES];

/// The keys of an override.
pub const OVERRIDE: &[Key] = &[PATHS, LEVEL, ONLY, SKIP, DENY, TRANSFORMS];
