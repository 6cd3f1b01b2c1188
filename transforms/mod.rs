//! The transforms, a folder each, and the order in which they run.

pub mod add_to_copy;
pub mod add_url_to_run;
pub mod merge_runs;

use crate::engine::Transform;

/// The order, with the reason for each place.
pub const PIPELINE: &[&dyn Transform] = &[
    // First: the others need to look at COPY only.
    &add_to_copy::AddToCopy,
    // Before RUNs are joined: it looks for the one RUN that unpacks, and takes away one that only removes.
    &add_url_to_run::AddUrlToRun,
    // Last: what others put into neighbouring RUNs becomes one layer, and no other transform has to look into what it joined.
    &merge_runs::MergeRuns,
];
