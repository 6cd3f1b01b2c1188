//! `dfopt verify` against a real engine, and by it the transforms: each rewrite that can be built here makes the image that it
//! should, each trap whose naive answer shows in an image is caught, and nothing is left behind, whenever it is stopped. Needs a
//! container engine with the image `debian:12` (a stand-in will do).
#![allow(clippy::unwrap_used)]

mod common;
#[path = "support/images.rs"]
mod images;

use common::{Case, Kind, cases, folders, root};
use dfopt::engine::{Level, Options};
use dfopt::text::Source;
use images::docker;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Whether there is an engine; says so where there is none.
fn engine() -> bool {
    images::engine("debian:12")
}

fn dfopt() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dfopt"));
    command.arg("verify").stdin(Stdio::null());
    command
}

/// A folder with files in it.
fn room(files: &[(&str, &str)]) -> TempDir {
    let room = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(room.path().join(name), text).unwrap();
    }
    room
}

/// Verifies what is in a folder, without measuring.
fn verify(folder: &Path, args: &[&str]) -> Output {
    images::verify(folder, &args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
}

fn code(out: &Output) -> i32 {
    images::said(out).0
}

fn said(out: &Output) -> String {
    images::said(out).1
}

fn check(out: &Output, wanted: i32, parts: &[&str]) {
    let said = said(out);
    assert_eq!(code(out), wanted, "{said}");
    parts.iter().for_each(|part| assert!(said.contains(part), "`{part}` is not in\n{said}"));
}

/// Does all of them, two at a time, and tells all that went wrong.
fn each<T: Sync>(items: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = check(item) {
                        // at once, too: the rest may take minutes
                        eprintln!("{why}");
                        failed.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), items.len(), failed.join("\n"));
}

fn exits(name: &str, out: &Output, wanted: i32) -> Result<(), String> {
    match code(out) == wanted {
        true => Ok(()),
        false => Err(format!("{name}: exit code {} instead of {wanted}\n{}", code(out), said(out))),
    }
}

/// A Dockerfile in a folder of its own, beside the ignore file of its context, and the arguments that name both.
fn staged(text: &[u8], context: Option<&Path>) -> (TempDir, Vec<String>) {
    let room = TempDir::new().unwrap();
    let file = room.path().join("Dockerfile");
    fs::write(&file, text).unwrap();
    let mut args = vec![file.to_str().unwrap().to_owned()];
    let folder = match context {
        Some(context) => {
            let ignore = context.join("Dockerfile.dockerignore");
            if ignore.is_file() {
                fs::copy(ignore, room.path().join("Dockerfile.dockerignore")).unwrap();
            }
            context.to_owned()
        }
        None => {
            let empty = room.path().join("empty");
            fs::create_dir(&empty).unwrap();
            args.push("--deny=context".to_owned());
            empty
        }
    };
    args.push(format!("--context={}", folder.display()));
    (room, args)
}

/// Base images that stand-ins can stand for, where the engine has them: those of Alpine and others have tools of their own.
const FAMILIES: &[&str] = &["buildpack-deps", "debian", "golang", "node", "php", "python", "ruby"];

/// The images of those families that the engine has.
fn bases() -> &'static HashSet<String> {
    static BASES: OnceLock<HashSet<String>> = OnceLock::new();
    BASES.get_or_init(|| {
        let all = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}"]).unwrap_or_default();
        let stands = |name: &&str| FAMILIES.iter().any(|family| name.starts_with(&format!("{family}:")));
        all.lines().filter(stands).filter(|name| !name.contains("alpine")).map(str::to_owned).collect()
    })
}

/// Whether a case can be built here: all bases are, and it fetches from no made-up host.
fn buildable(text: &str) -> bool {
    // those that do have a server of their own in tests/downloads.rs
    !text.contains("example.org") && has_bases(text)
}

fn has_bases(text: &str) -> bool {
    let froms = text.lines().filter(|line| line.to_uppercase().starts_with("FROM "));
    let mut names = froms.filter_map(|line| line.split_whitespace().skip(1).find(|word| !word.starts_with("--")));
    names.all(|name| ["base", "scratch"].iter().any(|known| name.starts_with(known)) || bases().contains(name))
}

// ---- the transforms

