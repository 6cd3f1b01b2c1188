//! The transforms, a folder each, and the order in which they run.

/// The refusals of a transform: a static of each, and `REFUSALS` with all of them.
macro_rules! refusals {
    ($($name:ident $code:literal $summary:literal)*) => {
        $(static $name: $crate::engine::Refusal = $crate::engine::Refusal { code: $code, summary: $summary };)*
        static REFUSALS: &[$crate::engine::Refusal] =
            &[$($crate::engine::Refusal { code: $code, summary: $summary }),*];
    };
}

pub mod add_to_copy;
pub mod add_url_to_run;
pub mod casing;
pub mod combine_instructions;
pub mod copy_manifests_first;
pub mod dead_instructions;
pub mod empty_continuation;
pub mod exec_form;
pub mod legacy_key_value;
pub mod maintainer_to_label;
pub mod merge_runs;
pub mod workdir_absolute;

use crate::engine::Transform;

/// The order, with the reason for each place.
pub const PIPELINE: &[&dyn Transform] = &[
    // First: what others keep or move has no blank lines inside then.
    &empty_continuation::EmptyContinuation,
    // Before what looks at COPY: the others need to look at that only.
    &add_to_copy::AddToCopy,
    // Before RUNs are joined: it looks for the one RUN that unpacks, and takes away one that only removes.
    &add_url_to_run::AddUrlToRun,
    // Before RUNs are joined: an install that is joined to what stands behind it could not be told from it.
    &copy_manifests_first::CopyManifestsFirst,
    // Before what looks at ENV and LABEL: only pairs with `=` can be put together.
    &legacy_key_value::LegacyKeyValue,
    // Before what puts LABELs together: it makes one.
    &maintainer_to_label::MaintainerToLabel,
    // Before what looks at CMD and ENTRYPOINT: only those that count are worth a look.
    &dead_instructions::DeadInstructions,
    // Behind what drops the others: it looks at the last CMD and ENTRYPOINT of a stage.
    &exec_form::ExecForm,
    // Anywhere: it looks at WORKDIR alone.
    &workdir_absolute::WorkdirAbsolute,
    // Behind what makes neighbours of ENV and LABEL, or gives them the form with `=`.
    &combine_instructions::CombineInstructions,
    // Behind what writes keywords: they are counted among those of the file.
    &casing::Casing,
    // Last: what others put into neighbouring RUNs becomes one layer, and no other transform has to look into what it joined.
    &merge_runs::MergeRuns,
];
