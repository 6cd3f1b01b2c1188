//! The program from outside: every flag, every exit code, hostile input, and what it leaves on the disk.

#![allow(clippy::unwrap_used)]

#[path = "support/room.rs"]
mod room;

use room::{DONE, MERGEABLE, Room, code, snapshot, stderr, stdout};
use std::fs;
use std::process::Stdio;

// ---- what is printed

#[test]
fn the_report_says_what_and_why() {
    let room = Room::new(&[("Dockerfile", MERGEABLE), ("app/Dockerfile", DONE)]);
    let out = room.run(&[]);
    snapshot("report", &out);
    assert_eq!(room.read("Dockerfile"), MERGEABLE.as_bytes());
}

#[test]
fn the_report_in_colour() {
    let room = Room::new(&[("Dockerfile", MERGEABLE)]);
    let out = room.run(&["--color", "always"]);
    snapshot("report-colour", &out);
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let room = Room::new(&[("Dockerfile", MERGEABLE)]);
    let colour = |args: &[&str], name: &str, value: &str| {
        stdout(&room.command(args).env(name, value).output().unwrap()).contains('\x1b')
    };
    assert!(!colour(&[], "X", ""));
    assert!(colour(&[], "CLICOLOR_FORCE", "1"));
    assert!(!colour(&["--color", "never"], "CLICOLOR_FORCE", "1"));
    assert!(colour(&["--color", "always"], "NO_COLOR", "1"));
    assert!(!colour(&["--diff"], "CLICOLOR_FORCE", "1"), "a diff in a pipe stays plain");
}

#[test]
fn why_says_what_was_left_alone() {
    let text = "FROM debian:12\nRUN echo a & sleep 1\nRUN echo one\nRUN echo two\nUSER 1000\n";
    let out = Room::new(&[("Dockerfile", text)]).run(&["--why"]);
    snapshot("why", &out);
    assert!(stdout(&out).contains("left alone: line "));
}

#[test]
fn nothing_to_do_is_said_in_one_line() {
    let out = Room::new(&[("Dockerfile", DONE)]).run(&["Dockerfile"]);
    assert_eq!((code(&out), stdout(&out)), (0, "nothing to change in 1 file\n".to_owned()));
}

#[test]
fn quiet_prints_results_only() {
    let room = Room::new(&[("Dockerfile", MERGEABLE), ("Dockerfile.j2", "x")]);
    for args in [&["-q"][..], &["-q", "--check"], &["--quiet", "--write"]] {
        let out = room.run(args);
        assert_eq!((stdout(&out), stderr(&out)), (String::new(), String::new()), "{args:?}");
    }
    room.write("Dockerfile", MERGEABLE.as_bytes());
    assert!(stdout(&room.run(&["-q", "--diff"])).starts_with("--- a/Dockerfile\n"));
}

#[test]
fn check_names_files_and_fails() {
    let room = Room::new(&[("Dockerfile", DONE), ("a b/Dockerfile", MERGEABLE), ("x.dockerfile", MERGEABLE)]);
    let out = room.run(&["--check"]);
    assert_eq!((code(&out), stdout(&out)), (1, "a b/Dockerfile\nx.dockerfile\n".to_owned()));
    let out = room.run(&["--check", "Dockerfile"]);
    assert_eq!((code(&out), stdout(&out)), (0, String::new()));
    let out = room.run(&["--check", "--diff", "x.dockerfile"]);
    assert_eq!(code(&out), 1);
    assert!(stdout(&out).starts_with("--- a/x.dockerfile\n"));
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let room = Room::new(&[]);
    for n in 0..60 {
        room.write(&format!("{n:02}/Dockerfile"), MERGEABLE.as_bytes());
    }
    let one = room.run(&["--diff", "--jobs", "1"]);
    let many = room.run(&["--diff", "--jobs", "7"]);
    assert_eq!(stdout(&one).matches("--- a/").count(), 60);
    assert_eq!(stdout(&one), stdout(&many));
}