/// Verifies a rewriting, and tells whether there were images. Where the original does not build here, since its base has none of
/// the packages, the rewritten one must not build either.
fn same_or_neither(name: &str, texts: [&[u8]; 2], context: Option<&Path>, options: &[String]) -> Result<bool, String> {
    let [room, turned] = texts.map(|text| staged(text, context));
    compared(name, room, turned, options)
}

/// The same for a file that stands in a project, which says how it is built.
fn same_or_neither_in(name: &str, place: [&Path; 2], texts: [&[u8]; 2], options: &[String]) -> Result<bool, String> {
    let [project, file] = place;
    let [room, turned] = texts.map(|text| {
        let room = TempDir::new().unwrap();
        copy(project, room.path());
        fs::write(room.path().join(file), text).unwrap();
        (room, vec![file.to_str().unwrap().to_owned()])
    });
    compared(name, room, turned, options)
}

/// Copies what is in a folder.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&there).unwrap();
            copy(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}

/// A file in its room, and the arguments that name it.
type Staged = (TempDir, Vec<String>);

fn compared(name: &str, before: Staged, after: Staged, options: &[String]) -> Result<bool, String> {
    let (room, mut args) = before;
    args.extend_from_slice(options);
    let out = images::verify(room.path(), &args);
    if said(&out).contains("nothing would change") {
        return Err(format!("{name}: nothing was verified"));
    }
    if !said(&out).contains("the original file does not build") {
        return exits(name, &out, 0).map(|()| true);
    }
    let (turned, mut args) = after;
    args.push(format!("--against={}", room.path().join("Dockerfile").display()));
    exits(name, &images::verify(turned.path(), &args), 2).map(|()| false)
}

/// Leaves one of those cases of a transform that fetch packages, which takes most of the time: they differ in how the same
/// packages are written down. With `DFOPT_ALL_BUILDS` all are built.
fn few_that_fetch(cases: &mut Vec<&Case>) {
    if std::env::var_os("DFOPT_ALL_BUILDS").is_some() {
        return;
    }
    let mut fetched: BTreeMap<String, usize> = BTreeMap::new();
    cases.retain(|case| {
        let fetches = FETCHING.iter().any(|word| case.before.contains(word));
        let count = fetched.entry(case.id.clone()).or_default();
        *count += usize::from(fetches);
        !fetches || *count <= 1
    });
}

/// What fetches packages.
const FETCHING: &[&str] = &["apt-get update", "npm", "yarn", "pip", "gem ", "bundle", "composer", "go build", "go mod"];

#[test]
fn rewritten_cases_make_the_image_that_they_should() {
    if !engine() {
        return;
    }
    let all = cases(Kind::Rewrites);
    let (mut here, left): (Vec<_>, Vec<_>) = all.iter().partition(|case| buildable(&case.before));
    // that transform is for builds that end at a question
    here.retain(|case| case.id != "assume-yes");
    few_that_fetch(&mut here);
    let built = AtomicUsize::new(0);
    each(&here, |case| {
        let mut options = vec![format!("--only={}", case.id), "--level=aggressive".to_owned()];
        options.extend(case.options.iter().map(|(name, value)| format!("--set={}.{name}={value}", case.id)));
        let texts = [case.before.as_bytes(), case.after.as_bytes()];
        let name = case.path.display().to_string();
        let both = match &case.project {
            Some((folder, file)) => same_or_neither_in(&name, [folder.as_path(), Path::new(file)], texts, &options)?,
            None => same_or_neither(&name, texts, case.context.as_deref(), &options)?,
        };
        built.fetch_add(usize::from(both), Ordering::Relaxed);
        Ok(())
    });
    let built = built.into_inner();
    let left: Vec<_> = left.iter().map(|case| case.path.file_name().unwrap()).collect();
    println!("{built} of {} cases were built before and after; no base here for {left:?}", here.len());
    assert!(built > 40);
}

