//! Editors against the real program: Neovim and Emacs without a screen, VS Code's own library, and the recipes of
//! docs/editors.md. What is not installed is skipped, and says so.

#![allow(clippy::unwrap_used)]

#[path = "support/skips.rs"]
mod skips;

use dfopt::lsp::Server;
use serde_json::{Map, Value, json};
use skips::skipped;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const DFOPT: &str = env!("CARGO_BIN_EXE_dfopt");
const MERGEABLE: &str = "FROM debian:12-slim\nRUN echo one\nRUN echo two\nUSER 1000\n";
const MERGED: &str = "FROM debian:12-slim\nRUN echo one \\\n    && echo two\nUSER 1000\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn run(command: &mut Command) -> Output {
    let out = command.env("DFOPT", DFOPT).stdin(Stdio::null()).output().unwrap();
    let said = [&out.stdout[..], &out.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    println!("{said}");
    assert!(out.status.success(), "{said}");
    out
}

#[cfg(unix)]
#[test]
fn neovim_formats_on_save_and_undoes() {
    run(&mut Command::new(root().join("editors/test-neovim.sh")));
}

#[cfg(unix)]
#[test]
fn emacs_formats_on_save_and_undoes() {
    run(&mut Command::new(root().join("editors/test-emacs.sh")));
}

#[cfg(unix)]
#[test]
fn the_library_of_vs_code_holds_a_session() {
    let folder = root().join("editors/vscode");
    if !folder.join("node_modules").is_dir() {
        return skipped("editors/vscode/node_modules is missing; run `npm ci` there");
    }
    let out = run(Command::new("npm").args(["test", "--silent"]).current_dir(folder));
    assert!(String::from_utf8_lossy(&out.stdout).contains("skipped 0"), "a build was at hand");
}

/// What a server says to a client that comes with these settings.
fn welcome(settings: &Value) -> Vec<String> {
    let params = json!({ "capabilities": {}, "initializationOptions": settings });
    Server::default().say(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }).to_string())
}

#[track_caller]
fn understood(settings: &Value) {
    let said = welcome(settings);
    assert!(said.len() == 1 && said[0].contains("capabilities"), "{settings}: {said:?}");
}

#[test]
fn the_extension_offers_the_settings_that_there_are() {
    let package: Value = serde_json::from_str(&read("editors/vscode/package.json")).unwrap();
    let properties = package["contributes"]["configuration"]["properties"].as_object().unwrap();
    let (page, docs) = (read("editors/vscode/README.md"), read("docs/editors.md"));
    let mut all = Map::new();
    for (name, property) in properties {
        assert!(page.contains(&format!("`{name}`")), "the extension's page does not tell of {name}");
        let name = name.strip_prefix("dfopt.").unwrap();
        match name.split_once('.') {
            Some((group, name)) => all.insert(group.to_owned(), json!({ name: property["default"] })),
            None => all.insert(name.to_owned(), property["default"].clone()),
        };
        let server_side = !matches!(name, "path" | "trace.server");
        let row = format!("| `{name}` | `");
        assert_eq!(docs.contains(&row), server_side, "docs/editors.md and {name}");
    }
    understood(&Value::Object(all));
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_defaults_in_the_docs_are_understood_and_no_setting_is_missing() {
    let docs = read("docs/editors.md");
    let table = docs.split("<!-- settings -->").nth(1).unwrap().split("<!-- end -->").next().unwrap();
    let mut all = Map::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        all.insert(cells[1].to_owned(), serde_json::from_str(cells[2]).unwrap());
    }
    understood(&Value::Object(all.clone()));
    // the message for an unknown name tells all names
    let said = welcome(&json!({ "zzzzzz": 1 })).concat();
    let names = said.split("there is `").nth(1).unwrap().split(';').next().unwrap();
    let known: Vec<&str> = names.split('`').step_by(2).collect();
    assert_eq!(known.len(), all.len());
    assert!(known.iter().all(|name| all.contains_key(*name)), "{known:?}");
}

/// The code blocks of a language in docs/editors.md.
fn blocks(docs: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    docs.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The words of the list in the line behind a name, as JSON and Lua write it.
fn list<'a>(block: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let line = block.split(name).nth(1)?.lines().next()?;
    Some(line.split('"').skip(1).step_by(2).collect())
}

#[test]
fn the_filters_of_the_recipes_work() {
    let docs = read("docs/editors.md");
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("Dockerfile");
    let mut tried = 0;
    for (language, name) in [("lua", "args ="), ("json", "\"arguments\":")] {
        for args in blocks(&docs, language).iter().filter_map(|block| list(block, name)) {
            let args = args.iter().map(|arg| match *arg {
                "$DIRNAME" => room.path().as_os_str().to_owned(),
                "$FILENAME" | "{buffer_path}" => file.as_os_str().to_owned(),
                arg => arg.into(),
            });
            assert_eq!(filter(args.collect()), MERGED, "{language}");
            tried += 1;
        }
    }
    assert_eq!(tried, 2);
}

fn filter(args: Vec<std::ffi::OsString>) -> String {
    let mut child = Command::new(DFOPT).args(&args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(MERGEABLE.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{args:?}");
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn the_watcher_of_the_recipes_works() {
    let docs = read("docs/editors.md");
    let args = docs.split("`--write").nth(1).unwrap().split('`').next().unwrap();
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("Dockerfile");
    fs::write(&file, MERGEABLE).unwrap();
    let args = args.split_whitespace().map(|arg| if arg == "$FilePath$" { file.to_str().unwrap() } else { arg });
    run(Command::new(DFOPT).arg("--write").args(args));
    assert_eq!(fs::read_to_string(&file).unwrap(), MERGED);
}

#[test]
fn the_blocks_of_the_recipes_are_well_formed() {
    let docs = read("docs/editors.md");
    let json = blocks(&docs, "json");
    assert_eq!(json.len(), 3);
    for block in json {
        let value: Value = serde_json::from_str(&block).unwrap_or_else(|error| panic!("{error}: {block}"));
        if let Some(settings) = value.get("dfopt") {
            understood(settings);
        }
    }
    for path in ["editors/neovim/dfopt.lua", "editors/emacs/dfopt.el"] {
        assert!(docs.contains(path) && root().join(path).is_file(), "{path}");
    }
}
