//! Where the corpus and the projects are: beside the project, or where the environment says. The traps are in tests/traps; the
//! environment may name others. The generated Dockerfiles are always there.
#![allow(dead_code, clippy::expect_used, clippy::unwrap_used)]

#[path = "generated.rs"]
mod generated;
#[path = "skips.rs"]
#[allow(clippy::duplicate_mod)]
mod skips;

pub use skips::skipped;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The corpus. Where it is absent, says so.
pub fn path() -> Option<PathBuf> {
    find("DFOPT_CORPUS", "../shared/corpus")
}

/// The traps.
pub fn traps() -> PathBuf {
    find("DFOPT_TRAPS", "tests/traps").expect("they are in the repository")
}

/// The generated Dockerfiles, in a directory.
pub fn generated() -> &'static Path {
    static WRITTEN: OnceLock<PathBuf> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        // of this process alone: tests of other binaries may write theirs at the same time
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("generated-{}", env!("CARGO_CRATE_NAME")));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (number, bytes) in generated::dockerfiles() {
            std::fs::write(folder.join(format!("{number:03}.Dockerfile")), bytes).unwrap();
        }
        folder
    })
}

/// The projects with their build contexts. Where they are absent, says so.
pub fn contexts() -> Option<PathBuf> {
    find("DFOPT_CONTEXTS", "../shared/contexts")
}

fn find(variable: &str, beside: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join(beside);
    let path = std::env::var_os(variable).map_or(beside, PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    skipped(&format!("{} is not there; set {variable} to run this test", path.display()));
    None
}