#[test]
fn rewritten_traps_make_the_same_image() {
    if !engine() {
        return;
    }
    let traps = common::traps();
    let rewritten = |folder: &PathBuf| {
        let before = String::from_utf8(fs::read(folder.join("Dockerfile")).ok()?).ok()?;
        let context = Some(folder.join("context")).filter(|context| context.is_dir());
        let view = common::view(context.as_deref());
        let options = Options { level: Level::Aggressive, ..Options::default() };
        let outcome = dfopt::optimize(&Source::new(before.as_str()), &options, &*view);
        // these install from the network, or packages that do not exist; the cases do the same
        let network = ["apt-get", "npm", "pip"].iter().any(|word| before.contains(word));
        let counts = outcome.text != before && buildable(&before) && !network;
        counts.then_some((folder.clone(), context, before, outcome.text))
    };
    let here: Vec<_> = folders(&traps).iter().filter_map(rewritten).collect();
    each(&here, |(folder, context, before, rewritten)| {
        let texts = [before.as_bytes(), rewritten.as_bytes()];
        let options = ["--level=aggressive".to_owned()];
        same_or_neither(&folder.display().to_string(), texts, context.as_deref(), &options).map(|_| ())
    });
    println!("{} rewritten traps were built before and after", here.len());
    assert!(here.len() > 5);
}

// ---- whole projects

/// A project of tests/projects, what is asked of its images, and what a rebuild after the edit of a source file runs before and
/// after.
struct Project {
    name: &'static str,
    smoke: &'static str,
    ran: (u64, u64),
    user: &'static str,
}

const PROJECTS: &[Project] = &[
    Project { name: "node-web", smoke: "http:18102/", ran: (2, 1), user: "1000:1000" },
    Project { name: "python-web", smoke: "http:18101/", ran: (3, 1), user: "10001:10001" },
    Project { name: "shell-tools", smoke: "pack", ran: (5, 4), user: "" },
];

fn project(project: &Project) -> Result<(), String> {
    let folder = root().join("tests/projects").join(project.name);
    let text = fs::read_to_string(folder.join("Dockerfile")).unwrap();
    if !has_bases(&text) {
        common::skipped(&format!("{}: its base image is not here", project.name));
        return Ok(());
    }
    let mut command = dfopt();
    command.current_dir(&folder).args(["--network=host", "--format=json", "--smoke", project.smoke]);
    let out = command.output().unwrap();
    exits(project.name, &out, 0)?;
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).map_err(|error| error.to_string())?;
    let file = &report["files"][0];
    let cost = &file["gain"]["rebuild"]["measured"]["cost"];
    let ran = (cost["before"]["ran"].as_u64().unwrap_or(99), cost["after"]["ran"].as_u64().unwrap_or(99));
    let differences = file["differences"].as_array().unwrap();
    let user =
        differences.iter().find(|one| one["place"] == "config User").map_or("", |one| one["after"].as_str().unwrap());
    let smoke = &file["smoke"];
    println!(
        "{}: {}, smoke {} and {}, rebuild {ran:?}",
        project.name, file["verdict"], smoke["before"], smoke["after"]
    );
    let fine = file["verdict"] == "intended" && smoke["same"] == true && ran == project.ran && user == project.user;
    if fine { Ok(()) } else { Err(format!("{}: user {user}, rebuild {ran:?}\n{}", project.name, said(&out))) }
}

#[test]
fn whole_projects_work_as_before() {
    if engine() {
        each(PROJECTS, project);
    }
}

// ---- verify itself

/// Naive answers whose difference is seen before the image, and not in it.
const NOT_IN_THE_IMAGE: &[&str] = &[
    // which files the source pattern names; there are none
    "038-copy-json-spaces",
    // what is cached
    "071-merge-across-arg-cache",
];

/// What verify must say of an answer to a trap, by what was seen of it when the traps were made.
fn demonstrated(demonstration: &str, answer: &str) -> Option<i32> {
    let original_fails = demonstration.contains("orig=FAIL");
    match answer {
        "naive" if demonstration.contains("naive DIFF") => Some(if original_fails { 2 } else { 1 }),
        "good" if demonstration.contains("good EQUAL") => Some(if original_fails { 2 } else { 0 }),
        _ => None,
    }
}

