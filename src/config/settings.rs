//! What is in force, and by whose word. Knows how one word weighs against another, not where words come from.

use crate::engine::{Level, Need, Options};
use std::collections::BTreeMap;
use std::fmt;

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of `dfopt.toml`.
    Line(u32),
    /// A flag of the command line.
    Flag(&'static str),
}

/// A value and who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<T> {
    /// The value.
    pub value: T,
    /// Who said it.
    pub by: Origin,
}

impl<T> Told<T> {
    /// Said by somebody.
    pub fn new(value: T, by: Origin) -> Told<T> {
        Told { value, by }
    }
}

/// What can be set for a file. What nobody spoke of is not there.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How far rewrites may go.
    pub level: Option<Told<Level>>,
    /// Only these transforms.
    pub only: Option<Told<Vec<String>>>,
    /// Not these transforms.
    pub skip: Vec<Told<String>>,
    /// What must not be assumed.
    pub deny: Vec<Told<Need>>,
    /// Options of single transforms, by the name of both.
    pub transforms: BTreeMap<(String, String), Told<String>>,
}

impl Settings {
    /// Hears somebody who has more to say here: a level, a selection and an option replace those before; what is skipped or
    /// denied comes on top. Who selects a transform wants it to run, whoever skipped it before.
    pub fn hear(&mut self, other: Settings) {
        if let Some(only) = other.only {
            self.skip.retain(|skipped| !only.value.contains(&skipped.value));
            self.only = Some(only);
        }
        self.level = other.level.or(self.level.take());
        add(&mut self.skip, other.skip);
        add(&mut self.deny, other.deny);
        self.transforms.extend(other.transforms);
    }

    /// The same for the engine.
    pub fn options(&self) -> Options {
        let mut options = Options {
            level: self.level.as_ref().map_or(Level::default(), |level| level.value),
            only: self.only.as_ref().map_or(Vec::new(), |only| only.value.clone()),
            skip: self.skip.iter().map(|skip| skip.value.clone()).collect(),
            denied: self.deny.iter().map(|need| need.value).collect(),
            ..Options::default()
        };
        for ((id, name), value) in &self.transforms {
            options.transform.entry(id.clone()).or_default().insert(name.clone(), value.value.clone());
        }
        options
    }
}

fn add<T: PartialEq>(all: &mut Vec<Told<T>>, more: Vec<Told<T>>) {
    for told in more {
        if all.iter().all(|known| known.value != told.value) {
            all.push(told);
        }
    }
}

/// A folder that is the build context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextLocation {
    /// A folder, seen from the configuration file.
    Folder(String),
    /// The nearest folder upwards that is a repository of git.
    GitRoot,
}

/// What is written for [`ContextLocation::GitRoot`]; a folder of this name is `./git-root`.
pub const GIT_ROOT: &str = "git-root";

impl fmt::Display for ContextLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ContextLocation::Folder(folder) => folder,
            ContextLocation::GitRoot => GIT_ROOT,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(ids: &[&str]) -> Vec<Told<String>> {
        ids.iter().map(|id| Told::new((*id).to_owned(), Origin::Line(1))).collect()
    }

    #[test]
    fn the_last_word_counts() {
        let mut base = Settings {
            level: Some(Told::new(Level::Safe, Origin::Line(1))),
            skip: skip(&["a", "b"]),
            ..Settings::default()
        };
        base.hear(Settings { skip: skip(&["b", "c"]), ..Settings::default() });
        let options = base.options();
        assert_eq!((options.level, options.skip), (Level::Safe, ["a", "b", "c"].map(str::to_owned).to_vec()));
        let flag = Origin::Flag("--only");
        base.hear(Settings {
            level: Some(Told::new(Level::Aggressive, flag)),
            only: Some(Told::new(vec!["b".to_owned()], flag)),
            ..Settings::default()
        });
        let options = base.options();
        assert_eq!((options.level, options.only), (Level::Aggressive, vec!["b".to_owned()]));
        assert_eq!(options.skip, ["a", "c"], "who asks for `b` by name gets it");
    }
}
