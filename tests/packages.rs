//! The packages that a release is made of, built by their scripts from the program of this test run, installed, and tried: the
//! wheel, the npm packages, the archives, the crate. What a machine has no tools for is skipped, and says so.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/tools.rs"]
mod tools;

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tools::{names, output, root, run, script, skipped, there};

const DFOPT: &str = env!("CARGO_BIN_EXE_dfopt");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// An empty folder, for one test.
fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages").join(name);
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).unwrap();
    room
}

/// Where cargo puts what it builds, and whether this run is one for debugging.
fn target() -> (PathBuf, bool) {
    let profile = Path::new(DFOPT).parent().unwrap();
    (profile.parent().unwrap().to_owned(), profile.ends_with("debug"))
}

/// The program, without what only debuggers read, which makes packages small.
fn program(file: &Path) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::copy(DFOPT, file).unwrap();
    // where it is missing, the packages are larger
    let _ = Command::new("strip").arg(file).stderr(Stdio::null()).status();
}

/// Whether a command is a dfopt that works.
#[track_caller]
fn try_out(command: &[&Path]) {
    run(script("packaging/try.sh").args(command));
}

#[test]
fn the_wheel_installs_and_works() {
    if !there(&["maturin", "python3"]) {
        return;
    }
    let (room, (target, debug)) = (room("wheel"), target());
    let (wheels, venv) = (room.join("wheels"), room.join("venv"));
    let mut build = script("packaging/pypi/build.sh");
    run(build.args(debug.then_some("--debug")).arg(&wheels).env("CARGO_TARGET_DIR", target));
    let built = names(&wheels);
    assert!(matches!(&built[..], [one] if one.starts_with(&format!("dfopt-{VERSION}-py3-none-"))), "{built:?}");
    if !output(Command::new("python3").args(["-m", "venv"]).arg(&venv)).status.success() {
        return skipped("python3 makes no virtual environments; install python3-venv");
    }
    let pip = ["-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check"];
    run(Command::new(venv.join("bin/python")).args(pip).arg(wheels.join(&built[0])));
    try_out(&[&venv.join("bin/dfopt")]);
    shared(&venv.join("share"));
    let find = run(Command::new("find").arg(&venv).args(["-path", "*/dfopt-*.dist-info/*", "-type", "f"]));
    for file in ["/licenses/LICENSE", "/licenses/LICENSE-APACHE"] {
        assert!(find.lines().any(|line| line.ends_with(file)), "{file} is not in\n{find}");
    }
    let metadata = fs::read_to_string(find.lines().find(|line| line.ends_with("/METADATA")).unwrap()).unwrap();
    for line in ["License-Expression: MIT OR Apache-2.0", "Requires-Python: >=3.8", "# dfopt"] {
        assert!(metadata.lines().any(|other| other == line), "{metadata}");
    }
}

/// What goes beside the program, in its places.
#[track_caller]
fn shared(share: &Path) {
    let page = fs::read_to_string(share.join("man/man1/dfopt.1")).unwrap();
    assert!(page.contains(".TH dfopt 1") && share.join("man/man1/dfopt-verify.1").is_file(), "{page}");
    let places =
        ["bash-completion/completions/dfopt", "zsh/site-functions/_dfopt", "fish/vendor_completions.d/dfopt.fish"];
    for place in places.iter().chain(&["dfopt/dfopt.ps1", "dfopt/dfopt.elv"]) {
        let text = fs::read_to_string(share.join(place)).unwrap();
        assert!(text.contains("level"), "{place} completes nothing");
    }
}

/// The targets that the release workflow builds for.
fn targets() -> Vec<String> {
    let workflow = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    let rows = workflow.split("{ target: ").skip(1);
    rows.map(|row| row.split(',').next().unwrap().to_owned()).collect()
}

/// A program for each target: this one for Linux on this processor, something else for the others.
fn programs(folder: &Path) {
    for target in targets() {
        let file = folder.join(&target).join(if target.contains("windows") { "dfopt.exe" } else { "dfopt" });
        if target.starts_with(std::env::consts::ARCH) && target.contains("linux") {
            program(&file);
        } else {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "no program for this machine\n").unwrap();
        }
    }
}

