//! Reports for other programs: what they say, that their places are right, and that their fixes make what dfopt makes.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "support/room.rs"]
mod room;
#[path = "support/schema.rs"]
mod schema;

use common::{Kind, cases, optimize_whole};
use dfopt::engine::{Level, Options};
use dfopt::facts::NoContext;
use dfopt::text::Source;
use room::{DONE, MERGEABLE, Room, code, said, stderr, stdout};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const BUSY: &str = "FROM debian:12\nRUN echo a & sleep 1\nRUN echo one\nRUN echo two\nUSER 1000\n";

/// A bit of everything.
fn everything() -> Room {
    Room::new(&[
        ("app/Dockerfile", BUSY),
        ("broken.Dockerfile", "FROM debian:12\n  FROB x\n"),
        ("done.Dockerfile", DONE),
        ("odd name, 100%.Dockerfile", MERGEABLE),
        ("t/Dockerfile.j2", MERGEABLE),
        ("dfopt.toml", "exclude = [\"vendor/\"]\n"),
        ("vendor/Dockerfile", MERGEABLE),
    ])
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/cli"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(&env!("CARGO_PKG_VERSION").replace('.', "\\."), "<version>");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn parsed(room: &Room, args: &[&str]) -> Value {
    let out = room.run(args);
    serde_json::from_slice(&out.stdout).unwrap_or_else(|error| panic!("{error}: {}", stdout(&out)))
}

#[test]
fn texts_for_other_programs() {
    let room = everything();
    for format in ["github", "gitlab", "checkstyle", "markdown", "json"] {
        let out = room.run(&["--format", format, "--why"]);
        assert_eq!(code(&out), 2, "a file is broken");
        snapshot(&format!("format-{format}"), &said(&out));
    }
    let mut sarif = parsed(&room, &["--format", "sarif"]);
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        let help = rule["help"].take();
        assert!(help["markdown"].as_str().is_some_and(|page| page.len() > 20) && help["text"] == help["markdown"]);
    }
    // the list of transforms grows
    sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array_mut()
        .unwrap()
        .retain(|rule| matches!(rule["id"].as_str(), Some("merge-runs" | "error" | "bug")));
    snapshot("format-sarif", &serde_json::to_string_pretty(&sarif).unwrap());
}

#[test]
fn exit_codes_and_flags() {
    let room = Room::new(&[("Dockerfile", MERGEABLE), ("done/Dockerfile", DONE)]);
    for format in ["json", "sarif", "github", "gitlab", "checkstyle", "markdown"] {
        let run = |args: &[&str]| room.run(&[&["--format", format], args].concat());
        assert_eq!(code(&run(&[])), 0, "{format}");
        assert_eq!(code(&run(&["--check"])), 1, "{format}");
        assert_eq!(code(&run(&["--check", "done"])), 0, "{format}");
        assert_eq!(stdout(&run(&["--quiet"])), stdout(&run(&["--jobs", "1"])), "it is what was asked for");
        assert_eq!(code(&run(&["--write"])), 2, "{format}");
        let filter = room.filter(&["--format", format, "-", "--stdin-filename", "x/Dockerfile"], MERGEABLE.as_bytes());
        assert!(stdout(&filter).contains("x/Dockerfile"), "{format}: {}", stdout(&filter));
    }
    assert_eq!(code(&room.run(&["--format", "xml"])), 2);
}

