//! Where the corpus, the traps and the projects are: beside the project, or where the environment says.

use std::path::{Path, PathBuf};

/// The corpus. Where it is absent, says so.
#[allow(dead_code)]
pub fn path() -> Option<PathBuf> {
    find("DFOPT_CORPUS", "../shared/corpus")
}

/// The traps. Where they are absent, says so.
#[allow(dead_code)]
pub fn traps() -> Option<PathBuf> {
    find("DFOPT_TRAPS", "../shared/traps")
}

/// The projects with their build contexts. Where they are absent, says so.
#[allow(dead_code)]
pub fn contexts() -> Option<PathBuf> {
    find("DFOPT_CONTEXTS", "../shared/contexts")
}

fn find(variable: &str, beside: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join(beside);
    let path = std::env::var_os(variable).map_or(beside, PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there; set {variable} to run this test", path.display());
    None
}