#[test]
fn a_release_is_packed_installed_and_tried() {
    if !there(&["node", "npm", "zip", "python3"]) {
        return;
    }
    let room = room("release");
    let (share, all, dist) = (room.join("share"), room.join("programs"), room.join("dist"));
    programs(&all);
    run(script("packaging/share.sh").args([&share, Path::new(DFOPT)]));
    run(script("packaging/pack.sh").args([&all, &share, &dist]));
    archives(&room, &all, &share, &dist.join("release"));
    let tarballs = names(&dist.join("npm"));
    assert_eq!(tarballs.len(), 6, "{tarballs:?}");
    npm(&room, &dist.join("npm"));
    // what is not whole is not packed
    fs::remove_dir_all(all.join("aarch64-apple-darwin")).unwrap();
    let out = output(script("packaging/pack.sh").args([&all, &share, &room.join("half")]));
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success() && said.contains("there is no") && said.contains("aarch64-apple-darwin"), "{said}");
    fs::remove_dir_all(&room).unwrap();
}

fn archives(room: &Path, programs: &Path, share: &Path, archives: &Path) {
    let mut wanted: Vec<String> = targets().iter().map(|target| file_name(target)).collect();
    wanted.sort();
    assert_eq!(names(archives), wanted);
    let target = targets().into_iter().find(|target| target.starts_with(std::env::consts::ARCH)).unwrap();
    let archive = archives.join(file_name(&target));
    run(Command::new("tar").arg("-C").arg(room).arg("-xzf").arg(&archive));
    let folder = room.join(format!("dfopt-{VERSION}-{target}"));
    let inside = ["CHANGELOG.md", "LICENSE", "LICENSE-APACHE", "README.md", "dfopt", "share"];
    assert_eq!(names(&folder), inside);
    try_out(&[&folder.join("dfopt")]);
    shared(&folder.join("share"));
    // the same bytes, whenever it is packed
    let again = room.join("again");
    run(script("packaging/archive.sh").arg(&target).args([&programs.join(&target).join("dfopt"), share, &again]));
    assert!(fs::read(&archive).unwrap() == fs::read(again.join(file_name(&target))).unwrap());
    let windows = archives.join(file_name("x86_64-pc-windows-msvc"));
    let inside = run(Command::new("python3").args(["-m", "zipfile", "-l"]).arg(windows));
    assert!(inside.contains("-x86_64-pc-windows-msvc/dfopt.exe ") && inside.contains("/LICENSE "), "{inside}");
}

fn file_name(target: &str) -> String {
    let ending = if target.contains("windows") { "zip" } else { "tar.gz" };
    format!("dfopt-{VERSION}-{target}.{ending}")
}

/// A registry with the packages in it, for as long as this is held.
struct Registry(Child, String);

impl Registry {
    fn serve(tarballs: &Path) -> Registry {
        let mut command = Command::new("node");
        command.arg(root().join("tests/packages/registry.mjs")).arg(tarballs);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Registry(child, address.trim_end().to_owned())
    }

