//! The check after each transform, without the transforms: edits made by hand, wrong ones that it must stop and right ones that it
//! must let pass, as if the transform that names the file had made them. `nothing.txt` is held against all of them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::root;
use dfopt::engine::{Meta, check};
use dfopt::facts::Facts;
use dfopt::syntax::parse;
use dfopt::text::Source;
use dfopt::transforms::PIPELINE;
use std::fs;

static NOTHING: Meta = Meta::PLAIN;

/// An edit: a name, and the file before and after.
struct Row {
    id: String,
    name: String,
    before: String,
    after: String,
}

/// A file with a base, unless it has one of its own.
fn file(lines: &str) -> String {
    let own = lines.lines().any(|line| line.to_uppercase().starts_with("FROM "));
    if own { lines.to_owned() } else { format!("FROM debian:12\n{lines}") }
}

fn rows(kind: &str) -> Vec<Row> {
    let mut out = Vec::new();
    let folder = fs::read_dir(root().join("tests/edits").join(kind)).unwrap();
    let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        for block in text.split("## ").skip(1) {
            let (name, rest) = block.split_once('\n').unwrap();
            let (before, after) = rest.split_once("\n--\n").unwrap_or_else(|| panic!("{id}: {name}"));
            let after = format!("{}\n", after.trim_end_matches('\n'));
            out.push(Row { id: id.clone(), name: name.to_owned(), before: file(before) + "\n", after: file(&after) });
        }
    }
    out
}

fn metas(id: &str) -> Vec<&'static Meta> {
    let all = PIPELINE.iter().map(|transform| transform.meta());
    match id {
        "nothing" => std::iter::once(&NOTHING).chain(all).collect(),
        id => {
            let meta = all.into_iter().find(|meta| meta.id == id).unwrap_or_else(|| panic!("no transform `{id}`"));
            vec![meta]
        }
    }
}

fn checked(meta: &Meta, before: &str, after: &str) -> Result<(), String> {
    let (old, new) = (Source::new(before), Source::new(after));
    let (old_parsed, new_parsed) = (parse(&old), parse(&new));
    assert!(old_parsed.errors.is_empty(), "{before}: {:?}", old_parsed.errors);
    check(meta, &Facts::new(&old, &old_parsed.file), (&new, &new_parsed))
}

#[test]
fn wrong_edits_are_stopped() {
    let (mut count, mut passed) = (0, Vec::new());
    for row in rows("wrong") {
        // what one transform may do is right for it: the edit is wrong where it is not declared
        let metas = if row.id == "nothing" { vec![&NOTHING] } else { metas(&row.id) };
        count += 1;
        for meta in metas {
            if checked(meta, &row.before, &row.after).is_ok() {
                passed.push(format!("{}: {}\n{}--\n{}", row.id, row.name, row.before, row.after));
            }
        }
    }
    println!("{count} wrong edits, {} stopped", count - passed.len());
    assert!(passed.is_empty(), "{} pass:\n{}", passed.len(), passed.join("\n"));
    assert!(count >= 380, "{count}");
}

#[test]
fn right_edits_pass() {
    let mut stopped = Vec::new();
    for row in rows("right") {
        for meta in metas(&row.id) {
            if let Err(what) = checked(meta, &row.before, &row.after) {
                stopped.push(format!("{} as {}: {}: {what}", row.id, meta.id, row.name));
            }
        }
    }
    assert!(stopped.is_empty(), "{}", stopped.join("\n"));
}

#[test]
fn nothing_is_an_edit_of_any_transform() {
    for row in rows("wrong").iter().chain(&rows("right")) {
        for text in [&row.before, &row.after] {
            if parse(&Source::new(text.as_str())).errors.is_empty() {
                metas("nothing").iter().for_each(|meta| assert_eq!(checked(meta, text, text), Ok(()), "{text}"));
            }
        }
    }
}
