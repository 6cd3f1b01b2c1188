//! What CI runs: the hooks, the action's steps and GitLab's job do with the program what they promise.
#![allow(clippy::unwrap_used)]

#[path = "support/room.rs"]
mod room;
#[path = "support/tools.rs"]
mod tools;

use room::{DONE, MERGEABLE, Room, code, stderr, stdout};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tools::{output, root, there};

/// The values of a key in a YAML file, one a line.
fn values(file: &str, key: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let lines = text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(&format!("{key}: ")));
    lines.map(str::to_owned).collect()
}

#[test]
fn hooks_do_what_they_say() {
    let entries = values(".pre-commit-hooks.yaml", "entry");
    let ids = values(".pre-commit-hooks.yaml", "id");
    assert_eq!(ids, ["dfopt", "dfopt-check"]);
    for (entry, wanted) in entries.iter().zip([0, 1]) {
        let room = Room::new(&[("Dockerfile", MERGEABLE)]);
        let args: Vec<&str> = entry.strip_prefix("dfopt ").unwrap().split(' ').chain(["Dockerfile"]).collect();
        let out = room.run(&args);
        assert_eq!(code(&out), wanted, "{entry}: {}", stderr(&out));
        assert_eq!(room.read("Dockerfile") == MERGEABLE.as_bytes(), wanted == 1, "{entry}");
    }
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    assert!(ids.iter().all(|id| page.contains(id.as_str())));
}

/// The hooks as those of the repository itself, run by the real program: so that it need not build dfopt first.
#[cfg(unix)]
#[test]
fn pre_commit_runs_the_hooks() {
    if !there(&["pre-commit", "git"]) {
        return;
    }
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: String = hooks.lines().map(|line| format!("    {line}\n")).collect();
    let config = format!("repos:\n- repo: local\n  hooks:\n{}", hooks.replace("language: rust", "language: system"));
    let names =
        ["a/Dockerfile", "Dockerfile.prod", "web.Dockerfile", "Containerfile", "notes.txt", "Dockerfile.dockerignore"];
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, MERGEABLE)).collect();
    let room = Room::new(&files);
    room.write(".pre-commit-config.yaml", config.as_bytes());
    assert_eq!(code(&shell(&room, "git init -q && git add -A", &[])), 0);
    let pre_commit = |hook: &str| {
        let line = format!("pre-commit run --all-files --verbose {hook}");
        shell(&room, &line, &[("PRE_COMMIT_HOME", room.path("cache").to_str().unwrap())])
    };
    let out = pre_commit("dfopt-check");
    let said = stdout(&out);
    assert_eq!(code(&out), 1, "{said}{}", stderr(&out));
    for name in &names[..4] {
        assert!(said.contains(&format!("--- a/{name}\n")), "{name} is not in\n{said}");
        assert_eq!(room.read(name), MERGEABLE.as_bytes());
    }
    let out = pre_commit("dfopt");
    assert!(code(&out) == 1 && stdout(&out).contains("files were modified by this hook"), "{}", stdout(&out));
    let changed = output(Command::new("git").args(["diff", "--name-only"]).current_dir(room.path("")));
    assert_eq!(stdout(&changed), "Containerfile\nDockerfile.prod\na/Dockerfile\nweb.Dockerfile\n");
    for hook in ["dfopt", "dfopt-check"] {
        let out = pre_commit(hook);
        assert_eq!(code(&out), 0, "{}", stdout(&out));
    }
}

/// Runs a shell line or script in a room, with the program in the path.
#[cfg(unix)]
fn shell(room: &Room, script: &str, env: &[(&str, &str)]) -> Output {
    let program = assert_cmd::cargo::cargo_bin("dfopt");
    let tools = format!("{}:{}", room.path("tools").display(), program.parent().unwrap().display());
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command.args(["-c", script]).current_dir(room.path("")).env("PATH", path).env("RUNNER_TEMP", room.path("temp"));
    command.env("GITHUB_OUTPUT", room.path("temp/output")).envs(env.iter().copied()).output().unwrap()
}

#[cfg(unix)]
fn action(room: &Room, step: &str, env: &[(&str, &str)]) -> Output {
    let script = root().join(".ci/action.sh");
    shell(room, &format!("'{}' {step}", script.display()), env)
}