#[test]
fn json_keeps_to_its_schema() {
    let text = fs::read_to_string(common::root().join("docs/dfopt-report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    for args in [&["--format", "json"][..], &["--format", "json", "--why"], &["--format", "json", "done.Dockerfile"]] {
        let report = parsed(&everything(), args);
        assert_eq!(schema::check(&schema, &report), Vec::<String>::new());
        assert_eq!(report["files"][0].get("refused").is_some(), args.contains(&"--why"));
    }
    assert!(!schema::check(&schema, &json!({ "format": 2 })).is_empty(), "a schema that takes all is none");
    let statuses = parsed(&everything(), &["--format", "json"]);
    let statuses: Vec<&str> =
        statuses["files"].as_array().unwrap().iter().map(|f| f["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["changed", "failed", "unchanged", "changed", "template", "excluded"]);
}

#[test]
fn a_file_that_would_cost_too_much_is_named() {
    let text = format!("FROM debian:12\nrun a\nRUN b\n{}", "\n".repeat(120_000));
    let room = Room::new(&[("Dockerfile", &text)]);
    let out = room.run(&["--check"]);
    assert_eq!(code(&out), 0, "it would not change");
    let told = stderr(&out);
    assert!(told.starts_with("Dockerfile:120001:1: note: left as it is: it has 120003 "), "{told}");
    assert!(told.contains("split the file, or exclude it"));
    assert_eq!(stderr(&room.run(&["--check", "--quiet"])), "");
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(common::root().join("docs/dfopt-report.schema.json")).unwrap())
            .unwrap();
    let report = parsed(&room, &["--format", "json"]);
    assert_eq!(schema::check(&schema, &report), Vec::<String>::new());
    let file = &report["files"][0];
    assert_eq!(
        (&file["status"], &file["left_alone"]["range"]["start"]["line"]),
        (&json!("unchanged"), &json!(120_001))
    );
    let results = &parsed(&room, &["--format", "sarif"])["runs"][0]["results"];
    assert_eq!((&results[0]["ruleId"], &results[0]["level"]), (&json!("left-alone"), &json!("note")));
    for format in ["gitlab", "checkstyle"] {
        assert!(stdout(&room.run(&["--format", format])).contains("left-alone"), "{format}");
    }
    room.run(&["--write"]);
    assert!(fs::read_to_string(room.path("Dockerfile")).unwrap() == text, "it is left as it is");
}

/// Texts that are hard to count in.
fn hard() -> Vec<(&'static str, Vec<u8>)> {
    let two = "FROM debian:12\nRUN echo 'é\u{1f40b}' x\nRUN touch m\nENV A=1\nRUN touch b\nRUN touch c\nCMD [\"x\"]\n";
    vec![
        ("plain", two.into()),
        ("crlf", two.replace('\n', "\r\n").into()),
        ("bom", format!("\u{feff}{two}").into()),
        ("no last line end", two.trim_end().trim_end_matches("\nCMD [\"x\"]").into()),
        ("foreign bytes", [b"# \x82\xb1\n".as_slice(), two.as_bytes()].concat()),
        ("nothing", DONE.into()),
    ]
}

#[test]
fn the_edits_of_json_make_what_dfopt_makes() {
    for (name, bytes) in hard() {
        let room = Room::new(&[]);
        room.write("Dockerfile", &bytes);
        let report = parsed(&room, &["--format", "json"]);
        let fixes = report["files"][0]["fixes"].as_array().unwrap().clone();
        let wanted = room.filter(&["-"], &bytes).stdout;
        assert_eq!(by_byte(&bytes, &fixes), wanted, "{name}: all together");
        for fix in &fixes {
            let alone = by_byte(&bytes, std::slice::from_ref(fix));
            assert_ne!(alone, bytes);
            assert_eq!(room.filter(&["-"], &alone).stdout, wanted, "{name}: one alone is on the way");
        }
        assert_eq!(fixes.len(), if name == "nothing" { 0 } else { 2 }, "{name}: far rewrites are told apart");
    }
}

fn by_byte(text: &[u8], fixes: &[Value]) -> Vec<u8> {
    let mut edits: Vec<&Value> = fixes.iter().flat_map(|fix| fix["edits"].as_array().unwrap()).collect();
    edits.sort_by_key(|edit| edit["range"]["start"]["byte"].as_u64());
    let mut out = text.to_vec();
    for edit in edits.iter().rev() {
        let at = |end: &str| edit["range"][end]["byte"].as_u64().unwrap() as usize;
        out.splice(at("start")..at("end"), edit["text"].as_str().unwrap().bytes());
    }
    out
}

#[test]
fn the_fixes_of_sarif_make_what_dfopt_makes() {
    for (name, bytes) in hard() {
        let room = Room::new(&[]);
        room.write("Dockerfile", &bytes);
        let report = parsed(&room, &["--format", "sarif"]);
        let run = &report["runs"][0];
        assert_eq!((&report["version"], &run["columnKind"]), (&json!("2.1.0"), &json!("utf16CodeUnits")));
        let mut edits = Vec::new();
        for result in run["results"].as_array().unwrap() {
            assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "Dockerfile");
            for fix in result["fixes"].as_array().into_iter().flatten() {
                edits.extend(fix["artifactChanges"][0]["replacements"].as_array().unwrap().clone());
            }
        }
        // an editor sees the decoded text without its mark
        let shown = String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned();
        let wanted =
            String::from_utf8_lossy(&room.filter(&["-"], &bytes).stdout).trim_start_matches('\u{feff}').to_owned();
        assert_eq!(by_utf16(&shown, &edits), wanted, "{name}");
    }
}

fn by_utf16(text: &str, edits: &[Value]) -> String {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let starts: Vec<usize> = std::iter::once(0)
        .chain(units.iter().enumerate().filter(|(_, unit)| **unit == u16::from(b'\n')).map(|(at, _)| at + 1))
        .collect();
    let at = |edit: &Value, side: &str| {
        let number = |what: &str| edit["deletedRegion"][format!("{side}{what}")].as_u64().unwrap() as usize;
        starts[number("Line") - 1] + number("Column") - 1
    };
    let mut places: Vec<(usize, usize, Vec<u16>)> = edits
        .iter()
        .map(|edit| {
            let text = edit["insertedContent"]["text"].as_str().unwrap();
            (at(edit, "start"), at(edit, "end"), text.encode_utf16().collect())
        })
        .collect();
    places.sort();
    for (start, end, new) in places.into_iter().rev() {
        units.splice(start..end, new);
    }
    String::from_utf16(&units).unwrap()
}

#[test]
fn rules_are_named_before_they_are_used() {
    let sarif = parsed(&everything(), &["--format", "sarif", "--why"]);
    let run = &sarif["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 3);
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().unwrap()), "{result}");
        let informational = result["kind"] == "informational";
        assert_eq!(informational, result["level"] == "none", "{result}");
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn fingerprints_outlive_moved_lines() {
    let prints = |text: &str| {
        let report = parsed(&Room::new(&[("Dockerfile", text)]), &["--format", "gitlab"]);
        report.as_array().unwrap().iter().map(|one| one["fingerprint"].clone()).collect::<Vec<_>>()
    };
    let text = "FROM debian:12-slim\nRUN touch a\nRUN touch b\nENV A=1\nRUN touch c\nRUN touch d\nUSER 1000\n";
    let first = prints(text);
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1], "the same words twice");
    assert_eq!(first, prints(&format!("# a line more\n{text}")));
}