#[test]
fn levels_and_names_choose() {
    let room = Room::new(&[("Dockerfile", MERGEABLE)]);
    assert_eq!(code(&room.run(&["--check", "--only", "merge-runs", "--level", "safe"])), 1);
    assert_eq!(code(&room.run(&["--check", "--skip", "merge-runs", "--level", "safe"])), 0);
    for flag in ["--only", "--skip"] {
        let out = room.run(&[flag, "merge-runs,merge-rusn"]);
        assert_eq!(code(&out), 2);
        assert!(stderr(&out).contains("no transform `merge-rusn`: did you mean `merge-runs`?"), "{}", stderr(&out));
    }
}

#[test]
fn a_context_that_is_not_there_is_an_error() {
    let room = Room::new(&[("a/Dockerfile", MERGEABLE), ("file", "")]);
    assert_eq!(stdout(&room.run(&["--check", "--context", ".", "a"])), "a/Dockerfile\n");
    assert_eq!(code(&room.filter(&["-", "--context", "a"], MERGEABLE.as_bytes())), 0);
    for (folder, why) in [("none", "no such file or directory"), ("file", "not a directory")] {
        let out = room.run(&["--check", "--context", folder, "a"]);
        let wanted = format!("error: `--context {folder}` is no folder that can be read: {why}; give the folder that");
        assert_eq!((code(&out), stdout(&out)), (2, String::new()));
        assert!(cfg!(windows) || stderr(&out).starts_with(&wanted), "{}", stderr(&out));
    }
}

#[test]
fn what_is_denied_is_named() {
    let room = Room::new(&[("Dockerfile", MERGEABLE)]);
    assert_eq!(code(&room.run(&["--check", "--deny", "context,network", "--deny=buildkit"])), 1, "nothing needs these");
    let out = room.run(&["--deny", "podman"]);
    assert!(stderr(&out).contains("[possible values: buildkit, network, context]"), "{}", stderr(&out));
}

#[test]
fn the_catalogue_is_shown() {
    let room = Room::new(&[("list", MERGEABLE)]);
    let list = room.run(&["list"]);
    assert!(stdout(&list).lines().any(|line| line.starts_with("merge-runs")), "{}", stdout(&list));
    assert!(stdout(&room.run(&["explain", "merge-runs"])).contains("merge-runs"));
    let out = room.run(&["explain", "merge-run"]);
    assert_eq!(code(&out), 2);
    assert!(stderr(&out).contains("did you mean `merge-runs`?"));
    assert!(stdout(&room.run(&["--diff", "./list"])).starts_with("--- a/list\n"));
}

#[test]
fn help_and_bad_arguments() {
    let room = Room::new(&[]);
    assert_eq!(code(&room.run(&["--help"])), 0);
    assert_eq!(code(&room.run(&["--version"])), 0);
    for bad in [
        &["--frob"][..],
        &["--write", "--check"],
        &["--write", "--diff"],
        &["--level", "brave"],
        &["--jobs", "0"],
        &["--deny", "podman"],
        &["--deny", "network,"],
        &["-", "Dockerfile"],
        &["--write", "-"],
        &["--stdin-filename", "x"],
        &["explain"],
    ] {
        let out = room.run(bad);
        assert_eq!(code(&out), 2, "{bad:?}");
        assert!(stderr(&out).starts_with("error: ") && stdout(&out).is_empty(), "{bad:?}: {}", stderr(&out));
    }
}

// ---- standard input

#[test]
fn a_filter_rewrites() {
    let room = Room::new(&[]);
    let out = room.filter(&["-"], MERGEABLE.as_bytes());
    assert_eq!(code(&out), 0);
    assert_eq!(stdout(&out).matches("RUN").count(), 1);
    assert_eq!(room.filter(&["-"], &out.stdout).stdout, out.stdout, "a second run changes nothing");
    let diff = room.filter(&["-", "--diff", "--stdin-filename", "app/Dockerfile"], MERGEABLE.as_bytes());
    assert!(stdout(&diff).starts_with("--- a/app/Dockerfile\n"));
    let check = room.filter(&["-", "--check"], MERGEABLE.as_bytes());
    assert_eq!(code(&check), 1);
}