#[cfg(unix)]
#[test]
fn the_action_reports_and_judges() {
    let room = Room::new(&[("a b/Dockerfile", MERGEABLE), ("done/Dockerfile", DONE), ("temp/output", "")]);
    let paths = ("DFOPT_PATHS", "a b\n\ndone\n");
    let out = action(&room, "report", &[paths, ("DFOPT_FORMAT", "github"), ("DFOPT_ARGS", "--level=safe\n--why")]);
    assert_eq!(code(&out), 0, "{}", stderr(&out));
    assert!(stdout(&out).starts_with("::warning file=a b/Dockerfile,line=2,"), "{}", stdout(&out));
    assert_eq!(room.read("temp/output"), b"code=1\nchanged=true\n");
    room.write("temp/output", b"");
    let out = action(&room, "report", &[("DFOPT_PATHS", "done"), ("DFOPT_FORMAT", "sarif")]);
    assert_eq!((code(&out), stdout(&out)), (0, String::new()), "{}", stderr(&out));
    assert!(String::from_utf8(room.read("temp/output")).unwrap().ends_with("dfopt.sarif\ncode=0\nchanged=false\n"));
    assert!(room.read("temp/dfopt.sarif").starts_with(b"{\"$schema\""));
    assert_eq!(code(&action(&room, "report", &[("DFOPT_FORMAT", "xml")])), 2);
    for (found, fail, wanted) in [("0", "true", 0), ("1", "false", 0), ("1", "true", 1), ("2", "false", 2)] {
        let out = action(&room, "verdict", &[("DFOPT_CODE", found), ("DFOPT_FAIL", fail)]);
        assert_eq!(code(&out), wanted, "{found} {fail}");
    }
}

#[cfg(unix)]
#[test]
fn the_action_keeps_one_comment() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new(&[("Dockerfile", MERGEABLE), ("temp/x", "")]);
    let gh = "#!/bin/sh\ncase \"$*\" in *--paginate*) cat old 2>/dev/null; exit 0;; esac\n\
              for word; do case $word in body=@*) cp \"${word#body=@}\" body;; esac; done\n\
              echo \"$*\" > asked; test ! -e forbidden\n";
    room.write("tools/gh", gh.as_bytes());
    fs::set_permissions(room.path("tools/gh"), fs::Permissions::from_mode(0o755)).unwrap();
    let env = [("GITHUB_REPOSITORY", "me/it"), ("DFOPT_PULL", "7"), ("DFOPT_PATHS", ".")];
    let asked = |room: &Room| String::from_utf8(room.read("asked")).unwrap();
    assert_eq!(code(&action(&room, "comment", &env)), 0);
    assert!(asked(&room).contains("repos/me/it/issues/7/comments"), "{}", asked(&room));
    let body = String::from_utf8(room.read("body")).unwrap();
    assert!(body.starts_with("<!-- dfopt -->\n") && body.contains("```diff\n"), "{body}");
    room.write("old", b"42\n");
    assert_eq!(code(&action(&room, "comment", &env)), 0);
    assert!(asked(&room).contains("--method PATCH repos/me/it/issues/comments/42"), "{}", asked(&room));
    room.write("forbidden", b"");
    let out = action(&room, "comment", &env);
    assert!(code(&out) == 0 && stdout(&out).starts_with("::warning::"), "{}", stdout(&out));
}

#[test]
fn the_action_passes_its_inputs_as_variables() {
    let text = fs::read_to_string(root().join("action.yml")).unwrap();
    for run in values("action.yml", "run") {
        assert!(!run.contains("${{"), "{run}");
        let step = run.trim_end_matches('\'').rsplit(' ').next().unwrap().to_owned();
        let script = fs::read_to_string(root().join(".ci/action.sh")).unwrap();
        assert!(script.contains(&format!("\n{step}() {{")), "{step}");
    }
    assert!(text.contains("using: composite"));
}

#[cfg(unix)]
#[test]
fn the_job_of_gitlab_reports() {
    let line = values("docs/ci/gitlab.yml", "dfopt").into_iter().next();
    assert_eq!(line, None, "the job is a table");
    let text = fs::read_to_string(root().join("docs/ci/gitlab.yml")).unwrap();
    let line = text.lines().find_map(|line| line.trim().strip_prefix("- dfopt ")).unwrap();
    let room = Room::new(&[("Dockerfile", MERGEABLE)]);
    let run = || shell(&room, &format!("set -e; dfopt {line}"), &[("DFOPT_PATHS", ".")]);
    let out = run();
    assert_eq!(code(&out), 0, "{}", stderr(&out));
    let report: serde_json::Value = serde_json::from_slice(&room.read("gl-code-quality-report.json")).unwrap();
    assert_eq!(report[0]["location"]["path"], "Dockerfile");
    room.write("Dockerfile", b"FROB\n");
    assert_ne!(code(&run()), 0, "an error fails the job");
    assert!(Path::new(&room.path("gl-code-quality-report.json")).is_file());
}
