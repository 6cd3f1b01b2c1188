//! Who may know whom. A module names others as `crate::x` (or `super`, inside itself); nothing else is allowed to reach out.
#![allow(clippy::unwrap_used)]

mod common;

use common::root;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and the modules it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("edit", &["text"]),
    ("syntax", &["text"]),
    ("shell", &["text"]),
    ("knowledge", &[]),
    ("facts", &["text", "syntax", "shell", "knowledge"]),
    ("engine", &["text", "edit", "syntax", "shell", "facts"]),
    ("transforms", &["text", "edit", "syntax", "shell", "knowledge", "facts", "engine"]),
    ("template", &[]),
    ("context", &["facts"]),
    ("config", &["text", "engine", "transforms"]),
    ("project", &["engine", "config"]),
    ("cli", &["text", "syntax", "facts", "engine", "transforms", "template", "context", "config", "project"]),
    ("lsp", &["text", "edit", "syntax", "facts", "engine", "transforms", "template", "context", "config", "project"]),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, out);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            out.push(entry);
        }
    }
}

fn module_of(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap();
    let first = path.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    let second = path.components().nth(1).unwrap().as_os_str().to_string_lossy().into_owned();
    if first == "transforms" { first } else { second.trim_end_matches(".rs").to_owned() }
}

#[test]
fn modules_use_only_what_they_may() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("transforms"), &mut files);
    for path in files {
        let module = module_of(&path);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let (_, allowed) =
            MAY_USE.iter().find(|(name, _)| *name == module).unwrap_or_else(|| panic!("{module} is new"));
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for used in code.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let fine = used == module || allowed.contains(&used.as_str()) || edge_calls(&module, &used);
            assert!(fine, "{} uses `crate::{used}`", path.display());
        }
    }
}

/// What the edges call, and nobody else.
fn edge_calls(module: &str, used: &str) -> bool {
    matches!(module, "cli" | "lsp") && matches!(used, "optimize" | "analyze" | "separate")
}

#[test]
fn one_module_alone_names_the_protocols_crates() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    for path in files.iter().filter(|path| !path.ends_with("lsp/protocol.rs")) {
        let text = fs::read_to_string(path).unwrap();
        for word in ["ls_types", "lsp_server"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn transforms_do_not_know_each_other() {
    for folder in common::folders(&root().join("transforms")) {
        let mut files = Vec::new();
        sources(&folder, &mut files);
        for path in files {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("crate::transforms"), "{}", path.display());
        }
    }
}

#[test]
fn only_the_edges_do_input_and_output() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("transforms"), &mut files);
    for path in
        files.iter().filter(|path| !matches!(module_of(path).as_str(), "cli" | "lsp" | "context" | "project" | "main"))
    {
        let text = fs::read_to_string(path).unwrap();
        for word in ["std::fs", "std::io", "std::net", "std::process", "println!", "eprintln!"] {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}
