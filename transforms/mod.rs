//! The transforms, a folder each, and the order in which they run.

pub mod add_to_copy;
pub mod add_url_to_run;
pub mod apk_no_cache;
pub mod apt_clean_lists;
pub mod apt_no_recommends;
pub mod apt_update_with_install;
pub mod assume_yes;
pub mod cache_mounts;
pub mod casing;
pub mod cd_to_workdir;
pub mod combine_instructions;
pub mod copy_chown;
pub mod copy_manifests_first;
pub mod curl_fail;
pub mod dead_instructions;
pub mod dnf_clean;
pub mod dockerignore_missing;
pub mod drop_sudo;
pub mod empty_continuation;
pub mod end_of_life_base;
pub mod exec_form;
pub mod exposed_ssh;
pub mod gem_no_document;
pub mod healthcheck_missing;
pub mod legacy_key_value;
pub mod maintainer_to_label;
pub mod merge_runs;
pub mod mount_archive;
pub mod non_root_user;
pub mod npm_clean;
pub mod pip_no_cache;
pub mod pipe_to_shell;
pub mod pipefail;
pub mod secrets_in_env;
pub mod setuid_files;
pub mod slim_variant;
pub mod sort_packages;
pub mod unpinned_base;
pub mod useradd_no_log_init;
pub mod workdir_absolute;

use crate::engine::Transform;

/// The order, with the reason for each place.
pub const PIPELINE: &[&dyn Transform] = &[
    // First: what others keep or move has no blank lines inside then.
    &empty_continuation::EmptyContinuation,
    // Before all that looks at commands: they stand there by themselves then.
    &drop_sudo::DropSudo,
    // Before what looks at COPY: the others need to look at that only.
    &add_to_copy::AddToCopy,
    // Before RUNs are joined: it looks for the one RUN that unpacks, and takes away one that only removes.
    &add_url_to_run::AddUrlToRun,
    // Behind what makes COPY of ADD, and before RUNs are joined: it looks for the one RUN that unpacks.
    &mount_archive::MountArchive,
    // Behind what makes COPY of ADD, and before all that looks at COPY's flags or joins RUNs: it takes some away.
    &copy_chown::CopyChown,
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
    // Behind what makes WORKDIR absolute, and before RUNs are joined, which puts `( … )` around each `cd`.
    &cd_to_workdir::CdToWorkdir,
    // Behind what makes neighbours of ENV and LABEL, or gives them the form with `=`.
    &combine_instructions::CombineInstructions,
    // Behind what writes keywords: they are counted among those of the file.
    &casing::Casing,
    // Options of single commands: they touch neither borders nor order, and hold in RUNs that are joined later.
    &assume_yes::AssumeYes,
    &curl_fail::CurlFail,
    &apt_no_recommends::AptNoRecommends,
    // Takes whole commands out of a RUN: before a join, so that each RUN is judged as it was written.
    &apk_no_cache::ApkNoCache,
    &gem_no_document::GemNoDocument,
    &useradd_no_log_init::UseraddNoLogInit,
    // Behind what adds names to a list.
    &sort_packages::SortPackages,
    // When all that COPY brings stands where it will, and before RUNs are joined, so that the one that makes the user can be.
    &non_root_user::NonRootUser,
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
    // Last: a text that sets an option of its shell is joined to others by `( … )` only, and less can be put behind it.
    &pipefail::Pipefail,
    // They only say something: the engine asks them once, behind all others, wherever they stand here. The base comes first, then
    // what is in the image.
    &unpinned_base::UnpinnedBase,
    &end_of_life_base::EndOfLifeBase,
    &slim_variant::SlimVariant,
    &healthcheck_missing::HealthcheckMissing,
    &secrets_in_env::SecretsInEnv,
    &pipe_to_shell::PipeToShell,
    &setuid_files::SetuidFiles,
    &exposed_ssh::ExposedSsh,
    &dockerignore_missing::DockerignoreMissing,
];
