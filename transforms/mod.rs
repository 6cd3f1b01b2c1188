//! The transforms, a folder each, and the order in which they run.

pub mod apk_no_cache;
pub mod apt_clean_lists;
pub mod apt_no_recommends;
pub mod apt_update_with_install;
pub mod assume_yes;
pub mod cache_mounts;
pub mod dnf_clean;
pub mod gem_no_document;
pub mod merge_runs;
pub mod npm_clean;
pub mod pip_no_cache;
pub mod sort_packages;

use crate::engine::Transform;

/// The order, with the reason for each place.
pub const PIPELINE: &[&dyn Transform] = &[
    // Options of single commands: they touch neither borders nor order, and hold in RUNs that are joined later.
    &assume_yes::AssumeYes,
    &apt_no_recommends::AptNoRecommends,
    // Takes whole commands out of a RUN: before a join, so that each RUN is judged as it was written.
    &apk_no_cache::ApkNoCache,
    &gem_no_document::GemNoDocument,
    // Behind what adds names to a list.
    &sort_packages::SortPackages,
    // Before all that asks what one RUN leaves for the next: an install that is joined to its update needs no other, and a
    // removal goes behind the last install of the whole chain. What later transforms put into neighbours is joined in the next round.
    &merge_runs::MergeRuns,
    &apt_update_with_install::AptUpdateWithInstall,
    // Before those that clean: what is in a mount need not be removed.
    &cache_mounts::CacheMounts,
    &apt_clean_lists::AptCleanLists,
    &dnf_clean::DnfClean,
    &pip_no_cache::PipNoCache,
    &npm_clean::NpmClean,
];
