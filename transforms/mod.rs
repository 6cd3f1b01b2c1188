//! The transforms, a folder each, and the order in which they run.

/// The refusals of a transform: a static of each, and `REFUSALS` with all of them.
macro_rules! refusals {
    ($($name:ident $code:literal $summary:literal)*) => {
        $(static $name: $crate::engine::Refusal = $crate::engine::Refusal { code: $code, summary: $summary };)*
        static REFUSALS: &[$crate::engine::Refusal] =
            &[$($crate::engine::Refusal { code: $code, summary: $summary }),*];
    };
}

pub mod legacy_key_value;
pub mod merge_runs;

use crate::engine::Transform;

/// The order, with the reason for each place.
pub const PIPELINE: &[&dyn Transform] = &[
    // Before what looks at ENV and LABEL: only pairs with `=` can be put together.
    &legacy_key_value::LegacyKeyValue,
    // Last: what others put into neighbouring RUNs becomes one layer, and no other transform has to look into what it joined.
    &merge_runs::MergeRuns,
];