#[test]
fn a_filter_loses_nothing() {
    let room = Room::new(&[]);
    for (input, wanted) in [
        (&b"FROM a\nFROB x\n"[..], 2),
        (b"FROM a\nRUN x\0y\n", 2),
        (b"FROM {{ base }}\nRUN touch a\nRUN touch b\n", 0),
        (b"\xef\xbb\xbfFROM a\r\n# \x82\xb1\x1b\r\nRUN x", 0),
    ] {
        let out = room.filter(&["-"], input);
        assert_eq!((code(&out), out.stdout.as_slice()), (wanted, input));
    }
    let out = room.filter(&["-", "--stdin-filename", "x/Dockerfile"], b"FROM a\nFROB x\n");
    assert!(stderr(&out).starts_with("x/Dockerfile:2:1: error: "), "{}", stderr(&out));
}

// ---- bad input

#[test]
fn a_file_with_a_syntax_error_is_named_and_left_alone() {
    let room = Room::new(&[
        ("Dockerfile", "FROM debian:12\nRUN touch a\nRUN touch b\n  FROB x\n"),
        ("b/Dockerfile", MERGEABLE),
    ]);
    let out = room.run(&["--write"]);
    assert_eq!(code(&out), 2);
    assert!(stderr(&out).starts_with("Dockerfile:4:3: error: "), "{}", stderr(&out));
    assert!(stdout(&out).starts_with("b/Dockerfile: "), "one bad file does not stop the others");
    assert!(room.read("Dockerfile").ends_with(b"  FROB x\n"));
    assert_eq!(code(&room.run(&["--check"])), 2, "an error weighs more than a change");
}

