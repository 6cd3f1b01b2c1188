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
    ("syntax", &["text", "edit"]),
    ("shell", &["text"]),
    ("knowledge", &[]),
    ("script", &["text", "shell", "knowledge"]),
    ("facts", &["text", "syntax", "shell", "script", "knowledge"]),
    ("engine", &["text", "edit", "syntax", "shell", "script", "facts"]),
    ("transforms", &["text", "edit", "syntax", "shell", "script", "knowledge", "facts", "engine"]),
    ("template", &[]),
    ("context", &["facts"]),
    ("config", &["text", "engine", "transforms"]),
    ("visible", &[]),
    ("project", &["shell", "script", "knowledge", "facts", "engine", "context", "config", "visible"]),
    ("verify", &["text", "syntax", "facts", "engine", "visible"]),
    (
        "cli",
        &[
            "text",
            "syntax",
            "facts",
            "engine",
            "transforms",
            "template",
            "context",
            "config",
            "project",
            "verify",
            "visible",
        ],
    ),
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
    matches!(module, "cli" | "lsp") && matches!(used, "optimize" | "analyze" | "analyze_again" | "separate")
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
    for path in files.iter().filter(|path| {
        !matches!(module_of(path).as_str(), "cli" | "lsp" | "verify" | "visible" | "context" | "project" | "main")
    }) {
        let text = fs::read_to_string(path).unwrap();
        for word in ["std::fs", "std::io", "std::net", "std::process", "println!", "eprintln!"] {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

/// The files that a file names: `crate::a::b` and, inside a module, `super::b` and `b::`.
fn named_files(path: &Path, modules: &[(String, PathBuf)]) -> Vec<PathBuf> {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    let uses = text.lines().map(str::trim).filter(|line| line.starts_with("use ") || line.starts_with("pub use "));
    let own = modules.iter().find(|(_, file)| file == path).map(|(name, _)| name.clone()).unwrap();
    let parent = own.rsplit_once("::").map_or("crate", |(parent, _)| parent).to_owned();
    let mut out = Vec::new();
    for line in uses {
        let line =
            line.trim_start_matches("pub ").trim_start_matches("use ").replace("super::", &format!("{parent}::"));
        let found = modules.iter().filter(|(name, _)| {
            line.strip_prefix(name.as_str())
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        });
        // the module named most closely
        out.extend(found.max_by_key(|(name, _)| name.len()).map(|(_, file)| file.clone()));
    }
    out.retain(|file| file != path);
    out
}

/// Two files of a directory that import each other can only be read together.
#[test]
fn no_two_files_import_each_other() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let name = |path: &PathBuf| {
        let path = path.strip_prefix(root().join("src")).unwrap().with_extension("");
        let parts: Vec<String> =
            path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        format!("crate::{}", parts.join("::"))
    };
    let modules: Vec<(String, PathBuf)> = files.iter().map(|path| (name(path), path.clone())).collect();
    let leaf = |path: &Path| !path.with_extension("").is_dir();
    for path in files.iter().filter(|path| leaf(path)) {
        for other in named_files(path, &modules).iter().filter(|other| leaf(other)) {
            let back = named_files(other, &modules);
            assert!(!back.contains(path), "{} and {} import each other", path.display(), other.display());
        }
    }
}
