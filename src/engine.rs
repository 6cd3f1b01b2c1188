//! The pass loop: parse, find, edit, re-parse, verify, next; until nothing changes. Knows what a transform is, not which
//! ones there are (the pipeline is an argument), and does no I/O.

pub mod level;
pub mod outcome;
pub mod transform;

pub use level::Level;
pub use outcome::{Advice, Applied, Bug, Outcome, Refused};
pub use transform::{Facet, Findings, Meta, Need, Refusal, Rewrite, Transform};

use std::collections::BTreeMap;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How far rewrites may go.
    pub level: Level,
    /// Only these transforms; all where empty.
    pub only: Vec<String>,
    /// Not these transforms.
    pub skip: Vec<String>,
    /// Options of single transforms: id, then name, then value.
    pub transform: BTreeMap<String, BTreeMap<String, String>>,
}
