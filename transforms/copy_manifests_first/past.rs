//! What the check lets a COPY move past. Less than `run.rs` asks of a command, which looks at its arguments, too.

use crate::knowledge::commands::{self, Trait};
use crate::knowledge::manifests;

/// Whether a program installs what manifests name, or has nothing to do with the files of the project.
pub fn installs_or_does_no_harm(program: &str, operands: &[&str]) -> bool {
    let verb = operands.first().copied();
    match (program, verb) {
        (name, _) if manifests::list("harmless").contains(&name) => true,
        ("cd" | "set" | "mkdir" | "rm" | "rmdir" | "chmod" | "chown" | "touch" | "venv" | "virtualenv", _) => true,
        ("corepack", Some("enable" | "disable" | "prepare")) | ("git", Some("config")) => true,
        ("gem", Some("install" | "update")) => true,
        ("node" | "nodejs" | "ruby" | "java" | "php" | "perl" | "python" | "python3", None) => true,
        ("dpkg" | "rpm" | "gdebi", _) => false,
        (name, _) if commands::is(name, Trait::SystemPackages) => true,
        _ => manages(program, verb, operands),
    }
}

/// Whether a file of this name may be one that an install reads: a manifest, or what a manifest includes.
pub fn may_be_read(name: &str) -> bool {
    let included =
        [".txt", ".in", ".toml", ".lock", ".props", ".targets", ".config", ".json", ".yaml", ".yml", ".cfg", ".ini"];
    manifests::is_manifest(name) || name.starts_with('.') || included.iter().any(|end| name.ends_with(end))
}

fn manages(program: &str, verb: Option<&str>, operands: &[&str]) -> bool {
    let Some(ecosystem) = manifests::of_program(program) else { return false };
    let Some(verb) = verb else { return true };
    match ecosystem.name {
        "maven" => operands.iter().all(|goal| ecosystem.has("installs", goal)),
        "uv" if verb == "pip" => operands.get(1) == Some(&"install"),
        "bundler" if verb == "config" => true,
        "npm" | "pnpm" | "bun" | "yarn" if ["add", "update", "uninstall", "global"].contains(&verb) => true,
        _ => ecosystem.has("installs", verb) || ecosystem.has("harmless", verb),
    }
}
