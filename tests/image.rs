//! The image of dfopt itself: its Dockerfiles give dfopt nothing to do, and what they make works. The program is compiled
//! elsewhere: a folder stands in for the stage that does it, which takes minutes.
#![allow(clippy::unwrap_used)]

#[path = "support/images.rs"]
mod images;
#[path = "support/room.rs"]
mod room;
#[path = "support/tools.rs"]
mod tools;

use dfopt::context::Folder;
use dfopt::engine::{Level, Options};
use dfopt::text::Source;
use images::{docker, engine};
use room::{MERGEABLE, Room};
use std::fs;
use std::path::Path;
use std::process::Command;
use tools::{output, root, run, skipped};

const FILES: [&str; 2] = ["packaging/docker/Dockerfile", "packaging/docker/shell.Dockerfile"];

#[test]
fn dfopt_has_nothing_to_say_of_its_own_dockerfiles() {
    for file in FILES.map(|file| root().join(file)) {
        let source = Source::from_bytes(&fs::read(&file).unwrap()).unwrap();
        let context = Folder::new(&root(), Some(&file));
        let options = Options { level: Level::Aggressive, ..Options::default() };
        let outcome = dfopt::optimize(&source, &options, &context);
        assert_eq!(outcome.text, source.text(), "{}", file.display());
        let quiet = outcome.errors.is_empty() && outcome.advice.is_empty() && outcome.offered.is_empty();
        assert!(quiet, "{}: {:?} {:?} {:?}", file.display(), outcome.errors, outcome.advice, outcome.offered);
    }
}

/// Copies a file into a tree, at its own path.
fn copy(file: &str, tree: &Path) {
    let place = tree.join(file.trim_start_matches('/'));
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::copy(file, place).unwrap();
}

/// What the stage `build` leaves, with the program of this test run and the libraries that it needs, since it is not static.
fn built(tree: &Path) {
    let program = env!("CARGO_BIN_EXE_dfopt");
    let place = tree.join("usr/bin/dfopt");
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::copy(program, &place).unwrap();
    let _ = Command::new("strip").arg(&place).status();
    let libraries = run(Command::new("ldd").arg(program));
    libraries.split_whitespace().filter(|word| word.starts_with('/')).for_each(|file| copy(file, tree));
}

#[cfg(target_os = "linux")]
#[test]
fn the_image_checks_and_writes() {
    if !engine("debian:12") {
        return skipped("no container engine with `debian:12` (set DOCKER_HOST)");
    }
    if docker(&["buildx", "version"]).is_none() {
        return skipped("the engine's command line has no buildx");
    }
    let room = Room::new(&[("project/Dockerfile", MERGEABLE)]);
    built(&room.path("stage/out"));
    let (tag, shell) = ("dfopt-test-image:plain", "dfopt-test-image:shell");
    let stage = format!("build={}", room.path("stage").display());
    build(&[
        FILES[0],
        "-t",
        tag,
        "--build-context",
        &stage,
        "--build-context",
        "rust:1.95-slim-bookworm=docker-image://debian:12",
    ]);
    let program = format!("dfopt=docker-image://{tag}");
    build(&[
        FILES[1],
        "-t",
        shell,
        "--build-context",
        &program,
        "--build-context",
        "busybox:1.37-musl=docker-image://debian:12",
    ]);
    let (mount, me) = (format!("{}:/work", room.path("project").display()), run(Command::new("id").arg("-u")));
    open(&room.path(""));
    open(&room.path("project"));
    let run =
        |args: &[&str]| output(Command::new("docker").args(["run", "--rm", "--network=none", "-v", &mount]).args(args));
    let checked = run(&[tag, "--check"]);
    assert_eq!((checked.status.code(), &checked.stdout[..]), (Some(1), &b"Dockerfile\n"[..]), "{checked:?}");
    let told = run(&[shell, "sh", "-c", "dfopt --check || echo it would change; id -u"]);
    assert_eq!(String::from_utf8_lossy(&told.stdout), "Dockerfile\nit would change\n65532\n", "{told:?}");
    assert_eq!(room.read("project/Dockerfile"), MERGEABLE.as_bytes());
    let written = run(&["--user", me.trim(), tag, "--write"]);
    assert!(written.status.success(), "{written:?}");
    assert!(room.read("project/Dockerfile").ends_with(b"RUN echo one \\\n    && echo two\nUSER 1000\n"));
    let config = docker(&["image", "inspect", "--format", "{{.Config.User}} {{.Config.Labels}}", tag]).unwrap();
    assert!(config.starts_with("65532:65532 map[org.opencontainers.image.description:"), "{config}");
    docker(&["image", "rm", tag, shell]).unwrap();
}

/// Lets every user in.
#[cfg(target_os = "linux")]
fn open(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(target_os = "linux")]
#[track_caller]
fn build(args: &[&str]) {
    let mut command = Command::new("docker");
    run(command.current_dir(root()).args(["build", "-q", "--network=host", "-f"]).args(args).arg("."));
}
