//! The language server from outside: the real program, spoken to over its standard input and output by a client of this file's
//! own. Editors' own libraries are tried in tests/editors.rs.

#![allow(clippy::unwrap_used)]

#[path = "lsp/client.rs"]
mod client;

use client::{Client, apply, json_at, positions};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const MERGEABLE: &str = "FROM debian:12-slim\nRUN echo one\nRUN echo two\nUSER 1000\n";
const MERGED: &str = "FROM debian:12-slim\nRUN echo one \\\n    && echo two\nUSER 1000\n";
/// For texts that are a smell to more than one transform.
fn merge_only() -> Value {
    json!({ "only": ["merge-runs"] })
}

const URI: &str = "untitled:Dockerfile";

fn modern() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-8", "utf-16"] },
        "workspace": { "workspaceEdit": { "documentChanges": true, "changeAnnotationSupport": {} } },
        "textDocument": {
            "hover": { "contentFormat": ["markdown"] },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix", "source.fixAll"] } },
                "dataSupport": true, "honorsChangeAnnotations": true,
                "resolveSupport": { "properties": ["edit"] }
            }
        }
    })
}

fn plain() -> Value {
    json!({ "textDocument": { "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } } } })
}

fn whole() -> Value {
    json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } })
}

fn actions(client: &mut Client, uri: &str, only: Option<&str>) -> Vec<Value> {
    let mut context = json!({ "diagnostics": [] });
    if let Some(only) = only {
        context["only"] = json!([only]);
    }
    let params = json!({ "textDocument": { "uri": uri }, "range": whole(), "context": context });
    client.ask("textDocument/codeAction", params).unwrap().as_array().cloned().unwrap_or_default()
}

fn format(client: &mut Client, uri: &str) -> Result<Value, i64> {
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    client.ask("textDocument/formatting", json!({ "textDocument": { "uri": uri }, "options": options }))
}

fn will_save(client: &mut Client, uri: &str) -> Value {
    client.ask("textDocument/willSaveWaitUntil", json!({ "textDocument": { "uri": uri }, "reason": 1 })).unwrap()
}

fn codes(marks: &[Value]) -> Vec<(&str, i64)> {
    marks.iter().map(|mark| (mark["code"].as_str().unwrap_or(""), mark["severity"].as_i64().unwrap())).collect()
}

/// A folder with files, and the address of one of them.
fn room(files: &[(&str, &str)]) -> (TempDir, String) {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let uri = address(&dir.path().join(files[0].0));
    (dir, uri)
}

fn address(path: &Path) -> String {
    let path = path.to_str().unwrap().replace('\\', "/");
    format!("file://{}{path}", if path.starts_with('/') { "" } else { "/" })
}

// ---- what it does

#[test]
fn formatting_makes_the_safe_rewrites_by_small_edits() {
    let mut client = Client::start(plain(), Value::Null);
    client.open(URI, 1, MERGEABLE);
    let edits = format(&mut client, URI).unwrap();
    assert_eq!(apply(MERGEABLE, &edits, false), MERGED);
    assert_eq!(edits.as_array().unwrap().len(), 2, "the commands themselves are not touched: {edits}");
    client.open("untitled:2/Dockerfile", 1, MERGED);
    assert_eq!(format(&mut client, "untitled:2/Dockerfile").unwrap(), json!([]));
    client.end();
}

#[test]
fn saving_is_formatting_where_it_is_wanted() {
    let mut client = Client::start(plain(), Value::Null);
    client.open(URI, 1, MERGEABLE);
    assert_eq!(will_save(&mut client, URI), Value::Null);
    client.end();
    let mut client = Client::start(plain(), json!({ "formatOnSave": true }));
    client.open(URI, 1, MERGEABLE);
    assert_eq!(apply(MERGEABLE, &will_save(&mut client, URI), false), MERGED);
    client.end();
}