#[test]
fn a_comment_stays_short_enough() {
    let room = Room::new(&[]);
    for n in 0..400 {
        room.write(&format!("{n:03}/Dockerfile"), MERGEABLE.as_bytes());
    }
    let text = stdout(&room.run(&["--format", "markdown"]));
    assert!(text.starts_with("<!-- dfopt -->\n") && text.len() < 65_000, "{}", text.len());
    assert!(text.contains(" more files, too long together") && text.contains("400 files would change"));
}

#[test]
fn hostile_text_stays_data() {
    let room = Room::new(&[("a\"><b>'&::error::/Dockerfile", "FROM debian:12\n  FROB `<script>\x1b]]>\n")]);
    let xml = stdout(&room.run(&["--format", "checkstyle"]));
    assert!(!xml.contains("<b>") && !xml.contains("<script>") && !xml.contains('\x1b'), "{xml}");
    let commands = room.run(&["--format", "github"]);
    assert_eq!(stdout(&commands).lines().count(), 1, "{}", stderr(&commands));
    assert!(stdout(&commands).starts_with("::error file=a\"><b>'&%3A%3Aerror%3A%3A/Dockerfile,line=2"));
    let report = parsed(&room, &["--format", "sarif"]);
    let uri = &report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%22%3E%3Cb%3E%27%26%3A%3Aerror%3A%3A/Dockerfile");
}

// ---- the library's fixes, over all cases

#[test]
fn fixes_of_all_cases_add_up() {
    let options = Options { level: Level::Aggressive, ..Options::default() };
    let mut several = 0;
    for case in Kind::ALL.into_iter().flat_map(cases) {
        let source = Source::new(case.before.as_str());
        let outcome = optimize_whole(&case.before, &case);
        let place = case.path.display();
        let add_up = |fixes: &[dfopt::engine::Fix]| {
            let edits = fixes.iter().flat_map(|fix| fix.edits.edits().to_vec()).collect();
            let edits = dfopt::edit::EditSet::new(edits).unwrap_or_else(|overlap| panic!("{place}: {overlap}"));
            assert_eq!(edits.apply(&case.before), outcome.text, "{place}");
            let mut all: Vec<usize> = fixes.iter().flat_map(|fix| fix.rewrites.clone()).collect();
            all.sort_unstable();
            assert_eq!(all, (0..outcome.applied.len()).collect::<Vec<_>>(), "{place}: each rewrite in one fix");
        };
        add_up(&outcome.fixes);
        let apart = dfopt::separate(&source, &options, &*case.view(), &outcome);
        add_up(&apart);
        several += usize::from(apart.len() > 1);
    }
    assert!(several > 0, "some cases have fixes that stand alone");
}

#[test]
fn a_rewrite_that_needs_another_comes_with_it() {
    // the second join is made of what the first one left; there is nothing to make without it
    let text = "FROM debian:12\nRUN touch a\nRUN touch b\nRUN touch c\n";
    let source = Source::new(text);
    let outcome = dfopt::optimize(&source, &Options::default(), &NoContext);
    let fixes = dfopt::separate(&source, &Options::default(), &NoContext, &outcome);
    assert_eq!(fixes.len(), 1);
    assert_eq!(fixes[0].edits.apply(text), outcome.text);
}
