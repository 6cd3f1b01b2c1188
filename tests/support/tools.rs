//! Other programs, for tests that need them: where one is missing, the test says so and passes.
#![allow(dead_code, clippy::unwrap_used)]

#[path = "skips.rs"]
#[allow(clippy::duplicate_mod)]
mod skips;

pub use skips::skipped;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether these programs are all there.
pub fn there(tools: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = |tool: &str| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| !found(tool)).collect();
    if !missing.is_empty() {
        skipped(&format!("`{}` is missing", missing.join("`, `")));
    }
    missing.is_empty()
}

/// What a program gives, with nothing to read.
pub fn output(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// What a program prints; it must succeed.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let out = output(command);
    let (stdout, stderr) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{command:?}: {}\n{stdout}{stderr}", out.status);
    stdout.into_owned()
}

/// A program of the project, by its path in it.
pub fn script(path: &str) -> Command {
    Command::new(root().join(path))
}

/// The names in a folder, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut out: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    out.sort();
    out
}
