//! What a transform is and what it may say.

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::Refusal;
use crate::engine::{AnyOption, Chosen, Level, May};
use crate::facts::Facts;
use crate::text::Span;
use std::str::FromStr;

/// A step of the pipeline. It looks and proposes; the engine edits.
pub trait Transform: Sync {
    /// Who it is.
    fn meta(&self) -> &'static Meta;
    /// Puts everything that it would do, refuses or advises into `out`. Must be a pure function of `facts`.
    fn find(&self, facts: &Facts, chosen: Chosen, out: &mut Findings);
}

/// What is said of a transform once and for all.
#[derive(Debug)]
pub struct Meta {
    /// `merge-runs`: what users write.
    pub id: &'static str,
    /// One line, in lower case.
    pub summary: &'static str,
    /// The page that users read.
    pub page: &'static str,
    /// No rewrite of it is above this level; [`Level::Advice`] for one that only says something.
    pub ceiling: Level,
    /// What must be granted before it runs.
    pub needs: &'static [Need],
    /// What of the trace it may change; the engine throws its work away where anything else changed.
    pub may: &'static [May],
    /// What it may change in the image, on purpose: `dfopt verify` calls any other difference unexpected.
    pub intends: &'static [Intent],
    /// Every code with which it may refuse.
    pub refusals: &'static [&'static Refusal],
    /// Its options.
    pub options: &'static [&'static dyn AnyOption],
    /// The hadolint rules that name the smell it removes (`DL3059`); an `ignore` of one is obeyed.
    pub hadolint: &'static [&'static str],
    /// The checks of others that name it: BuildKit's, of which a `skip` is obeyed, dockle's checkpoints
    /// (`CIS-DI-0001`) and trivy's (`DS-0002`).
    pub checks: &'static [&'static str],
    /// The version that brought it.
    pub since: &'static str,
}

impl Meta {
    /// One that edits nothing and names nothing: what a transform leaves out of its own.
    pub const PLAIN: Meta = Meta {
        id: "",
        summary: "",
        page: "",
        ceiling: Level::Advice,
        needs: &[],
        may: &[],
        intends: &[],
        refusals: &[],
        options: &[],
        hadolint: &[],
        checks: &[],
        since: "",
    };

    /// Whether it only says something.
    pub fn only_advises(&self) -> bool {
        self.ceiling == Level::Advice
    }

    /// The names under which an author may ask to keep its smell.
    pub fn names(&self) -> Vec<&'static str> {
        let rules = self.hadolint.iter().chain(self.checks).copied();
        std::iter::once(self.id).chain(rules).collect()
    }
}

/// An assumption that users grant or deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The file is built by BuildKit.
    Buildkit,
    /// The build has network.
    Network,
    /// The build context was read.
    Context,
}

impl Need {
    /// All of them.
    pub const ALL: [Need; 3] = [Need::Buildkit, Need::Network, Need::Context];

    /// What users write.
    pub fn name(self) -> &'static str {
        match self {
            Need::Buildkit => "buildkit",
            Need::Network => "network",
            Need::Context => "context",
        }
    }
}

impl FromStr for Need {
    type Err = String;

    fn from_str(name: &str) -> Result<Need, String> {
        let found = Need::ALL.into_iter().find(|need| need.name() == name);
        found.ok_or_else(|| format!("`{name}` is no need; use `buildkit`, `network` or `context`"))
    }
}

/// A difference in the built image that a transform makes on purpose. Paths are globs from the root: `*` stays within a
/// name, `**` crosses folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent<P = &'static [&'static str]> {
    /// A field of the image config, as the engine names it (`User`, `Env.PATH`).
    Config(&'static str),
    /// Nothing is at these paths any more.
    Removed(P),
    /// Something is at these paths that was not there.
    Added(P),
    /// The bytes of files at these paths.
    Content(P),
    /// Owner and group of what is at these paths.
    Owner(P),
    /// Permissions of what is at these paths.
    Mode(P),
    /// Symbolic links at these paths may point elsewhere.
    Target(P),
}

/// What a rewrite changes in the image, in its own words.
pub type Touch = Intent<Vec<String>>;

impl Intent {
    /// The same with paths of its own.
    pub fn touch(self) -> Touch {
        let own = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        match self {
            Intent::Config(field) => Intent::Config(field),
            Intent::Removed(paths) => Intent::Removed(own(paths)),
            Intent::Added(paths) => Intent::Added(own(paths)),
            Intent::Content(paths) => Intent::Content(own(paths)),
            Intent::Owner(paths) => Intent::Owner(own(paths)),
            Intent::Mode(paths) => Intent::Mode(own(paths)),
            Intent::Target(paths) => Intent::Target(own(paths)),
        }
    }

    /// Whether a rewrite speaks of the same kind of difference in files.
    pub fn is_kind_of(&self, touch: &Touch) -> bool {
        let config = matches!(touch, Intent::Config(_));
        !config && std::mem::discriminant(&self.touch()) == std::mem::discriminant(touch)
    }
}

/// A change that belongs together: all of its edits are made, or none.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// What it speaks of, in the text that was looked at.
    pub at: Span,
    /// `merge 3 RUNs into one`.
    pub title: String,
    /// Why one wants it.
    pub reason: String,
    /// How far it goes.
    pub level: Level,
    /// The edits.
    pub edits: EditSet,
    /// What a user should know besides.
    pub notes: Vec<String>,
    /// What it changes in the image where it knows that closer than its transform: of the kinds that are named here,
    /// once each, these paths and no others.
    pub touches: Vec<Touch>,
}

impl Rewrite {
    /// A rewrite without notes; `None` where the edits would overlap.
    pub fn new(at: Span, level: Level, title: impl Into<String>, reason: &str, edits: Vec<Edit>) -> Option<Rewrite> {
        let (title, reason, edits) = (title.into(), reason.to_owned(), EditSet::new(edits).ok()?);
        Some(Rewrite { at, title, reason, level, edits, notes: Vec::new(), touches: Vec::new() })
    }
}

impl Findings {
    /// Says something and edits nothing.
    pub fn advise(&mut self, at: Span, title: impl Into<String>, reason: impl Into<String>) {
        self.advice.push((at, title.into(), reason.into()));
    }

    /// Leaves something alone, and says what exactly is in the way.
    pub fn refuse(&mut self, at: Span, refusal: &'static Refusal, reason: impl Into<String>) {
        self.refused.push((at, refusal, reason.into()));
    }
}

/// What one look at a file found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What could be changed.
    pub rewrites: Vec<Rewrite>,
    /// What was left alone: where, the code, and what exactly.
    pub refused: Vec<(Span, &'static Refusal, String)>,
    /// What is said and never edited: where, title, reason.
    pub advice: Vec<(Span, String, String)>,
}
