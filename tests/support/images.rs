//! Building images and comparing them, for the tests that need a container engine.
#![allow(dead_code, clippy::unwrap_used)]

#[path = "skips.rs"]
#[allow(clippy::duplicate_mod)]
mod skips;

use skips::skipped;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What the engine's command line prints; `None` where it fails.
pub fn docker(args: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether there is an engine that has an image; says so where there is none.
pub fn engine(base: &str) -> bool {
    let there = docker(&["image", "inspect", base]).is_some();
    if !there {
        skipped(&format!("no container engine with `{base}` (set DOCKER_HOST)"));
    }
    there
}

/// Builds an image from a Dockerfile that stands outside its context, as if it stood there.
pub fn build(tag: &str, text: &str, context: Option<&Path>) -> Option<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Dockerfile");
    fs::File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
    if let Some(ignore) = context.and_then(|context| fs::read(context.join("Dockerfile.dockerignore")).ok()) {
        fs::write(folder.path().join("Dockerfile.dockerignore"), ignore).unwrap();
    }
    let context = context.unwrap_or(folder.path());
    let args = ["build", "-q", "--network=host", "-t", tag, "-f", file.to_str().unwrap(), context.to_str().unwrap()];
    docker(&args).map(|_| ())
}

/// `dfopt verify` of what is in a folder, without measuring.
pub fn verify(folder: &Path, args: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dfopt"));
    // logs of failed builds are kept
    command.arg("verify").stdin(Stdio::null()).current_dir(folder).env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
    command.args(["--network", "host", "--no-rebuild"]).args(args).output().unwrap()
}

/// What a program said, and its exit code.
pub fn said(out: &Output) -> (i32, String) {
    let text = [&out.stdout[..], &out.stderr[..]].concat();
    (out.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}
