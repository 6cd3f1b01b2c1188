//! The build contexts of real projects, read as a whole: what is listed is there, and is ignored or not as it is absent or not.
#![allow(clippy::unwrap_used)]

mod common;

use common::{contexts, folders};
use dfopt::context::Folder;
use dfopt::facts::{ContextView, Entry, Truth};
use std::fs;

/// Counts what is in a folder of a context, and below.
fn walk(context: &Folder, folder: &str) -> usize {
    let names = context.names(folder).unwrap_or_else(|| panic!("{folder:?} has no names in {context:?}"));
    let mut count = 0;
    for name in names {
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let entry = context.entry(&path);
        assert_eq!(context.ignored(&path), Truth::No, "{path} is listed and ignored");
        count += 1 + match &entry {
            Entry::Folder => walk(context, &path),
            Entry::File { size, .. } => {
                let read = context.read(&path, 64).unwrap();
                assert_eq!(read.len() as u64, (*size).min(64), "{path}");
                0
            }
            Entry::Link(_) => 0,
            _ => panic!("{path} is listed and {entry:?}"),
        };
    }
    count
}

/// Everything on the disk, ignored or not.
fn disk(context: &Folder, root: &std::path::Path, folder: &str) -> (usize, usize) {
    let (mut there, mut ignored) = (0, 0);
    for entry in fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let told = context.entry(&path);
        let out = context.ignored(&path);
        assert_eq!(out == Truth::Yes, told == Entry::Absent, "{path}: {told:?}, ignored: {out:?}");
        assert_ne!(told, Entry::Unknown, "{path}");
        if out == Truth::Yes {
            ignored += 1
        } else {
            there += 1
        }
        if entry.file_type().unwrap().is_dir() {
            let (more, less) = disk(context, root, &path);
            (there, ignored) = (there + more, ignored + less);
        }
    }
    (there, ignored)
}

#[test]
fn projects_are_read_as_a_whole() {
    let Some(contexts) = contexts() else { return };
    let table = fs::read_to_string(contexts.join("contexts.tsv")).unwrap();
    let (mut projects, mut files, mut kept_out) = (0, 0, 0);
    for root in folders(&contexts) {
        let id = root.file_name().unwrap().to_str().unwrap();
        let row = table.lines().find(|row| row.split('\t').next() == Some(id)).unwrap();
        let dockerfile = row.split('\t').nth(1).unwrap();
        let context = Folder::new(&root, Some(&root.join(dockerfile)));
        assert!(context.known(), "{id}");
        assert_eq!(context.dockerfile(), Some(dockerfile), "{id}");
        let listed = walk(&context, "");
        let (there, ignored) = disk(&context, &root, "");
        assert_eq!(listed, there, "{id}");
        (projects, files, kept_out) = (projects + 1, files + listed, kept_out + ignored);
    }
    println!("{projects} projects, {files} entries in their contexts, {kept_out} kept out");
    assert!(projects > 0 && files > 0);
}
