//! `dfopt.toml` and `.editorconfig` from outside: which one counts, who wins, what is said of mistakes; and that its schema
//! and its pages tell the truth.
#![allow(clippy::unwrap_used)]

#[path = "support/room.rs"]
mod room;
#[path = "support/schema.rs"]
mod schema;

use room::{DONE, MERGEABLE, Room, code, snapshot, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names that `--check` prints.
fn changed(room: &Room, args: &[&str]) -> String {
    let out = room.run(&[&["--check"], args].concat());
    assert!(code(&out) < 2, "{}", stderr(&out));
    stdout(&out)
}

#[test]
fn the_nearest_file_counts_and_flags_win() {
    let room = Room::new(&[
        ("dfopt.toml", "skip = [\"merge-runs\"]\n"),
        ("Dockerfile", MERGEABLE),
        ("a/b/Dockerfile", MERGEABLE),
        ("c/dfopt.toml", ""),
        ("c/d/Dockerfile", MERGEABLE),
    ]);
    assert_eq!(changed(&room, &[]), "c/d/Dockerfile\n");
    assert_eq!(changed(&room, &["--no-config"]), "Dockerfile\na/b/Dockerfile\nc/d/Dockerfile\n");
    assert_eq!(changed(&room, &["--config", "c/dfopt.toml"]), "Dockerfile\na/b/Dockerfile\nc/d/Dockerfile\n");
    assert_eq!(changed(&room, &["--only", "merge-runs", "Dockerfile"]), "Dockerfile\n", "asked for by name");
    let mut inside = room.command(&["--check", "../a/b/Dockerfile", "d"]);
    let out = inside.current_dir(room.path("c")).output().unwrap();
    assert_eq!(stdout(&out), "d/Dockerfile\n");
}

#[test]
fn overrides_excludes_and_options() {
    let toml = "exclude = [\"vendor/\"]\n[[overrides]]\npaths = [\"old/\"]\nskip = [\"merge-runs\"]\n";
    let room = Room::new(&[
        ("dfopt.toml", toml),
        ("old/Dockerfile", MERGEABLE),
        ("vendor/Dockerfile", MERGEABLE),
        ("new/Dockerfile", MERGEABLE),
    ]);
    assert_eq!(changed(&room, &[]), "new/Dockerfile\n");
    assert_eq!(changed(&room, &["vendor/Dockerfile"]), "", "what a hook names is kept out, too");
    let out = room.run(&["vendor", "--why"]);
    assert_eq!(stderr(&out), "vendor/Dockerfile: note: left alone: dfopt.toml:1 excludes it\n");
    assert_eq!(stdout(&out), "nothing to change in 0 files; 1 excluded\n");
    let written = room.run(&["--write"]);
    assert_eq!((code(&written), room.read("vendor/Dockerfile")), (0, MERGEABLE.as_bytes().to_vec()));
    let filter = room.filter(&["-", "--stdin-filename", "old/Dockerfile"], MERGEABLE.as_bytes());
    assert_eq!(stdout(&filter), MERGEABLE);
    let filter = room.filter(&["-", "--stdin-filename", "vendor/Dockerfile"], MERGEABLE.as_bytes());
    assert_eq!(stdout(&filter), MERGEABLE);
    assert_ne!(stdout(&room.filter(&["-"], MERGEABLE.as_bytes())), MERGEABLE);
}

#[test]
fn options_of_transforms_are_heard() {
    let builder = "FROM debian:12 AS a\nRUN touch /x\nRUN touch /y\nFROM debian:12\nCOPY --from=a /x /x\n";
    let room = Room::new(&[("Dockerfile", builder)]);
    assert_eq!(changed(&room, &[]), "");
    room.write("dfopt.toml", b"[transforms.merge-runs]\nstages = \"all\"\n");
    assert_eq!(changed(&room, &[]), "Dockerfile\n");
    assert_eq!(changed(&room, &["--set", "merge-runs.stages=shipped"]), "");
}

#[test]
fn the_context_is_mapped() {
    let add = "FROM debian:12\nADD app.txt /app.txt\n";
    let room = Room::new(&[("docker/Dockerfile", add), ("app.txt", "x")]);
    assert_eq!(changed(&room, &[]), "", "nothing is known of the file");
    room.write("dfopt.toml", b"[context]\n\"docker/\" = \".\"\n");
    assert_eq!(changed(&room, &[]), "docker/Dockerfile\n");
    assert_eq!(changed(&room, &["--context", "docker"]), "", "the flag wins");
    room.write("dfopt.toml", b"[context]\n\"docker/\" = \"git-root\"\n");
    assert_eq!(changed(&room, &[]), "");
    fs::create_dir(room.path(".git")).unwrap();
    assert_eq!(changed(&room, &[]), "docker/Dockerfile\n");
    let filter = room.filter(&["-", "--stdin-filename", "docker/Dockerfile"], add.as_bytes());
    assert!(stdout(&filter).contains("COPY app.txt"), "{}", stdout(&filter));
}

#[test]
fn mistakes_are_told_once_and_stop_only_what_they_govern() {
    let room = Room::new(&[
        ("a/dfopt.toml", "levle = \"safe\"\nskip = [\"merge-rusn\"]\n"),
        ("a/Dockerfile", MERGEABLE),
        ("a/b/Dockerfile", MERGEABLE),
        ("c/Dockerfile", MERGEABLE),
    ]);
    let out = room.run(&["--write"]);
    snapshot("config-errors", &out);
    assert_eq!(code(&out), 2);
    assert_eq!(room.read("a/b/Dockerfile"), MERGEABLE.as_bytes());
    assert_ne!(room.read("c/Dockerfile"), MERGEABLE.as_bytes());
    let out = room.filter(&["-", "--stdin-filename", "a/Dockerfile"], MERGEABLE.as_bytes());
    assert_eq!((code(&out), stdout(&out)), (2, MERGEABLE.to_owned()), "a filter loses nothing");
    for (args, wanted) in [
        (&["--config", "none.toml"][..], "error: `--config none.toml` cannot be read: no such file"),
        (&["--config", "a"], "error: `--config a` cannot be read: it is no regular file"),
        (&["--config", "a/dfopt.toml", "c"], "a/dfopt.toml:1:1: error: there is no key `levle` here"),
    ] {
        let out = room.run(args);
        assert_eq!((code(&out), stderr(&out).starts_with(wanted)), (2, true), "{}", stderr(&out));
    }
    fs::create_dir(room.path("c/dfopt.toml")).unwrap();
    let out = room.run(&["--check", "c"]);
    assert!(stderr(&out).starts_with("c/dfopt.toml: error: cannot be read: "), "{}", stderr(&out));
}

#[test]
fn what_is_in_force_is_shown_with_its_origin() {
    let toml = "level = \"safe\"\ndeny = [\"network\"]\n[context]\n\"docker/\" = \".\"\n\n[[overrides]]\npaths = [\"docker/\"]\nskip = [\"merge-runs\"]\n";
    let room = Room::new(&[("dfopt.toml", toml), (".editorconfig", "root = true\n[*]\nindent_style = tab\n")]);
    let out = room.run(&["config", "docker/web.Dockerfile", "--deny", "buildkit", "--set", "merge-runs.when=smaller"]);
    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let block = page.split("<!-- config -->\n```\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(stdout(&out).starts_with(block), "docs/configuration.md should show\n{}", stdout(&out));
    let shown: Vec<String> = stdout(&out).lines().map(str::to_owned).collect();
    assert!(
        shown.iter().any(|line| line.starts_with("# build context: `.`") && line.ends_with("# dfopt.toml:4")),
        "{shown:#?}"
    );
    assert!(shown.iter().any(|line| line.contains(": a tab ") && line.ends_with("# .editorconfig")), "{shown:#?}");
    assert!(shown.iter().any(|line| line.starts_with("when = \"smaller\"") && line.ends_with("# --set")), "{shown:#?}");
    assert!(
        shown.iter().any(|line| line.starts_with("[transforms.merge-runs]") && line.ends_with("# does not run")),
        "{shown:#?}"
    );
    assert!(stdout(&room.run(&["config"])).contains("level = \"safe\""));
    room.write("dfopt.toml", b"levle = 1\n");
    let out = room.run(&["config"]);
    assert_eq!((code(&out), stdout(&out)), (2, String::new()));
    assert!(stderr(&out).contains("dfopt.toml:1:1: there is no key `levle` here"), "{}", stderr(&out));
}

#[test]
fn editorconfig_decides_where_the_file_does_not() {
    let room = Room::new(&[(".editorconfig", "root = true\n[*]\nindent_style = tab\n"), ("Dockerfile", MERGEABLE)]);
    assert_eq!(code(&room.run(&["--write"])), 0);
    let text = String::from_utf8(room.read("Dockerfile")).unwrap();
    assert!(text.contains("\\\n\t&& echo two"), "{text}");
    let own = format!("{MERGEABLE}RUN touch a \\\n  && touch b\n");
    let out = stdout(&room.filter(&["-"], own.as_bytes()));
    assert!(out.contains("\\\n  && echo two"), "{out}");
    room.write(".editorconfig", b"[*\nnonsense\n\xff");
    assert!(stdout(&room.filter(&["-"], MERGEABLE.as_bytes())).contains("\\\n    && echo two"));
}

#[test]
fn the_schema_is_that_of_the_code() {
    let text = stdout(&Room::new(&[]).run(&["config", "--schema"]));
    let path = root().join("docs/dfopt.schema.json");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, text, "run `cargo run -q -- config --schema > docs/dfopt.schema.json`");
}

/// The blocks of a language in a page.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let parts: Vec<String> = text.split("\n```").map(str::to_owned).collect();
    parts.iter().filter_map(|part| part.strip_prefix(&format!("{language}\n")).map(str::to_owned)).collect()
}