    /// npm in a folder, with this registry alone and nothing of this machine's settings.
    fn npm(&self, folder: &Path, words: &[&str]) -> Command {
        fs::create_dir_all(folder).unwrap();
        let mut command = Command::new("npm");
        command.current_dir(folder).args(["--registry", &self.1]).arg("--cache").arg(folder.join("cache"));
        command.args(["--no-audit", "--no-fund", "--userconfig", "/dev/null"]).env("NO_PROXY", "127.0.0.1");
        command.args(words);
        command
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn npm(room: &Path, tarballs: &Path) {
    let registry = Registry::serve(tarballs);
    let project = room.join("project");
    fs::create_dir_all(&project).unwrap();
    fs::write(project.join("package.json"), "{ \"private\": true }\n").unwrap();
    run(&mut registry.npm(&project, &["install", "dfopt"]));
    let modules = project.join("node_modules");
    let platform = run(Command::new("node").args(["-p", "process.platform + '-' + process.arch"]));
    assert_eq!(names(&modules.join("@dfopt")), [platform.trim_end()], "only what fits is installed");
    let program = modules.join(".bin/dfopt");
    try_out(&[&program]);
    launcher(&program);
    let package: Value = serde_json::from_slice(&fs::read(modules.join("dfopt/package.json")).unwrap()).unwrap();
    assert!(package["man"].as_array().unwrap().iter().any(|page| page == "./man/dfopt.1"), "{package}");
    for file in ["man/dfopt.1", "completions/_dfopt", "LICENSE", "LICENSE-APACHE", "README.md"] {
        assert!(modules.join("dfopt").join(file).is_file(), "{file}");
    }
    // without an installation, as `npx` does it
    let said = run(&mut registry.npm(&room.join("empty"), &["exec", "--yes", "dfopt", "--", "--version"]));
    assert_eq!(said, format!("dfopt {VERSION}\n"));
    // for all projects, with the manual pages
    run(registry.npm(&room.join("global"), &["install", "--global", "dfopt"]).arg("--prefix").arg(room.join("prefix")));
    try_out(&[&room.join("prefix/bin/dfopt")]);
    assert!(room.join("prefix/share/man/man1/dfopt.1").is_file(), "`man dfopt`");
    fs::remove_dir_all(modules.join("@dfopt")).unwrap();
    let out = output(&mut Command::new(&program));
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: the package `@dfopt/") && said.contains("--omit=optional"), "{said}");
}

/// The launcher ends as the program does, passes on signals, and is not in the way of the streams.
fn launcher(program: &Path) {
    assert_eq!(output(Command::new(program).arg("--nonsense")).status.code(), Some(2));
    let text = format!("FROM debian:12\n{}USER 1000\n", "# a long file\n".repeat(100_000));
    let mut child = Command::new(program)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn({
        let text = text.clone();
        move || input.write_all(text.as_bytes()).unwrap()
    });
    let out = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(out.status.success() && out.stdout == text.as_bytes(), "{} bytes", out.stdout.len());

    let mut server = Command::new(program).arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
    let mut input = server.stdin.take().unwrap();
    write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = server.stdout.take().unwrap();
    answer.read_exact(&mut [0; 16]).unwrap();
    run(Command::new("kill").args(["-TERM", &server.id().to_string()]));
    // this ends when nobody holds the stream any more, the program neither
    answer.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(server.wait().unwrap().signal(), Some(15));
}

#[test]
fn the_crate_holds_what_is_needed_and_no_more() {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let list = run(Command::new(cargo).args(["package", "--list", "--allow-dirty"]).current_dir(root()));
    let files: Vec<&str> = list.lines().collect();
    for needed in
        ["Cargo.lock", "LICENSE", "LICENSE-APACHE", "README.md", "CHANGELOG.md", "src/main.rs", "transforms/mod.rs"]
    {
        assert!(files.contains(&needed), "{needed} is missing");
    }
    let mut open = vec![root().join("src"), root().join("transforms")];
    while let Some(folder) = open.pop() {
        for path in names(&folder).iter().map(|name| folder.join(name)) {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
            if path.is_dir() {
                open.extend((!name.ends_with("/cases")).then(|| path.clone()));
            } else {
                assert!(files.contains(&name), "{name} is missing");
            }
        }
    }
    let beside = ["Cargo.toml", "Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json"];
    let known = ["src/", "build/", "transforms/", "examples/", "docs/", "LICENSE", "README.md", "CHANGELOG.md"];
    for file in files.iter().filter(|file| !beside.contains(file)) {
        assert!(known.iter().any(|start| file.starts_with(start)), "{file} is not needed");
        assert!(
            !file.contains("/cases/") && !file.ends_with(".svg") && !file.ends_with(".json"),
            "{file} is not needed"
        );
    }
}
