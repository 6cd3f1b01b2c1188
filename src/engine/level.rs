//! How far a rewrite goes, and a transform at most.

use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// How much of the image a rewrite may change. Ordered: a user's level admits all rewrites up to it.
///
/// [`Level::Advice`] admits none: it is the ceiling of transforms that only say something. Users do not choose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing is edited.
    Advice,
    /// The same image: same files with modes and owners, same config; only layers, caches and time stamps differ.
    Safe,
    /// The image differs on purpose, the program behaves the same.
    #[default]
    Recommended,
    /// Big wins that a build should confirm.
    Aggressive,
}

impl Level {
    /// Those of rewrites, in order.
    pub const ALL: [Level; 3] = [Level::Safe, Level::Recommended, Level::Aggressive];

    /// The name that users write.
    pub fn name(self) -> &'static str {
        match self {
            Level::Advice => "advice",
            Level::Safe => "safe",
            Level::Recommended => "recommended",
            Level::Aggressive => "aggressive",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(name: &str) -> Result<Level, String> {
        let found = Level::ALL.into_iter().find(|level| level.name() == name);
        found.ok_or_else(|| format!("`{name}` is no level; use `safe`, `recommended` or `aggressive`"))
    }
}