#[test]
fn naive_answers_are_caught_and_good_ones_are_not() {
    if !engine() {
        return;
    }
    let traps = common::traps();
    let table = fs::read_to_string(traps.join("traps.tsv")).unwrap();
    let mut answers = Vec::new();
    for row in table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>()) {
        let (id, demonstration) = (row[0], row.get(4).copied().unwrap_or_default());
        for name in ["naive", "good"] {
            let (folder, file) = (traps.join(id), traps.join(id).join(format!("{name}.Dockerfile")));
            let Some(wanted) = demonstrated(demonstration, name).filter(|_| file.is_file()) else { continue };
            let text = String::from_utf8_lossy(&fs::read(folder.join("Dockerfile")).unwrap()).into_owned();
            if buildable(&text) && !NOT_IN_THE_IMAGE.contains(&id) {
                answers.push((folder, file, wanted));
            }
        }
    }
    each(&answers, |(folder, file, wanted)| {
        let context = Some(folder.join("context")).filter(|context| context.is_dir());
        let (room, mut args) = staged(&fs::read(folder.join("Dockerfile")).unwrap(), context.as_deref());
        args.push(format!("--against={}", file.display()));
        let out = images::verify(room.path(), &args);
        exits(&file.display().to_string(), &out, *wanted)
    });
    let count = |code| answers.iter().filter(|(_, _, wanted)| *wanted == code).count();
    println!("{} were caught, {} were not, {} have an original that does not build", count(1), count(0), count(2));
    assert!(count(1) > 50 && count(0) > 5 && count(2) > 1);
}

const PLAIN: &str = "FROM debian:12\nRUN echo a > /a\nRUN echo b > /b\n";

#[test]
fn what_differs_by_itself_is_unstable() {
    if !engine() {
        return;
    }
    let text = "FROM debian:12\nRUN head -c 8 /dev/urandom > /random\nRUN echo b > /b\n";
    let room = room(&[("Dockerfile", text), ("other", &text.replace("echo b", "echo c"))]);
    let out = verify(room.path(), &[]);
    check(
        &out,
        0,
        &["but for 1 difference that builds", "unstable: /random: content", "built again without a cache, once"],
    );
    let out = verify(room.path(), &["Dockerfile", "--against", "other"]);
    check(&out, 1, &["1 unexpected difference", "unexpected: /b: content", "unstable: /random: content"]);
}

#[test]
fn own_rules_leave_out_what_they_say() {
    if !engine() {
        return;
    }
    let room =
        room(&[("Dockerfile", PLAIN), ("other", &PLAIN.replace("echo b", "echo c")), ("rules", "mine content /b")]);
    let out = verify(room.path(), &["Dockerfile", "--against", "other", "--noise", "rules"]);
    check(&out, 0, &["the same image", "by rule: mine 1"]);
}

