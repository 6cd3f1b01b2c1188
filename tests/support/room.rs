//! A folder to run the program in, from outside.
#![allow(dead_code, clippy::unwrap_used)]

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// Something that merge-runs alone has to do with.
pub const MERGEABLE: &str = "FROM debian:12-slim\nRUN echo one\nRUN echo two\nUSER 1000\n";
pub const DONE: &str = "FROM debian:12\nRUN make\nUSER 1000\n";

/// A folder with files in it, to run the program in.
pub struct Room(TempDir);

impl Room {
    pub fn new(files: &[(&str, &str)]) -> Room {
        let room = Room(TempDir::new().unwrap());
        for (name, text) in files {
            room.write(name, text.as_bytes());
        }
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("dfopt").unwrap();
        command.current_dir(self.0.path()).args(args);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub fn filter(&self, args: &[&str], input: &[u8]) -> Output {
        self.command(args).write_stdin(input).output().unwrap()
    }

    /// Runs another program here, and gives what it said where it failed.
    pub fn tool(&self, program: &str, args: &[&str], input: &[u8]) -> Result<(), String> {
        let out = Command::new(program).current_dir(self.0.path()).args(args).write_stdin(input).output().unwrap();
        match out.status.success() {
            true => Ok(()),
            false => Err(format!("{}{}", stdout(&out), stderr(&out))),
        }
    }
}

pub fn code(out: &Output) -> i32 {
    out.status.code().unwrap()
}

pub fn stdout(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned()
}

pub fn stderr(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// Everything that was said, for a snapshot.
pub fn said(out: &Output) -> String {
    format!("exit code: {}\n----- stdout -----\n{}----- stderr -----\n{}", code(out), stdout(out), stderr(out))
}

pub fn snapshot(name: &str, out: &Output) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/cli"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, said(out)));
}
