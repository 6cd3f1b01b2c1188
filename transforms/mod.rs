//! The transforms, a folder each, and the order in which they run.

pub mod copy_manifests_first;
pub mod merge_runs;

use crate::engine::Transform;

/// The order, with the reason for each place.
pub const PIPELINE: &[&dyn Transform] = &[
    // Before merge-runs, which would join the install to what stands behind it.
    &copy_manifests_first::CopyManifestsFirst,
    // Last: what others put into neighbouring RUNs becomes one layer, and no other transform has to look into what it joined.
    &merge_runs::MergeRuns,
];