#[test]
fn the_pages_show_files_that_are_understood() {
    for page in ["README.md", "docs/configuration.md"] {
        let blocks = blocks(page, "toml");
        assert!(!blocks.is_empty(), "{page} shows no dfopt.toml");
        for block in blocks {
            let read = dfopt::config::read(&block);
            assert!(read.is_ok(), "{page}: {:?}\n{block}", read.err());
        }
    }
}

#[test]
fn the_schema_and_the_reader_agree() {
    let schema = dfopt::config::schema::schema();
    let cases = [
        (r#"{"level":"safe","skip":["merge-runs"],"overrides":[{"paths":["a"],"deny":["network"]}]}"#, true),
        (r#"{"transforms":{"merge-runs":{"stages":"all"}},"context":{"a/":"git-root"},"exclude":["b"]}"#, true),
        (r#"{"levle":"safe"}"#, false),
        (r#"{"level":"brave"}"#, false),
        (r#"{"skip":["merge-rusn"]}"#, false),
        (r#"{"overrides":[{"level":"safe"}]}"#, false),
        (r#"{"transforms":{"merge-runs":{"stages":"some"}}}"#, false),
        (r#"{"exclude":"b"}"#, false),
        (r#"{"context":{"a/":""}}"#, false),
    ];
    for (json, fine) in cases {
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(schema::check(&schema, &value).is_empty(), fine, "the schema on {json}");
        assert_eq!(dfopt::config::read(&toml(&value)).is_ok(), fine, "the reader on {}", toml(&value));
    }
}

/// Inline TOML is JSON with `=`, but for the top.
fn toml(value: &Value) -> String {
    fn inline(value: &Value) -> String {
        match value {
            Value::Object(map) => {
                let pairs: Vec<String> =
                    map.iter().map(|(key, value)| format!("\"{key}\" = {}", inline(value))).collect();
                format!("{{ {} }}", pairs.join(", "))
            }
            Value::Array(all) => format!("[{}]", all.iter().map(inline).collect::<Vec<_>>().join(", ")),
            other => other.to_string(),
        }
    }
    value.as_object().unwrap().iter().map(|(key, value)| format!("{key} = {}\n", inline(value))).collect()
}

#[test]
fn shells_and_man_are_served() {
    let room = Room::new(&[("Dockerfile", DONE)]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let out = room.run(&["completions", shell]);
        assert!(code(&out) == 0 && stdout(&out).contains("no-config"), "{shell}");
    }
    assert_eq!(code(&room.run(&["completions", "tcsh"])), 2);
    assert!(stdout(&room.run(&["man"])).contains(".SH SYNOPSIS"));
    let out = room.run(&["man", "pages"]);
    assert_eq!(code(&out), 0, "{}", stderr(&out));
    assert!(stdout(&out).lines().any(|name| Path::new(name) == Path::new("pages/dfopt-explain.1")), "{}", stdout(&out));
    assert!(String::from_utf8(room.read("pages/dfopt.1")).unwrap().contains("no\\-config"));
}
