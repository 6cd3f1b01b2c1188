//! copy-manifests-first over the shared corpus, with a context in which every file that a Dockerfile could name is there:
//! nothing is a bug, a second run changes nothing, no COPY is lost or changed, and the whole pipeline settles.
#![allow(clippy::unwrap_used)]

mod common;

use dfopt::engine::{Level, Options, Outcome};
use dfopt::facts::{ContextView, Entry, Truth};
use dfopt::syntax::{Keyword, parse};
use dfopt::text::Source;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whatever is asked for is there: names with a dot are files, others folders with a manifest of each kind.
#[derive(Debug)]
struct Everything;

const MANIFESTS: &[(&str, &str)] = &[
    ("Gemfile", "source \"https://example.org\"\ngem \"rack\"\n"),
    ("Gemfile.lock", "GEM\n"),
    ("Pipfile", ""),
    ("Pipfile.lock", "{}"),
    ("app.py", ""),
    ("composer.json", "{}"),
    ("composer.lock", "{}"),
    ("go.mod", "module a\ngo 1.21\n"),
    ("go.sum", ""),
    ("index.js", ""),
    ("package.json", "{ \"dependencies\": { \"left-pad\": \"1.3.0\" } }"),
    ("package-lock.json", "{}"),
    ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
    ("poetry.lock", ""),
    ("pom.xml", "<project/>"),
    ("pyproject.toml", "[tool.poetry]\nname = \"x\"\n"),
    ("requirements.txt", "flask\n"),
    ("src", ""),
    ("yarn.lock", ""),
];

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl ContextView for Everything {
    fn known(&self) -> bool {
        true
    }

    fn entry(&self, path: &str) -> Entry {
        let name = base(path);
        let listed = MANIFESTS.iter().any(|(known, _)| *known == name && name != "src");
        let hidden = name.starts_with('.') || ["node_modules", "vendor", "bin", "obj", "etc", "usr"].contains(&name);
        match listed || name.ends_with(".txt") || name.ends_with(".py") || name.ends_with(".csproj") {
            true => Entry::File { mode: Some(0o644), size: 9 },
            false if hidden && !path.is_empty() || name.contains('.') => Entry::Absent,
            false => Entry::Folder,
        }
    }

    fn names(&self, _: &str) -> Option<Vec<String>> {
        Some(MANIFESTS.iter().map(|(name, _)| (*name).to_owned()).collect())
    }

    fn read(&self, path: &str, _: usize) -> Option<Vec<u8>> {
        let text = MANIFESTS.iter().find(|(name, _)| *name == base(path)).map_or("six\n", |(_, text)| text);
        Some(text.as_bytes().to_vec())
    }

    fn ignored(&self, path: &str) -> Truth {
        match base(path) {
            "node_modules" | "vendor" | "bin" | "obj" | ".venv" | "bundle" | ".bundle" => Truth::Yes,
            _ => Truth::No,
        }
    }

    fn dockerfile(&self) -> Option<&str> {
        None
    }
}

fn run(source: &Source, only: &[&str]) -> Outcome {
    let only = only.iter().map(|id| (*id).to_owned()).collect();
    let options = Options { level: Level::Recommended, only, ..Options::default() };
    dfopt::optimize(source, &options, &Everything)
}

/// The texts of a file's COPYs and ADDs, in order.
fn copies(source: &Source) -> Vec<String> {
    let parsed = parse(source);
    let copies = parsed.file.instructions().filter(|(_, one)| matches!(one.keyword, Keyword::Copy | Keyword::Add));
    copies.map(|(item, _)| source.slice(parsed.file.items[item].span).trim_end().to_owned()).collect()
}

fn check(source: &Source) -> usize {
    if !parse(source).errors.is_empty() {
        return 0;
    }
    let outcome = run(source, &["copy-manifests-first"]);
    assert!(outcome.bugs.is_empty(), "{:?}", outcome.bugs);
    let after = source.with_text(outcome.text.clone());
    assert_eq!(parse(&after).errors, []);
    assert_eq!(run(&after, &["copy-manifests-first"]).text, outcome.text, "a second run changes it again");
    let mut left = copies(&after);
    for copy in copies(source) {
        let at = left.iter().position(|one| *one == copy).unwrap_or_else(|| panic!("`{copy}` is gone"));
        left.remove(at);
    }
    let new = left.iter().all(|copy| copy.to_lowercase().starts_with("copy ") && !copy.contains(['\r', '\n']));
    assert!(new, "{left:?}");
    let whole = run(source, &[]);
    assert!(whole.bugs.is_empty(), "{:?}", whole.bugs);
    assert_eq!(run(&source.with_text(whole.text.clone()), &[]).text, whole.text, "the pipeline does not settle");
    outcome.applied.len()
}

#[test]
fn the_corpus_keeps_the_laws_with_a_context() {
    let files = common::corpus_files();
    let (next, rewrites, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(source) = Source::from_bytes(&fs::read(path).unwrap()) else { continue };
                    match std::panic::catch_unwind(|| check(&source)) {
                        Ok(count) => _ = rewrites.fetch_add(count, Ordering::Relaxed),
                        Err(_) => failed.lock().unwrap().push(path.clone()),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} files: {:?}", failed.len(), &failed[..failed.len().min(20)]);
    println!("{rewrites:?} rewrites");
    assert!(rewrites.into_inner() > 50);
}
