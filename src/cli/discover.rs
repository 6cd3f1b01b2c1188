//! Which files are meant: those given by name, and in folders those with the names that Dockerfiles have.

use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// The names that are searched for, for messages.
pub const NAMES: &str =
    "`Dockerfile`, `Dockerfile.*`, `*.Dockerfile`, `*.dockerfile`, `Containerfile`, `Containerfile.*`";

/// Whether a file found in a folder is a Dockerfile, by its name.
pub fn is_dockerfile(name: &str) -> bool {
    if name.ends_with(".dockerignore") || name.ends_with('~') || name.ends_with(".orig") || name.ends_with(".rej") {
        return false;
    }
    let base = ["Dockerfile", "Containerfile"]
        .iter()
        .any(|base| name.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
    base || [".Dockerfile", ".dockerfile", ".Containerfile"].iter().any(|end| name.ends_with(end))
}

/// What one path that was given stands for.
///
/// # Errors
/// A path that does not exist, or a folder without Dockerfiles.
pub fn expand(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let walk = WalkBuilder::new(path)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut found: Vec<PathBuf> = walk
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()))
        .filter(|entry| entry.file_name().to_str().is_some_and(is_dockerfile))
        .map(|entry| entry.into_path())
        .collect();
    found.sort();
    match found.is_empty() {
        true => Err(format!("no Dockerfile below this folder; searched for {NAMES}")),
        false => {
            Ok(found.into_iter().map(|path| path.strip_prefix("./").map(Path::to_owned).unwrap_or(path)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_dockerfile;

    #[test]
    fn names() {
        for name in
            ["Dockerfile", "Dockerfile.dev", "app.Dockerfile", "app.dockerfile", "Containerfile", "Containerfile.x"]
        {
            assert!(is_dockerfile(name), "{name}");
        }
        for name in
            ["Dockerfile.dockerignore", ".dockerignore", "Dockerfiles", "dockerfile.py", "Dockerfile~", "Makefile"]
        {
            assert!(!is_dockerfile(name), "{name}");
        }
    }
}