#[test]
fn rewrites_errors_and_refusals_are_marked() {
    let always = json!({ "merge-runs": { "when": "always" } });
    let settings = json!({ "only": ["merge-runs"], "set": always, "diagnostics": { "refusals": true } });
    let mut client = Client::start(modern(), settings);
    client.open(URI, 7, MERGEABLE);
    let (version, marks) = client.marks(URI);
    assert_eq!(version, 7);
    assert_eq!(codes(&marks), [("merge-runs", 3)]);
    assert_eq!(marks[0]["range"]["start"]["line"], marks[0]["range"]["end"]["line"], "one line is marked");
    assert_eq!(marks[0]["data"]["level"], "safe");
    client.change(URI, 8, json!([{ "text": "FROM debian:12\nRUN touch /x\nRUN [\"a\"]\n" }]));
    let (_, marks) = client.marks(URI);
    assert_eq!(codes(&marks), [("merge-runs", 4)]);
    assert!(marks[0]["message"].as_str().unwrap().starts_with("left alone: exec-form: "), "{marks:?}");
    client.change(URI, 9, json!([{ "text": "FROM debian:12\nRUM x\n" }]));
    let (version, marks) = client.marks(URI);
    assert_eq!((version, codes(&marks)), (9, vec![("", 1)]));
    assert_eq!(marks[0]["range"]["start"]["line"], 1);
    assert!(marks[0]["message"].as_str().unwrap().contains("did you mean `RUN`?"));
    assert_eq!(format(&mut client, URI).unwrap(), Value::Null);
    assert_eq!(actions(&mut client, URI, None), Vec::<Value>::new());
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(client.marks(URI).1, Vec::<Value>::new());
    client.end();
}

#[test]
fn an_action_for_each_rewrite_and_one_for_all() {
    let text = "FROM debian:12\nRUN touch a\nRUN touch b\nUSER x\nRUN touch c\nRUN touch d\n";
    let mut client = Client::start(modern(), merge_only());
    client.open(URI, 3, text);
    let offered = actions(&mut client, URI, None);
    let kinds: Vec<&str> = offered.iter().map(|action| action["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["quickfix", "quickfix", "source.fixAll.dfopt"]);
    assert!(offered.iter().all(|action| action["edit"].is_null()), "edits come when they are asked for");
    let one = client.ask("codeAction/resolve", offered[1].clone()).unwrap();
    let change = &one["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": URI, "version": 3 }));
    assert_eq!(
        apply(text, &change["edits"], true),
        "FROM debian:12\nRUN touch a\nRUN touch b\nUSER x\nRUN touch c \\\n    && touch d\n"
    );
    let note = &one["edit"]["changeAnnotations"][change["edits"][0]["annotationId"].as_str().unwrap()];
    assert!(one["title"].as_str().unwrap().starts_with(note["label"].as_str().unwrap()));
    assert!(note["description"].as_str().is_some_and(|reason| !reason.is_empty()), "{note}");
    assert_eq!(one["diagnostics"][0]["code"], "merge-runs");
    let all = client.ask("codeAction/resolve", offered[2].clone()).unwrap();
    let edits = &all["edit"]["documentChanges"][0]["edits"];
    assert_eq!(
        apply(text, edits, true),
        "FROM debian:12\nRUN touch a \\\n    && touch b\nUSER x\nRUN touch c \\\n    && touch d\n"
    );
    for (only, number) in [("quickfix", 2), ("source", 1), ("source.fixAll.dfopt", 1), ("refactor", 0)] {
        assert_eq!(actions(&mut client, URI, Some(only)).len(), number, "{only}");
    }
    client.end();
}

#[test]
fn an_action_is_offered_where_its_rewrite_is() {
    let mut client = Client::start(plain(), merge_only());
    client.open(URI, 1, "FROM debian:12\nRUN touch a\nRUN touch b\nUSER x\nRUN touch c\nRUN touch d\n");
    for (line, number) in [(0, 0), (1, 1), (2, 1), (3, 0), (5, 1)] {
        let at = json!({ "line": line, "character": 1 });
        let context = json!({ "diagnostics": [], "only": ["quickfix"] });
        let params = json!({ "textDocument": { "uri": URI }, "range": { "start": at, "end": at }, "context": context });
        let offered = client.ask("textDocument/codeAction", params).unwrap();
        assert_eq!(offered.as_array().unwrap().len(), number, "line {line}: {offered}");
    }
    client.end();
}

#[test]
fn old_clients_get_edits_at_once_and_without_version() {
    let mut client = Client::start(plain(), Value::Null);
    client.open(URI, 1, MERGEABLE);
    for action in actions(&mut client, URI, None) {
        assert_eq!(apply(MERGEABLE, &action["edit"]["changes"][URI], false), MERGED, "{action}");
        assert!(action["edit"]["documentChanges"].is_null());
    }
    client.end();
    let mut client = Client::start(json!({}), Value::Null);
    client.open(URI, 1, MERGEABLE);
    assert_eq!(actions(&mut client, URI, None), Vec::<Value>::new(), "it does not know code actions");
    client.end();
}

