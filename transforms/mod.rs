//! The transforms, a folder each, and the order in which they run.

use crate::engine::Transform;

/// The order, with the reason for each place.
pub const PIPELINE: &[&dyn Transform] = &[];
