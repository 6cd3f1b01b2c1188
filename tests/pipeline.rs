//! The laws of the whole pipeline over the shared corpus: a rewritten file still parses, every shell text that bash accepted
//! it still accepts, a second run changes nothing, a file without findings is byte-identical, nothing is a bug.
#![allow(clippy::unwrap_used)]

mod common;

use dfopt::engine::{Level, Options, Outcome};
use dfopt::facts::NoContext;
use dfopt::shell::{self, Shell};
use dfopt::syntax::{Keyword, parse};
use dfopt::text::Source;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

fn options(level: Level) -> Options {
    let mut options = Options { level, ..Options::default() };
    // builder stages too: more is tried
    options.transform.entry("merge-runs".into()).or_default().insert("stages".into(), "all".into());
    options
}

fn each_file(check: impl Fn(&Path, &Source) + Sync) {
    let files: Vec<PathBuf> = common::corpus_files();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(source) = Source::from_bytes(&fs::read(path).unwrap()) else { continue };
                    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(path, &source))).is_err() {
                        failed.lock().unwrap().push(path.clone());
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} files: {:?}", failed.len(), &failed[..failed.len().min(20)]);
}

fn run(source: &Source, level: Level) -> Outcome {
    dfopt::optimize(source, &options(level), &NoContext)
}

#[test]
fn the_corpus_keeps_the_laws_at_every_level() {
    let (changed, merged) = (AtomicUsize::new(0), AtomicUsize::new(0));
    each_file(|path, source| {
        for level in Level::ALL {
            let outcome = run(source, level);
            assert!(outcome.bugs.is_empty(), "{}: {:?}", path.display(), outcome.bugs);
            if outcome.applied.is_empty() {
                assert_eq!(outcome.text, source.text(), "{}: changed without a finding", path.display());
                continue;
            }
            assert_ne!(outcome.text, source.text(), "{}: a finding without a change", path.display());
            let after = source.with_text(outcome.text.clone());
            assert_eq!(parse(&after).errors, [], "{}: no longer parses", path.display());
            let again = run(&after, level);
            assert_eq!(again.text, outcome.text, "{}: a second run changes it again", path.display());
            assert_eq!(
                Source::from_bytes(&after.to_bytes()).unwrap().text(),
                outcome.text,
                "{}: bytes",
                path.display()
            );
            if level == Level::Aggressive {
                shell_is_no_worse(path, source, &after);
            }
            if level == Level::Safe {
                changed.fetch_add(1, Ordering::Relaxed);
                merged.fetch_add(outcome.applied.len(), Ordering::Relaxed);
            }
        }
    });
    println!("{changed:?} files were changed by {merged:?} rewrites");
}

/// Every shell text that is new is one that `bash -n` accepts, unless it did not accept all before.
fn shell_is_no_worse(path: &Path, before: &Source, after: &Source) {
    let texts = |source: &Source| -> Vec<String> {
        let parsed = parse(source);
        let runs = parsed.file.instructions().filter(|(_, one)| one.keyword == Keyword::Run);
        runs.filter_map(|(_, one)| one.script(source)).map(|text| text.text().to_owned()).collect()
    };
    let (old, new) = (texts(before), texts(after));
    let broken = |texts: &[String]| texts.iter().filter(|text| matches!(shell::parse(text), Shell::Opaque(_))).count();
    assert!(broken(&new) <= broken(&old), "{}: a shell text was broken", path.display());
    for text in new.iter().filter(|text| !old.contains(text)) {
        let mut bash = Command::new("bash");
        bash.args(["-n", "-c", text]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(status) = bash.status() else { continue };
        assert!(status.success(), "{}: bash refuses\n{text}", path.display());
    }
}