#[test]
fn an_action_of_an_older_text_is_refused() {
    let mut client = Client::start(modern(), Value::Null);
    client.open(URI, 1, MERGEABLE);
    let offered = actions(&mut client, URI, None);
    let start = json!({ "line": 0, "character": 0 });
    client.change(URI, 2, json!([{ "range": { "start": start, "end": start }, "text": "# x\n" }]));
    for action in offered {
        assert_eq!(client.ask("codeAction/resolve", action).unwrap_err(), -32801);
    }
    client.end();
}

#[test]
fn hovering_over_a_mark_shows_the_page() {
    let mut client = Client::start(modern(), Value::Null);
    client.open(URI, 1, MERGEABLE);
    let mut hover = |line: u32| {
        let params = json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": 0 } });
        client.ask("textDocument/hover", params).unwrap()
    };
    let found = hover(1);
    assert_eq!(found["contents"]["kind"], "markdown");
    let text = found["contents"]["value"].as_str().unwrap();
    assert!(text.contains("# merge-runs") && text.contains("what ran before it"), "{text}");
    assert!(!text.contains("<!--"));
    assert_eq!(hover(0), Value::Null);
    client.end();
}

// ---- settings

#[test]
fn settings_are_asked_for_and_obeyed() {
    let capabilities =
        json!({ "workspace": { "configuration": true, "didChangeConfiguration": { "dynamicRegistration": true } } });
    let mut client = Client::start(capabilities, json!({ "dfopt": { "skip": ["merge-runs"] } }));
    client.open(URI, 1, MERGEABLE);
    let asked = client.asked("workspace/configuration");
    assert_eq!(asked["params"]["items"], json!([{ "section": "dfopt" }]));
    assert_eq!(format(&mut client, URI).unwrap(), json!([]), "those of `initialize` are in force");
    client.reply(&asked, json!([{ "skip": [] }]));
    assert_eq!(apply(MERGEABLE, &format(&mut client, URI).unwrap(), false), MERGED);
    client.tell("workspace/didChangeConfiguration", json!({ "settings": null }));
    let asked = client.asked("workspace/configuration");
    client.reply(&asked, json!([{ "enable": false }]));
    assert_eq!(format(&mut client, URI).unwrap(), Value::Null);
    client.end();
}

#[test]
fn settings_may_be_pushed() {
    let mut client = Client::start(plain(), Value::Null);
    client.open(URI, 1, MERGEABLE);
    client.tell(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "dfopt": { "only": ["add-to-copy"] }, "other": 1 } }),
    );
    assert_eq!(format(&mut client, URI).unwrap(), json!([]));
    client.tell("workspace/didChangeConfiguration", json!({ "settings": {} }));
    assert_eq!(format(&mut client, URI).unwrap(), json!([]), "nothing was said of dfopt");
    client.end();
}

