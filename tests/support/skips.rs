//! Tests that are skipped say so, past the harness, which shows nothing of a test that passes; the last test of a run counts them.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Says that a test, or a part of it, is skipped.
pub fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
    let mut list = OpenOptions::new().create(true).append(true).open(list()).unwrap();
    // one call writes the whole line: tests run at the same time
    list.write_all(format!("{why}\n").as_bytes()).unwrap();
}

/// What was skipped in this run, and forgets it.
pub fn counted() -> Vec<String> {
    let text = fs::read_to_string(list()).unwrap_or_default();
    let _ = fs::remove_file(list());
    text.lines().map(str::to_owned).collect()
}

/// The list of this run: `cargo test` starts all test programs, so that they have the same parent.
fn list() -> PathBuf {
    #[cfg(unix)]
    let run = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let run = "run";
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("skipped-{run}"))
}