#[test]
fn what_cannot_be_read_is_named() {
    let room = Room::new(&[("empty/README", "")]);
    room.write("nul", b"FROM a\nRU\0N x\n");
    room.write("utf16", b"\xff\xfeF\0R\0");
    fs::File::create(room.path("huge")).unwrap().set_len(100 << 20).unwrap();
    fs::create_dir(room.path("Dockerfile")).unwrap();
    let cases = [
        ("missing", "missing: error: no such file or folder"),
        ("empty", "empty: error: no Dockerfile in this folder: looked for `Dockerfile`"),
        ("Dockerfile", "Dockerfile: error: no Dockerfile in this folder"),
        ("nul", "nul:2:3: error: a NUL byte"),
        ("utf16", "utf16: error: the file is UTF-16"),
        ("huge", "huge: error: the file has 104857600 bytes"),
        ("a\x1b[31m\nb", "a␛[31m␊b: error: no such file"),
    ];
    for (name, wanted) in cases {
        let out = room.run(&["--diff", name]);
        assert_eq!((code(&out), stdout(&out)), (2, String::new()), "{name}");
        assert!(stderr(&out).starts_with(wanted), "{}", stderr(&out));
    }
    let out = room.run(&[]);
    assert_eq!(code(&out), 0);
    assert!(stderr(&out).contains("note: no Dockerfile in this folder"), "{}", stderr(&out));
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_broken_links_do_not_block() {
    let room = Room::new(&[]);
    room.tool("mkfifo", &["Dockerfile"], b"").unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(room.path("socket")).unwrap();
    std::os::unix::fs::symlink("nowhere", room.path("link")).unwrap();
    for (name, wanted) in [
        ("Dockerfile", "not a regular file"),
        ("socket", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        ("link", "a symbolic link to a file that does not exist"),
    ] {
        let out = room.command(&[name]).timeout(std::time::Duration::from_secs(20)).output().unwrap();
        assert_eq!(code(&out), 2, "{name}");
        assert!(stderr(&out).contains(wanted), "{}", stderr(&out));
    }
}

#[test]
fn templates_are_skipped_with_a_note() {
    let room = Room::new(&[
        ("Dockerfile.j2", MERGEABLE),
        ("a/Dockerfile", "FROM {{ base }}\nRUN touch a\nRUN touch b\n"),
        ("b/Dockerfile", "FROM debian:12\nRUN echo '{{.Id}}'\nRUN touch x\n"),
    ]);
    let out = room.run(&["--check"]);
    assert_eq!((code(&out), stdout(&out)), (1, "b/Dockerfile\n".to_owned()));
    assert!(stderr(&out).contains("Dockerfile.j2: note: a template (the name ends in `.j2`)"), "{}", stderr(&out));
    assert!(stderr(&out).contains("a/Dockerfile: note: a template (line 1 holds `{{`)"));
}

#[test]
fn folders_are_searched_as_git_sees_them() {
    let room = Room::new(&[
        (".gitignore", "vendor/\n"),
        (".git/Dockerfile", MERGEABLE),
        ("vendor/Dockerfile", MERGEABLE),
        (".devcontainer/Dockerfile", MERGEABLE),
        ("a/Dockerfile.dockerignore", "*\n"),
        ("a/Containerfile.dev", MERGEABLE),
        ("odd-name", MERGEABLE),
    ]);
    assert_eq!(stdout(&room.run(&["--check"])), ".devcontainer/Dockerfile\na/Containerfile.dev\n");
    let named = room.run(&["--check", "odd-name", "vendor/Dockerfile", "./vendor/Dockerfile"]);
    assert_eq!(stdout(&named), "odd-name\nvendor/Dockerfile\n", "what is named is read, and once");
}

// ---- the terminal

#[test]
fn what_a_terminal_would_obey_is_shown() {
    let text = "FROM debian:12\nRUN echo '\x1b]0;owned\x07\u{202e}'\nRUN touch a\n";
    let room = Room::new(&[("Dockerfile", text), ("bad", "FROM debian:12\n\x1b[2JFROB x\n")]);
    let report = stdout(&room.run(&["--why", "Dockerfile"]));
    assert!(report.contains("␛]0;owned␇\\u{202e}"), "{report}");
    for out in [room.run(&["--why", "Dockerfile"]), room.run(&["bad"]), room.run(&["--color", "never", "."])] {
        let both = stdout(&out) + &stderr(&out);
        assert!(!both.contains(['\x1b', '\x07', '\u{202e}']), "{both:?}");
    }
    let exact = room.run(&["--diff", "Dockerfile"]);
    assert!(stdout(&exact).contains("\x1b]0;owned\x07\u{202e}"), "a diff for programs is exact");
    let pretty = stdout(&room.run(&["--diff", "--color", "always", "Dockerfile"]));
    assert!(pretty.contains("␛]0;owned␇"), "{pretty}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let room = Room::new(&[]);
    for n in 0..400 {
        room.write(&format!("{n:03}/Dockerfile"), MERGEABLE.repeat(20).as_bytes());
    }
    for args in [&["--diff"][..], &["--jobs", "1"], &["--color", "always"]] {
        let program = assert_cmd::cargo::cargo_bin("dfopt");
        let mut child = std::process::Command::new(program)
            .current_dir(room.path("."))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let out = child.wait_with_output().unwrap();
        assert_eq!((out.status.code(), stderr(&out)), (Some(0), String::new()), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    let room = Room::new(&[("Dockerfile", MERGEABLE)]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let program = assert_cmd::cargo::cargo_bin("dfopt");
    let mut command = std::process::Command::new(program);
    let out = command.current_dir(room.path(".")).arg("--diff").stdout(full).output().unwrap();
    assert_eq!(code(&out), 2);
    assert!(stderr(&out).starts_with("standard output: error: cannot be written: no space left"), "{}", stderr(&out));
}

// ---- diffs apply

/// Files whose diffs break careless tools.
fn hard_files() -> Vec<(&'static str, Vec<u8>)> {
    let crlf = MERGEABLE.replace('\n', "\r\n");
    vec![
        ("plain", MERGEABLE.into()),
        ("crlf", crlf.clone().into()),
        ("mixed", crlf.replacen("\r\n", "\n", 1).into()),
        ("bom", format!("\u{feff}{MERGEABLE}").into()),
        ("no final line end", MERGEABLE.trim_end().into()),
        ("crlf without final line end", crlf.trim_end().into()),
        ("not utf-8", [&b"# \x82\xb1\xff\n"[..], MERGEABLE.as_bytes(), b"# \xe3\x81\n"].concat()),
        ("lone carriage return", format!("# a\rb\n{MERGEABLE}").into()),
        ("escapes", format!("{MERGEABLE}RUN echo '\x1b[31m'\n").into()),
        ("next line", format!("# a\u{85}b\u{2028}c\x0cd\n{MERGEABLE}").into()),
        ("long", format!("{}{MERGEABLE}{}", "# x\n".repeat(50), "LABEL a=b\n".repeat(50)).into()),
    ]
}

#[test]
fn diffs_apply_with_git_and_patch() {
    for (what, bytes) in hard_files() {
        let room = Room::new(&[]);
        room.write("app/Dockerfile", &bytes);
        let diff = room.run(&["--diff"]).stdout;
        assert!(!diff.is_empty(), "{what}: nothing to apply");
        let new = room.filter(&["-"], &bytes).stdout;
        for (program, args) in [("git", &["apply", "-"][..]), ("patch", &["--binary", "-p1"])] {
            room.write("app/Dockerfile", &bytes);
            room.tool(program, args, &diff).unwrap_or_else(|why| panic!("{what}: {program}: {why}"));
            assert!(room.read("app/Dockerfile") == new, "{what}: {program} made something else");
        }
        room.write("app/Dockerfile", &bytes);
        assert_eq!(code(&room.run(&["--write"])), 0);
        assert!(room.read("app/Dockerfile") == new, "{what}: --write made something else");
    }
}

#[cfg(unix)]
#[test]
fn diffs_of_oddly_named_files_apply() {
    let mut names = vec!["a b/Dockerfile", "tab\tq\"uote\\.dockerfile", "grün/Dockerfile", "line\nend.dockerfile"];
    if cfg!(target_os = "macos") {
        names.truncate(1);
    }
    for name in names {
        for (program, args) in [("git", &["apply", "-"][..]), ("patch", &["-p1"])] {
            let room = Room::new(&[(name, MERGEABLE)]);
            let diff = room.run(&["--diff"]).stdout;
            room.tool(program, args, &diff).unwrap_or_else(|why| panic!("{name:?}: {program}: {why}"));
            assert_ne!(room.read(name), MERGEABLE.as_bytes(), "{name:?}: {program}");
        }
    }
}

#[test]
fn paths_in_diffs_count_from_the_current_folder() {
    let room = Room::new(&[("Dockerfile", MERGEABLE), ("sub/x", "")]);
    let absolute = fs::canonicalize(room.path(".")).unwrap().join("Dockerfile");
    assert!(stdout(&room.run(&["--diff", absolute.to_str().unwrap()])).starts_with("--- a/Dockerfile\n"));
    assert!(stdout(&room.run(&["--diff", "sub/../Dockerfile"])).starts_with("--- a/Dockerfile\n"));
}

// ---- in place

#[test]
fn writing_names_what_changed_and_settles() {
    let room = Room::new(&[("Dockerfile", MERGEABLE), ("a/Dockerfile", DONE)]);
    let out = room.run(&["--write"]);
    snapshot("write", &out);
    assert_eq!(room.read("a/Dockerfile"), DONE.as_bytes());
    let again = room.run(&["--write"]);
    assert_eq!((code(&again), stdout(&again)), (0, String::new()));
}

#[cfg(unix)]
#[test]
fn writing_keeps_what_the_file_is() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let room = Room::new(&[("real", MERGEABLE), ("twin", MERGEABLE)]);
    fs::set_permissions(room.path("real"), fs::Permissions::from_mode(0o664)).unwrap();
    symlink("real", room.path("Dockerfile")).unwrap();
    fs::hard_link(room.path("twin"), room.path("Dockerfile.twin")).unwrap();
    assert_eq!(code(&room.run(&["--write", "Dockerfile", "real", "Dockerfile.twin"])), 0);
    assert!(room.path("Dockerfile").is_symlink());
    assert_eq!(fs::metadata(room.path("real")).unwrap().mode() & 0o7777, 0o664);
    assert_ne!(room.read("real"), MERGEABLE.as_bytes());
    assert_eq!(room.read("twin"), room.read("Dockerfile.twin"));
    assert_ne!(room.read("twin"), MERGEABLE.as_bytes());
    assert!(
        fs::read_dir(room.path(".")).unwrap().all(|e| !e.unwrap().file_name().to_string_lossy().starts_with(".dfopt"))
    );
}

/// Whether modes bind this user: they don't bind root.
#[cfg(unix)]
fn modes_bind(room: &Room) -> bool {
    use std::os::unix::fs::PermissionsExt;
    room.write("probe", b"");
    fs::set_permissions(room.path("probe"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::read(room.path("probe")).is_err()
}

#[cfg(unix)]
#[test]
fn modes_are_respected() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new(&[("a/Dockerfile", MERGEABLE), ("b/Dockerfile", MERGEABLE), ("c/Dockerfile", MERGEABLE)]);
    if !modes_bind(&room) {
        return;
    }
    let mode = |name: &str, mode| fs::set_permissions(room.path(name), fs::Permissions::from_mode(mode)).unwrap();
    mode("a", 0o555);
    mode("b/Dockerfile", 0o444);
    mode("c/Dockerfile", 0o000);
    let out = room.run(&["--write"]);
    mode("a", 0o755);
    mode("c/Dockerfile", 0o644);
    assert_eq!(code(&out), 2);
    assert_ne!(room.read("a/Dockerfile"), MERGEABLE.as_bytes(), "a folder that is read-only does not protect the file");
    assert_eq!(room.read("b/Dockerfile"), MERGEABLE.as_bytes(), "a file that is read-only is left alone");
    assert!(stderr(&out).contains("b/Dockerfile: error: cannot be written: permission denied"), "{}", stderr(&out));
    assert!(stderr(&out).contains("c/Dockerfile: error: cannot be read: permission denied"), "{}", stderr(&out));
}

#[cfg(unix)]
#[test]
fn an_interruption_leaves_whole_files_and_nothing_else() {
    let room = Room::new(&[]);
    for n in 0..3000 {
        room.write(&format!("{n:04}/Dockerfile"), MERGEABLE.as_bytes());
    }
    let program = assert_cmd::cargo::cargo_bin("dfopt");
    let mut child = std::process::Command::new(program)
        .args(["--write", "--jobs", "2"])
        .current_dir(room.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while room.read("0000/Dockerfile") == MERGEABLE.as_bytes() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    room.tool("kill", &["-TERM", &child.id().to_string()], b"").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let (mut old, mut new) = (0, 0);
    for n in 0..3000 {
        match room.read(&format!("{n:04}/Dockerfile")) {
            text if text == MERGEABLE.as_bytes() => old += 1,
            text if text == room.read("0000/Dockerfile") => new += 1,
            text => panic!("a torn file: {}", String::from_utf8_lossy(&text)),
        }
        assert_eq!(fs::read_dir(room.path(&format!("{n:04}"))).unwrap().count(), 1, "something was left behind");
    }
    assert!(old > 0 && new > 0, "it was interrupted in between: {old} old, {new} new");
}

// ---- advice

/// Nothing to change, and something to think about: a base that gets no fixes any more, and no tag.
const ADVISED: &str = "FROM centos:7\nRUN make\nUSER 1000\n";

#[test]
fn advice_is_short_where_a_file_changes_and_counted_where_it_does_not() {
    let changes = "FROM centos:7\nRUN echo one\nRUN echo two\nUSER 1000\n";
    let room = Room::new(&[("Dockerfile", changes), ("a/Dockerfile", ADVISED), ("b/Dockerfile", ADVISED)]);
    let out = stdout(&room.run(&[]));
    let advice: Vec<&str> = out.lines().filter(|line| line.contains("advice: end-of-life-base")).collect();
    assert_eq!(advice, ["  advice: end-of-life-base line 1: CentOS 7 gets no fixes since 2024-06-30"]);
    assert!(!out.contains("almalinux") && !out.contains("a/Dockerfile"), "{out}");
    assert!(out.contains("; 2 pieces of advice on files that do not change (`--why` tells)"), "{out}");
    let out = stdout(&room.run(&["--why"]));
    assert_eq!(out.matches("advice: end-of-life-base line 1").count(), 3);
    assert!(out.contains("almalinux") && !out.contains("pieces of advice"), "{out}");
}

#[test]
fn advice_fails_nothing_and_is_chosen_like_all_else() {
    let room = Room::new(&[("Dockerfile", ADVISED)]);
    let told = |args: &[&str]| {
        let out = room.run(args);
        (code(&out), stdout(&out))
    };
    assert_eq!(told(&["--check"]), (0, String::new()));
    assert_eq!(told(&["--diff"]), (0, String::new()));
    assert_eq!(told(&["--write"]).0, 0);
    assert_eq!(told(&["--quiet"]), (0, String::new()));
    let (_, one) = told(&[]);
    assert_eq!(one, "nothing to change in 1 file; 1 piece of advice on files that do not change (`--why` tells)\n");
    for args in [&["--skip", "end-of-life-base"][..], &["--only", "merge-runs"]] {
        assert_eq!(told(args), (0, "nothing to change in 1 file\n".to_owned()), "{args:?}");
    }
    let (_, why) = told(&["--only", "end-of-life-base", "--why"]);
    assert!(why.contains("advice: end-of-life-base line 1") && why.contains("    holes that become known"), "{why}");
    room.write("dfopt.toml", b"skip = [\"end-of-life-base\"]\n");
    assert_eq!(told(&[]), (0, "nothing to change in 1 file\n".to_owned()));
    assert_eq!(room.read("Dockerfile"), ADVISED.as_bytes());
}

#[test]
fn advice_on_what_does_not_change_is_for_programs() {
    let room = Room::new(&[("Dockerfile", ADVISED)]);
    for (format, told) in [("json", true), ("sarif", true), ("gitlab", true), ("checkstyle", true)] {
        assert_eq!(stdout(&room.run(&["--format", format])).contains("CentOS 7 gets"), told, "{format}");
    }
    for format in ["github", "markdown"] {
        assert!(!stdout(&room.run(&["--format", format])).contains("CentOS 7 gets"), "{format}");
        assert!(stdout(&room.run(&["--format", format, "--why"])).contains("CentOS 7 gets"), "{format}");
    }
}

#[test]
fn the_history_of_a_repository_is_kept_out_unless_the_build_asks_git() {
    let told = |run: &str, file: (&str, &str)| {
        let text = format!("FROM node:24\nCOPY . /app\n{run}");
        let room = Room::new(&[("Dockerfile", &text), (".git/HEAD", "ref: refs/heads/main\n"), file]);
        stdout(&room.run(&["--only", "dockerignore-missing", "--why", "Dockerfile"]))
    };
    let other = ("index.js", "");
    assert!(told("RUN npm ci\n", other).contains("to begin with: `.git`\n"));
    for (run, file) in [
        ("RUN git describe > /version\n", other),
        ("COPY .git /app/.git\n", other),
        ("RUN pip install /app\n", ("pyproject.toml", "[tool.setuptools_scm]\n")),
        ("", (".dockerignore", "x\n")),
        ("", (".containerignore", "x\n")),
    ] {
        assert!(!told(run, file).contains("advice"), "{run} {file:?}");
    }
}