#[test]
fn settings_that_are_not_understood_stop_all_work() {
    let mut client = Client::start(plain(), json!({ "skp": ["merge-runs"] }));
    let told = client.told("window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("did you mean `skip`?"), "{told}");
    client.open(URI, 1, MERGEABLE);
    assert_eq!(format(&mut client, URI).unwrap(), Value::Null);
    assert_eq!(client.marks(URI).1, Vec::<Value>::new());
    client.tell("workspace/didChangeConfiguration", json!({ "settings": { "dfopt": { "skp": null } } }));
    client.told("window/showMessage");
    client.end();
}

// ---- texts

#[test]
fn changes_are_followed_in_both_ways_of_counting() {
    for (capabilities, wide) in [(plain(), true), (modern(), false)] {
        let mut client = Client::start(capabilities, merge_only());
        assert_eq!(client.encoding(), if wide { "utf-16" } else { "utf-8" });
        client.open(URI, 1, "FROM debian:12\n# 😀é\nRUN a\nRUN touch b\n");
        let text = "FROM debian:12\n# 😀é x\nRUN echo 漢😀 \nRUN touch b\n";
        let (comment, run) = if wide { (5, 9) } else { (8, 9) };
        let at = |line: u32, column: u32| json!({ "line": line, "character": column });
        client.change(
            URI,
            2,
            json!([
                { "range": { "start": at(1, comment), "end": at(1, comment) }, "text": " x" },
                { "range": { "start": at(2, 4), "end": at(2, 5) }, "text": "echo " },
                { "range": { "start": at(2, run), "end": at(2, run) }, "text": "漢😀 " }
            ]),
        );
        let edits = format(&mut client, URI).unwrap();
        let new = apply(text, &edits, !wide);
        assert_eq!(new, "FROM debian:12\n# 😀é x\nRUN echo 漢😀 \\\n    && touch b\n");
        client.end();
    }
}

#[test]
fn carriage_returns_stay() {
    let text = MERGEABLE.replace('\n', "\r\n");
    let mut client = Client::start(modern(), Value::Null);
    client.open(URI, 1, &text);
    let edits = format(&mut client, URI).unwrap();
    assert_eq!(apply(&text, &edits, true), MERGED.replace('\n', "\r\n"));
    client.end();
}

#[test]
fn templates_are_left_alone() {
    let mut client = Client::start(modern(), Value::Null);
    for (uri, text) in [
        ("untitled:Dockerfile.j2", MERGEABLE),
        ("untitled:Dockerfile", "{% if x %}\nFROM a\nRUN touch b\nRUN touch c\n"),
    ] {
        client.open(uri, 1, text);
        assert!(client.told("window/logMessage")["params"]["message"].as_str().unwrap().contains("template"));
        assert_eq!(client.marks(uri).1, Vec::<Value>::new());
        assert_eq!(format(&mut client, uri).unwrap(), Value::Null);
        assert_eq!(actions(&mut client, uri, None), Vec::<Value>::new());
    }
    client.end();
}

#[test]
fn a_text_that_is_none_is_marked() {
    let mut client = Client::start(modern(), Value::Null);
    client.open(URI, 1, "FROM a\nRUN \0\n");
    let (_, marks) = client.marks(URI);
    assert_eq!((marks.len(), &marks[0]["range"]["start"]), (1, &json!({ "line": 1, "character": 4 })));
    assert_eq!(format(&mut client, URI).unwrap(), Value::Null);
    client.end();
}

#[test]
fn a_version_that_goes_backwards_stops_edits_until_the_text_is_sent_again() {
    let mut client = Client::start(modern(), Value::Null);
    client.open(URI, 5, MERGEABLE);
    let start = json!({ "line": 0, "character": 0 });
    client.change(URI, 4, json!([{ "range": { "start": start, "end": start }, "text": "# x\n" }]));
    assert_eq!(format(&mut client, URI).unwrap_err(), -32801);
    client.change(URI, 6, json!([{ "text": MERGEABLE }]));
    assert_eq!(apply(MERGEABLE, &format(&mut client, URI).unwrap(), true), MERGED);
    client.end();
}

// ---- the build context

#[test]
fn the_context_is_the_folder_of_the_file_or_the_one_that_is_set() {
    let add = "FROM debian:12\nADD a.txt /x/\n";
    let (dir, uri) = room(&[("docker/Dockerfile", add), ("a.txt", "x")]);
    let folders = json!([{ "uri": address(dir.path()), "name": "x" }]);
    for (context, changes) in [("", false), (".", true), ("docker", false)] {
        let settings = json!({ "context": context, "only": ["add-to-copy"] });
        let mut client = Client::start_in(modern(), settings, folders.clone());
        client.open(&uri, 1, add);
        let edits = format(&mut client, &uri).unwrap();
        assert_eq!(apply(add, &edits, true) != add, changes, "{context}: {edits}");
        client.end();
    }
}

#[test]
fn what_changes_on_the_disk_counts() {
    let add = "FROM debian:12\nADD a.txt /x/\n";
    let (dir, uri) = room(&[("Dockerfile", add)]);
    let mut client = Client::start(modern(), json!({ "only": ["add-to-copy"] }));
    client.open(&uri, 1, add);
    assert_eq!(client.marks(&uri).1, Vec::<Value>::new());
    fs::write(dir.path().join("a.txt"), "x").unwrap();
    client.tell("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(codes(&client.marks(&uri).1), [("add-to-copy", 3)]);
    let offered = actions(&mut client, &uri, Some("quickfix"));
    fs::remove_file(dir.path().join("a.txt")).unwrap();
    assert_eq!(client.ask("codeAction/resolve", offered[0].clone()).unwrap_err(), -32801, "what was proved is gone");
    client.end();
}

// ---- dfopt.toml

#[test]
fn the_project_says_what_is_wanted_and_the_editor_has_the_last_word() {
    let (dir, uri) = room(&[("a/Dockerfile", MERGEABLE), ("dfopt.toml", "skip = [\"merge-runs\"]\n")]);
    let mut client = Client::start(modern(), Value::Null);
    client.open(&uri, 1, MERGEABLE);
    assert_eq!(format(&mut client, &uri).unwrap(), json!([]));
    assert_eq!(client.marks(&uri).1, Vec::<Value>::new());
    fs::write(dir.path().join("dfopt.toml"), "exclude = [\"a/\"]\n").unwrap();
    assert_eq!(format(&mut client, &uri).unwrap(), Value::Null);
    fs::write(dir.path().join("dfopt.toml"), "skp = []\n").unwrap();
    assert_eq!(format(&mut client, &uri).unwrap(), Value::Null, "it is not understood");
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    let marks = client.marks(&uri).1;
    let message = marks[0]["message"].as_str().unwrap();
    assert!(message.contains("dfopt.toml:1:1: ") && message.contains("did you mean `skip`?"), "{message}");
    fs::write(dir.path().join("dfopt.toml"), "level = \"recommended\"\n").unwrap();
    fs::write(dir.path().join(".editorconfig"), "root = true\n[*]\nindent_style = tab\n").unwrap();
    let edits = format(&mut client, &uri).unwrap();
    assert_eq!(apply(MERGEABLE, &edits, true), MERGED.replace("    ", "\t"));
    let all = actions(&mut client, &uri, Some("source"));
    assert_eq!(all[0]["title"], "make all recommended rewrites (dfopt)");
    client.tell("workspace/didChangeConfiguration", json!({ "settings": { "dfopt": { "level": "safe" } } }));
    assert_eq!(actions(&mut client, &uri, Some("source"))[0]["title"], "make all safe rewrites (dfopt)");
    client.end();
}

#[test]
fn a_level_that_nobody_set_is_safe() {
    let (_dir, uri) = room(&[("Dockerfile", MERGEABLE), ("dfopt.toml", "deny = [\"network\"]\n")]);
    let mut client = Client::start(modern(), Value::Null);
    client.open(&uri, 1, MERGEABLE);
    assert_eq!(actions(&mut client, &uri, Some("source"))[0]["title"], "make all safe rewrites (dfopt)");
    client.end();
}

#[test]
fn the_project_may_name_the_context() {
    let add = "FROM debian:12\nADD a.txt /x/\n";
    let toml = "only = [\"add-to-copy\"]\n[context]\n\"docker/\" = \".\"\n";
    let (_dir, uri) = room(&[("docker/Dockerfile", add), ("a.txt", "x"), ("dfopt.toml", toml)]);
    for (settings, changes) in [(json!({}), true), (json!({ "context": "none" }), false)] {
        let mut client = Client::start(modern(), settings);
        client.open(&uri, 1, add);
        assert_eq!(apply(add, &format(&mut client, &uri).unwrap(), true) != add, changes);
        client.end();
    }
}

// ---- clients that misbehave

#[test]
fn nothing_is_done_before_the_beginning_and_after_the_end() {
    let mut client = Client::bare();
    assert_eq!(format(&mut client, URI).unwrap_err(), -32002);
    client.tell("textDocument/didOpen", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(client.ask("initialize", json!([])).unwrap_err(), -32602);
    assert_eq!(client.ask("initialize", json!({ "capabilities": 3 })).unwrap_err(), -32602);
    client.ask("initialize", json!({ "capabilities": {} })).unwrap();
    assert_eq!(client.ask("initialize", json!({ "capabilities": {} })).unwrap_err(), -32600);
    assert_eq!(client.ask("shutdown", Value::Null).unwrap(), Value::Null);
    assert_eq!(client.ask("shutdown", Value::Null).unwrap_err(), -32600);
    assert_eq!(format(&mut client, URI).unwrap_err(), -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.code(), 0);
}

#[test]
fn mistakes_are_answered_and_the_conversation_goes_on() {
    let mut client = Client::start(modern(), Value::Null);
    assert_eq!(client.ask("textDocument/definition", json!({})).unwrap_err(), -32601);
    assert_eq!(client.ask("$/unknown", json!({})).unwrap_err(), -32601);
    assert_eq!(client.ask("textDocument/formatting", json!({ "textDocument": 3 })).unwrap_err(), -32602);
    assert_eq!(client.ask("textDocument/hover", Value::Null).unwrap_err(), -32602);
    assert_eq!(client.ask("codeAction/resolve", json!({ "title": "x" })).unwrap_err(), -32602);
    assert_eq!(format(&mut client, URI).unwrap_err(), -32602, "it is not open");
    assert_eq!(format(&mut client, "not an address").unwrap_err(), -32602);
    client
        .tell("textDocument/didChange", json!({ "textDocument": { "uri": URI, "version": 1 }, "contentChanges": [] }));
    assert!(client.told("window/logMessage")["params"]["message"].as_str().unwrap().contains("is not open"));
    client.tell("textDocument/didOpen", json!({ "textDocument": {} }));
    client.told("window/logMessage");
    client.tell("$/unknown", Value::Null);
    client.tell("unknown/thing", json!([1]));
    for (bytes, code) in [
        ("{", -32700),
        ("[]", -32600),
        (r#"{"jsonrpc":"1.0","id":77,"method":"shutdown"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"shutdown"}"#, -32600),
    ] {
        client.raw(format!("Content-Length: {}\r\n\r\n{bytes}", bytes.len()).as_bytes());
        assert_eq!(client.next_fault(), code, "{bytes}");
    }
    client.raw(b"GET / HTTP/1.1\r\n");
    assert_eq!(client.next_fault(), -32700);
    client.raw(br#"{"jsonrpc":"2.0","id":5,"result":null}"#); // no header: read together with the next one
    client.open(URI, 1, MERGEABLE);
    assert_eq!(apply(MERGEABLE, &format(&mut client, URI).unwrap(), true), MERGED);
    client.end();
}

#[test]
fn a_huge_message_is_passed_over() {
    let mut client = Client::start(modern(), Value::Null);
    let size = (128 << 20) + 1;
    client.raw(format!("Content-Length: {size}\r\n\r\n").as_bytes());
    let block = vec![b' '; 1 << 20];
    (0..128).for_each(|_| client.raw(&block));
    client.raw(b" ");
    assert_eq!(client.next_fault(), -32600);
    client.open(URI, 1, MERGEABLE);
    assert_eq!(client.marks(URI).1.len(), 1);
    client.end();
}

#[test]
fn a_client_that_leaves_early_ends_it() {
    for last in ["", "Content-Le", "Content-Length: 100\r\n\r\n{", "Content-Length: 18446744073709551615\r\n\r\n{}"] {
        let mut client = Client::start(modern(), Value::Null);
        client.open(URI, 1, MERGEABLE);
        client.raw(last.as_bytes());
        client.hang_up();
        assert_eq!(client.code(), 1, "{last}");
    }
    let mut client = Client::start(modern(), Value::Null);
    client.tell("exit", Value::Null);
    assert_eq!(client.code(), 1);
}

#[test]
fn withdrawn_requests_are_answered() {
    let mut client = Client::start(modern(), Value::Null);
    client.open(URI, 1, MERGEABLE);
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": URI }, "options": options });
    let id = client.send("textDocument/formatting", params);
    client.tell("$/cancelRequest", json!({ "id": id }));
    client.tell("$/cancelRequest", json!({ "id": 12345 }));
    match client.answer(id) {
        Ok(edits) => assert_eq!(apply(MERGEABLE, &edits, true), MERGED, "it was quicker"),
        Err(code) => assert_eq!(code, -32800),
    }
    client.end();
}

// ---- a recorded session

/// What VS Code's protocol library said in the session of editors/vscode/test/session.test.ts (`DFOPT_RECORD` records it anew).
/// The answers were read by a person and are compared with that.
#[test]
fn a_recorded_session_goes_as_recorded() {
    let record = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lsp/session.jsonl")).unwrap();
    let mut server = dfopt::lsp::Server::default();
    let mut answers = Vec::new();
    for line in record.lines() {
        answers.extend(server.say(line));
    }
    assert_eq!(server.over(), Some(0));
    let answers: Vec<Value> = answers.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/lsp"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r#""value": ".*# merge-runs.*""#, r#""value": "[page]""#);
    settings.add_filter(r#""version": "\d+\.\d+\.\d+.*""#, r#""version": "[version]""#);
    settings.bind(|| insta::assert_snapshot!("session", serde_json::to_string_pretty(&answers).unwrap()));
}

#[test]
fn the_client_of_these_tests_counts_as_the_protocol_does() {
    assert_eq!(positions("a😀b\r\nc", false)[&(0, 3)], 5);
    assert_eq!(positions("a😀b\r\nc", true)[&(0, 5)], 5);
    assert_eq!(positions("a😀b\r\nc", true)[&(1, 1)], 9);
    assert_eq!(json_at(&json!({ "a": [1] }), "/a/0"), 1);
}
