//! The shell grammar against real shells and an independent parser: over every RUN of the shared corpus, what `bash -n`
//! accepts we understand, and what it rejects we do not.

mod common;

use dfopt::shell::{self, Shell};
use dfopt::syntax::{Keyword, parse};
use dfopt::text::Source;
use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The distinct shell texts of the RUNs of the corpus.
fn bodies() -> Vec<String> {
    let mut out = BTreeSet::new();
    for path in common::corpus_files() {
        let Ok(source) = Source::from_bytes(&fs::read(path).unwrap()) else { continue };
        for (_, one) in parse(&source).file.instructions().filter(|(_, one)| one.keyword == Keyword::Run) {
            out.extend(one.script(&source).map(|text| text.text().to_owned()));
        }
    }
    out.into_iter().collect()
}

fn accepts(shell: &str, text: &str) -> bool {
    let mut command = Command::new(shell);
    command.args(["-n", "-c", text]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().success()
}

fn understood(text: &str) -> bool {
    matches!(shell::parse(text), Shell::Script(_))
}

fn there(shell: &str) -> bool {
    let found = Command::new(shell).args(["-c", ":"]).status().is_ok();
    if !found {
        eprintln!("skipped: there is no {shell}");
    }
    found
}

/// Asks a shell about each text, on two threads; gives those for which `differs` says so.
fn ask(shell: &str, texts: &[String], differs: impl Fn(&str, bool) -> bool + Sync) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(text) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if differs(text, accepts(shell, text)) {
                        wrong.lock().unwrap().push(text.clone());
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

#[test]
fn what_bash_accepts_is_understood_and_nothing_else() {
    let bodies = bodies();
    if bodies.is_empty() || !there("bash") {
        return;
    }
    let wrong = ask("bash", &bodies, |text, accepted| accepted != understood(text));
    println!("{} shell texts, {} judged otherwise than by bash", bodies.len(), wrong.len());
    let shown: Vec<String> =
        wrong.iter().take(12).map(|text| format!("{:?}\n   {:.300}", shell::parse(text).why(), text)).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), bodies.len(), shown.join("\n"));
}

trait Why {
    fn why(&self) -> Option<&shell::Opaque>;
}

impl Why for Shell {
    fn why(&self) -> Option<&shell::Opaque> {
        match self {
            Shell::Opaque(opaque) => Some(opaque),
            Shell::Script(_) => None,
        }
    }
}
