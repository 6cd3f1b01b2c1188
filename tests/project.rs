//! How the project says its files are built, as the command line tells it and acts on it.
#![allow(clippy::unwrap_used)]

#[path = "support/room.rs"]
mod room;

use room::{Room, code, stderr, stdout};
use serde_json::{Value, json};
use std::fs;

/// A project with files in it, a repository of its own.
fn project(files: &[(&str, &str)]) -> Room {
    Room::new(&[files, &[(".git/HEAD", "")]].concat())
}

/// What a run says, to standard output and to standard error, and its exit code.
fn run(room: &Room, args: &[&str]) -> (String, String, i32) {
    let out = room.run(args);
    (stdout(&out), stderr(&out), code(&out))
}

const TWO_RUNS: &str = "FROM debian:12\nCOPY app/x /x\nRUN echo a\nRUN echo b\n";
const COMPOSE: &str = "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/web\n      target: last\n      args:\n        - \
                       TAG=12\n        - WHO\n  other:\n    build: app\n";

fn monorepo() -> Room {
    let web = format!("ARG TAG=11\n{}", TWO_RUNS.replacen("debian:12", "debian:$TAG AS last", 1));
    project(&[("compose.yaml", COMPOSE), ("docker/web", &web), ("app/x", ""), ("app/Dockerfile", "FROM debian:12\n")])
}

#[test]
fn the_report_names_the_context_and_who_says_so() {
    let room = monorepo();
    let (text, errors, code) = run(&room, &["docker/web"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let head = "docker/web\n  build context `.`, stage `last` (compose.yaml:3)\n  merge-runs (safe) line 4: ";
    assert!(text.starts_with(head), "{text}");
    let (text, ..) = run(&room, &["--context", "app", "docker/web"]);
    let head = "docker/web\n  stage `last` (compose.yaml:3)\n  merge-runs";
    assert!(text.starts_with(head), "who names the context knows it: {text}");
}

#[test]
fn what_is_in_force_is_shown() {
    let room = monorepo();
    let (text, ..) = run(&room, &["config", "docker/web"]);
    let said = |line: &str| {
        text.lines().any(|one| one.split("  #").next().unwrap().trim_end() == line && one.ends_with("# compose.yaml:3"))
    };
    for line in [
        "# build context: `.`",
        "# built: stage `last`",
        "# build argument TAG: \"12\"",
        "# build argument WHO: not known",
    ] {
        assert!(said(line), "{line} in\n{text}");
    }
    let (text, ..) = run(&room, &["config", "--context", "app", "docker/web"]);
    assert!(
        text.lines().any(|line| line.starts_with("# build context: `app`") && line.ends_with("# --context")),
        "{text}"
    );
}

#[test]
fn files_that_only_the_project_names_are_found_and_a_compose_file_stands_for_them() {
    let room = monorepo();
    let (text, ..) = run(&room, &["--check"]);
    assert_eq!(text, "docker/web\n");
    let (text, errors, code) = run(&room, &["--check", "compose.yaml"]);
    assert_eq!((text.as_str(), errors.as_str(), code), ("docker/web\n", "", 1));
    let out = room.command(&["--check", "../compose.yaml"]).current_dir(room.path("docker")).output().unwrap();
    assert_eq!(
        (stdout(&out).as_str(), out.status.code()),
        (
            "web
",
            Some(1)
        )
    );
    fs::remove_file(room.path("app/Dockerfile")).unwrap();
    let (_, errors, code) = run(&room, &["compose.yaml"]);
    assert_eq!(code, 2);
    assert!(errors.contains("compose.yaml: error: line 11 builds `app/Dockerfile`: no such file"), "{errors}");
}

#[test]
fn a_file_that_is_not_there_speaks_against_the_directory_of_the_dockerfile() {
    let room = project(&[("docker/Dockerfile", TWO_RUNS), ("app/x", "")]);
    let (text, ..) = run(&room, &[]);
    let wanted = "docker/Dockerfile\n  note: line 2: `app/x` is not in the directory of the file, which is taken for the build context; name \
                  the right one with `--context DIR`\n  merge-runs";
    assert!(text.starts_with(wanted), "{text}");
    let (text, ..) = run(&room, &["--context", ".", "docker/Dockerfile"]);
    assert!(text.starts_with("docker/Dockerfile\n  merge-runs"), "{text}");
    let chown = "FROM debian:12\nCOPY y /y\nRUN chown 1:1 /y\nCOPY app/x /x\n";
    let room = project(&[("docker/Dockerfile", chown), ("docker/y", "")]);
    let (text, ..) = run(&room, &["--why"]);
    let wanted =
        "copy-chown: context-differs: `app/x` is not in the directory of the file, so that is not the build context";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn standard_input_is_a_file_of_the_project_if_it_has_the_name_of_one() {
    let room = project(&[
        ("compose.yaml", "services:\n  a:\n    build:\n      context: .\n      args: {TAG: '8'}\n"),
        ("Dockerfile", ""),
    ]);
    let text = "ARG TAG=12\nFROM debian:$TAG\n";
    let advice = |args: &[&str]| {
        let out = room.filter(&[args, &["--format", "json", "-"]].concat(), text.as_bytes());
        stdout(&out).contains("end-of-life-base")
    };
    assert!(advice(&["--stdin-filename", "Dockerfile"]) && !advice(&[]) && !advice(&["--stdin-filename", "other"]));
}

#[test]
fn a_report_for_programs_names_what_the_project_says() {
    let room = monorepo();
    let (text, ..) = run(&room, &["--format", "json", "docker/web"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    let build = &report["files"][0]["build"];
    let wanted = json!({ "contexts": ["."], "targets": ["last"], "by": [{ "file": "compose.yaml", "line": 3 }] });
    assert_eq!(build, &wanted);
    let (text, ..) = run(&room, &["--format", "json", "--context", ".", "app/Dockerfile"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["files"][0]["build"]["contexts"], json!(["."]));
}

#[test]
fn a_bake_file_stands_for_what_it_builds_and_several_contexts_are_told() {
    let room = project(&[
        ("docker-bake.hcl", "target \"a\" { dockerfile = \"docker/web\" }\n"),
        (".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - run: docker build -f docker/web docker\n"),
        ("docker/web", TWO_RUNS),
    ]);
    let (text, errors, code) = run(&room, &["docker-bake.hcl"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let head = "docker/web\n  build context `.` and `docker` (docker-bake.hcl:1, .github/workflows/ci.yml:4)\n";
    assert!(text.starts_with(head), "{text}");
    let (text, ..) = run(&room, &["--check"]);
    assert_eq!(text, "docker/web\n");
}