#[test]
fn the_gain_is_measured_and_the_context_left_alone() {
    if !engine() {
        return;
    }
    let text = "FROM debian:12\nCOPY . /app\nRUN echo a > /a\nRUN echo b > /b\n";
    let room = room(&[("Dockerfile", text), ("app.py", "print(1)\n"), ("requirements.txt", "x\n")]);
    let out = dfopt().current_dir(room.path()).args(["--network=host", "--format=json"]).output().unwrap();
    assert_eq!(code(&out), 0, "{}", said(&out));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let gain = &report["files"][0]["gain"];
    let measured = &gain["rebuild"]["measured"];
    assert_eq!(measured["file"], "app.py", "{gain}");
    assert_eq!((&measured["cost"]["before"]["ran"], &measured["cost"]["after"]["ran"]), (&3.into(), &2.into()));
    let layers = |which: &str| gain["layers"][which].as_u64().unwrap();
    assert_eq!(layers("before"), layers("after") + 1);
    assert!(gain["size"]["before"].as_u64().unwrap() > 1_000_000);
    let files: Vec<_> = fs::read_dir(room.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    assert_eq!(fs::read(room.path().join("app.py")).unwrap(), b"print(1)\n");
}

#[test]
fn ignore_files_count_for_both() {
    if !engine() {
        return;
    }
    let text = "FROM debian:12\nCOPY . /app\nRUN echo a > /a\nRUN ls /app > /seen && test ! -e /app/secret\n";
    let files =
        [("x.Dockerfile", text), ("secret", ""), (".dockerignore", ""), ("x.Dockerfile.dockerignore", "secret\n")];
    check(&verify(room(&files).path(), &["x.Dockerfile"]), 0, &["the same image"]);
    check(&verify(room(&files[..3]).path(), &["x.Dockerfile"]), 2, &["the original file does not build"]);
}

#[test]
fn smoke_tests_tell_images_apart() {
    if !engine() {
        return;
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = |status: &str| {
        let script = "$s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => PORT, Listen => 5, ReuseAddr => 1) or die; \
                      while ($c = $s->accept) { <$c>; print $c \\\"HTTP/1.0 STATUS X\\\\r\\\\n\\\\r\\\\n\\\"; close $c }";
        let script = script.replace("PORT", &port.to_string()).replace("STATUS", status);
        format!("{PLAIN}CMD [\"perl\", \"-MIO::Socket::INET\", \"-e\", \"{script}\"]\n")
    };
    let room = room(&[
        ("Dockerfile", PLAIN),
        ("other", &PLAIN.replace("echo b", "echo c")),
        ("serve.Dockerfile", &server("204")),
        ("serve.other", &server("404")),
        ("rules", "mine content /b"),
    ]);
    let against = |smoke| verify(room.path(), &["Dockerfile", "--against=other", "--noise=rules", "--smoke", smoke]);
    check(&against("test -s /b"), 0, &["smoke test `test -s /b`: exit code 0 with both"]);
    check(&against("no-such-program"), 2, &["the smoke test cannot be run in the original: ", "no-such-program"]);
    let out = against("grep -q b /b");
    check(
        &out,
        1,
        &["the smoke test tells the images apart", "exit code 0 with the original, exit code 1 with the rewr"],
    );
    let smoke = format!("--smoke=http:{port}/x");
    let out = verify(room.path(), &["serve.Dockerfile", &smoke]);
    check(&out, 0, &["status 204 with both"]);
    let out = verify(room.path(), &["serve.Dockerfile", "--against=serve.other", &smoke]);
    check(&out, 1, &["status 204 with the original, status 404 with the rewritten one"]);
    let out = verify(room.path(), &["Dockerfile", &smoke]);
    check(&out, 2, &["says nothing, since already the original fails it: the container ended with exit code 0"]);
}

#[test]
fn a_transform_that_did_it_is_found() {
    if !engine() {
        return;
    }
    // a command that writes down its own text can't be joined without a trace
    let text = "FROM debian:12\nRUN tr '\\0' ' ' < /proc/$$/cmdline > /text\nRUN echo b > /b\n";
    let room = room(&[("Dockerfile", text)]);
    let out = verify(room.path(), &["--bisect"]);
    let lines = "[[overrides]]\npaths = [\"/Dockerfile\"]\nskip = [\"merge-runs\"]\n";
    let told = lines.trim_end().replace('\n', "\n    ");
    check(&out, 1, &["unexpected: /text: content", "`merge-runs` did it", &told]);
    check(&verify(room.path(), &["--skip", "merge-runs"]), 0, &["nothing would change, and nothing was built"]);
    // and what it says to write helps
    fs::write(room.path().join("dfopt.toml"), lines).unwrap();
    check(&verify(room.path(), &[]), 0, &["nothing would change, and nothing was built"]);
    check(&verify(room.path(), &["--no-config"]), 1, &["unexpected: /text: content"]);
}

#[test]
fn a_file_is_built_as_the_project_says() {
    if !engine() {
        return;
    }
    let compose = "services:\n  a:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n      target: prod\n      args: {WHO: me}\n";
    let text = "FROM debian:12 AS prod\nARG WHO\nCOPY app/x /x\nRUN test \"$WHO\" = me\nRUN echo b > /b\n\nFROM prod AS test\nRUN false\n";
    let room = TempDir::new().unwrap();
    for (name, text) in [(".git/HEAD", ""), ("compose.yaml", compose), ("docker/Dockerfile", text), ("app/x", "")] {
        let path = room.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    check(&verify(room.path(), &["docker/Dockerfile"]), 0, &["merge-runs"]);
    check(&verify(room.path(), &["compose.yaml"]), 0, &["merge-runs"]);
    // what the user says has the last word
    check(&verify(room.path(), &["--build-arg", "WHO=you", "docker/Dockerfile"]), 2, &["does not build"]);
    let two = format!("{compose}  b:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n");
    fs::write(room.path().join("compose.yaml"), two).unwrap();
    check(
        &verify(room.path(), &["docker/Dockerfile"]),
        2,
        &["does not build", "built as compose.yaml:9 says, one of 2 ways"],
    );
}

#[test]
fn the_configuration_of_the_project_counts() {
    if !engine() {
        return;
    }
    let room = room(&[("app", "x"), ("secret", "y")]);
    let write = |name: &str, text: &str| {
        let path = room.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("docker/Dockerfile", "FROM debian:12\nCOPY app /app\nRUN echo a > /a\nRUN echo b > /b\n");
    write("old/Dockerfile", PLAIN);
    write("dfopt.toml", "exclude = [\"old/\"]\n\n[context]\n\"docker/\" = \".\"\n");
    let out = verify(room.path(), &["."]);
    check(&out, 0, &["docker/Dockerfile: the same image", "old/Dockerfile: left alone", "dfopt.toml:1 excludes it"]);
    write("dfopt.toml", "levle = \"safe\"\n");
    check(&verify(room.path(), &["docker"]), 2, &["dfopt.toml:1:1: there is no key `levle`"]);
    check(&verify(room.path(), &["docker", "--no-config", "--context=."]), 0, &["the same image"]);
}

#[test]
fn builds_that_fail_say_what_to_pass() {
    if !engine() {
        return;
    }
    // what was built once with its secret comes from the cache
    let secret = format!(
        "FROM debian:12\nRUN --mount=type=secret,id=token,required=true cat /run/secrets/token # {:?}\nRUN true\nRUN true\n",
        std::time::SystemTime::now()
    );
    let room = room(&[
        ("Dockerfile", &secret),
        ("token", "x"),
        ("private.Dockerfile", "FROM registry.invalid/private:1\nRUN apt-get update\nRUN apt-get install -y git\n"),
        ("missing.Dockerfile", "FROM debian:12\nCOPY no-such-file /x\nRUN true\nRUN true\n"),
        ("fine.Dockerfile", PLAIN),
        ("broken", "FROM debian:12\nRUN exit 3\n"),
    ]);
    let out = verify(room.path(), &["Dockerfile"]);
    check(
        &out,
        2,
        &["not verified", "ERROR: ", "token", "what to do: ", "`--secret id=NAME,src=FILE`", "the whole log: "],
    );
    let said = said(&out);
    let log = said.lines().find_map(|line| line.trim().strip_prefix("the whole log: ")).unwrap();
    assert!(fs::read_to_string(log).unwrap().contains("debian:12"));
    check(&verify(room.path(), &["Dockerfile", "--secret", "id=token,src=token"]), 0, &["the same image"]);
    check(&verify(room.path(), &["private.Dockerfile"]), 2, &["registry.invalid", "what to do: a base image"]);
    check(&verify(room.path(), &["missing.Dockerfile"]), 2, &["no-such-file", "`--context DIR`"]);
    let out = verify(room.path(), &["fine.Dockerfile", "--against", "broken"]);
    check(&out, 1, &["the rewritten file does not build, the original does", "exit code: 3"]);
    let out = verify(room.path(), &["private.Dockerfile", "fine.Dockerfile"]);
    check(&out, 2, &["fine.Dockerfile: the same image", "2 files: 1 same, 1 error"]);
}

#[test]
fn without_an_engine_it_says_how_to_get_one() {
    let room = room(&[("Dockerfile", PLAIN)]);
    let nowhere = |args: &[&str]| {
        dfopt().current_dir(room.path()).env("DOCKER_HOST", "unix:///nowhere/docker.sock").args(args).output().unwrap()
    };
    check(&nowhere(&["--engine", "docker"]), 2, &["error: `docker` does not answer: start Docker", "install `podman`"]);
    check(&nowhere(&["-"]), 2, &["a text on standard input has no build context"]);
    check(&nowhere(&["--smoke", "http:x/"]), 2, &["names no port"]);
    check(&nowhere(&["--only", "merge-run"]), 2, &["did you mean `merge-runs`?"]);
    check(&nowhere(&["--builder", "x", "--engine", "podman"]), 2, &["`--builder` names a builder of `docker buildx`"]);
    check(&nowhere(&["--context", "nowhere"]), 2, &["`--context nowhere` is no folder that can be read"]);
    fs::write(room.path().join("rules"), "x y z").unwrap();
    check(&nowhere(&["--noise", "rules"]), 2, &["`--noise`: line 1: `y` is not"]);
}

// ---- what is left behind

/// Starts verify with temporary files of its own.
#[cfg(unix)]
fn start(room: &Path, args: &[&str]) -> Child {
    fs::create_dir_all(room.join("tmp")).unwrap();
    let mut command = dfopt();
    command.current_dir(room).env("TMPDIR", room.join("tmp")).args(["--network=host", "--no-rebuild"]).args(args);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Images, containers and temporary files of a process.
#[cfg(unix)]
fn left(room: &Path, pid: u32) -> Vec<String> {
    let images = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}"]).unwrap();
    let containers = docker(&["ps", "-a", "--format", "{{.Names}}"]).unwrap();
    let own = |name: &&str| name.starts_with("dfopt-verify-") && name.contains(&format!("-{pid}-"));
    let mut out: Vec<String> = images.lines().chain(containers.lines()).filter(own).map(str::to_owned).collect();
    out.extend(fs::read_dir(room.join("tmp")).unwrap().map(|entry| entry.unwrap().path().display().to_string()));
    out
}

#[cfg(unix)]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(90);
    while !is_so() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(unix)]
fn send(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn whoever_stops_it_finds_nothing_left() {
    if !engine() {
        return;
    }
    let slow = "FROM debian:12\nRUN sleep 120 && echo SALT\nRUN true\n";
    for signal in ["-INT", "-TERM", "-HUP"] {
        let salt = std::process::id().to_string() + signal;
        let room = room(&[("Dockerfile", &slow.replace("SALT", &salt))]);
        let mut child = start(room.path(), &[]);
        let (pid, started) = (child.id(), Instant::now());
        let running = || {
            let files = fs::read_dir(room.path().join("tmp")).unwrap().map(|entry| entry.unwrap().path());
            let logs = files.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
            logs.filter(|path| path.is_file()).count() > 0 && started.elapsed() > Duration::from_secs(3)
        };
        until("the build", running);
        send(signal, pid);
        let asked = Instant::now();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        assert!(asked.elapsed() < Duration::from_secs(40), "{signal}: {:?}", asked.elapsed());
        assert_eq!(left(room.path(), pid), Vec::<String>::new(), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn whenever_it_is_stopped_nothing_is_left() {
    if !engine() {
        return;
    }
    let room = room(&[("Dockerfile", PLAIN), ("other", &PLAIN.replace("echo b", "echo c"))]);
    for delay in [0, 200, 500, 900, 1400, 2000, 2700, 3500, 5000] {
        let mut child = start(room.path(), &["Dockerfile", "--against=other", "--smoke=sleep 1"]);
        std::thread::sleep(Duration::from_millis(delay));
        let pid = child.id();
        // it may be at its end already
        let _ = Command::new("kill").args(["-INT", &pid.to_string()]).stderr(Stdio::null()).status();
        let code = child.wait().unwrap().code();
        // before it knows of signals, the first of them ends it; nothing is there then
        assert!(matches!(code, Some(130 | 1) | None), "{delay} ms: {code:?}");
        assert_eq!(left(room.path(), pid), Vec::<String>::new(), "{delay} ms");
    }
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_left_is_swept_by_the_next() {
    if !engine() {
        return;
    }
    let room = room(&[("Dockerfile", PLAIN)]);
    let mut child = start(room.path(), &["--smoke=sleep 120"]);
    let pid = child.id();
    let containers = || docker(&["ps", "--format", "{{.Names}}"]).unwrap();
    until("the smoke test", || containers().lines().any(|name| name.contains(&format!("-{pid}-"))));
    send("-KILL", pid);
    child.wait().unwrap();
    assert!(left(room.path(), pid).len() >= 4, "{:?}", left(room.path(), pid));
    assert_eq!(start(room.path(), &[]).wait().unwrap().code(), Some(0));
    assert_eq!(left(room.path(), pid), Vec::<String>::new());
}

#[test]
fn the_noise_that_is_told_of_is_where_the_page_says() {
    assert!(root().join("docs").join("../src/verify/noise.txt").is_file());
    let page = fs::read_to_string(root().join("docs/verify.md")).unwrap();
    assert!(page.contains("(../src/verify/noise.txt)"));
}
